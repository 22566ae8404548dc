#include "base/text.h"
#include "suite.h"
#include "world.h"

#include <string.h>

static struct tbc_utc
later(int64_t s)
{
    return (struct tbc_utc){ WORLD_NOW.s + s };
}

/* Judge the world's claims as they stand. */
static enum tbc_verdict
verdict_of_claims(struct world *w, struct tbc_utc now)
{
    struct tbc_buf message = { 0 };
    enum tbc_verdict v;

    world_certificate(w, &message);
    v = world_judge(w, tbc_buf_span(&message), now);
    tbc_buf_fini(&message);
    return v;
}

static void
a_sound_certificate_of_every_algorithm_opens(void)
{
    static const enum tbc_alg algs[] = { TBC_ALG_ES256, TBC_ALG_EDDSA, TBC_ALG_SM2,
                                         TBC_ALG_ES384, TBC_ALG_ES512 };

    for (size_t i = 0; i < sizeof algs / sizeof *algs; i++) {
        struct world w;

        world_init(&w, algs[i]);
        CU_ASSERT_EQUAL(verdict_of_claims(&w, WORLD_NOW), TBC_ACCEPTED_OFFLINE);
        world_fini(&w);
    }
}

static void
a_judgement_tells_what_it_found(void)
{
    struct world w;
    struct tbc_judgement out;
    struct tbc_buf message = { 0 };
    struct tbc_buf text = { 0 };

    world_init(&w, TBC_ALG_ES256);
    world_certificate(&w, &message);
    world_text(tbc_buf_span(&message), &text);
    CU_ASSERT_EQUAL(tbc_buf_append_str(&text, "\r\n"), TBC_OK);
    CU_ASSERT_EQUAL(world_judge_text(&w, tbc_buf_span(&text), WORLD_NOW, &out),
                    TBC_ACCEPTED_OFFLINE);
    CU_ASSERT(out.has_claims && out.has_status && !out.is_live);
    CU_ASSERT_STRING_EQUAL(out.claims.masked_name, "林*禾");
    CU_ASSERT_EQUAL(out.claims.nbf.s, w.claims.iat.s);
    CU_ASSERT_PTR_EQUAL(out.trip, &w.manifest.trips[0]);
    tbc_buf_fini(&message);
    tbc_buf_fini(&text);
    world_fini(&w);
}

/* Every single bit of the message flipped, and every shorter message, is refused by name. */
static void
refuse_all_damage(struct world *w, struct tbc_span message)
{
    unsigned said[TBC_VERDICT_N] = { 0 };
    struct tbc_buf copy = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_buf_append_span(&copy, message), TBC_OK);
    for (size_t bit = 0; bit < message.len * 8; bit++) {
        copy.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
        said[world_judge(w, tbc_buf_span(&copy), WORLD_NOW)]++;
        copy.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t len = 0; len < message.len; len++) {
        CU_ASSERT_EQUAL(world_judge(w, tbc_span_sub(message, 0, len), WORLD_NOW),
                        TBC_MALFORMED);
    }
    CU_ASSERT_EQUAL(said[TBC_ACCEPTED_OFFLINE] + said[TBC_ACCEPTED], 0);
    CU_ASSERT(said[TBC_BAD_SIGNATURE] > 512 && said[TBC_MALFORMED] > 0);
    CU_ASSERT_EQUAL(said[TBC_MALFORMED] + said[TBC_BAD_SIGNATURE] +
                        said[TBC_UNKNOWN_ISSUER] + said[TBC_UNSUPPORTED_VERSION] +
                        said[TBC_NOT_A_CERTIFICATE],
                    message.len * 8);
    CU_ASSERT_EQUAL(world_judge(w, tbc_buf_span(&copy), WORLD_NOW),
                    TBC_ACCEPTED_OFFLINE);
    tbc_buf_fini(&copy);
}

static void
every_flipped_bit_and_every_cut_is_refused(void)
{
    static const enum tbc_alg algs[] = { TBC_ALG_ES256, TBC_ALG_EDDSA };

    for (size_t i = 0; i < sizeof algs / sizeof *algs; i++) {
        struct world w;
        struct tbc_buf message = { 0 };

        world_init(&w, algs[i]);
        world_certificate(&w, &message);
        refuse_all_damage(&w, tbc_buf_span(&message));
        tbc_buf_fini(&message);
        world_fini(&w);
    }
}

