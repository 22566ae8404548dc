/* Time: a heap of what will happen. */
#include "sim.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define TOLD_MAX 20

struct sim *sim_running;

static bool
is_before(const struct sim_event *a, const struct sim_event *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->seq < b->seq;
}

static void
swap(struct sim_event *a, struct sim_event *b)
{
    const struct sim_event c = *a;

    *a = *b;
    *b = c;
}

void
sim_push(struct sim *s, struct sim_event event)
{
    size_t i = s->heap_n;

    if (s->heap_n == s->heap_cap) {
        const size_t cap = s->heap_cap == 0 ? 1024 : 2 * s->heap_cap;
        struct sim_event *more = realloc(s->heap, cap * sizeof *more);

        if (more == NULL) {
            (void)fprintf(stderr, "sim: no memory\n");
            exit(3);
        }
        s->heap = more;
        s->heap_cap = cap;
    }
    event.seq = s->seq++;
    s->heap[s->heap_n++] = event;
    while (i > 0 && is_before(&s->heap[i], &s->heap[(i - 1) / 2])) {
        swap(&s->heap[i], &s->heap[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
}

bool
sim_pop(struct sim *s, struct sim_event *event)
{
    size_t i = 0;

    if (s->heap_n == 0) {
        return false;
    }
    *event = s->heap[0];
    s->heap[0] = s->heap[--s->heap_n];
    for (;;) {
        size_t least = i;

        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < s->heap_n;
             child++) {
            least = is_before(&s->heap[child], &s->heap[least]) ? child : least;
        }
        if (least == i) {
            return true;
        }
        swap(&s->heap[i], &s->heap[least]);
        i = least;
    }
}

struct tbc_utc
sim_utc(const struct sim *s)
{
    return (struct tbc_utc){ SIM_DAY + s->now_ms / 1000 };
}

void
sim_find(struct sim *s, const char *format, ...)
{
    char what[2048];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    if (s->figures.findings++ >= TOLD_MAX) {
        return;
    }
    (void)fprintf(stderr, "seed %" PRIu64 ", %02d:%02d:%02d.%03d%s%s: %s\n",
                  s->options.seed, (int)(s->now_ms / 3600000),
                  (int)(s->now_ms / 60000 % 60), (int)(s->now_ms / 1000 % 60),
                  (int)(s->now_ms % 1000), s->current == NULL ? "" : ", ",
                  s->current == NULL ? "" : s->current->name, what);
}

static void
mix(struct sim *s, const char *text)
{
    for (; *text != '\0'; text++) {
        s->trace = (s->trace ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
    }
}

void
sim_trace(struct sim *s, const char *who, const char *what)
{
    char when[32];

    (void)snprintf(when, sizeof when, "%" PRId64 " ", s->now_ms);
    mix(s, when);
    mix(s, who);
    mix(s, what);
    mix(s, "\n");
}
