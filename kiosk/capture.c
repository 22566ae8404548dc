#include "capture.h"

#include "face/face.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TURN_FULL 45.0 /* degrees: a frame so far turned would be worth nothing */

static enum kiosk_hint
hint_of(enum tbc_face_quality quality)
{
    switch (quality) {
    case TBC_FACE_GOOD:
    case TBC_FACE_BLURRED:
        return KIOSK_HINT_STILL;
    case TBC_FACE_NO_FACE:
        return KIOSK_HINT_FIT;
    case TBC_FACE_SEVERAL:
        return KIOSK_HINT_ONE;
    case TBC_FACE_TOO_FAR:
        return KIOSK_HINT_CLOSER;
    case TBC_FACE_TOO_NEAR:
        return KIOSK_HINT_FARTHER;
    case TBC_FACE_TURNED:
        return KIOSK_HINT_STRAIGHT;
    case TBC_FACE_TOO_DARK:
        return KIOSK_HINT_DARK;
    case TBC_FACE_TOO_BRIGHT:
        return KIOSK_HINT_BRIGHT;
    case TBC_FACE_COVERED:
        return KIOSK_HINT_UNCOVER;
    case TBC_FACE_QUALITY_N:
        break;
    }
    return KIOSK_HINT_FIT;
}

static void
say(struct kiosk_capture *capture, enum kiosk_hint hint, struct tbc_mono now)
{
    if (capture->hinted && hint != capture->hint &&
        now.ms - capture->hint_since.ms < KIOSK_CAPTURE_HOLD_MS) {
        return;
    }
    if (!capture->hinted || hint != capture->hint) {
        capture->hint_since = now;
    }
    capture->hint = hint;
    capture->hinted = true;
}

/* Sharp, straight and surely a face. */
static double
worth_of(const struct tbc_face_frame *frame)
{
    double turn = fabs(frame->pose.yaw) + fabs(frame->pose.pitch) / 2;

    return frame->sharpness * frame->face.score * fmax(0, 1 - turn / TURN_FULL);
}

static int
keep(struct kiosk_capture *capture, double worth)
{
    size_t least = 0;

    if (capture->kept_n < KIOSK_CAPTURE_KEPT) {
        capture->worth[capture->kept_n] = worth;
        return (int)capture->kept_n++;
    }
    for (size_t i = 1; i < KIOSK_CAPTURE_KEPT; i++) {
        if (capture->worth[i] < capture->worth[least]) {
            least = i;
        }
    }
    if (worth <= capture->worth[least]) {
        return -1;
    }
    capture->worth[least] = worth;
    return (int)least;
}

int
kiosk_capture_look(struct kiosk_capture *capture, const struct tbc_face_frame *frame,
                   double live, struct tbc_mono now)
{
    say(capture, hint_of(frame->quality), now);
    if (frame->quality == TBC_FACE_NO_FACE || frame->quality == TBC_FACE_SEVERAL) {
        capture->votes_n = 0;
        capture->kept_n = 0;
    }
    if (frame->quality != TBC_FACE_GOOD || kiosk_capture_is_done(capture)) {
        return -1;
    }
    capture->votes[capture->votes_n++] = live;
    return keep(capture, worth_of(frame));
}

double
kiosk_capture_progress(const struct kiosk_capture *capture)
{
    return (double)capture->votes_n / KIOSK_CAPTURE_VOTES;
}

bool
kiosk_capture_is_done(const struct kiosk_capture *capture)
{
    return capture->votes_n >= KIOSK_CAPTURE_VOTES;
}

static int
by_value(const void *a, const void *b)
{
    const double *left = a;
    const double *right = b;

    return (*left > *right) - (*left < *right);
}

bool
kiosk_capture_is_living(const struct kiosk_capture *capture)
{
    double sorted[KIOSK_CAPTURE_VOTES];

    if (!kiosk_capture_is_done(capture)) {
        return false;
    }
    memcpy(sorted, capture->votes, sizeof sorted);
    qsort(sorted, KIOSK_CAPTURE_VOTES, sizeof *sorted, by_value);
    return sorted[KIOSK_CAPTURE_VOTES / 2] >= KIOSK_CAPTURE_LIVING;
}

size_t
kiosk_capture_order(const struct kiosk_capture *capture,
                    size_t order[static KIOSK_CAPTURE_KEPT])
{
    for (size_t i = 0; i < capture->kept_n; i++) {
        size_t at = i;

        for (; at > 0 && capture->worth[order[at - 1]] < capture->worth[i]; at--) {
            order[at] = order[at - 1];
        }
        order[at] = i;
    }
    return capture->kept_n;
}
