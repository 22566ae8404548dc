/* Inside of the image floor: one Video4Linux device, streaming into mapped buffers. */
#ifndef TBC_IMAGE_V4L2_H
#define TBC_IMAGE_V4L2_H

#include "image/camera.h"

struct tbc_v4l2; /* opaque */

/* Errors and why as tbc_camera_open.  USB 2 carries no more than ten raw frames a second of
 * 1280 x 720: what is larger than 640 x 480 is asked for as MJPEG first. */
enum tbc_err
tbc_v4l2_open(struct tbc_v4l2 **device, const char *path,
              const struct tbc_camera_wish *wish, const char **why) TBC_MUST_CHECK;
void tbc_v4l2_close(struct tbc_v4l2 **device);
int tbc_v4l2_fd(const struct tbc_v4l2 *device);

/* The newest frame, as the sensor sees it; ERR_BUSY when none is there (a damaged one is none). */
enum tbc_err
tbc_v4l2_frame(struct tbc_v4l2 *device, struct tbc_picture *p) TBC_MUST_CHECK;

/* Packed 4:2:2 (Y0 U Y1 V) to RGB, BT.601 limited range, as USB cameras send it.
 * Errors: ERR_MALFORMED (fewer bytes than width x height needs), ERR_RANGE, ERR_NO_MEMORY. */
enum tbc_err tbc_yuyv_decode(struct tbc_picture *p, struct tbc_span data, int width,
                             int height, size_t stride) TBC_MUST_CHECK;

/* The same, its brightness alone. */
enum tbc_err tbc_yuyv_grey(struct tbc_picture *p, struct tbc_span data, int width,
                           int height, size_t stride) TBC_MUST_CHECK;

#endif
