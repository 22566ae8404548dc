#include "frame.h"

#include <math.h>
#include <string.h>

#define TITLE_TOP     15.0 /* below the band */
#define TITLE_TOP_LOW 10.0
#define LINE_TITLE    1.25

/* A size of the drawing, grown with the text button up to what the layout bears. */
static double
grown(const struct frame *f, double normal, double most)
{
    double times = f->theme->text_cap[f->v->size] / f->theme->text_cap[TBC_SIZE_NORMAL];
    double v = normal * times;

    v = v > most ? most : v;
    return v < f->theme->text_cap[TBC_SIZE_SMALL] ? f->theme->text_cap[TBC_SIZE_SMALL]
                                                  : v;
}

static void
size_portrait(struct frame *f)
{
    const struct tbc_measures *is = &f->theme->is;

    f->cap = (struct sizes){
        .text = grown(f, is->type_text, 9),
        .button = grown(f, is->type_button, 7.6),
        .lead = grown(f, is->type_lead, 9),
        .item = grown(f, is->type_item, 9),
        .primary = grown(f, is->type_primary, 9.4),
        .title = f->theme->title_cap[f->v->size],
        .tool = f->v->size == KIOSK_SIZE_SMALL ? is->type_text
                                               : grown(f, is->type_text, 6.2),
        .step = f->v->size == KIOSK_SIZE_SMALL ? 5.2 : grown(f, 5.2, 6.2),
        .key = f->v->low ? 9 : is->type_key,
        .number = f->v->low ? 9.2 : is->type_number,
    };
    f->is = (struct gauge){ .primary_h = is->touch_primary_portrait,
                            .second_h = 20,
                            .pad = 8,
                            .gap = 5,
                            .icon = 8,
                            .large = 10,
                            .disc = 30,
                            .between = 5 };
}

/* The 10.1 inch panel is drawn; the 15.6 inch one is the same drawing, larger. */
static void
size_landscape(struct frame *f)
{
    const struct tbc_measures *is = &f->theme->is;
    double t = f->panel->zone.primary.h / 17;
    double title =
        f->theme->title_cap[f->v->size] / f->theme->title_cap[TBC_SIZE_NORMAL];

    f->cap = (struct sizes){
        .text = grown(f, is->type_text, 6.2 * t),
        .button = grown(f, is->type_text, 5.6 * t),
        .lead = grown(f, is->type_text, 5.6 * t),
        .item = grown(f, 4.8 * t, 6.2 * t),
        .primary = grown(f, is->type_landscape_10_primary * t, 6.4 * t),
        .title = is->type_landscape_10_title * t * fmin(title, 1.1),
        .tool = is->type_landscape_10_tool * t,
        .step = is->type_landscape_10_tool * t,
        .key = is->type_landscape_10_key * t,
        .number = 5.8 * t,
    };
    f->is = (struct gauge){ .primary_h = f->panel->zone.primary.h,
                            .second_h = f->panel->zone.second.h,
                            .pad = 4 * t,
                            .gap = 3 * t,
                            .icon = 6.5 * t,
                            .large = 7.5 * t,
                            .disc = 15 * t,
                            .between = 3 };
}

const char *
say(const struct frame *f, const char *key)
{
    return tbc_words_say(f->words, (enum tbc_language)f->v->language, key);
}

const char *
say_fill(const struct frame *f, const char *key, const struct tbc_fill *fills, size_t n)
{
    const char *text;

    tbc_buf_clear(f->scratch);
    tbc_words_fill(say(f, key), fills, n, f->scratch);
    text = tbc_buf_str(f->scratch);
    return text != NULL ? text : "";
}

/* A small whole number as text, on the caller's storage. */
static const char *
digits(int value, char out[static 12])
{
    struct tbc_buf b;
    const char *text;

    tbc_buf_init_fixed(&b, out, 12);
    (void)tbc_buf_printf(&b, "%d", value);
    text = tbc_buf_str(&b);
    return text != NULL ? text : "";
}

const char *
say_with(const struct frame *f, const char *key, const char *name, int value)
{
    char text[12];

    return say_fill(f, key, &(struct tbc_fill){ name, digits(value, text) }, 1);
}

const char *
clock_of(struct frame *f, struct tbc_utc t)
{
    struct tbc_civil c = tbc_utc_civil(t, TBC_CIVIL_OFFSET_S);
    const char *text;

    tbc_buf_clear(f->scratch);
    (void)tbc_buf_printf(f->scratch, "%02d:%02d", c.hour, c.minute);
    text = tbc_buf_str(f->scratch);
    return text != NULL ? text : "";
}

struct tbc_size
put(struct frame *f, struct tbc_rect room, const struct tbc_type *type, uint32_t colour,
    const char *text)
{
    return tbc_screen_text(f->s, room, type, colour, text);
}

void
put_icon(struct frame *f, const char *name, double x, double y, double side,
         uint32_t colour)
{
    tbc_screen_icon(f->s, name, (struct tbc_rect){ x, y, side, side }, colour);
}

bool
is_pressed(const struct frame *f, enum kiosk_event event, int arg)
{
    return event != KIOSK_EV_NONE && f->v->pressed == event && f->v->pressed_arg == arg;
}

/* While a touch is being served only the way to a person stays open. */
void
put_button(struct frame *f, struct tbc_button button)
{
    button.pressed = is_pressed(f, (enum kiosk_event)button.event, button.arg);
    if (f->v->quiet && button.event != KIOSK_EV_DESK) {
        button.event = KIOSK_EV_NONE;
    }
    tbc_widget_button(f->s, &f->look, &button);
}

