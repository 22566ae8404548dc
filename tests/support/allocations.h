/* Memory that our own code asks for, counted.  Link a test with ${TBC_COUNT_ALLOCATIONS}: the linker
 * then leads the calls of all statically linked code here; those of shared libraries, OpenSSL's
 * among them, go where they always went and are not counted. */
#ifndef TBC_TESTS_ALLOCATIONS_H
#define TBC_TESTS_ALLOCATIONS_H

#include <stddef.h>

struct allocations {
    size_t calls; /* of malloc, calloc and realloc */
    size_t live;  /* bytes held now */
    size_t peak;  /* bytes held at most since the start */
};

/* Forget the past: calls 0, and peak what is held now. */
void allocations_start(void);
struct allocations allocations_read(void);

/* realloc and free past the count: for a library that lets us give it an allocator. */
void *allocations_uncounted(void *old, size_t size);
void allocations_uncounted_free(void *old);

#endif