static void
every_flipped_bit_and_every_cut_of_a_live_proof_is_refused(void)
{
    struct world w;
    struct tbc_buf message = { 0 };
    struct tbc_buf proof = { 0 };

    world_init(&w, TBC_ALG_ES256);
    world_bind(&w);
    world_certificate(&w, &message);
    world_prove(w.phone, tbc_buf_span(&message),
                &(struct tbc_live){ .time = WORLD_NOW }, &proof);
    refuse_all_damage(&w, tbc_buf_span(&proof));
    tbc_buf_fini(&message);
    tbc_buf_fini(&proof);
    world_fini(&w);
}

static void
what_is_not_ours_is_named_apart(void)
{
    static const struct {
        const char *text;
        enum tbc_verdict verdict;
    } rows[] = {
        { "", TBC_NOT_A_CERTIFICATE },
        { "https://pay.example/1", TBC_NOT_A_CERTIFICATE },
        { "\xef\xbb\xbfTBC1:BB8", TBC_NOT_A_CERTIFICATE },
        { "tbc1:BB8", TBC_NOT_A_CERTIFICATE },
        { "TBC:BB8", TBC_NOT_A_CERTIFICATE },
        { "TBC2:BB8", TBC_UNSUPPORTED_VERSION },
        { "TBC10:", TBC_UNSUPPORTED_VERSION },
        { "TBC1:", TBC_MALFORMED },
        { "TBC1:bb8", TBC_MALFORMED },
        { "TBC1:A", TBC_MALFORMED },
        { "TBC1:BB8", TBC_MALFORMED },
    };
    struct world w;

    world_init(&w, TBC_ALG_ES256);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_judgement out;

        CU_ASSERT_EQUAL(
            world_judge_text(&w, tbc_span_str(rows[i].text), WORLD_NOW, &out),
            rows[i].verdict);
        CU_ASSERT(out.verdict != TBC_MALFORMED || out.fault.what != NULL);
    }
    world_fini(&w);
}

static void
another_object_of_the_station_does_not_pose_as_a_certificate(void)
{
    static const enum tbc_typ typs[] = { TBC_TYP_STATUS, TBC_TYP_TRUST,
                                         TBC_TYP_MANIFEST, TBC_TYP_CHECKPOINT };
    struct world w;
    struct tbc_buf payload = { 0 };

    world_init(&w, TBC_ALG_ES256);
    CU_ASSERT_EQUAL(tbc_claims_encode(&w.claims, &payload), TBC_OK);
    for (size_t i = 0; i < sizeof typs / sizeof *typs; i++) {
        struct tbc_buf message = { 0 };

        CU_ASSERT_EQUAL(
            tbc_sign_cose(w.station, typs[i], tbc_buf_span(&payload), &message),
            TBC_OK);
        CU_ASSERT_EQUAL(world_judge(&w, tbc_buf_span(&message), WORLD_NOW),
                        TBC_NOT_A_CERTIFICATE);
        tbc_buf_fini(&message);
    }
    tbc_buf_fini(&payload);
    world_fini(&w);
}

static void
an_issuer_must_be_known_and_speak_for_itself(void)
{
    struct world w;
    struct tbc_key *stranger = NULL;
    struct tbc_key *station;

    world_init(&w, TBC_ALG_ES256);
    station = w.station;
    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&stranger, TBC_ALG_ES256), TBC_OK);
    w.station = stranger;
    CU_ASSERT_EQUAL(verdict_of_claims(&w, WORLD_NOW), TBC_UNKNOWN_ISSUER);
    w.station = station;
    (void)memccpy(w.claims.iss, "SHH", '\0', sizeof w.claims.iss);
    CU_ASSERT_EQUAL(verdict_of_claims(&w, WORLD_NOW), TBC_UNKNOWN_ISSUER);
    (void)memccpy(w.claims.iss, "VNP", '\0', sizeof w.claims.iss);
    CU_ASSERT_EQUAL(verdict_of_claims(&w, WORLD_NOW), TBC_ACCEPTED_OFFLINE);
    /* The trust list's own end. */
    w.claims.iat = w.claims.nbf = later(30 * TBC_DAY_S - 60);
    w.claims.exp = later(30 * TBC_DAY_S + 60);
    CU_ASSERT_EQUAL(verdict_of_claims(&w, later(30 * TBC_DAY_S)), TBC_UNKNOWN_ISSUER);
    tbc_key_free(&stranger);
    world_fini(&w);
}

