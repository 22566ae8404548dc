#include "flow.h"
#include "suite.h"

#include <stdio.h>

static struct tbc_mono
at(int64_t ms)
{
    return (struct tbc_mono){ ms };
}

static bool
hears_below(enum kiosk_state state, enum kiosk_event event)
{
    return (state == FLOW_LANGUAGE || state == FLOW_TIME_OUT) &&
           !kiosk_event_is_touch(event) && event != KIOSK_EV_IDLE &&
           event != KIOSK_EV_EXPIRED;
}

/* Every combination of the facts that an edge may ask for. */
static struct kiosk_flow
with_facts(enum kiosk_state state, unsigned facts)
{
    struct kiosk_flow flow;

    kiosk_flow_init(&flow, 3, at(0));
    flow.state = state;
    flow.under = FLOW_NUMBER;
    flow.offline = (facts & 1) != 0;
    flow.captured = (facts & 2) != 0;
    flow.number_fine = (facts & 4) != 0;
    flow.tries_left = (facts & 8) != 0 ? 1 : 3;
    flow.more_left = (facts & 16) != 0 ? 0 : 10;
    return flow;
}

static size_t
rows_that_hold(const struct kiosk_flow *flow, enum kiosk_event event)
{
    size_t n;
    const struct kiosk_edge *edges = kiosk_flow_edges(&n);
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        found += edges[i].on == event && (edges[i].in & (1u << flow->state)) != 0 &&
                 kiosk_flow_holds(flow, edges[i].when);
    }
    return found;
}

static void
every_state_knows_every_event_once(void)
{
    for (int s = 0; s < FLOW_STATE_N; s++) {
        for (int e = KIOSK_EV_NONE + 1; e < KIOSK_EV_N; e++) {
            size_t wanted =
                hears_below((enum kiosk_state)s, (enum kiosk_event)e) ? 0 : 1;

            for (unsigned facts = 0; facts < 32; facts++) {
                struct kiosk_flow flow = with_facts((enum kiosk_state)s, facts);
                size_t found = rows_that_hold(&flow, (enum kiosk_event)e);

                if (found != wanted) {
                    printf("    %s + %s: %zu rows\n",
                           kiosk_state_name((enum kiosk_state)s),
                           kiosk_event_name((enum kiosk_event)e), found);
                    CU_FAIL("a state and an event without exactly one row");
                }
            }
        }
    }
}

static void
every_edge_to_attract_wipes(void)
{
    size_t n;
    const struct kiosk_edge *edges = kiosk_flow_edges(&n);
    size_t seen = 0;

    for (size_t i = 0; i < n; i++) {
        if (edges[i].to == FLOW_ATTRACT) {
            seen++;
            CU_ASSERT((edges[i].then & KIOSK_ACT_WIPE) != 0);
            CU_ASSERT((edges[i].then & KIOSK_ACT_CAMERA_OFF) != 0);
            CU_ASSERT((edges[i].then & KIOSK_ACT_HANG_UP) != 0);
        }
    }
    CU_ASSERT(seen >= 5);
}

static void
nothing_is_laid_over_attract(void)
{
    size_t n;
    const struct kiosk_edge *edges = kiosk_flow_edges(&n);

    for (size_t i = 0; i < n; i++) {
        if (edges[i].to == FLOW_LANGUAGE || edges[i].to == FLOW_TIME_OUT) {
            CU_ASSERT((edges[i].in & (1u << FLOW_ATTRACT)) == 0);
        }
    }
}

static void
the_camera_runs_in_front_of_the_face_screen_only(void)
{
    size_t n;
    const struct kiosk_edge *edges = kiosk_flow_edges(&n);

    for (size_t i = 0; i < n; i++) {
        bool leaves = (edges[i].in & (1u << FLOW_FACE)) != 0 &&
                      edges[i].to < FLOW_STATE_N && edges[i].to != FLOW_FACE &&
                      edges[i].to != FLOW_LANGUAGE && edges[i].to != FLOW_TIME_OUT;

        if (edges[i].to == FLOW_FACE) {
            CU_ASSERT((edges[i].then & KIOSK_ACT_CAMERA_ON) != 0);
        }
        if (leaves) {
            CU_ASSERT((edges[i].then & KIOSK_ACT_CAMERA_OFF) != 0);
        }
    }
}

