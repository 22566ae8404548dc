/* The certificate's payload: a CWT claims set (RFC 8392), grammar in docs/token.cddl.
 *
 *   1 iss tstr   4 exp uint   5 nbf uint (only when not iat)   6 iat uint   7 cti bstr .size 16
 *   8 cnf { 1: COSE_Key } (RFC 8747; only when phone-bound)
 *   65535 status { "status_list": { "idx": uint, "uri": tstr } } (Token Status List)
 *   -70001 tbc { 1 holder, 2 kind, 3 name, 4 channel, 5 assurance, 6 medium, ? 7 language, ? 8 face }
 * Integer keys stand in the bytewise order of their encodings. */
#ifndef TBC_CODEC_CLAIMS_H
#define TBC_CODEC_CLAIMS_H

#include "codec/cbor.h"
#include "rail/cert.h"

/* Errors: those of the buffer; ERR_RANGE when exp <= iat or a text is too long. */
enum tbc_err
tbc_claims_encode(const struct tbc_claims *c, struct tbc_buf *out) TBC_MUST_CHECK;

/* Strict: any other, missing or repeated claim is malformed; exp must lie after iat and nbf, nbf
 * not before iat; medium phone if and only if cnf is present.  *c is { 0 } on error. */
enum tbc_err tbc_claims_decode(struct tbc_claims *c, struct tbc_span in,
                               struct tbc_fault *fault) TBC_MUST_CHECK;

#endif
