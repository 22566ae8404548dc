/* Gates that share their entries: what the station tells them of each other. */
#include "codec/token.h"
#include "stage.h"
#include "suite.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where a gate says that it listens; the answer's code. */
static struct answer
greet(struct tbc_client *client, const char *address)
{
    static struct tbc_hello_reply out;
    struct tbc_hello hello = { .software = "test" };

    (void)snprintf(hello.group, sizeof hello.group, "%s", address);
    return stage_ask(client, TBC_OP_HELLO, &hello, &out);
}

/* The list that is newer than a version; false when there is none. */
static bool
peers_since(struct tbc_client *client, uint64_t version, struct tbc_peers *peers)
{
    const struct tbc_snapshot have = { .peers = version };
    struct tbc_snapshot_reply s;
    struct tbc_reply reply;

    return tbc_client_call(client, TBC_OP_SNAPSHOT, &have, STAGE_CALL_MS, &reply) ==
               TBC_OK &&
           tbc_wire_read(tbc_wire_reply_shape(TBC_OP_SNAPSHOT), reply.body, &s, NULL) ==
               TBC_OK &&
           s.peers.len > 0 &&
           tbc_wire_read(&tbc_wire_peers_shape, s.peers, peers, NULL) == TBC_OK;
}

static const struct tbc_peer_row *
row_of(const struct tbc_peers *peers, const char *name)
{
    for (size_t i = 0; i < peers->rows_n; i++) {
        if (strcmp(peers->rows[i].name, name) == 0) {
            return &peers->rows[i];
        }
    }
    return NULL;
}

/* Killed, and started again where it was. */
static void
fell_station(struct stage *s)
{
    tbc_client_close(&s->client);
    CU_ASSERT_EQUAL(stage_end(s, SIGKILL), 128 + SIGKILL);
}

static void
raise_station_again(struct stage *s)
{
    const char *more[] = { "--front", NULL, "--feed", NULL, NULL };
    struct tbc_device_file file;

    CU_ASSERT_EQUAL_FATAL(tbc_device_read(&file, stage_path(s, "gate-1.device")),
                          TBC_OK);
    more[1] = file.front;
    more[3] = file.feed;
    CU_ASSERT_FATAL(stage_start(s, more));
    CU_ASSERT_FATAL(stage_connect(s));
    tbc_device_fini(&file);
}

