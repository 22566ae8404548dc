#include "metrics.h"

#include "health.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* By enum station_scale. */
static const uint64_t bounds[][STATION_BUCKETS] = {
    { 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000,
      5000000 },
    { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096 },
};

static const char *const channels[STATION_CHANNELS] = { "unknown", "kiosk", "phone",
                                                        "patrol", "desk" };
static const char *const media[STATION_MEDIA] = { "unknown", "paper", "phone" };

const char *
station_away_word(enum station_away why)
{
    static const char *const words[STATION_AWAY_N] = { "budget", "queue", "stopping" };

    return words[why];
}

void
station_metrics_observe(struct station_histogram *h, enum station_scale scale,
                        int64_t value)
{
    const uint64_t v = value < 0 ? 0 : (uint64_t)value;
    size_t i = 0;

    while (i < STATION_BUCKETS && v > bounds[scale][i]) {
        i++;
    }
    h->counts[i]++;
    h->sum += v;
    h->n++;
}

uint64_t
station_metrics_quantile(const struct station_histogram *h, enum station_scale scale,
                         double share)
{
    uint64_t below = 0;

    if (h->n == 0) {
        return 0;
    }
    for (size_t i = 0; i < STATION_BUCKETS; i++) {
        below += h->counts[i];
        if ((double)below >= share * (double)h->n) {
            return bounds[scale][i];
        }
    }
    return bounds[scale][STATION_BUCKETS - 1];
}

void
station_metrics_reply(struct station_metrics *m, enum tbc_op op, enum tbc_code code)
{
    if ((unsigned)op < STATION_OPS_N && (unsigned)code < STATION_CODES_N) {
        m->replies[op][code]++;
    }
}

static struct station_gate_count *
gate_of(struct station_metrics *m, const char *name)
{
    for (size_t i = 0; i < m->gates_n; i++) {
        if (strcmp(m->gates[i].name, name) == 0) {
            return &m->gates[i];
        }
    }
    if (m->gates_n + 1 == STATION_GATES_MAX && strcmp(name, "others") != 0) {
        name = "others";
    } else if (m->gates_n == STATION_GATES_MAX) {
        return &m->gates[STATION_GATES_MAX - 1];
    }
    (void)snprintf(m->gates[m->gates_n].name, sizeof m->gates->name, "%s", name);
    return &m->gates[m->gates_n++];
}

void
station_metrics_verdict(struct station_metrics *m, const char *gate,
                        enum tbc_verdict verdict)
{
    if ((unsigned)verdict < TBC_VERDICT_N) {
        gate_of(m, gate)->verdicts[verdict]++;
    }
}

