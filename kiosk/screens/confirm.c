/* Is this you?  Who was found, and today's trains. */
#include "frame.h"
#include "person_text.h"

#include <string.h>

/* "还有 11 分钟" in a pill; only what leaves within two hours is soon.  Returns its width. */
static double
put_soon(struct frame *f, const struct tbc_trip *trip, double right, double middle)
{
    int64_t minutes = (trip->depart.s - f->v->now.s) / 60;
    double cap = f->wide ? f->cap.tool : f->cap.text > 6 ? 6 : f->cap.text;
    struct tbc_type type = { .cap = cap, .line = 1.2, .bold = true };
    struct tbc_box box = plain_box(f->look.c.note_soft, f->theme->is.radius_chip);
    const char *text;
    struct tbc_size is;
    double icon = cap * 1.35;
    struct tbc_rect at;

    if (trip->depart.s < f->v->now.s || minutes > 120) {
        return 0;
    }
    text = kiosk_say_with(f, "confirm.soon", "n", (int)minutes);
    is = tbc_screen_measure(f->s, &type, text, 0);
    at.w = is.w + icon + cap * 2.2 + 0.6;
    at.h = is.h + cap * 0.75;
    at.x = right - at.w;
    at.y = middle - at.h / 2;
    box.outline = f->look.c.on_note_soft;
    box.stroke = 0.25;
    tbc_screen_box(f->s, at, &box);
    kiosk_put_icon(f, "clock", at.x + cap * 0.83, middle - icon / 2, icon,
                   f->look.c.on_note_soft);
    (void)kiosk_put(f,
                    (struct tbc_rect){ at.x + cap * 1.35 + icon, middle - is.h / 2,
                                       is.w + 0.6, is.h + 0.3 },
                    &type, f->look.c.on_note_soft, text);
    return at.w;
}

/* What stands beside or below the time: the route, and train and seat. */
struct route {
    struct tbc_buf route;
    struct tbc_buf detail;
    struct tbc_type route_type;
    struct tbc_type detail_type;
    double route_h;
    double detail_h;
};

static const char *
text_of(struct tbc_buf *b)
{
    const char *s = tbc_buf_str(b);

    return s != NULL ? s : "";
}

/* Letters give way down to the smallest size, then the text takes a second line. */
static double
fit_text(struct frame *f, struct tbc_type *type, const char *text, double w)
{
    while (tbc_screen_measure(f->s, type, text, 0).w > w &&
           type->cap >= f->theme->text_cap[TBC_SIZE_SMALL] + 0.1) {
        type->cap -= 0.1;
    }
    return tbc_screen_measure(f->s, type, text, w).h;
}

static void
route_open(struct frame *f, struct route *r, const struct tbc_trip *trip, double w)
{
    bool zh = f->v->language == KIOSK_ZH;
    double text = f->cap.text;
    double cap = zh ? text * 1.21 : text;

    if (f->wide) {
        text = text > f->cap.tool * 1.2 ? f->cap.tool * 1.2 : text;
        cap = text;
    } else {
        cap = text > 6.5 ? 6.5 : cap;
    }
    *r = (struct route){ .route_type = { .cap = cap, .line = 1.4, .bold = true },
                         .detail_type = { .cap = text, .line = 1.4 } };
    (void)tbc_buf_printf(&r->route, "%s → %s", zh ? trip->from_zh : trip->from_en,
                         zh ? trip->to_zh : trip->to_en);
    kiosk_person_seat(f, trip, &r->detail);
    r->route_h = fit_text(f, &r->route_type, text_of(&r->route), w);
    r->detail_h = fit_text(f, &r->detail_type, text_of(&r->detail), w);
}

static void
route_close(struct route *r)
{
    tbc_buf_fini(&r->route);
    tbc_buf_fini(&r->detail);
}

static void
put_route(struct frame *f, struct tbc_rect at, struct route *r)
{
    (void)kiosk_put(f, (struct tbc_rect){ at.x, at.y, at.w, r->route_h + 0.3 },
                    &r->route_type, f->look.c.ink, text_of(&r->route));
    at.y += r->route_h;
    (void)kiosk_put(f, (struct tbc_rect){ at.x, at.y, at.w, r->detail_h + 0.3 },
                    &r->detail_type, f->look.c.ink_soft, text_of(&r->detail));
}

static struct tbc_type
time_type(const struct frame *f)
{
    return (struct tbc_type){ .cap = f->wide ? f->cap.title * 0.86 : 8.2,
                              .line = 1.2,
                              .bold = true };
}

static double
trip_room(const struct frame *f, double w)
{
    /* in portrait the time stands before the route and the pill of the first train behind */
    return f->wide ? w - 8 : w - 24 - 41 - (f->cap.text > 6 ? 58 : 48);
}

