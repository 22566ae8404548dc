/* The real tbc-station, asked over the real bus. */
#include "crypto/seal.h"
#include "crypto/statusdelta.h"
#include "stage.h"
#include "suite.h"
#include "sys/clock.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static void
hello_tells_station_role_and_policy(void)
{
    static struct stage s;
    struct tbc_hello in = { .software = "test 1" };
    struct tbc_hello_reply out = { 0 };

    stage_raise(&s);
    CU_ASSERT(stage_is(stage_ask(s.client, TBC_OP_HELLO, &in, &out), TBC_CODE_FINE));
    CU_ASSERT_STRING_EQUAL(out.station, "YZN");
    CU_ASSERT_STRING_EQUAL(out.station_en, "Yunzhou South");
    CU_ASSERT_STRING_EQUAL(out.device, "operator");
    CU_ASSERT_EQUAL(out.role, TBC_ROLE_OPERATOR);
    CU_ASSERT_EQUAL(out.policy.quota_month, 6);
    CU_ASSERT(
        stage_is(stage_ask(s.client, TBC_OP_BIND, NULL, NULL), TBC_CODE_UNSUPPORTED));
    CU_ASSERT(stage_is(stage_ask(s.client, TBC_OP_ENTER, NULL, NULL), TBC_CODE_DENIED));
    stage_strike(&s);
}

static void
unknown_and_revoked_devices_are_refused(void)
{
    static struct tbc_device_reply rows;
    static struct stage s;
    struct tbc_hello in = { .software = "test 1" };
    struct tbc_hello_reply out;
    struct tbc_device revoke = { .action = TBC_DEVICE_REVOKE, .name = "gate-1" };
    struct tbc_device_file stranger;
    struct tbc_client *gate = NULL;
    struct tbc_client *other = NULL;
    struct tbc_reply reply;

    stage_raise(&s);
    CU_ASSERT(stage_enrol(&s, "gate-1", TBC_ROLE_GATE));
    CU_ASSERT_FATAL(stage_connect_as(&gate, stage_path(&s, "gate-1.device"), false));
    CU_ASSERT(stage_is(stage_ask(gate, TBC_OP_HELLO, &in, &out), TBC_CODE_FINE));
    CU_ASSERT_EQUAL(out.role, TBC_ROLE_GATE);
    CU_ASSERT(
        stage_is(stage_ask(s.client, TBC_OP_DEVICE, &revoke, &rows), TBC_CODE_FINE));
    CU_ASSERT_EQUAL(tbc_client_call(gate, TBC_OP_HELLO, &in, 300, &reply),
                    TBC_ERR_TIMEOUT);
    CU_ASSERT_EQUAL(tbc_device_read(&stranger, stage_path(&s, "gate-1.device")),
                    TBC_OK);
    CU_ASSERT_EQUAL(tbc_curve_pair(stranger.public_key, stranger.secret_key), TBC_OK);
    CU_ASSERT_FATAL(tbc_client_open(&other, &stranger, false) == TBC_OK);
    CU_ASSERT_EQUAL(tbc_client_call(other, TBC_OP_HELLO, &in, STAGE_CALL_MS, &reply),
                    TBC_ERR_DENIED);
    tbc_client_close(&other);
    tbc_client_close(&gate);
    CU_ASSERT_FATAL(stage_connect_as(&gate, stage_path(&s, "gate-1.device"), false));
    CU_ASSERT_EQUAL(tbc_client_call(gate, TBC_OP_HELLO, &in, STAGE_CALL_MS, &reply),
                    TBC_ERR_DENIED);
    tbc_client_close(&gate);
    stage_strike(&s);
}

