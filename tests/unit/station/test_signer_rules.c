#include "codec/checkpoint.h"
#include "codec/claims.h"
#include "codec/manifest.h"
#include "codec/statuslist.h"
#include "signer_rules.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

#define NOW INT64_C(1770000000)
#define URI "https://status.example/1"

static const struct signer_rules rules = { .station = "YZN",
                                           .validity_s = 86400,
                                           .per_minute = 3 };
static const struct tbc_trust_key row = { .station = "YZN", .status_uri = URI };
static const struct signer_now now = { { NOW }, { 1000 } };

static struct signer_past past;

static void
begin(void)
{
    signer_past_init(&past, &rules, (struct tbc_utc){ 0 }, now.mono);
}

static struct tbc_claims
sound(void)
{
    return (struct tbc_claims){ .iss = "YZN",
                                .iat = { NOW },
                                .nbf = { NOW },
                                .exp = { NOW + 86400 },
                                .status_uri = URI,
                                .status_idx = 7,
                                .kind = TBC_DOC_PASSPORT,
                                .masked_name = "A***",
                                .channel = TBC_CHANNEL_DESK,
                                .assurance = TBC_ASSURANCE_OFFICER,
                                .medium = TBC_MEDIUM_PAPER,
                                .language = "en" };
}

/* What is wrong with the payload; NULL: nothing. */
static const char *
judge(enum tbc_typ typ, const struct tbc_buf *payload)
{
    return signer_judge(&rules, &past, &row, typ, tbc_buf_span(payload), now);
}

static const char *
judge_claims(const struct tbc_claims *c)
{
    struct tbc_buf payload = { 0 };
    const char *wrong;

    CU_ASSERT_EQUAL_FATAL(tbc_claims_encode(c, &payload), TBC_OK);
    wrong = judge(TBC_TYP_CERTIFICATE, &payload);
    tbc_buf_fini(&payload);
    return wrong;
}

static void
check(const char *wrong, const char *wanted)
{
    if (wrong == NULL || strcmp(wrong, wanted) != 0) {
        CU_FAIL("refused for another reason, or not at all");
        printf("    wanted %s, got %s\n", wanted, wrong == NULL ? "nothing" : wrong);
    }
}

static void
other_iss(struct tbc_claims *c)
{
    (void)snprintf(c->iss, sizeof c->iss, "VNP");
}

static void
too_early(struct tbc_claims *c)
{
    c->iat.s -= SIGNER_CLOCK_S + 1;
    c->nbf = c->iat;
    c->exp.s = c->iat.s + 600;
}

static void
too_late(struct tbc_claims *c)
{
    c->iat.s += SIGNER_CLOCK_S + 1;
    c->nbf = c->iat;
    c->exp.s = c->iat.s + 600;
}

static void
tomorrow_nbf(struct tbc_claims *c)
{
    c->nbf.s = c->iat.s + SIGNER_CLOCK_S + 1;
}

static void
too_long(struct tbc_claims *c)
{
    c->exp.s++;
}

static void
other_uri(struct tbc_claims *c)
{
    (void)snprintf(c->status_uri, sizeof c->status_uri, "https://status.example/2");
}

static void
beyond_all_lists(struct tbc_claims *c)
{
    c->status_idx = UINT64_C(8) * TBC_STATUS_LIST_MAX;
}

static void
a_sound_certificate_is_signed(void)
{
    const struct tbc_claims c = sound();

    begin();
    CU_ASSERT_PTR_NULL(judge_claims(&c));
    CU_ASSERT_EQUAL(past.floor.s, NOW);
}

static void
each_claim_out_of_policy_is_refused_by_name(void)
{
    static const struct {
        void (*change)(struct tbc_claims *c);
        const char *wrong;
    } table[] = {
        { other_iss, "iss" },        { too_early, "iat" }, { too_late, "iat" },
        { tomorrow_nbf, "nbf" },     { too_long, "exp" },  { other_uri, "status" },
        { beyond_all_lists, "idx" },
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct tbc_claims c = sound();

        begin();
        table[i].change(&c);
        check(judge_claims(&c), table[i].wrong);
    }
}

static void
a_clock_behind_what_was_signed_signs_nothing(void)
{
    const struct tbc_claims c = sound();

    signer_past_init(&past, &rules, (struct tbc_utc){ NOW + SIGNER_CLOCK_S + 1 },
                     now.mono);
    check(judge_claims(&c), "the clock went back");
}

