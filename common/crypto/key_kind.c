/* Which keys there are: the one table that OpenSSL's names, COSE and JWK numbers come from. */
#include "crypto/key_openssl.h"
#include "crypto/openssl_err.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/objects.h>

#include <stdarg.h>
#include <stdio.h>

/* COSE curve numbers: IANA COSE Elliptic Curves; SM2 from its private-use range. */
static const struct tbc_key_kind kinds[] = {
    { TBC_ALG_ES256, "EC", "P-256", 2, 1, "P-256", 32, "SHA256", true },
    { TBC_ALG_ES384, "EC", "P-384", 2, 2, "P-384", 48, "SHA384", true },
    { TBC_ALG_ES512, "EC", "P-521", 2, 3, "P-521", 66, "SHA512", true },
    { TBC_ALG_EDDSA, "ED25519", NULL, 1, 6, "Ed25519", 32, NULL, true },
    { TBC_ALG_SM2, "SM2", "SM2", 2, -70003, "SM2", 32, "SM3", true },
    { TBC_ALG_ES256K, "EC", "secp256k1", 2, 8, "secp256k1", 32, "SHA256", false },
    { TBC_ALG_ED448, "ED448", NULL, 1, 7, "Ed448", 57, NULL, false },
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

enum tbc_err
tbc_key_refuse(struct tbc_key_fault *fault, enum tbc_err err, const char *format, ...)
{
    enum tbc_err real = tbc_openssl_err(err);
    va_list ap;

    if (fault != NULL && real != err) {
        fault->text[0] = '\0';
    } else if (fault != NULL) {
        va_start(ap, format);
        (void)vsnprintf(fault->text, sizeof fault->text, format, ap);
        va_end(ap);
    }
    return real;
}

/* The number of a curve under the name that NIST, SEC or OpenSSL gave it. */
static int
nid_of(const char *group)
{
    int nid = EC_curve_nist2nid(group);

    return nid != NID_undef ? nid : OBJ_sn2nid(group);
}

static enum tbc_err
kind_of_group(const EVP_PKEY *pkey, const struct tbc_key_kind **kind,
              struct tbc_key_fault *fault)
{
    char group[32] = "";
    int is_explicit = 0;
    size_t len = 0;

    /* A curve that the key brings along could be any curve (RFC 5480 sec. 2.1.1). */
    if (EVP_PKEY_get_int_param(pkey, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
                               &is_explicit) != 1 ||
        is_explicit != 0) {
        return tbc_key_refuse(fault, TBC_ERR_UNSUPPORTED,
                              "a curve by explicit parameters instead of its name");
    }
    if (EVP_PKEY_get_group_name(pkey, group, sizeof group, &len) != 1) {
        return tbc_key_refuse(fault, TBC_ERR_UNSUPPORTED, "a curve without a name");
    }
    for (size_t i = 0; i < KINDS_N; i++) {
        if (kinds[i].group != NULL && nid_of(group) != NID_undef &&
            nid_of(group) == nid_of(kinds[i].group)) {
            *kind = &kinds[i];
            return TBC_OK;
        }
    }
    return tbc_key_refuse(fault, TBC_ERR_UNSUPPORTED, "unsupported curve %s", group);
}

enum tbc_err
tbc_key_kind_of(const EVP_PKEY *pkey, const struct tbc_key_kind **kind,
                struct tbc_key_fault *fault)
{
    const char *type = EVP_PKEY_get0_type_name(pkey);

    *kind = NULL;
    if (EVP_PKEY_is_a(pkey, "SM2")) {
        *kind = tbc_key_kind(TBC_ALG_SM2);
        return TBC_OK;
    }
    if (EVP_PKEY_is_a(pkey, "EC")) {
        return kind_of_group(pkey, kind, fault);
    }
    for (size_t i = 0; i < KINDS_N; i++) {
        if (kinds[i].group == NULL && EVP_PKEY_is_a(pkey, kinds[i].type)) {
            *kind = &kinds[i];
            return TBC_OK;
        }
    }
    return tbc_key_refuse(fault, TBC_ERR_UNSUPPORTED, "unsupported kind of key %s",
                          type == NULL ? "" : type);
}
