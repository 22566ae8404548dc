/* Memory of ours, and zlib, whose only failure on sound input is a lack of it. */
#include "fault.h"

#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __real_free(void *block);
void __wrap_free(void *block);
int __real_inflateInit_(z_stream *z, const char *version, int size);
int __wrap_inflateInit_(z_stream *z, const char *version, int size);
int __real_inflate(z_stream *z, int flush);
int __wrap_inflate(z_stream *z, int flush);
int __real_compress2(Bytef *to, uLongf *to_len, const Bytef *from, uLong from_len,
                     int level);
int __wrap_compress2(Bytef *to, uLongf *to_len, const Bytef *from, uLong from_len,
                     int level);

static void *
held(void *block)
{
    if (block != NULL) {
        fault_hold(1);
    }
    return block;
}

void *
__wrap_malloc(size_t size)
{
    return fault_now(FAULT_MEMORY) ? NULL : held(__real_malloc(size));
}

void *
__wrap_calloc(size_t n, size_t size)
{
    return fault_now(FAULT_MEMORY) ? NULL : held(__real_calloc(n, size));
}

/* A block that grows is the same block, wherever it then lies. */
void *
__wrap_realloc(void *old, size_t size)
{
    void *block;

    if (fault_now(FAULT_MEMORY)) {
        return NULL;
    }
    block = __real_realloc(old, size);
    return old == NULL ? held(block) : block;
}

void
__wrap_free(void *block)
{
    if (block != NULL) {
        fault_hold(-1);
    }
    __real_free(block);
}

int
__wrap_inflateInit_(z_stream *z, const char *version, int size)
{
    return fault_now(FAULT_MEMORY) ? Z_MEM_ERROR
                                   : __real_inflateInit_(z, version, size);
}

int
__wrap_inflate(z_stream *z, int flush)
{
    return fault_now(FAULT_MEMORY) ? Z_MEM_ERROR : __real_inflate(z, flush);
}

int
__wrap_compress2(Bytef *to, uLongf *to_len, const Bytef *from, uLong from_len,
                 int level)
{
    return fault_now(FAULT_MEMORY)
               ? Z_MEM_ERROR
               : __real_compress2(to, to_len, from, from_len, level);
}
