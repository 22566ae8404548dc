/* The talk with the station: heartbeats and lists from the feed; HELLO, SNAPSHOT, ENTER and EVENTS
 * on the front. */
#include "crypto/seal.h"
#include "gate.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <stdio.h>
#include <string.h>

#define REPORT_MS   10000 /* between two words about this gate */
#define BACK_OFF_MS 10000 /* after a refusal that patience does not mend */

static bool
is_due(const struct gate_request *r, struct tbc_mono now)
{
    return now.ms >= r->again.ms;
}

/* Say something; a lost answer is noticed when `again` has passed. */
static void
send(struct gate *g, struct gate_request *r, enum tbc_op op, const void *msg)
{
    enum tbc_err err = tbc_client_send(g->client, r->id, op, msg);

    r->pending = err == TBC_OK;
    r->again.ms = tbc_clock_mono().ms + GATE_RETRY_MS;
    if (err != TBC_OK && err != TBC_ERR_BUSY) {
        tbc_log(TBC_LOG_WARN, "%s: %s", tbc_op_name(op), tbc_err_text(err));
    }
}

static void
send_new(struct gate *g, struct gate_request *r, enum tbc_op op, const void *msg)
{
    if (tbc_random(r->id, sizeof r->id) == TBC_OK) {
        send(g, r, op, msg);
    }
}

static bool
answers(struct gate_request *r, const struct tbc_reply *reply)
{
    if (!r->pending || memcmp(r->id, reply->id, sizeof r->id) != 0) {
        return false;
    }
    r->pending = false;
    return true;
}

/* Not FINE: say so and wait, as long as the station asks for. */
static void
refused(struct gate_request *r, const struct tbc_reply *reply)
{
    struct tbc_problem problem = { 0 };
    int64_t wait = BACK_OFF_MS;

    if (tbc_wire_read(&tbc_wire_problem_shape, reply->body, &problem, NULL) == TBC_OK &&
        problem.wait_ms > 0 && problem.wait_ms < BACK_OFF_MS) {
        wait = (int64_t)problem.wait_ms;
    }
    r->again.ms = tbc_clock_mono().ms + wait;
    tbc_log(TBC_LOG_WARN, "%s: %s", tbc_op_name(reply->op), tbc_code_text(reply->code));
}

/* Verify a list, use it, keep it.  False when it could not be used. */
static bool
take(struct gate *g, enum gate_list list, struct tbc_span bytes)
{
    struct tbc_fault fault = { 0 };
    struct tbc_utc made;
    enum tbc_err err =
        gate_knowledge_take(&g->know, list, bytes, g->now, &made, &fault);

    if (err != TBC_OK) {
        tbc_log(TBC_LOG_WARN, "%s list of the station not taken: %s%s%s",
                gate_list_name(list), tbc_err_text(err), fault.what != NULL ? ", " : "",
                fault.what != NULL ? fault.what : "");
        return false;
    }
    gate_watch_raise(&g->watch, made);
    gate_journal_keep(g, gate_list_name(list), g->know.versions[list], bytes);
    if (list == GATE_LIST_TRUST) {
        gate_journal_keep_roots(g);
    }
    return true;
}

static void
on_hello(struct gate *g, const struct tbc_reply *reply)
{
    if (reply->code != TBC_CODE_FINE ||
        tbc_wire_read(tbc_wire_reply_shape(TBC_OP_HELLO), reply->body, &g->about,
                      NULL) != TBC_OK) {
        refused(&g->hello, reply);
        return;
    }
    gate_knowledge_told(&g->know, &g->about);
    gate_eye_told(g->eye, &g->about);
    gate_watch_told(&g->watch, g->about.now, tbc_clock_mono());
    gate_journal_keep(g, "station", 0, reply->body);
    if (!g->link.heard) { /* the first beat is up to a second away */
        gate_link_hear(&g->link, 0, true, tbc_clock_mono());
    }
    gate_link_greet(&g->link, tbc_clock_mono());
}

static void
on_snapshot(struct gate *g, const struct tbc_reply *reply)
{
    struct tbc_snapshot_reply s;

    if (reply->code != TBC_CODE_FINE ||
        tbc_wire_read(tbc_wire_reply_shape(TBC_OP_SNAPSHOT), reply->body, &s, NULL) !=
            TBC_OK) {
        refused(&g->snapshot, reply);
        return;
    }
    /* A list that is of no use was named; the station can still be asked about entries, and
     * the judge knows how old the lists are that we have. */
    if (s.trust.len > 0) {
        (void)take(g, GATE_LIST_TRUST, s.trust);
    }
    if (s.status.len > 0) {
        (void)take(g, GATE_LIST_STATUS, s.status);
    }
    if (s.manifest.len > 0) {
        (void)take(g, GATE_LIST_MANIFEST, s.manifest);
    }
    if (s.peers.len > 0) {
        gate_peers_take(g, s.peers);
    }
    if (s.checkpoint.len > 0) {
        const struct gate_joint joint = { .from = g->asked_from, .proof = s.joint };

        gate_journal_witness(g, s.checkpoint, &joint);
    }
    gate_link_catch_up(&g->link, s.feed);
    g->snapshot.again.ms = 0;
}

