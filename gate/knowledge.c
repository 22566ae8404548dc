#include "knowledge.h"

#include "base/text.h"
#include "codec/cbor.h"
#include "crypto/statusdelta.h"

#include <stdio.h>
#include <string.h>

static void
limit_status(struct gate_knowledge *know)
{
    know->policy.status_age_s = know->limits.status_s > 0
                                    ? know->limits.status_s
                                    : know->station_status_s + GATE_STATUS_EVERY_S;
}

enum tbc_err
gate_knowledge_init(struct gate_knowledge *know, const char *root_hex)
{
    struct tbc_buf root = { 0 };
    enum tbc_err err;

    *know = (struct gate_knowledge){
        .policy = tbc_policy_default,
        .station_status_s = tbc_policy_default.status_age_s,
    };
    limit_status(know);
    if ((err = tbc_hex_decode(tbc_span_str(root_hex), &root, NULL)) == TBC_OK) {
        err = tbc_key_parse_public(&know->root, tbc_buf_span(&root));
    }
    tbc_buf_fini(&root);
    return err;
}

void
gate_knowledge_fini(struct gate_knowledge *know)
{
    tbc_manifest_fini(&know->manifest);
    tbc_statuslist_fini(&know->status);
    tbc_buf_fini(&know->status_message);
    tbc_keyring_free(&know->ring);
    tbc_key_free(&know->root);
    for (size_t i = 0; i < know->kept_n; i++) {
        tbc_key_free(&know->kept[i]);
    }
    *know = (struct gate_knowledge){ 0 };
}

const char *
gate_list_name(enum gate_list list)
{
    static const char *const names[GATE_LIST_N] = {
        [GATE_LIST_TRUST] = "trust",
        [GATE_LIST_STATUS] = "status",
        [GATE_LIST_MANIFEST] = "manifest",
    };

    return (unsigned)list < GATE_LIST_N ? names[list] : "?";
}

void
gate_knowledge_mark(struct gate_knowledge *know, enum gate_list list, uint64_t version)
{
    if (version > know->versions[list]) {
        know->versions[list] = version;
    }
}

static enum tbc_err
take_first_trust(struct gate_knowledge *know, struct tbc_span message,
                 struct tbc_fault *fault)
{
    struct tbc_keyring *ring = NULL;
    enum tbc_err err =
        know->kept_n > 0
            ? tbc_keyring_open_by(&ring, message, know->kept, know->kept_n, fault)
            : tbc_keyring_open(&ring, message, know->root, fault);

    if (err == TBC_OK &&
        tbc_keyring_list(ring)->version < know->versions[GATE_LIST_TRUST]) {
        err = TBC_ERR_RANGE;
    }
    if (err != TBC_OK) {
        tbc_keyring_free(&ring);
        return err;
    }
    know->ring = ring;
    return TBC_OK;
}

static enum tbc_err
take_trust(struct gate_knowledge *know, struct tbc_span message, struct tbc_utc *made,
           struct tbc_fault *fault)
{
    enum tbc_err err = know->ring == NULL
                           ? take_first_trust(know, message, fault)
                           : tbc_keyring_update(know->ring, message, fault);

    if (err == TBC_OK) {
        const struct tbc_trustlist *list = tbc_keyring_list(know->ring);

        gate_knowledge_mark(know, GATE_LIST_TRUST, list->version);
        *made = list->iat;
    }
    return err;
}

static enum tbc_err
take_status(struct gate_knowledge *know, struct tbc_span message, struct tbc_utc now,
            struct tbc_utc *made, struct tbc_fault *fault)
{
    struct tbc_statuslist list = { 0 };
    struct tbc_buf copy = { 0 };
    enum tbc_err err = tbc_statuslist_open(&list, message, know->ring, now, fault);

    if (err == TBC_OK && (uint64_t)list.iat.s < know->versions[GATE_LIST_STATUS]) {
        err = TBC_ERR_RANGE;
    }
    if (err != TBC_OK || (err = tbc_buf_append_span(&copy, message)) != TBC_OK) {
        tbc_statuslist_fini(&list);
        return err;
    }
    tbc_statuslist_fini(&know->status);
    tbc_buf_fini(&know->status_message);
    know->status = list;
    know->status_message = copy;
    know->has_status = true;
    gate_knowledge_mark(know, GATE_LIST_STATUS, (uint64_t)list.iat.s);
    *made = list.iat;
    return TBC_OK;
}

