/* Sign and words, the idle screen, and the mode. */
#include "display_impl.h"

#include <math.h>
#include <stdio.h>

#define BLINK_MS 500 /* half of 1 Hz */
#define BIG_LINE 1.2
#define LINE     1.25

#define CHIP_CAP 4.8
#define CHIP_TOP 5
#define CHIP_H   2.3 /* of its capitals */

/* The chip that says offline, on the screens that do not say it themselves. */
static bool
tells_mode(const struct gate_sheet *s)
{
    return s->v->offline &&
           !(s->v->face == GATE_FACE_VERDICT && s->v->verdict == TBC_ACCEPTED_OFFLINE);
}

static double
chip_bottom(const struct gate_sheet *s)
{
    return CHIP_TOP * s->k + gate_sheet_cap(s, CHIP_CAP) * CHIP_H;
}

static bool
tells_time(const struct gate_sheet *s)
{
    return s->v->face == GATE_FACE_VERDICT && s->v->verdict == TBC_ALREADY_ENTERED &&
           s->v->time.s != 0;
}

/* When it was used, with a clock before it. */
static void
put_time(struct gate_sheet *s, double y)
{
    const struct tbc_rect *words = &s->d->panel.zone.words;
    double side = 13 * s->k;
    double cap = gate_sheet_cap(s, 8);

    gate_sheet_time(s, s->v->time);
    gate_sheet_icon(s, "clock", (struct tbc_rect){ words->x, y, side, side },
                    s->state->on);
    (void)gate_sheet_line(s,
                          (struct tbc_rect){ words->x + side + 4 * s->k,
                                             y + (side - cap / GATE_CAP * 1.4) / 2,
                                             words->w - side - 4 * s->k, 0 },
                          (struct tbc_type){ .cap = cap, .bold = true }, s->state->on,
                          s->clock);
}

/* Why, where that is short, in two languages where there is room; only measured where colour is
 * none. */
static double
put_reason(struct gate_sheet *s, double y, uint32_t colour)
{
    const struct tbc_rect *words = &s->d->panel.zone.words;
    double from = y;

    for (int i = 0; i < (s->portrait ? 1 : 2); i++) {
        const char *text = gate_sheet_word(s, i == 0, "gate.clock");
        struct tbc_type type = { .cap = gate_sheet_cap(s, i == 0 ? 6.4 : 5.2) };
        struct tbc_rect room = { words->x, y, words->w, 0 };

        y += colour == TBC_NO_COLOUR
                 ? tbc_screen_measure(s->d->screen, &type, text, words->w).h
                 : tbc_screen_text(s->d->screen, room, &type, colour, text).h;
    }
    return y - from;
}

/* Under the two words. */
static double
extra_height(struct gate_sheet *s)
{
    if (s->v->face == GATE_FACE_CLOCK_WRONG) {
        return 3 * s->k + put_reason(s, 0, TBC_NO_COLOUR);
    }
    return tells_time(s) ? 16 * s->k : 0;
}

/* One line of a word: its capitals at most cap, in a room of this width. */
static double
fitting_cap(const struct gate_sheet *s, const char *text, double cap, double width)
{
    struct tbc_type type = { .cap = cap, .line = LINE, .bold = true };

    while (tbc_screen_measure(s->d->screen, &type, text, 0).w > width &&
           type.cap > s->floor) {
        type.cap -= 0.1;
    }
    return type.cap;
}

