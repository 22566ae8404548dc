/* Two processes of one station on a PostgreSQL with a standby: what one does, the other knows; and
 * when the primary dies under load, nothing that was acknowledged is lost or doubled. */
#include "crypto/seal.h"
#include "postgres.h"
#include "stage.h"
#include "suite.h"
#include "sys/clock.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DATABASE   "station"
#define PEOPLE     TBC_WIRE_ROWS_MAX
#define CLIENTS    2
#define GIVE_UP_MS 90000

static struct tbc_postgres primary;
static struct tbc_postgres standby;
static char url[TBC_POSTGRES_URL];

static void
stop_servers(void)
{
    tbc_postgres_stop(&standby);
    tbc_postgres_stop(&primary);
}

/* An empty database on both, and two processes on it. */
static void
raise_two(struct stage *a, struct stage *b)
{
    if (url[0] == '\0') {
        if (atexit(stop_servers) != 0 || !tbc_postgres_start(&primary, true) ||
            !tbc_postgres_follow(&standby, &primary)) {
            exit(2);
        }
        tbc_postgres_url(&primary, &standby, DATABASE, url);
    }
    if (!tbc_postgres_make(&primary, DATABASE)) {
        exit(2);
    }
    stage_make_on(a, url);
    stage_double(b, a);
    CU_ASSERT_FATAL(stage_start(a, NULL) && stage_connect(a));
    CU_ASSERT_FATAL(stage_start(b, NULL) && stage_connect(b));
}

static bool
number_is(const struct tbc_postgres *server, const char *sql, uint64_t wanted)
{
    const char *said = tbc_postgres_ask(server, DATABASE, sql);

    if (said == NULL || strtoull(said, NULL, 10) != wanted) {
        (void)fprintf(stderr, "%s: wanted %llu, got %s\n", sql,
                      (unsigned long long)wanted, said == NULL ? "nothing" : said);
        return false;
    }
    return true;
}

/* Whether the device of one process's file gets an answer from the other. */
static bool
is_let_in(const struct stage *of, const char *name, const struct stage *at)
{
    const struct tbc_hello hello = { 0 };
    struct tbc_client *client = NULL;
    struct tbc_device_file file;
    struct tbc_device_file there;
    struct tbc_reply reply;
    bool ok = tbc_device_read(&file, stage_path(of, name)) == TBC_OK &&
              tbc_device_read(&there, stage_path(at, "operator.device")) == TBC_OK;

    if (ok) {
        memcpy(file.front, there.front, sizeof file.front);
        memcpy(file.feed, there.feed, sizeof file.feed);
        ok = tbc_client_open(&client, &file, false) == TBC_OK &&
             tbc_client_call(client, TBC_OP_HELLO, &hello, 500, &reply) == TBC_OK &&
             reply.code == TBC_CODE_FINE;
    }
    tbc_device_fini(&file);
    tbc_device_fini(&there);
    tbc_client_close(&client);
    return ok;
}

/* The same, asked until it is as wanted: what one does, the other knows within a second or two. */
static bool
becomes_let_in(const struct stage *of, const char *name, const struct stage *at,
               bool in)
{
    const int64_t end = tbc_clock_mono().ms + STAGE_CALL_MS;

    while (is_let_in(of, name, at) != in) {
        if (tbc_clock_mono().ms >= end) {
            return false;
        }
    }
    return true;
}

