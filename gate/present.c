/* One presentation: text, judgement, memory, decision, journal, answer. */
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "gate.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <inttypes.h>
#include <string.h>

static void
say_verdict(struct gate *g, const struct gate_visit *v, bool again)
{
    struct tbc_mono now = tbc_clock_mono();

    if (!again) {
        gate_report_verdict(g);
    }
    gate_say(g, "verdict %s trip=%s ms=%" PRId64 " mode=%s%s%s",
             tbc_verdict_name(v->decision.verdict),
             v->found.has_ticket ? v->trip.train : "-",
             again ? 0 : now.ms - v->begun.ms, gate_mode_word(g),
             again ? "" : gate_peers_text(g), again ? " again" : "");
}

/* Whether a phone must prove that it is there, and has not. */
static bool
is_doubtful(const struct tbc_judgement *j)
{
    return j->has_claims && j->claims.cnf_len > 0 &&
           (!j->is_live || j->verdict == TBC_PROOF_STALE);
}

/* Take over from the judgement what outlives the text. */
static void
adopt(struct gate_visit *v, const struct tbc_judgement *j)
{
    v->found.verdict = j->verdict;
    v->found.time = j->time;
    v->found.is_known = j->has_claims;
    v->found.is_doubtful = is_doubtful(j);
    v->has_claims = j->has_claims;
    if (j->has_claims) {
        memcpy(v->entry.cti, j->claims.cti, sizeof v->entry.cti);
        memcpy(v->entry.holder, j->claims.holder, sizeof v->entry.holder);
        memcpy(v->language, j->claims.language, sizeof v->language);
        v->face.is_there = j->claims.has_face;
        v->face.iat = j->claims.iat;
        memcpy(v->face.cti, j->claims.cti, sizeof v->face.cti);
        memcpy(v->face.sealed, j->claims.face, sizeof v->face.sealed);
    }
    v->is_live = j->has_claims && j->is_live;
    if (v->is_live) {
        memcpy(v->proof, j->proof_id, sizeof v->proof);
    }
}

/* The ticket, when one was found. */
static void
adopt_trip(struct gate_visit *v, const struct tbc_judgement *j)
{
    v->found.has_ticket = j->trip != NULL;
    if (j->trip != NULL) {
        v->trip = *j->trip;
    }
    if (v->found.leaves) {
        v->found.may_be_inside = j->trip != NULL && (tbc_verdict_opens(j->verdict) ||
                                                     j->verdict == TBC_TOO_LATE);
    } else if (j->trip != NULL && tbc_verdict_opens(j->verdict)) {
        memcpy(v->entry.train, j->trip->train, sizeof v->entry.train);
        v->entry.depart = j->trip->depart; /* else: entered for none */
    }
}

static void
judge(struct gate *g, struct gate_visit *v, struct tbc_span text)
{
    struct tbc_knowledge know = gate_knowledge_view(&g->know, g->now);
    struct tbc_judgement j;
    enum tbc_err err;

    if (g->clock == GATE_CLOCK_LOST) {
        v->found.verdict = TBC_REFER_TO_OFFICER; /* no time, no judgement */
        return;
    }
    err = tbc_judge(text, &know, g->now, &j);
    if (err == TBC_OK) {
        adopt(v, &j);
        if (v->found.leaves && j.has_claims && know.manifest != NULL) {
            tbc_judge_ticket(&know, g->now, &j); /* whatever the certificate is worth */
        }
        adopt_trip(v, &j);
    } else {
        tbc_log(TBC_LOG_ERROR, "judge: %s", tbc_err_text(err));
        v->found.verdict = TBC_REFER_TO_OFFICER;
    }
    tbc_wipe(&j, sizeof j); /* it holds the masked name */
}

/* What this gate remembers; an unreadable journal keeps it shut. */
static void
read_memory(struct gate *g, struct gate_visit *v)
{
    const uint8_t *proof = v->is_live ? v->proof : NULL;
    struct tbc_outbox_memory m;
    enum tbc_err err;

    if (!v->has_claims || g->box == NULL) {
        return;
    }
    err = tbc_outbox_recall(g->box, &v->entry, proof, &m);
    if (err != TBC_OK) {
        gate_journal_failed(g, err);
        return;
    }
    gate_spare_recall(&g->spare, &v->entry, proof, &m);
    v->memory = (struct gate_memory){
        .revoked = m.revoked,
        .proof_used = m.proof_used,
        .entered = m.entered,
        .entered_at = m.entered_at,
        .alone = m.alone,
        .may_return = g->know.policy.reentries > 0,
        .used_up = m.rounds > (uint64_t)g->know.policy.reentries,
        .came = m.came,
    };
    gate_peers_recall(g, v);
}

