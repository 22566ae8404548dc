/* What the parts of the display share: the sheet on which one picture is laid out. */
#ifndef GATE_DISPLAY_IMPL_H
#define GATE_DISPLAY_IMPL_H

#include "display.h"
#include "ui/words.h"

#define GATE_CAP 0.727 /* capital height over font size */

struct gate_display {
    struct tbc_theme theme;
    struct tbc_panel panel;
    struct tbc_words *words;
    struct tbc_canvas *canvas;
    struct tbc_screen *screen;
};

/* What is being drawn, gathered once. */
struct gate_sheet {
    struct gate_display *d;
    const struct gate_view *v;
    const struct tbc_outcome_words *says;
    const struct tbc_state_look *state;
    enum tbc_language first; /* the large words */
    enum tbc_language second;
    bool portrait;
    double k;      /* this panel's size against the drawing, which is 10.1" landscape */
    double margin; /* of the strip */
    double floor;  /* the smallest capitals, mm: GATE_DISPLAY_CAP of the height */
    char clock[8];
    struct tbc_buf text[TBC_LANGUAGE_N]; /* the sentence, filled */
};

/* display_text.c */
/* A length of the drawing as capitals on this panel, never below the floor. */
double gate_sheet_cap(const struct gate_sheet *s, double cap);
/* One line, shrunk to the room's width where it must be. */
struct tbc_size
gate_sheet_line(struct gate_sheet *s, struct tbc_rect room, struct tbc_type type,
                uint32_t colour, const char *text);
/* Two texts, the first bold, in the middle of the room's height; wrapped and, where that is not
 * enough, smaller, the first never smaller than the second.  Returns the width. */
double gate_sheet_pair(struct gate_sheet *s, struct tbc_rect room,
                       const char *const text[static 2], const double cap[static 2]);
void gate_sheet_icon(struct gate_sheet *s, const char *name, struct tbc_rect at,
                     uint32_t colour);
/* The sentence of key in the first or the second language. */
const char *gate_sheet_word(const struct gate_sheet *s, bool first, const char *key);
/* sentence with {name} filled in, kept in b. */
const char *gate_sheet_fill(struct tbc_buf *b, const char *sentence, const char *name,
                            const char *value);
void gate_sheet_time(struct gate_sheet *s, struct tbc_utc t); /* to s->clock */

/* display_strip.c: where to go next. */
void gate_sheet_strip(struct gate_sheet *s);

/* display_face.c: sign and words. */
void gate_sheet_idle(struct gate_sheet *s);
void gate_sheet_outcome(struct gate_sheet *s);
void gate_sheet_mode(struct gate_sheet *s);

#endif
