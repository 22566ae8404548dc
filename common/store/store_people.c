/* People and their tickets: everything that is sealed. */
#include "codec/cbor.h"
#include "crypto/digest.h"
#include "store/sqlite.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define AD_MAX 64

/* A cell: where a sealed field lives.  A value moved to another cell does not open. */
struct cell {
    const char *table;
    const char *column;
    int64_t id;
};

static struct tbc_span
cell_name(const struct cell *c, char out[static AD_MAX])
{
    int n = snprintf(out, AD_MAX, "%s|%s|%" PRId64, c->table, c->column, c->id);

    return tbc_span_of(out, n > 0 && n < AD_MAX ? (size_t)n : 0);
}

static enum tbc_err
seal_cell(struct tbc_store *s, struct cell c, struct tbc_span plain,
          struct tbc_buf *out)
{
    char ad[AD_MAX];

    return tbc_seal(s->seal_key, cell_name(&c, ad), plain, out);
}

static enum tbc_err
unseal_cell(struct tbc_store *s, struct cell c, struct tbc_span sealed,
            struct tbc_buf *out)
{
    char ad[AD_MAX];
    enum tbc_err err = tbc_unseal(s->seal_key, cell_name(&c, ad), sealed, out);

    return err == TBC_ERR_CORRUPT ? tbc_store_damaged(s, c.table) : err;
}

/* Into a text of at most size - 1 bytes. */
static enum tbc_err
unseal_text(struct tbc_store *s, struct cell c, struct tbc_span sealed, char *out,
            size_t size)
{
    struct tbc_buf plain = { 0 };
    enum tbc_err err = unseal_cell(s, c, sealed, &plain);

    if (err == TBC_OK && plain.len >= size) {
        err = tbc_store_damaged(s, c.table);
    }
    if (err == TBC_OK) {
        memset(out, 0, size);
        if (plain.len > 0) {
            memcpy(out, plain.ptr, plain.len);
        }
    }
    tbc_buf_fini(&plain);
    return err;
}

enum tbc_err
tbc_store_blind(struct tbc_store *s, enum tbc_doc_kind kind, const char *number,
                uint8_t blind[static TBC_BLIND_LEN])
{
    uint8_t storage[64];
    struct tbc_buf message;
    enum tbc_err err;

    tbc_buf_init_fixed(&message, storage, sizeof storage);
    (void)tbc_buf_append_str(&message, tbc_doc_kind_word(kind));
    (void)tbc_buf_append_u8(&message, 0);
    (void)tbc_buf_append_str(&message, number);
    err = tbc_buf_status(&message);
    if (err == TBC_OK) {
        err = tbc_hmac_sha256(tbc_span_of(s->blind_key, sizeof s->blind_key),
                              tbc_buf_span(&message), blind);
    }
    tbc_wipe(storage, sizeof storage);
    return err;
}

/* A row id is known before the row is written, so that its fields can be bound to it. */
static enum tbc_err
fresh_id(int64_t *id)
{
    uint64_t bits = 0;
    enum tbc_err err = tbc_random(&bits, sizeof bits);

    *id = (int64_t)(bits >> 1) + 1;
    return err;
}

static enum tbc_err
read_person(struct tbc_store *s, sqlite3_stmt *q, struct tbc_store_person *p)
{
    const int64_t id = sqlite3_column_int64(q, 0);
    const int64_t kind = sqlite3_column_int64(q, 1);
    struct tbc_buf face = { 0 };
    enum tbc_err err;

    if (kind < 0 || kind >= TBC_DOC_N) {
        return tbc_store_damaged(s, "person");
    }
    p->kind = (enum tbc_doc_kind)kind;
    if ((err = unseal_text(s, (struct cell){ "person", "number", id },
                           tbc_column_span(q, 2), p->number, sizeof p->number)) !=
            TBC_OK ||
        (err = unseal_text(s, (struct cell){ "person", "name", id },
                           tbc_column_span(q, 3), p->name, sizeof p->name)) != TBC_OK ||
        (err = unseal_text(s, (struct cell){ "person", "latin", id },
                           tbc_column_span(q, 4), p->latin, sizeof p->latin)) !=
            TBC_OK) {
        return err;
    }
    if (sqlite3_column_type(q, 5) == SQLITE_NULL) {
        return TBC_OK;
    }
    err = unseal_cell(s, (struct cell){ "person", "face", id }, tbc_column_span(q, 5),
                      &face);
    if (err == TBC_OK && face.len != sizeof p->face) {
        err = tbc_store_damaged(s, "person");
    }
    if (err == TBC_OK) {
        memcpy(p->face, face.ptr, sizeof p->face);
        p->has_face = true;
    }
    tbc_buf_fini(&face);
    return err;
}

