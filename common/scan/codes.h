/* Inside of the scan floor: the codes of one picture, as the readers find them.  Plain. */
#ifndef TBC_SCAN_CODES_H
#define TBC_SCAN_CODES_H

#include "base/buf.h"
#include "scan/box.h"

#define TBC_CODES_MAX 16 /* in one picture; more are no passengers */

struct tbc_code {
    struct tbc_buf text;
    struct tbc_box box; /* around it */
};

struct tbc_codes {
    struct tbc_code list[TBC_CODES_MAX];
    size_t n;
};

void tbc_codes_fini(struct tbc_codes *codes); /* wipes */

/* A text that is there already is the same code, found by another reader, and so is what finds no
 * room. */
enum tbc_err tbc_codes_add(struct tbc_codes *codes, struct tbc_span text,
                           struct tbc_box box) TBC_MUST_CHECK;

/* Reading order, rows first: what lies less than half a code below the first of a row belongs to
 * that row. */
void tbc_codes_sort(struct tbc_codes *codes);

#endif