static void
every_state_reaches_attract_by_time_alone(void)
{
    for (int s = 0; s < FLOW_STATE_N; s++) {
        struct kiosk_flow flow = with_facts((enum kiosk_state)s, 0);
        unsigned then = 0;
        int64_t ms = 0;

        for (; flow.state != FLOW_ATTRACT && ms < 120000; ms += 100) {
            enum kiosk_event due = kiosk_flow_due(&flow, at(ms));

            then = due != KIOSK_EV_NONE ? kiosk_flow_step(&flow, due, at(ms)) : then;
        }
        CU_ASSERT_EQUAL(flow.state, FLOW_ATTRACT);
        CU_ASSERT(s == FLOW_ATTRACT || (then & KIOSK_ACT_WIPE) != 0);
        CU_ASSERT(ms <= KIOSK_IDLE_MS + KIOSK_WARNING_MS + 200);
    }
}

struct way {
    enum kiosk_event event;
    enum kiosk_state state;
};

static int
walk(struct kiosk_flow *flow, const struct way *way, size_t n, int64_t *ms)
{
    int taps = 0;

    for (size_t i = 0; i < n; i++) {
        *ms += 2000;
        if (way[i].event == KIOSK_EV_NEXT) {
            flow->number_fine = true;
        }
        taps += kiosk_event_is_touch(way[i].event) && way[i].event != KIOSK_EV_KEY;
        (void)kiosk_flow_step(flow, way[i].event, at(*ms));
        if (flow->state != way[i].state) {
            printf("    after %s: %s\n", kiosk_event_name(way[i].event),
                   kiosk_state_name(flow->state));
        }
        CU_ASSERT_EQUAL(flow->state, way[i].state);
    }
    return taps;
}

static const struct way plain_way[] = {
    { KIOSK_EV_LANGUAGE, FLOW_CONSENT },  { KIOSK_EV_AGREE, FLOW_NUMBER },
    { KIOSK_EV_KEY, FLOW_NUMBER },        { KIOSK_EV_NEXT, FLOW_FACE },
    { KIOSK_EV_CAPTURED, FLOW_CHECKING }, { KIOSK_EV_APPLIED, FLOW_CONFIRM },
    { KIOSK_EV_CONFIRM, FLOW_ISSUING },   { KIOSK_EV_ISSUED, FLOW_CERTIFICATE },
};

static void
six_screens_and_six_taps_lead_to_the_certificate(void)
{
    struct kiosk_flow flow;
    bool seen[KIOSK_SCREEN_N] = { false };
    int64_t ms = 0;
    int taps = 0;
    int screens = 0;

    kiosk_flow_init(&flow, 3, at(0));
    seen[KIOSK_ATTRACT] = true;
    for (size_t i = 0; i < sizeof plain_way / sizeof *plain_way; i++) {
        taps += walk(&flow, &plain_way[i], 1, &ms);
        seen[kiosk_flow_screen(&flow, at(ms))] = true;
    }
    for (int i = 0; i < KIOSK_SCREEN_N; i++) {
        screens += seen[i] && i != KIOSK_CHECKING; /* the machine's wait asks nothing */
    }
    CU_ASSERT(screens <= 6);
    CU_ASSERT(taps <= 6);
}

static void
a_double_tap_does_nothing_more(void)
{
    struct kiosk_flow flow;
    int64_t ms = 0;

    kiosk_flow_init(&flow, 3, at(0));
    (void)walk(&flow, plain_way, 6, &ms);
    CU_ASSERT_EQUAL(flow.state, FLOW_CONFIRM);
    CU_ASSERT((kiosk_flow_step(&flow, KIOSK_EV_CONFIRM, at(ms + 500)) &
               KIOSK_ACT_ISSUE) != 0);
    for (int64_t i = 1; i < 20; i++) {
        CU_ASSERT_EQUAL(
            kiosk_flow_step(&flow, KIOSK_EV_CONFIRM, at(ms + 500 + i * 100)),
            KIOSK_ACT_NOTHING);
    }
    (void)kiosk_flow_step(&flow, KIOSK_EV_ISSUED, at(ms + 3000));
    CU_ASSERT_EQUAL(flow.state, FLOW_CERTIFICATE);
    /* The second half of a double tap does not reach the new screen's button. */
    CU_ASSERT_EQUAL(kiosk_flow_step(&flow, KIOSK_EV_DONE, at(ms + 3100)),
                    KIOSK_ACT_NOTHING);
    CU_ASSERT(
        (kiosk_flow_step(&flow, KIOSK_EV_PRINT, at(ms + 3500)) & KIOSK_ACT_PRINT) != 0);
    CU_ASSERT_EQUAL(kiosk_flow_step(&flow, KIOSK_EV_PRINT, at(ms + 3700)),
                    KIOSK_ACT_NOTHING);
    (void)kiosk_flow_step(&flow, KIOSK_EV_PRINTED, at(ms + 3800));
    CU_ASSERT(
        (kiosk_flow_step(&flow, KIOSK_EV_PRINT, at(ms + 3900)) & KIOSK_ACT_PRINT) != 0);
}

