/* PostgreSQL 15 through libpq: one connection, prepared statements, pipelines.
 *
 * What gives no rows is only sent; the next query, or the commit, carries it along and hears how
 * it went.  When one of these has failed, nothing of the transaction can be kept: to take back
 * to a mark would take back more than its caller knows of.
 *
 * When the connection is lost in a commit, nobody knows whether it happened.  Nothing is
 * acknowledged then, and the retry finds its request remembered, or does not. */
#include "store/sql_postgres.h"

#include "sys/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SENT_MAX 256 /* before results are read in between */

/* Type numbers of pg_type, fixed since ever. */
#define OID_BYTEA 17
#define OID_INT8  20
#define OID_TEXT  25

static const Oid oids[] = {
    [TBC_SQL_INT] = OID_INT8,
    [TBC_SQL_TEXT] = OID_TEXT,
    [TBC_SQL_BLOB] = OID_BYTEA,
};

/* Values as libpq wants them, all in binary form. */
struct bound {
    uint8_t numbers[TBC_SQL_VALUES_MAX][8];
    const char *values[TBC_SQL_VALUES_MAX];
    int lengths[TBC_SQL_VALUES_MAX];
    int formats[TBC_SQL_VALUES_MAX];
    Oid types[TBC_SQL_VALUES_MAX];
};

static struct postgres *
own(struct tbc_sql *sql)
{
    return (struct postgres *)sql;
}

static void
put_be64(uint8_t out[static 8], uint64_t v)
{
    for (int i = 7; i >= 0; i--) {
        out[i] = (uint8_t)v;
        v >>= 8;
    }
}

static enum tbc_err
bind_values(struct bound *b, const struct tbc_sql_value *values, size_t n)
{
    if (n > TBC_SQL_VALUES_MAX) {
        return TBC_ERR_LIMIT;
    }
    for (size_t i = 0; i < n; i++) {
        const struct tbc_sql_value *v = &values[i];

        b->formats[i] = 1;
        b->types[i] = oids[v->type];
        b->lengths[i] = (int)v->bytes.len;
        b->values[i] = (const char *)v->bytes.ptr;
        if (v->type == TBC_SQL_INT) {
            put_be64(b->numbers[i], (uint64_t)v->number);
            b->values[i] = (const char *)b->numbers[i];
            b->lengths[i] = 8;
        } else if (v->type == TBC_SQL_TEXT && b->values[i] == NULL) {
            b->values[i] = "";
        }
    }
    return TBC_OK;
}

/* Read the results of what was sent.  With last, the last of it is the caller's own and may fail
 * by itself; anything else that fails ends the transaction. */
static enum tbc_err
collect(struct postgres *p, PGresult **last)
{
    const size_t others = last == NULL ? p->sent : p->sent - 1;
    PGresult *r;
    size_t at;
    enum tbc_err err = tbc_postgres_collect(p, &r, &at);

    if (err != TBC_OK && p->in_transaction && (p->conn == NULL || at < others)) {
        p->failed = err;
    }
    if (last != NULL) {
        *last = r;
    } else {
        PQclear(r);
    }
    return err;
}

static enum tbc_err
lose(struct postgres *p)
{
    tbc_postgres_drop(p);
    return TBC_ERR_NETWORK;
}

static enum tbc_err
connect_and_settle(struct postgres *p, bool make)
{
    enum tbc_err err = tbc_postgres_connect(p);

    if (err != TBC_OK || (err = tbc_postgres_settle(p, make)) != TBC_OK) {
        return err;
    }
    return PQenterPipelineMode(p->conn) == 1 && PQsetnonblocking(p->conn, 1) == 0
               ? TBC_OK
               : TBC_ERR_NETWORK;
}

/* A connection that can take statements.  A lost one is not replaced within a transaction. */
static enum tbc_err
ready(struct postgres *p)
{
    enum tbc_err err;

    if (p->in_transaction) {
        return p->failed;
    }
    if (p->conn != NULL) {
        return TBC_OK;
    }
    if ((err = connect_and_settle(p, false)) != TBC_OK) {
        tbc_postgres_drop(p);
        return err;
    }
    tbc_log(TBC_LOG_INFO, "%s: connected again", p->sql.name);
    return TBC_OK;
}

static enum tbc_err
send_text(struct postgres *p, const char *text)
{
    if (PQsendQueryParams(p->conn, text, 0, NULL, NULL, NULL, NULL, 1) != 1) {
        return lose(p);
    }
    p->sent++;
    return p->sent < SENT_MAX ? TBC_OK : collect(p, NULL);
}