static void
recall(struct gate *g, struct gate_visit *v)
{
    read_memory(g, v);
    if (g->has_follow) { /* the journal failed meanwhile */
        g->has_follow = false;
        gate_feed(g, GATE_EV_FAULT);
    }
}

/* The same code; or, once let through, the same certificate with its next proof. */
static bool
is_same(const struct gate_visit *last, const struct gate_visit *v)
{
    return last->active && last->concluded &&
           (memcmp(last->digest, v->digest, sizeof v->digest) == 0 ||
            (v->is_live && last->is_live &&
             (v->found.leaves || tbc_verdict_opens(v->found.verdict)) &&
             tbc_verdict_opens(last->decision.verdict) &&
             memcmp(last->entry.cti, v->entry.cti, sizeof v->entry.cti) == 0));
}

/* The code of who is passing just now, or the one answered last, held in view; NULL: another. */
static struct gate_visit *
find_again(struct gate *g, const struct gate_visit *v)
{
    if (g->flow.state == GATE_BROKEN) {
        return NULL;
    }
    if (gate_flow_passes(&g->flow) && is_same(&g->passing, v)) {
        return &g->passing;
    }
    return v->begun.ms - g->visit.seen.ms < GATE_SAME_MS && is_same(&g->visit, v)
               ? &g->visit
               : NULL;
}

/* is_held: a camera tells of a code that stays four times a second; that is no line each. */
static bool
repeats(struct gate *g, const struct gate_visit *v, bool is_held)
{
    struct gate_visit *last = find_again(g, v);

    if (last == NULL) {
        return false;
    }
    last->seen = v->begun;
    if (!is_held) {
        say_verdict(g, last, true);
    }
    if (last == &g->visit) {
        gate_feed(g, GATE_EV_AGAIN);
    }
    return true;
}

/* The decision is final: out of service it is the officer's. */
static void
conclude(struct gate *g)
{
    struct gate_visit *v = &g->visit;

    if (g->flow.state == GATE_BROKEN) {
        v->decision = (struct gate_decision){ .verdict = TBC_REFER_TO_OFFICER };
        say_verdict(g, &g->visit, false);
        return;
    }
    v->concluded = true;
    v->entry.verdict = v->decision.verdict;
    gate_feed(g,
              tbc_verdict_opens(v->decision.verdict) ? GATE_EV_GRANT : GATE_EV_REFUSE);
}

/* As far as the gate can tell alone; station and peers are asked when that is of use. */
static void
decide(struct gate *g)
{
    static const struct gate_answer unasked = { .kind = GATE_ANSWER_UNASKED };
    struct gate_visit *v = &g->visit;

    v->decision = gate_decide(&v->found, &v->memory, g->link.mode, &unasked);
    v->decision.ask =
        v->decision.ask || (!g->leads_out && tbc_verdict_opens(v->decision.verdict) &&
                            gate_peers_live(g) > 0);
    if (v->decision.ask && g->flow.state != GATE_BROKEN) {
        gate_feed(g, GATE_EV_ASK);
    } else {
        conclude(g);
    }
}

void
gate_looked(struct gate *g, enum gate_look look)
{
    struct gate_visit *v = &g->visit;

    if (look == GATE_LOOK_ON) {
        return;
    }
    gate_eye_end(g->eye);
    gate_say(g, "face %s", gate_look_word(look));
    if (look == GATE_LOOK_OTHER || look == GATE_LOOK_NOBODY) {
        v->found.verdict = TBC_FACE_MISMATCH;
    }
    recall(g, v); /* other gates go on meanwhile */
    decide(g);
}

/* Not refused by what the gate knows alone. */
static bool
may_go_on(const struct gate_decision *d)
{
    return d->ask || tbc_verdict_opens(d->verdict);
}

static void
begin(struct gate *g, struct gate_visit *v)
{
    static const struct gate_answer unasked = { .kind = GATE_ANSWER_UNASKED };

    recall(g, v);
    v->decision = gate_decide(&v->found, &v->memory, g->link.mode, &unasked);
    v->entry.at = g->now;
    g->visit = *v;
    if (gate_flow_passes(&g->flow) && may_go_on(&v->decision)) {
        gate_feed(g, GATE_EV_ASK); /* it is held: somebody else is passing */
    } else if (tbc_verdict_opens(v->decision.verdict) && !g->leads_out &&
               g->flow.state != GATE_BROKEN &&
               gate_eye_begin(g->eye, &v->face, v->begun)) {
        gate_feed(g, GATE_EV_LOOK);
    } else {
        decide(g);
    }
}

