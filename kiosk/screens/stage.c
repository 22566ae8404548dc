/* The stage: owns the theme, the words, the canvas and the list of what is on it. */
#include "frame.h"
#include "scan/qr.h"

#include <stdlib.h>
#include <string.h>

#define REACH_MM 1220 /* no control above this, EN 301 549 sec. 8.3 */

struct kiosk_stage {
    struct kiosk_stage_options options;
    struct tbc_theme theme;
    struct tbc_panel panel;
    struct tbc_words *words;
    struct tbc_canvas *canvas;
    struct tbc_screen *screen;
    struct tbc_buf scratch;
    struct tbc_qr qr;
    struct tbc_buf qr_text; /* what qr was drawn from */
    int pages;
};

static enum tbc_err
read_assets(struct kiosk_stage *stage, struct tbc_buf *path, struct tbc_buf *why)
{
    enum tbc_err err;

    (void)tbc_buf_printf(path, "%s/theme.conf", stage->options.assets);
    if ((err = tbc_buf_status(path)) != TBC_OK ||
        (err = tbc_theme_read(&stage->theme, tbc_buf_str(path), why)) != TBC_OK) {
        return err;
    }
    tbc_buf_clear(path);
    (void)tbc_buf_printf(path, "%s/text", stage->options.assets);
    if ((err = tbc_buf_status(path)) != TBC_OK ||
        (err = tbc_words_open(&stage->words, tbc_buf_str(path), why)) != TBC_OK) {
        return err;
    }
    tbc_buf_clear(path);
    (void)tbc_buf_printf(path, "%s/icons", stage->options.assets);
    return tbc_buf_status(path);
}

/* Millimetres are those of the panel's width; where its pixels are not quite square the bottom
 * zones move by what is missing, a millimetre or so. */
static void
fit_height(struct tbc_panel *p)
{
    double k = p->width_px / p->width_mm;
    double less = p->height_mm - p->height_px / k;
    bool wide = p->zone.content_left.w > 0;

    p->height_mm -= less;
    p->zone.primary.y -= less;
    p->zone.second.y -= less;
    p->zone.tools.y -= wide ? 0 : less;
    p->zone.tools.h -= wide ? less : 0;
    p->zone.content.h -= less;
    p->zone.content_left.h -= less;
    p->zone.content_right.h -= less;
}

/* The panel of this installation; a higher one must shift further down to be within reach. */
static enum tbc_err
choose_panel(struct kiosk_stage *stage, struct tbc_buf *why)
{
    const char *name = stage->options.panel;
    const struct tbc_panel *p = tbc_theme_panel(&stage->theme, name);
    double above;

    if (p == NULL || p->zone.primary.w <= 0 || p->zone.tools.w <= 0) {
        (void)tbc_buf_printf(why,
                             "panel \"%s\": a kiosk has portrait_21, landscape_15 or "
                             "landscape_10",
                             name);
        return TBC_ERR_NOT_FOUND;
    }
    stage->panel = *p;
    fit_height(&stage->panel);
    if (stage->options.bottom_above_floor > 0) {
        stage->panel.bottom_above_floor = stage->options.bottom_above_floor;
    }
    if (stage->panel.low_shift > 0) {
        above =
            stage->panel.bottom_above_floor + p->height_mm - p->zone.title.y - REACH_MM;
        stage->panel.low_shift = above > p->low_shift ? above : p->low_shift;
    }
    return TBC_OK;
}

enum tbc_err
kiosk_stage_new(struct kiosk_stage **stage, const struct kiosk_stage_options *options,
                struct tbc_buf *why)
{
    struct kiosk_stage *st = calloc(1, sizeof *st);
    struct tbc_buf path = { 0 };
    enum tbc_err err = TBC_ERR_NO_MEMORY;

    *stage = NULL;
    if (st == NULL) {
        return err;
    }
    st->options = *options;
    st->pages = 1;
    if ((err = read_assets(st, &path, why)) != TBC_OK ||
        (err = choose_panel(st, why)) != TBC_OK ||
        (err = tbc_canvas_new(
             &st->canvas, &st->theme, tbc_buf_str(&path),
             (struct tbc_size){ st->panel.width_px, st->panel.height_px },
             st->panel.width_px / st->panel.width_mm)) != TBC_OK ||
        (err = tbc_screen_new(&st->screen, st->canvas)) != TBC_OK) {
        goto out;
    }
    *stage = st;
    st = NULL;
out:
    kiosk_stage_free(&st);
    tbc_buf_fini(&path);
    return err;
}

