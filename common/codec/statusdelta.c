#include "codec/statusdelta.h"

#include <stdlib.h>

#define VERSION       1
#define FIELDS        12
#define PROTECTED_MAX 128
#define SIGNATURE_MAX 132
#define TTL_MAX_S     (366 * (int64_t)TBC_DAY_S)
#define VALUE_MAX     255

void
tbc_statusdelta_fini(struct tbc_statusdelta *d)
{
    free(d->changes);
    *d = (struct tbc_statusdelta){ 0 };
}

/* What the grammar says above CBOR; NULL when it is kept. */
static const char *
offence(const struct tbc_statusdelta *d)
{
    if (d->sub[0] == '\0') {
        return "sub";
    }
    if (d->base_iat.s <= 0 || d->iat.s <= d->base_iat.s) {
        return "iat not after the base's";
    }
    if (d->exp.s <= d->iat.s) {
        return "exp not after iat";
    }
    if (d->ttl_s < 0 || d->ttl_s > TTL_MAX_S) {
        return "ttl";
    }
    return d->size > TBC_STATUS_LIST_MAX ? "size" : NULL;
}

/* Gaps instead of indices: shorter, and there is one way to write them. */
static enum tbc_err
put_changes(const struct tbc_statusdelta *d, struct tbc_buf *out)
{
    uint64_t next = 0;

    tbc_cbor_put_array(out, d->changes_n * 2);
    for (size_t i = 0; i < d->changes_n; i++) {
        const struct tbc_status_change *c = &d->changes[i];

        if (c->idx < next || c->value > VALUE_MAX) {
            return TBC_ERR_RANGE;
        }
        tbc_cbor_put_uint(out, c->idx - next);
        tbc_cbor_put_uint(out, c->value);
        next = c->idx + 1;
    }
    return tbc_buf_status(out);
}

enum tbc_err
tbc_statusdelta_encode(const struct tbc_statusdelta *d, struct tbc_buf *out)
{
    if (d->changes_n > TBC_STATUSDELTA_CHANGES_MAX) {
        return TBC_ERR_LIMIT;
    }
    if (offence(d) != NULL) {
        return TBC_ERR_RANGE;
    }
    tbc_cbor_put_array(out, FIELDS);
    tbc_cbor_put_uint(out, VERSION);
    tbc_cbor_put_text(out, d->sub);
    tbc_cbor_put_int(out, d->base_iat.s);
    tbc_cbor_put_bytes(out, tbc_span_of(d->base_hash, sizeof d->base_hash));
    tbc_cbor_put_int(out, d->iat.s);
    tbc_cbor_put_int(out, d->exp.s);
    tbc_cbor_put_int(out, d->ttl_s);
    tbc_cbor_put_uint(out, d->size);
    tbc_cbor_put_bytes(out, tbc_span_of(d->hash, sizeof d->hash));
    tbc_cbor_put_bytes(out, d->body_protected);
    tbc_cbor_put_bytes(out, d->signature);
    return put_changes(d, out);
}

static void
read_change(struct tbc_cbor_in *r, uint64_t next, struct tbc_status_change *c)
{
    uint64_t gap;
    uint64_t value;

    tbc_cbor_read_uint(r, "gap", &gap);
    if (r->err == TBC_OK && gap > (uint64_t)TBC_STATUS_LIST_MAX * 8) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "gap");
    }
    tbc_cbor_read_uint(r, "value", &value);
    if (r->err == TBC_OK && value > VALUE_MAX) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "value");
    }
    *c = (struct tbc_status_change){ .idx = next + gap, .value = (unsigned)value };
}

static void
read_changes(struct tbc_statusdelta *d, struct tbc_cbor_in *r)
{
    uint64_t next = 0;
    size_t n;

    tbc_cbor_read_array(r, "changes", (size_t)TBC_STATUSDELTA_CHANGES_MAX * 2, &n);
    if (r->err == TBC_OK && n % 2 != 0) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "changes");
    }
    if (r->err == TBC_OK && n > 0 &&
        (d->changes = calloc(n / 2, sizeof *d->changes)) == NULL) {
        tbc_cbor_fail(r, TBC_ERR_NO_MEMORY, "changes");
    }
    for (size_t i = 0; d->changes != NULL && i < n / 2 && r->err == TBC_OK; i++) {
        read_change(r, next, &d->changes[i]);
        next = d->changes[i].idx + 1;
        d->changes_n = i + 1;
    }
}

static void
read_head(struct tbc_cbor_in *r)
{
    uint64_t version;
    size_t n;

    tbc_cbor_read_array(r, "status delta", FIELDS, &n);
    if (r->err == TBC_OK && n != FIELDS) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "status delta");
    }
    tbc_cbor_read_uint(r, "version", &version);
    if (r->err == TBC_OK && version != VERSION) {
        tbc_cbor_fail(r, TBC_ERR_UNSUPPORTED, "version");
    }
}

static enum tbc_err
read_delta(struct tbc_statusdelta *d, struct tbc_cbor_in *r)
{
    uint64_t size = 0;

    read_head(r);
    tbc_cbor_read_string(r, "sub", d->sub, sizeof d->sub);
    tbc_cbor_read_time(r, "iat of the base", &d->base_iat);
    tbc_cbor_read_fixed(r, "hash of the base", d->base_hash, sizeof d->base_hash);
    tbc_cbor_read_time(r, "iat", &d->iat);
    tbc_cbor_read_time(r, "exp", &d->exp);
    tbc_cbor_read_int(r, "ttl", &d->ttl_s);
    tbc_cbor_read_uint(r, "size", &size);
    tbc_cbor_read_fixed(r, "hash", d->hash, sizeof d->hash);
    tbc_cbor_read_bytes(r, "protected", PROTECTED_MAX, &d->body_protected);
    tbc_cbor_read_bytes(r, "signature", SIGNATURE_MAX, &d->signature);
    d->size =
        size > TBC_STATUS_LIST_MAX ? (size_t)TBC_STATUS_LIST_MAX + 1 : (size_t)size;
    if (r->err == TBC_OK && offence(d) != NULL) {
        return tbc_cbor_fail(r, TBC_ERR_MALFORMED, offence(d));
    }
    read_changes(d, r);
    return tbc_cbor_close(r);
}

enum tbc_err
tbc_statusdelta_decode(struct tbc_statusdelta *d, struct tbc_span in,
                       struct tbc_fault *fault)
{
    struct tbc_cbor_in r;

    *d = (struct tbc_statusdelta){ 0 };
    tbc_cbor_open(&r, in);
    if (in.len > TBC_STATUSDELTA_BYTES_MAX) {
        (void)tbc_cbor_fail(&r, TBC_ERR_LIMIT, "status delta");
    } else {
        (void)read_delta(d, &r);
    }
    if (r.err != TBC_OK) {
        tbc_statusdelta_fini(d);
        if (fault != NULL) {
            *fault = r.fault;
        }
    }
    return r.err;
}
