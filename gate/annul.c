#include "annul.h"

#include "crypto/seal.h"
#include "gate.h"
#include "sys/log.h"

#include <inttypes.h>
#include <string.h>

static struct tbc_outbox_entry
row_of(const struct tbc_entry *e)
{
    return (struct tbc_outbox_entry){ .entry = *e };
}

/* Until the journal takes it: what is lost with the power then leaves a passenger to an officer. */
static void
put_aside(struct gate *g, const struct tbc_entry *e)
{
    struct gate_annuls *a = &g->annuls;

    if (a->back_n < GATE_BACK_MAX) {
        a->back[a->back_n++] = *e;
    } else {
        tbc_log(TBC_LOG_WARN, "an entry that did not happen could not be taken back");
    }
}

static void
record(struct gate *g, const struct tbc_entry *e)
{
    const struct tbc_outbox_entry row = row_of(e);
    enum tbc_err err = gate_journal_write(g, &row);

    if (err == TBC_OK) {
        g->report.backlog++;
    } else {
        put_aside(g, e);
    }
    if (err != TBC_OK && g->box != NULL) {
        gate_journal_failed(g, err);
    }
    g->waiting = true;
    /* at once when it can be; the drain comes back to it until the station has answered */
    if (g->link.mode == GATE_ONLINE &&
        tbc_client_send(g->client, e->event, TBC_OP_ANNUL, e) != TBC_OK) {
        tbc_log(TBC_LOG_INFO,
                "the station hears later of an entry that did not happen");
    }
}

static void
annul(struct gate *g, const struct tbc_entry *of)
{
    struct tbc_entry e = {
        .verdict = of->verdict, .at = g->now, .told = true, .act = TBC_ACT_ANNUL
    };

    if (tbc_random(e.event, sizeof e.event) != TBC_OK) {
        tbc_log(TBC_LOG_ERROR, "no random bytes: an entry that did not happen stands");
        return;
    }
    memcpy(e.cti, of->cti, sizeof e.cti);
    memcpy(e.holder, of->holder, sizeof e.holder);
    memcpy(e.of, of->event, sizeof e.of);
    record(g, &e);
}

void
gate_annul_passage(struct gate *g)
{
    struct gate_annuls *a = &g->annuls;

    annul(g, &g->passing.entry); /* said when it is on the disk */
    gate_say(g, "annulled trip=%s",
             g->passing.found.has_ticket ? g->passing.trip.train : "-");
    if (memcmp(g->visit.entry.event, g->passing.entry.event, TBC_EVENT_LEN) == 0) {
        tbc_wipe(&g->visit, sizeof g->visit); /* its answer is not worth repeating */
    }
    tbc_wipe(&g->passing, sizeof g->passing);
    if (++a->missed_n == GATE_DOUBT_N) {
        a->doubt = true;
        tbc_log(TBC_LOG_WARN,
                "%s: nobody was seen to pass %d times in a row; not believed until "
                "somebody is",
                g->options.passage, GATE_DOUBT_N);
        gate_say(g, "passage doubted");
    }
}

void
gate_annul_visit(struct gate *g)
{
    struct tbc_entry of = g->visit.entry;

    of.verdict = TBC_ACCEPTED;
    annul(g, &of);
}

void
gate_annul_seen(struct gate *g, bool seen)
{
    if (!seen) {
        return; /* taken to have passed: there is nothing to see it by */
    }
    if (g->annuls.doubt) {
        gate_say(g, "passage believed");
    }
    g->annuls.doubt = false;
    g->annuls.missed_n = 0;
    gate_say(g, "passed %u", ++g->passed_n);
}

void
gate_annul_stray(struct gate *g)
{
    enum tbc_err err;

    gate_annul_seen(g, true);
    tbc_log(TBC_LOG_WARN, "somebody passed while the barrier was shut");
    if (g->box != NULL &&
        (err = tbc_outbox_note(g->box, g->now, "passed while shut")) != TBC_OK) {
        gate_journal_failed(g, err);
    }
}

void
gate_annul_tick(struct gate *g)
{
    struct gate_annuls *a = &g->annuls;

    while (a->back_n > 0 && g->box != NULL) {
        const struct tbc_outbox_entry row = row_of(&a->back[0]);
        enum tbc_err err = gate_journal_write(g, &row);

        if (err != TBC_OK && err != TBC_ERR_EXISTS) {
            gate_journal_failed(g, err);
            return;
        }
        memmove(a->back, a->back + 1, --a->back_n * sizeof *a->back);
        g->waiting = true;
    }
}
