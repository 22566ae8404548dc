/* Whether the gate does its work, and what is wrong when not: what /readyz says and the station is
 * told.  Pure. */
#ifndef GATE_HEALTH_H
#define GATE_HEALTH_H

#include "knowledge.h"
#include "rail/gate_ills.h"
#include "watch.h"

/* What the shell has seen. */
struct gate_facts {
    bool ready; /* codes are read */
    bool ending;
    bool has_journal;
    bool has_barrier;
    bool has_scanner; /* or it came to its end, as a file does */
    bool fire;
    bool fire_unreadable;
    bool passage_unreadable; /* there is a sensor, and it cannot be read */
    bool display_failed;
    enum gate_clock clock;
    enum gate_trust trust;
    enum gate_age status;
    enum gate_age manifest;
};

/* Bits of rail/gate_ills.h; 0: all is well. */
uint64_t gate_health_judge(const struct gate_facts *facts);

#endif
