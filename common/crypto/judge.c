#include "crypto/judge.h"

#include "codec/live.h"
#include "codec/token.h"
#include "crypto/digest.h"
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

/* One presentation, taken apart: a certificate, alone or inside a live proof. */
struct presented {
    struct tbc_cose outer; /* of the live proof; typ TBC_TYP_N when there is none */
    struct tbc_live live;
    struct tbc_cose cert;
    struct tbc_claims claims;
};

/* Faults inside nested bytes are told as offsets of the whole message. */
static void
shift_fault(struct tbc_judgement *out, struct tbc_span message, struct tbc_span part)
{
    out->fault.offset += (size_t)(part.ptr - message.ptr);
}

static bool
malformed(struct tbc_judgement *out, const char *what)
{
    out->verdict = TBC_MALFORMED;
    if (what != NULL) {
        out->fault = (struct tbc_fault){ .what = what };
    }
    return false;
}

/* Structure only; false when the verdict is reached. */
static bool
open_cose(struct tbc_cose *msg, struct tbc_span in, struct tbc_judgement *out)
{
    enum tbc_err err = tbc_cose_open(msg, in, &out->fault);

    out->verdict = err == TBC_ERR_UNSUPPORTED ? TBC_UNSUPPORTED_VERSION : TBC_MALFORMED;
    return err == TBC_OK;
}

/* The live proof around the certificate, when there is one; *cert gets the certificate. */
static bool
open_outer(struct presented *p, struct tbc_span message, struct tbc_span *cert,
           struct tbc_judgement *out)
{
    *cert = message;
    p->outer.typ = TBC_TYP_N;
    if (!open_cose(&p->cert, message, out)) {
        return false;
    }
    if (p->cert.typ == TBC_TYP_CERTIFICATE) {
        return true;
    }
    if (p->cert.typ != TBC_TYP_LIVE) {
        out->verdict = TBC_NOT_A_CERTIFICATE;
        return false;
    }
    p->outer = p->cert;
    if (tbc_live_decode(&p->live, p->outer.payload, &out->fault) != TBC_OK) {
        shift_fault(out, message, p->outer.payload);
        return malformed(out, NULL);
    }
    *cert = p->live.certificate;
    if (!open_cose(&p->cert, *cert, out)) {
        shift_fault(out, message, *cert);
        return false;
    }
    return p->cert.typ == TBC_TYP_CERTIFICATE ||
           malformed(out, "certificate in the live proof");
}

static bool
open_message(struct presented *p, struct tbc_span message, struct tbc_judgement *out)
{
    struct tbc_span cert;

    if (!open_outer(p, message, &cert, out)) {
        return false;
    }
    if (tbc_claims_decode(&p->claims, p->cert.payload, &out->fault) != TBC_OK) {
        shift_fault(out, message, p->cert.payload);
        return malformed(out, NULL);
    }
    return p->outer.typ != TBC_TYP_LIVE || p->claims.cnf_len > 0 ||
           malformed(out, "live proof of a certificate that is bound to no key");
}

/* Who issued it, is the list that says so still good, and is the signature? */
static enum tbc_err
check_issuer(const struct presented *p, const struct tbc_knowledge *know,
             struct tbc_utc now, struct tbc_judgement *out)
{
    const struct tbc_trust_key *entry = NULL;
    struct tbc_key *key = NULL;
    enum tbc_err err;

    if (know->ring != NULL) {
        key = tbc_keyring_find(know->ring, p->cert.kid, p->claims.iat, &entry);
    }
    if (key == NULL || entry == NULL || strcmp(entry->station, p->claims.iss) != 0 ||
        now.s >= tbc_keyring_list(know->ring)->exp.s) {
        return say(out, TBC_UNKNOWN_ISSUER);
    }
    err = tbc_verify_cose(key, &p->cert);
    if (err == TBC_OK) {
        out->claims = p->claims;
        out->has_claims = true;
        /* An issuer speaks only of its own status list. */
        out->has_status = strcmp(entry->status_uri, p->claims.status_uri) == 0;
    }
    return err == TBC_ERR_BAD_SIGNATURE ? say(out, TBC_BAD_SIGNATURE) : err;
}

/* Was the proof signed by the key that the certificate names?  (RFC 8747 sec. 3.2) */
static enum tbc_err
check_proof_signature(const struct presented *p, const struct tbc_knowledge *know,
                      struct tbc_judgement *out)
{
    struct tbc_key *key = NULL;
    uint8_t hash[TBC_SHA256_LEN];
    uint8_t kid[TBC_KID_LEN] = { 0 };
    enum tbc_err err;

