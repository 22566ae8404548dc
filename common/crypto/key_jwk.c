/* JSON Web Keys: RFC 7517, RFC 7518 sec. 6.2 (EC), RFC 8037 (OKP). */
#include "crypto/key_openssl.h"

#include <jansson.h>
#include <string.h>

static const char letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Base64url without padding (RFC 7515 sec. 2), a member of a JWK. */
static bool
base64url(const char *s, struct tbc_buf *out)
{
    unsigned bits = 0;
    unsigned have = 0;

    for (; *s != '\0'; s++) {
        const char *letter = strchr(letters, *s);

        if (letter == NULL) {
            return false;
        }
        bits = bits << 6 | (unsigned)(letter - letters);
        have += 6;
        if (have >= 8) {
            have -= 8;
            (void)tbc_buf_append_u8(out, (uint8_t)(bits >> have));
        }
    }
    /* Bits that are left over must be zero, or one value had several forms; a single letter of
     * six bits is half a byte. */
    return have < 6 && (bits & ((1u << have) - 1)) == 0 &&
           tbc_buf_status(out) == TBC_OK;
}

static enum tbc_err
read_member(const json_t *jwk, const char *name, struct tbc_buf *out,
            struct tbc_key_fault *fault)
{
    const char *text = json_string_value(json_object_get(jwk, name));

    if (text == NULL || !base64url(text, out)) {
        return tbc_key_refuse(fault, TBC_ERR_MALFORMED,
                              text == NULL
                                  ? "JWK: \"%s\" is wanted"
                                  : "JWK: \"%s\" is not base64url without padding",
                              name);
    }
    return TBC_OK;
}

static enum tbc_err
check_kind(const json_t *jwk, const struct tbc_key_kind **kind,
           struct tbc_key_fault *fault)
{
    const char *kty = json_string_value(json_object_get(jwk, "kty"));
    const char *crv = json_string_value(json_object_get(jwk, "crv"));
    const char *alg = json_string_value(json_object_get(jwk, "alg"));
    enum tbc_alg named;

    if (kty == NULL) {
        return tbc_key_refuse(fault, TBC_ERR_MALFORMED, "JWK: \"kty\" is wanted");
    }
    if (strcmp(kty, "EC") != 0 && strcmp(kty, "OKP") != 0) {
        return tbc_key_refuse(
            fault, TBC_ERR_UNSUPPORTED, "unsupported kind of key %s",
            strcmp(kty, "RSA") == 0 || strcmp(kty, "oct") == 0 ? kty : "in a JWK");
    }
    if (crv == NULL) {
        return tbc_key_refuse(fault, TBC_ERR_MALFORMED, "JWK: \"crv\" is wanted");
    }
    if ((*kind = tbc_key_kind_by_jwk(tbc_span_str(crv))) == NULL) {
        bool plain = strspn(crv, letters) == strlen(crv) && strlen(crv) <= 32;

        return tbc_key_refuse(fault, TBC_ERR_UNSUPPORTED, "unsupported curve %s",
                              plain ? crv : "in a JWK");
    }
    if ((*kind)->kty != (strcmp(kty, "OKP") == 0 ? 1 : 2)) {
        return tbc_key_refuse(fault, TBC_ERR_MALFORMED, "JWK: kty %s with crv %s", kty,
                              crv);
    }
    if (alg != NULL && tbc_alg_parse(tbc_span_str(alg), &named) &&
        named != (*kind)->alg &&
        !(named == TBC_ALG_EDDSA && (*kind)->alg == TBC_ALG_ED448)) {
        return tbc_key_refuse(fault, TBC_ERR_MALFORMED, "JWK: alg %s with crv %s", alg,
                              crv);
    }
    return TBC_OK;
}

static enum tbc_err
read_halves(struct tbc_key **key, const json_t *jwk, const struct tbc_key_kind *kind,
            struct tbc_key_fault *fault)
{
    uint8_t storage[3][TBC_KEY_FIELD_MAX];
    struct tbc_buf x;
    struct tbc_buf y;
    struct tbc_buf d;
    enum tbc_err err;

