/* SQLite 3.40: one file, one connection that nobody else may share (its write-ahead log has a
 * fault that needs two), WAL with synchronous=FULL.
 *
 * After an error of the disk nothing is done in the transaction any more, and before the next one the
 * file is closed, opened and read through again: what this process has in memory of it may not be
 * what the disk has. */
#include "store/sql_sqlite.h"

#include "store/sums.h"
#include "sys/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void
sqlite_close(struct tbc_sql *sql)
{
    struct sqlite *s = own(sql);

    tbc_sqlite_disconnect(s);
    free(s->statements);
    free(s);
}

/* A connection that can take statements. */
static enum tbc_err
ready(struct sqlite *s)
{
    if (s->in_transaction) {
        /* SQLite ends a transaction by itself after some errors; what came then would be outside */
        return s->broken || sqlite3_get_autocommit(s->db) != 0 ? TBC_ERR_IO : TBC_OK;
    }
    return s->broken ? tbc_sqlite_reopen(s) : TBC_OK;
}

static enum tbc_err
sqlite_execute(struct tbc_sql *sql, const char *text)
{
    enum tbc_err err = ready(own(sql));

    return err == TBC_OK ? tbc_sqlite_execute(own(sql), text) : err;
}

static enum tbc_err
sqlite_begin(struct tbc_sql *sql)
{
    enum tbc_err err = sqlite_execute(sql, "BEGIN IMMEDIATE");

    own(sql)->in_transaction = err == TBC_OK;
    return err;
}

static enum tbc_err
sqlite_commit(struct tbc_sql *sql)
{
    enum tbc_err err = sqlite_execute(sql, "COMMIT");

    own(sql)->in_transaction = err != TBC_OK;
    return err;
}

static void
sqlite_rollback(struct tbc_sql *sql)
{
    struct sqlite *s = own(sql);

    s->in_transaction = false;
    if (s->db != NULL && sqlite3_get_autocommit(s->db) == 0) {
        (void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    }
}

/* What is deleted is overwritten (secure_delete), but the log still has it. */
static enum tbc_err
sqlite_rest(struct tbc_sql *sql)
{
    struct sqlite *s = own(sql);
    enum tbc_err err = ready(s);

    return err == TBC_OK
               ? tbc_sqlite_report(
                     s, sqlite3_wal_checkpoint_v2(
                            s->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL))
               : err;
}

static enum tbc_err
sqlite_tend(struct tbc_sql *sql)
{
    struct sqlite *s = own(sql);

    return s->broken || s->in_transaction || s->db == NULL
               ? TBC_OK
               : tbc_sqlite_report(s, tbc_sums_tend(s->db));
}

static enum tbc_err
sqlite_scrub(struct tbc_sql *sql)
{
    enum tbc_err err = ready(own(sql));

    return err == TBC_OK ? tbc_sqlite_settle_log(own(sql)) : err;
}

/* The statement, prepared, reset and without bindings. */
static enum tbc_err
prepare(struct sqlite *s, size_t which, struct sqlite_rows **out)
{
    struct sqlite_rows *st = &s->statements[which];
    enum tbc_err err = ready(s);

    *out = st;
    if (err != TBC_OK) {
        return err;
    }
    if (st->st != NULL) {
        (void)sqlite3_reset(st->st);
        (void)sqlite3_clear_bindings(st->st);
        return TBC_OK;
    }
    st->rows.sql = &s->sql;
    return tbc_sqlite_report(
        s, sqlite3_prepare_v3(s->db, s->sql.catalogue->texts[which], -1,
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
      struct sqlite_rows **out)
{
    enum tbc_err err = prepare(s, which, out);

    for (size_t i = 0; i < n && err == TBC_OK; i++) {
        int at = sqlite3_bind_parameter_index((*out)->st, parameters[i]);

        err = tbc_sqlite_report(s, bind_value((*out)->st, at, &values[i]));
    }
    return err;
}

static enum tbc_err
sqlite_query(struct tbc_sql *sql, size_t which, const struct tbc_sql_value *values,
             size_t n, struct tbc_sql_rows **rows)
{
    struct sqlite_rows *st;
    enum tbc_err err = start(own(sql), which, values, n, &st);

    *rows = err == TBC_OK ? &st->rows : NULL;
    return err;
}

static enum tbc_err
sqlite_step(struct tbc_sql_rows *rows)
{
    struct sqlite_rows *st = (struct sqlite_rows *)rows;
    int code = sqlite3_step(st->st);

    if (code == SQLITE_ROW) {
        return TBC_OK;
    }
    (void)sqlite3_reset(st->st);
    return code == SQLITE_DONE ? TBC_ERR_NOT_FOUND
                               : tbc_sqlite_report(own(rows->sql), code);
}

static void
sqlite_done(struct tbc_sql_rows *rows)
{
    struct sqlite_rows *st = (struct sqlite_rows *)rows;

    (void)sqlite3_reset(st->st);
    (void)sqlite3_clear_bindings(st->st);
}

static enum tbc_err
sqlite_run(struct tbc_sql *sql, size_t which, const struct tbc_sql_value *values,
           size_t n, uint64_t *changed)
{
    struct sqlite_rows *st;
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
    return sqlite3_column_int64(((const struct sqlite_rows *)rows)->st, i);
}

static struct tbc_span
sqlite_column_bytes(const struct tbc_sql_rows *rows, int i)
{
    sqlite3_stmt *st = ((const struct sqlite_rows *)rows)->st;
    const void *bytes = sqlite3_column_blob(st, i);

    return tbc_span_of(bytes, (size_t)sqlite3_column_bytes(st, i));
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
        err = tbc_sqlite_connect(s, make);
    }
    if (err != TBC_OK) {
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
    .rest = sqlite_rest,
    .tend = sqlite_tend,
    .scrub = sqlite_scrub,
    .copy_begin = tbc_sqlite_copy_begin,
    .copy_step = tbc_sqlite_copy_step,
    .copy_end = tbc_sqlite_copy_end,
    .execute = sqlite_execute,
    .run = sqlite_run,
    .query = sqlite_query,
    .step = sqlite_step,
    .done = sqlite_done,
    .column_int = sqlite_column_int,
    .column_bytes = sqlite_column_bytes,
};