static void
gates_learn_where_the_others_are(void)
{
    static const char *const gates[] = { "gate-1", "gate-2" };
    static const struct tbc_device drop = { .action = TBC_DEVICE_REVOKE,
                                            .name = "gate-2" };
    static struct tbc_device_reply fleet;
    static struct tbc_peers peers;
    static struct stage s;
    struct tbc_client *c[3] = { NULL };
    const struct tbc_peer_row *other;
    uint64_t version;

    stage_raise(&s);
    CU_ASSERT_FATAL(stage_enrol(&s, "kiosk-1", TBC_ROLE_KIOSK));
    CU_ASSERT_FATAL(stage_connect_as(&c[2], stage_path(&s, "kiosk-1.device"), false));
    for (size_t i = 0; i < 2; i++) {
        char file[64];
        char address[64];

        (void)snprintf(file, sizeof file, "%s.device", gates[i]);
        (void)snprintf(address, sizeof address, "tcp://10.0.0.%zu:7712", i + 1);
        CU_ASSERT_FATAL(stage_enrol(&s, gates[i], TBC_ROLE_GATE));
        CU_ASSERT_FATAL(stage_connect_as(&c[i], stage_path(&s, file), false));
        CU_ASSERT(stage_is(greet(c[i], address), TBC_CODE_FINE));
    }
    CU_ASSERT_FATAL(peers_since(c[0], 0, &peers));
    CU_ASSERT_EQUAL(peers.rows_n, 2);
    CU_ASSERT_FATAL((other = row_of(&peers, "gate-2")) != NULL);
    CU_ASSERT_EQUAL(
        strncmp(other->address, "tcp://10.0.0.2:7712", sizeof other->address), 0);
    version = peers.version;
    CU_ASSERT_FALSE(peers_since(c[0], version, &peers)); /* has the newest */
    CU_ASSERT_FALSE(peers_since(c[2], 0, &peers));       /* a kiosk has no peers */
    CU_ASSERT(stage_is(greet(c[2], "tcp://10.0.0.3:7712"), TBC_CODE_BAD_REQUEST));
    CU_ASSERT(stage_is(greet(c[0], "tcp://0.0.0.0:7712"), TBC_CODE_BAD_REQUEST));
    CU_ASSERT(stage_is(greet(c[0], "tcp://10.0.0.1:*"), TBC_CODE_BAD_REQUEST));
    CU_ASSERT(stage_is(greet(c[0], "tcp://10.0.0.1:7712"), TBC_CODE_FINE));
    CU_ASSERT_FALSE(peers_since(c[0], version, &peers)); /* nothing has changed */
    CU_ASSERT(
        stage_is(stage_ask(s.client, TBC_OP_DEVICE, &drop, &fleet), TBC_CODE_FINE));
    CU_ASSERT_FATAL(peers_since(c[0], version, &peers));
    CU_ASSERT(peers.version > version);
    CU_ASSERT_PTR_NULL(row_of(&peers, "gate-2"));
    version = peers.version;
    tbc_client_close(&c[0]);
    fell_station(&s);
    raise_station_again(&s);
    CU_ASSERT_FATAL(stage_connect_as(&c[0], stage_path(&s, "gate-1.device"), false));
    CU_ASSERT_FATAL(peers_since(c[0], 0, &peers)); /* remembered */
    CU_ASSERT_EQUAL(peers.version, version);
    CU_ASSERT_PTR_NOT_NULL(row_of(&peers, "gate-1"));
    CU_ASSERT(stage_is(greet(c[0], ""), TBC_CODE_FINE)); /* --group none */
    CU_ASSERT_FATAL(peers_since(c[0], version, &peers));
    CU_ASSERT_EQUAL(peers.rows_n, 0);
    for (size_t i = 0; i < 3; i++) {
        tbc_client_close(&c[i]);
    }
    stage_strike(&s);
}

/* ---- three real gates */

#define GATES_N   3
#define PEOPLE_N  90
#define RACES_N   50 /* that were run without a gate that answers late */
#define WAIT_MS   30000
#define TEXT_SIZE 768

static struct {
    struct stage s;
    struct tbc_process gates[GATES_N];
    char texts[PEOPLE_N][TEXT_SIZE]; /* certificates, with a newline */
    uint8_t ctis[PEOPLE_N][TBC_CTI_LEN];
} rig;

static void
issue(unsigned person)
{
    const struct tbc_assist ask = stage_assistance(person);
    static struct tbc_issue_reply got;
    struct tbc_buf text = { 0 };

    CU_ASSERT_FATAL(
        stage_is(stage_ask(rig.s.client, TBC_OP_ASSIST, &ask, &got), TBC_CODE_FINE));
    CU_ASSERT_EQUAL_FATAL(tbc_token_encode(got.certificate, &text), TBC_OK);
    (void)snprintf(rig.texts[person], TEXT_SIZE, "%s\n", tbc_buf_str(&text));
    memcpy(rig.ctis[person], got.cti, TBC_CTI_LEN);
    tbc_buf_fini(&text);
}

/* The next line that begins so; the rest of it for whoever asks. */
static bool
await(size_t gate, const char *start, char line[static TBC_PROCESS_LINE])
{
    bool came = tbc_process_until(&rig.gates[gate], start, line, WAIT_MS);

    if (!came) {
        (void)fprintf(stderr, "gate-%zu: no \"%s\"\n", gate + 1, start);
    }
    return came;
}

