/* The real station with its issuer key in a token: certificates that anyone verifies, a token that
 * is pulled, a key that follows the first. */
#include "codec/cose.h"
#include "codec/token.h"
#include "crypto/key.h"
#include "softhsm.h"
#include "stage.h"
#include "suite.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static struct softhsm hsm;
static struct stage s;

/* A copy, because softhsm_uri gives one at a time; good for the next 4 calls. */
static const char *
uri(const char *object)
{
    static char uris[4][512];
    static unsigned next;
    char *to = uris[next++ % 4];

    (void)snprintf(to, sizeof uris[0], "%s", softhsm_uri(&hsm, object));
    return to;
}

/* Root and issuer in the token, and an Ed25519 key beside them; the list of both. */
static void
make_railway(void)
{
    const char *list = stage_path(&s, "hsm.list");

    stage_tool((const char *const[]){ "tbc", "keys", "make", "--alg", "EdDSA",
                                      "--pkcs11", uri("edwards"), NULL });
    stage_tool((const char *const[]){ "tbc", "keys", "make", "--alg", "ES384",
                                      "--pkcs11", uri("root"), NULL });
    stage_tool((const char *const[]){ "tbc", "keys", "make", "--pkcs11", uri("issuer"),
                                      NULL });
    stage_tool((const char *const[]){ "tbc", "trust", "make", "--root", uri("root"),
                                      "--out", list, NULL });
    stage_tool((const char *const[]){
        "tbc", "trust", "add", "--list", list, "--station", "YZN", "--key",
        uri("issuer"), "--status-uri", "https://status.example/1", NULL });
    stage_tool((const char *const[]){ "tbc", "trust", "sign", "--list", list, "--root",
                                      uri("root"), "--out", stage_path(&s, "hsm.cose"),
                                      NULL });
}

static void
keep(const char *name, struct tbc_span bytes)
{
    CU_ASSERT_EQUAL(tbc_file_write(stage_path(&s, name), bytes, 0600), TBC_OK);
}

/* Passenger n's certificate as a text in a file, and the kid of its signer. */
static void
issue(unsigned n, const char *name, uint8_t kid[static TBC_KID_LEN])
{
    struct tbc_assist in = stage_assistance(n);
    struct tbc_issue_reply out = { 0 };
    struct tbc_buf text = { 0 };
    struct tbc_cose msg;

    CU_ASSERT_FATAL(
        stage_is(stage_ask(s.client, TBC_OP_ASSIST, &in, &out), TBC_CODE_FINE));
    CU_ASSERT_EQUAL_FATAL(tbc_cose_open(&msg, out.certificate, NULL), TBC_OK);
    memcpy(kid, msg.kid, TBC_KID_LEN);
    CU_ASSERT_EQUAL(tbc_token_encode(out.certificate, &text), TBC_OK);
    keep(name, tbc_buf_span(&text));
    tbc_buf_fini(&text);
}

/* What tbc verify says of it with the station's own lists of now: its exit code. */
static int
verify(const char *name)
{
    struct tbc_snapshot have = { .manifest = UINT64_MAX };
    struct tbc_snapshot_reply out = { 0 };

    CU_ASSERT_FATAL(
        stage_is(stage_ask(s.client, TBC_OP_SNAPSHOT, &have, &out), TBC_CODE_FINE));
    keep("status.now", out.status);
    keep("trust.now", out.trust);
    return stage_run((const char *const[]){
        "tbc", "verify", "--trust", stage_path(&s, "trust.now"), "--status",
        stage_path(&s, "status.now"), stage_path(&s, name), NULL });
}

static uint8_t first_kid[TBC_KID_LEN];

