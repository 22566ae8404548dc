#include "crypto/judge.h"

#include "codec/token.h"
#include "crypto/sign.h"

#include <string.h>

static enum tbc_err
say(struct tbc_judgement *out, enum tbc_verdict verdict)
{
    out->verdict = verdict;
    return TBC_OK;
}

/* Text to message bytes; false when the verdict is reached. */
static bool
read_text(struct tbc_span text, struct tbc_buf *message, struct tbc_judgement *out)
{
    switch (tbc_token_decode(text, message, &out->fault)) {
    case TBC_TOKEN_OURS:
        return true;
    case TBC_TOKEN_FOREIGN:
        out->verdict = TBC_NOT_A_CERTIFICATE;
        return false;
    case TBC_TOKEN_OTHER_VERSION:
        out->verdict = TBC_UNSUPPORTED_VERSION;
        return false;
    case TBC_TOKEN_BROKEN:
        out->verdict = TBC_MALFORMED;
        return false;
    }
    return false;
}

/* Whose key signed it, and is the signature good?  Fills claims when both are answered. */
static enum tbc_err
check_signature(const struct tbc_cose *msg, const struct tbc_knowledge *know,
                struct tbc_claims *claims, struct tbc_judgement *out)
{
    const struct tbc_trust_key *entry;
    struct tbc_key *key = tbc_keyring_find(know->ring, msg->kid, claims->iat, &entry);
    enum tbc_err err;

    if (key == NULL || strcmp(entry->station, claims->iss) != 0) {
        return say(out, TBC_UNKNOWN_ISSUER);
    }
    err = tbc_verify_cose(key, msg);
    if (err == TBC_ERR_BAD_SIGNATURE) {
        return say(out, TBC_BAD_SIGNATURE);
    }
    if (err != TBC_OK) {
        return err;
    }
    /* An issuer speaks only of its own status list: otherwise a revoked certificate's holder
     * would do with a friendly list. */
    if (strcmp(entry->status_uri, claims->status_uri) != 0) {
        return say(out, TBC_BAD_SIGNATURE);
    }
    out->claims = *claims;
    out->has_claims = true;
    return TBC_OK;
}

/* NOT_YET_VALID, EXPIRED; RFC 8392 sec. 3.1.4 and 3.1.5. */
static bool
check_time(const struct tbc_knowledge *know, struct tbc_utc now,
           struct tbc_judgement *out)
{
    const struct tbc_claims *c = &out->claims;

    if (now.s + know->policy->skew_s < c->nbf.s) {
        out->verdict = TBC_NOT_YET_VALID;
        out->time = c->nbf;
        return false;
    }
    if (now.s >= c->exp.s) {
        out->verdict = TBC_EXPIRED;
        out->time = c->exp;
        return false;
    }
    return true;
}

static bool
check_status(const struct tbc_knowledge *know, struct tbc_utc now,
             struct tbc_judgement *out)
{
    const struct tbc_statuslist *list = NULL;

    for (size_t i = 0; i < know->lists_n && list == NULL; i++) {
        if (strcmp(know->lists[i].sub, out->claims.status_uri) == 0) {
            list = &know->lists[i];
        }
    }
    out->verdict = TBC_STATUS_UNKNOWN;
    if (list == NULL ||
        tbc_statuslist_get(list, out->claims.status_idx, &out->status) != TBC_OK) {
        return false;
    }
    out->has_status = true;
    if (out->status != TBC_STATUS_VALID) {
        out->verdict = TBC_REVOKED;
        return false;
    }
    /* An old list can still prove a revocation, but no longer that there is none. */
    return now.s < list->exp.s && now.s - list->iat.s <= know->policy->status_age_s;
}

/* The best ticket of the holder decides: one that opens now, else the reason of the nearest. */
static void
check_ticket(const struct tbc_knowledge *know, struct tbc_utc now,
             struct tbc_judgement *out)
{
    const struct tbc_manifest *m = know->manifest;
    const struct tbc_manifest_row *row;
    size_t n;

    out->verdict = TBC_NO_TICKET;
    row = tbc_manifest_find(m, out->claims.holder, &n);
    for (size_t i = 0; i < n; i++) {
        const struct tbc_trip *trip = &m->trips[row[i].trip];
        int64_t opens = trip->depart.s - know->policy->gate_opens_s;
        int64_t closes = trip->depart.s - know->policy->gate_closes_s;
        enum tbc_verdict v = strcmp(trip->from, know->station) != 0 ? TBC_WRONG_STATION
                             : now.s < opens                        ? TBC_TOO_EARLY
                             : now.s >= closes                      ? TBC_TOO_LATE
                                               : TBC_ACCEPTED_OFFLINE;
        /* A coming train says more than one that has gone or leaves from elsewhere. */
        static const int rank[TBC_VERDICT_N] = {
            [TBC_WRONG_STATION] = 1,
            [TBC_TOO_LATE] = 2,
            [TBC_TOO_EARLY] = 3,
            [TBC_ACCEPTED_OFFLINE] = 4,
        };

        if (rank[v] > rank[out->verdict] || (v == out->verdict && out->trip != NULL &&
                                             trip->depart.s < out->trip->depart.s)) {
            out->verdict = v;
            out->trip = trip;
            out->time = (struct tbc_utc){ v == TBC_TOO_EARLY ? opens : 0 };
        }
    }
}

