/* A station and three gates on the hosts of network.h, and how such a world ends: everything is
 * mended, the gates tell what they know, and the invariants are looked at. */
#ifndef TBC_WORLD_WORLD_H
#define TBC_WORLD_WORLD_H

#include "facts.h"
#include "network.h"

#define WORLD_GATES   3
#define WORLD_PEOPLE  96
#define WORLD_STATION 0         /* host */
#define WORLD_HOST(g) ((g) + 1) /* of gate g, from 0 */
#define WORLD_TOGETHER \
    INT64_C(60000) /* ms: within which all converges once faults stop */

struct world {
    bool peers; /* gates talk to each other: --group */
    struct stage stage;
    struct gates_gate gates[WORLD_GATES];
    unsigned groups[WORLD_GATES]; /* of the invariants: gates that were never apart */
    size_t people;
    char texts[WORLD_PEOPLE][GATES_TEXT];
    uint8_t ctis[WORLD_PEOPLE][TBC_CTI_LEN];
    struct tbc_utc from;
    size_t
        unheard; /* entries that the station may have of a gate that died while it asked */
    struct invariants_report report; /* after world_end */
    size_t entries; /* openings that the station has, after world_end */
};

/* All of it running, the gates online, so many passengers with certificates.  Skips the test with
 * its reason, false, where there can be no namespaces. */
bool world_begin(struct world *w, size_t people);
/* The same with gates that have found each other. */
bool world_begin_peers(struct world *w, size_t people);
/* Mend the network, start what is down, let the gates tell and end, end the station, judge.  False,
 * and said on standard error, when the gates have not told everything within a minute or when
 * anything was found. */
bool world_end(struct world *w);

bool world_start_station(struct world *w);
/* The same with something to be done in the child beside moving to its host. */
bool world_launch_station(struct world *w, void (*prepare)(void *arg), void *arg);
bool world_start_gate(struct world *w, size_t g, const char *const *more);
void world_kill_station(struct world *w);

/* Gate g answers passenger p's code: its whole line, "verdict ..."; "" within no time. */
const char *world_show(struct world *w, size_t g, size_t p);
/* Whether that answer opened. */
bool world_opens(struct world *w, size_t g, size_t p);
bool world_weather(size_t host, enum network_weather weather);

#endif
