#include "shell.h"

#include "eye.h"
#include "link.h"
#include "player.h"
#include "printer.h"
#include "slip.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/log.h"
#include "ui/window.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HELLO_WAIT_MS 3000
#define CALM_WAIT_MS  30   /* between two looks at everything when nothing moves */
#define FRAME_MS      33   /* and while something does */
#define MOTION_MS     500  /* a screen's coming, the line's run */
#define AGAIN_MS      2500 /* "try again" is read before the next hint */
#define DOT_MS        100  /* waiting dots, countdown rings */
#define STEP_MM       2.0  /* the player's; the smallest button is 12 */
#define DESK_TEXT_MAX 64

struct kiosk_shell {
    const struct kiosk_options *options;
    char assets[KIOSK_PATH_MAX + 1];
    char icons[KIOSK_PATH_MAX + 16];
    char models[KIOSK_PATH_MAX + 1];
    struct tbc_device_file device;

    struct kiosk_session *session; /* locked into memory, never dumped */
    struct kiosk_flow flow;
    struct kiosk_link link;
    struct kiosk_eye *eye;
    struct kiosk_sight sight;
    struct kiosk_printer printer;
    struct tbc_words *words; /* for slips */
    struct kiosk_stage *stage;
    struct tbc_window *window;

    struct kiosk_script script;
    struct kiosk_player player;
    struct kiosk_view view;
    enum kiosk_event posted; /* to be taken next; NONE */
    enum kiosk_event pressed;
    int pressed_arg;
    bool dirty; /* the picture is older than what it shows */
    bool drawn; /* a picture was shown since the last event */
    struct tbc_mono drawn_at;
    enum kiosk_screen told; /* the screen that standard output knows */
    int shown_second;
    unsigned desk_number; /* of the last slip */
    int exit_code;        /* below 0: go on */
};

static volatile sig_atomic_t
    stop_asked; /* set by SIGTERM and SIGINT, read by the loop */

static void
ask_to_stop(int signal_number)
{
    (void)signal_number;
    stop_asked = 1;
}

/* ---- lines on standard output, for demonstration and tests */

static void
tell(const char *line)
{
    (void)printf("%s\n", line);
    (void)fflush(stdout);
}

static void
tell_screen(struct kiosk_shell *s, enum kiosk_screen screen)
{
    char line[64];
    size_t n;

    if (screen == s->told) {
        return;
    }
    s->told = screen;
    n = (size_t)snprintf(line, sizeof line, "screen %s", kiosk_screen_name(screen));
    for (size_t i = 7; i < n && i < sizeof line; i++) {
        line[i] =
            (char)(line[i] >= 'A' && line[i] <= 'Z' ? line[i] + ('a' - 'A') : line[i]);
    }
    tell(line);
}

static void
tell_event(struct kiosk_shell *s, enum kiosk_event event)
{
    char line[64 + TBC_QR_TEXT_MAX];

    if (event == KIOSK_EV_APPLIED) {
        (void)snprintf(line, sizeof line, "applied score=%llu",
                       (unsigned long long)s->session->score);
    } else if (event == KIOSK_EV_ISSUED && s->options->script != NULL) {
        (void)snprintf(line, sizeof line, "certificate %s", s->session->qr_text);
    } else if (event >= KIOSK_EV_FACE_AGAIN && event <= KIOSK_EV_GUARDIAN) {
        (void)snprintf(line, sizeof line, "refused %s score=%llu",
                       kiosk_event_name(event), (unsigned long long)s->session->score);
    } else if (event == KIOSK_EV_FAILED || event == KIOSK_EV_LAPSED) {
        (void)snprintf(line, sizeof line, "refused %s", kiosk_event_name(event));
    } else if (event == KIOSK_EV_PRINTED) {
        (void)snprintf(line, sizeof line, "printed");
    } else if (event == KIOSK_EV_PAPER_OUT) {
        (void)snprintf(line, sizeof line, "paper_out");
    } else if (event == KIOSK_EV_UNREACHABLE) {
        (void)snprintf(line, sizeof line, "mode offline");
    } else if (event == KIOSK_EV_REACHABLE) {
        (void)snprintf(line, sizeof line, "mode online");
    } else if (event == KIOSK_EV_CAMERA_LOST) {
        (void)snprintf(line, sizeof line, "camera lost");
    } else {
        return;
    }
    tell(line);
    tbc_wipe(line, sizeof line);
}

