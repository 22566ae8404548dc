/* sim [SEEDS] [--seed S] [--passengers N] [--gates N] [--hours FROM-TO] [--twice]: so many days, each
 * of its own seed; twice: each must leave the same trace again. */
#include "sim.h"
#include "sys/log.h"

#include <ftw.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SEED_DEFAULT 1

static char folder[64];

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static void
remove_folder(void)
{
    (void)nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* In memory where there is such a place: what a disk does is other tests' business. */
static bool
make_folder(void)
{
    (void)snprintf(folder, sizeof folder, "%s/tbc-sim-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (mkdtemp(folder) == NULL) {
        perror(folder);
        return false;
    }
    return true;
}

static double
now_s(void)
{
    struct timespec t = { 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
tell(const struct sim_options *o, const struct sim *s, double took_s)
{
    const struct sim_figures *f = &s->figures;

    printf("seed %" PRIu64 ": trace %016" PRIx64 ", %zu findings, %.1f s%s\n", o->seed,
           s->trace, f->findings, took_s, s->peers ? ", gates are peers" : "");
    printf("  %zu passengers, %zu codes shown, %zu answers (%zu again), %zu turns of "
           "%zu gates, %zu kills, %zu revocations, %zu conflicts\n ",
           o->passengers, f->presented, f->answered, f->again, f->steps, o->gates,
           f->kills, f->revoked, f->conflicts);
    for (size_t v = 0; v < TBC_VERDICT_N; v++) {
        if (f->verdicts[v] > 0) {
            printf(" %s %zu", tbc_verdict_name((enum tbc_verdict)v), f->verdicts[v]);
        }
    }
    printf(
        "\n  resident %ld KiB at a quarter of the day, %ld KiB at its end; allocated beside "
        "the databases %ld KiB, %ld KiB\n",
        f->first.rss_kib, f->last.rss_kib, f->first.heap_kib, f->last.heap_kib);
}

/* One day; its trace. */
static bool
run_once(struct sim_options o, uint64_t *trace)
{
    static struct sim s;
    const double begun = now_s();
    bool ok;

    memset(&s, 0, sizeof s);
    if (!make_folder()) {
        exit(3);
    }
    o.folder = folder;
    s.options = o;
    ok = sim_run(&s);
    remove_folder();
    tell(&o, &s, now_s() - begun);
    *trace = s.trace;
    return ok;
}

static bool
run_one(const struct sim_options *o, bool twice)
{
    uint64_t first = 0;
    uint64_t second = 0;
    bool ok = run_once(*o, &first);

    if (ok && twice && (!run_once(*o, &second) || first != second)) {
        printf("  another trace the second time\n");
        ok = false;
    }
    if (!ok) {
        printf("  again with: sim 1 --seed %" PRIu64 " --passengers %zu --gates %zu "
               "--hours %d-%d\n",
               o->seed, o->passengers, o->gates, (int)(o->from_ms / 3600000),
               (int)(o->to_ms / 3600000));
    }
    return ok;
}

static bool
parse_hours(struct sim_options *o, const char *text)
{
    char *end = NULL;
    const long from = strtol(text, &end, 10);
    const long to = *end == '-' ? strtol(end + 1, &end, 10) : -1;

    o->from_ms = 3600000 * (int64_t)from;
    o->to_ms = 3600000 * (int64_t)to;
    return *end == '\0' && from >= 0 && from + 1 < to && to <= 24;
}

static bool
parse(struct sim_options *o, uint64_t *seeds, bool *twice, int argc, char **argv)
{
    static const struct option options[] = {
        { "seed", required_argument, NULL, 's' },
        { "passengers", required_argument, NULL, 'p' },
        { "gates", required_argument, NULL, 'g' },
        { "hours", required_argument, NULL, 'h' },
        { "twice", no_argument, NULL, 't' },
        { 0 },
    };
    int c;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == 's') {
            o->seed = strtoull(optarg, NULL, 10);
        } else if (c == 'p') {
            o->passengers = strtoul(optarg, NULL, 10);
        } else if (c == 'g') {
            o->gates = strtoul(optarg, NULL, 10);
        } else if (c == 't') {
            *twice = true;
        } else if (c != 'h' || !parse_hours(o, optarg)) {
            return false;
        }
    }
    *seeds = optind < argc ? strtoull(argv[optind], NULL, 10) : 1;
    return optind + 1 >= argc && *seeds > 0 && o->passengers > 0 &&
           o->passengers <= 60000 && o->gates > 1 && o->gates <= SIM_GATES_MAX;
}

int
main(int argc, char **argv)
{
    struct sim_options o = { .seed = SEED_DEFAULT,
                             .passengers = 20000,
                             .gates = 6,
                             .to_ms = 24 * INT64_C(3600000) };
    uint64_t seeds;
    uint64_t failed = 0;
    bool twice = false;

    if (!parse(&o, &seeds, &twice, argc, argv)) {
        (void)fprintf(stderr, "usage: sim [SEEDS] [--seed S] [--passengers N] "
                              "[--gates N] [--hours FROM-TO] [--twice]\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    tbc_log_init("sim", TBC_LOG_ERROR);
    for (uint64_t i = 0; i < seeds; i++) {
        failed += run_one(&o, twice) ? 0 : 1;
        o.seed++;
    }
    printf("tests: %" PRIu64 " passed, %" PRIu64 " failed, 0 skipped\n", seeds - failed,
           failed);
    return failed > 0;
}
