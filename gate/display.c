/* One sign, two words, one way on.  The strip is in swapped colours and always says where to go
 * next: platform and train, or the way to a person. */
#include "display_impl.h"

#include <stdlib.h>
#include <string.h>

#define DRAWN_W          217 /* mm; what the drawing of a landscape panel measures */
#define DRAWN_H          136
#define DRAWN_PORTRAIT_W 116

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
        (void)tbc_buf_printf(why, "panel \"%s\": a gate has gate_10, gate_15, gate_21",
                             name);
        return TBC_ERR_NOT_FOUND;
    }
    d->panel = *p;
    return TBC_OK;
}

const char *
gate_display_panel(int width_px, int height_px)
{
    if (height_px > width_px) {
        return "gate_21";
    }
    return width_px * 10 > height_px * 17 ? "gate_15" : "gate_10";
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
    case GATE_FACE_LOOK:
        return "(gate) look";
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

/* Whose words come first: the holder's, where they are complete, else English to who is not
 * from here. */
static enum tbc_language
language_of(const char *tag)
{
    return *tag == '\0' || strcmp(tag, "zh") == 0 ? TBC_ZH : TBC_EN;
}

static void
measure_panel(struct gate_sheet *s)
{
    const struct tbc_panel *p = &s->d->panel;
    double by_w = p->width_mm / DRAWN_W;
    double by_h = p->height_mm / DRAWN_H;

    s->portrait = p->height_mm > p->width_mm;
    s->k = s->portrait ? p->width_mm / DRAWN_PORTRAIT_W : by_w < by_h ? by_w : by_h;
    s->margin = s->portrait ? s->d->theme.is.space_margin_portrait : 11 * s->k;
    s->floor = p->height_mm * GATE_DISPLAY_CAP;
}

enum tbc_err
gate_display_draw(struct gate_display *display, const struct gate_view *view)
{
    struct gate_sheet s = { .d = display, .v = view };
    enum tbc_err err;

    s.says = tbc_words_outcome(display->words, row_of(view));
    s.state = s.says != NULL ? tbc_theme_state(&display->theme, s.says->state) : NULL;
    if (s.state == NULL) {
        return TBC_ERR_NOT_FOUND;
    }
    s.first = language_of(view->language);
    s.second = s.first == TBC_ZH ? TBC_EN : TBC_ZH;
    measure_panel(&s);
    tbc_screen_begin(display->screen, s.state->fill);
    if (view->face == GATE_FACE_IDLE) {
        gate_sheet_idle(&s);
    } else {
        gate_sheet_outcome(&s);
    }
    gate_sheet_mode(&s);
    err = tbc_screen_draw(display->screen);
    for (int l = 0; l < TBC_LANGUAGE_N; l++) {
        tbc_buf_fini(&s.text[l]);
    }
    return err;
}
