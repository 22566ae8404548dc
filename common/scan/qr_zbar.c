#include "scan/qr_zbar.h"

#include <zbar.h>

static void
tell(const zbar_symbol_t *symbol, tbc_code_found found, void *ctx)
{
    unsigned n = zbar_symbol_get_loc_size(symbol);
    int low[2] = { INT32_MAX, INT32_MAX };
    int high[2] = { 0, 0 };

    for (unsigned i = 0; i < n; i++) {
        int x = zbar_symbol_get_loc_x(symbol, i);
        int y = zbar_symbol_get_loc_y(symbol, i);

        low[0] = x < low[0] ? x : low[0];
        low[1] = y < low[1] ? y : low[1];
        high[0] = x > high[0] ? x : high[0];
        high[1] = y > high[1] ? y : high[1];
    }
    if (n > 0) {
        found(ctx, zbar_symbol_get_data(symbol), zbar_symbol_get_data_length(symbol),
              (struct tbc_box){ low[0], low[1], high[0] - low[0], high[1] - low[1] });
    }
}

enum tbc_err
tbc_zbar_read(const uint8_t *grey, int width, int height, tbc_code_found found,
              void *ctx)
{
    zbar_image_scanner_t *scanner = zbar_image_scanner_create();
    zbar_image_t *image = zbar_image_create();
    enum tbc_err err = TBC_ERR_NO_MEMORY;

    if (scanner == NULL || image == NULL) {
        goto out;
    }
    (void)zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
    (void)zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
    zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
    zbar_image_set_size(image, (unsigned)width, (unsigned)height);
    zbar_image_set_data(image, grey, (unsigned long)width * (unsigned long)height,
                        NULL);
    if (zbar_scan_image(scanner, image) > 0) {
        const zbar_symbol_t *s = zbar_image_first_symbol(image);

        for (; s != NULL; s = zbar_symbol_next(s)) {
            tell(s, found, ctx);
        }
    }
    err = TBC_OK;
out:
    if (image != NULL) {
        zbar_image_destroy(image);
    }
    if (scanner != NULL) {
        zbar_image_scanner_destroy(scanner);
    }
    return err;
}
