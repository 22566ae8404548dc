#include "budget.h"
#include "suite.h"

#include <string.h>

static struct station_budget budget;

static const uint8_t *
key_of(unsigned n)
{
    static uint8_t key[32];

    memset(key, 0, sizeof key);
    memcpy(key, &n, sizeof n);
    return key;
}

static uint64_t
ask(unsigned device, struct station_limits l, int64_t ms)
{
    uint64_t wait =
        station_budget_take(&budget, key_of(device), &l, (struct tbc_mono){ ms });

    if (wait == 0) {
        station_budget_done(&budget, key_of(device));
    }
    return wait;
}

static void
begin(void)
{
    memset(&budget, 0, sizeof budget);
}

static void
a_device_may_ask_burst_at_once_and_then_at_its_rate(void)
{
    for (int64_t per_s = 1; per_s <= 2000; per_s = per_s * 3 + 1) {
        for (int64_t burst = 1; burst <= 200; burst += 33) {
            const struct station_limits l = { per_s, burst, 8 };
            int64_t granted = 0;

            begin();
            for (int64_t i = 0; i < burst; i++) {
                CU_ASSERT_EQUAL(ask(1, l, 1000), 0);
            }
            CU_ASSERT_NOT_EQUAL(ask(1, l, 1000), 0);
            for (int64_t ms = 1001; ms <= 11000; ms++) {
                while (ask(1, l, ms) == 0) {
                    granted++;
                }
            }
            /* what a burst smaller than a millisecond's worth cannot hold is lost */
            CU_ASSERT(granted <= per_s * 10);
            CU_ASSERT(burst * 1000 < per_s + 1000 || granted >= per_s * 10 - 1);
        }
    }
}

static void
the_time_told_is_the_time_it_takes(void)
{
    for (int64_t per_s = 1; per_s <= 3000; per_s = per_s * 2 + 1) {
        const struct station_limits l = { per_s, 1, 8 };
        uint64_t wait;

        begin();
        CU_ASSERT_EQUAL(ask(1, l, 0), 0);
        wait = ask(1, l, 0);
        CU_ASSERT(wait >= 1 && wait <= 1000);
        if (wait > 1) {
            CU_ASSERT_NOT_EQUAL(ask(1, l, (int64_t)wait - 1), 0);
        }
        CU_ASSERT_EQUAL(ask(1, l, (int64_t)wait), 0);
    }
}

static void
a_refusal_costs_nothing(void)
{
    const struct station_limits l = { 10, 1, 8 };

    begin();
    CU_ASSERT_EQUAL(ask(1, l, 0), 0);
    for (int64_t ms = 0; ms < 100; ms++) {
        CU_ASSERT_EQUAL(ask(1, l, ms), (uint64_t)(100 - ms));
    }
    CU_ASSERT_EQUAL(ask(1, l, 100), 0);
}

static void
one_device_does_not_touch_another(void)
{
    const struct station_limits l = { 100, 10, 8 };

    begin();
    for (unsigned i = 0; i < 100000; i++) {
        (void)ask(1, l, i / 100);
    }
    for (unsigned device = 2; device < STATION_BUDGET_DEVICES; device++) {
        for (int i = 0; i < 10; i++) {
            CU_ASSERT_EQUAL(ask(device, l, 1000), 0);
        }
    }
}

static void
no_device_has_more_than_its_share_waiting(void)
{
    const struct station_limits l = { 100, 100, 3 };
    const struct tbc_mono now = { 5 };

    begin();
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(station_budget_take(&budget, key_of(1), &l, now), 0);
    }
    CU_ASSERT_EQUAL(station_budget_take(&budget, key_of(1), &l, now),
                    STATION_SHARE_WAIT_MS);
    CU_ASSERT_EQUAL(station_budget_take(&budget, key_of(2), &l, now), 0);
    station_budget_done(&budget, key_of(1));
    CU_ASSERT_EQUAL(station_budget_take(&budget, key_of(1), &l, now), 0);
    station_budget_done(&budget, key_of(7)); /* never seen */
}

