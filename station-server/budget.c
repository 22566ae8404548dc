#include "budget.h"

#include <string.h>

#define TOKEN 1000 /* thousandths */

static struct station_bucket *
find(struct station_budget *b, const uint8_t *key)
{
    for (size_t i = 0; i < STATION_BUDGET_DEVICES; i++) {
        if (b->buckets[i].known && memcmp(b->buckets[i].key, key, 32) == 0) {
            return &b->buckets[i];
        }
    }
    return NULL;
}

/* A free one, or that of the device longest silent with nothing waiting; NULL when all wait. */
static struct station_bucket *
make_room(struct station_budget *b)
{
    struct station_bucket *best = NULL;

    for (size_t i = 0; i < STATION_BUDGET_DEVICES; i++) {
        struct station_bucket *it = &b->buckets[i];

        if (!it->known) {
            return it;
        }
        if (it->waiting == 0 && (best == NULL || it->at.ms < best->at.ms)) {
            best = it;
        }
    }
    return best;
}

/* What was gained since; never more than burst, never by a clock that went back. */
static void
refill(struct station_bucket *it, const struct station_limits *l, struct tbc_mono now)
{
    const int64_t full = l->burst * TOKEN;
    const int64_t elapsed = now.ms > it->at.ms ? now.ms - it->at.ms : 0;
    const int64_t lacking = full > it->thousandths ? full - it->thousandths : 0;

    if (elapsed > lacking / l->per_s) {
        it->thousandths = full; /* also: no overflow after a year of silence */
    } else {
        it->thousandths += elapsed * l->per_s;
    }
    it->thousandths = it->thousandths > full ? full : it->thousandths;
    it->at = now.ms > it->at.ms ? now : it->at;
}

uint64_t
station_budget_take(struct station_budget *b, const uint8_t key[static 32],
                    const struct station_limits *limits, struct tbc_mono now)
{
    struct station_bucket *it = find(b, key);

    if (it == NULL) {
        if ((it = make_room(b)) == NULL) {
            return STATION_SHARE_WAIT_MS;
        }
        *it = (struct station_bucket){ .known = true,
                                       .at = now,
                                       .thousandths = limits->burst * TOKEN };
        memcpy(it->key, key, sizeof it->key);
    }
    refill(it, limits, now);
    if (it->thousandths < TOKEN) {
        it->refused++;
        return (uint64_t)((TOKEN - it->thousandths + limits->per_s - 1) /
                          limits->per_s);
    }
    if (it->waiting >= limits->share) {
        it->refused++;
        return STATION_SHARE_WAIT_MS;
    }
    it->thousandths -= TOKEN;
    it->waiting++;
    return 0;
}

void
station_budget_malformed(struct station_budget *b, const uint8_t key[static 32],
                         const char *what)
{
    struct station_bucket *it = find(b, key);

    if (it != NULL) {
        it->malformed++;
        it->malformed_what = what;
    }
}

void
station_budget_done(struct station_budget *b, const uint8_t key[static 32])
{
    struct station_bucket *it = find(b, key);

    if (it != NULL && it->waiting > 0) {
        it->waiting--;
    }
}
