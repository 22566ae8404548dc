/* Inside of the scan floor: what a scanner puts around a text.  Pure.
 *
 * Many scanners send an AIM symbology identifier before each text, "]Q3" for a QR code (ISO/IEC
 * 15424: a bracket, a letter, one more letter or digit); no text of ours begins with a bracket,
 * so it is always taken off.  A prefix and a suffix that were programmed into the scanner are
 * taken off when the operator has named them, and where they are there. */
#ifndef TBC_SCAN_TRIM_H
#define TBC_SCAN_TRIM_H

#include "base/span.h"

#define TBC_TRIM_MAX 16 /* bytes of a prefix or a suffix */

struct tbc_trim {
    uint8_t prefix[TBC_TRIM_MAX];
    size_t prefix_len;
    uint8_t suffix[TBC_TRIM_MAX];
    size_t suffix_len;
};

/* Bytes of a source's name: letters as they are, %02 for the byte 0x02 (a comma is %2C, a per cent
 * sign %25).  False, and *len is 0, when that is none, too many, or a broken %. */
bool
tbc_trim_parse(struct tbc_span text, uint8_t bytes[static TBC_TRIM_MAX], size_t *len);

/* The part of text between prefix, identifier and suffix.  The scanner may send the prefix before
 * the identifier or after it. */
struct tbc_span tbc_trim_apply(const struct tbc_trim *trim, struct tbc_span text);

#endif