static void
a_retry_gets_the_same_certificate_and_other_bytes_conflict(void)
{
    static const uint8_t id[TBC_WIRE_ID_LEN] = { 1, 2, 3 };
    static const uint8_t other_id[TBC_WIRE_ID_LEN] = { 4 };
    static struct stage s;
    struct tbc_assist in = stage_assistance(0);
    struct tbc_assist other = stage_assistance(1);
    struct tbc_issue_reply first;
    struct tbc_issue_reply out;
    uint8_t bytes[TBC_LIVE_MAX] = { 0 };
    size_t len;

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 2));
    CU_ASSERT_FATAL(stage_is(stage_ask_as(s.client, id, TBC_OP_ASSIST, &in, &first),
                             TBC_CODE_FINE));
    CU_ASSERT_FALSE(first.again);
    len = first.certificate.len;
    memcpy(bytes, first.certificate.ptr, len);
    CU_ASSERT(
        stage_is(stage_ask_as(s.client, id, TBC_OP_ASSIST, &in, &out), TBC_CODE_FINE));
    CU_ASSERT_FALSE(out.again);
    CU_ASSERT(tbc_span_equal(out.certificate, tbc_span_of(bytes, len)));
    CU_ASSERT(stage_is(stage_ask_as(s.client, id, TBC_OP_ASSIST, &other, &out),
                       TBC_CODE_CONFLICT));
    CU_ASSERT(stage_is(stage_ask_as(s.client, other_id, TBC_OP_ASSIST, &in, &out),
                       TBC_CODE_FINE));
    CU_ASSERT(out.again);
    CU_ASSERT(tbc_span_equal(out.certificate, tbc_span_of(bytes, len)));
    other.number[1] = '9';
    CU_ASSERT(
        stage_is(stage_ask(s.client, TBC_OP_ASSIST, &other, &out), TBC_CODE_NOT_FOUND));
    other.officer[0] = '\0';
    CU_ASSERT(stage_is(stage_ask(s.client, TBC_OP_ASSIST, &other, &out),
                       TBC_CODE_BAD_REQUEST));
    stage_strike(&s);
}

static void
the_month_has_so_many_certificates(void)
{
    static struct stage s;
    struct tbc_assist in = stage_assistance(0);
    struct tbc_issue_reply out;
    struct tbc_revoke revoke = { .reason = "lost" };

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 1));
    for (int i = 0; i < 6; i++) {
        CU_ASSERT_FATAL(
            stage_is(stage_ask(s.client, TBC_OP_ASSIST, &in, &out), TBC_CODE_FINE));
        CU_ASSERT_FALSE(out.again);
        memcpy(revoke.cti, out.cti, sizeof revoke.cti);
        CU_ASSERT(
            stage_is(stage_ask(s.client, TBC_OP_REVOKE, &revoke, NULL), TBC_CODE_FINE));
    }
    CU_ASSERT(stage_is(stage_ask(s.client, TBC_OP_ASSIST, &in, &out), TBC_CODE_QUOTA));
    CU_ASSERT(
        stage_is(stage_ask(s.client, TBC_OP_REVOKE, &revoke, NULL), TBC_CODE_EXISTS));
    revoke.cti[0] ^= 1;
    CU_ASSERT(stage_is(stage_ask(s.client, TBC_OP_REVOKE, &revoke, NULL),
                       TBC_CODE_NOT_FOUND));
    stage_strike(&s);
}

static void
an_import_with_a_bad_row_changes_nothing(void)
{
    static struct tbc_import in;
    static struct tbc_stats_reply stats;
    static struct stage s;
    struct tbc_import_reply out;
    struct answer a;

    stage_raise(&s);
    memset(&in, 0, sizeof in);
    in.people_n = 2;
    in.people[0] = (struct tbc_import_person){
        .line = 2, .kind = TBC_DOC_PASSPORT, .number = "YB1234567", .name = "Anna"
    };
    CU_ASSERT_EQUAL(tbc_random(in.batch, sizeof in.batch), TBC_OK);
    in.people[1] = in.people[0];
    in.people[1].line = 3;
    in.people[1].kind = TBC_DOC_CN;
    (void)snprintf(in.people[1].number, sizeof in.people[1].number,
                   "110105194912310021");
    in.last = true;
    a = stage_ask(s.client, TBC_OP_IMPORT, &in, &out);
    CU_ASSERT(stage_is(a, TBC_CODE_BAD_REQUEST));
    CU_ASSERT_EQUAL(a.problem.line, 3);
    in.part = 1;
    in.people_n = 1;
    CU_ASSERT(
        stage_is(stage_ask(s.client, TBC_OP_IMPORT, &in, &out), TBC_CODE_BAD_REQUEST));
    CU_ASSERT(stage_is(stage_ask(s.client, TBC_OP_STATS, NULL, &stats), TBC_CODE_FINE));
    CU_ASSERT_STRING_EQUAL(stats.stats[0].name, "people");
    CU_ASSERT_EQUAL(stats.stats[0].value, 0);
    stage_strike(&s);
}