void
put_note(struct frame *f, struct tbc_rect at, const char *icon, const char *text)
{
    struct tbc_type type = { .cap = f->cap.button, .line = 1.25, .bold = true };
    double pad = f->wide ? 3 : 6;
    double side = f->wide ? 7 : 10;
    double gap = f->wide ? 2.5 : 5;
    double room = at.w - 2 * pad - side - gap;
    struct tbc_box box = plain_box(f->look.c.bad_soft, f->theme->is.radius_button);
    double h = tbc_screen_measure(f->s, &type, text, room).h;

    while (h > at.h - 1 && type.cap >= f->theme->text_cap[TBC_SIZE_SMALL] + 0.1) {
        type.cap -=
            0.1; /* a message keeps its place: it is the letters that give way */
        h = tbc_screen_measure(f->s, &type, text, room).h;
    }
    box.outline = f->look.c.bad_line;
    box.stroke = f->look.outline;
    tbc_screen_box(f->s, at, &box);
    put_icon(f, icon, at.x + pad, at.y + (at.h - side) / 2, side,
             f->look.c.on_bad_soft);
    (void)put(f,
              (struct tbc_rect){ at.x + pad + side + gap, at.y + (at.h - h) / 2, room,
                                 h + 0.5 },
              &type, f->look.c.on_bad_soft, text);
}

/* The line and its four stops. */

static double
stop_x(double x, double w, bool labels, int i)
{
    double pad = labels ? w / 8 : 5 * w / 112;

    return x + pad + i * (w - 2 * pad) / 3;
}

static void
put_tick(struct frame *f, double x, double y, double r, uint32_t colour)
{
    struct tbc_point tick[3] = { { x - r * 0.45, y + 0.1 },
                                 { x - r * 0.13, y + 0.1 + r * 0.34 },
                                 { x + r * 0.47, y + 0.1 - r * 0.34 } };

    tbc_screen_line(
        f->s, tick, 3,
        &(struct tbc_pen){ .colour = colour, .width = r * 0.24, .round = true });
}

static struct tbc_rect
round_at(double x, double y, double r)
{
    return (struct tbc_rect){ x - r, y - r, 2 * r, 2 * r };
}

/* state: 0 not reached, 1 here, 2 done */
static void
put_stop(struct frame *f, double x, double y, double r, int state)
{
    const struct tbc_palette *c = &f->band.c;
    struct tbc_box disc = plain_box(state == 2 ? c->band_go : c->band, 99);
    struct tbc_pen ring = { .colour = state == 1 ? c->band_go : c->band_line,
                            .width = state == 1 ? r / 2 : 0.3 * r };
    double at = state == 1 ? r + 1 : state == 2 ? r : r - 0.8;
    struct tbc_box dot = plain_box(c->on_band, 99);

    tbc_screen_box(f->s, round_at(x, y, at), &disc);
    if (state == 2) {
        put_tick(f, x, y, r, c->band);
        return;
    }
    tbc_screen_arc(f->s, round_at(x, y, at), 0, 1, &ring);
    if (state == 1) {
        tbc_screen_box(f->s, round_at(x, y, r / 2), &dot);
    }
}

/* 0..1, quick first: how much of a movement of `whole` ms has been made. */
static double
eased(const struct frame *f, double whole)
{
    double t = whole > 0 ? (double)f->v->motion_ms / whole : 1;

    if (f->theme->is.motion_reduce > 0 || t >= 1 || t < 0) {
        return 1;
    }
    return 1 - (1 - t) * (1 - t) * (1 - t);
}

static void
put_line(struct frame *f, struct tbc_rect at, int step, bool labels)
{
    static const char *const keys[] = { "step.consent", "step.document", "step.face",
                                        "step.certificate" };
    const struct tbc_palette *c = &f->band.c;
    double r = labels ? (f->wide ? 3 : 4) : 3 * at.h / 12;
    double thick = labels ? (f->wide ? 1.8 : 2.4) : 1.8;
    int here = step > 4 ? 4 : step - 1;
    double run = f->v->screen == KIOSK_NUMBER && f->v->number[0] != '\0'
                     ? 1
                     : eased(f, f->theme->is.motion_line);
    double before = step > 1 ? stop_x(at.x, at.w, labels, step - 2) : at.x;
    double end = step > 4 ? at.x + at.w : stop_x(at.x, at.w, labels, here);
    double y = at.y + at.h / 2;
    struct tbc_point whole[2] = { { at.x, y }, { at.x + at.w, y } };
    struct tbc_point gone[2] = { { at.x, y }, { before + (end - before) * run, y } };

    tbc_screen_line(f->s, whole, 2,
                    &(struct tbc_pen){ .colour = c->band_line, .width = thick / 2 });
    tbc_screen_line(f->s, gone, 2,
                    &(struct tbc_pen){ .colour = c->band_go, .width = thick });
    for (int i = 0; i < 4; i++) {
        double x = stop_x(at.x, at.w, labels, i);
        int state = i < here ? 2 : i == here && run > 0.8 ? 1 : 0;

        put_stop(f, x, y, r, state);
        if (labels) {
            double w = at.w / 4 - 2;
            struct tbc_type type = { .cap = f->cap.step,
                                     .line = 1.2,
                                     .align = TBC_ALIGN_CENTRE,
                                     .bold = state == 1 };

            (void)put(
                f,
                (struct tbc_rect){ x - w / 2, at.y + at.h + (f->wide ? 0 : 2), w, 0 },
                &type, state == 1 ? c->on_band : c->on_band_soft, say(f, keys[i]));
            tbc_screen_silent(f->s);
        }
    }
}

