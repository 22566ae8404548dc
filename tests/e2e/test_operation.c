/* The real tbc-station as an operator and a service manager see it. */
#include "manager.h"
#include "pages.h"
#include "stage.h"
#include "suite.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WAIT_MS 10000

static char http[64]; /* of the station that was started last */

static bool
start(struct stage *s)
{
    const char *args[] = { "--data",  s->data,
                           "--front", "tcp://127.0.0.1:*",
                           "--feed",  "tcp://127.0.0.1:*",
                           "--http",  "127.0.0.1:0",
                           NULL };
    char line[TBC_PROCESS_LINE];
    const char *at;

    if (!tbc_process_start(&s->process, "tbc-station", args) ||
        !tbc_process_until(&s->process, "ready front=tcp://127.0.0.1:", line,
                           STAGE_START_MS) ||
        (at = strstr(line, " http=")) == NULL) {
        return false;
    }
    (void)snprintf(http, sizeof http, "%.63s", at + 6);
    return true;
}

static void
raise_station(struct stage *s)
{
    stage_make(s);
    if (!start(s) || !stage_connect(s)) {
        CU_FAIL_FATAL("the station did not start");
    }
}

static void
write_conf(const struct stage *s, const char *text)
{
    const char *folder = stage_path(s, "conf.d");
    const char *path = stage_path(s, "conf.d/test.conf");

    (void)mkdir(folder, 0700);
    CU_ASSERT_EQUAL(tbc_file_write(path, tbc_span_str(text), 0600), TBC_OK);
}

static bool
page_says(const char *path, int status, const char *what)
{
    return pages_say(http, path, status, what);
}

static void
the_pages_say_what_is_so(void)
{
    static struct stage s;
    struct tbc_assist in = stage_assistance(0);
    struct tbc_issue_reply out;

    raise_station(&s);
    CU_ASSERT(page_says("/healthz", 200, "turning"));
    CU_ASSERT(page_says("/readyz", 200, "{\"ready\":true,\"problems\":[]}"));
    CU_ASSERT(stage_import(&s, 1));
    CU_ASSERT(stage_is(stage_ask(s.client, TBC_OP_ASSIST, &in, &out), TBC_CODE_FINE));
    CU_ASSERT(page_says("/metrics", 200, "\ntbc_issued_total{channel=\"desk\"} 1\n"));
    CU_ASSERT(page_says("/metrics", 200,
                        "\ntbc_replies_total{op=\"ASSIST\",code=\"FINE\"} 1\n"));
    CU_ASSERT(
        page_says("/metrics", 200, "tbc_device_seen_seconds{device=\"operator\","));
    CU_ASSERT(page_says("/metrics", 200, "\ntbc_trust_expiry_seconds "));
    stage_strike(&s);
}

static void
a_station_without_trust_list_is_not_ready_and_says_so(void)
{
    static struct stage s;
    const char *trust;

    stage_make(&s);
    trust = stage_path(&s, "trust.cose");
    CU_ASSERT_EQUAL(unlink(trust), 0);
    CU_ASSERT_FATAL(start(&s));
    CU_ASSERT(page_says("/readyz", 503, "\"name\":\"TRUST_MISSING\""));
    CU_ASSERT(page_says("/healthz", 200, "turning"));
    CU_ASSERT_EQUAL(stage_end(&s, SIGTERM), 0);
}

/* Sign the list anew with an end in a moment. */
static void
an_expired_trust_list_flips_readyz(void)
{
    static struct stage s;
    const char *key;
    const char *list;
    const char *trust;
    char end[TBC_RFC3339_SIZE];

    stage_make(&s);
    key = stage_path(&s, "root.pem");
    list = stage_path(&s, "trust.list");
    trust = stage_path(&s, "trust.cose");
    tbc_utc_format((struct tbc_utc){ tbc_clock_utc().s + 4 }, end);
    CU_ASSERT_EQUAL(unlink(list), 0);
    CU_ASSERT_EQUAL(unlink(trust), 0);
    stage_tool((const char *const[]){ "tbc", "trust", "make", "--root", key, "--out",
                                      list, "--expires", end, NULL });
    stage_tool((const char *const[]){ "tbc", "trust", "add", "--list", list,
                                      "--station", "YZN", "--key",
                                      stage_path(&s, "issuer.pem"), "--status-uri",
                                      "https://status.example/1", NULL });
    stage_tool((const char *const[]){ "tbc", "trust", "sign", "--list", list, "--root",
                                      key, "--out", trust, NULL });
    CU_ASSERT_FATAL(start(&s));
    CU_ASSERT(page_says("/readyz", 503, "\"name\":\"TRUST_EXPIRED\""));
    CU_ASSERT_EQUAL(stage_end(&s, SIGTERM), 0);
}

