/* Whatever is taken from three gates and their station, no entry is lost and none invented.  Each
 * test ends with world_end, which compares all journals with the station's entries. */
#include "../crash/trap.h"
#include "suite.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static struct world w;

/* Whether the last line of a gate begins so; says what it is when not. */
static bool
is_line(size_t g, const char *start)
{
    if (strncmp(w.gates[g].line, start, strlen(start)) != 0) {
        (void)fprintf(stderr, "%s: wanted \"%s\", got \"%s\"\n", w.gates[g].name, start,
                      w.gates[g].line);
        return false;
    }
    return true;
}

static bool
shows(size_t g, size_t p, const char *verdict)
{
    (void)world_show(&w, g, p);
    return is_line(g, verdict);
}

/* Everybody at a gate of their own, and one passenger at all of them. */
static size_t
present_some(size_t first)
{
    size_t opened = 0;

    for (size_t g = 0; g < WORLD_GATES; g++) {
        opened += world_opens(&w, g, first + g) ? 1 : 0;
        opened += world_opens(&w, g, first + WORLD_GATES) ? 1 : 0;
    }
    return opened;
}

static void
all_gates_offline(void)
{
    for (size_t g = 0; g < WORLD_GATES; g++) {
        CU_ASSERT(gates_until(&w.gates[g], "mode offline"));
    }
}

static void
station_stopped(void)
{
    if (!world_begin(&w, 4)) {
        return;
    }
    CU_ASSERT_EQUAL(stage_end(&w.stage, SIGTERM), 0);
    all_gates_offline();
    CU_ASSERT(present_some(0) >= WORLD_GATES);
    CU_ASSERT(world_start_station(&w));
    CU_ASSERT(gates_until(&w.gates[0], "drained "));
    CU_ASSERT(world_end(&w));
}

/* At two gates that hear the station a passenger enters once.  False when the machine was so slow that
 * one of them did not wait for its answer: it was alone then, and the two are no group. */
static bool
shows_once(size_t first, size_t second, size_t p)
{
    bool answered = strncmp(world_show(&w, first, p), "verdict ACCEPTED ", 17) == 0;

    CU_ASSERT(is_line(first, "verdict ACCEPTED"));
    (void)world_show(&w, second, p);
    if (answered &&
        strncmp(w.gates[second].line, "verdict ACCEPTED_OFFLINE ", 25) != 0) {
        CU_ASSERT(is_line(second, "verdict ALREADY_ENTERED "));
        return true;
    }
    return false;
}

static void
cable_pulled_between_gates(void)
{
    bool together;

    if (!world_begin(&w, 4)) {
        return;
    }
    CU_ASSERT(world_weather(WORLD_HOST(2), NETWORK_CUT));
    together = shows_once(0, 1, 0);
    CU_ASSERT(shows(2, 0, "verdict ACCEPTED_OFFLINE "));
    CU_ASSERT(shows(2, 1, "verdict ACCEPTED_OFFLINE "));
    CU_ASSERT(gates_until(&w.gates[2], "mode offline"));
    CU_ASSERT(shows(2, 2, "verdict ACCEPTED_OFFLINE "));
    together = shows_once(0, 1, 2) && together;
    CU_ASSERT(shows(2, 0, "verdict ALREADY_ENTERED "));
    w.groups[1] = together ? w.groups[0] : w.groups[1];
    CU_ASSERT(world_end(&w));
    CU_ASSERT_EQUAL(w.entries, together ? 5 : w.entries);
}

/* One passenger at all gates of a group, one after the other: one of them opens.  A peer that answered
 * too late makes no group: two may open then, but not both with the word of all peers.  How many did. */
