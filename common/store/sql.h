/* The database beneath a store: as much of SQL as this folder needs, and no more, so that every
 * operation is written once and runs on each driver.
 *
 * Statements stand in a table of texts that both drivers understand; $1, $2 ... take the values
 * in order.  They are prepared when first used.  A query of one statement is read to its end or
 * given up with tbc_sql_done before the same statement is used again.
 *
 * What went wrong is logged here, once, except what callers expect: ERR_NOT_FOUND, ERR_EXISTS and
 * ERR_BUSY. */
#ifndef TBC_STORE_SQL_H
#define TBC_STORE_SQL_H

#include "base/buf.h"
#include "base/when.h"

#include <poll.h>

#define TBC_SQL_VALUES_MAX 16

/* A value to bind. */
struct tbc_sql_value {
    enum tbc_sql_type {
        TBC_SQL_INT,
        TBC_SQL_TEXT,
        TBC_SQL_BLOB
    } type;
    int64_t number;
    struct tbc_span bytes; /* BLOB: ptr NULL binds NULL */
};

#define TBC_INT(v)                                  \
    {                                               \
        .type = TBC_SQL_INT, .number = (int64_t)(v) \
    }
#define TBC_TEXT(v)                                    \
    {                                                  \
        .type = TBC_SQL_TEXT, .bytes = tbc_span_str(v) \
    }
#define TBC_BLOB(p, n)                                   \
    {                                                    \
        .type = TBC_SQL_BLOB, .bytes = tbc_span_of(p, n) \
    }
#define TBC_SPAN(s)                        \
    {                                      \
        .type = TBC_SQL_BLOB, .bytes = (s) \
    }
#define TBC_VALUES_N(arr) (sizeof(arr) / sizeof *(arr))

/* One step from a version of the tables to the next.  Never changed once it was released. */
struct tbc_sql_migration {
    const char *sqlite;
    const char *postgres;
};

/* What the tables are and what is asked of them; static. */
struct tbc_sql_catalogue {
    const char *owner;        /* for messages: "tbc-station" */
    const char *make_hint;    /* what to do when there is no database */
    int32_t application;      /* marks an SQLite file as ours */
    const char *const *texts; /* the statements */
    size_t texts_n;
    const struct tbc_sql_migration *migrations; /* version n is the first n */
    size_t migrations_n;
};

struct tbc_sql;
struct tbc_sql_rows; /* a query being read */

/* A driver.  Functions are as those of the same name below; sql is the driver's own struct, of
 * which struct tbc_sql is the first member. */
struct tbc_sql_driver {
    enum tbc_err (*open)(struct tbc_sql **sql, const char *where,
                         const struct tbc_sql_catalogue *catalogue, bool make);
    void (*close)(struct tbc_sql *sql);
    enum tbc_err (*begin)(struct tbc_sql *sql);
    enum tbc_err (*commit)(struct tbc_sql *sql);
    void (*rollback)(struct tbc_sql *sql);
    /* outside of transactions, when nobody waits: what can be done later is done now */
    enum tbc_err (*rest)(struct tbc_sql *sql);
    /* outside of transactions, after each: a little of that */
    enum tbc_err (*tend)(struct tbc_sql *sql);
    /* outside of transactions: what was deleted is no longer in the files */
    enum tbc_err (*scrub)(struct tbc_sql *sql);
    /* A copy of the database at another place, made in steps between transactions; one at a time.
     * NULL: the database has ways of its own.  Step: ERR_IO when the connection was lost meanwhile.
     * End closes the copy, whole or not. */
    enum tbc_err (*copy_begin)(struct tbc_sql *sql, const char *path);
    enum tbc_err (*copy_step)(struct tbc_sql *sql, bool *done);
    void (*copy_end)(struct tbc_sql *sql);
    /* a text without values that gives no rows */
    enum tbc_err (*execute)(struct tbc_sql *sql, const char *text);
    enum tbc_err (*run)(struct tbc_sql *sql, size_t which,
                        const struct tbc_sql_value *values, size_t n,
                        uint64_t *changed);
    enum tbc_err (*query)(struct tbc_sql *sql, size_t which,
                          const struct tbc_sql_value *values, size_t n,
                          struct tbc_sql_rows **rows);
    enum tbc_err (*step)(struct tbc_sql_rows *rows);
    void (*done)(struct tbc_sql_rows *rows);
    int64_t (*column_int)(const struct tbc_sql_rows *rows, int i);
    struct tbc_span (*column_bytes)(const struct tbc_sql_rows *rows, int i);
};

extern const struct tbc_sql_driver tbc_sql_sqlite;
extern const struct tbc_sql_driver tbc_sql_postgres;

#define TBC_SQL_NAME_MAX 1023