static struct tbc_entry
presentation(const uint8_t *cti, struct tbc_utc depart, enum tbc_verdict own, bool told)
{
    struct tbc_entry e = { .verdict = own,
                           .at = tbc_clock_utc(),
                           .train = "G1207",
                           .depart = depart,
                           .told = told };

    memcpy(e.cti, cti, sizeof e.cti);
    CU_ASSERT_EQUAL(tbc_random(e.event, sizeof e.event), TBC_OK);
    return e;
}

static void
a_certificate_enters_once_for_a_trip(void)
{
    static struct tbc_events events;
    static struct tbc_events_reply told;
    const struct tbc_utc depart = { 1800000000 };
    static struct stage s;
    struct tbc_client *gate = NULL;
    struct tbc_assist in = stage_assistance(0);
    struct tbc_issue_reply issued;
    struct tbc_entry_reply out;
    struct tbc_entry first;
    struct tbc_entry second;
    struct tbc_revoke revoke = { .reason = "lost" };

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 1));
    CU_ASSERT_FATAL(
        stage_is(stage_ask(s.client, TBC_OP_ASSIST, &in, &issued), TBC_CODE_FINE));
    CU_ASSERT(stage_enrol(&s, "gate-1", TBC_ROLE_GATE));
    CU_ASSERT_FATAL(stage_connect_as(&gate, stage_path(&s, "gate-1.device"), false));
    first = presentation(issued.cti, depart, TBC_ACCEPTED_OFFLINE, false);
    CU_ASSERT(stage_is(stage_ask(gate, TBC_OP_ENTER, &first, &out), TBC_CODE_FINE));
    CU_ASSERT_EQUAL(out.verdict, TBC_ACCEPTED);
    /* the same event, asked again under another request: the same answer */
    CU_ASSERT(stage_is(stage_ask(gate, TBC_OP_ENTER, &first, &out), TBC_CODE_FINE));
    CU_ASSERT_EQUAL(out.verdict, TBC_ACCEPTED);
    second = presentation(issued.cti, depart, TBC_ACCEPTED_OFFLINE, false);
    CU_ASSERT(stage_is(stage_ask(gate, TBC_OP_ENTER, &second, &out), TBC_CODE_FINE));
    CU_ASSERT_EQUAL(out.verdict, TBC_ALREADY_ENTERED);
    CU_ASSERT_EQUAL(out.earlier.s, first.at.s);
    /* another gate had let it in offline: that happened, and is a conflict */
    events.entries_n = 2;
    events.entries[0] = presentation(issued.cti, depart, TBC_ACCEPTED_OFFLINE, true);
    events.entries[1] = presentation(issued.cti, depart, TBC_NO_TICKET, true);
    for (int i = 0; i < 2; i++) {
        CU_ASSERT(
            stage_is(stage_ask(gate, TBC_OP_EVENTS, &events, &told), TBC_CODE_FINE));
        CU_ASSERT_EQUAL(told.entries_n, 2);
        CU_ASSERT_EQUAL(told.entries[0].verdict, TBC_ACCEPTED_OFFLINE);
        CU_ASSERT(told.entries[0].conflict);
        CU_ASSERT_EQUAL(told.entries[1].verdict, TBC_NO_TICKET);
        CU_ASSERT_FALSE(told.entries[1].conflict);
    }
    memcpy(revoke.cti, issued.cti, sizeof revoke.cti);
    CU_ASSERT(
        stage_is(stage_ask(s.client, TBC_OP_REVOKE, &revoke, NULL), TBC_CODE_FINE));
    second = presentation(issued.cti, (struct tbc_utc){ 1800000001 },
                          TBC_ACCEPTED_OFFLINE, false);
    CU_ASSERT(stage_is(stage_ask(gate, TBC_OP_ENTER, &second, &out), TBC_CODE_FINE));
    CU_ASSERT_EQUAL(out.verdict, TBC_REVOKED);
    tbc_client_close(&gate);
    stage_strike(&s);
}

