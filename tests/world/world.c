#include "world.h"

#include "suite.h"
#include "sys/clock.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FRONT "tcp://10.77.0.1:7710"
#define FEED  "tcp://10.77.0.1:7711"

/* What a child does before it is the program. */
struct arrival {
    size_t host;
    void (*prepare)(void *arg);
    void *arg;
};

static void
arrive(void *arg)
{
    const struct arrival *a = arg;

    if (!network_enter(a->host)) {
        _exit(126);
    }
    if (a->prepare != NULL) {
        a->prepare(a->arg);
    }
}

bool
world_launch_station(struct world *w, void (*prepare)(void *arg), void *arg)
{
    struct arrival a = { WORLD_STATION, prepare, arg };

    return stage_launch(&w->stage,
                        (const char *const[]){ "--front", FRONT, "--feed", FEED, NULL },
                        arrive, &a);
}

bool
world_start_station(struct world *w)
{
    return world_launch_station(w, NULL, NULL) && stage_await(&w->stage);
}

bool
world_start_gate(struct world *w, size_t g, const char *const *more)
{
    struct arrival a = { WORLD_HOST(g), NULL, NULL };
    char address[64] = "none";
    /* nobody walks through: the next passenger does not wait for that */
    const char *options[10] = { "--hold", "50", "--group", address };
    size_t n = 4;

    if (w->peers) {
        (void)snprintf(address, sizeof address, "tcp://%s:7720",
                       network_address(WORLD_HOST(g)));
    }
    while (more != NULL && *more != NULL && n < 9) {
        options[n++] = *more++;
    }
    return gates_start(&w->stage, &w->gates[g], options, arrive, &a) &&
           gates_until(&w->gates[g], "ready ");
}

void
world_kill_station(struct world *w)
{
    CU_ASSERT_EQUAL(stage_end(&w->stage, SIGKILL), 128 + SIGKILL);
}

bool
world_weather(size_t host, enum network_weather weather)
{
    bool ok = network_set(host, weather);

    if (!ok) {
        (void)fprintf(stderr, "the network of host %zu could not be changed\n", host);
    }
    return ok;
}

const char *
world_show(struct world *w, size_t g, size_t p)
{
    return gates_present(&w->gates[g], w->texts[p]) &&
                   gates_until(&w->gates[g], "verdict ")
               ? w->gates[g].line
               : "";
}

bool
world_opens(struct world *w, size_t g, size_t p)
{
    return strncmp(world_show(w, g, p), "verdict ACCEPTED", 16) == 0;
}

static bool
enrol_gates(struct world *w)
{
    bool ok = true;

    for (size_t g = 0; g < WORLD_GATES && ok; g++) {
        (void)snprintf(w->gates[g].name, sizeof w->gates[g].name, "gate-%zu", g + 1);
        ok = stage_enrol(&w->stage, w->gates[g].name, TBC_ROLE_GATE);
    }
    return ok;
}

static bool
issue_all(struct world *w, size_t people)
{
    bool ok = people <= WORLD_PEOPLE && stage_import(&w->stage, (unsigned)people);

    for (size_t p = 0; p < people && ok; p++) {
        ok = gates_issue(&w->stage, (unsigned)p, w->texts[p], w->ctis[p]);
    }
    w->people = people;
    return ok;
}

static bool
begin(struct world *w, size_t people, bool peers)
{
    const char *why = network_open();

    memset(w, 0, sizeof *w);
    w->peers = peers;
    if (why != NULL) {
        tbc_test_skip(why);
        return false;
    }
    for (size_t host = 0; host < NETWORK_HOSTS; host++) {
        CU_ASSERT_FATAL(world_weather(host, NETWORK_FINE));
    }
    w->from = tbc_clock_utc();
    stage_make(&w->stage);
    CU_ASSERT_FATAL(world_start_station(w) && stage_connect(&w->stage));
    CU_ASSERT_FATAL(enrol_gates(w) && issue_all(w, people));
    for (size_t g = 0; g < WORLD_GATES; g++) {
        w->groups[g] = (unsigned)g;
        CU_ASSERT_FATAL(world_start_gate(w, g, NULL));
        CU_ASSERT_PTR_NOT_NULL_FATAL(strstr(w->gates[g].line, "mode=online"));
    }
    return true;
}

bool
world_begin(struct world *w, size_t people)
{
    return begin(w, people, false);
}

bool
world_begin_peers(struct world *w, size_t people)
{
    bool ok = begin(w, people, true);

    for (size_t g = 0; ok && g < WORLD_GATES; g++) {
        CU_ASSERT_FATAL(gates_until(&w->gates[g], "peers 2"));
    }
    return ok;
}

static size_t
count_waiting(const struct invariants_facts *f)
{
    size_t n = 0;

    for (size_t i = 0; i < f->journal_n; i++) {
        n += f->journal[i].settled ? 0 : 1;
    }
    return n;
}

/* Every gate runs once to the end of its codes, where it tells what the station does not know. */
static bool
let_them_tell(struct world *w)
{
    bool ok = true;

    for (size_t g = 0; g < WORLD_GATES && ok; g++) {
        if (w->gates[g].process.pid == 0) {
            ok = world_start_gate(w, g, NULL);
        }
    }
    for (size_t g = 0; g < WORLD_GATES && ok; g++) {
        int code = gates_end(&w->gates[g]);

        if (code != 0) {
            (void)fprintf(stderr, "%s ended with %d\n", w->gates[g].name, code);
            ok = false;
        }
    }
    return ok;
}

/* Until no entry waits any more, or for a minute; the judge says whether all is well then. */
static bool
converge(struct world *w, struct invariants_facts *f)
{
    const int64_t end = tbc_clock_mono().ms + WORLD_TOGETHER;

    for (;;) {
        if (!let_them_tell(w) || stage_end(&w->stage, SIGTERM) != 0 ||
            !facts_read(f, &w->stage, w->gates, w->groups, WORLD_GATES)) {
            return false;
        }
        if (count_waiting(f) == 0 || tbc_clock_mono().ms > end) {
            return true;
        }
        invariants_fini(f);
        if (!world_start_station(w)) {
            return false;
        }
    }
}

bool
world_end(struct world *w)
{
    struct invariants_facts f = { 0 };
    bool ok = true;

    tbc_client_close(&w->stage.client);
    for (size_t host = 0; host < NETWORK_HOSTS; host++) {
        ok = world_weather(host, NETWORK_FINE) && ok;
    }
    if (w->stage.process.pid == 0) {
        ok = world_start_station(w) && ok;
    }
    if (!ok || !converge(w, &f)) {
        (void)fprintf(stderr, "the world could not be brought to its end\n%s\n",
                      stage_said());
        return false;
    }
    f.from = w->from;
    f.to = tbc_clock_utc();
    f.unheard = w->unheard;
    w->entries = facts_entries(&f);
    return facts_judge(&f, &w->report) == 0;
}
