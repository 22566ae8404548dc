#include "core.h"
#include "suite.h"

#include <math.h>
#include <string.h>

static const struct tbc_policy *const policy = &tbc_policy_default;
/* 2026-02-28T16:00:00Z: March has just begun at the railway's stations. */
static const struct tbc_utc march = { 1772294400 };

static void
a_certificate_is_shown_again_until_its_renewal_window(void)
{
    static const struct {
        int64_t left; /* seconds until the newest expires */
        uint64_t used;
        enum station_issue want;
    } rows[] = {
        { -1, 0, STATION_ISSUE_NEW },
        { 0, 0, STATION_ISSUE_NEW },
        { 1, 1, STATION_ISSUE_NEW },
        { 3 * 3600, 1, STATION_ISSUE_NEW },
        { 3 * 3600 + 1, 1, STATION_ISSUE_AGAIN },
        { 24 * 3600, 6, STATION_ISSUE_AGAIN },
        { 24 * 3600, 60, STATION_ISSUE_AGAIN },
        { -1, 5, STATION_ISSUE_NEW },
        { -1, 6, STATION_ISSUE_QUOTA },
        { 3 * 3600, 6, STATION_ISSUE_QUOTA },
        { -1, UINT64_MAX, STATION_ISSUE_QUOTA },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_utc expires = { march.s + rows[i].left };

        CU_ASSERT_EQUAL(station_decide_issue(policy, expires, rows[i].used, march),
                        rows[i].want);
    }
    CU_ASSERT_EQUAL(station_decide_issue(policy, (struct tbc_utc){ 0 }, 0, march),
                    STATION_ISSUE_NEW);
}

static void
quota_left_counts_this_one_only_when_it_is_new(void)
{
    CU_ASSERT_EQUAL(station_quota_left(policy, STATION_ISSUE_NEW, 0), 5);
    CU_ASSERT_EQUAL(station_quota_left(policy, STATION_ISSUE_NEW, 5), 0);
    CU_ASSERT_EQUAL(station_quota_left(policy, STATION_ISSUE_AGAIN, 1), 5);
    CU_ASSERT_EQUAL(station_quota_left(policy, STATION_ISSUE_AGAIN, 9), 0);
    CU_ASSERT_EQUAL(station_quota_left(policy, STATION_ISSUE_QUOTA, 6), 0);
}

static void
months_begin_at_midnight_of_the_railway(void)
{
    CU_ASSERT_EQUAL(station_month_start(march).s, march.s);
    CU_ASSERT_EQUAL(station_month_start((struct tbc_utc){ march.s + 86400 * 30 }).s,
                    march.s);
    /* one second earlier it is still February, which began 28 days before */
    CU_ASSERT_EQUAL(station_month_start((struct tbc_utc){ march.s - 1 }).s,
                    march.s - INT64_C(28) * 86400);
}

static void
faces_fall_into_three_ranges(void)
{
    for (int64_t permille = -1000; permille <= 1000; permille++) {
        enum tbc_code want = permille >= 450   ? TBC_CODE_FINE
                             : permille >= 350 ? TBC_CODE_FACE_AGAIN
                                               : TBC_CODE_FACE_REFUSED;

        if (station_decide_face(policy, permille) != want) {
            CU_FAIL("a score is judged wrong");
            return;
        }
    }
}

static void
permille_never_leaves_its_range(void)
{
    CU_ASSERT_EQUAL(station_permille(0.4496), 450);
    CU_ASSERT_EQUAL(station_permille(0.4494), 449);
    CU_ASSERT_EQUAL(station_permille(1.5), 1000);
    CU_ASSERT_EQUAL(station_permille(-0.7), 0);
    CU_ASSERT_EQUAL(station_permille(0.0), 0);
    CU_ASSERT_EQUAL(station_permille((double)NAN), 0);
    CU_ASSERT_EQUAL(station_permille((double)INFINITY), 1000);
}

static void
tries_run_out_and_stay_out(void)
{
    CU_ASSERT_EQUAL(station_tries_left(policy, 0), 3);
    CU_ASSERT_EQUAL(station_tries_left(policy, 2), 1);
    CU_ASSERT_EQUAL(station_tries_left(policy, 3), 0);
    CU_ASSERT_EQUAL(station_tries_left(policy, 400), 0);
}

static void
children_want_a_guardian_and_unknown_ages_do_not(void)
{
    CU_ASSERT(station_wants_guardian(policy, 0, false));
    CU_ASSERT(station_wants_guardian(policy, 13, false));
    CU_ASSERT_FALSE(station_wants_guardian(policy, 13, true));
    CU_ASSERT_FALSE(station_wants_guardian(policy, 14, false));
    CU_ASSERT_FALSE(station_wants_guardian(policy, -1, false));
}