/* The line of the desk screen leads to one stop. */
static void
put_desk_line(struct frame *f, double y, bool labels, double from)
{
    double w = f->panel->width_mm;
    double x = f->wide ? w * 0.72 : w * 0.875;
    struct tbc_point line[2] = { { from, y }, { x, y } };
    struct tbc_type type = {
        .cap = f->cap.step, .line = 1.2, .align = TBC_ALIGN_CENTRE, .bold = true
    };

    tbc_screen_line(f->s, line, 2,
                    &(struct tbc_pen){ .colour = f->band.c.band_go,
                                       .width = labels && !f->wide ? 2.4 : 1.8 });
    put_stop(f, x, y, labels ? 4 : 3, 1);
    if (labels) {
        (void)put(f, (struct tbc_rect){ x - w / 8, y + (f->wide ? 6 : 8), w / 4, 0 },
                  &type, f->band.c.on_band, say(f, "step.desk"));
        tbc_screen_silent(f->s);
    }
}

static struct tbc_type
chip_type(double cap)
{
    return (struct tbc_type){ .cap = cap, .line = 1.2, .bold = true };
}

static double
chip_width(struct frame *f, double cap)
{
    struct tbc_type type = chip_type(cap);

    return tbc_screen_measure(f->s, &type, say(f, "offline.bar"), 0).w + 3.27 * cap;
}

/* "Offline", in a pill whose left end is at `at`. */
static void
put_chip(struct frame *f, struct tbc_point at, double cap)
{
    struct tbc_type type = chip_type(cap);
    const char *text = say(f, "offline.bar");
    double icon = cap * 1.17;
    double line = cap / 0.727 * 1.2;
    double h = line + cap * 0.5;
    struct tbc_box box = plain_box(f->band.c.note_soft, f->theme->is.radius_chip);

    if (f->look.contrast) {
        box.outline = f->band.c.on_note_soft;
        box.stroke = f->band.outline;
    }
    tbc_screen_box(f->s, (struct tbc_rect){ at.x, at.y - h / 2, chip_width(f, cap), h },
                   &box);
    put_icon(f, "offline", at.x + cap * 0.83, at.y - icon / 2, icon,
             f->band.c.on_note_soft);
    (void)put(f,
              (struct tbc_rect){ at.x + cap * 1.25 + icon, at.y - line / 2, 0, line },
              &type, f->band.c.on_note_soft, text);
    tbc_screen_silent(f->s);
}

/* Station (in portrait in two languages), offline chip, clock; base: of the letters.
 * between: in landscape what is left for the line. */
static void
put_sign(struct frame *f, double base, double between[static 2])
{
    bool zh = f->v->language == KIOSK_ZH;
    double s = f->wide ? f->cap.tool / f->theme->is.type_landscape_10_tool : 1;
    struct tbc_type name = { .cap = f->wide ? 4.8 * s : 6, .bold = true };
    struct tbc_type other = { .cap = 4.8 };
    struct tbc_type time = { .cap = f->wide ? 5.4 * s : 7,
                             .bold = true,
                             .align = TBC_ALIGN_END };
    const char *station = zh ? f->v->station_zh : f->v->station_en;
    const char *second = zh ? f->v->station_en : f->v->station_zh;
    /* from the upper edge of a line to its base: 1.4 / 2 + 0.3638 font sizes */
    double drop = 1.0638 / 0.727;
    double x = f->left;
    double clock_w = time.cap * 4.2;
    double clock_x = f->panel->width_mm - f->left - clock_w;

    station = station != NULL ? station : "";
    x += put(f, (struct tbc_rect){ x, base - name.cap * drop, 0, 0 }, &name,
             f->band.c.on_band, station)
             .w;
    tbc_screen_silent(f->s);
    if (!f->wide && second != NULL) {
        x += 5 + put(f, (struct tbc_rect){ x + 5, base - other.cap * drop, 0, 0 },
                     &other, f->band.c.on_band_soft, second)
                     .w;
        tbc_screen_silent(f->s);
    }
    between[0] = x;
    between[1] = clock_x;
    if (f->v->offline) {
        double cap = f->wide ? 3.6 * s : 6;
        double w = chip_width(f, cap);
        double at = f->wide ? clock_x - w - 2 : x + 5;

        between[1] = f->wide ? at : clock_x;
        put_chip(f, (struct tbc_point){ at, base - name.cap / 2 }, cap);
    }
    (void)put(f, (struct tbc_rect){ clock_x, base - time.cap * drop, clock_w, 0 },
              &time, f->band.c.on_band, clock_of(f, f->v->now));
    tbc_screen_silent(f->s);
}

/* The quiet piece of line that fills the grown band of the low layout. */
static void
put_low_line(struct frame *f)
{
    double k = f->down / 96;
    double w = f->panel->width_mm + 13;

    for (int i = 1; i >= 0; i--) {
        double dx = 4 * i;
        double dy = 10 * i;
        struct tbc_point p[4] = { { -5, (74 + dy) * k },
                                  { 70 + dx, (74 + dy) * k },
                                  { 70 + dx + 42 * k, (32 + dy) * k },
                                  { w, (32 + dy) * k } };

        tbc_screen_line(f->s, p, 4,
                        &(struct tbc_pen){ .colour = i == 0 ? f->band.c.primary
                                                            : f->band.c.primary_pressed,
                                           .width = 4 });
    }
}

