#include "scan/qr.h"

#include "scan/reader.h"

#include <qrencode.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define QUIET 4 /* modules, ISO/IEC 18004 sec. 6.3.8 */

static bool
is_alphanumeric(struct tbc_span text)
{
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

    for (size_t i = 0; i < text.len; i++) {
        if (memchr(letters, text.ptr[i], sizeof letters - 1) == NULL) {
            return false;
        }
    }
    return true;
}

static enum tbc_err
take_symbol(struct tbc_qr *qr, const QRcode *code)
{
    size_t n = (size_t)code->width * (size_t)code->width;

    qr->dark = malloc(n);
    if (qr->dark == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    qr->side = code->width;
    for (size_t i = 0; i < n; i++) {
        qr->dark[i] = code->data[i] & 1;
    }
    return TBC_OK;
}

enum tbc_err
tbc_qr_draw(struct tbc_qr *qr, struct tbc_span text)
{
    QRencodeMode mode = is_alphanumeric(text) ? QR_MODE_AN : QR_MODE_8;
    QRinput *input = NULL;
    QRcode *code = NULL;
    enum tbc_err err = TBC_ERR_NO_MEMORY;

    *qr = (struct tbc_qr){ 0 };
    if (text.len == 0) {
        return TBC_ERR_RANGE;
    }
    if (text.len > (size_t)TBC_QR_SIDE_MAX * TBC_QR_SIDE_MAX) {
        return TBC_ERR_LIMIT; /* also before the library's int */
    }
    input = QRinput_new2(0, QR_ECLEVEL_M);
    if (input == NULL || QRinput_append(input, mode, (int)text.len, text.ptr) != 0) {
        goto out;
    }
    code = QRcode_encodeInput(input);
    if (code != NULL) {
        err = take_symbol(qr, code);
    } else {
        err = errno == ERANGE ? TBC_ERR_LIMIT : TBC_ERR_NO_MEMORY;
    }
out:
    QRcode_free(code);
    QRinput_free(input);
    return err;
}

void
tbc_qr_fini(struct tbc_qr *qr)
{
    free(qr->dark);
    *qr = (struct tbc_qr){ 0 };
}

/* False in the quiet zone, too. */
static bool
is_dark(const struct tbc_qr *qr, int x, int y)
{
    return x >= 0 && y >= 0 && x < qr->side && y < qr->side &&
           qr->dark[y * qr->side + x] != 0;
}

enum tbc_err
tbc_qr_picture(const struct tbc_qr *qr, int px, struct tbc_picture *picture)
{
    int side = qr->side + 2 * QUIET;
    enum tbc_err err;

    if (px < 1 || px > TBC_PICTURE_SIDE_MAX / side) {
        *picture = (struct tbc_picture){ 0 };
        return TBC_ERR_RANGE;
    }
    if ((err = tbc_picture_init(picture, side * px, side * px, 1)) != TBC_OK) {
        return err;
    }
    for (int y = 0; y < picture->height; y++) {
        for (int x = 0; x < picture->width; x++) {
            picture->px[y * picture->width + x] =
                is_dark(qr, x / px - QUIET, y / px - QUIET) ? 0 : 255;
        }
    }
    return TBC_OK;
}

enum tbc_err
tbc_qr_blocks(const struct tbc_qr *qr, struct tbc_buf *out)
{
    /* By what is light: nothing, the upper half, the lower half, both.  The light is what is
     * drawn, as most terminals are dark. */
    static const char *const blocks[] = { " ", "\u2580", "\u2584", "\u2588" };

    for (int y = -QUIET; y < qr->side + QUIET; y += 2) {
        for (int x = -QUIET; x < qr->side + QUIET; x++) {
            int light = (is_dark(qr, x, y) ? 0 : 1) + (is_dark(qr, x, y + 1) ? 0 : 2);

            (void)tbc_buf_append_str(out, blocks[light]);
        }
        (void)tbc_buf_append_str(out, "\n");
    }
    return tbc_buf_status(out);
}

enum tbc_err
tbc_qr_read(const struct tbc_picture *picture, tbc_qr_found found, void *ctx)
{
    struct tbc_reader *reader = NULL;
    struct tbc_codes codes = { 0 };
    struct tbc_picture grey = { 0 };
    enum tbc_err err;

    if ((err = tbc_reader_new(&reader)) != TBC_OK ||
        (err = tbc_picture_grey(picture, &grey)) != TBC_OK ||
        (err = tbc_reader_still(reader, &grey, &codes)) != TBC_OK) {
        goto out;
    }
    for (size_t i = 0; i < codes.n; i++) {
        found(ctx, tbc_buf_span(&codes.list[i].text));
    }
out:
    tbc_codes_fini(&codes);
    tbc_picture_fini(&grey);
    tbc_reader_free(&reader);
    return err;
}
