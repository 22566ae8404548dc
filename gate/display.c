/* One sign, two words, one way on.  The strip is in swapped colours and always says where to go
 * next: platform and train, or the way to a person. */
#include "display.h"

#include "ui/words.h"

#include <stdlib.h>
#include <string.h>

#define BLINK_MS 500 /* half of 1 Hz */

struct gate_display {
    struct tbc_theme theme;
    struct tbc_panel panel;
    struct tbc_words *words;
    struct tbc_canvas *canvas;
    struct tbc_screen *screen;
};

/* What is being drawn, gathered once. */
struct sheet {
    struct gate_display *d;
    const struct gate_view *v;
    const struct tbc_outcome_words *says;
    const struct tbc_state_look *state;
    enum tbc_language first; /* the large words */
    enum tbc_language second;
    double k; /* this panel's size against the drawing */
    char clock[8];
    struct tbc_buf text[TBC_LANGUAGE_N]; /* the sentence, filled */
};

static enum tbc_err
read_assets(struct gate_display *d, const char *assets, struct tbc_buf *path,
            struct tbc_buf *why)
{
    enum tbc_err err;

    (void)tbc_buf_printf(path, "%s/theme.conf", assets);
    if ((err = tbc_buf_status(path)) != TBC_OK ||
        (err = tbc_theme_read(&d->theme, tbc_buf_str(path), why)) != TBC_OK) {
        return err;
    }
    tbc_buf_clear(path);
    (void)tbc_buf_printf(path, "%s/text", assets);
    if ((err = tbc_buf_status(path)) != TBC_OK ||
        (err = tbc_words_open(&d->words, tbc_buf_str(path), why)) != TBC_OK) {
        return err;
    }
    tbc_buf_clear(path);
    (void)tbc_buf_printf(path, "%s/icons", assets);
    return tbc_buf_status(path);
}

static enum tbc_err
choose_panel(struct gate_display *d, const char *name, struct tbc_buf *why)
{
    const struct tbc_panel *p = tbc_theme_panel(&d->theme, name);

    if (p == NULL || p->zone.strip.w <= 0) {
        (void)tbc_buf_printf(why, "panel \"%s\": a gate has gate_10", name);
        return TBC_ERR_NOT_FOUND;
    }
    d->panel = *p;
    return TBC_OK;
}

enum tbc_err
gate_display_new(struct gate_display **display, const char *assets, const char *panel,
                 struct tbc_buf *why)
{
    struct gate_display *d = calloc(1, sizeof *d);
    struct tbc_buf path = { 0 };
    enum tbc_err err = TBC_ERR_NO_MEMORY;

    *display = NULL;
    if (d == NULL) {
        return err;
    }
    if ((err = read_assets(d, assets, &path, why)) != TBC_OK ||
        (err = choose_panel(d, panel, why)) != TBC_OK ||
        (err =
             tbc_canvas_new(&d->canvas, &d->theme, tbc_buf_str(&path),
                            (struct tbc_size){ d->panel.width_px, d->panel.height_px },
                            d->panel.width_px / d->panel.width_mm)) != TBC_OK ||
        (err = tbc_screen_new(&d->screen, d->canvas)) != TBC_OK) {
        goto out;
    }
    *display = d;
    d = NULL;
out:
    gate_display_free(&d);
    tbc_buf_fini(&path);
    return err;
}

void
gate_display_free(struct gate_display **display)
{
    struct gate_display *d = *display;

    if (d != NULL) {
        tbc_screen_free(&d->screen);
        tbc_canvas_free(&d->canvas);
        tbc_words_free(&d->words);
        free(d);
    }
    *display = NULL;
}

struct tbc_canvas *
gate_display_canvas(struct gate_display *display)
{
    return display->canvas;
}

struct tbc_screen *
gate_display_screen(struct gate_display *display)
{
    return display->screen;
}

static const char *
row_of(const struct gate_view *v)
{
    switch (v->face) {
    case GATE_FACE_IDLE:
        return "(gate) idle";
    case GATE_FACE_BUSY:
        return "(gate) busy";
    case GATE_FACE_VERDICT:
        return tbc_verdict_name(v->verdict);
    case GATE_FACE_CLOCK_WRONG:
        return "(gate) CLOCK_WRONG";
    case GATE_FACE_FIRE_ALARM:
        return "(gate) FIRE_ALARM";
    case GATE_FACE_OUT_OF_ORDER:
        return "(gate) OUT_OF_ORDER";
    }
    return "MALFORMED";
}