    tbc_buf_init_fixed(&x, storage[0], sizeof storage[0]);
    tbc_buf_init_fixed(&y, storage[1], sizeof storage[1]);
    tbc_buf_init_fixed(&d, storage[2], sizeof storage[2]);
    if ((err = read_member(jwk, "x", &x, fault)) != TBC_OK ||
        (kind->kty == 2 && (err = read_member(jwk, "y", &y, fault)) != TBC_OK)) {
        return err;
    }
    err = tbc_key_from_point(key, kind, tbc_buf_span(&x), tbc_buf_span(&y));
    if (err == TBC_ERR_MALFORMED) {
        return tbc_key_refuse(fault, err, "JWK: no point of %s", kind->jwk);
    }
    if (err == TBC_OK && json_object_get(jwk, "d") != NULL) {
        if ((err = read_member(jwk, "d", &d, fault)) == TBC_OK) {
            err = tbc_key_add_private(key, tbc_buf_span(&d), fault);
        } else {
            tbc_key_free(key);
        }
        tbc_wipe(storage[2], sizeof storage[2]);
    }
    return err;
}

/* jansson frees what it holds as it is.  The text is this object's own, so it may be changed. */
static void
wipe_private(const json_t *jwk)
{
    const char *text = json_string_value(json_object_get(jwk, "d"));
    char *own;

    if (text != NULL) {
        memcpy(&own, &text, sizeof own);
        tbc_wipe(own, strlen(own));
    }
}

enum tbc_err
tbc_key_parse_jwk(struct tbc_key **key, struct tbc_span in, struct tbc_key_fault *fault)
{
    json_error_t why;
    json_t *jwk =
        json_loadb((const char *)in.ptr, in.len, JSON_REJECT_DUPLICATES, &why);
    const struct tbc_key_kind *kind = NULL;
    enum tbc_err err;

    *key = NULL;
    if (jwk == NULL && json_error_code(&why) == json_error_out_of_memory) {
        return TBC_ERR_NO_MEMORY;
    }
    if (jwk == NULL) {
        return tbc_key_refuse(fault, TBC_ERR_MALFORMED, "JWK: %s, at byte %d",
                              json_error_code(&why) == json_error_duplicate_key
                                  ? "a member twice"
                                  : "not JSON",
                              why.position);
    }
    if ((err = check_kind(jwk, &kind, fault)) == TBC_OK && kind != NULL) {
        err = read_halves(key, jwk, kind, fault);
    }
    wipe_private(jwk);
    json_decref(jwk);
    return err;
}

static void
put_base64url(struct tbc_buf *out, const uint8_t *bytes, size_t len)
{
    unsigned bits = 0;
    unsigned have = 0;

    for (size_t i = 0; i < len; i++) {
        bits = (bits & 0x3f) << 8 | bytes[i];
        for (have += 8; have >= 6; have -= 6) {
            (void)tbc_buf_append_u8(out, (uint8_t)letters[bits >> (have - 6) & 0x3f]);
        }
    }
    if (have > 0) {
        (void)tbc_buf_append_u8(out, (uint8_t)letters[bits << (6 - have) & 0x3f]);
    }
}

enum tbc_err
tbc_key_put_jwk(const struct tbc_key *key, struct tbc_buf *out)
{
    const struct tbc_key_kind *kind = tbc_key_kind(key->alg);
    uint8_t point[2 * TBC_KEY_FIELD_MAX];
    size_t from = out->len;
    enum tbc_err err = tbc_key_get_point(key, point);

    if (err != TBC_OK) {
        return err;
    }
    (void)tbc_buf_printf(out, "{\"kty\":\"%s\",\"crv\":\"%s\",\"x\":\"",
                         kind->kty == 1 ? "OKP" : "EC", kind->jwk);
    put_base64url(out, point, kind->field_len);
    if (kind->kty == 2) {
        (void)tbc_buf_append_str(out, "\",\"y\":\"");
        put_base64url(out, point + kind->field_len, kind->field_len);
    }
    (void)tbc_buf_append_str(out, "\"}");
    return tbc_buf_whole(out, from, TBC_OK);
}
