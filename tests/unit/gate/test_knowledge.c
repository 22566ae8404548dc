#include "base/text.h"
#include "crypto/statusdelta.h"
#include "knowledge.h"
#include "suite.h"
#include "world.h"

#include <string.h>

#define HOURS(n) (INT64_C(3600) * (n))

/* A gate that has the world's root, and the world's lists as signed bytes. */
static struct {
    struct world w;
    struct gate_knowledge know;
    struct tbc_buf trust;
    struct tbc_buf status;
    struct tbc_buf manifest;
} stage;

static void
sign(struct tbc_key *key, enum tbc_typ typ, const struct tbc_buf *payload,
     struct tbc_buf *out)
{
    tbc_buf_clear(out);
    CU_ASSERT_EQUAL_FATAL(tbc_sign_cose(key, typ, tbc_buf_span(payload), out), TBC_OK);
}

static void
sign_status(struct tbc_key *key)
{
    struct tbc_buf payload = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_statuslist_encode(&stage.w.list, &payload), TBC_OK);
    sign(key, TBC_TYP_STATUS, &payload, &stage.status);
    tbc_buf_fini(&payload);
}

static void
sign_manifest(struct tbc_key *key)
{
    struct tbc_buf payload = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_manifest_encode(&stage.w.manifest, &payload), TBC_OK);
    sign(key, TBC_TYP_MANIFEST, &payload, &stage.manifest);
    tbc_buf_fini(&payload);
}

static void
know_nothing(void)
{
    struct tbc_buf root = { 0 };
    struct tbc_buf hex = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_key_put_cose(stage.w.root, &root), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_hex_encode(tbc_buf_span(&root), &hex), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(gate_knowledge_init(&stage.know, tbc_buf_str(&hex)), TBC_OK);
    tbc_buf_fini(&root);
    tbc_buf_fini(&hex);
}

/* What a power cut takes: all but the signed bytes. */
static void
forget(void)
{
    gate_knowledge_fini(&stage.know);
    know_nothing();
}

static void
begin(void)
{
    memset(&stage, 0, sizeof stage);
    world_init(&stage.w, TBC_ALG_ES256);
    stage.w.manifest.version = 5;
    world_trust(&stage.w, 7, &stage.trust);
    sign_status(stage.w.station);
    sign_manifest(stage.w.station);
    know_nothing();
}

static void
end(void)
{
    gate_knowledge_fini(&stage.know);
    world_fini(&stage.w);
    tbc_buf_fini(&stage.trust);
    tbc_buf_fini(&stage.status);
    tbc_buf_fini(&stage.manifest);
}

static enum tbc_err
take(enum gate_list list, const struct tbc_buf *bytes)
{
    struct tbc_fault fault = { 0 };
    struct tbc_utc made;

    return gate_knowledge_take(&stage.know, list, tbc_buf_span(bytes), WORLD_NOW, &made,
                               &fault);
}

static void
take_all(void)
{
    CU_ASSERT_EQUAL(take(GATE_LIST_TRUST, &stage.trust), TBC_OK);
    CU_ASSERT_EQUAL(take(GATE_LIST_STATUS, &stage.status), TBC_OK);
    CU_ASSERT_EQUAL(take(GATE_LIST_MANIFEST, &stage.manifest), TBC_OK);
}

/* What the judge says of the world's certificate by what this gate knows. */
static struct tbc_judgement
judged(struct tbc_utc now)
{
    struct tbc_knowledge view = gate_knowledge_view(&stage.know, now);
    struct tbc_judgement j;
    struct tbc_buf message = { 0 };
    struct tbc_buf text = { 0 };

    world_certificate(&stage.w, &message);
    world_text(tbc_buf_span(&message), &text);
    CU_ASSERT_EQUAL(tbc_judge(tbc_buf_span(&text), &view, now, &j), TBC_OK);
    tbc_buf_fini(&message);
    tbc_buf_fini(&text);
    return j;
}

static void
all_three_lists_let_the_judge_accept(void)
{
    begin();
    CU_ASSERT_EQUAL(judged(WORLD_NOW).verdict, TBC_UNKNOWN_ISSUER);
    take_all();
    CU_ASSERT_EQUAL(judged(WORLD_NOW).verdict, TBC_ACCEPTED_OFFLINE);
    CU_ASSERT_STRING_EQUAL(stage.know.station, "VNP");
    end();
}

