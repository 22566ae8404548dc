/* When not to ask a service that does not answer.  Pure: "now" is a parameter.
 *
 *     CLOSED     it is asked; so many failures in a row open the breaker
 *     OPEN       nobody asks, until a pause is over
 *     HALF_OPEN  one asks: a good answer closes, a bad one opens again */
#ifndef STATION_PROVIDER_BREAKER_H
#define STATION_PROVIDER_BREAKER_H

#include "base/when.h"

#include <stdbool.h>

#define STATION_BREAKER_BAD 4     /* failures in a row that open it */
#define STATION_BREAKER_MS  10000 /* the pause */

enum station_breaker_state {
    STATION_BREAKER_CLOSED,
    STATION_BREAKER_OPEN,
    STATION_BREAKER_HALF_OPEN,
    STATION_BREAKER_STATES
};

/* { 0 } is closed. */
struct station_breaker {
    enum station_breaker_state state;
    unsigned bad;          /* in a row */
    struct tbc_mono until; /* not closed: when one may ask (again) */
};

/* May one ask now?  When half open, whoever is told yes must report what came of it; if nothing
 * comes, another may ask after a pause. */
bool station_breaker_ask(struct station_breaker *b, struct tbc_mono now);
/* What came of it.  Answers to what was asked before it opened change nothing then. */
void station_breaker_report(struct station_breaker *b, bool good, struct tbc_mono now);

#endif
