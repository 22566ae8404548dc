/* A picture in panel pixels that is drawn in millimetres: px = mm * px_per_mm.
 *
 * Nothing here knows a screen or a passenger.  Icons are rendered once for each size and kept as
 * masks; shaped text is kept until tbc_canvas_forget, which must be called when a passenger
 * leaves: it also blackens the picture. */
#ifndef TBC_UI_CANVAS_H
#define TBC_UI_CANVAS_H

#include "base/rect.h"
#include "ui/theme.h"

struct tbc_canvas;

struct tbc_size {
    double w;
    double h;
};

/* No fill, no outline. */
#define TBC_NO_COLOUR UINT32_MAX

enum tbc_align {
    TBC_ALIGN_START,
    TBC_ALIGN_CENTRE,
    TBC_ALIGN_END
};

/* How text is set.  The font's size follows from the height of its capitals. */
struct tbc_type {
    double cap;   /* capital height, mm */
    double line;  /* height of a line in font sizes; 0: 1.4 */
    double track; /* extra space between letters, in font sizes */
    enum tbc_align align;
    bool bold;
};

/* A rectangle with round corners. */
struct tbc_box {
    uint32_t fill;
    uint32_t outline; /* drawn inside the rectangle */
    uint32_t shadow;  /* one hard edge below */
    double stroke;
    double radius; /* at most half the smaller side is used */
    double drop;   /* of the shadow */
    bool dashed;
    bool top_only; /* only the two upper corners are round */
};

struct tbc_pen {
    uint32_t colour;
    double width;
    double dash; /* length of a dash and of a gap; 0: none */
    bool round;  /* ends */
};

/* A camera picture: 24-bit RGB, borrowed. */
struct tbc_rgb {
    const uint8_t *px;
    int width;
    int height;
    int stride; /* bytes */
};

/* width_px, height_px: the picture; theme: family and features of the text, copied.
 * Errors: ERR_NOT_FOUND (no icon folder), ERR_LIMIT, ERR_NO_MEMORY. */
enum tbc_err
tbc_canvas_new(struct tbc_canvas **canvas, const struct tbc_theme *theme,
               const char *icons, struct tbc_size px, double px_per_mm) TBC_MUST_CHECK;
void tbc_canvas_free(struct tbc_canvas **canvas);

/* Drop every text and camera picture kept, and blacken what was drawn. */
void tbc_canvas_forget(struct tbc_canvas *canvas);

int tbc_canvas_width_px(const struct tbc_canvas *canvas);
int tbc_canvas_height_px(const struct tbc_canvas *canvas);
double tbc_canvas_px_per_mm(const struct tbc_canvas *canvas);
/* Rows of stride bytes, each pixel 0xXXRRGGBB in the machine's byte order; borrowed. */
const uint8_t *tbc_canvas_pixels(struct tbc_canvas *canvas, int *stride);

/* PNG.  Errors: ERR_IO. */
enum tbc_err
tbc_canvas_save(struct tbc_canvas *canvas, const char *path) TBC_MUST_CHECK;

void tbc_canvas_clear(struct tbc_canvas *canvas, uint32_t colour);
/* Lay colour over a rectangle, 0 nothing .. 1 opaque. */
void tbc_canvas_veil(struct tbc_canvas *canvas, struct tbc_rect r, uint32_t colour,
                     double opacity);
/* Everything drawn next is moved by (x, y) mm, until the next call. */
void tbc_canvas_shift(struct tbc_canvas *canvas, double x, double y);
void
tbc_canvas_box(struct tbc_canvas *canvas, struct tbc_rect r, const struct tbc_box *box);
void tbc_canvas_line(struct tbc_canvas *canvas, const struct tbc_point *points,
                     size_t n, const struct tbc_pen *pen);
/* Part of an ellipse that fills r, clockwise from the top; from and turn in whole turns. */
void tbc_canvas_arc(struct tbc_canvas *canvas, struct tbc_rect r, double from,
                    double turn, const struct tbc_pen *pen);

/* icons/NAME.svg in one colour.  Errors: ERR_NOT_FOUND, ERR_MALFORMED (nothing is drawn). */
enum tbc_err tbc_canvas_icon(struct tbc_canvas *canvas, const char *name,
                             struct tbc_rect r, uint32_t colour) TBC_MUST_CHECK;

/* Cover the ellipse that fills r with the middle of a camera picture, mirrored as in a mirror. */
enum tbc_err tbc_canvas_picture(struct tbc_canvas *canvas, struct tbc_rect r,
                                const struct tbc_rgb *rgb) TBC_MUST_CHECK;

/* A QR symbol: side * side bytes, 1 dark; black on white with 4 modules of quiet zone, whole
 * pixels for each module.  Returns the width drawn in mm, at most `most`; 0 when not even one
 * pixel for each module fits. */
double tbc_canvas_modules(struct tbc_canvas *canvas, struct tbc_rect r,
                          const uint8_t *dark, int side);
/* Width of that symbol when it may be `most` mm wide. */
double tbc_canvas_modules_mm(const struct tbc_canvas *canvas, double most, int side);

/* The box of a text wrapped at width mm (0: one line). */
struct tbc_size
tbc_canvas_measure(struct tbc_canvas *canvas, const struct tbc_type *type,
                   const char *text, double width);
/* Draw it from the upper edge of r, wrapped at r.w (0: one line). */
void tbc_canvas_text(struct tbc_canvas *canvas, const struct tbc_type *type,
                     const char *text, struct tbc_rect r, uint32_t colour);

#endif
