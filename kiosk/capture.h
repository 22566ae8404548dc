/* What capture decides: frame after frame, which hint the passenger reads, which frames are kept
 * and whether a living person stood there.  Pure; eye.c brings the frames. */
#ifndef KIOSK_CAPTURE_H
#define KIOSK_CAPTURE_H

#include "base/when.h"
#include "view.h"

struct tbc_face_frame;

#define KIOSK_CAPTURE_VOTES \
    15 /* frames whose passive liveness is heard; their median counts */
#define KIOSK_CAPTURE_KEPT 5 /* the best of them go to the comparison */
#define KIOSK_CAPTURE_LIVING \
    0.5 /* median at or above: not a flat picture, as far as one sees */
#define KIOSK_CAPTURE_HOLD_MS 1200 /* a hint stays so long before another replaces it */

struct kiosk_capture {
    double votes[KIOSK_CAPTURE_VOTES];
    size_t votes_n;
    double worth[KIOSK_CAPTURE_KEPT]; /* of the frame in each slot */
    size_t kept_n;
    enum kiosk_hint hint;
    struct tbc_mono hint_since;
    bool hinted; /* hint_since is set */
};

/* { 0 } begins.  Judge one frame; live is its passive liveness, used only when its quality is
 * good.  Returns the slot (0..KEPT-1) in which to keep it, or -1.  No face, or several, begins
 * anew: the frames must be of one person who stayed. */
int
kiosk_capture_look(struct kiosk_capture *capture, const struct tbc_face_frame *frame,
                   double live, struct tbc_mono now);

double kiosk_capture_progress(const struct kiosk_capture *capture); /* 0..1 */
bool kiosk_capture_is_done(const struct kiosk_capture *capture);
/* Only of a capture that is done. */
bool kiosk_capture_is_living(const struct kiosk_capture *capture);

/* The slots by falling worth; returns kept_n. */
size_t kiosk_capture_order(const struct kiosk_capture *capture,
                           size_t order[static KIOSK_CAPTURE_KEPT]);

#endif
