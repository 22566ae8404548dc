/* bench_gate [--json FILE] [--n N]
 *
 * How long a passenger waits at the real gate, from the text of a code to the barrier's command, beside
 * what must be done in that time: a verification, or two of a live proof, and one fsync on the same
 * disk, in turn.  The same while the real station is asked, beside a bare CURVE echo.  Then what the
 * gate costs while nobody comes, with 200,000 tickets in its manifest. */
#include "bare.h"
#include "codec/token.h"
#include "measure.h"
#include "railway.h"
#include "raw.h"
#include "work.h"

#include <CUnit/CUnit.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SOON     "20" /* milliseconds that the barrier is open */
#define TICKETS  200000
#define START_MS 20000
#define ONLINE_N 400
#define IDLE_S   5
#define STARTS   5
#define BURST    200  /* passengers of one train, one behind the other ... */
#define QUIET_MS 2500 /* ... and none */

static struct figures figures;
static size_t n = 1000;

static struct tbc_process gate;
static struct tbc_process lonely; /* gate-2 */

static double
ask(const char *name, double value, const char *unit, double target)
{
    figures_add(&figures, (struct figure){ name, unit, value, target, FIGURE_LOWER });
    return value;
}

/* Microseconds until it reads codes. */
static double
start(struct tbc_process *p, const char *device, const char *data, const char *mode,
      const char *const *more)
{
    const char *args[TBC_PROCESS_ARGS] = { "--device", device,   "--data",
                                           data,       "--hold", SOON };
    const double from = measure_now_us();
    char line[TBC_PROCESS_LINE];
    char want[64];

    for (size_t i = 0; more != NULL && more[i] != NULL; i++) {
        args[6 + i] = more[i];
    }
    (void)snprintf(want, sizeof want, "ready gate=gate-%d mode=%s", p == &gate ? 1 : 2,
                   mode);
    CU_ASSERT_FATAL(tbc_process_start(p, "tbc-gate", args));
    CU_ASSERT_FATAL(tbc_process_until(p, want, line, START_MS));
    return measure_now_us() - from;
}

/* From the text to the barrier.  The next one comes when the way is free: a gate lets one through at
 * a time. */
static double
let_in(struct tbc_process *p, const char *code)
{
    char line[TBC_PROCESS_LINE];
    const double from = measure_now_us();
    double took;

    CU_ASSERT_FATAL(tbc_process_send(p, code));
    CU_ASSERT_FATAL(tbc_process_until(p, "barrier open", line, START_MS));
    took = measure_now_us() - from;
    CU_ASSERT_FATAL(tbc_process_until(p, "barrier shut", line, START_MS));
    return took;
}

static void
be_quiet(void)
{
    const struct timespec pause = { .tv_sec = QUIET_MS / 1000,
                                    .tv_nsec = QUIET_MS % 1000 * 1000000L };

    (void)nanosleep(&pause, NULL);
}

/* A gate that has been at work: its first train. */
static void
warm_up(struct railway *r)
{
    char text[RAILWAY_TEXT];

    for (size_t i = 0; i < BURST; i++) {
        railway_code(r, false, text);
        (void)let_in(&gate, text);
    }
}

/* Passengers of one kind, train by train, in turn with what must be done for each. */
static void
measure_offline(struct railway *r, bool live)
{
    double *took = calloc(n, sizeof *took);
    double *must = calloc(n, sizeof *must);
    struct bare_verify *bare = bare_verify_new();
    struct raw_file *file = raw_file_open(r->folder);
    char text[RAILWAY_TEXT];

    CU_ASSERT_FATAL(took != NULL && must != NULL);
    for (size_t i = 0; i < n; i++) {
        if (i % BURST == 0) {
            be_quiet();
        }
        railway_code(r, live, text);
        took[i] = let_in(&gate, text);
        must[i] = bare_verify_us(bare) + (live ? bare_verify_us(bare) : 0) +
                  raw_file_sync_us(file);
    }
    raw_file_close(&file);
    bare_verify_free(&bare);
    work_tell(&figures, live ? "offline, live, median" : "offline, paper, median",
              measure_quantile(took, n, 0.5), "us");
    work_tell(&figures, live ? "offline, live, p99" : "offline, paper, p99",
              measure_quantile(took, n, 0.99), "us");
    work_tell(&figures, live ? "two verifies and fsync, p99" : "verify and fsync, p99",
              measure_quantile(must, n, 0.99), "us");
    work_tell(&figures,
              live ? "offline, live, median / (two verifies and fsync)"
                   : "offline, paper, median / (verify and fsync)",
              measure_quantile(took, n, 0.5) / measure_quantile(must, n, 0.5), "");
    (void)ask(live ? "offline, live, p99 / (two verifies and fsync)"
                   : "offline, paper, p99 / (verify and fsync)",
              measure_quantile(took, n, 0.99) / measure_quantile(must, n, 0.99), "",
              1.3);
    free(took);
    free(must);
}

