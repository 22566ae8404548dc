#include "codec/cbor.h"

#include "base/text.h"

#include <cbor/callbacks.h>
#include <cbor/encoding.h>
#include <cbor/streaming.h>
#include <string.h>

/* One decoded head: type, argument, and for strings the content. */
struct head {
    enum tbc_cbor_type type;
    uint64_t arg; /* value, -1 - value, length, count, tag or simple value */
    struct tbc_span content;
    bool fits; /* a form our grammars know: definite, no float */
};

static void
set(void *ctx, enum tbc_cbor_type type, uint64_t arg)
{
    *(struct head *)ctx = (struct head){ .type = type, .arg = arg, .fits = true };
}

#define ON_NUMBER(name, ctype, type)     \
    static void name(void *ctx, ctype v) \
    {                                    \
        set(ctx, type, v);               \
    }
ON_NUMBER(on_uint8, uint8_t, TBC_CBOR_UINT)
ON_NUMBER(on_uint16, uint16_t, TBC_CBOR_UINT)
ON_NUMBER(on_uint32, uint32_t, TBC_CBOR_UINT)
ON_NUMBER(on_uint64, uint64_t, TBC_CBOR_UINT)
ON_NUMBER(on_nint8, uint8_t, TBC_CBOR_NINT)
ON_NUMBER(on_nint16, uint16_t, TBC_CBOR_NINT)
ON_NUMBER(on_nint32, uint32_t, TBC_CBOR_NINT)
ON_NUMBER(on_nint64, uint64_t, TBC_CBOR_NINT)
ON_NUMBER(on_tag, uint64_t, TBC_CBOR_TAG)
ON_NUMBER(on_array, size_t, TBC_CBOR_ARRAY)
ON_NUMBER(on_map, size_t, TBC_CBOR_MAP)
ON_NUMBER(on_bool, bool, TBC_CBOR_SIMPLE)

static void
on_bytes(void *ctx, cbor_data data, size_t len)
{
    set(ctx, TBC_CBOR_BYTES, len);
    ((struct head *)ctx)->content = tbc_span_of(data, len);
}

static void
on_text(void *ctx, cbor_data data, size_t len)
{
    set(ctx, TBC_CBOR_TEXT, len);
    ((struct head *)ctx)->content = tbc_span_of(data, len);
}

static void
on_null(void *ctx)
{
    set(ctx, TBC_CBOR_SIMPLE, 2);
}

/* Everything else is well-formed CBOR that deterministic encoding or our grammars exclude. */
static void
on_unfit(void *ctx)
{
    *(struct head *)ctx = (struct head){ .type = TBC_CBOR_SIMPLE };
}

static void
on_unfit_float(void *ctx, float v)
{
    (void)v;
    on_unfit(ctx);
}

static void
on_unfit_double(void *ctx, double v)
{
    (void)v;
    on_unfit(ctx);
}

static const struct cbor_callbacks callbacks = {
    .uint8 = on_uint8,
    .uint16 = on_uint16,
    .uint32 = on_uint32,
    .uint64 = on_uint64,
    .negint8 = on_nint8,
    .negint16 = on_nint16,
    .negint32 = on_nint32,
    .negint64 = on_nint64,
    .byte_string_start = on_unfit,
    .byte_string = on_bytes,
    .string = on_text,
    .string_start = on_unfit,
    .indef_array_start = on_unfit,
    .array_start = on_array,
    .indef_map_start = on_unfit,
    .map_start = on_map,
    .tag = on_tag,
    .float2 = on_unfit_float,
    .float4 = on_unfit_float,
    .float8 = on_unfit_double,
    .undefined = on_unfit,
    .null = on_null,
    .boolean = on_bool,
    .indef_break = on_unfit,
};

void
tbc_cbor_open(struct tbc_cbor_in *r, struct tbc_span in)
{
    *r = (struct tbc_cbor_in){ .in = in };
}

