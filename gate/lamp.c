#include "lamp.h"

#include "display.h"
#include "ui/window.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define PANEL    "gate_10"
#define PATH_LEN 1024
#define BLINK_MS 250 /* how often a face that moves is drawn */

struct gate_lamp {
    struct gate_display *display;
    struct tbc_window *window; /* NULL: pictures only */
    const char *shots;
    unsigned shots_n;
    struct gate_view last; /* without its borrowed trip */
    struct tbc_mono last_since;
    bool drawn;
};

static enum tbc_err
open_window(struct gate_lamp *lamp, const struct gate_options *o, struct tbc_buf *why)
{
    const struct tbc_window_options window = {
        .title = "tbc-gate",
        .width_px = o->width_px,
        .height_px = o->height_px,
        .full_screen = o->screen == GATE_SCREEN_FULL,
        .hide_pointer = o->screen == GATE_SCREEN_FULL,
    };

    if (o->screen == GATE_SCREEN_NONE) {
        return TBC_OK;
    }
    return tbc_window_open(&lamp->window, gate_display_canvas(lamp->display), &window,
                           why);
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

enum tbc_err
gate_lamp_open(struct gate_lamp **lamp, const struct gate_options *options,
               struct tbc_buf *why)
{
    struct gate_lamp *l;
    enum tbc_err err;

    *lamp = NULL;
    if (options->screen == GATE_SCREEN_NONE && options->shots[0] == '\0') {
        return TBC_OK;
    }
    l = calloc(1, sizeof *l);
    if (l == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    l->shots = options->shots[0] == '\0' ? NULL : options->shots;
    if ((err = make_folder(l->shots, why)) != TBC_OK ||
        (err = gate_display_new(&l->display, options->assets, PANEL, why)) != TBC_OK ||
        (err = open_window(l, options, why)) != TBC_OK) {
        gate_lamp_close(&l);
    }
    *lamp = l;
    return err;
}

void
gate_lamp_close(struct gate_lamp **lamp)
{
    if (*lamp != NULL) {
        tbc_window_close(&(*lamp)->window);
        gate_display_free(&(*lamp)->display);
        free(*lamp);
        *lamp = NULL;
    }
}

static bool
moves(enum gate_face face)
{
    return face == GATE_FACE_BUSY || face == GATE_FACE_FIRE_ALARM;
}

static bool
is_same(const struct gate_lamp *lamp, const struct gate_view *view,
        struct tbc_mono since)
{
    const struct gate_view *last = &lamp->last;

    if (last->face != view->face || last->offline != view->offline) {
        return false;
    }
    if (moves(view->face)) {
        return last->motion_ms / BLINK_MS == view->motion_ms / BLINK_MS;
    }
    if (view->face == GATE_FACE_VERDICT) {
        return last->verdict == view->verdict && lamp->last_since.ms == since.ms;
    }
    return last->now.s / 60 == view->now.s / 60;
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
    case GATE_FACE_BUSY:
        break;
    }
    return NULL;
}

static bool
is_another_outcome(const struct gate_lamp *lamp, const struct gate_view *view,
                   struct tbc_mono since)
{
    return !lamp->drawn || lamp->last.face != view->face ||
           (view->face == GATE_FACE_VERDICT && lamp->last_since.ms != since.ms);
}

static enum tbc_err
save(struct gate_lamp *lamp, const struct gate_view *view)
{
    char path[PATH_LEN];
    int len;

    if (lamp->shots == NULL || shot_name(view) == NULL ||
        (view->face == GATE_FACE_IDLE && lamp->shots_n > 0)) { /* once is enough */
        return TBC_OK;
    }
    len = snprintf(path, sizeof path, "%s/%04u-%s.png", lamp->shots, ++lamp->shots_n,
                   shot_name(view));
    if (len < 0 || (size_t)len >= sizeof path) {
        return TBC_ERR_LIMIT;
    }
    return tbc_canvas_save(gate_display_canvas(lamp->display), path);
}

enum tbc_err
gate_lamp_show(struct gate_lamp *lamp, const struct gate_view *view,
               struct tbc_mono since)
{
    enum tbc_err err;

    if (lamp == NULL || (lamp->drawn && is_same(lamp, view, since))) {
        return TBC_OK;
    }
    if ((err = gate_display_draw(lamp->display, view)) != TBC_OK ||
        (lamp->window != NULL && (err = tbc_window_show(lamp->window)) != TBC_OK) ||
        (is_another_outcome(lamp, view, since) && (err = save(lamp, view)) != TBC_OK)) {
        return err;
    }
    lamp->last = *view;
    lamp->last.trip = NULL;
    lamp->last_since = since;
    lamp->drawn = true;
    return TBC_OK;
}

bool
gate_lamp_tick(struct gate_lamp *lamp)
{
    struct tbc_touch touch;

    while (lamp != NULL && lamp->window != NULL &&
           tbc_window_poll(lamp->window, 0, &touch)) {
        if (touch.kind == TBC_TOUCH_CLOSE) {
            return false;
        }
    }
    return true;
}
