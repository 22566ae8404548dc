/* Inside of the scan floor: a camera that reads codes, or a folder of pictures, in a thread of its
 * own.
 *
 * Why a thread: one look at a frame takes 10 ms and a hard one 40 ms, which no library lets us cut into
 * steps, and the gate's loop has 60 ms from a code to its lamp.  So the camera, the frames and the
 * readers belong to the thread alone; it leaves texts in a mailbox under a lock that is never held
 * while anything is read, and wakes the loop by an eventfd.  On a machine with one core the thread
 * yields: it asks the kernel for less of it.
 *
 * The mailbox holds each text of a camera once, however often it is seen before it is fetched.  Of one frame the
 * certificates ("TBC1:") come first.  When the camera is lost, the thread opens it anew each second; it
 * opens it anew, too, when no pictures come. */
#ifndef TBC_SCAN_SIGHT_H
#define TBC_SCAN_SIGHT_H

#include "image/camera.h"
#include "scan/scan.h"

struct tbc_sight; /* opaque */

/* source as camera.h has it; the camera is opened before this returns.  Errors as tbc_scan_open. */
enum tbc_err
tbc_sight_open(struct tbc_sight **sight, const char *source,
               const struct tbc_camera_wish *wish, const char **why) TBC_MUST_CHECK;
/* New pictures of a folder, as watch.h has them; each gives its texts once, and ERR_NOT_FOUND follows
 * when the folder is gone. */
enum tbc_err tbc_sight_watch(struct tbc_sight **sight, const char *folder,
                             const char **why) TBC_MUST_CHECK;
void tbc_sight_close(struct tbc_sight **sight); /* waits for the thread: one look */
int tbc_sight_fd(const struct tbc_sight *sight);

/* As tbc_scan_next, tbc_scan_trouble and tbc_scan_forget. */
enum tbc_err
tbc_sight_next(struct tbc_sight *sight, struct tbc_scan_text *text) TBC_MUST_CHECK;
const char *tbc_sight_trouble(struct tbc_sight *sight);
void tbc_sight_forget(struct tbc_sight *sight);

#endif