static void
lists_before_the_trust_list_are_of_unknown_keys(void)
{
    begin();
    CU_ASSERT_EQUAL(take(GATE_LIST_STATUS, &stage.status), TBC_ERR_UNKNOWN_KEY);
    CU_ASSERT_EQUAL(take(GATE_LIST_MANIFEST, &stage.manifest), TBC_ERR_UNKNOWN_KEY);
    end();
}

static void
versions_never_go_back(void)
{
    begin();
    take_all();
    tbc_buf_clear(&stage.trust);
    world_trust(&stage.w, 6, &stage.trust);
    CU_ASSERT_EQUAL(take(GATE_LIST_TRUST, &stage.trust), TBC_ERR_RANGE);
    stage.w.list.iat.s -= 60;
    sign_status(stage.w.station);
    CU_ASSERT_EQUAL(take(GATE_LIST_STATUS, &stage.status), TBC_ERR_RANGE);
    stage.w.manifest.version = 4;
    sign_manifest(stage.w.station);
    CU_ASSERT_EQUAL(take(GATE_LIST_MANIFEST, &stage.manifest), TBC_ERR_RANGE);
    CU_ASSERT_EQUAL(judged(WORLD_NOW).verdict, TBC_ACCEPTED_OFFLINE);
    end();
}

static void
restart_does_not_forget_how_far_it_was(void)
{
    begin();
    gate_knowledge_mark(&stage.know, GATE_LIST_TRUST, 8);
    CU_ASSERT_EQUAL(take(GATE_LIST_TRUST, &stage.trust), TBC_ERR_RANGE);
    CU_ASSERT_PTR_NULL(stage.know.ring);
    end();
}

static void
list_signed_by_a_stranger_changes_nothing(void)
{
    struct tbc_key *stranger = NULL;

    begin();
    take_all();
    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&stranger, TBC_ALG_ES256), TBC_OK);
    CU_ASSERT_EQUAL(tbc_statuslist_set(&stage.w.list, stage.w.claims.status_idx,
                                       TBC_STATUS_REVOKED),
                    TBC_OK);
    sign_status(stranger);
    CU_ASSERT_NOT_EQUAL(take(GATE_LIST_STATUS, &stage.status), TBC_OK);
    CU_ASSERT_EQUAL(judged(WORLD_NOW).verdict, TBC_ACCEPTED_OFFLINE);
    tbc_key_free(&stranger);
    end();
}

static void
flipped_bit_in_a_list_is_refused(void)
{
    begin();
    CU_ASSERT_EQUAL(take(GATE_LIST_TRUST, &stage.trust), TBC_OK);
    for (size_t i = 0; i < stage.manifest.len; i++) {
        stage.manifest.ptr[i] ^= 1;
        CU_ASSERT_NOT_EQUAL(take(GATE_LIST_MANIFEST, &stage.manifest), TBC_OK);
        stage.manifest.ptr[i] ^= 1;
    }
    CU_ASSERT_FALSE(stage.know.has_manifest);
    end();
}

static void
revocation_in_a_newer_list_counts_at_once(void)
{
    begin();
    take_all();
    CU_ASSERT_EQUAL(tbc_statuslist_set(&stage.w.list, stage.w.claims.status_idx,
                                       TBC_STATUS_REVOKED),
                    TBC_OK);
    sign_status(stage.w.station); /* in the same second */
    CU_ASSERT_EQUAL(take(GATE_LIST_STATUS, &stage.status), TBC_OK);
    CU_ASSERT_EQUAL(judged(WORLD_NOW).verdict, TBC_REVOKED);
    end();
}

/* A revocation that arrives as a delta counts like one in a whole list, and a delta that was
 * edited, doubled or made for another list changes nothing. */
