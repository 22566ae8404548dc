/* Tickets: whose they are and the trip itself are sealed. */
#include "codec/cbor.h"
#include "crypto/digest.h"
#include "store/inner.h"

#include <stdio.h>
#include <string.h>

/* A trip as one sealed value: an array of its fields. */
#define TRIP_ITEMS 10

static enum tbc_err
put_trip(const struct tbc_trip *t, struct tbc_buf *out)
{
    const char *const words[] = { t->train, t->from,  t->to,   t->from_zh, t->from_en,
                                  t->to_zh, t->to_en, t->seat, t->platform };

    tbc_cbor_put_array(out, TRIP_ITEMS);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        tbc_cbor_put_text(out, words[i]);
    }
    tbc_cbor_put_int(out, t->depart.s);
    return tbc_buf_status(out);
}

static enum tbc_err
read_trip(struct tbc_span in, struct tbc_trip *t)
{
    struct tbc_cbor_in r;
    size_t n;

    *t = (struct tbc_trip){ 0 };
    tbc_cbor_open(&r, in);
    tbc_cbor_read_array(&r, "trip", TRIP_ITEMS, &n);
    tbc_cbor_read_string(&r, "train", t->train, sizeof t->train);
    tbc_cbor_read_string(&r, "from", t->from, sizeof t->from);
    tbc_cbor_read_string(&r, "to", t->to, sizeof t->to);
    tbc_cbor_read_string(&r, "from_zh", t->from_zh, sizeof t->from_zh);
    tbc_cbor_read_string(&r, "from_en", t->from_en, sizeof t->from_en);
    tbc_cbor_read_string(&r, "to_zh", t->to_zh, sizeof t->to_zh);
    tbc_cbor_read_string(&r, "to_en", t->to_en, sizeof t->to_en);
    tbc_cbor_read_string(&r, "seat", t->seat, sizeof t->seat);
    tbc_cbor_read_string(&r, "platform", t->platform, sizeof t->platform);
    tbc_cbor_read_time(&r, "depart", &t->depart);
    return tbc_cbor_close(&r);
}

/* The holder of a ticket, sealed: the kind's letter, then the number. */
static enum tbc_err
read_fields(struct tbc_store *s, const struct tbc_sql_rows *q, const uint8_t *key,
            struct tbc_store_ticket *t)
{
    const int64_t id = tbc_column_int(q, 0);
    char holder[TBC_NUMBER_MAX + 2];
    struct tbc_buf trip = { 0 };
    enum tbc_err err;

    *t = (struct tbc_store_ticket){ 0 };
    err = tbc_cell_text(s, (struct tbc_cell){ "ticket", "holder", id, key },
                        tbc_column_bytes(q, 1), holder, sizeof holder);
    if (err == TBC_OK && (holder[0] < 'a' || holder[0] >= 'a' + TBC_DOC_N)) {
        err = tbc_store_damaged(s, "ticket");
    }
    if (err == TBC_OK) {
        t->kind = (enum tbc_doc_kind)(holder[0] - 'a');
        memcpy(t->number, holder + 1, sizeof t->number);
        err = tbc_cell_open(s, (struct tbc_cell){ "ticket", "trip", id, key },
                            tbc_column_bytes(q, 2), &trip);
    }
    if (err == TBC_OK && read_trip(tbc_buf_span(&trip), &t->trip) != TBC_OK) {
        err = tbc_store_damaged(s, "ticket");
    }
    tbc_wipe(holder, sizeof holder);
    tbc_buf_fini(&trip);
    return err;
}

/* A row of before people had keys is sealed under the station's. */
static enum tbc_err
read_ticket(struct tbc_store *s, const struct tbc_sql_rows *q,
            struct tbc_store_ticket *t)
{
    struct tbc_own own;
    enum tbc_err err;

