#include "scan/track.h"

#include "scan/scan.h"

#include <string.h>

/* The entry of that code, or one to be used for it. */
static struct tbc_track_entry *
find(struct tbc_track *t, const uint8_t digest[static TBC_SHA256_LEN], bool *known)
{
    struct tbc_track_entry *oldest = &t->list[0];

    *known = true;
    for (size_t i = 0; i < t->n; i++) {
        if (memcmp(t->list[i].digest, digest, TBC_SHA256_LEN) == 0) {
            return &t->list[i];
        }
        if (t->list[i].seen.ms < oldest->seen.ms) {
            oldest = &t->list[i];
        }
    }
    *known = false;
    return t->n < TBC_TRACK_MAX ? &t->list[t->n++] : oldest;
}

enum tbc_err
tbc_track_see(struct tbc_track *track, struct tbc_span text, struct tbc_mono now,
              enum tbc_sighting *sighting)
{
    uint8_t digest[TBC_SHA256_LEN];
    struct tbc_track_entry *e;
    bool known;
    enum tbc_err err = tbc_sha256(text, digest);

    *sighting = TBC_SIGHTING_NEW;
    if (err != TBC_OK) {
        return err;
    }
    e = find(track, digest, &known);
    if (known && now.ms - e->seen.ms < TBC_SCAN_GONE_MS) {
        *sighting = now.ms - e->told.ms < TBC_TRACK_AGAIN_MS ? TBC_SIGHTING_QUIET
                                                             : TBC_SIGHTING_HELD;
    }
    memcpy(e->digest, digest, sizeof digest);
    e->seen = now;
    if (*sighting != TBC_SIGHTING_QUIET) {
        e->told = now;
    }
    return TBC_OK;
}
