#include "station.h"

#include "sys/clock.h"
#include "sys/log.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define BEAT_MS       1000
#define DRAIN_MS      3000 /* for what was asked, and pictures, when the end comes */
#define DRAIN_STEP_MS 50
#define FORGET_MS     (INT64_C(600) * 1000)

static bool
admit(void *arg, const uint8_t key[static 32])
{
    return station_device(arg, key) != NULL;
}

static enum tbc_err
start_examiner(struct station *st, const struct station_options *o)
{
    const char *why = NULL;
    enum tbc_err err;

    if (o->models == NULL) {
        tbc_log(TBC_LOG_WARN, "no --models: faces cannot be compared");
        return TBC_OK;
    }
    err = tbc_examiner_start(&st->examiner, NULL, o->models, o->manifest, &why);
    return err == TBC_OK
               ? err
               : tbc_log_err(err, "%s: %s", o->models, why == NULL ? "examiner" : why);
}

static enum tbc_err
listen_at(struct station *st)
{
    const struct tbc_server_options options = {
        .front = st->conf.front,
        .feed = st->conf.feed,
        .secret = st->secrets.curve_secret,
        .admit = admit,
        .arg = st,
    };

    return tbc_server_open(&st->server, &options);
}

/* The operator's file follows the addresses and the root that are in force. */
static enum tbc_err
follow_operator(struct station *st)
{
    struct tbc_device_file file;
    struct tbc_device_file old;
    char path[STATION_PATH_MAX];
    enum tbc_err err;

    if ((err = station_path(st->data, "operator.device", path)) != TBC_OK) {
        return err;
    }
    if (access(path, F_OK) != 0) {
        return TBC_OK; /* moved elsewhere, on purpose */
    }
    if ((err = tbc_device_read(&file, path)) != TBC_OK) {
        return err;
    }
    old = file;
    (void)snprintf(file.front, sizeof file.front, "%s", tbc_server_front(st->server));
    (void)snprintf(file.feed, sizeof file.feed, "%s", tbc_server_feed(st->server));
    if (st->root[0] != '\0') {
        memcpy(file.root, st->root, sizeof file.root);
    }
    if (memcmp(&file, &old, sizeof file) != 0 &&
        (err = tbc_device_replace(&file, path)) != TBC_OK) {
        (void)tbc_log_err(err, "%s", path);
    }
    tbc_device_fini(&file);
    tbc_device_fini(&old);
    return err;
}

enum tbc_err
station_options_apply(const struct station_options *o, struct station_conf *conf,
                      struct station_conf_origins *from)
{
    enum tbc_err err;

    if ((err = station_conf_set(conf, from, "front", o->front, "--front")) != TBC_OK ||
        (err = station_conf_set(conf, from, "feed", o->feed, "--feed")) != TBC_OK) {
        return err;
    }
    return station_conf_set(conf, from, "url", o->store, "--store");
}

enum tbc_err
station_options_read(const struct station_options *o, struct station_conf *conf,
                     struct station_conf_origins *from)
{
    char path[STATION_PATH_MAX];
    enum tbc_err err = station_path(o->data, "station.conf", path);

    if (err == TBC_OK) {
        err = station_conf_read(conf, o->config == NULL ? path : o->config, from);
    }
    return err == TBC_OK ? station_options_apply(o, conf, from) : err;
}

static enum tbc_err
open_parts(struct station *st, const struct station_options *o)
{
    char path[STATION_PATH_MAX];
    enum tbc_err err;

    if ((err = station_options_read(o, &st->conf, NULL)) != TBC_OK ||
        (err = station_secrets_read(&st->secrets, o->data)) != TBC_OK ||
        (err = station_store_place(o->data, &st->conf, path)) != TBC_OK ||
        (err = tbc_store_open(&st->store, path, st->secrets.sealing, false)) !=
            TBC_OK ||
        (err = station_path(o->data, "index.floor", path)) != TBC_OK ||
        (err = station_index_open(
             &st->index, st->store,
             tbc_span_of(st->secrets.pseudonym, sizeof st->secrets.pseudonym), path)) !=
            TBC_OK ||
        (err = station_fleet_load(st)) != TBC_OK ||
        (err = station_lists_open(st, o)) != TBC_OK ||
        (err = station_journal_open(st, tbc_clock_utc())) != TBC_OK ||
        (err = start_examiner(st, o)) != TBC_OK || (err = listen_at(st)) != TBC_OK ||
        (err = station_lists_renew(st, tbc_clock_utc())) != TBC_OK ||
        (err = station_journal_sign(st, tbc_clock_utc())) != TBC_OK) {
        return err;
    }
    return follow_operator(st);
}

bool
station_is_benchmark(void)
{
    return TBC_BENCHMARK;
}