enum tbc_cbor_type
tbc_cbor_peek(const struct tbc_cbor_in *r)
{
    if (r->err != TBC_OK || r->at >= r->in.len) {
        return TBC_CBOR_END;
    }
    return (enum tbc_cbor_type)(r->in.ptr[r->at] >> 5);
}

enum tbc_err
tbc_cbor_fail(struct tbc_cbor_in *r, enum tbc_err err, const char *what)
{
    if (r->err == TBC_OK) {
        r->err = err;
        r->fault = (struct tbc_fault){ .what = what, .offset = r->at };
    }
    return r->err;
}

/* The bytes that the shortest head with this argument takes (RFC 8949 sec. 4.2.1). */
static size_t
shortest(uint64_t arg)
{
    return arg < 24            ? 1
           : arg <= UINT8_MAX  ? 2
           : arg <= UINT16_MAX ? 3
           : arg <= UINT32_MAX ? 5
                               : 9;
}

/* libcbor's streaming decoder refuses the one-byte tags 6 to 20, which RFC 8949 sec. 3.4 leaves to
 * registration and COSE_Sign1 (18) uses: those heads are read here, all others there. */
static struct cbor_decoder_result
decode_head(struct tbc_span in, struct head *h)
{
    if (in.ptr[0] >= 0xc6 && in.ptr[0] <= 0xd4) {
        set(h, TBC_CBOR_TAG, in.ptr[0] & 0x1f);
        return (struct cbor_decoder_result){ .read = 1,
                                             .status = CBOR_DECODER_FINISHED };
    }
    return cbor_stream_decode(in.ptr, in.len, &callbacks, h);
}

/* Read one head of the wanted type; strings come with their content. */
static enum tbc_err
read_head(struct tbc_cbor_in *r, const char *what, enum tbc_cbor_type want,
          struct head *h)
{
    struct cbor_decoder_result got;
    size_t content;

    *h = (struct head){ 0 };
    if (r->err != TBC_OK) {
        return r->err;
    }
    if (r->at >= r->in.len || tbc_cbor_peek(r) != want) {
        return tbc_cbor_fail(r, TBC_ERR_MALFORMED, what);
    }
    got = decode_head(tbc_span_sub(r->in, r->at, SIZE_MAX), h);
    if (got.status != CBOR_DECODER_FINISHED || !h->fits) {
        *h = (struct head){ 0 };
        return tbc_cbor_fail(r, TBC_ERR_MALFORMED, what);
    }
    content = h->content.len;
    if (h->type != TBC_CBOR_SIMPLE && got.read - content != shortest(h->arg)) {
        *h = (struct head){ 0 };
        return tbc_cbor_fail(r, TBC_ERR_MALFORMED, what);
    }
    r->at += got.read;
    return TBC_OK;
}

enum tbc_err
tbc_cbor_read_uint(struct tbc_cbor_in *r, const char *what, uint64_t *value)
{
    struct head h;
    enum tbc_err err = read_head(r, what, TBC_CBOR_UINT, &h);

    *value = h.arg;
    return err;
}

enum tbc_err
tbc_cbor_read_int(struct tbc_cbor_in *r, const char *what, int64_t *value)
{
    size_t from = r->at;
    bool negative = tbc_cbor_peek(r) == TBC_CBOR_NINT;
    struct head h;
    enum tbc_err err = read_head(r, what, negative ? TBC_CBOR_NINT : TBC_CBOR_UINT, &h);

    *value = 0;
    if (err != TBC_OK) {
        return err;
    }
    if (h.arg > INT64_MAX) {
        r->at = from;
        return tbc_cbor_fail(r, TBC_ERR_LIMIT, what);
    }
    *value = negative ? -1 - (int64_t)h.arg : (int64_t)h.arg;
    return TBC_OK;
}

#define YEAR_10000_S INT64_C(253402300800)

