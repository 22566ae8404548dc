/* The outbox: what was decided, what the station knows of it, what has been used up. */
#include "store/box.h"

#include <string.h>

#define NOTES_S (INT64_C(184) * TBC_DAY_S)

/* Zeros are nothing. */
static struct tbc_span
or_nothing(const uint8_t *bytes, size_t len)
{
    size_t used = len;

    while (used > 0 && bytes[used - 1] == 0) {
        used--;
    }
    return tbc_span_of(bytes, used > 0 ? len : 0);
}

enum tbc_err
tbc_box_insert_row(struct tbc_outbox *box, const struct tbc_box_row *r)
{
    const struct tbc_entry *e = &r->entry;
    uint8_t seal[TBC_BOX_SEAL_LEN];
    enum tbc_err err = tbc_box_seal_row(r, seal);
    const struct tbc_sql_value args[] = {
        TBC_BLOB(e->event, sizeof e->event),
        TBC_BLOB(e->cti, sizeof e->cti),
        TBC_INT((int64_t)e->verdict),
        TBC_INT(e->at.s),
        TBC_TEXT(e->train),
        TBC_INT(e->depart.s),
        TBC_INT(r->earlier.s),
        TBC_INT(r->settled),
        TBC_INT(r->conflict),
        TBC_BLOB(seal, sizeof seal),
        TBC_INT((int64_t)e->act),
        TBC_SPAN(or_nothing(e->of, sizeof e->of)),
        TBC_SPAN(or_nothing(e->holder, sizeof e->holder)),
        TBC_INT(r->heard),
    };

    if (err != TBC_OK) {
        return err;
    }
    return tbc_box_run(box,
                       "INSERT INTO entry (" TBC_BOX_ROW
                       ") VALUES (?,?,?,?,?,?,?,?,?,?,?,NULLIF(?,x''),NULLIF(?,x''),?)",
                       args, sizeof args / sizeof *args);
}

static enum tbc_err
insert_proof(struct tbc_outbox *box, const uint8_t *proof, struct tbc_utc at)
{
    const struct tbc_sql_value args[] = { TBC_BLOB(proof, TBC_OUTBOX_PROOF_LEN),
                                          TBC_INT(at.s) };

    return tbc_box_run(box, "INSERT INTO proof (id, at) VALUES (?, ?)", args, 2);
}

enum tbc_err
tbc_outbox_write(struct tbc_outbox *box, const struct tbc_outbox_entry *entry)
{
    const struct tbc_box_row row = {
        .entry = entry->entry,
        .earlier = entry->earlier,
        .settled = entry->settled,
    };
    enum tbc_err err;

    if (entry->entry.verdict >= TBC_VERDICT_N || entry->entry.act >= TBC_ACT_N) {
        return TBC_ERR_RANGE;
    }
    if ((err = tbc_box_run(box, "BEGIN IMMEDIATE", NULL, 0)) == TBC_OK &&
        (err = tbc_box_insert_row(box, &row)) == TBC_OK && entry->proof != NULL) {
        err = insert_proof(box, entry->proof, entry->entry.at);
    }
    return tbc_box_finish(box, err);
}

static bool
is_for(const struct tbc_entry *e, const struct tbc_entry *trip)
{
    return strcmp(e->train, trip->train) == 0 && e->depart.s == trip->depart.s;
}

/* Whether an entry for that trip at that time is among them: the station tells of it once more. */
static bool
is_known(const struct tbc_use *uses, size_t n, const struct tbc_entry *trip,
         struct tbc_utc at)
{
    for (size_t i = 0; i < n; i++) {
        if (uses[i].act == TBC_ACT_ENTER && uses[i].at.s == at.s &&
            uses[i].depart.s == trip->depart.s &&
            strcmp(uses[i].train, trip->train) == 0) {
            return true;
        }
    }
    return false;
}

/* The oldest makes room. */
static void
add_use(struct tbc_outbox *box, size_t *n, const struct tbc_entry *e, struct tbc_utc at,
        bool fresh)
{
    struct tbc_use *to;

    if (*n == TBC_USES_MAX) {
        memmove(box->uses, box->uses + 1, --*n * sizeof *box->uses);
    }
    to = &box->uses[(*n)++];
    *to = (struct tbc_use){
        .act = (enum tbc_act)e->act, .at = at, .depart = e->depart, .fresh = fresh
    };
    memcpy(to->event, e->event, sizeof to->event);
    memcpy(to->of, e->of, sizeof to->of);
    memcpy(to->train, e->train, sizeof to->train);
}

