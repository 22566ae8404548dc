/* Any COSE_Sign1 (RFC 9052 sec. 4.2), as others write it: tagged or not, also as CWT, headers in either bucket
 * and in any encoding, empty protected headers of both forms, strings in chunks.
 *
 * For the general tools; what this railway signs is read by codec/cose.h alone. */
#ifndef TBC_CODEC_COSE_ANY_H
#define TBC_CODEC_COSE_ANY_H

#include "codec/cbor_any.h"

struct tbc_cose_any {
    struct tbc_buf
        body_protected; /* as Sig_structure wants it: "" for an empty header */
    struct tbc_buf payload;
    struct tbc_buf signature;
    int64_t alg; /* registry number; 0 when no header names one */
    struct tbc_buf kid;
    bool has_payload; /* false: detached (nil) */
};

/* Read one message; owns what it gives, { 0 } on error.  Errors: ERR_MALFORMED; ERR_UNSUPPORTED
 * for a critical header (label 2) that asks for what we do not know, and for an alg given as
 * text; ERR_LIMIT, ERR_NO_MEMORY. */
enum tbc_err tbc_cose_any_open(struct tbc_cose_any *msg, struct tbc_span in,
                               struct tbc_fault *fault) TBC_MUST_CHECK;
void tbc_cose_any_fini(struct tbc_cose_any *msg);

#endif
