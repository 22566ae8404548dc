/* Gates that lead in and out, with companions, sensors and full disks: the real tbc-gate against the
 * real tbc-station. */
#include "codec/leaf.h"
#include "codec/token.h"
#include "stage.h"
#include "suite.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define WAIT_MS   15000
#define PEOPLE    4
#define TEXT_SIZE 768

enum {
    IN_1,
    IN_2,
    OUT,
    GATES
};
static const char *const names[GATES] = { "in-1", "in-2", "out" };

static struct {
    struct stage s;
    struct tbc_process gates[GATES];
    char texts[PEOPLE][TEXT_SIZE]; /* certificates, with a newline */
    uint8_t ctis[PEOPLE][TBC_CTI_LEN];
    char beam[STAGE_PATH]; /* of the sensor at the first gate */
} hall;

/* A certificate of a person, another than the one at hand. */
static void
issue(unsigned person)
{
    const int64_t end = tbc_clock_mono().ms + STAGE_CALL_MS;
    struct tbc_assist in = stage_assistance(person);
    struct tbc_issue_reply out;
    struct tbc_buf text = { 0 };

    for (;;) {
        CU_ASSERT_FATAL(stage_is(stage_ask(hall.s.client, TBC_OP_ASSIST, &in, &out),
                                 TBC_CODE_FINE));
        if (memcmp(hall.ctis[person], out.cti, TBC_CTI_LEN) != 0 ||
            tbc_clock_mono().ms > end) {
            break;
        }
        (void)poll(NULL, 0, 100);
    }
    CU_ASSERT_NOT_EQUAL_FATAL(memcmp(hall.ctis[person], out.cti, TBC_CTI_LEN), 0);
    memcpy(hall.ctis[person], out.cti, TBC_CTI_LEN);
    CU_ASSERT_EQUAL_FATAL(tbc_token_encode(out.certificate, &text), TBC_OK);
    (void)snprintf(hall.texts[person], TEXT_SIZE, "%s\n", tbc_buf_str(&text));
    tbc_buf_fini(&text);
}

