/* Public keys in the forms in which others hand them over. */
#include "codec/cbor_any.h"
#include "crypto/key_openssl.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <jansson.h>
#include <string.h>

#define KEY_BYTES_MAX 16384
#define FIELD_MAX     66

/* An encrypted key must not make OpenSSL ask on the terminal: there is no pass phrase. */
static int
no_pass_phrase(char *buf, int size, int rwflag, void *user)
{
    (void)rwflag;
    (void)user;
    if (size > 0) {
        buf[0] = '\0';
    }
    return -1;
}

static enum tbc_err
parse_pem(struct tbc_key **key, struct tbc_span in)
{
    BIO *bio = BIO_new_mem_buf(in.ptr, (int)in.len);
    EVP_PKEY *pkey;

    if (bio == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    pkey = PEM_read_bio_PUBKEY(bio, NULL, no_pass_phrase, NULL);
    if (pkey == NULL && BIO_reset(bio) == 1) {
        pkey = PEM_read_bio_PrivateKey(bio, NULL, no_pass_phrase, NULL);
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

/* IANA "COSE Key Common Parameters" and "COSE Key Type Parameters". */
#define LABEL_KTY 1
#define LABEL_CRV (-1)
#define LABEL_X   (-2)
#define LABEL_Y   (-3)

/* The members of a COSE_Key that make a public key (RFC 9052 sec. 7, RFC 9053 sec. 7.1). */
struct members {
    int64_t kty;
    int64_t crv;
    struct tbc_buf x;
    struct tbc_buf y;
    bool y_is_sign; /* y is a boolean: the point is compressed */
    bool y_is_odd;
    unsigned seen; /* bit 3 + label */
};

static void
read_y(struct tbc_cbor_any *r, struct members *m)
{
    struct tbc_cbor_head h;

    if (tbc_cbor_any_peek(r) == TBC_CBOR_BYTES) {
        (void)tbc_cbor_any_string(r, TBC_CBOR_BYTES, &m->y);
        return;
    }
    if (tbc_cbor_any_next(r, &h) == TBC_OK) {
        if (h.type != TBC_CBOR_SIMPLE || (h.arg != 20 && h.arg != 21)) {
            (void)tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "y", h.from);
        }
        m->y_is_sign = true;
        m->y_is_odd = h.arg == 21; /* true */
    }
}

/* The value of one label; those of others (kid, alg, key_ops) are stepped over. */
static void
read_member(struct tbc_cbor_any *r, struct members *m, int64_t label)
{
    switch (label) {
    case LABEL_KTY:
        (void)tbc_cbor_any_int(r, &m->kty);
        return;
    case LABEL_CRV:
        (void)tbc_cbor_any_int(r, &m->crv);
        return;
    case LABEL_X:
        (void)tbc_cbor_any_string(r, TBC_CBOR_BYTES, &m->x);
        return;
    case LABEL_Y:
        read_y(r, m);
        return;
    default:
        (void)tbc_cbor_any_skip(r, NULL);
    }
}

static void
read_entry(struct tbc_cbor_any *r, struct members *m)
{
    enum tbc_cbor_type type = tbc_cbor_any_peek(r);
    size_t from = r->at;
    int64_t label = 0;

    if (type != TBC_CBOR_UINT && type != TBC_CBOR_NINT) {
        (void)tbc_cbor_any_skip(r, NULL); /* a text label: not ours */
    } else if (tbc_cbor_any_int(r, &label) == TBC_OK && label >= LABEL_Y &&
               label <= LABEL_KTY) {
        unsigned bit = 1u << (label - LABEL_Y);

        if ((m->seen & bit) != 0) {
            (void)tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "repeated label", from);
            return;
        }
        m->seen |= bit;
    }
    read_member(r, m, label);
}

static enum tbc_err
key_of_members(struct tbc_key **key, const struct members *m)
{
    const struct tbc_key_kind *kind = tbc_key_kind_by_crv(m->kty, m->crv);

    if (kind == NULL) {
        return TBC_ERR_UNSUPPORTED;
    }
    return m->y_is_sign ? tbc_key_from_x(key, kind, tbc_buf_span(&m->x), m->y_is_odd)
                        : tbc_key_from_point(key, kind, tbc_buf_span(&m->x),
                                             tbc_buf_span(&m->y));
}

static enum tbc_err
parse_cose(struct tbc_key **key, struct tbc_span in)
{
    uint8_t x[FIELD_MAX];
    uint8_t y[FIELD_MAX];
    struct members m = { 0 };
    struct tbc_cbor_any r;
    struct tbc_cbor_seq seq;

    tbc_buf_init_fixed(&m.x, x, sizeof x);
    tbc_buf_init_fixed(&m.y, y, sizeof y);
    tbc_cbor_any_open(&r, in);
    (void)tbc_cbor_any_enter(&r, TBC_CBOR_MAP, &seq);
    while (tbc_cbor_any_more(&r, &seq)) {
        read_entry(&r, &m);
    }
    return r.err == TBC_OK && r.at == in.len ? key_of_members(key, &m)
                                             : TBC_ERR_MALFORMED;
}

enum tbc_err
tbc_key_parse_strict(struct tbc_key **key, struct tbc_span in)
{
    uint8_t storage[TBC_COSE_KEY_MAX * 2];
    struct tbc_buf again;
    enum tbc_err err;

    *key = NULL;
    tbc_buf_init_fixed(&again, storage, sizeof storage);
    if ((err = parse_cose(key, in)) != TBC_OK ||
        (err = tbc_key_put_cose(*key, &again)) != TBC_OK) {
        tbc_key_free(key);
        return err;
    }
    if (!tbc_span_equal(tbc_buf_span(&again), in)) {
        tbc_key_free(key);
        return TBC_ERR_MALFORMED;
    }
    return TBC_OK;
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
