/* Deterministic CBOR, read and written in place: no recursion, no allocation.
 *
 * The reader is strict: it refuses everything RFC 8949 sec. 4.2.1 calls not deterministic (long
 * forms, indefinite lengths, unsorted or repeated map keys) and all that our grammars do not use
 * (floats, bignums, simple values other than false, true and null).  Heads are decoded by libcbor's
 * streaming decoder; limits and strictness are ours.
 *
 * Reading is a run of calls on one cursor.  The first error sticks: later calls return it again
 * and leave their outputs empty, so a run may be checked once at its end.  fault names the item
 * and its byte offset. */
#ifndef TBC_CODEC_CBOR_H
#define TBC_CODEC_CBOR_H

#include "base/buf.h"
#include "base/when.h"

#define TBC_CBOR_DEPTH_MAX 16

enum tbc_cbor_type {
    TBC_CBOR_UINT = 0, /* numbers are the major types of RFC 8949 sec. 3.1 */
    TBC_CBOR_NINT = 1,
    TBC_CBOR_BYTES = 2,
    TBC_CBOR_TEXT = 3,
    TBC_CBOR_ARRAY = 4,
    TBC_CBOR_MAP = 5,
    TBC_CBOR_TAG = 6,
    TBC_CBOR_SIMPLE = 7,
    TBC_CBOR_END = 8, /* no more input, or an earlier error */
};

struct tbc_cbor_in {
    struct tbc_span in;
    size_t at;
    enum tbc_err err; /* the first error; ERR_MALFORMED or ERR_LIMIT */
    struct tbc_fault fault;
};

/* Borrows in for as long as spans read from it are used. */
void tbc_cbor_open(struct tbc_cbor_in *r, struct tbc_span in);

/* The type of the next item, without moving. */
enum tbc_cbor_type tbc_cbor_peek(const struct tbc_cbor_in *r);

/* what: the field's name in the grammar, static text, for fault.  Bytes and text are borrowed
 * from the input; text is checked to be UTF-8.  max: greatest length in bytes, ERR_LIMIT beyond. */
enum tbc_err
tbc_cbor_read_uint(struct tbc_cbor_in *r, const char *what, uint64_t *value);
enum tbc_err tbc_cbor_read_int(struct tbc_cbor_in *r, const char *what, int64_t *value);
/* A NumericDate in whole seconds (RFC 8392 sec. 2), 1 .. the end of the year 9999. */
enum tbc_err
tbc_cbor_read_time(struct tbc_cbor_in *r, const char *what, struct tbc_utc *t);
enum tbc_err tbc_cbor_read_bool(struct tbc_cbor_in *r, const char *what, bool *value);
enum tbc_err tbc_cbor_read_bytes(struct tbc_cbor_in *r, const char *what, size_t max,
                                 struct tbc_span *value);
enum tbc_err tbc_cbor_read_text(struct tbc_cbor_in *r, const char *what, size_t max,
                                struct tbc_span *value);
enum tbc_err tbc_cbor_read_tag(struct tbc_cbor_in *r, const char *what, uint64_t *tag);

/* Exactly len bytes, copied. */
enum tbc_err
tbc_cbor_read_fixed(struct tbc_cbor_in *r, const char *what, uint8_t *out, size_t len);
/* Text of at most size - 1 bytes without NUL inside, copied and terminated. */
enum tbc_err
tbc_cbor_read_string(struct tbc_cbor_in *r, const char *what, char *out, size_t size);

/* The head of an array; its items follow.  ERR_LIMIT above max items. */
enum tbc_err
tbc_cbor_read_array(struct tbc_cbor_in *r, const char *what, size_t max, size_t *n);

/* A map's entries, in order.  Keys must rise in bytewise order of their encoding.
 *     struct tbc_cbor_map m;
 *     tbc_cbor_read_map(r, "claims", 16, &m);
 *     while (tbc_cbor_next_int(r, &m, &key)) { switch (key) { ... read the value ... } }
 *     if (r->err != TBC_OK) ... */
struct tbc_cbor_map {
    const char *what;
    size_t left;
    struct tbc_span last; /* encoding of the key before */
};
enum tbc_err tbc_cbor_read_map(struct tbc_cbor_in *r, const char *what, size_t max,
                               struct tbc_cbor_map *m);
/* False at the end of the map and at an error (a key of another type is one). */
bool tbc_cbor_next_int(struct tbc_cbor_in *r, struct tbc_cbor_map *m, int64_t *key);
bool
tbc_cbor_next_text(struct tbc_cbor_in *r, struct tbc_cbor_map *m, struct tbc_span *key);

/* Step over one item of any type with everything inside it, strictly checked, at most
 * TBC_CBOR_DEPTH_MAX deep.  item (may be NULL) borrows its encoding. */
enum tbc_err
tbc_cbor_skip(struct tbc_cbor_in *r, const char *what, struct tbc_span *item);

/* Record an error of the grammar above CBOR at the last item read ("exp before iat"). */
enum tbc_err tbc_cbor_fail(struct tbc_cbor_in *r, enum tbc_err err, const char *what);

/* The input must be used up.  Returns the sticky error, or ERR_MALFORMED for trailing bytes. */
enum tbc_err tbc_cbor_close(struct tbc_cbor_in *r) TBC_MUST_CHECK;

/* Writing: shortest forms.  The caller writes map keys in bytewise order.  Errors are kept in
 * the buffer: check tbc_buf_status once. */
void tbc_cbor_put_uint(struct tbc_buf *b, uint64_t value);
void tbc_cbor_put_int(struct tbc_buf *b, int64_t value);
void tbc_cbor_put_bool(struct tbc_buf *b, bool value);
void tbc_cbor_put_bytes(struct tbc_buf *b, struct tbc_span value);
/* The head of a byte string of len bytes, which the caller puts or hashes next. */
void tbc_cbor_put_bytes_head(struct tbc_buf *b, size_t len);
void tbc_cbor_put_text(struct tbc_buf *b, const char *value);
void tbc_cbor_put_text_span(struct tbc_buf *b, struct tbc_span value);
void tbc_cbor_put_array(struct tbc_buf *b, size_t n);
void tbc_cbor_put_map(struct tbc_buf *b, size_t n);
void tbc_cbor_put_tag(struct tbc_buf *b, uint64_t tag);

#endif