static size_t
opens_once(const size_t *gates, size_t n, size_t p)
{
    char word[32];
    size_t opened = 0;
    size_t sure = 0;

    (void)snprintf(word, sizeof word, " peers=%zu", n - 1);
    for (size_t i = 0; i < n; i++) {
        const char *line = world_show(&w, gates[i], p);
        bool opens = strncmp(line, "verdict ACCEPTED", 16) == 0;

        opened += opens ? 1 : 0;
        sure += opens && strstr(line, word) != NULL ? 1 : 0;
        CU_ASSERT(opens || is_line(gates[i], "verdict ALREADY_ENTERED "));
    }
    CU_ASSERT(opened > 0 && sure <= 1);
    for (size_t i = 0; i < n && opened > 1; i++) {
        w.groups[gates[i]] = (unsigned)gates[i];
    }
    return opened;
}

static void
peers_without_a_station(void)
{
    static const size_t all[] = { 0, 1, 2 };
    size_t opened = 0;

    if (!world_begin_peers(&w, 6)) {
        return;
    }
    memset(w.groups, 0, sizeof w.groups);
    world_kill_station(&w);
    opened += opens_once(all, 3, 0); /* nobody has noticed yet */
    all_gates_offline();
    for (size_t p = 1; p < w.people; p++) {
        opened += opens_once(all, 3, p);
    }
    gates_kill(&w.gates[1]);
    CU_ASSERT(world_start_gate(&w, 1, NULL));
    CU_ASSERT(gates_until(&w.gates[1], "peers 2"));
    CU_ASSERT(shows(1, 0, "verdict ALREADY_ENTERED "));
    CU_ASSERT(world_end(&w));
    CU_ASSERT_EQUAL(w.entries, opened);
}

/* The station away, and the third gate alone: each of the two groups lets in once. */
static void
cable_pulled_between_peers(void)
{
    static const size_t pair[] = { 0, 1 };
    static const size_t all[] = { 0, 1, 2 };
    size_t opened = 0;

    if (!world_begin_peers(&w, 5)) {
        return;
    }
    w.groups[0] = 0;
    w.groups[1] = 0;
    world_kill_station(&w);
    CU_ASSERT(world_weather(WORLD_HOST(2), NETWORK_CUT));
    CU_ASSERT(gates_until(&w.gates[0], "peers 1"));
    CU_ASSERT(gates_until(&w.gates[1], "peers 1"));
    CU_ASSERT(gates_until(&w.gates[2], "peers 0"));
    for (size_t p = 0; p < 3; p++) {
        opened += opens_once(pair, 2, p);
        opened += world_opens(&w, 2, p) ? 1 : 0;
    }
    CU_ASSERT(opened >= 6);
    opened += opens_once(pair, 2, 3);
    CU_ASSERT(world_weather(WORLD_HOST(2), NETWORK_FINE));
    for (size_t g = 0; g < WORLD_GATES; g++) {
        CU_ASSERT(gates_until(&w.gates[g], "peers 2"));
    }
    opened += opens_once(all, 3, 4);
    CU_ASSERT(shows(2, 3, "verdict ALREADY_ENTERED ")); /* it has caught up */
    CU_ASSERT(world_end(&w));
    CU_ASSERT_EQUAL(w.entries, opened);
}

static void
one_direction_lost(void)
{
    if (!world_begin(&w, 8)) {
        return;
    }
    CU_ASSERT(world_weather(WORLD_HOST(1), NETWORK_DEAF));
    CU_ASSERT(world_weather(WORLD_HOST(2), NETWORK_MUTE));
    CU_ASSERT(present_some(0) >= WORLD_GATES);
    CU_ASSERT(gates_until(&w.gates[1], "mode offline"));
    CU_ASSERT(present_some(4) >= WORLD_GATES);
    CU_ASSERT(world_end(&w));
}

static void
third_of_everything_lost(void)
{
    if (!world_begin(&w, 24)) {
        return;
    }
    for (size_t host = 0; host < NETWORK_HOSTS; host++) {
        CU_ASSERT(world_weather(host, NETWORK_STORMY));
    }
    for (size_t first = 0; first < w.people; first += 4) {
        CU_ASSERT(present_some(first) >= WORLD_GATES);
    }
    CU_ASSERT(world_end(&w));
}

