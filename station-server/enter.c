/* ENTER, EXIT, ANNUL and EVENTS: who went in or out through which gate, and for which train. */
#include "station.h"

#include <stdio.h>
#include <string.h>

/* No certificate lives longer than half of it: what was before has nothing to do with now. */
#define LOOK_BACK_S (INT64_C(14) * TBC_DAY_S)
#define LEAF_ANNUL  "NOT_PASSED"

/* One event on its way into the store. */
struct use {
    struct tbc_entry entry;
    struct station_record record;
    uint8_t person[TBC_BLIND_LEN];
    size_t person_len;
    bool is_known; /* its row is there: it was asked about and is told now */
    struct tbc_store_entry known;
    size_t before_n; /* rows of the person: st->known */
    size_t n;        /* the same and perhaps this one: st->uses, settled */
};

/* Whose certificate it is: of ours the station knows the person, of others the pseudonym of a day,
 * or nothing but the certificate. */
static enum tbc_err
identify(struct station *st, struct use *u)
{
    static const uint8_t none[TBC_HOLDER_LEN];
    struct tbc_store_certificate c;
    const uint8_t *by = memcmp(u->entry.holder, none, sizeof none) != 0
                            ? u->entry.holder
                            : u->entry.cti;
    enum tbc_err err = tbc_store_certificate_get(st->store, u->entry.cti, &c);

    if (err == TBC_OK) {
        u->record.is_ours = true;
        u->record.revoked = c.revoked.s != 0;
        u->record.expires = c.expires;
        u->person_len = sizeof c.blind;
        memcpy(u->person, c.blind, sizeof c.blind);
    } else if (err == TBC_ERR_NOT_FOUND) {
        u->person_len = TBC_HOLDER_LEN;
        memcpy(u->person, by, TBC_HOLDER_LEN);
        err = TBC_OK;
    }
    return err;
}

/* The person's other events, and what follows from them. */
static enum tbc_err
look_up(struct station *st, struct use *u)
{
    const struct tbc_utc since = { u->entry.at.s - LOOK_BACK_S };
    enum tbc_err err = tbc_store_uses(st->store, tbc_span_of(u->person, u->person_len),
                                      since, st->known, TBC_USES_MAX - 1, &u->before_n);

    for (size_t i = 0; i < u->before_n; i++) {
        if (memcmp(st->known[i].use.event, u->entry.event, TBC_EVENT_LEN) != 0) {
            st->uses[u->n++] = st->known[i].use;
        }
    }
    u->n = tbc_uses_settle(st->uses, u->n, st->conf.policy.skew_s);
    u->record.trip = tbc_uses_presence(st->uses, u->n, u->entry.train, u->entry.depart);
    u->record.entered = tbc_uses_entered(st->uses, u->n);
    return err;
}

/* A refusal changes nobody's whereabouts. */
static bool
counts(const struct tbc_entry *e)
{
    return tbc_verdict_opens((enum tbc_verdict)e->verdict) &&
           (e->act != TBC_ACT_ENTER || e->train[0] != '\0');
}

static void
join(struct station *st, struct use *u)
{
    struct tbc_use *to = &st->uses[u->n++];

    *to = (struct tbc_use){ .act = (enum tbc_act)u->entry.act,
                            .at = u->entry.at,
                            .depart = u->entry.depart };
    memcpy(to->event, u->entry.event, sizeof to->event);
    memcpy(to->of, u->entry.of, sizeof to->of);
    memcpy(to->train, u->entry.train, sizeof to->train);
    u->n = tbc_uses_settle(st->uses, u->n, st->conf.policy.skew_s);
}

/* The round that a settled use has for itself; NULL: none. */
static const uint64_t *
round_of(const struct tbc_use *use)
{
    return use->act == TBC_ACT_ENTER && !use->annulled && !use->conflict ? &use->round
                                                                         : NULL;
}

static const struct tbc_use *
find(const struct station *st, const struct use *u, const uint8_t *event)
{
    for (size_t i = 0; i < u->n; i++) {
        if (memcmp(st->uses[i].event, event, TBC_EVENT_LEN) == 0) {
            return &st->uses[i];
        }
    }
    return NULL;
}

