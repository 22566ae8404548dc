/* Inside of the image floor: pictures of a stream of PGM (netpbm's "P5", 8 bits), one after the
 * other: a FIFO into which `ffmpeg -i rtsp://... -f image2pipe -c:v pgm -` writes what a camera of
 * the network sees, or a file of recorded frames. */
#ifndef TBC_IMAGE_PGM_H
#define TBC_IMAGE_PGM_H

#include "image/picture.h"

#define TBC_PGM_HEADER_MAX 256 /* with its comments */

struct tbc_pgm {
    int width;
    int height;
    size_t header_len; /* the pixels follow */
};

/* The header at the start of in.  Pure.  ERR_BUSY when it goes on behind in's end, ERR_MALFORMED, and
 * ERR_LIMIT for a side above TBC_PICTURE_SIDE_MAX.  Source: pgm(5) of netpbm. */
enum tbc_err
tbc_pgm_read_header(struct tbc_pgm *pgm, struct tbc_span in) TBC_MUST_CHECK;

struct tbc_pgm_stream; /* opaque */

/* Errors and why as tbc_camera_open. */
enum tbc_err tbc_pgm_open(struct tbc_pgm_stream **stream, const char *path,
                          const char **why) TBC_MUST_CHECK;
void tbc_pgm_close(struct tbc_pgm_stream **stream);
int tbc_pgm_fd(const struct tbc_pgm_stream *stream);

/* The next picture, grey; none is skipped.  ERR_BUSY when it is not complete yet, ERR_NOT_FOUND when
 * the stream has ended (nobody writes any more), ERR_MALFORMED. */
enum tbc_err
tbc_pgm_frame(struct tbc_pgm_stream *stream, struct tbc_picture *p) TBC_MUST_CHECK;

#endif
