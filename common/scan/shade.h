/* Inside of the scan floor: grey pictures made easier to read.  Pure.
 *
 * Each writes a picture anew into one that is there already, but for invert: out is grey, of the size
 * that is said, and not the same as in. */
#ifndef TBC_SCAN_SHADE_H
#define TBC_SCAN_SHADE_H

#include "image/picture.h"

/* Working room for pictures of up to that width. */
struct tbc_shade {
    uint32_t *columns; /* owned */
    int width;
};

enum tbc_err tbc_shade_init(struct tbc_shade *s, int width) TBC_MUST_CHECK;
void tbc_shade_fini(struct tbc_shade *s);

/* Against noise and moire: weights 1 2 1 in both directions. */
void tbc_shade_smooth(const struct tbc_shade *s, const struct tbc_picture *in,
                      struct tbc_picture *out);

/* Against shadows, faint ink and dim screens: black (0) where a pixel is more than bias grey levels
 * darker than the mean of the square around it that reaches radius pixels to each side, else
 * white (255).  radius: 1..63. */
void tbc_shade_threshold(const struct tbc_shade *s, const struct tbc_picture *in,
                         int radius, int bias, struct tbc_picture *out);

/* Against screens in dark mode: black becomes white, in place. */
void tbc_shade_invert(struct tbc_picture *p);

/* How much neighbours differ where nothing is to be seen: the noise, in grey levels, as the median
 * over the picture of the difference between two pixels that are two apart. */
int tbc_shade_noise(const struct tbc_picture *in);

/* The same as threshold, leaving grey: the difference to that mean times gain (1..8), around 128. */
void tbc_shade_stretch(const struct tbc_shade *s, const struct tbc_picture *in,
                       int radius, int gain, struct tbc_picture *out);

/* Against tilt: the picture as if its plane were turned away by x and y, each the share by which
 * what lies one pixel from the centre comes nearer, about -0.001 to 0.001.  The centre stays the
 * centre; out may be larger, and is grey where in has nothing. */
void tbc_shade_keystone(const struct tbc_picture *in, double x, double y,
                        struct tbc_picture *out);

#endif
