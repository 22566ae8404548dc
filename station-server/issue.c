/* ISSUE and ASSIST: the certificate itself. */
#include "crypto/certificate.h"
#include "crypto/digest.h"
#include "crypto/facecode.h"
#include "station.h"
#include "sys/log.h"

#include <stdio.h>
#include <string.h>

/* Everything about a certificate that is not drawn or read from a clock. */
struct grant {
    const struct tbc_doc *doc;
    const uint8_t *blind;
    const char *name; /* masked */
    const char *language;
    const uint8_t *face; /* its code; NULL: none */
    enum tbc_channel channel;
    enum tbc_assurance assurance;
    const char *officer;
    const char *why;
};

enum tbc_err
station_standing(struct station *st, const uint8_t blind[static TBC_BLIND_LEN],
                 struct tbc_utc now, enum station_issue *issue, uint64_t *used)
{
    struct tbc_store_certificate newest;
    enum tbc_err err = tbc_store_certificate_newest(st->store, blind, &newest);

    *issue = STATION_ISSUE_QUOTA;
    *used = 0;
    if (err == TBC_ERR_NOT_FOUND) {
        newest.expires.s = 0;
    } else if (err != TBC_OK) {
        return err;
    }
    err = tbc_store_certificate_count(st->store, blind, station_month_start(now), used);
    if (err == TBC_OK) {
        *issue = station_decide_issue(&st->conf.policy, newest.expires, *used, now);
    }
    return err;
}

static enum tbc_err
seal_face(const struct station *st, const struct grant *g, struct tbc_claims *c)
{
    uint8_t key[TBC_FACE_KEY_LEN];
    enum tbc_err err;

    c->has_face = g->face != NULL;
    if (!c->has_face) {
        return TBC_OK;
    }
    err = tbc_face_day_key(
        tbc_span_of(st->secrets.pseudonym, sizeof st->secrets.pseudonym),
        tbc_utc_day(c->iat), key);
    if (err == TBC_OK) {
        err = tbc_face_seal(key, c->cti, g->face, c->face);
    }
    tbc_wipe(key, sizeof key);
    return err;
}

static enum tbc_err
fill_claims(struct station *st, const struct grant *g, struct tbc_utc now,
            struct tbc_claims *c)
{
    enum tbc_err err;

    *c = (struct tbc_claims){ .iat = now,
                              .nbf = now,
                              .exp = { now.s + st->conf.policy.validity_s },
                              .kind = g->doc->kind,
                              .channel = g->channel,
                              .assurance = g->assurance,
                              .medium = TBC_MEDIUM_PAPER };
    (void)snprintf(c->iss, sizeof c->iss, "%s", st->conf.code);
    (void)snprintf(c->status_uri, sizeof c->status_uri, "%s", st->status_uri);
    (void)snprintf(c->masked_name, sizeof c->masked_name, "%s", g->name);
    (void)snprintf(c->language, sizeof c->language, "%s", g->language);
    if ((err = tbc_random(c->cti, sizeof c->cti)) != TBC_OK ||
        (err = seal_face(st, g, c)) != TBC_OK) {
        return err;
    }
    return station_pseudonym(&st->pseudonyms, tbc_utc_day(now), g->doc->kind,
                             g->doc->number, c->holder);
}

/* The row's bytes: the claims, signed. */
static enum tbc_err
sign(struct station *st, const struct tbc_claims *c, struct tbc_store_certificate *row)
{
    struct tbc_buf payload = { 0 };
    struct tbc_buf message;
    enum tbc_err err = tbc_certificate_payload(c, st->issuer->alg, &payload);

    tbc_buf_init_fixed(&message, row->bytes, sizeof row->bytes);
    if (err == TBC_OK) {
        err = station_signer_sign(st->signer, st->issuer, TBC_TYP_CERTIFICATE,
                                  tbc_buf_span(&payload), &message);
    }
    row->bytes_len = message.len;
    tbc_buf_fini(&payload);
    return err;
}

