#include "progress.h"

#include "sys/clock.h"

#include <stdio.h>
#include <unistd.h>

#define EVERY_MS 1000

void
cli_progress_step(struct cli_progress *p, size_t done, size_t total)
{
    const struct tbc_mono now = tbc_clock_mono();

    if (p->next.ms == 0) {
        p->next.ms = now.ms + EVERY_MS; /* what is short says nothing */
    }
    if (now.ms < p->next.ms || isatty(STDERR_FILENO) == 0) {
        return;
    }
    p->next.ms = now.ms + EVERY_MS;
    p->shown = true;
    if (total == 0) {
        (void)fprintf(stderr, "\r%zu %s\033[K", done, p->what);
    } else {
        (void)fprintf(stderr, "\r%zu of %zu %s, %zu %%\033[K", done, total, p->what,
                      done * 100 / total);
    }
}

void
cli_progress_end(struct cli_progress *p)
{
    if (p->shown) {
        (void)fputs("\r\033[K", stderr);
    }
    *p = (struct cli_progress){ .what = p->what };
}
