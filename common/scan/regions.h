/* Inside of the scan floor: where in a picture a code may be.  Pure.
 *
 * A code is a field of black and white that changes often in both directions; a face, a bag, a line
 * of print or the edge of a door is not.  A region that is none costs a look; a code that lies in
 * no region is not looked at twice. */
#ifndef TBC_SCAN_REGIONS_H
#define TBC_SCAN_REGIONS_H

#include "image/picture.h"
#include "scan/codes.h"

#define TBC_REGIONS_MAX 4 /* the largest ones */

/* Working room for pictures of up to that size. */
struct tbc_regions {
    uint8_t *blocks; /* owned */
    uint32_t *todo;  /* owned */
    size_t block_n;
};

enum tbc_err
tbc_regions_init(struct tbc_regions *r, int width, int height) TBC_MUST_CHECK;
void tbc_regions_fini(struct tbc_regions *r);

/* The regions of a picture of 0 and 255, the largest first, outside of the codes that were read;
 * returns how many. */
size_t tbc_regions_find(const struct tbc_regions *r, const struct tbc_picture *binary,
                        const struct tbc_codes *read,
                        struct tbc_box found[static TBC_REGIONS_MAX]);

#endif