/* Whatever is cut off or put behind. */
static void
what_is_not_one_claims_set_is_refused(void)
{
    const struct tbc_claims c = sound();
    struct tbc_buf payload = { 0 };

    begin();
    CU_ASSERT_EQUAL_FATAL(tbc_claims_encode(&c, &payload), TBC_OK);
    for (size_t n = 0; n < payload.len; n++) {
        CU_ASSERT_PTR_NOT_NULL(signer_judge(&rules, &past, &row, TBC_TYP_CERTIFICATE,
                                            tbc_span_of(payload.ptr, n), now));
    }
    CU_ASSERT_EQUAL(tbc_buf_append_u8(&payload, 0), TBC_OK);
    CU_ASSERT_PTR_NOT_NULL(judge(TBC_TYP_CERTIFICATE, &payload));
    CU_ASSERT_EQUAL(tbc_buf_reserve(&payload, 4096), TBC_OK);
    memset(payload.ptr, 0, TBC_LIVE_MAX + 1);
    payload.len = TBC_LIVE_MAX + 1;
    check(judge(TBC_TYP_CERTIFICATE, &payload), "size");
    tbc_buf_fini(&payload);
}

static void
a_minute_has_no_more_certificates_than_the_policy_says(void)
{
    const struct tbc_claims c = sound();
    struct signer_now later = now;
    struct tbc_buf payload = { 0 };

    begin();
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_PTR_NULL(judge_claims(&c));
    }
    check(judge_claims(&c), SIGNER_TOO_MANY);
    CU_ASSERT_EQUAL_FATAL(tbc_claims_encode(&c, &payload), TBC_OK);
    later.mono.ms += 19999; /* a third of a minute is one more */
    check(signer_judge(&rules, &past, &row, TBC_TYP_CERTIFICATE, tbc_buf_span(&payload),
                       later),
          SIGNER_TOO_MANY);
    later.mono.ms += 1;
    CU_ASSERT_PTR_NULL(signer_judge(&rules, &past, &row, TBC_TYP_CERTIFICATE,
                                    tbc_buf_span(&payload), later));
    tbc_buf_fini(&payload);
}

static void
a_key_of_no_row_or_of_another_station_signs_nothing(void)
{
    struct tbc_trust_key other = row;
    const struct tbc_span nothing = { 0 };

    begin();
    (void)snprintf(other.station, sizeof other.station, "VNP");
    for (enum tbc_typ typ = TBC_TYP_CERTIFICATE; typ < TBC_TYP_N; typ++) {
        CU_ASSERT_PTR_NOT_NULL(signer_judge(&rules, &past, NULL, typ, nothing, now));
        CU_ASSERT_PTR_NOT_NULL(signer_judge(&rules, &past, &other, typ, nothing, now));
    }
}

static void
objects_of_others_are_refused_by_their_typ(void)
{
    static const enum tbc_typ typs[] = { TBC_TYP_LIVE, TBC_TYP_TRUST, TBC_TYP_ROLL,
                                         TBC_TYP_N };
    const struct tbc_claims c = sound();
    struct tbc_buf payload = { 0 };

    begin();
    CU_ASSERT_EQUAL_FATAL(tbc_claims_encode(&c, &payload), TBC_OK);
    for (size_t i = 0; i < sizeof typs / sizeof *typs; i++) {
        check(judge(typs[i], &payload), "typ");
    }
    for (enum tbc_typ typ = TBC_TYP_STATUS; typ < TBC_TYP_N; typ++) {
        CU_ASSERT_PTR_NOT_NULL(judge(typ, &payload)); /* nor does one pose as another */
    }
    tbc_buf_fini(&payload);
}

static const char *
judge_status(const char *sub, int64_t iat, int64_t exp)
{
    struct tbc_statuslist list = { 0 };
    struct tbc_buf payload = { 0 };
    const char *wrong;

    CU_ASSERT_EQUAL_FATAL(tbc_statuslist_init(&list, 1, 64), TBC_OK);
    (void)snprintf(list.sub, sizeof list.sub, "%s", sub);
    list.iat.s = iat;
    list.exp.s = exp;
    list.ttl_s = 3600;
    CU_ASSERT_EQUAL_FATAL(tbc_statuslist_encode(&list, &payload), TBC_OK);
    wrong = judge(TBC_TYP_STATUS, &payload);
    tbc_statuslist_fini(&list);
    tbc_buf_fini(&payload);
    return wrong;
}

