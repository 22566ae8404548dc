/* The inside of struct tbc_key, for the files of crypto/ only. */
#ifndef TBC_CRYPTO_KEY_OPENSSL_H
#define TBC_CRYPTO_KEY_OPENSSL_H

#include "crypto/key.h"

#include <openssl/evp.h>

#define TBC_KEY_FIELD_MAX 66 /* bytes of a coordinate of P-521 */

struct tbc_key {
    EVP_PKEY *pkey;
    enum tbc_alg alg;
    bool is_private;
    uint8_t kid[TBC_KID_LEN];
    uint8_t
        half_order[TBC_SIGNATURE_MAX / 2]; /* ECDSA: of the group, field_len bytes */
    EVP_MD *md;                            /* ECDSA: fetched once */
    EVP_MD_CTX *hash;     /* reused, so that verifying allocates nothing of ours */
    EVP_PKEY_CTX *verify; /* ECDSA: initialised once */
    EVP_MD_CTX *digest;   /* EdDSA, SM2: one-shot verification */
};

/* What an algorithm is to OpenSSL and to COSE. */
struct tbc_key_kind {
    enum tbc_alg alg;
    const char *type;  /* "EC", "SM2", "ED25519" */
    const char *group; /* NULL for ED25519 */
    int64_t kty;       /* COSE_Key 1: 1 OKP, 2 EC2 */
    int64_t crv;       /* COSE_Key -1 */
    const char *jwk;   /* JWK crv */
    size_t field_len;  /* bytes of a coordinate */
    const char *md;    /* NULL for ED25519 */
};

/* NULL when the algorithm is none of ours. */
const struct tbc_key_kind *tbc_key_kind(enum tbc_alg alg);
const struct tbc_key_kind *tbc_key_kind_by_crv(int64_t kty, int64_t crv);
const struct tbc_key_kind *tbc_key_kind_by_jwk(struct tbc_span crv);

/* Wrap a pkey; takes it over also on error. */
enum tbc_err
tbc_key_wrap(struct tbc_key **key, EVP_PKEY *pkey, bool is_private) TBC_MUST_CHECK;

/* The public key of raw coordinates; y is empty for OKP.  ERR_MALFORMED off the curve. */
enum tbc_err tbc_key_from_point(struct tbc_key **key, const struct tbc_key_kind *kind,
                                struct tbc_span x, struct tbc_span y) TBC_MUST_CHECK;

/* The compressed form: x, and whether y is odd (RFC 9053 sec. 7.1.1).  EC2 only. */
enum tbc_err tbc_key_from_x(struct tbc_key **key, const struct tbc_key_kind *kind,
                            struct tbc_span x, bool y_is_odd) TBC_MUST_CHECK;

/* A public COSE_Key exactly as tbc_key_put_cose writes it: anything else is ERR_MALFORMED, so that
 * a signed object never has a second form. */
enum tbc_err
tbc_key_parse_strict(struct tbc_key **key, struct tbc_span in) TBC_MUST_CHECK;

/* The same into a *key that may hold one already: an EC key of the same algorithm only changes
 * its point and keeps its warm contexts, which is all that a stranger's key costs then.  On error
 * *key is NULL. */
enum tbc_err
tbc_key_reuse_strict(struct tbc_key **key, struct tbc_span in) TBC_MUST_CHECK;

/* The COSE_Key of raw coordinates, x and then y, appended. */
enum tbc_err tbc_key_put_point(const struct tbc_key_kind *kind, const uint8_t *point,
                               struct tbc_buf *out) TBC_MUST_CHECK;

#define TBC_SM2_ID \
    "1234567812345678" /* GM/T 0009-2012 sec. 10: the default identifier */

#endif
