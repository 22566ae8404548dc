/* The way to a person, and the question whether anybody is still there. */
#include "frame.h"

#include <string.h>

static const char *
own_or(const struct frame *f, const char *zh, const char *en, const char *key)
{
    const char *own = f->v->language == KIOSK_ZH ? zh : en;

    return own != NULL ? own : say(f, key);
}

static struct tbc_type
narrowed(struct frame *f, struct tbc_type type, const char *text, double w)
{
    while (tbc_screen_measure(f->s, &type, text, 0).w > w &&
           type.cap >= f->theme->text_cap[TBC_SIZE_SMALL] + 0.1) {
        type.cap -= 0.1;
    }
    return type;
}

/* The number to be called by; without one, the desk's own sign. */
static void
put_number(struct frame *f, struct tbc_rect at, double cap)
{
    struct tbc_type small = { .cap = f->cap.text > 7 ? 7 : f->cap.text, .line = 1.4 };
    struct tbc_type big = { .cap = cap, .line = 1.1, .track = -0.01, .bold = true };
    const char *text =
        own_or(f, f->options->desk_name_zh, f->options->desk_name_en, "desk.name");
    double side = f->wide ? at.w * 0.42 : 34;

    if (f->v->desk_number > 0) {
        at.y += put(f, (struct tbc_rect){ at.x, at.y, at.w - side, 0 }, &small,
                    f->look.c.ink_soft, say(f, "desk.number"))
                    .h;
        tbc_buf_clear(f->scratch);
        (void)tbc_buf_printf(f->scratch, KIOSK_DESK_FORMAT, f->v->desk_number);
        text = tbc_buf_str(f->scratch);
        text = text != NULL ? text : "";
    } else {
        at.y += f->wide ? 2 : 12;
    }
    big = narrowed(f, big, text, at.w - side - 6);
    (void)put(f, (struct tbc_rect){ at.x, at.y, at.w - side, 0 }, &big, f->look.c.ink,
              text);
}

/* A piece of the line from "you are here" to the desk. */
static void
put_way(struct frame *f, struct tbc_rect at, double k)
{
    struct tbc_point p[4] = { { at.x + 8 * k, at.y + 46 * k },
                              { at.x + at.w * 0.57, at.y + 46 * k },
                              { at.x + at.w * 0.57 + 30 * k, at.y + 16 * k },
                              { at.x + at.w - 15 * k, at.y + 16 * k } };
    struct tbc_box here = plain_box(f->look.c.surface, 99);
    struct tbc_box there = plain_box(f->look.c.primary, 99);
    double r = 11 * k;

    tbc_screen_line(f->s, p, 4,
                    &(struct tbc_pen){ .colour = f->look.c.primary, .width = 4 * k });
    here.outline = f->look.c.primary;
    here.stroke = 3 * k;
    tbc_screen_box(
        f->s, (struct tbc_rect){ p[0].x - 7.5 * k, p[0].y - 7.5 * k, 15 * k, 15 * k },
        &here);
    tbc_screen_box(f->s, (struct tbc_rect){ p[3].x - r, p[3].y - r, 2 * r, 2 * r },
                   &there);
    put_icon(f, "staffed-desk", p[3].x - 6 * k, p[3].y - 6 * k, 12 * k,
             f->look.c.on_primary);
}

static void
put_ahead(struct frame *f, struct tbc_rect at)
{
    struct tbc_type type = { .cap = f->wide             ? f->cap.tool * 1.1
                                    : f->cap.text > 6.4 ? 6.4
                                                        : f->cap.text,
                             .line = 1.3,
                             .align = TBC_ALIGN_END,
                             .bold = true };

    if (f->v->desk_ahead >= 0) {
        const char *text = f->v->desk_ahead == 0
                               ? say(f, "desk.next")
                               : say_with(f, "desk.ahead", "n", f->v->desk_ahead);

        type = narrowed(f, type, text, at.w);
        (void)put(f, at, &type, f->look.c.ink, text);
    }
}

