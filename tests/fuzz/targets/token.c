/* A scanned text before the judge.  Nothing opens, and no claims are believed, but those of tokens
 * that were issued by keys which no longer exist; every refusal has a name and, when malformed, a
 * place. */
#include "fuzz.h"
#include "gate.h"

static void
check(struct tbc_span in, bool challenge)
{
    struct tbc_judgement out;

    FUZZ_HOLDS(gate_judge(in, challenge, &out) == TBC_OK);
    FUZZ_HOLDS((unsigned)out.verdict < TBC_VERDICT_N);
    FUZZ_HOLDS(out.verdict != TBC_MALFORMED || out.fault.what != NULL);
    FUZZ_HOLDS(out.fault.offset <= in.len);
    FUZZ_HOLDS(!tbc_verdict_opens(out.verdict) || out.has_claims);
    FUZZ_HOLDS(!tbc_verdict_opens(out.verdict) ||
               gate_has_issued_token(in, out.is_live));
    FUZZ_HOLDS(!out.has_claims || gate_has_issued_claims(&out.claims));
}

void
fuzz_target(struct tbc_span in)
{
    check(in, false);
    check(in, true);
}
