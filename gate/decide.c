#include "decide.h"

/* A refusal takes the place of a lesser one and of acceptance. */
static void
hold_against(struct gate_decision *d, enum tbc_verdict verdict, struct tbc_utc time)
{
    if (verdict < d->verdict) {
        d->verdict = verdict;
        d->time = time;
    }
}

static struct gate_decision
decide_alone(const struct gate_finding *found, const struct gate_memory *memory)
{
    static const struct tbc_utc no_time = { 0 };
    struct gate_decision d = { .verdict = found->verdict, .time = found->time };

    if ((unsigned)d.verdict >= TBC_VERDICT_N) {
        d.verdict = TBC_MALFORMED;
    }
    if (memory->revoked) {
        hold_against(&d, TBC_REVOKED, no_time);
    }
    if (memory->proof_used) {
        hold_against(&d, TBC_PROOF_REPLAYED, no_time);
    }
    if (memory->entered || memory->used_up) {
        hold_against(&d, TBC_ALREADY_ENTERED, memory->entered_at);
    }
    if (!found->has_ticket) {
        hold_against(&d, TBC_REFER_TO_OFFICER, no_time);
    }
    return d;
}

static struct gate_decision
decide_answered(const struct gate_answer *answer)
{
    struct gate_decision d = { .verdict = TBC_REFER_TO_OFFICER };

    if (answer->kind == GATE_ANSWER_GIVEN && answer->verdict < TBC_VERDICT_N) {
        d.verdict = (enum tbc_verdict)answer->verdict;
        d.time = answer->earlier;
    }
    if (tbc_verdict_opens(d.verdict)) {
        d.verdict = TBC_ACCEPTED;
        d.time = (struct tbc_utc){ 0 };
    }
    return d;
}

/* Nothing but this gate's memory of an entry speaks against it, and the station may know more. */
static bool
may_have_left(const struct gate_finding *found, const struct gate_memory *memory,
              const struct gate_decision *alone)
{
    return alone->verdict == TBC_ALREADY_ENTERED && memory->entered && !memory->alone &&
           memory->may_return && !memory->used_up && found->has_ticket &&
           tbc_verdict_opens(found->verdict);
}

static struct gate_decision
decide_coming(const struct gate_finding *found, const struct gate_memory *memory,
              enum gate_mode mode, const struct gate_answer *answer)
{
    struct gate_decision d = decide_alone(found, memory);

    if (!tbc_verdict_opens(d.verdict) && !may_have_left(found, memory, &d)) {
        return d;
    }
    if (tbc_verdict_opens(d.verdict)) {
        d.verdict = TBC_ACCEPTED_OFFLINE;
    }
    switch (answer->kind) {
    case GATE_ANSWER_UNASKED:
        d.ask = mode == GATE_ONLINE;
        break;
    case GATE_ANSWER_ABSENT:
        break;
    case GATE_ANSWER_GIVEN:
    case GATE_ANSWER_DENIED:
        return decide_answered(answer);
    }
    return d;
}

static struct gate_decision
decide_leaving(const struct gate_finding *found, const struct gate_memory *memory,
               enum gate_mode mode, const struct gate_answer *answer)
{
    const bool by_station = answer->kind == GATE_ANSWER_GIVEN &&
                            answer->verdict < TBC_VERDICT_N &&
                            tbc_verdict_opens((enum tbc_verdict)answer->verdict);
    struct gate_decision d = { .verdict = TBC_REFER_TO_OFFICER };

    if (found->verdict == TBC_MALFORMED || found->verdict == TBC_NOT_A_CERTIFICATE) {
        d.verdict = found->verdict;
    } else if (!found->is_known || found->is_doubtful || memory->proof_used) {
        d.verdict = TBC_REFER_TO_OFFICER;
    } else if (by_station) {
        d.verdict = TBC_ACCEPTED;
    } else {
        d.verdict = memory->came || found->may_be_inside ? TBC_ACCEPTED_OFFLINE
                                                         : TBC_REFER_TO_OFFICER;
        d.ask = mode == GATE_ONLINE && answer->kind == GATE_ANSWER_UNASKED;
    }
    return d;
}

struct gate_decision
gate_decide(const struct gate_finding *found, const struct gate_memory *memory,
            enum gate_mode mode, const struct gate_answer *answer)
{
    return found->leaves ? decide_leaving(found, memory, mode, answer)
                         : decide_coming(found, memory, mode, answer);
}