static void
what_one_process_does_the_other_knows(void)
{
    static struct stage a;
    static struct stage b;
    static struct tbc_device_reply devices;
    static const uint8_t id[TBC_WIRE_ID_LEN] = { 5 };
    struct tbc_assist in = stage_assistance(0);
    struct tbc_snapshot have = { 0 };
    struct tbc_snapshot_reply lists;
    struct tbc_issue_reply out;
    struct tbc_issue_reply again;
    struct tbc_revoke revoke = { .reason = "lost" };
    struct tbc_device drop = { .action = TBC_DEVICE_REVOKE, .name = "gate-1" };
    uint64_t before;

    raise_two(&a, &b);
    CU_ASSERT(stage_import(&a, 1));
    CU_ASSERT_FATAL(
        stage_is(stage_ask_as(a.client, id, TBC_OP_ASSIST, &in, &out), TBC_CODE_FINE));
    memcpy(revoke.cti, out.cti, sizeof revoke.cti);
    /* the very same request, tried again elsewhere */
    CU_ASSERT(stage_is(stage_ask_as(b.client, id, TBC_OP_ASSIST, &in, &again),
                       TBC_CODE_FINE));
    CU_ASSERT_EQUAL(memcmp(again.cti, revoke.cti, sizeof again.cti), 0);
    CU_ASSERT_FALSE(again.again);
    /* a device enrolled at the one is let in at the other */
    CU_ASSERT_FATAL(stage_enrol(&a, "gate-1", TBC_ROLE_GATE));
    CU_ASSERT(becomes_let_in(&a, "gate-1.device", &b, true));
    /* a revocation at the one stands in the other's list */
    CU_ASSERT(
        stage_is(stage_ask(b.client, TBC_OP_SNAPSHOT, &have, &lists), TBC_CODE_FINE));
    before = lists.feed;
    CU_ASSERT(
        stage_is(stage_ask(a.client, TBC_OP_REVOKE, &revoke, NULL), TBC_CODE_FINE));
    for (int i = 0; i < 100; i++) {
        CU_ASSERT(stage_is(stage_ask(b.client, TBC_OP_SNAPSHOT, &have, &lists),
                           TBC_CODE_FINE));
        if (lists.feed != before) {
            break;
        }
        (void)poll(NULL, 0, 50);
    }
    CU_ASSERT(lists.feed > before);
    CU_ASSERT(
        stage_is(stage_ask(b.client, TBC_OP_REVOKE, &revoke, NULL), TBC_CODE_EXISTS));
    /* and the device is put out at both */
    CU_ASSERT(
        stage_is(stage_ask(a.client, TBC_OP_DEVICE, &drop, &devices), TBC_CODE_FINE));
    CU_ASSERT(becomes_let_in(&a, "gate-1.device", &b, false));
    stage_strike(&a);
    stage_strike(&b);
}

/* What a client tells its parent. */
struct acknowledged {
    uint8_t cti[TBC_CTI_LEN];
    int64_t at_ms;
};

/* Ask for one person's certificate until there is one, now here, now there, always as the same
 * request. */
static bool
issue_for(struct tbc_client *const clients[static CLIENTS], unsigned person,
          unsigned first, int out)
{
    const struct tbc_assist in = stage_assistance(person);
    const int64_t end = tbc_clock_mono().ms + GIVE_UP_MS;
    uint8_t id[TBC_WIRE_ID_LEN];
    struct tbc_issue_reply reply;

    if (tbc_random(id, sizeof id) != TBC_OK) {
        return false;
    }
    for (unsigned i = first; tbc_clock_mono().ms < end; i++) {
        struct answer a =
            stage_ask_as(clients[i % CLIENTS], id, TBC_OP_ASSIST, &in, &reply);

        if (a.err == TBC_OK && a.code == TBC_CODE_FINE) {
            struct acknowledged said = { .at_ms = tbc_clock_mono().ms };

            memcpy(said.cti, reply.cti, sizeof said.cti);
            return write(out, &said, sizeof said) == (ssize_t)sizeof said;
        }
        if (a.err == TBC_OK && a.code != TBC_CODE_BUSY) {
            return stage_is(a, TBC_CODE_BUSY);
        }
        (void)poll(NULL, 0, 100);
    }
    return false;
}

