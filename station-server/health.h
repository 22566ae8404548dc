/* Whether the station can do its work, and what is wrong when not: what /readyz says.  Pure. */
#ifndef STATION_HEALTH_H
#define STATION_HEALTH_H

#include "base/ills.h"
#include "base/when.h"

/* name, what is wrong, the way out */
#define STATION_ILLS(X)                                                              \
    X(STOPPING, "the station is ending", "wait for the next start")                  \
    X(STORE, "the store does not answer",                                            \
      "look at the database server and at the disk; everybody hears BUSY meanwhile") \
    X(TRUST_MISSING, "there is no trust list",                                       \
      "sign one that names this station, put it in place, start again")              \
    X(TRUST_EXPIRED, "the trust list has ended", "tbc trust renew, sign, SIGHUP")    \
    X(SIGNER, "no key signs",                                                        \
      "tbc doctor: does the trust list name the issuer key, does its token answer?") \
    X(CLOCK, "the clock is behind a time that was seen before", "set the clock")     \
    X(EXAMINER, "no examiner of faces runs",                                         \
      "look into the log for why it ends; kiosks lead to the desk meanwhile")

enum station_ill {
#define X(name, what, way) STATION_ILL_##name,
    STATION_ILLS(X)
#undef X
    STATION_ILLS_N
};

/* What the shell has seen. */
struct station_facts {
    bool stopping;
    bool store_answers;
    bool has_trust;
    struct tbc_utc trust_ends;
    bool signs; /* a key of the trust list, and its last signature went well */
    struct tbc_utc now;
    struct tbc_utc seen; /* the latest time ever */
    int64_t slack_s;     /* that the clock may go back */
    bool wants_examiner; /* models were given */
    bool has_examiner;
};

/* One bit an ill: 1 << STATION_ILL_STORE.  0: all is well. */
unsigned station_health_judge(const struct station_facts *facts);

extern const struct tbc_ill station_ills[STATION_ILLS_N];

#endif