/* id gets the row's, 0 when there is none. */
static enum tbc_err
find_person(struct tbc_store *s, const uint8_t *blind, struct tbc_store_person *p,
            int64_t *id)
{
    const struct tbc_store_value values[] = { TBC_BLOB(blind, TBC_BLIND_LEN) };
    sqlite3_stmt *q;
    enum tbc_err err;

    *p = (struct tbc_store_person){ 0 };
    *id = 0;
    if ((err = tbc_store_query(s, TBC_STORE_PERSON_GET, values, 1, &q)) != TBC_OK ||
        (err = tbc_store_step(s, q)) != TBC_OK) {
        return err;
    }
    *id = sqlite3_column_int64(q, 0);
    err = read_person(s, q, p);
    (void)sqlite3_reset(q);
    if (err != TBC_OK) {
        tbc_wipe(p, sizeof *p);
    }
    return err;
}

enum tbc_err
tbc_store_person_get(struct tbc_store *s, const uint8_t blind[static TBC_BLIND_LEN],
                     struct tbc_store_person *p)
{
    int64_t id;

    return find_person(s, blind, p, &id);
}

static enum tbc_err
write_person(struct tbc_store *s, const struct tbc_store_person *p,
             const uint8_t *blind, int64_t id)
{
    struct tbc_buf number = { 0 };
    struct tbc_buf name = { 0 };
    struct tbc_buf latin = { 0 };
    struct tbc_buf face = { 0 };
    enum tbc_err err;

    if ((err = seal_cell(s, (struct cell){ "person", "number", id },
                         tbc_span_str(p->number), &number)) == TBC_OK &&
        (err = seal_cell(s, (struct cell){ "person", "name", id },
                         tbc_span_str(p->name), &name)) == TBC_OK &&
        (err = seal_cell(s, (struct cell){ "person", "latin", id },
                         tbc_span_str(p->latin), &latin)) == TBC_OK &&
        (!p->has_face ||
         (err = seal_cell(s, (struct cell){ "person", "face", id },
                          tbc_span_of(p->face, sizeof p->face), &face)) == TBC_OK)) {
        const struct tbc_store_value values[] = {
            TBC_INT(id),
            TBC_BLOB(blind, TBC_BLIND_LEN),
            TBC_INT(p->kind),
            TBC_SPAN(tbc_buf_span(&number)),
            TBC_SPAN(tbc_buf_span(&name)),
            TBC_SPAN(tbc_buf_span(&latin)),
            TBC_SPAN(tbc_buf_span(&face)),
        };

        err = tbc_store_run(s, TBC_STORE_PERSON_PUT, values, TBC_VALUES_N(values));
    }
    tbc_buf_fini(&number);
    tbc_buf_fini(&name);
    tbc_buf_fini(&latin);
    tbc_buf_fini(&face);
    return err;
}

static bool
is_same_person(const struct tbc_store_person *a, const struct tbc_store_person *b)
{
    return a->kind == b->kind && strcmp(a->number, b->number) == 0 &&
           strcmp(a->name, b->name) == 0 && strcmp(a->latin, b->latin) == 0 &&
           a->has_face == b->has_face &&
           (!a->has_face || memcmp(a->face, b->face, sizeof a->face) == 0);
}