static void
put_band(struct frame *f, const struct frame_plan *plan)
{
    struct tbc_rect band = f->panel->zone.band;
    bool labels = !f->wide || band.h > 25;
    struct tbc_box box = plain_box(f->band.c.band, 0);
    double between[2];
    double middle;

    band.h += f->down;
    tbc_screen_box(f->s, band, &box);
    if (f->look.contrast && !plan->dark) { /* black on black: the edge must be drawn */
        tbc_screen_box(f->s, (struct tbc_rect){ 0, band.y + band.h - 0.9, band.w, 0.9 },
                       &(struct tbc_box){ .fill = f->look.c.line,
                                          .outline = TBC_NO_COLOUR,
                                          .shadow = TBC_NO_COLOUR });
    }
    if (f->down > 0) {
        put_low_line(f);
    }
    middle = f->wide ? (labels ? 11 : band.h / 2) : f->panel->line_y + f->down;
    put_sign(f, f->wide ? middle + 2.4 : f->down + 18.7, between);
    if (plan->step > 0) {
        struct tbc_rect at = { 0, middle - 6, f->panel->width_mm, 12 };

        if (f->wide) {
            at.x = fmax(f->panel->width_mm * 0.22, between[0] + 6);
            at.w = fmin(f->panel->width_mm * 0.736, between[1] - 6) - at.x;
        }
        put_line(f, at, plan->step, labels);
    } else if (plan->step < 0) {
        put_desk_line(f, middle, labels,
                      f->wide ? fmax(f->panel->width_mm * 0.22, between[0] + 6) : 0);
    }
}

double
balanced_width(struct frame *f, const struct tbc_type *type, const char *text, double w)
{
    double h = tbc_screen_measure(f->s, type, text, w).h;
    double least = tbc_screen_measure(f->s, type, text, 0).w * 0.45;

    if (h < 1.5 * tbc_screen_measure(f->s, type, text, 0).h) {
        return w; /* one line */
    }
    while (w - 3 > least) {
        struct tbc_size is = tbc_screen_measure(f->s, type, text, w - 3);

        if (is.h > h || is.w > w - 3) {
            break;
        }
        w -= 3;
    }
    return w;
}

/* The question of the screen: one line where it fits, smaller before it is broken in two. */
static double
put_title(struct frame *f, const char *text, double y, double w)
{
    struct tbc_type type = {
        .cap = f->cap.title, .line = LINE_TITLE, .track = -0.005, .bold = true
    };
    double least = f->cap.title * (f->wide ? 0.78 : w < 200 ? 0.68 : 0.84);
    struct tbc_size is;

    while (tbc_screen_measure(f->s, &type, text, 0).w > w && type.cap > least) {
        type.cap -= 0.1;
    }
    is = tbc_screen_measure(f->s, &type, text, w);
    if (is.w > w) { /* one word is wider than the column */
        while (is.w > w && type.cap >= f->theme->text_cap[TBC_SIZE_SMALL] + 0.1) {
            type.cap -= 0.1;
            is = tbc_screen_measure(f->s, &type, text, w);
        }
    }
    w = balanced_width(f, &type, text, w);
    (void)put(f, (struct tbc_rect){ f->left, y, w, is.h + 0.5 }, &type, f->look.c.ink,
              text);
    return y + is.h;
}

static void
put_heading(struct frame *f, const struct frame_plan *plan)
{
    const struct tbc_rect *band = &f->panel->zone.band;
    double w = f->right - f->left - plan->title_room;
    double y = f->wide ? f->panel->zone.content_left.y - 0.5
                       : band->y + band->h + f->down +
                             (f->down > 0 ? TITLE_TOP_LOW : TITLE_TOP);

    if (plan->title != NULL) {
        y = put_title(f, plan->title, y, w);
    }
    /* the lead is the first to go when room is short */
    if (plan->lead != NULL && f->v->size != KIOSK_SIZE_HUGE &&
        !(f->down > 0 && f->v->size == KIOSK_SIZE_LARGE)) {
        struct tbc_type type = { .cap = f->cap.lead };
        double gap = f->wide ? 1.5 : 4;
        double least = type.cap * (f->wide ? 0.8 : 0.9);

        while (type.cap > least &&
               tbc_screen_measure(f->s, &type, plan->lead, 0).w > f->right - f->left) {
            type.cap -= 0.1;
        }
        y += gap + put(f, (struct tbc_rect){ f->left, y + gap, f->right - f->left, 0 },
                       &type, f->look.c.ink_soft, plan->lead)
                       .h;
    }
    f->top = y;
}

void
frame_begin(struct frame *f, const struct frame_plan *plan)
{
    enum tbc_theme_name name = f->v->contrast ? TBC_THEME_CONTRAST : TBC_THEME_LIGHT;
    const struct tbc_zones *z = &f->panel->zone;
    double slide;

    f->wide = z->content_left.w > 0;
    f->look = tbc_look_of(f->theme, name, plan->dark);
    f->band = tbc_look_of(f->theme, name, true);
    /* attract and closed have everything to touch at the bottom already */
    f->down = f->v->low && f->v->screen != KIOSK_ATTRACT && f->v->screen != KIOSK_CLOSED
                  ? f->panel->low_shift
                  : 0;
    if (f->wide) {
        size_landscape(f);
        f->left = z->content_left.x;
        f->right = z->content_right.x + z->content_right.w;
        f->bottom = z->content_left.y + z->content_left.h;
    } else {
        size_portrait(f);
        f->left = z->title.x;
        f->right = z->title.x + z->title.w;
        f->bottom = z->second.y + z->second.h;
    }
    tbc_screen_begin(f->s, f->look.c.ground);
    put_band(f, plan);
    slide = 1 - eased(f, f->theme->is.motion_screen);
    tbc_screen_slide_from(f->s, 6 * slide, slide);
    f->top = z->band.h + f->down;
    if (plan->title != NULL) {
        put_heading(f, plan);
    }
}