static enum tbc_err
settle(struct gate *g, const struct tbc_entry_reply *replies, size_t n, size_t *settled)
{
    enum tbc_err err = tbc_outbox_settle(g->box, replies, n, settled);

    *settled += gate_spare_settle(&g->spare, replies, n);
    return err;
}

/* The station has let in whom this gate has not: it went out of order, or the alarm came. */
static void
take_back(struct gate *g, const struct tbc_entry_reply *answer)
{
    if (memcmp(g->visit.entry.event, answer->event, sizeof answer->event) == 0) {
        gate_annul_visit(g);
    } else {
        tbc_log(TBC_LOG_WARN, "the station let in somebody whom this gate forgot");
    }
}

/* The answer came after the gate had decided: agreed, or the event is told as it was. */
static void
on_late_answer(struct gate *g, const struct tbc_entry_reply *answer)
{
    struct tbc_entry kept;
    size_t n = 0;
    enum tbc_err err;

    if (answer->verdict >= TBC_VERDICT_N ||
        !tbc_verdict_opens((enum tbc_verdict)answer->verdict)) {
        return;
    }
    if (g->box == NULL) {
        take_back(g, answer);
        return;
    }
    err = tbc_outbox_find(g->box, answer->event, &kept);
    if (err == TBC_ERR_NOT_FOUND && gate_spare_settle(&g->spare, answer, 1) == 0) {
        take_back(g, answer);
    } else if (err == TBC_OK && tbc_verdict_opens((enum tbc_verdict)kept.verdict)) {
        err = settle(g, answer, 1, &n);
    }
    if (err != TBC_OK && err != TBC_ERR_NOT_FOUND) {
        gate_journal_failed(g, err);
    }
    gate_report_settled(g, n, answer->conflict ? n : 0);
}

static void
on_annul(struct gate *g, const struct tbc_reply *reply)
{
    struct tbc_entry_reply body;
    size_t n;
    enum tbc_err err;

    if (reply->code != TBC_CODE_FINE || g->box == NULL ||
        tbc_wire_read(tbc_wire_reply_shape(TBC_OP_ANNUL), reply->body, &body, NULL) !=
            TBC_OK) {
        return; /* the drain tells it */
    }
    err = settle(g, &body, 1, &n);
    if (err != TBC_OK) {
        gate_journal_failed(g, err);
        return;
    }
    gate_report_settled(g, n, 0);
}

static struct gate_answer
read_answer(const struct tbc_reply *reply, struct tbc_entry_reply *body)
{
    *body = (struct tbc_entry_reply){ 0 };
    switch (reply->code) {
    case TBC_CODE_FINE:
        if (tbc_wire_read(tbc_wire_reply_shape(TBC_OP_ENTER), reply->body, body,
                          NULL) != TBC_OK ||
            memcmp(body->event, reply->id, sizeof body->event) != 0) {
            return (struct gate_answer){ .kind = GATE_ANSWER_ABSENT };
        }
        return (struct gate_answer){
            .kind = GATE_ANSWER_GIVEN,
            .verdict = body->verdict,
            .earlier = body->earlier,
        };
    case TBC_CODE_DENIED:
    case TBC_CODE_CONFLICT:
    case TBC_CODE_NOT_FOUND:
        return (struct gate_answer){ .kind = GATE_ANSWER_DENIED };
    default: /* busy, in trouble, or not speaking our language: we are alone */
        return (struct gate_answer){ .kind = GATE_ANSWER_ABSENT };
    }
}

static void
on_enter(struct gate *g, const struct tbc_reply *reply)
{
    struct tbc_entry_reply body;
    struct gate_answer answer = read_answer(reply, &body);

    if (g->flow.state == GATE_ASKING &&
        memcmp(g->visit.entry.event, reply->id, sizeof reply->id) == 0) {
        if (answer.kind != GATE_ANSWER_ABSENT || !gate_peers_go_on(g)) {
            gate_answered(g, &answer);
        }
    } else if (answer.kind == GATE_ANSWER_GIVEN) {
        on_late_answer(g, &body);
    }
}

