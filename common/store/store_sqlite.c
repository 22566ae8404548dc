#include "crypto/digest.h"
#include "store/sqlite.h"
#include "sys/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define APPLICATION_ID 0x54424331 /* "TBC1" */

static const char *const texts[] = {
#define X(name, text) text,
    TBC_STORE_SQL(X)
#undef X
};

/* Numbered migrations: version n is the first n of them.  Never change one that was released. */
static const char *const migrations[] = {
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE device (name TEXT PRIMARY KEY, role INTEGER NOT NULL,"
    " key BLOB NOT NULL UNIQUE, added INTEGER NOT NULL, revoked INTEGER NOT NULL,"
    " seen INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE person (id INTEGER PRIMARY KEY, blind BLOB NOT NULL UNIQUE,"
    " kind INTEGER NOT NULL, number BLOB NOT NULL, name BLOB NOT NULL,"
    " latin BLOB NOT NULL, face BLOB);"
    "CREATE TABLE ticket (id INTEGER PRIMARY KEY, blind BLOB NOT NULL,"
    " train TEXT NOT NULL, depart INTEGER NOT NULL, start TEXT NOT NULL,"
    " holder BLOB NOT NULL, trip BLOB NOT NULL, UNIQUE (blind, train, depart));"
    "CREATE INDEX ticket_departing ON ticket (start, depart);"
    "CREATE TABLE certificate (cti BLOB PRIMARY KEY, blind BLOB NOT NULL,"
    " idx INTEGER NOT NULL UNIQUE, issued INTEGER NOT NULL, expires INTEGER NOT NULL,"
    " medium INTEGER NOT NULL, device TEXT NOT NULL, officer TEXT NOT NULL,"
    " why TEXT NOT NULL, bytes BLOB NOT NULL, revoked INTEGER NOT NULL,"
    " reason TEXT NOT NULL);"
    "CREATE INDEX certificate_holder ON certificate (blind, issued);"
    "CREATE INDEX certificate_revoked ON certificate (idx) WHERE revoked <> 0;"
    "CREATE TABLE entry (event BLOB PRIMARY KEY, cti BLOB NOT NULL,"
    " verdict INTEGER NOT NULL, at INTEGER NOT NULL, train TEXT NOT NULL,"
    " depart INTEGER NOT NULL, told INTEGER NOT NULL, device TEXT NOT NULL,"
    " conflict INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX entry_trip ON entry (cti, train, depart);"
    "CREATE TABLE request (id BLOB PRIMARY KEY, digest BLOB NOT NULL,"
    " reply BLOB NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX request_age ON request (at);"
    "CREATE TABLE access (id INTEGER PRIMARY KEY, cti BLOB NOT NULL,"
    " device TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL);"
    "CREATE INDEX access_certificate ON access (cti);",
};

#define VERSION ((int64_t)(sizeof migrations / sizeof *migrations))

static enum tbc_err
err_of(int code)
{
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return TBC_OK;
    case SQLITE_CONSTRAINT:
        return TBC_ERR_EXISTS;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return TBC_ERR_BUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return TBC_ERR_CORRUPT;
    case SQLITE_NOMEM:
        return TBC_ERR_NO_MEMORY;
    default:
        return TBC_ERR_IO;
    }
}

/* Log what the database said, unless it is an answer to be expected. */
static enum tbc_err
report(struct tbc_store *s, int code)
{
    enum tbc_err err = err_of(code);

    if (err == TBC_ERR_CORRUPT) {
        return tbc_log_err(err, "%s: restore a backup", s->path);
    }
    if (err != TBC_OK && err != TBC_ERR_EXISTS && err != TBC_ERR_BUSY) {
        tbc_log(TBC_LOG_ERROR, "%s: %s", s->path, sqlite3_errstr(code));
    }
    return err;
}

enum tbc_err
tbc_store_damaged(struct tbc_store *s, const char *what)
{
    return tbc_log_err(TBC_ERR_CORRUPT, "%s: a row of %s", s->path, what);
}

static enum tbc_err
execute(struct tbc_store *s, const char *sql)
{
    return report(s, sqlite3_exec(s->db, sql, NULL, NULL, NULL));
}

/* The one number that a PRAGMA gives. */
static enum tbc_err
pragma_number(struct tbc_store *s, const char *sql, int64_t *value)
{
    sqlite3_stmt *q = NULL;
    int code = sqlite3_prepare_v2(s->db, sql, -1, &q, NULL);

    *value = 0;
    if (code == SQLITE_OK && (code = sqlite3_step(q)) == SQLITE_ROW) {
        *value = sqlite3_column_int64(q, 0);
    }
    (void)sqlite3_finalize(q);
    return report(s, code);
}