static void
the_second_form_of_an_ecdsa_signature_is_refused(void)
{
    /* The order of P-256 (FIPS 186-4 D.1.2.3). */
    static const char order[] =
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    struct world w;
    struct tbc_buf message = { 0 };
    uint8_t n[32];
    uint8_t *s;
    int borrow = 0;

    world_init(&w, TBC_ALG_ES256);
    world_certificate(&w, &message);
    CU_ASSERT_FATAL(tbc_hex_fixed(tbc_span_str(order), n, sizeof n));
    s = message.ptr + message.len - sizeof n;
    for (size_t i = sizeof n; i-- > 0;) {
        int d = n[i] - s[i] - borrow;

        borrow = d < 0;
        s[i] = (uint8_t)(d & 0xff);
    }
    CU_ASSERT_EQUAL(borrow, 0);
    CU_ASSERT_EQUAL(world_judge(&w, tbc_buf_span(&message), WORLD_NOW),
                    TBC_BAD_SIGNATURE);
    tbc_buf_fini(&message);
    world_fini(&w);
}

static void
time_is_judged_to_the_second(void)
{
    struct world w;
    int64_t skew = tbc_policy_default.skew_s;

    world_init(&w, TBC_ALG_ES256);
    w.know.manifest = NULL;
    w.list.iat = WORLD_NOW; /* fresh to the end of the certificate */
    CU_ASSERT_EQUAL(verdict_of_claims(&w, (struct tbc_utc){ w.claims.exp.s - 1 }),
                    TBC_ACCEPTED_OFFLINE);
    CU_ASSERT_EQUAL(verdict_of_claims(&w, w.claims.exp), TBC_EXPIRED);
    CU_ASSERT_EQUAL(verdict_of_claims(&w, (struct tbc_utc){ w.claims.nbf.s - skew }),
                    TBC_ACCEPTED_OFFLINE);
    CU_ASSERT_EQUAL(
        verdict_of_claims(&w, (struct tbc_utc){ w.claims.nbf.s - skew - 1 }),
        TBC_NOT_YET_VALID);
    w.claims.nbf.s += 3600;
    CU_ASSERT_EQUAL(verdict_of_claims(&w, WORLD_NOW), TBC_NOT_YET_VALID);
    /* A longer life than the policy's is cut to it. */
    w.claims.nbf = w.claims.iat;
    w.claims.exp.s += 10 * TBC_DAY_S;
    w.know.lists_n = 0;
    CU_ASSERT_EQUAL(
        verdict_of_claims(&w, (struct tbc_utc){ w.claims.iat.s + TBC_DAY_S - 1 }),
        TBC_STATUS_UNKNOWN);
    CU_ASSERT_EQUAL(
        verdict_of_claims(&w, (struct tbc_utc){ w.claims.iat.s + TBC_DAY_S }),
        TBC_EXPIRED);
    world_fini(&w);
}

