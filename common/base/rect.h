/* Points and rectangles, as the screens and the face share them.  Plain values, half-open. */
#ifndef TBC_BASE_RECT_H
#define TBC_BASE_RECT_H

#include <stdbool.h>

struct tbc_point {
    double x;
    double y;
};

struct tbc_rect {
    double x;
    double y;
    double w;
    double h;
};

static inline bool
tbc_rect_has(struct tbc_rect r, double x, double y)
{
    return x >= r.x && x < r.x + r.w && y >= r.y && y < r.y + r.h;
}

static inline struct tbc_rect
tbc_rect_inset(struct tbc_rect r, double by)
{
    return (struct tbc_rect){ r.x + by, r.y + by, r.w - 2 * by, r.h - 2 * by };
}

#endif
