#include "crypto/digest.h"
#include "station.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <stdio.h>
#include <string.h>

#define OVERLOAD_TIMES 4 /* of commit_ms, for what was taken in already */

/* What a handler does with the store. */
enum share {
    READS, /* needs no share in the transaction, waits for no commit but that of its batch */
    GRANTS,  /* the same, but for what it leaves to station_grant_settle */
    WRITES,  /* under a savepoint of its own */
    REWRITES /* the same, and it may find or remove what was granted in this batch */
};

/* Operations without a handler are answered UNSUPPORTED by name. */
static const struct {
    station_handler run;
    enum share share;
} handlers[] = {
    [TBC_OP_HELLO] = { station_on_hello, WRITES },
    [TBC_OP_APPLY] = { station_on_apply, READS },
    [TBC_OP_ISSUE] = { station_on_issue, GRANTS },
    [TBC_OP_VERIFY] = { station_on_verify, READS },
    [TBC_OP_ENTER] = { station_on_enter, WRITES },
    [TBC_OP_EXIT] = { station_on_enter, WRITES },
    [TBC_OP_ANNUL] = { station_on_enter, WRITES },
    [TBC_OP_EVENTS] = { station_on_events, WRITES },
    [TBC_OP_SNAPSHOT] = { station_on_snapshot, READS },
    [TBC_OP_LOOKUP] = { station_on_lookup, REWRITES },
    [TBC_OP_ASSIST] = { station_on_assist, GRANTS },
    [TBC_OP_REVOKE] = { station_on_revoke, REWRITES },
    [TBC_OP_HISTORY] = { station_on_history, REWRITES },
    [TBC_OP_STATS] = { station_on_stats, READS },
    [TBC_OP_DEVICE] = { station_on_device, REWRITES },
    [TBC_OP_IMPORT] = { station_on_import, REWRITES },
    [TBC_OP_ERASE] = { station_on_erase, REWRITES },
    [TBC_OP_BACKUP] = { station_on_backup, READS },
    [TBC_OP_EXPORT] = { station_on_export, REWRITES },
    [TBC_OP_HEALTH] = { station_on_health, READS },
    [TBC_OP_GATES] = { station_on_gates, READS },
};

static station_handler
handler_of(enum tbc_op op)
{
    return (size_t)op < sizeof handlers / sizeof *handlers ? handlers[op].run : NULL;
}

enum tbc_code
station_refuse(struct station_call *call, enum tbc_code code, const char *what)
{
    (void)snprintf(call->problem.what, sizeof call->problem.what, "%s", what);
    return code;
}

enum tbc_code
station_trouble(struct station_call *call, enum tbc_err err)
{
    if (station_error_passes(err)) {
        call->problem.wait_ms = STATION_WAIT_MS;
        return station_refuse(call, TBC_CODE_BUSY, "store");
    }
    tbc_log(TBC_LOG_WARN, "%s of %s: %s", tbc_op_name(call->request->op),
            call->device->row.name, tbc_err_text(err));
    return station_refuse(call, TBC_CODE_TROUBLE, tbc_err_text(err));
}

enum tbc_err
station_begin(struct station *st)
{
    enum tbc_err err;

    if (st->in_transaction) {
        return TBC_OK;
    }
    if ((err = tbc_store_begin(st->store)) == TBC_OK) {
        st->in_transaction = true;
    }
    return err;
}

enum tbc_err
station_answer(struct station *st, const struct tbc_peer *peer, struct tbc_span bytes)
{
    struct station_outgoing *o;

    if (st->out_n == sizeof st->out / sizeof *st->out) {
        return TBC_ERR_LIMIT;
    }
    o = &st->out[st->out_n++];
    o->peer = *peer;
    tbc_buf_clear(&o->bytes);
    return tbc_buf_append_span(&o->bytes, bytes);
}

enum tbc_err
station_reply(struct station *st, const struct station_call *call, enum tbc_code code,
              struct tbc_buf *bytes)
{
    enum tbc_err err = tbc_wire_put_reply(
        bytes, call->request, code,
        code == TBC_CODE_FINE ? (const void *)&st->reply : &call->problem);

    return err == TBC_OK ? station_answer(st, call->peer, tbc_buf_span(bytes)) : err;
}

/* Answers that a retry may well find changed are not remembered. */
static bool
is_final(enum tbc_code code)
{
    return code != TBC_CODE_BUSY && code != TBC_CODE_TROUBLE;
}

static enum tbc_code
run_and_wipe(struct station *st, struct station_call *call)
{
    enum tbc_code code;

    memset(&st->reply, 0, sizeof st->reply);
    code = handlers[call->request->op].run(st, call);
    tbc_wipe(&st->in, sizeof st->in); /* numbers and names */
    return code;
}

