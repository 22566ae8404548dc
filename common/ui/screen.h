/* One screen as a list of things placed in millimetres: drawing, touching, speaking and checking
 * all read the same list, so that what is seen is what is touched.
 *
 * A screen is built afresh for each picture.  The functions that add return nothing: the first
 * error is remembered and tbc_screen_draw returns it. */
#ifndef TBC_UI_SCREEN_H
#define TBC_UI_SCREEN_H

#include "ui/canvas.h"

struct tbc_screen;

enum tbc_err
tbc_screen_new(struct tbc_screen **screen, struct tbc_canvas *canvas) TBC_MUST_CHECK;
void tbc_screen_free(struct tbc_screen **screen);

/* Empty the list and wipe its texts; ground: colour behind everything. */
void tbc_screen_begin(struct tbc_screen *screen, uint32_t ground);

void tbc_screen_box(struct tbc_screen *screen, struct tbc_rect at,
                    const struct tbc_box *box);
void tbc_screen_line(struct tbc_screen *screen, const struct tbc_point *points,
                     size_t n, const struct tbc_pen *pen);
void tbc_screen_arc(struct tbc_screen *screen, struct tbc_rect at, double from,
                    double turn, const struct tbc_pen *pen);
void tbc_screen_icon(struct tbc_screen *screen, const char *name, struct tbc_rect at,
                     uint32_t colour);
/* rgb->px is borrowed until the screen is drawn. */
void tbc_screen_picture(struct tbc_screen *screen, struct tbc_rect at,
                        const struct tbc_rgb *rgb);
/* dark is borrowed until the screen is drawn. */
void tbc_screen_modules(struct tbc_screen *screen, struct tbc_rect at,
                        const uint8_t *dark, int side);

/* Text from the upper edge of `room`, wrapped at its width; room is all it may take (a width of
 * 0: one line as long as it is, a height of 0: as many lines as there are).
 * Returns what it takes. */
struct tbc_size
tbc_screen_text(struct tbc_screen *screen, struct tbc_rect room,
                const struct tbc_type *type, uint32_t colour, const char *text);
void
tbc_screen_silent(struct tbc_screen *screen); /* the text added last is not spoken */
struct tbc_size
tbc_screen_measure(struct tbc_screen *screen, const struct tbc_type *type,
                   const char *text, double width);
double tbc_screen_modules_mm(const struct tbc_screen *screen, double most, int side);

/* Whoever touches inside `at` means this event; event is above 0. */
void
tbc_screen_touch(struct tbc_screen *screen, struct tbc_rect at, int event, int arg);

/* Things added between these two slide in: drawn dx mm aside under a veil of the ground. */
void tbc_screen_slide_from(struct tbc_screen *screen, double dx, double veil);
void tbc_screen_slide_to(struct tbc_screen *screen, struct tbc_rect over);

enum tbc_err tbc_screen_draw(struct tbc_screen *screen) TBC_MUST_CHECK;

/* 0 when nothing is there; x, y in pixels of the canvas. */
int tbc_screen_hit(const struct tbc_screen *screen, double x_px, double y_px, int *arg);

/* The texts in reading order, a line each. */
void tbc_screen_speak(const struct tbc_screen *screen, struct tbc_buf *out);

struct tbc_screen_floors {
    double target; /* smallest side of a touch target, mm */
    double gap;    /* between two of them */
    double cap;    /* capital height of the smallest text */
    double top;    /* no target above this y (reach); 0: anywhere */
};

/* Append one line for each fault: text that is cut, spills or overlaps, targets that are small,
 * near, overlap or lie off the panel, icons that do not exist.  Returns their number. */
size_t tbc_screen_audit(struct tbc_screen *screen,
                        const struct tbc_screen_floors *floors, struct tbc_buf *faults);

#endif
