#include "crypto/key.h"

#include "crypto/digest.h"
#include "crypto/key_openssl.h"
#include "crypto/openssl_err.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>

#include <stdlib.h>
#include <string.h>

void
tbc_key_free(struct tbc_key **key)
{
    struct tbc_key *k = *key;

    if (k == NULL) {
        return;
    }
    tbc_pkcs11_close(&k->token);
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
        memcpy(key->thumbprint, hash, sizeof key->thumbprint);
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

/* The y of the points whose order divides eight, little-endian, without the sign of x: 0, 1, -1 and
 * the two of order eight (RFC 7748 and RFC 8032 leave them to the verifier). */
static const uint8_t small_order_y[][32] = {
    { 0 },
    { 1 },
    { 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
    { 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
      0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
      0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05 },
    { 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
      0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
      0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a },
};

/* Is the y of the point below the prime, as it must be (RFC 8032 sec. 5.1.3)? */
static bool
is_reduced(const uint8_t y[static 32])
{
    bool top = y[31] == 0x7f;

    for (size_t i = 1; i < 31; i++) {
        top = top && y[i] == 0xff;
    }
    return !top || y[0] < 0xed;
}

/* OpenSSL takes any 32 bytes for an Ed25519 key.  Under a key of small order one signature holds for
 * messages nobody signed, so that a phone which brought one would be everybody's phone. */
static bool
point_is_sound(const EVP_PKEY *pkey)
{
    uint8_t y[32];
    size_t len = sizeof y;
    bool sound = EVP_PKEY_get_raw_public_key(pkey, y, &len) == 1;

    y[31] &= 0x7f; /* the sign of x */
    sound = sound && is_reduced(y);
    for (size_t i = 0; i < sizeof small_order_y / sizeof *small_order_y; i++) {
        sound = sound && memcmp(y, small_order_y[i], sizeof y) != 0;
    }
    return sound;
}

enum tbc_err
tbc_key_wrap(struct tbc_key **key, EVP_PKEY *pkey, bool is_private)
{
    const struct tbc_key_kind *kind;
    enum tbc_err err = tbc_key_kind_of(pkey, &kind, NULL);
    struct tbc_key *k = err == TBC_OK ? calloc(1, sizeof *k) : NULL;

    *key = NULL;
    if (k == NULL) {
        EVP_PKEY_free(pkey);
        return err != TBC_OK ? err : TBC_ERR_NO_MEMORY;
    }
    if (kind->alg == TBC_ALG_EDDSA && !point_is_sound(pkey)) {
        EVP_PKEY_free(pkey);
        free(k);
        return tbc_openssl_err(TBC_ERR_MALFORMED);
    }
    *k = (struct tbc_key){ .pkey = pkey,
                           .alg = kind->alg,
                           .is_private = is_private,
                           .kept = is_private ? TBC_KEY_PLAIN : TBC_KEY_PUBLIC };
    if ((err = warm_up(k, kind)) != TBC_OK || (err = set_kid(k)) != TBC_OK) {
        tbc_key_free(&k);
        return tbc_openssl_err(err);
    }
    *key = k;
    return TBC_OK;
}

enum tbc_err
tbc_key_wrap_checked(struct tbc_key **key, EVP_PKEY *pkey, struct tbc_key_fault *fault)
{
    const struct tbc_key_kind *kind;
    EVP_PKEY_CTX *ctx = NULL;
    enum tbc_err err = tbc_key_kind_of(pkey, &kind, fault);

    *key = NULL;
    if (err == TBC_OK && kind->group != NULL &&
        ((ctx = EVP_PKEY_CTX_new(pkey, NULL)) == NULL ||
         EVP_PKEY_public_check_quick(ctx) != 1 || EVP_PKEY_private_check(ctx) != 1 ||
         EVP_PKEY_pairwise_check(ctx) != 1)) {
        err = tbc_key_refuse(fault, TBC_ERR_MALFORMED,
                             "a private key out of its range, or of another point");
    }
    EVP_PKEY_CTX_free(ctx);
    if (err != TBC_OK) {
        EVP_PKEY_free(pkey);
        return err;
    }
    return tbc_key_wrap(key, pkey, true);
}

enum tbc_err
tbc_key_make(struct tbc_key **key, enum tbc_alg alg)
{
    const struct tbc_key_kind *kind = tbc_key_kind(alg);
    EVP_PKEY_CTX *ctx;
    EVP_PKEY *pkey = NULL;

    *key = NULL;
    if (kind == NULL || !kind->is_ours) {
        return TBC_ERR_UNSUPPORTED;
    }
    ctx = EVP_PKEY_CTX_new_from_name(NULL, kind->type, NULL);
    if (ctx == NULL || EVP_PKEY_keygen_init(ctx) != 1 ||
        (kind->group != NULL && EVP_PKEY_CTX_set_group_name(ctx, kind->group) != 1) ||
        EVP_PKEY_generate(ctx, &pkey) != 1) {
        EVP_PKEY_CTX_free(ctx);
        return tbc_openssl_err(TBC_ERR_CRYPTO);
    }
    EVP_PKEY_CTX_free(ctx);
    return tbc_key_wrap(key, pkey, true);
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

const char *
tbc_key_curve(const struct tbc_key *key)
{
    return tbc_key_kind(key->alg)->jwk;
}

void
tbc_key_thumbprint(const struct tbc_key *key,
                   uint8_t thumbprint[static TBC_KEY_THUMBPRINT_LEN])
{
    memcpy(thumbprint, key->thumbprint, TBC_KEY_THUMBPRINT_LEN);
}

enum tbc_key_kept
tbc_key_kept(const struct tbc_key *key)
{
    return key->kept;
}
