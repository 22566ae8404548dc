/* The certificate itself: a code to keep or print, and until when it serves. */
#include "frame.h"
#include "person_text.h"

static void
put_tick(struct frame *f, double x, double y, double side)
{
    struct tbc_box disc = plain_box(f->look.c.on_good_soft, 99);
    double icon = side * 0.636;

    tbc_screen_box(f->s, (struct tbc_rect){ x, y, side, side }, &disc);
    put_icon(f, "done", x + (side - icon) / 2, y + (side - icon) / 2, icon,
             f->look.c.surface);
}

/* Smaller letters until it stands in one line of w. */
static struct tbc_type
narrowed(struct frame *f, struct tbc_type type, const char *text, double w)
{
    while (tbc_screen_measure(f->s, &type, text, 0).w > w &&
           type.cap >= f->theme->text_cap[TBC_SIZE_SMALL] + 0.1) {
        type.cap -= 0.1;
    }
    return type;
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
    return say_fill(f, "cert.left",
                    (const struct tbc_fill[]){ { "h", hours }, { "m", minutes } }, 2);
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

        type = narrowed(f, type, text[i], at.w);
        if (text[i][0] != '\0') {
            at.y +=
                put(f, at, &type, i == 1 ? f->look.c.ink : f->look.c.ink_soft, text[i])
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
    (void)tbc_buf_append_str(&b, person_until(f, f->v->expires));
    (void)tbc_buf_str(&b);
    tbc_buf_init_fixed(&b, left, sizeof left);
    (void)tbc_buf_append_str(&b, left_text(f, hours, minutes));
    (void)tbc_buf_str(&b);
    put_lines(f, at, TBC_ALIGN_START,
              (const char *const[3]){ say(f, "cert.until"), until, left }, big);
}

static void
put_holder(struct frame *f, struct tbc_rect at, enum tbc_align align, double big)
{
    bool zh = f->v->language == KIOSK_ZH;
    char train[TBC_TRAIN_MAX + TBC_PLACE_MAX + 8] = "";
    char name[2 * TBC_NAME_MAX + 1];
    char number[4 * TBC_NUMBER_MAX + 1];
    struct tbc_buf b;

    person_name(f, name, sizeof name);
    person_number(f, number, sizeof number);
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

    type = narrowed(f, type, caption, at.w - icon - gap - 4);
    line = type.cap / 0.727 * 1.3;
    code.h -= f->wide ? 11 : 13;
    if (f->qr != NULL) {
        tbc_screen_modules(f->s, code, f->qr, f->qr_side);
    }
    w = tbc_screen_measure(f->s, &type, caption, 0).w + icon + gap;
    y = at.y + at.h - (f->wide ? 5.5 : 6);
    put_icon(f, "phone", at.x + (at.w - w) / 2, y - icon / 2, icon, f->look.c.primary);
    (void)put(f,
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

    title = narrowed(f, title, say(f, "cert.title"), w - 30);
    line = title.cap / 0.727 * 1.25;
    put_tick(f, x, y, disc);
    (void)put(f,
              (struct tbc_rect){ x + disc + 8, y + (disc - line) / 2, w - disc - 8, 0 },
              &title, f->look.c.ink, say(f, "cert.title"));
    y += disc;
    if (!tight) {
        lead = narrowed(f, lead, say(f, "cert.lead"), w);
        (void)put(f, (struct tbc_rect){ x, y + 6, w, 0 }, &lead, f->look.c.ink_soft,
                  say(f, "cert.lead"));
        y += 23;
    } else {
        y += 4;
    }
    card = (struct tbc_rect){ x, y, w, bottom - y };
    cut = tight ? card.h - 50 : 156;
    put_ticket(f, card, cut);
    put_code(f, (struct tbc_rect){ x + 4, y + 3, w - 8, cut - (tight ? 5 : 14) },
             say(f, "cert.phone"), f->cap.lead > 7 ? 7 : f->cap.lead);
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
    double line;

    title = narrowed(f, title, say(f, "cert.title"), w - disc - 4);
    if (title.cap <
        5.6 * t) { /* two lines that can be read rather than one that cannot */
        title.cap = 5.6 * t;
    }
    line = tbc_screen_measure(f->s, &title, say(f, "cert.title"), w - disc - 4).h;
    put_tick(f, l.x, l.y, disc);
    (void)put(
        f,
        (struct tbc_rect){ l.x + disc + 4, l.y + (disc - line) / 2, w - disc - 4, 0 },
        &title, f->look.c.ink, say(f, "cert.title"));
    put_until(f, (struct tbc_rect){ l.x, l.y + 20 * t, w, 0 }, 7.6 * t);
    if (!f->v->paper_out) { /* then its place is taken by the message */
        put_holder(f, (struct tbc_rect){ l.x, l.y + 57 * t, w, 0 }, TBC_ALIGN_START,
                   5.8 * t);
    }
    tbc_widget_card(f->s, &f->look, card);
    put_code(f, (struct tbc_rect){ card.x + 1.5, card.y + 1.5, card.w - 3, card.h - 2 },
             say(f, "cert.phone_short"), f->theme->is.type_text * t);
}

/* Done (with what is left of the time), the desk; above or beside them printing. */
static void
put_actions(struct frame *f)
{
    struct frame_action print = { .label = say(f, "cert.print"),
                                  .end = "printer",
                                  .event = KIOSK_EV_PRINT };
    bool can_print = f->v->has_printer && !f->v->paper_out;
    double t = f->panel->zone.primary.h / 17;
    struct tbc_rect row = f->panel->zone.second;
    double h = f->wide ? row.h : 24;
    double gap = f->wide ? 3 : 4;
    double ring = f->wide ? 13 * t : 16;
    double desk_w = f->wide ? (f->v->language == KIOSK_ZH ? 47 : 53) * t : 78;
    struct tbc_button b = {
        .kind = TBC_BUTTON_QUIET,
        .label = say(f, f->wide ? "go.done" : "cert.done"),
        .pad = f->wide ? 2 : 6,
        .gap = f->wide ? 3 : 4,
        .type = { .cap = f->cap.button, .line = 1.15 },
        .event = KIOSK_EV_DONE,
    };
    double x;

    if (f->v->printing) {
        print.label = say(f, "cert.printing");
        print.off = true;
    }
    row.y += row.h - h;
    row.w = f->wide ? (can_print ? 89 * t : f->right - f->left) : row.w;
    b.at = (struct tbc_rect){ row.x, row.y, row.w - gap - desk_w, h };
    /* the ring stands where a button's icon stands: the label begins behind it */
    x = b.at.x + b.pad;
    b.icon = "wipe";
    b.icon_mm = ring;
    {
        struct tbc_button plain = b;
        struct tbc_size is;
        double room = b.at.w - 2 * b.pad - ring - b.gap;

        plain.label = "";
        plain.icon = NULL;
        put_button(f, plain);
        is = tbc_screen_measure(f->s, &b.type, b.label, room);
        while ((is.w > room || is.h > h - 2) && b.type.cap >= 3.6) {
            b.type.cap -= 0.1;
            is = tbc_screen_measure(f->s, &b.type, b.label, room);
        }
        put_countdown(f, (struct tbc_rect){ x, b.at.y + (h - ring) / 2, ring, ring },
                      f->wide ? 3.9 * t : f->theme->is.type_text);
        (void)put(f,
                  (struct tbc_rect){ x + ring + b.gap, b.at.y + (h - is.h) / 2, room,
                                     is.h + 0.3 },
                  &b.type,
                  is_pressed(f, KIOSK_EV_DONE, 0) ? f->look.c.on_primary_soft
                                                  : f->look.c.on_quiet,
                  b.label);
    }
    b.at = (struct tbc_rect){ row.x + row.w - desk_w, row.y, desk_w, h };
    b.label = say(f, f->wide ? "go.desk_short" : "go.desk");
    b.icon = "staffed-desk";
    b.icon_mm = f->wide ? f->is.icon : 9;
    b.pad = f->wide ? 3 : 5;
    b.event = KIOSK_EV_DESK;
    while (tbc_screen_measure(f->s, &b.type, b.label, 0).w >
               desk_w - 2 * b.pad - b.icon_mm - b.gap &&
           b.type.cap >= 3.6) {
        b.type.cap -= 0.1;
    }
    put_button(f, b);
    if (!f->wide) {
        struct tbc_rect main = f->panel->zone.primary;

        main.y = row.y - 4 - main.h;
        f->bottom = can_print || f->v->paper_out ? main.y : row.y;
        if (f->v->paper_out) {
            put_note(f, main, "paper-out", say(f, "paper.out"));
        }
    }
    if (can_print) {
        double keep = f->bottom;
        struct tbc_rect main = f->panel->zone.primary;

        if (f->wide) {
            main.x = row.x + row.w + 3;
            main.w = f->right - main.x;
        } else {
            main.y = row.y - 4 - main.h;
        }
        b = (struct tbc_button){
            .kind = print.off ? TBC_BUTTON_OFF : TBC_BUTTON_PRIMARY,
            .at = main,
            .label = print.label,
            .end = print.end,
            .end_mm = f->is.large,
            .pad = f->is.pad * 1.25,
            .gap = f->is.gap,
            .type = { .cap = f->cap.primary, .line = 1.15, .bold = true },
            .event = (int)print.event,
        };
        while ((tbc_screen_measure(f->s, &b.type, b.label,
                                   main.w - 2 * b.pad - b.end_mm - b.gap)
                        .w > main.w - 2 * b.pad - b.end_mm - b.gap ||
                tbc_screen_measure(f->s, &b.type, b.label,
                                   main.w - 2 * b.pad - b.end_mm - b.gap)
                        .h > main.h - 1) &&
               b.type.cap >= 3.6) {
            b.type.cap -= 0.1;
        }
        put_button(f, b);
        f->bottom = keep;
    }
}

void
draw_certificate(struct frame *f)
{
    struct frame_plan plan = { .step = 5 };

    frame_begin(f, &plan);
    put_actions(f);
    if (f->wide) {
        put_landscape(f);
        if (f->v->paper_out) {
            /* the place of the name: it stands on the slip that cannot be printed */
            struct tbc_rect l = f->panel->zone.content_left;
            double t = f->panel->zone.primary.h / 17;

            put_note(f,
                     (struct tbc_rect){ l.x, l.y + l.h - 20 * t,
                                        f->right - l.x - 82 * t - 4, 18 * t },
                     "paper-out", say(f, "paper.out"));
        }
    } else {
        put_portrait(f);
    }
    frame_tools(f);
}
