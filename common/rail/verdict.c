#include "rail/verdict.h"

static const struct {
    const char *name;
    enum tbc_outcome outcome;
} verdicts[] = {
#define X(name, outcome) { #name, TBC_OUTCOME_##outcome },
    TBC_VERDICT_LIST(X)
#undef X
};

const char *
tbc_verdict_name(enum tbc_verdict v)
{
    return (unsigned)v < TBC_VERDICT_N ? verdicts[v].name : verdicts[0].name;
}

bool
tbc_verdict_parse(struct tbc_span name, enum tbc_verdict *v)
{
    for (unsigned i = 0; i < TBC_VERDICT_N; i++) {
        if (tbc_span_equal(name, tbc_span_str(verdicts[i].name))) {
            *v = (enum tbc_verdict)i;
            return true;
        }
    }
    *v = TBC_MALFORMED;
    return false;
}

enum tbc_outcome
tbc_verdict_outcome(enum tbc_verdict v)
{
    return (unsigned)v < TBC_VERDICT_N ? verdicts[v].outcome : TBC_OUTCOME_REFUSED;
}

bool
tbc_verdict_opens(enum tbc_verdict v)
{
    enum tbc_outcome outcome = tbc_verdict_outcome(v);

    return outcome == TBC_OUTCOME_ACCEPTED || outcome == TBC_OUTCOME_ACCEPTED_OFFLINE;
}