/* ---- what the flow asks for */

/* An action's own outcome waits until the event that asked for it is done. */
static void
post(struct kiosk_shell *s, enum kiosk_event event)
{
    s->posted = event;
}

static struct kiosk_slip_style
style_of(const struct kiosk_shell *s)
{
    return (struct kiosk_slip_style){ .theme = kiosk_stage_theme(s->stage),
                                      .words = s->words,
                                      .icons = s->icons };
}

static struct tbc_utc
station_now(const struct kiosk_shell *s)
{
    struct tbc_utc now = tbc_clock_utc();

    now.s += s->link.offset_s;
    return now;
}

static enum tbc_err
print(struct kiosk_shell *s, struct tbc_picture *slip, const char *kind)
{
    struct tbc_buf path = { 0 };
    enum tbc_err err =
        kiosk_printer_print(&s->printer, slip, kind, station_now(s), &path);

    if (err == TBC_OK && path.len > 0) {
        (void)printf("slip %s\n", tbc_buf_str(&path));
        (void)fflush(stdout);
    } else if (err != TBC_OK) {
        (void)tbc_log_err(err, "printer: no %s slip", kind);
    }
    tbc_buf_fini(&path);
    tbc_picture_fini(slip);
    return err;
}

static void
print_certificate(struct kiosk_shell *s)
{
    const struct tbc_apply_reply *a = &s->session->applied;
    struct kiosk_slip_style style = style_of(s);
    struct kiosk_certificate_slip slip = {
        .qr_text = s->session->qr_text,
        .name = a->name,
        .number = a->number,
        .trip = a->trips_n > 0 ? &a->trips[0] : NULL,
        .expires = s->session->expires,
        .issued = s->session->issued,
        .station_zh = s->link.place.station_zh,
        .device = s->device.name,
        .log = s->session->log,
    };
    struct tbc_picture picture = { 0 };
    enum tbc_err err;

    if (!kiosk_printer_has_paper(&s->printer)) {
        post(s, KIOSK_EV_PAPER_OUT);
        return;
    }
    kiosk_session_note(s->session, KIOSK_EV_PRINT);
    err = kiosk_slip_certificate(&style, &slip, &picture);
    err = err != TBC_OK ? tbc_log_err(err, "printer: cannot draw the slip")
                        : print(s, &picture, "certificate");
    post(s, err == TBC_OK ? KIOSK_EV_PRINTED : KIOSK_EV_PAPER_OUT);
}

/* The number of the slip counts in the machine; what was typed goes along as a code, so that
 * nobody has to say it aloud again. */
static void
print_desk(struct kiosk_shell *s)
{
    struct kiosk_slip_style style = style_of(s);
    const struct tbc_hello_reply *place = &s->link.place;
    char typed[DESK_TEXT_MAX];
    struct kiosk_desk_slip slip = {
        .where_zh = place->desk_zh[0] != '\0' ? place->desk_zh : NULL,
        .where_en = place->desk_en[0] != '\0' ? place->desk_en : NULL,
    };
    struct tbc_picture picture = { 0 };
    enum tbc_err err;

    if (!kiosk_printer_has_paper(&s->printer)) {
        return; /* the desk screen says the way, too */
    }
    s->desk_number = s->desk_number % 999 + 1;
    slip.number = (int)s->desk_number;
    if (s->session->number[0] != '\0') {
        (void)snprintf(typed, sizeof typed, "TBC-DESK:%s:%s",
                       tbc_doc_kind_word(s->session->kind), s->session->number);
        slip.typed = typed;
    }
    err = kiosk_slip_desk(&style, &slip, &picture);
    err = err != TBC_OK ? tbc_log_err(err, "printer: cannot draw the desk slip")
                        : print(s, &picture, "desk");
    if (err == TBC_OK) {
        s->session->desk_number = slip.number;
    }
    tbc_wipe(typed, sizeof typed);
}

