/* STATS: what the store counts, and what this process has seen since it started. */
#include "station.h"

#include <stdio.h>
#include <string.h>

static void
add_stat(struct tbc_stats_reply *out, const char *name, uint64_t value)
{
    if (out->stats_n < TBC_WIRE_STATS_MAX) {
        struct tbc_stat *s = &out->stats[out->stats_n++];

        (void)snprintf(s->name, sizeof s->name, "%s", name);
        s->value = value;
    }
}

static void
add_figure(struct tbc_stats_reply *out, const char *group, const char *of,
           const char *name, uint64_t value)
{
    if (out->figures_n < TBC_WIRE_FIGURES_MAX && value != 0) {
        struct tbc_figure *f = &out->figures[out->figures_n++];

        (void)snprintf(f->group, sizeof f->group, "%s", group);
        (void)snprintf(f->of, sizeof f->of, "%s", of);
        (void)snprintf(f->name, sizeof f->name, "%s", name);
        f->value = value;
    }
}

static void
add_refusals(const struct station_metrics *m, struct tbc_stats_reply *out)
{
    for (unsigned op = 0; op < STATION_OPS_N; op++) {
        for (unsigned code = TBC_CODE_FINE + 1; code < STATION_CODES_N; code++) {
            add_figure(out, "refused", tbc_op_name((enum tbc_op)op),
                       tbc_code_name((enum tbc_code)code), m->replies[op][code]);
        }
    }
}

/* Bounds of the histograms' buckets, in microseconds. */
static void
add_times(const char *of, const struct tbc_histogram *h, struct tbc_stats_reply *out)
{
    add_figure(out, "time", of, "n", h->n);
    add_figure(out, "time", of, "p50", tbc_histogram_quantile(h, TBC_SCALE_US, 0.5));
    add_figure(out, "time", of, "p99", tbc_histogram_quantile(h, TBC_SCALE_US, 0.99));
}

static enum tbc_err
add_detail(struct station *st, struct tbc_stats_reply *out)
{
    enum tbc_err err = tbc_store_figures(st->store, st->in.stats.since, out);

    if (err == TBC_OK) {
        add_refusals(&st->metrics, out);
        add_times("queue", &st->metrics.waiting, out);
        add_times("commit", &st->metrics.commit, out);
        add_times("faces", &st->metrics.faces, out);
    }
    return err;
}

/* What was dropped by its age since ever. */
static enum tbc_err
add_dropped(struct station *st, struct tbc_stats_reply *out)
{
    static const char *const names[] = { "dropped tickets", "dropped templates",
                                         "dropped certificates" };
    enum tbc_err err = TBC_OK;

    for (size_t i = 0; i < sizeof names / sizeof *names && err == TBC_OK; i++) {
        uint64_t n = 0;

        err = tbc_store_get(st->store, names[i], &n);
        add_stat(out, names[i], n);
    }
    return err;
}

enum tbc_code
station_on_stats(struct station *st, struct station_call *call)
{
    struct tbc_stats_reply *out = &st->reply.stats;
    enum tbc_err err = tbc_store_stats(st->store, call->now, out);

    if (err == TBC_OK && st->in.stats.detail) {
        err = add_detail(st, out);
    }
    if (err == TBC_OK) {
        err = add_dropped(st, out);
    }
    if (err != TBC_OK) {
        return station_trouble(call, err);
    }
    add_stat(out, "refused messages", tbc_server_refused(st->server));
    add_stat(out, "trust version", st->trust.version);
    add_stat(out, "manifest version", st->manifest.version);
    add_stat(out, "journal leaves signed", st->journal->newest.size);
    add_stat(out, "certificates signed", station_signer_counts(st->signer).total);
    add_stat(out, "signatures in doubt", station_signer_counts(st->signer).doubt);
    add_stat(out, "signer deaths", station_signer_deaths(st->signer));
    add_stat(out, "journal leaves lost", st->journal->lost);
    add_stat(out, "face models", st->examiner != NULL);
    if (st->examiner != NULL) {
        add_stat(out, "examiner deaths", tbc_examiner_deaths(st->examiner));
    }
    return TBC_CODE_FINE;
}
