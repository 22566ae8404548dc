/* The roster: people, found by a blind index, sealed field by field. */
#include "crypto/digest.h"
#include "store/inner.h"

#include <string.h>

enum tbc_err
tbc_store_blind(struct tbc_store *s, enum tbc_doc_kind kind, const char *number,
                uint8_t blind[static TBC_BLIND_LEN])
{
    uint8_t storage[64];
    struct tbc_buf message;
    enum tbc_err err;

    if (!s->has_blind) {
        return tbc_store_damaged(s, "secret");
    }
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

static struct tbc_cell
person_cell(const char *column, int64_t id, const uint8_t *key)
{
    return (struct tbc_cell){ "person", column, id, key };
}

static enum tbc_err
read_fields(struct tbc_store *s, const struct tbc_sql_rows *q, const uint8_t *key,
            struct tbc_store_person *p)
{
    const int64_t id = tbc_column_int(q, 0);
    const int64_t kind = tbc_column_int(q, 1);
    struct tbc_buf face = { 0 };
    enum tbc_err err;

    if (kind < 0 || kind >= TBC_DOC_N) {
        return tbc_store_damaged(s, "person");
    }
    p->kind = (enum tbc_doc_kind)kind;
    p->until = tbc_column_time(q, 6);
    if ((err = tbc_cell_text(s, person_cell("number", id, key), tbc_column_bytes(q, 2),
                             p->number, sizeof p->number)) != TBC_OK ||
        (err = tbc_cell_text(s, person_cell("name", id, key), tbc_column_bytes(q, 3),
                             p->name, sizeof p->name)) != TBC_OK ||
        (err = tbc_cell_text(s, person_cell("latin", id, key), tbc_column_bytes(q, 4),
                             p->latin, sizeof p->latin)) != TBC_OK) {
        return err;
    }
    if (tbc_column_bytes(q, 5).len == 0) {
        return TBC_OK;
    }
    err = tbc_cell_open(s, person_cell("face", id, key), tbc_column_bytes(q, 5), &face);
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

/* A row of before people had keys is sealed under the station's. */
static enum tbc_err
read_person(struct tbc_store *s, const struct tbc_sql_rows *q, bool keyed,
            struct tbc_store_person *p)
{
    struct tbc_own own;
    enum tbc_err err;

    if (!keyed) {
        return read_fields(s, q, tbc_store_key(s, 0), p);
    }
    if ((err = tbc_own_read(s, q, 8, &own)) == TBC_OK) {
        err = read_fields(s, q, own.key, p);
    }
    tbc_wipe(&own, sizeof own);
    return err;
}

/* id gets the row's, 0 when there is none; keyed: it is sealed under their own key. */
static enum tbc_err
find_person(struct tbc_store *s, const uint8_t *blind, struct tbc_store_person *p,
            int64_t *id, bool *keyed)
{
    const struct tbc_sql_value values[] = { TBC_BLOB(blind, TBC_BLIND_LEN) };
    struct tbc_sql_rows *q;
    enum tbc_err err;

    *p = (struct tbc_store_person){ 0 };
    *id = 0;
    *keyed = false;
    if ((err = tbc_sql_query(s->sql, TBC_STORE_PERSON_GET, values, 1, &q)) != TBC_OK ||
        (err = tbc_sql_step(q)) != TBC_OK) {
        return err;
    }
    *id = tbc_column_int(q, 0);
    *keyed = tbc_column_int(q, 7) != 0;
    err = read_person(s, q, *keyed, p);
    tbc_sql_done(q);
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
    bool keyed;

    return find_person(s, blind, p, &id, &keyed);
}

static enum tbc_err
write_person(struct tbc_store *s, const struct tbc_store_person *p,
             const uint8_t *blind, int64_t id)
{
    struct tbc_own own;
    struct tbc_buf number = { 0 };
    struct tbc_buf name = { 0 };
    struct tbc_buf latin = { 0 };
    struct tbc_buf face = { 0 };
    enum tbc_err err;

    if ((err = tbc_own_take(s, blind, &own)) == TBC_OK &&
        (err = tbc_cell_seal(s, person_cell("number", id, own.key),
                             tbc_span_str(p->number), &number)) == TBC_OK &&
        (err = tbc_cell_seal(s, person_cell("name", id, own.key), tbc_span_str(p->name),
                             &name)) == TBC_OK &&
        (err = tbc_cell_seal(s, person_cell("latin", id, own.key),
                             tbc_span_str(p->latin), &latin)) == TBC_OK &&
        (!p->has_face || (err = tbc_cell_seal(s, person_cell("face", id, own.key),
                                              tbc_span_of(p->face, sizeof p->face),
                                              &face)) == TBC_OK)) {
        const struct tbc_sql_value values[] = {
            TBC_INT(id),
            TBC_BLOB(blind, TBC_BLIND_LEN),
            TBC_INT(p->kind),
            TBC_SPAN(tbc_buf_span(&number)),
            TBC_SPAN(tbc_buf_span(&name)),
            TBC_SPAN(tbc_buf_span(&latin)),
            TBC_SPAN(tbc_buf_span(&face)),
            TBC_INT(p->until.s),
        };

        err = tbc_sql_run(s->sql, TBC_STORE_PERSON_PUT, values, TBC_VALUES_N(values),
                          NULL);
    }
    tbc_wipe(&own, sizeof own);
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
           a->has_face == b->has_face && a->until.s == b->until.s &&
           (!a->has_face || memcmp(a->face, b->face, sizeof a->face) == 0);
}

enum tbc_err
tbc_store_person_put(struct tbc_store *s, const struct tbc_store_person *p,
                     bool *changed)
{
    struct tbc_store_person old;
    uint8_t blind[TBC_BLIND_LEN];
    int64_t id;
    bool keyed;
    enum tbc_err err;

    *changed = false;
    if ((err = tbc_store_blind(s, p->kind, p->number, blind)) != TBC_OK) {
        return err;
    }
    err = find_person(s, blind, &old, &id, &keyed);
    if (err == TBC_OK && keyed && is_same_person(&old, p)) {
        tbc_wipe(&old, sizeof old);
        return TBC_OK;
    }
    tbc_wipe(&old, sizeof old);
    if (err == TBC_ERR_NOT_FOUND) {
        err = tbc_cell_fresh_id(&id);
    }
    if (err == TBC_OK && (err = write_person(s, p, blind, id)) == TBC_OK) {
        *changed = true;
    }
    return err;
}

enum tbc_err
tbc_person_rekey(struct tbc_store *s)
{
    struct tbc_store_person p;
    uint8_t blind[TBC_BLIND_LEN];
    struct tbc_sql_rows *q;
    int64_t id;
    bool keyed;
    enum tbc_err err = tbc_sql_query(s->sql, TBC_STORE_PERSON_STALE, NULL, 0, &q);

    if (err != TBC_OK || (err = tbc_sql_step(q)) != TBC_OK) {
        return err;
    }
    err = tbc_column_fixed(q, 0, blind, sizeof blind) ? TBC_OK
                                                      : tbc_store_damaged(s, "person");
    tbc_sql_done(q);
    if (err == TBC_OK && (err = find_person(s, blind, &p, &id, &keyed)) == TBC_OK) {
        err = write_person(s, &p, blind, id);
        tbc_wipe(&p, sizeof p);
    }
    return err;
}
