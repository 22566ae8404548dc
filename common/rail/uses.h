/* Who is inside: what follows from a person's comings and goings, as gates have told them.  Pure.
 *
 * The outcome is a function of the set of events, by their times and ids: in which order they were
 * told, and how often, changes nothing.  A lonely gate tells hours later what happened first.
 *
 * An entry is for a trip; whoever leaves has left for every trip.  An annulled event did not happen:
 * the barrier had opened, and nobody passed.  Two clocks differ by a few seconds, so somebody may
 * seem to leave just before they came: that is taken for the order in which it makes sense. */
#ifndef TBC_RAIL_USES_H
#define TBC_RAIL_USES_H

#include "rail/journey.h"

#include <stddef.h>
#include <stdint.h>

#define TBC_EVENT_LEN 16
/* of one person at one time; whoever has more has only the newest counted */
#define TBC_USES_MAX 128

/* The numbers are on the wire and in every journal. */
enum tbc_act {
    TBC_ACT_ENTER = 0,
    TBC_ACT_EXIT = 1,
    TBC_ACT_ANNUL = 2,
    TBC_ACT_N
};

/* "enter", "exit", "annul"; "?" for a number of none. */
const char *tbc_act_word(uint64_t act);

/* One that opened a barrier, or took that back. */
struct tbc_use {
    uint8_t event[TBC_EVENT_LEN];
    enum tbc_act act;
    struct tbc_utc at;
    char train[TBC_TRAIN_MAX + 1]; /* ENTER: the trip */
    struct tbc_utc depart;
    uint8_t of[TBC_EVENT_LEN]; /* ANNUL: the event that did not happen */
    bool
        fresh; /* ENTER, by the word of somebody who knew more: nobody was inside then */

    /* found by tbc_uses_settle */
    bool annulled;
    bool
        conflict; /* ENTER: somebody was inside for that trip; EXIT: nobody was inside */
    bool disputed; /* ENTER: it, or one that came to it, is a conflict */
    bool inside;   /* ENTER: nobody has left since */
    uint64_t
        round; /* ENTER: how often somebody had come and left for that trip before */
};

/* Put in order, drop what was told twice, and find out.  Returns how many are left, in the order in
 * which they happened.
 *   n       at most TBC_USES_MAX
 *   skew_s  tolerated difference of two clocks */
size_t tbc_uses_settle(struct tbc_use *uses, size_t n, int64_t skew_s);

/* How things stand for a trip, from what was settled. */
struct tbc_presence {
    bool inside;
    struct tbc_utc since;  /* of those inside the first came then; else who came last */
    struct tbc_utc newest; /* who came last */
    uint64_t rounds;       /* came and left so often */
};

struct tbc_presence tbc_uses_presence(const struct tbc_use *uses, size_t n,
                                      const char *train, struct tbc_utc depart);

/* Whether somebody came in at all, for whatever trip; and whether somebody is inside. */
bool tbc_uses_entered(const struct tbc_use *uses, size_t n);
bool tbc_uses_inside(const struct tbc_use *uses, size_t n);

#endif
