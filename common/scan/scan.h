/* Sources of scanned texts, chosen by name on the command line:
 *
 *     -                     lines of standard input
 *     serial:/dev/ttyACM0   a scanner on a serial line, 9600 8N1 unless ",BAUD" follows
 *     evdev:/dev/input/event3
 *                           a scanner that types like a keyboard, us unless ",LAYOUT" follows; taken
 *                           from the console and all other programs; Enter and Tab end a text
 *     camera:/dev/video0    a camera that sees codes on paper and phones, 1280x720 unless
 *                           ",WIDTHxHEIGHT" follows; also camera:dir:PATH and camera:pgm:PATH (camera.h)
 *     pictures:PATH         a folder that is watched: each new PNG or JPEG is read once;
 *                           what is damaged or shows no code gives nothing
 *
 * A text ends at CR, LF or CR LF.  Empty lines are nothing.  A text longer than TBC_SCAN_MAX is
 * given as its first TBC_SCAN_MAX bytes with is_cut set, the rest up to the line's end is
 * dropped; half a line that does not continue for 500 ms is given as it is.
 *
 * A camera gives every code in view, certificates first, and each of them again about four times a
 * second with is_held set while it stays.
 *
 * An AIM identifier ("]Q3") before a text is taken off, and so are the bytes of ",prefix=" and
 * ",suffix=" where serial and evdev name them: serial:/dev/ttyACM0,115200,prefix=%02,suffix=%03
 * (trim.h). */
#ifndef TBC_SCAN_SCAN_H
#define TBC_SCAN_SCAN_H

#include "base/buf.h"
#include "base/when.h"

#define TBC_SCAN_MAX 4096
#define TBC_SCAN_GONE_MS \
    1500 /* a camera's code that was not seen for so long is a new one */

struct tbc_scan; /* opaque */

struct tbc_scan_text {
    struct tbc_span text; /* borrowed until the next call */
    bool is_cut;
    bool is_held; /* given before, and in a camera's view ever since */
};

/* Errors: ERR_NOT_FOUND, ERR_UNSUPPORTED (no such kind), ERR_IO; why as in camera.h. */
enum tbc_err tbc_scan_open(struct tbc_scan **scan, const char *source,
                           const char **why) TBC_MUST_CHECK;
void tbc_scan_close(struct tbc_scan **scan);

/* To wait on with poll. */
int tbc_scan_fd(const struct tbc_scan *scan);

/* NULL, or why a camera that is open does not see: unplugged, frozen, black; a static sentence for the
 * operator.  It mends itself; nothing is to be closed. */
const char *tbc_scan_trouble(const struct tbc_scan *scan);

/* What is in a camera's view counts as new once more. */
void tbc_scan_forget(struct tbc_scan *scan);

/* The next text, or ERR_BUSY when none is complete; ERR_NOT_FOUND when the source has ended
 * (end of input, line unplugged, folder gone).  Call until ERR_BUSY, and again after 500 ms
 * without news: half a line has no event of its own. */
enum tbc_err tbc_scan_next(struct tbc_scan *scan, struct tbc_mono now,
                           struct tbc_scan_text *text) TBC_MUST_CHECK;

#endif
