/* The gates: born, killed, their turns, and what is looked at after each. */
#include "oracle.h"
#include "sys/file.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPINS_MAX 1000  /* turns without a millisecond passing */
#define SILENT_MS 10000 /* so long after the last word nobody is online */

static void
give_up(const char *what)
{
    (void)fprintf(stderr, "sim: %s\n", what);
    exit(3);
}

/* Signals stay with the simulation. */
static void
unblock(void)
{
    sigset_t all;

    (void)sigfillset(&all);
    (void)sigprocmask(SIG_UNBLOCK, &all, NULL);
}

static void
read_options(struct sim *s, struct sim_gate *g)
{
    static char conf[256];
    static char words[7][16] = { "tbc-gate",    "--device", "--data", "--config",
                                 "--log-level", "--http",   "--group" };
    static char level[] = "error";
    static char off[] = "off";
    char *argv[] = { words[0], words[1], g->device,  words[2], g->data,
                     words[3], conf,     words[4],   level,    words[5],
                     off,      words[6], g->address, NULL };
    const int argc = (int)(sizeof argv / sizeof *argv) - 1;

    (void)snprintf(g->address, sizeof g->address, "none");
    if (s->peers) {
        (void)snprintf(g->address, sizeof g->address, "tcp://10.0.0.%zu:7720",
                       (size_t)(g - s->gates) + 1);
    }
    (void)snprintf(conf, sizeof conf, "%s/gate.conf", s->options.folder);
    optind = 0; /* from the beginning, each time */
    if (tbc_file_write(conf, tbc_span_str(""), 0600) != TBC_OK ||
        gate_options_parse(&g->asked, argc, argv) != GATE_USAGE_RUN) {
        give_up("the gates' options");
    }
}

void
sim_gate_start(struct sim *s, struct sim_gate *g)
{
    struct gate *gate = calloc(1, sizeof *gate);

    if (gate == NULL) {
        give_up("no memory");
    }
    s->current = g;
    read_options(s, g);
    if (g->offset_s > 0) {
        g->offset_s = 0; /* whoever starts it looks at its clock */
    }
    if (gate_open(gate, &g->asked) != 0) {
        sim_find(s, "a gate did not start");
        give_up("no gate, no day");
    }
    unblock();
    g->gate = gate;
    g->life++;
    g->heard = false;
    g->due_ms = s->now_ms;
    g->started_ms = s->now_ms;
    g->floor_s = gate->watch.floor.s;
    sim_connection(s, g);
    s->current = NULL;
}

static void
bury(struct sim *s, struct sim_gate *g)
{
    s->current = g;
    gate_close(g->gate);
    free(g->gate);
    g->gate = NULL;
    sim_connection(s, g);
    s->current = NULL;
}

void
sim_gate_kill(struct sim *s, struct sim_gate *g)
{
    if (g->gate == NULL) {
        return;
    }
    s->figures.kills++;
    if (g->gate->flow.state == GATE_ASKING) {
        g->orphans++;
        oracle_orphan(s, g->visit);
    }
    tbc_outbox_close(&g->gate->box); /* so that nothing more is written */
    bury(s, g);
}

void
sim_gate_end(struct sim *s, struct sim_gate *g)
{
    if (g->gate != NULL) {
        bury(s, g);
    }
}

void
sim_gate_wake(struct sim *s, struct sim_gate *g)
{
    g->due_ms = g->due_ms < s->now_ms ? g->due_ms : s->now_ms;
}

bool
sim_gate_reads(struct sim *s, struct sim_gate *g, struct tbc_span *text)
{
    if (g->line_n == 0) {
        return false;
    }
    g->visit = g->line[0];
    g->has_visit = true;
    g->read_ms = s->now_ms;
    memmove(g->line, g->line + 1, --g->line_n * sizeof g->line[0]);
    *text = sim_code(s, &s->visits[g->visit], &g->proof_ms);
    return true;
}

void
sim_gate_stands(struct sim *s, size_t visit)
{
    struct sim_gate *g = &s->gates[s->visits[visit].gate];

    if (g->gate == NULL || g->line_n == SIM_LINE_MAX) {
        g = &s->gates[(s->visits[visit].gate + 1) % s->options.gates];
        s->visits[visit].gate = (size_t)(g - s->gates); /* they walk to the next */
    }
    if (g->gate == NULL || g->line_n == SIM_LINE_MAX) {
        return; /* and give up */
    }
    g->line[g->line_n++] = visit;
    s->figures.presented++;
    sim_gate_wake(s, g);
}