/* Wait for a notice of the kind. */
static bool
hear(struct tbc_client *client, enum tbc_notice_kind kind, uint64_t *number)
{
    const int64_t end = tbc_clock_mono().ms + STAGE_CALL_MS;

    while (tbc_clock_mono().ms < end) {
        struct tbc_notice notice;
        struct pollfd fd = { .events = POLLIN };
        int front;

        if (tbc_client_notice(client, &notice) == TBC_OK) {
            *number = notice.number;
            if (notice.kind == kind) {
                return true;
            }
            continue;
        }
        tbc_client_fds(client, &front, &fd.fd);
        (void)poll(&fd, 1, 20);
    }
    return false;
}

static void
snapshot_and_feed_carry_the_lists(void)
{
    static struct stage s;
    struct tbc_client *gate = NULL;
    struct tbc_snapshot have = { 0 };
    struct tbc_snapshot_reply out;
    struct tbc_assist in = stage_assistance(0);
    struct tbc_issue_reply issued;
    struct tbc_revoke revoke = { .reason = "lost" };
    uint64_t beat = 0;
    uint64_t number = 0;

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 1));
    CU_ASSERT_FATAL(
        stage_is(stage_ask(s.client, TBC_OP_ASSIST, &in, &issued), TBC_CODE_FINE));
    CU_ASSERT(stage_enrol(&s, "gate-1", TBC_ROLE_GATE));
    CU_ASSERT_FATAL(stage_connect_as(&gate, stage_path(&s, "gate-1.device"), true));
    CU_ASSERT(stage_is(stage_ask(gate, TBC_OP_SNAPSHOT, &have, &out), TBC_CODE_FINE));
    CU_ASSERT(out.trust.len > 0);
    CU_ASSERT(out.status.len > 0);
    CU_ASSERT(out.manifest.len > 0);
    have = (struct tbc_snapshot){ .trust = UINT64_MAX,
                                  .status = UINT64_MAX,
                                  .manifest = UINT64_MAX };
    CU_ASSERT(stage_is(stage_ask(gate, TBC_OP_SNAPSHOT, &have, &out), TBC_CODE_FINE));
    CU_ASSERT_EQUAL(out.trust.len + out.status.len + out.manifest.len, 0);
    CU_ASSERT(hear(gate, TBC_NOTICE_BEAT, &beat));
    CU_ASSERT_EQUAL(beat, out.feed);
    memcpy(revoke.cti, issued.cti, sizeof revoke.cti);
    CU_ASSERT(
        stage_is(stage_ask(s.client, TBC_OP_REVOKE, &revoke, NULL), TBC_CODE_FINE));
    CU_ASSERT(hear(gate, TBC_NOTICE_STATUS, &number));
    CU_ASSERT_EQUAL(number, beat + 1);
    tbc_client_close(&gate);
    stage_strike(&s);
}

/* Keep a status list up to date from the feed until its notice `number`; counts the deltas. */
static bool
follow(struct tbc_client *gate, uint64_t number, struct tbc_buf *list, unsigned *deltas)
{
    const int64_t end = tbc_clock_mono().ms + STAGE_CALL_MS;
    struct tbc_notice notice = { 0 };

    while (tbc_clock_mono().ms < end && notice.number < number) {
        struct pollfd fd = { .events = POLLIN };
        struct tbc_buf next = { 0 };
        int front;

        if (tbc_client_notice(gate, &notice) != TBC_OK) {
            tbc_client_fds(gate, &front, &fd.fd);
            (void)poll(&fd, 1, 20);
            notice.number = 0;
            continue;
        }
        if (notice.kind == TBC_NOTICE_STATUS) {
            CU_ASSERT_EQUAL(tbc_buf_append_span(&next, notice.body), TBC_OK);
        } else if (notice.kind == TBC_NOTICE_DELTA) {
            CU_ASSERT_EQUAL(
                tbc_statusdelta_apply(tbc_buf_span(list), notice.body, &next, NULL),
                TBC_OK);
            (*deltas)++;
        } else {
            continue;
        }
        tbc_buf_fini(list);
        *list = next;
    }
    return notice.number >= number;
}