static void
put_desk_ticket(struct frame *f, struct tbc_rect at, double k)
{
    double pad = f->wide ? 14 * k : 12 * k;
    double cut = at.h * 0.449;
    double disc = 34 * k;
    struct tbc_rect lower = { at.x + pad, at.y + cut, at.w - 2 * pad, at.h - cut };
    double text = f->wide ? f->cap.tool * 1.15 : f->cap.text > 6.4 ? 6.4 : f->cap.text;
    struct tbc_type soft = { .cap = text, .line = 1.4 };
    struct tbc_type name = {
        .cap = text, .line = 1.4, .align = TBC_ALIGN_END, .bold = true
    };
    struct tbc_type where = { .cap = f->wide ? text * 1.15 : text * 1.21,
                              .line = 1.35,
                              .bold = true };
    const char *way = own_or(f, f->options->desk_zh, f->options->desk_en, "desk.where");
    double line = text / 0.727 * 1.4;
    double way_y = lower.y + 10 * k;
    struct tbc_size is;

    put_ticket(f, at, cut);
    put_number(f, (struct tbc_rect){ at.x + pad, at.y + pad, at.w - 2 * pad, 0 },
               f->wide ? 33 * k : 34 * k);
    tbc_widget_disc(
        f->s, &f->look,
        (struct tbc_rect){ at.x + at.w - pad - disc, at.y + pad + 2 * k, disc, disc },
        99, "staffed-desk");
    put_ahead(f, (struct tbc_rect){ at.x + at.w / 2, at.y + pad + disc + 6 * k,
                                    at.w / 2 - pad, 0 });
    put_way(f, (struct tbc_rect){ lower.x, way_y, lower.w, 0 }, k);
    if (!f->wide) {
        (void)put(f, (struct tbc_rect){ lower.x, way_y + 57 * k, lower.w / 2, 0 },
                  &soft, f->look.c.ink_soft, say(f, "desk.here"));
    } else {
        line = 0;
    }
    (void)put(
        f, (struct tbc_rect){ lower.x + lower.w / 2, way_y + 31 * k, lower.w / 2, 0 },
        &name, f->look.c.ink,
        own_or(f, f->options->desk_name_zh, f->options->desk_name_en, "desk.name"));
    is = tbc_screen_measure(f->s, &where, way, lower.w);
    while (way_y + 57 * k + line + is.h > at.y + at.h - 3 * k && where.cap >= 3.6) {
        where.cap -= 0.1;
        is = tbc_screen_measure(f->s, &where, way, lower.w);
    }
    {
        double from = way_y + 57 * k + line;
        double y = from + (at.y + at.h - from - is.h) * 0.42;

        (void)put(f, (struct tbc_rect){ lower.x, y, lower.w, is.h + 0.5 }, &where,
                  f->look.c.ink, way);
    }
}

static struct tbc_type
below_type(const struct frame *f)
{
    double most = f->wide ? f->cap.tool * 1.1 : f->v->low ? 6 : 8;

    return (struct tbc_type){ .cap = f->cap.lead > most ? most : f->cap.lead,
                              .line = 1.3,
                              .bold = true };
}

/* A line with an icon; returns the height it takes.  draw false: only measures. */
static double
put_below(struct frame *f, struct tbc_point at, double w, const char *key, bool draw)
{
    bool slip = strcmp(key, "desk.take") == 0;
    struct tbc_type type = below_type(f);
    double side = f->wide ? 7 : 11;
    double line = type.cap / 0.727 * 1.3;
    uint32_t ink = slip ? f->look.c.on_good_soft : f->look.c.ink;
    double room = w - side - 5;
    double h = tbc_screen_measure(f->s, &type, say(f, key), room).h;

    if (draw) {
        put_icon(f, slip ? "printer" : "info", at.x, at.y + (line - side) / 2, side,
                 ink);
        (void)put(f, (struct tbc_rect){ at.x + side + 5, at.y, room, h + 0.3 }, &type,
                  ink, say(f, key));
    }
    return h + (f->wide ? 2 : 5);
}

