/* races [N]: two real gates are shown the same certificate at the same moment, N times, before a real
 * station.  Exactly one of them opens, each time.
 *
 * A gate that did not have its answer within its time was alone, and what it did then is no race: it
 * is counted apart, run again with another certificate, and must be a marked conflict. */
#include "facts.h"
#include "suite.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RACES_DEFAULT 1000
#define RACES_MAX     20000
#define GATES         2
#define VOID_SHARE    4 /* a quarter of the races may have to be run again */

static struct {
    struct stage stage;
    struct gates_gate gates[GATES];
    struct tbc_utc from;
    char (*texts)[GATES_TEXT];
    size_t texts_n;
    size_t run;
    size_t decided;  /* both had the station's answer */
    size_t lonely;   /* one had not */
    size_t accepted; /* of the decided, by both gates together */
    size_t won[GATES];
} races;

static void
give_up(const char *what)
{
    (void)fprintf(stderr, "races: %s\n%s\n", what, stage_said());
    exit(3);
}

static void
raise_all(size_t n)
{
    /* the next certificate waits until the one before is through */
    static const char *const soon[] = { "--hold", "20", NULL };
    struct stage *s = &races.stage;

    stage_make(s);
    if (!stage_start(s, NULL) || !stage_connect(s) || !stage_import(s, (unsigned)n)) {
        give_up("the station did not start");
    }
    for (size_t i = 0; i < n; i++) {
        uint8_t cti[TBC_CTI_LEN];

        if (!gates_issue(s, (unsigned)i, races.texts[i], cti)) {
            give_up("a certificate was not issued");
        }
    }
    for (size_t g = 0; g < GATES; g++) {
        struct gates_gate *gate = &races.gates[g];

        (void)snprintf(gate->name, sizeof gate->name, "gate-%zu", g + 1);
        if (!stage_enrol(s, gate->name, TBC_ROLE_GATE) ||
            !gates_start(s, gate, soon, NULL, NULL) ||
            !gates_until(gate, "ready gate=")) {
            give_up("a gate did not start");
        }
    }
    if (strstr(races.gates[0].line, "mode=online") == NULL ||
        strstr(races.gates[1].line, "mode=online") == NULL) {
        give_up("a gate is not online");
    }
}

/* The one that is shown it first changes each time. */
static void
race(size_t n)
{
    size_t opened = 0;
    bool lonely = false;

    for (size_t i = 0; i < GATES; i++) {
        if (!gates_present(&races.gates[(n + i) % GATES], races.texts[n])) {
            give_up("a gate takes no code");
        }
    }
    for (size_t g = 0; g < GATES; g++) {
        const char *line = races.gates[g].line;

        if (!gates_until(&races.gates[g], "verdict ")) {
            give_up("a gate gave no verdict");
        }
        if (strncmp(line, "verdict ACCEPTED ", 17) == 0) {
            opened++;
            races.won[g]++;
        } else if (strncmp(line, "verdict ACCEPTED_OFFLINE ", 25) == 0) {
            lonely = true;
        } else if (strncmp(line, "verdict ALREADY_ENTERED ", 24) != 0) {
            give_up(line);
        }
    }
    races.run++;
    races.lonely += lonely ? 1 : 0;
    races.decided += lonely ? 0 : 1;
    races.accepted += lonely ? 0 : opened;
}

/* All programs end; what the files say. */
static size_t
judge(size_t *entries)
{
    /* those that were alone for a moment were no group then */
    const unsigned groups[GATES] = { 0, races.lonely == 0 ? 0 : 1 };
    struct invariants_facts f;
    struct invariants_report report;

    for (size_t g = 0; g < GATES; g++) {
        if (gates_end(&races.gates[g]) != 0) {
            give_up("a gate did not end well");
        }
    }
    tbc_client_close(&races.stage.client);
    if (stage_end(&races.stage, SIGTERM) != 0 ||
        !facts_read(&f, &races.stage, races.gates, groups, GATES)) {
        give_up("the station did not end well");
    }
    f.from = races.from;
    f.to = tbc_clock_utc();
    *entries = facts_entries(&f);
    return facts_judge(&f, &report);
}

int
main(int argc, char **argv)
{
    const size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : RACES_DEFAULT;
    const int64_t begun = tbc_clock_mono().ms;
    size_t entries = 0;
    size_t findings;
    bool ok;

    if (n < 1 || n > RACES_MAX) {
        (void)fprintf(stderr, "races: %s: not a number from 1 to %d\n", argv[1],
                      RACES_MAX);
        return 2;
    }
    races.from = tbc_clock_utc();
    races.texts_n = n + n / VOID_SHARE + 1;
    races.texts = calloc(races.texts_n, sizeof *races.texts);
    if (races.texts == NULL) {
        return 3;
    }
    raise_all(races.texts_n);
    while (races.decided < n && races.run < races.texts_n) {
        race(races.run);
    }
    findings = judge(&entries);
    free(races.texts);
    ok = races.decided == n && races.accepted == n && findings == 0 &&
         (races.lonely > 0 || entries == n);
    printf("%zu races: %zu accepted (%zu by gate 1, %zu by gate 2), the station has "
           "%zu entries, %zu findings; %zu run again for want of an answer in time; "
           "%.1f s\n",
           races.decided, races.accepted, races.won[0], races.won[1], entries, findings,
           races.lonely, (double)(tbc_clock_mono().ms - begun) / 1e3);
    printf("tests: %d passed, %d failed, 0 skipped\n", ok ? 1 : 0, ok ? 0 : 1);
    return ok ? 0 : 1;
}
