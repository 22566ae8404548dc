#include "codec/cose.h"

#include <string.h>

#define TAG_SIGN1     18
#define HEADER_ALG    1 /* IANA "COSE Header Parameters" */
#define HEADER_KID    4
#define HEADER_TYP    16
#define PROTECTED_MAX 128
#define PAYLOAD_MAX   (64u << 20)

static const struct {
    enum tbc_alg alg;
    const char *name;
    size_t signature_len;
    bool is_ours;
} algs[] = {
    { TBC_ALG_ES256, "ES256", 64, true },   { TBC_ALG_EDDSA, "EdDSA", 64, true },
    { TBC_ALG_ES384, "ES384", 96, true },   { TBC_ALG_ES512, "ES512", 132, true },
    { TBC_ALG_SM2, "SM2", 64, true },       { TBC_ALG_ES256K, "ES256K", 64, false },
    { TBC_ALG_ED448, "Ed448", 114, false },
};
#define ALGS_N (sizeof algs / sizeof *algs)

static const char *const typs[] = {
#define X(name, text) text,
    TBC_TYP_LIST(X)
#undef X
};

size_t
tbc_alg_signature_len(enum tbc_alg alg)
{
    for (size_t i = 0; i < ALGS_N; i++) {
        if (algs[i].alg == alg) {
            return algs[i].signature_len;
        }
    }
    return 0;
}

const char *
tbc_alg_name(enum tbc_alg alg)
{
    for (size_t i = 0; i < ALGS_N; i++) {
        if (algs[i].alg == alg) {
            return algs[i].name;
        }
    }
    return "none";
}

bool
tbc_alg_parse(struct tbc_span name, enum tbc_alg *alg)
{
    for (size_t i = 0; i < ALGS_N; i++) {
        if (tbc_span_equal(name, tbc_span_str(algs[i].name))) {
            *alg = algs[i].alg;
            return true;
        }
    }
    *alg = TBC_ALG_NONE;
    return false;
}

enum tbc_alg
tbc_alg_known(int64_t number)
{
    for (size_t i = 0; i < ALGS_N; i++) {
        if (algs[i].alg == number && algs[i].is_ours) {
            return algs[i].alg;
        }
    }
    return TBC_ALG_NONE;
}

static enum tbc_typ
typ_of(struct tbc_span text)
{
    for (unsigned i = 0; i < TBC_TYP_N; i++) {
        if (tbc_span_equal(text, tbc_span_str(typs[i]))) {
            return (enum tbc_typ)i;
        }
    }
    return TBC_TYP_N;
}

const char *
tbc_typ_text(enum tbc_typ typ)
{
    return (unsigned)typ < TBC_TYP_N ? typs[typ] : "";
}

/* Exactly { 1: alg, 4: kid, 16: typ }.  An alg or typ of others leaves TBC_ALG_NONE, TBC_TYP_N. */
static enum tbc_err
read_protected(struct tbc_cose *msg, struct tbc_cbor_in *r)
{
    struct tbc_cbor_map m;
    struct tbc_span typ = { 0 };
    int64_t number = 0;
    int64_t key;
    unsigned seen = 0;

    tbc_cbor_read_map(r, "protected header", 3, &m);
    while (tbc_cbor_next_int(r, &m, &key)) {
        switch (key) {
        case HEADER_ALG:
            tbc_cbor_read_int(r, "alg", &number);
            break;
        case HEADER_KID:
            tbc_cbor_read_fixed(r, "kid", msg->kid, sizeof msg->kid);
            break;
        case HEADER_TYP:
            tbc_cbor_read_text(r, "typ", PROTECTED_MAX, &typ);
            break;
        default:
            return tbc_cbor_fail(r, TBC_ERR_MALFORMED, "protected header parameter");
        }
        seen++;
    }
    if (r->err == TBC_OK && seen != 3) {
        return tbc_cbor_fail(r, TBC_ERR_MALFORMED, "protected header");
    }
    msg->alg = tbc_alg_known(number);
    msg->typ = typ_of(typ);
    return tbc_cbor_close(r);
}

/* The protected header is a string inside the message: read it there, so that offsets are those
 * of the whole input. */