/* Enough revocations that the list becomes long and its changes stay short. */
static void
deltas_of_the_feed_lead_to_the_list_of_a_snapshot(void)
{
    static struct stage s;
    struct tbc_client *gate = NULL;
    struct tbc_snapshot have = { .trust = UINT64_MAX, .manifest = UINT64_MAX };
    struct tbc_snapshot_reply out;
    struct tbc_revoke revoke = { .reason = "lost" };
    struct tbc_buf list = { 0 };
    unsigned deltas = 0;

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 40));
    CU_ASSERT(stage_enrol(&s, "gate-1", TBC_ROLE_GATE));
    CU_ASSERT_FATAL(stage_connect_as(&gate, stage_path(&s, "gate-1.device"), true));
    CU_ASSERT(hear(gate, TBC_NOTICE_BEAT, &(uint64_t){ 0 }));
    for (unsigned i = 0; i < 40 * 5; i++) {
        struct tbc_assist in = stage_assistance(i % 40);
        struct tbc_issue_reply issued;

        CU_ASSERT_FATAL(
            stage_is(stage_ask(s.client, TBC_OP_ASSIST, &in, &issued), TBC_CODE_FINE));
        memcpy(revoke.cti, issued.cti, sizeof revoke.cti);
        CU_ASSERT_FATAL(
            stage_is(stage_ask(s.client, TBC_OP_REVOKE, &revoke, NULL), TBC_CODE_FINE));
        if (i % 20 == 19) { /* before more wait than the socket holds */
            CU_ASSERT_FATAL(
                stage_is(stage_ask(gate, TBC_OP_SNAPSHOT, &have, &out), TBC_CODE_FINE));
            CU_ASSERT_FATAL(follow(gate, out.feed, &list, &deltas));
        }
    }
    CU_ASSERT(stage_is(stage_ask(gate, TBC_OP_SNAPSHOT, &have, &out), TBC_CODE_FINE));
    CU_ASSERT(tbc_span_equal(tbc_buf_span(&list), out.status));
    CU_ASSERT(deltas > 5);
    tbc_buf_fini(&list);
    tbc_client_close(&gate);
    stage_strike(&s);
}

static void
a_newer_trust_list_is_taken_over_and_published(void)
{
    static struct stage s;
    struct tbc_client *gate = NULL;
    struct tbc_snapshot have = { .status = UINT64_MAX, .manifest = UINT64_MAX };
    struct tbc_snapshot_reply out;
    uint64_t number = 0;
    size_t before;
    const char *device;
    const char *key;
    const char *other;
    const char *list;
    const char *trust;

    stage_raise(&s);
    device = stage_path(&s, "operator.device");
    key = stage_path(&s, "root.pem");
    other = stage_path(&s, "other.pem");
    list = stage_path(&s, "trust.list");
    trust = stage_path(&s, "trust.cose");
    CU_ASSERT_FATAL(stage_connect_as(&gate, device, true));
    CU_ASSERT(hear(gate, TBC_NOTICE_BEAT, &number));
    CU_ASSERT(stage_is(stage_ask(gate, TBC_OP_SNAPSHOT, &have, &out), TBC_CODE_FINE));
    before = out.trust.len;
    stage_tool((const char *const[]){ "tbc", "keys", "make", "--out", other, NULL });
    stage_tool((const char *const[]){
        "tbc", "trust", "add", "--list", list, "--station", "QYB", "--key", other,
        "--status-uri", "https://status.example/2", NULL });
    stage_tool((const char *const[]){ "tbc", "trust", "sign", "--list", list, "--root",
                                      key, "--out", trust, NULL });
    CU_ASSERT(tbc_process_signal(&s.process, SIGHUP));
    CU_ASSERT(hear(gate, TBC_NOTICE_TRUST, &number));
    CU_ASSERT(stage_is(stage_ask(gate, TBC_OP_SNAPSHOT, &have, &out), TBC_CODE_FINE));
    CU_ASSERT(out.trust.len > before);
    CU_ASSERT_EQUAL(out.feed, number);
    tbc_client_close(&gate);
    stage_strike(&s);
}

TBC_SUITE("e2e/station", TEST(hello_tells_station_role_and_policy),
          TEST(unknown_and_revoked_devices_are_refused),
          TEST(a_retry_gets_the_same_certificate_and_other_bytes_conflict),
          TEST(the_month_has_so_many_certificates),
          TEST(an_import_with_a_bad_row_changes_nothing),
          TEST(a_certificate_enters_once_for_a_trip),
          TEST(snapshot_and_feed_carry_the_lists),
          TEST(deltas_of_the_feed_lead_to_the_list_of_a_snapshot),
          TEST(a_newer_trust_list_is_taken_over_and_published))
