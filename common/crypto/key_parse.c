/* Public keys in the forms in which others hand them over. */
#include "crypto/key_openssl.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <jansson.h>
#include <string.h>

#define KEY_BYTES_MAX 16384
#define FIELD_MAX     66

static enum tbc_err
parse_pem(struct tbc_key **key, struct tbc_span in)
{
    BIO *bio = BIO_new_mem_buf(in.ptr, (int)in.len);
    EVP_PKEY *pkey;

    if (bio == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    pkey = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
    if (pkey == NULL && BIO_reset(bio) == 1) {
        pkey = PEM_read_bio_PrivateKey(bio, NULL, NULL, (void *)(uintptr_t) "");
    }
    BIO_free(bio);
    ERR_clear_error();
    return pkey == NULL ? TBC_ERR_MALFORMED : tbc_key_wrap(key, pkey, false);
}

static enum tbc_err
parse_der(struct tbc_key **key, struct tbc_span in)
{
    const unsigned char *at = in.ptr;
    EVP_PKEY *pkey = d2i_PUBKEY(NULL, &at, (long)in.len);

    ERR_clear_error();
    if (pkey != NULL && at != in.ptr + in.len) {
        EVP_PKEY_free(pkey);
        return TBC_ERR_MALFORMED;
    }
    return pkey == NULL ? TBC_ERR_MALFORMED : tbc_key_wrap(key, pkey, false);
}

/* Base64url without padding (RFC 7515 sec. 2), a member of a JWK, into at most max bytes. */
static bool
base64url(const json_t *value, uint8_t *out, size_t max, size_t *len)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *s = json_string_value(value);
    unsigned bits = 0;
    unsigned have = 0;

    *len = 0;
    for (; s != NULL && *s != '\0'; s++) {
        const char *letter = strchr(letters, *s);

        if (letter == NULL) {
            return false;
        }
        bits = bits << 6 | (unsigned)(letter - letters);
        have += 6;
        if (have >= 8) {
            have -= 8;
            if (*len == max) {
                return false;
            }
            out[(*len)++] = (uint8_t)(bits >> have);
        }
    }
    return s != NULL && (bits & ((1u << have) - 1)) == 0;
}

/* RFC 7517, RFC 7518 sec. 6.2, RFC 8037. */
static enum tbc_err
parse_jwk(struct tbc_key **key, struct tbc_span in)
{
    json_t *jwk =
        json_loadb((const char *)in.ptr, in.len, JSON_REJECT_DUPLICATES, NULL);
    const struct tbc_key_kind *kind = tbc_key_kind_by_jwk(
        tbc_span_str(json_string_value(json_object_get(jwk, "crv"))));
    const char *kty = json_string_value(json_object_get(jwk, "kty"));
    uint8_t x[FIELD_MAX];
    uint8_t y[FIELD_MAX];
    size_t x_len = 0;
    size_t y_len = 0;
    enum tbc_err err = TBC_ERR_MALFORMED;

    if (jwk != NULL && kty != NULL && kind == NULL) {
        err = TBC_ERR_UNSUPPORTED;
    } else if (kind != NULL && kty != NULL &&
               strcmp(kty, kind->kty == 1 ? "OKP" : "EC") == 0 &&
               base64url(json_object_get(jwk, "x"), x, sizeof x, &x_len) &&
               (kind->kty == 1 ||
                base64url(json_object_get(jwk, "y"), y, sizeof y, &y_len))) {
        err =
            tbc_key_from_point(key, kind, tbc_span_of(x, x_len), tbc_span_of(y, y_len));
    }
    json_decref(jwk);
    return err;
}

/* RFC 9052 sec. 7, RFC 9053 sec. 7.1; members that do not matter here are stepped over. */
static enum tbc_err
parse_cose(struct tbc_key **key, struct tbc_span in)
{
    const struct tbc_key_kind *kind;
    struct tbc_span x = { 0 };
    struct tbc_span y = { 0 };
    struct tbc_cbor_map m;
    struct tbc_cbor_in r;
    int64_t kty = 0;
    int64_t crv = 0;
    int64_t label;

    tbc_cbor_open(&r, in);
    tbc_cbor_read_map(&r, "COSE_Key", 16, &m);
    while (tbc_cbor_next_int(&r, &m, &label)) {
        switch (label) {
        case 1:
            tbc_cbor_read_int(&r, "kty", &kty);
            break;
        case -1:
            tbc_cbor_read_int(&r, "crv", &crv);
            break;
        case -2:
            tbc_cbor_read_bytes(&r, "x", FIELD_MAX, &x);
            break;
        case -3:
            tbc_cbor_read_bytes(&r, "y", FIELD_MAX, &y);
            break;
        default:
            tbc_cbor_skip(&r, "COSE_Key", NULL);
            break;
        }
    }
    if (tbc_cbor_close(&r) != TBC_OK) {
        return TBC_ERR_MALFORMED;
    }
    kind = tbc_key_kind_by_crv(kty, crv);
    return kind == NULL ? TBC_ERR_UNSUPPORTED : tbc_key_from_point(key, kind, x, y);
}

enum tbc_err
tbc_key_parse_public(struct tbc_key **key, struct tbc_span in)
{
    *key = NULL;
    if (in.len == 0 || in.len > KEY_BYTES_MAX) {
        return in.len == 0 ? TBC_ERR_MALFORMED : TBC_ERR_LIMIT;
    }
    if (memmem(in.ptr, in.len, "-----BEGIN ", 11) != NULL) {
        return parse_pem(key, in);
    }
    switch (in.ptr[0]) {
    case 0x30: /* SEQUENCE */
        return parse_der(key, in);
    case '{':
        return parse_jwk(key, in);
    default:
        return parse_cose(key, in);
    }
}
