#include "crypto/digest.h"
#include "store/inner.h"
#include "sys/log.h"

#include <stdlib.h>
#include <string.h>

static const char *const texts[] = {
#define X(name, text) text,
    TBC_STORE_SQL(X)
#undef X
};

enum tbc_err
tbc_store_damaged(struct tbc_store *s, const char *what)
{
    return tbc_log_err(TBC_ERR_CORRUPT, "%s: a row of %s", s->sql->name, what);
}

static enum tbc_err
derive_keys(struct tbc_store *s, const uint8_t key[static TBC_SEAL_KEY_LEN])
{
    memcpy(s->seal_key, key, TBC_SEAL_KEY_LEN);
    return tbc_hmac_sha256(tbc_span_of(key, TBC_SEAL_KEY_LEN),
                           tbc_span_str("tbc blind index"), s->blind_key);
}

enum tbc_err
tbc_store_open(struct tbc_store **store, const char *where,
               const uint8_t key[static TBC_SEAL_KEY_LEN], bool make)
{
    static const struct tbc_sql_catalogue catalogue = {
        .owner = "tbc-station",
        .make_hint = "make it with tbc-station --init",
        .application = TBC_STORE_APPLICATION,
        .texts = texts,
        .texts_n = TBC_STORE_STATEMENTS,
        .migrations = tbc_store_migrations,
        .migrations_n = TBC_STORE_VERSION,
    };
    struct tbc_store *s = calloc(1, sizeof *s);
    enum tbc_err err;

    *store = NULL;
    if (s == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    if ((err = derive_keys(s, key)) != TBC_OK ||
        (err = tbc_sql_open(&s->sql, where, &catalogue, make)) != TBC_OK) {
        tbc_store_close(&s);
        return err;
    }
    if ((err = tbc_store_get(s, "sealing", &s->gen)) != TBC_OK ||
        (err = tbc_store_load_blind(s)) != TBC_OK) {
        tbc_store_close(&s);
        return err;
    }
    *store = s;
    return TBC_OK;
}

void
tbc_store_close(struct tbc_store **store)
{
    struct tbc_store *s = *store;

    *store = NULL;
    if (s == NULL) {
        return;
    }
    tbc_sql_close(&s->sql);
    tbc_wipe(s, sizeof *s);
    free(s);
}

void
tbc_store_be_patient(struct tbc_store *s, tbc_store_patience patience, void *arg)
{
    s->sql->patience = patience;
    s->sql->patience_arg = arg;
}

enum tbc_err
tbc_store_begin(struct tbc_store *s)
{
    enum tbc_err err = tbc_sql_begin(s->sql);

    if (err == TBC_OK) {
        tbc_journal_begin(s);
    }
    return err;
}

enum tbc_err
tbc_store_commit(struct tbc_store *s)
{
    enum tbc_err err = tbc_journal_settle(s);

    if (err == TBC_OK) {
        err = tbc_sql_commit(s->sql);
    }
    tbc_journal_end(s, err == TBC_OK);
    return err;
}

void
tbc_store_rollback(struct tbc_store *s)
{
    tbc_journal_end(s, false);
    tbc_sql_rollback(s->sql);
}

enum tbc_err
tbc_store_rest(struct tbc_store *s)
{
    return s->sql->driver->rest(s->sql);
}

enum tbc_err
tbc_store_tend(struct tbc_store *s)
{
    return s->sql->driver->tend(s->sql);
}

enum tbc_err
tbc_store_mark(struct tbc_store *s)
{
    tbc_journal_mark(s);
    return tbc_sql_mark(s->sql);
}

enum tbc_err
tbc_store_keep(struct tbc_store *s)
{
    return tbc_sql_keep(s->sql);
}

enum tbc_err
tbc_store_undo(struct tbc_store *s)
{
    tbc_journal_undo(s);
    return tbc_sql_undo(s->sql);
}

enum tbc_err
tbc_store_get(struct tbc_store *s, const char *name, uint64_t *value)
{
    const struct tbc_sql_value values[] = { TBC_TEXT(name) };
    enum tbc_err err = tbc_sql_number(s->sql, TBC_STORE_META_GET, values, 1, value);

    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

enum tbc_err
tbc_store_set(struct tbc_store *s, const char *name, uint64_t value)
{
    const struct tbc_sql_value values[] = { TBC_TEXT(name), TBC_INT(value) };

    return tbc_sql_run(s->sql, TBC_STORE_META_SET, values, 2, NULL);
}

enum tbc_err
tbc_store_stats(struct tbc_store *s, struct tbc_utc now, struct tbc_stats_reply *out)
{
    const struct tbc_sql_value values[] = { TBC_INT(now.s), TBC_INT(TBC_ACCEPTED) };
    struct tbc_sql_rows *q;
    enum tbc_err err;

    memset(out, 0, sizeof *out); /* too large to be copied from the stack */
    if ((err = tbc_sql_query(s->sql, TBC_STORE_STATS, values, 2, &q)) != TBC_OK) {
        return err;
    }
    while (out->stats_n < TBC_WIRE_STATS_MAX && (err = tbc_sql_step(q)) == TBC_OK) {
        struct tbc_stat *stat = &out->stats[out->stats_n++];

        stat->value = (uint64_t)tbc_column_int(q, 1);
        if (!tbc_column_text(q, 0, stat->name, sizeof stat->name)) {
            err = tbc_store_damaged(s, "stats");
            break;
        }
    }
    tbc_sql_done(q);
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}
