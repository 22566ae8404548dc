/* A key that stays in a PKCS#11 token: a smart card, an HSM, SoftHSM.  Named by a URI of RFC 7512:
 *
 *     pkcs11:token=tbc;object=issuer-2026;id=%01?pin-source=/etc/tbc/pin&module-path=/usr/lib/x.so
 *
 * The calls go straight to the token's module (OASIS PKCS #11 3.0), found by p11-kit or named by
 * module-path: OpenSSL's engine fails on a token that holds an Ed25519 key beside others.  The PIN
 * comes from pin-source or from the caller's struct tbc_pass; pin-value is refused, because command
 * lines are seen by everyone.  For the files of crypto/ only. */
#ifndef TBC_CRYPTO_PKCS11_H
#define TBC_CRYPTO_PKCS11_H

#include "crypto/pass.h"

struct tbc_pkcs11; /* opaque: module, session, login, key */

#define TBC_PKCS11_POINT_MAX 160
#define TBC_PKCS11_LABEL_MAX 32

/* The public half as the token tells it. */
struct tbc_pkcs11_public {
    enum tbc_alg alg;
    uint8_t point[TBC_PKCS11_POINT_MAX]; /* SEC 1 sec. 2.3.3, or an Ed25519 key */
    size_t point_len;
};

bool tbc_pkcs11_is_uri(const char *name);

/* Find the one private key that the URI names, log in, and read its public half.
 * Errors: ERR_MALFORMED (the URI), ERR_NOT_FOUND (module, token or key), ERR_CONFLICT (the URI
 * names several), ERR_UNSUPPORTED (kind of key, curve or mechanism), ERR_PASS_WANTED,
 * ERR_PASS_WRONG, ERR_DENIED (PIN locked or not set), ERR_IO (the token failed). */
enum tbc_err
tbc_pkcs11_open(struct tbc_pkcs11 **token, const char *uri, const struct tbc_pass *pass,
                struct tbc_key_fault *fault) TBC_MUST_CHECK;
void tbc_pkcs11_close(struct tbc_pkcs11 **token);

/* The public half alone; asks for no PIN. */
enum tbc_err tbc_pkcs11_read_public(const char *uri, struct tbc_pkcs11_public *half,
                                    struct tbc_key_fault *fault) TBC_MUST_CHECK;

/* Make a pair in the token, the private key sensitive and never extractable, under the URI's
 * object (wanted) and id, or a random id.  ERR_EXISTS when one of them is taken. */
enum tbc_err
tbc_pkcs11_make(const char *uri, enum tbc_alg alg, const struct tbc_pass *pass,
                struct tbc_key_fault *fault) TBC_MUST_CHECK;

/* Sign a hash (ECDSA) or a message (Ed25519) and append the raw signature, s as the token has it.
 * A session that was lost, because the token was pulled or its daemon restarted, is opened anew
 * once, with the PIN from its file; a PIN that was refused is never tried again.  Errors as for
 * open; tbc_pkcs11_trouble says what happened. */
enum tbc_err tbc_pkcs11_sign(struct tbc_pkcs11 *token, struct tbc_span in,
                             struct tbc_buf *raw) TBC_MUST_CHECK;

const struct tbc_pkcs11_public *tbc_pkcs11_public(const struct tbc_pkcs11 *token);
/* Its label. */
const char *tbc_pkcs11_label(const struct tbc_pkcs11 *token);
/* Of the last signature; "" when it went well. */
const char *tbc_pkcs11_trouble(const struct tbc_pkcs11 *token);

/* What CKA_EC_PARAMS names; TBC_ALG_NONE, and in fault which curve it is, otherwise. */
enum tbc_alg tbc_pkcs11_alg(struct tbc_span ec_params, struct tbc_key_fault *fault);
/* The point inside CKA_EC_POINT, which tokens give bare or wrapped in an OCTET STRING. */
enum tbc_err tbc_pkcs11_point(struct tbc_span attribute,
                              struct tbc_pkcs11_public *half) TBC_MUST_CHECK;

#endif