enum tbc_err
tbc_cbor_read_time(struct tbc_cbor_in *r, const char *what, struct tbc_utc *t)
{
    size_t from = r->at;
    uint64_t s;
    enum tbc_err err = tbc_cbor_read_uint(r, what, &s);

    *t = (struct tbc_utc){ 0 };
    if (err != TBC_OK) {
        return err;
    }
    if (s == 0 || s >= YEAR_10000_S) {
        r->at = from;
        return tbc_cbor_fail(r, TBC_ERR_MALFORMED, what);
    }
    t->s = (int64_t)s;
    return TBC_OK;
}

enum tbc_err
tbc_cbor_read_bool(struct tbc_cbor_in *r, const char *what, bool *value)
{
    size_t from = r->at;
    struct head h;
    enum tbc_err err = read_head(r, what, TBC_CBOR_SIMPLE, &h);

    *value = err == TBC_OK && h.arg == 1;
    if (err == TBC_OK && h.arg > 1) {
        r->at = from;
        err = tbc_cbor_fail(r, TBC_ERR_MALFORMED, what);
    }
    return err;
}

static enum tbc_err
read_content(struct tbc_cbor_in *r, const char *what, enum tbc_cbor_type type,
             size_t max, struct tbc_span *value)
{
    size_t from = r->at;
    struct head h;
    enum tbc_err err = read_head(r, what, type, &h);

    *value = (struct tbc_span){ 0 };
    if (err != TBC_OK) {
        return err;
    }
    if (h.content.len > max ||
        (type == TBC_CBOR_TEXT && !tbc_utf8_is_valid(h.content))) {
        r->at = from;
        return tbc_cbor_fail(r, h.content.len > max ? TBC_ERR_LIMIT : TBC_ERR_MALFORMED,
                             what);
    }
    *value = h.content;
    return TBC_OK;
}

enum tbc_err
tbc_cbor_read_bytes(struct tbc_cbor_in *r, const char *what, size_t max,
                    struct tbc_span *value)
{
    return read_content(r, what, TBC_CBOR_BYTES, max, value);
}

enum tbc_err
tbc_cbor_read_text(struct tbc_cbor_in *r, const char *what, size_t max,
                   struct tbc_span *value)
{
    return read_content(r, what, TBC_CBOR_TEXT, max, value);
}

enum tbc_err
tbc_cbor_read_tag(struct tbc_cbor_in *r, const char *what, uint64_t *tag)
{
    struct head h;
    enum tbc_err err = read_head(r, what, TBC_CBOR_TAG, &h);

    *tag = h.arg;
    return err;
}

enum tbc_err
tbc_cbor_read_fixed(struct tbc_cbor_in *r, const char *what, uint8_t *out, size_t len)
{
    size_t from = r->at;
    struct tbc_span s;
    enum tbc_err err = tbc_cbor_read_bytes(r, what, len, &s);

    memset(out, 0, len);
    if (err == TBC_OK && s.len != len) {
        r->at = from;
        err = tbc_cbor_fail(r, TBC_ERR_MALFORMED, what);
    }
    if (err == TBC_OK) {
        memcpy(out, s.ptr, len);
    }
    return err;
}

enum tbc_err
tbc_cbor_read_string(struct tbc_cbor_in *r, const char *what, char *out, size_t size)
{
    size_t from = r->at;
    struct tbc_span s;
    enum tbc_err err = tbc_cbor_read_text(r, what, size - 1, &s);

    memset(out, 0, size);
    if (err == TBC_OK && s.len > 0 && memchr(s.ptr, 0, s.len) != NULL) {
        r->at = from;
        err = tbc_cbor_fail(r, TBC_ERR_MALFORMED, what);
    }
    if (err == TBC_OK && s.len > 0) {
        memcpy(out, s.ptr, s.len);
    }
    return err;
}

/* A count is checked against what is left before anyone loops over it: each item takes at least
 * one byte, each map entry two. */
