#include "metrics.h"

#include "health.h"
#include "rail/gate_ills.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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
put_replies(const struct station_metrics *m, struct tbc_buf *out)
{
    tbc_metrics_head(out, "tbc_replies_total", "counter",
                     "Replies by operation and code.");
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
    tbc_metrics_head(out, "tbc_issued_total", "counter",
                     "New certificates by channel.");
    for (size_t i = 1; i < STATION_CHANNELS; i++) {
        (void)tbc_buf_printf(out, "tbc_issued_total{channel=\"%s\"} %" PRIu64 "\n",
                             channels[i], m->issued[i]);
    }
    tbc_metrics_head(out, "tbc_issued_media_total", "counter",
                     "New certificates by medium.");
    for (size_t i = 1; i < STATION_MEDIA; i++) {
        (void)tbc_buf_printf(out, "tbc_issued_media_total{medium=\"%s\"} %" PRIu64 "\n",
                             media[i], m->media[i]);
    }
    tbc_metrics_counter(out, "tbc_shown_again_total",
                        "Certificates that were shown once more.", m->again);
}

static void
put_turned_away(const struct station_metrics *m, struct tbc_buf *out)
{
    tbc_metrics_head(out, "tbc_turned_away_total", "counter",
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

    tbc_metrics_head(
        out, "tbc_malformed_total", "counter",
        "Messages of known devices that were no requests, by what was wrong.");
    for (size_t i = 0; i < STATION_MALFORMED_N; i++) {
        (void)tbc_buf_printf(out, "tbc_malformed_total{what=\"%s\"} %" PRIu64 "\n",
                             words[i], m->malformed[i]);
    }
}

static void
put_verdicts(const struct station_metrics *m, struct tbc_buf *out)
{
    tbc_metrics_head(out, "tbc_verdicts_total", "counter",
                     "Presentations by gate and verdict.");
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
    tbc_metrics_head(out, "tbc_device_seen_seconds", "gauge",
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

/* One sample a gate that has said how it is, of a number within its row. */
static void
put_gate_number(const struct station_gauges *g, struct tbc_buf *out, const char *name,
                const char *help, int64_t (*of)(const struct tbc_gate_row *row))
{
    tbc_metrics_head(out, name, "gauge", help);
    for (size_t i = 0; i < g->gates_n; i++) {
        if (g->gates[i].at.s != 0) {
            (void)tbc_buf_printf(out, "%s{gate=\"%s\"} %" PRId64 "\n", name,
                                 g->gates[i].name, of(&g->gates[i]));
        }
    }
}

static int64_t
heard(const struct tbc_gate_row *row)
{
    return row->at.s;
}

static int64_t
online(const struct tbc_gate_row *row)
{
    return row->health.online;
}

static int64_t
backlog(const struct tbc_gate_row *row)
{
    return (int64_t)row->health.backlog;
}

static int64_t
conflicts(const struct tbc_gate_row *row)
{
    return (int64_t)row->health.conflicts;
}

static int64_t
clock_off(const struct tbc_gate_row *row)
{
    return row->health.clock.s - row->at.s;
}

static void
put_gates(const struct station_gauges *g, struct tbc_buf *out)
{
    put_gate_number(g, out, "tbc_gate_heard_timestamp_seconds",
                    "When a gate last said how it is.", heard);
    put_gate_number(g, out, "tbc_gate_online", "1 when the gate says it is online.",
                    online);
    put_gate_number(g, out, "tbc_gate_backlog",
                    "Entries of a gate's journal that are not known here.", backlog);
    put_gate_number(g, out, "tbc_gate_conflicts",
                    "Entries of a gate's journal that contradicted others.", conflicts);
    put_gate_number(g, out, "tbc_gate_clock_offset_seconds",
                    "A gate's clock, less this one.", clock_off);
    tbc_metrics_head(out, "tbc_gate_ill", "gauge", "1 for each thing wrong at a gate.");
    for (size_t i = 0; i < g->gates_n; i++) {
        for (unsigned j = 0; j < TBC_GATE_ILLS_N; j++) {
            if ((g->gates[i].health.ills >> j & 1) != 0) {
                (void)tbc_buf_printf(out, "tbc_gate_ill{gate=\"%s\",name=\"%s\"} 1\n",
                                     g->gates[i].name, tbc_gate_ills[j].name);
            }
        }
    }
}

static void
put_ills(const struct station_gauges *g, struct tbc_buf *out)
{
    tbc_metrics_gauge(out, "tbc_ready", "1 when /readyz says 200.", g->ills == 0);
    tbc_metrics_head(out, "tbc_ill", "gauge",
                     "1 for each thing that keeps the station from work.");
    for (unsigned i = 0; i < STATION_ILLS_N; i++) {
        (void)tbc_buf_printf(out, "tbc_ill{name=\"%s\"} %u\n", station_ills[i].name,
                             g->ills >> i & 1u);
    }
}

static void
put_gauges(const struct station_gauges *g, struct tbc_buf *out)
{
    tbc_metrics_gauge(out, "tbc_queue_length", "Requests that wait.",
                      (int64_t)g->queue);
    tbc_metrics_gauge(out, "tbc_faces_pending", "Face examinations under way.",
                      (int64_t)g->faces);
    tbc_metrics_gauge(out, "tbc_feed_number", "Number of the newest notice.",
                      (int64_t)g->feed);
    tbc_metrics_gauge(out, "tbc_journal_leaves_signed",
                      "Leaves under the newest checkpoint.", (int64_t)g->journal);
    tbc_metrics_counter(out, "tbc_strangers_total",
                        "Handshakes and messages of unknown devices.", g->refused);
    tbc_metrics_counter(out, "tbc_examiner_deaths_total",
                        "Examiners that died and were replaced.", g->examiner_deaths);
    tbc_metrics_counter(out, "tbc_signer_deaths_total",
                        "Signers that died and were replaced.", g->signer_deaths);
    tbc_metrics_counter(out, "tbc_signed_total",
                        "Certificates ever signed, by the signer's count.",
                        g->signer.total);
    tbc_metrics_gauge(out, "tbc_signed_doubt",
                      "Of these, at most so many were never signed.",
                      (int64_t)g->signer.doubt);
    tbc_metrics_counter(out, "tbc_signer_refused_total",
                        "What the signer did not sign.", g->signer.refused);
    if (g->has_trust) {
        tbc_metrics_gauge(out, "tbc_trust_expiry_seconds",
                          "Seconds until the trust list ends; below 0 since then.",
                          g->trust_s);
    }
    if (g->has_status) {
        tbc_metrics_gauge(out, "tbc_status_list_age_seconds",
                          "Since the status list was made.", g->status_s);
    }
    if (g->store_bytes >= 0) {
        tbc_metrics_gauge(out, "tbc_store_bytes", "Size of the database on disk.",
                          g->store_bytes);
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
    tbc_metrics_histogram(out, "tbc_batch_requests", "Requests of one commit.",
                          &m->batch, TBC_SCALE_COUNT);
    tbc_metrics_histogram(out, "tbc_commit_seconds", "Time of a commit.", &m->commit,
                          TBC_SCALE_US);
    tbc_metrics_histogram(out, "tbc_queue_seconds", "Time that requests waited.",
                          &m->waiting, TBC_SCALE_US);
    tbc_metrics_histogram(out, "tbc_faces_seconds",
                          "Time from pictures to their answer.", &m->faces,
                          TBC_SCALE_US);
    put_gauges(g, out);
    put_fleet(g, out);
    put_gates(g, out);
}
