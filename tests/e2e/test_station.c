/* The real tbc-station, asked over the real bus. */
#include "base/text.h"
#include "codec/claims.h"
#include "codec/cose.h"
#include "crypto/seal.h"
#include "net/client.h"
#include "process.h"
#include "store/store.h"
#include "suite.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CALL_MS  10000
#define START_MS 30000
#define PATH_LEN 256

static char root[] = "/tmp/tbc-station-XXXXXX";
static unsigned stations_n;

/* A station with a folder of its own and a client that is its operator. */
struct stage {
    char data[PATH_LEN];
    struct tbc_process process;
    struct tbc_client *client;
};

/* The end of what the program that failed last said. */
static char said[4096];

/* Run a program to its end: its exit code. */
static int
run_tool(const char *const argv[])
{
    static struct tbc_process p;

    said[0] = '\0';
    return tbc_process_start(&p, argv[0], argv + 1)
               ? tbc_process_wait(&p, START_MS, said, sizeof said)
               : -1;
}

static void
tool(const char *const argv[])
{
    if (run_tool(argv) != 0) {
        (void)fprintf(stderr, "%s %s failed: %s\n", argv[0], argv[1], said);
        exit(2);
    }
}

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static void
remove_folders(void)
{
    (void)nftw(root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* Keys and trust list as an operator makes them. */
static void
make_trust(const char *data)
{
    char key[PATH_LEN + 32];
    char issuer[PATH_LEN + 32];
    char list[PATH_LEN + 32];
    char trust[PATH_LEN + 32];

    (void)snprintf(key, sizeof key, "%s/root.pem", data);
    (void)snprintf(issuer, sizeof issuer, "%s/issuer.pem", data);
    (void)snprintf(list, sizeof list, "%s/trust.list", data);
    (void)snprintf(trust, sizeof trust, "%s/trust.cose", data);
    tool((const char *const[]){ "tbc", "keys", "make", "--out", key, NULL });
    tool((const char *const[]){ "tbc", "keys", "make", "--out", issuer, NULL });
    tool((const char *const[]){ "tbc", "trust", "make", "--root", key, "--out", list,
                                NULL });
    tool((const char *const[]){ "tbc", "trust", "add", "--list", list, "--station",
                                "YZN", "--key", issuer, "--status-uri",
                                "https://status.example/1", NULL });
    tool((const char *const[]){ "tbc", "trust", "sign", "--list", list, "--root", key,
                                "--out", trust, NULL });
}

static void
make_station(struct stage *s)
{
    memset(s, 0, sizeof *s);
    if (stations_n++ == 0 && (mkdtemp(root) == NULL || atexit(remove_folders) != 0)) {
        exit(2);
    }
    (void)snprintf(s->data, sizeof s->data, "%s/%u", root, stations_n);
    tool((const char *const[]){ "tbc-station", "--data", s->data, "--init", "--station",
                                "YZN", "--name-en", "Yunzhou South", NULL });
    make_trust(s->data);
}

/* Start it, with models unless NULL, and wait until it answers. */
static bool
start_with(struct stage *s, const char *models)
{
    const char *const args[] = { "--data",
                                 s->data,
                                 "--front",
                                 "tcp://127.0.0.1:*",
                                 "--feed",
                                 "tcp://127.0.0.1:*",
                                 models == NULL ? NULL : "--models",
                                 models,
                                 NULL };
    char line[TBC_PROCESS_LINE];

    return tbc_process_start(&s->process, "tbc-station", args) &&
           tbc_process_until(&s->process, "ready front=tcp://127.0.0.1:", line,
                             START_MS);
}

/* Send a signal (0: none) and wait: its exit code. */
static int
end_station(struct stage *s, int number)
{
    said[0] = '\0';
    if (number != 0 && !tbc_process_signal(&s->process, number)) {
        return -1;
    }
    return tbc_process_wait(&s->process, START_MS, said, sizeof said);
}

static bool
connect_as(struct tbc_client **client, const char *device, bool with_feed)
{
    struct tbc_device_file file;
    bool ok = tbc_device_read(&file, device) == TBC_OK &&
              tbc_client_open(client, &file, with_feed) == TBC_OK;

    tbc_device_fini(&file);
    return ok;
}

static bool
connect_operator(struct stage *s)
{
    char path[PATH_LEN + 32];

    (void)snprintf(path, sizeof path, "%s/operator.device", s->data);
    return connect_as(&s->client, path, false);
}

static void
raise_station(struct stage *s)
{
    make_station(s);
    if (!start_with(s, NULL) || !connect_operator(s)) {
        CU_FAIL_FATAL("the station did not start");
    }
}

static void
strike_station(struct stage *s)
{
    tbc_client_close(&s->client);
    CU_ASSERT_EQUAL(end_station(s, SIGTERM), 0);
}

/* What came back: a code, and one of the two bodies. */
struct answer {
    enum tbc_err err;
    enum tbc_code code;
    struct tbc_problem problem;
};

static struct answer
take_answer(const struct tbc_reply *reply, enum tbc_err err, void *out)
{
    struct answer a = { .err = err, .code = reply->code };
    const struct tbc_wire_shape *shape = tbc_wire_reply_shape(reply->op);

    if (err != TBC_OK) {
        return a;
    }
    a.err = reply->code == TBC_CODE_FINE
                ? (shape->size == 0 || out == NULL
                       ? TBC_OK
                       : tbc_wire_read(shape, reply->body, out, NULL))
                : tbc_wire_read(&tbc_wire_problem_shape, reply->body, &a.problem, NULL);
    return a;
}

static struct answer
ask(struct tbc_client *client, enum tbc_op op, const void *msg, void *out)
{
    struct tbc_reply reply;
    enum tbc_err err = tbc_client_call(client, op, msg, CALL_MS, &reply);

    return take_answer(&reply, err, out);
}

/* The same under a request id of one's own, as a retry does it. */
static struct answer
ask_as(struct tbc_client *client, const uint8_t *id, enum tbc_op op, const void *msg,
       void *out)
{
    const int64_t end = tbc_clock_mono().ms + CALL_MS;
    struct tbc_reply reply = { 0 };
    enum tbc_err err = tbc_client_send(client, id, op, msg);

    while (err == TBC_OK || err == TBC_ERR_BUSY) {
        struct pollfd fd = { .events = POLLIN };
        int feed;

        err = tbc_client_recv(client, &reply);
        if (err == TBC_OK && memcmp(reply.id, id, TBC_WIRE_ID_LEN) == 0) {
            return take_answer(&reply, err, out);
        }
        if (tbc_clock_mono().ms >= end) {
            err = TBC_ERR_TIMEOUT;
        }
        tbc_client_fds(client, &fd.fd, &feed);
        (void)poll(&fd, 1, 20);
    }
    return (struct answer){ .err = err };
}

static bool
is(struct answer a, enum tbc_code code)
{
    if (a.err != TBC_OK || a.code != code) {
        (void)fprintf(stderr, "wanted %s, got %s (%s): %s\n", tbc_code_name(code),
                      tbc_code_name(a.code), tbc_err_text(a.err), a.problem.what);
    }
    return a.err == TBC_OK && a.code == code;
}

static void
passport(unsigned n, char number[static TBC_NUMBER_MAX + 1])
{
    (void)snprintf(number, TBC_NUMBER_MAX + 1, "P%07u", n % 10000000);
}

/* n people without faces, each with a ticket that departs in half an hour. */
static bool
import_people(struct stage *s, unsigned n)
{
    static struct tbc_import in;
    struct tbc_import_reply out;

    memset(&in, 0, sizeof in);
    in.last = true;
    for (unsigned i = 0; i < n; i++) {
        struct tbc_import_person *p = &in.people[in.people_n++];
        struct tbc_import_ticket *t = &in.tickets[in.tickets_n++];

        *p = (struct tbc_import_person){ .line = i + 2, .kind = TBC_DOC_PASSPORT };
        passport(i, p->number);
        (void)snprintf(p->name, sizeof p->name, "Anna Maria Rossi");
        *t = (struct tbc_import_ticket){
            .line = i + 2,
            .kind = TBC_DOC_PASSPORT,
            .trip = { .train = "G1207", .from = "YZN", .to = "QYB", .seat = "05-12F" }
        };
        memcpy(t->number, p->number, sizeof t->number);
        t->trip.depart.s = tbc_clock_utc().s + 1800;
    }
    return tbc_random(in.batch, sizeof in.batch) == TBC_OK &&
           is(ask(s->client, TBC_OP_IMPORT, &in, &out), TBC_CODE_FINE) &&
           out.people == n && out.tickets == n;
}

static struct tbc_assist
assistance(unsigned n)
{
    struct tbc_assist a = { .kind = TBC_DOC_PASSPORT,
                            .officer = "desk 3",
                            .reason = "asked",
                            .medium = TBC_MEDIUM_PAPER };

    passport(n, a.number);
    return a;
}

static bool
add_device(struct stage *s, const char *name, enum tbc_role role,
           char path[PATH_LEN + 64])
{
    static struct tbc_device_reply out;
    struct tbc_device in = { .action = TBC_DEVICE_ADD, .role = role };
    struct tbc_device_file file;
    char operator_path[PATH_LEN + 32];

    (void)snprintf(operator_path, sizeof operator_path, "%s/operator.device", s->data);
    (void)snprintf(path, PATH_LEN + 64, "%s/%s.device", s->data, name);
    if (tbc_device_read(&file, operator_path) != TBC_OK ||
        tbc_curve_pair(file.public_key, file.secret_key) != TBC_OK ||
        !tbc_z85_decode(file.public_key, in.key)) {
        return false;
    }
    (void)snprintf(in.name, sizeof in.name, "%s", name);
    (void)snprintf(file.name, sizeof file.name, "%s", name);
    return tbc_device_write(&file, path) == TBC_OK &&
           is(ask(s->client, TBC_OP_DEVICE, &in, &out), TBC_CODE_FINE);
}

static void
hello_tells_station_role_and_policy(void)
{
    static struct stage s;
    struct tbc_hello in = { .software = "test 1" };
    struct tbc_hello_reply out = { 0 };

    raise_station(&s);
    CU_ASSERT(is(ask(s.client, TBC_OP_HELLO, &in, &out), TBC_CODE_FINE));
    CU_ASSERT_STRING_EQUAL(out.station, "YZN");
    CU_ASSERT_STRING_EQUAL(out.station_en, "Yunzhou South");
    CU_ASSERT_STRING_EQUAL(out.device, "operator");
    CU_ASSERT_EQUAL(out.role, TBC_ROLE_OPERATOR);
    CU_ASSERT_EQUAL(out.policy.quota_month, 6);
    CU_ASSERT(is(ask(s.client, TBC_OP_BIND, NULL, NULL), TBC_CODE_UNSUPPORTED));
    CU_ASSERT(is(ask(s.client, TBC_OP_ENTER, NULL, NULL), TBC_CODE_DENIED));
    strike_station(&s);
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
    char path[PATH_LEN + 64];

    raise_station(&s);
    CU_ASSERT(add_device(&s, "gate-1", TBC_ROLE_GATE, path));
    CU_ASSERT_FATAL(connect_as(&gate, path, false));
    CU_ASSERT(is(ask(gate, TBC_OP_HELLO, &in, &out), TBC_CODE_FINE));
    CU_ASSERT_EQUAL(out.role, TBC_ROLE_GATE);
    CU_ASSERT(is(ask(s.client, TBC_OP_DEVICE, &revoke, &rows), TBC_CODE_FINE));
    CU_ASSERT_EQUAL(tbc_client_call(gate, TBC_OP_HELLO, &in, 300, &reply),
                    TBC_ERR_TIMEOUT);
    CU_ASSERT_EQUAL(tbc_device_read(&stranger, path), TBC_OK);
    CU_ASSERT_EQUAL(tbc_curve_pair(stranger.public_key, stranger.secret_key), TBC_OK);
    CU_ASSERT_FATAL(tbc_client_open(&other, &stranger, false) == TBC_OK);
    CU_ASSERT_EQUAL(tbc_client_call(other, TBC_OP_HELLO, &in, CALL_MS, &reply),
                    TBC_ERR_DENIED);
    tbc_client_close(&other);
    tbc_client_close(&gate);
    CU_ASSERT_FATAL(connect_as(&gate, path, false));
    CU_ASSERT_EQUAL(tbc_client_call(gate, TBC_OP_HELLO, &in, CALL_MS, &reply),
                    TBC_ERR_DENIED);
    tbc_client_close(&gate);
    strike_station(&s);
}

static void
a_retry_gets_the_same_certificate_and_other_bytes_conflict(void)
{
    static const uint8_t id[TBC_WIRE_ID_LEN] = { 1, 2, 3 };
    static const uint8_t other_id[TBC_WIRE_ID_LEN] = { 4 };
    static struct stage s;
    struct tbc_assist in = assistance(0);
    struct tbc_assist other = assistance(1);
    struct tbc_issue_reply first;
    struct tbc_issue_reply out;
    uint8_t bytes[TBC_LIVE_MAX] = { 0 };
    size_t len;

    raise_station(&s);
    CU_ASSERT(import_people(&s, 2));
    CU_ASSERT_FATAL(
        is(ask_as(s.client, id, TBC_OP_ASSIST, &in, &first), TBC_CODE_FINE));
    CU_ASSERT_FALSE(first.again);
    len = first.certificate.len;
    memcpy(bytes, first.certificate.ptr, len);
    CU_ASSERT(is(ask_as(s.client, id, TBC_OP_ASSIST, &in, &out), TBC_CODE_FINE));
    CU_ASSERT_FALSE(out.again);
    CU_ASSERT(tbc_span_equal(out.certificate, tbc_span_of(bytes, len)));
    CU_ASSERT(is(ask_as(s.client, id, TBC_OP_ASSIST, &other, &out), TBC_CODE_CONFLICT));
    CU_ASSERT(is(ask_as(s.client, other_id, TBC_OP_ASSIST, &in, &out), TBC_CODE_FINE));
    CU_ASSERT(out.again);
    CU_ASSERT(tbc_span_equal(out.certificate, tbc_span_of(bytes, len)));
    other.number[1] = '9';
    CU_ASSERT(is(ask(s.client, TBC_OP_ASSIST, &other, &out), TBC_CODE_NOT_FOUND));
    other.officer[0] = '\0';
    CU_ASSERT(is(ask(s.client, TBC_OP_ASSIST, &other, &out), TBC_CODE_BAD_REQUEST));
    strike_station(&s);
}

static void
the_month_has_so_many_certificates(void)
{
    static struct stage s;
    struct tbc_assist in = assistance(0);
    struct tbc_issue_reply out;
    struct tbc_revoke revoke = { .reason = "lost" };

    raise_station(&s);
    CU_ASSERT(import_people(&s, 1));
    for (int i = 0; i < 6; i++) {
        CU_ASSERT_FATAL(is(ask(s.client, TBC_OP_ASSIST, &in, &out), TBC_CODE_FINE));
        CU_ASSERT_FALSE(out.again);
        memcpy(revoke.cti, out.cti, sizeof revoke.cti);
        CU_ASSERT(is(ask(s.client, TBC_OP_REVOKE, &revoke, NULL), TBC_CODE_FINE));
    }
    CU_ASSERT(is(ask(s.client, TBC_OP_ASSIST, &in, &out), TBC_CODE_QUOTA));
    CU_ASSERT(is(ask(s.client, TBC_OP_REVOKE, &revoke, NULL), TBC_CODE_EXISTS));
    revoke.cti[0] ^= 1;
    CU_ASSERT(is(ask(s.client, TBC_OP_REVOKE, &revoke, NULL), TBC_CODE_NOT_FOUND));
    strike_station(&s);
}

static void
an_import_with_a_bad_row_changes_nothing(void)
{
    static struct tbc_import in;
    static struct tbc_stats_reply stats;
    static struct stage s;
    struct tbc_import_reply out;
    struct answer a;

    raise_station(&s);
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
    a = ask(s.client, TBC_OP_IMPORT, &in, &out);
    CU_ASSERT(is(a, TBC_CODE_BAD_REQUEST));
    CU_ASSERT_EQUAL(a.problem.line, 3);
    in.part = 1;
    in.people_n = 1;
    CU_ASSERT(is(ask(s.client, TBC_OP_IMPORT, &in, &out), TBC_CODE_BAD_REQUEST));
    CU_ASSERT(is(ask(s.client, TBC_OP_STATS, NULL, &stats), TBC_CODE_FINE));
    CU_ASSERT_STRING_EQUAL(stats.stats[0].name, "people");
    CU_ASSERT_EQUAL(stats.stats[0].value, 0);
    strike_station(&s);
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
    struct tbc_assist in = assistance(0);
    struct tbc_issue_reply issued;
    struct tbc_entry_reply out;
    struct tbc_entry first;
    struct tbc_entry second;
    struct tbc_revoke revoke = { .reason = "lost" };
    char path[PATH_LEN + 64];

    raise_station(&s);
    CU_ASSERT(import_people(&s, 1));
    CU_ASSERT_FATAL(is(ask(s.client, TBC_OP_ASSIST, &in, &issued), TBC_CODE_FINE));
    CU_ASSERT(add_device(&s, "gate-1", TBC_ROLE_GATE, path));
    CU_ASSERT_FATAL(connect_as(&gate, path, false));
    first = presentation(issued.cti, depart, TBC_ACCEPTED_OFFLINE, false);
    CU_ASSERT(is(ask(gate, TBC_OP_ENTER, &first, &out), TBC_CODE_FINE));
    CU_ASSERT_EQUAL(out.verdict, TBC_ACCEPTED);
    /* the same event, asked again under another request: the same answer */
    CU_ASSERT(is(ask(gate, TBC_OP_ENTER, &first, &out), TBC_CODE_FINE));
    CU_ASSERT_EQUAL(out.verdict, TBC_ACCEPTED);
    second = presentation(issued.cti, depart, TBC_ACCEPTED_OFFLINE, false);
    CU_ASSERT(is(ask(gate, TBC_OP_ENTER, &second, &out), TBC_CODE_FINE));
    CU_ASSERT_EQUAL(out.verdict, TBC_ALREADY_ENTERED);
    CU_ASSERT_EQUAL(out.earlier.s, first.at.s);
    /* another gate had let it in offline: that happened, and is a conflict */
    events.entries_n = 2;
    events.entries[0] = presentation(issued.cti, depart, TBC_ACCEPTED_OFFLINE, true);
    events.entries[1] = presentation(issued.cti, depart, TBC_NO_TICKET, true);
    for (int i = 0; i < 2; i++) {
        CU_ASSERT(is(ask(gate, TBC_OP_EVENTS, &events, &told), TBC_CODE_FINE));
        CU_ASSERT_EQUAL(told.entries_n, 2);
        CU_ASSERT_EQUAL(told.entries[0].verdict, TBC_ACCEPTED_OFFLINE);
        CU_ASSERT(told.entries[0].conflict);
        CU_ASSERT_EQUAL(told.entries[1].verdict, TBC_NO_TICKET);
        CU_ASSERT_FALSE(told.entries[1].conflict);
    }
    memcpy(revoke.cti, issued.cti, sizeof revoke.cti);
    CU_ASSERT(is(ask(s.client, TBC_OP_REVOKE, &revoke, NULL), TBC_CODE_FINE));
    second = presentation(issued.cti, (struct tbc_utc){ 1800000001 },
                          TBC_ACCEPTED_OFFLINE, false);
    CU_ASSERT(is(ask(gate, TBC_OP_ENTER, &second, &out), TBC_CODE_FINE));
    CU_ASSERT_EQUAL(out.verdict, TBC_REVOKED);
    tbc_client_close(&gate);
    strike_station(&s);
}

/* Wait for a notice of the kind. */
static bool
hear(struct tbc_client *client, enum tbc_notice_kind kind, uint64_t *number)
{
    const int64_t end = tbc_clock_mono().ms + CALL_MS;

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
    struct tbc_assist in = assistance(0);
    struct tbc_issue_reply issued;
    struct tbc_revoke revoke = { .reason = "lost" };
    uint64_t beat = 0;
    uint64_t number = 0;
    char path[PATH_LEN + 64];

    raise_station(&s);
    CU_ASSERT(import_people(&s, 1));
    CU_ASSERT_FATAL(is(ask(s.client, TBC_OP_ASSIST, &in, &issued), TBC_CODE_FINE));
    CU_ASSERT(add_device(&s, "gate-1", TBC_ROLE_GATE, path));
    CU_ASSERT_FATAL(connect_as(&gate, path, true));
    CU_ASSERT(is(ask(gate, TBC_OP_SNAPSHOT, &have, &out), TBC_CODE_FINE));
    CU_ASSERT(out.trust.len > 0);
    CU_ASSERT(out.status.len > 0);
    CU_ASSERT(out.manifest.len > 0);
    have = (struct tbc_snapshot){ UINT64_MAX, UINT64_MAX, UINT64_MAX };
    CU_ASSERT(is(ask(gate, TBC_OP_SNAPSHOT, &have, &out), TBC_CODE_FINE));
    CU_ASSERT_EQUAL(out.trust.len + out.status.len + out.manifest.len, 0);
    CU_ASSERT(hear(gate, TBC_NOTICE_BEAT, &beat));
    CU_ASSERT_EQUAL(beat, out.feed);
    memcpy(revoke.cti, issued.cti, sizeof revoke.cti);
    CU_ASSERT(is(ask(s.client, TBC_OP_REVOKE, &revoke, NULL), TBC_CODE_FINE));
    CU_ASSERT(hear(gate, TBC_NOTICE_STATUS, &number));
    CU_ASSERT_EQUAL(number, beat + 1);
    tbc_client_close(&gate);
    strike_station(&s);
}

static void
a_newer_trust_list_is_taken_over_and_published(void)
{
    static struct stage s;
    struct tbc_client *gate = NULL;
    struct tbc_snapshot have = { 0, UINT64_MAX, UINT64_MAX };
    struct tbc_snapshot_reply out;
    uint64_t number = 0;
    size_t before;
    char device[PATH_LEN + 32];
    char key[PATH_LEN + 32];
    char other[PATH_LEN + 32];
    char list[PATH_LEN + 32];
    char trust[PATH_LEN + 32];

    raise_station(&s);
    (void)snprintf(device, sizeof device, "%s/operator.device", s.data);
    (void)snprintf(key, sizeof key, "%s/root.pem", s.data);
    (void)snprintf(other, sizeof other, "%s/other.pem", s.data);
    (void)snprintf(list, sizeof list, "%s/trust.list", s.data);
    (void)snprintf(trust, sizeof trust, "%s/trust.cose", s.data);
    CU_ASSERT_FATAL(connect_as(&gate, device, true));
    CU_ASSERT(hear(gate, TBC_NOTICE_BEAT, &number));
    CU_ASSERT(is(ask(gate, TBC_OP_SNAPSHOT, &have, &out), TBC_CODE_FINE));
    before = out.trust.len;
    tool((const char *const[]){ "tbc", "keys", "make", "--out", other, NULL });
    tool((const char *const[]){ "tbc", "trust", "add", "--list", list, "--station",
                                "QYB", "--key", other, "--status-uri",
                                "https://status.example/2", NULL });
    tool((const char *const[]){ "tbc", "trust", "sign", "--list", list, "--root", key,
                                "--out", trust, NULL });
    CU_ASSERT(tbc_process_signal(&s.process, SIGHUP));
    CU_ASSERT(hear(gate, TBC_NOTICE_TRUST, &number));
    CU_ASSERT(is(ask(gate, TBC_OP_SNAPSHOT, &have, &out), TBC_CODE_FINE));
    CU_ASSERT(out.trust.len > before);
    CU_ASSERT_EQUAL(out.feed, number);
    tbc_client_close(&gate);
    strike_station(&s);
}

/* The station of a stopped server has seen a later time. */
static bool
remember_time(const struct stage *s, struct tbc_utc t)
{
    struct tbc_store *store = NULL;
    uint8_t key[TBC_SEAL_KEY_LEN];
    char path[PATH_LEN + 32];
    bool ok;

    (void)snprintf(path, sizeof path, "%s/sealing.key", s->data);
    ok = tbc_secret_read(path, key, sizeof key) == TBC_OK;
    (void)snprintf(path, sizeof path, "%s/station.db", s->data);
    ok = ok && tbc_store_open(&store, path, key, false) == TBC_OK &&
         tbc_store_set(store, "clock", (uint64_t)t.s) == TBC_OK;
    tbc_store_close(&store);
    return ok;
}

static void
a_clock_that_went_back_stops_issuing(void)
{
    static struct stage s;
    struct tbc_assist in = assistance(0);
    struct tbc_issue_reply out;

    raise_station(&s);
    CU_ASSERT(import_people(&s, 1));
    strike_station(&s);
    CU_ASSERT(remember_time(&s, (struct tbc_utc){ tbc_clock_utc().s + 3600 }));
    CU_ASSERT_FATAL(start_with(&s, NULL) && connect_operator(&s));
    CU_ASSERT(is(ask(s.client, TBC_OP_ASSIST, &in, &out), TBC_CODE_TROUBLE));
    strike_station(&s);
    CU_ASSERT(strstr(said, "the clock is wrong") != NULL);
}

static void
an_acknowledged_certificate_survives_kill_9(void)
{
    static struct stage s;
    struct tbc_issue_reply issued;
    static struct tbc_lookup_reply found;

    raise_station(&s);
    CU_ASSERT(import_people(&s, 20));
    for (unsigned i = 0; i < 20; i++) {
        struct tbc_assist in = assistance(i);
        struct tbc_lookup look = { .reason = "test" };

        CU_ASSERT_FATAL(is(ask(s.client, TBC_OP_ASSIST, &in, &issued), TBC_CODE_FINE));
        CU_ASSERT_EQUAL(end_station(&s, SIGKILL), 128 + SIGKILL);
        tbc_client_close(&s.client);
        CU_ASSERT_FATAL(start_with(&s, NULL) && connect_operator(&s));
        memcpy(look.cti, issued.cti, sizeof look.cti);
        CU_ASSERT(is(ask(s.client, TBC_OP_LOOKUP, &look, &found), TBC_CODE_FINE));
    }
    strike_station(&s);
}

static void
a_second_server_on_the_same_data_is_refused(void)
{
    static struct stage s;
    static struct stage second;

    raise_station(&s);
    second = s;
    memset(&second.process, 0, sizeof second.process);
    CU_ASSERT_FALSE(start_with(&second, NULL));
    CU_ASSERT_EQUAL(end_station(&second, 0), 3);
    CU_ASSERT(strstr(said, "another tbc-station is using it") != NULL);
    strike_station(&s);
}

static void
a_port_in_use_is_named(void)
{
    static struct stage s;
    static struct stage other;
    struct tbc_device_file file;
    char path[PATH_LEN + 32];

    raise_station(&s);
    make_station(&other);
    (void)snprintf(path, sizeof path, "%s/operator.device", s.data);
    CU_ASSERT_EQUAL(tbc_device_read(&file, path), TBC_OK);
    CU_ASSERT_EQUAL(run_tool((const char *const[]){ "tbc-station", "--data", other.data,
                                                    "--front", file.front, "--feed",
                                                    "tcp://127.0.0.1:*", NULL }),
                    3);
    CU_ASSERT(strstr(said, "another program listens there already") != NULL);
    CU_ASSERT(strstr(said, file.front) != NULL);
    strike_station(&s);
}

static void
a_secret_that_others_can_read_is_refused_by_name(void)
{
    static const char *const names[] = { "sealing.key", "pseudonym.key", "curve.key",
                                         "issuer.pem" };
    static struct stage s;

    make_station(&s);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[PATH_LEN + 32];

        (void)snprintf(path, sizeof path, "%s/%s", s.data, names[i]);
        CU_ASSERT_EQUAL(chmod(path, 0644), 0);
        CU_ASSERT_EQUAL(
            run_tool((const char *const[]){ "tbc-station", "--data", s.data, NULL }),
            3);
        CU_ASSERT(strstr(said, path) != NULL);
        CU_ASSERT_EQUAL(chmod(path, 0600), 0);
    }
}

static void
wrong_usage_exits_2_and_init_never_overwrites(void)
{
    static struct stage s;

    make_station(&s);
    CU_ASSERT_EQUAL(run_tool((const char *const[]){ "tbc-station", "--bogus", NULL }),
                    2);
    CU_ASSERT_EQUAL(run_tool((const char *const[]){ "tbc-station", NULL }), 2);
    CU_ASSERT_EQUAL(
        run_tool((const char *const[]){ "tbc-station", "--data", s.data, "--init",
                                        "--station", "YZN", NULL }),
        3);
    CU_ASSERT_EQUAL(
        run_tool((const char *const[]){ "tbc-station", "--data", s.data, "--init",
                                        "--station", "yzn", NULL }),
        2);
    CU_ASSERT_EQUAL(run_tool((const char *const[]){ "tbc-station", "--data", s.data,
                                                    "--check-config", NULL }),
                    0);
}

static void
a_bad_table_is_refused_by_line_and_nothing_is_taken_in(void)
{
    static const struct {
        const char *table; /* people or tickets */
        const char *text;
        const char *complaint;
    } bad[] = {
        { "people", "", ":1: no header line" },
        { "people", "kind,number\n", ":1: column name is missing" },
        { "people", "kind,number,name,nick\n", ":1: unknown column: nick" },
        { "people", "kind,number,name,kind\n", ":1: column kind stands there twice" },
        { "people", "kind,number,name\n", ": no rows" },
        { "people", "kind,number,name\ncn,110105194912310021,A\n",
          ":2: number: the check character does not match" },
        { "people", "kind,number,name\nxx,11010519491231002X,A\n", ":2: kind: " },
        { "people", "kind,number,name\ncn,11010519491231002X,\n", ":2: name: empty" },
        { "people",
          "kind,number,name\ncn,11010519491231002X,A\ncn,11010519491231002x,B\n",
          ":3: the same as line 2" },
        { "people", "kind,number,name\ncn,11010519491231002X,=cmd()\n",
          ":2: a cell begins like a formula" },
        { "people", "kind,number,name\ncn,11010519491231002X,\xc1\xd6\n",
          ":2: not UTF-8" },
        { "people", "kind,number,name,photo\ncn,11010519491231002X,A,../x.png\n",
          ":2: photo: a file name is wanted" },
        { "people", "kind,number,name,photo\ncn,11010519491231002X,A,none.png\n",
          ":2: photo: " },
        { "tickets",
          "kind,number,train,depart,from,to\n"
          "cn,11010519491231002X,G1,tomorrow,YZN,QYB\n",
          ":2: depart: not a time" },
        { "tickets",
          "kind,number,train,depart,from,to\n"
          "cn,11010519491231002X,G1,2026-02-03T09:41:00Z,TOOLONGCODE,QYB\n",
          ":2: from: longer than 7 bytes" },
    };
    static struct tbc_stats_reply stats;
    static struct stage s;
    char table[PATH_LEN + 32];
    char device[PATH_LEN + 32];

    raise_station(&s);
    (void)snprintf(table, sizeof table, "%s/table.csv", s.data);
    (void)snprintf(device, sizeof device, "%s/operator.device", s.data);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CU_ASSERT_EQUAL(tbc_file_write(table, tbc_span_str(bad[i].text), 0600), TBC_OK);
        CU_ASSERT_EQUAL(
            run_tool((const char *const[]){ "tbc", "import", bad[i].table, "--device",
                                            device, table, NULL }),
            4);
        if (strstr(said, "table.csv") == NULL ||
            strstr(said, bad[i].complaint) == NULL) {
            (void)fprintf(stderr, "wanted \"%s\", got: %s", bad[i].complaint, said);
            CU_FAIL("a bad table is not named as it should be");
        }
    }
    CU_ASSERT(is(ask(s.client, TBC_OP_STATS, NULL, &stats), TBC_CODE_FINE));
    CU_ASSERT_EQUAL(stats.stats[0].value, 0);
    CU_ASSERT_EQUAL(stats.stats[2].value, 0);
    strike_station(&s);
}

