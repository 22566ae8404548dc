#include "flow.h"
#include "suite.h"

static const struct tbc_mono t0 = { 1000 };

static struct tbc_mono
at(int64_t ms)
{
    return (struct tbc_mono){ t0.ms + ms };
}

static void
every_state_defines_every_event_once(void)
{
    unsigned seen[GATE_STATE_N][GATE_EVENT_N] = { 0 };

    CU_ASSERT_EQUAL(gate_edges_n, (size_t)GATE_STATE_N * GATE_EVENT_N);
    for (size_t i = 0; i < gate_edges_n; i++) {
        seen[gate_edges[i].in][gate_edges[i].on]++;
    }
    for (unsigned s = 0; s < GATE_STATE_N; s++) {
        for (unsigned e = 0; e < GATE_EVENT_N; e++) {
            CU_ASSERT_EQUAL(seen[s][e], 1);
        }
    }
}

static void
a_row_that_does_nothing_stays(void)
{
    for (size_t i = 0; i < gate_edges_n; i++) {
        if (gate_edges[i].then == 0) {
            CU_ASSERT_EQUAL(gate_edges[i].to, gate_edges[i].in);
        }
    }
}

static bool
is_open_in(enum gate_state state)
{
    return state == GATE_OPEN || state == GATE_FIRE;
}

static void
barrier_is_open_in_open_and_fire_only(void)
{
    for (size_t i = 0; i < gate_edges_n; i++) {
        const struct gate_edge *e = &gate_edges[i];
        bool open = is_open_in(e->in);

        open = (e->then & GATE_ACT_SHUT) != 0 ? false : open;
        open = (e->then & GATE_ACT_OPEN) != 0 ? true : open;
        CU_ASSERT_EQUAL(open, is_open_in(e->to));
    }
}

static void
barrier_opens_for_a_written_journal_or_a_fire_only(void)
{
    for (size_t i = 0; i < gate_edges_n; i++) {
        const struct gate_edge *e = &gate_edges[i];

        if ((e->then & GATE_ACT_OPEN) != 0) {
            CU_ASSERT_TRUE(e->on == GATE_EV_FIRE ||
                           (e->in == GATE_WRITING && e->on == GATE_EV_WRITTEN));
        }
    }
}

static void
every_refusal_leaves_the_barrier_shut(void)
{
    for (size_t i = 0; i < gate_edges_n; i++) {
        const struct gate_edge *e = &gate_edges[i];

        if (e->on == GATE_EV_REFUSE && e->in != GATE_FIRE) {
            CU_ASSERT_FALSE(is_open_in(e->to));
            CU_ASSERT_FALSE((e->then & GATE_ACT_OPEN) != 0);
        }
    }
}

static void
fire_opens_from_every_state_and_nothing_shuts_it_but_its_end(void)
{
    for (size_t i = 0; i < gate_edges_n; i++) {
        const struct gate_edge *e = &gate_edges[i];

        if (e->on == GATE_EV_FIRE) {
            CU_ASSERT_EQUAL(e->to, GATE_FIRE);
            CU_ASSERT_TRUE(e->in == GATE_FIRE || (e->then & GATE_ACT_OPEN) != 0);
        }
        if (e->in == GATE_FIRE && e->on != GATE_EV_FIRE_OVER) {
            CU_ASSERT_EQUAL(e->to, GATE_FIRE);
        }
    }
}

static void
accepted_offline_opens_after_the_journal_and_shuts_by_itself(void)
{
    struct gate_flow f;

    gate_flow_init(&f, t0);
    CU_ASSERT_EQUAL(gate_flow_step(&f, GATE_EV_GRANT, t0), GATE_ACT_WRITE);
    CU_ASSERT_EQUAL(gate_flow_step(&f, GATE_EV_WRITTEN, t0),
                    GATE_ACT_OPEN | GATE_ACT_SHOW);
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(GATE_OPEN_MS - 1)), 0);
    CU_ASSERT_EQUAL(f.state, GATE_OPEN);
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(GATE_OPEN_MS)),
                    GATE_ACT_SHUT | GATE_ACT_CLEAR);
    CU_ASSERT_EQUAL(f.state, GATE_IDLE);
}

static void
silence_of_the_station_is_noticed_after_120_ms(void)
{
    struct gate_flow f;

    gate_flow_init(&f, t0);
    CU_ASSERT_EQUAL(gate_flow_step(&f, GATE_EV_ASK, t0), GATE_ACT_SHOW | GATE_ACT_ASK);
    CU_ASSERT_EQUAL(gate_flow_wait_ms(&f, at(100), 1000), 20);
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(119)), 0);
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(120)), GATE_ACT_ALONE);
    CU_ASSERT_EQUAL(gate_flow_step(&f, GATE_EV_GRANT, at(121)), GATE_ACT_WRITE);
}

