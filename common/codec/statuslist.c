#include "codec/statuslist.h"

#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST /* its input is const, as it should be */
#include <zlib.h>

#define CLAIM_SUB         2
#define CLAIM_EXP         4
#define CLAIM_IAT         6
#define CLAIM_STATUS_LIST 65533
#define CLAIM_TTL         65534

#define CLAIMS_N       5
#define WINDOW         2048
#define TTL_MAX_S      (366 * (int64_t)TBC_DAY_S)
#define COMPRESSED_MAX (TBC_STATUS_LIST_MAX + TBC_STATUS_LIST_MAX / 1000 + 64)

static bool
bits_are_known(uint64_t bits)
{
    return bits == 1 || bits == 2 || bits == 4 || bits == 8;
}

enum tbc_err
tbc_statuslist_init(struct tbc_statuslist *l, unsigned bits, size_t n)
{
    enum tbc_err err;
    size_t bytes;

    *l = (struct tbc_statuslist){ 0 };
    if (!bits_are_known(bits)) {
        return TBC_ERR_RANGE;
    }
    bytes = n / (8 / bits) + (n % (8 / bits) != 0 ? 1 : 0);
    if (bytes > TBC_STATUS_LIST_MAX) {
        return TBC_ERR_LIMIT;
    }
    if ((err = tbc_buf_reserve(&l->lst, bytes)) != TBC_OK) {
        l->lst.err = TBC_OK;
        return err;
    }
    if (bytes > 0) {
        memset(l->lst.ptr, 0, bytes);
    }
    l->lst.len = bytes;
    l->bits = bits;
    return TBC_OK;
}

void
tbc_statuslist_fini(struct tbc_statuslist *l)
{
    tbc_buf_fini(&l->lst);
    *l = (struct tbc_statuslist){ 0 };
}

/* The lowest bits of a byte hold the lowest index (Token Status List sec. 4.1). */
static bool
locate(const struct tbc_statuslist *l, uint64_t idx, size_t *byte, unsigned *shift)
{
    if (!bits_are_known(l->bits) || idx / (8 / l->bits) >= l->lst.len) {
        return false;
    }
    *byte = (size_t)(idx / (8 / l->bits));
    *shift = (unsigned)(idx % (8 / l->bits)) * l->bits;
    return true;
}

enum tbc_err
tbc_statuslist_get(const struct tbc_statuslist *l, uint64_t idx, unsigned *value)
{
    size_t byte;
    unsigned shift;

    *value = 0;
    if (!locate(l, idx, &byte, &shift)) {
        return TBC_ERR_RANGE;
    }
    *value = (unsigned)l->lst.ptr[byte] >> shift & ((1u << l->bits) - 1);
    return TBC_OK;
}

enum tbc_err
tbc_statuslist_set(struct tbc_statuslist *l, uint64_t idx, unsigned value)
{
    size_t byte;
    unsigned shift;
    unsigned mask;

    if (!locate(l, idx, &byte, &shift) || value >= 1u << l->bits) {
        return TBC_ERR_RANGE;
    }
    mask = ((1u << l->bits) - 1) << shift;
    l->lst.ptr[byte] = (uint8_t)((l->lst.ptr[byte] & ~mask) | value << shift);
    return TBC_OK;
}

static enum tbc_err
compress_list(const struct tbc_statuslist *l, struct tbc_buf *out)
{
    uLongf len = compressBound((uLong)l->lst.len);
    enum tbc_err err = tbc_buf_reserve(out, len);
    int rc;

    if (err != TBC_OK) {
        return err;
    }
    rc = compress2(out->ptr, &len, l->lst.ptr == NULL ? (const Bytef *)"" : l->lst.ptr,
                   (uLong)l->lst.len, Z_BEST_COMPRESSION);
    if (rc != Z_OK) {
        return TBC_ERR_NO_MEMORY; /* the only failure left: there was room */
    }
    out->len = len;
    return TBC_OK;
}

enum tbc_err
tbc_statuslist_encode(const struct tbc_statuslist *l, struct tbc_buf *out)
{
    struct tbc_buf packed = { 0 };
    size_t from = out->len;
    enum tbc_err err;

    if (!bits_are_known(l->bits) || l->sub[0] == '\0' || l->iat.s <= 0 ||
        l->exp.s <= l->iat.s || l->ttl_s < 0 || l->ttl_s > TTL_MAX_S) {
        return TBC_ERR_RANGE;
    }
    if ((err = compress_list(l, &packed)) == TBC_OK) {
        tbc_cbor_put_map(out, CLAIMS_N);
        tbc_cbor_put_uint(out, CLAIM_SUB);
        tbc_cbor_put_text(out, l->sub);
        tbc_cbor_put_uint(out, CLAIM_EXP);
        tbc_cbor_put_int(out, l->exp.s);
        tbc_cbor_put_uint(out, CLAIM_IAT);
        tbc_cbor_put_int(out, l->iat.s);
        tbc_cbor_put_uint(out, CLAIM_STATUS_LIST);
        tbc_cbor_put_map(out, 2);
        tbc_cbor_put_text(out, "lst"); /* shorter keys first: bytewise order */
        tbc_cbor_put_bytes(out, tbc_buf_span(&packed));
        tbc_cbor_put_text(out, "bits");
        tbc_cbor_put_uint(out, l->bits);
        tbc_cbor_put_uint(out, CLAIM_TTL);
        tbc_cbor_put_int(out, l->ttl_s);
        err = tbc_buf_whole(out, from, TBC_OK);
    }
    tbc_buf_fini(&packed);
    return err;
}