static void
start_gate(size_t n)
{
    char device[STAGE_PATH + 48];
    char data[STAGE_PATH + 48];
    char line[TBC_PROCESS_LINE];
    const char *const args[] = { "--device", device,    "--data",
                                 data,       "--group", "tcp://127.0.0.1:*",
                                 "--hold",   "20",      NULL };

    (void)snprintf(device, sizeof device, "%s/gate-%zu.device", rig.s.data, n + 1);
    (void)snprintf(data, sizeof data, "%s/gate-%zu", rig.s.data, n + 1);
    CU_ASSERT_FATAL(tbc_process_start(&rig.gates[n], "tbc-gate", args));
    CU_ASSERT_FATAL(await(n, "ready gate=gate-", line));
}

static void
kill_gate(size_t n)
{
    CU_ASSERT_TRUE(tbc_process_signal(&rig.gates[n], SIGKILL));
    CU_ASSERT_EQUAL(tbc_process_wait(&rig.gates[n], WAIT_MS, NULL, 0), 128 + SIGKILL);
}

/* Present a certificate; the verdict's line. */
static void
present(size_t gate, unsigned person)
{
    CU_ASSERT_TRUE(tbc_process_send(&rig.gates[gate], rig.texts[person]));
}

static bool
answers(size_t gate, unsigned person, const char *verdict)
{
    char line[TBC_PROCESS_LINE] = "";

    present(gate, person);
    if (!await(gate, "verdict ", line) ||
        strncmp(line + 8, verdict, strlen(verdict)) != 0) {
        (void)fprintf(stderr, "gate-%zu, passenger %u: \"%s\" and not %s\n", gate + 1,
                      person, line, verdict);
        return false;
    }
    return true;
}

static void
all_await(const char *start)
{
    char line[TBC_PROCESS_LINE];

    for (size_t i = 0; i < GATES_N; i++) {
        CU_ASSERT_FATAL(await(i, start, line));
    }
}

/* A station with three gates that have found each other. */
static void
raise_rig(unsigned people)
{
    memset(&rig, 0, sizeof rig);
    stage_raise(&rig.s);
    CU_ASSERT_FATAL(stage_import(&rig.s, people));
    for (size_t i = 0; i < GATES_N; i++) {
        char name[16];

        (void)snprintf(name, sizeof name, "gate-%zu", i + 1);
        CU_ASSERT_FATAL(stage_enrol(&rig.s, name, TBC_ROLE_GATE));
    }
    for (unsigned i = 0; i < people; i++) {
        issue(i);
    }
    for (size_t i = 0; i < GATES_N; i++) {
        start_gate(i);
    }
    all_await("peers 2");
}

static void
strike_rig(void)
{
    for (size_t i = 0; i < GATES_N; i++) {
        tbc_process_stop(&rig.gates[i]);
    }
}

/* One passenger at two gates at the same moment; what each said of it. */
struct race {
    unsigned accepted;
    unsigned sure; /* of these, with the word of both other gates */
    bool late;     /* some gate did not answer in time */
};

static struct race
race(unsigned person, size_t a, size_t b)
{
    const size_t both[] = { a, b };
    struct race r = { 0 };

    present(a, person);
    present(b, person);
    for (size_t i = 0; i < 2; i++) {
        char line[TBC_PROCESS_LINE] = "";
        char shut[TBC_PROCESS_LINE];

        CU_ASSERT_FATAL(await(both[i], "verdict ", line));
        if (strncmp(line, "verdict ACCEPTED_OFFLINE ", 25) == 0) {
            bool sure = strstr(line, " peers=2") != NULL;

            r.accepted++;
            CU_ASSERT_FATAL(
                await(both[i], "barrier shut", shut)); /* takes the next one */
            r.sure += sure ? 1 : 0;
            r.late = r.late || !sure;
        } else {
            CU_ASSERT_EQUAL(strncmp(line, "verdict ALREADY_ENTERED ", 24), 0);
            r.late = r.late || strstr(line, " peers=0") != NULL;
        }
    }
    return r;
}

