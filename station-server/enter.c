/* ENTER and EVENTS: who went through which gate for which train. */
#include "station.h"

#include <stdio.h>
#include <string.h>

static enum tbc_err
look_up(struct station *st, const struct tbc_entry *entry,
        struct station_record *record)
{
    struct tbc_store_certificate c;
    enum tbc_err err = tbc_store_certificate_get(st->store, entry->cti, &c);

    *record = (struct station_record){ 0 };
    if (err == TBC_OK) {
        record->is_ours = true;
        record->revoked = c.revoked.s != 0;
        record->expires = c.expires;
    } else if (err != TBC_ERR_NOT_FOUND) {
        return err;
    }
    if (entry->train[0] == '\0') {
        return TBC_OK;
    }
    err = tbc_store_entry_first(st->store, entry, &record->earlier);
    record->entered = err == TBC_OK;
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

/* What was answered to this very event before. */
static struct tbc_entry_reply
as_recorded(const struct tbc_store_entry *known, const struct station_record *record)
{
    struct tbc_entry_reply reply = { .verdict = known->entry.verdict,
                                     .conflict = known->conflict };

    memcpy(reply.event, known->entry.event, sizeof reply.event);
    if (known->conflict || known->entry.verdict == TBC_ALREADY_ENTERED) {
        reply.earlier = record->earlier;
    }
    return reply;
}

/* What the journal says of a presentation.  A cti is named when it is ours or when the gate found
 * its issuer's signature good: anything could stand in a forged one.  An earlier hour is believed, a
 * later one is a gate's wrong clock. */
static enum tbc_err
write_leaf(struct station *st, const struct station_call *call,
           const struct tbc_store_entry *row, bool is_ours)
{
    const struct tbc_entry *e = &row->entry;
    struct tbc_leaf leaf = { .kind = TBC_LEAF_ENTER,
                             .has_cti = is_ours || e->verdict > TBC_BAD_SIGNATURE };

    memcpy(leaf.cti, e->cti, sizeof leaf.cti);
    (void)snprintf(leaf.word, sizeof leaf.word, "%s",
                   tbc_verdict_name((enum tbc_verdict)e->verdict));
    if (e->told && e->at.s > 0 && e->at.s < call->now.s) {
        leaf.at = e->at;
    }
    return station_journal_write(st, call, leaf, NULL);
}

/* Judge and record one presentation; an event that is known changes nothing, unless it was asked
 * about then and has happened now. */
static enum tbc_err
enter_one(struct station *st, const struct station_call *call,
          const struct tbc_entry *entry, struct tbc_entry_reply *reply)
{
    struct tbc_store_entry known;
    struct tbc_store_entry row = { .entry = *entry };
    struct station_record record;
    bool is_known;
    enum tbc_err err = tbc_store_entry_get(st->store, entry->event, &known);

    is_known = err == TBC_OK;
    if ((err != TBC_OK && err != TBC_ERR_NOT_FOUND) ||
        (err = look_up(st, entry, &record)) != TBC_OK) {
        return err;
    }
    if (is_known && (known.entry.told || !entry->told)) {
        *reply = as_recorded(&known, &record);
        return TBC_OK;
    }
    *reply = station_decide_entry(entry, &record, call->now);
    row.entry.verdict = reply->verdict;
    row.conflict = reply->conflict;
    if (row.entry.at.s == 0) {
        row.entry.at = call->now;
    }
    (void)snprintf(row.device, sizeof row.device, "%s", call->device->row.name);
    err = is_known ? tbc_store_entry_replace(st->store, &row)
                   : tbc_store_entry_put(st->store, &row);
    if (err == TBC_OK) {
        station_metrics_verdict(&st->metrics, row.device,
                                (enum tbc_verdict)row.entry.verdict);
        err = write_leaf(st, call, &row, record.is_ours);
    }
    return err;
}

static bool
is_sound(const struct tbc_entry *entry)
{
    return entry->verdict < TBC_VERDICT_N &&
           (entry->train[0] == '\0') == (entry->depart.s == 0);
}

enum tbc_code
station_on_enter(struct station *st, struct station_call *call)
{
    struct tbc_entry entry = st->in.entry;
    enum tbc_err err;

    if (!is_sound(&entry)) {
        return station_refuse(call, TBC_CODE_BAD_REQUEST, "entry");
    }
    err = enter_one(st, call, &entry, &st->reply.entry);
    return err == TBC_OK ? TBC_CODE_FINE : station_trouble(call, err);
}

enum tbc_code
station_on_events(struct station *st, struct station_call *call)
{
    const struct tbc_events *in = &st->in.events;
    struct tbc_events_reply *out = &st->reply.events;
    enum tbc_err err = TBC_OK;

    for (size_t i = 0; i < in->entries_n; i++) {
        if (!in->entries[i].told || !is_sound(&in->entries[i])) {
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
