/* Rows with an icon each, that give way and then turn pages when room is short. */
#include "frame.h"

#include <math.h>

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

/* Where a row's text stands, in portrait: large letters want the width. */
static void
place_tall(const struct frame *f, const struct row_style *style, struct row_fit *fit,
           double w)
{
    bool big = f->cap.item > 8;

    fit->pad = big ? 9 : 11;
    fit->text_x = fit->pad + (style->numbered ? 21 : fit->disc + (big ? 7 : 10));
    fit->text_w = w - fit->text_x - fit->pad -
                  (style->numbered  ? 24
                   : style->choices ? 19
                                    : 0);
}

static void
place_wide(const struct row_style *style, struct row_fit *fit, double w)
{
    fit->pad = 5;
    fit->text_x = fit->pad + (style->numbered ? 10 : fit->disc + 5);
    fit->text_w = w - fit->text_x - fit->pad -
                  (style->numbered  ? 14
                   : style->choices ? 10
                                    : 0);
}

/* The gauges of all rows at one step of giving way: 0 as drawn, 1 and 2 tighter. */
static void
gauge_rows(struct frame *f, const struct row_style *style, int tight,
           struct row_fit *fit)
{
    static const double shrink[] = { 1, 0.8, 0.66 };
    static const double air[] = { 1, 0.62, 0.3 };
    static const double drawn_air[2][2] = { { 13, 8.5 }, { 4, 1.5 } };
    double columns = style->columns > 1 ? style->columns : 1;
    double w = (f->right - f->left - (columns - 1) * f->is.between) / columns;

    fit->type = (struct tbc_type){ .cap = style->cap > 0 ? style->cap : f->cap.item,
                                   .line = style->choices ? 1.25 : 1.4 };
    fit->disc = f->is.disc * shrink[tight] * (style->square ? 0.93 : 1);
    fit->air = drawn_air[f->wide][style->choices] * air[tight];
    fit->gap = tight == 2 ? f->theme->is.space_gap : f->is.between;
    if (f->wide) {
        place_wide(style, fit, w);
    } else {
        place_tall(f, style, fit, w);
    }
}

static void
measure_rows(struct frame *f, const struct row *rows, size_t n,
             const struct row_style *style, int tight, struct row_fit *fit)
{
    double least;

    gauge_rows(f, style, tight, fit);
    least = style->numbered ? fit->disc * 2 / 3 : fit->disc;
    fit->n = n;
    for (size_t i = 0; i < n; i++) {
        double text = tbc_screen_measure(f->s, &fit->type, rows[i].text, fit->text_w).h;

        fit->h[i] = fmax(text, least) + 2 * fit->air;
        if (style->choices) {
            fit->h[i] = fmax(fit->h[i], f->theme->is.touch_control);
        }
    }
    for (size_t i = 0; i + 1 < n && style->columns > 1; i += 2) {
        fit->h[i] = fit->h[i + 1] = fmax(fit->h[i], fit->h[i + 1]); /* neighbours */
    }
}

/* Room that is left goes back into the rows, up to what is drawn. */
static void
spread_rows(const struct frame *f, struct row_fit *fit, const struct row_style *style,
            int tight)
{
    size_t columns = style->columns > 1 ? (size_t)style->columns : 1;
    size_t lines = (fit->n + columns - 1) / columns;
    double spare =
        f->bottom - f->top - rows_height(fit, style, 0, fit->n, card_air(style, fit));
    double more = tight > 0 ? spare * 0.8 / (double)lines : 0;
    double most = f->wide ? 5 : 10;

    more = more > most ? most : more;
    for (size_t i = 0; i < fit->n; i++) {
        fit->h[i] += more;
    }
}

static void
put_choice(struct frame *f, const struct row *row, const struct row_fit *fit,
           struct tbc_rect at)
{
    bool icon = row->icon != NULL;
    struct tbc_button b = {
        .kind = row->chosen ? TBC_BUTTON_CHOSEN : TBC_BUTTON_QUIET,
        .at = at,
        .label = row->text,
        .icon = row->icon,
        .end = row->chosen ? "done" : "forward",
        .icon_mm = fit->disc,
        .end_mm = f->wide ? 6 : 9,
        .disc_mm = icon ? fmin(fit->disc, at.h - 3) : 0,
        .disc_radius = 3,
        .pad = icon ? 10 : 12,
        .gap = 10,
        .radius = f->theme->is.radius_card,
        .type = { .cap = fit->type.cap, .line = 1.25, .bold = row->chosen },
        .event = (int)row->event,
        .arg = row->arg,
    };

    if (f->wide) {
        b.pad = icon ? 3 : 6;
        b.gap = 3.5;
        b.radius = 0;
    }
    kiosk_put_button(f, b);
}

static void
put_row(struct frame *f, const struct row *row, const struct row_style *style,
        const struct row_fit *fit, struct tbc_rect at)
{
    double middle = at.y + at.h / 2;
    double side = f->wide ? 9 : 14;
    double h;

    if (style->choices) {
        put_choice(f, row, fit, at);
        return;
    }
    h = tbc_screen_measure(f->s, &fit->type, row->text, fit->text_w).h;
    if (style->numbered) {
        kiosk_put_icon(f, row->icon, at.x + at.w - fit->pad - side, middle - side / 2,
                       side, f->look.c.primary);
    } else {
        tbc_widget_disc(f->s, &f->look,
                        (struct tbc_rect){ at.x + fit->pad, middle - fit->disc / 2,
                                           fit->disc, fit->disc },
                        style->square ? 3 : 99, row->icon);
    }
    (void)kiosk_put(
        f, (struct tbc_rect){ at.x + fit->text_x, middle - h / 2, fit->text_w, h },
        &fit->type, f->look.c.ink, row->text);
}

static void
put_figure(struct frame *f, struct tbc_rect at, size_t figure)
{
    char text[12];
    struct tbc_type type = { .cap = f->wide ? 6.4 : 9, .line = 1.2, .bold = true };
    double h = type.cap / 0.727 * 1.2;

    (void)kiosk_put(
        f, (struct tbc_rect){ at.x + (f->wide ? 5 : 12), at.y + (at.h - h) / 2, 0, h },
        &type, f->look.c.primary, kiosk_digits((int)figure, text));
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
            .label = kiosk_say(f, i == 0 ? "page.up" : "page.down"),
            .icon = i == 0 ? "up" : "down",
            .icon_mm = f->wide ? 6 : 9,
            .pad = 4,
            .gap = 3,
            .type = { .cap = cap, .line = 1.15 },
            .centre = true,
            .event = i == 0 ? KIOSK_EV_PAGE_UP : KIOSK_EV_PAGE_DOWN,
        };

        kiosk_fit_label(f, &b);
        kiosk_put_button(f, b);
    }
    tbc_buf_clear(f->scratch);
    (void)tbc_buf_printf(f->scratch, "%d / %d", f->v->page + 1, f->pages);
    text = tbc_buf_str(f->scratch);
    (void)kiosk_put(f,
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
kiosk_put_rows(struct frame *f, const struct row *rows, size_t n,
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