    if (tbc_column_int(q, 3) == 0) {
        return read_fields(s, q, tbc_store_key(s, 0), t);
    }
    *t = (struct tbc_store_ticket){ 0 };
    if ((err = tbc_own_read(s, q, 4, &own)) == TBC_OK) {
        err = read_fields(s, q, own.key, t);
    }
    tbc_wipe(&own, sizeof own);
    return err;
}

static enum tbc_err
write_ticket(struct tbc_store *s, const struct tbc_store_ticket *t,
             const uint8_t *blind, int64_t id)
{
    char holder[TBC_NUMBER_MAX + 2];
    struct tbc_buf plain = { 0 };
    struct tbc_buf who = { 0 };
    struct tbc_buf trip = { 0 };
    struct tbc_own own;
    enum tbc_err err;

    (void)snprintf(holder, sizeof holder, "%c%s", 'a' + (int)t->kind, t->number);
    if ((err = tbc_own_take(s, blind, &own)) == TBC_OK &&
        (err = put_trip(&t->trip, &plain)) == TBC_OK &&
        (err = tbc_cell_seal(s, (struct tbc_cell){ "ticket", "holder", id, own.key },
                             tbc_span_str(holder), &who)) == TBC_OK &&
        (err = tbc_cell_seal(s, (struct tbc_cell){ "ticket", "trip", id, own.key },
                             tbc_buf_span(&plain), &trip)) == TBC_OK) {
        const struct tbc_sql_value values[] = {
            TBC_INT(id),
            TBC_BLOB(blind, TBC_BLIND_LEN),
            TBC_TEXT(t->trip.train),
            TBC_INT(t->trip.depart.s),
            TBC_TEXT(t->trip.from),
            TBC_SPAN(tbc_buf_span(&who)),
            TBC_SPAN(tbc_buf_span(&trip)),
        };

        err = tbc_sql_run(s->sql, TBC_STORE_TICKET_PUT, values, TBC_VALUES_N(values),
                          NULL);
    }
    tbc_wipe(holder, sizeof holder);
    tbc_wipe(&own, sizeof own);
    tbc_buf_fini(&plain);
    tbc_buf_fini(&who);
    tbc_buf_fini(&trip);
    return err;
}

static enum tbc_err
ticket_by_id(struct tbc_store *s, int64_t id, struct tbc_store_ticket *t)
{
    const struct tbc_sql_value values[] = { TBC_INT(id) };
    struct tbc_sql_rows *q;
    enum tbc_err err;

    if ((err = tbc_sql_query(s->sql, TBC_STORE_TICKET_GET, values, 1, &q)) != TBC_OK ||
        (err = tbc_sql_step(q)) != TBC_OK) {
        return err;
    }
    err = read_ticket(s, q, t);
    tbc_sql_done(q);
    return err;
}

static bool
is_same_trip(const struct tbc_trip *a, const struct tbc_trip *b)
{
    const char *const pairs[][2] = {
        { a->train, b->train },
        { a->from, b->from },
        { a->to, b->to },
        { a->from_zh, b->from_zh },
        { a->from_en, b->from_en },
        { a->to_zh, b->to_zh },
        { a->to_en, b->to_en },
        { a->seat, b->seat },
        { a->platform, b->platform },
    };

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (strcmp(pairs[i][0], pairs[i][1]) != 0) {
            return false;
        }
    }
    return a->depart.s == b->depart.s;
}

