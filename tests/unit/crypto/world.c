#include "world.h"

#include "crypto/certificate.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

static const struct tbc_trip trip = {
    .train = "G1207",
    .from = "VNP",
    .to = "SHH",
    .from_zh = "云州南",
    .from_en = "Yunzhou South",
    .to_zh = "青屿北",
    .to_en = "Qingyu North",
    .platform = "6",
};

static void
trust_row(struct tbc_key *key, const char *station, struct tbc_trust_key *row)
{
    struct tbc_buf cose;

    *row = (struct tbc_trust_key){
        .alg = tbc_key_alg(key),
        .not_before = { WORLD_NOW.s - 100 * TBC_DAY_S },
        .not_after = { WORLD_NOW.s + 100 * TBC_DAY_S },
    };
    tbc_buf_init_fixed(&cose, row->key, sizeof row->key);
    CU_ASSERT_EQUAL_FATAL(tbc_key_put_cose(key, &cose), TBC_OK);
    row->key_len = cose.len;
    tbc_key_kid(key, row->kid);
    if (station[0] != '\0') {
        (void)memccpy(row->station, station, '\0', sizeof row->station);
        (void)memccpy(row->status_uri, WORLD_URI, '\0', sizeof row->status_uri);
    }
}

void
world_trust_keys(struct world *w, uint64_t version, struct tbc_key *const *stations,
                 size_t n, struct tbc_buf *out)
{
    struct tbc_trustlist list = {
        .version = version,
        .iat = { WORLD_NOW.s - TBC_DAY_S },
        .warn = { WORLD_NOW.s + 20 * TBC_DAY_S },
        .exp = { WORLD_NOW.s + 30 * TBC_DAY_S },
    };
    struct tbc_trust_key row;
    struct tbc_buf payload = { 0 };

    trust_row(w->root, "", &row);
    CU_ASSERT_EQUAL_FATAL(tbc_trustlist_add(&list, &row), TBC_OK);
    for (size_t i = 0; i < n; i++) {
        trust_row(stations[i], "VNP", &row);
        CU_ASSERT_EQUAL_FATAL(tbc_trustlist_add(&list, &row), TBC_OK);
    }
    CU_ASSERT_EQUAL_FATAL(tbc_trustlist_encode(&list, &payload), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(
        tbc_sign_cose(w->root, TBC_TYP_TRUST, tbc_buf_span(&payload), out), TBC_OK);
    tbc_buf_fini(&payload);
    tbc_trustlist_fini(&list);
}

void
world_trust(struct world *w, uint64_t version, struct tbc_buf *out)
{
    world_trust_keys(w, version, &w->station, 1, out);
}

static void
make_manifest(struct world *w)
{
    w->manifest = (struct tbc_manifest){
        .station = "VNP",
        .version = 1,
        .iat = { WORLD_NOW.s - 60 },
        .exp = { WORLD_NOW.s + TBC_DAY_S },
        .trips_n = 1,
        .rows_n = 1,
        .trips = calloc(1, sizeof *w->manifest.trips),
        .rows = calloc(1, sizeof *w->manifest.rows),
    };
    CU_ASSERT_FATAL(w->manifest.trips != NULL && w->manifest.rows != NULL);
    if (w->manifest.trips != NULL && w->manifest.rows != NULL) {
        w->manifest.trips[0] = trip;
        w->manifest.trips[0].depart.s = WORLD_NOW.s + 600;
        memcpy(w->manifest.rows[0].holder, w->claims.holder, TBC_HOLDER_LEN);
    }
}

void
world_init(struct world *w, enum tbc_alg alg)
{
    struct tbc_buf trust = { 0 };

    *w = (struct world){
        .claims = {
            .iss = "VNP",
            .iat = { WORLD_NOW.s - 60 },
            .nbf = { WORLD_NOW.s - 60 },
            .exp = { WORLD_NOW.s - 60 + TBC_DAY_S },
            .cti = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 },
            .status_idx = 70001,
            .status_uri = WORLD_URI,
            .holder = { 0xa0, 0xa1, 0xa2 },
            .kind = TBC_DOC_CN,
            .masked_name = "林*禾",
            .channel = TBC_CHANNEL_KIOSK,
            .assurance = TBC_ASSURANCE_ACTIVE,
            .medium = TBC_MEDIUM_PAPER,
            .language = "zh",
        },
    };
    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&w->root, TBC_ALG_ES384), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&w->station, alg), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&w->phone, TBC_ALG_ES256), TBC_OK);
    world_trust(w, 7, &trust);
    CU_ASSERT_EQUAL_FATAL(
        tbc_keyring_open(&w->ring, tbc_buf_span(&trust), w->root, NULL), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_statuslist_init(&w->list, 2, 100000), TBC_OK);
    (void)memccpy(w->list.sub, WORLD_URI, '\0', sizeof w->list.sub);
    w->list.ttl_s = 300;
    w->list.iat.s = WORLD_NOW.s - 600;
    w->list.exp.s = WORLD_NOW.s + 2 * TBC_DAY_S;
    make_manifest(w);
    w->know = (struct tbc_knowledge){
        .ring = w->ring,
        .lists = &w->list,
        .lists_n = 1,
        .manifest = &w->manifest,
        .station = "VNP",
        .policy = &tbc_policy_default,
    };
    tbc_buf_fini(&trust);
}

void
world_fini(struct world *w)
{
    tbc_key_free(&w->root);
    tbc_key_free(&w->station);
    tbc_key_free(&w->phone);
    tbc_keyring_free(&w->ring);
    tbc_statuslist_fini(&w->list);
    tbc_manifest_fini(&w->manifest);
}

void
world_bind(struct world *w)
{
    struct tbc_buf cose;

    tbc_buf_init_fixed(&cose, w->claims.cnf, sizeof w->claims.cnf);
    CU_ASSERT_EQUAL_FATAL(tbc_key_put_cose(w->phone, &cose), TBC_OK);
    w->claims.cnf_len = cose.len;
    w->claims.medium = TBC_MEDIUM_PHONE;
}

void
world_certificate(struct world *w, struct tbc_buf *message)
{
    CU_ASSERT_EQUAL_FATAL(tbc_certificate_sign(w->station, &w->claims, message),
                          TBC_OK);
}

void
world_text(struct tbc_span message, struct tbc_buf *text)
{
    CU_ASSERT_EQUAL_FATAL(tbc_token_encode(message, text), TBC_OK);
}

void
world_prove(struct tbc_key *phone, struct tbc_span message, const struct tbc_live *live,
            struct tbc_buf *out)
{
    struct tbc_live whole = *live;
    struct tbc_buf payload = { 0 };

    whole.certificate = message;
    CU_ASSERT_EQUAL_FATAL(tbc_live_encode(&whole, &payload), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(
        tbc_sign_cose(phone, TBC_TYP_LIVE, tbc_buf_span(&payload), out), TBC_OK);
    tbc_buf_fini(&payload);
}

enum tbc_verdict
world_judge_text(struct world *w, struct tbc_span text, struct tbc_utc now,
                 struct tbc_judgement *out)
{
    CU_ASSERT_EQUAL_FATAL(tbc_judge(text, &w->know, now, out), TBC_OK);
    return out->verdict;
}

enum tbc_verdict
world_judge(struct world *w, struct tbc_span message, struct tbc_utc now)
{
    struct tbc_judgement out;
    struct tbc_buf text = { 0 };
    enum tbc_verdict v;

    world_text(message, &text);
    v = world_judge_text(w, tbc_buf_span(&text), now, &out);
    tbc_buf_fini(&text);
    return v;
}
