/* PostgreSQL: a connection's errors, and waiting for it no longer than is sensible. */
#include "store/sql_postgres.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#define ANSWER_MS   8000
#define MOMENT_MS   50  /* nobody is served meanwhile */
#define PATIENCE_MS 250 /* then others are, in bites of at most that */
#define STATE_LEN   5

/* The message of libpq on one line. */
void
tbc_postgres_complain(const struct postgres *p, const char *what)
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
        tbc_postgres_complain(p, "lost");
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

struct postgres_wait
tbc_postgres_wait_ms(int64_t ms)
{
    const struct tbc_mono now = tbc_clock_mono();

    return (struct postgres_wait){ .ms = ms,
                                   .moment = { now.ms + MOMENT_MS },
                                   .end = { now.ms + ms } };
}

/* A moment is waited for alone; what takes longer is whoever the patience serves meanwhile. */
enum tbc_err
tbc_postgres_await(struct postgres *p, const struct postgres_wait *w, short events,
                   short *revents)
{
    const int64_t now = tbc_clock_mono().ms;
    const int64_t left = w->end.ms - now;
    struct pollfd fd = { .fd = PQsocket(p->conn), .events = events };

    *revents = 0;
    if (fd.fd < 0) {
        return TBC_ERR_NETWORK;
    }
    if (left <= 0) {
        return TBC_ERR_TIMEOUT;
    }
    if (p->sql.patience == NULL) {
        (void)poll(&fd, 1, (int)left);
    } else if (now < w->moment.ms) {
        (void)poll(&fd, 1, (int)(left < MOMENT_MS ? left : MOMENT_MS));
    } else {
        p->sql.patience(p->sql.patience_arg, &fd,
                        (int)(left < PATIENCE_MS ? left : PATIENCE_MS), w->ms - left);
    }
    *revents = fd.revents;
    return TBC_OK;
}

/* Wait until the server can be read, writing what is left meanwhile. */
static enum tbc_err
wait_for(struct postgres *p, const struct postgres_wait *w)
{
    const int unsent = PQflush(p->conn);
    short revents = 0;
    enum tbc_err err = TBC_ERR_NETWORK;

    if (unsent >= 0) {
        err =
            tbc_postgres_await(p, w, unsent > 0 ? POLLIN | POLLOUT : POLLIN, &revents);
    }
    if (err == TBC_ERR_TIMEOUT) {
        tbc_log(TBC_LOG_ERROR, "%s: no answer for %" PRId64 " ms", p->sql.name, w->ms);
    }
    if (err == TBC_OK && (revents & ~POLLOUT) != 0 && PQconsumeInput(p->conn) == 0) {
        tbc_postgres_complain(p, "lost");
        return TBC_ERR_NETWORK;
    }
    return err;
}

PGresult *
tbc_postgres_exec(struct postgres *p, const char *text)
{
    const struct postgres_wait w = tbc_postgres_wait_ms(ANSWER_MS);
    PGresult *last = NULL;
    PGresult *r = NULL;

    if (PQsendQuery(p->conn, text) != 1) {
        return NULL;
    }
    do {
        while (PQisBusy(p->conn) != 0) {
            if (wait_for(p, &w) != TBC_OK) {
                PQclear(last);
                return NULL;
            }
        }
        if ((r = PQgetResult(p->conn)) != NULL) {
            PQclear(last);
            last = r;
        }
    } while (r != NULL);
    return last;
}

static enum tbc_err
next_result(struct postgres *p, const struct postgres_wait *w, PGresult **r)
{
    enum tbc_err err = TBC_OK;

    *r = NULL;
    if (PQflush(p->conn) < 0) {
        tbc_postgres_complain(p, "lost");
        return TBC_ERR_NETWORK;
    }
    while (PQisBusy(p->conn) != 0) {
        if ((err = wait_for(p, w)) != TBC_OK) {
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
    const struct postgres_wait w = tbc_postgres_wait_ms(ANSWER_MS);
    enum tbc_err first = TBC_OK;
    enum tbc_err err = PQpipelineSync(p->conn) == 1 ? TBC_OK : TBC_ERR_NETWORK;
    bool synced = false;
    size_t place = 0;

    *last = NULL;
    *at = 0;
    while (err == TBC_OK && !synced) {
        PGresult *r;

        if ((err = next_result(p, &w, &r)) != TBC_OK) {
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
