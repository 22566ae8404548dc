/* Signatures, raw and as COSE_Sign1.  The algorithm belongs to the key, never to the message. */
#ifndef TBC_CRYPTO_SIGN_H
#define TBC_CRYPTO_SIGN_H

#include "crypto/key.h"

/* Signatures of ours have the lower of the two values of s that ECDSA allows, and tbc_verify_cose
 * asks it of everything but live proofs, whose bytes identify nothing; tbc_verify_raw takes both. */

/* Raw r||s (RFC 9053 sec. 2.1, 2.2; SM2 as fixed-length r||s) over message. */
enum tbc_err tbc_sign_raw(struct tbc_key *key, struct tbc_span message,
                          struct tbc_buf *signature) TBC_MUST_CHECK;
/* TBC_OK or ERR_BAD_SIGNATURE; ERR_CRYPTO when the library itself failed. */
enum tbc_err tbc_verify_raw(struct tbc_key *key, struct tbc_span message,
                            struct tbc_span signature) TBC_MUST_CHECK;

/* An SM2 signature under an identifier of the signer's (GB/T 32918.2 sec. 5.5) instead of the default
 * one.  Errors: those of tbc_verify_raw; ERR_LIMIT for an identifier above 8191 bytes, ERR_UNSUPPORTED
 * for another kind of key. */
enum tbc_err
tbc_verify_sm2(struct tbc_key *key, struct tbc_span id, struct tbc_span message,
               struct tbc_span signature) TBC_MUST_CHECK;

/* The DER form that other software prints (RFC 3279 sec. 2.2.3) to r||s, appended; strict.
 * ERR_MALFORMED; ERR_UNSUPPORTED for EdDSA, which has none. */
enum tbc_err tbc_signature_from_der(enum tbc_alg alg, struct tbc_span der,
                                    struct tbc_buf *raw) TBC_MUST_CHECK;

/* Verify what others signed under a COSE algorithm number, 0 for the key's own.  ES256, ES384 and
 * ES512 name the hash and go with every EC key (RFC 9053 sec. 2.1); the numbers of RFC 9864 name
 * the curve as well.  Errors: those of tbc_verify_raw; ERR_UNSUPPORTED for a number we do not know
 * or that does not go with the key. */
enum tbc_err tbc_verify_any(struct tbc_key *key, int64_t alg, struct tbc_span message,
                            struct tbc_span signature) TBC_MUST_CHECK;

/* Sign payload as our strict COSE_Sign1 and append it to out. */
enum tbc_err tbc_sign_cose(struct tbc_key *key, enum tbc_typ typ,
                           struct tbc_span payload, struct tbc_buf *out) TBC_MUST_CHECK;
/* Verify an opened message: algorithm must be the key's.  Allocates nothing of its own. */
enum tbc_err
tbc_verify_cose(struct tbc_key *key, const struct tbc_cose *msg) TBC_MUST_CHECK;

#endif