static void
revocation_in_a_delta_counts_at_once(void)
{
    struct tbc_buf before = { 0 };
    struct tbc_buf delta = { 0 };
    struct tbc_buf message = { 0 };
    struct tbc_fault fault = { 0 };

    begin();
    CU_ASSERT_EQUAL(
        gate_knowledge_follow(&stage.know, (struct tbc_span){ 0 }, &message, &fault),
        TBC_ERR_NOT_FOUND);
    take_all();
    CU_ASSERT_EQUAL(tbc_buf_append_span(&before, tbc_buf_span(&stage.status)), TBC_OK);
    CU_ASSERT_EQUAL(tbc_statuslist_set(&stage.w.list, stage.w.claims.status_idx,
                                       TBC_STATUS_REVOKED),
                    TBC_OK);
    stage.w.list.iat.s += 1;
    sign_status(stage.w.station);
    CU_ASSERT_EQUAL_FATAL(tbc_statusdelta_make(tbc_buf_span(&before),
                                               tbc_buf_span(&stage.status), &delta,
                                               &fault),
                          TBC_OK);
    CU_ASSERT_EQUAL(
        gate_knowledge_follow(&stage.know, tbc_buf_span(&delta), &message, &fault),
        TBC_OK);
    CU_ASSERT_EQUAL(judged(WORLD_NOW).verdict, TBC_ACCEPTED_OFFLINE);
    CU_ASSERT_EQUAL(take(GATE_LIST_STATUS, &message), TBC_OK);
    CU_ASSERT_EQUAL(judged(WORLD_NOW).verdict, TBC_REVOKED);
    CU_ASSERT_EQUAL(
        gate_knowledge_follow(&stage.know, tbc_buf_span(&delta), &message, &fault),
        TBC_ERR_EXISTS);
    tbc_buf_fini(&before);
    tbc_buf_fini(&delta);
    tbc_buf_fini(&message);
    end();
}

static void
manifest_of_another_station_is_a_conflict(void)
{
    static const struct tbc_hello_reply hello = { .station = "SHH" };

    begin();
    CU_ASSERT_EQUAL(take(GATE_LIST_TRUST, &stage.trust), TBC_OK);
    gate_knowledge_told(&stage.know, &hello);
    CU_ASSERT_EQUAL(take(GATE_LIST_MANIFEST, &stage.manifest), TBC_ERR_CONFLICT);
    end();
}

static void
expired_manifest_is_none(void)
{
    struct tbc_utc later;

    begin();
    take_all();
    later = stage.w.manifest.exp;
    CU_ASSERT_PTR_NOT_NULL(judged(WORLD_NOW).trip);
    CU_ASSERT_PTR_NOT_NULL(
        gate_knowledge_view(&stage.know, (struct tbc_utc){ later.s - 1 }).manifest);
    CU_ASSERT_PTR_NULL(gate_knowledge_view(&stage.know, later).manifest);
    end();
}

/* Another world's root follows this one's: its list, signed by both. */
static void
sign_rolled(struct world *next, struct tbc_buf *out)
{
    struct tbc_trustlist list = { .version = 8,
                                  .iat = WORLD_NOW,
                                  .warn = { WORLD_NOW.s + 10 },
                                  .exp = { WORLD_NOW.s + 20 } };
    struct tbc_key *const keys[] = { stage.w.root, next->root };
    struct tbc_buf payload = { 0 };
    struct tbc_buf inner = { 0 };

    for (size_t i = 0; i < 2; i++) {
        struct tbc_trust_key row = { .alg = tbc_key_alg(keys[i]),
                                     .not_before = WORLD_NOW,
                                     .not_after = { WORLD_NOW.s + 20 } };
        struct tbc_buf cose;

        tbc_buf_init_fixed(&cose, row.key, sizeof row.key);
        CU_ASSERT_EQUAL_FATAL(tbc_key_put_cose(keys[i], &cose), TBC_OK);
        row.key_len = cose.len;
        tbc_key_kid(keys[i], row.kid);
        CU_ASSERT_EQUAL_FATAL(tbc_trustlist_add(&list, &row), TBC_OK);
    }
    CU_ASSERT_EQUAL_FATAL(tbc_trustlist_encode(&list, &payload), TBC_OK);
    sign(stage.w.root, TBC_TYP_TRUST, &payload, &inner);
    sign(next->root, TBC_TYP_ROLL, &inner, out);
    tbc_trustlist_fini(&list);
    tbc_buf_fini(&payload);
    tbc_buf_fini(&inner);
}

