/* What the two files of the SQLite driver share. */
#ifndef TBC_STORE_SQL_SQLITE_H
#define TBC_STORE_SQL_SQLITE_H

#include "store/sql.h"

#include <sqlite3.h>

struct sqlite_rows {
    struct tbc_sql_rows rows;
    sqlite3_stmt *st; /* NULL: not used yet */
};

struct sqlite {
    struct tbc_sql sql;
    sqlite3 *db; /* NULL: closed after an error, and not open again yet */
    struct sqlite_rows *statements; /* catalogue->texts_n */
    bool in_transaction;
    bool broken; /* the disk has failed */
    struct tbc_mono retry_at;
    sqlite3 *copy; /* a backup being written; NULL: none */
    sqlite3_backup *copying;
};

/* Open the file (with make: a new one) and settle it: our tables, of this version, sound.  Errors as
 * tbc_sql_open, logged. */
enum tbc_err tbc_sqlite_connect(struct sqlite *s, bool make) TBC_MUST_CHECK;
void tbc_sqlite_disconnect(struct sqlite *s);
/* Outside of transactions, when the disk has failed: begin anew with what it has.  ERR_IO while it
 * does not work, ERR_CORRUPT. */
enum tbc_err tbc_sqlite_reopen(struct sqlite *s) TBC_MUST_CHECK;

/* Move what stands in the log to its place and cut the log to nothing; outside of transactions. */
enum tbc_err tbc_sqlite_settle_log(struct sqlite *s) TBC_MUST_CHECK;

/* sql_sqlite_copy.c: as the driver's functions. */
enum tbc_err
tbc_sqlite_copy_begin(struct tbc_sql *sql, const char *path) TBC_MUST_CHECK;
enum tbc_err tbc_sqlite_copy_step(struct tbc_sql *sql, bool *done) TBC_MUST_CHECK;
void tbc_sqlite_copy_end(struct tbc_sql *sql);

/* Run texts of our own. */
enum tbc_err tbc_sqlite_execute(struct sqlite *s, const char *text) TBC_MUST_CHECK;
/* What a code means; logged unless it is an answer to be expected. */
enum tbc_err tbc_sqlite_report(struct sqlite *s, int code);

#endif
