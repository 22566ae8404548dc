/* What may be wrong with a gate, as it says so itself on /readyz, tells its station, and `tbc gate
 * status` shows it.  Bits of messages: a new one goes to the end. */
#ifndef TBC_RAIL_GATE_ILLS_H
#define TBC_RAIL_GATE_ILLS_H

#include "base/ills.h"

/* name, whether nobody is let in by it, what is wrong, the way out */
#define TBC_GATE_ILL_LIST(X)                                                        \
    X(STARTING, true, "codes are not read yet", "wait a moment")                    \
    X(STOPPING, true, "the gate is ending", "wait for the next start")              \
    X(JOURNAL, true, "the journal cannot be written",                               \
      "look at the disk under --data; the gate tries again each five seconds")      \
    X(BARRIER, true, "the barrier does not obey",                                   \
      "look at its line and power; the gate tries again each five seconds")         \
    X(SCANNER, true, "the scanner is gone",                                         \
      "look at its line and power; the gate tries again each five seconds")         \
    X(FIRE, true, "the fire alarm is on, the barrier stays open", "end the alarm")  \
    X(FIRE_INPUT, false, "the fire alarm input cannot be read", "look at its wire") \
    X(PASSAGE, false, "the passage sensor cannot be read", "look at its wire")      \
    X(DISPLAY, false, "the display has failed", "look at it; restart the gate")     \
    X(CLOCK_WRONG, false, "the clock is wrong, the station's time is used",         \
      "set the clock, let it be kept by NTP")                                       \
    X(CLOCK_LOST, true, "the clock is wrong, and nobody knows better",              \
      "set the clock, or connect the station")                                      \
    X(TRUST_MISSING, true, "there is no trust list", "connect the station")         \
    X(TRUST_AGEING, false, "the trust list ends soon",                              \
      "tbc trust renew at the station")                                             \
    X(TRUST_ENDED, true, "the trust list is too old",                               \
      "tbc trust renew at the station, connect it")                                 \
    X(STATUS_MISSING, true, "there is no status list", "connect the station")       \
    X(STATUS_OLD, true, "the status list is too old", "connect the station")        \
    X(MANIFEST_MISSING, true, "there is no manifest of tickets",                    \
      "connect the station")                                                        \
    X(MANIFEST_OLD, true, "the manifest of tickets is too old", "connect the station")

enum tbc_gate_ill {
#define X(name, stops, what, way) TBC_GATE_ILL_##name,
    TBC_GATE_ILL_LIST(X)
#undef X
    TBC_GATE_ILLS_N
};

extern const struct tbc_ill tbc_gate_ills[TBC_GATE_ILLS_N];
/* Those by which nobody is let in. */
extern const uint64_t tbc_gate_ills_that_stop;

#define TBC_GATE_ILL_BIT(name) (UINT64_C(1) << TBC_GATE_ILL_##name)

#endif