/* The reply borrows the bytes: they are kept in st until it is encoded. */
static void
show(struct station *st, struct station_call *call,
     const struct tbc_store_certificate *row, bool again)
{
    struct tbc_issue_reply *out = &st->reply.issue;

    st->shown = *row;
    call->cti = st->shown.cti;
    *out = (struct tbc_issue_reply){
        .certificate = tbc_span_of(st->shown.bytes, st->shown.bytes_len),
        .issued = row->issued,
        .expires = row->expires,
        .again = again,
        .log_size = st->journal->newest.size,
        .log_root =
            tbc_span_of(st->journal->newest.root,
                        st->journal->newest.size == 0 ? 0 : TBC_CHECKPOINT_ROOT_LEN),
    };
    memcpy(out->cti, row->cti, sizeof out->cti);
}

/* The signer has said why in the log.  While it is away one comes again; what it refuses, and a token
 * that fails, is nothing that a passenger can wait for. */
static enum tbc_code
refuse_unsigned(struct station_call *call, enum tbc_err err)
{
    if (err == TBC_ERR_BUSY) {
        call->problem.wait_ms = STATION_WAIT_MS;
        return station_refuse(call, TBC_CODE_BUSY, "signer");
    }
    return station_refuse(call, TBC_CODE_TROUBLE, tbc_err_text(err));
}

static enum tbc_code
issue_new(struct station *st, struct station_call *call, const struct grant *g)
{
    struct tbc_store_certificate row = { .medium = TBC_MEDIUM_PAPER };
    struct tbc_claims claims;
    enum tbc_err err;

    if (st->issuer == NULL || st->status_uri[0] == '\0') {
        return station_refuse(call, TBC_CODE_TROUBLE, "no issuer key in a trust list");
    }
    if (call->now.s + STATION_CLOCK_S < st->floor.s) {
        return station_refuse(call, TBC_CODE_TROUBLE, "the station's clock is wrong");
    }
    if ((err = fill_claims(st, g, call->now, &claims)) != TBC_OK ||
        (err = station_index_next(&st->index, &claims.status_idx)) != TBC_OK) {
        return station_trouble(call, err);
    }
    row.status_idx = claims.status_idx;
    memcpy(row.cti, claims.cti, sizeof row.cti);
    memcpy(row.blind, g->blind, sizeof row.blind);
    row.issued = claims.iat;
    row.expires = claims.exp;
    (void)snprintf(row.device, sizeof row.device, "%s", call->device->row.name);
    (void)snprintf(row.officer, sizeof row.officer, "%s", g->officer);
    (void)snprintf(row.why, sizeof row.why, "%s", g->why);
    if ((err = tbc_journal_take(st->store, &row.leaf)) != TBC_OK) {
        return station_trouble(call, err);
    }
    if ((err = sign(st, &claims, &row)) != TBC_OK) {
        return refuse_unsigned(call, err);
    }
    if ((err = tbc_store_certificate_put(st->store, &row)) != TBC_OK ||
        (err = station_journal_issued(st, call, &row)) != TBC_OK) {
        return station_trouble(call, err);
    }
    /* A list that grows must be there before a gate looks the new index up. */
    if (row.status_idx >= st->status_room) {
        st->status_changed = true;
    }
    st->metrics.issued[g->channel]++;
    st->metrics.media[row.medium]++;
    show(st, call, &row, false);
    return TBC_CODE_FINE;
}

static enum tbc_code
issue_again(struct station *st, struct station_call *call, const struct grant *g)
{
    struct tbc_store_certificate newest;
    struct tbc_leaf leaf = { .kind = TBC_LEAF_SHOW, .word = "AGAIN", .has_cti = true };
    enum tbc_err err = tbc_store_certificate_newest(st->store, g->blind, &newest);

    if (err == TBC_OK) {
        memcpy(leaf.cti, newest.cti, sizeof leaf.cti);
        err = station_journal_write(st, call, leaf, NULL);
    }
    if (err != TBC_OK) {
        return station_trouble(call, err);
    }
    st->metrics.again++;
    show(st, call, &newest, true);
    return TBC_CODE_FINE;
}

