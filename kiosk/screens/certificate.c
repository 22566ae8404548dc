/* The certificate itself: a code to keep or print, and until when it serves. */
#include "frame.h"
#include "person_text.h"

static void
put_tick(struct frame *f, double x, double y, double side)
{
    struct tbc_box disc = plain_box(f->look.c.on_good_soft, 99);
    double icon = side * 0.636;

    tbc_screen_box(f->s, (struct tbc_rect){ x, y, side, side }, &disc);
    kiosk_put_icon(f, "done", x + (side - icon) / 2, y + (side - icon) / 2, icon,
                   f->look.c.surface);
}

static const char *
left_text(struct frame *f, char hours[static 12], char minutes[static 12])
{
    int64_t s = f->v->expires.s > f->v->now.s ? f->v->expires.s - f->v->now.s : 0;
    struct tbc_buf b;

    tbc_buf_init_fixed(&b, hours, 12);
    (void)tbc_buf_printf(&b, "%d", (int)(s / 3600));
    (void)tbc_buf_str(&b);
    tbc_buf_init_fixed(&b, minutes, 12);
    (void)tbc_buf_printf(&b, "%d", (int)(s / 60 % 60));
    (void)tbc_buf_str(&b);
    return kiosk_say_fill(f, "cert.left",
                          (const struct tbc_fill[]){ { "h", hours }, { "m", minutes } },
                          2);
}

/* Three lines: small, large, small. */
static void
put_lines(struct frame *f, struct tbc_rect at, enum tbc_align align,
          const char *const text[static 3], double big)
{
    double small = f->wide ? f->cap.text : f->cap.text > 6 ? 6 : f->cap.text;

    for (int i = 0; i < 3; i++) {
        struct tbc_type type = { .cap = i == 1 ? big : small,
                                 .line = i == 1 ? 1.35 : 1.4,
                                 .align = align,
                                 .bold = i == 1 };

        type = kiosk_narrowed(f, type, text[i], at.w);
        if (text[i][0] != '\0') {
            at.y += kiosk_put(f, at, &type, i == 1 ? f->look.c.ink : f->look.c.ink_soft,
                              text[i])
                        .h;
        }
    }
}

static void
put_until(struct frame *f, struct tbc_rect at, double big)
{
    char until[64];
    char left[64];
    char hours[12];
    char minutes[12];
    struct tbc_buf b;

    tbc_buf_init_fixed(&b, until, sizeof until);
    (void)tbc_buf_append_str(&b, kiosk_person_until(f, f->v->expires));
    (void)tbc_buf_str(&b);
    tbc_buf_init_fixed(&b, left, sizeof left);
    (void)tbc_buf_append_str(&b, left_text(f, hours, minutes));
    (void)tbc_buf_str(&b);
    put_lines(f, at, TBC_ALIGN_START,
              (const char *const[3]){ kiosk_say(f, "cert.until"), until, left }, big);
}

static void
put_holder(struct frame *f, struct tbc_rect at, enum tbc_align align, double big)
{
    bool zh = f->v->language == KIOSK_ZH;
    char train[TBC_TRAIN_MAX + TBC_PLACE_MAX + 8] = "";
    char name[2 * TBC_NAME_MAX + 1];
    char number[4 * TBC_NUMBER_MAX + 1];
    struct tbc_buf b;

    kiosk_person_name(f, name, sizeof name);
    kiosk_person_number(f, number, sizeof number);
    if (f->v->trips_n > 0) {
        const struct tbc_trip *trip = &f->v->trips[0];

        tbc_buf_init_fixed(&b, train, sizeof train);
        (void)tbc_buf_printf(&b, "%s　%s", trip->train, zh ? trip->to_zh : trip->to_en);
        (void)tbc_buf_str(&b);
    }
    put_lines(f, at, align,
              f->wide ? (const char *const[3]){ "", name, train }
                      : (const char *const[3]){ train, name, number },
              big);
}

