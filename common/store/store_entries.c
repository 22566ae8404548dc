/* Presentations at gates, and what came of them. */
#include "store/inner.h"

static enum tbc_err
write_entry(struct tbc_store *s, enum tbc_store_statement how,
            const struct tbc_store_entry *e)
{
    const struct tbc_sql_value values[] = {
        TBC_BLOB(e->entry.event, sizeof e->entry.event),
        TBC_BLOB(e->entry.cti, sizeof e->entry.cti),
        TBC_INT(e->entry.verdict),
        TBC_INT(e->entry.at.s),
        TBC_TEXT(e->entry.train),
        TBC_INT(e->entry.depart.s),
        TBC_INT(e->entry.told),
        TBC_TEXT(e->device),
        TBC_INT(e->conflict),
        TBC_INT(e->entry.act),
        TBC_BLOB(e->entry.act == TBC_ACT_ANNUL ? e->entry.of : NULL,
                 e->entry.act == TBC_ACT_ANNUL ? sizeof e->entry.of : 0),
        TBC_BLOB(e->person_len > 0 ? e->person : NULL, e->person_len),
        TBC_INT(e->has_round ? (int64_t)e->round : -1),
    };

    return tbc_sql_add(s->sql, how, values, TBC_VALUES_N(values));
}

enum tbc_err
tbc_store_entry_put(struct tbc_store *s, const struct tbc_store_entry *e)
{
    return write_entry(s, TBC_STORE_ENTRY_PUT, e);
}

enum tbc_err
tbc_store_entry_replace(struct tbc_store *s, const struct tbc_store_entry *e)
{
    return write_entry(s, TBC_STORE_ENTRY_REPLACE, e);
}

enum tbc_err
tbc_store_entry_get(struct tbc_store *s, const uint8_t event[static TBC_WIRE_ID_LEN],
                    struct tbc_store_entry *e)
{
    const struct tbc_sql_value values[] = { TBC_BLOB(event, TBC_WIRE_ID_LEN) };
    struct tbc_sql_rows *q;
    enum tbc_err err;

    *e = (struct tbc_store_entry){ 0 };
    if ((err = tbc_sql_query(s->sql, TBC_STORE_ENTRY_GET, values, 1, &q)) != TBC_OK ||
        (err = tbc_sql_step(q)) != TBC_OK) {
        return err;
    }
    e->entry.verdict = (uint64_t)tbc_column_int(q, 2);
    e->entry.at = tbc_column_time(q, 3);
    e->entry.depart = tbc_column_time(q, 5);
    e->entry.told = tbc_column_int(q, 6) != 0;
    e->conflict = tbc_column_int(q, 8) != 0;
    e->entry.act = (uint64_t)tbc_column_int(q, 9);
    if (!tbc_column_fixed(q, 0, e->entry.event, sizeof e->entry.event) ||
        !tbc_column_fixed(q, 1, e->entry.cti, sizeof e->entry.cti) ||
        !tbc_column_text(q, 4, e->entry.train, sizeof e->entry.train) ||
        !tbc_column_text(q, 7, e->device, sizeof e->device) ||
        (e->entry.act == TBC_ACT_ANNUL &&
         !tbc_column_fixed(q, 10, e->entry.of, sizeof e->entry.of))) {
        err = tbc_store_damaged(s, "entry");
    }
    tbc_sql_done(q);
    return err;
}

enum tbc_err
tbc_store_entry_mark(struct tbc_store *s, const uint8_t event[static TBC_WIRE_ID_LEN],
                     bool conflict, const uint64_t *round)
{
    const struct tbc_sql_value values[] = {
        TBC_BLOB(event, TBC_WIRE_ID_LEN),
        TBC_INT(conflict),
        TBC_INT(round != NULL ? (int64_t)*round : -1),
    };

    return tbc_sql_run(s->sql, TBC_STORE_ENTRY_MARK, values, TBC_VALUES_N(values),
                       NULL);
}

static enum tbc_err
take_use(struct tbc_store *s, const struct tbc_sql_rows *q, struct tbc_store_use *u)
{
    const int64_t act = tbc_column_int(q, 1);
    const int64_t round = tbc_column_int(q, 7);

    *u = (struct tbc_store_use){
        .use = { .act = (enum tbc_act)act,
                 .at = tbc_column_time(q, 2),
                 .depart = tbc_column_time(q, 4) },
        .conflict = tbc_column_int(q, 6) != 0,
        .has_round = round >= 0,
        .round = round >= 0 ? (uint64_t)round : 0,
    };
    return act >= 0 && act < TBC_ACT_N &&
                   tbc_column_fixed(q, 0, u->use.event, sizeof u->use.event) &&
                   tbc_column_text(q, 3, u->use.train, sizeof u->use.train) &&
                   (act != TBC_ACT_ANNUL ||
                    tbc_column_fixed(q, 5, u->use.of, sizeof u->use.of))
               ? TBC_OK
               : tbc_store_damaged(s, "entry");
}

enum tbc_err
tbc_store_uses(struct tbc_store *s, struct tbc_span person, struct tbc_utc since,
               struct tbc_store_use *uses, size_t max, size_t *n)
{
    const struct tbc_sql_value values[] = { TBC_SPAN(person), TBC_INT(since.s),
                                            TBC_INT(max) };
    struct tbc_sql_rows *q;
    enum tbc_err err = tbc_sql_query(s->sql, TBC_STORE_USES, values, 3, &q);

    *n = 0;
    if (err != TBC_OK) {
        return err;
    }
    while (*n < max && (err = tbc_sql_step(q)) == TBC_OK) {
        if ((err = take_use(s, q, &uses[(*n)++])) != TBC_OK) {
            break;
        }
    }
    tbc_sql_done(q);
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

enum tbc_err
tbc_store_entry_count(struct tbc_store *s, const uint8_t cti[static TBC_CTI_LEN],
                      uint64_t *n)
{
    const struct tbc_sql_value values[] = { TBC_BLOB(cti, TBC_CTI_LEN),
                                            TBC_INT(TBC_ACCEPTED) };

    return tbc_sql_number(s->sql, TBC_STORE_ENTRY_COUNT, values, 2, n);
}
