#include "decide.h"
#include "suite.h"

#define EARLIER 1700000000
#define ANSWERS 4

static const enum gate_answer_kind kinds[ANSWERS] = {
    GATE_ANSWER_UNASKED,
    GATE_ANSWER_ABSENT,
    GATE_ANSWER_GIVEN,
    GATE_ANSWER_DENIED,
};

/* One point of the whole space. */
struct point {
    struct gate_finding found;
    struct gate_memory memory;
    enum gate_mode mode;
    struct gate_answer answer;
};

static struct gate_decision
decide(const struct point *p)
{
    return gate_decide(&p->found, &p->memory, p->mode, &p->answer);
}

static bool
speaks_against(const struct point *p)
{
    return !tbc_verdict_opens(p->found.verdict) || p->memory.revoked ||
           p->memory.proof_used || p->memory.entered || !p->found.has_ticket;
}

/* Every judgement x ticket x memory x mode x answer, the answer's number one past the list too. */
static void
walk(void (*check)(const struct point *p))
{
    const unsigned answers = TBC_VERDICT_N + 1;
    const unsigned total = TBC_VERDICT_N * 2 * 8 * 2 * ANSWERS * answers;

    for (unsigned i = 0; i < total; i++) {
        unsigned rest = i;
        struct point p = { 0 };

        p.found.verdict = (enum tbc_verdict)(rest % TBC_VERDICT_N);
        rest /= TBC_VERDICT_N;
        p.answer.verdict = rest % answers;
        p.answer.earlier.s = EARLIER;
        rest /= answers;
        p.answer.kind = kinds[rest % ANSWERS];
        rest /= ANSWERS;
        p.found.has_ticket = (rest & 1) != 0;
        p.memory.revoked = (rest & 2) != 0;
        p.memory.proof_used = (rest & 4) != 0;
        p.memory.entered = (rest & 8) != 0;
        p.memory.entered_at.s = EARLIER - 60;
        p.mode = (rest & 16) != 0 ? GATE_ONLINE : GATE_OFFLINE;
        check(&p);
    }
}

static void
check_no_opening_against(const struct point *p)
{
    struct gate_decision d = decide(p);

    if (speaks_against(p)) {
        CU_ASSERT_FALSE(tbc_verdict_opens(d.verdict));
        CU_ASSERT_FALSE(d.ask);
    }
}

static void
nothing_opens_that_anything_speaks_against(void)
{
    walk(check_no_opening_against);
}

static enum tbc_verdict
least(enum tbc_verdict a, enum tbc_verdict b)
{
    return a < b ? a : b;
}

static void
check_greatest_reason(const struct point *p)
{
    enum tbc_verdict want = p->found.verdict;

    if (!speaks_against(p)) {
        return;
    }
    want = p->memory.revoked ? least(want, TBC_REVOKED) : want;
    want = p->memory.proof_used ? least(want, TBC_PROOF_REPLAYED) : want;
    want = p->memory.entered ? least(want, TBC_ALREADY_ENTERED) : want;
    want = p->found.has_ticket ? want : least(want, TBC_REFER_TO_OFFICER);
    CU_ASSERT_EQUAL(decide(p).verdict, want);
}

static void
greatest_reason_is_said(void)
{
    walk(check_greatest_reason);
}

static void
check_asks(const struct point *p)
{
    bool want = !speaks_against(p) && p->mode == GATE_ONLINE &&
                p->answer.kind == GATE_ANSWER_UNASKED;

    CU_ASSERT_EQUAL(decide(p).ask, want);
}

static void
station_is_asked_once_and_only_when_online(void)
{
    walk(check_asks);
}

static void
check_answer_decides(const struct point *p)
{
    struct gate_decision d = decide(p);
    bool given = p->answer.kind == GATE_ANSWER_GIVEN;

    if (speaks_against(p) || p->answer.kind == GATE_ANSWER_UNASKED) {
        return;
    }
    if (p->answer.kind == GATE_ANSWER_ABSENT) {
        CU_ASSERT_EQUAL(d.verdict, TBC_ACCEPTED_OFFLINE);
    } else if (!given || p->answer.verdict >= TBC_VERDICT_N) {
        CU_ASSERT_EQUAL(d.verdict, TBC_REFER_TO_OFFICER);
    } else if (tbc_verdict_opens((enum tbc_verdict)p->answer.verdict)) {
        CU_ASSERT_EQUAL(d.verdict, TBC_ACCEPTED);
        CU_ASSERT_EQUAL(d.time.s, 0);
    } else {
        CU_ASSERT_EQUAL(d.verdict, p->answer.verdict);
        CU_ASSERT_EQUAL(d.time.s, EARLIER);
    }
}

static void
answer_decides_and_silence_leaves_the_gate_alone(void)
{
    walk(check_answer_decides);
}

static void
memory_says_when(void)
{
    struct point p = {
        .found = { .verdict = TBC_ACCEPTED_OFFLINE, .has_ticket = true },
        .memory = { .entered = true, .entered_at = { EARLIER } },
    };

    CU_ASSERT_EQUAL(decide(&p).verdict, TBC_ALREADY_ENTERED);
    CU_ASSERT_EQUAL(decide(&p).time.s, EARLIER);
}

static void
judge_s_time_stays_with_its_verdict(void)
{
    struct point p = {
        .found = { .verdict = TBC_TOO_EARLY, .time = { EARLIER }, .has_ticket = true },
    };

    CU_ASSERT_EQUAL(decide(&p).verdict, TBC_TOO_EARLY);
    CU_ASSERT_EQUAL(decide(&p).time.s, EARLIER);
}

TBC_SUITE("gate/decide", TEST(nothing_opens_that_anything_speaks_against),
          TEST(greatest_reason_is_said),
          TEST(station_is_asked_once_and_only_when_online),
          TEST(answer_decides_and_silence_leaves_the_gate_alone),
          TEST(memory_says_when), TEST(judge_s_time_stays_with_its_verdict))
