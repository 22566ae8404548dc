/* The last word on a presentation: what the judge found, what this gate remembers, and what the
 * station answered.  Pure. */
#ifndef GATE_DECIDE_H
#define GATE_DECIDE_H

#include "base/when.h"
#include "rail/verdict.h"

enum gate_mode {
    GATE_OFFLINE, /* 0: until the station was heard, the gate is alone */
    GATE_ONLINE,
};

/* What the judge found, as far as it matters here. */
struct gate_finding {
    enum tbc_verdict verdict;
    struct tbc_utc time; /* of the sentence: boarding opens, valid from */
    bool has_ticket;     /* a trip was found in the manifest */
};

/* What this gate knows of the certificate by itself. */
struct gate_memory {
    bool revoked;
    bool proof_used;
    bool entered;
    struct tbc_utc entered_at;
};

/* How far asking the station has come. */
enum gate_answer_kind {
    GATE_ANSWER_UNASKED,
    GATE_ANSWER_ABSENT, /* none in time, or the station is busy */
    GATE_ANSWER_GIVEN,
    GATE_ANSWER_DENIED, /* the station does not talk to this gate any more */
};

struct gate_answer {
    enum gate_answer_kind kind;
    uint64_t verdict; /* GIVEN: as received, any number */
    struct tbc_utc earlier;
};

struct gate_decision {
    enum tbc_verdict verdict;
    struct tbc_utc time;
    bool ask; /* the verdict stands only until the station is asked */
};

/* The greatest reason for refusal wins (the order of the list).  A certificate that nothing
 * speaks against opens: alone when offline or unanswered, by the station's word otherwise.  A gate
 * without a manifest cannot know the ticket and refers to the officer. */
struct gate_decision
gate_decide(const struct gate_finding *found, const struct gate_memory *memory,
            enum gate_mode mode, const struct gate_answer *answer);

#endif
