/* The fleet. */
#include "store/inner.h"

/* Tell other processes. */
static enum tbc_err
changed_fleet(struct tbc_store *s)
{
    const struct tbc_sql_value values[] = { TBC_TEXT(TBC_STORE_FLEET) };

    return tbc_sql_run(s->sql, TBC_STORE_META_BUMP, values, 1, NULL);
}

enum tbc_err
tbc_store_device_add(struct tbc_store *s, const struct tbc_store_device *d)
{
    const struct tbc_sql_value values[] = {
        TBC_TEXT(d->row.name),
        TBC_INT(d->row.role),
        TBC_BLOB(d->key, sizeof d->key),
        TBC_INT(d->row.added.s),
    };
    enum tbc_err err =
        tbc_sql_add(s->sql, TBC_STORE_DEVICE_ADD, values, TBC_VALUES_N(values));

    return err == TBC_OK ? changed_fleet(s) : err;
}

enum tbc_err
tbc_store_device_revoke(struct tbc_store *s, const char *name, struct tbc_utc at)
{
    const struct tbc_sql_value values[] = { TBC_TEXT(name), TBC_INT(at.s) };
    uint64_t changed = 0;
    enum tbc_err err =
        tbc_sql_run(s->sql, TBC_STORE_DEVICE_REVOKE, values, 2, &changed);

    if (err == TBC_OK && changed == 0) {
        err = TBC_ERR_NOT_FOUND;
    }
    return err == TBC_OK ? changed_fleet(s) : err;
}

enum tbc_err
tbc_store_device_seen(struct tbc_store *s, const uint8_t key[static 32],
                      struct tbc_utc at)
{
    const struct tbc_sql_value values[] = { TBC_BLOB(key, 32), TBC_INT(at.s) };

    return tbc_sql_run(s->sql, TBC_STORE_DEVICE_SEEN, values, 2, NULL);
}

enum tbc_err
tbc_store_device_reach(struct tbc_store *s, const uint8_t key[static 32],
                       const char *address)
{
    const struct tbc_sql_value values[] = { TBC_BLOB(key, 32), TBC_TEXT(address) };
    uint64_t changed = 0;
    enum tbc_err err = tbc_sql_run(s->sql, TBC_STORE_DEVICE_REACH, values, 2, &changed);

    if (err == TBC_OK && changed == 0) {
        err = TBC_ERR_NOT_FOUND;
    }
    return err == TBC_OK ? changed_fleet(s) : err;
}

enum tbc_err
tbc_store_devices(struct tbc_store *s, struct tbc_store_device *out, size_t max,
                  size_t *n)
{
    struct tbc_sql_rows *q;
    enum tbc_err err;

    *n = 0;
    if ((err = tbc_sql_query(s->sql, TBC_STORE_DEVICES, NULL, 0, &q)) != TBC_OK) {
        return err;
    }
    while ((err = tbc_sql_step(q)) == TBC_OK) {
        struct tbc_store_device *d = &out[*n];

        if (*n == max) {
            err = TBC_ERR_LIMIT;
            break;
        }
        *d = (struct tbc_store_device){ .row = {
                                            .role = (uint64_t)tbc_column_int(q, 1),
                                            .added = tbc_column_time(q, 3),
                                            .revoked = tbc_column_time(q, 4),
                                            .seen = tbc_column_time(q, 5),
                                        } };
        if (!tbc_column_text(q, 0, d->row.name, sizeof d->row.name) ||
            !tbc_column_fixed(q, 2, d->key, sizeof d->key) ||
            !tbc_column_text(q, 6, d->row.address, sizeof d->row.address)) {
            err = tbc_store_damaged(s, "device");
            break;
        }
        (*n)++;
    }
    tbc_sql_done(q);
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}