/* Count what a zlib stream holds, through a small window: a bomb is refused before anyone makes
 * room for it. */
static enum tbc_err
measure(z_stream *z, struct tbc_span packed, size_t *len)
{
    uint8_t window[WINDOW];
    int rc = Z_OK;

    z->next_in = packed.ptr;
    z->avail_in = (uInt)packed.len;
    *len = 0;
    while (rc == Z_OK) {
        z->next_out = window;
        z->avail_out = sizeof window;
        rc = inflate(z, Z_NO_FLUSH);
        *len += sizeof window - z->avail_out;
        if (*len > TBC_STATUS_LIST_MAX) {
            return TBC_ERR_LIMIT;
        }
    }
    if (rc == Z_MEM_ERROR) {
        return TBC_ERR_NO_MEMORY;
    }
    return rc == Z_STREAM_END && z->avail_in == 0 ? TBC_OK : TBC_ERR_MALFORMED;
}

enum tbc_err
tbc_status_inflate(struct tbc_span packed, struct tbc_buf *out)
{
    z_stream z = { 0 };
    enum tbc_err err;
    size_t len = 0;

    if (packed.len > COMPRESSED_MAX) {
        return TBC_ERR_LIMIT;
    }
    if (inflateInit(&z) != Z_OK) {
        return TBC_ERR_NO_MEMORY;
    }
    if ((err = measure(&z, packed, &len)) != TBC_OK ||
        (err = tbc_buf_reserve(out, len + 1)) != TBC_OK) {
        goto out;
    }
    (void)inflateReset(&z);
    z.next_in = packed.ptr;
    z.avail_in = (uInt)packed.len;
    z.next_out = out->ptr + out->len;
    z.avail_out = (uInt)(len + 1);
    if (inflate(&z, Z_FINISH) != Z_STREAM_END) {
        err = TBC_ERR_NO_MEMORY; /* it was sound a moment ago, and there is room */
        goto out;
    }
    out->len += len;
out:
    (void)inflateEnd(&z);
    return err;
}

/* { "lst": bstr, "bits": uint } */
static void
read_list(struct tbc_statuslist *l, struct tbc_cbor_in *r)
{
    struct tbc_cbor_map m;
    struct tbc_span key = { 0 };
    struct tbc_span packed = { 0 };
    uint64_t bits = 0;
    enum tbc_err err;

    tbc_cbor_read_map(r, "status_list", 2, &m);
    if (!tbc_cbor_next_text(r, &m, &key) || !tbc_span_equal(key, tbc_span_str("lst"))) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "lst");
    }
    tbc_cbor_read_bytes(r, "lst", COMPRESSED_MAX, &packed);
    if (!tbc_cbor_next_text(r, &m, &key) ||
        !tbc_span_equal(key, tbc_span_str("bits"))) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "bits");
    }
    tbc_cbor_read_uint(r, "bits", &bits);
    if (r->err == TBC_OK && !bits_are_known(bits)) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "bits");
    }
    l->bits = (unsigned)bits;
    if (r->err == TBC_OK && (err = tbc_status_inflate(packed, &l->lst)) != TBC_OK) {
        tbc_cbor_fail(r, err, "lst");
    }
}

static void
read_ttl(struct tbc_statuslist *l, struct tbc_cbor_in *r)
{
    tbc_cbor_read_int(r, "ttl", &l->ttl_s);
    if (l->ttl_s < 0 || l->ttl_s > TTL_MAX_S) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "ttl");
    }
}

static void
read_claim(struct tbc_statuslist *l, struct tbc_cbor_in *r, int64_t key)
{
    switch (key) {
    case CLAIM_SUB:
        tbc_cbor_read_string(r, "sub", l->sub, sizeof l->sub);
        return;
    case CLAIM_EXP:
        tbc_cbor_read_time(r, "exp", &l->exp);
        return;
    case CLAIM_IAT:
        tbc_cbor_read_time(r, "iat", &l->iat);
        return;
    case CLAIM_STATUS_LIST:
        read_list(l, r);
        return;
    case CLAIM_TTL:
        read_ttl(l, r);
        return;
    default:
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "unknown claim");
    }
}

static enum tbc_err
read_claims(struct tbc_statuslist *l, struct tbc_cbor_in *r)
{
    struct tbc_cbor_map m;
    int64_t key;
    size_t seen = 0;

    tbc_cbor_read_map(r, "claims", CLAIMS_N, &m);
    while (tbc_cbor_next_int(r, &m, &key)) {
        read_claim(l, r, key);
        seen++;
    }
    if (tbc_cbor_close(r) != TBC_OK) {
        return r->err;
    }
    if (seen != CLAIMS_N || l->sub[0] == '\0') {
        return tbc_cbor_fail(r, TBC_ERR_MALFORMED, "missing claim");
    }
    if (l->exp.s <= l->iat.s) {
        return tbc_cbor_fail(r, TBC_ERR_MALFORMED, "exp not after iat");
    }
    return TBC_OK;
}

enum tbc_err
tbc_statuslist_decode(struct tbc_statuslist *l, struct tbc_span in,
                      struct tbc_fault *fault)
{
    struct tbc_cbor_in r;

    *l = (struct tbc_statuslist){ 0 };
    tbc_cbor_open(&r, in);
    if (read_claims(l, &r) != TBC_OK) {
        tbc_statuslist_fini(l);
        if (fault != NULL) {
            *fault = r.fault;
        }
    }
    return r.err;
}
