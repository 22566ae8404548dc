/* PostgreSQL: the connection, its errors, and waiting for it no longer than is sensible. */
#include "store/sql_postgres.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The server gives up first, so that its reason is heard; the client when it is not. */
#define SETTINGS                                                       \
    "SET statement_timeout = 5000; SET lock_timeout = 4000;"           \
    "SET idle_in_transaction_session_timeout = 20000;"                 \
    "SET client_min_messages = warning; SET client_encoding = 'UTF8';" \
    "SELECT set_config('synchronous_commit', 'on', false)"             \
    " WHERE current_setting('synchronous_commit') IN ('off', 'local'," \
    " 'remote_write')"
#define ANSWER_MS    8000
#define PAUSE_LEAST  50
#define PAUSE_MOST   1000
#define KEYWORDS_MAX 64
#define STATE_LEN    5

/* Where the address does not say: only a server that takes writes, and no endless waiting. */
static const struct {
    const char *keyword;
    const char *value;
} defaults[] = {
    { "target_session_attrs", "read-write" },
    { "connect_timeout", "3" },
    { "tcp_user_timeout", "5000" },
    { "keepalives_idle", "5" },
    { "keepalives_interval", "2" },
    { "keepalives_count", "3" },
    { "fallback_application_name", "tbc-station" },
};

static const char *
given(const PQconninfoOption *options, const char *keyword)
{
    for (; options->keyword != NULL; options++) {
        if (strcmp(options->keyword, keyword) == 0) {
            return options->val;
        }
    }
    return NULL;
}

/* libpq would pass over a password file that others can read, and say something else. */
static enum tbc_err
check_passfile(const struct postgres *p)
{
    const char *path = given(p->address, "passfile");
    struct stat st;

    if (path == NULL) {
        return TBC_OK;
    }
    if (stat(path, &st) != 0) {
        tbc_log(TBC_LOG_ERROR, "%s: %s", path, strerror(errno));
        return TBC_ERR_NOT_FOUND;
    }
    if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return tbc_log_err(TBC_ERR_DENIED,
                           "%s: others can read this secret; chmod 600 it", path);
    }
    return TBC_OK;
}

enum tbc_err
tbc_postgres_address(struct postgres *p, const char *url)
{
    const char *host;
    const char *name;

    p->address = PQconninfoParse(url, NULL); /* its message would repeat the address */
    if (p->address == NULL) {
        return tbc_log_err(TBC_ERR_MALFORMED,
                           "the store's address: postgresql://HOST/DATABASE is wanted");
    }
    if (given(p->address, "password") != NULL ||
        given(p->address, "sslpassword") != NULL) {
        return tbc_log_err(TBC_ERR_DENIED,
                           "the store's address: a password belongs in a file of its "
                           "own (?passfile=FILE, or PGPASSFILE)");
    }
    host = given(p->address, "host");
    name = given(p->address, "dbname");
    (void)snprintf(p->sql.name, sizeof p->sql.name, "postgresql://%s/%s",
                   host == NULL ? "" : host, name == NULL ? "" : name);
    return check_passfile(p);
}

static PGconn *
connect_given(const struct postgres *p)
{
    const char *keywords[KEYWORDS_MAX + 1];
    const char *values[KEYWORDS_MAX + 1];
    size_t n = 0;

    for (const PQconninfoOption *o = p->address; o->keyword != NULL; o++) {
        if (o->val != NULL && n < KEYWORDS_MAX - sizeof defaults / sizeof *defaults) {
            keywords[n] = o->keyword;
            values[n++] = o->val;
        }
    }
    for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++) {
        if (given(p->address, defaults[i].keyword) == NULL) {
            keywords[n] = defaults[i].keyword;
            values[n++] = defaults[i].value;
        }
    }
    keywords[n] = NULL;
    values[n] = NULL;
    return PQconnectdbParams(keywords, values, 0);
}

static void
hear_notice(void *arg, const PGresult *r)
{
    struct postgres *p = arg;

    (void)r; /* its details may quote values */
    p->warned = true;
}

/* The message of libpq on one line. */
static void
log_connection(const struct postgres *p, const char *what)
{
    char line[256];

    (void)snprintf(line, sizeof line, "%s", PQerrorMessage(p->conn));
    for (char *c = strchr(line, '\n'); c != NULL; c = strchr(c, '\n')) {
        *c = ' ';
    }
    tbc_log(TBC_LOG_ERROR, "%s: %s: %s", p->sql.name, what, line);
}

void
tbc_postgres_drop(struct postgres *p)
{
    PQfinish(p->conn);
    p->conn = NULL;
    p->sent = 0;
    p->failed = TBC_ERR_NETWORK;
    for (size_t i = 0; i < p->sql.catalogue->texts_n; i++) {
        p->statements[i].prepared = false;
    }
}

enum tbc_err
tbc_postgres_connect(struct postgres *p)
{
    const bool first = p->pause_ms == 0;
    PGresult *r;

    if (tbc_clock_mono().ms < p->retry_at.ms) {
        return TBC_ERR_NETWORK;
    }
    p->conn = connect_given(p);
    if (PQstatus(p->conn) == CONNECTION_OK) {
        (void)PQsetNoticeReceiver(p->conn, hear_notice, p);
        r = PQexec(p->conn, SETTINGS);
        if (PQresultStatus(r) == PGRES_TUPLES_OK) {
            PQclear(r);
            p->pause_ms = 0;
            return TBC_OK;
        }
        PQclear(r);
    }
    if (first) {
        log_connection(p, "cannot connect");
    }
    tbc_postgres_drop(p);
    p->pause_ms = first ? PAUSE_LEAST : p->pause_ms * 2;
    p->pause_ms = p->pause_ms > PAUSE_MOST ? PAUSE_MOST : p->pause_ms;
    p->retry_at.ms = tbc_clock_mono().ms + p->pause_ms;
    return TBC_ERR_NETWORK;
}

