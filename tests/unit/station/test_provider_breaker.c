#include "provider_breaker.h"
#include "suite.h"

#define STEPS 9

static struct tbc_mono
at(int64_t ms)
{
    return (struct tbc_mono){ ms };
}

static void
failures_in_a_row_open_it_and_a_good_answer_counts_anew(void)
{
    struct station_breaker b = { 0 };

    for (int i = 0; i < STATION_BREAKER_BAD - 1; i++) {
        CU_ASSERT(station_breaker_ask(&b, at(1)));
        station_breaker_report(&b, false, at(1));
    }
    station_breaker_report(&b, true, at(1));
    for (int i = 0; i < STATION_BREAKER_BAD; i++) {
        CU_ASSERT(station_breaker_ask(&b, at(2)));
        station_breaker_report(&b, false, at(2));
    }
    CU_ASSERT_EQUAL(b.state, STATION_BREAKER_OPEN);
    CU_ASSERT_FALSE(station_breaker_ask(&b, at(1 + STATION_BREAKER_MS)));
}

static void
after_the_pause_one_asks_and_decides_for_all(void)
{
    struct station_breaker b = { 0 };

    for (int i = 0; i < STATION_BREAKER_BAD; i++) {
        station_breaker_report(&b, false, at(0));
    }
    CU_ASSERT(station_breaker_ask(&b, at(STATION_BREAKER_MS)));
    CU_ASSERT_EQUAL(b.state, STATION_BREAKER_HALF_OPEN);
    CU_ASSERT_FALSE(station_breaker_ask(&b, at(STATION_BREAKER_MS + 1)));
    station_breaker_report(&b, false, at(STATION_BREAKER_MS + 2));
    CU_ASSERT_EQUAL(b.state, STATION_BREAKER_OPEN);
    CU_ASSERT_FALSE(station_breaker_ask(&b, at(2 * STATION_BREAKER_MS + 1)));
    CU_ASSERT(station_breaker_ask(&b, at(2 * STATION_BREAKER_MS + 2)));
    station_breaker_report(&b, true, at(2 * STATION_BREAKER_MS + 3));
    CU_ASSERT_EQUAL(b.state, STATION_BREAKER_CLOSED);
    CU_ASSERT(station_breaker_ask(&b, at(2 * STATION_BREAKER_MS + 3)));
}

static void
one_that_never_reports_does_not_keep_it_half_open(void)
{
    struct station_breaker b = { .state = STATION_BREAKER_OPEN };

    CU_ASSERT(station_breaker_ask(&b, at(5)));
    CU_ASSERT_FALSE(station_breaker_ask(&b, at(4 + STATION_BREAKER_MS)));
    CU_ASSERT(station_breaker_ask(&b, at(5 + STATION_BREAKER_MS)));
}

/* A breaker that is being tried, and the failures in a row that it was told of. */
struct trial {
    struct station_breaker breaker;
    struct tbc_mono now;
    unsigned row;
};

static bool
asks_rightly(struct trial *t, int64_t later_ms)
{
    const struct station_breaker was = t->breaker;

    t->now.ms += later_ms;
    return station_breaker_ask(&t->breaker, t->now) ==
           (was.state == STATION_BREAKER_CLOSED || t->now.ms >= was.until.ms);
}

static bool
takes_report_rightly(struct trial *t, bool good)
{
    const struct station_breaker was = t->breaker;

    t->row = good ? 0 : t->row + 1;
    station_breaker_report(&t->breaker, good, t->now);
    if (was.state == STATION_BREAKER_CLOSED) {
        return (t->breaker.state == STATION_BREAKER_OPEN) ==
               (t->row >= STATION_BREAKER_BAD);
    }
    if (was.state == STATION_BREAKER_HALF_OPEN) {
        return t->breaker.state ==
               (good ? STATION_BREAKER_CLOSED : STATION_BREAKER_OPEN);
    }
    return t->breaker.state == was.state && t->breaker.until.ms == was.until.ms;
}

/* Every sequence of nine events: ask now, ask after the pause, good, bad. */
static void
no_sequence_of_events_breaks_the_rules(void)
{
    for (unsigned n = 0; n < 1u << (2 * STEPS); n++) {
        struct trial t = { .now = { 1 } };

        for (unsigned i = 0; i < STEPS; i++) {
            const unsigned event = (n >> (2 * i)) & 3;
            const bool sound =
                event < 2 ? asks_rightly(&t, event == 1 ? STATION_BREAKER_MS : 1)
                          : takes_report_rightly(&t, event == 2);

            if (!sound) {
                CU_FAIL_FATAL("a rule is broken");
            }
        }
    }
}

TBC_SUITE("station/provider_breaker",
          TEST(failures_in_a_row_open_it_and_a_good_answer_counts_anew),
          TEST(after_the_pause_one_asks_and_decides_for_all),
          TEST(one_that_never_reports_does_not_keep_it_half_open),
          TEST(no_sequence_of_events_breaks_the_rules))
