#include "signer_rules.h"

#include "codec/checkpoint.h"
#include "codec/claims.h"
#include "codec/manifest.h"
#include "codec/statuslist.h"

#include <string.h>

#define MINUTE_MS 60000

/* The root of a log without leaves: SHA-256 of nothing (RFC 6962 sec. 2.1). */
static const uint8_t empty_root[TBC_CHECKPOINT_ROOT_LEN] = {
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4,
    0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b,
    0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
};

void
signer_past_init(struct signer_past *past, const struct signer_rules *rules,
                 struct tbc_utc floor, struct tbc_mono mono)
{
    *past = (struct signer_past){ .floor = floor,
                                  .left = rules->per_minute * MINUTE_MS,
                                  .at = mono };
}

/* A bucket that holds a minute's certificates and fills in a minute. */
static bool
take_one(const struct signer_rules *rules, struct signer_past *past,
         struct tbc_mono mono)
{
    const int64_t full = rules->per_minute * MINUTE_MS;
    int64_t passed = mono.ms - past->at.ms;

    passed = passed > MINUTE_MS ? MINUTE_MS : passed;
    past->at = mono;
    past->left += passed * rules->per_minute;
    past->left = past->left > full ? full : past->left;
    if (past->left < MINUTE_MS) {
        return false;
    }
    past->left -= MINUTE_MS;
    return true;
}

static const char *
named(const struct tbc_fault *fault)
{
    return fault->what == NULL ? "payload" : fault->what;
}

static bool
is_near(struct tbc_utc t, struct tbc_utc now)
{
    return t.s >= now.s - SIGNER_CLOCK_S && t.s <= now.s + SIGNER_CLOCK_S;
}

static const char *
judge_certificate(const struct signer_rules *rules, struct signer_past *past,
                  const struct tbc_trust_key *row, struct tbc_span payload,
                  struct signer_now now)
{
    struct tbc_fault fault = { 0 };
    struct tbc_claims c;

    if (payload.len > TBC_LIVE_MAX) {
        return "size";
    }
    if (tbc_claims_decode(&c, payload, &fault) != TBC_OK) {
        return named(&fault);
    }
    if (now.utc.s + SIGNER_CLOCK_S < past->floor.s) {
        return "the clock went back";
    }
    if (strcmp(c.iss, rules->station) != 0) {
        return "iss";
    }
    if (!is_near(c.iat, now.utc)) {
        return "iat";
    }
    if (!is_near(c.nbf, c.iat)) {
        return "nbf";
    }
    if (c.exp.s - c.iat.s > rules->validity_s) {
        return "exp";
    }
    if (strcmp(c.status_uri, row->status_uri) != 0) {
        return "status";
    }
    if (c.status_idx / 8 >= TBC_STATUS_LIST_MAX) {
        return "idx";
    }
    if (!take_one(rules, past, now.mono)) {
        return SIGNER_TOO_MANY;
    }
    past->floor = now.utc.s > past->floor.s ? now.utc : past->floor;
    return NULL;
}

/* Times of lists never go back; they may run ahead of the clock, but not for ever. */
static const char *
judge_times(const struct signer_past *past, struct tbc_utc iat, struct tbc_utc exp,
            struct tbc_utc last, struct tbc_utc now)
{
    const int64_t latest = now.s > past->floor.s ? now.s : past->floor.s;

    if (iat.s < last.s || iat.s > latest + SIGNER_AHEAD_S) {
        return "iat";
    }
    return exp.s - iat.s > SIGNER_LIFE_S + SIGNER_AHEAD_S ? "exp" : NULL;
}

static const char *
judge_status(struct signer_past *past, const struct tbc_trust_key *row,
             struct tbc_span payload, struct tbc_utc now)
{
    struct tbc_statuslist list = { 0 };
    struct tbc_fault fault = { 0 };
    const char *wrong;

    if (tbc_statuslist_decode(&list, payload, &fault) != TBC_OK) {
        return named(&fault);
    }
    wrong = strcmp(list.sub, row->status_uri) != 0
                ? "sub"
                : judge_times(past, list.iat, list.exp, past->status, now);
    if (wrong == NULL) {
        past->status = list.iat;
    }
    tbc_statuslist_fini(&list);
    return wrong;
}

static const char *
judge_manifest(const struct signer_rules *rules, struct signer_past *past,
               struct tbc_span payload, struct tbc_utc now)
{
    struct tbc_manifest m = { .version = 0 };
    struct tbc_fault fault = { 0 };
    const char *wrong;

    if (tbc_manifest_decode(&m, payload, &fault) != TBC_OK) {
        return named(&fault);
    }
    if (strcmp(m.station, rules->station) != 0) {
        wrong = "station";
    } else if (m.version < past->manifest) {
        wrong = "version";
    } else {
        wrong = judge_times(past, m.iat, m.exp, (struct tbc_utc){ 0 }, now);
    }
    if (wrong == NULL) {
        past->manifest = m.version;
    }
    tbc_manifest_fini(&m);
    return wrong;
}

static const char *
judge_checkpoint(const struct signer_rules *rules, struct signer_past *past,
                 struct tbc_span payload, struct tbc_utc now)
{
    struct tbc_fault fault = { 0 };
    struct tbc_checkpoint c;

    if (tbc_checkpoint_decode(&c, payload, &fault) != TBC_OK) {
        return named(&fault);
    }
    if (strcmp(c.origin, rules->station) != 0) {
        return "origin";
    }
    if (c.size < past->checkpoint_size) {
        return "size went back";
    }
    if (c.size == 0 && memcmp(c.root, empty_root, sizeof empty_root) != 0) {
        return "root of an empty log";
    }
    if (judge_times(past, c.at, c.at, past->checkpoint, now) != NULL) {
        return "at";
    }
    past->checkpoint_size = c.size;
    past->checkpoint = c.at;
    return NULL;
}

const char *
signer_judge(const struct signer_rules *rules, struct signer_past *past,
             const struct tbc_trust_key *row, enum tbc_typ typ, struct tbc_span payload,
             struct signer_now now)
{
    if (row == NULL || strcmp(row->station, rules->station) != 0) {
        return "the trust list does not give this key to this station now";
    }
    switch (typ) {
    case TBC_TYP_CERTIFICATE:
        return judge_certificate(rules, past, row, payload, now);
    case TBC_TYP_STATUS:
        return judge_status(past, row, payload, now.utc);
    case TBC_TYP_MANIFEST:
        return judge_manifest(rules, past, payload, now.utc);
    case TBC_TYP_CHECKPOINT:
        return judge_checkpoint(rules, past, payload, now.utc);
    case TBC_TYP_LIVE:
    case TBC_TYP_TRUST:
    case TBC_TYP_ROLL:
    case TBC_TYP_N:
        break;
    }
    return "typ";
}
