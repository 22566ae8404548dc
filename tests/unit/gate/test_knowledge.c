#include "base/text.h"
#include "knowledge.h"
#include "suite.h"
#include "world.h"

#include <string.h>

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
begin(void)
{
    struct tbc_buf root = { 0 };
    struct tbc_buf hex = { 0 };

    memset(&stage, 0, sizeof stage);
    world_init(&stage.w, TBC_ALG_ES256);
    stage.w.manifest.version = 5;
    world_trust(&stage.w, 7, &stage.trust);
    sign_status(stage.w.station);
    sign_manifest(stage.w.station);
    CU_ASSERT_EQUAL_FATAL(tbc_key_put_cose(stage.w.root, &root), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_hex_encode(tbc_buf_span(&root), &hex), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(gate_knowledge_init(&stage.know, tbc_buf_str(&hex)), TBC_OK);
    tbc_buf_fini(&root);
    tbc_buf_fini(&hex);
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

TBC_SUITE("gate/knowledge", TEST(all_three_lists_let_the_judge_accept),
          TEST(lists_before_the_trust_list_are_of_unknown_keys),
          TEST(versions_never_go_back), TEST(restart_does_not_forget_how_far_it_was),
          TEST(list_signed_by_a_stranger_changes_nothing),
          TEST(flipped_bit_in_a_list_is_refused),
          TEST(revocation_in_a_newer_list_counts_at_once),
          TEST(manifest_of_another_station_is_a_conflict),
          TEST(expired_manifest_is_none))
