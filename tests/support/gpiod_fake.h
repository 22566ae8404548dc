/* A chip of eight lines in memory, in place of libgpiod for what links this: the calls of ours
 * find these functions before the library's. */
#ifndef TBC_TESTS_GPIOD_FAKE_H
#define TBC_TESTS_GPIOD_FAKE_H

#include <stdbool.h>

#define GPIOD_FAKE_LINES 8

struct gpiod_fake {
    bool has_chip;  /* the chip "fake" is there */
    bool no_events; /* a chip without interrupts */
    int busy_line;  /* another program has it; -1: none */
    bool unreadable;
    bool unwritable;
    bool stuck;                   /* what is set is not what is read */
    int open_n;                   /* chips not closed */
    bool level[GPIOD_FAKE_LINES]; /* on the wire */
    bool active_low[GPIOD_FAKE_LINES];
    bool requested[GPIOD_FAKE_LINES];
    int rises[GPIOD_FAKE_LINES]; /* logical, not yet read */
};

extern struct gpiod_fake gpiod_fake;

void gpiod_fake_reset(void);
/* The wire changes, as seen by the kernel. */
void gpiod_fake_put(unsigned line, bool level);

#endif
