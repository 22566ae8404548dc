/* What only a server can suffer: it goes away, it is shared, it keeps one waiting. */
#include "postgres.h"
#include "store/inner.h"
#include "suite.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DATABASE "station"
#define BACK_MS  20000 /* within this a server that is there again is found */

static const uint8_t seal_key[TBC_SEAL_KEY_LEN] = { 1, 2, 3 };
static struct tbc_postgres server;
static char url[TBC_POSTGRES_URL];

static void
stop_server(void)
{
    tbc_postgres_stop(&server);
}

static struct tbc_store *
fresh_store(void)
{
    struct tbc_store *s = NULL;

    if (url[0] == '\0') {
        if (atexit(stop_server) != 0 || !tbc_postgres_start(&server, true)) {
            exit(2);
        }
        tbc_postgres_url(&server, NULL, DATABASE, url);
    }
    if (!tbc_postgres_make(&server, DATABASE) ||
        tbc_store_open(&s, url, seal_key, true) != TBC_OK) {
        exit(2);
    }
    return s;
}

static struct tbc_store *
another(void)
{
    struct tbc_store *s = NULL;

    return tbc_store_open(&s, url, seal_key, false) == TBC_OK ? s : NULL;
}

/* Begin, as soon as the server is there. */
static bool
begin_again(struct tbc_store *s)
{
    const int64_t end = tbc_clock_mono().ms + BACK_MS;
    enum tbc_err err;

    do {
        err = tbc_store_begin(s);
        if (err == TBC_ERR_NETWORK) {
            (void)poll(NULL, 0, 20); /* nothing to wait on but time */
        }
    } while (err == TBC_ERR_NETWORK && tbc_clock_mono().ms < end);
    return err == TBC_OK;
}

static enum tbc_err
add_one(struct tbc_store *s, const char *name)
{
    uint64_t v = 0;
    enum tbc_err err;

    if ((err = tbc_store_begin(s)) != TBC_OK ||
        (err = tbc_store_get(s, name, &v)) != TBC_OK ||
        (err = tbc_store_set(s, name, v + 1)) != TBC_OK ||
        (err = tbc_store_commit(s)) != TBC_OK) {
        tbc_store_rollback(s);
    }
    return err;
}

static void
a_power_cut_takes_what_was_not_committed_and_nothing_else(void)
{
    struct tbc_store *s = fresh_store();
    uint64_t v = 0;

    for (int i = 0; i < 20; i++) {
        CU_ASSERT_EQUAL(add_one(s, "kept"), TBC_OK);
    }
    CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_set(s, "lost", 1), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_get(s, "lost", &v), TBC_OK);
    CU_ASSERT_EQUAL(v, 1);
    CU_ASSERT_FATAL(tbc_postgres_kill(&server));
    CU_ASSERT_EQUAL(tbc_store_commit(s), TBC_ERR_NETWORK);
    tbc_store_rollback(s);
    CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_ERR_NETWORK);
    CU_ASSERT_EQUAL(tbc_store_get(s, "kept", &v), TBC_ERR_NETWORK);
    CU_ASSERT_FATAL(tbc_postgres_restart(&server));
    CU_ASSERT_FATAL(begin_again(s));
    CU_ASSERT_EQUAL(tbc_store_get(s, "kept", &v), TBC_OK);
    CU_ASSERT_EQUAL(v, 20);
    CU_ASSERT_EQUAL(tbc_store_get(s, "lost", &v), TBC_OK);
    CU_ASSERT_EQUAL(v, 0);
    CU_ASSERT_EQUAL(tbc_store_commit(s), TBC_OK);
    tbc_store_close(&s);
}

