#include "rail/uses.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

#define SKEW 5

static uint32_t seed = 20260203;

static uint32_t
draw(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

/* What was told, as text: kind, its number, its time, and of an annulment what it annuls.
 *     E e   enter for the first or the second trip     X exit     A annul */
struct told {
    char kind;
    uint8_t number;
    int64_t at;
    uint8_t of;
};

static struct tbc_use
use_of(const struct told *t)
{
    struct tbc_use u = { .event = { t->number }, .at = { t->at }, .of = { t->of } };

    switch (t->kind) {
    case 'E':
    case 'e':
        u.act = TBC_ACT_ENTER;
        (void)snprintf(u.train, sizeof u.train, "G%c", t->kind);
        u.depart.s = 9000;
        break;
    case 'X':
        u.act = TBC_ACT_EXIT;
        break;
    default:
        u.act = TBC_ACT_ANNUL;
        break;
    }
    return u;
}

/* One letter an event, in the order of their numbers:
 *     .  in order      !  a conflict      -  annulled */
static void
letters(const struct told *told, size_t n, char *out)
{
    static struct tbc_use uses[TBC_USES_MAX];
    size_t got;

    for (size_t i = 0; i < n; i++) {
        uses[i] = use_of(&told[i]);
    }
    got = tbc_uses_settle(uses, n, SKEW);
    memset(out, '.', n);
    out[n] = '\0';
    for (size_t i = 0; i < got; i++) {
        const bool conflict = uses[i].conflict && !uses[i].annulled;

        out[uses[i].event[0] - 1] = ".!-"[conflict ? 1 : uses[i].annulled ? 2 : 0];
    }
}

static void
stories_end_as_they_should(void)
{
    static const struct {
        struct told told[6];
        const char *want;
    } rows[] = {
        { { { 'E', 1, 100, 0 } }, "." },
        { { { 'E', 1, 100, 0 }, { 'E', 2, 200, 0 } }, ".!" },
        { { { 'E', 1, 200, 0 }, { 'E', 2, 100, 0 } }, "!." },
        /* in the same second, the ids decide */
        { { { 'E', 1, 100, 0 }, { 'E', 2, 100, 0 } }, ".!" },
        { { { 'E', 1, 100, 0 }, { 'X', 2, 150, 0 }, { 'E', 3, 200, 0 } }, "..." },
        { { { 'E', 1, 100, 0 }, { 'E', 2, 200, 0 }, { 'X', 3, 150, 0 } }, "..." },
        /* two trips do not hinder each other, and who leaves has left for both */
        { { { 'E', 1, 100, 0 }, { 'e', 2, 110, 0 } }, ".." },
        { { { 'E', 1, 100, 0 },
            { 'e', 2, 110, 0 },
            { 'X', 3, 120, 0 },
            { 'E', 4, 130, 0 },
            { 'e', 5, 140, 0 } },
          "....." },
        /* nobody was inside */
        { { { 'X', 1, 100, 0 } }, "!" },
        { { { 'E', 1, 100, 0 }, { 'X', 2, 200, 0 }, { 'X', 3, 300, 0 } }, "..!" },
        /* two in, two out */
        { { { 'E', 1, 100, 0 },
            { 'E', 2, 110, 0 },
            { 'X', 3, 120, 0 },
            { 'E', 4, 130, 0 } },
          ".!.!" },
        { { { 'E', 1, 100, 0 },
            { 'E', 2, 110, 0 },
            { 'X', 3, 120, 0 },
            { 'X', 4, 125, 0 },
            { 'E', 5, 130, 0 } },
          ".!..." },
        /* what did not happen is not counted, whenever that is told */
        { { { 'E', 1, 100, 0 }, { 'A', 2, 105, 1 }, { 'E', 3, 110, 0 } }, "-.." },
        { { { 'A', 1, 90, 2 }, { 'E', 2, 100, 0 }, { 'E', 3, 110, 0 } }, ".-." },
        { { { 'E', 1, 100, 0 },
            { 'X', 2, 200, 0 },
            { 'A', 3, 205, 2 },
            { 'E', 4, 300, 0 } },
          ".-.!" },
        { { { 'E', 1, 100, 0 }, { 'A', 2, 105, 9 } }, ".." },
        /* an annulment is not annulled */
        { { { 'E', 1, 100, 0 }, { 'A', 2, 105, 1 }, { 'A', 3, 106, 2 } }, "-.." },
        /* two clocks: out before in, within the tolerance and beyond it */
        { { { 'E', 1, 100, 0 }, { 'X', 2, 100 - SKEW, 0 }, { 'E', 3, 200, 0 } },
          "..." },
        { { { 'E', 1, 100, 0 }, { 'X', 2, 99 - SKEW, 0 }, { 'E', 3, 200, 0 } }, ".!!" },
        { { { 'E', 1, 100, 0 },
            { 'A', 2, 98, 9 },
            { 'X', 3, 97, 0 },
            { 'E', 4, 200, 0 } },
          "...." },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char got[8];

        letters(rows[i].told, strlen(rows[i].want), got);
        if (strcmp(got, rows[i].want) != 0) {
            (void)fprintf(stderr, "row %zu: wanted %s, got %s\n", i, rows[i].want, got);
            CU_FAIL("another end");
        }
    }
}

static void
presence_says_since_when_and_how_often(void)
{
    static const struct told told[] = { { 'E', 1, 100, 0 },
                                        { 'X', 2, 150, 0 },
                                        { 'E', 3, 200, 0 },
                                        { 'E', 4, 210, 0 },
                                        { 'e', 5, 220, 0 } };
    struct tbc_use uses[5];
    struct tbc_presence p;
    size_t n;

    for (size_t i = 0; i < 5; i++) {
        uses[i] = use_of(&told[i]);
    }
    n = tbc_uses_settle(uses, 5, SKEW);
    CU_ASSERT_EQUAL(n, 5);
    p = tbc_uses_presence(uses, n, "GE", (struct tbc_utc){ 9000 });
    CU_ASSERT(p.inside && p.since.s == 200 && p.newest.s == 210);
    CU_ASSERT_EQUAL(p.rounds, 1);
    p = tbc_uses_presence(uses, n, "Ge", (struct tbc_utc){ 9000 });
    CU_ASSERT(p.inside && p.since.s == 220 && p.rounds == 0);
    p = tbc_uses_presence(uses, n, "Ge", (struct tbc_utc){ 9001 });
    CU_ASSERT(!p.inside && p.since.s == 0 && p.rounds == 0);
    CU_ASSERT(tbc_uses_entered(uses, n) && tbc_uses_inside(uses, n));
    n = tbc_uses_settle(uses, 2, SKEW); /* the first two alone */
    CU_ASSERT(tbc_uses_entered(uses, n) && !tbc_uses_inside(uses, n));
    n = tbc_uses_settle(uses, 0, SKEW);
    CU_ASSERT(n == 0 && !tbc_uses_entered(uses, n));
}

static void
word_of_somebody_who_knew_more_ends_what_was_before(void)
{
    static const struct told told[] = { { 'E', 1, 100, 0 }, { 'E', 2, 200, 0 } };
    struct tbc_use uses[2] = { use_of(&told[0]), use_of(&told[1]) };
    struct tbc_presence p;
    size_t n;

    uses[1].fresh = true;
    n = tbc_uses_settle(uses, 2, SKEW);
    CU_ASSERT_FALSE(uses[1].conflict || uses[0].inside);
    p = tbc_uses_presence(uses, n, "GE", (struct tbc_utc){ 9000 });
    CU_ASSERT(p.inside && p.since.s == 200 && p.rounds == 1);
}

static void
both_of_a_conflict_are_disputed(void)
{
    static const struct told told[] = { { 'E', 1, 100, 0 },
                                        { 'E', 2, 200, 0 },
                                        { 'e', 3, 300, 0 } };
    struct tbc_use uses[3] = { use_of(&told[0]), use_of(&told[1]), use_of(&told[2]) };

    CU_ASSERT_EQUAL(tbc_uses_settle(uses, 3, SKEW), 3);
    CU_ASSERT(uses[0].disputed && !uses[0].conflict);
    CU_ASSERT(uses[1].disputed && uses[1].conflict);
    CU_ASSERT(!uses[2].disputed && !uses[2].conflict);
}

#define EVENTS  12
#define TELLERS 6

static size_t
draw_events(struct tbc_use *uses)
{
    size_t n = 1 + draw(EVENTS);

    for (size_t i = 0; i < n; i++) {
        const struct told t = { .kind = "EEEEeeXXXA"[draw(10)],
                                .number = (uint8_t)(i + 1),
                                .at = 100 + draw(40),
                                .of = (uint8_t)(1 + draw(EVENTS)) };

        uses[i] = use_of(&t);
    }
    return n;
}

static void
shuffle(struct tbc_use *uses, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t k = draw((uint32_t)i);
        struct tbc_use moved = uses[k];

        uses[k] = uses[i - 1];
        uses[i - 1] = moved;
    }
}

