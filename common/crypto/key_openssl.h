/* The inside of struct tbc_key, for the files of crypto/ only. */
#ifndef TBC_CRYPTO_KEY_OPENSSL_H
#define TBC_CRYPTO_KEY_OPENSSL_H

#include "crypto/key.h"
#include "crypto/pkcs11.h"

#include <openssl/evp.h>

#define TBC_KEY_FIELD_MAX 66 /* bytes of a coordinate or scalar of P-521 */
#define TBC_KEY_BYTES_MAX 16384

struct tbc_key {
    EVP_PKEY *pkey; /* the public half alone when a token has the private one */
    struct tbc_pkcs11 *token; /* NULL: none */
    enum tbc_alg alg;
    bool is_private;
    enum tbc_key_kept kept;
    uint8_t kid[TBC_KID_LEN];
    uint8_t thumbprint[TBC_KEY_THUMBPRINT_LEN];
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
    const char *group; /* NULL for EdDSA */
    int64_t kty;       /* COSE_Key 1: 1 OKP, 2 EC2 */
    int64_t crv;       /* COSE_Key -1 */
    const char *jwk;   /* JWK crv */
    size_t field_len;  /* bytes of a coordinate */
    const char *md;    /* NULL for EdDSA */
    bool is_ours;      /* false: we only verify what others sign */
};

/* NULL when the algorithm is none that we know. */
const struct tbc_key_kind *tbc_key_kind(enum tbc_alg alg);
const struct tbc_key_kind *tbc_key_kind_by_crv(int64_t kty, int64_t crv);
const struct tbc_key_kind *tbc_key_kind_by_jwk(struct tbc_span crv);
/* ERR_UNSUPPORTED for RSA, unknown curves and curves by explicit parameters; fault then names it.
 * *kind is NULL on error. */
enum tbc_err tbc_key_kind_of(const EVP_PKEY *pkey, const struct tbc_key_kind **kind,
                             struct tbc_key_fault *fault) TBC_MUST_CHECK;

/* Set the words of fault, which may be NULL, and give err back; but if OpenSSL says that it had no
 * memory, ERR_NO_MEMORY and no words. */
enum tbc_err
tbc_key_refuse(struct tbc_key_fault *fault, enum tbc_err err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Wrap a pkey; takes it over also on error.  ERR_UNSUPPORTED for a kind we do not know,
 * ERR_MALFORMED for an Ed25519 point of small order or not reduced. */
enum tbc_err
tbc_key_wrap(struct tbc_key **key, EVP_PKEY *pkey, bool is_private) TBC_MUST_CHECK;

/* The same for a private key of others: its scalar must be in range and belong to its point.
 * ERR_MALFORMED otherwise, ERR_UNSUPPORTED for a kind that we do not know. */
enum tbc_err tbc_key_wrap_checked(struct tbc_key **key, EVP_PKEY *pkey,
                                  struct tbc_key_fault *fault) TBC_MUST_CHECK;

/* The public key of raw coordinates; y is empty for OKP.  ERR_MALFORMED off the curve. */
enum tbc_err tbc_key_from_point(struct tbc_key **key, const struct tbc_key_kind *kind,
                                struct tbc_span x, struct tbc_span y) TBC_MUST_CHECK;

/* The compressed form: x, and whether y is odd (RFC 9053 sec. 7.1.1).  EC2 only. */
enum tbc_err tbc_key_from_x(struct tbc_key **key, const struct tbc_key_kind *kind,
                            struct tbc_span x, bool y_is_odd) TBC_MUST_CHECK;

/* Give a public key its private scalar or seed d: *key is replaced by the pair.  ERR_MALFORMED,
 * with *key freed, when d is outside its range or does not belong to the public half. */
enum tbc_err tbc_key_add_private(struct tbc_key **key, struct tbc_span d,
                                 struct tbc_key_fault *fault) TBC_MUST_CHECK;

/* x and y of an EC key, or the bytes of an OKP key as x; y begins at the field's length. */
enum tbc_err
tbc_key_get_point(const struct tbc_key *key,
                  uint8_t point[static 2 * TBC_KEY_FIELD_MAX]) TBC_MUST_CHECK;

/* PEM, DER, JWK: as tbc_key_parse. */
enum tbc_err
tbc_key_parse_pem(struct tbc_key **key, struct tbc_span in, const struct tbc_span *pass,
                  struct tbc_key_fault *fault) TBC_MUST_CHECK;
enum tbc_err
tbc_key_parse_der(struct tbc_key **key, struct tbc_span in, const struct tbc_span *pass,
                  struct tbc_key_fault *fault) TBC_MUST_CHECK;

enum tbc_err tbc_key_parse_jwk(struct tbc_key **key, struct tbc_span in,
                               struct tbc_key_fault *fault) TBC_MUST_CHECK;

/* As tbc_key_open, for a URI. */
enum tbc_err
tbc_key_open_token(struct tbc_key **key, const char *uri, const struct tbc_pass *pass,
                   struct tbc_key_fault *fault) TBC_MUST_CHECK;

/* A public COSE_Key exactly as tbc_key_put_cose writes it, of a kind of ours: anything else is
 * ERR_MALFORMED, so that a signed object never has a second form. */
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