static void
three_faces_that_fail_lead_to_the_desk(void)
{
    static const struct way twice[] = {
        { KIOSK_EV_FACE_AGAIN, FLOW_FACE }, { KIOSK_EV_CAPTURED, FLOW_CHECKING },
        { KIOSK_EV_FACE_AGAIN, FLOW_FACE }, { KIOSK_EV_CAPTURED, FLOW_CHECKING },
        { KIOSK_EV_FACE_AGAIN, FLOW_DESK },
    };
    struct kiosk_flow flow;
    int64_t ms = 0;

    kiosk_flow_init(&flow, 3, at(0));
    (void)walk(&flow, plain_way, 5, &ms);
    (void)walk(&flow, twice, 5, &ms);
    CU_ASSERT_EQUAL(flow.tries_left, 0);
    CU_ASSERT((kiosk_flow_step(&flow, KIOSK_EV_DONE, at(ms + 1000)) & KIOSK_ACT_WIPE) !=
              0);
    CU_ASSERT_EQUAL(flow.tries_left, 3);
}

static void
more_time_is_given_ten_times(void)
{
    struct kiosk_flow flow;
    int64_t ms = 0;

    kiosk_flow_init(&flow, 3, at(0));
    (void)walk(&flow, plain_way, 2, &ms);
    for (int i = 0; i < 10; i++) {
        ms += KIOSK_IDLE_MS;
        CU_ASSERT_EQUAL(kiosk_flow_due(&flow, at(ms)), KIOSK_EV_IDLE);
        (void)kiosk_flow_step(&flow, KIOSK_EV_IDLE, at(ms));
        CU_ASSERT_EQUAL(flow.state, FLOW_TIME_OUT);
        ms += 10000;
        (void)kiosk_flow_step(&flow, KIOSK_EV_MORE_TIME, at(ms));
        CU_ASSERT_EQUAL(flow.state, FLOW_NUMBER);
    }
    ms += KIOSK_IDLE_MS;
    (void)kiosk_flow_step(&flow, KIOSK_EV_IDLE, at(ms));
    (void)kiosk_flow_step(&flow, KIOSK_EV_MORE_TIME, at(ms + 1000));
    CU_ASSERT_EQUAL(flow.state, FLOW_DESK);
}

static void
the_warning_counts_twenty_seconds_down(void)
{
    struct kiosk_flow flow;
    int64_t ms = 0;
    int whole;

    kiosk_flow_init(&flow, 3, at(0));
    (void)walk(&flow, plain_way, 2, &ms);
    CU_ASSERT_EQUAL(kiosk_flow_left(&flow, at(ms), &whole), 0);
    CU_ASSERT_EQUAL(whole, 0);
    ms += KIOSK_IDLE_MS;
    (void)kiosk_flow_step(&flow, KIOSK_EV_IDLE, at(ms));
    CU_ASSERT_EQUAL(kiosk_flow_left(&flow, at(ms), &whole), 20);
    CU_ASSERT_EQUAL(whole, 20);
    (void)kiosk_flow_step(&flow, KIOSK_EV_SIZE, at(ms + 5000)); /* a hand that misses */
    CU_ASSERT_EQUAL(kiosk_flow_left(&flow, at(ms + 19001), &whole), 1);
    CU_ASSERT_EQUAL(kiosk_flow_due(&flow, at(ms + 19999)), KIOSK_EV_NONE);
    CU_ASSERT_EQUAL(kiosk_flow_due(&flow, at(ms + 20000)), KIOSK_EV_EXPIRED);
}