static enum tbc_err
open_protected(struct tbc_cose *msg, struct tbc_cbor_in *r)
{
    struct tbc_cbor_in inner;

    if (tbc_cbor_read_bytes(r, "protected", PROTECTED_MAX, &msg->body_protected) !=
        TBC_OK) {
        return r->err;
    }
    tbc_cbor_open(&inner, tbc_span_of(r->in.ptr, r->at));
    inner.at = r->at - msg->body_protected.len;
    if (read_protected(msg, &inner) != TBC_OK) {
        r->err = inner.err;
        r->fault = inner.fault;
    }
    return r->err;
}

static enum tbc_err
read_message(struct tbc_cose *msg, struct tbc_cbor_in *r)
{
    struct tbc_cbor_map unprotected;
    uint64_t tag;
    size_t n;

    tbc_cbor_read_tag(r, "tag of COSE_Sign1", &tag);
    if (r->err == TBC_OK && tag != TAG_SIGN1) {
        return tbc_cbor_fail(r, TBC_ERR_MALFORMED, "tag of COSE_Sign1");
    }
    tbc_cbor_read_array(r, "COSE_Sign1", 4, &n);
    if (r->err == TBC_OK && n != 4) {
        return tbc_cbor_fail(r, TBC_ERR_MALFORMED, "COSE_Sign1");
    }
    open_protected(msg, r);
    tbc_cbor_read_map(r, "unprotected header", 0, &unprotected);
    tbc_cbor_read_bytes(r, "payload", PAYLOAD_MAX, &msg->payload);
    tbc_cbor_read_bytes(r, "signature", TBC_SIGNATURE_MAX, &msg->signature);
    if (tbc_cbor_close(r) != TBC_OK) {
        return r->err;
    }
    if (msg->alg == TBC_ALG_NONE || msg->typ == TBC_TYP_N) {
        return tbc_cbor_fail(r, TBC_ERR_UNSUPPORTED,
                             msg->alg == TBC_ALG_NONE ? "alg" : "typ");
    }
    if (msg->signature.len != tbc_alg_signature_len(msg->alg)) {
        return tbc_cbor_fail(r, TBC_ERR_MALFORMED, "signature length");
    }
    return TBC_OK;
}

enum tbc_err
tbc_cose_open(struct tbc_cose *msg, struct tbc_span in, struct tbc_fault *fault)
{
    struct tbc_cbor_in r;

    *msg = (struct tbc_cose){ .typ = TBC_TYP_N };
    tbc_cbor_open(&r, in);
    if (read_message(msg, &r) != TBC_OK) {
        *msg = (struct tbc_cose){ .typ = TBC_TYP_N };
        if (fault != NULL) {
            *fault = r.fault;
        }
    }
    return r.err;
}

enum tbc_err
tbc_cose_put_tbs_head(struct tbc_buf *out, struct tbc_span body_protected,
                      struct tbc_span external, size_t payload_len)
{
    size_t from = out->len;

    /* A bstr head is written by the encoder; the content comes from the caller. */
    tbc_cbor_put_array(out, 4);
    tbc_cbor_put_text(out, "Signature1");
    tbc_cbor_put_bytes(out, body_protected);
    tbc_cbor_put_bytes(out, external);
    tbc_cbor_put_bytes_head(out, payload_len);
    return tbc_buf_whole(out, from, TBC_OK);
}

enum tbc_err
tbc_cose_put_protected(struct tbc_buf *out, enum tbc_alg alg,
                       const uint8_t kid[static TBC_KID_LEN], enum tbc_typ typ)
{
    size_t from = out->len;

    tbc_cbor_put_map(out, 3);
    tbc_cbor_put_uint(out, HEADER_ALG);
    tbc_cbor_put_int(out, alg);
    tbc_cbor_put_uint(out, HEADER_KID);
    tbc_cbor_put_bytes(out, tbc_span_of(kid, TBC_KID_LEN));
    tbc_cbor_put_uint(out, HEADER_TYP);
    tbc_cbor_put_text(out, tbc_typ_text(typ));
    return tbc_buf_whole(out, from, TBC_OK);
}

enum tbc_err
tbc_cose_put(struct tbc_buf *out, struct tbc_span body_protected,
             struct tbc_span payload, struct tbc_span signature)
{
    size_t from = out->len;

    tbc_cbor_put_tag(out, TAG_SIGN1);
    tbc_cbor_put_array(out, 4);
    tbc_cbor_put_bytes(out, body_protected);
    tbc_cbor_put_map(out, 0);
    tbc_cbor_put_bytes(out, payload);
    tbc_cbor_put_bytes(out, signature);
    return tbc_buf_whole(out, from, TBC_OK);
}