/* One client: every second person, beginning at its own process of the station. */
static int
work(const struct stage *a, const struct stage *b, unsigned which, int out)
{
    struct tbc_client *clients[CLIENTS] = { NULL, NULL };
    bool ok = stage_connect_as(&clients[0], stage_path(a, "operator.device"), false) &&
              stage_connect_as(&clients[1], stage_path(b, "operator.device"), false);

    for (unsigned i = which; i < PEOPLE && ok; i += CLIENTS) {
        ok = issue_for(clients, i, which, out);
    }
    tbc_client_close(&clients[0]);
    tbc_client_close(&clients[1]);
    return ok ? 0 : 1;
}

static void
nothing_acknowledged_is_lost_when_the_primary_dies(void)
{
    static struct stage a;
    static struct stage b;
    static struct acknowledged said[PEOPLE];
    size_t n = 0;
    size_t after = 0;
    int64_t longest = 0;
    int64_t died = INT64_MAX;
    pid_t pids[CLIENTS];
    int ends[2];
    int status = -1;

    raise_two(&a, &b);
    CU_ASSERT_FATAL(stage_import(&a, PEOPLE));
    CU_ASSERT_FATAL(pipe(ends) == 0);
    for (unsigned i = 0; i < CLIENTS; i++) {
        if ((pids[i] = fork()) == 0) {
            _exit(work(&a, &b, i, ends[1]));
        }
    }
    (void)close(ends[1]);
    while (n < PEOPLE &&
           read(ends[0], &said[n], sizeof said[n]) == (ssize_t)sizeof said[n]) {
        if (n > 0 && said[n].at_ms - said[n - 1].at_ms > longest) {
            longest = said[n].at_ms - said[n - 1].at_ms;
        }
        after += said[n].at_ms > died ? 1 : 0;
        if (++n == PEOPLE / 4) {
            CU_ASSERT_FATAL(tbc_postgres_kill(&primary));
            died = tbc_clock_mono().ms;
            CU_ASSERT_FATAL(tbc_postgres_promote(&standby));
        }
    }
    (void)close(ends[0]);
    for (unsigned i = 0; i < CLIENTS; i++) {
        CU_ASSERT_EQUAL(waitpid(pids[i], &status, 0), pids[i]);
        CU_ASSERT_EQUAL(status, 0);
    }
    CU_ASSERT_EQUAL(n, PEOPLE);
    CU_ASSERT(after > PEOPLE / 4); /* it died in the midst of it */
    printf("nothing issued while the standby took over: %lld ms\n", (long long)longest);
    /* each acknowledged one is there; each person has one, under one index */
    for (size_t i = 0; i < n; i++) {
        char sql[128];
        size_t at = (size_t)snprintf(
            sql, sizeof sql, "SELECT count(*) FROM certificate WHERE cti = '\\x");

        for (size_t k = 0; k < TBC_CTI_LEN; k++) {
            at += (size_t)snprintf(sql + at, sizeof sql - at, "%02x", said[i].cti[k]);
        }
        (void)snprintf(sql + at, sizeof sql - at, "'");
        CU_ASSERT(number_is(&standby, sql, 1));
    }
    CU_ASSERT(number_is(&standby, "SELECT count(*) FROM certificate", PEOPLE));
    CU_ASSERT(
        number_is(&standby, "SELECT count(DISTINCT blind) FROM certificate", PEOPLE));
    CU_ASSERT(
        number_is(&standby, "SELECT count(DISTINCT idx) FROM certificate", PEOPLE));
    CU_ASSERT(number_is(&standby,
                        "SELECT count(DISTINCT l.pos) FROM certificate c"
                        " JOIN leaf l ON l.pos = c.leaf",
                        PEOPLE));
    CU_ASSERT(number_is(&standby, "SELECT max(pos) + 1 - count(*) FROM leaf", 0));
    stage_strike(&a);
    stage_strike(&b);
}

TBC_SUITE("e2e/failover", TEST(what_one_process_does_the_other_knows),
          TEST(nothing_acknowledged_is_lost_when_the_primary_dies))
