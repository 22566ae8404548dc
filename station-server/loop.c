/* The station's one thread: signals, the beat of each second, requests. */
#include "station.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define BEAT_MS       1000
#define FEW           32 /* answers a second: a pause of milliseconds is felt by nobody */
#define DRAIN_MS      3000 /* for what was asked, and pictures, when the end comes */
#define DRAIN_STEP_MS 50
#define FORGET_MS     (INT64_C(600) * 1000)

/* SIGTERM, SIGINT and SIGHUP as a descriptor of the loop. */
static int
open_signals(void)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ,
                 SIG_IGN); /* a file that may not grow is an error of the disk */
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) {
        return -1;
    }
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* What is done every ten minutes: forget old requests, remember the time and the fleet. */
static enum tbc_err
keep_house(struct station *st, struct tbc_utc now)
{
    uint64_t floor;
    enum tbc_err err;

    if ((err = tbc_store_request_forget(
             st->store, (struct tbc_utc){ now.s - STATION_REMEMBER_S })) != TBC_OK ||
        (err = tbc_store_failures_forget(
             st->store, (struct tbc_utc){ now.s - STATION_FAILURE_S })) != TBC_OK ||
        (err = station_fleet_keep(
             st, (struct tbc_utc){ now.s - 2 * FORGET_MS / 1000 })) != TBC_OK ||
        (err = tbc_store_get(st->store, "clock", &floor)) != TBC_OK) {
        return err;
    }
    if ((int64_t)floor > st->floor.s) {
        st->floor.s = (int64_t)floor; /* another process saw that time */
        return TBC_OK;
    }
    return tbc_store_set(st->store, "clock", (uint64_t)st->floor.s);
}

/* Time never goes back: a clock that does is said once a beat and stops issuing. */
static void
watch_clock(struct station *st, struct tbc_utc now)
{
    if (now.s > st->floor.s) {
        st->floor = now;
    } else if (now.s + STATION_CLOCK_S < st->floor.s) {
        char floor[TBC_RFC3339_SIZE];

        tbc_utc_format(st->floor, floor);
        tbc_log(TBC_LOG_ERROR, "the clock is wrong: it was %s already", floor);
    }
}

/* What happens each second whether anybody asks or not. */
static enum tbc_err
tick(struct station *st, struct tbc_mono *beat, struct tbc_mono *forget)
{
    const struct tbc_mono mono = tbc_clock_mono();
    const struct tbc_utc now = tbc_clock_utc();
    bool few;
    enum tbc_err err;

    if (mono.ms < beat->ms) {
        return TBC_OK;
    }
    beat->ms = mono.ms + BEAT_MS;
    few = st->answered < FEW;
    st->answered = 0;
    watch_clock(st, now);
    station_apply_sweep(st, now);
    station_signer_tend(st->signer);
    station_issuer_choose(st, now);
    if ((err = station_share(st)) == TBC_OK &&
        (err = station_lists_renew(st, now)) == TBC_OK &&
        (err = station_journal_tick(st, now)) == TBC_OK &&
        (err = station_sweep(st, now)) == TBC_OK &&
        (err = station_rekey(st, now)) == TBC_OK && mono.ms >= forget->ms &&
        (err = keep_house(st, now)) == TBC_OK) {
        forget->ms = mono.ms + FORGET_MS;
    }
    if (err == TBC_OK && few) {
        err = tbc_store_rest(st->store);
    }
    st->store_away = station_error_passes(err);
    station_beat(st);
    station_apply_revive(st);
    station_intake_tell(st);
    station_web_renew(st, now);
    return station_error_passes(err) ? TBC_OK : err; /* the next beat tries again */
}

/* SIGHUP: the configuration, the trust list, the keys.  What is wrong is logged, and what was in
 * force stays. */
static enum tbc_err
reload(struct station *st)
{
    struct station_conf newer;
    char line[64];
    enum tbc_err err;

    (void)snprintf(line, sizeof line, "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
                   tbc_clock_us());
    tbc_notify_say(&st->notify, line);
    if (station_options_read(&st->options, &newer, NULL) == TBC_OK) {
        station_conf_follow(&st->conf, &newer);
        station_log_follow(&st->conf);
    } else {
        tbc_log(TBC_LOG_ERROR, "kept the present configuration");
    }
    if ((err = station_trust_reload(st)) == TBC_OK) {
        station_issuer_reload(st);
        if (station_rekey_open(st) != TBC_OK) {
            tbc_log(TBC_LOG_ERROR, "kept the present sealing key");
        }
        if (station_pseudonyms_change(&st->pseudonyms, tbc_clock_utc()) != TBC_OK) {
            tbc_log(TBC_LOG_ERROR, "kept the present pseudonym key");
        }
    }
    station_web_renew(st, tbc_clock_utc());
    tbc_notify_say(&st->notify, "READY=1");
    return err;
}

static enum tbc_err
hear_signals(struct station *st, int signals, bool *stop)
{
    struct signalfd_siginfo info;
    enum tbc_err err = TBC_OK;

    while (err == TBC_OK && read(signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGHUP) {
            err = reload(st);
        } else {
            *stop = true;
        }
    }
    return err;
}