/* Killed at chosen system calls of the time in which both gates pour out their journals. */
static void
station_killed_while_gates_drain(void)
{
    static const long long calls[] = { 60, 110, 160, 210 };
    struct trap trap = { 0 };
    size_t opened = 0;

    if (!world_begin(&w, WORLD_PEOPLE)) {
        return;
    }
    world_kill_station(&w);
    all_gates_offline();
    for (size_t p = 0; p < w.people; p++) {
        opened += world_opens(&w, p % 2, p) ? 1 : 0;
        opened += p % 8 == 0 && world_opens(&w, (p + 1) % 2, p) ? 1 : 0;
    }
    CU_ASSERT(opened >= w.people);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        CU_ASSERT_FATAL(trap_open(&trap));
        CU_ASSERT_FATAL(world_launch_station(&w, trap_install, &trap));
        CU_ASSERT_FATAL(trap_watch(&trap, w.stage.process.pid));
        CU_ASSERT_FATAL(stage_await(&w.stage));
        trap_arm(&trap, TRAP_KILL, calls[i], 0);
        CU_ASSERT_EQUAL(stage_end(&w.stage, 0), 128 + SIGKILL);
        trap_close(&trap);
    }
    CU_ASSERT(world_end(&w));
    CU_ASSERT_EQUAL(w.entries, opened);
}

/* The third gate leads out; the second sees who walks through, and nobody does. */
static void
exits_and_who_did_not_pass(void)
{
    char sensor[STAGE_PATH + 64];
    char passage[STAGE_PATH + 80];

    if (!world_begin(&w, 4)) {
        return;
    }
    CU_ASSERT_EQUAL(gates_end(&w.gates[1]), 0);
    CU_ASSERT_EQUAL(gates_end(&w.gates[2]), 0);
    (void)snprintf(sensor, sizeof sensor, "%s", stage_path(&w.stage, "sensor"));
    (void)snprintf(passage, sizeof passage, "file:%s", sensor);
    CU_ASSERT_FATAL(tbc_file_write(sensor, tbc_span_str("0\n"), 0600) == TBC_OK);
    CU_ASSERT_FATAL(
        world_start_gate(&w, 1, (const char *const[]){ "--passage", passage, NULL }));
    CU_ASSERT_FATAL(
        world_start_gate(&w, 2, (const char *const[]){ "--direction", "exit", NULL }));
    CU_ASSERT(world_opens(&w, 0, 0));
    CU_ASSERT(world_opens(&w, 0, 2));
    CU_ASSERT(world_opens(&w, 2, 0)); /* out, and in again */
    CU_ASSERT(world_opens(&w, 0, 0));
    CU_ASSERT(world_opens(&w, 1, 1)); /* the barrier opens for nobody */
    CU_ASSERT(gates_until(&w.gates[1], "annulled"));
    CU_ASSERT(world_opens(&w, 0, 1));
    CU_ASSERT(world_weather(WORLD_HOST(2), NETWORK_CUT));
    CU_ASSERT(gates_until(&w.gates[2], "mode offline"));
    CU_ASSERT(world_opens(&w, 2, 0)); /* out again; the station is told later */
    CU_ASSERT(world_opens(&w, 0, 3));
    CU_ASSERT(world_end(&w));
    CU_ASSERT_EQUAL(w.entries, 6);
}

/* Take all the room that its standard output has, so that the gate waits there. */
static int
stop_its_mouth(struct tbc_process *p)
{
    static const char crumbs[512] = "";
    char path[64];
    int fd;

    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", p->out);
    fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    CU_ASSERT_FATAL(fd >= 0);
    while (write(fd, crumbs, sizeof crumbs) > 0) {
    }
    CU_ASSERT_EQUAL(errno, EAGAIN);
    return fd;
}

