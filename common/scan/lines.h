/* Inside of the scan floor: texts out of a stream of bytes, as scan.h states the rules.  Pure. */
#ifndef TBC_SCAN_LINES_H
#define TBC_SCAN_LINES_H

#include "base/when.h"
#include "scan/scan.h"

#define TBC_LINES_SILENCE_MS 500

struct tbc_lines {
    uint8_t text[TBC_SCAN_MAX];
    size_t len;
    bool is_cut;
    bool is_given; /* text was handed out and is forgotten by the next call */
    struct tbc_mono last;
};

/* Take bytes from *in, moving it on, until a text is complete: true, and it is borrowed. */
bool tbc_lines_feed(struct tbc_lines *l, struct tbc_span *in, struct tbc_mono now,
                    struct tbc_scan_text *text);

/* No byte came: half a line that has been silent for long is a text, and at the end of the
 * source any half line is. */
bool tbc_lines_idle(struct tbc_lines *l, struct tbc_mono now, bool at_end,
                    struct tbc_scan_text *text);

#endif