static void
a_key_in_a_token_issues_what_anyone_verifies(void)
{
    softhsm_init(&hsm);
    stage_make(&s);
    make_railway();
    CU_ASSERT_FATAL(
        stage_start(&s, (const char *const[]){ "--issuer", uri("issuer"), "--trust",
                                               stage_path(&s, "hsm.cose"), NULL }));
    CU_ASSERT_FATAL(stage_connect(&s));
    CU_ASSERT_FATAL(stage_import(&s, 5));
    issue(0, "first.txt", first_kid);
    CU_ASSERT_EQUAL(verify("first.txt"), 0);
}

static void
a_pulled_token_stops_issuing_and_not_the_station(void)
{
    struct tbc_assist in = stage_assistance(1);
    struct tbc_issue_reply out;
    uint8_t kid[TBC_KID_LEN];

    softhsm_pull(&hsm);
    CU_ASSERT(
        stage_is(stage_ask(s.client, TBC_OP_ASSIST, &in, &out), TBC_CODE_TROUBLE));
    CU_ASSERT(
        stage_is(stage_ask(s.client, TBC_OP_ASSIST, &in, &out), TBC_CODE_TROUBLE));
    softhsm_put_back(&hsm);
    issue(1, "second.txt", kid);
    CU_ASSERT_EQUAL(memcmp(kid, first_kid, sizeof kid), 0);
    CU_ASSERT_EQUAL(verify("second.txt"), 0);
}

/* Wait until the station gives out a longer trust list, or a status list by another key: 0 for
 * what does not matter.  False when it takes too long. */
static bool
wait_for(size_t trust_above, const uint8_t *status_not_by)
{
    const int64_t end = tbc_clock_mono().ms + STAGE_CALL_MS;
    struct tbc_snapshot have = { .manifest = UINT64_MAX };
    struct tbc_snapshot_reply out = { 0 };
    struct tbc_cose msg;

    while (tbc_clock_mono().ms < end) {
        if (!stage_is(stage_ask(s.client, TBC_OP_SNAPSHOT, &have, &out),
                      TBC_CODE_FINE) ||
            tbc_cose_open(&msg, out.status, NULL) != TBC_OK) {
            return false;
        }
        if (out.trust.len > trust_above &&
            (status_not_by == NULL ||
             memcmp(msg.kid, status_not_by, TBC_KID_LEN) != 0)) {
            return true;
        }
        (void)poll(NULL, 0, 20);
    }
    return false;
}

/* Rotate to a key that begins at that time, and give list and key to the station. */
static void
rotate(struct tbc_utc from)
{
    char when[TBC_RFC3339_SIZE];

    tbc_utc_format(from, when);
    stage_tool((const char *const[]){
        "tbc", "keys", "rotate", "--list", stage_path(&s, "hsm.list"), "--station",
        "YZN", "--pkcs11", uri("issuer-2"), "--from", when, NULL });
    stage_tool((const char *const[]){ "tbc", "trust", "sign", "--list",
                                      stage_path(&s, "hsm.list"), "--root", uri("root"),
                                      "--out", stage_path(&s, "hsm.cose"), NULL });
    keep("issuer-next.pem", tbc_span_str(uri("issuer-2")));
    CU_ASSERT(tbc_process_signal(&s.process, SIGHUP));
}

static void
the_next_key_takes_over_at_its_second(void)
{
    const struct tbc_utc from = { tbc_clock_utc().s + 4 };
    struct tbc_snapshot have = { .manifest = UINT64_MAX };
    struct tbc_snapshot_reply out = { 0 };
    uint8_t kid[TBC_KID_LEN];

    CU_ASSERT_FATAL(
        stage_is(stage_ask(s.client, TBC_OP_SNAPSHOT, &have, &out), TBC_CODE_FINE));
    rotate(from);
    CU_ASSERT_FATAL(wait_for(out.trust.len, NULL));
    issue(2, "third.txt", kid);
    if (tbc_clock_utc().s <
        from.s) { /* not so on a machine that was busy for seconds */
        CU_ASSERT_EQUAL(memcmp(kid, first_kid, sizeof kid), 0);
    }
    CU_ASSERT_FATAL(wait_for(0, first_kid));
    CU_ASSERT(tbc_clock_utc().s >= from.s);
    issue(3, "fourth.txt", kid);
    CU_ASSERT_NOT_EQUAL(memcmp(kid, first_kid, sizeof kid), 0);
    CU_ASSERT_EQUAL(verify("fourth.txt"), 0);
    CU_ASSERT_EQUAL(verify("third.txt"), 0);
    CU_ASSERT_EQUAL(verify("first.txt"), 0); /* by the key before */
}

