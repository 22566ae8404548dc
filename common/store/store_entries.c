/* Presentations at gates. */
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
    if (!tbc_column_fixed(q, 0, e->entry.event, sizeof e->entry.event) ||
        !tbc_column_fixed(q, 1, e->entry.cti, sizeof e->entry.cti) ||
        !tbc_column_text(q, 4, e->entry.train, sizeof e->entry.train) ||
        !tbc_column_text(q, 7, e->device, sizeof e->device)) {
        err = tbc_store_damaged(s, "entry");
    }
    tbc_sql_done(q);
    return err;
}

enum tbc_err
tbc_store_entry_first(struct tbc_store *s, const struct tbc_entry *trip,
                      struct tbc_utc *at)
{
    const struct tbc_sql_value values[] = {
        TBC_BLOB(trip->cti, sizeof trip->cti),
        TBC_TEXT(trip->train),
        TBC_INT(trip->depart.s),
        TBC_INT(TBC_ACCEPTED),
        TBC_BLOB(trip->event, sizeof trip->event),
    };
    uint64_t found;
    enum tbc_err err = tbc_sql_number(s->sql, TBC_STORE_ENTRY_FIRST, values,
                                      TBC_VALUES_N(values), &found);

    at->s = (int64_t)found;
    return err;
}

enum tbc_err
tbc_store_entry_count(struct tbc_store *s, const uint8_t cti[static TBC_CTI_LEN],
                      uint64_t *n)
{
    const struct tbc_sql_value values[] = { TBC_BLOB(cti, TBC_CTI_LEN),
                                            TBC_INT(TBC_ACCEPTED) };

    return tbc_sql_number(s->sql, TBC_STORE_ENTRY_COUNT, values, 2, n);
}
