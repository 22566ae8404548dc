/* What looking at a face has come to, frame after frame.  Pure. */
#ifndef GATE_VOTE_H
#define GATE_VOTE_H

#include "base/when.h"

#define GATE_LOOK_MS     2500 /* a look takes no longer */
#define GATE_LOOK_FRAMES 5    /* good ones that differ are enough to stop */

enum gate_look {
    GATE_LOOK_ON, /* 0: it goes on */
    GATE_LOOK_SAME,
    GATE_LOOK_OTHER,  /* a face, and not the certificate's */
    GATE_LOOK_NOBODY, /* no face good enough to compare */
    GATE_LOOK_UNABLE, /* camera or examiner did not work: nothing is known */
};

struct gate_vote {
    struct tbc_mono begun;
    int64_t least; /* estimated cosine x 1000 from which it is the same person */
    int64_t best;  /* so far; meaningful with good_n > 0 */
    size_t good_n;
};

void
gate_vote_begin(struct gate_vote *vote, int64_t least_permille, struct tbc_mono now);

/* One frame with a face that is good enough; permille: estimated cosine x 1000. */
void gate_vote_add(struct gate_vote *vote, int64_t permille);

/* Never UNABLE. */
enum gate_look gate_vote_tell(const struct gate_vote *vote, struct tbc_mono now);

/* For the log: "same". */
const char *gate_look_word(enum gate_look look);

#endif
