/* A camera of tests: frames with codes, written as PGM into a FIFO that `camera:pgm:PATH` reads. */
#ifndef TBC_TESTS_LENS_H
#define TBC_TESTS_LENS_H

#include "image/picture.h"

#define LENS_WIDTH  640
#define LENS_HEIGHT 480
#define LENS_CODES  2

struct lens {
    int fd;          /* -1: unplugged */
    unsigned number; /* of the next frame: its noise, so that no two are alike */
};

/* Make the FIFO; plug the camera in once the other side has opened it; false when nobody has after
 * that time. */
bool lens_make(const char *path);
bool lens_plug(struct lens *lens, const char *path, int timeout_ms);
void lens_unplug(struct lens *lens);

/* One frame with these texts' codes side by side (NULL: none), on a grey ground of that level; false
 * when it was not taken within the time. */
bool lens_show(struct lens *lens, const char *const texts[static LENS_CODES],
               uint8_t ground, int timeout_ms);
/* The same frame once more, to the last bit. */
bool lens_freeze(struct lens *lens, const char *const texts[static LENS_CODES],
                 uint8_t ground, int timeout_ms);

#endif
