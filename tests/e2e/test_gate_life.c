/* The real tbc-gate as whoever runs it sees it: started, watched, configured anew, told to end. */
#include "codec/token.h"
#include "journal_rig.h"
#include "manager.h"
#include "pages.h"
#include "suite.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct stage s;
static struct tbc_process gate;
static struct tbc_buf code; /* the first passenger's, with its line end */

/* The station with a gate enrolled and two passengers, and a certificate of the first. */
static void
raise_all(void)
{
    struct tbc_issue_reply issued;

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 2));
    CU_ASSERT(stage_enrol(&s, "gate-1", TBC_ROLE_GATE));
    CU_ASSERT_FATAL(journal_issue(&s, 0, &issued));
    tbc_buf_clear(&code);
    CU_ASSERT_EQUAL(tbc_token_encode(issued.certificate, &code), TBC_OK);
    CU_ASSERT_EQUAL(tbc_buf_append_str(&code, "\n"), TBC_OK);
}

/* mode NULL: its lines are read by whoever calls. */
static void
start_gate(const char *mode)
{
    char line[TBC_PROCESS_LINE];
    char want[64];
    const char *const args[] = { "--config", stage_path(&s, "gate.conf"),
                                 "--device", stage_path(&s, "gate-1.device"),
                                 "--data",   stage_path(&s, "gate-1"),
                                 NULL };

    CU_ASSERT_FATAL(tbc_process_start(&gate, "tbc-gate", args));
    if (mode == NULL) {
        return;
    }
    (void)snprintf(want, sizeof want, "ready gate=gate-1 mode=%s", mode);
    CU_ASSERT_FATAL(tbc_process_until(&gate, want, line, STAGE_START_MS));
}

static void
configure(const char *text)
{
    CU_ASSERT_EQUAL(
        tbc_file_write(stage_path(&s, "gate.conf"), tbc_span_str(text), 0600), TBC_OK);
}

static void
the_service_manager_is_kept_informed(void)
{
    static char said[4096];
    struct tbc_manager m;

    raise_all();
    tbc_manager_open(&m);
    configure("[log]\nlog_level = warn\n");
    start_gate("online");
    CU_ASSERT(tbc_manager_hears(&m, "READY=1"));
    CU_ASSERT(tbc_manager_hears(&m, "STATUS=online"));
    for (int i = 0; i < 5; i++) {
        CU_ASSERT(tbc_manager_hears(&m, "WATCHDOG=1"));
    }
    configure("[log]\nlog_level = info\n[display]\nshots = /tmp/shots\n");
    CU_ASSERT(tbc_process_signal(&gate, SIGHUP));
    CU_ASSERT(tbc_manager_hears(&m, "RELOADING=1\nMONOTONIC_USEC="));
    CU_ASSERT(tbc_manager_hears(&m, "READY=1"));
    configure("[log]\nlog_level = loud\n");
    CU_ASSERT(tbc_process_signal(&gate, SIGHUP));
    CU_ASSERT(tbc_manager_hears(&m, "RELOADING=1"));
    CU_ASSERT(tbc_manager_hears(&m, "READY=1"));
    CU_ASSERT(tbc_process_signal(&gate, SIGTERM));
    CU_ASSERT(tbc_manager_hears(&m, "STOPPING=1"));
    CU_ASSERT_EQUAL(tbc_process_wait(&gate, STAGE_START_MS, said, sizeof said), 0);
    CU_ASSERT(stage_says(said, "[display] shots cannot change while the program runs"));
    CU_ASSERT(stage_says(said, "gate.conf:2: [log] log_level: error, warn, info or"));
    CU_ASSERT(stage_says(said, "kept the present configuration"));
    tbc_manager_close(&m);
    stage_strike(&s);
}

