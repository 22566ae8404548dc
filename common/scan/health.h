/* Inside of the scan floor: whether a camera sees.  Pure.
 *
 * A camera that sends nothing, the same picture to the last bit, or black, lets nobody in and says so;
 * a sensor at work is never still, for its noise.  Each must last TBC_HEALTH_MS before it is told, and
 * one good frame ends it. */
#ifndef TBC_SCAN_HEALTH_H
#define TBC_SCAN_HEALTH_H

#include "base/when.h"
#include "image/picture.h"

#define TBC_HEALTH_MS 3000
#define TBC_HEALTH_BLACK \
    24 /* grey levels: a frame with nothing as light as this is black */

struct tbc_scan_health {
    bool may_stand; /* still pictures, which are no camera */
    uint64_t mark;  /* of the last frame */
    struct tbc_mono came;
    struct tbc_mono changed;
    struct tbc_mono lit;
};

/* A camera was opened. */
void
tbc_scan_health_begin(struct tbc_scan_health *h, bool may_stand, struct tbc_mono now);
/* A grey frame came; reads: a code was read in it, so that it is dark and no trouble. */
void tbc_scan_health_frame(struct tbc_scan_health *h, const struct tbc_picture *frame,
                           bool reads, struct tbc_mono now);

/* NULL, or a sentence for the operator; static. */
const char *
tbc_scan_health_trouble(const struct tbc_scan_health *h, struct tbc_mono now);

#endif