/* Wait for the bus, the examiner or a signal. */
static enum tbc_err
wait_for_work(struct station *st, int signals, int timeout_ms, bool *stop)
{
    struct pollfd others[3] = { { .fd = signals, .events = POLLIN } };
    size_t n = 1;
    enum tbc_err err;

    if (st->examiner != NULL && tbc_examiner_fd(st->examiner) >= 0) {
        others[n++] = (struct pollfd){ .fd = tbc_examiner_fd(st->examiner),
                                       .events = tbc_examiner_events(st->examiner) };
    }
    if (station_provider_fd(st->provider) >= 0) {
        const int ms = station_provider_wait_ms(st->provider, tbc_clock_mono());

        others[n++] = (struct pollfd){ .fd = station_provider_fd(st->provider),
                                       .events = POLLIN };
        timeout_ms = ms >= 0 && ms < timeout_ms ? ms : timeout_ms;
    }
    err = tbc_server_wait(st->server, others, n, timeout_ms);
    station_provider_step(st->provider, tbc_clock_mono());
    station_reference_step(st);
    return err == TBC_OK && (others[0].revents & POLLIN) != 0
               ? hear_signals(st, signals, stop)
               : err;
}

/* How long the loop may sleep: until the beat, and never past the manager's patience. */
static int
nap_ms(const struct station *st, struct tbc_mono beat)
{
    int64_t ms = beat.ms - tbc_clock_mono().ms;

    if (st->queue.n > 0 || st->backup.job != NULL || ms < 0) {
        return 0;
    }
    if (st->notify.watchdog_ms > 0 && ms > st->notify.watchdog_ms / 4) {
        ms = st->notify.watchdog_ms / 4;
    }
    return (int)(ms < BEAT_MS ? ms : BEAT_MS);
}

/* All that is in the socket at this moment, so that whoever asked in time is answered. */
static enum tbc_err
take_in_the_rest(struct station *st)
{
    size_t before;
    enum tbc_err err;

    do {
        before = st->queue.n;
        err = station_intake(st, STATION_INTAKE_ALL);
    } while (err == TBC_OK && st->queue.n > before);
    st->stopping = true;
    return err;
}

/* Answer what was asked, within a bounded time; what comes later, and what is left then, hears
 * BUSY. */
static enum tbc_err
drain(struct station *st, int signals)
{
    const struct tbc_mono end = { tbc_clock_mono().ms + DRAIN_MS };
    enum tbc_err err = take_in_the_rest(st);
    bool stop = true;

    tbc_notify_say(&st->notify, "STOPPING=1");
    station_web_renew(st, tbc_clock_utc());
    while (err == TBC_OK && tbc_clock_mono().ms < end.ms) {
        if ((err = station_serve(st)) != TBC_OK ||
            (st->queue.n == 0 && !station_apply_is_pending(st))) {
            break;
        }
        err = wait_for_work(st, signals, st->queue.n > 0 ? 0 : DRAIN_STEP_MS, &stop);
    }
    station_intake_tell(st); /* what happened since the last beat */
    return err == TBC_OK ? station_dismiss(st) : err;
}

static enum tbc_err
say_ready(struct station *st)
{
    if (printf("ready front=%s feed=%s http=%s\n", tbc_server_front(st->server),
               tbc_server_feed(st->server), station_web_address(st)) < 0 ||
        fflush(stdout) != 0) {
        return tbc_log_err(TBC_ERR_IO, "standard output");
    }
    tbc_notify_say(&st->notify, "READY=1\nSTATUS=serving");
    return TBC_OK;
}

/* Each turn ends with a word to the watchdog: a loop that hangs anywhere says nothing. */
static enum tbc_err
turn(struct station *st, int signals, bool *stop)
{
    struct tbc_mono beat = { 0 };
    struct tbc_mono forget = { 0 };
    enum tbc_err err = TBC_OK;

    while (err == TBC_OK && !*stop) {
        if ((err = tick(st, &beat, &forget)) == TBC_OK &&
            (err = wait_for_work(st, signals, nap_ms(st, beat), stop)) == TBC_OK &&
            (err = station_serve(st)) == TBC_OK) {
            tbc_notify_turn(&st->notify, tbc_clock_mono());
        }
    }
    return err;
}

enum tbc_err
station_run(struct station *st)
{
    bool stop = false;
    int signals = open_signals();
    enum tbc_err err;

    if (signals < 0) {
        return tbc_log_err(TBC_ERR_IO, "signals");
    }
    tbc_store_be_patient(st->store, station_be_patient, st);
    tbc_notify_open(&st->notify, getenv("NOTIFY_SOCKET"), getenv("WATCHDOG_USEC"),
                    getenv("WATCHDOG_PID"));
    station_web_open(st);
    station_web_renew(st, tbc_clock_utc());
    if ((err = say_ready(st)) == TBC_OK && (err = turn(st, signals, &stop)) == TBC_OK &&
        (err = drain(st, signals)) == TBC_OK &&
        (err = station_fleet_keep(st, (struct tbc_utc){ 0 })) == TBC_OK) {
        err = station_journal_sign(st, tbc_clock_utc());
    }
    (void)close(signals);
    return err;
}