enum tbc_err
station_open(struct station **station, const struct station_options *options)
{
    struct station *st = calloc(1, sizeof *st);
    enum tbc_err err;

    *station = NULL;
    if (st == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    (void)snprintf(st->data, sizeof st->data, "%s", options->data);
    st->without_face = options->without_face;
    if ((err = open_parts(st, options)) != TBC_OK) {
        station_close(&st);
        return err;
    }
    *station = st;
    return TBC_OK;
}

void
station_close(struct station **station)
{
    struct station *st = *station;

    *station = NULL;
    if (st == NULL) {
        return;
    }
    tbc_server_close(&st->server);
    tbc_examiner_stop(&st->examiner);
    station_lists_fini(st);
    station_journal_fini(st);
    station_index_fini(&st->index);
    for (size_t i = 0; i < STATION_APPLIES_MAX; i++) {
        tbc_buf_fini(&st->applies[i].reply);
    }
    for (size_t i = 0; i < sizeof st->out / sizeof *st->out; i++) {
        tbc_buf_fini(&st->out[i].bytes);
    }
    station_queue_fini(&st->queue);
    tbc_buf_fini(&st->batch.parts);
    tbc_store_close(&st->store);
    tbc_wipe(st, sizeof *st);
    free(st);
}

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
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) {
        return -1;
    }
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* What is done every ten minutes: forget old requests, remember the time. */
static enum tbc_err
keep_house(struct station *st, struct tbc_utc now)
{
    uint64_t floor;
    enum tbc_err err;

    if ((err = tbc_store_request_forget(
             st->store, (struct tbc_utc){ now.s - STATION_REMEMBER_S })) != TBC_OK ||
        (err = tbc_store_failures_forget(
             st->store, (struct tbc_utc){ now.s - STATION_FAILURE_S })) != TBC_OK ||
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
    enum tbc_err err;

    if (mono.ms < beat->ms) {
        return TBC_OK;
    }
    beat->ms = mono.ms + BEAT_MS;
    watch_clock(st, now);
    station_apply_sweep(st, now);
    station_issuer_choose(st, now);
    if ((err = station_share(st)) == TBC_OK &&
        (err = station_lists_renew(st, now)) == TBC_OK &&
        (err = station_journal_tick(st, now)) == TBC_OK && mono.ms >= forget->ms &&
        (err = keep_house(st, now)) == TBC_OK) {
        forget->ms = mono.ms + FORGET_MS;
    }
    station_beat(st);
    return station_error_passes(err) ? TBC_OK : err; /* the next beat tries again */
}

static enum tbc_err
hear_signals(struct station *st, int signals, bool *stop)
{
    struct signalfd_siginfo info;
    enum tbc_err err = TBC_OK;

    while (err == TBC_OK && read(signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGHUP) {
            if ((err = station_trust_reload(st)) == TBC_OK) {
                station_issuer_reload(st);
            }
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
    struct pollfd others[2] = { { .fd = signals, .events = POLLIN } };
    size_t n = 1;
    enum tbc_err err;

    if (st->examiner != NULL && tbc_examiner_fd(st->examiner) >= 0) {
        others[n++] = (struct pollfd){ .fd = tbc_examiner_fd(st->examiner),
                                       .events = tbc_examiner_events(st->examiner) };
    }
    err = tbc_server_wait(st->server, others, n, timeout_ms);
    return err == TBC_OK && (others[0].revents & POLLIN) != 0
               ? hear_signals(st, signals, stop)
               : err;
}

static int
until(struct tbc_mono when)
{
    int64_t ms = when.ms - tbc_clock_mono().ms;

    return ms < 0 ? 0 : (int)(ms < BEAT_MS ? ms : BEAT_MS);
}

/* All that is in the socket at this moment, so that whoever asked in time is answered. */
static enum tbc_err
take_in_the_rest(struct station *st)
{
    size_t before;
    enum tbc_err err;

    do {
        before = st->queue.n;
        err = station_intake(st);
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

    while (err == TBC_OK && tbc_clock_mono().ms < end.ms) {
        if ((err = station_serve(st)) != TBC_OK ||
            (st->queue.n == 0 && !station_apply_is_pending(st))) {
            break;
        }
        err = wait_for_work(st, signals, st->queue.n > 0 ? 0 : DRAIN_STEP_MS, &stop);
    }
    return err == TBC_OK ? station_dismiss(st) : err;
}

enum tbc_err
station_run(struct station *st)
{
    struct tbc_mono beat = { 0 };
    struct tbc_mono forget = { 0 };
    bool stop = false;
    int signals = open_signals();
    enum tbc_err err = TBC_OK;

    if (signals < 0) {
        return tbc_log_err(TBC_ERR_IO, "signals");
    }
    if (printf("ready front=%s feed=%s\n", tbc_server_front(st->server),
               tbc_server_feed(st->server)) < 0 ||
        fflush(stdout) != 0) {
        err = tbc_log_err(TBC_ERR_IO, "standard output");
    }
    while (err == TBC_OK && !stop) {
        if ((err = tick(st, &beat, &forget)) == TBC_OK &&
            (err = wait_for_work(st, signals, st->queue.n > 0 ? 0 : until(beat),
                                 &stop)) == TBC_OK) {
            err = station_serve(st);
        }
    }
    if (err == TBC_OK) {
        err = drain(st, signals);
    }
    if (err == TBC_OK) {
        err = station_journal_sign(st, tbc_clock_utc());
    }
    (void)close(signals);
    return err;
}