static struct tbc_size
put(struct sheet *s, struct tbc_rect room, struct tbc_type type, uint32_t colour,
    const char *text)
{
    struct tbc_screen *screen = s->d->screen;

    while (room.w > 0 && tbc_screen_measure(screen, &type, text, 0).w > room.w &&
           type.cap > 4) {
        type.cap -= 0.1; /* one line, always; the floor is found by the audit */
    }
    return tbc_screen_text(screen, (struct tbc_rect){ room.x, room.y, room.w, 0 },
                           &type, colour, text);
}

static void
put_icon(struct sheet *s, const char *name, struct tbc_rect at, uint32_t colour)
{
    tbc_screen_icon(s->d->screen, name, at, colour);
}

/* Two lines, the first bold; in the middle of the strip.  Returns the width. */
static double
put_pair(struct sheet *s, double x, double w, const char *const text[static 2],
         const double cap[static 2])
{
    const struct tbc_rect *strip = &s->d->panel.zone.strip;
    double h = (cap[0] + cap[1]) / 0.727 * 1.3;
    double y = strip->y + (strip->h - h) / 2;
    struct tbc_type big = { .cap = cap[0], .line = 1.3, .bold = true };
    struct tbc_type small = { .cap = cap[1], .line = 1.3 };
    double a = put(s, (struct tbc_rect){ x, y, w, 0 }, big, s->state->fill, text[0]).w;
    double b = put(s, (struct tbc_rect){ x, y + cap[0] / 0.727 * 1.3, w, 0 }, small,
                   s->state->fill, text[1])
                   .w;

    return a > b ? a : b;
}

static double
put_fact(struct sheet *s, double x, double w, const char *a, const char *b)
{
    return put_pair(
        s, x, w, (const char *const[2]){ a, b },
        (const double[2]){ 8.6 * s->k, s->d->theme.is.type_gate_way_second });
}

static struct tbc_rect
in_strip(const struct sheet *s, double x, double side)
{
    const struct tbc_rect *strip = &s->d->panel.zone.strip;

    return (struct tbc_rect){ x, strip->y + (strip->h - side) / 2, side, side };
}

/* The desk's sentence stands alone here, so its first letter is a capital. */
static const char *
as_heading(struct tbc_buf *b, const char *text)
{
    const char *s;

    tbc_buf_clear(b);
    (void)tbc_buf_append_str(b, text);
    if (b->len > 0 && b->ptr[0] >= 'a' && b->ptr[0] <= 'z') {
        b->ptr[0] = (uint8_t)(b->ptr[0] - 'a' + 'A');
    }
    s = tbc_buf_str(b);
    return s != NULL ? s : text;
}

/* "3 号人工通道，左边 20 米" and an arrow that way. */
static void
put_way(struct sheet *s)
{
    const struct tbc_rect *strip = &s->d->panel.zone.strip;
    const char *desk[TBC_LANGUAGE_N] = { s->v->desk_zh, s->v->desk_en };
    bool right = (desk[TBC_ZH] != NULL && strstr(desk[TBC_ZH], "右") != NULL) ||
                 (desk[TBC_EN] != NULL && strstr(desk[TBC_EN], "right") != NULL);
    double side = 27 * s->k;
    double x = strip->x + 11 * s->k + side + 9 * s->k;

    for (int l = 0; l < TBC_LANGUAGE_N; l++) {
        if (desk[l] == NULL) {
            desk[l] = tbc_words_say(s->d->words, (enum tbc_language)l, "go.desk_short");
        }
        desk[l] = as_heading(&s->text[l], desk[l]);
    }
    put_icon(s, right ? "way-right" : "way-left",
             in_strip(s, strip->x + 11 * s->k, side), s->state->fill);
    (void)put_pair(s, x, strip->w - x - 6,
                   (const char *const[2]){ desk[s->first], desk[s->second] },
                   (const double[2]){ s->d->theme.is.type_gate_way,
                                      s->d->theme.is.type_gate_way_second });
}

