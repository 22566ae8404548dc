/* bench_growth [--json FILE] [--n N]
 *
 * What becomes of a station with the years: issuances a second with N certificates in the store beside
 * those with ten thousand, one after the other in turns; the size of the status list beside the entropy
 * of what it says; and the memory under load that goes on. */
#include "codec/cose.h"
#include "codec/statuslist.h"
#include "measure.h"
#include "seed.h"
#include "work.h"

#include <CUnit/CUnit.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FEW      10000
#define DEVICES  8
#define SLOTS    256
#define ROUNDS   6
#define EACH     2500 /* issuances of a round */
#define PEOPLE   (ROUNDS * EACH + 1)
#define START_MS 1800000 /* all pages are read */

static struct figures figures;
static size_t n = 2000000;

static void
start(struct stage *s)
{
    const char *const options[] = { "--without-face", NULL };
    char line[TBC_PROCESS_LINE];

    CU_ASSERT_FATAL(
        stage_launch(s, options, NULL, NULL) &&
        tbc_process_until(&s->process, "ready front=tcp://", line, START_MS) &&
        stage_connect(s));
}

/* A station with so many certificates, and load on it. */
static struct load *
raise(struct stage *s, size_t certificates)
{
    const struct tbc_assist pattern = stage_assistance(PEOPLE - 1);
    struct tbc_issue_reply out;

    work_raise(s, PEOPLE);
    CU_ASSERT_FATAL(
        stage_is(stage_ask(s->client, TBC_OP_ASSIST, &pattern, &out), TBC_CODE_FINE));
    stage_strike(s);
    seed_certificates(s, certificates);
    start(s);
    return load_open(s, TBC_ROLE_KIOSK, DEVICES);
}

static double
entropy_bytes(const struct tbc_statuslist *list, double *share)
{
    size_t ones = 0;
    const double all = (double)list->lst.len * 8;
    double p;

    for (size_t i = 0; i < list->lst.len; i++) {
        ones += (size_t)__builtin_popcount(list->lst.ptr[i]);
    }
    p = *share = (double)ones / all;
    CU_ASSERT_FATAL(ones > 0);
    return all * -(p * log2(p) + (1 - p) * log2(1 - p)) / 8;
}

static void
measure_status(struct stage *s)
{
    struct tbc_snapshot have = { .trust = UINT64_MAX, .manifest = UINT64_MAX };
    struct tbc_statuslist list = { 0 };
    struct tbc_snapshot_reply out;
    struct tbc_client *gate = NULL;
    struct tbc_cose cose;
    double entropy;
    double share;
    size_t len;

    CU_ASSERT_FATAL(
        stage_enrol(s, "gate-1", TBC_ROLE_GATE) &&
        stage_connect_as(&gate, stage_path(s, "gate-1.device"), false) &&
        stage_is(stage_ask(gate, TBC_OP_SNAPSHOT, &have, &out), TBC_CODE_FINE) &&
        tbc_cose_open(&cose, out.status, NULL) == TBC_OK &&
        tbc_statuslist_decode(&list, cose.payload, NULL) == TBC_OK);
    len = out.status.len;
    entropy = entropy_bytes(&list, &share);
    work_tell(&figures, "indices in the status list", (double)list.lst.len * 8, "");
    work_tell(&figures, "revoked of them", share * 100, "%");
    work_tell(&figures, "the status list, signed", (double)len, "bytes");
    figures_add(&figures, (struct figure){ "status list / its entropy", "",
                                           (double)len / entropy, 1.3, FIGURE_LOWER });
    tbc_statuslist_fini(&list);
    tbc_client_close(&gate);
}

static double
issue_round(struct load *kiosks, size_t round)
{
    const struct load_plan plan = {
        .ask = work_issue, .first = round * EACH, .n = EACH, .slots = SLOTS
    };

    return (double)EACH / load_run(kiosks, &plan);
}

static void
measure_rates(struct stage *few, struct stage *many, struct load *of_few,
              struct load *of_many)
{
    double ratios[ROUNDS];
    double few_s = work_station_cpu_s(few);
    double many_s = work_station_cpu_s(many);
    double memory = 0;

    for (size_t i = 0; i < ROUNDS; i++) {
        const double rate = issue_round(of_few, i);

        ratios[i] = issue_round(of_many, i) / rate;
        memory = i + 1 == ROUNDS / 2 ? work_station_memory(many) : memory;
    }
    work_tell(&figures, "the station's processor time for each, with few",
              (work_station_cpu_s(few) - few_s) / (ROUNDS * EACH) * 1e6, "us");
    work_tell(&figures, "the station's processor time for each, with many",
              (work_station_cpu_s(many) - many_s) / (ROUNDS * EACH) * 1e6, "us");
    figures_add(&figures,
                (struct figure){ "issued with many / issued with ten thousand", "",
                                 measure_quantile(ratios, ROUNDS, 0.5), 0.85,
                                 FIGURE_HIGHER });
    work_tell(&figures, "memory under load", memory / 1048576, "MiB");
    figures_add(&figures, (struct figure){ "memory after / in the middle of the load",
                                           "", work_station_memory(many) / memory, 1.05,
                                           FIGURE_LOWER });
}

static void
run(void)
{
    static struct stage few;
    static struct stage many;
    struct load *of_few = raise(&few, FEW);
    const double from = measure_now_us();
    struct load *of_many = raise(&many, n);

    work_tell(&figures, "certificates in the store", (double)n, "");
    work_tell(&figures, "the database", seed_file_size(&many) / 1048576, "MiB");
    work_tell(&figures, "made and opened in", (measure_now_us() - from) / 1e6, "s");
    measure_status(&many);
    measure_rates(&few, &many, of_few, of_many);
    load_close(&of_few);
    load_close(&of_many);
    stage_strike(&few);
    stage_strike(&many);
}

int
main(int argc, char **argv)
{
    return work_main(argc, argv, &figures, &n, run);
}