static enum tbc_err
take_manifest(struct gate_knowledge *know, struct tbc_span message, struct tbc_utc now,
              struct tbc_utc *made, struct tbc_fault *fault)
{
    struct tbc_manifest manifest = { 0 };
    enum tbc_err err = tbc_manifest_open(&manifest, message, know->ring, now, fault);

    if (err == TBC_OK && manifest.version < know->versions[GATE_LIST_MANIFEST]) {
        err = TBC_ERR_RANGE;
    }
    if (err == TBC_OK && know->station[0] != '\0' &&
        strcmp(know->station, manifest.station) != 0) {
        err = TBC_ERR_CONFLICT;
    }
    if (err != TBC_OK) {
        tbc_manifest_fini(&manifest);
        return err;
    }
    tbc_manifest_fini(&know->manifest);
    know->manifest = manifest;
    know->has_manifest = true;
    (void)snprintf(know->station, sizeof know->station, "%s", manifest.station);
    gate_knowledge_mark(know, GATE_LIST_MANIFEST, manifest.version);
    *made = manifest.iat;
    return TBC_OK;
}

enum tbc_err
gate_knowledge_take(struct gate_knowledge *know, enum gate_list list,
                    struct tbc_span message, struct tbc_utc now, struct tbc_utc *made,
                    struct tbc_fault *fault)
{
    *made = (struct tbc_utc){ 0 };
    if (list != GATE_LIST_TRUST && know->ring == NULL) {
        return TBC_ERR_UNKNOWN_KEY; /* whoever signed it, we cannot know them yet */
    }
    switch (list) {
    case GATE_LIST_TRUST:
        return take_trust(know, message, made, fault);
    case GATE_LIST_STATUS:
        return take_status(know, message, now, made, fault);
    case GATE_LIST_MANIFEST:
        return take_manifest(know, message, now, made, fault);
    case GATE_LIST_N:
        break;
    }
    return TBC_ERR_UNSUPPORTED;
}

enum tbc_err
gate_knowledge_follow(const struct gate_knowledge *know, struct tbc_span delta,
                      struct tbc_buf *message, struct tbc_fault *fault)
{
    if (!know->has_status) {
        *fault = (struct tbc_fault){ .what = "delta without a list" };
        return TBC_ERR_NOT_FOUND;
    }
    return tbc_statusdelta_apply(tbc_buf_span(&know->status_message), delta, message,
                                 fault);
}

void
gate_knowledge_told(struct gate_knowledge *know, const struct tbc_hello_reply *hello)
{
    (void)snprintf(know->station, sizeof know->station, "%s", hello->station);
    if (hello->policy.validity_s > 0) { /* else the station sent none */
        know->policy = hello->policy;
        know->station_status_s = hello->policy.status_age_s;
    }
    limit_status(know);
}

void
gate_knowledge_limit(struct gate_knowledge *know, const struct gate_limits *limits)
{
    know->limits = *limits;
    limit_status(know);
}

struct tbc_utc
gate_knowledge_made(const struct gate_knowledge *know, enum gate_list list)
{
    switch (list) {
    case GATE_LIST_TRUST:
        return know->ring != NULL ? tbc_keyring_list(know->ring)->iat
                                  : (struct tbc_utc){ 0 };
    case GATE_LIST_STATUS:
        return know->status.iat;
    case GATE_LIST_MANIFEST:
        return know->manifest.iat;
    case GATE_LIST_N:
        break;
    }
    return (struct tbc_utc){ 0 };
}

/* Its own end, and how long it is believed; 0: to its end. */
static struct tbc_utc
end_of(const struct gate_knowledge *know, enum gate_list list, int64_t *limit_s)
{
    switch (list) {
    case GATE_LIST_TRUST:
        *limit_s = know->limits.trust_s;
        return tbc_keyring_list(know->ring)->exp;
    case GATE_LIST_STATUS:
        *limit_s = know->policy.status_age_s;
        return know->status.exp;
    case GATE_LIST_MANIFEST:
        *limit_s = know->limits.manifest_s;
        return know->manifest.exp;
    case GATE_LIST_N:
        break;
    }
    *limit_s = 0;
    return (struct tbc_utc){ 0 };
}