static uint64_t
quota_of(struct stage *s)
{
    struct tbc_hello in = { .software = "test 1" };
    struct tbc_hello_reply out = { 0 };

    CU_ASSERT(stage_is(stage_ask(s->client, TBC_OP_HELLO, &in, &out), TBC_CODE_FINE));
    return (uint64_t)out.policy.quota_month;
}

static void
sighup_changes_the_policy_and_names_what_it_cannot_change(void)
{
    static struct stage s;
    const int64_t end = tbc_clock_mono().ms + WAIT_MS;

    raise_station(&s);
    CU_ASSERT_EQUAL(quota_of(&s), 6);
    write_conf(&s, "[policy]\nquota_month = 9\n[listen]\nfeed = tcp://127.0.0.1:9\n");
    CU_ASSERT(tbc_process_signal(&s.process, SIGHUP));
    while (quota_of(&s) != 9 && tbc_clock_mono().ms < end) {
        (void)poll(NULL, 0, 10);
    }
    CU_ASSERT_EQUAL(quota_of(&s), 9);
    write_conf(&s, "[policy]\nquota_month = 0\n");
    CU_ASSERT(tbc_process_signal(&s.process, SIGHUP));
    CU_ASSERT_EQUAL(quota_of(&s), 9);
    stage_strike(&s);
    CU_ASSERT_PTR_NOT_NULL(strstr(stage_said(), "[policy] quota_month is in force"));
    CU_ASSERT_PTR_NULL(strstr(stage_said(), "[listen] feed is in force"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(stage_said(), "test.conf:2: [policy] quota_month: outside its range"));
    CU_ASSERT_PTR_NOT_NULL(strstr(stage_said(), "kept the present configuration"));
}

/* Requests sent without waiting for replies; how many, and of which codes, came back. */
static size_t
collect(struct tbc_client *client, size_t n, size_t codes[static 16])
{
    const int64_t end = tbc_clock_mono().ms + WAIT_MS;
    struct tbc_reply reply;
    size_t got = 0;

    while (got < n && tbc_clock_mono().ms < end) {
        if (tbc_client_recv(client, &reply) == TBC_OK) {
            codes[reply.code]++;
            got++;
        } else {
            (void)poll(NULL, 0, 1);
        }
    }
    return got;
}

#define LOAD 60 /* less than a client's queue holds */

static void
sigterm_under_load_answers_everybody_and_loses_nothing(void)
{
    static struct stage s;
    static struct tbc_stats_reply stats;
    size_t codes[16] = { 0 };
    uint64_t issued = 0;

    raise_station(&s);
    CU_ASSERT(stage_import(&s, LOAD));
    for (unsigned i = 0; i < LOAD; i++) {
        const struct tbc_assist in = stage_assistance(i);
        const uint8_t id[TBC_WIRE_ID_LEN] = { 1, (uint8_t)i };

        CU_ASSERT_EQUAL(tbc_client_send(s.client, id, TBC_OP_ASSIST, &in), TBC_OK);
    }
    CU_ASSERT_EQUAL(collect(s.client, 1, codes), 1); /* it has begun */
    CU_ASSERT_EQUAL(tbc_process_signal(&s.process, SIGTERM), true);
    CU_ASSERT_EQUAL(collect(s.client, LOAD - 1, codes), LOAD - 1);
    CU_ASSERT_EQUAL(codes[TBC_CODE_FINE] + codes[TBC_CODE_BUSY], LOAD);
    tbc_client_close(&s.client);
    CU_ASSERT_EQUAL(stage_end(&s, 0), 0);
    CU_ASSERT_FATAL(start(&s) && stage_connect(&s));
    CU_ASSERT(stage_is(stage_ask(s.client, TBC_OP_STATS, NULL, &stats), TBC_CODE_FINE));
    for (size_t i = 0; i < stats.stats_n; i++) {
        if (strcmp(stats.stats[i].name, "certificates") == 0) {
            issued = stats.stats[i].value;
        }
    }
    CU_ASSERT_EQUAL(issued, codes[TBC_CODE_FINE]);
    stage_strike(&s);
}

static void
the_service_manager_is_kept_informed(void)
{
    static struct stage s;
    struct tbc_manager m;

    tbc_manager_open(&m);
    raise_station(&s);
    tbc_manager_turn_away();
    CU_ASSERT(tbc_manager_hears(&m, "READY=1"));
    for (int i = 0; i < 5; i++) {
        CU_ASSERT(tbc_manager_hears(&m, "WATCHDOG=1"));
    }
    CU_ASSERT(tbc_process_signal(&s.process, SIGHUP));
    CU_ASSERT(tbc_manager_hears(&m, "RELOADING=1\nMONOTONIC_USEC="));
    CU_ASSERT(tbc_manager_hears(&m, "READY=1"));
    CU_ASSERT(tbc_process_signal(&s.process, SIGTERM));
    CU_ASSERT(tbc_manager_hears(&m, "STOPPING=1"));
    tbc_client_close(&s.client);
    CU_ASSERT_EQUAL(stage_end(&s, 0), 0);
    tbc_manager_close(&m);
}

#define ASKED 300

/* HELLOs of the gate, each behind eight of the flooder; how long they take says ./dev bench flood. */
static void
ask_beside(struct tbc_client *gate, struct tbc_client *flooder, size_t codes[static 16],
           size_t *sent)
{
    struct tbc_hello in = { .software = "test 1" };
    struct tbc_reply reply;

    for (size_t i = 0; i < ASKED; i++) {
        for (int j = 0; j < 8; j++) {
            uint8_t id[TBC_WIRE_ID_LEN] = { 9 };

            memcpy(id + 1, sent, sizeof *sent);
            *sent += tbc_client_send(flooder, id, TBC_OP_HELLO, &in) == TBC_OK ? 1 : 0;
            if (tbc_client_recv(flooder, &reply) == TBC_OK) {
                codes[reply.code]++;
            }
        }
        CU_ASSERT_EQUAL(tbc_client_call(gate, TBC_OP_HELLO, &in, WAIT_MS, &reply),
                        TBC_OK);
        CU_ASSERT_EQUAL(reply.code, TBC_CODE_FINE);
    }
}

static void
a_flooding_device_starves_nobody(void)
{
    static struct stage s;
    struct tbc_client *gate = NULL;
    struct tbc_client *flooder = NULL;
    size_t codes[16] = { 0 };
    size_t sent = 0;
    size_t answered = 0;
    char counted[96];

    stage_make(&s);
    write_conf(&s, "[serve]\ndevice_per_s = 100\ndevice_burst = 1000\n");
    CU_ASSERT_FATAL(start(&s) && stage_connect(&s));
    CU_ASSERT(stage_enrol(&s, "gate-1", TBC_ROLE_GATE));
    CU_ASSERT(stage_enrol(&s, "gate-2", TBC_ROLE_GATE));
    CU_ASSERT_FATAL(stage_connect_as(&gate, stage_path(&s, "gate-1.device"), false));
    CU_ASSERT_FATAL(stage_connect_as(&flooder, stage_path(&s, "gate-2.device"), false));
    ask_beside(gate, flooder, codes, &sent);
    for (size_t i = 0; i < 16; i++) {
        answered += codes[i];
    }
    (void)collect(flooder, sent - answered, codes);
    CU_ASSERT_EQUAL(codes[TBC_CODE_FINE] + codes[TBC_CODE_BUSY], sent);
    CU_ASSERT(codes[TBC_CODE_BUSY] > 0);
    (void)snprintf(counted, sizeof counted,
                   "\ntbc_turned_away_total{what=\"budget\"} %zu\n",
                   codes[TBC_CODE_BUSY]);
    CU_ASSERT(page_says("/metrics", 200, counted));
    tbc_client_close(&gate);
    tbc_client_close(&flooder);
    stage_strike(&s);
    CU_ASSERT_PTR_NOT_NULL(strstr(stage_said(), "gate-2: turned away "));
    CU_ASSERT_PTR_NULL(strstr(stage_said(), "gate-1: turned away "));
}

static void
the_log_of_a_journey_names_nobody(void)
{
    static const char csv[] = "kind,number,name,latin\n"
                              "passport,P7654321,Wilhelmina Quackenbush,QUACKENBUSH\n"
                              "passport,P7654322,Bartholomew Featherstone,\n";
    static const char *const secret[] = { "P7654321", "P7654322", "Wilhelmina",
                                          "Quacken",  "QUACKEN",  "Bartholomew",
                                          "Feather" };
    static struct stage s;
    static char log[65536];
    const char *device;
    const char *people;
    ssize_t n;

    stage_make(&s);
    write_conf(&s, "[log]\nlevel = debug\n");
    CU_ASSERT_FATAL(start(&s) && stage_connect(&s));
    device = stage_path(&s, "operator.device");
    people = stage_path(&s, "people.csv");
    CU_ASSERT_EQUAL(tbc_file_write(people, tbc_span_str(csv), 0600), TBC_OK);
    stage_tool((const char *const[]){ "tbc", "import", "people", "--device", device,
                                      people, NULL });
    stage_tool((const char *const[]){ "tbc", "issue", "--kind", "passport", "--number",
                                      "P7654321", "--officer", "desk 1", "--reason",
                                      "asked", "--device", device, NULL });
    CU_ASSERT_EQUAL(
        stage_run((const char *const[]){
            "tbc", "issue", "--kind", "passport", "--number", "P7654329", "--officer",
            "desk 1", "--reason", "asked", "--device", device, NULL }),
        1);
    CU_ASSERT(page_says("/metrics", 200, "tbc_issued_total{channel=\"desk\"} 1\n"));
    (void)pages_get(http, "/metrics", log, sizeof log);
    for (size_t i = 0; i < sizeof secret / sizeof *secret; i++) {
        CU_ASSERT_PTR_NULL(strstr(log, secret[i]));
    }
    CU_ASSERT(tbc_process_signal(&s.process, SIGTERM));
    tbc_client_close(&s.client);
    n = read(s.process.err, log, sizeof log - 1);
    CU_ASSERT(n > 0);
    log[n > 0 ? n : 0] = '\0';
    for (size_t i = 0; i < sizeof secret / sizeof *secret; i++) {
        CU_ASSERT_PTR_NULL(strstr(log, secret[i]));
    }
    CU_ASSERT_EQUAL(stage_end(&s, 0), 0);
}

static void
the_configuration_is_printed_with_its_origins(void)
{
    static struct stage s;
    static struct tbc_process p;
    char line[TBC_PROCESS_LINE];
    const char *const args[] = { "--data",         s.data,
                                 "--front",        "tcp://127.0.0.1:*",
                                 "--print-config", NULL };

    stage_make(&s);
    write_conf(&s, "[policy]\nquota_month = 4\n");
    CU_ASSERT_FATAL(tbc_process_start(&p, "tbc-station", args));
    CU_ASSERT(
        tbc_process_until(&p, "front = tcp://127.0.0.1:*  ; --front", line, 5000));
    CU_ASSERT(tbc_process_until(&p, "quota_month = 4  ; ", line, 5000));
    CU_ASSERT_PTR_NOT_NULL(strstr(line, "conf.d/test.conf:2"));
    CU_ASSERT_EQUAL(tbc_process_wait(&p, 5000, NULL, 0), 0);
    write_conf(&s, "[listen]\nfront = tcp://127.0.0.1:70000\n");
    CU_ASSERT_EQUAL(stage_run((const char *const[]){ "tbc-station", "--data", s.data,
                                                     "--check-config", NULL }),
                    4);
    CU_ASSERT_PTR_NOT_NULL(strstr(stage_said(), "conf.d/test.conf:2: [listen] front"));
}

TBC_SUITE("e2e/operation", TEST(the_pages_say_what_is_so),
          TEST(a_station_without_trust_list_is_not_ready_and_says_so),
          TEST(an_expired_trust_list_flips_readyz),
          TEST(sighup_changes_the_policy_and_names_what_it_cannot_change),
          TEST(sigterm_under_load_answers_everybody_and_loses_nothing),
          TEST(the_service_manager_is_kept_informed),
          TEST(a_flooding_device_starves_nobody),
          TEST(the_log_of_a_journey_names_nobody),
          TEST(the_configuration_is_printed_with_its_origins))