/* What one row says about the certificate that is presented, and its holder. */
static void
remember(struct tbc_outbox *box, const struct tbc_box_row *r,
         const struct tbc_entry *about, struct tbc_outbox_memory *memory, size_t *n)
{
    const struct tbc_entry *e = &r->entry;
    const bool opened = tbc_verdict_opens((enum tbc_verdict)e->verdict);
    const bool by_station = e->verdict == TBC_ACCEPTED && r->settled;

    if (e->verdict == TBC_REVOKED && r->settled &&
        memcmp(e->cti, about->cti, sizeof e->cti) == 0) {
        memory->revoked = true;
    }
    if (opened && (e->act != TBC_ACT_ENTER || e->train[0] != '\0')) {
        add_use(box, n, e, e->at, by_station);
        memory->alone =
            memory->alone || (!by_station && (!r->settled || r->heard) &&
                              (e->act != TBC_ACT_ENTER || is_for(e, about)));
    } else if (e->verdict == TBC_ALREADY_ENTERED && e->act == TBC_ACT_ENTER) {
        const struct tbc_utc at = r->earlier.s != 0 ? r->earlier : e->at;

        if (!is_known(box->uses, *n, e, at)) {
            add_use(box, n, e, at, true);
        }
    }
}

static enum tbc_err
recall_proof(struct tbc_outbox *box, const uint8_t *proof, bool *used)
{
    const struct tbc_sql_value args[] = { TBC_BLOB(proof, TBC_OUTBOX_PROOF_LEN) };
    sqlite3_stmt *st = NULL;
    enum tbc_err err =
        tbc_box_ask(box, "SELECT 1 FROM proof WHERE id = ?", args, 1, &st);

    if (err == TBC_OK) {
        int rc = sqlite3_step(st);

        *used = rc == SQLITE_ROW;
        err = tbc_box_err(rc);
    }
    tbc_box_end(box, st);
    return err;
}

enum tbc_err
tbc_outbox_recall(struct tbc_outbox *box, const struct tbc_entry *about,
                  const uint8_t *proof, struct tbc_outbox_memory *memory)
{
    const struct tbc_sql_value args[] = {
        TBC_BLOB(about->cti, sizeof about->cti),
        TBC_SPAN(or_nothing(about->holder, sizeof about->holder)),
    };
    sqlite3_stmt *st = NULL;
    struct tbc_box_row row;
    struct tbc_presence here;
    size_t n = 0;
    int rc = SQLITE_DONE;
    enum tbc_err err;

    *memory = (struct tbc_outbox_memory){ 0 };
    err = tbc_box_ask(box,
                      "SELECT " TBC_BOX_ROW " FROM entry WHERE cti = ?1 OR"
                      " holder = NULLIF(?2, x'') ORDER BY seq",
                      args, 2, &st);
    while (err == TBC_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        err = tbc_box_read_row(st, &row);
        if (err == TBC_OK) {
            remember(box, &row, about, memory, &n);
        }
    }
    tbc_box_end(box, st);
    if (err == TBC_OK) {
        err = tbc_box_err(rc);
    }
    n = tbc_uses_settle(box->uses, n, 0);
    here = tbc_uses_presence(box->uses, n, about->train, about->depart);
    memory->entered = here.inside;
    memory->entered_at = here.inside ? here.newest : (struct tbc_utc){ 0 };
    memory->rounds = here.rounds;
    memory->came = tbc_uses_entered(box->uses, n);
    tbc_wipe(box->uses, sizeof box->uses);
    if (err == TBC_OK && proof != NULL) {
        err = recall_proof(box, proof, &memory->proof_used);
    }
    return err;
}

enum tbc_err
tbc_outbox_waiting(struct tbc_outbox *box, struct tbc_entry *entries, size_t max,
                   size_t *n)
{
    const struct tbc_sql_value args[] = { TBC_INT((int64_t)max) };
    sqlite3_stmt *st = NULL;
    struct tbc_box_row row;
    int rc = SQLITE_DONE;
    enum tbc_err err;

    *n = 0;
    err = tbc_box_ask(
        box, "SELECT " TBC_BOX_ROW " FROM entry WHERE settled = 0 ORDER BY seq LIMIT ?",
        args, 1, &st);
    while (err == TBC_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        err = tbc_box_read_row(st, &row);
        if (err == TBC_OK) {
            entries[(*n)++] = row.entry;
        }
    }
    tbc_box_end(box, st);
    if (err == TBC_OK) {
        err = tbc_box_err(rc);
    }
    *n = err == TBC_OK ? *n : 0;
    return err;
}