static void
trips_are_those_until_the_end_of_tomorrow(void)
{
    struct tbc_utc from;
    struct tbc_utc to;

    station_trip_window(march, &from, &to);
    CU_ASSERT_EQUAL(from.s, march.s);
    CU_ASSERT_EQUAL(to.s, march.s + 2 * 86400);
    station_trip_window((struct tbc_utc){ march.s - 1 }, &from, &to);
    CU_ASSERT_EQUAL(to.s, march.s + 86400);
}

static struct tbc_entry
an_entry(enum tbc_verdict own, bool told)
{
    return (struct tbc_entry){
        .event = { 3 }, .cti = { 4 }, .verdict = own, .train = "G1", .told = told
    };
}

/* What must be answered, said another way than the core says it. */
static uint64_t
wanted(const struct tbc_entry *e, const struct station_record *r)
{
    if (!tbc_verdict_opens((enum tbc_verdict)e->verdict)) {
        return e->verdict;
    }
    if (e->act == TBC_ACT_EXIT) {
        return r->entered ? TBC_ACCEPTED : TBC_REFER_TO_OFFICER;
    }
    if (r->is_ours && r->expires.s <= march.s) {
        return TBC_EXPIRED;
    }
    if (r->is_ours && r->revoked) {
        return TBC_REVOKED;
    }
    return r->trip.inside || r->trip.rounds > (uint64_t)policy->reentries
               ? TBC_ALREADY_ENTERED
               : TBC_ACCEPTED;
}

/* Every verdict of a gate of either direction against every state of the record. */
static void
asked_entries_get_the_greatest_reason(void)
{
    for (unsigned i = 0; i < TBC_VERDICT_N * 128; i++) {
        struct tbc_entry e = an_entry((enum tbc_verdict)(i / 128), false);
        const struct station_record r = {
            .is_ours = (i & 1) != 0,
            .expires = { march.s + ((i & 2) != 0 ? 0 : 1) },
            .revoked = (i & 4) != 0,
            .trip = { .inside = (i & 8) != 0,
                      .since = { 77 },
                      .rounds = (uint64_t)policy->reentries + ((i & 16) != 0 ? 1 : 0) },
            .entered = (i & 32) != 0,
        };
        struct tbc_entry_reply got;

        e.act = (i & 64) != 0 ? TBC_ACT_EXIT : TBC_ACT_ENTER;
        got = station_decide_asked(&e, &r, policy, march);
        CU_ASSERT_EQUAL(got.verdict, wanted(&e, &r));
        CU_ASSERT_FALSE(got.conflict);
        if (tbc_verdict_opens((enum tbc_verdict)e.verdict)) {
            CU_ASSERT_EQUAL(got.earlier.s, got.verdict == TBC_ALREADY_ENTERED ? 77 : 0);
        }
        CU_ASSERT_EQUAL(memcmp(got.event, e.event, sizeof e.event), 0);
    }
}

static struct tbc_use
an_use(uint8_t event, enum tbc_act act, int64_t at)
{
    return (
        struct tbc_use){ .event = { event }, .act = act, .at = { at }, .train = "G1" };
}

static void
told_entries_stay_what_happened(void)
{
    for (unsigned own = 0; own < TBC_VERDICT_N; own++) {
        const struct tbc_entry e = an_entry((enum tbc_verdict)own, true);
        struct tbc_use uses[3] = { an_use(3, TBC_ACT_ENTER, 90),
                                   an_use(9, TBC_ACT_ENTER, 77) };
        struct tbc_entry_reply got = station_decide_told(&e, uses, 0);

        CU_ASSERT(got.verdict == own && !got.conflict);
        CU_ASSERT_EQUAL(tbc_uses_settle(uses, 1, 5), 1);
        got = station_decide_told(&e, uses, 1);
        CU_ASSERT(got.verdict == own && !got.conflict && got.earlier.s == 0);
        /* whoever of the two was first: it is a conflict, and each hears of the other */
        CU_ASSERT_EQUAL(tbc_uses_settle(uses, 2, 5), 2);
        got = station_decide_told(&e, uses, 2);
        CU_ASSERT(got.verdict == own && got.conflict && got.earlier.s == 77);
        uses[2] = an_use(9, TBC_ACT_ENTER, 95);
        uses[0] = an_use(3, TBC_ACT_ENTER, 90);
        uses[1] = uses[2];
        CU_ASSERT_EQUAL(tbc_uses_settle(uses, 2, 5), 2);
        got = station_decide_told(&e, uses, 2);
        CU_ASSERT(got.conflict && got.earlier.s == 95);
    }
}

