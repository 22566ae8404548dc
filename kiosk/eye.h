/* The camera and the face engine in a thread of their own, with one mailbox to the kiosk's loop:
 * the window stays quick while a frame is judged.  Nothing but the mailbox is shared. */
#ifndef KIOSK_EYE_H
#define KIOSK_EYE_H

#include "base/buf.h"
#include "image/picture.h"
#include "session.h"

struct kiosk_eye; /* opaque */

struct kiosk_eye_options {
    const char *camera; /* as tbc_camera_open takes it */
    const char *models; /* folder with the models and their manifest */
};

/* What came of the last look. */
struct kiosk_sight {
    struct tbc_picture picture; /* the newest frame, not mirrored */
    bool fresh;                 /* it is newer than that of the poll before */
    enum kiosk_hint hint;
    double progress;          /* 0..1 */
    enum kiosk_event outcome; /* CAPTURED, FACE_AGAIN, CAMERA_LOST, or NONE */
    struct tbc_buf frames[KIOSK_FRAMES_MAX]; /* CAPTURED: JPEG, best first */
    size_t frames_n;
};

/* Open camera and models once, to know that they work, and start the thread.  why: one line on
 * error.  Errors: ERR_NOT_FOUND, ERR_CORRUPT, ERR_UNSUPPORTED, ERR_IO, ERR_NO_MEMORY. */
enum tbc_err
kiosk_eye_open(struct kiosk_eye **eye, const struct kiosk_eye_options *options,
               struct tbc_buf *why) TBC_MUST_CHECK;
void kiosk_eye_close(struct kiosk_eye **eye);

/* Begin to look for a face; whatever was under way is dropped. */
void kiosk_eye_look(struct kiosk_eye *eye);
/* Stop, close the camera, wipe all pictures. */
void kiosk_eye_rest(struct kiosk_eye *eye);

/* Take what is new.  sight is the caller's, from poll to poll; outcome and frames are told once. */
void kiosk_eye_poll(struct kiosk_eye *eye, struct kiosk_sight *sight);
void kiosk_sight_wipe(struct kiosk_sight *sight);

#endif
