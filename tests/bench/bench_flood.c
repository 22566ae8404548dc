/* bench_flood [--json FILE] [--n N]
 *
 * How long HELLO of a gate takes while another device floods the station, beside how long it takes
 * when nobody does: both in turn, slice by slice, with the budgets that a station has by itself.
 * The flood is twenty times what one device may ask; and then as much as it can. */
#include "measure.h"
#include "work.h"

#include <CUnit/CUnit.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#define SLICES    20
#define PACE_US   2500 /* between two HELLOs: less than the gate's own budget */
#define SETTLE_US 50000
#define TICK_US   1000
#define FLOOD     10000 /* a second */

static struct figures figures;
static size_t n = 4000;

/* What the gate tells the flooder, a process of its own, and hears of it. */
struct flood {
    atomic_uint per_ms; /* 0: nothing */
    atomic_bool writes; /* EVENTS, each of which is committed; else HELLO */
    atomic_bool stop;
    atomic_size_t sent;
    atomic_size_t busy; /* BUSY answers */
};

static void
sleep_until(double us)
{
    const double left = us - measure_now_us();

    if (left > 0) {
        const struct timespec t = { .tv_sec = (time_t)(left / 1e6),
                                    .tv_nsec = (long)left % 1000000 * 1000 };

        (void)nanosleep(&t, NULL);
    }
}

static void
hear(struct tbc_client *client, struct flood *f)
{
    struct tbc_reply reply;

    while (tbc_client_recv(client, &reply) == TBC_OK) {
        atomic_fetch_add(&f->busy, reply.code == TBC_CODE_BUSY ? 1 : 0);
    }
}

/* One tick: as many as are wanted, or as the client's queue takes. */
static void
send_some(struct tbc_client *client, struct flood *f, unsigned wanted)
{
    static const struct tbc_hello hello = { .software = "flood 1" };
    static const struct tbc_events events = { 0 };
    const bool writes = atomic_load(&f->writes);
    uint8_t id[TBC_WIRE_ID_LEN] = { 9 };

    for (unsigned i = 0; i < wanted; i++) {
        const size_t sent = atomic_load(&f->sent);

        memcpy(id + 1, &sent, sizeof sent);
        if (tbc_client_send(client, id, writes ? TBC_OP_EVENTS : TBC_OP_HELLO,
                            writes ? (const void *)&events : &hello) != TBC_OK) {
            return;
        }
        atomic_fetch_add(&f->sent, 1);
        if (i % 16 == 15) {
            hear(client, f);
        }
    }
}

static int
run_flooder(const char *device, struct flood *f)
{
    struct tbc_client *client = NULL;
    double next = measure_now_us();

    if (!stage_connect_as(&client, device, false)) {
        return 1;
    }
    while (!atomic_load(&f->stop)) {
        send_some(client, f, atomic_load(&f->per_ms));
        hear(client, f);
        next += TICK_US;
        sleep_until(next);
        next = measure_now_us() > next + TICK_US ? measure_now_us() : next;
    }
    tbc_client_close(&client);
    return 0;
}

/* So many HELLOs into took_us. */
static void
slice(struct tbc_client *gate, double *took_us, size_t many)
{
    const struct tbc_hello in = { .software = "bench 1" };
    double next = measure_now_us() + SETTLE_US;

    for (size_t i = 0; i < many; i++) {
        struct tbc_reply reply;
        double from;

        sleep_until(next);
        next += PACE_US;
        from = measure_now_us();
        CU_ASSERT_FATAL(
            tbc_client_call(gate, TBC_OP_HELLO, &in, STAGE_CALL_MS, &reply) == TBC_OK &&
            reply.code == TBC_CODE_FINE);
        took_us[i] = measure_now_us() - from;
    }
}

struct outcome {
    double quiet_median;
    double quiet;
    double median;
    double p99;
    double per_s; /* that the flooder sent */
    size_t busy;
};

