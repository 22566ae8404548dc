#include "provider_breaker.h"

enum event {
    ASK_EARLY, /* before the pause is over */
    ASK_DUE,
    GOOD,
    BAD,
    BAD_LAST, /* as many in a row as it takes */
    EVENTS
};

struct edge {
    enum station_breaker_state next;
    bool let;   /* one may ask */
    bool pause; /* a pause begins */
};

/* clang-format off */
static const struct edge edges[STATION_BREAKER_STATES][EVENTS] = {
    [STATION_BREAKER_CLOSED] = {
        [ASK_EARLY] = { STATION_BREAKER_CLOSED,    true,  false },
        [ASK_DUE]   = { STATION_BREAKER_CLOSED,    true,  false },
        [GOOD]      = { STATION_BREAKER_CLOSED,    false, false },
        [BAD]       = { STATION_BREAKER_CLOSED,    false, false },
        [BAD_LAST]  = { STATION_BREAKER_OPEN,      false, true  },
    },
    [STATION_BREAKER_OPEN] = {
        [ASK_EARLY] = { STATION_BREAKER_OPEN,      false, false },
        [ASK_DUE]   = { STATION_BREAKER_HALF_OPEN, true,  true  },
        [GOOD]      = { STATION_BREAKER_OPEN,      false, false },
        [BAD]       = { STATION_BREAKER_OPEN,      false, false },
        [BAD_LAST]  = { STATION_BREAKER_OPEN,      false, false },
    },
    [STATION_BREAKER_HALF_OPEN] = {
        [ASK_EARLY] = { STATION_BREAKER_HALF_OPEN, false, false },
        [ASK_DUE]   = { STATION_BREAKER_HALF_OPEN, true,  true  },
        [GOOD]      = { STATION_BREAKER_CLOSED,    false, false },
        [BAD]       = { STATION_BREAKER_OPEN,      false, true  },
        [BAD_LAST]  = { STATION_BREAKER_OPEN,      false, true  },
    },
};
/* clang-format on */

static bool
take(struct station_breaker *b, enum event event, struct tbc_mono now)
{
    const struct edge *e = &edges[b->state][event];

    if (e->pause) {
        b->until.ms = now.ms + STATION_BREAKER_MS;
    }
    b->state = e->next;
    return e->let;
}

bool
station_breaker_ask(struct station_breaker *b, struct tbc_mono now)
{
    return take(b, now.ms < b->until.ms ? ASK_EARLY : ASK_DUE, now);
}

void
station_breaker_report(struct station_breaker *b, bool good, struct tbc_mono now)
{
    b->bad = good ? 0 : b->bad + 1;
    (void)take(b, good ? GOOD : b->bad >= STATION_BREAKER_BAD ? BAD_LAST : BAD, now);
}
