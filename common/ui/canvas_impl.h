/* What the canvas's own files share; nobody else includes this. */
#ifndef TBC_UI_CANVAS_IMPL_H
#define TBC_UI_CANVAS_IMPL_H

#include "ui/canvas.h"

#include <pango/pangocairo.h>

enum {
    TEXT_SLOTS = 256,
    ICON_SLOTS = 128,
    ICON_NAME_MAX = 31
};

/* A shaped text.  Its place in the table follows from its hash; a newcomer drives it out. */
struct text_slot {
    char *text; /* owned; NULL: empty */
    struct tbc_type type;
    double width;
    PangoLayout *layout;
    struct tbc_size size; /* mm */
};

struct icon_slot {
    char name[ICON_NAME_MAX + 1];
    int px;
    cairo_surface_t *mask;
};

struct tbc_canvas {
    cairo_surface_t *surface;
    cairo_t *cr;
    double k; /* pixels for each mm */
    int width;
    int height;
    char *icons;
    PangoFontMap *fonts;
    PangoContext *pango;
    PangoFontDescription *font[2]; /* regular, bold */
    char features[TBC_FAMILY_MAX + 1];
    struct text_slot text[TEXT_SLOTS];
    struct icon_slot icon[ICON_SLOTS];
    size_t icon_n;
    cairo_surface_t *camera; /* the last camera picture, wiped by forget */
};

void canvas_colour(struct tbc_canvas *c, uint32_t colour, double opacity);

enum tbc_err canvas_text_init(struct tbc_canvas *c, const struct tbc_theme *theme);
void canvas_text_fini(struct tbc_canvas *c);
void canvas_text_forget(struct tbc_canvas *c);

void canvas_icon_fini(struct tbc_canvas *c);
void canvas_camera_forget(struct tbc_canvas *c);

#endif
