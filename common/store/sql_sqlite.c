/* SQLite 3.40: one file, one connection that nobody else may share (its write-ahead log has a
 * fault that needs two), WAL with synchronous=FULL. */
#include "store/sql.h"
#include "sys/log.h"

#include <sqlite3.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct statement {
    struct tbc_sql_rows rows;
    sqlite3_stmt *st; /* NULL: not used yet */
};

struct sqlite {
    struct tbc_sql sql;
    sqlite3 *db;
    struct statement *statements; /* catalogue->texts_n */
};

/* Parameters are found by name: SQLite would number $2 before $1 where it stands first. */
static const char *const parameters[TBC_SQL_VALUES_MAX] = {
    "$1", "$2",  "$3",  "$4",  "$5",  "$6",  "$7",  "$8",
    "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$16",
};

static struct sqlite *
own(struct tbc_sql *sql)
{
    return (struct sqlite *)sql;
}

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
report(struct sqlite *s, int code)
{
    enum tbc_err err = err_of(code);

    if (err == TBC_ERR_CORRUPT) {
        return tbc_log_err(err, "%s: restore a backup", s->sql.name);
    }
    if (err != TBC_OK && err != TBC_ERR_EXISTS && err != TBC_ERR_BUSY) {
        tbc_log(TBC_LOG_ERROR, "%s: %s", s->sql.name, sqlite3_errstr(code));
    }
    return err;
}

static enum tbc_err
sqlite_execute(struct tbc_sql *sql, const char *text)
{
    struct sqlite *s = own(sql);

    return report(s, sqlite3_exec(s->db, text, NULL, NULL, NULL));
}

static enum tbc_err
sqlite_begin(struct tbc_sql *sql)
{
    return sqlite_execute(sql, "BEGIN IMMEDIATE");
}

static enum tbc_err
sqlite_commit(struct tbc_sql *sql)
{
    return sqlite_execute(sql, "COMMIT");
}

static void
sqlite_rollback(struct tbc_sql *sql)
{
    if (sqlite3_get_autocommit(own(sql)->db) == 0) {
        (void)sqlite_execute(sql, "ROLLBACK");
    }
}

/* The statement, prepared, reset and without bindings. */
static enum tbc_err
prepare(struct sqlite *s, size_t which, struct statement **out)
{
    struct statement *st = &s->statements[which];

    *out = st;
    if (st->st != NULL) {
        (void)sqlite3_reset(st->st);
        (void)sqlite3_clear_bindings(st->st);
        return TBC_OK;
    }
    st->rows.sql = &s->sql;
    return report(s, sqlite3_prepare_v3(s->db, s->sql.catalogue->texts[which], -1,
                                        SQLITE_PREPARE_PERSISTENT, &st->st, NULL));
}

/* The bytes are copied: a caller's may be gone before the last step. */
static int
bind_value(sqlite3_stmt *st, int at, const struct tbc_sql_value *v)
{
    switch (v->type) {
    case TBC_SQL_INT:
        return sqlite3_bind_int64(st, at, v->number);
    case TBC_SQL_TEXT:
        return sqlite3_bind_text(st, at, (const char *)v->bytes.ptr, (int)v->bytes.len,
                                 SQLITE_TRANSIENT);
    case TBC_SQL_BLOB:
        if (v->bytes.ptr == NULL) {
            return sqlite3_bind_null(st, at);
        }
        return sqlite3_bind_blob64(st, at, v->bytes.ptr, v->bytes.len,
                                   SQLITE_TRANSIENT);
    }
    return SQLITE_MISUSE;
}

static enum tbc_err
start(struct sqlite *s, size_t which, const struct tbc_sql_value *values, size_t n,
      struct statement **out)
{
    enum tbc_err err = prepare(s, which, out);