static void
the_desk_works_from_the_command_line(void)
{
    static struct stage s;
    struct tbc_assist in = assistance(0);
    struct tbc_issue_reply issued;
    struct tbc_buf cti = { 0 };
    char device[PATH_LEN + 32];
    const char *id;

    raise_station(&s);
    (void)snprintf(device, sizeof device, "%s/operator.device", s.data);
    CU_ASSERT(import_people(&s, 1));
    CU_ASSERT_EQUAL(
        run_tool((const char *const[]){
            "tbc", "issue", "--kind", "passport", "--number", in.number, "--officer",
            "desk 3", "--reason", "asked", "--device", device, NULL }),
        0);
    /* the operator asks for the same person: it is the certificate that the desk issued */
    CU_ASSERT_FATAL(is(ask(s.client, TBC_OP_ASSIST, &in, &issued), TBC_CODE_FINE));
    CU_ASSERT(issued.again);
    CU_ASSERT_EQUAL(tbc_hex_encode(tbc_span_of(issued.cti, sizeof issued.cti), &cti),
                    TBC_OK);
    CU_ASSERT_FATAL((id = tbc_buf_str(&cti)) != NULL);
    CU_ASSERT_EQUAL(
        run_tool((const char *const[]){ "tbc", "show", id, "--device", device, NULL }),
        0);
    for (int want = 0; want < 2; want++) { /* the second time it is revoked already */
        CU_ASSERT_EQUAL(
            run_tool((const char *const[]){ "tbc", "revoke", id, "--reason", "lost",
                                            "--device", device, NULL }),
            want);
    }
    CU_ASSERT_EQUAL(run_tool((const char *const[]){ "tbc", "show", "12", "--device",
                                                    device, NULL }),
                    2);
    CU_ASSERT_EQUAL(
        run_tool((const char *const[]){ "tbc", "stats", "--device", device, NULL }), 0);
    CU_ASSERT_EQUAL(run_tool((const char *const[]){ "tbc", "device", "revoke", "nobody",
                                                    "--device", device, NULL }),
                    1);
    tbc_buf_fini(&cti);
    strike_station(&s);
}

