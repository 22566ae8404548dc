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
    return state == GATE_OPEN || state == GATE_OPEN_REFUSED || state == GATE_HELD ||
           state == GATE_FIRE;
}

static void
barrier_is_open_while_somebody_passes_and_in_a_fire_only(void)
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
no_refusal_opens_the_barrier_or_cuts_anybody_off(void)
{
    for (size_t i = 0; i < gate_edges_n; i++) {
        const struct gate_edge *e = &gate_edges[i];

        if (e->on == GATE_EV_REFUSE && e->in != GATE_FIRE) {
            CU_ASSERT_EQUAL(is_open_in(e->to), is_open_in(e->in));
            CU_ASSERT_EQUAL(e->then & (GATE_ACT_OPEN | GATE_ACT_SHUT), 0);
        }
    }
}

/* While somebody passes, nothing shuts the barrier but that they have, that they have not, and what
 * is broken. */
static void
who_passes_is_cut_off_by_nobody(void)
{
    for (size_t i = 0; i < gate_edges_n; i++) {
        const struct gate_edge *e = &gate_edges[i];

        if (is_open_in(e->in) && e->in != GATE_FIRE) {
            CU_ASSERT_EQUAL((e->then & GATE_ACT_SHUT) != 0,
                            e->on == GATE_EV_PASSED || e->on == GATE_EV_MISSED ||
                                e->on == GATE_EV_FAULT);
        }
    }
}

static void
acceptance_is_annulled_when_nobody_passed_only(void)
{
    for (size_t i = 0; i < gate_edges_n; i++) {
        const struct gate_edge *e = &gate_edges[i];

        if ((e->then & GATE_ACT_ANNUL) != 0) {
            CU_ASSERT(e->in == GATE_CLOSING || e->on == GATE_EV_MISSED);
            CU_ASSERT_NOT_EQUAL(e->on, GATE_EV_PASSED);
            CU_ASSERT_FALSE(is_open_in(e->to) && e->to != GATE_FIRE);
        }
        if ((e->then & GATE_ACT_COUNT) != 0) {
            CU_ASSERT_EQUAL(e->on, GATE_EV_PASSED);
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
                    GATE_ACT_SHUT | GATE_ACT_COUNT | GATE_ACT_CLEAR);
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
                    GATE_ACT_SHOW | GATE_ACT_NOTE);
    CU_ASSERT_EQUAL(f.state, GATE_OPEN_REFUSED);
    /* the first is through, the refusal stays for its time */
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(11 + GATE_OPEN_MS)),
                    GATE_ACT_SHUT | GATE_ACT_COUNT);
    CU_ASSERT_EQUAL(f.state, GATE_REFUSED);
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(19 + GATE_REFUSE_MS)), 0);
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(20 + GATE_REFUSE_MS)), GATE_ACT_CLEAR);
}

/* Let somebody in, at a gate with a sensor. */
static void
let_in(struct gate_flow *f, int64_t ms)
{
    gate_flow_init(f, at(ms));
    f->senses = true;
    f->open_ms = 4000;
    (void)gate_flow_step(f, GATE_EV_GRANT, at(ms));
    (void)gate_flow_step(f, GATE_EV_WRITTEN, at(ms));
}

static void
companions_pass_one_after_the_other(void)
{
    struct gate_flow f;

    let_in(&f, 0);
    CU_ASSERT_EQUAL(gate_flow_step(&f, GATE_EV_ASK, at(300)), GATE_ACT_SHOW);
    CU_ASSERT(f.state == GATE_HELD && gate_flow_passes(&f));
    CU_ASSERT_EQUAL(gate_flow_wait_ms(&f, at(300), 10000), 3700);
    CU_ASSERT_EQUAL(gate_flow_step(&f, GATE_EV_PASSED, at(500)),
                    GATE_ACT_SHUT | GATE_ACT_COUNT | GATE_ACT_RESUME);
    CU_ASSERT_EQUAL(gate_flow_step(&f, GATE_EV_ASK, at(501)),
                    GATE_ACT_SHOW | GATE_ACT_ASK);
    (void)gate_flow_step(&f, GATE_EV_GRANT, at(510));
    CU_ASSERT_EQUAL(gate_flow_step(&f, GATE_EV_WRITTEN, at(511)),
                    GATE_ACT_OPEN | GATE_ACT_SHOW);
    /* the second has all the time again */
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(4510)), 0);
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(4511)), GATE_ACT_SHUT);
}

static void
next_one_goes_on_when_the_first_does_not_pass(void)
{
    struct gate_flow f;

    let_in(&f, 0);
    (void)gate_flow_step(&f, GATE_EV_LOOK, at(300));
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(3999)), 0);
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(4000)),
                    GATE_ACT_SHUT | GATE_ACT_ANNUL | GATE_ACT_RESUME);
}