/* Whether what was found of a use stands in its row. */
static bool
is_marked(const struct tbc_store_use *known, const struct tbc_use *found)
{
    const uint64_t *round = round_of(found);

    return known->conflict == found->conflict && known->has_round == (round != NULL) &&
           (round == NULL || known->round == *round);
}

/* Bring the person's other rows up to date; first without their rounds, so that none is taken while
 * they move. */
static enum tbc_err
mark_others(struct station *st, const struct use *u, bool with_rounds)
{
    enum tbc_err err = TBC_OK;

    for (size_t i = 0; i < u->before_n && err == TBC_OK; i++) {
        const struct tbc_store_use *k = &st->known[i];
        const struct tbc_use *found = find(st, u, k->use.event);

        if (found != NULL && !is_marked(k, found) &&
            memcmp(k->use.event, u->entry.event, TBC_EVENT_LEN) != 0) {
            err = tbc_store_entry_mark(st->store, k->use.event, found->conflict,
                                       with_rounds ? round_of(found) : NULL);
        }
    }
    return err;
}

static enum tbc_err
put(struct station *st, const struct station_call *call, const struct use *u)
{
    struct tbc_store_entry row = { .entry = u->entry };
    const struct tbc_use *own = find(st, u, u->entry.event);
    const uint64_t *round = own == NULL ? NULL : round_of(own);
    enum tbc_err err;

    (void)snprintf(row.device, sizeof row.device, "%s", call->device->row.name);
    if (own != NULL) {
        row.conflict = own->conflict;
        row.person_len = u->person_len;
        memcpy(row.person, u->person, sizeof row.person);
    }
    row.has_round = round != NULL;
    row.round = round != NULL ? *round : 0;
    if ((err = mark_others(st, u, false)) != TBC_OK ||
        (err = u->is_known ? tbc_store_entry_replace(st->store, &row)
                           : tbc_store_entry_put(st->store, &row)) != TBC_OK) {
        return err;
    }
    return mark_others(st, u, true);
}

/* What was answered to this very event before, and what is known by now. */
static struct tbc_entry_reply
as_recorded(struct station *st, struct use *u)
{
    struct tbc_entry_reply reply;

    u->entry = u->known.entry;
    if (u->entry.told) {
        if (counts(&u->entry)) {
            join(st, u);
        }
        return station_decide_told(&u->entry, st->uses, u->n);
    }
    reply = (struct tbc_entry_reply){ .verdict = u->entry.verdict };
    memcpy(reply.event, u->entry.event, sizeof reply.event);
    if (reply.verdict == TBC_ALREADY_ENTERED) {
        reply.earlier = u->record.trip.since;
    }
    return reply;
}

/* What the journal says of a presentation.  A cti is named when it is ours or when the gate found
 * its issuer's signature good: anything could stand in a forged one.  An earlier hour is believed, a
 * later one is a gate's wrong clock. */
static enum tbc_err
write_leaf(struct station *st, const struct station_call *call, const struct use *u)
{
    static const enum tbc_leaf_kind kinds[TBC_ACT_N] = { TBC_LEAF_ENTER, TBC_LEAF_EXIT,
                                                         TBC_LEAF_ANNUL };
    const struct tbc_entry *e = &u->entry;
    struct tbc_leaf leaf = { .kind = kinds[e->act],
                             .has_cti =
                                 u->record.is_ours || e->verdict > TBC_BAD_SIGNATURE };

    memcpy(leaf.cti, e->cti, sizeof leaf.cti);
    (void)snprintf(leaf.word, sizeof leaf.word, "%s",
                   e->act == TBC_ACT_ANNUL
                       ? LEAF_ANNUL
                       : tbc_verdict_name((enum tbc_verdict)e->verdict));
    if (e->told && e->at.s > 0 && e->at.s < call->now.s) {
        leaf.at = e->at;
    }
    return station_journal_write(st, call, leaf, NULL);
}

static struct tbc_entry_reply
decide(struct station *st, const struct station_call *call, struct use *u)
{
    struct tbc_entry_reply reply = { 0 };

    if (!u->entry.told) {
        reply =
            station_decide_asked(&u->entry, &u->record, &st->conf.policy, call->now);
        u->entry.verdict = reply.verdict;
        if (counts(&u->entry)) {
            u->entry.at =
                station_time_asked(&u->entry, st->uses, u->n, &st->conf.policy);
        }
    } else if (u->is_known && counts(&u->known.entry)) {
        u->entry.at = u->known.entry.at; /* in the order in which it was answered */
    }
    if (counts(&u->entry)) {
        join(st, u);
    }
    return u->entry.told ? station_decide_told(&u->entry, st->uses, u->n) : reply;
}

