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
    text = say_with(f, "confirm.soon", "n", (int)minutes);
    is = tbc_screen_measure(f->s, &type, text, 0);
    at.w = is.w + icon + cap * 2.2 + 0.6;
    at.h = is.h + cap * 0.75;
    at.x = right - at.w;
    at.y = middle - at.h / 2;
    box.outline = f->look.c.on_note_soft;
    box.stroke = 0.4;
    tbc_screen_box(f->s, at, &box);
    put_icon(f, "clock", at.x + cap * 0.83, middle - icon / 2, icon,
             f->look.c.on_note_soft);
    (void)put(f,
              (struct tbc_rect){ at.x + cap * 1.35 + icon, middle - is.h / 2,
                                 is.w + 0.6, is.h + 0.3 },
              &type, f->look.c.on_note_soft, text);
    return at.w;
}

static void
put_route(struct frame *f, struct tbc_rect at, const struct tbc_trip *trip, double cap)
{
    bool zh = f->v->language == KIOSK_ZH;
    struct tbc_type route = { .cap = cap, .line = 1.4, .bold = true };
    struct tbc_type detail = { .cap = f->cap.text, .line = 1.4 };
    struct tbc_buf text = { 0 };
    const char *s;

    if (f->wide && detail.cap > f->cap.tool * 1.2) {
        detail.cap = f->cap.tool * 1.2;
    }
    (void)tbc_buf_printf(&text, "%s → %s", zh ? trip->from_zh : trip->from_en,
                         zh ? trip->to_zh : trip->to_en);
    s = tbc_buf_str(&text);
    while (tbc_screen_measure(f->s, &route, s != NULL ? s : "", 0).w > at.w &&
           route.cap > f->theme->text_cap[TBC_SIZE_SMALL]) {
        route.cap -= 0.1;
    }
    at.y += put(f, at, &route, f->look.c.ink, s != NULL ? s : "").h;
    tbc_buf_clear(&text);
    person_seat(f, trip, &text);
    s = tbc_buf_str(&text);
    while (tbc_screen_measure(f->s, &detail, s != NULL ? s : "", 0).w > at.w &&
           detail.cap > f->theme->text_cap[TBC_SIZE_SMALL]) {
        detail.cap -= 0.1;
    }
    (void)put(f, at, &detail, f->look.c.ink_soft, s != NULL ? s : "");
    tbc_buf_fini(&text);
}

static void
put_trip(struct frame *f, struct tbc_rect at, const struct tbc_trip *trip, bool first)
{
    struct tbc_type time = { .cap = f->wide ? f->cap.title * 0.86 : 8.2,
                             .line = 1.2,
                             .bold = true };
    double pad = f->wide ? 4 : 12;
    double line = time.cap / 0.727 * 1.2;
    double soon = 0;
    double x;

    if (f->wide) { /* time and pill above, the route below them */
        (void)put(f, (struct tbc_rect){ at.x + pad, at.y + 2.5, 0, line }, &time,
                  f->look.c.ink, clock_of(f, trip->depart));
        if (first) {
            (void)put_soon(f, trip, at.x + at.w - pad, at.y + 2.5 + line / 2);
        }
        put_route(
            f, (struct tbc_rect){ at.x + pad, at.y + 2.5 + line, at.w - 2 * pad, 0 },
            trip, f->cap.text > f->cap.tool * 1.3 ? f->cap.tool * 1.3 : f->cap.text);
        return;
    }
    (void)put(f, (struct tbc_rect){ at.x + pad, at.y + (at.h - line) / 2, 0, line },
              &time, f->look.c.ink, clock_of(f, trip->depart));
    if (first) {
        soon = put_soon(f, trip, at.x + at.w - pad, at.y + at.h / 2);
    }
    x = at.x + pad + 32 + 9;
    {
        double cap = f->v->language == KIOSK_ZH ? f->cap.text * 1.21 : f->cap.text;
        double most = f->cap.text > 6.5 ? 6.5 : cap;
        double two = (most + f->cap.text) / 0.727 * 1.4;

        put_route(f,
                  (struct tbc_rect){ x, at.y + (at.h - two) / 2,
                                     at.x + at.w - pad - x - (soon > 0 ? soon + 4 : 0),
                                     0 },
                  trip, most);
    }
}