static void
nobody_passed_and_the_acceptance_is_annulled(void)
{
    struct gate_flow f;

    let_in(&f, 0);
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(4000)), GATE_ACT_SHUT);
    CU_ASSERT_EQUAL(f.state, GATE_CLOSING);
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(4000 + GATE_LATE_MS - 1)), 0);
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(4000 + GATE_LATE_MS)),
                    GATE_ACT_ANNUL | GATE_ACT_CLEAR);
    CU_ASSERT_EQUAL(f.state, GATE_IDLE);
}

static void
last_moment_counts(void)
{
    struct gate_flow f;

    let_in(&f, 0);
    (void)gate_flow_tick(&f, at(4000));
    CU_ASSERT_EQUAL(gate_flow_step(&f, GATE_EV_PASSED, at(4100)),
                    GATE_ACT_COUNT | GATE_ACT_CLEAR);
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(9000)), 0);
}

/* A sensor that fails meanwhile: nothing is taken back on its word. */
static void
lost_sensor_annuls_nothing(void)
{
    struct gate_flow f;

    let_in(&f, 0);
    f.senses = false;
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(4000)),
                    GATE_ACT_SHUT | GATE_ACT_COUNT | GATE_ACT_CLEAR);
    let_in(&f, 0);
    (void)gate_flow_tick(&f, at(4000));
    f.senses = false;
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(4000 + GATE_LATE_MS)),
                    GATE_ACT_COUNT | GATE_ACT_CLEAR);
}

static void
refusal_of_the_next_ends_and_the_first_is_shown_again(void)
{
    struct gate_flow f;

    let_in(&f, 0);
    (void)gate_flow_step(&f, GATE_EV_REFUSE, at(100));
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(100 + GATE_REFUSE_MS)), GATE_ACT_SHOW);
    CU_ASSERT_EQUAL(f.state, GATE_OPEN);
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(3999)), 0);
    CU_ASSERT_EQUAL(gate_flow_tick(&f, at(4000)), GATE_ACT_SHUT);
}

/* Random events at a gate with a sensor: as many openings as people who passed, acceptances that
 * were annulled, and openings that a fault ended. */
static void
each_acceptance_ends_once(void)
{
    struct gate_flow f;
    struct tbc_mono now = t0;
    uint32_t seed = 7;
    size_t opened = 0;
    size_t ended = 0;

    gate_flow_init(&f, now);
    f.senses = true;
    for (unsigned i = 0; i < 200000; i++) {
        enum gate_event event;
        bool was = gate_flow_passes(&f) || f.state == GATE_CLOSING;
        unsigned acts;

        seed = seed * 1664525u + 1013904223u;
        now.ms += seed >> 24;
        event = (enum gate_event)((seed >> 12) % GATE_EVENT_N);
        event =
            f.state == GATE_WRITING || event >= GATE_EV_FIRE ? GATE_EV_WRITTEN : event;
        event = f.state == GATE_BROKEN ? GATE_EV_MENDED : event;
        acts = i % 3 == 0 ? gate_flow_tick(&f, now) : gate_flow_step(&f, event, now);
        opened += (acts & GATE_ACT_OPEN) != 0 && f.state == GATE_OPEN ? 1 : 0;
        if (was && ((acts & (GATE_ACT_COUNT | GATE_ACT_ANNUL)) != 0 ||
                    f.state == GATE_BROKEN)) {
            ended++;
        }
    }
    ended += gate_flow_passes(&f) || f.state == GATE_CLOSING ? 1 : 0;
    CU_ASSERT(opened > 1000);
    CU_ASSERT_EQUAL(opened, ended);
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
                    GATE_ACT_SHUT | GATE_ACT_COUNT | GATE_ACT_CLEAR);
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
          TEST(barrier_is_open_while_somebody_passes_and_in_a_fire_only),
          TEST(barrier_opens_for_a_written_journal_or_a_fire_only),
          TEST(no_refusal_opens_the_barrier_or_cuts_anybody_off),
          TEST(who_passes_is_cut_off_by_nobody),
          TEST(acceptance_is_annulled_when_nobody_passed_only),
          TEST(companions_pass_one_after_the_other),
          TEST(next_one_goes_on_when_the_first_does_not_pass),
          TEST(nobody_passed_and_the_acceptance_is_annulled), TEST(last_moment_counts),
          TEST(lost_sensor_annuls_nothing),
          TEST(refusal_of_the_next_ends_and_the_first_is_shown_again),
          TEST(each_acceptance_ends_once),
          TEST(fire_opens_from_every_state_and_nothing_shuts_it_but_its_end),
          TEST(accepted_offline_opens_after_the_journal_and_shuts_by_itself),
          TEST(silence_of_the_station_is_noticed_after_120_ms),
          TEST(next_code_is_answered_during_a_hold),
          TEST(code_held_in_view_never_keeps_the_barrier_open),
          TEST(code_held_in_view_keeps_its_refusal),
          TEST(broken_gate_tries_again_and_comes_back),
          TEST(no_walk_through_the_table_leaves_the_barrier_open),
          TEST(barrier_stays_open_as_long_as_it_is_told))
