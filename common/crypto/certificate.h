/* Issuing: claims to a signed certificate of a size that a QR code on paper or phone can bear. */
#ifndef TBC_CRYPTO_CERTIFICATE_H
#define TBC_CRYPTO_CERTIFICATE_H

#include "codec/claims.h"
#include "crypto/sign.h"

/* The most bytes of a certificate with these claims: TBC_PAPER_MAX, or TBC_BOUND_MAX when it is
 * bound to a phone's key, so that proof and challenge still fit around it. */
size_t tbc_certificate_max(const struct tbc_claims *claims);

/* Append the claims' bytes for a key of that algorithm to sign.  A face for which there is no room is
 * left out, then a masked name cut between characters: they help gate and officer, they prove nothing.  Errors: ERR_LIMIT when not
 * even that helps (a long status address); those of tbc_claims_encode; out is as before then. */
enum tbc_err tbc_certificate_payload(const struct tbc_claims *claims, enum tbc_alg alg,
                                     struct tbc_buf *out) TBC_MUST_CHECK;

/* The same, signed with the issuer's key: append the COSE_Sign1 to out.  Errors: those of
 * tbc_certificate_payload and tbc_sign_cose; out is as before then. */
enum tbc_err
tbc_certificate_sign(struct tbc_key *issuer, const struct tbc_claims *claims,
                     struct tbc_buf *out) TBC_MUST_CHECK;

#endif