enum tbc_err
tbc_judge(struct tbc_span text, const struct tbc_knowledge *know, struct tbc_utc now,
          struct tbc_judgement *out)
{
    uint8_t storage[TBC_LIVE_MAX + 1];
    struct tbc_buf message;
    struct tbc_claims claims;
    struct tbc_cose msg;
    enum tbc_err err;

    *out = (struct tbc_judgement){ .verdict = TBC_MALFORMED };
    tbc_buf_init_fixed(&message, storage, sizeof storage);
    if (!read_text(text, &message, out)) {
        return TBC_OK;
    }
    err = tbc_cose_open(&msg, tbc_buf_span(&message), &out->fault);
    if (err != TBC_OK || msg.typ != TBC_TYP_CERTIFICATE) {
        return say(out, TBC_MALFORMED);
    }
    if (tbc_claims_decode(&claims, msg.payload, &out->fault) != TBC_OK) {
        return say(out, TBC_MALFORMED);
    }
    if ((err = check_signature(&msg, know, &claims, out)) != TBC_OK ||
        !out->has_claims) {
        return err;
    }
    if (!check_time(know, now, out) || !check_status(know, now, out)) {
        return TBC_OK;
    }
    if (out->claims.cnf_len > 0 && !out->is_live) {
        return say(out, TBC_PROOF_MISSING);
    }
    out->verdict = TBC_ACCEPTED_OFFLINE;
    if (know->manifest != NULL && know->station != NULL) {
        check_ticket(know, now, out);
    }
    return TBC_OK;
}

/* A message of the wanted type by a station key that is valid now. */
static enum tbc_err
check_signed(struct tbc_cose *msg, enum tbc_typ typ, const struct tbc_keyring *ring,
             struct tbc_utc now, const struct tbc_trust_key **entry)
{
    struct tbc_key *key;

    if (msg->typ != typ) {
        return TBC_ERR_MALFORMED;
    }
    key = tbc_keyring_find(ring, msg->kid, now, entry);
    return key == NULL ? TBC_ERR_UNKNOWN_KEY : tbc_verify_cose(key, msg);
}

static enum tbc_err
wrong(struct tbc_fault *fault, const char *what)
{
    if (fault != NULL) {
        *fault = (struct tbc_fault){ .what = what };
    }
    return TBC_ERR_MALFORMED;
}

enum tbc_err
tbc_statuslist_open(struct tbc_statuslist *list, struct tbc_span message,
                    const struct tbc_keyring *ring, struct tbc_utc now,
                    struct tbc_fault *fault)
{
    const struct tbc_trust_key *entry;
    struct tbc_cose msg;
    enum tbc_err err;

    *list = (struct tbc_statuslist){ 0 };
    if ((err = tbc_cose_open(&msg, message, fault)) != TBC_OK ||
        (err = check_signed(&msg, TBC_TYP_STATUS, ring, now, &entry)) != TBC_OK ||
        (err = tbc_statuslist_decode(list, msg.payload, fault)) != TBC_OK) {
        return err;
    }
    if (strcmp(list->sub, entry->status_uri) != 0) {
        tbc_statuslist_fini(list);
        return wrong(fault, "sub");
    }
    return TBC_OK;
}

enum tbc_err
tbc_manifest_open(struct tbc_manifest *manifest, struct tbc_span message,
                  const struct tbc_keyring *ring, struct tbc_utc now,
                  struct tbc_fault *fault)
{
    const struct tbc_trust_key *entry;
    struct tbc_cose msg;
    enum tbc_err err;

    *manifest = (struct tbc_manifest){ 0 };
    if ((err = tbc_cose_open(&msg, message, fault)) != TBC_OK ||
        (err = check_signed(&msg, TBC_TYP_MANIFEST, ring, now, &entry)) != TBC_OK ||
        (err = tbc_manifest_decode(manifest, msg.payload, fault)) != TBC_OK) {
        return err;
    }
    if (strcmp(manifest->station, entry->station) != 0) {
        tbc_manifest_fini(manifest);
        return wrong(fault, "station");
    }
    return TBC_OK;
}