/* SQLSTATE: a class, or a whole state where its class says too little. */
static const struct {
    const char *state;
    enum tbc_err err;
    bool expected;
} meanings[] = {
    { "23505", TBC_ERR_EXISTS, true },     /* unique_violation */
    { "42P07", TBC_ERR_EXISTS, false },    /* duplicate_table */
    { "40", TBC_ERR_BUSY, true },          /* serialization failure, deadlock */
    { "55P03", TBC_ERR_BUSY, true },       /* lock_not_available */
    { "57014", TBC_ERR_BUSY, false },      /* query_canceled: statement_timeout */
    { "25P02", TBC_ERR_BUSY, true },       /* in a transaction that has failed */
    { "25", TBC_ERR_NETWORK, false },      /* read-only: no longer the primary */
    { "57", TBC_ERR_NETWORK, false },      /* shutting down, starting up, crashed */
    { "08", TBC_ERR_NETWORK, false },      /* connection exceptions */
    { "53200", TBC_ERR_NO_MEMORY, false }, /* out_of_memory */
    { "53300", TBC_ERR_NETWORK, false },   /* too_many_connections */
    { "XX", TBC_ERR_CORRUPT, false },      /* data or index corrupted, internal */
    { "42", TBC_ERR_CORRUPT, false },      /* our tables are not as we made them */
};

enum tbc_err
tbc_postgres_err(struct postgres *p, const PGresult *r)
{
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    const char *said = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
    enum tbc_err err = TBC_ERR_IO;
    bool expected = false;

    if (state == NULL) { /* libpq's own: the connection ended */
        log_connection(p, "lost");
        return TBC_ERR_NETWORK;
    }
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        if (strncmp(state, meanings[i].state, strlen(meanings[i].state)) == 0) {
            err = meanings[i].err;
            expected = meanings[i].expected;
            break;
        }
    }
    if (!expected) {
        tbc_log(TBC_LOG_ERROR, "%s: %.*s %s", p->sql.name, STATE_LEN, state,
                said == NULL ? "" : said);
    }
    return err;
}

/* Wait until the server can be read, writing what is left meanwhile. */
static enum tbc_err
wait_for(struct postgres *p, struct tbc_mono end)
{
    const int unsent = PQflush(p->conn);
    const int64_t left = end.ms - tbc_clock_mono().ms;
    struct pollfd fd = { .fd = PQsocket(p->conn), .events = POLLIN };

    if (unsent < 0 || fd.fd < 0) {
        return TBC_ERR_NETWORK;
    }
    if (left <= 0) {
        tbc_log(TBC_LOG_ERROR, "%s: no answer for %d ms", p->sql.name, ANSWER_MS);
        return TBC_ERR_TIMEOUT;
    }
    if (unsent > 0) {
        fd.events |= POLLOUT;
    }
    if (poll(&fd, 1, (int)left) > 0 && (fd.revents & ~POLLOUT) != 0 &&
        PQconsumeInput(p->conn) == 0) {
        log_connection(p, "lost");
        return TBC_ERR_NETWORK;
    }
    return TBC_OK;
}

static enum tbc_err
next_result(struct postgres *p, struct tbc_mono end, PGresult **r)
{
    enum tbc_err err = TBC_OK;

    *r = NULL;
    if (PQflush(p->conn) < 0) {
        log_connection(p, "lost");
        return TBC_ERR_NETWORK;
    }
    while (PQisBusy(p->conn) != 0) {
        if ((err = wait_for(p, end)) != TBC_OK) {
            return err;
        }
    }
    *r = PQgetResult(p->conn);
    return *r == NULL && PQstatus(p->conn) == CONNECTION_BAD ? TBC_ERR_NETWORK : TBC_OK;
}

/* One result that is not the end of the pipeline. */
static void
take_result(struct postgres *p, PGresult *r, size_t place, enum tbc_err *first,
            PGresult **last, size_t *at)
{
    switch (PQresultStatus(r)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
        PQclear(*last);
        *last = r;
        return;
    case PGRES_PIPELINE_ABORTED: /* because of one before */
        break;
    default:
        if (*first == TBC_OK) {
            *first = tbc_postgres_err(p, r);
            *at = place;
        }
        break;
    }
    PQclear(r);
}

enum tbc_err
tbc_postgres_collect(struct postgres *p, PGresult **last, size_t *at)
{
    const struct tbc_mono end = { tbc_clock_mono().ms + ANSWER_MS };
    enum tbc_err first = TBC_OK;
    enum tbc_err err = PQpipelineSync(p->conn) == 1 ? TBC_OK : TBC_ERR_NETWORK;
    bool synced = false;
    size_t place = 0;

    *last = NULL;
    *at = 0;
    while (err == TBC_OK && !synced) {
        PGresult *r;

        if ((err = next_result(p, end, &r)) != TBC_OK) {
            break;
        }
        if (r == NULL) {
            place++; /* the end of one statement's results */
        } else if (PQresultStatus(r) == PGRES_PIPELINE_SYNC) {
            synced = true;
            PQclear(r);
        } else {
            take_result(p, r, place, &first, last, at);
        }
    }
    p->sent = 0;
    err = err == TBC_OK ? first : err;
    if (!synced || err == TBC_ERR_NETWORK) {
        tbc_postgres_drop(p);
        err = err == TBC_OK ? TBC_ERR_NETWORK : err;
        *at = 0;
    }
    if (err != TBC_OK) {
        PQclear(*last);
        *last = NULL;
    }
    return err;
}
