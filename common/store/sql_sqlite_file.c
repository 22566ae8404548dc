/* SQLite: the file, opened, made, brought up to date, found sound; and its errors. */
#include "store/sql_sqlite.h"
#include "store/sums.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAUSE_MS 1000 /* between two attempts to open again */

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

enum tbc_err
tbc_sqlite_report(struct sqlite *s, int code)
{
    enum tbc_err err = code == SQLITE_IOERR_DATA ? TBC_ERR_CORRUPT : err_of(code);

    if ((code & 0xff) == SQLITE_IOERR && err != TBC_ERR_CORRUPT) {
        s->broken = true;
    }
    if (err == TBC_ERR_CORRUPT) {
        return tbc_log_err(err, "%s: restore a backup", s->sql.name);
    }
    if (err != TBC_OK && err != TBC_ERR_EXISTS && err != TBC_ERR_BUSY) {
        tbc_log(TBC_LOG_ERROR, "%s: %s", s->sql.name, sqlite3_errstr(code));
    }
    return err;
}

enum tbc_err
tbc_sqlite_execute(struct sqlite *s, const char *text)
{
    return tbc_sqlite_report(s, sqlite3_exec(s->db, text, NULL, NULL, NULL));
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
    return tbc_sqlite_report(s, code);
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
    return tbc_sqlite_report(s, code);
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
        if ((err = tbc_sqlite_execute(s, "BEGIN EXCLUSIVE")) != TBC_OK ||
            (err = tbc_sqlite_execute(s, c->migrations[v].sqlite)) != TBC_OK ||
            (err = tbc_sqlite_execute(s, stamp)) != TBC_OK ||
            (err = tbc_sqlite_execute(s, "COMMIT")) != TBC_OK) {
            (void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
        }
    }
    return err;
}

/* Move what stands in the log to its place, and write it anew: after a failed sync it can be read,
 * but may never have reached the disk, and no later sync would bring it there. */
enum tbc_err
tbc_sqlite_settle_log(struct sqlite *s)
{
    int64_t busy;
    enum tbc_err err = pragma_number(s, "PRAGMA wal_checkpoint(TRUNCATE)", &busy);

    return err == TBC_OK && busy != 0 ? TBC_ERR_BUSY : err;
}

static enum tbc_err
settle(struct sqlite *s, bool make)
{
    const struct tbc_sql_catalogue *c = s->sql.catalogue;
    int64_t id;
    int64_t version;
    enum tbc_err err;

    /* Pages are held in memory, because a read page is checked; the log is folded back when nobody
     * waits (tbc_store_rest) and a little after each transaction (tbc_store_tend), so that requests
     * are not held up for it; for one who does neither, at 256 MB.  No page goes into the log before
     * its commit: when a part of a transaction is taken back after that, SQLite 3.40 may commit what
     * comes then under sums that no recovery believes.
     * In exclusive mode the lock is kept from the first write until the connection ends. */
    if ((err = tbc_sqlite_execute(s, "PRAGMA locking_mode = EXCLUSIVE;"
                                     "PRAGMA journal_mode = WAL;"
                                     "PRAGMA synchronous = FULL;"
                                     "PRAGMA secure_delete = ON;"
                                     "PRAGMA trusted_schema = OFF;"
                                     "PRAGMA cache_size = -65536;"
                                     "PRAGMA cache_spill = OFF;"
                                     "PRAGMA wal_autocheckpoint = 65536;"
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
    if ((err = tbc_sqlite_settle_log(s)) != TBC_OK ||
        (err = check_pages(s)) != TBC_OK) {
        return err;
    }
    return migrate(s, version);
}

static enum tbc_err
connect_file(struct sqlite *s, bool make)
{
    const char *path = s->sql.name;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    enum tbc_err err;

    if (make && access(path, F_OK) == 0) {
        return tbc_log_err(TBC_ERR_EXISTS, "%s", path);
    }
    if (!make && access(path, F_OK) != 0) {
        return tbc_log_err(TBC_ERR_NOT_FOUND, "%s: %s", path,
                           s->sql.catalogue->make_hint);
    }
    flags |= make ? SQLITE_OPEN_CREATE : 0;
    if ((err = tbc_sums_install()) != TBC_OK) {
        return tbc_log_err(err, "%s: SQLite", path);
    }
    err = tbc_sqlite_report(s, sqlite3_open_v2(path, &s->db, flags, TBC_SUMS_VFS));
    if (err == TBC_OK) {
        (void)sqlite3_extended_result_codes(s->db, 1);
    }
    return err == TBC_OK && make ? tbc_sums_begin(s->db) : err;
}

enum tbc_err
tbc_sqlite_connect(struct sqlite *s, bool make)
{
    enum tbc_err err = connect_file(s, make);

    return err == TBC_OK ? settle(s, make) : err;
}

void
tbc_sqlite_disconnect(struct sqlite *s)
{
    for (size_t i = 0; s->statements != NULL && i < s->sql.catalogue->texts_n; i++) {
        (void)sqlite3_finalize(s->statements[i].st);
        s->statements[i].st = NULL;
    }
    tbc_sqlite_copy_end(&s->sql);
    (void)sqlite3_close(s->db);
    s->db = NULL;
}

enum tbc_err
tbc_sqlite_reopen(struct sqlite *s)
{
    enum tbc_err err;

    if (tbc_clock_mono().ms < s->retry_at.ms) {
        return TBC_ERR_IO;
    }
    tbc_sqlite_disconnect(s);
    s->broken = false;
    if ((err = connect_file(s, false)) == TBC_OK &&
        (err = settle(s, false)) == TBC_OK) {
        tbc_log(TBC_LOG_INFO, "%s: opened again", s->sql.name);
        return TBC_OK;
    }
    tbc_sqlite_disconnect(s);
    s->broken = true;
    s->retry_at.ms = tbc_clock_mono().ms + PAUSE_MS;
    return err == TBC_ERR_CORRUPT ? err : TBC_ERR_IO;
}