/* The rows at the bottom. */

static struct tbc_button
action_button(const struct frame *f, const struct frame_action *a, bool primary)
{
    return (struct tbc_button){
        .kind = !primary ? TBC_BUTTON_QUIET
                : a->off ? TBC_BUTTON_OFF
                         : TBC_BUTTON_PRIMARY,
        .label = a->label,
        .icon = a->icon,
        .end = a->off ? NULL : a->end,
        .icon_mm = primary ? f->is.large : f->is.icon,
        .end_mm = f->is.large,
        .pad = primary ? f->is.pad * 1.25 : f->is.pad,
        .gap = f->is.gap,
        .type = { .cap = primary ? f->cap.primary : f->cap.button,
                  .line = 1.15,
                  .bold = primary },
        .event = (int)a->event,
    };
}

static double
label_room(const struct tbc_button *b)
{
    return b->at.w - 2 * b->pad - (b->icon != NULL ? b->icon_mm + b->gap : 0) -
           (b->end != NULL ? b->end_mm + b->gap : 0);
}

/* A label that is too wide for its place gives up padding, then a fifth of its size, then stands
 * in two lines, then gets smaller still. */
void
fit_label(struct frame *f, struct tbc_button *b)
{
    double least = b->type.cap * 0.8;
    double floor = f->theme->text_cap[TBC_SIZE_SMALL] + 0.1;
    double pad = b->pad * 0.6;

    while (tbc_screen_measure(f->s, &b->type, b->label, 0).w > label_room(b)) {
        if (b->pad > pad) {
            b->pad -= 0.25;
        } else if (b->type.cap > least && b->type.cap > floor) {
            b->type.cap -= 0.1;
        } else {
            break;
        }
    }
    while (b->type.cap > floor) {
        struct tbc_size is =
            tbc_screen_measure(f->s, &b->type, b->label, label_room(b));

        if (is.w <= label_room(b) && is.h <= b->at.h - 2) {
            return;
        }
        b->type.cap -= 0.1;
    }
}

static void
put_second(struct frame *f, struct tbc_rect row, const struct frame_action *second,
           size_t n)
{
    double gap = f->wide ? f->theme->is.space_gap : 4;
    double x = row.x;
    double room = row.w - gap * (double)(n - 1);

    for (size_t i = 0; i < n; i++) {
        struct tbc_button b = action_button(f, &second[i], false);
        double share = second[i].share > 0 ? second[i].share : 1.0 / (double)n;

        b.at = (struct tbc_rect){ x, row.y, room * share, row.h };
        if (n == 2 && second[i].share <= 0 && !f->wide) {
            b.pad = 5;
            b.gap = 4;
        }
        if (second[i].end != NULL) { /* the equal of the primary: as large and bold */
            b.pad = f->is.pad * 1.25;
            b.type.cap = f->cap.primary * 0.92;
            b.type.bold = true;
        }
        fit_label(f, &b);
        put_button(f, b);
        x += b.at.w + gap;
    }
}

void
frame_actions(struct frame *f, const struct frame_action *primary,
              const struct frame_action *second, size_t second_n, double second_h)
{
    struct tbc_rect row = f->panel->zone.second;
    struct tbc_rect main = f->panel->zone.primary;

    if (f->wide && primary == NULL) {
        row.w = f->right - f->left;
    }
    if (!f->wide) {
        double h = second_h > 0 ? second_h : f->is.second_h;

        row.y = f->panel->zone.second.y + f->panel->zone.second.h - h;
        row.h = h;
        main.y = (second_n > 0 ? row.y - 4 : row.y + h) - main.h;
        f->bottom = primary != NULL ? main.y : second_n > 0 ? row.y : row.y + h;
    }
    if (second_n > 0) {
        put_second(f, row, second, second_n);
    } else if (f->wide && primary != NULL) {
        main.w += main.x - f->left;
        main.x = f->left;
    }
    if (primary != NULL) {
        struct tbc_button b = action_button(f, primary, true);

        b.at = main;
        fit_label(f, &b);
        put_button(f, b);
    }
}

void
frame_back_and_desk(struct frame *f, const struct frame_action *primary, bool back)
{
    struct frame_action row[2] = {
        { .label = say(f, "go.back"), .icon = "back", .event = KIOSK_EV_BACK },
        { .label = say(f, f->wide ? "go.desk_short" : "go.desk"),
          .icon = "staffed-desk",
          .event = KIOSK_EV_DESK },
    };

    row[0].share = f->wide ? (primary != NULL ? 0.39 : 0.3) : 74.0 / 231;
    row[1].share = 1 - row[0].share;
    if (back) {
        frame_actions(f, primary, row, 2, 0);
    } else {
        row[1].share = 1;
        frame_actions(f, primary, row + 1, 1, 0);
    }
}