/* The gate goes down and comes up again with what its journal kept. */
static enum tbc_err
restart(const struct tbc_buf *trust)
{
    struct tbc_buf roots = { 0 };
    struct tbc_buf root = { 0 };
    struct tbc_buf hex = { 0 };
    uint64_t version = stage.know.versions[GATE_LIST_TRUST];
    enum tbc_err err;

    CU_ASSERT_EQUAL(gate_knowledge_put_roots(&stage.know, &roots), TBC_OK);
    gate_knowledge_fini(&stage.know);
    CU_ASSERT_EQUAL_FATAL(tbc_key_put_cose(stage.w.root, &root), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_hex_encode(tbc_buf_span(&root), &hex), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(gate_knowledge_init(&stage.know, tbc_buf_str(&hex)), TBC_OK);
    CU_ASSERT_EQUAL(gate_knowledge_keep_roots(&stage.know, tbc_buf_span(&roots)),
                    TBC_OK);
    gate_knowledge_mark(&stage.know, GATE_LIST_TRUST, version);
    err = take(GATE_LIST_TRUST, trust);
    tbc_buf_fini(&roots);
    tbc_buf_fini(&root);
    tbc_buf_fini(&hex);
    return err;
}

static void
a_roll_over_outlives_restarts(void)
{
    struct world next;
    struct tbc_buf rolled = { 0 };
    struct tbc_buf after = { 0 };

    begin();
    world_init(&next, TBC_ALG_ES256);
    sign_rolled(&next, &rolled);
    world_trust(&next, 9, &after); /* by the new root alone */
    CU_ASSERT_EQUAL(take(GATE_LIST_TRUST, &stage.trust), TBC_OK);
    CU_ASSERT_EQUAL(take(GATE_LIST_TRUST, &after), TBC_ERR_UNKNOWN_KEY);
    CU_ASSERT_EQUAL(take(GATE_LIST_TRUST, &rolled), TBC_OK);
    CU_ASSERT_EQUAL(restart(&rolled), TBC_OK);
    CU_ASSERT_EQUAL(take(GATE_LIST_TRUST, &after), TBC_OK);
    CU_ASSERT_EQUAL(restart(&after), TBC_OK);
    CU_ASSERT_EQUAL(stage.know.versions[GATE_LIST_TRUST], 9);
    CU_ASSERT_EQUAL(restart(&stage.trust), TBC_ERR_UNKNOWN_KEY); /* the old root's */
    world_fini(&next);
    tbc_buf_fini(&rolled);
    tbc_buf_fini(&after);
    end();
}

static void
a_device_file_with_another_root_overrules_what_was_kept(void)
{
    struct tbc_buf roots = { 0 };
    struct world next;
    struct tbc_buf cose = { 0 };

    begin();
    world_init(&next, TBC_ALG_ES256);
    CU_ASSERT_EQUAL(take(GATE_LIST_TRUST, &stage.trust), TBC_OK);
    CU_ASSERT_EQUAL(gate_knowledge_put_roots(&stage.know, &roots), TBC_OK);
    tbc_key_free(&stage.know.root);
    CU_ASSERT_EQUAL_FATAL(tbc_key_put_cose(next.root, &cose), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_key_parse_public(&stage.know.root, tbc_buf_span(&cose)),
                          TBC_OK);
    CU_ASSERT_EQUAL(gate_knowledge_keep_roots(&stage.know, tbc_buf_span(&roots)),
                    TBC_ERR_CONFLICT);
    CU_ASSERT_EQUAL(stage.know.kept_n, 0);
    roots.len--;
    CU_ASSERT_EQUAL(gate_knowledge_keep_roots(&stage.know, tbc_buf_span(&roots)),
                    TBC_ERR_CONFLICT);
    CU_ASSERT_EQUAL(gate_knowledge_keep_roots(&stage.know,
                                              tbc_span_sub(tbc_buf_span(&roots), 0, 5)),
                    TBC_ERR_MALFORMED);
    world_fini(&next);
    tbc_buf_fini(&cose);
    tbc_buf_fini(&roots);
    end();
}

static void
a_trust_list_is_fresh_then_ageing_then_ended_to_the_second(void)
{
    const struct tbc_trustlist *list;

    begin();
    CU_ASSERT_EQUAL(gate_knowledge_trust(&stage.know, WORLD_NOW), GATE_TRUST_NONE);
    take_all();
    list = tbc_keyring_list(stage.know.ring);
    CU_ASSERT_EQUAL(
        gate_knowledge_trust(&stage.know, (struct tbc_utc){ list->warn.s - 1 }),
        GATE_TRUST_FRESH);
    CU_ASSERT_EQUAL(gate_knowledge_trust(&stage.know, list->warn), GATE_TRUST_AGEING);
    CU_ASSERT_EQUAL(
        gate_knowledge_trust(&stage.know, (struct tbc_utc){ list->exp.s - 1 }),
        GATE_TRUST_AGEING);
    CU_ASSERT_EQUAL(gate_knowledge_trust(&stage.know, list->exp), GATE_TRUST_ENDED);
    end();
}

/* The issuer is believed to the last second of the trust list and not in the next. */
static void
who_has_only_an_ended_trust_list_believes_nobody(void)
{
    begin();
    stage.w.claims.iat.s = stage.w.claims.nbf.s =
        WORLD_NOW.s + 30 * TBC_DAY_S - 60; /* just before the end */
    stage.w.claims.exp.s = stage.w.claims.iat.s + TBC_DAY_S;
    take_all();
    CU_ASSERT_NOT_EQUAL(
        judged((struct tbc_utc){ WORLD_NOW.s + 30 * TBC_DAY_S - 1 }).verdict,
        TBC_UNKNOWN_ISSUER);
    CU_ASSERT_EQUAL(judged((struct tbc_utc){ WORLD_NOW.s + 30 * TBC_DAY_S }).verdict,
                    TBC_UNKNOWN_ISSUER);
    end();
}

/* Lists as a station signs them, and a certificate that lives as long as the test. */
static void
begin_long(int64_t status_s, int64_t manifest_s)
{
    begin();
    stage.w.list.iat = WORLD_NOW;
    stage.w.list.exp.s = WORLD_NOW.s + status_s;
    stage.w.manifest.iat = WORLD_NOW;
    stage.w.manifest.exp.s = WORLD_NOW.s + manifest_s;
    for (size_t i = 0; i < stage.w.manifest.trips_n; i++) {
        stage.w.manifest.trips[i].depart.s = WORLD_NOW.s + HOURS(24) + 1200;
    }
    sign_status(stage.w.station);
    sign_manifest(stage.w.station);
}

static struct tbc_utc
after(int64_t s)
{
    return (struct tbc_utc){ WORLD_NOW.s + s };
}

/* What came with the last breath of the station is an hour old then, and holds for a day. */
static void
a_day_alone_is_worked_through_also_after_a_restart(void)
{
    struct tbc_fault fault;
    struct tbc_utc made;
    struct tbc_utc later = after(HOURS(24));

    begin_long(HOURS(25), HOURS(48));
    stage.w.claims.nbf = stage.w.claims.iat = later;
    stage.w.claims.exp.s = later.s + 60;
    take_all();
    CU_ASSERT_EQUAL(judged(later).verdict, TBC_ACCEPTED_OFFLINE);
    CU_ASSERT_EQUAL(gate_knowledge_age(&stage.know, GATE_LIST_STATUS, later),
                    GATE_AGE_FRESH);
    forget();
    CU_ASSERT_EQUAL(gate_knowledge_take(&stage.know, GATE_LIST_TRUST,
                                        tbc_buf_span(&stage.trust), later, &made,
                                        &fault),
                    TBC_OK);
    CU_ASSERT_EQUAL(gate_knowledge_take(&stage.know, GATE_LIST_STATUS,
                                        tbc_buf_span(&stage.status), later, &made,
                                        &fault),
                    TBC_OK);
    CU_ASSERT_EQUAL(gate_knowledge_take(&stage.know, GATE_LIST_MANIFEST,
                                        tbc_buf_span(&stage.manifest), later, &made,
                                        &fault),
                    TBC_OK);
    CU_ASSERT_EQUAL(judged(later).verdict, TBC_ACCEPTED_OFFLINE);
    end();
}

static void
beyond_its_age_a_status_list_is_no_answer_unless_that_is_wanted(void)
{
    struct gate_limits limits = { .status_s = HOURS(2) };

    begin_long(HOURS(25), HOURS(48));
    stage.w.claims.nbf = stage.w.claims.iat = after(HOURS(24));
    stage.w.claims.exp.s = WORLD_NOW.s + HOURS(48);
    take_all();
    CU_ASSERT_EQUAL(judged(after(HOURS(24))).verdict, TBC_ACCEPTED_OFFLINE);
    gate_knowledge_limit(&stage.know, &limits);
    CU_ASSERT_EQUAL(judged(after(HOURS(24))).verdict, TBC_STATUS_UNKNOWN);
    CU_ASSERT_EQUAL(gate_knowledge_age(&stage.know, GATE_LIST_STATUS, after(HOURS(2))),
                    GATE_AGE_FRESH);
    CU_ASSERT_EQUAL(
        gate_knowledge_age(&stage.know, GATE_LIST_STATUS, after(HOURS(2) + 1)),
        GATE_AGE_OLD);
    limits.keeps_old_status = true;
    gate_knowledge_limit(&stage.know, &limits);
    CU_ASSERT_EQUAL(judged(after(HOURS(24))).verdict, TBC_ACCEPTED_OFFLINE);
    CU_ASSERT_EQUAL(tbc_statuslist_set(&stage.know.status, stage.w.claims.status_idx,
                                       TBC_STATUS_REVOKED),
                    TBC_OK);
    CU_ASSERT_EQUAL(judged(after(HOURS(24))).verdict, TBC_REVOKED);
    end();
}

static void
beyond_its_age_a_manifest_is_none_and_a_trust_list_believes_nobody(void)
{
    struct gate_limits limits = { .manifest_s = HOURS(1) };

    begin_long(HOURS(25), HOURS(48));
    stage.w.claims.nbf = stage.w.claims.iat = after(HOURS(24));
    stage.w.claims.exp.s = WORLD_NOW.s + HOURS(48);
    take_all();
    gate_knowledge_limit(&stage.know, &limits);
    CU_ASSERT_PTR_NULL(judged(after(HOURS(24))).trip); /* the gate refers it */
    CU_ASSERT_EQUAL(
        gate_knowledge_age(&stage.know, GATE_LIST_MANIFEST, after(HOURS(24))),
        GATE_AGE_OLD);
    limits.trust_s = HOURS(1);
    gate_knowledge_limit(&stage.know, &limits);
    CU_ASSERT_EQUAL(judged(after(HOURS(24))).verdict, TBC_UNKNOWN_ISSUER);
    CU_ASSERT_EQUAL(gate_knowledge_trust(&stage.know, after(HOURS(24))),
                    GATE_TRUST_ENDED);
    end();
}

static void
the_station_says_how_long_unless_the_gate_does(void)
{
    struct tbc_hello_reply hello = { .station = "VNP", .policy = tbc_policy_default };
    const struct gate_limits own = { .status_s = 7200 };

    begin();
    CU_ASSERT_EQUAL(stage.know.policy.status_age_s, HOURS(25));
    hello.policy.status_age_s = 600;
    gate_knowledge_told(&stage.know, &hello);
    CU_ASSERT_EQUAL(stage.know.policy.status_age_s, 600 + 3600);
    gate_knowledge_limit(&stage.know, &own);
    gate_knowledge_told(&stage.know, &hello);
    CU_ASSERT_EQUAL(stage.know.policy.status_age_s, 7200);
    CU_ASSERT_EQUAL(gate_knowledge_age(&stage.know, GATE_LIST_STATUS, WORLD_NOW),
                    GATE_AGE_NONE);
    end();
}

TBC_SUITE("gate/knowledge", TEST(all_three_lists_let_the_judge_accept),
          TEST(lists_before_the_trust_list_are_of_unknown_keys),
          TEST(versions_never_go_back), TEST(restart_does_not_forget_how_far_it_was),
          TEST(list_signed_by_a_stranger_changes_nothing),
          TEST(flipped_bit_in_a_list_is_refused),
          TEST(revocation_in_a_newer_list_counts_at_once),
          TEST(revocation_in_a_delta_counts_at_once),
          TEST(manifest_of_another_station_is_a_conflict),
          TEST(expired_manifest_is_none), TEST(a_roll_over_outlives_restarts),
          TEST(a_device_file_with_another_root_overrules_what_was_kept),
          TEST(a_trust_list_is_fresh_then_ageing_then_ended_to_the_second),
          TEST(who_has_only_an_ended_trust_list_believes_nobody),
          TEST(a_day_alone_is_worked_through_also_after_a_restart),
          TEST(beyond_its_age_a_status_list_is_no_answer_unless_that_is_wanted),
          TEST(beyond_its_age_a_manifest_is_none_and_a_trust_list_believes_nobody),
          TEST(the_station_says_how_long_unless_the_gate_does))
