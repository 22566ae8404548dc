/* Inside of the scan floor: the door to ZXing-C++; no exception of it comes through. */
#ifndef TBC_SCAN_QR_ZXING_H
#define TBC_SCAN_QR_ZXING_H

#include "base/err.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* text is borrowed during the call; x and y are the centre in pixels, height about the code's. */
typedef void (*tbc_code_found)(void *ctx, const char *text, size_t len, int x, int y,
                               int height);

enum tbc_err tbc_zxing_read(const uint8_t *grey, int width, int height,
                            tbc_code_found found, void *ctx) TBC_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
