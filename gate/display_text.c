#include "display_impl.h"

#define LINE     1.3
#define SHRINK   3    /* percent of a text at a time */
#define ONE_LINE 74   /* rather than smaller it is wrapped */
#define BELOW    50   /* the floor is left only then */
#define SMALL    4    /* mm; nothing gets smaller, the audit finds what would have to */
#define PADDING  2    /* above and below a pair, of the drawing */
#define UPRIGHT  0.82 /* of the drawing's pairs: an upright strip is high and narrow */

double
gate_sheet_cap(const struct gate_sheet *s, double cap)
{
    return cap * s->k > s->floor ? cap * s->k : s->floor;
}

struct tbc_size
gate_sheet_line(struct gate_sheet *s, struct tbc_rect room, struct tbc_type type,
                uint32_t colour, const char *text)
{
    struct tbc_screen *screen = s->d->screen;

    while (room.w > 0 && tbc_screen_measure(screen, &type, text, 0).w > room.w &&
           type.cap > SMALL) {
        type.cap -= 0.1;
    }
    return tbc_screen_text(screen, (struct tbc_rect){ room.x, room.y, room.w, 0 },
                           &type, colour, text);
}

/* Both types made smaller by this part, each down to the floor; returns their height. */
static double
set_caps(const struct gate_sheet *s, struct tbc_type type[static 2],
         const double cap[static 2], double part, double floor)
{
    for (int i = 0; i < 2; i++) {
        type[i].cap = cap[i] * part > floor ? cap[i] * part : floor;
    }
    return (type[0].cap + type[1].cap) / GATE_CAP * LINE + 2 * PADDING * s->k;
}

/* One line each, when that takes no more than a quarter off. */
static bool
fit_lines(const struct gate_sheet *s, struct tbc_rect room,
          const char *const text[static 2], struct tbc_type type[static 2],
          const double cap[static 2])
{
    for (int percent = 100; percent > ONE_LINE; percent -= SHRINK) {
        double h = set_caps(s, type, cap, percent / 100.0, s->floor);

        if (h <= room.h &&
            tbc_screen_measure(s->d->screen, &type[0], text[0], 0).w <= room.w &&
            tbc_screen_measure(s->d->screen, &type[1], text[1], 0).w <= room.w) {
            return true;
        }
    }
    return false;
}

/* Wrapped; what does not fit at the floor goes below it, for a room cuts nothing off. */
static void
fit_wrapped(const struct gate_sheet *s, struct tbc_rect room,
            const char *const text[static 2], struct tbc_type type[static 2],
            const double cap[static 2])
{
    for (int percent = 100; percent > 20; percent -= SHRINK) {
        struct tbc_size a;
        struct tbc_size b;

        (void)set_caps(s, type, cap, percent / 100.0,
                       percent < BELOW ? SMALL : s->floor);
        a = tbc_screen_measure(s->d->screen, &type[0], text[0], room.w);
        b = tbc_screen_measure(s->d->screen, &type[1], text[1], room.w);
        if (a.h + b.h + 2 * PADDING * s->k <= room.h && a.w <= room.w &&
            b.w <= room.w) {
            return;
        }
    }
}

double
gate_sheet_pair(struct gate_sheet *s, struct tbc_rect room,
                const char *const text[static 2], const double cap[static 2])
{
    double by = s->portrait ? UPRIGHT : 1;
    struct tbc_type type[2] = {
        { .cap = gate_sheet_cap(s, cap[0] * by), .line = LINE, .bold = true },
        { .cap = gate_sheet_cap(s, cap[1] * by), .line = LINE },
    };
    const double most[2] = { type[0].cap, type[1].cap };
    double h = 0;
    double w = 0;
    double y;

    if (!fit_lines(s, room, text, type, most)) {
        fit_wrapped(s, room, text, type, most);
    }
    for (int i = 0; i < 2; i++) {
        h += tbc_screen_measure(s->d->screen, &type[i], text[i], room.w).h;
    }
    y = room.y + (room.h - h) / 2;

    for (int i = 0; i < 2; i++) {
        struct tbc_size is =
            tbc_screen_text(s->d->screen, (struct tbc_rect){ room.x, y, room.w, 0 },
                            &type[i], s->state->fill, text[i]);

        y += is.h;
        w = is.w > w ? is.w : w;
    }
    return w;
}

void
gate_sheet_icon(struct gate_sheet *s, const char *name, struct tbc_rect at,
                uint32_t colour)
{
    tbc_screen_icon(s->d->screen, name, at, colour);
}

const char *
gate_sheet_word(const struct gate_sheet *s, bool first, const char *key)
{
    return tbc_words_say(s->d->words, first ? s->first : s->second, key);
}

const char *
gate_sheet_fill(struct tbc_buf *b, const char *sentence, const char *name,
                const char *value)
{
    const char *text;

    tbc_buf_clear(b);
    tbc_words_fill(sentence, &(struct tbc_fill){ name, value }, 1, b);
    text = tbc_buf_str(b);
    return text != NULL ? text : "";
}

void
gate_sheet_time(struct gate_sheet *s, struct tbc_utc t)
{
    struct tbc_civil c = tbc_utc_civil(t, TBC_CIVIL_OFFSET_S);
    struct tbc_buf b;

    tbc_buf_init_fixed(&b, s->clock, sizeof s->clock);
    (void)tbc_buf_printf(&b, "%02d:%02d", c.hour, c.minute);
    (void)tbc_buf_str(&b);
}