static void
forget_passenger(struct kiosk_shell *s)
{
    kiosk_session_wipe(s->session);
    kiosk_sight_wipe(&s->sight);
    kiosk_stage_forget(s->stage);
    tbc_wipe(&s->view, sizeof s->view);
    s->pressed = KIOSK_EV_NONE;
}

static void
keep_frames(struct kiosk_shell *s)
{
    kiosk_session_drop_frames(s->session);
    for (size_t i = 0; i < s->sight.frames_n; i++) {
        s->session->frames[i] = s->sight.frames[i];
        s->sight.frames[i] = (struct tbc_buf){ 0 };
    }
    s->session->frames_n = s->sight.frames_n;
    s->sight.frames_n = 0;
}

static void
look(struct kiosk_shell *s)
{
    kiosk_session_drop_frames(s->session);
    kiosk_sight_wipe(&s->sight);
    kiosk_eye_look(s->eye);
}

static void
call(struct kiosk_shell *s, enum kiosk_act_bit what)
{
    struct tbc_mono now = tbc_clock_mono();
    enum tbc_err err = what == KIOSK_ACT_BIT_APPLY
                           ? kiosk_link_apply(&s->link, s->session, now)
                           : kiosk_link_issue(&s->link, s->session, now);

    if (err != TBC_OK) {
        post(s, KIOSK_EV_FAILED);
    }
}

static void
edit(struct kiosk_shell *s, enum kiosk_event event, int arg)
{
    (void)kiosk_session_edit(s->session, event, arg, tbc_utc_day(station_now(s)));
}

static void
act(struct kiosk_shell *s, enum kiosk_act_bit what, enum kiosk_event event, int arg)
{
    switch (what) {
    case KIOSK_ACT_BIT_HANG_UP:
        kiosk_link_hang_up(&s->link);
        break;
    case KIOSK_ACT_BIT_CAMERA_OFF:
        kiosk_eye_rest(s->eye);
        break;
    case KIOSK_ACT_BIT_WIPE:
        forget_passenger(s);
        break;
    case KIOSK_ACT_BIT_SET_LANGUAGE:
        s->session->language = arg == KIOSK_EN ? KIOSK_EN : KIOSK_ZH;
        break;
    case KIOSK_ACT_BIT_SET_KIND:
        kiosk_session_set_kind(s->session, (enum tbc_doc_kind)arg,
                               tbc_utc_day(station_now(s)));
        break;
    case KIOSK_ACT_BIT_EDIT:
        edit(s, event, arg);
        break;
    case KIOSK_ACT_BIT_CLEAR:
        edit(s, KIOSK_EV_CLEAR, 0);
        kiosk_session_drop_frames(s->session);
        break;
    case KIOSK_ACT_BIT_UNKNOWN:
        kiosk_session_note(s->session, KIOSK_EV_NUMBER_UNKNOWN);
        break;
    case KIOSK_ACT_BIT_TOOL:
        kiosk_session_tool(s->session, event);
        break;
    case KIOSK_ACT_BIT_PAGE:
        kiosk_session_turn_page(s->session, event, kiosk_pages(s->stage));
        break;
    case KIOSK_ACT_BIT_COUNT_TRY:
    case KIOSK_ACT_BIT_COUNT_MORE:
        break; /* the flow counts by itself */
    case KIOSK_ACT_BIT_KEEP_FRAMES:
        keep_frames(s);
        break;
    case KIOSK_ACT_BIT_CAMERA_ON:
        look(s);
        break;
    case KIOSK_ACT_BIT_APPLY:
    case KIOSK_ACT_BIT_ISSUE:
        call(s, what);
        break;
    case KIOSK_ACT_BIT_PRINT:
        print_certificate(s);
        break;
    case KIOSK_ACT_BIT_DESK_SLIP:
        print_desk(s);
        break;
    case KIOSK_ACT_N:
        break;
    }
}

