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
    bool leaves;         /* this gate leads out; the rest is for such a one */
    bool is_known;       /* the signature is good */
    bool is_doubtful;    /* bound to a phone, and without its good proof */
    bool may_be_inside;  /* a ticket from here whose boarding has begun */
};

/* What this gate knows of the certificate and its holder by itself. */
struct gate_memory {
    bool revoked;
    bool proof_used;
    bool entered; /* inside for that trip */
    struct tbc_utc entered_at;
    bool alone; /* and the station may not know all that says so */
    bool
        may_return; /* who left may come in again: the station knows whether they left */
    bool used_up;   /* has come and left as often as allowed */
    bool came;      /* has come in at all */
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

/* In: the greatest reason for refusal wins (the order of the list).  A certificate that nothing
 * speaks against opens: alone when offline or unanswered, by the station's word otherwise.  Of one
 * that is inside as far as this gate knows the station may know that its holder has left.  A gate
 * without a manifest cannot know the ticket and refers to the officer.
 *
 * Out: nobody is locked in.  What a certificate is still worth does not matter.  Who came in goes
 * out, by this gate's memory, by the station's word, or, alone, because a ticket says that they
 * may well be inside.  Of whom nothing is known, and where the proof is doubtful, an officer decides;
 * what is no certificate says nothing about anybody. */
struct gate_decision
gate_decide(const struct gate_finding *found, const struct gate_memory *memory,
            enum gate_mode mode, const struct gate_answer *answer);

#endif
