/* Inside of the scan floor: a keyboard-wedge scanner, taken from the console and from every other
 * program (EVIOCGRAB) while it is open.  A FIFO of struct input_event stands for one in tests and
 * simulators. */
#ifndef TBC_SCAN_EVDEV_H
#define TBC_SCAN_EVDEV_H

#include "base/buf.h"

struct tbc_evdev; /* opaque */

/* layout as in keys.h, "" for "us".  Errors and why as tbc_scan_open. */
enum tbc_err tbc_evdev_open(struct tbc_evdev **device, const char *path,
                            const char *layout, const char **why) TBC_MUST_CHECK;
void tbc_evdev_close(struct tbc_evdev **device);
int tbc_evdev_fd(const struct tbc_evdev *device);

/* What was typed since, as keys.h says, appended to out, which must have room for TBC_EVDEV_ROOM
 * bytes.  Reads once.  ERR_BUSY when nothing came, ERR_NOT_FOUND when the scanner is unplugged. */
#define TBC_EVDEV_ROOM 512
enum tbc_err
tbc_evdev_read(struct tbc_evdev *device, struct tbc_buf *out) TBC_MUST_CHECK;

#endif