/* Once for each statement and connection, and waited for: one that was skipped because of an
 * earlier error would be missed for ever. */
static enum tbc_err
prepare(struct postgres *p, size_t which, const struct bound *b, size_t n)
{
    char name[16];
    PGresult *r = NULL;
    enum tbc_err err;

    if (p->statements[which].prepared) {
        return TBC_OK;
    }
    if (p->sent > 0 && (err = collect(p, NULL)) != TBC_OK) {
        return err;
    }
    (void)snprintf(name, sizeof name, "s%zu", which);
    if (PQsendPrepare(p->conn, name, p->sql.catalogue->texts[which], (int)n,
                      b->types) != 1) {
        return lose(p);
    }
    p->sent++;
    err = collect(p, &r);
    PQclear(r);
    p->statements[which].prepared = err == TBC_OK;
    return err;
}

static enum tbc_err
send_statement(struct postgres *p, size_t which, const struct tbc_sql_value *values,
               size_t n)
{
    struct bound b = { 0 };
    char name[16];
    enum tbc_err err;

    if ((err = ready(p)) != TBC_OK || (err = bind_values(&b, values, n)) != TBC_OK ||
        (err = prepare(p, which, &b, n)) != TBC_OK) {
        return err;
    }
    (void)snprintf(name, sizeof name, "s%zu", which);
    if (PQsendQueryPrepared(p->conn, name, (int)n, b.values, b.lengths, b.formats, 1) !=
        1) {
        return lose(p);
    }
    p->sent++;
    return TBC_OK;
}

static enum tbc_err
postgres_execute(struct tbc_sql *sql, const char *text)
{
    struct postgres *p = own(sql);
    enum tbc_err err;

    if ((err = ready(p)) != TBC_OK || (err = send_text(p, text)) != TBC_OK) {
        return err;
    }
    return p->in_transaction || p->sent == 0 ? TBC_OK : collect(p, NULL);
}

/* The server sees to its log itself. */
static enum tbc_err
postgres_rest(struct tbc_sql *sql)
{
    (void)sql;
    return TBC_OK;
}

/* Deleted rows stay in their pages until a vacuum; of the keys not even a page stays. */
static enum tbc_err
postgres_scrub(struct tbc_sql *sql)
{
    return postgres_execute(sql, "VACUUM (FULL) own, secret");
}