/* Why the passenger is sent, and that the slip must be taken. */
static double
put_lines_below(struct frame *f, struct tbc_point at, double w, bool draw)
{
    double h = 0;

    if (f->v->desk_reason != NULL) {
        h += put_below(f, at, w, f->v->desk_reason, draw);
    }
    if (f->v->desk_number > 0) {
        h += put_below(f, (struct tbc_point){ at.x, at.y + h }, w, "desk.take", draw);
    }
    return h;
}

static void
put_desk_wide(struct frame *f)
{
    struct tbc_rect l = f->panel->zone.content_left;
    struct tbc_rect r = f->panel->zone.content_right;
    double most = f->cap.tool * 1.2;
    struct tbc_type lead = { .cap = f->cap.lead > most ? most : f->cap.lead,
                             .line = 1.35 };
    double y = f->top + 2;

    r.x -= r.w * 0.29;
    r.w *= 1.29;
    l.w = r.x - f->left - 5;
    y += put(f, (struct tbc_rect){ f->left, y, l.w, 0 }, &lead, f->look.c.ink_soft,
             say(f, "desk.lead"))
             .h +
         3;
    (void)put_lines_below(f, (struct tbc_point){ f->left, y }, l.w, true);
    put_desk_ticket(f, r, r.w / 233);
}

static void
put_desk_tall(struct frame *f)
{
    double w = f->right - f->left;
    double y = f->top + (f->v->low ? 6 : 17.2);
    double gap = f->v->low ? 5 : 13;
    double below = put_lines_below(f, (struct tbc_point){ 0, 0 }, w, false);
    double room = f->bottom - y - gap - below;
    double h = room < 196 ? room : 196;

    put_desk_ticket(f, (struct tbc_rect){ f->left, y, w, h }, h / 196);
    (void)put_lines_below(f, (struct tbc_point){ f->left, y + h + gap }, w, true);
}

void
draw_desk(struct frame *f)
{
    struct frame_plan plan = { .step = -1, .title = say(f, "desk.title") };
    struct frame_action done = { .label = say(f, "cert.done"),
                                 .end = "wipe",
                                 .event = KIOSK_EV_DONE };
    bool wide = f->panel->zone.content_left.w > 0;

    plan.lead = say(f, "desk.lead");
    if (wide) {
        plan.lead = NULL;
        plan.title_room =
            f->panel->zone.content_right.x + f->panel->zone.content_right.w -
            f->panel->zone.content_left.x - f->panel->zone.content_left.w +
            f->panel->zone.content_right.w * 0.29;
    }
    frame_begin(f, &plan);
    frame_actions(f, &done, NULL, 0, 0);
    if (f->wide) {
        put_desk_wide(f);
    } else {
        put_desk_tall(f);
    }
    frame_tools(f);
}