/* The row of an event; ERR_NOT_FOUND when there is none. */
static enum tbc_err
find_row(struct tbc_outbox *box, const uint8_t *event, struct tbc_box_row *r)
{
    const struct tbc_sql_value args[] = { TBC_BLOB(event, TBC_WIRE_ID_LEN) };
    sqlite3_stmt *st = NULL;
    enum tbc_err err = tbc_box_ask(
        box, "SELECT " TBC_BOX_ROW " FROM entry WHERE event = ?", args, 1, &st);

    if (err == TBC_OK) {
        int rc = sqlite3_step(st);

        err = tbc_box_err(rc);
        if (rc == SQLITE_ROW) {
            err = tbc_box_read_row(st, r);
        } else if (rc == SQLITE_DONE) {
            err = TBC_ERR_NOT_FOUND;
        }
    }
    tbc_box_end(box, st);
    return err;
}

enum tbc_err
tbc_outbox_find(struct tbc_outbox *box, const uint8_t event[static TBC_EVENT_LEN],
                struct tbc_entry *entry)
{
    struct tbc_box_row row = { 0 };
    enum tbc_err err = find_row(box, event, &row);

    *entry = row.entry;
    return err;
}

static enum tbc_err
settle_one(struct tbc_outbox *box, const struct tbc_entry_reply *reply,
           size_t *settled_n)
{
    struct tbc_box_row row = { 0 };
    uint8_t seal[TBC_BOX_SEAL_LEN];
    enum tbc_err err = find_row(box, reply->event, &row);

    if (err != TBC_OK || row.settled) {
        return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
    }
    row.settled = true;
    row.conflict = reply->conflict;
    err = tbc_box_seal_row(&row, seal);
    if (err == TBC_OK) {
        const struct tbc_sql_value args[] = {
            TBC_INT(row.conflict),
            TBC_BLOB(seal, sizeof seal),
            TBC_BLOB(reply->event, TBC_WIRE_ID_LEN),
        };

        err = tbc_box_run(
            box, "UPDATE entry SET settled = 1, conflict = ?, seal = ? WHERE event = ?",
            args, 3);
    }
    *settled_n += err == TBC_OK ? 1 : 0;
    return err;
}

enum tbc_err
tbc_outbox_settle(struct tbc_outbox *box, const struct tbc_entry_reply *replies,
                  size_t n, size_t *settled_n)
{
    enum tbc_err err = tbc_box_run(box, "BEGIN IMMEDIATE", NULL, 0);

    *settled_n = 0;
    for (size_t i = 0; i < n && err == TBC_OK; i++) {
        err = settle_one(box, &replies[i], settled_n);
    }
    err = tbc_box_finish(box, err);
    *settled_n = err == TBC_OK ? *settled_n : 0;
    return err;
}

enum tbc_err
tbc_outbox_count(struct tbc_outbox *box, uint64_t *waiting, uint64_t *conflicts)
{
    int64_t numbers[2] = { 0 };
    enum tbc_err err = tbc_box_number(
        box, "SELECT count(*) FROM entry WHERE settled = 0", &numbers[0]);

    if (err == TBC_OK) {
        err = tbc_box_number(box, "SELECT count(*) FROM entry WHERE conflict = 1",
                             &numbers[1]);
    }
    *waiting = (uint64_t)numbers[0];
    *conflicts = (uint64_t)numbers[1];
    return err;
}

enum tbc_err
tbc_outbox_note(struct tbc_outbox *box, struct tbc_utc at, const char *what)
{
    const struct tbc_sql_value args[] = { TBC_INT(at.s), TBC_TEXT(what) };

    return tbc_box_run(box, "INSERT INTO note (at, what) VALUES (?, ?)", args, 2);
}

size_t
tbc_outbox_notes(struct tbc_outbox *box)
{
    int64_t n;

    return tbc_box_number(box, "SELECT count(*) FROM note", &n) == TBC_OK ? (size_t)n
                                                                          : 0;
}

enum tbc_err
tbc_outbox_prune(struct tbc_outbox *box, struct tbc_utc before)
{
    const struct tbc_sql_value args[] = { TBC_INT(before.s) };
    const struct tbc_sql_value old[] = { TBC_INT(before.s - NOTES_S) };
    enum tbc_err err = tbc_box_run(box, "BEGIN IMMEDIATE", NULL, 0);

    if (err == TBC_OK) {
        err =
            tbc_box_run(box, "DELETE FROM entry WHERE settled = 1 AND at < ?", args, 1);
    }
    if (err == TBC_OK) {
        err = tbc_box_run(box, "DELETE FROM proof WHERE at < ?", args, 1);
    }
    if (err == TBC_OK) {
        err = tbc_box_run(box, "DELETE FROM note WHERE at < ?", old, 1);
    }
    return tbc_box_finish(box, err);
}
