/* How far a long command is: a line on a terminal, drawn anew each second; nothing when standard
 * error is none. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "base/when.h"

struct cli_progress {
    const char *what; /* "rows read"; static text */
    struct tbc_mono next;
    bool shown;
};

/* total 0: not known. */
void cli_progress_step(struct cli_progress *p, size_t done, size_t total);
/* Takes the line away, before anything else is said. */
void cli_progress_end(struct cli_progress *p);

#endif
