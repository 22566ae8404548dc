/* A station whose PostgreSQL hangs, or is gone: HELLO and the pages go on, everybody else hears BUSY
 * and is served again when it is back, with no one touching the station. */
#include "pages.h"
#include "postgres.h"
#include "stage.h"
#include "suite.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DATABASE  "station"
#define BOUND_MS  7000  /* an answer that waits for the database takes longer */
#define GIVEN_MS  60000 /* for the loss to be noticed, and for the return */
#define PATIENT   "[serve]\ndevice_per_s = 100000\ndevice_burst = 100000\n"
#define FRONT_END "ready front=tcp://127.0.0.1:"

static struct tbc_postgres server;
static char http[64];

static void
stop_server(void)
{
    tbc_postgres_stop(&server);
}

static void
raise_station(struct stage *s, struct tbc_client **gate)
{
    const char *args[] = { "--data",  s->data,
                           "--front", "tcp://127.0.0.1:*",
                           "--feed",  "tcp://127.0.0.1:*",
                           "--http",  "127.0.0.1:0",
                           NULL };
    char url[TBC_POSTGRES_URL];
    char line[TBC_PROCESS_LINE];

    if (server.folder[0] == '\0' &&
        (atexit(stop_server) != 0 || !tbc_postgres_start(&server, true))) {
        exit(2);
    }
    CU_ASSERT_FATAL(tbc_postgres_make(&server, DATABASE));
    tbc_postgres_url(&server, NULL, DATABASE, url);
    stage_make_on(s, url);
    CU_ASSERT_FATAL(mkdir(stage_path(s, "conf.d"), 0700) == 0 &&
                    tbc_file_write(stage_path(s, "conf.d/test.conf"),
                                   tbc_span_str(PATIENT), 0600) == TBC_OK);
    CU_ASSERT_FATAL(tbc_process_start(&s->process, "tbc-station", args) &&
                    tbc_process_until(&s->process, FRONT_END, line, STAGE_START_MS) &&
                    strstr(line, " http=") != NULL && stage_connect(s));
    (void)snprintf(http, sizeof http, "%.63s", strstr(line, " http=") + 6);
    CU_ASSERT_FATAL(stage_import(s, 3) && stage_enrol(s, "gate-1", TBC_ROLE_GATE) &&
                    stage_connect_as(gate, stage_path(s, "gate-1.device"), false));
}

/* HELLO of the gate, FINE within the bound. */
static bool
is_greeted(struct tbc_client *gate)
{
    const struct tbc_hello hello = { 0 };
    struct tbc_reply reply;

    return tbc_client_call(gate, TBC_OP_HELLO, &hello, BOUND_MS, &reply) == TBC_OK &&
           reply.code == TBC_CODE_FINE;
}

/* The desk's request, of which nobody knows yet whether it was done. */
static void
ask_and_leave(struct stage *s, const uint8_t id[static TBC_WIRE_ID_LEN], unsigned who)
{
    const struct tbc_assist in = stage_assistance(who);

    CU_ASSERT_EQUAL(tbc_client_send(s->client, id, TBC_OP_ASSIST, &in), TBC_OK);
}

/* While the database is away: greeted all the time, busy for the rest, and the pages say so.
 * Nothing fatal in here: the database must go on, whatever this finds. */
static void
expect_away(struct tbc_client *gate)
{
    static char text[65536];
    const int64_t end = tbc_clock_mono().ms + GIVEN_MS;
    unsigned asked = 0;
    unsigned greeted = 0;
    bool away = false;

    while (!away && tbc_clock_mono().ms < end) {
        greeted += is_greeted(gate) ? 1 : 0;
        asked++;
        away = pages_get(http, "/readyz", text, sizeof text) == 503 &&
               strstr(text, "\"STORE\"") != NULL;
        (void)poll(NULL, 0, 20);
    }
    CU_ASSERT(away);
    CU_ASSERT_EQUAL(greeted, asked);
    for (int i = 0; i < 20; i++) {
        CU_ASSERT(is_greeted(gate));
        CU_ASSERT_EQUAL(pages_get(http, "/healthz", text, sizeof text), 200);
        (void)poll(NULL, 0, 100);
    }
}

/* The same request again and again, each answered within the bound, until it is done. */
static bool
is_done_at_last(struct stage *s, const uint8_t id[static TBC_WIRE_ID_LEN], unsigned who)
{
    const struct tbc_assist in = stage_assistance(who);
    const int64_t end = tbc_clock_mono().ms + GIVEN_MS;
    struct tbc_issue_reply out;

    while (tbc_clock_mono().ms < end) {
        const struct answer a = stage_ask_as(s->client, id, TBC_OP_ASSIST, &in, &out);

        if (a.err == TBC_OK && a.code == TBC_CODE_FINE) {
            return true;
        }
        (void)poll(NULL, 0, 100);
    }
    return false;
}

static bool
is_busy(struct tbc_client *client, unsigned who)
{
    const struct tbc_assist in = stage_assistance(who);
    struct tbc_reply reply;

    return tbc_client_call(client, TBC_OP_ASSIST, &in, BOUND_MS, &reply) == TBC_OK &&
           reply.code == TBC_CODE_BUSY;
}

static void
others_are_answered_while_the_database_hangs(void)
{
    static const uint8_t id[TBC_WIRE_ID_LEN] = { 7 };
    static struct stage s;
    struct tbc_client *gate = NULL;

    raise_station(&s, &gate);
    CU_ASSERT(is_greeted(gate));
    CU_ASSERT_FATAL(tbc_postgres_pause(&server, true));
    ask_and_leave(&s, id, 0);
    expect_away(gate);
    CU_ASSERT(is_busy(s.client, 1));
    CU_ASSERT(tbc_postgres_pause(&server, false));
    CU_ASSERT(is_done_at_last(&s, id, 0));
    CU_ASSERT(pages_say(http, "/readyz", 200, "\"ready\":true"));
    tbc_client_close(&gate);
    stage_strike(&s);
}

static void
others_are_answered_while_the_database_is_gone(void)
{
    static const uint8_t id[TBC_WIRE_ID_LEN] = { 8 };
    static struct stage s;
    struct tbc_client *gate = NULL;

    raise_station(&s, &gate);
    CU_ASSERT_FATAL(tbc_postgres_kill(&server));
    ask_and_leave(&s, id, 0);
    expect_away(gate);
    CU_ASSERT(is_busy(s.client, 1));
    CU_ASSERT_FATAL(tbc_postgres_restart(&server));
    CU_ASSERT(is_done_at_last(&s, id, 0));
    CU_ASSERT(pages_say(http, "/readyz", 200, "\"ready\":true"));
    tbc_client_close(&gate);
    stage_strike(&s);
}

TBC_SUITE("e2e/away", TEST(others_are_answered_while_the_database_hangs),
          TEST(others_are_answered_while_the_database_is_gone))
