/* The way to a person, and the question whether anybody is still there. */
#include "frame.h"

#include <string.h>

static const char *
own_or(const struct frame *f, const char *zh, const char *en, const char *key)
{
    const char *own = f->v->language == KIOSK_ZH ? zh : en;

    return own != NULL ? own : kiosk_say(f, key);
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
        at.y += kiosk_put(f, (struct tbc_rect){ at.x, at.y, at.w - side, 0 }, &small,
                          f->look.c.ink_soft, kiosk_say(f, "desk.number"))
                    .h;
        tbc_buf_clear(f->scratch);
        (void)tbc_buf_printf(f->scratch, KIOSK_DESK_FORMAT, f->v->desk_number);
        text = tbc_buf_str(f->scratch);
        text = text != NULL ? text : "";
    } else {
        at.y += f->wide ? 2 : 12;
    }
    big = kiosk_narrowed(f, big, text, at.w - side - 6);
    (void)kiosk_put(f, (struct tbc_rect){ at.x, at.y, at.w - side, 0 }, &big,
                    f->look.c.ink, text);
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
    kiosk_put_icon(f, "staffed-desk", p[3].x - 6 * k, p[3].y - 6 * k, 12 * k,
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
                               ? kiosk_say(f, "desk.next")
                               : kiosk_say_with(f, "desk.ahead", "n", f->v->desk_ahead);

        type = kiosk_narrowed(f, type, text, at.w);
        (void)kiosk_put(f, at, &type, f->look.c.ink, text);
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

    kiosk_put_ticket(f, at, cut);
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
        (void)kiosk_put(f, (struct tbc_rect){ lower.x, way_y + 57 * k, lower.w / 2, 0 },
                        &soft, f->look.c.ink_soft, kiosk_say(f, "desk.here"));
    } else {
        line = 0;
    }
    (void)kiosk_put(
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

        (void)kiosk_put(f, (struct tbc_rect){ lower.x, y, lower.w, is.h + 0.5 }, &where,
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
    double h = tbc_screen_measure(f->s, &type, kiosk_say(f, key), room).h;

    if (draw) {
        kiosk_put_icon(f, slip ? "printer" : "info", at.x, at.y + (line - side) / 2,
                       side, ink);
        (void)kiosk_put(f, (struct tbc_rect){ at.x + side + 5, at.y, room, h + 0.3 },
                        &type, ink, kiosk_say(f, key));
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
    y += kiosk_put(f, (struct tbc_rect){ f->left, y, l.w, 0 }, &lead,
                   f->look.c.ink_soft, kiosk_say(f, "desk.lead"))
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
kiosk_draw_desk(struct frame *f)
{
    struct frame_plan plan = { .step = -1, .title = kiosk_say(f, "desk.title") };
    struct frame_action done = { .label = kiosk_say(f, "cert.done"),
                                 .end = "wipe",
                                 .event = KIOSK_EV_DONE };
    bool wide = f->panel->zone.content_left.w > 0;

    plan.lead = kiosk_say(f, "desk.lead");
    if (wide) {
        plan.lead = NULL;
        plan.title_room =
            f->panel->zone.content_right.x + f->panel->zone.content_right.w -
            f->panel->zone.content_left.x - f->panel->zone.content_left.w +
            f->panel->zone.content_right.w * 0.29;
    }
    kiosk_frame_begin(f, &plan);
    kiosk_frame_actions(f, &done, NULL, 0, 0);
    if (f->wide) {
        put_desk_wide(f);
    } else {
        put_desk_tall(f);
    }
    kiosk_frame_tools(f);
}