static double
trip_height(struct frame *f, const struct tbc_trip *trip, double w)
{
    struct tbc_type time = time_type(f);
    struct route r;
    double h;

    route_open(f, &r, trip, trip_room(f, w));
    h = r.route_h + r.detail_h;
    route_close(&r);
    if (f->wide) {
        return h + time.cap / 0.727 * time.line + 4;
    }
    return h + 10 > 37 ? h + 10 : 37;
}

static void
put_trip(struct frame *f, struct tbc_rect at, const struct tbc_trip *trip, bool first)
{
    struct tbc_type time = time_type(f);
    double pad = f->wide ? 4 : 12;
    double line = time.cap / 0.727 * time.line;
    double y = f->wide ? at.y + 2 : at.y + (at.h - line) / 2;
    struct route r;

    (void)kiosk_put(f, (struct tbc_rect){ at.x + pad, y, 0, line }, &time,
                    f->look.c.ink, kiosk_clock_of(f, trip->depart));
    if (first) {
        (void)put_soon(f, trip, at.x + at.w - pad, y + line / 2);
    }
    route_open(f, &r, trip, trip_room(f, at.w));
    if (f->wide) {
        put_route(f, (struct tbc_rect){ at.x + pad, y + line, at.w - 2 * pad, 0 }, &r);
    } else {
        put_route(f,
                  (struct tbc_rect){ at.x + pad + 41,
                                     at.y + (at.h - r.route_h - r.detail_h) / 2,
                                     trip_room(f, at.w), 0 },
                  &r);
    }
    route_close(&r);
}

/* How many trips stand in `room` mm; the heights go to h. */
static size_t
count_trips(struct frame *f, double w, double room, double h[static KIOSK_TRIPS_MAX])
{
    size_t n = f->v->trips_n < KIOSK_TRIPS_MAX ? f->v->trips_n : KIOSK_TRIPS_MAX;
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        h[i] = trip_height(f, &f->v->trips[i], w);
        sum += h[i];
        if (sum > room && i > 0) {
            return i;
        }
    }
    return n;
}

/* As many trips as there is room for; the rest is counted. */
static void
put_trips(struct frame *f, struct tbc_rect room)
{
    struct tbc_type head = { .cap = f->wide ? f->cap.text : f->cap.lead,
                             .line = 1.4,
                             .bold = true };
    struct tbc_type none = { .cap = f->cap.text > 6 ? 6 : f->cap.text, .line = 1.35 };
    double line = none.cap / 0.727 * 1.35 + 2;
    double bottom = f->bottom - (f->wide ? 0 : 4);
    double h[KIOSK_TRIPS_MAX] = { 0 };
    double pad = f->wide ? 4 : 12;
    double y;
    size_t n;

    if (head.cap > (f->wide ? 5.4 : 7)) {
        head.cap = f->wide ? 5.4 : 7;
    }
    room.y += kiosk_put(f, (struct tbc_rect){ room.x, room.y, room.w, 0 }, &head,
                        f->look.c.ink, kiosk_say(f, "confirm.trains"))
                  .h +
              (f->wide ? 1 : 4.4);
    if (f->v->trips_n == 0) {
        (void)kiosk_put(f, (struct tbc_rect){ room.x, room.y, room.w, 0 }, &none,
                        f->look.c.ink_soft, kiosk_say(f, "confirm.none"));
        return;
    }
    n = count_trips(f, room.w, bottom - room.y, h);
    if (n < f->v->trips_n) {
        n = count_trips(f, room.w, bottom - line - room.y, h);
    }
    room.h = 0;
    for (size_t i = 0; i < n; i++) {
        room.h += h[i];
    }
    tbc_widget_card(f->s, &f->look, room);
    y = room.y;
    for (size_t i = 0; i < n; y += h[i], i++) {
        put_trip(f, (struct tbc_rect){ room.x, y, room.w, h[i] }, &f->v->trips[i],
                 i == 0);
        if (i > 0) {
            tbc_widget_rule(f->s, &f->look, room.x + pad, y, room.w - 2 * pad);
        }
    }
    if (n < f->v->trips_n) {
        (void)kiosk_put(
            f, (struct tbc_rect){ room.x, y + 2, room.w, 0 }, &none, f->look.c.ink_soft,
            kiosk_say_with(f, "confirm.more", "n", (int)(f->v->trips_n - n)));
    }
}

/* Labels grow less where room is short. */
static double
label_cap(const struct frame *f)
{
    double most = f->wide ? f->cap.tool * 1.34 : f->v->low ? 5.4 : 9;

    return f->cap.text > most ? most : f->cap.text;
}