    err = tbc_keyring_holder(know->ring, tbc_span_of(p->claims.cnf, p->claims.cnf_len),
                             &key);
    if (err == TBC_OK) {
        tbc_key_kid(key, kid);
        err = memcmp(kid, p->outer.kid, sizeof kid) == 0
                  ? tbc_verify_cose(key, &p->outer)
                  : TBC_ERR_BAD_SIGNATURE;
    }
    if (err == TBC_OK && (err = tbc_sha256(p->outer.payload, hash)) == TBC_OK) {
        memcpy(out->proof_id, hash, sizeof out->proof_id);
        out->is_live = true;
    }
    if (err == TBC_ERR_CRYPTO || err == TBC_ERR_NO_MEMORY || err == TBC_OK) {
        return err;
    }
    out->has_claims = false;
    out->claims = (struct tbc_claims){ 0 };
    return say(out, TBC_BAD_SIGNATURE);
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
    /* A station that writes a longer life than the policy allows does not lengthen it. */
    if (now.s >= c->exp.s || now.s - c->nbf.s >= know->policy->validity_s) {
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
    bool own_list = out->has_status;

    out->has_status = false;
    for (size_t i = 0; own_list && i < know->lists_n && list == NULL; i++) {
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
    /* An old list can still prove a revocation, but no longer that there is none, unless one
     * wants to believe that. */
    return know->keeps_old_status ||
           (now.s < list->exp.s && now.s - list->iat.s <= know->policy->status_age_s);
}

void
tbc_judge_ticket(const struct tbc_knowledge *know, struct tbc_utc now,
                 struct tbc_judgement *out)
{
    const struct tbc_manifest *m = know->manifest;
    const struct tbc_manifest_row *row;
    size_t n;

    out->verdict = TBC_NO_TICKET;
    out->trip = NULL;
    out->time = (struct tbc_utc){ 0 };
    row = tbc_manifest_find(m, out->claims.holder, &n);
    for (size_t i = 0; i < n; i++) {
        const struct tbc_trip *trip = &m->trips[row[i].trip];
        enum tbc_verdict v = tbc_ticket_judge(trip, know->station, know->policy, now);

        if (out->trip == NULL ||
            tbc_ticket_is_nearer(trip, v, out->trip, out->verdict, now)) {
            out->verdict = v;
            out->trip = trip;
        }
    }
    if (out->verdict == TBC_TOO_EARLY && out->trip != NULL) {
        out->time = tbc_ticket_opens(out->trip, know->policy);
    }
}

/* PROOF_MISSING, PROOF_STALE. */
static bool
check_proof(const struct presented *p, const struct tbc_knowledge *know,
            struct tbc_utc now, struct tbc_judgement *out)
{
    const struct tbc_live *live = &p->live;
    struct tbc_span answer = tbc_span_of(live->challenge, sizeof live->challenge);
    bool fresh;

    if (out->claims.cnf_len == 0) {
        return true;
    }
    if (!out->is_live) {
        out->verdict = TBC_PROOF_MISSING;
        return false;
    }
    fresh = live->time.s >= now.s - know->policy->proof_s &&
            live->time.s <= now.s + know->policy->proof_s;
    if (know->challenge.len > 0) {
        fresh = fresh && live->has_challenge && tbc_span_equal(answer, know->challenge);
    }
    out->verdict = TBC_PROOF_STALE;
    return fresh;
}

/* Everything behind the form, in the order of the verdicts. */
static enum tbc_err
judge_presented(const struct presented *p, const struct tbc_knowledge *know,
                struct tbc_utc now, struct tbc_judgement *out)
{
    enum tbc_err err = check_issuer(p, know, now, out);

    if (err != TBC_OK || !out->has_claims) {
        return err;
    }
    if (p->outer.typ == TBC_TYP_LIVE &&
        ((err = check_proof_signature(p, know, out)) != TBC_OK || !out->has_claims)) {
        return err;
    }
    if (!check_time(know, now, out) || !check_status(know, now, out) ||
        !check_proof(p, know, now, out)) {
        return TBC_OK;
    }
    out->verdict = TBC_ACCEPTED_OFFLINE;
    if (know->manifest != NULL && know->station != NULL) {
        tbc_judge_ticket(know, now, out);
    }
    return TBC_OK;
}

enum tbc_err
tbc_judge(struct tbc_span text, const struct tbc_knowledge *know, struct tbc_utc now,
          struct tbc_judgement *out)
{
    uint8_t storage[TBC_LIVE_MAX + 1];
    struct tbc_buf message;
    struct presented p = { .outer = { .typ = TBC_TYP_N } };

    *out = (struct tbc_judgement){ .verdict = TBC_MALFORMED };
    tbc_buf_init_fixed(&message, storage, sizeof storage);
    if (!read_text(text, &message, out) ||
        !open_message(&p, tbc_buf_span(&message), out)) {
        return TBC_OK;
    }
    out->fault = (struct tbc_fault){ 0 };
    out->verdict = TBC_MALFORMED;
    return judge_presented(&p, know, now, out);
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
