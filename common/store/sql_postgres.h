/* What the files of the PostgreSQL driver share. */
#ifndef TBC_STORE_SQL_POSTGRES_H
#define TBC_STORE_SQL_POSTGRES_H

#include "store/sql.h"

#include <libpq-fe.h>

#include <inttypes.h>

/* One transaction that writes at a time, also among several processes: quotas are counted, indices
 * and positions given, entries compared with those before, and the journal has one end.  Finer locks
 * would all meet there, and would have to be taken in one order by everybody.  The number is the catalogue's. */
#define TBC_POSTGRES_LOCK "SELECT pg_advisory_xact_lock(%" PRId32 ")"

struct postgres_rows {
    struct tbc_sql_rows rows;
    bool prepared; /* on the present connection */
    PGresult *result;
    int at; /* the present row */
};

struct postgres {
    struct tbc_sql sql;
    PGconn *conn;              /* in pipeline mode; NULL: lost */
    PQconninfoOption *address; /* as given; has no password */
    struct postgres_rows *statements;
    size_t sent; /* statements of the open pipeline whose results were not read yet */
    bool in_transaction;
    enum tbc_err failed; /* of the open transaction: nothing of it can be kept */
    bool warned;         /* the server warned since this was last cleared */
    int64_t pause_ms;    /* between two attempts to connect */
    struct tbc_mono retry_at;
};

/* Waiting for the server: alone until moment, then with patience until end. */
struct postgres_wait {
    int64_t ms; /* of all of it */
    struct tbc_mono moment;
    struct tbc_mono end;
};
struct postgres_wait tbc_postgres_wait_ms(int64_t ms);
/* A step of it: what became of the connection's socket, perhaps nothing yet.  ERR_TIMEOUT at its end,
 * ERR_NETWORK without a socket; not logged. */
enum tbc_err tbc_postgres_await(struct postgres *p, const struct postgres_wait *w,
                                short events, short *revents) TBC_MUST_CHECK;

/* Read an address; a password in it is refused.  Sets p->address and p->sql.name. */
enum tbc_err tbc_postgres_address(struct postgres *p, const char *url) TBC_MUST_CHECK;

/* Connect to the first host that serves, within a bounded time; p->conn is then there, not yet in pipeline mode.
 * ERR_NETWORK, logged unless the last attempt failed too. */
enum tbc_err tbc_postgres_connect(struct postgres *p) TBC_MUST_CHECK;
/* As PQexec, within a bounded time, before the pipeline; NULL when nothing came of it. */
PGresult *tbc_postgres_exec(struct postgres *p, const char *text);
/* Are these our tables, and of which version?  With make: make them.  Errors as tbc_sql_open. */
enum tbc_err tbc_postgres_settle(struct postgres *p, bool make) TBC_MUST_CHECK;
/* Give the connection up; what was open in it is lost. */
void tbc_postgres_drop(struct postgres *p);

/* End the pipeline, read all its results, give the last one (to be cleared; may be NULL).
 * Errors: what the server or the network said of the first that failed; *at is its place. */
enum tbc_err
tbc_postgres_collect(struct postgres *p, PGresult **last, size_t *at) TBC_MUST_CHECK;

/* Log what libpq says of the connection, on one line. */
void tbc_postgres_complain(const struct postgres *p, const char *what);
/* What a failed result means; logged unless callers expect it. */
enum tbc_err tbc_postgres_err(struct postgres *p, const PGresult *r);

#endif