/* Judge and record one presentation; an event that is known changes nothing, unless it was asked
 * about then and has happened now. */
static enum tbc_err
enter_one(struct station *st, const struct station_call *call,
          const struct tbc_entry *entry, struct tbc_entry_reply *reply)
{
    struct use u = { .entry = *entry };
    bool
        is_news; /* not the use that the journal has already, told by a gate that heard no answer */
    enum tbc_err err = tbc_store_entry_get(st->store, entry->event, &u.known);

    u.is_known = err == TBC_OK;
    if (u.entry.at.s == 0) {
        u.entry.at = call->now;
    }
    if ((err != TBC_OK && err != TBC_ERR_NOT_FOUND) ||
        (err = identify(st, &u)) != TBC_OK || (err = look_up(st, &u)) != TBC_OK) {
        return err;
    }
    if (u.is_known && (u.known.entry.told || !entry->told)) {
        *reply = as_recorded(st, &u);
        return TBC_OK;
    }
    is_news = !u.is_known || !counts(&u.known.entry) || !counts(entry);
    *reply = decide(st, call, &u);
    if ((err = put(st, call, &u)) != TBC_OK || !is_news) {
        return err;
    }
    if (u.entry.act != TBC_ACT_ANNUL) {
        station_metrics_verdict(&st->metrics, call->device->row.name,
                                (enum tbc_verdict)u.entry.verdict);
    }
    return write_leaf(st, call, &u);
}

/* A gate takes back what it has told itself. */
static enum tbc_err
check_annulment(struct station *st, const struct station_call *call,
                const struct tbc_entry *entry, const char **fault)
{
    struct tbc_store_entry of;
    enum tbc_err err;

    if (entry->act != TBC_ACT_ANNUL) {
        return TBC_OK;
    }
    err = tbc_store_entry_get(st->store, entry->of, &of);
    if (err == TBC_OK && strcmp(of.device, call->device->row.name) != 0) {
        *fault = "of";
    }
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

static enum tbc_err
check(struct station *st, const struct station_call *call,
      const struct tbc_entry *entry, const char **fault)
{
    *fault = station_unsound(entry);
    return *fault == NULL ? check_annulment(st, call, entry, fault) : TBC_OK;
}

static uint64_t
act_of(enum tbc_op op)
{
    if (op == TBC_OP_EXIT) {
        return TBC_ACT_EXIT;
    }
    return op == TBC_OP_ANNUL ? TBC_ACT_ANNUL : TBC_ACT_ENTER;
}

enum tbc_code
station_on_enter(struct station *st, struct station_call *call)
{
    struct tbc_entry entry = st->in.entry;
    const char *fault = NULL;
    enum tbc_err err = check(st, call, &entry, &fault);

    if (err == TBC_OK && fault == NULL && entry.act != act_of(call->request->op)) {
        fault = "act";
    }
    if (fault != NULL) {
        return station_refuse(call, TBC_CODE_BAD_REQUEST, fault);
    }
    if (err == TBC_OK) {
        err = enter_one(st, call, &entry, &st->reply.entry);
    }
    return err == TBC_OK ? TBC_CODE_FINE : station_trouble(call, err);
}

enum tbc_code
station_on_events(struct station *st, struct station_call *call)
{
    const struct tbc_events *in = &st->in.events;
    struct tbc_events_reply *out = &st->reply.events;
    enum tbc_err err = TBC_OK;

    for (size_t i = 0; i < in->entries_n && err == TBC_OK; i++) {
        const char *fault = NULL;

        err = check(st, call, &in->entries[i], &fault);
        if (err == TBC_OK && (fault != NULL || !in->entries[i].told)) {
            call->problem.offset = i;
            return station_refuse(call, TBC_CODE_BAD_REQUEST, "entries");
        }
    }
    for (size_t i = 0; i < in->entries_n && err == TBC_OK; i++) {
        err = enter_one(st, call, &in->entries[i], &out->entries[i]);
    }
    out->entries_n = in->entries_n;
    return err == TBC_OK ? TBC_CODE_FINE : station_trouble(call, err);
}