/* A quiet label above a bold value; returns the height both take. */
static double
put_fact(struct frame *f, struct tbc_rect at, const char *label, const char *value,
         double cap)
{
    struct tbc_type small = { .cap = label_cap(f), .line = 1.4 };
    struct tbc_type big = { .cap = cap, .line = cap > 9 ? 1.3 : 1.5, .bold = true };
    double h;

    while (tbc_screen_measure(f->s, &big, value, 0).w > at.w && big.cap >= 3.6) {
        big.cap -= 0.1;
    }
    h = kiosk_put(f, at, &small, f->look.c.ink_soft, label).h;
    at.y += h;
    return h + kiosk_put(f, at, &big, f->look.c.ink, value).h;
}

/* The card with name and number; returns its lower edge. */
static double
put_person(struct frame *f, struct tbc_rect at)
{
    double pad = f->wide ? 5 : f->v->low ? 8 : 12;
    double disc = f->wide ? 15 : f->v->low ? 22 : 34;
    double cap = f->wide ? f->cap.title : f->v->low ? 9 : 12;
    double facts = (label_cap(f) * 1.4 + cap * 1.3) / 0.727;
    double first = facts > disc ? facts : disc;
    double second = (label_cap(f) * 1.4 + cap * 0.617 * 1.5) / 0.727;
    double gap = f->wide ? 2.5 : f->v->low ? 3 : 8;
    double x = at.x + pad + disc + (f->wide ? 4 : 11);
    char name[2 * TBC_NAME_MAX + 1];
    char number[4 * TBC_NUMBER_MAX + 1];

    kiosk_person_name(f, name, sizeof name);
    kiosk_person_number(f, number, sizeof number);
    at.h = pad * 1.83 + first + 2 * gap + second;
    tbc_widget_card(f->s, &f->look, at);
    tbc_widget_disc(f->s, &f->look,
                    (struct tbc_rect){ at.x + pad,
                                       at.y + pad * 0.92 + (first - disc) / 2, disc,
                                       disc },
                    99, "id-card");
    (void)put_fact(f,
                   (struct tbc_rect){ x, at.y + pad * 0.92 + (first - facts) / 2,
                                      at.x + at.w - pad - x, 0 },
                   kiosk_say(f, "confirm.name"), name, cap);
    tbc_widget_rule(f->s, &f->look, at.x + pad, at.y + pad * 0.92 + first + gap,
                    at.w - 2 * pad);
    (void)put_fact(f,
                   (struct tbc_rect){ at.x + pad, at.y + pad * 0.92 + first + 2 * gap,
                                      at.w - 2 * pad, 0 },
                   kiosk_say(f, f->v->kind == TBC_DOC_CN ? "confirm.number"
                                                         : "confirm.other_number"),
                   number, cap * 0.617);
    return at.y + at.h;
}

void
kiosk_draw_confirm(struct frame *f)
{
    struct frame_plan plan = { .step = 4, .title = kiosk_say(f, "confirm.title") };
    struct frame_action yes = { .label = kiosk_say(f, "confirm.yes"),
                                .end = "done",
                                .event = KIOSK_EV_CONFIRM };
    struct frame_action row[] = {
        { .label = kiosk_say(f, "confirm.no"),
          .icon = "back",
          .event = KIOSK_EV_NOT_ME },
        { .label = kiosk_say(f, "go.desk_short"),
          .icon = "staffed-desk",
          .event = KIOSK_EV_DESK },
    };
    bool wide = f->panel->zone.content_left.w > 0;
    double w = f->panel->zone.content_right.x + f->panel->zone.content_right.w -
               f->panel->zone.content_left.x;

    if (wide) { /* the trains need a little more than the right column */
        plan.title_room = w * 0.53;
    } else {
        plan.lead = kiosk_say(f, "confirm.lead");
        row[1].label = kiosk_say(f, "go.desk");
    }
    kiosk_frame_begin(f, &plan);
    kiosk_frame_actions(f, &yes, row, 2, 0);
    if (f->wide) {
        struct tbc_rect trains = f->panel->zone.content_right;

        (void)put_person(f, (struct tbc_rect){ f->left, f->top + 3, w * 0.47, 0 });
        trains.x = f->left + w * 0.49;
        trains.w = f->right - trains.x;
        put_trips(f, trains);
    } else {
        double y =
            put_person(f, (struct tbc_rect){ f->left, f->top + (f->v->low ? 6 : 17.2),
                                             f->right - f->left, 0 });

        put_trips(f, (struct tbc_rect){ f->left, y + (f->v->low ? 6 : 17),
                                        f->right - f->left, 0 });
    }
    kiosk_frame_tools(f);
}
