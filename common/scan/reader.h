/* Reads the QR codes in the frames of a camera, one frame after the other, within a bounded time
 * for each.
 *
 * Every frame is given to ZXing-C++ as it is, which reads what is well lit and lies flat.  What is
 * left (regions.h) is tried again, made easier: with a threshold of our own against faint ink, dim
 * screens and shadows, smoothed against noise, by ZBar against moire, inverted for dark mode, tilted
 * eight ways against tilt (shade.h).  These attempts are rungs of a ladder.  A frame climbs as far as its allowance goes and the
 * next one goes on from there, so that a hard code takes several frames and a hall without a code
 * takes little; the rung that read a code is the first one for the next frame.
 *
 * `./dev bench scan` measures it: what share of hard pictures is read, in how many frames, at what
 * price. */
#ifndef TBC_SCAN_READER_H
#define TBC_SCAN_READER_H

#include "image/picture.h"
#include "scan/codes.h"

struct tbc_reader; /* opaque; one for each camera, used by one thread at a time */

enum tbc_err tbc_reader_new(struct tbc_reader **reader) TBC_MUST_CHECK;
void tbc_reader_free(struct tbc_reader **reader); /* wipes what it saw */

/* The codes of the next frame, which is grey, into codes, which are empty before; in reading order,
 * each text once.  No code is not an error.  ERR_NO_MEMORY, ERR_RANGE (not grey). */
enum tbc_err
tbc_reader_frame(struct tbc_reader *reader, const struct tbc_picture *frame,
                 struct tbc_codes *codes) TBC_MUST_CHECK;

/* The same for a picture that has no successor: the whole ladder, as long as it takes. */
enum tbc_err
tbc_reader_still(struct tbc_reader *reader, const struct tbc_picture *picture,
                 struct tbc_codes *codes) TBC_MUST_CHECK;

#endif