/* A field of /proc/PID/FILE behind its name; 0 when it is not there. */
static double
field_of(const char *file, const char *name)
{
    char path[64];
    char line[256];
    double value = 0;
    FILE *f;

    (void)snprintf(path, sizeof path, "/proc/%d/%s", (int)gate.pid, file);
    f = fopen(path, "re");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, name, strlen(name)) == 0) {
            value = strtod(line + strlen(name), NULL);
        }
    }
    if (f != NULL) {
        (void)fclose(f);
    }
    return value;
}

/* What all threads had, by the scheduler's own clock: ticks would miss turns of microseconds. */
static double
cpu_s(void)
{
    char path[96];
    unsigned long long ns = 0;
    struct dirent *entry;
    DIR *tasks;

    (void)snprintf(path, sizeof path, "/proc/%d/task", (int)gate.pid);
    tasks = opendir(path);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tasks);
    while (tasks != NULL && (entry = readdir(tasks)) != NULL) {
        char line[128] = "";
        FILE *f;

        (void)snprintf(path, sizeof path, "/proc/%d/task/%.20s/schedstat",
                       (int)gate.pid, entry->d_name);
        f = entry->d_name[0] == '.' ? NULL : fopen(path, "re");
        if (f != NULL && fgets(line, sizeof line, f) != NULL) {
            ns += strtoull(line, NULL, 10);
        }
        if (f != NULL) {
            (void)fclose(f);
        }
    }
    if (tasks != NULL) {
        (void)closedir(tasks);
    }
    CU_ASSERT_FATAL(ns > 0);
    return (double)ns / 1e9;
}

static void
measure_idle(void)
{
    const struct timespec while_idle = { .tv_sec = IDLE_S };
    double from = cpu_s();

    (void)nanosleep(&while_idle, NULL);
    (void)ask("idle processor time", (cpu_s() - from) / IDLE_S * 100, "%", 1);
}

static void
measure_memory(const char *name, double target)
{
    (void)ask(name, field_of("status", "VmRSS:") / 1024, "MiB", target);
}

static void
measure_start(struct railway *r)
{
    double took[STARTS];

    for (size_t i = 0; i < STARTS; i++) {
        took[i] = start(&gate, r->device, r->data, "offline", NULL) / 1e3;
        tbc_process_stop(&gate);
    }
    (void)ask("cold start to ready, offline", measure_quantile(took, STARTS, 0.5), "ms",
              300);
}

/* The gate's own search in its own form of the manifest. */
static void
measure_search(struct railway *r)
{
    const struct tbc_manifest *m = &r->manifest;
    size_t found = 0;
    size_t rows;
    double from;

    from = measure_now_us();
    for (size_t i = 0; i < m->rows_n; i++) {
        /* far apart, as passengers are */
        const size_t at = i * 7919 % m->rows_n;

        found += tbc_manifest_find(m, m->rows[at].holder, &rows) != NULL ? 1 : 0;
    }
    (void)ask("one look-up in the manifest",
              (measure_now_us() - from) / (double)m->rows_n, "us", 1);
    CU_ASSERT_EQUAL(found, m->rows_n);
}

static void
run_offline(void)
{
    static const char *const display[] = { "--display", "1280x800", NULL };
    struct railway r;

    railway_make(&r, TICKETS);
    measure_search(&r);
    measure_start(&r);
    (void)start(&gate, r.device, r.data, "offline", NULL);
    measure_idle();
    warm_up(&r);
    measure_offline(&r, false);
    measure_offline(&r, true);
    measure_memory("resident memory with 200,000 tickets", 64);
    tbc_process_stop(&gate);
    CU_ASSERT_EQUAL(setenv("SDL_VIDEODRIVER", "dummy", 0), 0);
    (void)start(&gate, r.device, r.data, "offline", display);
    measure_memory("the same with a display", 160);
    tbc_process_stop(&gate);
    railway_free(&r);
}