static enum tbc_err
read_count(struct tbc_cbor_in *r, const char *what, enum tbc_cbor_type type, size_t max,
           size_t *n)
{
    size_t from = r->at;
    struct head h;
    enum tbc_err err = read_head(r, what, type, &h);

    *n = 0;
    if (err != TBC_OK) {
        return err;
    }
    if (h.arg > max || h.arg > (r->in.len - r->at) / (type == TBC_CBOR_MAP ? 2 : 1)) {
        r->at = from;
        return tbc_cbor_fail(r, h.arg > max ? TBC_ERR_LIMIT : TBC_ERR_MALFORMED, what);
    }
    *n = (size_t)h.arg;
    return TBC_OK;
}

enum tbc_err
tbc_cbor_read_array(struct tbc_cbor_in *r, const char *what, size_t max, size_t *n)
{
    return read_count(r, what, TBC_CBOR_ARRAY, max, n);
}

enum tbc_err
tbc_cbor_read_map(struct tbc_cbor_in *r, const char *what, size_t max,
                  struct tbc_cbor_map *m)
{
    *m = (struct tbc_cbor_map){ .what = what };
    return read_count(r, what, TBC_CBOR_MAP, max, &m->left);
}

/* The key's encoding must rise: that also refuses repeated keys. */
static bool
accept_key(struct tbc_cbor_in *r, struct tbc_cbor_map *m, size_t from)
{
    struct tbc_span key = tbc_span_of(r->in.ptr + from, r->at - from);

    if (m->last.len > 0 && tbc_span_order(m->last, key) >= 0) {
        r->at = from;
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, m->what);
        return false;
    }
    m->last = key;
    m->left--;
    return true;
}

bool
tbc_cbor_next_int(struct tbc_cbor_in *r, struct tbc_cbor_map *m, int64_t *key)
{
    size_t from = r->at;

    return m->left > 0 && tbc_cbor_read_int(r, m->what, key) == TBC_OK &&
           accept_key(r, m, from);
}

bool
tbc_cbor_next_text(struct tbc_cbor_in *r, struct tbc_cbor_map *m, struct tbc_span *key)
{
    size_t from = r->at;

    return m->left > 0 && tbc_cbor_read_text(r, m->what, SIZE_MAX, key) == TBC_OK &&
           accept_key(r, m, from);
}

/* One open container on the way down. */
struct level {
    size_t left; /* items still to come; a map counts keys and values */
    bool is_map;
    struct tbc_span last; /* the key before */
    size_t key_from;      /* where the present key began */
};

/* Take one item off the container on top; false when a key does not rise. */
static bool
finish_item(struct tbc_cbor_in *r, const char *what, struct level *top)
{
    struct tbc_cbor_map m = { .what = what, .left = 1, .last = top->last };
    bool was_key = top->is_map && top->left % 2 == 0;

    top->left--;
    if (!was_key) {
        top->key_from = r->at;
        return true;
    }
    if (!accept_key(r, &m, top->key_from)) {
        return false;
    }
    top->last = m.last;
    return true;
}

/* The way down into one item: the containers that are open, outermost first. */
struct walk {
    struct level levels[TBC_CBOR_DEPTH_MAX + 1];
    size_t depth;
};

/* A bignum has a second form wherever an integer would do (RFC 8949 sec. 3.4.3); our grammars have
 * none at all. */
static bool
is_bignum(uint64_t tag)
{
    return tag == 2 || tag == 3;
}

static void
open_level(struct tbc_cbor_in *r, const char *what, enum tbc_cbor_type type,
           struct walk *w)
{
    struct head h;
    size_t from = r->at;
    size_t n = 1;

    if (w->depth == TBC_CBOR_DEPTH_MAX) {
        tbc_cbor_fail(r, TBC_ERR_LIMIT, what);
        return;
    }
    if (type == TBC_CBOR_TAG) {
        if (read_head(r, what, type, &h) == TBC_OK && is_bignum(h.arg)) {
            r->at = from;
            tbc_cbor_fail(r, TBC_ERR_MALFORMED, what);
        }
    } else {
        (void)read_count(r, what, type, SIZE_MAX / 2, &n);
    }
    w->levels[++w->depth] = (struct level){
        .left = type == TBC_CBOR_MAP ? 2 * n : n,
        .is_map = type == TBC_CBOR_MAP,
        .key_from = r->at,
    };
}

