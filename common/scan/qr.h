/* QR codes: drawing (libqrencode) and reading (ZXing-C++, ZBar as second opinion). */
#ifndef TBC_SCAN_QR_H
#define TBC_SCAN_QR_H

#include "base/buf.h"
#include "image/picture.h"

#define TBC_QR_SIDE_MAX 177 /* version 40 */

/* ISO/IEC 18004 symbol: side modules, row by row, 1 black. */
struct tbc_qr {
    int side;
    uint8_t *dark; /* owned, side * side */
};

/* The smallest symbol at error correction level M; alphanumeric mode where the text allows it.
 * ERR_LIMIT when no symbol holds it. */
enum tbc_err tbc_qr_draw(struct tbc_qr *qr, struct tbc_span text) TBC_MUST_CHECK;
void tbc_qr_fini(struct tbc_qr *qr);

/* As a picture: px pixels for each module, 4 modules of quiet zone, black on white. */
enum tbc_err tbc_qr_picture(const struct tbc_qr *qr, int px,
                            struct tbc_picture *picture) TBC_MUST_CHECK;
/* As UTF-8 half blocks for a terminal, dark on light, with the quiet zone. */
enum tbc_err tbc_qr_blocks(const struct tbc_qr *qr, struct tbc_buf *out) TBC_MUST_CHECK;

/* All QR codes in a picture.  found is called for each text, in reading order (rows first);
 * text is borrowed during the call.  No code is not an error. */
typedef void (*tbc_qr_found)(void *ctx, struct tbc_span text);
enum tbc_err tbc_qr_read(const struct tbc_picture *picture, tbc_qr_found found,
                         void *ctx) TBC_MUST_CHECK;

#endif