/* One icon and the sentence in two languages. */
static void
put_next(struct sheet *s, const char *icon, const char *a, const char *b)
{
    const struct tbc_rect *strip = &s->d->panel.zone.strip;
    double side = 26 * s->k;
    double x = strip->x + 11 * s->k + side + 9 * s->k;

    put_icon(s, icon, in_strip(s, strip->x + 11 * s->k, side), s->state->fill);
    (void)put_fact(s, x, strip->w - x - 6, a, b);
}

static const char *
filled(struct tbc_buf *b, const char *sentence, const char *name, const char *value)
{
    const char *text;

    tbc_buf_clear(b);
    tbc_words_fill(sentence, &(struct tbc_fill){ name, value }, 1, b);
    text = tbc_buf_str(b);
    return text != NULL ? text : "";
}

static const char *
word(const struct sheet *s, bool first, const char *key)
{
    return tbc_words_say(s->d->words, first ? s->first : s->second, key);
}

static void
when_text(struct sheet *s, struct tbc_utc t)
{
    struct tbc_civil c = tbc_utc_civil(t, TBC_CIVIL_OFFSET_S);
    struct tbc_buf b;

    tbc_buf_init_fixed(&b, s->clock, sizeof s->clock);
    (void)tbc_buf_printf(&b, "%02d:%02d", c.hour, c.minute);
    (void)tbc_buf_str(&b);
}

/* Train and departure behind the platform. */
static void
put_departure(struct sheet *s, double x, double w)
{
    const struct tbc_trip *trip = s->v->trip;
    char line[TBC_TRAIN_MAX + 16];
    char minutes[12];
    struct tbc_buf b;
    int64_t left = (trip->depart.s - s->v->now.s) / 60;

    when_text(s, trip->depart);
    tbc_buf_init_fixed(&b, line, sizeof line);
    (void)tbc_buf_printf(&b, "%s　%s", trip->train, s->clock);
    (void)tbc_buf_str(&b);
    tbc_buf_init_fixed(&b, minutes, sizeof minutes);
    (void)tbc_buf_printf(&b, "%d", (int)left);
    (void)tbc_buf_str(&b);
    if (trip->depart.s > s->v->now.s && left <= 120) {
        (void)put_fact(
            s, x, w, line,
            filled(&s->text[1], word(s, false, "gate.leaves"), "n", minutes));
    } else {
        (void)put_fact(s, x, w, line, s->second == TBC_EN ? trip->to_en : trip->to_zh);
    }
}

static void
put_train(struct sheet *s)
{
    const struct tbc_rect *strip = &s->d->panel.zone.strip;
    const struct tbc_trip *trip = s->v->trip;
    double side = 26 * s->k;
    double x = strip->x + 11 * s->k + side + 9 * s->k;
    double end = strip->x + strip->w - 11 * s->k;
    bool offline = s->v->verdict == TBC_ACCEPTED_OFFLINE;

    if (trip == NULL) {
        put_next(s, "train", s->says->next[s->first], s->says->next[s->second]);
        return;
    }
    put_icon(s, "train", in_strip(s, strip->x + 11 * s->k, side), s->state->fill);
    if (trip->platform[0] != '\0') {
        x += put_fact(s, x, 66 * s->k,
                      filled(&s->text[0], word(s, true, "gate.platform"), "n",
                             trip->platform),
                      filled(&s->text[1], word(s, false, "gate.platform"), "n",
                             trip->platform)) +
             12 * s->k;
    }
    if (offline) {
        double icon = 18 * s->k;
        double w = 62 * s->k;

        put_icon(s, "offline", in_strip(s, end - w - icon - 5 * s->k, icon),
                 s->state->fill);
        (void)put_fact(s, end - w, w + 5, word(s, true, "gate.offline"),
                       word(s, false, "gate.offline"));
    } else {
        put_departure(s, x, end - x + 5);
    }
}

