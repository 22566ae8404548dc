/* A network of the test's own: hosts in network namespaces, each with one cable to a bridge.  The
 * namespaces hang in a mount namespace that only this process and its children have, so that nothing
 * is left of them when these have ended, however they end. */
#ifndef TBC_WORLD_NETWORK_H
#define TBC_WORLD_NETWORK_H

#include <stdbool.h>
#include <stddef.h>

#define NETWORK_HOSTS 4

/* What becomes of a host's packets. */
enum network_weather {
    NETWORK_FINE,
    NETWORK_CUT,    /* the cable is pulled */
    NETWORK_DEAF,   /* what is sent to it is lost */
    NETWORK_MUTE,   /* what it sends is lost */
    NETWORK_STORMY, /* 30 % is lost, each way */
};

/* Moves this process into a network namespace of its own, where the bridge is, and makes the hosts.
 * NULL, or why it cannot be: no rights, or no iproute2 or nftables.  Once for a process. */
const char *network_open(void);

/* "10.77.0.1" of host 0; the process itself is at the bridge. */
const char *network_address(size_t host);
/* For the child between fork and exec: move to the host. */
bool network_enter(size_t host);
/* From now on; false when a tool of the network failed. */
bool network_set(size_t host, enum network_weather weather);
/* Between two hosts alone nothing passes, or everything again. */
bool network_part(size_t a, size_t b, bool apart);

#endif