void
gate_resume(struct gate *g)
{
    struct gate_visit held = g->visit;

    held.seen = tbc_clock_mono(); /* nothing was read meanwhile */
    begin(g, &held);
    tbc_wipe(&held, sizeof held);
}

void
gate_present(struct gate *g, const struct tbc_scan_text *text)
{
    struct tbc_mono now = tbc_clock_mono();
    struct gate_visit v = {
        .active = true,
        .begun = now,
        .begun_us = tbc_clock_us(),
        .seen = now,
        .found = { .leaves = g->leads_out },
        .entry = { .act = g->leads_out ? TBC_ACT_EXIT : TBC_ACT_ENTER },
    };

    if (g->flow.state == GATE_CLOSING && !text->is_held) {
        gate_feed(g, GATE_EV_MISSED); /* who comes now is another, or comes anew */
    }
    g->clock = gate_watch_now(&g->watch, tbc_clock_utc(), now, &g->now);
    if (tbc_sha256(text->text, v.digest) != TBC_OK ||
        tbc_random(v.entry.event, sizeof v.entry.event) != TBC_OK) {
        tbc_log(TBC_LOG_ERROR, "no digest or no random bytes; the gate stays shut");
        gate_feed(g, GATE_EV_FAULT);
    }
    if (repeats(g, &v, text->is_held)) {
        return;
    }
    if (text->is_held) {
        return; /* it had its answer, and another code came since */
    }
    judge(g, &v, text->text);
    if (repeats(g, &v, false)) {
        return;
    }
    begin(g, &v);
}

/* The station has recorded what the gate does; else it is told. */
static bool
agrees(const struct gate_answer *answer, const struct gate_decision *d)
{
    return answer->kind == GATE_ANSWER_GIVEN && answer->verdict < TBC_VERDICT_N &&
           tbc_verdict_opens((enum tbc_verdict)answer->verdict) ==
               tbc_verdict_opens(d->verdict);
}

void
gate_answered(struct gate *g, const struct gate_answer *answer)
{
    struct gate_visit *v = &g->visit;

    v->decision = gate_decide(&v->found, &v->memory, g->link.mode, answer);
    v->answered = agrees(answer, &v->decision);
    conclude(g);
}

static enum tbc_err
write_visit(struct gate *g)
{
    const struct gate_visit *v = &g->visit;
    const struct tbc_outbox_entry entry = {
        .entry = v->entry,
        .earlier = v->decision.verdict == TBC_ALREADY_ENTERED ? v->decision.time
                                                              : (struct tbc_utc){ 0 },
        .settled = v->answered,
        .proof = v->is_live && tbc_verdict_opens(v->decision.verdict) ? v->proof : NULL,
    };

    enum tbc_err err = gate_journal_write(g, &entry);

    g->waiting = g->waiting || !v->answered;
    g->report.backlog += err == TBC_OK && !v->answered ? 1 : 0;
    return err;
}

void
gate_write(struct gate *g)
{
    enum tbc_err err = write_visit(g);

    if (err == TBC_OK) {
        say_verdict(g, &g->visit, false);
        g->visit.seen = tbc_clock_mono(); /* answered now, however long it waited */
        g->passing = g->visit;
        gate_follow(g, GATE_EV_WRITTEN);
        return;
    }
    g->visit.decision = (struct gate_decision){ .verdict = TBC_REFER_TO_OFFICER };
    g->visit.concluded = false;
    say_verdict(g, &g->visit, false);
    if (g->visit.answered) { /* the station said yes */
        gate_annul_visit(g);
    }
    if (g->box != NULL) { /* else it has failed with the annulment */
        gate_journal_failed(g, err);
    }
    gate_follow(g, GATE_EV_FAULT);
}

void
gate_note_refusal(struct gate *g)
{
    enum tbc_err err;

    say_verdict(g, &g->visit, false);
    if (!g->visit.has_claims) {
        return; /* nobody's certificate */
    }
    err = write_visit(g);
    if (err != TBC_OK) {
        gate_journal_failed(g, err);
    }
}

void
gate_present_tick(struct gate *g, struct tbc_mono mono)
{
    bool shown = g->flow.state != GATE_IDLE && g->flow.state != GATE_BROKEN;

    if (g->visit.active && !shown && mono.ms - g->visit.seen.ms >= GATE_SAME_MS) {
        tbc_wipe(&g->visit, sizeof g->visit);
    }
}