static void
the_language_sheet_gives_the_screen_back(void)
{
    for (int s = 0; s < FLOW_STATE_N; s++) {
        struct kiosk_flow flow = with_facts((enum kiosk_state)s, 4);

        if (s == FLOW_ATTRACT || s == FLOW_CLOSED || s == FLOW_TIME_OUT ||
            s == FLOW_LANGUAGE) {
            continue;
        }
        CU_ASSERT_EQUAL(kiosk_flow_step(&flow, KIOSK_EV_SHEET, at(1000)),
                        KIOSK_ACT_NOTHING);
        CU_ASSERT_EQUAL(flow.state, FLOW_LANGUAGE);
        CU_ASSERT_EQUAL(kiosk_flow_step(&flow, KIOSK_EV_LANGUAGE, at(3000)),
                        KIOSK_ACT_SET_LANGUAGE);
        CU_ASSERT_EQUAL((int)flow.state, s);
        CU_ASSERT(flow.number_fine);
    }
}

static void
a_warning_over_the_sheet_gives_back_the_screen_below_both(void)
{
    struct kiosk_flow flow = with_facts(FLOW_CONFIRM, 0);

    (void)kiosk_flow_step(&flow, KIOSK_EV_SHEET, at(1000));
    (void)kiosk_flow_step(&flow, KIOSK_EV_IDLE, at(50000));
    CU_ASSERT_EQUAL(flow.state, FLOW_TIME_OUT);
    (void)kiosk_flow_step(&flow, KIOSK_EV_MORE_TIME, at(52000));
    CU_ASSERT_EQUAL(flow.state, FLOW_CONFIRM);
}

static void
answers_reach_the_screen_below_the_sheet(void)
{
    struct kiosk_flow flow = with_facts(FLOW_CHECKING, 2);

    (void)kiosk_flow_step(&flow, KIOSK_EV_SHEET, at(1000));
    (void)kiosk_flow_step(&flow, KIOSK_EV_APPLIED, at(2000));
    CU_ASSERT_EQUAL(flow.state, FLOW_LANGUAGE);
    (void)kiosk_flow_step(&flow, KIOSK_EV_LANGUAGE, at(3000));
    CU_ASSERT_EQUAL(flow.state, FLOW_CONFIRM);

    flow = with_facts(FLOW_CHECKING, 2);
    (void)kiosk_flow_step(&flow, KIOSK_EV_SHEET, at(1000));
    CU_ASSERT(
        (kiosk_flow_step(&flow, KIOSK_EV_QUOTA, at(2000)) & KIOSK_ACT_DESK_SLIP) != 0);
    CU_ASSERT_EQUAL(flow.state, FLOW_DESK);
}

static void
without_the_server_the_way_leads_to_a_desk_slip(void)
{
    static const struct way from_start[] = {
        { KIOSK_EV_UNREACHABLE, FLOW_ATTRACT }, { KIOSK_EV_LANGUAGE, FLOW_CONSENT },
        { KIOSK_EV_AGREE, FLOW_OFFLINE },       { KIOSK_EV_NEXT, FLOW_NUMBER },
        { KIOSK_EV_NEXT, FLOW_FACE },           { KIOSK_EV_CAPTURED, FLOW_DESK },
    };
    static const struct way on_the_way[] = {
        { KIOSK_EV_UNREACHABLE, FLOW_OFFLINE },
        { KIOSK_EV_REACHABLE, FLOW_CHECKING },
        { KIOSK_EV_UNREACHABLE, FLOW_OFFLINE },
        { KIOSK_EV_NEXT, FLOW_DESK },
    };
    struct kiosk_flow flow;
    int64_t ms = 0;

    kiosk_flow_init(&flow, 3, at(0));
    (void)walk(&flow, from_start, 6, &ms);
    kiosk_flow_init(&flow, 3, at(ms));
    (void)walk(&flow, plain_way, 5, &ms);
    (void)walk(&flow, on_the_way, 4, &ms);
}

static void
the_desk_can_be_reached_from_every_screen_but_the_warning(void)
{
    for (int s = 0; s < FLOW_STATE_N; s++) {
        struct kiosk_flow flow = with_facts((enum kiosk_state)s, 0);
        unsigned then = kiosk_flow_step(&flow, KIOSK_EV_DESK, at(1000));

        if (s == FLOW_TIME_OUT || s == FLOW_DESK) {
            CU_ASSERT_EQUAL((int)flow.state, s);
            CU_ASSERT_EQUAL(then, KIOSK_ACT_NOTHING);
            continue;
        }
        CU_ASSERT_EQUAL(flow.state, FLOW_DESK);
        CU_ASSERT((then & KIOSK_ACT_DESK_SLIP) != 0);
    }
}

