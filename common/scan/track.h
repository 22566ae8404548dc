/* Inside of the scan floor: which of the codes in view are new ones.  Pure.
 *
 * A camera sees a code twenty times a second for as long as it is held before it.  It is new when it
 * was not seen for TBC_SCAN_GONE_MS; while it stays it is told again now and then, so that whoever
 * listens knows that it is still there. */
#ifndef TBC_SCAN_TRACK_H
#define TBC_SCAN_TRACK_H

#include "base/span.h"
#include "base/when.h"
#include "crypto/digest.h"

#define TBC_TRACK_MAX \
    32 /* codes; the one that was seen longest ago is forgotten first */
#define TBC_TRACK_AGAIN_MS 250 /* between two words about a code that stays */

enum tbc_sighting {
    TBC_SIGHTING_NEW,
    TBC_SIGHTING_HELD,  /* and it is time to say so */
    TBC_SIGHTING_QUIET, /* known, said a moment ago */
};

struct tbc_track_entry {
    uint8_t digest[TBC_SHA256_LEN];
    struct tbc_mono seen;
    struct tbc_mono told;
};

struct tbc_track {
    struct tbc_track_entry list[TBC_TRACK_MAX];
    size_t n;
};

/* A text was seen.  ERR_CRYPTO, and then it is new. */
enum tbc_err
tbc_track_see(struct tbc_track *track, struct tbc_span text, struct tbc_mono now,
              enum tbc_sighting *sighting) TBC_MUST_CHECK;

#endif
