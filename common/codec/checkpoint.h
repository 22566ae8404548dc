/* A checkpoint: the size and root hash of a station's log at a moment, as the station signs it.
 * Whoever holds one can later prove that the log was only ever appended to.
 *
 * A COSE_Sign1 by a key of the station, typ CHECKPOINT; the payload's grammar is in
 * docs/token.cddl.  Signing, and comparing two, is in crypto/checkpoint.h. */
#ifndef TBC_CODEC_CHECKPOINT_H
#define TBC_CODEC_CHECKPOINT_H

#include "codec/cbor.h"
#include "rail/journey.h"

#define TBC_CHECKPOINT_ROOT_LEN 32

struct tbc_checkpoint {
    char origin[TBC_TELECODE_MAX + 1]; /* the station whose log it is */
    struct tbc_utc at;                 /* when the log was that large */
    uint64_t size;                     /* leaves */
    uint8_t root[TBC_CHECKPOINT_ROOT_LEN];
};

/* Payload bytes and back.  Errors of encode: ERR_RANGE (origin, time).  c need not be initialised
 * for decode and is { 0 } on error; fault may be NULL. */
enum tbc_err tbc_checkpoint_encode(const struct tbc_checkpoint *c,
                                   struct tbc_buf *out) TBC_MUST_CHECK;
enum tbc_err tbc_checkpoint_decode(struct tbc_checkpoint *c, struct tbc_span in,
                                   struct tbc_fault *fault) TBC_MUST_CHECK;

#endif
