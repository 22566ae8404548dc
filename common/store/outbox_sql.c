/* The outbox: its SQLite. */
#include "store/box.h"

#include <errno.h>
#include <string.h>

enum tbc_err
tbc_box_err(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return TBC_OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return TBC_ERR_BUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR: /* our statements are right: the tables are not */
        return TBC_ERR_CORRUPT;
    case SQLITE_CONSTRAINT:
        return TBC_ERR_EXISTS;
    case SQLITE_NOMEM:
        return TBC_ERR_NO_MEMORY;
    case SQLITE_FULL:
        return TBC_ERR_FULL;
    default:
        return TBC_ERR_IO;
    }
}

static bool
is_full(int cause)
{
    return cause == ENOSPC || cause == EDQUOT || cause == EFBIG;
}

/* Whether the system said so of the last write to the database or to its log. */
static bool
found_no_room(struct tbc_outbox *box)
{
    sqlite3_file *log = NULL;
    int cause = 0;

    if (sqlite3_file_control(box->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) ==
            SQLITE_OK &&
        log != NULL && log->pMethods != NULL) {
        (void)log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &cause);
    }
    if (is_full(cause)) {
        return true;
    }
    (void)sqlite3_file_control(box->db, "main", SQLITE_FCNTL_LAST_ERRNO, &cause);
    return is_full(cause);
}

/* A write beyond a quota or a file's limit is a full disk too; a sync that fails is not, whatever it
 * says: what the disk holds is then unknown. */
enum tbc_err
tbc_box_last(struct tbc_outbox *box, int rc)
{
    const enum tbc_err err = tbc_box_err(rc);

    return err == TBC_ERR_IO &&
                   sqlite3_extended_errcode(box->db) == SQLITE_IOERR_WRITE &&
                   found_no_room(box)
               ? TBC_ERR_FULL
               : err;
}

static int
bind(sqlite3_stmt *st, int at, const struct tbc_sql_value *arg)
{
    switch (arg->type) {
    case TBC_SQL_INT:
        return sqlite3_bind_int64(st, at, arg->number);
    case TBC_SQL_BLOB:
        return arg->bytes.len == 0 ? sqlite3_bind_zeroblob(st, at, 0)
                                   : sqlite3_bind_blob64(st, at, arg->bytes.ptr,
                                                         arg->bytes.len, SQLITE_STATIC);
    case TBC_SQL_TEXT:
        return sqlite3_bind_text(st, at, (const char *)arg->bytes.ptr,
                                 (int)arg->bytes.len, SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

/* Its place, or a free one; NULL when all are taken, or this one is in use. */
static struct tbc_box_statement *
place_of(struct tbc_outbox *box, const char *sql)
{
    for (size_t i = 0; i < TBC_BOX_STATEMENTS; i++) {
        struct tbc_box_statement *s = &box->statements[i];

        if (s->sql == sql || s->sql == NULL) {
            return s->taken ? NULL : s;
        }
    }
    return NULL;
}

static int
prepare(struct tbc_outbox *box, const char *sql, sqlite3_stmt **st)
{
    struct tbc_box_statement *s = place_of(box, sql);
    int rc = SQLITE_OK;

    if (s == NULL) {
        return sqlite3_prepare_v2(box->db, sql, -1, st, NULL);
    }
    if (s->st == NULL) {
        rc = sqlite3_prepare_v3(box->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->st,
                                NULL);
    }
    if (rc == SQLITE_OK) {
        s->sql = sql;
        s->taken = true;
        *st = s->st;
    }
    return rc;
}

void
tbc_box_end(struct tbc_outbox *box, sqlite3_stmt *st)
{
    for (size_t i = 0; i < TBC_BOX_STATEMENTS && st != NULL; i++) {
        if (box->statements[i].st == st) {
            (void)sqlite3_reset(st); /* its error was told by the step */
            (void)sqlite3_clear_bindings(st);
            box->statements[i].taken = false;
            return;
        }
    }
    (void)sqlite3_finalize(st);
}

void
tbc_box_forget_statements(struct tbc_outbox *box)
{
    for (size_t i = 0; i < TBC_BOX_STATEMENTS; i++) {
        (void)sqlite3_finalize(box->statements[i].st);
        box->statements[i] = (struct tbc_box_statement){ 0 };
    }
}

enum tbc_err
tbc_box_ask(struct tbc_outbox *box, const char *sql, const struct tbc_sql_value *args,
            size_t n, sqlite3_stmt **st)
{
    int rc = prepare(box, sql, st);

    for (size_t i = 0; i < n && rc == SQLITE_OK; i++) {
        rc = bind(*st, (int)i + 1, &args[i]);
    }
    return tbc_box_err(rc);
}

enum tbc_err
tbc_box_run(struct tbc_outbox *box, const char *sql, const struct tbc_sql_value *args,
            size_t n)
{
    sqlite3_stmt *st = NULL;
    enum tbc_err err = tbc_box_ask(box, sql, args, n, &st);

    if (err == TBC_OK) {
        err = tbc_box_last(box, sqlite3_step(st));
    }
    tbc_box_end(box, st);
    return err;
}

enum tbc_err
tbc_box_exec(struct tbc_outbox *box, const char *sql)
{
    return tbc_box_last(box, sqlite3_exec(box->db, sql, NULL, NULL, NULL));
}

enum tbc_err
tbc_box_finish(struct tbc_outbox *box, enum tbc_err err)
{
    if (err == TBC_OK) {
        err = tbc_box_run(box, "COMMIT", NULL, 0);
    }
    if (err != TBC_OK && sqlite3_get_autocommit(box->db) == 0) {
        (void)tbc_box_exec(box, "ROLLBACK"); /* err tells the cause */
    }
    return err;
}

struct tbc_span
tbc_box_bytes(sqlite3_stmt *st, int at)
{
    const void *ptr = sqlite3_column_blob(st, at);

    return tbc_span_of(ptr, (size_t)sqlite3_column_bytes(st, at));
}

bool
tbc_box_fixed(sqlite3_stmt *st, int at, uint8_t *out, size_t len)
{
    struct tbc_span s = tbc_box_bytes(st, at);

    if (s.len != len) {
        return false;
    }
    memcpy(out, s.ptr, len);
    return true;
}

enum tbc_err
tbc_box_number(struct tbc_outbox *box, const char *sql, int64_t *value)
{
    sqlite3_stmt *st = NULL;
    enum tbc_err err = tbc_box_ask(box, sql, NULL, 0, &st);

    *value = 0;
    if (err == TBC_OK) {
        err = tbc_box_err(sqlite3_step(st));
        *value = err == TBC_OK ? sqlite3_column_int64(st, 0) : 0;
    }
    tbc_box_end(box, st);
    return err;
}
