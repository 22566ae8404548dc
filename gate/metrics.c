#include "metrics.h"

#include "rail/gate_ills.h"

#include <inttypes.h>

const char *
gate_part_word(enum gate_part part)
{
    static const char *const words[GATE_PARTS] = { "journal", "barrier", "scanner" };

    return words[part];
}

void
gate_metrics_verdict(struct gate_metrics *m, enum tbc_verdict verdict,
                     struct tbc_utc at, int64_t took_us)
{
    if ((unsigned)verdict >= TBC_VERDICT_N) {
        return;
    }
    m->verdicts[verdict]++;
    m->verdict_at = at;
    if (tbc_verdict_opens(verdict)) {
        m->accepted++;
    } else {
        m->refused++;
    }
    tbc_histogram_observe(&m->decision_us, TBC_SCALE_US, took_us);
}

static void
put_verdicts(const struct gate_metrics *m, struct tbc_buf *out)
{
    tbc_metrics_head(out, "tbc_gate_verdicts_total", "counter",
                     "Presentations by verdict.");
    for (unsigned v = 0; v < TBC_VERDICT_N; v++) {
        (void)tbc_buf_printf(out,
                             "tbc_gate_verdicts_total{verdict=\"%s\"} %" PRIu64 "\n",
                             tbc_verdict_name((enum tbc_verdict)v), m->verdicts[v]);
    }
}

static void
put_faults(const struct gate_metrics *m, struct tbc_buf *out)
{
    tbc_metrics_head(out, "tbc_gate_faults_total", "counter",
                     "Times that the gate went out of order, by cause.");
    for (unsigned i = 0; i < GATE_PARTS; i++) {
        (void)tbc_buf_printf(out, "tbc_gate_faults_total{part=\"%s\"} %" PRIu64 "\n",
                             gate_part_word((enum gate_part)i), m->faults[i]);
    }
}

static void
put_ills(uint64_t ills, struct tbc_buf *out)
{
    tbc_metrics_gauge(out, "tbc_gate_ready", "1 when /readyz says 200.",
                      (ills & tbc_gate_ills_that_stop) == 0);
    tbc_metrics_head(out, "tbc_gate_ill", "gauge", "1 for each thing that is wrong.");
    for (unsigned i = 0; i < TBC_GATE_ILLS_N; i++) {
        (void)tbc_buf_printf(out, "tbc_gate_ill{name=\"%s\"} %u\n",
                             tbc_gate_ills[i].name, (unsigned)(ills >> i & 1));
    }
}

/* A list that is missing has no age. */
static void
put_ages(const struct tbc_health *h, struct tbc_buf *out)
{
    const struct {
        const char *name;
        struct tbc_utc made;
    } lists[] = {
        { "trust", h->trust },
        { "status", h->status },
        { "manifest", h->manifest },
    };

    tbc_metrics_head(out, "tbc_gate_list_age_seconds", "gauge",
                     "Since a list was made.");
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (lists[i].made.s != 0) {
            (void)tbc_buf_printf(out,
                                 "tbc_gate_list_age_seconds{list=\"%s\"} %" PRId64 "\n",
                                 lists[i].name, h->clock.s - lists[i].made.s);
        }
    }
}

void
gate_metrics_put(const struct gate_metrics *m, const struct tbc_health *h,
                 int64_t memory_bytes, struct tbc_buf *out)
{
    put_ills(h->ills, out);
    put_verdicts(m, out);
    tbc_metrics_histogram(out, "tbc_gate_decision_seconds",
                          "From a text to its verdict, with the journal's row on disk.",
                          &m->decision_us, TBC_SCALE_US);
    put_faults(m, out);
    tbc_metrics_gauge(out, "tbc_gate_online", "1 when the station answers.", h->online);
    tbc_metrics_gauge(out, "tbc_gate_peers", "Other gates that are heard.",
                      (int64_t)h->peers);
    tbc_metrics_counter(out, "tbc_gate_outages_total",
                        "Times that the station fell silent.", m->outages);
    tbc_metrics_gauge(out, "tbc_gate_backlog",
                      "Entries that the station does not know yet.",
                      (int64_t)h->backlog);
    tbc_metrics_gauge(out, "tbc_gate_conflicts",
                      "Entries of the journal that the station called so.",
                      (int64_t)h->conflicts);
    put_ages(h, out);
    tbc_metrics_gauge(out, "tbc_gate_last_verdict_timestamp_seconds",
                      "When the last verdict was; 0: none yet.", h->verdict.s);
    tbc_metrics_counter(out, "tbc_gate_reloads_total",
                        "Times that the configuration was read anew.", m->reloads);
    tbc_metrics_gauge(out, "tbc_gate_memory_bytes", "Resident memory.", memory_bytes);
}
