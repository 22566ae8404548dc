#include "scan/qr_zxing.h"

#define ZX_USE_UTF8 1 // NOLINT(readability-identifier-naming): the library's own switch
#include <ZXing/ReadBarcode.h>
#include <algorithm>
#include <new>

enum tbc_err
tbc_zxing_read(const uint8_t *px, int width, int height, enum tbc_zxing_how how,
               tbc_code_found found, void *ctx)
{
    try {
        const ZXing::ImageView view(px, width, height, ZXing::ImageFormat::Lum);
        ZXing::DecodeHints hints;

        hints.setFormats(ZXing::BarcodeFormat::QRCode);
        hints.setTryRotate(false); // a QR code is found whichever way it lies
        hints.setTryDownscale(how == TBC_ZXING_GREY);
        hints.setBinarizer(how == TBC_ZXING_GREY ? ZXing::Binarizer::LocalAverage
                                                 : ZXing::Binarizer::BoolCast);
        for (const auto &code : ZXing::ReadBarcodes(view, hints)) {
            const auto &p = code.position();
            const std::string text = code.text();
            const int left = std::min({ p[0].x, p[1].x, p[2].x, p[3].x });
            const int right = std::max({ p[0].x, p[1].x, p[2].x, p[3].x });
            const int top = std::min({ p[0].y, p[1].y, p[2].y, p[3].y });
            const int bottom = std::max({ p[0].y, p[1].y, p[2].y, p[3].y });

            if (code.isValid()) {
                found(ctx, text.data(), text.size(),
                      { left, top, right - left, bottom - top });
            }
        }
        return TBC_OK;
    } catch (const std::bad_alloc &) {
        return TBC_ERR_NO_MEMORY;
    } catch (...) {
        return TBC_OK; // what the library stumbles over is a picture without a code for it
    }
}
