/* Inside of the scan floor: the door to ZBar, the second opinion. */
#ifndef TBC_SCAN_QR_ZBAR_H
#define TBC_SCAN_QR_ZBAR_H

#include "scan/qr_zxing.h"

/* The same for grey pixels. */
enum tbc_err tbc_zbar_read(const uint8_t *grey, int width, int height,
                           tbc_code_found found, void *ctx) TBC_MUST_CHECK;

#endif