/* What a driver calls while it waits for its server longer than a moment, waited_ms by now: wait until
 * fd is ready, at most ms, and serve others meanwhile, who may ask nothing of this database. */
typedef void (*tbc_sql_patience)(void *arg, struct pollfd *fd, int ms,
                                 int64_t waited_ms);

struct tbc_sql {
    const struct tbc_sql_driver *driver;
    const struct tbc_sql_catalogue *catalogue;
    char name[TBC_SQL_NAME_MAX + 1]; /* for messages: holds no secret */
    tbc_sql_patience patience;       /* NULL: none */
    void *patience_arg;
};

struct tbc_sql_rows {
    struct tbc_sql *sql;
};

/* Open the database at `where`: postgresql://..., or the path of an SQLite file.  make: its tables
 * must not be there yet; otherwise they must be, and are brought up to date.
 * Errors: ERR_EXISTS, ERR_NOT_FOUND, ERR_BUSY (another process has it), ERR_CORRUPT (damaged, or
 * not ours), ERR_UNSUPPORTED (made by a newer program), ERR_NETWORK (no server answers),
 * ERR_DENIED (a password in the address, or one that others can read), ERR_MALFORMED (no address),
 * ERR_IO, ERR_NO_MEMORY; all logged. */
enum tbc_err
tbc_sql_open(struct tbc_sql **sql, const char *where,
             const struct tbc_sql_catalogue *catalogue, bool make) TBC_MUST_CHECK;
void tbc_sql_close(struct tbc_sql **sql);

/* Waits until nobody else has a transaction that writes: ERR_BUSY, here or at the next query, when that
 * takes too long.  A server that was lost is looked for again here and by what runs outside of transactions: ERR_NETWORK
 * while there is none. */
enum tbc_err tbc_sql_begin(struct tbc_sql *sql) TBC_MUST_CHECK;
/* TBC_OK: it is on the disk, and on the standby where there is one.  ERR_NETWORK, ERR_TIMEOUT: it may be
 * or not. */
enum tbc_err tbc_sql_commit(struct tbc_sql *sql) TBC_MUST_CHECK;
/* Ends what was begun, if anything was. */
void tbc_sql_rollback(struct tbc_sql *sql);
/* A part of a transaction that can be taken back by itself. */
enum tbc_err tbc_sql_mark(struct tbc_sql *sql) TBC_MUST_CHECK;
enum tbc_err tbc_sql_keep(struct tbc_sql *sql) TBC_MUST_CHECK;
enum tbc_err tbc_sql_undo(struct tbc_sql *sql) TBC_MUST_CHECK;

/* Run a statement that gives no rows; changed counts the rows it touched.  When it is NULL, a failure
 * within a transaction may be told later, at the latest by commit. */
enum tbc_err
tbc_sql_run(struct tbc_sql *sql, size_t which, const struct tbc_sql_value *values,
            size_t n, uint64_t *changed) TBC_MUST_CHECK;
/* The same for an INSERT ... ON CONFLICT DO NOTHING: ERR_EXISTS when it did nothing. */
enum tbc_err tbc_sql_add(struct tbc_sql *sql, size_t which,
                         const struct tbc_sql_value *values, size_t n) TBC_MUST_CHECK;

/* Start a statement that gives rows; values are copied.  Then step: TBC_OK for a row,
 * ERR_NOT_FOUND at the end.  tbc_sql_done takes NULL and a query that is at its end. */
enum tbc_err
tbc_sql_query(struct tbc_sql *sql, size_t which, const struct tbc_sql_value *values,
              size_t n, struct tbc_sql_rows **rows) TBC_MUST_CHECK;
enum tbc_err tbc_sql_step(struct tbc_sql_rows *rows) TBC_MUST_CHECK;
void tbc_sql_done(struct tbc_sql_rows *rows);

/* A query for one number; ERR_NOT_FOUND when there is no row. */
enum tbc_err
tbc_sql_number(struct tbc_sql *sql, size_t which, const struct tbc_sql_value *values,
               size_t n, uint64_t *out) TBC_MUST_CHECK;

/* Columns of the present row, from 0.  Bytes are borrowed until the next step; NULL gives the
 * empty span. */
int64_t tbc_column_int(const struct tbc_sql_rows *rows, int i);
struct tbc_span tbc_column_bytes(const struct tbc_sql_rows *rows, int i);
/* False when the stored value does not fit. */
bool tbc_column_text(const struct tbc_sql_rows *rows, int i, char *out,
                     size_t size) TBC_MUST_CHECK;
bool tbc_column_fixed(const struct tbc_sql_rows *rows, int i, uint8_t *out,
                      size_t len) TBC_MUST_CHECK;
static inline struct tbc_utc
tbc_column_time(const struct tbc_sql_rows *rows, int i)
{
    return (struct tbc_utc){ .s = tbc_column_int(rows, i) };
}

#endif
