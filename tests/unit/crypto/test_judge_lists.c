/* The judge with several lists, several tickets, or less knowledge than usual. */
#include "crypto/digest.h"
#include "suite.h"
#include "world.h"

#include <stdlib.h>
#include <string.h>

static struct tbc_utc
later(int64_t s)
{
    return (struct tbc_utc){ WORLD_NOW.s + s };
}

static enum tbc_verdict
judge(struct world *w, struct tbc_utc now, struct tbc_judgement *out)
{
    struct tbc_buf message = { 0 };
    struct tbc_buf text = { 0 };

    world_certificate(w, &message);
    world_text(tbc_buf_span(&message), &text);
    CU_ASSERT_EQUAL(tbc_judge(tbc_buf_span(&text), &w->know, now, out), TBC_OK);
    tbc_buf_fini(&message);
    tbc_buf_fini(&text);
    return out->verdict;
}

/* Of a holder's tickets. */
struct ticket {
    int64_t opens_in_s; /* from now */
    const char *from;
};

static void
the_ticket_that_helps_most_decides(void)
{
    static const struct {
        struct ticket tickets[3];
        size_t n;
        enum tbc_verdict verdict;
        size_t which;
    } rows[] = {
        /* one that opens now before all others, whatever their order */
        { { { 60, "VNP" }, { 0, "VNP" }, { -9000, "VNP" } },
          3,
          TBC_ACCEPTED_OFFLINE,
          1 },
        { { { 0, "VNP" }, { 60, "VNP" }, { 0, "SHH" } }, 3, TBC_ACCEPTED_OFFLINE, 0 },
        /* of two that open, the train that leaves first */
        { { { 0, "VNP" }, { -30, "VNP" } }, 2, TBC_ACCEPTED_OFFLINE, 1 },
        { { { -30, "VNP" }, { 0, "VNP" } }, 2, TBC_ACCEPTED_OFFLINE, 0 },
        /* a coming train before one that has gone, and that before another station's */
        { { { -9000, "VNP" }, { 60, "VNP" } }, 2, TBC_TOO_EARLY, 1 },
        { { { 0, "SHH" }, { -9000, "VNP" } }, 2, TBC_TOO_LATE, 1 },
        { { { 0, "SHH" }, { 60, "SHH" } }, 2, TBC_WRONG_STATION, 0 },
        { { { -9000, "VNP" }, { -9900, "VNP" } }, 2, TBC_TOO_LATE, 0 },
        { { { -9900, "VNP" }, { -9000, "VNP" } }, 2, TBC_TOO_LATE, 1 },
        { { { 600, "VNP" }, { 60, "VNP" } }, 2, TBC_TOO_EARLY, 1 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w;
        struct tbc_judgement out;
        struct tbc_trip trips[3] = { { .train = "G1" } };
        struct tbc_manifest_row holders[3];
        int64_t opens = tbc_policy_default.gate_opens_s;
        struct tbc_manifest m = {
            .trips = trips, .trips_n = rows[i].n, .rows = holders, .rows_n = rows[i].n
        };

        world_init(&w, TBC_ALG_ES256);
        for (size_t t = 0; t < rows[i].n; t++) {
            trips[t].depart = later(opens + rows[i].tickets[t].opens_in_s);
            (void)memccpy(trips[t].from, rows[i].tickets[t].from, '\0',
                          sizeof trips[t].from);
            memcpy(holders[t].holder, w.claims.holder, TBC_HOLDER_LEN);
            holders[t].trip = (uint32_t)t;
        }
        w.know.manifest = &m;
        CU_ASSERT_EQUAL(judge(&w, WORLD_NOW, &out), rows[i].verdict);
        CU_ASSERT_PTR_EQUAL(out.trip, &trips[rows[i].which]);
        CU_ASSERT_EQUAL(out.time.s, rows[i].verdict == TBC_TOO_EARLY
                                        ? trips[rows[i].which].depart.s - opens
                                        : 0);
        world_fini(&w);
    }
}

static void
the_right_one_of_several_status_lists_is_asked(void)
{
    struct world w;
    struct tbc_judgement out;
    struct tbc_statuslist lists[3];

    world_init(&w, TBC_ALG_ES256);
    lists[0] = w.list;
    lists[1] = w.list;
    lists[2] = w.list;
    (void)memccpy(lists[0].sub, "https://tbc.example/status/SHH/1", '\0',
                  sizeof lists[0].sub);
    lists[2].exp = WORLD_NOW; /* a second one of that address is not looked at */
    w.know.lists = lists;
    w.know.lists_n = 3;
    CU_ASSERT_EQUAL(judge(&w, WORLD_NOW, &out), TBC_ACCEPTED_OFFLINE);
    CU_ASSERT(out.has_status);
    w.know.lists_n = 1;
    CU_ASSERT_EQUAL(judge(&w, WORLD_NOW, &out), TBC_STATUS_UNKNOWN);
    CU_ASSERT_FALSE(out.has_status);
    /* its own end, to the second */
    lists[0] = w.list;
    lists[0].exp = later(1);
    CU_ASSERT_EQUAL(judge(&w, WORLD_NOW, &out), TBC_ACCEPTED_OFFLINE);
    lists[0].exp = WORLD_NOW;
    CU_ASSERT_EQUAL(judge(&w, WORLD_NOW, &out), TBC_STATUS_UNKNOWN);
    world_fini(&w);
}

static void
who_knows_less_says_less(void)
{
    struct world w;
    struct tbc_judgement out;

    world_init(&w, TBC_ALG_ES256);
    w.know.station = NULL; /* a kiosk: no gate, no tickets */
    w.manifest.rows[0].holder[0] ^= 1;
    CU_ASSERT_EQUAL(judge(&w, WORLD_NOW, &out), TBC_ACCEPTED_OFFLINE);
    CU_ASSERT_PTR_NULL(out.trip);
    w.know.ring = NULL;
    CU_ASSERT_EQUAL(judge(&w, WORLD_NOW, &out), TBC_UNKNOWN_ISSUER);
    CU_ASSERT_FALSE(out.has_claims);
    world_fini(&w);
}

static enum tbc_verdict
judge_proof(struct world *w, struct tbc_span inner, const struct tbc_live *live,
            struct tbc_judgement *out)
{
    struct tbc_buf proof = { 0 };
    struct tbc_buf text = { 0 };

    world_prove(w->phone, inner, live, &proof);
    world_text(tbc_buf_span(&proof), &text);
    CU_ASSERT_EQUAL(tbc_judge(tbc_buf_span(&text), &w->know, WORLD_NOW, out), TBC_OK);
    tbc_buf_fini(&proof);
    tbc_buf_fini(&text);
    return out->verdict;
}

static void
a_proof_is_around_a_certificate_and_fresh_in_every_way(void)
{
    static const uint8_t shown[TBC_CHALLENGE_LEN] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    struct tbc_live live = { .time = later(-tbc_policy_default.proof_s - 1),
                             .has_challenge = true,
                             .challenge = { 1, 2, 3, 4, 5, 6, 7, 8 } };
    struct world w;
    struct tbc_judgement out;
    struct tbc_buf message = { 0 };

    world_init(&w, TBC_ALG_ES256);
    world_bind(&w);
    world_certificate(&w, &message);
    w.know.challenge = tbc_span_of(shown, sizeof shown);
    CU_ASSERT_EQUAL(judge_proof(&w, tbc_buf_span(&message), &live, &out),
                    TBC_PROOF_STALE); /* the answer is right, but old */
    tbc_buf_clear(&message);
    CU_ASSERT_EQUAL(
        tbc_sign_cose(w.station, TBC_TYP_STATUS, tbc_span_str("\xa0"), &message),
        TBC_OK);
    CU_ASSERT_EQUAL(judge_proof(&w, tbc_buf_span(&message), &live, &out),
                    TBC_MALFORMED);
    CU_ASSERT_STRING_EQUAL(out.fault.what, "certificate in the live proof");
    tbc_buf_fini(&message);
    world_fini(&w);
}

static void
lists_of_other_stations_are_named_and_not_kept(void)
{
    struct world w;
    struct tbc_buf payload = { 0 };
    struct tbc_buf message = { 0 };
    struct tbc_statuslist list;
    struct tbc_manifest manifest;
    struct tbc_fault fault = { 0 };

    world_init(&w, TBC_ALG_ES256);
    CU_ASSERT_EQUAL(tbc_manifest_encode(&w.manifest, &payload), TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_sign_cose(w.station, TBC_TYP_MANIFEST, tbc_buf_span(&payload), &message),
        TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_manifest_open(&manifest, tbc_buf_span(&message), w.ring, WORLD_NOW, NULL),
        TBC_OK);
    tbc_manifest_fini(&manifest);
    (void)memccpy(w.manifest.station, "SHH", '\0', sizeof w.manifest.station);
    tbc_buf_clear(&payload);
    tbc_buf_clear(&message);
    CU_ASSERT_EQUAL(tbc_manifest_encode(&w.manifest, &payload), TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_sign_cose(w.station, TBC_TYP_MANIFEST, tbc_buf_span(&payload), &message),
        TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_manifest_open(&manifest, tbc_buf_span(&message), w.ring, WORLD_NOW, &fault),
        TBC_ERR_MALFORMED);
    CU_ASSERT_STRING_EQUAL(fault.what, "station");
    CU_ASSERT_PTR_NULL(manifest.rows);
    CU_ASSERT_EQUAL(
        tbc_manifest_open(&manifest, tbc_span_str("x"), w.ring, WORLD_NOW, NULL),
        TBC_ERR_MALFORMED);
    CU_ASSERT_EQUAL(
        tbc_statuslist_open(&list, tbc_span_str("x"), w.ring, WORLD_NOW, NULL),
        TBC_ERR_MALFORMED);
    (void)memccpy(w.list.sub, "https://tbc.example/status/SHH/1", '\0',
                  sizeof w.list.sub);
    tbc_buf_clear(&payload);
    tbc_buf_clear(&message);
    CU_ASSERT_EQUAL(tbc_statuslist_encode(&w.list, &payload), TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_sign_cose(w.station, TBC_TYP_STATUS, tbc_buf_span(&payload), &message),
        TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_statuslist_open(&list, tbc_buf_span(&message), w.ring, WORLD_NOW, &fault),
        TBC_ERR_MALFORMED);
    CU_ASSERT_STRING_EQUAL(fault.what, "sub");
    tbc_buf_fini(&payload);
    tbc_buf_fini(&message);
    world_fini(&w);
}

TBC_SUITE("crypto/judge_lists", TEST(the_ticket_that_helps_most_decides),
          TEST(the_right_one_of_several_status_lists_is_asked),
          TEST(who_knows_less_says_less),
          TEST(a_proof_is_around_a_certificate_and_fresh_in_every_way),
          TEST(lists_of_other_stations_are_named_and_not_kept))
