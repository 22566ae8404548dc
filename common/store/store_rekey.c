/* A new sealing key: people's own keys and officers' notes are sealed anew, and the key of the blind
 * index; nothing else is sealed under it, but rows of before people had keys, which get theirs. */
#include "store/inner.h"

#include <string.h>

#define PENDING "rekeying"
#define NUMBER  "sealing"
#define BLIND   "blind index"

const uint8_t *
tbc_store_key(const struct tbc_store *s, uint64_t gen)
{
    return gen == s->gen || !s->has_old ? s->seal_key : s->old_key;
}

/* The blind index's key under a sealing key; ERR_NOT_FOUND: it was never kept.  Another key does not
 * open it: ERR_CORRUPT, which is not logged, for who audits has none. */
static enum tbc_err
open_blind(struct tbc_store *s, const uint8_t *key)
{
    struct tbc_buf plain = { 0 };
    enum tbc_err err = tbc_store_secret_open(s, BLIND, key, &plain);

    if (err == TBC_OK && plain.len != sizeof s->blind_key) {
        err = TBC_ERR_CORRUPT;
    }
    if (err == TBC_OK) {
        memcpy(s->blind_key, plain.ptr, sizeof s->blind_key);
    }
    tbc_buf_fini(&plain);
    return err;
}

enum tbc_err
tbc_store_load_blind(struct tbc_store *s)
{
    enum tbc_err err = open_blind(s, s->seal_key);

    s->has_blind = err == TBC_OK || err == TBC_ERR_NOT_FOUND;
    return s->has_blind || err == TBC_ERR_CORRUPT ? TBC_OK : err;
}

enum tbc_err
tbc_store_rekey_pending(struct tbc_store *s, bool *pending)
{
    uint64_t value;
    enum tbc_err err = tbc_store_get(s, PENDING, &value);

    *pending = err == TBC_OK && value != 0;
    return err;
}

static void
take_next(struct tbc_store *s, const uint8_t *next, uint64_t gen)
{
    memcpy(s->old_key, s->seal_key, sizeof s->old_key);
    memcpy(s->seal_key, next, sizeof s->seal_key);
    s->gen = gen;
    s->has_old = true;
}

/* The secrets of the store go over at once: they are few. */
static enum tbc_err
take_secrets(struct tbc_store *s, const struct tbc_store_sealer *next)
{
    enum tbc_err err = tbc_store_secret_seal(
        s, BLIND, next, tbc_span_of(s->blind_key, sizeof s->blind_key));

    return err == TBC_OK ? tbc_store_secret_reseal(s, TBC_STORE_PSEUDONYM, next) : err;
}

static enum tbc_err
begin_anew(struct tbc_store *s, const uint8_t *next)
{
    const struct tbc_store_sealer sealer = { next, s->gen + 1 };
    enum tbc_err err;

    if (!s->has_blind) {
        return tbc_store_damaged(s, "secret");
    }
    if ((err = tbc_store_begin(s)) != TBC_OK) {
        return err;
    }
    if ((err = take_secrets(s, &sealer)) != TBC_OK ||
        (err = tbc_store_set(s, PENDING, 1)) != TBC_OK ||
        (err = tbc_store_set(s, NUMBER, s->gen + 1)) != TBC_OK ||
        (err = tbc_store_commit(s)) != TBC_OK) {
        tbc_store_rollback(s);
        return err;
    }
    take_next(s, next, s->gen + 1);
    return TBC_OK;
}

enum tbc_err
tbc_store_rekey_begin(struct tbc_store *s, const uint8_t next[static TBC_SEAL_KEY_LEN])
{
    bool pending;
    enum tbc_err err = tbc_store_rekey_pending(s, &pending);

    if (err != TBC_OK || s->has_old) {
        return err;
    }
    if (!pending) {
        return begin_anew(s, next);
    }
    if ((err = open_blind(s, next)) != TBC_OK) {
        return err == TBC_ERR_NOT_FOUND || err == TBC_ERR_CORRUPT
                   ? tbc_store_damaged(s, "secret")
                   : err;
    }
    s->has_blind = true;
    take_next(s, next, s->gen);
    return TBC_OK;
}