static void
put_strip(struct sheet *s)
{
    const struct tbc_rect *strip = &s->d->panel.zone.strip;
    struct tbc_box box = { .fill = s->state->on,
                           .outline = TBC_NO_COLOUR,
                           .shadow = TBC_NO_COLOUR };
    const char *a = s->says->next[s->first];
    const char *b = s->says->next[s->second];

    tbc_screen_box(s->d->screen, *strip, &box);
    if (s->v->face == GATE_FACE_FIRE_ALARM) {
        double side = 30 * s->k;

        (void)put_fact(s, strip->x + 11 * s->k, strip->w - 70 * s->k,
                       word(s, true, "gate.fire"), word(s, false, "gate.fire"));
        put_icon(s, "forward",
                 in_strip(s, strip->x + strip->w - 11 * s->k - side, side),
                 s->state->fill);
        return;
    }
    if (s->v->face == GATE_FACE_VERDICT && tbc_verdict_opens(s->v->verdict)) {
        put_train(s);
        return;
    }
    if (s->v->face == GATE_FACE_BUSY || s->v->face == GATE_FACE_OUT_OF_ORDER) {
        put_next(s, s->v->face == GATE_FACE_BUSY ? "hold-still" : "way-left", a, b);
        return;
    }
    /* a sentence with a place sends to a person, any other says itself what to do */
    if (strstr(a, "{desk}") != NULL) {
        put_way(s);
        return;
    }
    {
        const char *name = strstr(a, "{station}") != NULL ? "station" : "time";
        bool station = name[0] == 's';
        const char *zh = s->v->trip != NULL ? s->v->trip->from_zh : "";
        const char *en = s->v->trip != NULL ? s->v->trip->from_en : "";
        bool seat = s->state == &s->d->theme.state[TBC_STATE_wait];

        if (s->v->time.s != 0) {
            when_text(s, s->v->time);
        }
        a = filled(&s->text[0], a, name,
                   !station             ? s->clock
                   : s->first == TBC_ZH ? zh
                                        : en);
        b = filled(&s->text[1], b, name,
                   !station              ? s->clock
                   : s->second == TBC_ZH ? zh
                                         : en);
        put_next(s, seat ? "seat" : s->says->icon, a, b);
    }
}

/* Under the two words: when it was used, or why, where that is short. */
static void
put_extra(struct sheet *s, double y)
{
    const struct tbc_rect *words = &s->d->panel.zone.words;

    if (s->v->face == GATE_FACE_CLOCK_WRONG) {
        double cap = 6.4 * s->k;

        y += 3 * s->k;
        y += put(s, (struct tbc_rect){ words->x, y, words->w, 0 },
                 (struct tbc_type){ .cap = cap }, s->state->on,
                 word(s, true, "gate.clock"))
                 .h;
        (void)put(s, (struct tbc_rect){ words->x, y, words->w, 0 },
                  (struct tbc_type){ .cap = 5.2 * s->k }, s->state->on,
                  word(s, false, "gate.clock"));
    } else if (s->v->face == GATE_FACE_VERDICT &&
               s->v->verdict == TBC_ALREADY_ENTERED && s->v->time.s != 0) {
        double side = 13 * s->k;
        double cap = 8 * s->k;
        double line = cap / 0.727 * 1.4;

        y += 3 * s->k;
        when_text(s, s->v->time);
        put_icon(s, "clock", (struct tbc_rect){ words->x, y, side, side },
                 s->state->on);
        (void)put(s,
                  (struct tbc_rect){ words->x + side + 4 * s->k, y + (side - line) / 2,
                                     words->w - side, 0 },
                  (struct tbc_type){ .cap = cap, .bold = true }, s->state->on,
                  s->clock);
    }
}

static double
extra_height(const struct sheet *s)
{
    if (s->v->face == GATE_FACE_CLOCK_WRONG) {
        return (3 + (6.4 + 5.2) / 0.727 * 1.4) * s->k;
    }
    return s->v->face == GATE_FACE_VERDICT && s->v->verdict == TBC_ALREADY_ENTERED &&
                   s->v->time.s != 0
               ? 16 * s->k
               : 0;
}

/* The word of the holder's language above, the other one below. */
static void
put_words(struct sheet *s, struct tbc_rect room)
{
    const struct tbc_measures *is = &s->d->theme.is;
    struct tbc_type big = { .cap = s->first == TBC_ZH ? is->type_gate_word
                                                      : is->type_gate_word * 0.76,
                            .line = 1.2,
                            .bold = true };
    struct tbc_type small = { .cap = is->type_gate_second, .line = 1.25, .bold = true };
    double h;

    while (tbc_screen_measure(s->d->screen, &big, s->says->word[s->first], 0).w >
           room.w) {
        big.cap -= 0.1;
    }
    h = (big.cap * 1.2 + small.cap * 1.25) / 0.727 + extra_height(s);
    room.y += (room.h - h) / 2;
    room.y += put(s, room, big, s->state->on, s->says->word[s->first]).h;
    room.y += put(s, room, small, s->state->on, s->says->word[s->second]).h;
    put_extra(s, room.y);
}

