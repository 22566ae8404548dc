#include "rail/ticket.h"

#include <string.h>

struct tbc_utc
tbc_ticket_opens(const struct tbc_trip *trip, const struct tbc_policy *policy)
{
    return (struct tbc_utc){ trip->depart.s - policy->gate_opens_s };
}

enum tbc_verdict
tbc_ticket_judge(const struct tbc_trip *trip, const char *station,
                 const struct tbc_policy *policy, struct tbc_utc now)
{
    if (strcmp(trip->from, station) != 0) {
        return TBC_WRONG_STATION;
    }
    if (now.s < tbc_ticket_opens(trip, policy).s) {
        return TBC_TOO_EARLY;
    }
    return now.s >= trip->depart.s - policy->gate_closes_s ? TBC_TOO_LATE
                                                           : TBC_ACCEPTED_OFFLINE;
}

static int
rank(enum tbc_verdict v)
{
    static const int ranks[TBC_VERDICT_N] = {
        [TBC_WRONG_STATION] = 1,
        [TBC_TOO_LATE] = 2,
        [TBC_TOO_EARLY] = 3,
        [TBC_ACCEPTED_OFFLINE] = 4,
    };

    return ranks[v];
}

/* Seconds to a departure; one that has gone is further than any that is coming. */
static int64_t
distance(const struct tbc_trip *trip, struct tbc_utc now)
{
    const int64_t left = trip->depart.s - now.s;

    return left >= 0 ? left : INT64_MAX / 2 - left;
}

bool
tbc_ticket_is_nearer(const struct tbc_trip *a, enum tbc_verdict a_verdict,
                     const struct tbc_trip *b, enum tbc_verdict b_verdict,
                     struct tbc_utc now)
{
    if (a_verdict != b_verdict) {
        return rank(a_verdict) > rank(b_verdict);
    }
    return distance(a, now) < distance(b, now);
}

void
tbc_ticket_days(struct tbc_utc depart, const struct tbc_policy *policy, int64_t *first,
                int64_t *last)
{
    /* Issued a life before boarding begins, it has just ended. */
    const struct tbc_utc oldest = { depart.s - policy->gate_opens_s -
                                    policy->validity_s + 1 };

    *first = tbc_utc_day(oldest);
    *last = tbc_utc_day(depart);
}
