#include "lamp.h"

#include "display.h"
#include "ui/window.h"

#include <stdio.h>
#include <stdlib.h>

#define PANEL    "gate_10"
#define PATH_LEN 1024
#define BLINK_MS 250 /* how often a face that moves is drawn */

struct gate_lamp {
    struct gate_display *display;
    struct tbc_window *window; /* NULL: pictures only */
    const char *shots;
    unsigned shots_n;
    struct gate_view last;
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

enum tbc_err
gate_lamp_open(struct gate_lamp **lamp, const struct gate_options *options,
               struct tbc_buf *why)
{
    struct gate_lamp *l;
    enum tbc_err err;

    *lamp = NULL;
    if (options->screen == GATE_SCREEN_NONE && options->shots == NULL) {
        return TBC_OK;
    }
    l = calloc(1, sizeof *l);
    if (l == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    l->shots = options->shots;
    if ((err = gate_display_new(&l->display, options->assets, PANEL, why)) != TBC_OK ||
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
is_same(const struct gate_view *a, const struct gate_view *b)
{
    if (a->face != b->face || a->offline != b->offline) {
        return false;
    }
    if (moves(a->face)) {
        return a->motion_ms / BLINK_MS == b->motion_ms / BLINK_MS;
    }
    if (a->face == GATE_FACE_VERDICT) { /* one presentation, one picture */
        return a->verdict == b->verdict && a->time.s == b->time.s &&
               b->motion_ms >= a->motion_ms;
    }
    return a->now.s / 60 == b->now.s / 60;
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
is_another_outcome(const struct gate_lamp *lamp, const struct gate_view *view)
{
    return !lamp->drawn || lamp->last.face != view->face ||
           (view->face == GATE_FACE_VERDICT && !is_same(&lamp->last, view));
}

static enum tbc_err
save(struct gate_lamp *lamp, const struct gate_view *view)
{
    char path[PATH_LEN];
    int len;

    if (lamp->shots == NULL || shot_name(view) == NULL) {
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
gate_lamp_show(struct gate_lamp *lamp, const struct gate_view *view)
{
    enum tbc_err err;

    if (lamp == NULL || (lamp->drawn && is_same(&lamp->last, view))) {
        return TBC_OK;
    }
    if ((err = gate_display_draw(lamp->display, view)) != TBC_OK ||
        (lamp->window != NULL && (err = tbc_window_show(lamp->window)) != TBC_OK) ||
        (is_another_outcome(lamp, view) && (err = save(lamp, view)) != TBC_OK)) {
        return err;
    }
    lamp->last = *view;
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
