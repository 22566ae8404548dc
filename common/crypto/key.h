/* Asymmetric keys: making, reading, writing, naming.  OpenSSL and PKCS#11 inside.
 *
 * kid: the first 8 bytes of SHA-256 over the public COSE_Key in deterministic encoding with its
 * required members only (RFC 9679).
 *
 * Two profiles, never mixed within one key: the international one (ES256, ES384, ES512, EdDSA)
 * and the national one (SM2).  Keys for ES256K and Ed448 are read and verify what others signed;
 * we make none and no list of ours may name one. */
#ifndef TBC_CRYPTO_KEY_H
#define TBC_CRYPTO_KEY_H

#include "codec/cose.h"

struct
    tbc_key; /* opaque, holds an EVP_PKEY and warm contexts; not shared between threads */

/* Why a key was refused, in words for people: "unsupported curve secp224r1".  "" says nothing
 * beyond the error.  Every function that takes one takes NULL. */
struct tbc_key_fault {
    char text[192];
};

/* Where a key's private half is. */
enum tbc_key_kept {
    TBC_KEY_PUBLIC, /* nowhere here */
    TBC_KEY_PLAIN,
    TBC_KEY_ENCRYPTED, /* in a file under a pass phrase */
    TBC_KEY_TOKEN,     /* in a PKCS#11 token, which signs */
};

/* A fresh pair for alg.  Errors: ERR_UNSUPPORTED, ERR_CRYPTO, ERR_NO_MEMORY. */
enum tbc_err tbc_key_make(struct tbc_key **key, enum tbc_alg alg) TBC_MUST_CHECK;
void tbc_key_free(struct tbc_key **key);

/* Open a private key by its name: a file that only its owner may read, in any form of
 * tbc_key_parse, or a token's key by its URI (RFC 7512, "pkcs11:..."), which may also stand in
 * such a file, alone on one line.
 *   pass   asked when the file is encrypted, or for the PIN; NULL when there is no way to ask
 * Errors of a file: ERR_NOT_FOUND, ERR_DENIED (others can read it), ERR_IO, those of
 * tbc_key_parse, ERR_MALFORMED for a public key.  Those of a token are in crypto/pkcs11.h. */
struct tbc_pass;
enum tbc_err
tbc_key_open(struct tbc_key **key, const char *name, const struct tbc_pass *pass,
             struct tbc_key_fault *fault) TBC_MUST_CHECK;
/* Whether a key's name is a token's URI. */
bool tbc_key_is_token(const char *name);
/* The public half of a token's key; asks for no PIN. */
enum tbc_err tbc_key_read_token(struct tbc_key **key, const char *uri,
                                struct tbc_key_fault *fault) TBC_MUST_CHECK;
/* Make a pair in a token and open it; it never leaves the token, and no key there is replaced:
 * ERR_EXISTS. */
enum tbc_err tbc_key_make_in_token(struct tbc_key **key, enum tbc_alg alg,
                                   const char *uri, const struct tbc_pass *pass,
                                   struct tbc_key_fault *fault) TBC_MUST_CHECK;
/* PKCS#8 in PEM, encrypted when pass is not NULL.  Written 0600; never over an existing file:
 * ERR_EXISTS.  ERR_RANGE for an empty pass phrase, ERR_DENIED for a public key or a token's. */
enum tbc_err tbc_key_write_private(struct tbc_key *key, const char *path,
                                   const struct tbc_span *pass) TBC_MUST_CHECK;

/* One key in any form in which it is handed over, and nothing behind it:
 *   PEM, DER   SubjectPublicKeyInfo, PKCS#8 plain and encrypted (RFC 5958), SEC1 (RFC 5915), and an
 *              X.509 certificate for its key, whose signer and time nobody asks after
 *   JWK        RFC 7517, RFC 8037
 *   COSE_Key   RFC 9052 sec. 7, members in any order
 *   pass       of an encrypted one; NULL when there is none
 * A private half is checked against the public one.  Errors: ERR_MALFORMED, ERR_LIMIT,
 * ERR_UNSUPPORTED (a curve or kind that we do not know, explicit curve parameters),
 * ERR_PASS_WANTED, ERR_PASS_WRONG, ERR_NO_MEMORY, ERR_CRYPTO. */
enum tbc_err
tbc_key_parse(struct tbc_key **key, struct tbc_span in, const struct tbc_span *pass,
              struct tbc_key_fault *fault) TBC_MUST_CHECK;
/* The same; when it is encrypted, pass is asked for the pass phrase of the file name. */
struct tbc_pass;
enum tbc_err tbc_key_parse_asking(struct tbc_key **key, const char *name,
                                  struct tbc_span in, const struct tbc_pass *pass,
                                  struct tbc_key_fault *fault) TBC_MUST_CHECK;
/* The same as tbc_key_parse; of a private key only the public half is kept. */
enum tbc_err
tbc_key_parse_public(struct tbc_key **key, struct tbc_span in) TBC_MUST_CHECK;

/* The public half, appended: PEM and DER (SubjectPublicKeyInfo), JWK, deterministic COSE_Key. */
enum tbc_err
tbc_key_put_pem(const struct tbc_key *key, struct tbc_buf *out) TBC_MUST_CHECK;
enum tbc_err
tbc_key_put_der(const struct tbc_key *key, struct tbc_buf *out) TBC_MUST_CHECK;
enum tbc_err
tbc_key_put_jwk(const struct tbc_key *key, struct tbc_buf *out) TBC_MUST_CHECK;
enum tbc_err
tbc_key_put_cose(const struct tbc_key *key, struct tbc_buf *out) TBC_MUST_CHECK;

enum tbc_alg tbc_key_alg(const struct tbc_key *key);
/* "P-256", "Ed25519", "SM2". */
const char *tbc_key_curve(const struct tbc_key *key);
void tbc_key_kid(const struct tbc_key *key, uint8_t kid[static TBC_KID_LEN]);
/* The whole SHA-256 that kid begins (RFC 9679 sec. 4). */
#define TBC_KEY_THUMBPRINT_LEN 32
void tbc_key_thumbprint(const struct tbc_key *key,
                        uint8_t thumbprint[static TBC_KEY_THUMBPRINT_LEN]);
bool tbc_key_is_private(const struct tbc_key *key);
/* The label of the token that holds it; "" for a key of a file. */
const char *tbc_key_token(const struct tbc_key *key);
/* Why the last signature failed, where a token made it; "" otherwise. */
const char *tbc_key_trouble(const struct tbc_key *key);
enum tbc_key_kept tbc_key_kept(const struct tbc_key *key);

#endif