/* "verdict WORD trip=TRAIN ms=N mode=MODE[ again]" */
static bool
read_verdict(const char *line, struct oracle_answer *a)
{
    const char *trip = strstr(line, " trip=");
    const char *ms = strstr(line, " ms=");
    const char *peers;

    *a = (struct oracle_answer){ 0 };
    if (trip == NULL || ms == NULL || ms - trip - 6 > TBC_TRAIN_MAX ||
        !tbc_verdict_parse(tbc_span_of(line + 8, (size_t)(trip - line - 8)),
                           &a->verdict)) {
        return false;
    }
    memcpy(a->train, trip + 6, (size_t)(ms - trip - 6));
    a->ms = strtoll(ms + 4, NULL, 10);
    a->online = strstr(ms, " mode=online") != NULL;
    a->again = strstr(ms, " again") != NULL;
    peers = strstr(ms, " peers=");
    a->peers = peers == NULL ? 0 : strtoul(peers + 7, NULL, 10);
    return true;
}

static void
hear_verdict(struct sim *s, struct sim_gate *g, const char *line)
{
    const char *wrong = NULL;

    if (!read_verdict(line, &g->answer) || !g->has_visit) {
        sim_find(s, "\"%s\": to nobody", line);
        return;
    }
    s->figures.answered++;
    s->figures.again += g->answer.again ? 1 : 0;
    s->figures.verdicts[g->answer.verdict] += g->answer.again ? 0 : 1;
    wrong = oracle_judge(s, g, g->visit, &g->answer);
    if (wrong != NULL) {
        sim_find(s, "\"%s\" to passenger %zu: %s", line,
                 s->certificates[s->visits[g->visit].certificate].passenger, wrong);
    }
}

/* The journal has it, durably, before the barrier moves. */
static void
hear_opening(struct sim *s, struct sim_gate *g)
{
    struct tbc_outbox_memory m = { 0 };
    const char *wrong = oracle_opens(s, g, g->visit, &g->answer);

    g->opened++;
    if (wrong != NULL) {
        sim_find(s, "the barrier opens: %s", wrong);
    }
    if (g->gate == NULL || g->gate->box == NULL ||
        tbc_outbox_recall(g->gate->box, &g->gate->visit.entry, NULL, &m) != TBC_OK ||
        !m.entered) {
        sim_find(s, "the barrier opens without an entry in the journal");
    }
}

void
sim_gate_says(struct sim *s, const char *line)
{
    struct sim_gate *g = s->current;

    if (g == NULL) {
        (void)fprintf(stderr, "%s\n", line);
        return;
    }
    sim_trace(s, g->name, line);
    if (strncmp(line, "verdict ", 8) == 0) {
        hear_verdict(s, g, line);
    } else if (strcmp(line, "barrier open") == 0) {
        hear_opening(s, g);
    } else if (strncmp(line, "out-of-order", 12) == 0) {
        sim_find(s, "%s", line);
    }
}

/* Since when it has been so without a fault outside; a finding after a minute. */
static void
watch_for(struct sim *s, struct sim_gate *g, bool is_so, int64_t *since,
          const char *what)
{
    if (!is_so || g->fine_since_ms < 0) {
        *since = -1;
        return;
    }
    if (*since < 0) {
        *since = s->now_ms;
    } else if (s->now_ms - *since > SIM_SETTLE_MS) {
        sim_find(s, "%s for a minute", what);
        *since = s->now_ms;
    }
}

static void
look_at(struct sim *s, struct sim_gate *g)
{
    const struct gate *gate = g->gate;

    s->figures.checks++;
    if (gate->barrier_open && !gate_flow_passes(&gate->flow) &&
        gate->flow.state != GATE_FIRE) {
        sim_find(s, "the barrier is open in state %s",
                 gate_state_name(gate->flow.state));
    }
    if (gate->watch.floor.s < g->floor_s) {
        sim_find(s, "time went back");
    }
    if (gate->watch.floor.s > sim_utc(s).s + 61) {
        sim_find(s, "the floor of time is in the future");
    }
    g->floor_s = gate->watch.floor.s;
    if (gate->box == NULL) {
        sim_find(s, "the journal is closed");
    }
    if (gate->link.mode == GATE_ONLINE && g->silent_since_ms >= 0 &&
        s->now_ms - g->silent_since_ms > SILENT_MS) {
        sim_find(s, "online without a station");
    }
    watch_for(s, g, gate->waiting, &g->waiting_since_ms, "entries wait");
    watch_for(s, g, (int64_t)gate->know.versions[GATE_LIST_STATUS] < s->listed_s,
              &g->old_since_ms, "the status list is old");
    watch_for(s, g, gate->link.mode == GATE_OFFLINE, &g->offline_since_ms,
              "offline without reason");
}

void
sim_gate_step(struct sim *s, struct sim_gate *g)
{
    const int64_t before = g->stepped_ms;
    int wait_ms;

    s->current = g;
    s->figures.steps++;
    wait_ms = gate_step(g->gate);
    g->spins = before == s->now_ms ? g->spins + 1 : 0;
    if (g->spins > SPINS_MAX) {
        sim_find(s, "the gate turns in a circle");
        give_up("a busy loop");
    }
    g->stepped_ms = s->now_ms;
    g->due_ms = s->now_ms + (wait_ms > 0 ? wait_ms : 0);
    look_at(s, g);
    if (g->gate->stop) {
        sim_find(s, "the gate wants to end");
    }
    s->current = NULL;
}
