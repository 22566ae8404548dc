/* The face check at the gate: who stands there, and whose face the certificate carries.
 *
 * Off unless the gate has a camera for it and the station's policy wants it.  The camera is open while
 * one passenger is looked at and at no other time; pictures go to the examiner, a process without files
 * or network, and are wiped with everything that came of them.  A face that differs leads to an
 * officer, never to a refusal; a camera that does not work lets the passenger go on unchecked, and
 * says so. */
#ifndef GATE_EYE_H
#define GATE_EYE_H

#include "base/buf.h"
#include "codec/wire.h"
#include "vote.h"

/* What of a certificate is wanted here. */
struct gate_sealed_face {
    bool is_there;
    uint8_t cti[TBC_CTI_LEN];
    struct tbc_utc iat;
    uint8_t sealed[TBC_FACE_SEALED_LEN];
};

struct gate_eye; /* opaque */

/* camera: as tbc_camera_open takes it; models: their folder.  Starts the examiner and waits for it.
 * why: one line on error.  Errors: ERR_NOT_FOUND, ERR_CORRUPT, ERR_UNSUPPORTED, ERR_TIMEOUT, ERR_IO,
 * ERR_NO_MEMORY. */
enum tbc_err gate_eye_open(struct gate_eye **eye, const char *camera,
                           const char *models, struct tbc_buf *why) TBC_MUST_CHECK;
void gate_eye_close(struct gate_eye **eye);

/* The station's keys and threshold; in place of those before.  eye may be NULL. */
void gate_eye_told(struct gate_eye *eye, const struct tbc_hello_reply *hello);

/* Begin to look for the holder of a certificate.  False, also of NULL, when there is nothing to compare with: policy
 * is off, no face in it, sealed for the gates of another station. */
bool gate_eye_begin(struct gate_eye *eye, const struct gate_sealed_face *of,
                    struct tbc_mono now);
/* Take a picture, take what came of the one before; to be called every GATE_EYE_TICK_MS or so.  What
 * is not ON ends the look. */
#define GATE_EYE_TICK_MS 10
enum gate_look gate_eye_tick(struct gate_eye *eye, struct tbc_mono now);
/* Close the camera, wipe everything about the passenger; also when no look is under way. */
void gate_eye_end(struct gate_eye *eye);

#endif