/* Whether this entry of the batch was an acceptance: those are what people ask about. */
static void
count_drained(struct gate *g, const struct tbc_entry_reply *told)
{
    for (size_t i = 0; i < g->batch.entries_n; i++) {
        const struct tbc_entry *e = &g->batch.entries[i];

        if (memcmp(e->event, told->event, sizeof e->event) == 0 &&
            e->act != TBC_ACT_ANNUL &&
            tbc_verdict_opens((enum tbc_verdict)e->verdict)) {
            g->drained_n++;
            g->conflicts_n += told->conflict ? 1 : 0;
        }
    }
}

static void
on_events(struct gate *g, const struct tbc_reply *reply)
{
    size_t settled = 0;
    size_t conflicts = 0;
    enum tbc_err err;

    if (reply->code != TBC_CODE_FINE ||
        tbc_wire_read(tbc_wire_reply_shape(TBC_OP_EVENTS), reply->body, &g->replies,
                      NULL) != TBC_OK) {
        refused(&g->events, reply);
        return;
    }
    if (g->box == NULL) {
        return;
    }
    err = settle(g, g->replies.entries, g->replies.entries_n, &settled);
    if (err != TBC_OK) {
        gate_journal_failed(g, err);
        return;
    }
    for (size_t i = 0; i < g->replies.entries_n; i++) {
        count_drained(g, &g->replies.entries[i]);
        conflicts += g->replies.entries[i].conflict ? 1 : 0;
    }
    gate_report_settled(g, settled, conflicts);
    g->batch.entries_n = 0;
    g->events.again.ms = settled > 0 ? 0 : tbc_clock_mono().ms + BACK_OFF_MS;
}

/* A station of before has no use for it. */
static void
on_health(struct gate *g, const struct tbc_reply *reply)
{
    g->report.unwanted = reply->code == TBC_CODE_UNSUPPORTED;
}

static void
on_reply(struct gate *g, const struct tbc_reply *reply)
{
    if (reply->op == TBC_OP_ENTER || reply->op == TBC_OP_EXIT) {
        on_enter(g, reply);
    } else if (reply->op == TBC_OP_ANNUL) {
        on_annul(g, reply);
    } else if (answers(&g->hello, reply)) {
        on_hello(g, reply);
    } else if (answers(&g->snapshot, reply)) {
        on_snapshot(g, reply);
    } else if (answers(&g->events, reply)) {
        on_events(g, reply);
    } else if (answers(&g->report.health, reply)) {
        on_health(g, reply);
    }
}

static void
on_list(struct gate *g, enum gate_list list, struct tbc_span body)
{
    if (!take(g, list, body)) {
        gate_link_miss(&g->link);
    }
}

/* What does not fit is no fault of anybody: the whole list is asked for. */
static void
on_delta(struct gate *g, struct tbc_span body)
{
    struct tbc_buf message = { 0 };
    struct tbc_fault fault = { 0 };
    enum tbc_err err = gate_knowledge_follow(&g->know, body, &message, &fault);

    if (err == TBC_OK) {
        on_list(g, GATE_LIST_STATUS, tbc_buf_span(&message));
    } else {
        tbc_log(TBC_LOG_INFO, "%s: the whole status list is asked for",
                fault.what != NULL ? fault.what : tbc_err_text(err));
        gate_link_miss(&g->link);
    }
    tbc_buf_fini(&message);
}

static void
on_notice(struct gate *g, const struct tbc_notice *notice)
{
    gate_link_hear(&g->link, notice->number, notice->kind == TBC_NOTICE_BEAT,
                   tbc_clock_mono());
    switch (notice->kind) {
    case TBC_NOTICE_STATUS:
        on_list(g, GATE_LIST_STATUS, notice->body);
        break;
    case TBC_NOTICE_TRUST:
        on_list(g, GATE_LIST_TRUST, notice->body);
        break;
    case TBC_NOTICE_MANIFEST:
        on_list(g, GATE_LIST_MANIFEST, notice->body);
        break;
    case TBC_NOTICE_CHECKPOINT:
        gate_journal_witness(g, notice->body, NULL);
        break;
    case TBC_NOTICE_DELTA:
        on_delta(g, notice->body);
        break;
    case TBC_NOTICE_BEAT:
        break;
    }
}

void
gate_ask(struct gate *g)
{
    static const struct gate_answer absent = { .kind = GATE_ANSWER_ABSENT };
    const enum tbc_op op = g->leads_out ? TBC_OP_EXIT : TBC_OP_ENTER;
    struct tbc_entry *e = &g->visit.entry;
    enum tbc_err err;

    e->verdict =
        TBC_ACCEPTED_OFFLINE; /* nothing that the station does not know better */
    e->told = false;
    err = g->link.mode == GATE_ONLINE ? tbc_client_send(g->client, e->event, op, e)
                                      : TBC_ERR_BUSY;
    if ((g->leads_out || !gate_peers_claim(g, err == TBC_OK)) && err != TBC_OK) {
        struct gate_visit *v = &g->visit;

        v->decision = gate_decide(&v->found, &v->memory, g->link.mode, &absent);
        v->concluded = true;
        e->verdict = v->decision.verdict;
        gate_follow(g, tbc_verdict_opens(v->decision.verdict) ? GATE_EV_GRANT
                                                              : GATE_EV_REFUSE);
    }
}