static struct outcome
measure(struct tbc_client *gate, struct flood *f, unsigned per_ms)
{
    const size_t each = n / SLICES;
    double *quiet_us = calloc(n, sizeof(double));
    double *flood_us = calloc(n, sizeof(double));
    const size_t sent = atomic_load(&f->sent);
    const size_t busy = atomic_load(&f->busy);
    double flooding_us = 0;
    struct outcome o;

    CU_ASSERT_FATAL(quiet_us != NULL && flood_us != NULL);
    for (size_t i = 0; i < SLICES; i++) {
        double from;

        slice(gate, quiet_us + i * each, each);
        from = measure_now_us();
        atomic_store(&f->per_ms, per_ms);
        slice(gate, flood_us + i * each, each);
        atomic_store(&f->per_ms, 0);
        flooding_us += measure_now_us() - from;
    }
    o = (struct outcome){
        .quiet_median = measure_quantile(quiet_us, SLICES * each, 0.5),
        .quiet = measure_quantile(quiet_us, SLICES * each, 0.99),
        .median = measure_quantile(flood_us, SLICES * each, 0.5),
        .p99 = measure_quantile(flood_us, SLICES * each, 0.99),
        .per_s = (double)(atomic_load(&f->sent) - sent) / (flooding_us / 1e6),
        .busy = atomic_load(&f->busy) - busy,
    };
    free(quiet_us);
    free(flood_us);
    return o;
}

static void
tell(struct outcome bounded, struct outcome boundless, struct outcome writes)
{
    work_tell(&figures, "HELLO, median", bounded.quiet_median, "us");
    work_tell(&figures, "HELLO, p99", bounded.quiet, "us");
    work_tell(&figures, "a flood of", bounded.per_s, "a second");
    work_tell(&figures, "HELLO under flood, median", bounded.median, "us");
    work_tell(&figures, "HELLO under flood, p99", bounded.p99, "us");
    figures_add(&figures,
                (struct figure){ "HELLO p99 under flood / quiet", "",
                                 bounded.p99 / bounded.quiet, 2, FIGURE_LOWER });
    work_tell(&figures, "a flood of as much as it can", boundless.per_s, "a second");
    work_tell(&figures, "HELLO under that, p99 / quiet",
              boundless.p99 / boundless.quiet, "");
    work_tell(&figures, "a flood of EVENTS of", writes.per_s, "a second");
    work_tell(&figures, "HELLO under that, p99", writes.p99, "us");
    work_tell(&figures, "HELLO under EVENTS, p99 / quiet", writes.p99 / writes.quiet,
              "");
    CU_ASSERT(bounded.busy > 0 && boundless.busy > 0);
}

static void
run(void)
{
    static struct stage s;
    struct tbc_client *gate = NULL;
    struct flood *f = mmap(NULL, sizeof *f, PROT_READ | PROT_WRITE,
                           MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct outcome bounded;
    struct outcome boundless;
    int status = -1;
    pid_t pid;

    CU_ASSERT_FATAL(f != MAP_FAILED);
    stage_make(&s);
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s) &&
                    stage_enrol(&s, "gate-1", TBC_ROLE_GATE) &&
                    stage_enrol(&s, "gate-2", TBC_ROLE_GATE));
    pid = fork();
    if (pid == 0) {
        _Exit(run_flooder(stage_path(&s, "gate-2.device"), f));
    }
    CU_ASSERT_FATAL(pid > 0);
    CU_ASSERT_FATAL(stage_connect_as(&gate, stage_path(&s, "gate-1.device"), false));
    bounded = measure(gate, f, FLOOD / 1000);
    boundless = measure(gate, f, 1000000);
    atomic_store(&f->writes, true);
    tell(bounded, boundless, measure(gate, f, FLOOD / 1000));
    atomic_store(&f->stop, true);
    CU_ASSERT(waitpid(pid, &status, 0) == pid && status == 0);
    tbc_client_close(&gate);
    stage_strike(&s);
    (void)munmap(f, sizeof *f);
}

int
main(int argc, char **argv)
{
    return work_main(argc, argv, &figures, &n, run);
}