/* How much of the 24 hours is left. */
static void
put_bar(struct frame *f, double x, double y, double w)
{
    double left = (double)(f->v->expires.s - f->v->now.s) / TBC_DAY_S;
    struct tbc_box whole =
        plain_box(f->look.contrast ? TBC_NO_COLOUR : f->look.c.hairline, 1.5);
    struct tbc_box part = plain_box(f->look.c.on_good_soft, 1.5);

    left = left < 0 ? 0 : left > 1 ? 1 : left;
    if (f->look.contrast) {
        whole.outline = f->look.c.line;
        whole.stroke = 0.5;
    }
    tbc_screen_box(f->s, (struct tbc_rect){ x, y, w, 3 }, &whole);
    tbc_screen_box(f->s, (struct tbc_rect){ x, y, w * left, 3 }, &part);
}

static void
put_code(struct frame *f, struct tbc_rect at, const char *caption, double cap)
{
    struct tbc_type type = { .cap = cap, .line = 1.3, .bold = true };
    double icon = cap * (f->wide ? 1.25 : 1.83);
    double gap = icon * 0.36;
    struct tbc_rect code = { at.x, at.y, at.w, at.h };
    double line;
    double y;
    double w;

    type = kiosk_narrowed(f, type, caption, at.w - icon - gap - 4);
    line = type.cap / 0.727 * 1.3;
    code.h -= f->wide ? 11 : 13;
    if (f->qr != NULL) {
        tbc_screen_modules(f->s, code, f->qr, f->qr_side);
    }
    w = tbc_screen_measure(f->s, &type, caption, 0).w + icon + gap;
    y = at.y + at.h - (f->wide ? 5.5 : 6);
    kiosk_put_icon(f, "phone", at.x + (at.w - w) / 2, y - icon / 2, icon,
                   f->look.c.primary);
    (void)kiosk_put(f,
                    (struct tbc_rect){ at.x + (at.w - w) / 2 + icon + gap, y - line / 2,
                                       w - icon - gap + 0.6, line + 0.3 },
                    &type, f->look.c.primary, caption);
}

static void
put_portrait(struct frame *f)
{
    double y = f->panel->zone.band.h + f->down + (f->down > 0 ? 4 : 13);
    bool tight = f->down > 0;
    double x = f->left;
    double w = f->right - f->left;
    struct tbc_type title = { .cap = 11, .line = 1.25, .track = -0.005, .bold = true };
    struct tbc_type lead = { .cap = f->cap.lead > 7 ? 7 : f->cap.lead, .line = 1.4 };
    double disc = tight ? 15 : 22;
    double line;
    double bottom = f->bottom - (tight ? 3 : f->v->has_printer ? 22 : 48);
    struct tbc_rect card;
    double cut;

    title = kiosk_narrowed(f, title, kiosk_say(f, "cert.title"), w - 30);
    line = title.cap / 0.727 * 1.25;
    put_tick(f, x, y, disc);
    (void)kiosk_put(
        f, (struct tbc_rect){ x + disc + 8, y + (disc - line) / 2, w - disc - 8, 0 },
        &title, f->look.c.ink, kiosk_say(f, "cert.title"));
    y += disc;
    if (!tight) {
        lead = kiosk_narrowed(f, lead, kiosk_say(f, "cert.lead"), w);
        (void)kiosk_put(f, (struct tbc_rect){ x, y + 6, w, 0 }, &lead,
                        f->look.c.ink_soft, kiosk_say(f, "cert.lead"));
        y += 23;
    } else {
        y += 4;
    }
    card = (struct tbc_rect){ x, y, w, bottom - y };
    cut = tight ? card.h - 50 : 156;
    kiosk_put_ticket(f, card, cut);
    put_code(f, (struct tbc_rect){ x + 4, y + 3, w - 8, cut - (tight ? 5 : 14) },
             kiosk_say(f, "cert.phone"), f->cap.lead > 7 ? 7 : f->cap.lead);
    put_until(f, (struct tbc_rect){ x + 12, y + cut + (tight ? 4 : 10), w / 2 - 8, 0 },
              9);
    put_holder(
        f,
        (struct tbc_rect){ x + w / 2 + 4, y + cut + (tight ? 4 : 10), w / 2 - 16, 0 },
        TBC_ALIGN_END, 9);
    if (!tight) {
        put_bar(f, x + 12, y + cut + 62, w - 24);
    }
}