/* From passenger `from` on; returns how many entries were one too many, which happens to gates that
 * did not answer each other in time, and adds those that there were in all. */
static unsigned
run_races(unsigned from, unsigned *entries)
{
    unsigned surplus = 0;
    unsigned clean = 0;

    for (unsigned p = from; p < PEOPLE_N - 1 && clean < RACES_N; p++) {
        struct race r = race(p, p % GATES_N, (p + 1) % GATES_N);

        *entries += r.accepted;
        surplus += r.accepted > 1 ? 1 : 0;
        CU_ASSERT(r.sure <= 1);
        CU_ASSERT(r.accepted == 1 || r.late);
        clean += r.accepted == 1 ? 1 : 0;
    }
    CU_ASSERT_EQUAL(clean, RACES_N);
    if (surplus > 0) {
        (void)fprintf(stderr, "%u races with a gate that answered late\n", surplus);
    }
    return surplus;
}

/* What the gates tell the station when it is back. */
static void
all_drain(unsigned entries, unsigned surplus)
{
    unsigned long drained = 0;
    unsigned long conflicts = 0;

    for (size_t i = 0; i < GATES_N; i++) {
        char line[TBC_PROCESS_LINE] = "";
        char *end = NULL;

        CU_ASSERT_FATAL(await(i, "drained ", line));
        drained += strtoul(line + strlen("drained "), &end, 10);
        CU_ASSERT_EQUAL_FATAL(strncmp(end, " conflicts=", 11), 0);
        conflicts += strtoul(end + 11, NULL, 10);
    }
    CU_ASSERT_EQUAL(drained, entries);
    CU_ASSERT_EQUAL(conflicts, surplus);
}

static uint64_t
entries_of(unsigned person)
{
    static struct tbc_lookup_reply out;
    struct tbc_lookup ask = { .reason = "test" };

    memcpy(ask.cti, rig.ctis[person], sizeof ask.cti);
    CU_ASSERT(
        stage_is(stage_ask(rig.s.client, TBC_OP_LOOKUP, &ask, &out), TBC_CODE_FINE));
    return out.entries;
}

static void
gates_without_a_station_let_nobody_in_twice(void)
{
    char line[TBC_PROCESS_LINE];
    unsigned entries = 0;
    unsigned surplus;

    raise_rig(PEOPLE_N);
    CU_ASSERT(answers(1, PEOPLE_N - 1,
                      "ACCEPTED ")); /* by the station, and told all the same */
    fell_station(&rig.s);
    /* nobody has noticed yet: each asks the station in vain, and its peers beside it */
    CU_ASSERT(answers(0, 0, "ACCEPTED_OFFLINE "));
    CU_ASSERT(answers(1, 0, "ALREADY_ENTERED "));
    all_await("mode offline");
    CU_ASSERT(answers(2, 0, "ALREADY_ENTERED "));
    CU_ASSERT(answers(2, PEOPLE_N - 1, "ALREADY_ENTERED "));
    kill_gate(2);
    start_gate(2); /* finds the others without the station */
    CU_ASSERT_FATAL(await(2, "peers 2", line));
    CU_ASSERT(answers(2, 0, "ALREADY_ENTERED "));
    CU_ASSERT(answers(2, 1, "ACCEPTED_OFFLINE "));
    CU_ASSERT(answers(0, 1, "ALREADY_ENTERED "));
    entries = 2;
    surplus = run_races(2, &entries);
    raise_station_again(&rig.s);
    all_drain(entries, surplus);
    CU_ASSERT_EQUAL(entries_of(0), 1);
    CU_ASSERT_EQUAL(entries_of(1), 1);
    strike_rig();
    stage_strike(&rig.s);
}

