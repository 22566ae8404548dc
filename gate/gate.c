/* The loop: descriptors, timers, and the actions of the flow. */
#include "gate.h"

#include "crypto/seal.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TICK_MS  50
#define LINE_LEN 256
#define END_MS   5000 /* for telling the station, after the last code */

enum {
    EXIT_RUN = 0,
    EXIT_USAGE = 2,
    EXIT_TROUBLE = 3,
    EXIT_MALFORMED = 4
};

void
gate_say(struct gate *g, const char *format, ...)
{
    char line[LINE_LEN];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if ((puts(line) == EOF || fflush(stdout) != 0) && !g->mute) {
        g->mute = true;
        tbc_log(TBC_LOG_ERROR, "standard output takes nothing more");
    }
}

const char *
gate_mode_word(const struct gate *g)
{
    return g->link.mode == GATE_ONLINE ? "online" : "offline";
}

void
gate_follow(struct gate *g, enum gate_event event)
{
    g->follow = event;
    g->has_follow = true;
}

bool
gate_has_scanner(const struct gate *g)
{
    return g->scan_ended || (g->scan != NULL && tbc_scan_trouble(g->scan) == NULL);
}

static bool
mend_scan(struct gate *g)
{
    const char *why = "";

    if (g->scan == NULL && !g->scan_ended &&
        tbc_scan_open(&g->scan, g->options.scan, &why) != TBC_OK) {
        return false;
    }
    return gate_has_scanner(g);
}

static void
mend(struct gate *g)
{
    if ((g->box != NULL || gate_journal_open(g) == TBC_OK) &&
        gate_journal_has_room(g) && gate_wires_mend(g) && mend_scan(g)) {
        tbc_log(TBC_LOG_INFO, "in order again");
        gate_say(g, "in-order");
        if (g->scan != NULL) {
            tbc_scan_forget(
                g->scan); /* a code that was held all the while is new now */
        }
        gate_follow(g, GATE_EV_MENDED);
    }
}

static void
decide_alone(struct gate *g)
{
    static const struct gate_answer absent = { .kind = GATE_ANSWER_ABSENT };
    struct gate_visit *v = &g->visit;

    gate_peers_weigh(g);
    v->decision = gate_decide(&v->found, &v->memory, g->link.mode, &absent);
    v->entry.verdict = v->decision.verdict;
    v->concluded = true;
    gate_follow(g, tbc_verdict_opens(v->decision.verdict) ? GATE_EV_GRANT
                                                          : GATE_EV_REFUSE);
}

/* What has to do with the passage of who was let in last. */
static void
carry_out_passage(struct gate *g, unsigned acts)
{
    if ((acts & GATE_ACT_COUNT) != 0) {
        gate_annul_seen(g, g->seen);
        tbc_wipe(&g->passing, sizeof g->passing);
    }
    if ((acts & GATE_ACT_STRAY) != 0) {
        gate_annul_stray(g);
    }
    if ((acts & GATE_ACT_ANNUL) != 0) {
        gate_annul_passage(g);
    }
}

static void
carry_out(struct gate *g, unsigned acts)
{
    if ((acts & GATE_ACT_SHUT) != 0) {
        gate_wires_move(g, false);
    }
    if ((acts & GATE_ACT_OPEN) != 0) {
        gate_wires_move(g, true);
    }
    carry_out_passage(g, acts);
    if ((acts & GATE_ACT_WRITE) != 0) {
        gate_write(g);
    }
    if ((acts & GATE_ACT_NOTE) != 0) {
        gate_note_refusal(g);
    }
    if ((acts & GATE_ACT_ASK) != 0) {
        gate_ask(g);
    }
    if ((acts & GATE_ACT_ALONE) != 0) {
        decide_alone(g);
    }
    if ((acts & GATE_ACT_RECORD) != 0) {
        gate_wires_record_fire(g);
    }
    if ((acts & GATE_ACT_MEND) != 0) {
        mend(g);
    }
    if ((acts & GATE_ACT_RESUME) != 0) {
        gate_resume(g);
    }
}

