/* The sign band: station, offline chip, clock, and the line with its stops. */
#include "frame.h"

#include <math.h>

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

double
kiosk_eased(const struct frame *f, double whole)
{
    double t = whole > 0 ? (double)f->v->motion_ms / whole : 1;

    if (f->theme->is.motion_reduce > 0 || t >= 1 || t < 0) {
        return 1;
    }
    return 1 - (1 - t) * (1 - t) * (1 - t);
}

static void
put_step_word(struct frame *f, double x, double y, double w, int step, bool here)
{
    static const char *const keys[] = { "step.consent", "step.document", "step.face",
                                        "step.certificate" };
    struct tbc_type type = {
        .cap = f->cap.step, .line = 1.2, .align = TBC_ALIGN_CENTRE, .bold = here
    };

    (void)kiosk_put(f, (struct tbc_rect){ x - w / 2, y, w, 0 }, &type,
                    here ? f->band.c.on_band : f->band.c.on_band_soft,
                    kiosk_say(f, keys[step]));
    tbc_screen_silent(f->s);
}

/* How far the line has run to this screen's stop; it does not run again for each key. */
static double
line_run(const struct frame *f)
{
    bool typing = f->v->screen == KIOSK_NUMBER && f->v->number[0] != '\0';

    return typing ? 1 : kiosk_eased(f, f->theme->is.motion_line);
}

static void
put_line(struct frame *f, struct tbc_rect at, int step, bool labels)
{
    const struct tbc_palette *c = &f->band.c;
    double r = labels && !f->wide ? 4 : 3;
    double thick = r * 0.6;
    int here = step > 4 ? 4 : step - 1;
    double run = line_run(f);
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
            put_step_word(f, x, at.y + at.h + (f->wide ? 0 : 2), at.w / 4 - 2, i,
                          state == 1);
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
        (void)kiosk_put(f,
                        (struct tbc_rect){ x - w / 8, y + (f->wide ? 6 : 8), w / 4, 0 },
                        &type, f->band.c.on_band, kiosk_say(f, "step.desk"));
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

    return tbc_screen_measure(f->s, &type, kiosk_say(f, "offline.bar"), 0).w +
           3.27 * cap;
}

/* "Offline", in a pill whose left end is at `at`. */
static void
put_chip(struct frame *f, struct tbc_point at, double cap)
{
    struct tbc_type type = chip_type(cap);
    const char *text = kiosk_say(f, "offline.bar");
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
    kiosk_put_icon(f, "offline", at.x + cap * 0.83, at.y - icon / 2, icon,
                   f->band.c.on_note_soft);
    (void)kiosk_put(
        f, (struct tbc_rect){ at.x + cap * 1.25 + icon, at.y - line / 2, 0, line },
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
    x += kiosk_put(f, (struct tbc_rect){ x, base - name.cap * drop, 0, 0 }, &name,
                   f->band.c.on_band, station)
             .w;
    tbc_screen_silent(f->s);
    if (!f->wide && second != NULL) {
        x += 5 + kiosk_put(f, (struct tbc_rect){ x + 5, base - other.cap * drop, 0, 0 },
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
    (void)kiosk_put(f, (struct tbc_rect){ clock_x, base - time.cap * drop, clock_w, 0 },
                    &time, f->band.c.on_band, kiosk_clock_of(f, f->v->now));
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

void
kiosk_put_band(struct frame *f, const struct frame_plan *plan)
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
