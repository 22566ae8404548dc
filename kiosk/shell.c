#include "shell_impl.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <signal.h>
#include <stdio.h>

#define CALM_WAIT_MS 30   /* between two looks at everything when nothing moves */
#define FRAME_MS     33   /* and while something does */
#define MOTION_MS    500  /* a screen's coming, the line's run */
#define AGAIN_MS     2500 /* "try again" is read before the next hint */
#define DOT_MS       100  /* waiting dots, countdown rings */
#define STEP_MM      2.0  /* the player's; the smallest button is 12 */

static volatile sig_atomic_t
    stop_asked; /* set by SIGTERM and SIGINT, read by the loop */

static void
ask_to_stop(int signal_number)
{
    (void)signal_number;
    stop_asked = 1;
}

/* ---- fingers */

static void
touch(struct kiosk_shell *s, const struct tbc_touch *t)
{
    int arg = 0;
    enum kiosk_event event = kiosk_hit(s->stage, t->x_px, t->y_px, &arg);
    bool same = event == s->pressed && arg == s->pressed_arg;

    if (t->kind == TBC_TOUCH_DOWN) {
        s->pressed = event;
        s->pressed_arg = arg;
        s->dirty = true;
    } else if (t->kind == TBC_TOUCH_MOVE && s->pressed != KIOSK_EV_NONE && !same) {
        s->pressed = KIOSK_EV_NONE; /* slid off: not meant */
        s->dirty = true;
    } else if (t->kind == TBC_TOUCH_UP && s->pressed != KIOSK_EV_NONE) {
        s->pressed = KIOSK_EV_NONE;
        s->dirty = true;
        if (same) {
            kiosk_shell_take(s, event, arg);
        }
    }
}

/* A keypad that is plugged in serves the number; nothing else listens to it. */
static void
key(struct kiosk_shell *s, int code)
{
    if (code == '\b') {
        kiosk_shell_take(s, KIOSK_EV_BACKSPACE, 0);
    } else if (code == '\r') {
        kiosk_shell_take(s, KIOSK_EV_NEXT, 0);
    } else if (code > ' ' && code < 127) {
        kiosk_shell_take(s, KIOSK_EV_KEY, code);
    }
}

static void
take_touches(struct kiosk_shell *s, int wait_ms)
{
    struct tbc_touch t;

    while (tbc_window_poll(s->window, wait_ms, &t)) {
        wait_ms = 0;
        switch (t.kind) {
        case TBC_TOUCH_NONE:
            break;
        case TBC_TOUCH_DOWN:
        case TBC_TOUCH_MOVE:
        case TBC_TOUCH_UP:
            touch(s, &t);
            break;
        case TBC_TOUCH_KEY:
            key(s, t.key);
            break;
        case TBC_TOUCH_CLOSE:
            s->exit_code = s->options->script == NULL ? 0 : 1;
            break;
        }
    }
}

/* ---- camera, station, time */

static void
take_sight(struct kiosk_shell *s)
{
    if (s->flow.state != FLOW_FACE && s->flow.under != FLOW_FACE) {
        return;
    }
    kiosk_eye_poll(s->eye, &s->sight);
    s->dirty = s->dirty || s->sight.fresh;
    if (s->sight.outcome == KIOSK_EV_FACE_AGAIN) {
        s->session->score = 0;
    }
    kiosk_shell_take(s, s->sight.outcome, 0);
}

static void
take_answers(struct kiosk_shell *s)
{
    enum kiosk_event event;

    do {
        int64_t tries = s->link.place.policy.face_tries;

        event = kiosk_link_step(&s->link, s->session, &s->flow.tries_left,
                                tbc_clock_mono());
        if (tries > 0 && tries <= 10) {
            s->flow.tries = (int)tries;
        }
        kiosk_shell_take(s, event, 0);
    } while (event != KIOSK_EV_NONE);
}

/* ---- pictures */

static bool
is_moving(const struct kiosk_shell *s, struct tbc_mono now)
{
    int64_t age = now.ms - s->drawn_at.ms;
    int whole;

    if (now.ms - s->flow.since.ms < MOTION_MS) {
        return age >= FRAME_MS;
    }
    if (s->view.screen == KIOSK_CHECKING || s->flow.state == FLOW_ISSUING ||
        kiosk_flow_is_quiet(&s->flow, now)) {
        return age >= DOT_MS;
    }
    return kiosk_flow_left(&s->flow, now, &whole) != s->shown_second ||
           age >= 10000; /* the clock on the sign */
}

