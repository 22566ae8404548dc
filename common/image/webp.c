/* WebP by libwebp, still pictures only. */
#include "image/formats.h"

#include <webp/decode.h>

enum tbc_err
tbc_webp_decode(struct tbc_picture *p, struct tbc_span file, int side_max)
{
    WebPBitstreamFeatures head;
    enum tbc_err err;
    int stride;

    if (WebPGetFeatures(file.ptr, file.len, &head) != VP8_STATUS_OK) {
        return TBC_ERR_MALFORMED;
    }
    if (head.has_animation) {
        return TBC_ERR_UNSUPPORTED;
    }
    if ((err = tbc_picture_init_within(p, (uint32_t)head.width, (uint32_t)head.height,
                                       side_max, 3)) != TBC_OK) {
        return err;
    }
    stride = p->width * 3;
    if (WebPDecodeRGBInto(file.ptr, file.len, p->px, (size_t)stride * (size_t)p->height,
                          stride) == NULL) {
        tbc_picture_fini(p);
        return TBC_ERR_MALFORMED;
    }
    return TBC_OK;
}