void
kiosk_stage_free(struct kiosk_stage **stage)
{
    struct kiosk_stage *st = *stage;

    if (st != NULL) {
        tbc_screen_free(&st->screen);
        tbc_canvas_free(&st->canvas);
        tbc_words_free(&st->words);
        tbc_buf_fini(&st->scratch);
        tbc_qr_fini(&st->qr);
        tbc_buf_fini(&st->qr_text);
        free(st);
    }
    *stage = NULL;
}

struct tbc_canvas *
kiosk_stage_canvas(struct kiosk_stage *stage)
{
    return stage->canvas;
}

const struct tbc_theme *
kiosk_stage_theme(const struct kiosk_stage *stage)
{
    return &stage->theme;
}

struct tbc_screen *
kiosk_stage_screen(struct kiosk_stage *stage)
{
    return stage->screen;
}

/* Draw the symbol anew only when the text has changed. */
static enum tbc_err
prepare_qr(struct kiosk_stage *stage, const char *text)
{
    struct tbc_span wanted = tbc_span_str(text);
    enum tbc_err err;

    if (tbc_span_equal(tbc_buf_span(&stage->qr_text), wanted)) {
        return TBC_OK;
    }
    tbc_qr_fini(&stage->qr);
    tbc_buf_clear(&stage->qr_text);
    if ((err = tbc_qr_draw(&stage->qr, wanted)) != TBC_OK) {
        return err;
    }
    return tbc_buf_append_span(&stage->qr_text, wanted);
}

typedef void (*draw_screen)(struct frame *f);

static const draw_screen screens[KIOSK_SCREEN_N] = {
    [KIOSK_ATTRACT] = kiosk_draw_attract,
    [KIOSK_LANGUAGE] = kiosk_draw_language,
    [KIOSK_CONSENT] = kiosk_draw_consent,
    [KIOSK_NOTICE] = kiosk_draw_notice,
    [KIOSK_DOCUMENT] = kiosk_draw_document,
    [KIOSK_NUMBER] = kiosk_draw_number,
    [KIOSK_FACE] = kiosk_draw_face,
    [KIOSK_CHECKING] = kiosk_draw_checking,
    [KIOSK_CONFIRM] = kiosk_draw_confirm,
    [KIOSK_CERTIFICATE] = kiosk_draw_certificate,
    [KIOSK_DESK] = kiosk_draw_desk,
    [KIOSK_TIME_OUT] = kiosk_draw_time_out,
    [KIOSK_OFFLINE] = kiosk_draw_offline,
    [KIOSK_CLOSED] = kiosk_draw_closed,
};

enum tbc_err
kiosk_draw(struct kiosk_stage *stage, const struct kiosk_view *view)
{
    struct frame f = {
        .v = view,
        .theme = &stage->theme,
        .panel = &stage->panel,
        .words = stage->words,
        .options = &stage->options,
        .s = stage->screen,
        .scratch = &stage->scratch,
        .pages = 1,
    };
    enum tbc_err err;

    if (view->screen >= KIOSK_SCREEN_N) {
        return TBC_ERR_RANGE;
    }
    if (view->screen == KIOSK_CERTIFICATE && view->qr_text != NULL) {
        if ((err = prepare_qr(stage, view->qr_text)) != TBC_OK) {
            return err;
        }
        f.qr = stage->qr.dark;
        f.qr_side = stage->qr.side;
    }
    screens[view->screen](&f);
    stage->pages = f.pages;
    return tbc_screen_draw(stage->screen);
}

enum kiosk_event
kiosk_hit(const struct kiosk_stage *stage, double x_px, double y_px, int *arg)
{
    int event = tbc_screen_hit(stage->screen, x_px, y_px, arg);

    return event > KIOSK_EV_NONE && event < KIOSK_EV_N ? (enum kiosk_event)event
                                                       : KIOSK_EV_NONE;
}

int
kiosk_pages(const struct kiosk_stage *stage)
{
    return stage->pages;
}

void
kiosk_spoken(const struct kiosk_stage *stage, struct tbc_buf *out)
{
    tbc_screen_speak(stage->screen, out);
}

void
kiosk_stage_forget(struct kiosk_stage *stage)
{
    tbc_screen_begin(stage->screen, 0);
    tbc_canvas_forget(stage->canvas);
    tbc_buf_fini(&stage->scratch);
    if (stage->qr.dark != NULL) {
        tbc_wipe(stage->qr.dark, (size_t)stage->qr.side * (size_t)stage->qr.side);
    }
    tbc_qr_fini(&stage->qr);
    tbc_buf_fini(&stage->qr_text);
    stage->pages = 1;
}
