/* Copies of an SQLite database, from the one connection that it has: what that changes between two
 * steps goes into the copy too, so the copy is the database as it is at the last step. */
#include "store/sql_sqlite.h"
#include "store/sums.h"
#include "sys/log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGES 64 /* of a step */

static enum tbc_err
make_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);

    if (fd < 0) {
        return tbc_log_err(TBC_ERR_IO, "%s: cannot be made", path);
    }
    (void)close(fd);
    return TBC_OK;
}

enum tbc_err
tbc_sqlite_copy_begin(struct tbc_sql *sql, const char *path)
{
    struct sqlite *s = (struct sqlite *)sql;
    enum tbc_err err;

    if (s->copy != NULL || s->db == NULL || s->broken) {
        return TBC_ERR_BUSY;
    }
    if ((err = make_file(path)) != TBC_OK) {
        return err;
    }
    if (sqlite3_open_v2(path, &s->copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                        TBC_SUMS_VFS) != SQLITE_OK ||
        sqlite3_exec(s->copy,
                     "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL;",
                     NULL, NULL, NULL) != SQLITE_OK ||
        tbc_sums_begin(s->copy) != TBC_OK ||
        (s->copying = sqlite3_backup_init(s->copy, "main", s->db, "main")) == NULL) {
        tbc_log(TBC_LOG_ERROR, "%s: %s", path, sqlite3_errmsg(s->copy));
        tbc_sqlite_copy_end(sql);
        return TBC_ERR_IO;
    }
    return TBC_OK;
}

enum tbc_err
tbc_sqlite_copy_step(struct tbc_sql *sql, bool *done)
{
    struct sqlite *s = (struct sqlite *)sql;
    int code;

    *done = false;
    if (s->copying == NULL) {
        return TBC_ERR_IO;
    }
    code = sqlite3_backup_step(s->copying, PAGES);
    if (code == SQLITE_DONE) {
        code = sqlite3_backup_finish(s->copying);
        s->copying = NULL;
        *done = code == SQLITE_OK;
        tbc_sqlite_copy_end(sql);
    }
    return code == SQLITE_BUSY || code == SQLITE_LOCKED ? TBC_OK
                                                        : tbc_sqlite_report(s, code);
}

void
tbc_sqlite_copy_end(struct tbc_sql *sql)
{
    struct sqlite *s = (struct sqlite *)sql;

    (void)sqlite3_backup_finish(s->copying);
    (void)sqlite3_close(s->copy);
    s->copying = NULL;
    s->copy = NULL;
}
