/* What goes by its age, a bounded number of rows at a time. */
#include "store/inner.h"

static enum tbc_err
add_up(struct tbc_store *s, const char *name, uint64_t n)
{
    uint64_t total;
    enum tbc_err err;

    if (n == 0) {
        return TBC_OK;
    }
    err = tbc_store_get(s, name, &total);
    return err == TBC_OK ? tbc_store_set(s, name, total + n) : err;
}

static enum tbc_err
drop_rows(struct tbc_store *s, size_t which, struct tbc_utc before, size_t max,
          uint64_t *n)
{
    const struct tbc_sql_value values[] = { TBC_INT(before.s), TBC_INT(max) };

    return tbc_sql_run(s->sql, which, values, 2, n);
}

static enum tbc_err
drop_certificates(struct tbc_store *s, struct tbc_utc before, size_t max, uint64_t *n)
{
    struct tbc_store_forgotten forgotten = { 0 };
    struct tbc_store_certificate c = { .cti = { 0 } };
    enum tbc_err err = TBC_OK;

    for (size_t i = 0; i < max && err == TBC_OK; i++) {
        if ((err = tbc_certificate_oldest(s, before, &c)) == TBC_OK) {
            err = tbc_store_certificate_forget(s, &c, &forgotten);
        }
    }
    tbc_wipe(&c, sizeof c);
    *n = forgotten.certificates;
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

enum tbc_err
tbc_store_sweep(struct tbc_store *s, const struct tbc_store_ages *ages, size_t max,
                struct tbc_store_dropped *n)
{
    const struct tbc_sql_value most[] = { TBC_INT(max) };
    enum tbc_err err;

    *n = (struct tbc_store_dropped){ 0 };
    if ((err = drop_rows(s, TBC_STORE_TICKETS_OLD, ages->tickets, max, &n->tickets)) !=
            TBC_OK ||
        (err = drop_rows(s, TBC_STORE_FACES_OLD, ages->faces, max, &n->faces)) !=
            TBC_OK ||
        (err = drop_certificates(s, ages->records, max, &n->certificates)) != TBC_OK) {
        return err;
    }
    if (n->tickets + n->faces + n->certificates == 0 &&
        (err = tbc_sql_run(s->sql, TBC_STORE_OWN_IDLE, most, 1, &n->keys)) != TBC_OK) {
        return err;
    }
    if ((err = add_up(s, "dropped tickets", n->tickets)) != TBC_OK ||
        (err = add_up(s, "dropped templates", n->faces)) != TBC_OK) {
        return err;
    }
    return add_up(s, "dropped certificates", n->certificates);
}
