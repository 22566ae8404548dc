#include "work.h"

#include "raw.h"
#include "sys/file.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BATCH 256 /* rows of one transaction of SQLite alone */

/* One part of the roster: people without faces, none of whom has a certificate yet. */
static void
fill_part(struct tbc_import *in, size_t from, size_t to)
{
    memset(in, 0, sizeof *in);
    in->last = true;
    memcpy(in->batch, &from, sizeof from);
    for (size_t i = from; i < to; i++) {
        struct tbc_import_person *p = &in->people[in->people_n++];

        *p = (struct tbc_import_person){ .line = i + 2,
                                         .kind = TBC_DOC_PASSPORT,
                                         .name = "Anna Maria Rossi" };
        stage_passport((unsigned)i, p->number);
    }
}

static void
import_roster(struct stage *s, size_t people)
{
    static struct tbc_import in;
    struct tbc_import_reply out;

    for (size_t i = 0; i < people; i += TBC_WIRE_ROWS_MAX) {
        fill_part(&in, i,
                  people - i < TBC_WIRE_ROWS_MAX ? people : i + TBC_WIRE_ROWS_MAX);
        CU_ASSERT_FATAL(
            stage_is(stage_ask(s->client, TBC_OP_IMPORT, &in, &out), TBC_CODE_FINE));
    }
}

bool
work_issue(void *arg, size_t unit, unsigned step, const void *reply, enum tbc_op *op,
           const void **msg)
{
    static struct tbc_apply apply;
    static struct tbc_issue issue;
    static const uint8_t frame[] = { 0 };

    if (step == 0) {
        apply = (struct tbc_apply){ .kind = TBC_DOC_PASSPORT,
                                    .assurance = TBC_ASSURANCE_PASSIVE,
                                    .frames = { tbc_span_of(frame, sizeof frame) },
                                    .frames_n = 1 };
        stage_passport((unsigned)unit, apply.number);
        *op = TBC_OP_APPLY;
        *msg = &apply;
        return true;
    }
    if (step == 1) {
        const struct tbc_apply_reply *applied = reply;

        issue = (struct tbc_issue){ .medium = TBC_MEDIUM_PAPER };
        memcpy(issue.handle, applied->handle, sizeof issue.handle);
        *op = TBC_OP_ISSUE;
        *msg = &issue;
        return true;
    }
    if (arg != NULL) {
        const struct tbc_issue_reply *issued = reply;
        uint8_t(*ctis)[TBC_CTI_LEN] = arg;

        memcpy(ctis[unit], issued->cti, TBC_CTI_LEN);
    }
    return false;
}

static void
start(struct stage *s)
{
    const char *const options[] = { "--without-face", NULL };

    if (!stage_start(s, options) || !stage_connect(s)) {
        CU_FAIL_FATAL("the station did not start; is it of a benchmark build?");
    }
}

void
work_lift_budget(const struct stage *s)
{
    static const char text[] = "[serve]\ndevice_per_s = 1000000\n"
                               "device_burst = 1000000\nqueue = 65536\n"
                               "[signer]\nper_minute = 10000000\n";

    if (mkdir(stage_path(s, "conf.d"), S_IRWXU) != 0 ||
        tbc_file_write(stage_path(s, "conf.d/bench.conf"), tbc_span_str(text), 0600) !=
            TBC_OK) {
        (void)fprintf(stderr, "bench: the budget could not be lifted\n");
        exit(3);
    }
}

void
work_raise(struct stage *s, size_t people)
{
    stage_make(s);
    work_lift_budget(s);
    start(s);
    import_roster(s, people);
}

void
work_keep(struct stage *s)
{
    stage_strike(s);
    raw_keep(stage_path(s, "station.db"));
    start(s);
}

void
work_compare(struct figures *f, struct stage *s, size_t n, double rate,
             const char *done, double target)
{
    static char ratio[96];
    size_t rows;
    double raw = raw_insert_rate(stage_path(s, "station.db"), BATCH, &rows);
    double raw_rate = raw * (double)n / (double)rows;

    (void)snprintf(ratio, sizeof ratio, "%s / SQLite alone", done);
    work_tell(f, done, rate, "a second");
    work_tell(f, "rows of each", (double)rows / (double)n, "");
    work_tell(f, "SQLite alone, the same rows in batches of 256", raw_rate, "a second");
    figures_add(f,
                (struct figure){ ratio, "", rate / raw_rate, target, FIGURE_HIGHER });
}

static double
cpu_s(pid_t pid)
{
    clockid_t clock;
    struct timespec t = { 0 };

    CU_ASSERT_FATAL(clock_getcpuclockid(pid, &clock) == 0 &&
                    clock_gettime(clock, &t) == 0);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double
work_station_cpu_s(const struct stage *s)
{
    return cpu_s(s->process.pid);
}

double
work_signer_cpu_s(const struct stage *s)
{
    char path[64];
    char text[64] = "";
    FILE *f;

    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)s->process.pid,
                   (int)s->process.pid);
    f = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_PTR_NOT_NULL_FATAL(fgets(text, sizeof text, f));
    (void)fclose(f);
    return cpu_s((pid_t)strtol(text, NULL, 10));
}

double
work_station_memory(const struct stage *s)
{
    const long page = sysconf(_SC_PAGESIZE);
    char path[64];
    char text[128] = "";
    const char *second;
    unsigned long pages;
    FILE *f;

    (void)snprintf(path, sizeof path, "/proc/%d/statm", (int)s->process.pid);
    f = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_PTR_NOT_NULL_FATAL(fgets(text, sizeof text, f));
    (void)fclose(f);
    second = strchr(text, ' ');
    CU_ASSERT_PTR_NOT_NULL_FATAL(second);
    pages = strtoul(second, NULL, 10);
    return (double)pages * (double)page;
}

void
work_tell(struct figures *f, const char *name, double value, const char *unit)
{
    figures_add(f, (struct figure){ name, unit, value, 0, FIGURE_INFO });
}

int
work_main(int argc, char **argv, struct figures *f, size_t *n, void (*run)(void))
{
    static const struct option options[] = { { "json", required_argument, NULL, 'j' },
                                             { "n", required_argument, NULL, 'n' },
                                             { 0 } };
    const char *json = NULL;
    CU_pSuite suite;
    int c;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == '?' || (c == 'n' && (*n = strtoul(optarg, NULL, 10)) < 1000)) {
            return 2;
        }
        json = c == 'j' ? optarg : json;
    }
    if (CU_initialize_registry() != CUE_SUCCESS ||
        (suite = CU_add_suite("bench", NULL, NULL)) == NULL ||
        CU_add_test(suite, argv[0], run) == NULL) {
        return 3;
    }
    CU_run_all_tests();
    if (CU_get_number_of_failures() > 0 || (json != NULL && !figures_write(f, json))) {
        (void)fprintf(stderr, "%s: could not measure or write\n", argv[0]);
        return 3;
    }
    return figures_are_met(f) ? 0 : 1;
}