static void
a_touch_prolongs_the_finished_screen(void)
{
    struct kiosk_flow flow = with_facts(FLOW_CERTIFICATE, 0);
    int whole;

    (void)kiosk_flow_step(&flow, KIOSK_EV_PRINT, at(20000));
    CU_ASSERT_EQUAL(kiosk_flow_due(&flow, at(30000)), KIOSK_EV_NONE);
    CU_ASSERT_EQUAL(kiosk_flow_left(&flow, at(30000), &whole), 20);
    CU_ASSERT_EQUAL(whole, 30);
    CU_ASSERT_EQUAL(kiosk_flow_due(&flow, at(50000)), KIOSK_EV_EXPIRED);
}

static void
tools_left_on_at_the_attract_screen_are_forgotten(void)
{
    struct kiosk_flow flow;

    kiosk_flow_init(&flow, 3, at(0));
    CU_ASSERT_EQUAL(kiosk_flow_due(&flow, at(1000000)), KIOSK_EV_NONE);
    CU_ASSERT_EQUAL(kiosk_flow_step(&flow, KIOSK_EV_SIZE, at(1000)), KIOSK_ACT_TOOL);
    CU_ASSERT_EQUAL(kiosk_flow_due(&flow, at(46000)), KIOSK_EV_IDLE);
    CU_ASSERT((kiosk_flow_step(&flow, KIOSK_EV_IDLE, at(46000)) & KIOSK_ACT_WIPE) != 0);
    CU_ASSERT_EQUAL(kiosk_flow_due(&flow, at(1000000)), KIOSK_EV_NONE);
}

static void
a_slow_issue_shows_the_checking_screen(void)
{
    struct kiosk_flow flow = with_facts(FLOW_CONFIRM, 2);

    (void)kiosk_flow_step(&flow, KIOSK_EV_CONFIRM, at(1000));
    CU_ASSERT_EQUAL(kiosk_flow_screen(&flow, at(1900)), KIOSK_CONFIRM);
    CU_ASSERT(kiosk_flow_is_quiet(&flow, at(1900)));
    CU_ASSERT_EQUAL(kiosk_flow_screen(&flow, at(2000)), KIOSK_CHECKING);
}

static void
a_lost_camera_closes_the_idle_machine_and_is_tried_again(void)
{
    struct kiosk_flow flow;

    kiosk_flow_init(&flow, 3, at(0));
    (void)kiosk_flow_step(&flow, KIOSK_EV_CAMERA_LOST, at(0));
    CU_ASSERT_EQUAL(flow.state, FLOW_CLOSED);
    CU_ASSERT_EQUAL(kiosk_flow_due(&flow, at(KIOSK_FINISHED_MS)), KIOSK_EV_EXPIRED);
}

TBC_SUITE("kiosk/flow", TEST(every_state_knows_every_event_once),
          TEST(every_edge_to_attract_wipes), TEST(nothing_is_laid_over_attract),
          TEST(the_camera_runs_in_front_of_the_face_screen_only),
          TEST(every_state_reaches_attract_by_time_alone),
          TEST(six_screens_and_six_taps_lead_to_the_certificate),
          TEST(a_double_tap_does_nothing_more),
          TEST(three_faces_that_fail_lead_to_the_desk),
          TEST(more_time_is_given_ten_times),
          TEST(the_warning_counts_twenty_seconds_down),
          TEST(the_language_sheet_gives_the_screen_back),
          TEST(a_warning_over_the_sheet_gives_back_the_screen_below_both),
          TEST(answers_reach_the_screen_below_the_sheet),
          TEST(without_the_server_the_way_leads_to_a_desk_slip),
          TEST(the_desk_can_be_reached_from_every_screen_but_the_warning),
          TEST(a_touch_prolongs_the_finished_screen),
          TEST(tools_left_on_at_the_attract_screen_are_forgotten),
          TEST(a_slow_issue_shows_the_checking_screen),
          TEST(a_lost_camera_closes_the_idle_machine_and_is_tried_again))
