/* Inside of the image floor: one decoder for each format, behind tbc_picture_decode. */
#ifndef TBC_IMAGE_FORMATS_H
#define TBC_IMAGE_FORMATS_H

#include "image/picture.h"

#include <stdio.h> /* jpeglib.h uses FILE and does not say so */

/* Each looks at the header, checks it against side_max, and only then allocates and decodes to
 * RGB; JPEG to grey, too (channels 1).  Errors as tbc_picture_decode; *p is empty on error. */
enum tbc_err tbc_jpeg_decode(struct tbc_picture *p, struct tbc_span file, int side_max,
                             int channels) TBC_MUST_CHECK;
enum tbc_err tbc_png_decode(struct tbc_picture *p, struct tbc_span file,
                            int side_max) TBC_MUST_CHECK;
enum tbc_err tbc_webp_decode(struct tbc_picture *p, struct tbc_span file,
                             int side_max) TBC_MUST_CHECK;

/* The header's claim against the limit, and then the pixels. */
enum tbc_err
tbc_picture_init_within(struct tbc_picture *p, uint32_t width, uint32_t height,
                        int side_max, int channels) TBC_MUST_CHECK;

#endif
