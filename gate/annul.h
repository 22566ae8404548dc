/* What did not happen after all: the barrier opened and nobody passed, or the station said yes and
 * the barrier stayed shut.  The event is annulled in the journal, the station is told, and the
 * certificate may enter again.
 *
 * A sensor that sees nobody GATE_DOUBT_N times in a row is not believed until it sees somebody: a
 * covered beam must not make each certificate good for any number of people. */
#ifndef GATE_ANNUL_H
#define GATE_ANNUL_H

#include "codec/wire.h"

#define GATE_DOUBT_N  3
#define GATE_BACK_MAX 8 /* annulments that wait for a journal */

struct gate;

struct gate_annuls {
    struct tbc_entry back[GATE_BACK_MAX]; /* not yet in the journal */
    size_t back_n;
    unsigned missed_n; /* in a row */
    bool doubt;
};

/* The acceptance that opened the barrier last. */
void gate_annul_passage(struct gate *g);
/* The visit: the station said yes to it, and it was not let in. */
void gate_annul_visit(struct gate *g);
/* Somebody has passed; seen: by the sensor. */
void gate_annul_seen(struct gate *g, bool seen);
/* Somebody has passed while it was shut. */
void gate_annul_stray(struct gate *g);
/* What waits for the journal. */
void gate_annul_tick(struct gate *g);

#endif
