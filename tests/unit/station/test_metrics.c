#include "health.h"
#include "metrics.h"
#include "rail/gate_ills.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct station_metrics m;

static const char *
text_of(const struct station_gauges *g, struct tbc_buf *out)
{
    tbc_buf_clear(out);
    station_metrics_put(&m, g, out);
    return tbc_buf_str(out);
}

/* Each line is a comment or NAME{LABELS} NUMBER, and every name was explained before. */
static void
check_form(const char *text)
{
    char explained[64] = "";
    const char *line = text;

    while (*line != '\0') {
        const char *end = strchr(line, '\n');
        char one[256];
        char *space;
        char *rest = NULL;

        CU_ASSERT_PTR_NOT_NULL_FATAL(end);
        (void)snprintf(one, sizeof one, "%.*s", (int)(end - line), line);
        line = end + 1;
        if (strncmp(one, "# TYPE ", 7) == 0) {
            (void)snprintf(explained, sizeof explained, "%.*s",
                           (int)strcspn(one + 7, " "), one + 7);
        }
        if (one[0] == '#') {
            continue;
        }
        space = strrchr(one, ' ');
        CU_ASSERT_PTR_NOT_NULL_FATAL(space);
        (void)strtod(space + 1, &rest);
        CU_ASSERT(rest != space + 1 && *rest == '\0');
        CU_ASSERT_EQUAL(strncmp(one, explained, strlen(explained)), 0);
    }
}

