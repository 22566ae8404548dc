/* People's own keys: random, sealed under the sealing key. */
#include "crypto/digest.h"
#include "store/inner.h"

#include <string.h>

static struct tbc_cell
own_cell(int64_t id, const uint8_t *key)
{
    return (struct tbc_cell){ "own", "sealed", id, key };
}

enum tbc_err
tbc_own_read(struct tbc_store *s, const struct tbc_sql_rows *q, int column,
             struct tbc_own *own)
{
    struct tbc_buf key = { 0 };
    const uint8_t *with = tbc_store_key(s, (uint64_t)tbc_column_int(q, column + 1));
    enum tbc_err err = tbc_cell_open(s, own_cell(tbc_column_int(q, column), with),
                                     tbc_column_bytes(q, column + 2), &key);

    *own = (struct tbc_own){ { 0 } };
    if (err == TBC_OK && key.len != sizeof own->key) {
        err = tbc_store_damaged(s, "own");
    }
    if (err == TBC_OK) {
        memcpy(own->key, key.ptr, sizeof own->key);
    }
    tbc_buf_fini(&key);
    return err;
}

static enum tbc_err
make_own(struct tbc_store *s, const uint8_t *blind, struct tbc_own *own)
{
    struct tbc_buf sealed = { 0 };
    int64_t id = 0;
    enum tbc_err err;

    if ((err = tbc_random(own->key, sizeof own->key)) == TBC_OK &&
        (err = tbc_cell_fresh_id(&id)) == TBC_OK &&
        (err = tbc_cell_seal(s, own_cell(id, NULL),
                             tbc_span_of(own->key, sizeof own->key), &sealed)) ==
            TBC_OK) {
        const struct tbc_sql_value values[] = { TBC_INT(id),
                                                TBC_BLOB(blind, TBC_BLIND_LEN),
                                                TBC_INT(s->gen),
                                                TBC_SPAN(tbc_buf_span(&sealed)) };

        err = tbc_sql_run(s->sql, TBC_STORE_OWN_PUT, values, 4, NULL);
    }
    tbc_buf_fini(&sealed);
    return err;
}

enum tbc_err
tbc_own_take(struct tbc_store *s, const uint8_t blind[static TBC_BLIND_LEN],
             struct tbc_own *own)
{
    const struct tbc_sql_value values[] = { TBC_BLOB(blind, TBC_BLIND_LEN) };
    struct tbc_sql_rows *q;
    enum tbc_err err;

    *own = (struct tbc_own){ { 0 } };
    if ((err = tbc_sql_query(s->sql, TBC_STORE_OWN_GET, values, 1, &q)) != TBC_OK) {
        return err;
    }
    err = tbc_sql_step(q);
    if (err == TBC_ERR_NOT_FOUND) {
        return make_own(s, blind, own);
    }
    if (err == TBC_OK) {
        err = tbc_own_read(s, q, 0, own);
    }
    tbc_sql_done(q);
    return err;
}
