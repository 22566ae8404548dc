/* A struct tbc_key whose private half stays in a token. */
#include "crypto/key_openssl.h"
#include "crypto/seal.h"
#include "crypto/sign.h"

static enum tbc_err
from_half(struct tbc_key **key, const struct tbc_pkcs11_public *half,
          struct tbc_key_fault *fault)
{
    const struct tbc_key_kind *kind = tbc_key_kind(half->alg);
    const struct tbc_span point = tbc_span_of(half->point, half->point_len);
    enum tbc_err err;

    *key = NULL;
    err = kind->kty == 1
              ? tbc_key_from_point(key, kind, point, (struct tbc_span){ 0 })
              : tbc_key_from_point(
                    key, kind, tbc_span_sub(point, 1, kind->field_len),
                    tbc_span_sub(point, 1 + kind->field_len, kind->field_len));
    return err == TBC_ERR_MALFORMED
               ? tbc_key_refuse(fault, err, "the token's public key is no point of %s",
                                kind->jwk)
               : err;
}

/* Objects of a token are paired by name alone: one signature shows whether they belong together,
 * and that the token signs at all, before anyone depends on it. */
static enum tbc_err
try_out(struct tbc_key *key, struct tbc_key_fault *fault)
{
    uint8_t message[32];
    uint8_t storage[TBC_SIGNATURE_MAX];
    struct tbc_buf sig;
    enum tbc_err err;

    tbc_buf_init_fixed(&sig, storage, sizeof storage);
    if ((err = tbc_random(message, sizeof message)) != TBC_OK) {
        return err;
    }
    err = tbc_sign_raw(key, tbc_span_of(message, sizeof message), &sig);
    if (err != TBC_OK) {
        return tbc_key_refuse(fault, err, "%s", tbc_pkcs11_trouble(key->token));
    }
    err = tbc_verify_raw(key, tbc_span_of(message, sizeof message), tbc_buf_span(&sig));
    return err == TBC_OK
               ? TBC_OK
               : tbc_key_refuse(fault, TBC_ERR_CORRUPT,
                                "token %s: its public key does not belong to its "
                                "private one",
                                tbc_pkcs11_label(key->token));
}

enum tbc_err
tbc_key_open_token(struct tbc_key **key, const char *uri, const struct tbc_pass *pass,
                   struct tbc_key_fault *fault)
{
    struct tbc_pkcs11 *token = NULL;
    enum tbc_err err = tbc_pkcs11_open(&token, uri, pass, fault);

    *key = NULL;
    if (err != TBC_OK) {
        return err;
    }
    if ((err = from_half(key, tbc_pkcs11_public(token), fault)) != TBC_OK) {
        tbc_pkcs11_close(&token);
        return err;
    }
    (*key)->token = token;
    (*key)->is_private = true;
    (*key)->kept = TBC_KEY_TOKEN;
    if ((err = try_out(*key, fault)) != TBC_OK) {
        tbc_key_free(key);
    }
    return err;
}

enum tbc_err
tbc_key_read_token(struct tbc_key **key, const char *uri, struct tbc_key_fault *fault)
{
    struct tbc_pkcs11_public half;
    enum tbc_err err = tbc_pkcs11_read_public(uri, &half, fault);

    *key = NULL;
    return err == TBC_OK ? from_half(key, &half, fault) : err;
}

enum tbc_err
tbc_key_make_in_token(struct tbc_key **key, enum tbc_alg alg, const char *uri,
                      const struct tbc_pass *pass, struct tbc_key_fault *fault)
{
    enum tbc_err err = tbc_pkcs11_make(uri, alg, pass, fault);

    *key = NULL;
    return err == TBC_OK ? tbc_key_open_token(key, uri, pass, fault) : err;
}

bool
tbc_key_is_token(const char *name)
{
    return tbc_pkcs11_is_uri(name);
}

const char *
tbc_key_trouble(const struct tbc_key *key)
{
    return key->token == NULL ? "" : tbc_pkcs11_trouble(key->token);
}

const char *
tbc_key_token(const struct tbc_key *key)
{
    return key->token == NULL ? "" : tbc_pkcs11_label(key->token);
}