static void
put_landscape(struct frame *f)
{
    struct tbc_rect l = f->panel->zone.content_left;
    double t = f->panel->zone.primary.h / 17;
    double disc = 14 * t;
    double card_w = 82 * t < f->right - l.x - l.w ? f->right - l.x - l.w : 82 * t;
    struct tbc_rect card = { f->right - card_w, l.y - 1, card_w, l.h + 0.5 };
    double w = card.x - l.x - 4;
    struct tbc_type title = {
        .cap = 7.4 * t, .line = 1.25, .track = -0.005, .bold = true
    };
    double title_w;
    double line;

    title = kiosk_narrowed(f, title, kiosk_say(f, "cert.title"), w - disc - 4);
    if (title.cap < 5.6 * t) {
        title.cap = 5.6 * t; /* two lines that can be read, not one that cannot */
    }
    title_w = kiosk_balanced_width(f, &title, kiosk_say(f, "cert.title"), w - disc - 4);
    line = tbc_screen_measure(f->s, &title, kiosk_say(f, "cert.title"), title_w).h;
    put_tick(f, l.x, l.y, disc);
    (void)kiosk_put(
        f, (struct tbc_rect){ l.x + disc + 4, l.y + (disc - line) / 2, title_w, 0 },
        &title, f->look.c.ink, kiosk_say(f, "cert.title"));
    put_until(f, (struct tbc_rect){ l.x, l.y + 20 * t, w, 0 }, 7.6 * t);
    if (!f->v->paper_out) { /* then its place is taken by the message */
        put_holder(f, (struct tbc_rect){ l.x, l.y + 57 * t, w, 0 }, TBC_ALIGN_START,
                   5.8 * t);
    }
    tbc_widget_card(f->s, &f->look, card);
    put_code(f, (struct tbc_rect){ card.x + 1.5, card.y + 1.5, card.w - 3, card.h - 2 },
             kiosk_say(f, "cert.phone_short"), f->theme->is.type_text * t);
}

/* "Done" with the ring of what is left of the time where other buttons have their icon. */
static void
put_done(struct frame *f, struct tbc_rect at)
{
    double t = f->panel->zone.primary.h / 17;
    double ring = f->wide ? 13 * t : 16;
    double pad = f->wide ? 2 : 6;
    double gap = f->wide ? 3 : 4;
    bool pressed = kiosk_is_pressed(f, KIOSK_EV_DONE, 0);
    struct tbc_type type = { .cap = f->cap.button, .line = 1.15 };
    const char *label = kiosk_say(f, f->wide ? "go.done" : "cert.done");
    double room = at.w - 2 * pad - ring - gap;
    double h;

    kiosk_put_button(f, (struct tbc_button){ .kind = TBC_BUTTON_QUIET,
                                             .at = at,
                                             .event = KIOSK_EV_DONE });
    kiosk_put_countdown(
        f, (struct tbc_rect){ at.x + pad, at.y + (at.h - ring) / 2, ring, ring },
        f->wide ? 3.9 * t : f->theme->is.type_text);
    type = kiosk_narrowed(f, type, label, room);
    h = tbc_screen_measure(f->s, &type, label, room).h;
    (void)kiosk_put(f,
                    (struct tbc_rect){ at.x + pad + ring + gap, at.y + (at.h - h) / 2,
                                       room, h + 0.3 },
                    &type, pressed ? f->look.c.on_primary_soft : f->look.c.on_quiet,
                    label);
}