static void
status_is_asked_of_the_issuers_own_fresh_list(void)
{
    struct world w;
    struct tbc_utc stale = later(tbc_policy_default.status_age_s - 600 + 1);

    world_init(&w, TBC_ALG_ES256);
    w.know.manifest = NULL;
    w.claims.nbf = later(3600);
    w.claims.exp = later(3600 + TBC_DAY_S);
    CU_ASSERT_EQUAL(verdict_of_claims(&w, (struct tbc_utc){ stale.s - 1 }),
                    TBC_ACCEPTED_OFFLINE);
    CU_ASSERT_EQUAL(verdict_of_claims(&w, stale), TBC_STATUS_UNKNOWN);
    CU_ASSERT_EQUAL(tbc_statuslist_set(&w.list, w.claims.status_idx, 1), TBC_OK);
    CU_ASSERT_EQUAL(verdict_of_claims(&w, stale), TBC_REVOKED);
    CU_ASSERT_EQUAL(tbc_statuslist_set(&w.list, w.claims.status_idx, 2), TBC_OK);
    CU_ASSERT_EQUAL(verdict_of_claims(&w, stale), TBC_REVOKED);
    w.claims.status_idx = 100000;
    CU_ASSERT_EQUAL(verdict_of_claims(&w, later(3600)), TBC_STATUS_UNKNOWN);
    w.claims.status_idx = 5;
    (void)memccpy(w.claims.status_uri, "https://tbc.example/friendly", '\0',
                  sizeof w.claims.status_uri);
    (void)memccpy(w.list.sub, "https://tbc.example/friendly", '\0', sizeof w.list.sub);
    CU_ASSERT_EQUAL(verdict_of_claims(&w, later(3600)), TBC_STATUS_UNKNOWN);
    world_fini(&w);
}

static enum tbc_verdict
verdict_of_proof(struct world *w, struct tbc_key *phone, const struct tbc_live *live)
{
    struct tbc_buf message = { 0 };
    struct tbc_buf proof = { 0 };
    enum tbc_verdict v;

    world_certificate(w, &message);
    world_prove(phone, tbc_buf_span(&message), live, &proof);
    v = world_judge(w, tbc_buf_span(&proof), WORLD_NOW);
    tbc_buf_fini(&message);
    tbc_buf_fini(&proof);
    return v;
}

static void
a_bound_certificate_is_worth_nothing_without_its_phone(void)
{
    struct world w;
    struct tbc_key *other = NULL;
    int64_t limit = tbc_policy_default.proof_s;

    world_init(&w, TBC_ALG_ES256);
    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&other, TBC_ALG_ES256), TBC_OK);
    CU_ASSERT_EQUAL(
        verdict_of_proof(&w, w.phone, &(struct tbc_live){ .time = WORLD_NOW }),
        TBC_MALFORMED);
    world_bind(&w);
    CU_ASSERT_EQUAL(verdict_of_claims(&w, WORLD_NOW), TBC_PROOF_MISSING);
    CU_ASSERT_EQUAL(
        verdict_of_proof(&w, other, &(struct tbc_live){ .time = WORLD_NOW }),
        TBC_BAD_SIGNATURE);
    for (int side = -1; side <= 1; side += 2) {
        struct tbc_live edge = { .time = later(side * limit) };
        struct tbc_live over = { .time = later(side * (limit + 1)) };

        CU_ASSERT_EQUAL(verdict_of_proof(&w, w.phone, &edge), TBC_ACCEPTED_OFFLINE);
        CU_ASSERT_EQUAL(verdict_of_proof(&w, w.phone, &over), TBC_PROOF_STALE);
    }
    CU_ASSERT_EQUAL(tbc_statuslist_set(&w.list, w.claims.status_idx, 1), TBC_OK);
    CU_ASSERT_EQUAL(verdict_of_claims(&w, WORLD_NOW), TBC_REVOKED);
    tbc_key_free(&other);
    world_fini(&w);
}

static void
a_challenge_must_be_answered_with_itself(void)
{
    struct world w;
    struct tbc_live live = { .time = WORLD_NOW,
                             .has_challenge = true,
                             .challenge = { 1, 2, 3, 4, 5, 6, 7, 8 } };
    static const uint8_t shown[TBC_CHALLENGE_LEN] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    static const uint8_t other[TBC_CHALLENGE_LEN] = { 1, 2, 3, 4, 5, 6, 7, 9 };

    world_init(&w, TBC_ALG_ES256);
    world_bind(&w);
    CU_ASSERT_EQUAL(verdict_of_proof(&w, w.phone, &live), TBC_ACCEPTED_OFFLINE);
    w.know.challenge = tbc_span_of(shown, sizeof shown);
    CU_ASSERT_EQUAL(verdict_of_proof(&w, w.phone, &live), TBC_ACCEPTED_OFFLINE);
    w.know.challenge = tbc_span_of(other, sizeof other);
    CU_ASSERT_EQUAL(verdict_of_proof(&w, w.phone, &live), TBC_PROOF_STALE);
    live.has_challenge = false;
    w.know.challenge = tbc_span_of(shown, sizeof shown);
    CU_ASSERT_EQUAL(verdict_of_proof(&w, w.phone, &live), TBC_PROOF_STALE);
    world_fini(&w);
}

