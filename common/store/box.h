/* What the files of the outbox share; nobody else includes it. */
#ifndef TBC_STORE_BOX_H
#define TBC_STORE_BOX_H

#include "store/outbox.h"
#include "store/sql.h"

#include <sqlite3.h>

#define TBC_BOX_SEAL_LEN 16

#define TBC_BOX_STATEMENTS 32

/* A statement that is kept for the next time. */
struct tbc_box_statement {
    const char *sql; /* static text; NULL: a free place */
    sqlite3_stmt *st;
    bool taken;
};

struct tbc_outbox {
    sqlite3 *db;
    struct tbc_box_statement statements[TBC_BOX_STATEMENTS];
    int frames;                        /* of the log that are not in the file itself */
    struct tbc_use uses[TBC_USES_MAX]; /* of whom is being recalled */
};

/* What a code of SQLite means. */
enum tbc_err tbc_box_err(int rc);
/* The same for the last call on this one: a disk that takes no more is told apart from one that
 * fails. */
enum tbc_err tbc_box_last(struct tbc_outbox *box, int rc);

/* A statement with its values, ? in order; args are borrowed until tbc_box_end.  sql: static text, which
 * is parsed once. */
enum tbc_err
tbc_box_ask(struct tbc_outbox *box, const char *sql, const struct tbc_sql_value *args,
            size_t n, sqlite3_stmt **st) TBC_MUST_CHECK;
/* Done with it; takes NULL. */
void tbc_box_end(struct tbc_outbox *box, sqlite3_stmt *st);
/* Before the file is closed. */
void tbc_box_forget_statements(struct tbc_outbox *box);
/* One that gives no rows. */
enum tbc_err tbc_box_run(struct tbc_outbox *box, const char *sql,
                         const struct tbc_sql_value *args, size_t n) TBC_MUST_CHECK;
/* Several at once, and what is asked once. */
enum tbc_err tbc_box_exec(struct tbc_outbox *box, const char *sql);
/* The number that a statement without values gives. */
enum tbc_err tbc_box_number(struct tbc_outbox *box, const char *sql, int64_t *value);
/* Ends a transaction as err says; what was begun is never left open. */
enum tbc_err tbc_box_finish(struct tbc_outbox *box, enum tbc_err err) TBC_MUST_CHECK;

struct tbc_span tbc_box_bytes(sqlite3_stmt *st, int at);
/* Bytes of exactly that length into an array; what has another length is damage. */
bool tbc_box_fixed(sqlite3_stmt *st, int at, uint8_t *out, size_t len);

/* The digest that a row carries of itself, from its fields one after the other. */
enum tbc_err tbc_box_seal(const struct tbc_buf *row,
                          uint8_t seal[static TBC_BOX_SEAL_LEN]) TBC_MUST_CHECK;

/* A row of `entry` as it stands in the file. */
struct tbc_box_row {
    struct tbc_entry entry;
    struct tbc_utc earlier;
    bool settled;
    bool conflict;
    bool heard; /* another gate's: whether the station knows it is not known here */
};

#define TBC_BOX_ROW                                                                  \
    "event, cti, verdict, at, train, depart, earlier, settled, conflict, seal, act," \
    " annuls, holder, heard"
#define TBC_BOX_COLUMNS 14

enum tbc_err tbc_box_seal_row(const struct tbc_box_row *r,
                              uint8_t seal[static TBC_BOX_SEAL_LEN]) TBC_MUST_CHECK;
/* Reads TBC_BOX_ROW and checks the digest. */
enum tbc_err tbc_box_read_row(sqlite3_stmt *st, struct tbc_box_row *r) TBC_MUST_CHECK;

/* ERR_EXISTS: that event has its row already. */
enum tbc_err
tbc_box_insert_row(struct tbc_outbox *box, const struct tbc_box_row *r) TBC_MUST_CHECK;

/* Whether all that is kept is as it was written. */
enum tbc_err tbc_box_check_kept(struct tbc_outbox *box) TBC_MUST_CHECK;

#endif