static void
put_to_desk(struct frame *f, struct tbc_rect at)
{
    struct tbc_button b = {
        .kind = TBC_BUTTON_QUIET,
        .at = at,
        .label = kiosk_say(f, f->wide ? "go.desk_short" : "go.desk"),
        .icon = "staffed-desk",
        .icon_mm = f->wide ? f->is.icon : 9,
        .pad = f->wide ? 3 : 5,
        .gap = f->wide ? 3 : 4,
        .type = { .cap = f->cap.button, .line = 1.15 },
        .event = KIOSK_EV_DESK,
    };

    kiosk_fit_label(f, &b);
    kiosk_put_button(f, b);
}

static void
put_print(struct frame *f, struct tbc_rect at)
{
    struct tbc_button b = {
        .kind = f->v->printing ? TBC_BUTTON_OFF : TBC_BUTTON_PRIMARY,
        .at = at,
        .label = kiosk_say(f, f->v->printing ? "cert.printing" : "cert.print"),
        .end = "printer",
        .end_mm = f->is.large,
        .pad = f->is.pad * 1.25,
        .gap = f->is.gap,
        .type = { .cap = f->cap.primary, .line = 1.15, .bold = true },
        .event = KIOSK_EV_PRINT,
    };

    kiosk_fit_label(f, &b);
    kiosk_put_button(f, b);
}

static bool
can_print(const struct frame *f)
{
    return f->v->has_printer && !f->v->paper_out;
}

static void
put_actions_wide(struct frame *f)
{
    double t = f->panel->zone.primary.h / 17;
    double desk_w = (f->v->language == KIOSK_ZH ? 47 : 53) * t;
    struct tbc_rect row = f->panel->zone.second;

    row.w = can_print(f) ? 89 * t : f->right - f->left;
    put_done(f, (struct tbc_rect){ row.x, row.y, row.w - 3 - desk_w, row.h });
    put_to_desk(f, (struct tbc_rect){ row.x + row.w - desk_w, row.y, desk_w, row.h });
    if (can_print(f)) {
        double x = row.x + row.w + 3;

        put_print(f, (struct tbc_rect){ x, row.y, f->right - x, row.h });
    }
}

/* The place of the print button says so when there is no paper. */
static void
put_actions_tall(struct frame *f)
{
    double desk_w = 78;
    double h = 24;
    struct tbc_rect row = f->panel->zone.second;
    struct tbc_rect main = f->panel->zone.primary;

    row.y += row.h - h;
    main.y = row.y - 4 - main.h;
    put_done(f, (struct tbc_rect){ row.x, row.y, row.w - 4 - desk_w, h });
    put_to_desk(f, (struct tbc_rect){ row.x + row.w - desk_w, row.y, desk_w, h });
    if (can_print(f)) {
        put_print(f, main);
    } else if (f->v->paper_out) {
        kiosk_put_note(f, main, "paper-out", kiosk_say(f, "paper.out"));
    }
    f->bottom = can_print(f) || f->v->paper_out ? main.y : row.y;
}

void
kiosk_draw_certificate(struct frame *f)
{
    struct frame_plan plan = { .step = 5 };

    kiosk_frame_begin(f, &plan);
    if (f->wide) {
        put_actions_wide(f);
        put_landscape(f);
        if (f->v->paper_out) {
            /* the place of the name: it stands on the slip that cannot be printed */
            struct tbc_rect l = f->panel->zone.content_left;
            double t = f->panel->zone.primary.h / 17;

            kiosk_put_note(f,
                           (struct tbc_rect){ l.x, l.y + l.h - 20 * t,
                                              f->right - l.x - 82 * t - 4, 18 * t },
                           "paper-out", kiosk_say(f, "paper.out"));
        }
    } else {
        put_actions_tall(f);
        put_portrait(f);
    }
    kiosk_frame_tools(f);
}