    for (size_t i = 0; i < n && err == TBC_OK; i++) {
        int at = sqlite3_bind_parameter_index((*out)->st, parameters[i]);

        err = report(s, bind_value((*out)->st, at, &values[i]));
    }
    return err;
}

static enum tbc_err
sqlite_query(struct tbc_sql *sql, size_t which, const struct tbc_sql_value *values,
             size_t n, struct tbc_sql_rows **rows)
{
    struct statement *st;
    enum tbc_err err = start(own(sql), which, values, n, &st);

    *rows = err == TBC_OK ? &st->rows : NULL;
    return err;
}

static enum tbc_err
sqlite_step(struct tbc_sql_rows *rows)
{
    struct statement *st = (struct statement *)rows;
    int code = sqlite3_step(st->st);

    if (code == SQLITE_ROW) {
        return TBC_OK;
    }
    (void)sqlite3_reset(st->st);
    return code == SQLITE_DONE ? TBC_ERR_NOT_FOUND : report(own(rows->sql), code);
}

static void
sqlite_done(struct tbc_sql_rows *rows)
{
    struct statement *st = (struct statement *)rows;

    (void)sqlite3_reset(st->st);
    (void)sqlite3_clear_bindings(st->st);
}

static enum tbc_err
sqlite_run(struct tbc_sql *sql, size_t which, const struct tbc_sql_value *values,
           size_t n, uint64_t *changed)
{
    struct statement *st;
    enum tbc_err err = start(own(sql), which, values, n, &st);

    if (err != TBC_OK) {
        return err;
    }
    err = sqlite_step(&st->rows);
    if (changed != NULL) {
        *changed = (uint64_t)sqlite3_changes64(own(sql)->db);
    }
    sqlite_done(&st->rows);
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

static int64_t
sqlite_column_int(const struct tbc_sql_rows *rows, int i)
{
    return sqlite3_column_int64(((const struct statement *)rows)->st, i);
}

static struct tbc_span
sqlite_column_bytes(const struct tbc_sql_rows *rows, int i)
{
    sqlite3_stmt *st = ((const struct statement *)rows)->st;
    const void *bytes = sqlite3_column_blob(st, i);

    return tbc_span_of(bytes, (size_t)sqlite3_column_bytes(st, i));
}

/* The first column of the one row that a PRAGMA gives. */
static enum tbc_err
pragma_number(struct sqlite *s, const char *text, int64_t *value)
{
    sqlite3_stmt *q = NULL;
    int code = sqlite3_prepare_v2(s->db, text, -1, &q, NULL);

    *value = 0;
    if (code == SQLITE_OK && (code = sqlite3_step(q)) == SQLITE_ROW) {
        *value = sqlite3_column_int64(q, 0);
    }
    (void)sqlite3_finalize(q);
    return report(s, code);
}

/* Whether the pages hang together; a flipped bit is found before anything is built upon it. */
static enum tbc_err
check_pages(struct sqlite *s)
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
migrate(struct sqlite *s, int64_t from)
{
    const struct tbc_sql_catalogue *c = s->sql.catalogue;
    enum tbc_err err = TBC_OK;

    for (int64_t v = from; v < (int64_t)c->migrations_n && err == TBC_OK; v++) {
        char stamp[96];

        (void)snprintf(stamp, sizeof stamp,
                       "PRAGMA application_id = %" PRId32
                       "; PRAGMA user_version = %" PRId64,
                       c->application, v + 1);
        if ((err = sqlite_execute(&s->sql, "BEGIN EXCLUSIVE")) != TBC_OK ||
            (err = sqlite_execute(&s->sql, c->migrations[v].sqlite)) != TBC_OK ||
            (err = sqlite_execute(&s->sql, stamp)) != TBC_OK ||
            (err = sqlite_execute(&s->sql, "COMMIT")) != TBC_OK) {
            sqlite_rollback(&s->sql);
        }
    }
    return err;
}

static enum tbc_err
settle(struct sqlite *s, bool make)
{
    const struct tbc_sql_catalogue *c = s->sql.catalogue;
    int64_t id;
    int64_t version;
    enum tbc_err err;

    /* In exclusive mode the lock is kept from the first write until the connection ends. */
    if ((err = sqlite_execute(&s->sql, "PRAGMA locking_mode = EXCLUSIVE;"
                                       "PRAGMA journal_mode = WAL;"
                                       "PRAGMA synchronous = FULL;"
                                       "PRAGMA secure_delete = ON;"
                                       "PRAGMA trusted_schema = OFF;"
                                       "BEGIN EXCLUSIVE; COMMIT;")) != TBC_OK) {
        if (err == TBC_ERR_BUSY) {
            tbc_log(TBC_LOG_ERROR, "%s: another %s is using it", s->sql.name, c->owner);
        }
        return err;
    }
    if ((err = pragma_number(s, "PRAGMA application_id", &id)) != TBC_OK ||
        (err = pragma_number(s, "PRAGMA user_version", &version)) != TBC_OK) {
        return err;
    }
    if (!make && (id != c->application || version < 1)) {
        return tbc_log_err(TBC_ERR_CORRUPT, "%s: not a database of %s", s->sql.name,
                           c->owner);
    }
    if (version > (int64_t)c->migrations_n) {
        return tbc_log_err(TBC_ERR_UNSUPPORTED, "%s: made by a newer %s", s->sql.name,
                           c->owner);
    }
    return (err = check_pages(s)) == TBC_OK ? migrate(s, version) : err;
}

static void
sqlite_close(struct tbc_sql *sql)
{
    struct sqlite *s = own(sql);

    for (size_t i = 0; s->statements != NULL && i < sql->catalogue->texts_n; i++) {
        (void)sqlite3_finalize(s->statements[i].st);
    }
    free(s->statements);
    (void)sqlite3_close(s->db);
    free(s);
}

static enum tbc_err
connect_file(struct sqlite *s, bool make)
{
    const char *path = s->sql.name;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;

    if (make && access(path, F_OK) == 0) {
        return tbc_log_err(TBC_ERR_EXISTS, "%s", path);
    }
    if (!make && access(path, F_OK) != 0) {
        return tbc_log_err(TBC_ERR_NOT_FOUND, "%s: %s", path,
                           s->sql.catalogue->make_hint);
    }
    flags |= make ? SQLITE_OPEN_CREATE : 0;
    return report(s, sqlite3_open_v2(path, &s->db, flags, NULL));
}

static enum tbc_err
sqlite_open(struct tbc_sql **sql, const char *where,
            const struct tbc_sql_catalogue *catalogue, bool make)
{
    struct sqlite *s = calloc(1, sizeof *s);
    enum tbc_err err;

    *sql = NULL;
    if (s == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    s->sql.driver = &tbc_sql_sqlite;
    s->sql.catalogue = catalogue;
    s->statements = calloc(catalogue->texts_n, sizeof *s->statements);
    if (s->statements == NULL) {
        err = TBC_ERR_NO_MEMORY;
    } else if (strlen(where) >= sizeof s->sql.name) {
        err = tbc_log_err(TBC_ERR_LIMIT, "%s", where);
    } else {
        (void)snprintf(s->sql.name, sizeof s->sql.name, "%s", where);
        err = connect_file(s, make);
    }
    if (err != TBC_OK || (err = settle(s, make)) != TBC_OK) {
        sqlite_close(&s->sql);
        return err;
    }
    *sql = &s->sql;
    return TBC_OK;
}

const struct tbc_sql_driver tbc_sql_sqlite = {
    .open = sqlite_open,
    .close = sqlite_close,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .execute = sqlite_execute,
    .run = sqlite_run,
    .query = sqlite_query,
    .step = sqlite_step,
    .done = sqlite_done,
    .column_int = sqlite_column_int,
    .column_bytes = sqlite_column_bytes,
};
