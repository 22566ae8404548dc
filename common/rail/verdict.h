/* The one list of verdicts, shared by gate, patrol, kiosk, command line and phone.
 *
 * The order is the priority: where several are true, the first is said, so that a lesser reason
 * never hides a greater one.  Sentences, icons and sounds hang on the names in assets/text. */
#ifndef TBC_RAIL_VERDICT_H
#define TBC_RAIL_VERDICT_H

#include "base/span.h"

/* name, outcome */
#define TBC_VERDICT_LIST(X)       \
    X(MALFORMED, REFUSED)         \
    X(NOT_A_CERTIFICATE, REFUSED) \
    X(UNSUPPORTED_VERSION, REFER) \
    X(UNKNOWN_ISSUER, REFER)      \
    X(BAD_SIGNATURE, REFUSED)     \
    X(NOT_YET_VALID, WAIT)        \
    X(EXPIRED, REFUSED)           \
    X(REVOKED, REFUSED)           \
    X(STATUS_UNKNOWN, REFER)      \
    X(PROOF_MISSING, REFUSED)     \
    X(PROOF_STALE, REFUSED)       \
    X(PROOF_REPLAYED, REFUSED)    \
    X(NO_TICKET, REFUSED)         \
    X(WRONG_STATION, REFUSED)     \
    X(TOO_EARLY, WAIT)            \
    X(TOO_LATE, REFUSED)          \
    X(ALREADY_ENTERED, REFUSED)   \
    X(FACE_MISMATCH, REFER)       \
    X(REFER_TO_OFFICER, REFER)    \
    X(ACCEPTED, ACCEPTED)         \
    X(ACCEPTED_OFFLINE, ACCEPTED_OFFLINE)

enum tbc_verdict {
#define X(name, outcome) TBC_##name,
    TBC_VERDICT_LIST(X)
#undef X
    TBC_VERDICT_N
};

/* What lamp, barrier and sound do.  Names are the [state.*] sections of theme.conf. */
enum tbc_outcome {
    TBC_OUTCOME_REFUSED, /* 0: whatever is not decided stays shut */
    TBC_OUTCOME_REFER,
    TBC_OUTCOME_WAIT,
    TBC_OUTCOME_ACCEPTED,
    TBC_OUTCOME_ACCEPTED_OFFLINE,
};

/* "ALREADY_ENTERED"; "MALFORMED" for a value outside the list. */
const char *tbc_verdict_name(enum tbc_verdict v);

/* The verdict of that name; false and MALFORMED when there is none. */
bool tbc_verdict_parse(struct tbc_span name, enum tbc_verdict *v);

enum tbc_outcome tbc_verdict_outcome(enum tbc_verdict v);

/* True for ACCEPTED and ACCEPTED_OFFLINE: the barrier may open. */
bool tbc_verdict_opens(enum tbc_verdict v);

#endif