/* One that writes has a savepoint of its own, under which nobody else may write. */
static enum tbc_err
run_handler(struct station *st, struct station_call *call, enum tbc_code *code)
{
    const enum share share = handlers[call->request->op].share;
    enum tbc_err err;

    if (share == READS || share == GRANTS) {
        *code = run_and_wipe(st, call);
        return TBC_OK;
    }
    if ((share == REWRITES && (err = station_grant_settle(st)) != TBC_OK) ||
        (err = station_begin(st)) != TBC_OK ||
        (err = tbc_store_mark(st->store)) != TBC_OK) {
        return err;
    }
    *code = run_and_wipe(st, call);
    if (*code == TBC_CODE_FINE) {
        return tbc_store_keep(st->store);
    }
    err = tbc_store_undo(st->store);
    return err == TBC_OK ? station_journal_refused(st, call, *code) : err;
}

static enum tbc_err
deny(struct station *st, struct station_call *call, enum tbc_code *code)
{
    enum tbc_err err = station_begin(st);

    *code = station_refuse(call, TBC_CODE_DENIED,
                           tbc_role_word((enum tbc_role)call->device->row.role));
    return err == TBC_OK ? station_journal_refused(st, call, *code) : err;
}

/* Whether this device may, and what it asks, before anything is done. */
static enum tbc_err
handle(struct station *st, struct station_call *call, enum tbc_code *code)
{
    const struct tbc_wire_shape *shape = tbc_wire_request_shape(call->request->op);
    station_handler handler = handler_of(call->request->op);
    struct tbc_fault fault = { 0 };

    if (!tbc_op_permits(call->request->op, (enum tbc_role)call->device->row.role) &&
        handler != NULL) {
        return deny(st, call, code);
    }
    if (handler == NULL) {
        *code =
            station_refuse(call, TBC_CODE_UNSUPPORTED, tbc_op_name(call->request->op));
        return TBC_OK;
    }
    if (tbc_wire_read(shape, call->request->body, &st->in, &fault) != TBC_OK) {
        fault.what = fault.what == NULL ? "body" : fault.what;
        call->problem.offset = fault.offset;
        station_malformed(st, call->peer, STATION_MALFORMED_BODY, fault.what);
        *code = station_refuse(call, TBC_CODE_BAD_REQUEST, fault.what);
        return TBC_OK;
    }
    return run_handler(st, call, code);
}

/* APPLY remembers its replies in memory: they hold a passenger's names. */
static bool
is_remembered(enum tbc_op op)
{
    return tbc_op_mutates(op) && op != TBC_OP_APPLY && handler_of(op) != NULL;
}

