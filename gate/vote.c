#include "vote.h"

void
gate_vote_begin(struct gate_vote *vote, int64_t least_permille, struct tbc_mono now)
{
    *vote = (struct gate_vote){ .begun = now, .least = least_permille };
}

void
gate_vote_add(struct gate_vote *vote, int64_t permille)
{
    if (vote->good_n == 0 || permille > vote->best) {
        vote->best = permille;
    }
    vote->good_n++;
}

enum gate_look
gate_vote_tell(const struct gate_vote *vote, struct tbc_mono now)
{
    if (vote->good_n > 0 && vote->best >= vote->least) {
        return GATE_LOOK_SAME;
    }
    if (vote->good_n >= GATE_LOOK_FRAMES) {
        return GATE_LOOK_OTHER;
    }
    if (now.ms - vote->begun.ms < GATE_LOOK_MS) {
        return GATE_LOOK_ON;
    }
    return vote->good_n > 0 ? GATE_LOOK_OTHER : GATE_LOOK_NOBODY;
}

const char *
gate_look_word(enum gate_look look)
{
    switch (look) {
    case GATE_LOOK_ON:
        return "on";
    case GATE_LOOK_SAME:
        return "same";
    case GATE_LOOK_OTHER:
        return "other";
    case GATE_LOOK_NOBODY:
        return "nobody";
    case GATE_LOOK_UNABLE:
        break;
    }
    return "unable";
}