void
frame_tools(struct frame *f)
{
    static const struct {
        const char *icon;
        const char *key;
        enum kiosk_event event;
    } tools[] = {
        { "language", "tool.language", KIOSK_EV_SHEET },
        { "text-size", "tool.size", KIOSK_EV_SIZE },
        { "contrast", "tool.contrast", KIOSK_EV_CONTRAST },
        { "low-reach", "tool.low", KIOSK_EV_LOW },
        { "speak", "tool.speak", KIOSK_EV_SPEAK },
    };
    const struct kiosk_view *v = f->v;
    bool on[] = { v->screen == KIOSK_LANGUAGE, v->size != KIOSK_SIZE_NORMAL,
                  v->contrast, v->low, false };
    bool low = f->panel->low_shift > 0;
    struct tbc_rect zone = f->panel->zone.tools;
    double n = low ? 5 : 4;
    struct tbc_box ground = plain_box(f->look.c.surface, 0);
    struct tbc_box edge =
        plain_box(f->look.contrast ? f->look.c.line : f->look.c.hairline, 0);
    double thick = f->look.contrast ? 0.9 : 0.4;
    double gap = f->wide ? 2 : 3;
    struct tbc_rect at;

    tbc_screen_slide_to(f->s,
                        (struct tbc_rect){ 0, f->panel->zone.band.h + f->down,
                                           f->wide ? zone.x : f->panel->width_mm,
                                           f->panel->height_mm - f->panel->zone.band.h -
                                               f->down - (f->wide ? 0 : zone.h) });
    tbc_screen_box(f->s, zone, &ground);
    tbc_screen_box(f->s,
                   f->wide ? (struct tbc_rect){ zone.x, zone.y, thick, zone.h }
                           : (struct tbc_rect){ zone.x, zone.y, zone.w, thick },
                   &edge);
    at = f->wide ? (struct tbc_rect){ zone.x + 1, zone.y + 2, zone.w - 2,
                                      (zone.h - 4 - (n - 1) * gap) / n }
                 : (struct tbc_rect){ f->left, zone.y + 3,
                                      (zone.w - 2 * f->left - (n - 1) * gap) / n,
                                      zone.h - 8 };
    for (size_t i = 0; i < sizeof tools / sizeof *tools; i++) {
        if (tools[i].event == KIOSK_EV_LOW && !low) {
            continue;
        }
        put_button(f, (struct tbc_button){
                          .kind = on[i] ? TBC_BUTTON_TOOL_ON : TBC_BUTTON_TOOL,
                          .at = at,
                          .label = say(f, tools[i].key),
                          .icon = tools[i].icon,
                          .icon_mm = f->wide ? f->cap.tool * 2.2 : 11,
                          .gap = f->wide ? 1.2 : 2,
                          .type = { .cap = f->cap.tool, .line = 1.1, .bold = on[i] },
                          .event = (int)tools[i].event,
                      });
        if (f->wide) {
            at.y += at.h + gap;
        } else {
            at.x += at.w + gap;
        }
    }
}

/* Rows. */

struct row_fit {
    double disc;
    double air; /* above and below a row's content */
    double gap; /* between choices */
    double pad; /* left and right inside the card */
    double text_x;
    double text_w;
    double h[12];
    size_t n;
    struct tbc_type type;
};

/* What a card keeps free above its first and below its last row. */
static double
card_air(const struct row_style *style, const struct row_fit *fit)
{
    return style->choices ? 0 : fit->air < 8 ? 1 : style->numbered ? 4 : 8;
}

static double
rows_height(const struct row_fit *fit, const struct row_style *style, size_t from,
            size_t to, double card_pad)
{
    double h = 2 * card_pad;
    size_t columns = style->columns > 1 ? (size_t)style->columns : 1;

    for (size_t i = from; i < to; i += columns) {
        h += fit->h[i] + (i > from && style->choices ? fit->gap : 0);
    }
    return h;
}

/* Measure all rows at one step of giving way: 0 as drawn, 1 and 2 tighter. */
static void
measure_rows(struct frame *f, const struct row *rows, size_t n,
             const struct row_style *style, int tight, struct row_fit *fit)
{
    static const double shrink[] = { 1, 0.8, 0.66 };
    static const double air[] = { 1, 0.62, 0.3 };
    double columns = style->columns > 1 ? style->columns : 1;
    bool big = !f->wide && f->cap.item > 8; /* large letters want the width */
    double pad = f->wide ? 5 : big ? 9 : 11;
    double w = (f->right - f->left - (columns - 1) * f->is.between) / columns;
    double drawn_air =
        f->wide ? (style->choices ? 1.5 : 4) : (style->choices ? 8.5 : 13);

    fit->n = n;
    fit->pad = pad;
    fit->type = (struct tbc_type){ .cap = style->cap > 0 ? style->cap : f->cap.item,
                                   .line = style->choices ? 1.25 : 1.4 };
    fit->disc = f->is.disc * shrink[tight] * (style->square ? 0.93 : 1);
    fit->air = drawn_air * air[tight];
    fit->gap = tight == 2 ? f->theme->is.space_gap : f->is.between;
    fit->text_x = pad + fit->disc + (f->wide ? 5 : big ? 7 : 10);
    fit->text_w = w - fit->text_x - pad - (style->choices ? (f->wide ? 10 : 19) : 0);
    if (style->numbered) {
        fit->text_x = pad + (f->wide ? 10 : 21);
        fit->text_w = w - fit->text_x - pad - (f->wide ? 14 : 24);
    }
    for (size_t i = 0; i < n; i++) {
        double text = tbc_screen_measure(f->s, &fit->type, rows[i].text, fit->text_w).h;
        double least = style->numbered ? fit->disc * 2 / 3 : fit->disc;

        fit->h[i] = (text > least ? text : least) + 2 * fit->air;
        if (style->choices) {
            fit->h[i] = fmax(fit->h[i], f->theme->is.touch_control);
        }
    }
    for (size_t i = 0; i + 1 < n && columns > 1; i += 2) { /* neighbours are equal */
        fit->h[i] = fit->h[i + 1] = fmax(fit->h[i], fit->h[i + 1]);
    }
}

