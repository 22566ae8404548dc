/* The station's own secrets, which all processes on its store share: sealed under the sealing key. */
#include "store/inner.h"

/* A secret has no row id. */
static struct tbc_cell
secret_cell(const char *name, const uint8_t *key)
{
    return (struct tbc_cell){ "secret", name, 0, key };
}

enum tbc_err
tbc_store_secret_open(struct tbc_store *s, const char *name, const uint8_t *key,
                      struct tbc_buf *plain)
{
    const struct tbc_sql_value values[] = { TBC_TEXT(name) };
    struct tbc_sql_rows *q;
    enum tbc_err err = tbc_sql_query(s->sql, TBC_STORE_SECRET_GET, values, 1, &q);

    if (err != TBC_OK || (err = tbc_sql_step(q)) != TBC_OK) {
        return err;
    }
    err = tbc_cell_unseal(secret_cell(name, key), tbc_column_bytes(q, 0), plain);
    tbc_sql_done(q);
    return err;
}

enum tbc_err
tbc_store_secret_seal(struct tbc_store *s, const char *name,
                      const struct tbc_store_sealer *with, struct tbc_span plain)
{
    struct tbc_buf sealed = { 0 };
    enum tbc_err err = tbc_cell_seal(s, secret_cell(name, with->key), plain, &sealed);

    if (err == TBC_OK) {
        const struct tbc_sql_value values[] = { TBC_TEXT(name), TBC_INT(with->gen),
                                                TBC_SPAN(tbc_buf_span(&sealed)) };

        err = tbc_sql_run(s->sql, TBC_STORE_SECRET_PUT, values, 3, NULL);
    }
    tbc_buf_fini(&sealed);
    return err;
}

enum tbc_err
tbc_store_secret_get(struct tbc_store *s, const char *name, struct tbc_buf *plain)
{
    enum tbc_err err = tbc_store_secret_open(s, name, s->seal_key, plain);

    return err == TBC_ERR_CORRUPT ? tbc_store_damaged(s, "secret") : err;
}

enum tbc_err
tbc_store_secret_put(struct tbc_store *s, const char *name, struct tbc_span plain)
{
    const struct tbc_store_sealer with = { s->seal_key, s->gen };

    return tbc_store_secret_seal(s, name, &with, plain);
}

enum tbc_err
tbc_store_secret_reseal(struct tbc_store *s, const char *name,
                        const struct tbc_store_sealer *with)
{
    struct tbc_buf plain = { 0 };
    enum tbc_err err = tbc_store_secret_get(s, name, &plain);

    if (err == TBC_OK) {
        err = tbc_store_secret_seal(s, name, with, tbc_buf_span(&plain));
    }
    tbc_buf_fini(&plain);
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}
