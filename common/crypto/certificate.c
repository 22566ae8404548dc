#include "crypto/certificate.h"

#include "base/text.h"
#include "codec/live.h"

#include <string.h>

#define MEASURE_MAX 1024 /* the longest claims leave half of it empty */

size_t
tbc_certificate_max(const struct tbc_claims *claims)
{
    return claims->cnf_len > 0 ? TBC_BOUND_MAX : TBC_PAPER_MAX;
}

/* Bytes of a message around a payload of that length. */
static enum tbc_err
measure(enum tbc_alg alg, struct tbc_span payload, size_t *len)
{
    static const uint8_t none[TBC_SIGNATURE_MAX];
    static const uint8_t kid[TBC_KID_LEN];
    uint8_t header_storage[MEASURE_MAX];
    uint8_t storage[MEASURE_MAX];
    struct tbc_buf header;
    struct tbc_buf message;
    enum tbc_err err;

    tbc_buf_init_fixed(&header, header_storage, sizeof header_storage);
    tbc_buf_init_fixed(&message, storage, sizeof storage);
    if ((err = tbc_cose_put_protected(&header, alg, kid, TBC_TYP_CERTIFICATE)) ==
        TBC_OK) {
        err = tbc_cose_put(&message, tbc_buf_span(&header), payload,
                           tbc_span_of(none, tbc_alg_signature_len(alg)));
    }
    *len = message.len;
    return err;
}

/* The claims' bytes, and by how many the message would be too long. */
static enum tbc_err
encode(const struct tbc_claims *claims, enum tbc_alg alg, struct tbc_buf *out,
       size_t *surplus)
{
    const size_t from = out->len;
    const size_t max = tbc_certificate_max(claims);
    size_t len = 0;
    enum tbc_err err = tbc_claims_encode(claims, out);

    if (err == TBC_OK) {
        err =
            measure(alg, tbc_span_sub(tbc_buf_span(out), from, out->len - from), &len);
    }
    *surplus = len > max ? len - max : 0;
    if (err != TBC_OK || *surplus > 0) {
        tbc_buf_cut(out, from);
    }
    return err;
}

enum tbc_err
tbc_certificate_payload(const struct tbc_claims *claims, enum tbc_alg alg,
                        struct tbc_buf *out)
{
    struct tbc_claims c = *claims;
    size_t name = strlen(c.masked_name);
    size_t surplus;
    enum tbc_err err = encode(&c, alg, out, &surplus);

    if (err == TBC_OK && surplus > 0 && c.has_face) {
        c.has_face = false;
        err = encode(&c, alg, out, &surplus);
    }
    if (err != TBC_OK || surplus == 0) {
        return err;
    }
    if (surplus >= name) {
        return TBC_ERR_LIMIT;
    }
    tbc_utf8_copy(c.masked_name, name - surplus + 1, claims->masked_name);
    if (c.masked_name[0] == '\0') {
        return TBC_ERR_LIMIT;
    }
    err = encode(&c, alg, out, &surplus);
    return err == TBC_OK && surplus > 0 ? TBC_ERR_LIMIT : err;
}

enum tbc_err
tbc_certificate_sign(struct tbc_key *issuer, const struct tbc_claims *claims,
                     struct tbc_buf *out)
{
    struct tbc_buf payload = { 0 };
    enum tbc_err err = tbc_certificate_payload(claims, tbc_key_alg(issuer), &payload);

    if (err == TBC_OK) {
        err = tbc_sign_cose(issuer, TBC_TYP_CERTIFICATE, tbc_buf_span(&payload), out);
    }
    tbc_buf_fini(&payload);
    return err;
}