/* A new certificate is given a second after the last. */
static void
renew_early(void)
{
    static const char late[] = "renewal_s = 10800";
    struct tbc_buf text = { 0 };
    const char *path = stage_path(&hall.s, "station.conf");
    char *at;

    CU_ASSERT_EQUAL_FATAL(tbc_file_read(path, 1u << 20, &text), TBC_OK);
    at = memmem(text.ptr, text.len, late, sizeof late - 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    memcpy(at, "renewal_s = 86399", sizeof late - 1);
    CU_ASSERT_EQUAL_FATAL(tbc_file_write(path, tbc_buf_span(&text), 0600), TBC_OK);
    tbc_buf_fini(&text);
}

static void
see(const char *value)
{
    CU_ASSERT_EQUAL(tbc_file_write(hall.beam, tbc_span_str(value), 0600), TBC_OK);
}

static void
raise_hall(void)
{
    memset(&hall, 0, sizeof hall);
    stage_make(&hall.s);
    renew_early();
    CU_ASSERT_FATAL(stage_start(&hall.s, NULL) && stage_connect(&hall.s));
    CU_ASSERT(stage_import(&hall.s, PEOPLE));
    for (size_t i = 0; i < GATES; i++) {
        CU_ASSERT(stage_enrol(&hall.s, names[i], TBC_ROLE_GATE));
    }
    for (unsigned i = 0; i < PEOPLE; i++) {
        issue(i);
    }
    (void)snprintf(hall.beam, sizeof hall.beam, "%s", stage_path(&hall.s, "beam"));
    see("0\n");
}

static void
strike_hall(void)
{
    for (size_t i = 0; i < GATES; i++) {
        tbc_process_stop(&hall.gates[i]);
    }
    stage_strike(&hall.s);
}

/* The next line of a gate is exactly this, or begins so when it ends in '*'. */
static void
expect(size_t gate, const char *want)
{
    char line[TBC_PROCESS_LINE] = "(nothing)";
    size_t len = strlen(want);
    bool is_start = want[len - 1] == '*';

    (void)tbc_process_line(&hall.gates[gate], line, WAIT_MS);
    if (is_start ? strncmp(line, want, len - 1) != 0 : strcmp(line, want) != 0) {
        (void)fprintf(stderr, "%s: wanted \"%s\", got \"%s\"\n", names[gate], want,
                      line);
        CU_FAIL("another line");
    }
}

/* more: options beside the usual ones, NULL-terminated, or NULL. */
static void
start_gate(size_t gate, const char *const *more)
{
    const char *args[TBC_PROCESS_ARGS] = { "--device", NULL, "--data", NULL };
    char file[64];
    size_t n = 4;

    (void)snprintf(file, sizeof file, "%s.device", names[gate]);
    args[1] = stage_path(&hall.s, file);
    args[3] = stage_path(&hall.s, names[gate]);
    if (gate == OUT) {
        args[n++] = "--direction";
        args[n++] = "exit";
    }
    if (more == NULL) {
        args[n++] = "--hold";
        args[n++] = "200";
    }
    for (; more != NULL && *more != NULL; n++) {
        args[n] = *more++;
    }
    CU_ASSERT_FATAL(tbc_process_start(&hall.gates[gate], "tbc-gate", args));
    expect(gate, "ready gate=*");
}

static void
start_with_sensor(const char *hold)
{
    char wire[STAGE_PATH + 8];
    const char *more[] = { "--passage", wire, "--hold", hold, NULL };

    (void)snprintf(wire, sizeof wire, "file:%s", hall.beam);
    start_gate(IN_1, more);
}

static void
present(size_t gate, const char *text)
{
    CU_ASSERT_TRUE(tbc_process_send(&hall.gates[gate], text));
}

/* A whole passage, of which nobody but the clock has seen anything. */
static void
goes_through(size_t gate, unsigned person, const char *verdict)
{
    present(gate, hall.texts[person]);
    expect(gate, verdict);
    expect(gate, "barrier open");
    expect(gate, "barrier shut");
}

/* Behind other lines: what is told to the station comes when it comes. */
static void
await(size_t gate, const char *start)
{
    char line[TBC_PROCESS_LINE];

    if (!tbc_process_until(&hall.gates[gate], start, line, WAIT_MS)) {
        (void)fprintf(stderr, "%s: no \"%s\" came\n", names[gate], start);
        CU_FAIL("a line did not come");
    }
}

/* Something else in between: the next time is no repetition. */
static void
turn_away(size_t gate)
{
    present(gate, "x\n");
    expect(gate, "verdict NOT_A_CERTIFICATE *");
}

static uint64_t
stat_of(const char *name)
{
    static struct tbc_stats_reply out;

    CU_ASSERT(
        stage_is(stage_ask(hall.s.client, TBC_OP_STATS, NULL, &out), TBC_CODE_FINE));
    for (size_t i = 0; i < out.stats_n; i++) {
        if (strcmp(out.stats[i].name, name) == 0) {
            return out.stats[i].value;
        }
    }
    CU_FAIL("no such figure");
    return 0;
}

/* Until the station counts so many. */
static void
await_stat(const char *name, uint64_t want)
{
    const int64_t end = tbc_clock_mono().ms + WAIT_MS;

    while (stat_of(name) != want && tbc_clock_mono().ms < end) {
        (void)poll(NULL, 0, 50);
    }
    CU_ASSERT_EQUAL(stat_of(name), want);
}

static void
who_leaves_may_come_in_again(void)
{
    raise_hall();
    start_gate(IN_1, NULL);
    start_gate(OUT, NULL);
    goes_through(IN_1, 0, "verdict ACCEPTED trip=G1207 *");
    turn_away(IN_1);
    present(IN_1, hall.texts[0]);
    expect(IN_1, "verdict ALREADY_ENTERED *");
    goes_through(OUT, 0, "verdict ACCEPTED trip=G1207 *");
    turn_away(IN_1);
    goes_through(IN_1, 0,
                 "verdict ACCEPTED trip=G1207 *"); /* the gate itself knew no exit */
    CU_ASSERT_EQUAL(stat_of("entries"), 2);
    CU_ASSERT_EQUAL(stat_of("exits"), 1);
    CU_ASSERT_EQUAL(stat_of("conflicts"), 0);
    strike_hall();
}

/* The way out asks for nothing that a certificate is worth, and an officer decides in doubt. */
static void
nobody_is_locked_in(void)
{
    struct tbc_revoke revoke = { .reason = "lost" };

    raise_hall();
    start_gate(IN_1, NULL);
    start_gate(OUT, NULL);
    goes_through(IN_1, 0, "verdict ACCEPTED trip=G1207 *");
    memcpy(revoke.cti, hall.ctis[0], sizeof revoke.cti);
    CU_ASSERT(stage_is(stage_ask(hall.s.client, TBC_OP_REVOKE, &revoke, NULL),
                       TBC_CODE_FINE));
    goes_through(OUT, 0, "verdict ACCEPTED trip=G1207 *");
    present(OUT, "https://pay.example/1\n");
    expect(OUT, "verdict NOT_A_CERTIFICATE *");
    /* came in where nobody knows, with a train that is boarding */
    present(OUT, hall.texts[1]);
    expect(OUT, "verdict ACCEPTED_OFFLINE trip=G1207 *");
    expect(OUT, "barrier open");
    await(OUT, "drained 1 conflicts=0");
    /* the station is away: still nobody is locked in */
    CU_ASSERT_TRUE(tbc_process_signal(&hall.s.process, SIGSTOP));
    await(OUT, "mode offline");
    goes_through(OUT, 3, "verdict ACCEPTED_OFFLINE trip=G1207 *");
    CU_ASSERT_TRUE(tbc_process_signal(&hall.s.process, SIGCONT));
    await(OUT, "mode online");
    await_stat("exits", 3);
    CU_ASSERT_EQUAL(stat_of("exits without an entry"), 2);
    strike_hall();
}

static void
nobody_passed_and_the_certificate_enters_again(void)
{
    raise_hall();
    start_with_sensor("400");
    start_gate(IN_2, NULL);
    present(IN_1, hall.texts[0]);
    expect(IN_1, "verdict ACCEPTED trip=G1207 *");
    expect(IN_1, "barrier open");
    expect(IN_1, "barrier shut");
    expect(IN_1, "annulled trip=G1207");
    await_stat("annulled", 1);
    goes_through(IN_2, 0, "verdict ACCEPTED trip=G1207 *"); /* at any gate */
    present(IN_1, hall.texts[1]);
    expect(IN_1, "verdict ACCEPTED trip=G1207 *");
    expect(IN_1, "barrier open");
    expect(IN_1, "barrier shut");
    expect(IN_1, "annulled trip=G1207");
    present(IN_1, hall.texts[1]); /* and at this one */
    expect(IN_1, "verdict ACCEPTED trip=G1207 *");
    expect(IN_1, "barrier open");
    see("1\n");
    expect(IN_1, "barrier shut");
    expect(IN_1, "passed 1");
    CU_ASSERT_EQUAL(stat_of("conflicts"), 0);
    strike_hall();
}

static void
annulment_waits_for_the_station(void)
{
    raise_hall();
    start_with_sensor("400");
    CU_ASSERT_TRUE(tbc_process_signal(&hall.s.process, SIGSTOP));
    expect(IN_1, "mode offline");
    present(IN_1, hall.texts[0]);
    expect(IN_1, "verdict ACCEPTED_OFFLINE trip=G1207 *");
    expect(IN_1, "barrier open");
    expect(IN_1, "barrier shut");
    expect(IN_1, "annulled trip=G1207");
    CU_ASSERT_TRUE(
        tbc_process_signal(&hall.gates[IN_1], SIGKILL)); /* it is on the disk */
    CU_ASSERT_EQUAL(tbc_process_wait(&hall.gates[IN_1], WAIT_MS, NULL, 0),
                    128 + SIGKILL);
    start_with_sensor("5000");
    present(IN_1, hall.texts[0]);
    expect(IN_1, "verdict ACCEPTED_OFFLINE trip=G1207 *");
    expect(IN_1, "barrier open");
    see("1\n");
    expect(IN_1, "barrier shut");
    expect(IN_1, "passed 1");
    CU_ASSERT_TRUE(tbc_process_signal(&hall.s.process, SIGCONT));
    expect(IN_1, "mode online");
    expect(IN_1, "drained 2 conflicts=0");
    CU_ASSERT_EQUAL(stat_of("annulled"), 1);
    start_gate(IN_2, NULL);
    present(IN_2, hall.texts[0]);
    expect(IN_2, "verdict ALREADY_ENTERED *");
    strike_hall();
}

/* Each their own code, the second shown while the first passes: one after the other. */
static void
companions_pass_one_after_the_other(void)
{
    raise_hall();
    start_with_sensor("20000");
    present(IN_1, hall.texts[0]);
    expect(IN_1, "verdict ACCEPTED trip=G1207 *");
    expect(IN_1, "barrier open");
    present(IN_1, hall.texts[0]); /* held in view: nobody else's */
    expect(IN_1, "verdict ACCEPTED trip=G1207 ms=0 mode=online again");
    present(IN_1, "https://pay.example/1\n"); /* refused at once, and cuts nobody off */
    expect(IN_1, "verdict NOT_A_CERTIFICATE *");
    present(IN_1, hall.texts[1]);
    present(IN_1, hall.texts[2]);
    see("1\n");
    expect(IN_1, "barrier shut");
    expect(IN_1, "passed 1");
    expect(IN_1, "verdict ACCEPTED trip=G1207 *");
    expect(IN_1, "barrier open");
    see("0\n");
    (void)poll(NULL, 0, 400); /* the beam has to be seen free */
    see("1\n");
    expect(IN_1, "barrier shut");
    expect(IN_1, "passed 2");
    expect(IN_1, "verdict ACCEPTED trip=G1207 *");
    expect(IN_1, "barrier open");
    CU_ASSERT_EQUAL(stat_of("entries"), 3);
    strike_hall();
}

/* The second shows the certificate of the first: it is held, and refused when the first is in. */
static void
one_code_lets_one_in(void)
{
    char first[TEXT_SIZE];

    raise_hall();
    memcpy(first, hall.texts[0], sizeof first);
    issue(0); /* the next one of the same person */
    start_with_sensor("20000");
    present(IN_1, first);
    expect(IN_1, "verdict ACCEPTED trip=G1207 *");
    expect(IN_1, "barrier open");
    present(IN_1, hall.texts[0]);
    see("1\n");
    {
        char line[TBC_PROCESS_LINE] = "";

        CU_ASSERT(tbc_process_until(&hall.gates[IN_1], "verdict ", line, WAIT_MS));
        CU_ASSERT(strncmp(line, "verdict ALREADY_ENTERED ", 24) == 0);
    }
    CU_ASSERT_EQUAL(stat_of("entries"), 1);
    /* and alone, from its journal */
    CU_ASSERT_TRUE(tbc_process_signal(&hall.s.process, SIGSTOP));
    await(IN_1, "mode offline");
    turn_away(IN_1);
    present(IN_1, hall.texts[0]);
    expect(IN_1, "verdict ALREADY_ENTERED *");
    present(IN_1, first);
    expect(IN_1, "verdict ALREADY_ENTERED *");
    CU_ASSERT_TRUE(tbc_process_signal(&hall.s.process, SIGCONT));
    strike_hall();
}

/* A covered beam sees nobody, whoever passes. */
static void
sensor_that_sees_nobody_is_doubted(void)
{
    raise_hall();
    start_with_sensor("300");
    for (unsigned i = 0; i < 3; i++) {
        goes_through(IN_1, i, "verdict ACCEPTED trip=G1207 *");
        expect(IN_1, "annulled trip=G1207");
    }
    expect(IN_1, "passage doubted");
    goes_through(IN_1, 3, "verdict ACCEPTED trip=G1207 *");
    turn_away(IN_1);
    present(IN_1, hall.texts[3]);
    expect(IN_1, "verdict ALREADY_ENTERED *");
    see("1\n");
    expect(IN_1, "passage believed");
    expect(IN_1, "passed 1");
    strike_hall();
}

/* The station had said yes, too late to be heard: one event, one entry, one leaf. */
static void
late_answer_is_the_same_entry(void)
{
    static struct tbc_history_reply out;
    struct tbc_history in = { .reason = "asked" };
    size_t leaves = 0;

    raise_hall();
    start_gate(IN_1, NULL);
    CU_ASSERT_TRUE(tbc_process_signal(&hall.s.process, SIGSTOP));
    goes_through(IN_1, 0, "verdict ACCEPTED_OFFLINE trip=G1207 *");
    CU_ASSERT_TRUE(tbc_process_signal(&hall.s.process, SIGCONT));
    await_stat("entries", 1);
    turn_away(IN_1); /* told of, as a refusal, behind whatever was told before */
    present(IN_1, hall.texts[0]);
    await(IN_1, "verdict ALREADY_ENTERED ");
    await_stat("refusals", 1);
    CU_ASSERT_EQUAL(stat_of("entries"), 1);
    CU_ASSERT_EQUAL(stat_of("conflicts"), 0);
    memcpy(in.cti, hall.ctis[0], sizeof in.cti);
    CU_ASSERT(
        stage_is(stage_ask(hall.s.client, TBC_OP_HISTORY, &in, &out), TBC_CODE_FINE));
    for (size_t i = 0; i < out.leaves_n; i++) {
        struct tbc_leaf leaf;

        CU_ASSERT_EQUAL(tbc_leaf_decode(&leaf, out.leaves[i].leaf, NULL), TBC_OK);
        leaves += leaf.kind == TBC_LEAF_ENTER && strncmp(leaf.word, "ACCEPTED", 8) == 0
                      ? 1
                      : 0;
    }
    CU_ASSERT_EQUAL(leaves, 1);
    strike_hall();
}

static void
limit_files(size_t gate, bool full)
{
    struct rlimit limit;
    pid_t pid = hall.gates[gate].pid;

    CU_ASSERT_EQUAL_FATAL(prlimit(pid, RLIMIT_FSIZE, NULL, &limit), 0);
    limit.rlim_cur = full ? 0 : limit.rlim_max;
    CU_ASSERT_EQUAL_FATAL(prlimit(pid, RLIMIT_FSIZE, &limit, NULL), 0);
}

static void
full_disk_opens_where_that_is_wanted_and_forgets_nothing(void)
{
    static const char *const more[] = { "--full-disk", "open", "--hold", "200", NULL };

    raise_hall();
    start_gate(IN_1, more);
    limit_files(IN_1, true);
    CU_ASSERT_TRUE(tbc_process_signal(&hall.s.process, SIGSTOP));
    await(IN_1, "mode offline");
    present(IN_1, hall.texts[0]);
    await(IN_1, "verdict ACCEPTED_OFFLINE trip=G1207 ");
    await(IN_1, "barrier open");
    await(IN_1, "barrier shut");
    present(IN_1, "x\n");
    await(IN_1, "verdict NOT_A_CERTIFICATE ");
    present(IN_1, hall.texts[0]);
    await(IN_1, "verdict ALREADY_ENTERED "); /* it remembers */
    CU_ASSERT_TRUE(tbc_process_signal(&hall.s.process, SIGCONT));
    await(IN_1, "mode online");
    await_stat("entries", 1); /* and tells */
    limit_files(IN_1, false);
    await(IN_1, "journal has room");
    CU_ASSERT_TRUE(
        tbc_process_signal(&hall.gates[IN_1], SIGKILL)); /* by now it is there */
    CU_ASSERT_EQUAL(tbc_process_wait(&hall.gates[IN_1], WAIT_MS, NULL, 0),
                    128 + SIGKILL);
    CU_ASSERT_TRUE(tbc_process_signal(&hall.s.process, SIGSTOP));
    start_gate(IN_1, more);
    present(IN_1, hall.texts[0]);
    expect(IN_1, "verdict ALREADY_ENTERED *");
    CU_ASSERT_TRUE(tbc_process_signal(&hall.s.process, SIGCONT));
    strike_hall();
}

TBC_SUITE("e2e/passage", TEST(who_leaves_may_come_in_again), TEST(nobody_is_locked_in),
          TEST(nobody_passed_and_the_certificate_enters_again),
          TEST(annulment_waits_for_the_station),
          TEST(companions_pass_one_after_the_other), TEST(one_code_lets_one_in),
          TEST(sensor_that_sees_nobody_is_doubted), TEST(late_answer_is_the_same_entry),
          TEST(full_disk_opens_where_that_is_wanted_and_forgets_nothing))