static void
skip_leaf(struct tbc_cbor_in *r, const char *what, enum tbc_cbor_type type,
          struct walk *w)
{
    struct head h;
    struct tbc_span s;

    if (type == TBC_CBOR_TEXT) {
        (void)tbc_cbor_read_text(r, what, SIZE_MAX, &s);
    } else {
        (void)read_head(r, what, type, &h);
    }
    if (r->err == TBC_OK) {
        (void)finish_item(r, what, &w->levels[w->depth]);
    }
}

enum tbc_err
tbc_cbor_skip(struct tbc_cbor_in *r, const char *what, struct tbc_span *item)
{
    struct walk w = { .levels = { { .left = 1 } } };
    size_t from = r->at;

    while (r->err == TBC_OK && w.levels[0].left > 0) {
        enum tbc_cbor_type type = tbc_cbor_peek(r);

        if (type == TBC_CBOR_ARRAY || type == TBC_CBOR_MAP || type == TBC_CBOR_TAG) {
            open_level(r, what, type, &w);
        } else {
            skip_leaf(r, what, type, &w);
        }
        while (r->err == TBC_OK && w.depth > 0 && w.levels[w.depth].left == 0) {
            w.depth--;
            (void)finish_item(r, what, &w.levels[w.depth]);
        }
    }
    if (item != NULL) {
        *item = r->err == TBC_OK ? tbc_span_of(r->in.ptr + from, r->at - from)
                                 : (struct tbc_span){ 0 };
    }
    return r->err;
}

enum tbc_err
tbc_cbor_close(struct tbc_cbor_in *r)
{
    if (r->err == TBC_OK && r->at != r->in.len) {
        return tbc_cbor_fail(r, TBC_ERR_MALFORMED, "trailing bytes");
    }
    return r->err;
}

/* The encoders of libcbor write at most 9 bytes for a head and choose the shortest form. */
#define HEAD_MAX 9
#define PUT(b, encode, value)                                           \
    do {                                                                \
        if (tbc_buf_reserve((b), HEAD_MAX) == TBC_OK) {                 \
            (b)->len += encode((value), (b)->ptr + (b)->len, HEAD_MAX); \
        }                                                               \
    } while (0)

void
tbc_cbor_put_uint(struct tbc_buf *b, uint64_t value)
{
    PUT(b, cbor_encode_uint, value);
}

void
tbc_cbor_put_int(struct tbc_buf *b, int64_t value)
{
    if (value >= 0) {
        PUT(b, cbor_encode_uint, (uint64_t)value);
    } else {
        PUT(b, cbor_encode_negint, (uint64_t)(-1 - value));
    }
}

void
tbc_cbor_put_bool(struct tbc_buf *b, bool value)
{
    PUT(b, cbor_encode_bool, value);
}

void
tbc_cbor_put_bytes(struct tbc_buf *b, struct tbc_span value)
{
    PUT(b, cbor_encode_bytestring_start, value.len);
    (void)tbc_buf_append_span(b, value);
}

void
tbc_cbor_put_bytes_head(struct tbc_buf *b, size_t len)
{
    PUT(b, cbor_encode_bytestring_start, len);
}

void
tbc_cbor_put_text_span(struct tbc_buf *b, struct tbc_span value)
{
    PUT(b, cbor_encode_string_start, value.len);
    (void)tbc_buf_append_span(b, value);
}

void
tbc_cbor_put_text(struct tbc_buf *b, const char *value)
{
    tbc_cbor_put_text_span(b, tbc_span_str(value));
}

void
tbc_cbor_put_array(struct tbc_buf *b, size_t n)
{
    PUT(b, cbor_encode_array_start, n);
}

void
tbc_cbor_put_map(struct tbc_buf *b, size_t n)
{
    PUT(b, cbor_encode_map_start, n);
}

void
tbc_cbor_put_tag(struct tbc_buf *b, uint64_t tag)
{
    PUT(b, cbor_encode_tag, tag);
}
