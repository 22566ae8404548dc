/* The few shapes that every screen is made of, built from the things of ui/screen.h. */
#ifndef TBC_UI_WIDGET_H
#define TBC_UI_WIDGET_H

#include "ui/screen.h"

/* The colours and strokes on one ground: a theme, seen on its light or on its dark screens. */
struct tbc_look {
    struct tbc_palette c;
    const struct tbc_theme *theme; /* borrowed */
    double outline;
    bool contrast;
    bool dark; /* the screen stands on the band colour */
};

struct tbc_look
tbc_look_of(const struct tbc_theme *theme, enum tbc_theme_name name, bool dark);

enum tbc_button_kind {
    TBC_BUTTON_PRIMARY, /* the one next step, filled */
    TBC_BUTTON_QUIET,   /* outlined */
    TBC_BUTTON_CHOSEN,  /* outlined and tinted: this one it is */
    TBC_BUTTON_KEY,
    TBC_BUTTON_KEY_ALT, /* a key that is not a digit or a letter */
    TBC_BUTTON_TOOL,
    TBC_BUTTON_TOOL_ON,
    TBC_BUTTON_OFF, /* not ready: keeps its place and words; a touch is answered by why */
    TBC_BUTTON_WARM /* primary on a dark ground: white */
};

struct tbc_button {
    enum tbc_button_kind kind;
    struct tbc_rect at;
    const char *label; /* NULL: only an icon, in the middle */
    const char *icon;  /* before the label; NULL none */
    const char *end;   /* at the far end; NULL none */
    double icon_mm;
    double end_mm;
    double
        disc_mm; /* a tinted disc (square with `disc_radius`) behind the icon; 0 none */
    double disc_radius;
    double pad;
    double gap;
    double radius; /* 0: the theme's for this kind */
    struct tbc_type type;
    bool centre;
    bool pressed;
    int event; /* 0: not to be touched */
    int arg;
};

void tbc_widget_button(struct tbc_screen *screen, const struct tbc_look *look,
                       const struct tbc_button *button);
/* The least height in which its label, wrapped, stands with `air` mm above and below. */
double tbc_widget_button_height(struct tbc_screen *screen,
                                const struct tbc_button *button, double air);
void tbc_widget_card(struct tbc_screen *screen, const struct tbc_look *look,
                     struct tbc_rect at);
/* An icon in a tinted disc. */
void tbc_widget_disc(struct tbc_screen *screen, const struct tbc_look *look,
                     struct tbc_rect at, double radius, const char *icon);
void tbc_widget_rule(struct tbc_screen *screen, const struct tbc_look *look, double x,
                     double y, double w);

#endif
