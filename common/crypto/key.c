#include "crypto/key.h"

#include "crypto/digest.h"
#include "crypto/key_openssl.h"
#include "crypto/secret.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <stdlib.h>
#include <string.h>

#define PEM_MAX   16384
#define FIELD_MAX TBC_KEY_FIELD_MAX

/* COSE curve numbers: IANA COSE Elliptic Curves; SM2 from its private-use range. */
static const struct tbc_key_kind kinds[] = {
    { TBC_ALG_ES256, "EC", "P-256", 2, 1, "P-256", 32, "SHA256" },
    { TBC_ALG_ES384, "EC", "P-384", 2, 2, "P-384", 48, "SHA384" },
    { TBC_ALG_ES512, "EC", "P-521", 2, 3, "P-521", 66, "SHA512" },
    { TBC_ALG_EDDSA, "ED25519", NULL, 1, 6, "Ed25519", 32, NULL },
    { TBC_ALG_SM2, "SM2", "SM2", 2, -70003, "SM2", 32, "SM3" },
};

#define KINDS_N (sizeof kinds / sizeof *kinds)

const struct tbc_key_kind *
tbc_key_kind(enum tbc_alg alg)
{
    for (size_t i = 0; i < KINDS_N; i++) {
        if (kinds[i].alg == alg) {
            return &kinds[i];
        }
    }
    return NULL;
}

const struct tbc_key_kind *
tbc_key_kind_by_crv(int64_t kty, int64_t crv)
{
    for (size_t i = 0; i < KINDS_N; i++) {
        if (kinds[i].kty == kty && kinds[i].crv == crv) {
            return &kinds[i];
        }
    }
    return NULL;
}

const struct tbc_key_kind *
tbc_key_kind_by_jwk(struct tbc_span crv)
{
    for (size_t i = 0; i < KINDS_N; i++) {
        if (tbc_span_equal(crv, tbc_span_str(kinds[i].jwk))) {
            return &kinds[i];
        }
    }
    return NULL;
}

/* Which of our kinds an OpenSSL key is; NULL for RSA and the like. */
static const struct tbc_key_kind *
kind_of(const EVP_PKEY *pkey)
{
    char group[32] = "";
    size_t len = 0;

    if (EVP_PKEY_is_a(pkey, "ED25519")) {
        return tbc_key_kind(TBC_ALG_EDDSA);
    }
    if (EVP_PKEY_is_a(pkey, "SM2")) {
        return tbc_key_kind(TBC_ALG_SM2);
    }
    if (!EVP_PKEY_is_a(pkey, "EC") ||
        EVP_PKEY_get_group_name(pkey, group, sizeof group, &len) != 1) {
        return NULL;
    }
    for (size_t i = 0; i < KINDS_N; i++) {
        if (kinds[i].group != NULL && OBJ_sn2nid(group) != NID_undef &&
            OBJ_sn2nid(group) == EC_curve_nist2nid(kinds[i].group)) {
            return &kinds[i];
        }
    }
    return NULL;
}

void
tbc_key_free(struct tbc_key **key)
{
    struct tbc_key *k = *key;

    if (k == NULL) {
        return;
    }
    EVP_PKEY_CTX_free(k->verify);
    EVP_MD_CTX_free(k->hash);
    EVP_MD_free(k->md);
    EVP_MD_CTX_free(k->digest);
    EVP_PKEY_free(k->pkey);
    free(k);
    *key = NULL;
}

static enum tbc_err
set_kid(struct tbc_key *key)
{
    uint8_t storage[TBC_COSE_KEY_MAX * 2];
    uint8_t hash[TBC_SHA256_LEN];
    struct tbc_buf cose;
    enum tbc_err err;

    tbc_buf_init_fixed(&cose, storage, sizeof storage);
    if ((err = tbc_key_put_cose(key, &cose)) == TBC_OK &&
        (err = tbc_sha256(tbc_buf_span(&cose), hash)) == TBC_OK) {
        memcpy(key->kid, hash, TBC_KID_LEN);
    }
    return err;
}

static bool
set_half_order(struct tbc_key *key, size_t len)
{
    BIGNUM *n = NULL;
    bool ok = EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_EC_ORDER, &n) == 1 &&
              BN_rshift1(n, n) == 1 &&
              BN_bn2binpad(n, key->half_order, (int)len) == (int)len;

    BN_free(n);
    return ok;
}

