/* The live proof: the phone shows that it holds the key a certificate is bound to (RFC 8747), now.
 * Payload of a COSE_Sign1 by that key, typ LIVE; its kid is the thumbprint of the key.
 *
 *   6 iat uint (the phone's time)   ? 10 nonce bstr .size 8 (RFC 9711; the gate's challenge)
 *   -70002 the certificate, a whole COSE_Sign1, as bstr */
#ifndef TBC_CODEC_LIVE_H
#define TBC_CODEC_LIVE_H

#include "codec/cose.h"

#define TBC_CHALLENGE_LEN 8
/* A bound certificate of at most this size leaves room for the proof and a challenge: 139 bytes
 * with the 64-byte signatures. */
#define TBC_BOUND_MAX (TBC_LIVE_MAX - 139)

struct tbc_live {
    struct tbc_utc time;
    uint8_t challenge[TBC_CHALLENGE_LEN];
    bool has_challenge;
    struct tbc_span certificate; /* borrowed */
};

/* Errors: ERR_RANGE without a time or a certificate, those of the buffer. */
enum tbc_err
tbc_live_encode(const struct tbc_live *live, struct tbc_buf *out) TBC_MUST_CHECK;
/* Strict; live borrows in and is { 0 } on error.  fault may be NULL. */
enum tbc_err tbc_live_decode(struct tbc_live *live, struct tbc_span in,
                             struct tbc_fault *fault) TBC_MUST_CHECK;

#endif