static void
a_clock_that_stands_or_goes_back_gives_nothing(void)
{
    const struct station_limits l = { 1000, 1, 8 };

    begin();
    CU_ASSERT_EQUAL(ask(1, l, 1000), 0);
    CU_ASSERT_NOT_EQUAL(ask(1, l, 1000), 0);
    CU_ASSERT_NOT_EQUAL(ask(1, l, -5000), 0);
    CU_ASSERT_NOT_EQUAL(ask(1, l, 1000), 0);
    CU_ASSERT_EQUAL(ask(1, l, 1001), 0);
}

static void
a_long_silence_fills_the_bucket_and_no_more(void)
{
    const struct station_limits l = { 1000000, 1000000, 8 };
    int64_t granted = 0;

    begin();
    CU_ASSERT_EQUAL(ask(1, l, 0), 0);
    while (ask(1, l, INT64_MAX) == 0) {
        granted++;
    }
    CU_ASSERT_EQUAL(granted, 1000000);
}

static void
limits_may_change_between_two_requests(void)
{
    const struct station_limits wide = { 100, 100, 8 };
    const struct station_limits narrow = { 1, 2, 8 };

    begin();
    CU_ASSERT_EQUAL(ask(1, wide, 0), 0);
    CU_ASSERT_EQUAL(ask(1, narrow, 0), 0);
    CU_ASSERT_EQUAL(ask(1, narrow, 0), 0);
    CU_ASSERT_NOT_EQUAL(ask(1, narrow, 0), 0);
    CU_ASSERT_EQUAL(ask(1, wide, 10), 0);
}

static void
the_device_longest_silent_makes_room(void)
{
    const struct station_limits l = { 1, 1, 8 };
    const struct tbc_mono late = { 1000 };

    begin();
    for (unsigned i = 0; i < STATION_BUDGET_DEVICES; i++) {
        CU_ASSERT_EQUAL(ask(i, l, i), 0);
    }
    CU_ASSERT_EQUAL(ask(1000, l, 300), 0); /* in place of 0 */
    CU_ASSERT_NOT_EQUAL(ask(1, l, 300), 0);
    begin();
    for (unsigned i = 0; i < STATION_BUDGET_DEVICES; i++) {
        CU_ASSERT_EQUAL(station_budget_take(&budget, key_of(i), &l, late), 0);
    }
    CU_ASSERT_EQUAL(ask(1000, l, 2000), STATION_SHARE_WAIT_MS); /* all of them wait */
}

static void
what_is_no_request_is_remembered_for_its_device_alone(void)
{
    const struct station_limits l = { 1, 8, 8 };

    begin();
    CU_ASSERT_EQUAL(ask(1, l, 0), 0);
    CU_ASSERT_EQUAL(ask(2, l, 0), 0);
    station_budget_malformed(&budget, key_of(1), "frames");
    station_budget_malformed(&budget, key_of(1), "too long");
    station_budget_malformed(&budget, key_of(3), "frames"); /* never asked */
    for (unsigned i = 0; i < STATION_BUDGET_DEVICES; i++) {
        const struct station_bucket *it = &budget.buckets[i];
        const bool is_first = it->known && memcmp(it->key, key_of(1), 32) == 0;

        CU_ASSERT_EQUAL(it->malformed, is_first ? 2 : 0);
        CU_ASSERT(!is_first || strcmp(it->malformed_what, "too long") == 0);
    }
}

TBC_SUITE("station/budget", TEST(a_device_may_ask_burst_at_once_and_then_at_its_rate),
          TEST(the_time_told_is_the_time_it_takes), TEST(a_refusal_costs_nothing),
          TEST(one_device_does_not_touch_another),
          TEST(no_device_has_more_than_its_share_waiting),
          TEST(a_clock_that_stands_or_goes_back_gives_nothing),
          TEST(a_long_silence_fills_the_bucket_and_no_more),
          TEST(limits_may_change_between_two_requests),
          TEST(the_device_longest_silent_makes_room),
          TEST(what_is_no_request_is_remembered_for_its_device_alone))