enum tbc_err
tbc_store_person_put(struct tbc_store *s, const struct tbc_store_person *p,
                     bool *changed)
{
    struct tbc_store_person old;
    uint8_t blind[TBC_BLIND_LEN];
    int64_t id;
    enum tbc_err err;

    *changed = false;
    if ((err = tbc_store_blind(s, p->kind, p->number, blind)) != TBC_OK) {
        return err;
    }
    err = find_person(s, blind, &old, &id);
    if (err == TBC_OK && is_same_person(&old, p)) {
        tbc_wipe(&old, sizeof old);
        return TBC_OK;
    }
    tbc_wipe(&old, sizeof old);
    if (err == TBC_ERR_NOT_FOUND) {
        err = fresh_id(&id);
    }
    if (err == TBC_OK && (err = write_person(s, p, blind, id)) == TBC_OK) {
        *changed = true;
    }
    return err;
}

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
read_ticket(struct tbc_store *s, sqlite3_stmt *q, struct tbc_store_ticket *t)
{
    const int64_t id = sqlite3_column_int64(q, 0);
    char holder[TBC_NUMBER_MAX + 2];
    struct tbc_buf trip = { 0 };
    enum tbc_err err;

    *t = (struct tbc_store_ticket){ 0 };
    err = unseal_text(s, (struct cell){ "ticket", "holder", id }, tbc_column_span(q, 1),
                      holder, sizeof holder);
    if (err == TBC_OK && (holder[0] < 'a' || holder[0] >= 'a' + TBC_DOC_N)) {
        err = tbc_store_damaged(s, "ticket");
    }
    if (err == TBC_OK) {
        t->kind = (enum tbc_doc_kind)(holder[0] - 'a');
        memcpy(t->number, holder + 1, sizeof t->number);
        err = unseal_cell(s, (struct cell){ "ticket", "trip", id },
                          tbc_column_span(q, 2), &trip);
    }
    if (err == TBC_OK && read_trip(tbc_buf_span(&trip), &t->trip) != TBC_OK) {
        err = tbc_store_damaged(s, "ticket");
    }
    tbc_wipe(holder, sizeof holder);
    tbc_buf_fini(&trip);
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
    enum tbc_err err;

    (void)snprintf(holder, sizeof holder, "%c%s", 'a' + (int)t->kind, t->number);
    if ((err = put_trip(&t->trip, &plain)) == TBC_OK &&
        (err = seal_cell(s, (struct cell){ "ticket", "holder", id },
                         tbc_span_str(holder), &who)) == TBC_OK &&
        (err = seal_cell(s, (struct cell){ "ticket", "trip", id }, tbc_buf_span(&plain),
                         &trip)) == TBC_OK) {
        const struct tbc_store_value values[] = {
            TBC_INT(id),
            TBC_BLOB(blind, TBC_BLIND_LEN),
            TBC_TEXT(t->trip.train),
            TBC_INT(t->trip.depart.s),
            TBC_TEXT(t->trip.from),
            TBC_SPAN(tbc_buf_span(&who)),
            TBC_SPAN(tbc_buf_span(&trip)),
        };

        err = tbc_store_run(s, TBC_STORE_TICKET_PUT, values, TBC_VALUES_N(values));
    }
    tbc_wipe(holder, sizeof holder);
    tbc_buf_fini(&plain);
    tbc_buf_fini(&who);
    tbc_buf_fini(&trip);
    return err;
}

static enum tbc_err
ticket_by_id(struct tbc_store *s, int64_t id, struct tbc_store_ticket *t)
{
    const struct tbc_store_value values[] = { TBC_INT(id) };
    sqlite3_stmt *q;
    enum tbc_err err;

    if ((err = tbc_store_query(s, TBC_STORE_TICKET_GET, values, 1, &q)) != TBC_OK ||
        (err = tbc_store_step(s, q)) != TBC_OK) {
        return err;
    }
    err = read_ticket(s, q, t);
    (void)sqlite3_reset(q);
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
    const struct tbc_store_value values[] = { TBC_BLOB(blind, sizeof blind),
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
    err = tbc_store_number(s, TBC_STORE_TICKET_ID, values, 3, &found);
    id = (int64_t)found;
    if (err == TBC_OK && (err = ticket_by_id(s, id, &old)) == TBC_OK &&
        is_same_trip(&old.trip, &t->trip)) {
        tbc_wipe(&old, sizeof old);
        return TBC_OK;
    }
    tbc_wipe(&old, sizeof old);
    if (err == TBC_ERR_NOT_FOUND) {
        err = fresh_id(&id);
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
    const struct tbc_store_value values[] = { TBC_BLOB(blind, TBC_BLIND_LEN),
                                              TBC_INT(from.s), TBC_INT(to.s),
                                              TBC_INT(TBC_WIRE_TRIPS_MAX) };
    struct tbc_store_ticket t;
    sqlite3_stmt *q;
    enum tbc_err err;

    *n = 0;
    if ((err = tbc_store_query(s, TBC_STORE_TRIPS, values, 4, &q)) != TBC_OK) {
        return err;
    }
    while (*n < TBC_WIRE_TRIPS_MAX && (err = tbc_store_step(s, q)) == TBC_OK &&
           (err = read_ticket(s, q, &t)) == TBC_OK) {
        trips[(*n)++] = t.trip;
    }
    tbc_wipe(&t, sizeof t);
    (void)sqlite3_reset(q);
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

enum tbc_err
tbc_store_departing(struct tbc_store *s, const char *station, struct tbc_utc from,
                    struct tbc_utc to, tbc_store_ticket_fn fn, void *arg)
{
    const struct tbc_store_value values[] = { TBC_TEXT(station), TBC_INT(from.s),
                                              TBC_INT(to.s) };
    struct tbc_store_ticket t;
    sqlite3_stmt *q;
    enum tbc_err err;

    if ((err = tbc_store_query(s, TBC_STORE_DEPARTING, values, 3, &q)) != TBC_OK) {
        return err;
    }
    do {
        if ((err = tbc_store_step(s, q)) == TBC_OK &&
            (err = read_ticket(s, q, &t)) == TBC_OK) {
            err = fn(arg, &t);
        }
    } while (err == TBC_OK);
    tbc_wipe(&t, sizeof t);
    (void)sqlite3_reset(q);
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}
