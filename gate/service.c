/* The gate and whoever runs it: signals, the service manager, the configuration read anew. */
#include "gate.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define FINISH_MS 5000 /* for the passenger who is there when the gate is told to end */

/* SIGTERM, SIGINT and SIGHUP as a descriptor. */
enum tbc_err
gate_service_open(struct gate *g)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 ||
        (g->service.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) < 0) {
        return tbc_log_err(TBC_ERR_IO, "signals cannot be watched");
    }
    g->service.open = true;
    tbc_notify_open(&g->service.notify, getenv("NOTIFY_SOCKET"),
                    getenv("WATCHDOG_USEC"), getenv("WATCHDOG_PID"));
    return TBC_OK;
}

void
gate_service_close(struct gate *g)
{
    if (g->service.open) {
        (void)close(g->service.signals);
    }
    tbc_notify_fini(&g->service.notify);
    g->service = (struct gate_service){ 0 };
}

void
gate_service_apply(struct gate *g)
{
    const struct gate_limits limits = {
        .trust_s = g->options.trust_age_s,
        .status_s = g->options.status_age_s,
        .manifest_s = g->options.manifest_age_s,
        .keeps_old_status = strcmp(g->options.status_beyond, "accept") == 0,
    };
    enum tbc_log_level level;

    gate_knowledge_limit(&g->know, &limits);

    if (tbc_log_level_parse(g->options.log_level, &level)) {
        tbc_log_set_level(level);
    }
}

/* SIGHUP: what is wrong is logged, and what was in force stays. */
static void
reload(struct gate *g)
{
    struct gate_options newer;
    char line[64];

    (void)snprintf(line, sizeof line, "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
                   tbc_clock_us());
    tbc_notify_say(&g->service.notify, line);
    if (gate_options_read(&newer, g->asked, NULL) == TBC_OK) {
        gate_options_follow(&g->options, &newer);
        gate_service_apply(g);
        g->report.metrics.reloads++;
    } else {
        tbc_log(TBC_LOG_ERROR, "kept the present configuration");
    }
    tbc_notify_say(&g->service.notify, "READY=1");
}

/* The first time is a wish, the second an order. */
static void
begin_to_end(struct gate *g)
{
    if (g->service.ending) {
        g->service.end_by = tbc_clock_mono();
        return;
    }
    g->service.ending = true;
    g->service.end_by.ms = tbc_clock_mono().ms + FINISH_MS;
    tbc_notify_say(&g->service.notify, "STOPPING=1");
}

void
gate_service_hear(struct gate *g)
{
    struct signalfd_siginfo info;

    while (read(g->service.signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGHUP) {
            reload(g);
        } else {
            begin_to_end(g);
        }
    }
}

bool
gate_service_is_over(const struct gate *g, struct tbc_mono mono)
{
    if (!g->service.ending) {
        return false;
    }
    switch (g->flow.state) {
    case GATE_LOOKING:
    case GATE_ASKING:
    case GATE_WRITING:
    case GATE_OPEN:
    case GATE_OPEN_REFUSED:
    case GATE_HELD:
    case GATE_CLOSING:
        return mono.ms >= g->service.end_by.ms;
    case GATE_IDLE:
    case GATE_REFUSED:
    case GATE_BROKEN:
    case GATE_FIRE:
    case GATE_STATE_N:
        break;
    }
    return true;
}

/* In one line what systemctl status shows; cut when there is that much wrong. */
static void
put_status(const struct gate *g, char *line, size_t size)
{
    struct tbc_buf text = { 0 };

    (void)tbc_buf_append_str(&text, g->link.mode == GATE_ONLINE
                                        ? "STATUS=online"
                                        : "STATUS=offline, judging alone");
    tbc_ills_tell(tbc_gate_ills, TBC_GATE_ILLS_N,
                  g->report.ills & ~TBC_GATE_ILL_BIT(STARTING), &text);
    (void)snprintf(line, size, "%s",
                   tbc_buf_str(&text) == NULL ? "" : tbc_buf_str(&text));
    tbc_buf_fini(&text);
}

void
gate_service_turn(struct gate *g, struct tbc_mono mono)
{
    char status[sizeof g->service.told];

    tbc_notify_turn(&g->service.notify, mono);
    if (!g->ready || !g->service.notify.open) {
        return;
    }
    put_status(g, status, sizeof status);
    if (strcmp(status, g->service.told) != 0) {
        if (g->service.told[0] == '\0') {
            tbc_notify_say(&g->service.notify, "READY=1");
        }
        tbc_notify_say(&g->service.notify, status);
        memcpy(g->service.told, status, sizeof status);
    }
}