/* Room that is left goes back into the rows, up to what is drawn. */
static void
spread_rows(const struct frame *f, struct row_fit *fit, const struct row_style *style,
            int tight)
{
    size_t columns = style->columns > 1 ? (size_t)style->columns : 1;
    double lines = (double)((fit->n + columns - 1) / columns);
    double spare =
        f->bottom - f->top - rows_height(fit, style, 0, fit->n, card_air(style, fit));
    double more = tight > 0 ? spare * 0.8 / lines : 0;
    double most = f->wide ? 5 : 10;

    more = more > most ? most : more;
    for (size_t i = 0; i < fit->n; i++) {
        fit->h[i] += more;
    }
}

static void
put_row(struct frame *f, const struct row *row, const struct row_style *style,
        const struct row_fit *fit, struct tbc_rect at)
{
    double middle = at.y + at.h / 2;
    double pad = fit->pad;
    double h;

    if (style->choices) {
        double disc = f->wide ? fmin(fit->disc, at.h - 3) : fit->disc;

        put_button(
            f, (struct tbc_button){
                   .kind = row->chosen ? TBC_BUTTON_CHOSEN : TBC_BUTTON_QUIET,
                   .at = at,
                   .label = row->text,
                   .icon = row->icon,
                   .end = row->chosen ? "done" : "forward",
                   .icon_mm = fit->disc,
                   .end_mm = f->wide ? 6 : 9,
                   .disc_mm = row->icon != NULL ? disc : 0,
                   .disc_radius = 3,
                   .pad = f->wide             ? (row->icon != NULL ? 3 : 6)
                          : row->icon != NULL ? 10
                                              : 12,
                   .gap = f->wide ? 3.5 : 10,
                   .radius = f->wide ? 0 : f->theme->is.radius_card,
                   .type = { .cap = fit->type.cap, .line = 1.25, .bold = row->chosen },
                   .event = (int)row->event,
                   .arg = row->arg,
               });
        return;
    }
    h = tbc_screen_measure(f->s, &fit->type, row->text, fit->text_w).h;
    if (style->numbered) {
        double side = f->wide ? 9 : 14;

        put_icon(f, row->icon, at.x + at.w - pad - side, middle - side / 2, side,
                 f->look.c.primary);
    } else {
        tbc_widget_disc(f->s, &f->look,
                        (struct tbc_rect){ at.x + pad, middle - fit->disc / 2,
                                           fit->disc, fit->disc },
                        style->square ? 3 : 99, row->icon);
    }
    (void)put(f,
              (struct tbc_rect){ at.x + fit->text_x, middle - h / 2, fit->text_w, h },
              &fit->type, f->look.c.ink, row->text);
}

static void
put_figure(struct frame *f, struct tbc_rect at, size_t figure)
{
    char text[12];
    struct tbc_type type = { .cap = f->wide ? 6.4 : 9, .line = 1.2, .bold = true };
    double h = type.cap / 0.727 * 1.2;

    (void)put(
        f, (struct tbc_rect){ at.x + (f->wide ? 5 : 12), at.y + (at.h - h) / 2, 0, h },
        &type, f->look.c.primary, digits((int)figure, text));
}

/* Two buttons and the page's number; the place is below the rows. */
static void
put_pager(struct frame *f, double y)
{
    double h = f->wide ? f->theme->is.touch_control : 18;
    double w = f->wide ? 44 : 78;
    double cap = f->wide ? f->cap.tool * 1.15 : fmin(f->cap.button, 6.6);
    struct tbc_type middle = { .cap = f->wide ? f->cap.tool * 1.3 : 6,
                               .line = 1.2,
                               .align = TBC_ALIGN_CENTRE,
                               .bold = true };
    double line = middle.cap / 0.727 * 1.2;
    const char *text;

    for (int i = 0; i < 2; i++) {
        bool off = i == 0 ? f->v->page <= 0 : f->v->page >= f->pages - 1;
        struct tbc_button b = {
            .kind = off ? TBC_BUTTON_OFF : TBC_BUTTON_QUIET,
            .at = { i == 0 ? f->left : f->right - w, y, w, h },
            .label = say(f, i == 0 ? "page.up" : "page.down"),
            .icon = i == 0 ? "up" : "down",
            .icon_mm = f->wide ? 6 : 9,
            .pad = 4,
            .gap = 3,
            .type = { .cap = cap, .line = 1.15 },
            .centre = true,
            .event = i == 0 ? KIOSK_EV_PAGE_UP : KIOSK_EV_PAGE_DOWN,
        };

        fit_label(f, &b);
        put_button(f, b);
    }
    tbc_buf_clear(f->scratch);
    (void)tbc_buf_printf(f->scratch, "%d / %d", f->v->page + 1, f->pages);
    text = tbc_buf_str(f->scratch);
    (void)put(f,
              (struct tbc_rect){ f->left + w, y + (h - line) / 2,
                                 f->right - f->left - 2 * w, line + 0.5 },
              &middle, f->look.c.ink_soft, text != NULL ? text : "");
}

/* Which rows stand on this page; sets f->pages. */
static void
turn_to_page(struct frame *f, const struct row_fit *fit, const struct row_style *style,
             double room, size_t *from, size_t *to)
{
    size_t step = style->columns > 1 ? (size_t)style->columns : 1;
    int page = 0;
    size_t a = 0;
    bool found = false;

    *from = 0;
    *to = fit->n;
    while (a < fit->n) {
        size_t b = a + step;

        while (b < fit->n &&
               rows_height(fit, style, a, b + step < fit->n ? b + step : fit->n, 0) <=
                   room) {
            b += step;
        }
        b = b < fit->n ? b : fit->n;
        if (page <= f->v->page || !found) {
            *from = a;
            *to = b;
            found = page >= f->v->page;
        }
        a = b;
        page++;
    }
    f->pages = page > 0 ? page : 1;
}

