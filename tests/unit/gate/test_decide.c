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
           p->memory.proof_used || p->memory.entered || p->memory.used_up ||
           !p->found.has_ticket;
}

/* Only the entry that is remembered speaks against it, and the station may know that they left. */
static bool
may_have_left(const struct point *p)
{
    struct point q = *p;

    q.memory.entered = false;
    return p->memory.entered && !p->memory.alone && p->memory.may_return &&
           !speaks_against(&q);
}

/* Every judgement x ticket x memory x mode x answer, the answer's number one past the list too. */
static void
walk(void (*check)(const struct point *p))
{
    const unsigned answers = TBC_VERDICT_N + 1;
    const unsigned total = TBC_VERDICT_N * 2 * 8 * 2 * 8 * ANSWERS * answers;

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
        p.memory.alone = (rest & 32) != 0;
        p.memory.may_return = (rest & 64) != 0;
        p.memory.used_up = (rest & 128) != 0;
        check(&p);
    }
}

static void
check_no_opening_against(const struct point *p)
{
    struct gate_decision d = decide(p);

    if (speaks_against(p) && !may_have_left(p)) {
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

    if (!speaks_against(p) ||
        (may_have_left(p) && p->answer.kind != GATE_ANSWER_UNASKED &&
         p->answer.kind != GATE_ANSWER_ABSENT)) {
        return;
    }
    want = p->memory.revoked ? least(want, TBC_REVOKED) : want;
    want = p->memory.proof_used ? least(want, TBC_PROOF_REPLAYED) : want;
    want = p->memory.entered || p->memory.used_up ? least(want, TBC_ALREADY_ENTERED)
                                                  : want;
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
    bool want = (!speaks_against(p) || may_have_left(p)) && p->mode == GATE_ONLINE &&
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

    if ((speaks_against(p) && !may_have_left(p)) ||
        p->answer.kind == GATE_ANSWER_UNASKED) {
        return;
    }
    if (p->answer.kind == GATE_ANSWER_ABSENT) {
        CU_ASSERT_EQUAL(d.verdict,
                        may_have_left(p) ? TBC_ALREADY_ENTERED : TBC_ACCEPTED_OFFLINE);
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

/* The way out: every judgement x what is known x memory x mode x answer. */
static void
walk_out(void (*check)(const struct point *p))
{
    for (unsigned i = 0; i < TBC_VERDICT_N * 32 * 2 * ANSWERS * (TBC_VERDICT_N + 1);
         i++) {
        unsigned rest = i;
        struct point p = { .found = { .leaves = true } };

        p.found.verdict = (enum tbc_verdict)(rest % TBC_VERDICT_N);
        rest /= TBC_VERDICT_N;
        p.answer.verdict = rest % (TBC_VERDICT_N + 1);
        rest /= TBC_VERDICT_N + 1;
        p.answer.kind = kinds[rest % ANSWERS];
        rest /= ANSWERS;
        p.found.is_known = (rest & 1) != 0;
        p.found.is_doubtful = (rest & 2) != 0;
        p.found.may_be_inside = (rest & 4) != 0;
        p.memory.came = (rest & 8) != 0;
        p.memory.proof_used = (rest & 16) != 0;
        p.memory.entered = p.memory.came;
        p.memory.revoked = (rest & 1) != 0;
        p.mode = (rest & 32) != 0 ? GATE_ONLINE : GATE_OFFLINE;
        check(&p);
    }
}

static bool
is_sound(const struct point *p)
{
    return p->found.verdict != TBC_MALFORMED &&
           p->found.verdict != TBC_NOT_A_CERTIFICATE && p->found.is_known &&
           !p->found.is_doubtful && !p->memory.proof_used;
}

static void
check_way_out(const struct point *p)
{
    struct gate_decision d = decide(p);
    bool station = p->answer.kind == GATE_ANSWER_GIVEN &&
                   (p->answer.verdict == TBC_ACCEPTED ||
                    p->answer.verdict == TBC_ACCEPTED_OFFLINE);

    if (is_sound(p) && station) {
        CU_ASSERT_EQUAL(d.verdict, TBC_ACCEPTED);
    } else if (is_sound(p) && (p->memory.came || p->found.may_be_inside)) {
        CU_ASSERT_EQUAL(d.verdict, TBC_ACCEPTED_OFFLINE);
    } else if (p->found.verdict == TBC_MALFORMED ||
               p->found.verdict == TBC_NOT_A_CERTIFICATE) {
        CU_ASSERT_EQUAL(d.verdict, p->found.verdict);
    } else { /* never a silent refusal */
        CU_ASSERT_EQUAL(d.verdict, TBC_REFER_TO_OFFICER);
    }
    CU_ASSERT_EQUAL(d.ask, is_sound(p) && p->mode == GATE_ONLINE &&
                               p->answer.kind == GATE_ANSWER_UNASKED);
}

static void
nobody_is_locked_in(void)
{
    walk_out(check_way_out);
}

TBC_SUITE("gate/decide", TEST(nothing_opens_that_anything_speaks_against),
          TEST(greatest_reason_is_said),
          TEST(station_is_asked_once_and_only_when_online),
          TEST(answer_decides_and_silence_leaves_the_gate_alone),
          TEST(memory_says_when), TEST(nobody_is_locked_in),
          TEST(judge_s_time_stays_with_its_verdict))
