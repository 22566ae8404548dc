/* From the socket into the queue: what a device's budget and the queue's bound allow; the rest is
 * answered BUSY at once, with a time to wait.  Nothing is dropped in silence. */
#include "station.h"
#include "sys/clock.h"

#define INTAKE_MAX    64  /* messages in one go: the queue must not wait for a flood */
#define FULL_WAIT_MS  500 /* the queue is full */
#define STOPS_WAIT_MS 2000

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
          const struct tbc_problem *problem)
{
    struct tbc_request request = { 0 };
    enum tbc_err err = tbc_wire_open_request(bytes, &request, NULL);

    (void)
        err; /* an unreadable one hears BUSY too: its turn to be judged has not come */
    return station_answer_busy(st, peer, &request, problem);
}

static enum tbc_err
take_in(struct station *st, const struct tbc_peer *peer, struct tbc_span bytes)
{
    const struct station_limits limits = limits_of(st);
    struct tbc_problem problem = { .what = "budget" };
    enum tbc_err err;

    if (st->stopping) {
        problem = (struct tbc_problem){ .what = "stopping", .wait_ms = STOPS_WAIT_MS };
        return turn_away(st, peer, bytes, &problem);
    }
    problem.wait_ms =
        station_budget_take(&st->budget, peer->key, &limits, tbc_clock_mono());
    if (problem.wait_ms != 0) {
        return turn_away(st, peer, bytes, &problem);
    }
    err = station_queue_put(&st->queue, peer, bytes, tbc_clock_us(),
                            (size_t)st->conf.queue);
    if (err == TBC_ERR_LIMIT) {
        station_budget_done(&st->budget, peer->key);
        problem = (struct tbc_problem){ .what = "queue", .wait_ms = FULL_WAIT_MS };
        return turn_away(st, peer, bytes, &problem);
    }
    return err;
}

enum tbc_err
station_intake(struct station *st)
{
    struct tbc_peer peer;
    struct tbc_span bytes;
    enum tbc_err err = TBC_OK;

    for (size_t i = 0; i < INTAKE_MAX && err == TBC_OK; i++) {
        err = tbc_server_recv(st->server, &peer, &bytes);
        if (err == TBC_ERR_BUSY) {
            return TBC_OK; /* no more wait */
        }
        if (err == TBC_OK) {
            err = take_in(st, &peer, bytes);
        }
    }
    return err;
}

enum tbc_err
station_dismiss(struct station *st)
{
    const struct tbc_problem problem = { .what = "stopping", .wait_ms = STOPS_WAIT_MS };
    struct station_waiting w;
    enum tbc_err err = TBC_OK;

    while (err == TBC_OK && station_queue_take(&st->queue, &w)) {
        err = turn_away(st, &w.peer, tbc_buf_span(&w.bytes), &problem);
        tbc_buf_fini(&w.bytes);
    }
    return err;
}