static void
take_one(struct kiosk_shell *s, enum kiosk_event event, int arg)
{
    enum kiosk_state before = s->flow.state;
    unsigned then;

    tell_event(s, event);
    if (!kiosk_event_is_touch(event)) {
        kiosk_session_note(s->session, event);
    }
    then = kiosk_flow_step(&s->flow, event, tbc_clock_mono());
    for (int bit = 0; bit < KIOSK_ACT_N; bit++) {
        if ((then & (1u << bit)) != 0) {
            act(s, (enum kiosk_act_bit)bit, event, arg);
        }
    }
    s->flow.number_fine = s->session->fault == TBC_DOC_FINE;
    if (s->flow.state != before) {
        s->session->page = 0;
        s->pressed = KIOSK_EV_NONE;
    }
    kiosk_player_note(&s->player, event);
    s->dirty = true;
}

static void
take_event(struct kiosk_shell *s, enum kiosk_event event, int arg)
{
    while (event != KIOSK_EV_NONE) {
        s->posted = KIOSK_EV_NONE;
        take_one(s, event, arg);
        event = s->posted;
        arg = 0;
    }
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
            take_event(s, event, arg);
        }
    }
}

/* A keypad that is plugged in serves the number; nothing else listens to it. */
static void
key(struct kiosk_shell *s, int code)
{
    if (code == '\b') {
        take_event(s, KIOSK_EV_BACKSPACE, 0);
    } else if (code == '\r') {
        take_event(s, KIOSK_EV_NEXT, 0);
    } else if (code > ' ' && code < 127) {
        take_event(s, KIOSK_EV_KEY, code);
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
    take_event(s, s->sight.outcome, 0);
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
        take_event(s, event, 0);
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
    view->now = station_now(s);
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
    tell_screen(s, s->view.screen);
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
    s->dirty = true;
    while (s->exit_code < 0 && stop_asked == 0) {
        bool busy = s->player.script != NULL || s->flow.state == FLOW_FACE ||
                    tbc_clock_mono().ms - s->flow.since.ms < MOTION_MS;

        take_touches(s, busy ? CALM_WAIT_MS / 3 : CALM_WAIT_MS);
        take_answers(s);
        take_sight(s);
        take_event(s, kiosk_flow_due(&s->flow, tbc_clock_mono()), 0);
        if (s->exit_code < 0) {
            draw(s);
        }
        if (s->exit_code < 0) {
            play(s);
        }
    }
    return s->exit_code < 0 ? 0 : s->exit_code;
}

/* ---- opening and closing */

static enum tbc_err
open_session(struct kiosk_shell *s)
{
    void *page = mmap(NULL, sizeof *s->session, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (page == MAP_FAILED) {
        return TBC_ERR_NO_MEMORY;
    }
    s->session = page;
    (void)madvise(page, sizeof *s->session, MADV_DONTDUMP);
    if (mlock(page, sizeof *s->session) != 0) {
        tbc_log(TBC_LOG_DEBUG,
                "the session may be swapped: raise the limit of locked memory");
    }
    kiosk_session_init(s->session);
    return TBC_OK;
}

static enum tbc_err
open_script(struct kiosk_shell *s, struct tbc_buf *why)
{
    struct tbc_buf text = { 0 };
    struct tbc_buf fault = { 0 };
    enum tbc_err err;

    if (s->options->script == NULL) {
        return TBC_OK;
    }
    err = tbc_file_read(s->options->script, KIOSK_SCRIPT_BYTES_MAX, &text);
    if (err != TBC_OK) {
        (void)tbc_buf_printf(why, "%s: %s", s->options->script, tbc_err_text(err));
    } else if ((err = kiosk_script_parse(&s->script, tbc_buf_span(&text), &fault)) !=
               TBC_OK) {
        (void)tbc_buf_printf(why, "%s: %s", s->options->script, tbc_buf_str(&fault));
    } else {
        s->player.script = &s->script;
    }
    tbc_buf_fini(&fault);
    tbc_buf_fini(&text);
    return err;
}

static enum tbc_err
open_eye(struct kiosk_shell *s, struct tbc_buf *why)
{
    struct kiosk_eye_options options = { .camera = s->options->camera };

    kiosk_find_folder(s->options->models, "TBC_MODELS", "build/models",
                      "/usr/share/tbc/models", s->models);
    options.models = s->models;
    return kiosk_eye_open(&s->eye, &options, why);
}

static enum tbc_err
open_window(struct kiosk_shell *s, struct tbc_buf *why)
{
    const struct tbc_hello_reply *place = &s->link.place;
    struct kiosk_stage_options stage = {
        .assets = s->assets,
        .panel = s->options->panel,
        .desk_zh = place->desk_zh[0] != '\0' ? place->desk_zh : NULL,
        .desk_en = place->desk_en[0] != '\0' ? place->desk_en : NULL,
    };
    struct tbc_window_options window = {
        .title = "tbc-kiosk",
        .width_px = s->options->width_px,
        .height_px = s->options->height_px,
        .full_screen = s->options->full_screen,
        .hide_pointer = s->options->full_screen,
    };
    char text[KIOSK_PATH_MAX + 16];
    enum tbc_err err;

    (void)snprintf(text, sizeof text, "%s/text", s->assets);
    (void)snprintf(s->icons, sizeof s->icons, "%s/icons", s->assets);
    if ((err = kiosk_stage_new(&s->stage, &stage, why)) != TBC_OK ||
        (err = tbc_words_open(&s->words, text, why)) != TBC_OK) {
        return err;
    }
    return tbc_window_open(&s->window, kiosk_stage_canvas(s->stage), &window, why);
}

static enum tbc_err
open_link(struct kiosk_shell *s, struct tbc_buf *why)
{
    enum tbc_err err = tbc_device_read(&s->device, s->options->device);

    if (err != TBC_OK) {
        return err; /* logged with file and line */
    }
    if (s->options->front != NULL && (strlen(s->options->front) > TBC_ADDRESS_MAX ||
                                      !tbc_address_is_valid(s->options->front))) {
        (void)tbc_buf_printf(why, "--front %s: it is tcp://HOST:PORT",
                             s->options->front);
        return TBC_ERR_MALFORMED;
    }
    if (s->options->front != NULL) {
        (void)snprintf(s->device.front, sizeof s->device.front, "%s",
                       s->options->front);
    }
    return kiosk_link_open(&s->link, &s->device, HELLO_WAIT_MS);
}

static void
begin_flow(struct kiosk_shell *s)
{
    int64_t tries = s->link.place.policy.face_tries;

    kiosk_flow_init(&s->flow,
                    tries > 0 && tries <= 10 ? (int)tries
                                             : (int)tbc_policy_default.face_tries,
                    tbc_clock_mono());
    if (!s->link.there) {
        take_event(s, KIOSK_EV_UNREACHABLE, 0);
    }
    (void)signal(SIGTERM, ask_to_stop);
    (void)signal(SIGINT, ask_to_stop);
}

enum tbc_err
kiosk_shell_open(struct kiosk_shell **shell, const struct kiosk_options *options,
                 struct tbc_buf *why)
{
    struct kiosk_shell *s = calloc(1, sizeof *s);
    enum tbc_err err;

    *shell = NULL;
    if (s == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    s->options = options;
    s->exit_code = -1;
    s->told = KIOSK_SCREEN_N;
    kiosk_find_folder(options->assets, "TBC_ASSETS", "assets", "/usr/share/tbc/assets",
                      s->assets);
    if ((err = open_script(s, why)) != TBC_OK ||
        (err = kiosk_printer_open(&s->printer, options->printer, why)) != TBC_OK ||
        (err = open_session(s)) != TBC_OK || (err = open_eye(s, why)) != TBC_OK ||
        (err = open_link(s, why)) != TBC_OK || (err = open_window(s, why)) != TBC_OK) {
        kiosk_shell_close(&s);
        return err;
    }
    begin_flow(s);
    *shell = s;
    return TBC_OK;
}

void
kiosk_shell_close(struct kiosk_shell **shell)
{
    struct kiosk_shell *s = *shell;

    if (s == NULL) {
        return;
    }
    tbc_window_close(&s->window);
    kiosk_stage_free(&s->stage);
    tbc_words_free(&s->words);
    kiosk_link_close(&s->link);
    kiosk_eye_close(&s->eye);
    kiosk_sight_wipe(&s->sight);
    tbc_device_fini(&s->device);
    if (s->session != NULL) {
        kiosk_session_wipe(s->session);
        (void)munmap(s->session, sizeof *s->session);
    }
    tbc_wipe(&s->view, sizeof s->view);
    free(s);
    *shell = NULL;
}