static double
put_rows_of_page(struct frame *f, const struct row *rows, const struct row_style *style,
                 const struct row_fit *fit, const size_t range[static 2])
{
    double columns = style->columns > 1 ? style->columns : 1;
    double gap = f->is.between;
    double w = (f->right - f->left - (columns - 1) * gap) / columns;
    double card_pad = card_air(style, fit);
    double y = f->top + card_pad;

    if (!style->choices) {
        tbc_widget_card(
            f->s, &f->look,
            (struct tbc_rect){ f->left, f->top, f->right - f->left,
                               rows_height(fit, style, range[0], range[1], card_pad) });
    }
    for (size_t i = range[0]; i < range[1]; i++) {
        size_t column = columns > 1 ? (i - range[0]) % 2 : 0;
        struct tbc_rect at = { f->left + (double)column * (w + gap), y, w, fit->h[i] };

        put_row(f, &rows[i], style, fit, at);
        if (style->numbered) {
            put_figure(f, at, i + 1);
        }
        if (!style->choices && i > range[0]) {
            tbc_widget_rule(f->s, &f->look, f->left + fit->pad, y,
                            f->right - f->left - 2 * fit->pad);
        }
        if (columns <= 1 || column == 1 || i + 1 == range[1]) {
            y += fit->h[i] + (style->choices ? fit->gap : 0);
        }
    }
    return style->choices ? y - fit->gap : y + card_pad;
}

double
put_rows(struct frame *f, const struct row *rows, size_t n,
         const struct row_style *style)
{
    struct row_fit fit = { 0 };
    size_t range[2] = { 0, n };
    double end;
    double pager = (f->wide ? f->theme->is.touch_control : 18) + (f->wide ? 3 : 6);

    for (int tight = 0; tight < 3; tight++) {
        double pad;

        measure_rows(f, rows, n, style, tight, &fit);
        pad = card_air(style, &fit);
        if (f->top + rows_height(&fit, style, 0, n, pad) <= f->bottom) {
            spread_rows(f, &fit, style, tight);
            return put_rows_of_page(f, rows, style, &fit, range);
        }
    }
    turn_to_page(f, &fit, style, f->bottom - f->top - pager - (style->choices ? 0 : 2),
                 &range[0], &range[1]);
    end = put_rows_of_page(f, rows, style, &fit, range);
    put_pager(f, f->bottom - pager + (f->wide ? 3 : 6));
    return end;
}

/* Shapes of more than one screen. */

void
put_ticket(struct frame *f, struct tbc_rect at, double cut)
{
    double bite = f->wide ? 3.2 : 5;
    struct tbc_box hole = plain_box(f->look.c.ground, 99);
    struct tbc_point line[2] = { { at.x + 2 * bite, at.y + cut },
                                 { at.x + at.w - 2 * bite, at.y + cut } };

    tbc_widget_card(f->s, &f->look, at);
    for (int side = 0; side < 2; side++) {
        double x = side == 0 ? at.x : at.x + at.w;

        tbc_screen_box(f->s, round_at(x, at.y + cut, bite), &hole);
        tbc_screen_arc(f->s, round_at(x, at.y + cut, bite), side == 0 ? 0 : 0.5, 0.5,
                       &(struct tbc_pen){ .colour = f->look.contrast
                                                        ? f->look.c.line
                                                        : f->look.c.hairline,
                                          .width = f->look.contrast ? 0.9 : 0.5 });
        /* what is left of the round hole beyond the card's edge */
        tbc_screen_box(f->s,
                       (struct tbc_rect){ side == 0 ? x - bite - 0.2 : x + 0.05,
                                          at.y + cut - bite - 0.2, bite + 0.15,
                                          2 * bite + 0.4 },
                       &(struct tbc_box){ .fill = f->look.c.ground,
                                          .outline = TBC_NO_COLOUR,
                                          .shadow = TBC_NO_COLOUR });
    }
    tbc_screen_line(
        f->s, line, 2,
        &(struct tbc_pen){ .colour = f->look.c.line, .width = 0.7, .dash = 2.5 });
}

void
put_countdown(struct frame *f, struct tbc_rect at, double cap)
{
    double whole = f->v->seconds_whole > 0 ? f->v->seconds_whole : 1;
    double left = f->v->seconds_left > 0 ? f->v->seconds_left / whole : 0;
    double stroke = at.w * 0.104;
    struct tbc_rect ring = tbc_rect_inset(at, stroke / 2 + at.w * 0.01);
    struct tbc_type type = {
        .cap = cap, .line = 1, .align = TBC_ALIGN_CENTRE, .bold = true
    };
    double h = cap / 0.727;
    char text[12];

    tbc_screen_arc(f->s, ring, 0, 1,
                   &(struct tbc_pen){ .colour = f->look.c.hairline, .width = stroke });
    tbc_screen_arc(f->s, ring, 0, left > 1 ? 1 : left,
                   &(struct tbc_pen){ .colour = f->look.c.primary, .width = stroke });
    (void)put(f, (struct tbc_rect){ at.x, at.y + (at.h - h) / 2, at.w, h }, &type,
              f->look.c.ink, digits(f->v->seconds_left, text));
    tbc_screen_silent(f->s);
}