/* The word of the holder's language above, the other one below. */
static void
put_words(struct gate_sheet *s, struct tbc_rect room)
{
    const struct tbc_measures *is = &s->d->theme.is;
    const char *a = s->says->word[s->first];
    const char *b = s->says->word[s->second];
    double latin = s->first == TBC_ZH ? 1 : 0.76;
    double big = fitting_cap(s, a, is->type_gate_word * s->k * latin, room.w);
    double small = fitting_cap(s, b, is->type_gate_second * s->k, room.w);
    double extra = extra_height(s);
    double h = (big * BIG_LINE + small * LINE) / GATE_CAP;
    double top = tells_mode(s) ? fmax(chip_bottom(s) - room.y, 0) : 0;

    if (h + extra > room.h - top) {
        double by = (room.h - top - extra) / h;

        big *= by;
        small = small * by > s->floor ? small * by : s->floor;
        h = (big * BIG_LINE + small * LINE) / GATE_CAP;
    }
    room.y += fmax((room.h - h - extra) / 2, top);
    room.y +=
        gate_sheet_line(s, room,
                        (struct tbc_type){ .cap = big, .line = BIG_LINE, .bold = true },
                        s->state->on, a)
            .h;
    room.y +=
        gate_sheet_line(s, room,
                        (struct tbc_type){ .cap = small, .line = LINE, .bold = true },
                        s->state->on, b)
            .h;
    if (s->v->face == GATE_FACE_CLOCK_WRONG) {
        (void)put_reason(s, room.y + 3 * s->k, s->state->on);
    } else if (tells_time(s)) {
        put_time(s, room.y + 3 * s->k);
    }
}

static const char *
outcome_sign(enum tbc_outcome outcome)
{
    switch (outcome) {
    case TBC_OUTCOME_REFUSED:
        return "sign-refused";
    case TBC_OUTCOME_REFER:
        return "sign-refer";
    case TBC_OUTCOME_WAIT:
        return "clock";
    case TBC_OUTCOME_ACCEPTED:
        return "sign-accepted";
    case TBC_OUTCOME_ACCEPTED_OFFLINE:
        return "sign-accepted-offline";
    }
    return "sign-refused";
}

/* The sign of an outcome, or of the reason where that has a better one; NULL: three stops. */
static const char *
sign_of(const struct gate_view *v)
{
    switch (v->face) {
    case GATE_FACE_CLOCK_WRONG:
        return "clock-wrong";
    case GATE_FACE_LOOK:
        return "look-straight";
    case GATE_FACE_OUT_OF_ORDER:
        return "wrench";
    case GATE_FACE_FIRE_ALARM:
        return "sign-fire";
    case GATE_FACE_VERDICT:
        return outcome_sign(tbc_verdict_outcome(v->verdict));
    case GATE_FACE_BUSY:
    case GATE_FACE_IDLE:
        break;
    }
    return NULL;
}

/* Busy: three stops on a line, one filled in turn. */
static void
put_dots(struct gate_sheet *s)
{
    struct tbc_rect at = s->d->panel.zone.sign;
    double y = at.y + at.h / 2;
    double step = at.w / 3;
    double turn = s->d->theme.is.motion_wait_dot;
    int lit = turn > 0 ? (int)(((double)s->v->motion_ms / turn)) % 3 : 0;
    struct tbc_point line[2] = { { at.x, y }, { at.x + at.w, y } };
    double k = at.w / 76; /* of the sign on the drawing */

    tbc_screen_line(s->d->screen, line, 2,
                    &(struct tbc_pen){ .colour = s->state->on, .width = 4 * k });
    for (int i = 0; i < 3; i++) {
        double r = (i == lit ? 11 : 8) * k;
        double x = at.x + step * (i + 0.5);
        struct tbc_box dot = { .fill = i == lit ? s->state->on : s->state->fill,
                               .outline = s->state->on,
                               .shadow = TBC_NO_COLOUR,
                               .stroke = 4 * k,
                               .radius = 99 };

        tbc_screen_box(s->d->screen, (struct tbc_rect){ x - r, y - r, 2 * r, 2 * r },
                       &dot);
    }
}

static void
put_frame(struct gate_sheet *s)
{
    struct tbc_box box = { .fill = TBC_NO_COLOUR,
                           .outline = s->state->on,
                           .shadow = TBC_NO_COLOUR,
                           .stroke = 3 * s->k };

    if (s->v->motion_ms / BLINK_MS % 2 == 0) {
        tbc_screen_box(
            s->d->screen,
            (struct tbc_rect){ 0, 0, s->d->panel.width_mm, s->d->panel.height_mm },
            &box);
    }
}

