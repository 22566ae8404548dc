/* bench_issue [--json FILE] [--n N]
 *
 * Acknowledged, durable issuances a second through the real socket, beside what SQLite alone does
 * with the same rows; then, at half that load, how long one ISSUE waits beside one fsync.  Wants a
 * station of a benchmark build, which leaves out the face step. */
#include "measure.h"
#include "raw.h"
#include "work.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>

#define DEVICES 8
#define SLOTS   256 /* no device has more on its way than its queue holds */

static struct figures figures;
static size_t n = 20000;

static double
measure(struct stage *s)
{
    struct load *kiosks = load_open(s, TBC_ROLE_KIOSK, DEVICES);
    struct load_plan full = { .ask = work_issue, .n = n, .slots = SLOTS };
    struct load_plan half = { .ask = work_issue,
                              .first = n,
                              .n = n / 4,
                              .slots = SLOTS,
                              .took_us = calloc(n / 4, sizeof(double)) };
    double cpu_s = work_station_cpu_s(s);
    double signer_s = work_signer_cpu_s(s);
    double rate = (double)n / load_run(kiosks, &full);
    double fsync_us = raw_fsync_us(s->data);
    double p99;

    work_tell(&figures, "the station's processor time for each",
              (work_station_cpu_s(s) - cpu_s) / (double)n * 1e6, "us");
    work_tell(&figures, "the signer's processor time for each",
              (work_signer_cpu_s(s) - signer_s) / (double)n * 1e6, "us");

    CU_ASSERT_PTR_NOT_NULL_FATAL(half.took_us);
    half.per_s = rate / 2;
    (void)load_run(kiosks, &half);
    p99 = measure_quantile(half.took_us, half.n, 0.99);
    work_tell(&figures, "one fsync", fsync_us, "us");
    work_tell(&figures, "ISSUE at half load, median",
              measure_quantile(half.took_us, half.n, 0.5), "us");
    work_tell(&figures, "ISSUE at half load, p99", p99, "us");
    figures_add(&figures, (struct figure){ "ISSUE p99 at half load / one fsync", "",
                                           p99 / fsync_us, 10, FIGURE_LOWER });
    free(half.took_us);
    load_close(&kiosks);
    return rate;
}

static void
run(void)
{
    static struct stage s;
    double rate;

    work_raise(&s, n + n / 4);
    work_keep(&s);
    rate = measure(&s);
    stage_strike(&s);
    work_compare(&figures, &s, n + n / 4, rate, "issued", 0.35);
}

int
main(int argc, char **argv)
{
    return work_main(argc, argv, &figures, &n, run);
}
