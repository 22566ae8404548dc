/* What the signer signs.  Pure: no clock, no file, no key; "now" is a parameter.
 *
 * Four kinds of object of its own station, each decoded as strictly as those decode it who will
 * believe the signature: certificates within the policy, status lists, manifests and checkpoints
 * that do not go back.  Everything else is refused, by the name of the field that is wrong. */
#ifndef STATION_SIGNER_RULES_H
#define STATION_SIGNER_RULES_H

#include "codec/trustlist.h"

#define SIGNER_CLOCK_S 300       /* what two readings of one clock may differ */
#define SIGNER_AHEAD_S TBC_DAY_S /* versions of lists run ahead when lists are many */
#define SIGNER_LIFE_S  (366 * TBC_DAY_S) /* of lists, at most */

struct signer_rules {
    char station[TBC_TELECODE_MAX + 1];
    int64_t validity_s; /* a certificate lives that long at most */
    int64_t per_minute; /* certificates, at most; all of them at once, too */
};

/* What it has signed, which nothing may go behind.  { 0 } at the start, but for floor. */
struct signer_past {
    struct tbc_utc floor; /* the latest time of a certificate */
    struct tbc_utc status;
    uint64_t manifest;
    struct tbc_utc checkpoint;
    uint64_t checkpoint_size;
    int64_t
        left; /* certificates that may be signed now, times a minute's milliseconds */
    struct tbc_mono at;
};

/* One that may sign per_minute certificates at once. */
void signer_past_init(struct signer_past *past, const struct signer_rules *rules,
                      struct tbc_utc floor, struct tbc_mono mono);

/* Both clocks of one moment. */
struct signer_now {
    struct tbc_utc utc;
    struct tbc_mono mono;
};

/* NULL when the payload may be signed, and then *past remembers it; else what is wrong, static:
 * "exp", or SIGNER_TOO_MANY.
 *   row   the trust list's row of the key, valid now; NULL when there is none */
const char *signer_judge(const struct signer_rules *rules, struct signer_past *past,
                         const struct tbc_trust_key *row, enum tbc_typ typ,
                         struct tbc_span payload, struct signer_now now);

#define SIGNER_TOO_MANY "more certificates than a minute may have"

#endif
