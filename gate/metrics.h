/* Counters of what the gate did since it started, and their text for Prometheus.  Pure; the loop
 * alone counts. */
#ifndef GATE_METRICS_H
#define GATE_METRICS_H

#include "base/metrics.h"
#include "base/when.h"
#include "codec/wire.h"
#include "rail/verdict.h"

/* What has put the gate out of order. */
enum gate_part {
    GATE_PART_JOURNAL,
    GATE_PART_BARRIER,
    GATE_PART_SCANNER,
    GATE_PARTS
};
const char *gate_part_word(enum gate_part part);

struct gate_metrics {
    uint64_t verdicts[TBC_VERDICT_N];
    uint64_t accepted;
    uint64_t refused;
    struct tbc_utc verdict_at;        /* the last; { 0 }: none */
    struct tbc_histogram decision_us; /* text to verdict, the journal's row on disk */
    uint64_t faults[GATE_PARTS];
    uint64_t outages; /* times the station fell silent */
    uint64_t reloads; /* SIGHUP; good ones */
};

void gate_metrics_verdict(struct gate_metrics *m, enum tbc_verdict verdict,
                          struct tbc_utc at, int64_t took_us);

/* Append the text.  health: what the station is told at this moment; memory_bytes: resident. */
void gate_metrics_put(const struct gate_metrics *m, const struct tbc_health *health,
                      int64_t memory_bytes, struct tbc_buf *out);

#endif
