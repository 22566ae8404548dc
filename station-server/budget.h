/* How much one device may ask, so that none starves the others.  Pure: "now" is a parameter.
 *
 * Each device has a bucket of tokens, one token a request.  It holds burst of them and gains per_s
 * each second.  Besides, no device has more than share requests waiting at one time.  What is
 * refused costs nothing: a device that comes again after the time it is told finds a token, unless
 * it asked in between. */
#ifndef STATION_BUDGET_H
#define STATION_BUDGET_H

#include "base/when.h"

#define STATION_BUDGET_DEVICES \
    256 /* those asking of late; the one longest silent makes room */
#define STATION_SHARE_WAIT_MS 20 /* until some of its waiting requests are answered */

struct station_limits {
    int64_t per_s; /* at least 1; the same below */
    int64_t burst;
    int64_t share;
};

struct station_bucket {
    uint8_t key[32];
    int64_t thousandths; /* of a token */
    struct tbc_mono at;  /* as of then */
    int64_t waiting;     /* requests granted, not yet answered */
    uint64_t refused;    /* since somebody was told */
    struct tbc_mono told;
    uint64_t malformed; /* messages that were no requests, since somebody was told */
    const char *malformed_what; /* of the last; static text */
    struct tbc_mono malformed_told;
    bool known;
};

struct station_budget {
    struct station_bucket buckets[STATION_BUDGET_DEVICES];
};

/* Take a token: 0 when granted, else the milliseconds until it is worth asking again. */
uint64_t station_budget_take(struct station_budget *b, const uint8_t key[static 32],
                             const struct station_limits *limits, struct tbc_mono now);

/* A granted request turned out to be none: what is wrong, static text. */
void station_budget_malformed(struct station_budget *b, const uint8_t key[static 32],
                              const char *what);

/* A granted request is no longer waiting. */
void station_budget_done(struct station_budget *b, const uint8_t key[static 32]);

#endif
