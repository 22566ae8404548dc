/* Another picture of the same person, made from one photograph: turned in the plane, cut
 * closer, other light, softer, coded again.  It stands for a second shot where none exists; it
 * cannot stand for another day, another camera or a turned head. */
#ifndef TBC_TESTS_SECOND_VIEW_H
#define TBC_TESTS_SECOND_VIEW_H

#include "image/picture.h"

struct second_view {
    double degrees; /* clockwise */
    double cut;     /* share taken off each side, 0..0.4 */
    double zoom;    /* of what is left, 1: as it was */
    double gamma;   /* 1: as it was; above: darker */
    double blur_px; /* standard deviation of a Gauss filter after the zoom; 0: none */
};

/* What tbc-second-view does. */
static const struct second_view second_view_default = { .degrees = 4,
                                                        .cut = 0.06,
                                                        .zoom = 1.4,
                                                        .gamma = 1.25,
                                                        .blur_px = 0.8 };

enum tbc_err
second_view_make(const struct tbc_picture *from, const struct second_view *view,
                 struct tbc_picture *to) TBC_MUST_CHECK;

#endif