/* Also where it ended is not known from here: nothing may be acknowledged. */
static void
a_connection_that_ends_in_a_transaction_ends_it(void)
{
    struct tbc_store *s = fresh_store();
    uint64_t v = 9;

    CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_set(s, "lost", 1), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_get(s, "lost", &v), TBC_OK);
    CU_ASSERT_PTR_NOT_NULL(
        tbc_postgres_ask(&server, DATABASE,
                         "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                         " WHERE application_name = 'tbc-station'"));
    CU_ASSERT_EQUAL(tbc_store_set(s, "lost", 2), TBC_OK); /* only sent */
    CU_ASSERT_EQUAL(tbc_store_commit(s), TBC_ERR_NETWORK);
    CU_ASSERT_EQUAL(tbc_store_commit(s), TBC_ERR_NETWORK);
    tbc_store_rollback(s);
    CU_ASSERT_FATAL(begin_again(s));
    CU_ASSERT_EQUAL(tbc_store_get(s, "lost", &v), TBC_OK);
    CU_ASSERT_EQUAL(v, 0);
    tbc_store_rollback(s);
    tbc_store_close(&s);
}

static void
processes_take_turns(void)
{
    enum {
        PROCESSES = 3,
        TIMES = 40
    };
    struct tbc_store *s = fresh_store();
    pid_t pids[PROCESSES];
    uint64_t v = 0;

    for (int i = 0; i < PROCESSES; i++) {
        if ((pids[i] = fork()) == 0) {
            struct tbc_store *own = another();
            bool ok = own != NULL;

            for (int k = 0; k < TIMES && ok; k++) {
                ok = add_one(own, "turns") == TBC_OK;
            }
            tbc_store_close(&own);
            _exit(ok ? 0 : 1);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status = -1;

        CU_ASSERT_EQUAL(waitpid(pids[i], &status, 0), pids[i]);
        CU_ASSERT_EQUAL(status, 0);
    }
    CU_ASSERT_EQUAL(tbc_store_get(s, "turns", &v), TBC_OK);
    CU_ASSERT_EQUAL(v, PROCESSES * TIMES);
    tbc_store_close(&s);
}

static void
who_waits_too_long_for_a_turn_hears_busy(void)
{
    struct tbc_store *first = fresh_store();
    struct tbc_store *second = another();
    uint64_t v;

    CU_ASSERT_FATAL(second != NULL);
    CU_ASSERT_EQUAL(tbc_store_begin(first), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_get(first, "x", &v), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_begin(second), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_get(second, "x", &v), TBC_ERR_BUSY);
    CU_ASSERT_EQUAL(tbc_store_commit(second), TBC_ERR_BUSY);
    tbc_store_rollback(second);
    CU_ASSERT_EQUAL(tbc_store_commit(first), TBC_OK);
    CU_ASSERT_EQUAL(add_one(second, "x"), TBC_OK);
    tbc_store_close(&first);
    tbc_store_close(&second);
}

/* A server that hangs is given up after a while; it may have done what it was told. */
static void
a_server_that_says_nothing_is_given_up(void)
{
    struct tbc_store *s = fresh_store();
    const int64_t start = tbc_clock_mono().ms;
    const char *said = tbc_postgres_ask(&server, DATABASE,
                                        "SELECT pid FROM pg_stat_activity WHERE"
                                        " application_name = 'tbc-station'");
    pid_t pid = said == NULL ? 0 : (pid_t)strtol(said, NULL, 10);
    uint64_t v;

    CU_ASSERT_FATAL(pid > 1);
    CU_ASSERT_EQUAL(kill(pid, SIGSTOP), 0);
    CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK); /* only sent */
    CU_ASSERT_EQUAL(tbc_store_get(s, "x", &v), TBC_ERR_TIMEOUT);
    CU_ASSERT(tbc_clock_mono().ms - start < BACK_MS);
    CU_ASSERT_NOT_EQUAL(tbc_store_commit(s), TBC_OK);
    tbc_store_rollback(s);
    CU_ASSERT_EQUAL(add_one(s, "x"), TBC_OK); /* over another connection */
    CU_ASSERT_EQUAL(kill(pid, SIGCONT), 0);
    tbc_store_close(&s);
}

/* What a fail-over to an asynchronous standby may do: the last commits are not there. */
static void
a_standby_that_lagged_is_noticed(void)
{
    const struct tbc_leaf leaf = { .kind = TBC_LEAF_START, .time = { 1769996400 } };
    struct tbc_store *s = fresh_store();

    for (int i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK);
        CU_ASSERT_EQUAL(tbc_journal_append(s, &leaf, NULL, NULL), TBC_OK);
        CU_ASSERT_EQUAL(tbc_store_commit(s), TBC_OK);
    }
    CU_ASSERT_PTR_NOT_NULL(tbc_postgres_ask(&server, DATABASE,
                                            "DELETE FROM leaf WHERE pos = 2;"
                                            " UPDATE meta SET value = 2"
                                            " WHERE name = 'journal'"));
    CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_journal_append(s, &leaf, NULL, NULL), TBC_ERR_CORRUPT);
    tbc_store_rollback(s);
    tbc_store_close(&s);
    s = another(); /* a person has decided */
    CU_ASSERT_FATAL(s != NULL);
    CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_journal_append(s, &leaf, NULL, NULL), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_commit(s), TBC_OK);
    tbc_store_close(&s);
}