static void
issue(struct stage *s, unsigned passenger, char text[static RAILWAY_TEXT])
{
    struct tbc_assist in = stage_assistance(passenger);
    struct tbc_issue_reply out;
    struct tbc_buf code = { 0 };

    CU_ASSERT_FATAL(
        stage_is(stage_ask(s->client, TBC_OP_ASSIST, &in, &out), TBC_CODE_FINE));
    CU_ASSERT_EQUAL_FATAL(tbc_token_encode(out.certificate, &code), TBC_OK);
    (void)snprintf(text, RAILWAY_TEXT, "%s\n", tbc_buf_str(&code));
    tbc_buf_fini(&code);
}

/* Two gates of one station: one that reaches it, and one that was told everything and then lost it. */
static void
start_both(struct stage *s)
{
    static const char *const away[] = { "--front", "tcp://127.0.0.1:9", "--feed",
                                        "tcp://127.0.0.1:9", NULL };
    const char *const device = stage_path(s, "gate-2.device");
    const char *const data = stage_path(s, "gate-2");

    (void)start(&gate, stage_path(s, "gate-1.device"), stage_path(s, "gate-1"),
                "online", NULL);
    (void)start(&lonely, device, data, "online", NULL);
    tbc_process_stop(&lonely);
    (void)start(&lonely, device, data, "offline", away);
}

/* Of one presentation with the station and one without, in turn, and of what the first does besides. */
struct turns {
    double online[ONLINE_N];
    double alone[ONLINE_N];
    double echo[ONLINE_N];
    double sync[ONLINE_N];
};

static void
take_turns(struct stage *s, struct turns *t)
{
    static char texts[2 * ONLINE_N][RAILWAY_TEXT];
    static const uint8_t id[TBC_WIRE_ID_LEN] = { 0 };
    const struct tbc_entry entry = { .train = "G1207" };
    struct bare_echo *echo = bare_echo_new();
    struct raw_file *file = raw_file_open(s->data);
    struct tbc_buf request = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_wire_put_request(&request, id, TBC_OP_ENTER, &entry),
                          TBC_OK);
    for (unsigned i = 0; i < 2 * ONLINE_N; i++) {
        issue(s, i, texts[i]);
    }
    start_both(s);
    for (size_t i = 0; i < ONLINE_N; i++) {
        t->online[i] = let_in(&gate, texts[i]);
        t->alone[i] = let_in(&lonely, texts[ONLINE_N + i]);
        t->echo[i] = bare_echo_us(echo, request.len);
        t->sync[i] = raw_file_sync_us(file);
    }
    tbc_process_stop(&gate);
    tbc_process_stop(&lonely);
    raw_file_close(&file);
    bare_echo_free(&echo);
    tbc_buf_fini(&request);
}

static void
run_online(void)
{
    static struct stage s;
    static struct turns t;
    double online;
    double alone;
    double echo;
    double sync;

    stage_raise(&s);
    CU_ASSERT_FATAL(stage_import(&s, 2 * ONLINE_N) &&
                    stage_enrol(&s, "gate-1", TBC_ROLE_GATE) &&
                    stage_enrol(&s, "gate-2", TBC_ROLE_GATE));
    take_turns(&s, &t);
    stage_strike(&s);
    online = measure_quantile(t.online, ONLINE_N, 0.5);
    alone = measure_quantile(t.alone, ONLINE_N, 0.5);
    echo = measure_quantile(t.echo, ONLINE_N, 0.5);
    sync = measure_quantile(t.sync, ONLINE_N, 0.5);
    work_tell(&figures, "online, paper, median", online, "us");
    work_tell(&figures, "the same alone, median", alone, "us");
    work_tell(&figures, "CURVE echo of the same size", echo, "us");
    work_tell(&figures, "fsync", sync, "us");
    (void)ask("(online - alone) / echo", (online - alone) / echo, "", 2);
    /* the station answers when its own row is on the disk */
    work_tell(&figures, "(online - alone) / (echo + fsync)",
              (online - alone) / (echo + sync), "");
}

static void
run(void)
{
    CU_ASSERT_EQUAL(setenv("TBC_GATE_HTTP", "off", 1), 0);
    run_offline();
    CU_ASSERT_EQUAL(setenv("TBC_GATE_WAIT_MS", "5000", 1), 0);
    run_online();
}

int
main(int argc, char **argv)
{
    return work_main(argc, argv, &figures, &n, run);
}
