#include "crypto/certificate.h"

#include "base/text.h"
#include "codec/live.h"

#include <string.h>

size_t
tbc_certificate_max(const struct tbc_claims *claims)
{
    return claims->cnf_len > 0 ? TBC_BOUND_MAX : TBC_PAPER_MAX;
}

static enum tbc_err
sign_claims(struct tbc_key *issuer, const struct tbc_claims *claims,
            struct tbc_buf *out)
{
    struct tbc_buf payload = { 0 };
    enum tbc_err err = tbc_claims_encode(claims, &payload);

    if (err == TBC_OK) {
        err = tbc_sign_cose(issuer, TBC_TYP_CERTIFICATE, tbc_buf_span(&payload), out);
    }
    tbc_buf_fini(&payload);
    return err;
}

enum tbc_err
tbc_certificate_sign(struct tbc_key *issuer, const struct tbc_claims *claims,
                     struct tbc_buf *out)
{
    struct tbc_claims c = *claims;
    size_t max = tbc_certificate_max(claims);
    size_t name = strlen(c.masked_name);
    size_t from = out->len;
    size_t surplus;
    enum tbc_err err = sign_claims(issuer, &c, out);

    if (err != TBC_OK || out->len - from <= max) {
        return err;
    }
    surplus = out->len - from - max;
    tbc_buf_cut(out, from);
    if (surplus >= name) {
        return TBC_ERR_LIMIT;
    }
    tbc_utf8_copy(c.masked_name, name - surplus + 1, claims->masked_name);
    return c.masked_name[0] == '\0' ? TBC_ERR_LIMIT : sign_claims(issuer, &c, out);
}
