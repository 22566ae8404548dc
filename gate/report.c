/* What others may see of the gate: machines on this computer over HTTP, its station by HEALTH. */
#include "gate.h"
#include "net/pages.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RENEW_MS 1000

void
gate_report_open(struct gate *g)
{
    g->report.started = g->now;
    g->report.since = g->now;
    if (strcmp(g->options.http, "off") == 0) {
        return;
    }
    if (tbc_pages_open(&g->report.http, g->options.http) != TBC_OK) {
        /* passengers do not wait for it */
        tbc_log(TBC_LOG_ERROR,
                "%s: no health page, no metrics; set --http to another address",
                g->options.http);
        return;
    }
    gate_say(g, "http %s", tbc_http_address(g->report.http));
}

void
gate_report_close(struct gate *g)
{
    tbc_http_close(&g->report.http);
}

static struct gate_facts
look(const struct gate *g)
{
    return (struct gate_facts){
        .ready = g->ready,
        .ending = g->service.ending,
        .has_journal = g->box != NULL,
        .has_barrier = g->barrier != NULL,
        .has_scanner = gate_has_scanner(g),
        .fire = g->fire,
        .fire_unreadable = gate_fire_is_lost(g->alarm),
        .passage_unreadable = strcmp(g->options.passage, "none") != 0 &&
                              !gate_passage_is_well(g->passage),
        .display_failed = g->options.screen != GATE_SCREEN_NONE && g->window == NULL,
        .clock = g->clock,
        .trust = gate_knowledge_trust(&g->know, g->now),
        .status = gate_knowledge_age(&g->know, GATE_LIST_STATUS, g->now),
        .manifest = gate_knowledge_age(&g->know, GATE_LIST_MANIFEST, g->now),
    };
}

void
gate_report_health(const struct gate *g, struct tbc_health *out)
{
    const struct gate_facts facts = look(g);
    const struct gate_report *r = &g->report;

    *out = (struct tbc_health){
        .software = "tbc-gate " TBC_VERSION,
        .started = r->started,
        .online = g->link.mode == GATE_ONLINE,
        .since = r->since,
        .clock = tbc_clock_utc(),
        .trust = gate_knowledge_made(&g->know, GATE_LIST_TRUST),
        .status = gate_knowledge_made(&g->know, GATE_LIST_STATUS),
        .manifest = gate_knowledge_made(&g->know, GATE_LIST_MANIFEST),
        .verdict = r->metrics.verdict_at,
        .accepted = r->metrics.accepted,
        .refused = r->metrics.refused,
        .backlog = r->backlog,
        .conflicts = r->conflicts,
        .ills = gate_health_judge(&facts),
        .peers = gate_peers_live(g),
    };
}

/* Resident, from statm of proc(5); -1 when that cannot be read. */
static int64_t
memory_bytes(void)
{
    FILE *f = fopen("/proc/self/statm", "re");
    char line[128] = "";
    char *end = NULL;
    long long pages_n = -1;

    if (f == NULL) {
        return -1;
    }
    if (fgets(line, sizeof line, f) != NULL) {
        (void)strtoll(line, &end, 10);
        pages_n = strtoll(end, NULL, 10);
    }
    (void)fclose(f);
    return pages_n < 0 ? -1 : (int64_t)pages_n * (int64_t)sysconf(_SC_PAGESIZE);
}

static void
renew_pages(struct gate *g, const struct tbc_health *health)
{
    const bool ready = (health->ills & tbc_gate_ills_that_stop) == 0;
    struct tbc_buf text = { 0 };

    (void)tbc_buf_append_str(&text, "turning\n");
    tbc_pages_set(g->report.http, TBC_PAGE_HEALTHZ, 200, &text);
    tbc_ills_put(tbc_gate_ills, TBC_GATE_ILLS_N, health->ills, ready, &text);
    tbc_pages_set(g->report.http, TBC_PAGE_READYZ, ready ? 200 : 503, &text);
    gate_metrics_put(&g->report.metrics, health, memory_bytes(), &text);
    tbc_pages_set(g->report.http, TBC_PAGE_METRICS, 200, &text);
    tbc_buf_fini(&text);
}

/* A list beyond its age is said once, and once more when it is fresh again. */
static void
tell_age(struct gate *g, enum gate_list list)
{
    enum gate_age age = gate_knowledge_age(&g->know, list, g->now);
    bool old = age == GATE_AGE_OLD;

    if (old == g->report.told_old[list]) {
        return;
    }
    g->report.told_old[list] = old;
    if (old) {
        tbc_log(TBC_LOG_WARN, "the %s list is too old: %s", gate_list_name(list),
                list == GATE_LIST_STATUS && g->know.limits.keeps_old_status
                    ? "it is believed nevertheless"
                    : "certificates go to an officer");
    }
    gate_say(g, "%s %s", gate_list_name(list), old ? "old" : "fresh");
}

void
gate_report_tick(struct gate *g, struct tbc_mono mono)
{
    struct tbc_health health;

    if (g->report.renewed.ms != 0 && mono.ms - g->report.renewed.ms < RENEW_MS) {
        return;
    }
    g->report.renewed = mono;
    gate_report_health(g, &health);
    g->report.ills = health.ills;
    tell_age(g, GATE_LIST_STATUS);
    tell_age(g, GATE_LIST_MANIFEST);
    if (g->report.http != NULL) {
        renew_pages(g, &health);
    }
}

void
gate_report_verdict(struct gate *g)
{
    const struct gate_visit *v = &g->visit;

    gate_metrics_verdict(&g->report.metrics, v->decision.verdict, g->now,
                         tbc_clock_us() - v->begun_us);
}

void
gate_report_mode(struct gate *g)
{
    g->report.since = g->now;
    g->report.metrics.outages += g->link.mode == GATE_OFFLINE ? 1 : 0;
}

void
gate_report_journal(struct gate *g)
{
    if (tbc_outbox_count(g->box, &g->report.backlog, &g->report.conflicts) != TBC_OK) {
        tbc_log(TBC_LOG_WARN, "entries of the journal could not be counted");
    }
}

void
gate_report_settled(struct gate *g, size_t settled, size_t conflicts)
{
    struct gate_report *r = &g->report;

    r->backlog = settled < r->backlog ? r->backlog - settled : 0;
    r->conflicts += conflicts;
}