static void
what_is_asked_is_later_than_what_is_known(void)
{
    struct tbc_entry e = an_entry(TBC_ACCEPTED_OFFLINE, false);
    struct tbc_use uses[3] = { an_use(1, TBC_ACT_ENTER, 100),
                               an_use(2, TBC_ACT_EXIT, 110) };

    e.at.s = 105;
    CU_ASSERT_EQUAL(station_time_asked(&e, uses, 0, policy).s, 105);
    CU_ASSERT_EQUAL(tbc_uses_settle(uses, 2, 5), 2);
    CU_ASSERT_EQUAL(station_time_asked(&e, uses, 2, policy).s, 111);
    e.at.s = 200;
    CU_ASSERT_EQUAL(station_time_asked(&e, uses, 2, policy).s, 200);
    /* one that did not happen does not count; one that left and had not come, a little longer */
    e.at.s = 105;
    uses[2] = an_use(3, TBC_ACT_ANNUL, 190);
    uses[2].of[0] = 2;
    CU_ASSERT_EQUAL(tbc_uses_settle(uses, 3, 5), 3);
    CU_ASSERT_EQUAL(station_time_asked(&e, uses, 3, policy).s, 105);
    uses[0] = an_use(2, TBC_ACT_EXIT, 110);
    CU_ASSERT_EQUAL(tbc_uses_settle(uses, 1, 5), 1);
    CU_ASSERT_EQUAL(station_time_asked(&e, uses, 1, policy).s, 111 + policy->skew_s);
}

static void
events_that_cannot_be_are_named(void)
{
    static const struct {
        struct tbc_entry entry;
        const char *field;
    } rows[] = {
        { { .train = "G1", .depart = { 9 } }, NULL },
        { { .verdict = TBC_NO_TICKET }, NULL },
        { { .act = TBC_ACT_EXIT, .verdict = TBC_ACCEPTED }, NULL },
        { { .act = TBC_ACT_ANNUL, .verdict = TBC_ACCEPTED, .of = { 1 }, .told = true },
          NULL },
        { { .verdict = TBC_VERDICT_N }, "verdict" },
        { { .act = TBC_ACT_N }, "act" },
        { { .train = "G1" }, "train" },
        { { .depart = { 9 } }, "train" },
        { { .act = TBC_ACT_EXIT, .train = "G1", .depart = { 9 } }, "train" },
        { { .of = { 1 } }, "of" },
        { { .act = TBC_ACT_EXIT, .of = { 1 } }, "of" },
        { { .act = TBC_ACT_ANNUL, .verdict = TBC_ACCEPTED, .told = true }, "of" },
        { { .act = TBC_ACT_ANNUL, .verdict = TBC_ACCEPTED, .of = { 1 } }, "told" },
        { { .act = TBC_ACT_ANNUL, .verdict = TBC_REVOKED, .of = { 1 }, .told = true },
          "verdict" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *field = station_unsound(&rows[i].entry);

        CU_ASSERT(field == rows[i].field || (field != NULL && rows[i].field != NULL &&
                                             strcmp(field, rows[i].field) == 0));
    }
}

static void
blocks_of_indices_join_without_a_gap_and_double_the_list(void)
{
    struct station_block b = station_index_block(0);
    uint64_t end;

    CU_ASSERT(b.first == 0 && b.n == 65536);
    for (end = b.n; end < STATION_INDEX_MOST; end = b.first + b.n) {
        struct station_block last = station_index_block(end - 1);

        CU_ASSERT_EQUAL(last.first, b.first);
        b = station_index_block(end);
        CU_ASSERT_FATAL(b.first == end && b.n == end);
    }
    CU_ASSERT_EQUAL(end, STATION_INDEX_MOST);
    CU_ASSERT_EQUAL(station_index_block(end).n, 0);
    CU_ASSERT_EQUAL(station_index_block(UINT64_MAX).n, 0);
}

TBC_SUITE("station/core", TEST(a_certificate_is_shown_again_until_its_renewal_window),
          TEST(quota_left_counts_this_one_only_when_it_is_new),
          TEST(months_begin_at_midnight_of_the_railway),
          TEST(faces_fall_into_three_ranges), TEST(permille_never_leaves_its_range),
          TEST(tries_run_out_and_stay_out),
          TEST(children_want_a_guardian_and_unknown_ages_do_not),
          TEST(trips_are_those_until_the_end_of_tomorrow),
          TEST(asked_entries_get_the_greatest_reason),
          TEST(told_entries_stay_what_happened),
          TEST(what_is_asked_is_later_than_what_is_known),
          TEST(events_that_cannot_be_are_named),
          TEST(blocks_of_indices_join_without_a_gap_and_double_the_list))
