/* What the service manager is told, by the datagrams of sd_notify(3): ready, reloading, stopping,
 * a line of status, and that the main loop still turns.  Without NOTIFY_SOCKET nothing is said. */
#ifndef TBC_SYS_NOTIFY_H
#define TBC_SYS_NOTIFY_H

#include "base/when.h"

struct tbc_notify {
    int fd;               /* valid while open */
    bool open;            /* somebody listens */
    int64_t watchdog_ms;  /* the manager's patience; 0: it does not watch */
    struct tbc_mono next; /* when it is told again */
};

/* The variables as they stand in the environment, or NULL: NOTIFY_SOCKET (a path, or '@' and an
 * abstract name), WATCHDOG_USEC, WATCHDOG_PID. */
void tbc_notify_open(struct tbc_notify *n, const char *address,
                     const char *watchdog_usec, const char *watchdog_pid);

/* Lines such as "READY=1\nSTATUS=..."; what cannot be delivered is lost. */
void tbc_notify_say(struct tbc_notify *n, const char *lines);

/* From the main loop, each time it has turned: WATCHDOG=1 when half of the patience has passed. */
void tbc_notify_turn(struct tbc_notify *n, struct tbc_mono now);

void tbc_notify_fini(struct tbc_notify *n);

#endif
