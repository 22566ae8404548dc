/* When a frame is good enough to be compared.  The numbers and where they come from stand in
 * docs/FACE.md; the order is the order in which a person is told. */
#include "face/align.h"

#include <math.h>

#define OTHERS_MAX     0.6 /* height of a second face against the dominant one */
#define HEIGHT_MIN_PX  120
#define BEYOND_MAX     0.02 /* of the face's height: the jitter of box and landmarks */
#define YAW_MAX        15
#define PITCH_MAX      20
#define BRIGHTNESS_MIN 40
#define BRIGHTNESS_MAX 215
#define SHARPNESS_MIN  25
#define SCORE_MIN      0.9

static bool
is_beyond(double x, double y, double slack, int width, int height)
{
    return x < -slack || y < -slack || x > width + slack || y > height + slack;
}

/* The detector's box shrinks with a face that is cut off; the landmarks do not. */
static bool
reaches_beyond(const struct tbc_face_frame *frame, int width, int height)
{
    struct tbc_rect box = frame->face.box;
    double slack = box.h * BEYOND_MAX;
    bool beyond = is_beyond(box.x, box.y, slack, width, height) ||
                  is_beyond(box.x + box.w, box.y + box.h, slack, width, height);

    for (size_t i = 0; i < 68 && !beyond; i++) {
        beyond = is_beyond(frame->landmarks[i].x, frame->landmarks[i].y, slack, width,
                           height);
    }
    return beyond;
}

enum tbc_face_quality
tbc_face_judge(const struct tbc_face_frame *frame, double others, int width, int height)
{
    const struct {
        bool holds;
        enum tbc_face_quality quality;
    } reasons[] = {
        { !(frame->face.score > 0), TBC_FACE_NO_FACE },
        { others > OTHERS_MAX, TBC_FACE_SEVERAL },
        { frame->face.box.h < HEIGHT_MIN_PX, TBC_FACE_TOO_FAR },
        { reaches_beyond(frame, width, height), TBC_FACE_TOO_NEAR },
        { fabs(frame->pose.yaw) >= YAW_MAX || fabs(frame->pose.pitch) >= PITCH_MAX,
          TBC_FACE_TURNED },
        { frame->brightness < BRIGHTNESS_MIN, TBC_FACE_TOO_DARK },
        { frame->brightness > BRIGHTNESS_MAX, TBC_FACE_TOO_BRIGHT },
        { frame->sharpness < SHARPNESS_MIN, TBC_FACE_BLURRED },
        { frame->face.score < SCORE_MIN, TBC_FACE_COVERED },
    };

    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (reasons[i].holds) {
            return reasons[i].quality;
        }
    }
    return TBC_FACE_GOOD;
}