static void
next_code_is_answered_during_a_hold(void)
{
    struct gate_flow f;

    gate_flow_init(&f, t0);
    (void)gate_flow_step(&f, GATE_EV_REFUSE, t0);
    CU_ASSERT_EQUAL(gate_flow_step(&f, GATE_EV_GRANT, at(10)), GATE_ACT_WRITE);
    CU_ASSERT_EQUAL(gate_flow_step(&f, GATE_EV_WRITTEN, at(11)),
                    GATE_ACT_OPEN | GATE_ACT_SHOW);
    CU_ASSERT_EQUAL(gate_flow_step(&f, GATE_EV_REFUSE, at(20)),
                    GATE_ACT_SHUT | GATE_ACT_SHOW | GATE_ACT_NOTE);
}

static void
code_held_in_view_never_keeps_the_barrier_open(void)
{
    struct gate_flow f;

    gate_flow_init(&f, t0);
    (void)gate_flow_step(&f, GATE_EV_GRANT, t0);
    (void)gate_flow_step(&f, GATE_EV_WRITTEN, t0);
    for (int64_t ms = 100; ms < GATE_OPEN_MS; ms += 100) {
        CU_ASSERT_EQUAL(gate_flow_step(&f, GATE_EV_AGAIN, at(ms)), 0);
    }
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(GATE_OPEN_MS)),
                    GATE_ACT_SHUT | GATE_ACT_CLEAR);
}

static void
code_held_in_view_keeps_its_refusal(void)
{
    struct gate_flow f;

    gate_flow_init(&f, t0);
    (void)gate_flow_step(&f, GATE_EV_REFUSE, t0);
    (void)gate_flow_step(&f, GATE_EV_AGAIN, at(1000));
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(GATE_REFUSE_MS)), 0);
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(1000 + GATE_REFUSE_MS)), GATE_ACT_CLEAR);
}

static void
broken_gate_tries_again_and_comes_back(void)
{
    struct gate_flow f;

    gate_flow_init(&f, t0);
    (void)gate_flow_step(&f, GATE_EV_GRANT, t0);
    CU_ASSERT_EQUAL(gate_flow_step(&f, GATE_EV_FAULT, t0),
                    GATE_ACT_SHUT | GATE_ACT_SHOW);
    CU_ASSERT_EQUAL(gate_flow_step(&f, GATE_EV_GRANT, at(10)), 0);
    CU_ASSERT_EQUAL(f.state, GATE_BROKEN);
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(GATE_MEND_MS)), GATE_ACT_MEND);
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(GATE_MEND_MS + 1)), 0);
    CU_ASSERT_EQUAL(gate_flow_step(&f, GATE_EV_MENDED, at(GATE_MEND_MS + 2)),
                    GATE_ACT_SHUT | GATE_ACT_CLEAR);
    CU_ASSERT_EQUAL(f.state, GATE_IDLE);
}

/* 200,000 random events: the barrier, moved by the actions alone, is open when it should be. */
static void
no_walk_through_the_table_leaves_the_barrier_open(void)
{
    struct gate_flow f;
    struct tbc_mono now = t0;
    uint32_t seed = 20260203;
    bool open = false;

    gate_flow_init(&f, now);
    for (unsigned i = 0; i < 200000; i++) {
        unsigned acts;

        seed = seed * 1664525u + 1013904223u;
        now.ms += seed >> 24;
        acts = gate_flow_tick(&f, now);
        open = (acts & GATE_ACT_SHUT) != 0 ? false : open;
        acts = gate_flow_step(&f, (enum gate_event)((seed >> 12) % GATE_EVENT_N), now);
        open = (acts & GATE_ACT_SHUT) != 0 ? false : open;
        open = (acts & GATE_ACT_OPEN) != 0 ? true : open;
        if (open != is_open_in(f.state)) {
            CU_FAIL("barrier and state differ");
            return;
        }
    }
}

static void
barrier_stays_open_as_long_as_it_is_told(void)
{
    struct gate_flow f;

    gate_flow_init(&f, at(0));
    f.open_ms = 5000;
    (void)gate_flow_step(&f, GATE_EV_GRANT, at(0));
    (void)gate_flow_step(&f, GATE_EV_WRITTEN, at(0));
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(4999)), 0);
    CU_ASSERT((gate_flow_tick(&f, at(5000)) & GATE_ACT_SHUT) != 0);
    CU_ASSERT_EQUAL(f.state, GATE_IDLE);
}

TBC_SUITE("gate/flow", TEST(every_state_defines_every_event_once),
          TEST(a_row_that_does_nothing_stays),
          TEST(barrier_is_open_in_open_and_fire_only),
          TEST(barrier_opens_for_a_written_journal_or_a_fire_only),
          TEST(every_refusal_leaves_the_barrier_shut),
          TEST(fire_opens_from_every_state_and_nothing_shuts_it_but_its_end),
          TEST(accepted_offline_opens_after_the_journal_and_shuts_by_itself),
          TEST(silence_of_the_station_is_noticed_after_120_ms),
          TEST(next_code_is_answered_during_a_hold),
          TEST(code_held_in_view_never_keeps_the_barrier_open),
          TEST(code_held_in_view_keeps_its_refusal),
          TEST(broken_gate_tries_again_and_comes_back),
          TEST(no_walk_through_the_table_leaves_the_barrier_open),
          TEST(barrier_stays_open_as_long_as_it_is_told))