/* Actions, and the events that they bring about, until nothing follows any more. */
static void
settle(struct gate *g, unsigned acts)
{
    carry_out(g, acts);
    while (g->has_follow) {
        enum gate_state before = g->flow.state;

        g->has_follow = false;
        acts = gate_flow_step(&g->flow, g->follow, tbc_clock_mono());
        if (g->flow.state == GATE_BROKEN && before != GATE_BROKEN) {
            enum gate_part part = g->box == NULL       ? GATE_PART_JOURNAL
                                  : g->barrier == NULL ? GATE_PART_BARRIER
                                                       : GATE_PART_SCANNER;

            g->report.metrics.faults[part]++;
            gate_say(g, "out-of-order %s",
                     g->box == NULL && g->disk_full ? "disk-full"
                                                    : gate_part_word(part));
        }
        carry_out(g, acts);
    }
}

void
gate_feed(struct gate *g, enum gate_event event)
{
    gate_follow(g, event);
    settle(g, 0);
}

static void
lose_scanner(struct gate *g)
{
    bool is_stream = strcmp(g->options.scan, "-") == 0;

    tbc_scan_close(&g->scan);
    g->scan_ended = is_stream;
    g->scan_ended_at = tbc_clock_mono();
    if (!is_stream) {
        tbc_log(TBC_LOG_ERROR, "%s: scanner is gone", g->options.scan);
        gate_feed(g, GATE_EV_FAULT);
    }
}

/* One text at a time: while the camera looks or the station is asked, the next one waits. */
static bool
reads_codes(const struct gate *g)
{
    return g->scan != NULL && g->ready && g->flow.state != GATE_LOOKING &&
           g->flow.state != GATE_ASKING && g->flow.state != GATE_HELD &&
           !g->service.ending;
}

/* A look that a fire or a fault has ended leaves nothing behind. */
static void
look_for_face(struct gate *g, struct tbc_mono mono)
{
    if (g->flow.state == GATE_LOOKING) {
        gate_looked(g, gate_eye_tick(g->eye, mono));
    } else {
        gate_eye_end(g->eye);
    }
}

/* One text, and then the world again: each answer is seen before the next.  False: none is
 * there. */
static bool
read_code(struct gate *g)
{
    struct tbc_scan_text text;
    enum tbc_err err;

    if (!reads_codes(g)) {
        return false;
    }
    err = tbc_scan_next(g->scan, tbc_clock_mono(), &text);
    if (err == TBC_OK && g->flow.state != GATE_FIRE) {
        gate_present(g, &text);
    } else if (err != TBC_OK && err != TBC_ERR_BUSY) {
        lose_scanner(g);
    }
    return err == TBC_OK;
}

static void
become_ready(struct gate *g, struct tbc_mono mono)
{
    if (!g->ready && (g->link.mode == GATE_ONLINE ||
                      mono.ms - g->started.ms >= g->options.wait_ms)) {
        g->ready = true;
        gate_say(g, "ready gate=%s mode=%s%s", g->device.name, gate_mode_word(g),
                 g->leads_out ? " direction=exit" : "");
    }
}

static const char *
clock_word(enum gate_clock clock)
{
    switch (clock) {
    case GATE_CLOCK_RIGHT:
        return "right";
    case GATE_CLOCK_WRONG:
        return "wrong";
    case GATE_CLOCK_LOST:
        break;
    }
    return "lost";
}

/* Each stage of the trust list's age is said once, also that it is past. */
static void
tell_trust(struct gate *g)
{
    enum gate_trust trust = gate_knowledge_trust(&g->know, g->now);
    char end[TBC_RFC3339_SIZE];

    if (trust == g->trust) {
        return;
    }
    g->trust = trust;
    switch (trust) {
    case GATE_TRUST_NONE:
    case GATE_TRUST_FRESH:
        return;
    case GATE_TRUST_AGEING:
    case GATE_TRUST_ENDED:
        break;
    }
    tbc_utc_format(tbc_keyring_list(g->know.ring)->exp, end);
    if (trust == GATE_TRUST_AGEING) {
        tbc_log(TBC_LOG_WARN, "the trust list ends at %s: a new one is wanted", end);
    } else {
        tbc_log(TBC_LOG_ERROR, "the trust list ended at %s: nobody is believed", end);
    }
    gate_say(g, "trust %s", trust == GATE_TRUST_AGEING ? "ageing" : "ended");
}

