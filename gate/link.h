/* Whether the station is there, from its heartbeats, and whether a notice was missed.  Pure.
 *
 * The feed beats once a second.  Three beats missed mean OFFLINE; the next beat brings the gate
 * back by itself, through HELLO and SNAPSHOT, so that it is online only with lists of today. */
#ifndef GATE_LINK_H
#define GATE_LINK_H

#include "decide.h"

#define GATE_BEAT_MS    1000
#define GATE_SILENCE_MS (3 * GATE_BEAT_MS + 500)
#define GATE_RETRY_MS   3000 /* HELLO and SNAPSHOT are said again after this long */
#define GATE_GREET_MS \
    INT64_C(          \
        3600000) /* and HELLO each hour: time, policy and keys stay those of today */

struct gate_link {
    enum gate_mode mode;
    bool heard; /* a beat or notice, ever */
    struct tbc_mono last;
    bool greeted;               /* HELLO was answered since the last silence ... */
    struct tbc_mono greeted_at; /* ... and when the last time */
    bool current;               /* SNAPSHOT was answered since, and nothing missed */
    uint64_t number;            /* of the newest notice that is known here */
};

/* Anything from the feed; is_beat: its number is that of the newest notice, else its own. */
void gate_link_hear(struct gate_link *link, uint64_t number, bool is_beat,
                    struct tbc_mono now);
void gate_link_greet(struct gate_link *link, struct tbc_mono now);
void gate_link_catch_up(struct gate_link *link, uint64_t number);
/* A list of the feed could not be used: ask for all of them. */
void gate_link_miss(struct gate_link *link);

/* True when the mode has changed. */
bool gate_link_tick(struct gate_link *link, struct tbc_mono now);

/* The station beats, and this is what it should be asked next. */
bool gate_link_wants_hello(const struct gate_link *link, struct tbc_mono now);
bool gate_link_wants_snapshot(const struct gate_link *link, struct tbc_mono now);

#endif
