#include "shell_impl.h"
#include "slip.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <stdio.h>

#define DESK_TEXT_MAX 64

/* ---- lines on standard output, for demonstration and tests */

static void
tell(const char *line)
{
    (void)printf("%s\n", line);
    (void)fflush(stdout);
}

void
kiosk_shell_tell_screen(struct kiosk_shell *s, enum kiosk_screen screen)
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

struct tbc_utc
kiosk_shell_time(const struct kiosk_shell *s)
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
        kiosk_printer_print(&s->printer, slip, kind, kiosk_shell_time(s), &path);

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
    (void)kiosk_session_edit(s->session, event, arg, tbc_utc_day(kiosk_shell_time(s)));
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
                               tbc_utc_day(kiosk_shell_time(s)));
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

void
kiosk_shell_take(struct kiosk_shell *s, enum kiosk_event event, int arg)
{
    while (event != KIOSK_EV_NONE) {
        s->posted = KIOSK_EV_NONE;
        take_one(s, event, arg);
        event = s->posted;
        arg = 0;
    }
}