void
gate_sheet_outcome(struct gate_sheet *s)
{
    const struct tbc_zones *z = &s->d->panel.zone;
    const char *sign = sign_of(s->v);

    if (sign != NULL) {
        gate_sheet_icon(s, sign, z->sign, s->state->on);
    } else {
        put_dots(s);
    }
    put_words(s, z->words);
    gate_sheet_strip(s);
    if (s->v->face == GATE_FACE_FIRE_ALARM) {
        put_frame(s);
    }
}

/* ---- idle */

/* Where things stand on the idle screen, mm. */
struct idle_plan {
    double centre; /* of code and arrow */
    double code_y;
    double code; /* its side */
    double shaft_y;
    double line_y;
    struct tbc_rect words;
    struct tbc_rect says; /* the sentences */
    double foot_x;        /* clock, station, mode, counter */
    double foot_y;
    double foot_w;
};

static struct idle_plan
plan_idle(const struct gate_sheet *s)
{
    const struct tbc_panel *p = &s->d->panel;
    struct tbc_rect words = p->zone.words;
    double k = s->k;

    if (s->portrait) {
        double m = s->margin;
        double line = p->zone.strip.y + 4;

        return (struct idle_plan){ .centre = p->width_mm / 2,
                                   .code_y = line - 62 * k,
                                   .code = 36 * k,
                                   .shaft_y = line - 22 * k,
                                   .line_y = line,
                                   .words = { m, 40, p->width_mm - 2 * m,
                                              line - 66 * k - 40 },
                                   .says = { m, line + 6 * k, p->width_mm - 2 * m, 0 },
                                   .foot_x = m,
                                   .foot_y = p->height_mm - 28 * k,
                                   .foot_w = p->width_mm - 2 * m };
    }
    return (struct idle_plan){ .centre = 60 * k,
                               .code_y = 16 * k,
                               .code = 46 * k,
                               .shaft_y = 70 * k,
                               .line_y = 106 * k,
                               .words = { words.x, 6 * k, words.w, 88 * k },
                               .says = { words.x, 113 * k, words.w, 0 },
                               .foot_x = 8 * k,
                               .foot_y = 113 * k,
                               .foot_w = words.x - 12 * k };
}

/* A slot in the line that runs past, and an arrow into it. */
static void
put_slot(struct gate_sheet *s, const struct idle_plan *at)
{
    double k = s->k;
    double x = at->centre;
    double y = at->shaft_y;
    uint32_t go = s->d->theme.palette[TBC_THEME_LIGHT].band_go;
    struct tbc_point whole[2] = { { -4 * k, at->line_y },
                                  { s->d->panel.width_mm + 4 * k, at->line_y } };
    struct tbc_point slot[2] = { { x - 32 * k, at->line_y },
                                 { x + 32 * k, at->line_y } };
    struct tbc_point shaft[2] = { { x, y }, { x, y + 18 * k } };
    struct tbc_point head[3] = { { x - 8 * k, y + 11 * k },
                                 { x, y + 19 * k },
                                 { x + 8 * k, y + 11 * k } };
    struct tbc_pen thin = { .colour = go, .width = 4 * k, .round = true };
    struct tbc_pen thick = { .colour = go, .width = 6 * k, .round = true };

    tbc_screen_line(s->d->screen, whole, 2, &thin);
    tbc_screen_line(s->d->screen, slot, 2, &thick);
    tbc_screen_line(s->d->screen, shaft, 2, &thin);
    tbc_screen_line(s->d->screen, head, 3, &thin);
    gate_sheet_icon(
        s, "qr", (struct tbc_rect){ x - at->code / 2, at->code_y, at->code, at->code },
        s->state->on);
}