static void
one_proof_has_one_id_and_another_proof_another(void)
{
    struct world w;
    struct tbc_buf message = { 0 };
    uint8_t ids[3][16];

    world_init(&w, TBC_ALG_ES256);
    world_bind(&w);
    world_certificate(&w, &message);
    for (int i = 0; i < 3; i++) {
        struct tbc_live live = { .time = later(i == 2 ? 1 : 0) };
        struct tbc_judgement out;
        struct tbc_buf proof = { 0 };
        struct tbc_buf text = { 0 };

        /* ES256 signs with a random k: the first two differ in their signatures only. */
        world_prove(w.phone, tbc_buf_span(&message), &live, &proof);
        world_text(tbc_buf_span(&proof), &text);
        CU_ASSERT_EQUAL(world_judge_text(&w, tbc_buf_span(&text), WORLD_NOW, &out),
                        TBC_ACCEPTED_OFFLINE);
        CU_ASSERT(out.is_live);
        memcpy(ids[i], out.proof_id, sizeof ids[i]);
        tbc_buf_fini(&proof);
        tbc_buf_fini(&text);
    }
    CU_ASSERT_EQUAL(memcmp(ids[0], ids[1], sizeof ids[0]), 0);
    CU_ASSERT_NOT_EQUAL(memcmp(ids[0], ids[2], sizeof ids[0]), 0);
    tbc_buf_fini(&message);
    world_fini(&w);
}

static void
the_ticket_is_judged_last(void)
{
    struct world w;
    struct tbc_trip *trip;

    world_init(&w, TBC_ALG_ES256);
    trip = &w.manifest.trips[0];
    trip->depart = later(tbc_policy_default.gate_opens_s + 1);
    CU_ASSERT_EQUAL(verdict_of_claims(&w, WORLD_NOW), TBC_TOO_EARLY);
    trip->depart = later(tbc_policy_default.gate_opens_s);
    CU_ASSERT_EQUAL(verdict_of_claims(&w, WORLD_NOW), TBC_ACCEPTED_OFFLINE);
    trip->depart = later(tbc_policy_default.gate_closes_s);
    CU_ASSERT_EQUAL(verdict_of_claims(&w, WORLD_NOW), TBC_TOO_LATE);
    w.know.station = "SHH";
    CU_ASSERT_EQUAL(verdict_of_claims(&w, WORLD_NOW), TBC_WRONG_STATION);
    w.manifest.rows[0].holder[0] ^= 1;
    CU_ASSERT_EQUAL(verdict_of_claims(&w, WORLD_NOW), TBC_NO_TICKET);
    world_fini(&w);
}

TBC_SUITE("crypto/judge", TEST(a_sound_certificate_of_every_algorithm_opens),
          TEST(a_judgement_tells_what_it_found),
          TEST(every_flipped_bit_and_every_cut_is_refused),
          TEST(every_flipped_bit_and_every_cut_of_a_live_proof_is_refused),
          TEST(what_is_not_ours_is_named_apart),
          TEST(another_object_of_the_station_does_not_pose_as_a_certificate),
          TEST(an_issuer_must_be_known_and_speak_for_itself),
          TEST(the_second_form_of_an_ecdsa_signature_is_refused),
          TEST(time_is_judged_to_the_second),
          TEST(status_is_asked_of_the_issuers_own_fresh_list),
          TEST(a_bound_certificate_is_worth_nothing_without_its_phone),
          TEST(a_challenge_must_be_answered_with_itself),
          TEST(one_proof_has_one_id_and_another_proof_another),
          TEST(the_ticket_is_judged_last))