static void
the_last_passenger_is_let_through_before_the_end(void)
{
    char line[TBC_PROCESS_LINE];
    struct tbc_manager m;

    raise_all();
    configure("");
    tbc_manager_open(&m);
    start_gate("online");
    CU_ASSERT(tbc_process_send(&gate, tbc_buf_str(&code)));
    CU_ASSERT(tbc_process_until(&gate, "barrier open", line, STAGE_START_MS));
    CU_ASSERT(tbc_process_signal(&gate, SIGTERM));
    CU_ASSERT(tbc_manager_hears(&m, "STOPPING=1"));
    CU_ASSERT(tbc_process_send(&gate, "somebody who comes too late\n"));
    CU_ASSERT(tbc_process_line(&gate, line, STAGE_START_MS));
    CU_ASSERT_STRING_EQUAL(line, "barrier shut");
    CU_ASSERT_FALSE(tbc_process_line(&gate, line, STAGE_START_MS));
    CU_ASSERT_EQUAL(tbc_process_wait(&gate, STAGE_START_MS, NULL, 0), 0);
    tbc_manager_close(&m);
    stage_strike(&s);
    tbc_buf_fini(&code);
}

/* tbc gate status of the station; what it printed is in journal_printed. */
static int
gate_status(const char *name)
{
    return journal_run((const char *const[]){ "gate", "status", "--device",
                                              stage_path(&s, "operator.device"),
                                              "--json", name, NULL });
}

/* Until the gate has told the station that it lets people in. */
static bool
comes_in_order(void)
{
    const int64_t end = tbc_clock_mono().ms + STAGE_START_MS;

    while (gate_status("gate-1") != 0 && tbc_clock_mono().ms < end) {
        (void)poll(NULL, 0, 50);
    }
    return stage_says(journal_printed, "\"in_order\":true");
}

static void
a_gate_says_how_it_is_here_and_at_its_station(void)
{
    char line[TBC_PROCESS_LINE];
    char http[64];

    raise_all();
    CU_ASSERT(stage_enrol(&s, "gate-2", TBC_ROLE_GATE));
    configure("[health]\nhttp = 127.0.0.1:0\n");
    CU_ASSERT_EQUAL(unsetenv("TBC_GATE_HTTP"), 0);
    start_gate(NULL);
    CU_ASSERT_FATAL(tbc_process_until(&gate, "http 127.0.0.1:", line, STAGE_START_MS));
    (void)snprintf(http, sizeof http, "%.63s", line + 5);
    CU_ASSERT(tbc_process_until(&gate, "ready", line, STAGE_START_MS));
    CU_ASSERT(pages_say(http, "/healthz", 200, "turning"));
    CU_ASSERT(pages_say(http, "/readyz", 200, "{\"ready\":true,\"problems\":[]}"));
    CU_ASSERT(tbc_process_send(&gate, "no certificate\n"));
    CU_ASSERT(
        pages_say(http, "/metrics", 200,
                  "\ntbc_gate_verdicts_total{verdict=\"NOT_A_CERTIFICATE\"} 1\n"));
    CU_ASSERT(
        pages_say(http, "/metrics", 200, "\ntbc_gate_decision_seconds_count 1\n"));
    CU_ASSERT(pages_say(http, "/metrics", 200, "\ntbc_gate_online 1\n"));
    CU_ASSERT(comes_in_order());
    CU_ASSERT(stage_says(journal_printed, "\"software\":\"tbc-gate "));
    CU_ASSERT(stage_says(journal_printed, "\"mode\":\"online\""));
    CU_ASSERT_EQUAL(gate_status("gate-2"), 1); /* it never spoke */
    CU_ASSERT(stage_says(journal_printed, "\"silent\":true"));
    CU_ASSERT_EQUAL(gate_status(NULL), 1);
    CU_ASSERT_EQUAL(gate_status("gate-9"), 3);
    stage_strike(&s);
    CU_ASSERT(pages_say(http, "/metrics", 200, "\ntbc_gate_online 0\n"));
    CU_ASSERT(pages_say(http, "/readyz", 200, "{\"ready\":true,"));
    tbc_process_stop(&gate);
    CU_ASSERT_EQUAL(setenv("TBC_GATE_HTTP", "off", 1), 0);
}

TBC_SUITE("e2e/gate_life", TEST(the_service_manager_is_kept_informed),
          TEST(the_last_passenger_is_let_through_before_the_end),
          TEST(a_gate_says_how_it_is_here_and_at_its_station))
