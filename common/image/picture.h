/* Pictures: 8-bit RGB or grey in memory, from and to JPEG and PNG (WebP is read).
 *
 * Decoding happens under limits that are checked on the header, before a pixel is allocated, so
 * that a file which claims 65535 x 65535 costs nothing.  Metadata is never read or kept. */
#ifndef TBC_IMAGE_PICTURE_H
#define TBC_IMAGE_PICTURE_H

#include "base/buf.h"
#include "base/rect.h"

#define TBC_PICTURE_SIDE_MAX  4096
#define TBC_PICTURE_BYTES_MAX (16u << 20) /* of an encoded file */

struct tbc_picture {
    uint8_t *
        px; /* owned; rows from top to bottom, no padding: stride is width * channels */
    int width;
    int height;
    int channels; /* 3 RGB, 1 grey */
};

void tbc_picture_fini(struct tbc_picture *p); /* wipes: a picture may be of a face */

enum tbc_err tbc_picture_init(struct tbc_picture *p, int width, int height,
                              int channels) TBC_MUST_CHECK;

/* By its first bytes: PNG, JPEG or WebP, always to RGB.  side_max: greatest width and height.
 * Errors: ERR_UNSUPPORTED (no such format), ERR_LIMIT, ERR_MALFORMED (cut or damaged, also when
 * the library would have patched it up), ERR_NO_MEMORY. */
enum tbc_err tbc_picture_decode(struct tbc_picture *p, struct tbc_span file,
                                int side_max) TBC_MUST_CHECK;

/* The same, to grey: JPEG without unfolding its colours. */
enum tbc_err tbc_picture_decode_grey(struct tbc_picture *p, struct tbc_span file,
                                     int side_max) TBC_MUST_CHECK;

/* Read a whole file of at most TBC_PICTURE_BYTES_MAX and decode it. ERR_NOT_FOUND, ERR_IO too. */
enum tbc_err tbc_picture_read(struct tbc_picture *p, const char *path) TBC_MUST_CHECK;

enum tbc_err tbc_picture_encode_jpeg(const struct tbc_picture *p, int quality,
                                     struct tbc_buf *out) TBC_MUST_CHECK;
enum tbc_err
tbc_picture_encode_png(const struct tbc_picture *p, struct tbc_buf *out) TBC_MUST_CHECK;

/* A part of another picture, clamped to it, copied.  ERR_RANGE when nothing is left. */
enum tbc_err tbc_picture_crop(const struct tbc_picture *from, struct tbc_rect part,
                              struct tbc_picture *to) TBC_MUST_CHECK;
/* Area-averaged (smaller) or bilinear (larger) copy. */
enum tbc_err tbc_picture_scale(const struct tbc_picture *from, int width, int height,
                               struct tbc_picture *to) TBC_MUST_CHECK;
/* The brightness (BT.601) of RGB, or a copy of grey. */
enum tbc_err
tbc_picture_grey(const struct tbc_picture *from, struct tbc_picture *to) TBC_MUST_CHECK;
/* Grey as RGB, or a copy of RGB. */
enum tbc_err tbc_picture_colour(const struct tbc_picture *from,
                                struct tbc_picture *to) TBC_MUST_CHECK;
/* Left becomes right, in place. */
void tbc_picture_mirror(struct tbc_picture *p);

#endif