static void
the_text_is_what_prometheus_reads(void)
{
    static const struct tbc_device_row fleet[] = {
        { .name = "gate-1", .role = TBC_ROLE_GATE, .seen = { 900 } },
        { .name = "gate-2", .role = TBC_ROLE_GATE },
        { .name = "gate-3",
          .role = TBC_ROLE_GATE,
          .seen = { 900 },
          .revoked = { 901 } },
    };
    struct station_gauges g = { .queue = 3,
                                .has_trust = true,
                                .trust_s = -7,
                                .store_bytes = 4096,
                                .ills = 1u << STATION_ILL_CLOCK,
                                .fleet = fleet,
                                .fleet_n = 3,
                                .now = { 1000 } };
    struct tbc_buf out = { 0 };
    const char *text;

    memset(&m, 0, sizeof m);
    station_metrics_reply(&m, TBC_OP_ISSUE, TBC_CODE_FINE);
    station_metrics_reply(&m, TBC_OP_ISSUE, TBC_CODE_BUSY);
    station_metrics_reply(&m, (enum tbc_op)99, TBC_CODE_BUSY);
    station_metrics_verdict(&m, "gate-1", TBC_EXPIRED);
    tbc_histogram_observe(&m.commit, TBC_SCALE_US, 1500);
    m.issued[TBC_CHANNEL_DESK] = 2;
    text = text_of(&g, &out);
    check_form(text);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "\ntbc_replies_total{op=\"ISSUE\",code=\"BUSY\"} 1\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "\ntbc_verdicts_total{gate=\"gate-1\",verdict=\"EXPIRED\"} 1\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\ntbc_issued_total{channel=\"desk\"} 2\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "\ntbc_commit_seconds_bucket{le=\"0.001000\"} 0\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "\ntbc_commit_seconds_bucket{le=\"0.002500\"} 1\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\ntbc_commit_seconds_sum 0.001500\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\ntbc_trust_expiry_seconds -7\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "tbc_ready 0\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\ntbc_ill{name=\"CLOCK\"} 1\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(
        text, "\ntbc_device_seen_seconds{device=\"gate-1\",role=\"gate\"} 100\n"));
    CU_ASSERT_PTR_NULL(strstr(text, "gate-2"));
    CU_ASSERT_PTR_NULL(strstr(text, "gate-3"));
    g.has_trust = false;
    g.store_bytes = -1;
    text = text_of(&g, &out);
    check_form(text);
    CU_ASSERT_PTR_NULL(strstr(text, "tbc_trust_expiry_seconds"));
    CU_ASSERT_PTR_NULL(strstr(text, "tbc_store_bytes"));
    tbc_buf_fini(&out);
}

static void
a_gate_that_spoke_has_its_figures_and_one_that_did_not_has_none(void)
{
    static const struct tbc_gate_row gates[] = {
        { .name = "gate-1",
          .at = { 900 },
          .health = { .clock = { 897 },
                      .backlog = 7,
                      .ills = TBC_GATE_ILL_BIT(FIRE) | UINT64_C(1) << 63 } },
        { .name = "gate-2" },
    };
    const struct station_gauges g = { .gates = gates, .gates_n = 2, .now = { 1000 } };
    struct tbc_buf out = { 0 };
    const char *text;

    memset(&m, 0, sizeof m);
    text = text_of(&g, &out);
    check_form(text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\ntbc_gate_backlog{gate=\"gate-1\"} 7\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "\ntbc_gate_clock_offset_seconds{gate=\"gate-1\"} -3\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "\ntbc_gate_heard_timestamp_seconds{gate=\"gate-1\"} 900\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "\ntbc_gate_ill{gate=\"gate-1\",name=\"FIRE\"} 1\n"));
    CU_ASSERT_PTR_NULL(strstr(text, "gate-2"));
    tbc_buf_fini(&out);
}

static void
gates_beyond_the_room_are_counted_together(void)
{
    uint64_t sum = 0;

    memset(&m, 0, sizeof m);
    for (int i = 0; i < 2 * STATION_GATES_MAX; i++) {
        char name[16];

        (void)snprintf(name, sizeof name, "gate-%d", i);
        station_metrics_verdict(&m, name, TBC_ACCEPTED);
    }
    CU_ASSERT_EQUAL(m.gates_n, STATION_GATES_MAX);
    for (size_t i = 0; i < m.gates_n; i++) {
        sum += m.gates[i].verdicts[TBC_ACCEPTED];
    }
    CU_ASSERT_EQUAL(sum, 2 * STATION_GATES_MAX);
    CU_ASSERT_STRING_EQUAL(m.gates[STATION_GATES_MAX - 1].name, "others");
}

static void
each_ill_has_its_cause(void)
{
    const struct station_facts well = { .store_answers = true,
                                        .has_trust = true,
                                        .trust_ends = { 2000 },
                                        .signs = true,
                                        .now = { 1000 },
                                        .seen = { 1300 },
                                        .slack_s = 300,
                                        .wants_examiner = true,
                                        .has_examiner = true };
    struct station_facts f = well;

    CU_ASSERT_EQUAL(station_health_judge(&f), 0);
    f.stopping = true;
    CU_ASSERT_EQUAL(station_health_judge(&f), 1u << STATION_ILL_STOPPING);
    f = well;
    f.store_answers = false;
    CU_ASSERT_EQUAL(station_health_judge(&f), 1u << STATION_ILL_STORE);
    f = well;
    f.has_trust = false;
    f.signs = false;
    CU_ASSERT_EQUAL(station_health_judge(&f), 1u << STATION_ILL_TRUST_MISSING);
    f = well;
    f.trust_ends = f.now;
    CU_ASSERT_EQUAL(station_health_judge(&f), 1u << STATION_ILL_TRUST_EXPIRED);
    f = well;
    f.signs = false;
    CU_ASSERT_EQUAL(station_health_judge(&f), 1u << STATION_ILL_SIGNER);
    f = well;
    f.seen.s++;
    CU_ASSERT_EQUAL(station_health_judge(&f), 1u << STATION_ILL_CLOCK);
    f = well;
    f.has_examiner = false;
    CU_ASSERT_EQUAL(station_health_judge(&f), 1u << STATION_ILL_EXAMINER);
    f.wants_examiner = false;
    CU_ASSERT_EQUAL(station_health_judge(&f), 0);
}

static void
ills_are_said_in_json(void)
{
    struct tbc_buf out = { 0 };

    tbc_ills_put(station_ills, STATION_ILLS_N, 0, true, &out);
    CU_ASSERT_STRING_EQUAL(tbc_buf_str(&out), "{\"ready\":true,\"problems\":[]}\n");
    tbc_buf_clear(&out);
    tbc_ills_put(station_ills, STATION_ILLS_N,
                 1u << STATION_ILL_CLOCK | 1u << STATION_ILL_STOPPING, false, &out);
    CU_ASSERT_EQUAL(strncmp(tbc_buf_str(&out),
                            "{\"ready\":false,\"problems\":[{\"name\":\"STOPPING\",",
                            45),
                    0);
    CU_ASSERT_PTR_NOT_NULL(strstr(tbc_buf_str(&out), "},{\"name\":\"CLOCK\","));
    for (unsigned i = 0; i < STATION_ILLS_N; i++) {
        CU_ASSERT_PTR_NULL(strpbrk(station_ills[i].what, "\"\\"));
    }
    tbc_buf_fini(&out);
}

TBC_SUITE("station/metrics", TEST(the_text_is_what_prometheus_reads),
          TEST(a_gate_that_spoke_has_its_figures_and_one_that_did_not_has_none),
          TEST(gates_beyond_the_room_are_counted_together),
          TEST(each_ill_has_its_cause), TEST(ills_are_said_in_json))
