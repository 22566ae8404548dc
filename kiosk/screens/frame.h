/* What every screen stands in: the zones that never move, the sizes that the text button
 * changes, the buttons at the bottom.  Private to kiosk/screens. */
#ifndef KIOSK_SCREENS_FRAME_H
#define KIOSK_SCREENS_FRAME_H

#include "kiosk_screens.h"
#include "ui/screen.h"
#include "ui/widget.h"
#include "ui/words.h"

/* Capital heights in mm at the size that the passenger chose, on this panel. */
struct sizes {
    double text;
    double button;
    double lead;
    double item;
    double primary;
    double title;
    double tool;
    double step;
    double key;
    double number;
};

/* Lengths of the frame's parts, in mm. */
struct gauge {
    double primary_h;
    double second_h;
    double pad;     /* of buttons */
    double gap;     /* between an icon and its words */
    double icon;    /* in a button */
    double large;   /* in the primary button */
    double disc;    /* picture discs of rows */
    double between; /* rows of choices */
};

struct frame {
    const struct kiosk_view *v;
    const struct tbc_theme *theme;
    const struct tbc_panel *panel;
    const struct tbc_words *words;
    const struct kiosk_stage_options *options;
    struct tbc_screen *s;
    struct tbc_buf *scratch;
    struct tbc_look look; /* of the screen's ground */
    struct tbc_look band; /* of the sign band */
    bool wide;            /* landscape: two columns, tools at the trailing edge */
    bool pages_fixed;     /* content said how many pages it has */
    int pages;
    struct sizes cap;
    struct gauge is;
    double down; /* how far the low layout has moved title and content */
    double left; /* the columns' outer edges */
    double right;
    double top;        /* where content may begin: below title and lead */
    double bottom;     /* where it must end: above the actions */
    const uint8_t *qr; /* CERTIFICATE: modules of view->qr_text */
    int qr_side;
};

/* What the frame shows round a screen's content. */
struct frame_plan {
    int step;          /* 1..4 on the line, 5 all done, 0 no line, -1 the desk's line */
    bool dark;         /* on the band colour: the device acts or waits */
    const char *title; /* NULL: the screen draws its own */
    const char *lead;
    double title_room; /* what the screen keeps free behind the title */
};

/* The bottom rows: a primary button and a row of quiet ones.  Empty labels leave out. */
struct frame_action {
    const char *label; /* NULL: none */
    const char *icon;
    const char *end;
    enum kiosk_event event;
    double share; /* of the row's width; 0: equal shares */
    bool off;     /* not ready */
};

void kiosk_frame_begin(struct frame *f, const struct frame_plan *plan);

/* Draws the bottom rows and sets f->bottom.  second_h 0: the usual height. */
void kiosk_frame_actions(struct frame *f, const struct frame_action *primary,
                         const struct frame_action *second, size_t second_n,
                         double second_h);
/* The usual row: back (unless back is false) and the staffed desk. */
void kiosk_frame_back_and_desk(struct frame *f, const struct frame_action *primary,
                               bool back);
void kiosk_frame_tools(struct frame *f);
/* Make the label fit its button: less padding, smaller letters, two lines. */
void kiosk_fit_label(struct frame *f, struct tbc_button *b);

const char *kiosk_say(const struct frame *f, const char *key);
/* The sentence of key with {name} filled; valid until the next call. */
const char *
kiosk_say_with(const struct frame *f, const char *key, const char *name, int value);
const char *kiosk_say_fill(const struct frame *f, const char *key,
                           const struct tbc_fill *fills, size_t n);
/* "09:41" in the railway's time. */
const char *kiosk_clock_of(struct frame *f, struct tbc_utc t);

/* Text at the upper left of room. */
struct tbc_size
kiosk_put(struct frame *f, struct tbc_rect room, const struct tbc_type *type,
          uint32_t colour, const char *text);
void kiosk_put_icon(struct frame *f, const char *name, double x, double y, double side,
                    uint32_t colour);
bool kiosk_is_pressed(const struct frame *f, enum kiosk_event event, int arg);
/* A button with the passenger's finger and the screen's rest taken into account. */
void kiosk_put_button(struct frame *f, struct tbc_button button);
/* A line of text in the usual colours: a message that keeps its place. */
void
kiosk_put_note(struct frame *f, struct tbc_rect at, const char *icon, const char *text);

/* The least width that breaks a text into no more lines than w does, so that no word is left
 * alone on the last one. */
double kiosk_balanced_width(struct frame *f, const struct tbc_type *type,
                            const char *text, double w);

/* Smaller letters until the text stands in one line of w, or they are as small as may be. */
struct tbc_type
kiosk_narrowed(struct frame *f, struct tbc_type type, const char *text, double w);
/* A small whole number as text, on the caller's storage. */
const char *kiosk_digits(int value, char out[static 12]);
/* 0..1, quick first: how much of a movement of `whole` ms has been made. */
double kiosk_eased(const struct frame *f, double whole);
/* The sign band of a plan, before anything else is drawn. */
void kiosk_put_band(struct frame *f, const struct frame_plan *plan);

/* Rows with an icon each, on a card or as buttons, in f->top..f->bottom.  When they do not fit
 * the picture discs give way, then the gaps, then rows go to further pages. */
struct row {
    const char *icon;
    const char *text;
    enum kiosk_event event; /* of a choice */
    int arg;
    bool chosen;
};

struct row_style {
    bool choices;  /* buttons, not lines of a card */
    bool numbered; /* a figure in front, the icon at the end */
    bool square;   /* square discs */
    int columns;   /* choices side by side; 0: 1 */
    double cap;    /* of the text; 0: f->cap.item */
    double most_h; /* of a choice; 0: as in the drawing */
};

/* Returns the lower edge of what was drawn. */
double kiosk_put_rows(struct frame *f, const struct row *rows, size_t n,
                      const struct row_style *style);

/* The ticket of certificate and desk: a card with two bites and a dashed line at `cut`. */
void kiosk_put_ticket(struct frame *f, struct tbc_rect at, double cut);
/* Figures in a ring that runs empty. */
void kiosk_put_countdown(struct frame *f, struct tbc_rect at, double cap);

/* One for each screen. */
void kiosk_draw_attract(struct frame *f);
void kiosk_draw_language(struct frame *f);
void kiosk_draw_consent(struct frame *f);
void kiosk_draw_notice(struct frame *f);
void kiosk_draw_document(struct frame *f);
void kiosk_draw_number(struct frame *f);
void kiosk_draw_face(struct frame *f);
void kiosk_draw_checking(struct frame *f);
void kiosk_draw_confirm(struct frame *f);
void kiosk_draw_certificate(struct frame *f);
void kiosk_draw_desk(struct frame *f);
void kiosk_draw_time_out(struct frame *f);
void kiosk_draw_offline(struct frame *f);
void kiosk_draw_closed(struct frame *f);

/* A box without outline or shadow. */
static inline struct tbc_box
plain_box(uint32_t fill, double radius)
{
    return (struct tbc_box){ .fill = fill,
                             .outline = TBC_NO_COLOUR,
                             .shadow = TBC_NO_COLOUR,
                             .radius = radius };
}

static inline struct tbc_rect
round_at(double x, double y, double r)
{
    return (struct tbc_rect){ x - r, y - r, 2 * r, 2 * r };
}

#endif