/* The sign of an outcome, or of the reason where that has a better one. */
static const char *
sign_of(const struct sheet *s)
{
    if (s->v->face == GATE_FACE_CLOCK_WRONG) {
        return "clock-wrong";
    }
    if (s->v->face == GATE_FACE_OUT_OF_ORDER) {
        return "wrench";
    }
    if (s->v->face == GATE_FACE_FIRE_ALARM) {
        return "sign-fire";
    }
    switch (s->v->face == GATE_FACE_VERDICT ? tbc_verdict_outcome(s->v->verdict)
                                            : TBC_OUTCOME_WAIT) {
    case TBC_OUTCOME_REFUSED:
        return "sign-refused";
    case TBC_OUTCOME_REFER:
        return "sign-refer";
    case TBC_OUTCOME_WAIT:
        return s->v->face == GATE_FACE_BUSY ? NULL : "clock";
    case TBC_OUTCOME_ACCEPTED:
        return "sign-accepted";
    case TBC_OUTCOME_ACCEPTED_OFFLINE:
        return "sign-accepted-offline";
    }
    return "sign-refused";
}

/* Busy: three stops on a line, one filled in turn. */
static void
put_dots(struct sheet *s)
{
    struct tbc_rect at = s->d->panel.zone.sign;
    double y = at.y + at.h / 2;
    double step = at.w / 3;
    double turn = s->d->theme.is.motion_wait_dot;
    int lit = turn > 0 ? (int)(((double)s->v->motion_ms / turn)) % 3 : 0;
    struct tbc_point line[2] = { { at.x, y }, { at.x + at.w, y } };

    tbc_screen_line(s->d->screen, line, 2,
                    &(struct tbc_pen){ .colour = s->state->on, .width = 4 * s->k });
    for (int i = 0; i < 3; i++) {
        double r = (i == lit ? 11 : 8) * s->k;
        double x = at.x + step * (i + 0.5);
        struct tbc_box dot = { .fill = i == lit ? s->state->on : s->state->fill,
                               .outline = s->state->on,
                               .shadow = TBC_NO_COLOUR,
                               .stroke = 4 * s->k,
                               .radius = 99 };

        tbc_screen_box(s->d->screen, (struct tbc_rect){ x - r, y - r, 2 * r, 2 * r },
                       &dot);
    }
}

/* Ready: where the code goes in, and a slot in the line that runs past. */
static void
put_idle(struct sheet *s)
{
    double k = s->k;
    uint32_t go = s->d->theme.palette[TBC_THEME_LIGHT].band_go;
    uint32_t soft = s->d->theme.palette[TBC_THEME_LIGHT].on_band_soft;
    struct tbc_rect words = s->d->panel.zone.words;
    struct tbc_point whole[2] = { { -4 * k, 106 * k }, { 221 * k, 106 * k } };
    struct tbc_point slot[2] = { { 28 * k, 106 * k }, { 92 * k, 106 * k } };
    struct tbc_point shaft[2] = { { 60 * k, 70 * k }, { 60 * k, 88 * k } };
    struct tbc_point head[3] = { { 52 * k, 81 * k },
                                 { 60 * k, 89 * k },
                                 { 68 * k, 81 * k } };
    struct tbc_pen thin = { .colour = go, .width = 4 * k, .round = true };
    struct tbc_pen thick = { .colour = go, .width = 6 * k, .round = true };
    double y = 113 * k;

    tbc_screen_line(s->d->screen, whole, 2, &thin);
    tbc_screen_line(s->d->screen, slot, 2, &thick);
    tbc_screen_line(s->d->screen, shaft, 2, &thin);
    tbc_screen_line(s->d->screen, head, 3, &thin);
    put_icon(s, "qr", (struct tbc_rect){ 37 * k, 16 * k, 46 * k, 46 * k },
             s->state->on);
    words.y = 6 * k;
    words.h = 88 * k;
    put_words(s, words);
    y += put(s, (struct tbc_rect){ words.x, y, words.w, 0 },
             (struct tbc_type){ .cap = 5 * k, .line = 1.35 }, soft,
             s->says->next[s->first])
             .h;
    (void)put(s, (struct tbc_rect){ words.x, y, words.w, 0 },
              (struct tbc_type){ .cap = 5 * k, .line = 1.35 }, soft,
              s->says->next[s->second]);
    when_text(s, s->v->now);
    (void)put(s, (struct tbc_rect){ 8 * k, 113 * k, 40 * k, 0 },
              (struct tbc_type){ .cap = 5.4 * k, .line = 1.3, .bold = true },
              s->state->on, s->clock);
    if (s->v->station_zh != NULL) {
        (void)put(s, (struct tbc_rect){ 8 * k, 123 * k, 88 * k, 0 },
                  (struct tbc_type){ .cap = 4.8 * k, .line = 1.3 }, soft,
                  s->first == TBC_ZH || s->v->station_en == NULL ? s->v->station_zh
                                                                 : s->v->station_en);
    }
}