/* A gate that slept does not hold the others up, and neither forgets nor is forgotten. */
static void
a_gate_that_slept_learns_what_it_missed(void)
{
    char line[TBC_PROCESS_LINE];

    raise_rig(1);
    fell_station(&rig.s);
    all_await("mode offline");
    CU_ASSERT_TRUE(tbc_process_signal(&rig.gates[1], SIGSTOP));
    CU_ASSERT_FATAL(await(0, "peers 1", line));
    CU_ASSERT_FATAL(await(2, "peers 1", line));
    CU_ASSERT(answers(0, 0, "ACCEPTED_OFFLINE "));
    CU_ASSERT_TRUE(tbc_process_signal(&rig.gates[1], SIGCONT));
    CU_ASSERT_FATAL(await(0, "peers 2", line));
    CU_ASSERT_FATAL(await(2, "peers 2", line));
    kill_gate(0); /* the third gate alone can tell it now */
    CU_ASSERT(answers(1, 0, "ALREADY_ENTERED "));
    CU_ASSERT(answers(2, 0, "ALREADY_ENTERED "));
    strike_rig();
}

/* The cable is not plugged in, or another program has the port: the gate works alone. */
static void
a_gate_without_its_network_is_alone_and_one_that_is_everywhere_is_refused(void)
{
    const char *args[] = { "--device", NULL, "--data",         NULL,
                           "--group",  NULL, "--check-config", NULL };
    static struct stage s;
    static struct tbc_process gate;
    char device[STAGE_PATH];
    char data[STAGE_PATH];
    char said[512];
    char line[TBC_PROCESS_LINE];

    stage_raise(&s);
    CU_ASSERT_FATAL(stage_enrol(&s, "gate-1", TBC_ROLE_GATE));
    (void)snprintf(device, sizeof device, "%s", stage_path(&s, "gate-1.device"));
    (void)snprintf(data, sizeof data, "%s", stage_path(&s, "gate-1"));
    args[1] = device;
    args[3] = data;
    args[5] = "tcp://0.0.0.0:7712";
    CU_ASSERT_FATAL(tbc_process_start(&gate, "tbc-gate", args));
    CU_ASSERT_EQUAL(tbc_process_wait(&gate, WAIT_MS, said, sizeof said), 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "group"));
    args[5] = "tcp://192.0.2.77:7712"; /* nobody has it: RFC 5737 */
    args[6] = NULL;
    CU_ASSERT_FATAL(tbc_process_start(&gate, "tbc-gate", args));
    CU_ASSERT(tbc_process_until(&gate, "ready gate=gate-1 mode=online", line, WAIT_MS));
    tbc_process_stop(&gate);
    stage_strike(&s);
}

static void
a_revoked_gate_is_no_peer_any_more(void)
{
    static const struct tbc_device drop = { .action = TBC_DEVICE_REVOKE,
                                            .name = "gate-3" };
    static struct tbc_device_reply fleet;
    char line[TBC_PROCESS_LINE];

    raise_rig(1);
    CU_ASSERT(
        stage_is(stage_ask(rig.s.client, TBC_OP_DEVICE, &drop, &fleet), TBC_CODE_FINE));
    CU_ASSERT_FATAL(await(0, "peers 1", line));
    CU_ASSERT_FATAL(await(1, "peers 1", line));
    CU_ASSERT_FATAL(await(2, "peers 0", line)); /* nobody answers it */
    CU_ASSERT(answers(0, 0, "ACCEPTED "));
    CU_ASSERT(answers(1, 0, "ALREADY_ENTERED "));
    strike_rig();
    stage_strike(&rig.s);
}

TBC_SUITE_APART(
    "e2e/group", 4, TEST(gates_learn_where_the_others_are),
    TEST(gates_without_a_station_let_nobody_in_twice),
    TEST(a_gate_that_slept_learns_what_it_missed),
    TEST(a_gate_without_its_network_is_alone_and_one_that_is_everywhere_is_refused),
    TEST(a_revoked_gate_is_no_peer_any_more))
