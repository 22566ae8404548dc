#include "codec/checkpoint.h"

#define CLAIM_ISS        1 /* RFC 8392 sec. 3.1 */
#define CLAIM_IAT        6
#define CLAIM_CHECKPOINT (-70005)
#define CLAIMS_N         3
#define FIELDS           2

enum tbc_err
tbc_checkpoint_encode(const struct tbc_checkpoint *c, struct tbc_buf *out)
{
    if (!tbc_telecode_is_valid(c->origin) || c->at.s <= 0) {
        return TBC_ERR_RANGE;
    }
    tbc_cbor_put_map(out, CLAIMS_N);
    tbc_cbor_put_uint(out, CLAIM_ISS);
    tbc_cbor_put_text(out, c->origin);
    tbc_cbor_put_uint(out, CLAIM_IAT);
    tbc_cbor_put_int(out, c->at.s);
    tbc_cbor_put_int(out, CLAIM_CHECKPOINT);
    tbc_cbor_put_array(out, FIELDS);
    tbc_cbor_put_uint(out, c->size);
    tbc_cbor_put_bytes(out, tbc_span_of(c->root, sizeof c->root));
    return tbc_buf_status(out);
}

static void
read_origin(struct tbc_checkpoint *c, struct tbc_cbor_in *r)
{
    tbc_cbor_read_string(r, "iss", c->origin, sizeof c->origin);
    if (r->err == TBC_OK && !tbc_telecode_is_valid(c->origin)) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "iss");
    }
}

static void
read_tree(struct tbc_checkpoint *c, struct tbc_cbor_in *r)
{
    size_t n;

    tbc_cbor_read_array(r, "checkpoint", FIELDS, &n);
    if (r->err == TBC_OK && n != FIELDS) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "checkpoint");
    }
    tbc_cbor_read_uint(r, "size", &c->size);
    tbc_cbor_read_fixed(r, "root", c->root, sizeof c->root);
}

static enum tbc_err
read_claims(struct tbc_checkpoint *c, struct tbc_cbor_in *r)
{
    struct tbc_cbor_map m;
    int64_t key;
    size_t seen = 0;

    tbc_cbor_read_map(r, "claims", CLAIMS_N, &m);
    while (tbc_cbor_next_int(r, &m, &key)) {
        switch (key) {
        case CLAIM_ISS:
            read_origin(c, r);
            break;
        case CLAIM_IAT:
            tbc_cbor_read_time(r, "iat", &c->at);
            break;
        case CLAIM_CHECKPOINT:
            read_tree(c, r);
            break;
        default:
            return tbc_cbor_fail(r, TBC_ERR_MALFORMED, "unknown claim");
        }
        seen++;
    }
    if (tbc_cbor_close(r) == TBC_OK && seen != CLAIMS_N) {
        return tbc_cbor_fail(r, TBC_ERR_MALFORMED, "missing claim");
    }
    return r->err;
}

enum tbc_err
tbc_checkpoint_decode(struct tbc_checkpoint *c, struct tbc_span in,
                      struct tbc_fault *fault)
{
    struct tbc_cbor_in r;

    *c = (struct tbc_checkpoint){ 0 };
    tbc_cbor_open(&r, in);
    if (read_claims(c, &r) != TBC_OK) {
        *c = (struct tbc_checkpoint){ 0 };
        if (fault != NULL) {
            *fault = r.fault;
        }
    }
    return r.err;
}