/* For who looks after the gate: clock, station, mode, and how many walked through. */
static void
put_foot(struct gate_sheet *s, const struct idle_plan *at)
{
    uint32_t soft = s->d->theme.palette[TBC_THEME_LIGHT].on_band_soft;
    struct tbc_type bold = { .cap = gate_sheet_cap(s, 5.4), .line = 1.3, .bold = true };
    struct tbc_type plain = { .cap = gate_sheet_cap(s, 4.8), .line = 1.3 };
    double half = at->foot_w * 0.42;
    double second_y = at->foot_y + bold.cap / GATE_CAP * 1.3 + 0.5 * s->k;
    struct tbc_rect left = { at->foot_x, at->foot_y, half, 0 };
    struct tbc_rect right = { at->foot_x + half + 2 * s->k, at->foot_y,
                              at->foot_w - half - 2 * s->k, 0 };
    char n[16];

    gate_sheet_time(s, s->v->now);
    (void)gate_sheet_line(s, left, bold, s->state->on, s->clock);
    if (s->v->passed_n > 0) {
        (void)snprintf(n, sizeof n, "%u", s->v->passed_n);
        (void)gate_sheet_line(s, right, plain, soft,
                              gate_sheet_fill(&s->text[0],
                                              gate_sheet_word(s, true, "gate.passed"),
                                              "n", n));
    }
    left.y = right.y = second_y;
    if (s->v->station_zh != NULL) {
        bool zh = s->first == TBC_ZH || s->v->station_en == NULL;

        (void)gate_sheet_line(s, left, plain, soft,
                              zh ? s->v->station_zh : s->v->station_en);
    }
    if (!s->v->offline) {
        (void)gate_sheet_line(s, right, plain, soft,
                              gate_sheet_word(s, true, "gate.online"));
    }
}

void
gate_sheet_idle(struct gate_sheet *s)
{
    uint32_t soft = s->d->theme.palette[TBC_THEME_LIGHT].on_band_soft;
    struct idle_plan at = plan_idle(s);
    struct tbc_type type = { .cap = gate_sheet_cap(s, 5), .line = 1.35 };

    put_slot(s, &at);
    put_words(s, at.words);
    for (int i = 0; i < 2; i++) {
        const char *text = s->says->next[i == 0 ? s->first : s->second];

        at.says.y += s->portrait
                         ? tbc_screen_text(s->d->screen, at.says, &type, soft, text).h
                         : gate_sheet_line(s, at.says, type, soft, text).h;
    }
    put_foot(s, &at);
}

/* The mode is always visible: a chip on the screens that do not say it themselves. */
void
gate_sheet_mode(struct gate_sheet *s)
{
    const struct tbc_palette *c = &s->d->theme.palette[TBC_THEME_LIGHT];
    struct tbc_type type = { .cap = gate_sheet_cap(s, CHIP_CAP),
                             .line = 1.2,
                             .bold = true };
    const char *text = gate_sheet_word(s, true, "offline.bar");
    struct tbc_size is = tbc_screen_measure(s->d->screen, &type, text, 0);
    double icon = type.cap * 1.45;
    double gap = type.cap * 0.8;
    double w = is.w + icon + 2.8 * gap;
    double h = type.cap * CHIP_H;
    struct tbc_rect at = { s->d->panel.width_mm - w - 6 * s->k, CHIP_TOP * s->k, w, h };
    struct tbc_box box = { .fill = c->note_soft,
                           .outline = TBC_NO_COLOUR,
                           .shadow = TBC_NO_COLOUR,
                           .radius = s->d->theme.is.radius_chip };

    if (!s->v->offline ||
        (s->v->face == GATE_FACE_VERDICT && s->v->verdict == TBC_ACCEPTED_OFFLINE)) {
        return;
    }
    tbc_screen_box(s->d->screen, at, &box);
    gate_sheet_icon(s, "offline",
                    (struct tbc_rect){ at.x + gap, at.y + (h - icon) / 2, icon, icon },
                    c->on_note_soft);
    (void)gate_sheet_line(s,
                          (struct tbc_rect){ at.x + icon + 1.5 * gap,
                                             at.y + (h - is.h) / 2, is.w + 0.5, 0 },
                          type, c->on_note_soft, text);
}
