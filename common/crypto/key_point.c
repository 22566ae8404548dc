/* The public point: in and out of OpenSSL, and the COSE_Key that is made of it. */
#include "crypto/key_openssl.h"
#include "crypto/openssl_err.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include <string.h>

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

enum tbc_err
tbc_key_get_point(const struct tbc_key *key,
                  uint8_t point[static 2 * TBC_KEY_FIELD_MAX])
{
    const struct tbc_key_kind *kind = tbc_key_kind(key->alg);
    size_t len = kind->field_len;
    bool ok =
        kind->kty == 1
            ? EVP_PKEY_get_raw_public_key(key->pkey, point, &len) == 1
            : get_coordinate(key->pkey, OSSL_PKEY_PARAM_EC_PUB_X, point, len) &&
                  get_coordinate(key->pkey, OSSL_PKEY_PARAM_EC_PUB_Y, point + len, len);

    return ok ? TBC_OK : tbc_openssl_err(TBC_ERR_CRYPTO);
}

enum tbc_err
tbc_key_put_point(const struct tbc_key_kind *kind, const uint8_t *point,
                  struct tbc_buf *out)
{
    size_t from = out->len;

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
    return tbc_buf_whole(out, from, TBC_OK);
}

enum tbc_err
tbc_key_put_cose(const struct tbc_key *key, struct tbc_buf *out)
{
    uint8_t point[2 * TBC_KEY_FIELD_MAX];
    enum tbc_err err = tbc_key_get_point(key, point);

    return err == TBC_OK ? tbc_key_put_point(tbc_key_kind(key->alg), point, out) : err;
}

static enum tbc_err
from_raw(struct tbc_key **key, const struct tbc_key_kind *kind, struct tbc_span x)
{
    EVP_PKEY *pkey =
        EVP_PKEY_new_raw_public_key_ex(NULL, kind->type, NULL, x.ptr, x.len);

    return pkey == NULL ? tbc_openssl_err(TBC_ERR_MALFORMED)
                        : tbc_key_wrap(key, pkey, false);
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
        return tbc_openssl_err(TBC_ERR_CRYPTO);
    }
    rc = EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params);
    EVP_PKEY_CTX_free(ctx);
    return rc == 1 ? tbc_key_wrap(key, pkey, false)
                   : tbc_openssl_err(TBC_ERR_MALFORMED);
}

enum tbc_err
tbc_key_from_point(struct tbc_key **key, const struct tbc_key_kind *kind,
                   struct tbc_span x, struct tbc_span y)
{
    uint8_t point[1 + 2 * TBC_KEY_FIELD_MAX] = { 0x04 };

    *key = NULL;
    if (x.len != kind->field_len || y.len != (kind->kty == 1 ? 0 : kind->field_len)) {
        return TBC_ERR_MALFORMED;
    }
    if (kind->kty == 1) {
        return from_raw(key, kind, x);
    }
    memcpy(point + 1, x.ptr, x.len);
    memcpy(point + 1 + x.len, y.ptr, y.len);
    return from_sec1(key, kind, point, 1 + 2 * kind->field_len);
}

enum tbc_err
tbc_key_from_x(struct tbc_key **key, const struct tbc_key_kind *kind, struct tbc_span x,
               bool y_is_odd)
{
    uint8_t point[1 + TBC_KEY_FIELD_MAX] = { y_is_odd ? 0x03 : 0x02 };

    *key = NULL;
    if (kind->kty == 1 || x.len != kind->field_len) {
        return TBC_ERR_MALFORMED;
    }
    memcpy(point + 1, x.ptr, x.len);
    return from_sec1(key, kind, point, 1 + kind->field_len);
}

/* An EC pair of parts; OpenSSL wants the scalar as a number. */
static EVP_PKEY *
ec_pair(const struct tbc_key *key, const struct tbc_key_kind *kind, struct tbc_span d)
{
    uint8_t point[1 + 2 * TBC_KEY_FIELD_MAX] = { 0x04 };
    OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
    BIGNUM *scalar = BN_secure_new();
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, kind->type, NULL);
    OSSL_PARAM *params = NULL;
    EVP_PKEY *pkey = NULL;

    if (bld != NULL && scalar != NULL && ctx != NULL &&
        tbc_key_get_point(key, point + 1) == TBC_OK &&
        BN_bin2bn(d.ptr, (int)d.len, scalar) != NULL &&
        OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, kind->group,
                                        0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, point,
                                         1 + 2 * kind->field_len) == 1 &&
        OSSL_PARAM_BLD_push_BN_pad(bld, OSSL_PKEY_PARAM_PRIV_KEY, scalar,
                                   kind->field_len) == 1 &&
        (params = OSSL_PARAM_BLD_to_param(bld)) != NULL &&
        EVP_PKEY_fromdata_init(ctx) == 1) {
        (void)EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_KEYPAIR, params);
    }
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(bld);
    BN_clear_free(scalar);
    EVP_PKEY_CTX_free(ctx);
    return pkey;
}

/* An OKP pair: the seed makes its public half, which must be the one that came with it. */
static EVP_PKEY *
okp_pair(const struct tbc_key *key, const struct tbc_key_kind *kind, struct tbc_span d)
{
    EVP_PKEY *pkey =
        EVP_PKEY_new_raw_private_key_ex(NULL, kind->type, NULL, d.ptr, d.len);

    if (pkey != NULL && EVP_PKEY_eq(pkey, key->pkey) != 1) {
        EVP_PKEY_free(pkey);
        return NULL;
    }
    return pkey;
}

enum tbc_err
tbc_key_add_private(struct tbc_key **key, struct tbc_span d,
                    struct tbc_key_fault *fault)
{
    const struct tbc_key_kind *kind = tbc_key_kind((*key)->alg);
    EVP_PKEY *pkey = NULL;

    if (d.len == kind->field_len) {
        pkey = kind->kty == 1 ? okp_pair(*key, kind, d) : ec_pair(*key, kind, d);
    }
    tbc_key_free(key);
    if (pkey == NULL) {
        return tbc_key_refuse(fault, TBC_ERR_MALFORMED,
                              "the private half does not belong to the public one");
    }
    return tbc_key_wrap_checked(key, pkey, fault);
}
