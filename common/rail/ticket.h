/* The rules of tickets: which of a holder's trips a gate may let in for, and which it names when it
 * may for none.  Pure.
 *
 * A boarding window is counted in seconds before departure, so it crosses midnight like any other
 * hour.  Days are the railway's (base/when.h); they matter only to pseudonyms, whose key changes
 * with them. */
#ifndef TBC_RAIL_TICKET_H
#define TBC_RAIL_TICKET_H

#include "rail/journey.h"
#include "rail/policy.h"
#include "rail/verdict.h"

/* What one trip is worth at a station now.
 *   WRONG_STATION         it departs from elsewhere, also when it goes to this station
 *   TOO_EARLY, TOO_LATE   outside [departure - opens, departure - closes)
 *   ACCEPTED_OFFLINE      it may be boarded */
enum tbc_verdict tbc_ticket_judge(const struct tbc_trip *trip, const char *station,
                                  const struct tbc_policy *policy, struct tbc_utc now);

/* When its boarding begins. */
struct tbc_utc
tbc_ticket_opens(const struct tbc_trip *trip, const struct tbc_policy *policy);

/* Whether of two trips with these verdicts the first is the one to name: one that may be boarded,
 * then one that is coming, then one that has gone, then one from elsewhere; and of two alike the
 * nearest: the next to leave, or the last that left. */
bool tbc_ticket_is_nearer(const struct tbc_trip *a, enum tbc_verdict a_verdict,
                          const struct tbc_trip *b, enum tbc_verdict b_verdict,
                          struct tbc_utc now);

/* The days on which a certificate may have been issued that is good at some moment of a departure's
 * boarding window, or up to the departure: first..last, both included. */
void tbc_ticket_days(struct tbc_utc depart, const struct tbc_policy *policy,
                     int64_t *first, int64_t *last);

#endif
