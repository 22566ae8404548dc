#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAP 64

void
tbc_wipe(void *ptr, size_t len)
{
    if (len > 0) {
        explicit_bzero(ptr, len);
    }
}

void
tbc_buf_init_fixed(struct tbc_buf *b, void *storage, size_t cap)
{
    *b = (struct tbc_buf){ .ptr = storage, .cap = cap, .fixed = true };
}

void
tbc_buf_fini(struct tbc_buf *b)
{
    tbc_wipe(b->ptr, b->len);
    if (!b->fixed) {
        free(b->ptr);
    }
    *b = (struct tbc_buf){ 0 };
}

void
tbc_buf_clear(struct tbc_buf *b)
{
    tbc_wipe(b->ptr, b->len);
    b->len = 0;
    b->err = TBC_OK;
}

void
tbc_buf_cut(struct tbc_buf *b, size_t len)
{
    if (len < b->len) {
        tbc_wipe(b->ptr + len, b->len - len);
        b->len = len;
    }
}

static enum tbc_err
remember(struct tbc_buf *b, enum tbc_err err)
{
    if (b->err == TBC_OK) {
        b->err = err;
    }
    return err;
}

/* realloc would leave the old bytes behind in free memory: move and wipe by hand. */
static enum tbc_err
move_to(struct tbc_buf *b, size_t cap)
{
    uint8_t *to = malloc(cap);

    if (to == NULL) {
        return remember(b, TBC_ERR_NO_MEMORY);
    }
    if (b->len > 0) {
        memcpy(to, b->ptr, b->len);
        tbc_wipe(b->ptr, b->len);
    }
    free(b->ptr);
    b->ptr = to;
    b->cap = cap;
    return TBC_OK;
}

enum tbc_err
tbc_buf_reserve(struct tbc_buf *b, size_t more)
{
    size_t cap = b->cap < FIRST_CAP ? FIRST_CAP : b->cap;

    if (more <= b->cap - b->len) {
        return TBC_OK;
    }
    if (b->fixed || more > SIZE_MAX / 2 - b->len) {
        return remember(b, TBC_ERR_LIMIT);
    }
    while (cap - b->len < more) {
        cap *= 2;
    }
    return move_to(b, cap);
}

enum tbc_err
tbc_buf_append(struct tbc_buf *b, const void *ptr, size_t len)
{
    enum tbc_err err = tbc_buf_reserve(b, len);

    if (err == TBC_OK && len > 0) {
        memcpy(b->ptr + b->len, ptr, len);
        b->len += len;
    }
    return err;
}

enum tbc_err
tbc_buf_append_span(struct tbc_buf *b, struct tbc_span s)
{
    return tbc_buf_append(b, s.ptr, s.len);
}

enum tbc_err
tbc_buf_append_u8(struct tbc_buf *b, uint8_t byte)
{
    return tbc_buf_append(b, &byte, 1);
}

enum tbc_err
tbc_buf_append_str(struct tbc_buf *b, const char *s)
{
    return tbc_buf_append_span(b, tbc_span_str(s));
}

enum tbc_err
tbc_buf_printf(struct tbc_buf *b, const char *format, ...)
{
    va_list ap;
    va_list again;
    enum tbc_err err = TBC_OK;
    int n;

    va_start(ap, format);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, format, ap);
    if (n < 0) {
        err = remember(b, TBC_ERR_MALFORMED);
    } else if ((err = tbc_buf_reserve(b, (size_t)n + 1)) == TBC_OK) {
        (void)vsnprintf((char *)b->ptr + b->len, (size_t)n + 1, format, again);
        b->len += (size_t)n;
    }
    va_end(again);
    va_end(ap);
    return err;
}

enum tbc_err
tbc_buf_whole(struct tbc_buf *b, size_t from, enum tbc_err err)
{
    err = err != TBC_OK ? err : tbc_buf_status(b);
    if (err != TBC_OK) {
        tbc_buf_cut(b, from);
    }
    return err;
}

const char *
tbc_buf_str(struct tbc_buf *b)
{
    if (tbc_buf_reserve(b, 1) != TBC_OK) {
        return NULL;
    }
    b->ptr[b->len] = '\0';
    return (const char *)b->ptr;
}