/* Whether it now waits in a write to its standard output. */
static bool
waits_to_speak(pid_t pid)
{
    const int64_t end = tbc_clock_mono().ms + GATES_WAIT_MS;
    char path[64];
    char text[128];

    (void)snprintf(path, sizeof path, "/proc/%d/syscall", (int)pid);
    while (tbc_clock_mono().ms < end) {
        const struct timespec pause = { .tv_nsec = 5000000 };
        FILE *f = fopen(path, "r");
        bool waits = f != NULL && fgets(text, sizeof text, f) != NULL &&
                     strncmp(text, "1 0x1 ", 6) == 0;

        if (f != NULL) {
            (void)fclose(f);
        }
        if (waits) {
            return true;
        }
        (void)nanosleep(&pause, NULL);
    }
    return false;
}

/* The journal has the entry, the gate is about to say so, and no barrier has moved. */
static void
die_before_opening(size_t g, size_t p)
{
    int fd = stop_its_mouth(&w.gates[g].process);
    const size_t opened = w.gates[g].opened;

    CU_ASSERT(gates_present(&w.gates[g], w.texts[p]));
    CU_ASSERT(waits_to_speak(w.gates[g].process.pid));
    CU_ASSERT(tbc_process_signal(&w.gates[g].process, SIGKILL));
    close(fd);
    (void)tbc_process_wait(&w.gates[g].process, GATES_WAIT_MS, NULL, 0);
    CU_ASSERT_EQUAL(w.gates[g].opened, opened);
}

static void
gate_killed_between_journal_and_barrier(void)
{
    if (!world_begin(&w, 3)) {
        return;
    }
    die_before_opening(0, 0);
    CU_ASSERT(shows(1, 0, "verdict ALREADY_ENTERED "));
    CU_ASSERT(world_start_gate(&w, 0, NULL));
    CU_ASSERT(shows(0, 0, "verdict ALREADY_ENTERED ")); /* an officer will find it */
    world_kill_station(&w);
    all_gates_offline();
    die_before_opening(0, 1);
    CU_ASSERT(world_start_gate(&w, 0, NULL));
    CU_ASSERT(shows(0, 1, "verdict ALREADY_ENTERED "));
    CU_ASSERT(shows(0, 2, "verdict ACCEPTED_OFFLINE "));
    CU_ASSERT(world_end(&w));
    CU_ASSERT_EQUAL(w.entries, 3);
}

/* The clock of a gate as the file says. */
static void
set_clock(const char *path, const char *offset)
{
    CU_ASSERT_FATAL(tbc_file_write(path, tbc_span_str(offset), 0600) == TBC_OK);
}

static void
start_under_false_clock(size_t g, const char *path, const char *mode)
{
    char preload[1024];
    bool ok;

    (void)snprintf(preload, sizeof preload, "%s/clock_fake.so",
                   tbc_test_env("TBC_BIN_DIR"));
    CU_ASSERT_FATAL(setenv("LD_PRELOAD", preload, 1) == 0 &&
                    setenv("CLOCK_FAKE", path, 1) == 0);
    ok = world_start_gate(&w, g, NULL);
    CU_ASSERT_FATAL(unsetenv("LD_PRELOAD") == 0 && unsetenv("CLOCK_FAKE") == 0);
    CU_ASSERT_FATAL(ok);
    CU_ASSERT_PTR_NOT_NULL(strstr(w.gates[g].line, mode));
}