static void
compose(struct kiosk_shell *s, struct tbc_mono now)
{
    struct kiosk_view *view = &s->view;
    const struct tbc_picture *picture = &s->sight.picture;

    kiosk_session_view(s->session, &s->flow, now, view);
    if (view->screen == KIOSK_ATTRACT || view->screen == KIOSK_CONSENT) {
        /* what is said there is what is agreed to, whatever the policy becomes */
        view->gate_faces = s->link.place.policy.gate_face_permille > 0;
        s->session->gate_faces = view->gate_faces;
    }
    view->now = kiosk_shell_time(s);
    view->station_zh = s->link.place.station_zh;
    view->station_en = s->link.place.station_en;
    view->has_printer = s->printer.folder != NULL;
    view->pressed = s->pressed;
    view->pressed_arg = s->pressed_arg;
    if (picture->px != NULL) {
        view->frame = (struct kiosk_frame){ picture->px, picture->width,
                                            picture->height, picture->width * 3 };
        if (!s->session->again || view->motion_ms >= AGAIN_MS) {
            view->hint = s->sight.hint;
        }
        view->face_progress = s->sight.progress;
    }
    s->shown_second = view->seconds_left;
}

static void
draw(struct kiosk_shell *s)
{
    struct tbc_mono now = tbc_clock_mono();
    enum tbc_err err;

    if (!s->dirty && !is_moving(s, now)) {
        s->drawn = true;
        return;
    }
    compose(s, now);
    if ((err = kiosk_draw(s->stage, &s->view)) != TBC_OK ||
        (err = tbc_window_show(s->window)) != TBC_OK) {
        (void)tbc_log_err(err, "cannot draw the screen %s",
                          kiosk_screen_name(s->view.screen));
        s->exit_code = 3;
        return;
    }
    s->dirty = false;
    s->drawn = true;
    s->drawn_at = now;
    kiosk_shell_tell_screen(s, s->view.screen);
}

/* ---- the script's hand */

static void
shoot(struct kiosk_shell *s, const char *name)
{
    char path[KIOSK_PATH_MAX + 64];
    enum tbc_err err;

    if (s->options->shots == NULL) {
        return;
    }
    (void)snprintf(path, sizeof path, "%s/%s.png", s->options->shots, name);
    err = tbc_window_shot(s->window, path);
    if (err != TBC_OK) {
        (void)tbc_log_err(err, "%s", path);
        s->exit_code = 3;
        return;
    }
    (void)printf("shot %s\n", path);
    (void)fflush(stdout);
}

static void
play(struct kiosk_shell *s)
{
    struct tbc_mono now = tbc_clock_mono();
    struct tbc_canvas *canvas = kiosk_stage_canvas(s->stage);
    struct kiosk_scene scene = {
        .stage = s->stage,
        .px = { tbc_canvas_width_px(canvas), tbc_canvas_height_px(canvas) },
        .step_px = STEP_MM * tbc_canvas_px_per_mm(canvas),
        .screen = s->view.screen,
        .quiet = kiosk_flow_is_quiet(&s->flow, now),
        .still = now.ms - s->flow.since.ms > MOTION_MS,
    };
    struct kiosk_play move;
    struct tbc_touch t;

    if (s->player.script == NULL || s->dirty || !s->drawn) {
        return; /* look first, then touch */
    }
    move = kiosk_player_step(&s->player, &scene, now);
    switch (move.move) {
    case KIOSK_MOVE_NONE:
        break;
    case KIOSK_MOVE_TOUCH:
        t = (struct tbc_touch){ .kind = TBC_TOUCH_DOWN,
                                .x_px = move.x_px,
                                .y_px = move.y_px };
        touch(s, &t);
        draw(s); /* the pressed button is seen, as under a finger */
        t.kind = TBC_TOUCH_UP;
        touch(s, &t);
        break;
    case KIOSK_MOVE_SHOT:
        shoot(s, move.name);
        break;
    case KIOSK_MOVE_END:
        s->exit_code = s->exit_code > 0 ? s->exit_code : 0;
        break;
    case KIOSK_MOVE_FAIL:
        tbc_log(TBC_LOG_ERROR, "%s: line %d did not come true in time (screen %s)",
                s->options->script, move.line, kiosk_screen_name(s->view.screen));
        s->exit_code = 1;
        break;
    }
}

int
kiosk_shell_run(struct kiosk_shell *s)
{
    (void)signal(SIGTERM, ask_to_stop);
    (void)signal(SIGINT, ask_to_stop);
    s->dirty = true;
    while (s->exit_code < 0 && stop_asked == 0) {
        bool busy = s->player.script != NULL || s->flow.state == FLOW_FACE ||
                    tbc_clock_mono().ms - s->flow.since.ms < MOTION_MS;

        take_touches(s, busy ? CALM_WAIT_MS / 3 : CALM_WAIT_MS);
        take_answers(s);
        take_sight(s);
        kiosk_shell_take(s, kiosk_flow_due(&s->flow, tbc_clock_mono()), 0);
        if (s->exit_code < 0) {
            draw(s);
        }
        if (s->exit_code < 0) {
            play(s);
        }
    }
    return s->exit_code < 0 ? 0 : s->exit_code;
}