/* Another picture of the person on a photograph of TBC_PEOPLE, as a camera would see them. */
static bool
see(const struct stage *s, const char *name, struct tbc_buf *out)
{
    char photo[PATH_LEN * 2];
    char view[PATH_LEN + 32];

    (void)snprintf(photo, sizeof photo, "%s/%s", getenv("TBC_PEOPLE"), name);
    (void)snprintf(view, sizeof view, "%s/view.jpg", s->data);
    return run_tool((const char *const[]){ "tbc-second-view", photo, view, NULL }) ==
               0 &&
           tbc_file_read(view, TBC_WIRE_FRAME_MAX, out) == TBC_OK;
}

static struct answer
apply_with(const struct stage *s, struct tbc_client *kiosk, const char *photo,
           struct tbc_apply_reply *out)
{
    struct tbc_buf picture = { 0 };
    struct tbc_apply in = { .kind = TBC_DOC_CN,
                            .number = "11010519491231002X",
                            .language = "zh",
                            .assurance = TBC_ASSURANCE_PASSIVE,
                            .frames_n = 1 };
    struct answer a = { .err = TBC_ERR_NOT_FOUND };

    if (see(s, photo, &picture)) {
        in.frames[0] = tbc_buf_span(&picture);
        a = ask(kiosk, TBC_OP_APPLY, &in, out);
    }
    tbc_buf_fini(&picture);
    return a;
}

