/* From the socket into the queue: what a device's budget and the queue's bound allow; the rest is
 * answered BUSY at once, with a time to wait.  Nothing is dropped in silence. */
#include "station.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <inttypes.h>
#include <stdio.h>

#define INTAKE_MAX    64 /* messages in one go */
#define AWAY_MAX      4  /* that are answered at once, while others wait in the queue */
#define FULL_WAIT_MS  500 /* the queue is full */
#define STOPS_WAIT_MS 2000
#define TELL_MS       60000

static struct station_limits
limits_of(const struct station *st)
{
    const struct station_conf *c = &st->conf;

    return (struct station_limits){ .per_s = c->device_per_s,
                                    .burst = c->device_burst,
                                    .share = c->queue / 4 };
}

static enum tbc_err
turn_away(struct station *st, const struct tbc_peer *peer, struct tbc_span bytes,
          enum station_away why, uint64_t wait_ms)
{
    struct tbc_problem problem = { .wait_ms = wait_ms };
    struct tbc_request request = { 0 };
    enum tbc_err err = tbc_wire_open_request(bytes, &request, NULL);

    (void)
        err; /* an unreadable one hears BUSY too: its turn to be judged has not come */
    (void)snprintf(problem.what, sizeof problem.what, "%s", station_away_word(why));
    st->metrics.turned_away[why]++;
    return station_answer_now(st, peer, &request, TBC_CODE_BUSY, &problem);
}

void
station_malformed(struct station *st, const struct tbc_peer *peer,
                  enum station_malformed which, const char *what)
{
    st->metrics.malformed[which]++;
    station_budget_malformed(&st->budget, peer->key, what);
}

/* Frames that are no request, or too many bytes: answered at once, by the id if there is one, but
 * within the device's budget like anything that it asks. */
static enum tbc_err
refuse(struct station *st, const struct tbc_peer *peer, struct tbc_span bytes,
       enum tbc_err why)
{
    const bool is_long = why == TBC_ERR_LIMIT;
    const char *what = is_long ? "too long" : "frames";
    const struct station_limits limits = limits_of(st);
    struct tbc_problem problem = { 0 };
    struct tbc_request request = { 0 };
    const uint64_t wait_ms =
        station_budget_take(&st->budget, peer->key, &limits, tbc_clock_mono());
    enum tbc_err err;

    if (wait_ms != 0) {
        return turn_away(st, peer, bytes, STATION_AWAY_BUDGET, wait_ms);
    }
    station_budget_done(&st->budget, peer->key);
    station_malformed(
        st, peer, is_long ? STATION_MALFORMED_LENGTH : STATION_MALFORMED_FRAMES, what);
    err = tbc_wire_open_request(bytes, &request, NULL);
    (void)err; /* as much of the envelope as can be read */
    (void)snprintf(problem.what, sizeof problem.what, "%s", what);
    return station_answer_now(st, peer, &request, TBC_CODE_BAD_REQUEST, &problem);
}

static enum tbc_err
greet(struct station *st, const struct tbc_peer *peer, struct tbc_span bytes,
      bool *done)
{
    struct tbc_request request;

    return tbc_wire_open_request(bytes, &request, NULL) == TBC_OK &&
                   request.op == TBC_OP_HELLO
               ? station_answer_hello(st, peer, &request, done)
               : TBC_OK;
}

static enum tbc_err
take_in(struct station *st, const struct tbc_peer *peer, struct tbc_span bytes,
        enum station_intake how)
{
    const struct station_limits limits = limits_of(st);
    uint64_t wait_ms;
    enum tbc_err err;

    if (st->stopping) {
        return turn_away(st, peer, bytes, STATION_AWAY_STOPPING, STOPS_WAIT_MS);
    }
    wait_ms = station_budget_take(&st->budget, peer->key, &limits, tbc_clock_mono());
    if (wait_ms != 0) {
        return turn_away(st, peer, bytes, STATION_AWAY_BUDGET, wait_ms);
    }
    if (how == STATION_INTAKE_NO_STORE) {
        station_budget_done(&st->budget, peer->key);
        return station_answer_without_store(st, peer, bytes);
    }
    if (how == STATION_INTAKE_HELLO) {
        bool done = false;

        if ((err = greet(st, peer, bytes, &done)) != TBC_OK || done) {
            station_budget_done(&st->budget, peer->key);
            return err;
        }
    }
    err = station_queue_put(&st->queue, peer, bytes, tbc_clock_us(),
                            (size_t)st->conf.queue);
    if (err == TBC_ERR_LIMIT) {
        station_budget_done(&st->budget, peer->key);
        return turn_away(st, peer, bytes, STATION_AWAY_QUEUE, FULL_WAIT_MS);
    }
    return err;
}

static bool
is_told(uint64_t n, struct tbc_mono told, struct tbc_mono now)
{
    return n == 0 || (told.ms != 0 && now.ms - told.ms < TELL_MS);
}

static void
tell_of(struct station_bucket *it, const char *name, struct tbc_mono now)
{
    if (!is_told(it->refused, it->told, now)) {
        tbc_log(TBC_LOG_WARN,
                "%s: turned away %" PRIu64 " times, it asks more than [serve] "
                "device_per_s and device_burst allow; is it well?",
                name, it->refused);
        it->refused = 0;
        it->told = now;
    }
    if (!is_told(it->malformed, it->malformed_told, now)) {
        tbc_log(TBC_LOG_WARN,
                "%s: sent %" PRIu64
                " messages that are no requests, at last for %s; is it well?",
                name, it->malformed, it->malformed_what);
        it->malformed = 0;
        it->malformed_told = now;
    }
}

void
station_intake_tell(struct station *st)
{
    const struct tbc_mono now = tbc_clock_mono();

    for (size_t i = 0; i < STATION_BUDGET_DEVICES; i++) {
        struct station_bucket *it = &st->budget.buckets[i];
        const struct tbc_store_device *d;

        if (it->refused > 0 || it->malformed > 0) {
            d = station_device(st, it->key);
            tell_of(it, d == NULL ? "a device" : d->row.name, now);
        }
    }
}

/* The socket gives each peer's next message in turn, so that who asks little is taken in behind one
 * of a flood; and is then not kept waiting by the answers to more of it. */
enum tbc_err
station_intake(struct station *st, enum station_intake how)
{
    struct tbc_peer peer;
    struct tbc_span bytes;
    size_t away = 0;
    enum tbc_err err = TBC_OK;

    for (size_t i = 0;
         i < INTAKE_MAX && err == TBC_OK &&
         (how != STATION_INTAKE_FAIR || st->queue.n == 0 || away < AWAY_MAX);
         i++) {
        const size_t before = st->queue.n;

        err = tbc_server_recv(st->server, &peer, &bytes);
        if (err == TBC_ERR_BUSY) {
            return TBC_OK; /* no more wait */
        }
        if (err == TBC_OK) {
            err = take_in(st, &peer, bytes, how);
        } else if (err == TBC_ERR_LIMIT || err == TBC_ERR_MALFORMED) {
            err = refuse(st, &peer, bytes, err);
        }
        away += st->queue.n == before ? 1 : 0;
    }
    return err;
}

enum tbc_err
station_dismiss(struct station *st)
{
    struct station_waiting w;
    enum tbc_err err = TBC_OK;

    while (err == TBC_OK && station_queue_take(&st->queue, &w)) {
        err = turn_away(st, &w.peer, tbc_buf_span(&w.bytes), STATION_AWAY_STOPPING,
                        STOPS_WAIT_MS);
        tbc_buf_fini(&w.bytes);
    }
    return err;
}