static void
head(struct tbc_buf *out, const char *name, const char *type, const char *help)
{
    (void)tbc_buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
gauge(struct tbc_buf *out, const char *name, const char *help, int64_t value)
{
    head(out, name, "gauge", help);
    (void)tbc_buf_printf(out, "%s %" PRId64 "\n", name, value);
}

static void
counter(struct tbc_buf *out, const char *name, const char *help, uint64_t value)
{
    head(out, name, "counter", help);
    (void)tbc_buf_printf(out, "%s %" PRIu64 "\n", name, value);
}

/* Microseconds are shown as seconds, as Prometheus wants them. */
static void
put_amount(struct tbc_buf *out, enum station_scale scale, uint64_t value)
{
    if (scale == STATION_SCALE_US) {
        (void)tbc_buf_printf(out, "%" PRIu64 ".%06" PRIu64, value / 1000000,
                             value % 1000000);
    } else {
        (void)tbc_buf_printf(out, "%" PRIu64, value);
    }
}

static void
histogram(struct tbc_buf *out, const char *name, const char *help,
          const struct station_histogram *h, enum station_scale scale)
{
    uint64_t below = 0;

    head(out, name, "histogram", help);
    for (size_t i = 0; i < STATION_BUCKETS; i++) {
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

static void
put_replies(const struct station_metrics *m, struct tbc_buf *out)
{
    head(out, "tbc_replies_total", "counter", "Replies by operation and code.");
    for (unsigned op = 0; op < STATION_OPS_N; op++) {
        for (unsigned code = 0; code < STATION_CODES_N; code++) {
            if (m->replies[op][code] != 0) {
                (void)tbc_buf_printf(
                    out, "tbc_replies_total{op=\"%s\",code=\"%s\"} %" PRIu64 "\n",
                    tbc_op_name((enum tbc_op)op), tbc_code_name((enum tbc_code)code),
                    m->replies[op][code]);
            }
        }
    }
}

static void
put_issued(const struct station_metrics *m, struct tbc_buf *out)
{
    head(out, "tbc_issued_total", "counter", "New certificates by channel.");
    for (size_t i = 1; i < STATION_CHANNELS; i++) {
        (void)tbc_buf_printf(out, "tbc_issued_total{channel=\"%s\"} %" PRIu64 "\n",
                             channels[i], m->issued[i]);
    }
    head(out, "tbc_issued_media_total", "counter", "New certificates by medium.");
    for (size_t i = 1; i < STATION_MEDIA; i++) {
        (void)tbc_buf_printf(out, "tbc_issued_media_total{medium=\"%s\"} %" PRIu64 "\n",
                             media[i], m->media[i]);
    }
    counter(out, "tbc_shown_again_total", "Certificates that were shown once more.",
            m->again);
}

static void
put_turned_away(const struct station_metrics *m, struct tbc_buf *out)
{
    head(out, "tbc_turned_away_total", "counter",
         "Requests answered BUSY before they were looked at, by cause.");
    for (unsigned i = 0; i < STATION_AWAY_N; i++) {
        (void)tbc_buf_printf(out, "tbc_turned_away_total{what=\"%s\"} %" PRIu64 "\n",
                             station_away_word((enum station_away)i),
                             m->turned_away[i]);
    }
}

static void
put_malformed(const struct station_metrics *m, struct tbc_buf *out)
{
    static const char *const words[STATION_MALFORMED_N] = { "frames", "length",
                                                            "envelope", "body" };

    head(out, "tbc_malformed_total", "counter",
         "Messages of known devices that were no requests, by what was wrong.");
    for (size_t i = 0; i < STATION_MALFORMED_N; i++) {
        (void)tbc_buf_printf(out, "tbc_malformed_total{what=\"%s\"} %" PRIu64 "\n",
                             words[i], m->malformed[i]);
    }
}

static void
put_verdicts(const struct station_metrics *m, struct tbc_buf *out)
{
    head(out, "tbc_verdicts_total", "counter", "Presentations by gate and verdict.");
    for (size_t i = 0; i < m->gates_n; i++) {
        for (unsigned v = 0; v < TBC_VERDICT_N; v++) {
            if (m->gates[i].verdicts[v] != 0) {
                (void)tbc_buf_printf(
                    out, "tbc_verdicts_total{gate=\"%s\",verdict=\"%s\"} %" PRIu64 "\n",
                    m->gates[i].name, tbc_verdict_name((enum tbc_verdict)v),
                    m->gates[i].verdicts[v]);
            }
        }
    }
}

/* Devices that were never there have no line. */
static void
put_fleet(const struct station_gauges *g, struct tbc_buf *out)
{
    head(out, "tbc_device_seen_seconds", "gauge",
         "Seconds since a device in service last asked something.");
    for (size_t i = 0; i < g->fleet_n; i++) {
        const struct tbc_device_row *d = &g->fleet[i];

        if (d->revoked.s == 0 && d->seen.s != 0) {
            (void)tbc_buf_printf(
                out, "tbc_device_seen_seconds{device=\"%s\",role=\"%s\"} %" PRId64 "\n",
                d->name, tbc_role_word((enum tbc_role)d->role),
                g->now.s > d->seen.s ? g->now.s - d->seen.s : 0);
        }
    }
}

static void
put_ills(const struct station_gauges *g, struct tbc_buf *out)
{
    gauge(out, "tbc_ready", "1 when /readyz says 200.", g->ills == 0);
    head(out, "tbc_ill", "gauge", "1 for each thing that keeps the station from work.");
    for (unsigned i = 0; i < STATION_ILLS_N; i++) {
        (void)tbc_buf_printf(out, "tbc_ill{name=\"%s\"} %u\n",
                             station_ill_word((enum station_ill)i), g->ills >> i & 1u);
    }
}

static void
put_gauges(const struct station_gauges *g, struct tbc_buf *out)
{
    gauge(out, "tbc_queue_length", "Requests that wait.", (int64_t)g->queue);
    gauge(out, "tbc_faces_pending", "Face examinations under way.", (int64_t)g->faces);
    gauge(out, "tbc_feed_number", "Number of the newest notice.", (int64_t)g->feed);
    gauge(out, "tbc_journal_leaves_signed", "Leaves under the newest checkpoint.",
          (int64_t)g->journal);
    counter(out, "tbc_strangers_total", "Handshakes and messages of unknown devices.",
            g->refused);
    counter(out, "tbc_examiner_deaths_total", "Examiners that died and were replaced.",
            g->examiner_deaths);
    counter(out, "tbc_signer_deaths_total", "Signers that died and were replaced.",
            g->signer_deaths);
    counter(out, "tbc_signed_total", "Certificates ever signed, by the signer's count.",
            g->signer.total);
    gauge(out, "tbc_signed_doubt", "Of these, at most so many were never signed.",
          (int64_t)g->signer.doubt);
    counter(out, "tbc_signer_refused_total", "What the signer did not sign.",
            g->signer.refused);
    if (g->has_trust) {
        gauge(out, "tbc_trust_expiry_seconds",
              "Seconds until the trust list ends; below 0 since then.", g->trust_s);
    }
    if (g->has_status) {
        gauge(out, "tbc_status_list_age_seconds", "Since the status list was made.",
              g->status_s);
    }
    if (g->store_bytes >= 0) {
        gauge(out, "tbc_store_bytes", "Size of the database on disk.", g->store_bytes);
    }
}

void
station_metrics_put(const struct station_metrics *m, const struct station_gauges *g,
                    struct tbc_buf *out)
{
    put_ills(g, out);
    put_replies(m, out);
    put_turned_away(m, out);
    put_malformed(m, out);
    put_issued(m, out);
    put_verdicts(m, out);
    histogram(out, "tbc_batch_requests", "Requests of one commit.", &m->batch,
              STATION_SCALE_COUNT);
    histogram(out, "tbc_commit_seconds", "Time of a commit.", &m->commit,
              STATION_SCALE_US);
    histogram(out, "tbc_queue_seconds", "Time that requests waited.", &m->waiting,
              STATION_SCALE_US);
    histogram(out, "tbc_faces_seconds", "Time from pictures to their answer.",
              &m->faces, STATION_SCALE_US);
    put_gauges(g, out);
    put_fleet(g, out);
}
