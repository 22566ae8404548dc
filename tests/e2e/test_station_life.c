/* The real tbc-station, started, stopped, killed and started wrongly. */
#include "crypto/secret.h"
#include "stage.h"
#include "store/store.h"
#include "suite.h"
#include "sys/clock.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* The station of a stopped server has seen a later time. */
static bool
remember_time(const struct stage *s, struct tbc_utc t)
{
    struct tbc_store *store = NULL;
    uint8_t key[TBC_SEAL_KEY_LEN];
    const char *path;
    bool ok;

    path = stage_path(s, "sealing.key");
    ok = tbc_secret_read(path, key, sizeof key) == TBC_OK;
    path = stage_path(s, "station.db");
    ok = ok && tbc_store_open(&store, path, key, false) == TBC_OK &&
         tbc_store_set(store, "clock", (uint64_t)t.s) == TBC_OK;
    tbc_store_close(&store);
    return ok;
}

static void
a_clock_that_went_back_stops_issuing(void)
{
    static struct stage s;
    struct tbc_assist in = stage_assistance(0);
    struct tbc_issue_reply out;

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 1));
    stage_strike(&s);
    CU_ASSERT(remember_time(&s, (struct tbc_utc){ tbc_clock_utc().s + 3600 }));
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
    CU_ASSERT(
        stage_is(stage_ask(s.client, TBC_OP_ASSIST, &in, &out), TBC_CODE_TROUBLE));
    stage_strike(&s);
    CU_ASSERT(strstr(stage_said(), "the clock is wrong") != NULL);
}

static void
an_acknowledged_certificate_survives_kill_9(void)
{
    static struct stage s;
    struct tbc_issue_reply issued;
    static struct tbc_lookup_reply found;

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 20));
    for (unsigned i = 0; i < 20; i++) {
        struct tbc_assist in = stage_assistance(i);
        struct tbc_lookup look = { .reason = "test" };

        CU_ASSERT_FATAL(
            stage_is(stage_ask(s.client, TBC_OP_ASSIST, &in, &issued), TBC_CODE_FINE));
        CU_ASSERT_EQUAL(stage_end(&s, SIGKILL), 128 + SIGKILL);
        tbc_client_close(&s.client);
        CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
        memcpy(look.cti, issued.cti, sizeof look.cti);
        CU_ASSERT(
            stage_is(stage_ask(s.client, TBC_OP_LOOKUP, &look, &found), TBC_CODE_FINE));
    }
    stage_strike(&s);
}

static void
a_second_server_on_the_same_data_is_refused(void)
{
    static struct stage s;
    static struct stage second;

    stage_raise(&s);
    second = s;
    memset(&second.process, 0, sizeof second.process);
    CU_ASSERT_FALSE(stage_start(&second, NULL));
    CU_ASSERT_EQUAL(stage_end(&second, 0), 3);
    CU_ASSERT(strstr(stage_said(), "another tbc-station is using it") != NULL);
    stage_strike(&s);
}

static void
a_port_in_use_is_named(void)
{
    static struct stage s;
    static struct stage other;
    struct tbc_device_file file;
    const char *path;

    stage_raise(&s);
    stage_make(&other);
    path = stage_path(&s, "operator.device");
    CU_ASSERT_EQUAL(tbc_device_read(&file, path), TBC_OK);
    CU_ASSERT_EQUAL(stage_run((const char *const[]){
                        "tbc-station", "--data", other.data, "--front", file.front,
                        "--feed", "tcp://127.0.0.1:*", NULL }),
                    3);
    CU_ASSERT(strstr(stage_said(), "another program listens there already") != NULL);
    CU_ASSERT(strstr(stage_said(), file.front) != NULL);
    stage_strike(&s);
}

static void
a_secret_that_others_can_read_is_refused_by_name(void)
{
    static const char *const names[] = { "sealing.key", "pseudonym.key", "curve.key",
                                         "issuer.pem" };
    static struct stage s;

    stage_make(&s);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *path;

        path = stage_path(&s, names[i]);
        CU_ASSERT_EQUAL(chmod(path, 0644), 0);
        CU_ASSERT_EQUAL(
            stage_run((const char *const[]){ "tbc-station", "--data", s.data, NULL }),
            3);
        CU_ASSERT(strstr(stage_said(), path) != NULL);
        CU_ASSERT_EQUAL(chmod(path, 0600), 0);
    }
}

static void
wrong_usage_exits_2_and_init_never_overwrites(void)
{
    static struct stage s;

    stage_make(&s);
    CU_ASSERT_EQUAL(stage_run((const char *const[]){ "tbc-station", "--bogus", NULL }),
                    2);
    CU_ASSERT_EQUAL(stage_run((const char *const[]){ "tbc-station", NULL }), 2);
    CU_ASSERT_EQUAL(stage_run((const char *const[]){ "tbc-station", "--data", s.data,
                                                     "--without-face", NULL }),
                    2);
    CU_ASSERT(strstr(stage_said(), "this build always compares faces") != NULL);
    CU_ASSERT_EQUAL(
        stage_run((const char *const[]){ "tbc-station", "--data", s.data, "--init",
                                         "--station", "YZN", NULL }),
        3);
    CU_ASSERT_EQUAL(
        stage_run((const char *const[]){ "tbc-station", "--data", s.data, "--init",
                                         "--station", "yzn", NULL }),
        2);
    CU_ASSERT_EQUAL(stage_run((const char *const[]){ "tbc-station", "--data", s.data,
                                                     "--check-config", NULL }),
                    0);
}

TBC_SUITE("e2e/station_life", TEST(a_clock_that_went_back_stops_issuing),
          TEST(an_acknowledged_certificate_survives_kill_9),
          TEST(a_second_server_on_the_same_data_is_refused),
          TEST(a_port_in_use_is_named),
          TEST(a_secret_that_others_can_read_is_refused_by_name),
          TEST(wrong_usage_exits_2_and_init_never_overwrites))