/* Whether this request was answered before; then it is answered again. */
static enum tbc_err
answer_again(struct station *st, struct station_call *call, bool *done)
{
    uint8_t digest[TBC_STORE_DIGEST_LEN];
    struct tbc_buf reply = { 0 };
    struct tbc_buf conflict = { 0 };
    enum tbc_err err = station_grant_has_request(st, call->request->id)
                           ? station_grant_settle(st)
                           : TBC_OK;

    if (err == TBC_OK) {
        err = tbc_store_request_get(st->store, call->request->id, digest, &reply);
    }
    *done = err == TBC_OK;
    if (err == TBC_OK && memcmp(digest, call->digest, sizeof digest) == 0) {
        err = station_answer(st, call->peer, tbc_buf_span(&reply));
    } else if (err == TBC_OK) {
        err = station_reply(st, call, station_refuse(call, TBC_CODE_CONFLICT, "id"),
                            &conflict);
    }
    tbc_buf_fini(&reply);
    tbc_buf_fini(&conflict);
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

static enum tbc_err
serve_request(struct station *st, struct station_call *call)
{
    const bool remembered = is_remembered(call->request->op);
    struct tbc_buf bytes = { 0 };
    enum tbc_code code = TBC_CODE_TROUBLE;
    bool done = false;
    enum tbc_err err;

    if (remembered && ((err = station_begin(st)) != TBC_OK ||
                       (err = answer_again(st, call, &done)) != TBC_OK || done)) {
        return err;
    }
    if ((err = handle(st, call, &code)) == TBC_OK && !call->later &&
        (err = station_reply(st, call, code, &bytes)) == TBC_OK && remembered &&
        is_final(code)) {
        err = tbc_store_request_put(st->store, call->request->id, call->digest,
                                    tbc_buf_span(&bytes), call->now, call->cti);
    }
    tbc_buf_fini(&bytes);
    if (call->request->op == TBC_OP_EXPORT) {
        tbc_wipe(&st->person, sizeof st->person);
        tbc_wipe(st->exported, sizeof st->exported);
    }
    return err;
}

/* A message whose envelope could not be read, or of an operation that is none of ours. */
static enum tbc_err
answer_malformed(struct station *st, struct station_call *call, enum tbc_err why,
                 const struct tbc_fault *fault)
{
    const char *what = fault->what == NULL ? "envelope" : fault->what;
    struct tbc_buf bytes = { 0 };
    enum tbc_err err;

    call->problem.offset = fault->offset;
    station_malformed(st, call->peer, STATION_MALFORMED_ENVELOPE, what);
    err =
        station_reply(st, call,
                      station_refuse(call,
                                     why == TBC_ERR_UNSUPPORTED ? TBC_CODE_UNSUPPORTED
                                                                : TBC_CODE_BAD_REQUEST,
                                     what),
                      &bytes);
    tbc_buf_fini(&bytes);
    return err;
}

/* Another device that sends the same bytes is another request.  And under a secret: there are few
 * enough document numbers to try them all against a digest that everybody can make. */
static enum tbc_err
digest_of(const struct station *st, const struct tbc_peer *peer, struct tbc_span bytes,
          uint8_t digest[static TBC_STORE_DIGEST_LEN])
{
    uint8_t key[TBC_STORE_DIGEST_LEN];
    enum tbc_err err = tbc_hmac_sha256(
        tbc_span_of(st->pseudonyms.steady, sizeof st->pseudonyms.steady),
        tbc_span_of(peer->key, sizeof peer->key), key);

    if (err == TBC_OK) {
        err = tbc_hmac_sha256(tbc_span_of(key, sizeof key), bytes, digest);
    }
    tbc_wipe(key, sizeof key);
    return err;
}

static enum tbc_err
serve_message(struct station *st, const struct tbc_peer *peer, struct tbc_span bytes)
{
    struct tbc_request request;
    struct tbc_fault fault = { 0 };
    bool done;
    struct station_call call = { .request = &request,
                                 .peer = peer,
                                 .device = station_device(st, peer->key),
                                 .now = tbc_clock_utc() };
    enum tbc_err err = tbc_wire_open_request(bytes, &request, &fault);

    if (call.device == NULL) {
        return TBC_OK; /* revoked by an earlier message of this batch */
    }
    station_fleet_note(st, peer->key, call.now);
    if (err != TBC_OK) {
        return answer_malformed(st, &call, err, &fault);
    }
    if (request.op == TBC_OP_HELLO &&
        ((err = station_answer_hello(st, peer, &request, &done)) != TBC_OK || done)) {
        return err; /* nobody's commit is waited for */
    }
    err = digest_of(st, peer, bytes, call.digest);
    return err == TBC_OK ? serve_request(st, &call) : err;
}

/* Who has gone in between needs no answer. */
static void
deliver(struct station *st, const struct tbc_peer *peer, struct tbc_span bytes)
{
    struct tbc_reply reply;
    enum tbc_err err = tbc_server_send(st->server, peer, bytes);

    if (tbc_wire_open_reply(bytes, &reply, NULL) == TBC_OK) {
        station_metrics_reply(&st->metrics, reply.op, reply.code);
    }
    if (err != TBC_OK) {
        tbc_log(TBC_LOG_DEBUG, "a reply was not delivered: %s", tbc_err_text(err));
    }
}

static void
send_replies(struct station *st)
{
    st->answered += st->out_n;
    for (size_t i = 0; i < st->out_n; i++) {
        deliver(st, &st->out[i].peer, tbc_buf_span(&st->out[i].bytes));
        tbc_buf_fini(&st->out[i].bytes);
    }
    st->out_n = 0;
}

enum tbc_err
station_answer_now(struct station *st, const struct tbc_peer *peer,
                   const struct tbc_request *request, enum tbc_code code,
                   const void *body)
{
    struct tbc_buf bytes = { 0 };
    enum tbc_err err = tbc_wire_put_reply(&bytes, request, code, body);

    if (err == TBC_OK) {
        deliver(st, peer, tbc_buf_span(&bytes));
    }
    tbc_buf_fini(&bytes);
    return err;
}

/* The store is away: nothing of the batch is acknowledged, everybody hears BUSY. */
static enum tbc_err
give_up(struct station *st)
{
    enum tbc_err err;

    tbc_store_rollback(st->store);
    st->in_transaction = false;
    st->fleet_changed = false;
    err = station_grant_dismiss(st, &station_store_is_away);
    for (size_t i = 0; i < st->out_n; i++) {
        struct tbc_request request = { 0 };
        struct tbc_reply reply;

        if (err == TBC_OK && (err = tbc_wire_open_reply(tbc_buf_span(&st->out[i].bytes),
                                                        &reply, NULL)) == TBC_OK) {
            request.op = reply.op;
            memcpy(request.id, reply.id, sizeof request.id);
            err = station_answer_now(st, &st->out[i].peer, &request, TBC_CODE_BUSY,
                                     &station_store_is_away);
        }
        tbc_buf_fini(&st->out[i].bytes);
    }
    st->out_n = 0;
    return err;
}

/* After a commit: what others must see of it.  Done late when the store is away just now. */
static enum tbc_err
make_good(struct station *st)
{
    enum tbc_err err = TBC_OK;

    if (st->fleet_changed) {
        st->fleet_changed = false;
        st->fleet_version = 0; /* the next beat loads it, if this does not */
        err = station_share(st);
    }
    if (err == TBC_OK && (st->status_changed || st->manifest_changed)) {
        err = station_lists_renew(st, tbc_clock_utc());
    }
    if (err == TBC_OK) {
        err = station_scrub(st);
    }
    return station_error_passes(err) ? TBC_OK : err;
}

/* One commit for the whole batch; only then do its replies leave. */
static enum tbc_err
commit(struct station *st)
{
    const bool was_written = st->in_transaction;
    enum tbc_err err;

    if (was_written) {
        const int64_t began_us = tbc_clock_us();

        st->in_transaction = false;
        if ((err = tbc_store_commit(st->store)) != TBC_OK) {
            return tbc_log_err(err, "commit; nothing of it was acknowledged");
        }
        tbc_histogram_observe(&st->metrics.commit, TBC_SCALE_US,
                              tbc_clock_us() - began_us);
        tbc_histogram_observe(&st->metrics.batch, TBC_SCALE_COUNT, (int64_t)st->out_n);
    }
    if ((err = make_good(st)) != TBC_OK) {
        return err;
    }
    send_replies(st);
    err = was_written ? tbc_store_tend(st->store) : TBC_OK;
    return station_error_passes(err) ? TBC_OK : err; /* the next transaction meets it */
}

/* One message; with the store away, it and those before it hear BUSY. */
static enum tbc_err
serve_or_refuse(struct station *st, const struct tbc_peer *peer, struct tbc_span bytes)
{
    enum tbc_err err = serve_message(st, peer, bytes);

    if (!station_error_passes(err)) {
        return err;
    }
    if ((err = station_answer_without_store(st, peer, bytes)) != TBC_OK) {
        return err;
    }
    return give_up(st);
}

/* The next request that waits; false when none does, also not in the socket. */
static enum tbc_err
next_waiting(struct station *st, struct station_waiting *w, bool *there)
{
    enum tbc_err err =
        st->queue.n == 0 ? station_intake(st, STATION_INTAKE_FAIR) : TBC_OK;

    *there = err == TBC_OK && station_queue_take(&st->queue, w);
    return err;
}

/* Requests until the first of them has waited commit_ms: time decides, not their number.  When no
 * more wait, nothing is gained by waiting for them.  Those that were taken in already need not wait for
 * a commit more, unless they are so many that it takes a few times as long: under more load than it can
 * bear a station's commits grow, and each of the requests costs less. */
static enum tbc_err
serve_batch(struct station *st)
{
    const int64_t began_us = tbc_clock_us();
    const int64_t bound_us = st->conf.commit_ms * 1000;
    int64_t took_us;
    struct station_waiting w;
    bool there = false;
    enum tbc_err err = station_intake(st, STATION_INTAKE_FAIR);

    do {
        if (err != TBC_OK || (err = next_waiting(st, &w, &there)) != TBC_OK || !there) {
            return err;
        }
        station_budget_done(&st->budget, w.peer.key);
        tbc_histogram_observe(&st->metrics.waiting, TBC_SCALE_US,
                              tbc_clock_us() - w.since_us);
        err = serve_or_refuse(st, &w.peer, tbc_buf_span(&w.bytes));
        tbc_buf_fini(&w.bytes);
        took_us = tbc_clock_us() - began_us;
    } while (err == TBC_OK && st->out_n + st->grants.n < STATION_BATCH_MAX &&
             took_us < (st->queue.n > 0 ? OVERLOAD_TIMES * bound_us : bound_us));
    return err;
}

enum tbc_err
station_serve(struct station *st)
{
    enum tbc_err err = serve_batch(st);

    if (err == TBC_OK && (err = station_grant_settle(st)) == TBC_OK &&
        (err = station_apply_finish(st, tbc_clock_utc())) == TBC_OK &&
        (err = commit(st)) == TBC_OK && st->backup.job != NULL &&
        (err = station_backup_step(st)) == TBC_OK) {
        send_replies(st);
    }
    return station_error_passes(err) ? give_up(st) : err;
}
