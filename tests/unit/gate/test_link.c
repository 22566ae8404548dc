#include "link.h"
#include "suite.h"

static struct tbc_mono
at(int64_t ms)
{
    return (struct tbc_mono){ 50000 + ms };
}

/* A link that has heard, greeted and caught up at number 7. */
static struct gate_link
online(void)
{
    struct gate_link l = { 0 };

    gate_link_hear(&l, 7, true, at(0));
    gate_link_greet(&l, at(0));
    gate_link_catch_up(&l, 7);
    CU_ASSERT_TRUE(gate_link_tick(&l, at(0)));
    CU_ASSERT_EQUAL(l.mode, GATE_ONLINE);
    return l;
}

static void
starts_offline_and_silent(void)
{
    struct gate_link l = { 0 };

    CU_ASSERT_FALSE(gate_link_tick(&l, at(0)));
    CU_ASSERT_EQUAL(l.mode, GATE_OFFLINE);
    CU_ASSERT_FALSE(gate_link_wants_hello(&l, at(0)));
    CU_ASSERT_FALSE(gate_link_wants_snapshot(&l, at(0)));
}

static void
beat_leads_over_hello_and_snapshot_to_online(void)
{
    struct gate_link l = { 0 };

    gate_link_hear(&l, 3, true, at(0));
    CU_ASSERT_TRUE(gate_link_wants_hello(&l, at(0)));
    CU_ASSERT_FALSE(gate_link_wants_snapshot(&l, at(0)));
    gate_link_greet(&l, at(0));
    CU_ASSERT_FALSE(gate_link_tick(&l, at(1)));
    CU_ASSERT_TRUE(gate_link_wants_snapshot(&l, at(1)));
    gate_link_catch_up(&l, 3);
    CU_ASSERT_TRUE(gate_link_tick(&l, at(2)));
    CU_ASSERT_EQUAL(l.mode, GATE_ONLINE);
}

static void
three_missed_beats_are_offline_and_one_beat_leads_back(void)
{
    struct gate_link l = online();

    CU_ASSERT_FALSE(gate_link_tick(&l, at(3 * GATE_BEAT_MS)));
    CU_ASSERT_TRUE(gate_link_tick(&l, at(GATE_SILENCE_MS)));
    CU_ASSERT_EQUAL(l.mode, GATE_OFFLINE);
    gate_link_hear(&l, 7, true, at(9000));
    CU_ASSERT_FALSE(gate_link_tick(&l, at(9000)));
    CU_ASSERT_TRUE(gate_link_wants_hello(&l, at(9000)));
    gate_link_greet(&l, at(9000));
    gate_link_catch_up(&l, 7);
    CU_ASSERT_TRUE(gate_link_tick(&l, at(9001)));
    CU_ASSERT_EQUAL(l.mode, GATE_ONLINE);
}

static void
notices_in_order_need_no_snapshot(void)
{
    struct gate_link l = online();

    gate_link_hear(&l, 8, false, at(10));
    gate_link_hear(&l, 8, true, at(20));
    CU_ASSERT_FALSE(gate_link_wants_snapshot(&l, at(20)));
}

static void
gap_asks_for_a_snapshot_and_stays_online(void)
{
    struct gate_link l = online();

    gate_link_hear(&l, 9, false, at(10));
    CU_ASSERT_TRUE(gate_link_wants_snapshot(&l, at(10)));
    CU_ASSERT_FALSE(gate_link_tick(&l, at(10)));
    CU_ASSERT_EQUAL(l.mode, GATE_ONLINE);
    gate_link_catch_up(&l, 9);
    CU_ASSERT_FALSE(gate_link_wants_snapshot(&l, at(11)));
}

static void
beat_tells_of_a_lost_notice(void)
{
    struct gate_link l = online();

    gate_link_hear(&l, 8, true, at(1000));
    CU_ASSERT_TRUE(gate_link_wants_snapshot(&l, at(1000)));
}

static void
restarted_station_counts_anew(void)
{
    struct gate_link l = online();

    gate_link_hear(&l, 1, true, at(1000));
    CU_ASSERT_TRUE(gate_link_wants_snapshot(&l, at(1000)));
    gate_link_catch_up(&l, 1);
    CU_ASSERT_FALSE(gate_link_wants_snapshot(&l, at(1001)));
}

static void
snapshot_older_than_the_feed_is_asked_for_again(void)
{
    struct gate_link l = online();

    gate_link_miss(&l);
    gate_link_hear(&l, 8, false, at(10));
    gate_link_catch_up(&l, 7);
    CU_ASSERT_TRUE(gate_link_wants_snapshot(&l, at(20)));
}

static void
hello_is_said_each_hour_without_leaving_online(void)
{
    struct gate_link l = online();

    gate_link_hear(&l, 7, true, at(GATE_GREET_MS - 1));
    CU_ASSERT_FALSE(gate_link_wants_hello(&l, at(GATE_GREET_MS - 1)));
    CU_ASSERT_TRUE(gate_link_wants_hello(&l, at(GATE_GREET_MS)));
    CU_ASSERT_FALSE(gate_link_tick(&l, at(GATE_GREET_MS)));
    CU_ASSERT_EQUAL(l.mode, GATE_ONLINE);
    gate_link_greet(&l, at(GATE_GREET_MS));
    CU_ASSERT_FALSE(gate_link_wants_hello(&l, at(GATE_GREET_MS)));
}

TBC_SUITE("gate/link", TEST(hello_is_said_each_hour_without_leaving_online),
          TEST(starts_offline_and_silent),
          TEST(beat_leads_over_hello_and_snapshot_to_online),
          TEST(three_missed_beats_are_offline_and_one_beat_leads_back),
          TEST(notices_in_order_need_no_snapshot),
          TEST(gap_asks_for_a_snapshot_and_stays_online),
          TEST(beat_tells_of_a_lost_notice), TEST(restarted_station_counts_anew),
          TEST(snapshot_older_than_the_feed_is_asked_for_again))
