#include "base/metrics.h"

#include <inttypes.h>

/* By enum tbc_scale. */
static const uint64_t bounds[][TBC_BUCKETS] = {
    { 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000,
      5000000 },
    { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096 },
};

void
tbc_histogram_observe(struct tbc_histogram *h, enum tbc_scale scale, int64_t value)
{
    const uint64_t v = value < 0 ? 0 : (uint64_t)value;
    size_t i = 0;

    while (i < TBC_BUCKETS && v > bounds[scale][i]) {
        i++;
    }
    h->counts[i]++;
    h->sum += v;
    h->n++;
}

uint64_t
tbc_histogram_quantile(const struct tbc_histogram *h, enum tbc_scale scale,
                       double share)
{
    uint64_t below = 0;

    if (h->n == 0) {
        return 0;
    }
    for (size_t i = 0; i < TBC_BUCKETS; i++) {
        below += h->counts[i];
        if ((double)below >= share * (double)h->n) {
            return bounds[scale][i];
        }
    }
    return bounds[scale][TBC_BUCKETS - 1];
}

void
tbc_metrics_head(struct tbc_buf *out, const char *name, const char *type,
                 const char *help)
{
    (void)tbc_buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void
tbc_metrics_gauge(struct tbc_buf *out, const char *name, const char *help,
                  int64_t value)
{
    tbc_metrics_head(out, name, "gauge", help);
    (void)tbc_buf_printf(out, "%s %" PRId64 "\n", name, value);
}

void
tbc_metrics_counter(struct tbc_buf *out, const char *name, const char *help,
                    uint64_t value)
{
    tbc_metrics_head(out, name, "counter", help);
    (void)tbc_buf_printf(out, "%s %" PRIu64 "\n", name, value);
}

/* Microseconds are shown as seconds, as Prometheus wants them. */
static void
put_amount(struct tbc_buf *out, enum tbc_scale scale, uint64_t value)
{
    if (scale == TBC_SCALE_US) {
        (void)tbc_buf_printf(out, "%" PRIu64 ".%06" PRIu64, value / 1000000,
                             value % 1000000);
    } else {
        (void)tbc_buf_printf(out, "%" PRIu64, value);
    }
}

void
tbc_metrics_histogram(struct tbc_buf *out, const char *name, const char *help,
                      const struct tbc_histogram *h, enum tbc_scale scale)
{
    uint64_t below = 0;

    tbc_metrics_head(out, name, "histogram", help);
    for (size_t i = 0; i < TBC_BUCKETS; i++) {
        below += h->counts[i];
        (void)tbc_buf_printf(out, "%s_bucket{le=\"", name);
        put_amount(out, scale, bounds[scale][i]);
        (void)tbc_buf_printf(out, "\"} %" PRIu64 "\n", below);
    }
    (void)tbc_buf_printf(out, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n%s_sum ", name, h->n,
                         name);
    put_amount(out, scale, h->sum);
    (void)tbc_buf_printf(out, "\n%s_count %" PRIu64 "\n", name, h->n);
}