/* To take back to a mark would take back what was kept before it. */
static void
a_failure_that_is_heard_late_ends_the_whole_transaction(void)
{
    const struct tbc_sql_value leaf[] = { TBC_INT(7), TBC_BLOB(NULL, 0),
                                          TBC_BLOB("b", 1), TBC_BLOB("", 0) };
    struct tbc_store *s = fresh_store();
    uint64_t v = 9;

    CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_mark(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_set(s, "first", 1), TBC_OK);
    for (int i = 0; i < 2; i++) { /* the same row twice: only the server knows */
        CU_ASSERT_EQUAL(tbc_sql_run(s->sql, TBC_STORE_LEAF_PUT, leaf, 4, NULL), TBC_OK);
    }
    CU_ASSERT_EQUAL(tbc_store_keep(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_mark(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_get(s, "first", &v), TBC_ERR_EXISTS);
    CU_ASSERT_EQUAL(tbc_store_undo(s), TBC_ERR_EXISTS);
    CU_ASSERT_EQUAL(tbc_store_commit(s), TBC_ERR_EXISTS);
    tbc_store_rollback(s);
    CU_ASSERT_EQUAL(add_one(s, "after"), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_get(s, "first", &v), TBC_OK);
    CU_ASSERT_EQUAL(v, 0);
    tbc_store_close(&s);
}

/* The server then says COMMIT, with a warning only: it is on one disk, not on two. */
static void
a_wait_for_the_standby_that_was_cut_short_is_no_commit(void)
{
    struct tbc_store *s = fresh_store();
    pid_t pid;
    int status = -1;
    uint64_t before = 0; /* committed while the server had not read its setting yet */
    uint64_t v = 0;
    enum tbc_err err;

    CU_ASSERT_PTR_NOT_NULL(tbc_postgres_ask(
        &server, DATABASE, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'"));
    CU_ASSERT_PTR_NOT_NULL(
        tbc_postgres_ask(&server, DATABASE, "SELECT pg_reload_conf()"));
    pid = fork();
    if (pid == 0) {
        const char *said = "";

        for (int i = 0; i < 500 && said != NULL && strcmp(said, "t") != 0; i++) {
            (void)poll(NULL, 0, 20); /* it has not come to wait yet */
            said =
                tbc_postgres_ask(&server, DATABASE,
                                 "SELECT pg_cancel_backend(pid) FROM pg_stat_activity"
                                 " WHERE wait_event = 'SyncRep'");
        }
        _exit(said != NULL && strcmp(said, "t") == 0 ? 0 : 1);
    }
    while ((err = add_one(s, "here")) == TBC_OK && before < 500) {
        before++;
        (void)poll(NULL, 0, 10);
    }
    CU_ASSERT_EQUAL(err, TBC_ERR_NETWORK);
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT_EQUAL(status, 0);
    CU_ASSERT_PTR_NOT_NULL(tbc_postgres_ask(
        &server, DATABASE, "ALTER SYSTEM RESET synchronous_standby_names"));
    CU_ASSERT_PTR_NOT_NULL(
        tbc_postgres_ask(&server, DATABASE, "SELECT pg_reload_conf()"));
    CU_ASSERT_FATAL(begin_again(s));
    CU_ASSERT_EQUAL(tbc_store_get(s, "here", &v), TBC_OK); /* in doubt: it may be */
    CU_ASSERT(v == before || v == before + 1);
    tbc_store_rollback(s);
    tbc_store_close(&s);
}

/* What opening that address says on standard error. */
static enum tbc_err
open_and_listen(const char *address, char *said, size_t size)
{
    struct tbc_store *s = NULL;
    int ends[2];
    int old = dup(2);
    ssize_t n;
    enum tbc_err err;

    if (old < 0 || pipe(ends) != 0 || dup2(ends[1], 2) < 0) {
        exit(2);
    }
    err = tbc_store_open(&s, address, seal_key, false);
    (void)dup2(old, 2);
    (void)close(old);
    (void)close(ends[1]);
    n = read(ends[0], said, size - 1);
    said[n > 0 ? n : 0] = '\0';
    (void)close(ends[0]);
    tbc_store_close(&s);
    return err;
}

static void
a_password_in_the_address_is_refused_and_never_repeated(void)
{
    static const struct {
        const char *address;
        enum tbc_err err;
    } rows[] = {
        { "postgresql://tbc:Swordfish@/station", TBC_ERR_DENIED },
        { "postgresql:///station?password=Swordfish", TBC_ERR_DENIED },
        { "postgresql://tbc:Swordfish@[::1/station", TBC_ERR_MALFORMED },
        { "postgresql://tbc:Swordfish@/station?nonsense=1", TBC_ERR_MALFORMED },
    };
    char said[2048];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT_EQUAL(open_and_listen(rows[i].address, said, sizeof said),
                        rows[i].err);
        CU_ASSERT(said[0] != '\0');
        CU_ASSERT_PTR_NULL(strstr(said, "Swordfish"));
    }
}

static void
a_password_file_is_used_when_nobody_else_can_read_it(void)
{
    struct tbc_store *s = fresh_store();
    char path[] = "/tmp/tbc-pass-XXXXXX";
    char address[TBC_POSTGRES_URL + 64];
    char said[2048];
    char line[TBC_POSTGRES_PATH + 64];

    tbc_store_close(&s);
    CU_ASSERT_FATAL(mkstemp(path) >= 0);
    CU_ASSERT_PTR_NOT_NULL(
        tbc_postgres_ask(&server, DATABASE, "ALTER ROLE tbc PASSWORD 'Swordfish'"));
    CU_ASSERT(tbc_postgres_ask_for_passwords(&server, true));
    (void)snprintf(line, sizeof line, "*:*:*:*:Swordfish\n");
    CU_ASSERT_EQUAL(tbc_file_write(path, tbc_span_str(line), 0644), TBC_OK);
    (void)snprintf(address, sizeof address, "%s&passfile=%s", url, path);
    CU_ASSERT_EQUAL(open_and_listen(address, said, sizeof said), TBC_ERR_DENIED);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "chmod 600"));
    CU_ASSERT_EQUAL(tbc_file_write(path, tbc_span_str(line), 0600), TBC_OK);
    CU_ASSERT_EQUAL(open_and_listen(address, said, sizeof said), TBC_OK);
    CU_ASSERT_EQUAL(tbc_file_write(path, tbc_span_str("*:*:*:*:Herring\n"), 0600),
                    TBC_OK);
    CU_ASSERT_EQUAL(open_and_listen(address, said, sizeof said), TBC_ERR_NETWORK);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "password authentication failed"));
    CU_ASSERT_PTR_NULL(strstr(said, "Herring"));
    CU_ASSERT(tbc_postgres_ask_for_passwords(&server, false));
    (void)unlink(path);
}