static void
clock_two_hours_back(void)
{
    char path[STAGE_PATH + 64];

    if (!world_begin(&w, 5)) {
        return;
    }
    (void)snprintf(path, sizeof path, "%s", stage_path(&w.stage, "clock"));
    set_clock(path, "0\n");
    CU_ASSERT_EQUAL(gates_end(&w.gates[0]), 0);
    start_under_false_clock(0, path, "mode=online");
    CU_ASSERT(shows(0, 0, "verdict ACCEPTED"));
    set_clock(path, "-7200\n");
    CU_ASSERT(gates_until(&w.gates[0], "clock wrong"));
    CU_ASSERT(shows(0, 1, "verdict ACCEPTED"));
    world_kill_station(&w);
    all_gates_offline();
    CU_ASSERT(shows(0, 2, "verdict ACCEPTED_OFFLINE ")); /* by the station's time */
    gates_kill(&w.gates[0]);
    start_under_false_clock(0, path, "mode=offline"); /* nobody knows better now */
    CU_ASSERT(shows(0, 3, "verdict REFER_TO_OFFICER "));
    set_clock(path, "0\n");
    CU_ASSERT(gates_until(&w.gates[0], "clock right"));
    CU_ASSERT(shows(0, 4, "verdict ACCEPTED_OFFLINE "));
    CU_ASSERT(world_end(&w));
    CU_ASSERT_EQUAL(w.entries, 4);
}

/* Fill what a small disk has left; the file that does. */
static void
fill_disk(const char *path)
{
    static const char zeros[4096] = "";
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    CU_ASSERT_FATAL(fd >= 0);
    while (write(fd, zeros, sizeof zeros) > 0) {
    }
    CU_ASSERT_EQUAL(errno, ENOSPC);
    close(fd);
}

/* Passengers at the gate until it says that an officer must help: the room that its journal already has
 * is used up first.  The first who was not let in. */
static size_t
use_up(size_t g, size_t first)
{
    while (first < w.people && world_opens(&w, g, first)) {
        first++;
    }
    return first;
}

static void
disk_of_a_gate_full(void)
{
    char folder[STAGE_PATH + 64];
    char filler[STAGE_PATH + 96];
    size_t refused;

    if (!world_begin(&w, 40)) {
        return;
    }
    CU_ASSERT_EQUAL(gates_end(&w.gates[1]), 0);
    (void)snprintf(folder, sizeof folder, "%s", stage_path(&w.stage, "gate-2"));
    (void)snprintf(filler, sizeof filler, "%s/filler", folder);
    /* the gate had nothing to remember yet: it begins anew on the small disk */
    CU_ASSERT_EQUAL_FATAL(mount("none", folder, "tmpfs", 0, "size=1m,mode=0700"), 0);
    CU_ASSERT_FATAL(world_start_gate(&w, 1, NULL));
    CU_ASSERT(shows(1, 0, "verdict ACCEPTED"));
    fill_disk(filler);
    refused = use_up(1, 1);
    CU_ASSERT_FATAL(refused + 2 < w.people);
    CU_ASSERT(is_line(1, "verdict REFER_TO_OFFICER "));
    CU_ASSERT(gates_until(&w.gates[1], "out-of-order "));
    CU_ASSERT(shows(1, refused + 1, "verdict REFER_TO_OFFICER "));
    CU_ASSERT(shows(0, refused + 1, "verdict ACCEPTED"));
    CU_ASSERT_EQUAL(unlink(filler), 0);
    CU_ASSERT(gates_until(&w.gates[1], "in-order"));
    CU_ASSERT(shows(1, refused + 2, "verdict ACCEPTED"));
    w.unheard = 1; /* the station's yes to the second, taken back or not */
    CU_ASSERT(world_end(&w));
    CU_ASSERT_EQUAL(umount2(folder, MNT_DETACH), 0);
}

TBC_SUITE_APART("world", 6, TEST(gate_killed_between_journal_and_barrier),
                TEST(station_killed_while_gates_drain), TEST(third_of_everything_lost),
                TEST(peers_without_a_station), TEST(cable_pulled_between_peers),
                TEST(exits_and_who_did_not_pass), TEST(one_direction_lost),
                TEST(station_stopped), TEST(cable_pulled_between_gates),
                TEST(clock_two_hours_back), TEST(disk_of_a_gate_full))