/* As many trips as there is room for; the rest is counted. */
static void
put_trips(struct frame *f, struct tbc_rect room)
{
    struct tbc_type head = { .cap = f->wide ? f->cap.text : f->cap.lead * 0.999,
                             .line = 1.3,
                             .bold = true };
    struct tbc_type none = { .cap = f->cap.text, .line = 1.35 };
    double h = f->wide
                   ? (f->cap.title * 0.86 * 1.2 + 2.4 * f->cap.tool * 1.4) / 0.727 + 5
               : f->cap.text * 5.2 > 37 ? f->cap.text * 5.2
                                        : 37;
    size_t fits;
    size_t n;

    room.y += put(f, (struct tbc_rect){ room.x, room.y, room.w, 0 }, &head,
                  f->look.c.ink, say(f, "confirm.trains"))
                  .h +
              (f->wide ? 2 : 5);
    if (f->v->trips_n == 0) {
        (void)put(f, (struct tbc_rect){ room.x, room.y, room.w, 0 }, &none,
                  f->look.c.ink_soft, say(f, "confirm.none"));
        return;
    }
    fits = (size_t)((f->bottom - (f->wide ? 0 : 8) - room.y) / h);
    n = f->v->trips_n < KIOSK_TRIPS_MAX ? f->v->trips_n : KIOSK_TRIPS_MAX;
    if (n > fits) {
        double line = none.cap / 0.727 * 1.35;

        fits = (size_t)((f->bottom - (f->wide ? 0 : 4) - line - room.y) / h);
        fits = fits > 0 ? fits : 1;
        (void)put(f,
                  (struct tbc_rect){ room.x, room.y + (double)fits * h + 2, room.w, 0 },
                  &none, f->look.c.ink_soft,
                  say_with(f, "confirm.more", "n", (int)(f->v->trips_n - fits)));
        n = fits;
    }
    room.h = (double)n * h;
    tbc_widget_card(f->s, &f->look, room);
    for (size_t i = 0; i < n; i++) {
        double y = room.y + (double)i * h;
        double pad = f->wide ? 4 : 12;

        put_trip(f, (struct tbc_rect){ room.x, y, room.w, h }, &f->v->trips[i], i == 0);
        if (i > 0) {
            tbc_widget_rule(f->s, &f->look, room.x + pad, y, room.w - 2 * pad);
        }
    }
}

/* A quiet label above a bold value; returns the height both take. */
static double
put_fact(struct frame *f, struct tbc_rect at, const char *label, const char *value,
         double cap)
{
    struct tbc_type small = { .cap = f->cap.text, .line = 1.4 };
    struct tbc_type big = { .cap = cap, .line = 1.3, .bold = true };
    double h;

    while (tbc_screen_measure(f->s, &big, value, 0).w > at.w && big.cap > 3.6) {
        big.cap -= 0.1;
    }
    h = put(f, at, &small, f->look.c.ink_soft, label).h;
    at.y += h;
    return h + put(f, at, &big, f->look.c.ink, value).h;
}

/* The card with name and number; returns its lower edge. */
static double
put_person(struct frame *f, struct tbc_rect at)
{
    double pad = f->wide ? 5 : 12;
    double disc = f->wide ? 15 : 34;
    double cap = f->wide ? f->cap.title : 12;
    double facts = (f->cap.text * 1.4 + cap * 1.3) / 0.727;
    double first = facts > disc ? facts : disc;
    double second = (f->cap.text * 1.4 + cap * 0.62 * 1.3) / 0.727;
    double gap = f->wide ? 2.5 : 8;
    double x = at.x + pad + disc + (f->wide ? 4 : 11);
    char name[2 * TBC_NAME_MAX + 1];
    char number[4 * TBC_NUMBER_MAX + 1];

    person_name(f, name, sizeof name);
    person_number(f, number, sizeof number);
    at.h = pad * 1.9 + first + 2 * gap + second;
    tbc_widget_card(f->s, &f->look, at);
    tbc_widget_disc(f->s, &f->look,
                    (struct tbc_rect){ at.x + pad,
                                       at.y + pad * 0.92 + (first - disc) / 2, disc,
                                       disc },
                    99, "id-card");
    (void)put_fact(f,
                   (struct tbc_rect){ x, at.y + pad * 0.92 + (first - facts) / 2,
                                      at.x + at.w - pad - x, 0 },
                   say(f, "confirm.name"), name, cap);
    tbc_widget_rule(f->s, &f->look, at.x + pad, at.y + pad * 0.92 + first + gap,
                    at.w - 2 * pad);
    (void)put_fact(
        f,
        (struct tbc_rect){ at.x + pad, at.y + pad * 0.92 + first + 2 * gap,
                           at.w - 2 * pad, 0 },
        say(f, f->v->kind == TBC_DOC_CN ? "confirm.number" : "confirm.other_number"),
        number, cap * 0.617);
    return at.y + at.h;
}

void
draw_confirm(struct frame *f)
{
    struct frame_plan plan = { .step = 4, .title = say(f, "confirm.title") };
    struct frame_action yes = { .label = say(f, "confirm.yes"),
                                .end = "done",
                                .event = KIOSK_EV_CONFIRM };
    struct frame_action row[] = {
        { .label = say(f, "confirm.no"), .icon = "back", .event = KIOSK_EV_NOT_ME },
        { .label = say(f, "go.desk_short"),
          .icon = "staffed-desk",
          .event = KIOSK_EV_DESK },
    };
    bool wide = f->panel->zone.content_left.w > 0;

    if (wide) { /* the left column alone */
        plan.title_room = f->panel->zone.content_right.x +
                          f->panel->zone.content_right.w -
                          f->panel->zone.content_left.x - f->panel->zone.content_left.w;
    } else {
        plan.lead = say(f, "confirm.lead");
        row[1].label = say(f, "go.desk");
    }
    frame_begin(f, &plan);
    frame_actions(f, &yes, row, 2, 0);
    if (f->wide) {
        (void)put_person(f, (struct tbc_rect){ f->left, f->top + 3,
                                               f->panel->zone.content_left.w, 0 });
        put_trips(f, f->panel->zone.content_right);
    } else {
        double y =
            put_person(f, (struct tbc_rect){ f->left, f->top + (f->v->low ? 6 : 17.2),
                                             f->right - f->left, 0 });

        put_trips(f, (struct tbc_rect){ f->left, y + (f->v->low ? 6 : 15),
                                        f->right - f->left, 0 });
    }
    frame_tools(f);
}
