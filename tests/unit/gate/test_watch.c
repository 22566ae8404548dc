#include "suite.h"
#include "watch.h"

#define NOON 1770000000

static const struct tbc_mono m0 = { 5000 };

static void
right_clock_raises_the_floor(void)
{
    struct gate_watch w = { .floor = { NOON } };
    struct tbc_utc now;

    CU_ASSERT_EQUAL(gate_watch_now(&w, (struct tbc_utc){ NOON + 5 }, m0, &now),
                    GATE_CLOCK_RIGHT);
    CU_ASSERT_EQUAL(now.s, NOON + 5);
    CU_ASSERT_EQUAL(w.floor.s, NOON + 5);
}

static void
small_step_back_is_an_adjustment(void)
{
    struct gate_watch w = { .floor = { NOON } };
    struct tbc_utc now;

    CU_ASSERT_EQUAL(gate_watch_now(&w, (struct tbc_utc){ NOON - 60 }, m0, &now),
                    GATE_CLOCK_RIGHT);
    CU_ASSERT_EQUAL(w.floor.s, NOON);
    CU_ASSERT_EQUAL(gate_watch_now(&w, (struct tbc_utc){ NOON - 61 }, m0, &now),
                    GATE_CLOCK_LOST);
}

static void
dead_clock_is_lost_without_the_station(void)
{
    struct gate_watch w = { .floor = { NOON } };
    struct tbc_utc now;

    CU_ASSERT_EQUAL(gate_watch_now(&w, (struct tbc_utc){ 0 }, m0, &now),
                    GATE_CLOCK_LOST);
    CU_ASSERT_EQUAL(w.floor.s, NOON);
}

static void
dead_clock_uses_the_station_s_time(void)
{
    struct gate_watch w = { .floor = { NOON } };
    struct tbc_utc now;

    gate_watch_told(&w, (struct tbc_utc){ NOON + 100 }, m0);
    CU_ASSERT_EQUAL(gate_watch_now(&w, (struct tbc_utc){ 0 },
                                   (struct tbc_mono){ m0.ms + 7000 }, &now),
                    GATE_CLOCK_WRONG);
    CU_ASSERT_EQUAL(now.s, NOON + 107);
    CU_ASSERT_EQUAL(w.floor.s, NOON + 107);
}

static void
clock_two_hours_ahead_is_wrong_and_does_not_raise_the_floor(void)
{
    struct gate_watch w = { .floor = { NOON } };
    struct tbc_utc now;

    gate_watch_told(&w, (struct tbc_utc){ NOON }, m0);
    CU_ASSERT_EQUAL(gate_watch_now(&w, (struct tbc_utc){ NOON + 7200 }, m0, &now),
                    GATE_CLOCK_WRONG);
    CU_ASSERT_EQUAL(now.s, NOON);
    CU_ASSERT_EQUAL(w.floor.s, NOON);
}

static void
signed_list_raises_the_floor(void)
{
    struct gate_watch w = { .floor = { NOON } };
    struct tbc_utc now;

    gate_watch_raise(&w, (struct tbc_utc){ NOON + 3600 });
    gate_watch_raise(&w, (struct tbc_utc){ NOON - 3600 });
    CU_ASSERT_EQUAL(gate_watch_now(&w, (struct tbc_utc){ NOON }, m0, &now),
                    GATE_CLOCK_LOST);
}

TBC_SUITE("gate/watch", TEST(right_clock_raises_the_floor),
          TEST(small_step_back_is_an_adjustment),
          TEST(dead_clock_is_lost_without_the_station),
          TEST(dead_clock_uses_the_station_s_time),
          TEST(clock_two_hours_ahead_is_wrong_and_does_not_raise_the_floor),
          TEST(signed_list_raises_the_floor))
