/* What every process of a station must know at once: failed faces, signed lists. */
#include "store/inner.h"

enum tbc_err
tbc_store_failures(struct tbc_store *s, const uint8_t blind[static TBC_BLIND_LEN],
                   struct tbc_utc since, uint64_t *n)
{
    const struct tbc_sql_value values[] = { TBC_BLOB(blind, TBC_BLIND_LEN),
                                            TBC_INT(since.s) };
    enum tbc_err err = tbc_sql_number(s->sql, TBC_STORE_FAILURE_GET, values, 2, n);

    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

enum tbc_err
tbc_store_failure_add(struct tbc_store *s, const uint8_t blind[static TBC_BLIND_LEN],
                      struct tbc_utc since, struct tbc_utc at)
{
    const struct tbc_sql_value values[] = { TBC_BLOB(blind, TBC_BLIND_LEN),
                                            TBC_INT(at.s), TBC_INT(since.s) };

    return tbc_sql_run(s->sql, TBC_STORE_FAILURE_ADD, values, 3, NULL);
}

enum tbc_err
tbc_store_failures_forget(struct tbc_store *s, struct tbc_utc before)
{
    const struct tbc_sql_value values[] = { TBC_INT(before.s) };

    return tbc_sql_run(s->sql, TBC_STORE_FAILURE_FORGET, values, 1, NULL);
}

enum tbc_err
tbc_store_list_put(struct tbc_store *s, const char *name, uint64_t version,
                   struct tbc_utc at, struct tbc_span bytes)
{
    const struct tbc_sql_value values[] = { TBC_TEXT(name), TBC_INT(version),
                                            TBC_INT(at.s), TBC_SPAN(bytes) };

    return tbc_sql_run(s->sql, TBC_STORE_LIST_PUT, values, 4, NULL);
}

enum tbc_err
tbc_store_list_get(struct tbc_store *s, const char *name, uint64_t than,
                   struct tbc_store_list *list)
{
    const struct tbc_sql_value values[] = { TBC_TEXT(name), TBC_INT(than) };
    struct tbc_sql_rows *q;
    enum tbc_err err;

    *list = (struct tbc_store_list){ 0 };
    if ((err = tbc_sql_query(s->sql, TBC_STORE_LIST_GET, values, 2, &q)) == TBC_OK &&
        (err = tbc_sql_step(q)) == TBC_OK) {
        list->version = (uint64_t)tbc_column_int(q, 0);
        list->at = tbc_column_time(q, 1);
        err = tbc_buf_append_span(&list->bytes, tbc_column_bytes(q, 2));
    }
    tbc_sql_done(q);
    return err;
}