/* Statements are written on SQLite; one that only it understands is found here, run or not. */
static void
every_statement_is_understood(void)
{
    static const char *const texts[] = {
#define X(name, text) "PREPARE statement AS " text,
        TBC_STORE_SQL(X)
#undef X
    };
    struct tbc_store *s = fresh_store();

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (tbc_postgres_ask(&server, DATABASE, texts[i]) == NULL) {
            CU_FAIL(texts[i]);
            (void)fprintf(stderr, "not understood: %s\n", texts[i]);
        }
    }
    tbc_store_close(&s);
}

TBC_SUITE("store/postgres", TEST(every_statement_is_understood),
          TEST(a_power_cut_takes_what_was_not_committed_and_nothing_else),
          TEST(a_connection_that_ends_in_a_transaction_ends_it),
          TEST(processes_take_turns), TEST(who_waits_too_long_for_a_turn_hears_busy),
          TEST(a_server_that_says_nothing_is_given_up),
          TEST(a_standby_that_lagged_is_noticed),
          TEST(a_failure_that_is_heard_late_ends_the_whole_transaction),
          TEST(a_wait_for_the_standby_that_was_cut_short_is_no_commit),
          TEST(a_password_in_the_address_is_refused_and_never_repeated),
          TEST(a_password_file_is_used_when_nobody_else_can_read_it))
