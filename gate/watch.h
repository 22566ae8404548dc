/* What time it is, when the clock may be wrong.  Pure.
 *
 * Three witnesses: the local clock, a persisted floor below which time cannot be, and the
 * station's time with the steady clock beside it.  A local clock that contradicts the others is
 * wrong; the station's time is then used, or none at all. */
#ifndef GATE_WATCH_H
#define GATE_WATCH_H

#include "base/when.h"

#define GATE_CLOCK_BACK_S 60 /* this far below the floor is still an adjustment */
#define GATE_CLOCK_OFF_S  60 /* so far from the station's time, too */

struct gate_watch {
    struct tbc_utc floor;
    bool has_station;
    struct tbc_utc station;     /* the station's time ... */
    struct tbc_mono station_at; /* ... when it was told */
};

enum gate_clock {
    GATE_CLOCK_RIGHT,
    GATE_CLOCK_WRONG, /* now is the station's */
    GATE_CLOCK_LOST,  /* wrong, and nobody knows better: nothing can be judged */
};

void
gate_watch_told(struct gate_watch *watch, struct tbc_utc station, struct tbc_mono at);

/* now is always set.  Raises the floor by a clock that is right or the station's. */
enum gate_clock gate_watch_now(struct gate_watch *watch, struct tbc_utc local,
                               struct tbc_mono mono, struct tbc_utc *now);

/* A signed list says it was made then: it cannot be earlier now. */
void gate_watch_raise(struct gate_watch *watch, struct tbc_utc at);

#endif