static enum tbc_err
postgres_begin(struct tbc_sql *sql)
{
    struct postgres *p = own(sql);
    char lock[96];
    enum tbc_err err = ready(p);

    if (err != TBC_OK) {
        return err;
    }
    (void)snprintf(lock, sizeof lock, TBC_POSTGRES_LOCK, sql->catalogue->application);
    p->failed = TBC_OK;
    p->in_transaction = true;
    err = send_text(p, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
    return err == TBC_OK ? send_text(p, lock) : err;
}

static enum tbc_err
postgres_commit(struct tbc_sql *sql)
{
    struct postgres *p = own(sql);
    PGresult *r = NULL;
    enum tbc_err err = p->failed;

    p->warned = false;
    if (err != TBC_OK || (err = send_text(p, "COMMIT")) != TBC_OK) {
        return err;
    }
    if ((err = collect(p, &r)) == TBC_OK && strcmp(PQcmdStatus(r), "COMMIT") != 0) {
        err = TBC_ERR_BUSY; /* the server rolled back instead */
    }
    PQclear(r);
    if (err == TBC_OK && p->warned) {
        /* committed here, but the wait for the standby was cut short */
        err = tbc_log_err(lose(p), "%s: not known to be on the standby", p->sql.name);
    }
    p->in_transaction = err != TBC_OK;
    return err;
}

static void
postgres_rollback(struct tbc_sql *sql)
{
    struct postgres *p = own(sql);

    if (!p->in_transaction) {
        return;
    }
    if (p->conn != NULL && send_text(p, "ROLLBACK") == TBC_OK && p->sent > 0) {
        (void)collect(p, NULL);
    }
    if (p->conn != NULL && PQtransactionStatus(p->conn) != PQTRANS_IDLE) {
        /* the ROLLBACK itself was skipped after an error before it */
        if (send_text(p, "ROLLBACK") == TBC_OK && collect(p, NULL) != TBC_OK) {
            tbc_postgres_drop(p);
        }
    }
    p->in_transaction = false;
}

static enum tbc_err
postgres_run(struct tbc_sql *sql, size_t which, const struct tbc_sql_value *values,
             size_t n, uint64_t *changed)
{
    struct postgres *p = own(sql);
    PGresult *r = NULL;
    enum tbc_err err = send_statement(p, which, values, n);

    if (err != TBC_OK) {
        return err;
    }
    if (changed == NULL && p->in_transaction) {
        return p->sent < SENT_MAX ? TBC_OK : collect(p, NULL);
    }
    if ((err = collect(p, &r)) == TBC_OK && changed != NULL) {
        *changed = strtoull(PQcmdTuples(r), NULL, 10);
    }
    PQclear(r);
    return err;
}

static void
postgres_done(struct tbc_sql_rows *rows)
{
    struct postgres_rows *q = (struct postgres_rows *)rows;

    PQclear(q->result);
    q->result = NULL;
}

static enum tbc_err
postgres_query(struct tbc_sql *sql, size_t which, const struct tbc_sql_value *values,
               size_t n, struct tbc_sql_rows **rows)
{
    struct postgres *p = own(sql);
    struct postgres_rows *q = &p->statements[which];
    PGresult *r = NULL;
    enum tbc_err err;

    if ((err = send_statement(p, which, values, n)) != TBC_OK ||
        (err = collect(p, &r)) != TBC_OK) {
        return err;
    }
    PQclear(q->result);
    q->rows.sql = sql;
    q->result = r;
    q->at = -1;
    *rows = &q->rows;
    return TBC_OK;
}

static enum tbc_err
postgres_step(struct tbc_sql_rows *rows)
{
    struct postgres_rows *q = (struct postgres_rows *)rows;

    if (q->result != NULL && q->at + 1 < PQntuples(q->result)) {
        q->at++;
        return TBC_OK;
    }
    postgres_done(rows);
    return TBC_ERR_NOT_FOUND;
}

static struct tbc_span
postgres_column_bytes(const struct tbc_sql_rows *rows, int i)
{
    const struct postgres_rows *q = (const struct postgres_rows *)rows;

    if (PQgetisnull(q->result, q->at, i) != 0) {
        return (struct tbc_span){ 0 };
    }
    return tbc_span_of(PQgetvalue(q->result, q->at, i),
                       (size_t)PQgetlength(q->result, q->at, i));
}

static int64_t
postgres_column_int(const struct tbc_sql_rows *rows, int i)
{
    struct tbc_span s = postgres_column_bytes(rows, i);
    uint64_t v = 0;

    for (size_t k = 0; k < s.len; k++) {
        v = v << 8 | s.ptr[k];
    }
    return (int64_t)v;
}

static void
postgres_close(struct tbc_sql *sql)
{
    struct postgres *p = own(sql);

    for (size_t i = 0; p->statements != NULL && i < sql->catalogue->texts_n; i++) {
        PQclear(p->statements[i].result);
    }
    PQfinish(p->conn);
    PQconninfoFree(p->address);
    free(p->statements);
    free(p);
}

static enum tbc_err
postgres_open(struct tbc_sql **sql, const char *where,
              const struct tbc_sql_catalogue *catalogue, bool make)
{
    struct postgres *p = calloc(1, sizeof *p);
    enum tbc_err err = TBC_ERR_NO_MEMORY;

    *sql = NULL;
    if (p == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    p->sql.driver = &tbc_sql_postgres;
    p->sql.catalogue = catalogue;
    p->statements = calloc(catalogue->texts_n, sizeof *p->statements);
    if (p->statements == NULL || (err = tbc_postgres_address(p, where)) != TBC_OK ||
        (err = connect_and_settle(p, make)) != TBC_OK) {
        postgres_close(&p->sql);
        return err;
    }
    *sql = &p->sql;
    return TBC_OK;
}

const struct tbc_sql_driver tbc_sql_postgres = {
    .open = postgres_open,
    .close = postgres_close,
    .begin = postgres_begin,
    .commit = postgres_commit,
    .rollback = postgres_rollback,
    .rest = postgres_rest,
    .tend = postgres_rest,
    .scrub = postgres_scrub,
    .execute = postgres_execute,
    .run = postgres_run,
    .query = postgres_query,
    .step = postgres_step,
    .done = postgres_done,
    .column_int = postgres_column_int,
    .column_bytes = postgres_column_bytes,
};
