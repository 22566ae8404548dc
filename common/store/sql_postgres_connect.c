/* PostgreSQL: the address, and connecting to it.
 *
 * The hosts of an address are tried one by one, each within the address's connect_timeout: libpq's
 * own way with several would either block or, not blocking, wait for ever at a host that hangs. */
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
#define PAUSE_LEAST  50
#define PAUSE_MOST   1000
#define KEYWORDS_MAX 64
#define HOSTS_MAX    8
#define ELEMENT_MAX  256
#define TIMEOUT      "3" /* seconds a host */
#define TIMEOUT_MOST 60

/* Where the address does not say: only a server that takes writes, and no endless waiting. */
static const struct {
    const char *keyword;
    const char *value;
} defaults[] = {
    { "target_session_attrs", "read-write" },
    { "connect_timeout", TIMEOUT },
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

/* How many hosts the address names; those of the environment are one. */
static size_t
count_hosts(const struct postgres *p)
{
    const char *list = given(p->address, "host");
    size_t n = 1;

    list = list == NULL ? given(p->address, "hostaddr") : list;
    for (const char *c = list; c != NULL && *c != '\0'; c++) {
        n += *c == ',' ? 1 : 0;
    }
    return n < HOSTS_MAX ? n : HOSTS_MAX;
}

/* The element of a list with commas; of a list of one, that one for all. */
static void
pick(const char *list, size_t which, char out[static ELEMENT_MAX])
{
    const char *from = list;

    for (size_t i = 0; i < which && strchr(from, ',') != NULL; i++) {
        from = strchr(from, ',') + 1;
    }
    (void)snprintf(out, ELEMENT_MAX, "%.*s", (int)strcspn(from, ","), from);
}

/* What libpq is told, for one of the hosts. */
struct told {
    const char *keywords[KEYWORDS_MAX + 1];
    const char *values[KEYWORDS_MAX + 1];
    char picked[3][ELEMENT_MAX];
};

static void
tell(const struct postgres *p, size_t host, struct told *t)
{
    static const char *const lists[] = { "host", "hostaddr", "port" };
    size_t n = 0;

    *t = (struct told){ 0 };
    for (const PQconninfoOption *o = p->address; o->keyword != NULL; o++) {
        if (o->val != NULL && n < KEYWORDS_MAX - sizeof defaults / sizeof *defaults) {
            t->keywords[n] = o->keyword;
            t->values[n] = o->val;
            for (size_t i = 0; i < 3; i++) {
                if (strcmp(o->keyword, lists[i]) == 0) {
                    pick(o->val, host, t->picked[i]);
                    t->values[n] = t->picked[i];
                }
            }
            n++;
        }
    }
    for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++) {
        if (given(p->address, defaults[i].keyword) == NULL) {
            t->keywords[n] = defaults[i].keyword;
            t->values[n++] = defaults[i].value;
        }
    }
}

static int64_t
timeout_ms(const struct postgres *p)
{
    const char *text = given(p->address, "connect_timeout");
    const long s = strtol(text == NULL ? TIMEOUT : text, NULL, 10);

    return (s < 1 || s > TIMEOUT_MOST ? TIMEOUT_MOST : s) * 1000;
}

static void
hear_notice(void *arg, const PGresult *r)
{
    struct postgres *p = arg;

    (void)r; /* its details may quote values */
    p->warned = true;
}

/* The handshake with one host, in steps that libpq names. */
static enum tbc_err
shake_hands(struct postgres *p)
{
    const struct postgres_wait w = tbc_postgres_wait_ms(timeout_ms(p));
    PostgresPollingStatusType step = PGRES_POLLING_WRITING;
    enum tbc_err err = PQstatus(p->conn) == CONNECTION_BAD ? TBC_ERR_NETWORK : TBC_OK;

    while (err == TBC_OK && step != PGRES_POLLING_OK) {
        short revents;

        err = tbc_postgres_await(
            p, &w, step == PGRES_POLLING_READING ? POLLIN : POLLOUT, &revents);
        if (err == TBC_OK && revents != 0) {
            step = PQconnectPoll(p->conn);
            err = step == PGRES_POLLING_FAILED ? TBC_ERR_NETWORK : TBC_OK;
        }
    }
    return err;
}

static enum tbc_err
settings(struct postgres *p)
{
    PGresult *r;
    enum tbc_err err;

    (void)PQsetNoticeReceiver(p->conn, hear_notice, p);
    r = tbc_postgres_exec(p, SETTINGS);
    err = PQresultStatus(r) == PGRES_TUPLES_OK ? TBC_OK : TBC_ERR_NETWORK;
    PQclear(r);
    return err;
}

static enum tbc_err
connect_to(struct postgres *p, size_t host)
{
    struct told t;
    enum tbc_err err;

    tell(p, host, &t);
    p->conn = PQconnectStartParams(t.keywords, t.values, 0);
    if (p->conn == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    if ((err = shake_hands(p)) == TBC_OK && (err = settings(p)) == TBC_OK) {
        return TBC_OK;
    }
    if (p->pause_ms == 0) {
        tbc_postgres_complain(p, err == TBC_ERR_TIMEOUT ? "cannot connect in time"
                                                        : "cannot connect");
    }
    tbc_postgres_drop(p);
    return TBC_ERR_NETWORK;
}

enum tbc_err
tbc_postgres_connect(struct postgres *p)
{
    const size_t hosts = count_hosts(p);

    if (tbc_clock_mono().ms < p->retry_at.ms) {
        return TBC_ERR_NETWORK;
    }
    for (size_t i = 0; i < hosts; i++) {
        if (connect_to(p, i) == TBC_OK) {
            p->pause_ms = 0;
            return TBC_OK;
        }
    }
    p->pause_ms = p->pause_ms == 0 ? PAUSE_LEAST : p->pause_ms * 2;
    p->pause_ms = p->pause_ms > PAUSE_MOST ? PAUSE_MOST : p->pause_ms;
    p->retry_at.ms = tbc_clock_mono().ms + p->pause_ms;
    return TBC_ERR_NETWORK;
}
