/* Where pictures come from, chosen by name on the command line:
 *
 *     /dev/video0      a V4L2 device (YUYV or MJPEG, mmap)
 *     dir:PATH         the pictures of a folder, by name, over and over; or one file
 *     pgm:PATH         PGM pictures one after the other from a FIFO, each once: what another program
 *                      sees, for one a camera of the network (pgm.h)
 *
 * A directory source stands for people who cannot turn their head: it says so, and the liveness
 * policy that goes with it is passive. */
#ifndef TBC_IMAGE_CAMERA_H
#define TBC_IMAGE_CAMERA_H

#include "base/when.h"
#include "image/picture.h"

struct tbc_camera; /* opaque */

/* Errors: ERR_NOT_FOUND (no device, no folder), ERR_UNSUPPORTED (no format we read), ERR_IO;
 * *why (may be NULL) then borrows one static sentence for the operator. */
enum tbc_err tbc_camera_open(struct tbc_camera **camera, const char *source,
                             const char **why) TBC_MUST_CHECK;
/* How frames should be; all zero as tbc_camera_open has it. */
struct tbc_camera_wish {
    int width; /* 0: 640 x 480.  A device gives what it has that is near, other sources what is there */
    int height;
    bool grey; /* grey and as the sensor sees it: to be read, not to be shown */
};
enum tbc_err
tbc_camera_open_as(struct tbc_camera **camera, const char *source,
                   const struct tbc_camera_wish *wish, const char **why) TBC_MUST_CHECK;
void tbc_camera_close(struct tbc_camera **camera);

/* The next frame, mirrored as people expect of a screen; ERR_BUSY when none is there yet; any other
 * error means that the camera is gone and wants to be opened anew.  A directory gives one frame for
 * each call.  picture is replaced. */
enum tbc_err
tbc_camera_frame(struct tbc_camera *camera, struct tbc_picture *picture) TBC_MUST_CHECK;

/* To wait on with poll; -1 when a frame is always ready. */
int tbc_camera_fd(const struct tbc_camera *camera);

/* True when the source shows living people, false for still photographs. */
bool tbc_camera_is_live(const struct tbc_camera *camera);

#endif
