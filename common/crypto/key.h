/* Asymmetric keys: making, reading, writing, naming.  OpenSSL inside.
 *
 * kid: the first 8 bytes of SHA-256 over the public COSE_Key in deterministic encoding with its
 * required members only (RFC 9679). */
#ifndef TBC_CRYPTO_KEY_H
#define TBC_CRYPTO_KEY_H

#include "codec/cose.h"

struct
    tbc_key; /* opaque, holds an EVP_PKEY and warm contexts; not shared between threads */

/* A fresh pair for alg.  Errors: ERR_UNSUPPORTED, ERR_CRYPTO, ERR_NO_MEMORY. */
enum tbc_err tbc_key_make(struct tbc_key **key, enum tbc_alg alg) TBC_MUST_CHECK;
void tbc_key_free(struct tbc_key **key);

/* Private PEM (PKCS#8).  path must not be readable by others: ERR_DENIED otherwise.  A missing
 * file is ERR_NOT_FOUND, anything else in it ERR_MALFORMED. */
enum tbc_err
tbc_key_read_private(struct tbc_key **key, const char *path) TBC_MUST_CHECK;
/* Written 0600; never over an existing file: ERR_EXISTS. */
enum tbc_err
tbc_key_write_private(const struct tbc_key *key, const char *path) TBC_MUST_CHECK;

/* Any public form: PEM, DER (SubjectPublicKeyInfo), JWK, COSE_Key; a private PEM gives its
 * public half. */
enum tbc_err
tbc_key_parse_public(struct tbc_key **key, struct tbc_span in) TBC_MUST_CHECK;
/* Public PEM, appended. */
enum tbc_err
tbc_key_put_pem(const struct tbc_key *key, struct tbc_buf *out) TBC_MUST_CHECK;
/* Public COSE_Key, deterministic, appended. */
enum tbc_err
tbc_key_put_cose(const struct tbc_key *key, struct tbc_buf *out) TBC_MUST_CHECK;

enum tbc_alg tbc_key_alg(const struct tbc_key *key);
void tbc_key_kid(const struct tbc_key *key, uint8_t kid[static TBC_KID_LEN]);
bool tbc_key_is_private(const struct tbc_key *key);

#endif