static enum tbc_code
issue(struct station *st, struct station_call *call, const struct grant *g)
{
    enum station_issue what;
    uint64_t used;
    enum tbc_err err = station_standing(st, g->blind, call->now, &what, &used);

    if (err != TBC_OK) {
        return station_trouble(call, err);
    }
    switch (what) {
    case STATION_ISSUE_NEW:
        return issue_new(st, call, g);
    case STATION_ISSUE_AGAIN:
        return issue_again(st, call, g);
    case STATION_ISSUE_QUOTA:
        break;
    }
    return station_refuse(call, TBC_CODE_QUOTA, "quota");
}

enum tbc_code
station_on_issue(struct station *st, struct station_call *call)
{
    const struct station_handle *h =
        station_handle_find(st, st->in.issue.handle, call->device->key, call->now);
    struct grant g;

    if (st->in.issue.medium != TBC_MEDIUM_PAPER) {
        return station_refuse(call, TBC_CODE_BAD_REQUEST, "medium");
    }
    if (h == NULL) {
        return station_refuse(call, TBC_CODE_LAPSED, "handle");
    }
    g = (struct grant){
        .doc = &h->doc,
        .blind = h->blind,
        .name = h->name,
        .language = h->language,
        .face = h->has_face ? h->face : NULL,
        .channel = call->device->row.role == TBC_ROLE_PATROL ? TBC_CHANNEL_PATROL
                                                             : TBC_CHANNEL_KIOSK,
        .assurance = h->assurance,
        .officer = "",
        .why = "",
    };
    return issue(st, call, &g);
}

static enum tbc_code
assist_person(struct station *st, struct station_call *call, const struct tbc_doc *doc)
{
    struct station_claimed who = { 0 };
    char masked[TBC_NAME_MAX + 1];
    struct grant g = { .doc = doc,
                       .blind = who.blind,
                       .name = masked,
                       .language = "",
                       .channel = TBC_CHANNEL_DESK,
                       .assurance = TBC_ASSURANCE_OFFICER,
                       .officer = st->in.assist.officer,
                       .why = st->in.assist.reason };
    enum tbc_code code = station_claim(st, call, doc, &who);

    if (code == TBC_CODE_FINE) {
        tbc_name_mask(who.person.name, masked);
        tbc_wipe(&who.person, sizeof who.person);
        code = issue(st, call, &g);
    }
    tbc_wipe(&who, sizeof who);
    return code;
}

enum tbc_code
station_on_assist(struct station *st, struct station_call *call)
{
    const struct tbc_assist *in = &st->in.assist;
    enum tbc_doc_fault fault;
    struct tbc_doc doc;
    enum tbc_code code;

    if (in->kind >= TBC_DOC_N) {
        return station_refuse(call, TBC_CODE_BAD_REQUEST, "kind");
    }
    if (in->medium != TBC_MEDIUM_PAPER) {
        return station_refuse(call, TBC_CODE_BAD_REQUEST, "medium");
    }
    if (in->officer[0] == '\0' || in->reason[0] == '\0') {
        return station_refuse(call, TBC_CODE_BAD_REQUEST,
                              in->officer[0] == '\0' ? "officer" : "reason");
    }
    fault = tbc_doc_judge((enum tbc_doc_kind)in->kind, tbc_span_str(in->number),
                          tbc_utc_day(call->now), &doc, NULL);
    if (fault != TBC_DOC_FINE) {
        return station_refuse(call, TBC_CODE_BAD_REQUEST, tbc_doc_fault_text(fault));
    }
    code = assist_person(st, call, &doc);
    tbc_wipe(&doc, sizeof doc);
    return code;
}