/* Make now what every verification would otherwise make again. */
static enum tbc_err
warm_up(struct tbc_key *k, const struct tbc_key_kind *kind)
{
    k->hash = EVP_MD_CTX_new();
    k->digest = EVP_MD_CTX_new();
    k->verify = EVP_PKEY_CTX_new(k->pkey, NULL);
    if (k->hash == NULL || k->digest == NULL || k->verify == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    if (strcmp(kind->type, "EC") != 0) {
        return TBC_OK;
    }
    k->md = EVP_MD_fetch(NULL, kind->md, NULL);
    return k->md != NULL && EVP_PKEY_verify_init(k->verify) == 1 &&
                   set_half_order(k, kind->field_len)
               ? TBC_OK
               : TBC_ERR_CRYPTO;
}

enum tbc_err
tbc_key_wrap(struct tbc_key **key, EVP_PKEY *pkey, bool is_private)
{
    const struct tbc_key_kind *kind = kind_of(pkey);
    struct tbc_key *k = calloc(1, sizeof *k);
    enum tbc_err err;

    *key = NULL;
    if (k == NULL || kind == NULL) {
        EVP_PKEY_free(pkey);
        free(k);
        return kind == NULL ? TBC_ERR_UNSUPPORTED : TBC_ERR_NO_MEMORY;
    }
    *k = (struct tbc_key){ .pkey = pkey, .alg = kind->alg, .is_private = is_private };
    if ((err = warm_up(k, kind)) != TBC_OK || (err = set_kid(k)) != TBC_OK) {
        tbc_key_free(&k);
        ERR_clear_error();
        return err;
    }
    *key = k;
    return TBC_OK;
}

enum tbc_err
tbc_key_make(struct tbc_key **key, enum tbc_alg alg)
{
    const struct tbc_key_kind *kind = tbc_key_kind(alg);
    EVP_PKEY_CTX *ctx;
    EVP_PKEY *pkey = NULL;

    *key = NULL;
    if (kind == NULL) {
        return TBC_ERR_UNSUPPORTED;
    }
    ctx = EVP_PKEY_CTX_new_from_name(NULL, kind->type, NULL);
    if (ctx == NULL || EVP_PKEY_keygen_init(ctx) != 1 ||
        (kind->group != NULL && EVP_PKEY_CTX_set_group_name(ctx, kind->group) != 1) ||
        EVP_PKEY_generate(ctx, &pkey) != 1) {
        EVP_PKEY_CTX_free(ctx);
        return TBC_ERR_CRYPTO;
    }
    EVP_PKEY_CTX_free(ctx);
    return tbc_key_wrap(key, pkey, true);
}

/* Refuse pass phrase prompts: a station starts without anyone in front of it. */
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

enum tbc_err
tbc_key_read_private(struct tbc_key **key, const char *path)
{
    struct tbc_buf pem = { 0 };
    EVP_PKEY *pkey = NULL;
    BIO *bio = NULL;
    enum tbc_err err;

    *key = NULL;
    if ((err = tbc_secret_load(path, PEM_MAX, &pem)) != TBC_OK) {
        goto out;
    }
    if ((bio = BIO_new_mem_buf(pem.ptr, (int)pem.len)) == NULL) {
        err = TBC_ERR_NO_MEMORY;
        goto out;
    }
    if ((pkey = PEM_read_bio_PrivateKey(bio, NULL, no_pass_phrase, NULL)) == NULL) {
        err = TBC_ERR_MALFORMED;
        goto out;
    }
    err = tbc_key_wrap(key, pkey, true);
out:
    ERR_clear_error();
    BIO_free(bio);
    tbc_buf_fini(&pem);
    return err;
}

/* Append what a memory BIO holds, wiping it there. */
static enum tbc_err
drain(BIO *bio, struct tbc_buf *out)
{
    char *data = NULL;
    long len = BIO_get_mem_data(bio, &data);
    enum tbc_err err = TBC_ERR_CRYPTO;

    if (len > 0) {
        err = tbc_buf_append(out, data, (size_t)len);
        tbc_wipe(data, (size_t)len);
    }
    return err;
}

enum tbc_err
tbc_key_write_private(const struct tbc_key *key, const char *path)
{
    struct tbc_buf pem = { 0 };
    BIO *bio = BIO_new(BIO_s_mem());
    enum tbc_err err = TBC_ERR_CRYPTO;

    if (bio == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    if (key->is_private &&
        PEM_write_bio_PKCS8PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL, NULL) == 1 &&
        (err = drain(bio, &pem)) == TBC_OK) {
        err = tbc_secret_store(path, tbc_buf_span(&pem));
    }
    BIO_free(bio);
    tbc_buf_fini(&pem);
    return err;
}

enum tbc_err
tbc_key_put_pem(const struct tbc_key *key, struct tbc_buf *out)
{
    BIO *bio = BIO_new(BIO_s_mem());
    enum tbc_err err = TBC_ERR_CRYPTO;

    if (bio == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    if (PEM_write_bio_PUBKEY(bio, key->pkey) == 1) {
        err = drain(bio, out);
    }
    BIO_free(bio);
    return err;
}

/* One coordinate; OpenSSL keeps keys that came compressed in that form, so that the point itself
 * is not asked for. */
static bool
get_coordinate(const EVP_PKEY *pkey, const char *name, uint8_t *out, size_t len)
{
    BIGNUM *n = NULL;
    bool ok = EVP_PKEY_get_bn_param(pkey, name, &n) == 1 &&
              BN_bn2binpad(n, out, (int)len) == (int)len;

    BN_free(n);
    return ok;
}

/* x and y of an EC key, or the 32 bytes of Ed25519 as x. */
static enum tbc_err
get_point(const struct tbc_key *key, const struct tbc_key_kind *kind,
          uint8_t point[2 * FIELD_MAX])
{
    size_t len = kind->field_len;
    bool ok =
        kind->kty == 1
            ? EVP_PKEY_get_raw_public_key(key->pkey, point, &len) == 1
            : get_coordinate(key->pkey, OSSL_PKEY_PARAM_EC_PUB_X, point, len) &&
                  get_coordinate(key->pkey, OSSL_PKEY_PARAM_EC_PUB_Y, point + len, len);

    return ok ? TBC_OK : TBC_ERR_CRYPTO;
}

enum tbc_err
tbc_key_put_point(const struct tbc_key_kind *kind, const uint8_t *point,
                  struct tbc_buf *out)
{
    tbc_cbor_put_map(out, kind->kty == 1 ? 3 : 4);
    tbc_cbor_put_int(out, 1);
    tbc_cbor_put_int(out, kind->kty);
    tbc_cbor_put_int(out, -1);
    tbc_cbor_put_int(out, kind->crv);
    tbc_cbor_put_int(out, -2);
    tbc_cbor_put_bytes(out, tbc_span_of(point, kind->field_len));
    if (kind->kty == 2) {
        tbc_cbor_put_int(out, -3);
        tbc_cbor_put_bytes(out, tbc_span_of(point + kind->field_len, kind->field_len));
    }
    return tbc_buf_status(out);
}

enum tbc_err
tbc_key_put_cose(const struct tbc_key *key, struct tbc_buf *out)
{
    const struct tbc_key_kind *kind = tbc_key_kind(key->alg);
    uint8_t point[2 * FIELD_MAX];
    enum tbc_err err = get_point(key, kind, point);

    return err == TBC_OK ? tbc_key_put_point(kind, point, out) : err;
}

static enum tbc_err
from_raw(struct tbc_key **key, struct tbc_span x)
{
    EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, x.ptr, x.len);

    return pkey == NULL ? TBC_ERR_MALFORMED : tbc_key_wrap(key, pkey, false);
}

/* A point as SEC 1 sec. 2.3.3 writes it; OpenSSL checks that it lies on the curve. */
static enum tbc_err
from_sec1(struct tbc_key **key, const struct tbc_key_kind *kind, uint8_t *point,
          size_t len)
{
    char group[16] = "";
    OSSL_PARAM params[3];
    EVP_PKEY_CTX *ctx;
    EVP_PKEY *pkey = NULL;
    int rc;

    memcpy(group, kind->group, strlen(kind->group));
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
    params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, len);
    params[2] = OSSL_PARAM_construct_end();
    ctx = EVP_PKEY_CTX_new_from_name(NULL, kind->type, NULL);
    if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1) {
        EVP_PKEY_CTX_free(ctx);
        return TBC_ERR_CRYPTO;
    }
    rc = EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params);
    EVP_PKEY_CTX_free(ctx);
    ERR_clear_error();
    return rc == 1 && pkey != NULL ? tbc_key_wrap(key, pkey, false) : TBC_ERR_MALFORMED;
}