static enum tbc_err
migrate(struct tbc_store *s, int64_t from)
{
    enum tbc_err err = TBC_OK;

    for (int64_t v = from; v < VERSION && err == TBC_OK; v++) {
        char stamp[96];

        (void)snprintf(stamp, sizeof stamp,
                       "PRAGMA application_id = %d; PRAGMA user_version = %" PRId64,
                       APPLICATION_ID, v + 1);
        if ((err = execute(s, "BEGIN EXCLUSIVE")) != TBC_OK ||
            (err = execute(s, migrations[v])) != TBC_OK ||
            (err = execute(s, stamp)) != TBC_OK ||
            (err = execute(s, "COMMIT")) != TBC_OK) {
            (void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
        }
    }
    return err;
}

/* Whether the pages hang together; a flipped bit is found before anything is built upon it. */
static enum tbc_err
check_pages(struct tbc_store *s)
{
    sqlite3_stmt *q = NULL;
    int code = sqlite3_prepare_v2(s->db, "PRAGMA quick_check(1)", -1, &q, NULL);
    bool fine = false;

    if (code == SQLITE_OK && (code = sqlite3_step(q)) == SQLITE_ROW) {
        fine = strcmp((const char *)sqlite3_column_text(q, 0), "ok") == 0;
    }
    (void)sqlite3_finalize(q);
    if (code == SQLITE_ROW && !fine) {
        code = SQLITE_CORRUPT;
    }
    return report(s, code);
}

static enum tbc_err
settle(struct tbc_store *s, bool make)
{
    int64_t id;
    int64_t version;
    enum tbc_err err;

    /* In exclusive mode the lock is kept from the first write until the connection ends. */
    if ((err = execute(s, "PRAGMA locking_mode = EXCLUSIVE;"
                          "PRAGMA journal_mode = WAL;"
                          "PRAGMA synchronous = FULL;"
                          "PRAGMA secure_delete = ON;"
                          "PRAGMA trusted_schema = OFF;"
                          "BEGIN EXCLUSIVE; COMMIT;")) != TBC_OK) {
        if (err == TBC_ERR_BUSY) {
            tbc_log(TBC_LOG_ERROR, "%s: another tbc-station is using it", s->path);
        }
        return err;
    }
    if ((err = pragma_number(s, "PRAGMA application_id", &id)) != TBC_OK ||
        (err = pragma_number(s, "PRAGMA user_version", &version)) != TBC_OK) {
        return err;
    }
    if (!make && (id != APPLICATION_ID || version < 1)) {
        return tbc_log_err(TBC_ERR_CORRUPT, "%s: not a station's database", s->path);
    }
    if (version > VERSION) {
        return tbc_log_err(TBC_ERR_UNSUPPORTED, "%s: made by a newer tbc-station",
                           s->path);
    }
    return (err = check_pages(s)) == TBC_OK ? migrate(s, version) : err;
}

static enum tbc_err
derive_keys(struct tbc_store *s, const uint8_t key[static TBC_SEAL_KEY_LEN])
{
    memcpy(s->seal_key, key, TBC_SEAL_KEY_LEN);
    return tbc_hmac_sha256(tbc_span_of(key, TBC_SEAL_KEY_LEN),
                           tbc_span_str("tbc blind index"), s->blind_key);
}

enum tbc_err
tbc_store_open(struct tbc_store **store, const char *path,
               const uint8_t key[static TBC_SEAL_KEY_LEN], bool make)
{
    struct tbc_store *s = calloc(1, sizeof *s);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    enum tbc_err err;

    *store = NULL;
    if (s == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    (void)snprintf(s->path, sizeof s->path, "%s", path);
    if (make && access(path, F_OK) == 0) {
        err = tbc_log_err(TBC_ERR_EXISTS, "%s", path);
    } else if (!make && access(path, F_OK) != 0) {
        err =
            tbc_log_err(TBC_ERR_NOT_FOUND, "%s: make it with tbc-station --init", path);
    } else if ((err = derive_keys(s, key)) == TBC_OK &&
               (err = report(s, sqlite3_open_v2(path, &s->db,
                                                flags | (make ? SQLITE_OPEN_CREATE : 0),
                                                NULL))) == TBC_OK) {
        err = settle(s, make);
    }
    if (err != TBC_OK) {
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
    for (size_t i = 0; i < TBC_STORE_STATEMENTS; i++) {
        (void)sqlite3_finalize(s->statements[i]);
    }
    (void)sqlite3_close(s->db);
    tbc_wipe(s, sizeof *s);
    free(s);
}

enum tbc_err
tbc_store_begin(struct tbc_store *s)
{
    return execute(s, "BEGIN IMMEDIATE");
}

enum tbc_err
tbc_store_commit(struct tbc_store *s)
{
    return execute(s, "COMMIT");
}

void
tbc_store_rollback(struct tbc_store *s)
{
    if (sqlite3_get_autocommit(s->db) == 0) {
        (void)execute(s, "ROLLBACK");
    }
}

enum tbc_err
tbc_store_mark(struct tbc_store *s)
{
    return execute(s, "SAVEPOINT request");
}

enum tbc_err
tbc_store_keep(struct tbc_store *s)
{
    return execute(s, "RELEASE request");
}

enum tbc_err
tbc_store_undo(struct tbc_store *s)
{
    return execute(s, "ROLLBACK TO request; RELEASE request");
}

sqlite3_stmt *
tbc_store_statement(struct tbc_store *s, enum tbc_store_statement which,
                    enum tbc_err *err)
{
    sqlite3_stmt **q = &s->statements[which];

    *err = TBC_OK;
    if (*q == NULL) {
        *err = report(s, sqlite3_prepare_v3(s->db, texts[which], -1,
                                            SQLITE_PREPARE_PERSISTENT, q, NULL));
    } else {
        (void)sqlite3_reset(*q);
        (void)sqlite3_clear_bindings(*q);
    }
    return *q;
}

/* Values are copied by the library only when asked; ours outlive the step. */
static int
bind_value(sqlite3_stmt *q, int i, const struct tbc_store_value *v)
{
    switch (v->type) {
    case TBC_VALUE_INT:
        return sqlite3_bind_int64(q, i, v->number);
    case TBC_VALUE_TEXT:
        return sqlite3_bind_text(q, i, (const char *)v->bytes.ptr, (int)v->bytes.len,
                                 SQLITE_TRANSIENT);
    case TBC_VALUE_BLOB:
        if (v->bytes.ptr == NULL) {
            return sqlite3_bind_null(q, i);
        }
        return sqlite3_bind_blob64(q, i, v->bytes.ptr, v->bytes.len, SQLITE_TRANSIENT);
    }
    return SQLITE_MISUSE;
}

enum tbc_err
tbc_store_query(struct tbc_store *s, enum tbc_store_statement which,
                const struct tbc_store_value *values, size_t n, sqlite3_stmt **q)
{
    enum tbc_err err;

    *q = tbc_store_statement(s, which, &err);
    for (size_t i = 0; i < n && err == TBC_OK; i++) {
        err = report(s, bind_value(*q, (int)i + 1, &values[i]));
    }
    return err;
}

enum tbc_err
tbc_store_step(struct tbc_store *s, sqlite3_stmt *q)
{
    int code = sqlite3_step(q);

    if (code == SQLITE_ROW) {
        return TBC_OK;
    }
    (void)sqlite3_reset(q);
    return code == SQLITE_DONE ? TBC_ERR_NOT_FOUND : report(s, code);
}

enum tbc_err
tbc_store_run(struct tbc_store *s, enum tbc_store_statement which,
              const struct tbc_store_value *values, size_t n)
{
    sqlite3_stmt *q;
    enum tbc_err err;

    if ((err = tbc_store_query(s, which, values, n, &q)) != TBC_OK) {
        return err;
    }
    err = tbc_store_step(s, q);
    (void)sqlite3_reset(q);
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

enum tbc_err
tbc_store_number(struct tbc_store *s, enum tbc_store_statement which,
                 const struct tbc_store_value *values, size_t n, uint64_t *out)
{
    sqlite3_stmt *q;
    enum tbc_err err;

    *out = 0;
    if ((err = tbc_store_query(s, which, values, n, &q)) != TBC_OK ||
        (err = tbc_store_step(s, q)) != TBC_OK) {
        return err;
    }
    *out = (uint64_t)sqlite3_column_int64(q, 0);
    (void)sqlite3_reset(q);
    return TBC_OK;
}

bool
tbc_column_text(sqlite3_stmt *q, int i, char *out, size_t size)
{
    const void *text = sqlite3_column_text(q, i);
    size_t len = (size_t)sqlite3_column_bytes(q, i);

    out[0] = '\0';
    if (text == NULL || len >= size) {
        return false;
    }
    memcpy(out, text, len);
    out[len] = '\0';
    return true;
}

struct tbc_span
tbc_column_span(sqlite3_stmt *q, int i)
{
    const void *bytes = sqlite3_column_blob(q, i);

    return tbc_span_of(bytes, (size_t)sqlite3_column_bytes(q, i));
}

bool
tbc_column_fixed(sqlite3_stmt *q, int i, uint8_t *out, size_t len)
{
    struct tbc_span s = tbc_column_span(q, i);

    if (s.len != len) {
        return false;
    }
    memcpy(out, s.ptr, len);
    return true;
}

enum tbc_err
tbc_store_get(struct tbc_store *s, const char *name, uint64_t *value)
{
    const struct tbc_store_value values[] = { TBC_TEXT(name) };
    enum tbc_err err = tbc_store_number(s, TBC_STORE_META_GET, values, 1, value);

    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

enum tbc_err
tbc_store_set(struct tbc_store *s, const char *name, uint64_t value)
{
    const struct tbc_store_value values[] = { TBC_TEXT(name), TBC_INT(value) };

    return tbc_store_run(s, TBC_STORE_META_SET, values, 2);
}

enum tbc_err
tbc_store_device_add(struct tbc_store *s, const struct tbc_store_device *d)
{
    const struct tbc_store_value values[] = {
        TBC_TEXT(d->row.name),
        TBC_INT(d->row.role),
        TBC_BLOB(d->key, sizeof d->key),
        TBC_INT(d->row.added.s),
    };

    return tbc_store_run(s, TBC_STORE_DEVICE_ADD, values, TBC_VALUES_N(values));
}

enum tbc_err
tbc_store_device_revoke(struct tbc_store *s, const char *name, struct tbc_utc at)
{
    const struct tbc_store_value values[] = { TBC_TEXT(name), TBC_INT(at.s) };
    enum tbc_err err = tbc_store_run(s, TBC_STORE_DEVICE_REVOKE, values, 2);

    return err == TBC_OK && sqlite3_changes(s->db) == 0 ? TBC_ERR_NOT_FOUND : err;
}

enum tbc_err
tbc_store_device_seen(struct tbc_store *s, const uint8_t key[static 32],
                      struct tbc_utc at)
{
    const struct tbc_store_value values[] = { TBC_BLOB(key, 32), TBC_INT(at.s) };

    return tbc_store_run(s, TBC_STORE_DEVICE_SEEN, values, 2);
}

enum tbc_err
tbc_store_devices(struct tbc_store *s, struct tbc_store_device *out, size_t max,
                  size_t *n)
{
    sqlite3_stmt *q;
    enum tbc_err err;

    *n = 0;
    if ((err = tbc_store_query(s, TBC_STORE_DEVICES, NULL, 0, &q)) != TBC_OK) {
        return err;
    }
    while ((err = tbc_store_step(s, q)) == TBC_OK) {
        struct tbc_store_device *d = &out[*n];

        if (*n == max) {
            err = TBC_ERR_LIMIT;
            break;
        }
        *d =
            (struct tbc_store_device){ .row = {
                                           .role = (uint64_t)sqlite3_column_int64(q, 1),
                                           .added = tbc_column_time(q, 3),
                                           .revoked = tbc_column_time(q, 4),
                                           .seen = tbc_column_time(q, 5),
                                       } };
        if (!tbc_column_text(q, 0, d->row.name, sizeof d->row.name) ||
            !tbc_column_fixed(q, 2, d->key, sizeof d->key)) {
            err = tbc_store_damaged(s, "device");
            break;
        }
        (*n)++;
    }
    (void)sqlite3_reset(q);
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

enum tbc_err
tbc_store_stats(struct tbc_store *s, struct tbc_utc now, struct tbc_stats_reply *out)
{
    const struct tbc_store_value values[] = { TBC_INT(now.s), TBC_INT(TBC_ACCEPTED) };
    sqlite3_stmt *q;
    enum tbc_err err;

    *out = (struct tbc_stats_reply){ 0 };
    if ((err = tbc_store_query(s, TBC_STORE_STATS, values, 2, &q)) != TBC_OK) {
        return err;
    }
    while (out->stats_n < TBC_WIRE_STATS_MAX &&
           (err = tbc_store_step(s, q)) == TBC_OK) {
        struct tbc_stat *stat = &out->stats[out->stats_n++];

        stat->value = (uint64_t)sqlite3_column_int64(q, 1);
        if (!tbc_column_text(q, 0, stat->name, sizeof stat->name)) {
            err = tbc_store_damaged(s, "stats");
            break;
        }
    }
    (void)sqlite3_reset(q);
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}
