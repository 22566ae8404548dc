#include "metrics.h"
#include "rail/gate_ills.h"
#include "suite.h"

#include <string.h>

static void
verdicts_are_counted_by_what_they_do(void)
{
    struct gate_metrics m = { 0 };

    gate_metrics_verdict(&m, TBC_ACCEPTED, (struct tbc_utc){ 100 }, 900);
    gate_metrics_verdict(&m, TBC_ACCEPTED_OFFLINE, (struct tbc_utc){ 101 }, 900);
    gate_metrics_verdict(&m, TBC_EXPIRED, (struct tbc_utc){ 102 }, 90);
    gate_metrics_verdict(&m, TBC_VERDICT_N, (struct tbc_utc){ 103 }, 90);
    CU_ASSERT_EQUAL(m.accepted, 2);
    CU_ASSERT_EQUAL(m.refused, 1);
    CU_ASSERT_EQUAL(m.verdict_at.s, 102);
    CU_ASSERT_EQUAL(m.verdicts[TBC_EXPIRED], 1);
    CU_ASSERT_EQUAL(m.decision_us.n, 3);
}

static void
the_text_has_every_figure(void)
{
    static const char *const wanted[] = {
        "tbc_gate_ready 0\n",
        "tbc_gate_ill{name=\"SCANNER\"} 1\n",
        "tbc_gate_ill{name=\"FIRE\"} 0\n",
        "tbc_gate_verdicts_total{verdict=\"EXPIRED\"} 1\n",
        "tbc_gate_decision_seconds_bucket{le=\"0.000250\"} 1\n",
        "tbc_gate_faults_total{part=\"scanner\"} 3\n",
        "tbc_gate_online 1\n",
        "tbc_gate_outages_total 2\n",
        "tbc_gate_peers 3\n",
        "tbc_gate_backlog 5\n",
        "tbc_gate_conflicts 1\n",
        "tbc_gate_list_age_seconds{list=\"status\"} 60\n",
        "tbc_gate_last_verdict_timestamp_seconds 4\n",
        "tbc_gate_memory_bytes 4096\n",
    };
    const struct tbc_health health = {
        .online = true,
        .clock = { 1060 },
        .status = { 1000 },
        .verdict = { 4 },
        .backlog = 5,
        .peers = 3,
        .conflicts = 1,
        .ills = TBC_GATE_ILL_BIT(SCANNER),
    };
    struct gate_metrics m = { .outages = 2, .faults = { [GATE_PART_SCANNER] = 3 } };
    struct tbc_buf out = { 0 };

    gate_metrics_verdict(&m, TBC_EXPIRED, (struct tbc_utc){ 4 }, 120);
    gate_metrics_put(&m, &health, 4096, &out);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        CU_ASSERT_PTR_NOT_NULL(strstr(tbc_buf_str(&out), wanted[i]));
    }
    CU_ASSERT_PTR_NULL(strstr(tbc_buf_str(&out), "list=\"manifest\""));
    tbc_buf_fini(&out);
}

TBC_SUITE("gate/metrics", TEST(verdicts_are_counted_by_what_they_do),
          TEST(the_text_has_every_figure))