static void
tell_time(struct gate *g, struct tbc_mono mono)
{
    enum gate_clock before = g->clock;

    g->clock = gate_watch_now(&g->watch, tbc_clock_utc(), mono, &g->now);
    if (g->clock != before) {
        tbc_log(TBC_LOG_WARN, "clock of this gate is %s", clock_word(g->clock));
        gate_say(g, "clock %s", clock_word(g->clock));
    }
    tell_trust(g);
}

/* Without journal, barrier or scanner nobody is let in, whatever else goes on. */
static void
check_order(struct gate *g)
{
    bool broken = g->box == NULL || g->barrier == NULL || !gate_has_scanner(g);
    const char *trouble = g->scan != NULL ? tbc_scan_trouble(g->scan) : NULL;

    if (broken && g->flow.state != GATE_BROKEN && g->flow.state != GATE_FIRE) {
        if (trouble != NULL) {
            tbc_log(TBC_LOG_ERROR, "%s: %s", g->options.scan, trouble);
        }
        gate_feed(g, GATE_EV_FAULT);
    }
}

static bool
is_finished(const struct gate *g)
{
    bool told = !g->waiting || g->link.mode == GATE_OFFLINE ||
                tbc_clock_mono().ms - g->scan_ended_at.ms > END_MS;

    return g->scan_ended && g->flow.state == GATE_IDLE && told;
}

int
gate_step(struct gate *g)
{
    struct tbc_mono mono = tbc_clock_mono();
    bool had_code;

    tell_time(g, mono);
    gate_wires_tick(g, mono);
    gate_online_tick(g, mono);
    gate_peers_tick(g);
    settle(g, gate_flow_tick(&g->flow, mono));
    look_for_face(g, mono);
    become_ready(g, mono);
    had_code = read_code(g);
    gate_online_tick(g, tbc_clock_mono()); /* an answer may be there already */
    gate_peers_tick(g);
    gate_journal_tick(g, mono);
    settle(g, 0);
    check_order(g);
    gate_present_tick(g, mono);
    gate_tell(g, tbc_clock_mono());
    gate_report_tick(g, mono);
    gate_service_turn(g, mono);
    g->stop = !gate_window_tick(g->window) || is_finished(g) ||
              gate_service_is_over(g, tbc_clock_mono());
    if (had_code) {
        return 0;
    }
    mono = tbc_clock_mono();
    return g->flow.state == GATE_LOOKING
               ? GATE_EYE_TICK_MS
               : gate_peers_wait_ms(g, mono,
                                    gate_flow_wait_ms(&g->flow, mono, TICK_MS));
}

int
gate_run(struct gate *g)
{
    int front = -1;
    int feed = -1;

    tbc_client_fds(g->client, &front, &feed);
    while (!g->stop) {
        struct pollfd fds[] = {
            { .fd = g->service.signals, .events = POLLIN },
            { .fd = front, .events = POLLIN },
            { .fd = feed, .events = POLLIN },
            { .fd = gate_peers_fd(g), .events = POLLIN },
            { .fd = -1, .events = POLLIN },
        };
        int wait_ms;

        wait_ms = gate_step(g);
        if (reads_codes(g)) {
            fds[4].fd = tbc_scan_fd(g->scan);
        }
        if (!g->stop) {
            (void)poll(fds, sizeof fds / sizeof *fds, wait_ms);
        }
        gate_service_hear(g);
    }
    return g->mute ? EXIT_TROUBLE : EXIT_RUN;
}

int
gate_exit_of(enum tbc_err err)
{
    switch (err) {
    case TBC_OK:
        return EXIT_RUN;
    case TBC_ERR_CORRUPT:
    case TBC_ERR_MALFORMED:
    case TBC_ERR_CONFLICT:
        return EXIT_MALFORMED;
    case TBC_ERR_UNSUPPORTED:
        return EXIT_USAGE;
    default:
        return EXIT_TROUBLE;
    }
}