/* The mode is always visible: on the screens that do not say it themselves, a chip. */
static void
put_offline(struct sheet *s)
{
    const struct tbc_palette *c = &s->d->theme.palette[TBC_THEME_LIGHT];
    struct tbc_type type = { .cap = 4.8 * s->k, .line = 1.2, .bold = true };
    const char *text = word(s, true, "offline.bar");
    struct tbc_size is = tbc_screen_measure(s->d->screen, &type, text, 0);
    double icon = 7 * s->k;
    double w = is.w + icon + 11 * s->k;
    struct tbc_rect at = { s->d->panel.width_mm - w - 6 * s->k, 5 * s->k, w,
                           11 * s->k };
    struct tbc_box box = { .fill = c->note_soft,
                           .outline = TBC_NO_COLOUR,
                           .shadow = TBC_NO_COLOUR,
                           .radius = s->d->theme.is.radius_chip };

    tbc_screen_box(s->d->screen, at, &box);
    put_icon(s, "offline",
             (struct tbc_rect){ at.x + 4 * s->k, at.y + 2 * s->k, icon, icon },
             c->on_note_soft);
    (void)put(s,
              (struct tbc_rect){ at.x + icon + 6 * s->k, at.y + (at.h - is.h) / 2,
                                 is.w + 0.5, 0 },
              type, c->on_note_soft, text);
}

static void
put_frame(struct sheet *s)
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

static void
put_outcome(struct sheet *s)
{
    const struct tbc_zones *z = &s->d->panel.zone;
    struct tbc_rect words = z->words;
    const char *sign = sign_of(s);

    words.y = 0;
    words.h = z->strip.y;
    if (sign != NULL) {
        put_icon(s, sign, z->sign, s->state->on);
    } else {
        put_dots(s);
    }
    put_words(s, words);
    put_strip(s);
    if (s->v->face == GATE_FACE_FIRE_ALARM) {
        put_frame(s);
    }
}

enum tbc_err
gate_display_draw(struct gate_display *display, const struct gate_view *view)
{
    struct sheet s = { .d = display, .v = view };
    enum tbc_err err;

    s.says = tbc_words_outcome(display->words, row_of(view));
    s.state = s.says != NULL ? tbc_theme_state(&display->theme, s.says->state) : NULL;
    if (s.state == NULL) {
        return TBC_ERR_NOT_FOUND;
    }
    s.first = strcmp(view->language, "") == 0 || strcmp(view->language, "zh") == 0
                  ? TBC_ZH
                  : TBC_EN;
    s.second = s.first == TBC_ZH ? TBC_EN : TBC_ZH;
    s.k = display->panel.width_mm / 217;
    tbc_screen_begin(display->screen, s.state->fill);
    if (view->face == GATE_FACE_IDLE) {
        put_idle(&s);
    } else {
        put_outcome(&s);
    }
    if (view->offline &&
        !(view->face == GATE_FACE_VERDICT && view->verdict == TBC_ACCEPTED_OFFLINE)) {
        put_offline(&s);
    }
    err = tbc_screen_draw(display->screen);
    for (int l = 0; l < TBC_LANGUAGE_N; l++) {
        tbc_buf_fini(&s.text[l]);
    }
    return err;
}
