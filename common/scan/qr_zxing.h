/* Inside of the scan floor: the door to ZXing-C++; no exception of it comes through. */
#ifndef TBC_SCAN_QR_ZXING_H
#define TBC_SCAN_QR_ZXING_H

#include "base/err.h"
#include "scan/box.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* text is borrowed during the call; the box is around the code. */
typedef void (*tbc_code_found)(void *ctx, const char *text, size_t len,
                               struct tbc_box box);

enum tbc_zxing_how {
    TBC_ZXING_GREY,   /* its own threshold, and once more made smaller */
    TBC_ZXING_BINARY, /* 0 is dark, everything else light */
};

enum tbc_err
tbc_zxing_read(const uint8_t *px, int width, int height, enum tbc_zxing_how how,
               tbc_code_found found, void *ctx) TBC_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
