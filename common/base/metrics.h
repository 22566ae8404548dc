/* Figures of a running program as text for Prometheus (exposition format 0.0.4), and the histograms
 * behind them.  Pure. */
#ifndef TBC_BASE_METRICS_H
#define TBC_BASE_METRICS_H

#include "base/buf.h"

#define TBC_BUCKETS 13

enum tbc_scale {
    TBC_SCALE_US,    /* 100 us .. 5 s, shown in seconds */
    TBC_SCALE_COUNT, /* 1 .. 4096 */
};

struct tbc_histogram {
    uint64_t counts[TBC_BUCKETS + 1]; /* the last: above all bounds */
    uint64_t sum;
    uint64_t n;
};

void
tbc_histogram_observe(struct tbc_histogram *h, enum tbc_scale scale, int64_t value);
/* The bound below which a share (0..1) of the values lies; 0 when there are none. */
uint64_t tbc_histogram_quantile(const struct tbc_histogram *h, enum tbc_scale scale,
                                double share);

/* Append HELP and TYPE; the samples follow.  type: "gauge", "counter". */
void tbc_metrics_head(struct tbc_buf *out, const char *name, const char *type,
                      const char *help);
/* The same with its one sample. */
void tbc_metrics_gauge(struct tbc_buf *out, const char *name, const char *help,
                       int64_t value);
void tbc_metrics_counter(struct tbc_buf *out, const char *name, const char *help,
                         uint64_t value);
void tbc_metrics_histogram(struct tbc_buf *out, const char *name, const char *help,
                           const struct tbc_histogram *h, enum tbc_scale scale);

#endif