static bool
same(const struct tbc_use *a, const struct tbc_use *b)
{
    return memcmp(a->event, b->event, sizeof a->event) == 0 &&
           a->conflict == b->conflict && a->inside == b->inside &&
           a->annulled == b->annulled && a->disputed == b->disputed &&
           a->round == b->round;
}

/* In any order, and some of it twice or three times: each event ends the same. */
static void
order_and_repetition_change_nothing(void)
{
    for (unsigned story = 0; story < 4000; story++) {
        static struct tbc_use first[TBC_USES_MAX];
        size_t n = draw_events(first);
        static struct tbc_use told[TBC_USES_MAX];

        memcpy(told, first, sizeof told);
        n = tbc_uses_settle(first, n, SKEW);
        for (unsigned teller = 0; teller < TELLERS; teller++) {
            static struct tbc_use again[TBC_USES_MAX];
            size_t more = n;

            memcpy(again, told, sizeof again);
            for (size_t i = draw(2 * EVENTS); i > 0; i--) {
                again[more++] = told[draw((uint32_t)n)];
            }
            shuffle(again, more);
            CU_ASSERT_EQUAL_FATAL(tbc_uses_settle(again, more, SKEW), n);
            for (size_t i = 0; i < n; i++) {
                CU_ASSERT_FATAL(same(&first[i], &again[i]));
            }
        }
    }
}

