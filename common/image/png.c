/* PNG by libpng's simplified interface. */
#include "image/formats.h"

#include <png.h>
#include <stdlib.h>

#define CHUNK_HEAD  8  /* length and name */
#define CHUNK_FRAME 12 /* and the CRC behind the data */

static uint32_t
big_endian(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* True when every chunk lies within the file up to IEND.  The library stops at the last pixel
 * and would not notice a file that is cut behind it. */
static bool
is_whole(struct tbc_span file)
{
    size_t at = 8;

    while (file.len - at >= CHUNK_FRAME) {
        struct tbc_span name = tbc_span_sub(file, at + 4, 4);
        size_t len = big_endian(file.ptr + at);

        if (len > file.len - at - CHUNK_FRAME) {
            return false;
        }
        if (tbc_span_equal(name, tbc_span_str("IEND"))) {
            return true;
        }
        at += CHUNK_FRAME + len;
    }
    return false;
}

/* The size stands at the same place in every PNG; limits come before the library. */
static enum tbc_err
allocate(struct tbc_picture *p, struct tbc_span file, int side_max)
{
    const size_t at = 8 + CHUNK_HEAD;

    if (file.len < at + 8 ||
        !tbc_span_equal(tbc_span_sub(file, 12, 4), tbc_span_str("IHDR"))) {
        return TBC_ERR_MALFORMED;
    }
    return tbc_picture_init_within(p, big_endian(file.ptr + at),
                                   big_endian(file.ptr + at + 4), side_max, 3);
}

enum tbc_err
tbc_png_decode(struct tbc_picture *p, struct tbc_span file, int side_max)
{
    static const png_color white = { 255, 255, 255 };
    png_image lib = { .version = PNG_IMAGE_VERSION };
    enum tbc_err err;

    if ((err = allocate(p, file, side_max)) != TBC_OK) {
        return err;
    }
    if (!is_whole(file) ||
        png_image_begin_read_from_memory(&lib, file.ptr, file.len) == 0) {
        err = TBC_ERR_MALFORMED;
        goto out;
    }
    lib.format = PNG_FORMAT_RGB;
    if (lib.width != (uint32_t)p->width || lib.height != (uint32_t)p->height ||
        png_image_finish_read(&lib, &white, p->px, p->width * 3, NULL) == 0) {
        err = TBC_ERR_MALFORMED;
    }
out:
    png_image_free(&lib);
    if (err != TBC_OK) {
        tbc_picture_fini(p);
    }
    return err;
}

enum tbc_err
tbc_picture_encode_png(const struct tbc_picture *p, struct tbc_buf *out)
{
    png_image lib = {
        .version = PNG_IMAGE_VERSION,
        .width = (png_uint_32)p->width,
        .height = (png_uint_32)p->height,
        .format = p->channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB,
    };
    png_alloc_size_t len = PNG_IMAGE_PNG_SIZE_MAX(lib);
    uint8_t *file = malloc(len);
    enum tbc_err err = TBC_ERR_NO_MEMORY;

    if (file != NULL && png_image_write_to_memory(&lib, file, &len, 0, p->px,
                                                  p->width * p->channels, NULL) != 0) {
        err = tbc_buf_append(out, file, len);
        tbc_wipe(file, len);
    }
    free(file);
    return err;
}