enum gate_age
gate_knowledge_age(const struct gate_knowledge *know, enum gate_list list,
                   struct tbc_utc now)
{
    struct tbc_utc made = gate_knowledge_made(know, list);
    struct tbc_utc end;
    int64_t limit_s;

    if (made.s == 0) {
        return GATE_AGE_NONE;
    }
    end = end_of(know, list, &limit_s);
    return now.s >= end.s || (limit_s > 0 && now.s - made.s > limit_s) ? GATE_AGE_OLD
                                                                       : GATE_AGE_FRESH;
}

struct tbc_knowledge
gate_knowledge_view(const struct gate_knowledge *know, struct tbc_utc now)
{
    bool fresh = gate_knowledge_age(know, GATE_LIST_MANIFEST, now) == GATE_AGE_FRESH;

    return (struct tbc_knowledge){
        .ring = gate_knowledge_age(know, GATE_LIST_TRUST, now) == GATE_AGE_FRESH
                    ? know->ring
                    : NULL,
        .keeps_old_status = know->limits.keeps_old_status,
        .lists = know->has_status ? &know->status : NULL,
        .lists_n = know->has_status ? 1 : 0,
        .manifest = fresh ? &know->manifest : NULL,
        .station = fresh ? know->station : NULL,
        .policy = &know->policy,
    };
}

enum gate_trust
gate_knowledge_trust(const struct gate_knowledge *know, struct tbc_utc now)
{
    const struct tbc_trustlist *list;

    if (know->ring == NULL) {
        return GATE_TRUST_NONE;
    }
    list = tbc_keyring_list(know->ring);
    return gate_knowledge_age(know, GATE_LIST_TRUST, now) == GATE_AGE_OLD
               ? GATE_TRUST_ENDED
           : now.s >= list->warn.s ? GATE_TRUST_AGEING
                                   : GATE_TRUST_FRESH;
}

/* [ kid of the pinned root, COSE_Key ... ] */
enum tbc_err
gate_knowledge_put_roots(const struct gate_knowledge *know, struct tbc_buf *out)
{
    struct tbc_key *roots[TBC_TRUST_ROOTS_MAX];
    size_t n = know->ring == NULL ? 0 : tbc_keyring_roots(know->ring, roots);
    uint8_t pin[TBC_KID_LEN];
    enum tbc_err err = TBC_OK;

    tbc_key_kid(know->root, pin);
    tbc_cbor_put_array(out, n + 1);
    tbc_cbor_put_bytes(out, tbc_span_of(pin, sizeof pin));
    for (size_t i = 0; i < n && err == TBC_OK; i++) {
        err = tbc_key_put_cose(roots[i], out);
    }
    return err == TBC_OK ? tbc_buf_status(out) : err;
}

enum tbc_err
gate_knowledge_keep_roots(struct gate_knowledge *know, struct tbc_span kept)
{
    struct tbc_cbor_in r;
    struct tbc_span key;
    uint8_t then[TBC_KID_LEN];
    uint8_t pin[TBC_KID_LEN];
    size_t n = 0;
    enum tbc_err err = TBC_OK;

    tbc_cbor_open(&r, kept);
    tbc_cbor_read_array(&r, "roots", TBC_TRUST_ROOTS_MAX + 1, &n);
    tbc_cbor_read_fixed(&r, "pinned root", then, sizeof then);
    tbc_key_kid(know->root, pin);
    if (r.err == TBC_OK && memcmp(then, pin, sizeof pin) != 0) {
        return TBC_ERR_CONFLICT;
    }
    for (size_t i = 1; i < n && err == TBC_OK; i++) {
        if ((err = tbc_cbor_skip(&r, "root", &key)) == TBC_OK &&
            (err = tbc_key_parse_public(&know->kept[know->kept_n], key)) == TBC_OK) {
            know->kept_n++;
        }
    }
    return err == TBC_OK ? tbc_cbor_close(&r) : err;
}