/* Told one by one and settled each time, as a station does it, ends as told at once. */
static void
settling_what_is_settled_and_one_more_ends_the_same(void)
{
    for (unsigned story = 0; story < 2000; story++) {
        static struct tbc_use told[TBC_USES_MAX];
        static struct tbc_use once[TBC_USES_MAX];
        static struct tbc_use grown[TBC_USES_MAX];
        size_t n = draw_events(told);
        size_t have = 0;

        memcpy(once, told, sizeof once);
        shuffle(told, n);
        for (size_t i = 0; i < n; i++) {
            grown[have] = told[i];
            have = tbc_uses_settle(grown, have + 1, SKEW);
        }
        CU_ASSERT_EQUAL_FATAL(tbc_uses_settle(once, n, SKEW), have);
        for (size_t i = 0; i < n; i++) {
            CU_ASSERT_FATAL(same(&once[i], &grown[i]));
        }
    }
}

/* Without those that did not happen, the others end the same. */
static void
annulled_events_leave_no_trace(void)
{
    for (unsigned story = 0; story < 2000; story++) {
        static struct tbc_use all[TBC_USES_MAX];
        static struct tbc_use happened[TBC_USES_MAX];
        size_t n = tbc_uses_settle(all, draw_events(all), SKEW);
        size_t left = 0;

        for (size_t i = 0; i < n; i++) {
            if (all[i].act != TBC_ACT_ANNUL && !all[i].annulled) {
                happened[left++] = all[i];
            }
        }
        left = tbc_uses_settle(happened, left, SKEW);
        for (size_t i = 0, k = 0; i < n; i++) {
            if (all[i].act != TBC_ACT_ANNUL && !all[i].annulled) {
                CU_ASSERT_FATAL(k < left && same(&all[i], &happened[k]));
                k++;
            }
        }
    }
}

/* Of those that are no conflict, each has its own round of its trip; and entries less exits are
 * those inside. */
static void
rounds_are_given_once(void)
{
    for (unsigned story = 0; story < 2000; story++) {
        static struct tbc_use uses[TBC_USES_MAX];
        size_t n = tbc_uses_settle(uses, draw_events(uses), SKEW);

        for (size_t i = 0; i < n; i++) {
            for (size_t k = 0; k < i; k++) {
                bool both =
                    uses[i].act == TBC_ACT_ENTER && uses[k].act == TBC_ACT_ENTER &&
                    !uses[i].conflict && !uses[k].conflict && !uses[i].annulled &&
                    !uses[k].annulled && strcmp(uses[i].train, uses[k].train) == 0;

                CU_ASSERT_FALSE_FATAL(both && uses[i].round == uses[k].round);
            }
        }
    }
}

static void
acts_have_words(void)
{
    CU_ASSERT_STRING_EQUAL(tbc_act_word(TBC_ACT_ENTER), "enter");
    CU_ASSERT_STRING_EQUAL(tbc_act_word(TBC_ACT_EXIT), "exit");
    CU_ASSERT_STRING_EQUAL(tbc_act_word(TBC_ACT_ANNUL), "annul");
    CU_ASSERT_STRING_EQUAL(tbc_act_word(TBC_ACT_N), "?");
}

TBC_SUITE("rail/uses", TEST(stories_end_as_they_should),
          TEST(presence_says_since_when_and_how_often),
          TEST(word_of_somebody_who_knew_more_ends_what_was_before),
          TEST(both_of_a_conflict_are_disputed),
          TEST(order_and_repetition_change_nothing),
          TEST(settling_what_is_settled_and_one_more_ends_the_same),
          TEST(annulled_events_leave_no_trace), TEST(rounds_are_given_once),
          TEST(acts_have_words))
