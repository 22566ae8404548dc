/* What the station still does while its store is away or does not answer: HELLO is answered from
 * memory, everything else hears BUSY at once, the pages say what is the matter, the feed beats.
 *
 * station_be_patient runs within a call of the store, which runs within a handler: it touches
 * neither st->in and st->reply nor what waits in st->out, and asks nothing of the store. */
#include "station.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <stdio.h>
#include <string.h>

#define AWAY_MS 1000 /* a wait of that long: the store does not answer */
#define BEAT_MS 1000

/* Come again: what was asked may have happened or not, and the retry will tell. */
const struct tbc_problem station_store_is_away = { .what = "store",
                                                   .wait_ms = STATION_WAIT_MS };

static enum tbc_err
refuse_body(struct station *st, const struct tbc_peer *peer,
            const struct tbc_request *request, const struct tbc_fault *fault)
{
    const char *what = fault->what == NULL ? "body" : fault->what;
    struct tbc_problem problem = { .offset = fault->offset };

    station_malformed(st, peer, STATION_MALFORMED_BODY, what);
    (void)snprintf(problem.what, sizeof problem.what, "%s", what);
    return station_answer_now(st, peer, request, TBC_CODE_BAD_REQUEST, &problem);
}

enum tbc_err
station_answer_hello(struct station *st, const struct tbc_peer *peer,
                     const struct tbc_request *request, bool *done)
{
    const struct tbc_store_device *device = station_device(st, peer->key);
    const struct tbc_utc now = tbc_clock_utc();
    struct tbc_hello_reply reply = { 0 };
    struct tbc_fault fault = { 0 };
    struct tbc_hello in;
    enum tbc_err err;

    *done = true;
    if (tbc_wire_read(tbc_wire_request_shape(request->op), request->body, &in,
                      &fault) != TBC_OK) {
        return refuse_body(st, peer, request, &fault);
    }
    if (device == NULL || strcmp(in.group, device->row.address) != 0) {
        *done = false;
        return TBC_OK;
    }
    station_fleet_note(st, peer->key, now);
    err = station_hello_fill(st, device, now, &reply);
    if (err == TBC_OK) {
        err = station_answer_now(st, peer, request, TBC_CODE_FINE, &reply);
    }
    tbc_wipe(&reply, sizeof reply); /* keys of the day */
    return err;
}

enum tbc_err
station_answer_without_store(struct station *st, const struct tbc_peer *peer,
                             struct tbc_span bytes)
{
    struct tbc_request request;
    bool done = false;
    enum tbc_err err = TBC_OK;

    /* what cannot be read hears BUSY too: it will be judged when it comes again */
    if (tbc_wire_open_request(bytes, &request, NULL) == TBC_OK &&
        request.op == TBC_OP_HELLO) {
        err = station_answer_hello(st, peer, &request, &done);
    }
    return err != TBC_OK || done ? err
                                 : station_answer_now(st, peer, &request, TBC_CODE_BUSY,
                                                      &station_store_is_away);
}

/* Who waits in the queue hears it now, and not when the store has been given up. */
static enum tbc_err
empty_queue(struct station *st)
{
    struct station_waiting w;
    enum tbc_err err = TBC_OK;

    while (err == TBC_OK && station_queue_take(&st->queue, &w)) {
        station_budget_done(&st->budget, w.peer.key);
        err = station_answer_without_store(st, &w.peer, tbc_buf_span(&w.bytes));
        tbc_buf_fini(&w.bytes);
    }
    return err;
}

/* Once a second what the beat does without the store. */
static void
beat(struct station *st, struct tbc_mono now)
{
    if (now.ms < st->patient_beat.ms) {
        return;
    }
    st->patient_beat.ms = now.ms + BEAT_MS;
    station_beat(st);
    station_web_renew(st, tbc_clock_utc());
}

void
station_be_patient(void *arg, struct pollfd *fd, int ms, int64_t waited_ms)
{
    struct station *st = arg;
    enum tbc_err err = tbc_server_wait(st->server, fd, 1, ms);

    st->store_away = st->store_away || waited_ms >= AWAY_MS;
    if (err == TBC_OK && st->store_away) {
        err = empty_queue(st);
        beat(st, tbc_clock_mono());
    }
    if (err == TBC_OK) {
        err = station_intake(st, st->store_away ? STATION_INTAKE_NO_STORE
                                                : STATION_INTAKE_HELLO);
    }
    if (err != TBC_OK) { /* what it is, the next turn of the loop will say */
        tbc_log(TBC_LOG_DEBUG, "while the store is away: %s", tbc_err_text(err));
    }
    tbc_notify_turn(&st->notify, tbc_clock_mono());
}