static void
a_key_that_does_not_open_leaves_the_present_ones(void)
{
    uint8_t kid[TBC_KID_LEN];

    keep("issuer-next.pem", tbc_span_str(uri("nobody")));
    CU_ASSERT(tbc_process_signal(&s.process, SIGHUP));
    issue(4, "fifth.txt", kid);
    CU_ASSERT_NOT_EQUAL(memcmp(kid, first_kid, sizeof kid), 0);
    tbc_client_close(&s.client);
    CU_ASSERT_EQUAL(stage_end(&s, SIGTERM), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(stage_said(), "kept the present issuer keys"));
    CU_ASSERT_PTR_NULL(strstr(stage_said(), SOFTHSM_PIN));
}

static void
a_station_whose_token_is_missing_does_not_start(void)
{
    char name[512];

    (void)snprintf(name, sizeof name, "pkcs11:token=other;object=issuer?module-path=%s",
                   SOFTHSM_MODULE);
    CU_ASSERT_EQUAL(stage_run((const char *const[]){
                        "tbc-station", "--data", s.data, "--issuer", name, "--trust",
                        stage_path(&s, "hsm.cose"), NULL }),
                    3);
    CU_ASSERT_PTR_NOT_NULL(strstr(stage_said(), "no such token is there"));
    softhsm_fini(&hsm);
}

static void
an_encrypted_key_issues_with_its_pass_file(void)
{
    static struct stage other;
    const char *pass;
    const char *key;
    const char *trust;

    stage_make(&other);
    pass = stage_path(&other, "pass");
    key = stage_path(&other, "next.pem");
    trust = stage_path(&other, "trust.cose");
    CU_ASSERT_EQUAL(tbc_file_write(pass, tbc_span_str("correct horse\n"), 0600),
                    TBC_OK);
    stage_tool((const char *const[]){ "tbc", "keys", "rotate", "--list",
                                      stage_path(&other, "trust.list"), "--station",
                                      "YZN", "--out", key, "--pass-file", pass, NULL });
    stage_tool((const char *const[]){
        "tbc", "trust", "sign", "--list", stage_path(&other, "trust.list"), "--root",
        stage_path(&other, "root.pem"), "--out", trust, NULL });
    CU_ASSERT_EQUAL(stage_run((const char *const[]){
                        "tbc-station", "--data", other.data, "--issuer", key, NULL }),
                    3);
    CU_ASSERT_PTR_NOT_NULL(strstr(stage_said(), "pass phrase"));
    CU_ASSERT_FATAL(stage_start(
        &other, (const char *const[]){ "--issuer", key, "--pass-file", pass, NULL }));
    CU_ASSERT_FATAL(stage_connect(&other));
    CU_ASSERT(stage_import(&other, 1));
    s = other;
    issue(0, "sealed.txt", first_kid);
    CU_ASSERT_EQUAL(verify("sealed.txt"), 0);
    stage_strike(&s);
}

TBC_SUITE("e2e/keys", TEST(a_key_in_a_token_issues_what_anyone_verifies),
          TEST(a_pulled_token_stops_issuing_and_not_the_station),
          TEST(the_next_key_takes_over_at_its_second),
          TEST(a_key_that_does_not_open_leaves_the_present_ones),
          TEST(a_station_whose_token_is_missing_does_not_start),
          TEST(an_encrypted_key_issues_with_its_pass_file))