/* One question, one large answer, a ring that runs empty. */
void
draw_time_out(struct frame *f)
{
    struct frame_plan plan = { .dark = true };
    struct tbc_type title = { .line = 1.25, .align = TBC_ALIGN_CENTRE, .bold = true };
    struct tbc_type lead = { .line = 1.4, .align = TBC_ALIGN_CENTRE };
    struct tbc_type figure = { .line = 1.2, .align = TBC_ALIGN_CENTRE, .bold = true };
    double left =
        f->v->seconds_whole > 0 ? (double)f->v->seconds_left / f->v->seconds_whole : 0;
    struct tbc_button more = { .kind = TBC_BUTTON_WARM,
                               .label = say(f, "idle.more"),
                               .centre = true,
                               .pad = 6,
                               .gap = 4,
                               .event = KIOSK_EV_MORE_TIME };
    struct tbc_button end = { .kind = TBC_BUTTON_QUIET,
                              .label = say(f, "idle.end"),
                              .icon = "wipe",
                              .centre = true,
                              .pad = 4,
                              .gap = 4,
                              .event = KIOSK_EV_END };
    struct tbc_rect words;
    struct tbc_rect ring;
    double w;
    char seconds[12];
    struct tbc_buf b;

    frame_begin(f, &plan);
    w = f->wide ? f->panel->zone.tools.x : f->panel->width_mm;
    if (f->wide) {
        double h = f->panel->zone.content_left.h;
        double side = h * 0.8;

        ring = (struct tbc_rect){ f->left + 4,
                                  f->panel->zone.content_left.y + (h - side) / 2, side,
                                  side };
        words = (struct tbc_rect){ ring.x + side + 10, ring.y + side * 0.14, 0, 0 };
        words.w = f->right - words.x;
        title.cap = f->cap.title * 1.1;
        title.align = lead.align = TBC_ALIGN_START;
        figure.cap = side * 0.27;
        more.at = f->panel->zone.primary;
        end.at = f->panel->zone.second;
        more.at.x = f->left + (f->right - f->left) * 0.42;
        more.at.w = f->right - more.at.x;
        end.at.w = more.at.x - f->left - 3;
        more.type = (struct tbc_type){ .cap = f->cap.primary * 1.15,
                                       .line = 1.15,
                                       .bold = true };
    } else {
        double y = f->down > 0 ? 164 : 70;
        double side = f->down > 0 ? 92 : 140;

        words = (struct tbc_rect){ f->left, y, w - 2 * f->left, 0 };
        ring = (struct tbc_rect){ (w - side) / 2, f->down > 0 ? 216 : 146, side, side };
        title.cap = 14;
        figure.cap = side * 0.27;
        more.at = (struct tbc_rect){ f->left, f->panel->zone.second.y - 55,
                                     f->right - f->left, 46 };
        end.at = (struct tbc_rect){ f->left, f->panel->zone.second.y - 4,
                                    f->right - f->left, 24 };
        more.type = (struct tbc_type){ .cap = 11, .line = 1.15, .bold = true };
    }
    title = narrowed(f, title, say(f, "idle.title"), words.w);
    lead.cap = f->cap.lead > 8 ? 8 : f->cap.lead;
    words.y += put(f, words, &title, f->look.c.on_band, say(f, "idle.title")).h +
               (f->wide ? 2 : 4);
    (void)put(f, words, &lead, f->look.c.on_band_soft,
              say_with(f, "idle.lead", "s", f->v->seconds_left));
    ring = tbc_rect_inset(ring, ring.w * 8 / 140);
    tbc_screen_arc(
        f->s, ring, 0, 1,
        &(struct tbc_pen){ .colour = f->look.c.band_line, .width = 2 * ring.w / 124 });
    tbc_screen_arc(
        f->s, ring, 0, left > 1 ? 1 : left,
        &(struct tbc_pen){ .colour = f->look.c.band_go, .width = 7 * ring.w / 124 });
    tbc_buf_init_fixed(&b, seconds, sizeof seconds);
    (void)tbc_buf_printf(&b, "%d", f->v->seconds_left);
    (void)tbc_buf_str(&b);
    {
        double line = figure.cap / 0.727 * 1.2;

        (void)put(
            f, (struct tbc_rect){ ring.x, ring.y + (ring.h - line) / 2, ring.w, line },
            &figure, f->look.c.on_band, seconds);
        tbc_screen_silent(f->s);
    }
    more.type = narrowed(f, more.type, more.label, more.at.w - 2 * more.pad);
    put_button(f, more);
    end.icon_mm = f->is.icon;
    end.type = (struct tbc_type){ .cap = f->cap.button, .line = 1.15 };
    end.type = narrowed(f, end.type, end.label,
                        end.at.w - 2 * end.pad - end.icon_mm - end.gap);
    put_button(f, end);
    frame_tools(f);
}
