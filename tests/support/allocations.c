#include "allocations.h"

#include <malloc.h>
#include <stdlib.h>

/* The names behind are the linker's (ld --wrap). */
void *real_malloc(size_t size) __asm__("__real_malloc");
void *real_calloc(size_t n, size_t size) __asm__("__real_calloc");
void *real_realloc(void *old, size_t size) __asm__("__real_realloc");
void real_free(void *old) __asm__("__real_free");
void *counted_malloc(size_t size) __asm__("__wrap_malloc");
void *counted_calloc(size_t n, size_t size) __asm__("__wrap_calloc");
void *counted_realloc(void *old, size_t size) __asm__("__wrap_realloc");
void counted_free(void *old) __asm__("__wrap_free");

static struct allocations count;

static void *
taken(void *p)
{
    count.calls++;
    count.live += p == NULL ? 0 : malloc_usable_size(p);
    count.peak = count.live > count.peak ? count.live : count.peak;
    return p;
}

/* A library may hand over for freeing what it allocated uncounted. */
static void
given_back(size_t size)
{
    count.live -= size < count.live ? size : count.live;
}

void *
counted_malloc(size_t size)
{
    return taken(real_malloc(size));
}

void *
counted_calloc(size_t n, size_t size)
{
    return taken(real_calloc(n, size));
}

void *
counted_realloc(void *old, size_t size)
{
    size_t had = old == NULL ? 0 : malloc_usable_size(old);
    void *p = real_realloc(old, size);

    if (p != NULL) {
        given_back(had);
    }
    return taken(p);
}

void
counted_free(void *old)
{
    given_back(old == NULL ? 0 : malloc_usable_size(old));
    real_free(old);
}

void
allocations_start(void)
{
    count.calls = 0;
    count.peak = count.live;
}

struct allocations
allocations_read(void)
{
    return count;
}

void *
allocations_uncounted(void *old, size_t size)
{
    return real_realloc(old, size);
}

void
allocations_uncounted_free(void *old)
{
    real_free(old);
}
