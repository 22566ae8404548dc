#include "window.h"

#include "display.h"
#include "ui/window.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define PATH_LEN 1024
#define BLINK_MS 250 /* how often a face that moves is drawn */

struct gate_window {
    struct gate_display *display;
    struct tbc_window *window; /* NULL: pictures only */
    const char *shots;
    unsigned shots_n;
    struct gate_view last; /* without its borrowed trip */
    struct tbc_mono last_since;
    bool drawn;
};

static enum tbc_err
open_window(struct gate_window *w, const struct gate_options *o, struct tbc_buf *why)
{
    const struct tbc_window_options look = {
        .title = "tbc-gate",
        .width_px = o->width_px,
        .height_px = o->height_px,
        .full_screen = o->screen == GATE_SCREEN_FULL,
        .hide_pointer = o->screen == GATE_SCREEN_FULL,
    };

    if (o->screen == GATE_SCREEN_NONE) {
        return TBC_OK;
    }
    return tbc_window_open(&w->window, gate_display_canvas(w->display), &look, why);
}

static enum tbc_err
make_folder(const char *path, struct tbc_buf *why)
{
    if (path == NULL || mkdir(path, 0777) == 0 || errno == EEXIST) {
        return TBC_OK;
    }
    tbc_buf_printf(why, "%s: cannot make the folder", path);
    return TBC_ERR_IO;
}

/* The panel that is nearest to the display's shape; the picture is then scaled to it. */
static const char *
panel_of(const struct gate_options *o)
{
    int width_px = o->width_px;
    int height_px = o->height_px;

    if (o->screen == GATE_SCREEN_NONE ||
        (o->screen == GATE_SCREEN_FULL && !tbc_window_display(&width_px, &height_px))) {
        width_px = height_px = 0; /* what cannot be shown is said by the window */
    }
    return gate_display_panel(width_px, height_px);
}

enum tbc_err
gate_window_open(struct gate_window **window, const struct gate_options *options,
                 struct tbc_buf *why)
{
    struct gate_window *w;
    enum tbc_err err;

    *window = NULL;
    if (options->screen == GATE_SCREEN_NONE && options->shots[0] == '\0') {
        return TBC_OK;
    }
    w = calloc(1, sizeof *w);
    if (w == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    w->shots = options->shots[0] == '\0' ? NULL : options->shots;
    if ((err = make_folder(w->shots, why)) != TBC_OK ||
        (err = gate_display_new(&w->display, options->assets, panel_of(options),
                                why)) != TBC_OK ||
        (err = open_window(w, options, why)) != TBC_OK) {
        gate_window_close(&w);
    }
    *window = w;
    return err;
}

void
gate_window_close(struct gate_window **window)
{
    if (*window != NULL) {
        tbc_window_close(&(*window)->window);
        gate_display_free(&(*window)->display);
        free(*window);
        *window = NULL;
    }
}

static bool
moves(enum gate_face face)
{
    return face == GATE_FACE_BUSY || face == GATE_FACE_FIRE_ALARM;
}

static bool
is_same(const struct gate_window *w, const struct gate_view *view,
        struct tbc_mono since)
{
    const struct gate_view *last = &w->last;

    if (last->face != view->face || last->offline != view->offline) {
        return false;
    }
    if (moves(view->face)) {
        return last->motion_ms / BLINK_MS == view->motion_ms / BLINK_MS;
    }
    if (view->face == GATE_FACE_VERDICT) {
        return last->verdict == view->verdict && w->last_since.ms == since.ms;
    }
    return last->now.s / 60 == view->now.s / 60 && last->passed_n == view->passed_n;
}

static const char *
shot_name(const struct gate_view *view)
{
    switch (view->face) {
    case GATE_FACE_VERDICT:
        return tbc_verdict_name(view->verdict);
    case GATE_FACE_CLOCK_WRONG:
        return "CLOCK_WRONG";
    case GATE_FACE_FIRE_ALARM:
        return "FIRE_ALARM";
    case GATE_FACE_OUT_OF_ORDER:
        return "OUT_OF_ORDER";
    case GATE_FACE_IDLE:
        return "IDLE";
    case GATE_FACE_LOOK:
        return "LOOK";
    case GATE_FACE_BUSY:
        break;
    }
    return NULL;
}

static bool
is_another_outcome(const struct gate_window *w, const struct gate_view *view,
                   struct tbc_mono since)
{
    return !w->drawn || w->last.face != view->face ||
           (view->face == GATE_FACE_VERDICT && w->last_since.ms != since.ms);
}

static enum tbc_err
save(struct gate_window *w, const struct gate_view *view)
{
    char path[PATH_LEN];
    int len;

    if (w->shots == NULL || shot_name(view) == NULL ||
        (view->face == GATE_FACE_IDLE && w->shots_n > 0)) { /* once is enough */
        return TBC_OK;
    }
    len = snprintf(path, sizeof path, "%s/%04u-%s.png", w->shots, ++w->shots_n,
                   shot_name(view));
    if (len < 0 || (size_t)len >= sizeof path) {
        return TBC_ERR_LIMIT;
    }
    return tbc_canvas_save(gate_display_canvas(w->display), path);
}

enum tbc_err
gate_window_show(struct gate_window *w, const struct gate_view *view,
                 struct tbc_mono since)
{
    enum tbc_err err;

    if (w == NULL || (w->drawn && is_same(w, view, since))) {
        return TBC_OK;
    }
    if ((err = gate_display_draw(w->display, view)) != TBC_OK ||
        (w->window != NULL && (err = tbc_window_show(w->window)) != TBC_OK) ||
        (is_another_outcome(w, view, since) && (err = save(w, view)) != TBC_OK)) {
        return err;
    }
    w->last = *view;
    w->last.trip = NULL;
    w->last_since = since;
    w->drawn = true;
    return TBC_OK;
}

bool
gate_window_tick(struct gate_window *w)
{
    struct tbc_touch touch;

    while (w != NULL && w->window != NULL && tbc_window_poll(w->window, 0, &touch)) {
        if (touch.kind == TBC_TOUCH_CLOSE) {
            return false;
        }
    }
    return true;
}