static void
listen(struct gate *g)
{
    struct tbc_notice notice;
    struct tbc_reply reply;

    while (tbc_client_notice(g->client, &notice) == TBC_OK) {
        on_notice(g, &notice);
    }
    while (tbc_client_recv(g->client, &reply) == TBC_OK) {
        on_reply(g, &reply);
    }
}

static void
greet(struct gate *g, struct tbc_mono now)
{
    struct tbc_hello hello = { .software = "tbc-gate " TBC_VERSION };
    const struct tbc_snapshot have = {
        .trust = g->know.ring != NULL ? g->know.versions[GATE_LIST_TRUST] : 0,
        .status = g->know.has_status ? g->know.versions[GATE_LIST_STATUS] : 0,
        .manifest = g->know.has_manifest ? g->know.versions[GATE_LIST_MANIFEST] : 0,
        .log = g->witness.newest.size,
        .peers = g->peers.list.version,
    };

    (void)snprintf(hello.group, sizeof hello.group, "%s", gate_peers_address(g));

    if ((gate_link_wants_hello(&g->link, now) || !g->knocked) &&
        is_due(&g->hello, now)) {
        g->knocked = true;
        send_new(g, &g->hello, TBC_OP_HELLO, &hello);
    }
    if (gate_link_wants_snapshot(&g->link, now) && is_due(&g->snapshot, now)) {
        g->asked_from = g->witness.newest;
        send_new(g, &g->snapshot, TBC_OP_SNAPSHOT, &have);
    }
}

/* How this gate is, also when that has changed; a word that is lost is followed by the next. */
static void
report(struct gate *g, struct tbc_mono now)
{
    struct tbc_health health;

    if (g->link.mode != GATE_ONLINE || g->report.unwanted ||
        (!is_due(&g->report.health, now) && g->report.ills == g->report.told_ills)) {
        return;
    }
    gate_report_health(g, &health);
    g->report.told_ills = g->report.ills = health.ills;
    send_new(g, &g->report.health, TBC_OP_HEALTH, &health);
    g->report.health.again.ms = now.ms + REPORT_MS;
}

/* The oldest entries that the station does not know; the same batch again until it answers. */
static void
drain(struct gate *g, struct tbc_mono now)
{
    enum tbc_err err;

    if (g->link.mode != GATE_ONLINE || !g->waiting || g->box == NULL ||
        !is_due(&g->events, now)) {
        return;
    }
    if (g->batch.entries_n > 0) {
        send(g, &g->events, TBC_OP_EVENTS, &g->batch);
        return;
    }
    err = tbc_outbox_waiting(g->box, g->batch.entries, TBC_WIRE_EVENTS_MAX,
                             &g->batch.entries_n);
    if (err == TBC_OK && g->batch.entries_n == 0) {
        g->batch.entries_n =
            gate_spare_waiting(&g->spare, g->batch.entries, TBC_WIRE_EVENTS_MAX);
    }
    if (err != TBC_OK) {
        gate_journal_failed(g, err);
    } else if (g->batch.entries_n > 0) {
        send_new(g, &g->events, TBC_OP_EVENTS, &g->batch);
    } else {
        g->waiting = false;
    }
}

static void
report_drain(struct gate *g)
{
    if (!g->waiting && g->drained_n > 0) {
        gate_say(g, "drained %zu conflicts=%zu", g->drained_n, g->conflicts_n);
        g->drained_n = 0;
        g->conflicts_n = 0;
    }
}

static void
watch_link(struct gate *g, struct tbc_mono now)
{
    if (!gate_link_tick(&g->link, now)) {
        return;
    }
    g->hello.again.ms = 0;
    g->snapshot.again.ms = 0;
    g->events.again.ms = 0;
    g->report.health.again.ms = 0;
    g->report.unwanted = false; /* it may be a newer one */
    gate_report_mode(g);
    tbc_log(TBC_LOG_INFO, "%s",
            g->link.mode == GATE_ONLINE ? "the station answers"
                                        : "the station is silent, judging alone");
    if (g->ready) {
        gate_say(g, "mode %s", gate_mode_word(g));
    }
}

void
gate_online_tick(struct gate *g, struct tbc_mono mono)
{
    listen(g);
    watch_link(g, mono);
    greet(g, mono);
    drain(g, mono);
    report(g, mono);
    listen(g); /* sending may have used up the descriptor's signal */
    report_drain(g);
}
