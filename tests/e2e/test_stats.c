/* tbc stats against the real station: what was done is what is counted. */
#include "stage.h"
#include "suite.h"
#include "sys/clock.h"

#include <stdio.h>
#include <string.h>

static char text[16384];

/* What tbc stats printed; its exit code. */
static int
stats(const struct stage *s, const char *since, bool as_json)
{
    return stage_output((const char *const[]){ "tbc", "stats", "--device",
                                               stage_path(s, "operator.device"),
                                               "--since", since,
                                               as_json ? "--json" : NULL, NULL },
                        text, sizeof text);
}

static bool
says(const char *what)
{
    return stage_says(text, what);
}

/* One certificate of the desk; one presentation that the gate refused, one that it let in. */
static void
do_something(struct stage *s)
{
    struct tbc_client *gate = NULL;
    struct tbc_assist in = stage_assistance(0);
    struct tbc_issue_reply issued;
    struct tbc_entry entry = { .event = { 1 }, .verdict = TBC_EXPIRED, .told = true };
    struct tbc_entry_reply out;

    CU_ASSERT(stage_import(s, 1));
    CU_ASSERT_FATAL(
        stage_is(stage_ask(s->client, TBC_OP_ASSIST, &in, &issued), TBC_CODE_FINE));
    in = stage_assistance(7);
    CU_ASSERT(stage_is(stage_ask(s->client, TBC_OP_ASSIST, &in, &issued),
                       TBC_CODE_NOT_FOUND));
    CU_ASSERT(stage_enrol(s, "gate-1", TBC_ROLE_GATE));
    CU_ASSERT_FATAL(stage_connect_as(&gate, stage_path(s, "gate-1.device"), false));
    entry.at = tbc_clock_utc();
    CU_ASSERT(stage_is(stage_ask(gate, TBC_OP_ENTER, &entry, &out), TBC_CODE_FINE));
    entry.event[0] = 2;
    entry.verdict = TBC_ACCEPTED_OFFLINE;
    memcpy(entry.train, "G1207", 6);
    entry.depart = entry.at;
    CU_ASSERT(stage_is(stage_ask(gate, TBC_OP_ENTER, &entry, &out), TBC_CODE_FINE));
    tbc_client_close(&gate);
}

static void
what_was_done_is_counted_by_channel_gate_and_reason(void)
{
    static struct stage s;

    stage_raise(&s);
    do_something(&s);
    CU_ASSERT_EQUAL(stats(&s, "1h", true), 0);
    CU_ASSERT(says("\"people\":1,"));
    CU_ASSERT(says("\"issued\":{\"desk\":1}"));
    CU_ASSERT(says("\"medium\":{\"paper\":1}"));
    CU_ASSERT(says("\"paper_share\":1.0"));
    CU_ASSERT(says("\"gate-1\":{"));
    CU_ASSERT(says("\"EXPIRED\":1"));
    CU_ASSERT(says("\"ACCEPTED_OFFLINE\":1"));
    CU_ASSERT(says("\"refused\":{\"ASSIST\":{\"NOT_FOUND\":1}}"));
    CU_ASSERT(says("\"queue\":{\"n\":"));
    CU_ASSERT_EQUAL(stats(&s, "1d", false), 0);
    CU_ASSERT(says("share of paper"));
    CU_ASSERT(says("100 %"));
    /* a range in which nothing was done */
    CU_ASSERT_EQUAL(stats(&s, "2100-01-01T00:00:00Z", true), 0);
    CU_ASSERT(says("\"issued\":{},\"medium\":{},\"verdict\":{}"));
    CU_ASSERT(says("\"paper_share\":null"));
    CU_ASSERT_EQUAL(stats(&s, "yesterday", true), 2);
    CU_ASSERT_EQUAL(stats(&s, "99999d", true), 2);
    stage_strike(&s);
}

/* As a program asks that knows nothing of figures. */
static void
an_empty_request_is_answered_as_ever(void)
{
    static struct tbc_stats_reply reply;
    static struct stage s;

    stage_raise(&s);
    do_something(&s);
    CU_ASSERT(stage_is(stage_ask(s.client, TBC_OP_STATS, NULL, &reply), TBC_CODE_FINE));
    CU_ASSERT(reply.stats_n > 0);
    CU_ASSERT_EQUAL(reply.figures_n, 0);
    stage_strike(&s);
}

TBC_SUITE("e2e/stats", TEST(what_was_done_is_counted_by_channel_gate_and_reason),
          TEST(an_empty_request_is_answered_as_ever))