static void
status_lists_are_of_this_address_and_never_go_back(void)
{
    begin();
    CU_ASSERT_PTR_NULL(judge_status(URI, NOW, NOW + 7200));
    CU_ASSERT_PTR_NULL(judge_status(URI, NOW, NOW + 7200)); /* its commit failed */
    CU_ASSERT_PTR_NULL(judge_status(URI, NOW + 60, NOW + 7200));
    check(judge_status(URI, NOW + 59, NOW + 7200), "iat");
    check(judge_status("https://status.example/2", NOW + 60, NOW + 7200), "sub");
    check(judge_status(URI, NOW + SIGNER_AHEAD_S + 1, NOW + SIGNER_AHEAD_S + 2), "iat");
    check(judge_status(URI, NOW + 60, NOW + 800 * TBC_DAY_S), "exp");
}

static const char *
judge_manifest(const char *station, uint64_t version, int64_t iat)
{
    struct tbc_manifest m = { .version = version,
                              .iat = { iat },
                              .exp = { iat + 2 * TBC_DAY_S } };
    struct tbc_buf payload = { 0 };
    const char *wrong;

    (void)snprintf(m.station, sizeof m.station, "%s", station);
    CU_ASSERT_EQUAL_FATAL(tbc_manifest_encode(&m, &payload), TBC_OK);
    wrong = judge(TBC_TYP_MANIFEST, &payload);
    tbc_buf_fini(&payload);
    return wrong;
}

static void
manifests_are_of_this_station_and_never_go_back(void)
{
    begin();
    CU_ASSERT_PTR_NULL(judge_manifest("YZN", 10, NOW));
    CU_ASSERT_PTR_NULL(judge_manifest("YZN", 11, NOW));
    check(judge_manifest("YZN", 10, NOW), "version");
    check(judge_manifest("VNP", 12, NOW), "station");
    check(judge_manifest("YZN", 12, NOW + SIGNER_AHEAD_S + 1), "iat");
}

static const char *
judge_checkpoint(const char *origin, uint64_t size, int64_t at)
{
    struct tbc_checkpoint c = { .at = { at }, .size = size, .root = { 1 } };
    struct tbc_buf payload = { 0 };
    const char *wrong;

    (void)snprintf(c.origin, sizeof c.origin, "%s", origin);
    CU_ASSERT_EQUAL_FATAL(tbc_checkpoint_encode(&c, &payload), TBC_OK);
    wrong = judge(TBC_TYP_CHECKPOINT, &payload);
    tbc_buf_fini(&payload);
    return wrong;
}

static void
checkpoints_are_of_this_log_and_never_go_back(void)
{
    begin();
    CU_ASSERT_PTR_NULL(judge_checkpoint("YZN", 10, NOW));
    CU_ASSERT_PTR_NULL(judge_checkpoint("YZN", 12, NOW + 1));
    check(judge_checkpoint("YZN", 11, NOW + 2), "size went back");
    check(judge_checkpoint("YZN", 13, NOW), "at");
    check(judge_checkpoint("YZN", 13, NOW + SIGNER_AHEAD_S + 1), "at");
    check(judge_checkpoint("VNP", 13, NOW + 2), "origin");
    begin();
    check(judge_checkpoint("YZN", 0, NOW), "root of an empty log");
}

TBC_SUITE("station/signer_rules", TEST(a_sound_certificate_is_signed),
          TEST(each_claim_out_of_policy_is_refused_by_name),
          TEST(a_clock_behind_what_was_signed_signs_nothing),
          TEST(what_is_not_one_claims_set_is_refused),
          TEST(a_minute_has_no_more_certificates_than_the_policy_says),
          TEST(a_key_of_no_row_or_of_another_station_signs_nothing),
          TEST(objects_of_others_are_refused_by_their_typ),
          TEST(status_lists_are_of_this_address_and_never_go_back),
          TEST(manifests_are_of_this_station_and_never_go_back),
          TEST(checkpoints_are_of_this_log_and_never_go_back))
