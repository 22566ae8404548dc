#include "health.h"

const struct tbc_ill station_ills[STATION_ILLS_N] = {
#define X(name, what, way) { #name, what, way },
    STATION_ILLS(X)
#undef X
};

static unsigned
bit(bool ill, enum station_ill which)
{
    return ill ? 1u << which : 0;
}

unsigned
station_health_judge(const struct station_facts *f)
{
    return bit(f->stopping, STATION_ILL_STOPPING) |
           bit(!f->store_answers, STATION_ILL_STORE) |
           bit(!f->has_trust, STATION_ILL_TRUST_MISSING) |
           bit(f->has_trust && f->now.s >= f->trust_ends.s, STATION_ILL_TRUST_EXPIRED) |
           bit(f->has_trust && !f->signs, STATION_ILL_SIGNER) |
           bit(f->now.s + f->slack_s < f->seen.s, STATION_ILL_CLOCK) |
           bit(f->wants_examiner && !f->has_examiner, STATION_ILL_EXAMINER);
}