/* One of people's own keys; ERR_NOT_FOUND: all are under the next. */
static enum tbc_err
reseal_own(struct tbc_store *s)
{
    const struct tbc_sql_value stale[] = { TBC_INT(s->gen) };
    struct tbc_buf sealed = { 0 };
    struct tbc_sql_rows *q;
    struct tbc_own own;
    int64_t id;
    enum tbc_err err = tbc_sql_query(s->sql, TBC_STORE_OWN_STALE, stale, 1, &q);

    if (err != TBC_OK || (err = tbc_sql_step(q)) != TBC_OK) {
        return err;
    }
    id = tbc_column_int(q, 0);
    err = tbc_own_read(s, q, 0, &own);
    tbc_sql_done(q);
    if (err == TBC_OK &&
        (err = tbc_cell_seal(s, (struct tbc_cell){ "own", "sealed", id, NULL },
                             tbc_span_of(own.key, sizeof own.key), &sealed)) ==
            TBC_OK) {
        const struct tbc_sql_value values[] = { TBC_INT(id), TBC_INT(s->gen),
                                                TBC_SPAN(tbc_buf_span(&sealed)) };

        err = tbc_sql_run(s->sql, TBC_STORE_OWN_RESEAL, values, 3, NULL);
    }
    tbc_wipe(&own, sizeof own);
    tbc_buf_fini(&sealed);
    return err;
}

/* At most max rows of a kind; left: there may be more. */
static enum tbc_err
take_rows(struct tbc_store *s, enum tbc_err (*one)(struct tbc_store *), size_t max,
          bool *left)
{
    enum tbc_err err = TBC_OK;

    for (size_t i = 0; i < max && err == TBC_OK; i++) {
        err = one(s);
    }
    *left = *left || err == TBC_OK;
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

enum tbc_err
tbc_store_rekey_bite(struct tbc_store *s, size_t max, bool *done)
{
    bool left = false;
    enum tbc_err err = tbc_store_begin(s);

    *done = false;
    if (err != TBC_OK) {
        return err;
    }
    if ((err = take_rows(s, tbc_person_rekey, max, &left)) != TBC_OK ||
        (err = take_rows(s, tbc_ticket_rekey, max, &left)) != TBC_OK ||
        (err = take_rows(s, reseal_own, max, &left)) != TBC_OK ||
        (err = take_rows(s, tbc_journal_note_rekey, max, &left)) != TBC_OK ||
        (err = tbc_store_commit(s)) != TBC_OK) {
        tbc_store_rollback(s);
        return err;
    }
    *done = !left;
    return TBC_OK;
}

/* A copy of a database in the middle of a change, opened with the next key alone. */
static enum tbc_err
check_none_left(struct tbc_store *s)
{
    static const size_t stale[] = { TBC_STORE_OWN_STALE, TBC_STORE_NOTE_STALE };
    const struct tbc_sql_value values[] = { TBC_INT(s->gen) };
    enum tbc_err err = TBC_ERR_NOT_FOUND;
    uint64_t id;

    for (size_t i = 0; i < 2 && err == TBC_ERR_NOT_FOUND; i++) {
        err = tbc_sql_number(s->sql, stale[i], values, 1, &id);
    }
    if (err == TBC_OK) {
        return tbc_store_damaged(s, "own or note is under an earlier sealing key");
    }
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

enum tbc_err
tbc_store_rekey_end(struct tbc_store *s)
{
    enum tbc_err err;

    if (!s->has_blind) {
        return tbc_store_damaged(s, "secret");
    }
    if ((err = check_none_left(s)) != TBC_OK) {
        return err;
    }
    tbc_wipe(s->old_key, sizeof s->old_key);
    s->has_old = false;
    return tbc_store_set(s, PENDING, 0);
}