/* Import the demo's roster with its photographs. */
static bool
import_roster(struct stage *s)
{
    char table[PATH_LEN * 2];
    char device[PATH_LEN + 32];
    char models[PATH_LEN];
    char photos[PATH_LEN];

    (void)snprintf(table, sizeof table, "%s/assets/demo/people.csv",
                   tbc_test_env("TBC_SOURCE_DIR"));
    (void)snprintf(device, sizeof device, "%s/operator.device", s->data);
    (void)snprintf(models, sizeof models, "%s", getenv("TBC_MODELS"));
    (void)snprintf(photos, sizeof photos, "%s", getenv("TBC_PEOPLE"));
    return run_tool((const char *const[]){ "tbc", "import", "people", table, "--photos",
                                           photos, "--models", models, "--device",
                                           device, NULL }) == 0;
}

static bool
has_models(void)
{
    const char *models = getenv("TBC_MODELS");
    const char *people = getenv("TBC_PEOPLE");

    return models != NULL && people != NULL && access(models, R_OK) == 0 &&
           access(people, R_OK) == 0;
}

static void
the_right_face_gets_a_certificate_and_the_wrong_one_does_not(void)
{
    static struct tbc_apply_reply applied;
    static struct stage s;
    struct tbc_client *kiosk = NULL;
    struct tbc_issue issue = { .medium = TBC_MEDIUM_PAPER };
    struct tbc_issue_reply issued;
    struct tbc_claims claims;
    struct tbc_cose cose;
    struct answer a;
    char path[PATH_LEN + 64];

    if (!has_models()) {
        tbc_test_skip("TBC_MODELS and TBC_PEOPLE name no models and photographs");
        return;
    }
    make_station(&s);
    CU_ASSERT_FATAL(start_with(&s, getenv("TBC_MODELS")) && connect_operator(&s));
    CU_ASSERT_FATAL(import_roster(&s));
    CU_ASSERT(add_device(&s, "kiosk-1", TBC_ROLE_KIOSK, path));
    CU_ASSERT_FATAL(connect_as(&kiosk, path, false));
    a = apply_with(&s, kiosk, "astronaut.png", &applied);
    CU_ASSERT_FATAL(is(a, TBC_CODE_FINE));
    CU_ASSERT(applied.score >= 450);
    CU_ASSERT_STRING_EQUAL(applied.name, "林*禾");
    CU_ASSERT_STRING_EQUAL(applied.number, "1101**********002X");
    CU_ASSERT_EQUAL(applied.quota_left, 5);
    memcpy(issue.handle, applied.handle, sizeof issue.handle);
    CU_ASSERT(is(ask(s.client, TBC_OP_ISSUE, &issue, &issued), TBC_CODE_DENIED));
    CU_ASSERT_FATAL(is(ask(kiosk, TBC_OP_ISSUE, &issue, &issued), TBC_CODE_FINE));
    CU_ASSERT_EQUAL(tbc_cose_open(&cose, issued.certificate, NULL), TBC_OK);
    CU_ASSERT_EQUAL(tbc_claims_decode(&claims, cose.payload, NULL), TBC_OK);
    CU_ASSERT_EQUAL(claims.assurance, TBC_ASSURANCE_PASSIVE);
    CU_ASSERT_EQUAL(claims.channel, TBC_CHANNEL_KIOSK);
    CU_ASSERT_EQUAL(claims.exp.s - claims.iat.s, 86400);
    issue.handle[0] ^= 1;
    CU_ASSERT(is(ask(kiosk, TBC_OP_ISSUE, &issue, &issued), TBC_CODE_LAPSED));
    for (unsigned left = 3; left-- > 0;) {
        a = apply_with(&s, kiosk, "grace_hopper.jpg", &applied);
        CU_ASSERT(is(a, TBC_CODE_FACE_REFUSED));
        CU_ASSERT_EQUAL(a.problem.tries_left, left);
        CU_ASSERT(a.problem.score < 350);
    }
    a = apply_with(&s, kiosk, "astronaut.png", &applied);
    CU_ASSERT(is(a, TBC_CODE_FACE_REFUSED));
    CU_ASSERT_EQUAL(a.problem.tries_left, 0);
    tbc_client_close(&kiosk);
    strike_station(&s);
}

TBC_SUITE("e2e/station", TEST(hello_tells_station_role_and_policy),
          TEST(unknown_and_revoked_devices_are_refused),
          TEST(a_retry_gets_the_same_certificate_and_other_bytes_conflict),
          TEST(the_month_has_so_many_certificates),
          TEST(an_import_with_a_bad_row_changes_nothing),
          TEST(a_certificate_enters_once_for_a_trip),
          TEST(snapshot_and_feed_carry_the_lists),
          TEST(a_newer_trust_list_is_taken_over_and_published),
          TEST(a_clock_that_went_back_stops_issuing),
          TEST(an_acknowledged_certificate_survives_kill_9),
          TEST(a_second_server_on_the_same_data_is_refused),
          TEST(a_port_in_use_is_named),
          TEST(a_secret_that_others_can_read_is_refused_by_name),
          TEST(wrong_usage_exits_2_and_init_never_overwrites),
          TEST(a_bad_table_is_refused_by_line_and_nothing_is_taken_in),
          TEST(the_desk_works_from_the_command_line),
          TEST(the_right_face_gets_a_certificate_and_the_wrong_one_does_not))