static enum tbc_err
read_device(struct gate *g)
{
    enum tbc_err err = tbc_device_read(&g->device, g->options.device);

    if (err != TBC_OK) {
        return err;
    }
    if (strcmp(g->device.role, "gate") != 0) {
        tbc_log(TBC_LOG_ERROR, "%s: role is %s, not gate", g->options.device,
                g->device.role);
        return TBC_ERR_UNSUPPORTED;
    }
    if (g->options.front[0] != '\0') {
        (void)snprintf(g->device.front, sizeof g->device.front, "%s", g->options.front);
    }
    if (g->options.feed[0] != '\0') {
        (void)snprintf(g->device.feed, sizeof g->device.feed, "%s", g->options.feed);
    }
    err = gate_knowledge_init(&g->know, g->device.root);
    return err == TBC_OK
               ? TBC_OK
               : tbc_log_err(err, "%s: root: not a public COSE_Key", g->options.device);
}

static enum tbc_err
open_face(struct gate *g, struct tbc_buf *why)
{
    enum tbc_err err;

    if (strcmp(g->options.face_camera, "none") == 0) {
        return TBC_OK;
    }
    err = gate_eye_open(&g->eye, g->options.face_camera, g->options.models, why);
    if (err == TBC_OK) {
        gate_eye_told(g->eye, &g->about); /* as far as it is known from before */
    }
    return err;
}

static enum tbc_err
open_parts(struct gate *g, struct tbc_buf *why)
{
    const char *scan_why = "";
    enum tbc_err err;

    if ((err = gate_wires_open(g, why)) != TBC_OK ||
        (err = gate_tell_open(g, why)) != TBC_OK ||
        (err = open_face(g, why)) != TBC_OK) {
        return err;
    }
    err = tbc_scan_open(&g->scan, g->options.scan, &scan_why);
    if (err != TBC_OK) {
        tbc_buf_printf(why, "%s: %s", g->options.scan,
                       scan_why != NULL && *scan_why != '\0' ? scan_why
                                                             : tbc_err_text(err));
    }
    return err;
}

int
gate_open(struct gate *g, const struct gate_asked *asked)
{
    struct tbc_buf why = { 0 };
    enum tbc_err err;

    g->asked = asked;
    g->started = tbc_clock_mono();
    gate_flow_init(&g->flow, g->started);
    if ((err = gate_options_read(&g->options, asked, NULL)) != TBC_OK) {
        return gate_exit_of(err);
    }
    g->flow.open_ms = g->options.hold;
    g->leads_out = strcmp(g->options.direction, "exit") == 0;
    if ((err = gate_service_open(g)) != TBC_OK || (err = read_device(g)) != TBC_OK ||
        (err = gate_journal_open(g)) != TBC_OK) {
        return gate_exit_of(err);
    }
    gate_service_apply(g);
    gate_journal_load(g);
    gate_report_open(g);
    err = open_parts(g, &why);
    if (err != TBC_OK) {
        tbc_log(TBC_LOG_ERROR, "%s",
                tbc_buf_str(&why) != NULL ? tbc_buf_str(&why) : tbc_err_text(err));
    } else if ((err = gate_peers_open(g)) == TBC_OK) {
        err = tbc_client_open(&g->client, &g->device, true);
    }
    tbc_buf_fini(&why);
    return err == TBC_OK ? 0 : gate_exit_of(err);
}

void
gate_close(struct gate *g)
{
    gate_tell_close(g);
    gate_wires_close(g);
    if (g->box != NULL) {
        g->kept.ms = 0; /* the floor is written once more */
        gate_journal_tick(g, tbc_clock_mono());
    }
    gate_peers_close(g);
    tbc_client_close(&g->client);
    tbc_scan_close(&g->scan);
    gate_eye_close(&g->eye);
    tbc_outbox_close(&g->box);
    gate_knowledge_fini(&g->know);
    gate_report_close(g);
    gate_service_close(g);
    tbc_device_fini(&g->device);
    tbc_wipe(&g->visit, sizeof g->visit);
    tbc_wipe(&g->passing, sizeof g->passing);
    tbc_wipe(&g->spare, sizeof g->spare);
}