enum tbc_err
tbc_key_from_point(struct tbc_key **key, const struct tbc_key_kind *kind,
                   struct tbc_span x, struct tbc_span y)
{
    uint8_t point[1 + 2 * FIELD_MAX] = { 0x04 };

    *key = NULL;
    if (x.len != kind->field_len || y.len != (kind->kty == 1 ? 0 : kind->field_len)) {
        return TBC_ERR_MALFORMED;
    }
    if (kind->kty == 1) {
        return from_raw(key, x);
    }
    memcpy(point + 1, x.ptr, x.len);
    memcpy(point + 1 + x.len, y.ptr, y.len);
    return from_sec1(key, kind, point, 1 + 2 * kind->field_len);
}

enum tbc_err
tbc_key_from_x(struct tbc_key **key, const struct tbc_key_kind *kind, struct tbc_span x,
               bool y_is_odd)
{
    uint8_t point[1 + FIELD_MAX] = { y_is_odd ? 0x03 : 0x02 };

    *key = NULL;
    if (kind->kty == 1 || x.len != kind->field_len) {
        return TBC_ERR_MALFORMED;
    }
    memcpy(point + 1, x.ptr, x.len);
    return from_sec1(key, kind, point, 1 + kind->field_len);
}

enum tbc_alg
tbc_key_alg(const struct tbc_key *key)
{
    return key->alg;
}

void
tbc_key_kid(const struct tbc_key *key, uint8_t kid[static TBC_KID_LEN])
{
    memcpy(kid, key->kid, TBC_KID_LEN);
}

bool
tbc_key_is_private(const struct tbc_key *key)
{
    return key->is_private;
}
