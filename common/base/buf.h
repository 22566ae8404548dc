/* A buf owns bytes and grows, or stands on the caller's storage and never grows.
 *
 * { 0 } is a valid empty heap buffer.  A failed append leaves the contents as they were and is
 * remembered, so that a run of appends may be checked once, at its end, with tbc_buf_status. */
#ifndef TBC_BASE_BUF_H
#define TBC_BASE_BUF_H

#include "base/err.h"
#include "base/span.h"

struct tbc_buf {
    uint8_t *ptr;
    size_t len;
    size_t cap;
    bool fixed; /* the storage is the caller's */
    enum tbc_err err;
};

/* Stand on storage of cap bytes; appending past it gives TBC_ERR_LIMIT, never an allocation. */
void tbc_buf_init_fixed(struct tbc_buf *b, void *storage, size_t cap);

/* Wipe and release.  Takes the empty buffer.  Leaves { 0 }. */
void tbc_buf_fini(struct tbc_buf *b);

/* Forget the contents and the remembered error, keep the storage.  Wipes what was there. */
void tbc_buf_clear(struct tbc_buf *b);

/* Forget what stands behind the first len bytes, wiping it; the remembered error stays. */
void tbc_buf_cut(struct tbc_buf *b, size_t len);

/* Room for more bytes after len.  Errors: ERR_LIMIT (fixed), ERR_NO_MEMORY. */
enum tbc_err tbc_buf_reserve(struct tbc_buf *b, size_t more);

enum tbc_err tbc_buf_append(struct tbc_buf *b, const void *ptr, size_t len);
enum tbc_err tbc_buf_append_span(struct tbc_buf *b, struct tbc_span s);
enum tbc_err tbc_buf_append_u8(struct tbc_buf *b, uint8_t byte);
enum tbc_err tbc_buf_append_str(struct tbc_buf *b, const char *s);
enum tbc_err tbc_buf_printf(struct tbc_buf *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The last word of an encoder that began when the buffer had from bytes: err, or else the
 * remembered error.  When that is one, what was appended since is cut off: whole or nothing. */
enum tbc_err tbc_buf_whole(struct tbc_buf *b, size_t from, enum tbc_err err);

/* The contents as a C string: a NUL stands behind them and is not counted in len.
 * NULL when there was no room for it. */
const char *tbc_buf_str(struct tbc_buf *b);

static inline struct tbc_span
tbc_buf_span(const struct tbc_buf *b)
{
    return (struct tbc_span){ .ptr = b->ptr, .len = b->len };
}

/* TBC_OK, or the first error of any append since init or clear. */
static inline TBC_MUST_CHECK enum tbc_err
tbc_buf_status(const struct tbc_buf *b)
{
    return b->err;
}

/* Overwrite memory in a way the compiler may not drop. */
void tbc_wipe(void *ptr, size_t len);

#endif