enum tbc_err
tbc_store_ticket_put(struct tbc_store *s, const struct tbc_store_ticket *t,
                     bool *changed)
{
    uint8_t blind[TBC_BLIND_LEN] = { 0 };
    const struct tbc_sql_value values[] = { TBC_BLOB(blind, sizeof blind),
                                            TBC_TEXT(t->trip.train),
                                            TBC_INT(t->trip.depart.s) };
    struct tbc_store_ticket old = { 0 };
    uint64_t found;
    int64_t id;
    enum tbc_err err;

    *changed = false;
    if ((err = tbc_store_blind(s, t->kind, t->number, blind)) != TBC_OK) {
        return err;
    }
    err = tbc_sql_number(s->sql, TBC_STORE_TICKET_ID, values, 3, &found);
    id = (int64_t)found;
    if (err == TBC_OK && (err = ticket_by_id(s, id, &old)) == TBC_OK &&
        is_same_trip(&old.trip, &t->trip)) {
        tbc_wipe(&old, sizeof old);
        return TBC_OK;
    }
    tbc_wipe(&old, sizeof old);
    if (err == TBC_ERR_NOT_FOUND) {
        err = tbc_cell_fresh_id(&id);
    }
    if (err == TBC_OK && (err = write_ticket(s, t, blind, id)) == TBC_OK) {
        *changed = true;
    }
    return err;
}

enum tbc_err
tbc_store_trips(struct tbc_store *s, const uint8_t blind[static TBC_BLIND_LEN],
                struct tbc_utc from, struct tbc_utc to,
                struct tbc_trip trips[static TBC_WIRE_TRIPS_MAX], size_t *n)
{
    const struct tbc_sql_value values[] = { TBC_BLOB(blind, TBC_BLIND_LEN),
                                            TBC_INT(from.s), TBC_INT(to.s),
                                            TBC_INT(TBC_WIRE_TRIPS_MAX), TBC_INT(0) };
    struct tbc_store_ticket t;
    struct tbc_sql_rows *q;
    enum tbc_err err;

    *n = 0;
    if ((err = tbc_sql_query(s->sql, TBC_STORE_TRIPS, values, 5, &q)) != TBC_OK) {
        return err;
    }
    while (*n < TBC_WIRE_TRIPS_MAX && (err = tbc_sql_step(q)) == TBC_OK &&
           (err = read_ticket(s, q, &t)) == TBC_OK) {
        trips[(*n)++] = t.trip;
    }
    tbc_wipe(&t, sizeof t);
    tbc_sql_done(q);
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

enum tbc_err
tbc_store_departing(struct tbc_store *s, const char *station, struct tbc_utc from,
                    struct tbc_utc to, tbc_store_ticket_fn fn, void *arg)
{
    const struct tbc_sql_value values[] = { TBC_TEXT(station), TBC_INT(from.s),
                                            TBC_INT(to.s) };
    struct tbc_store_ticket t;
    struct tbc_sql_rows *q;
    enum tbc_err err;

    if ((err = tbc_sql_query(s->sql, TBC_STORE_DEPARTING, values, 3, &q)) != TBC_OK) {
        return err;
    }
    do {
        if ((err = tbc_sql_step(q)) == TBC_OK &&
            (err = read_ticket(s, q, &t)) == TBC_OK) {
            err = fn(arg, &t);
        }
    } while (err == TBC_OK);
    tbc_wipe(&t, sizeof t);
    tbc_sql_done(q);
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

enum tbc_err
tbc_ticket_take(struct tbc_store *s, struct tbc_sql_rows *q, void *out, size_t n)
{
    struct tbc_store_ticket t;
    enum tbc_err err = read_ticket(s, q, &t);

    ((struct tbc_trip *)out)[n] = t.trip;
    tbc_wipe(&t, sizeof t);
    return err;
}

enum tbc_err
tbc_ticket_rekey(struct tbc_store *s)
{
    struct tbc_store_ticket t = { .number = "" };
    uint8_t blind[TBC_BLIND_LEN];
    uint64_t id;
    enum tbc_err err = tbc_sql_number(s->sql, TBC_STORE_TICKET_STALE, NULL, 0, &id);

    if (err == TBC_OK && (err = ticket_by_id(s, (int64_t)id, &t)) == TBC_OK &&
        (err = tbc_store_blind(s, t.kind, t.number, blind)) == TBC_OK) {
        err = write_ticket(s, &t, blind, (int64_t)id);
    }
    tbc_wipe(&t, sizeof t);
    return err;
}
