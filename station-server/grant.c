/* Certificates that were granted to somebody in the batch that is being served, until they are made.
 *
 * One exchange with tbc-signer costs as much as several signatures, and a savepoint as much as several
 * rows; so those who may have a certificate wait here until the end of their batch, and then all are
 * signed at once, written under one savepoint and answered with the batch's commit.  Until then nothing
 * of them is in the store: whatever could notice settles them first. */
#include "crypto/certificate.h"
#include "crypto/facecode.h"
#include "station.h"
#include "sys/log.h"

#include <stdio.h>
#include <string.h>

#define CTI_TIME_LEN 4

static enum tbc_err
seal_face(const struct station *st, const struct station_wish *w, struct tbc_claims *c)
{
    uint8_t key[TBC_FACE_KEY_LEN];
    enum tbc_err err;

    c->has_face = w->face != NULL;
    if (!c->has_face) {
        return TBC_OK;
    }
    err = tbc_face_day_key(station_pseudonym_key(&st->pseudonyms, tbc_utc_day(c->iat)),
                           tbc_utc_day(c->iat), key);
    if (err == TBC_OK) {
        err = tbc_face_seal(key, c->cti, w->face, c->face);
    }
    tbc_wipe(key, sizeof key);
    return err;
}

/* The second of its issue, which stands beside it in the claims, and 96 bits that nobody can guess.  In
 * the store's indices those that are made together lie together, however many came before. */
static enum tbc_err
draw_cti(struct tbc_utc now, uint8_t cti[static TBC_CTI_LEN])
{
    for (size_t i = 0; i < CTI_TIME_LEN; i++) {
        cti[i] = (uint8_t)((uint64_t)now.s >> (8 * (CTI_TIME_LEN - 1 - i)));
    }
    return tbc_random(cti + CTI_TIME_LEN, TBC_CTI_LEN - CTI_TIME_LEN);
}

/* The claims but for their status index. */
static enum tbc_err
fill_claims(struct station *st, const struct station_wish *w, struct tbc_utc now,
            struct tbc_claims *c)
{
    enum tbc_err err;

    *c = (struct tbc_claims){ .iat = now,
                              .nbf = now,
                              .exp = { now.s + st->conf.policy.validity_s },
                              .kind = w->doc->kind,
                              .channel = w->channel,
                              .assurance = w->assurance,
                              .medium = TBC_MEDIUM_PAPER };
    (void)snprintf(c->iss, sizeof c->iss, "%s", st->conf.code);
    (void)snprintf(c->status_uri, sizeof c->status_uri, "%s", st->status_uri);
    (void)snprintf(c->masked_name, sizeof c->masked_name, "%s", w->name);
    (void)snprintf(c->language, sizeof c->language, "%s", w->language);
    if ((err = draw_cti(now, c->cti)) != TBC_OK ||
        (err = seal_face(st, w, c)) != TBC_OK) {
        return err;
    }
    return station_pseudonym(&st->pseudonyms, tbc_utc_day(now), w->doc->kind,
                             w->doc->number, c->holder);
}

/* The row but for what the signature brings. */
static void
fill_row(const struct station_call *call, const struct station_wish *w,
         const struct tbc_claims *c, struct tbc_store_certificate *row)
{
    *row = (struct tbc_store_certificate){ .medium = c->medium,
                                           .issued = c->iat,
                                           .expires = c->exp };
    memcpy(row->cti, c->cti, sizeof row->cti);
    memcpy(row->blind, w->blind, sizeof row->blind);
    (void)snprintf(row->device, sizeof row->device, "%s", call->device->row.name);
    (void)snprintf(row->officer, sizeof row->officer, "%s", w->officer);
    (void)snprintf(row->why, sizeof row->why, "%s", w->why);
}

enum tbc_code
station_grant(struct station *st, struct station_call *call,
              const struct station_wish *w)
{
    struct station_grant *g;
    enum tbc_err err;

    if (st->issuer == NULL || st->status_uri[0] == '\0') {
        return station_refuse(call, TBC_CODE_TROUBLE, "no issuer key in a trust list");
    }
    if (call->now.s + STATION_CLOCK_S < st->floor.s) {
        return station_refuse(call, TBC_CODE_TROUBLE, "the station's clock is wrong");
    }
    if (st->grants.n == station_signer_most(st->issuer) &&
        (err = station_grant_settle(st)) != TBC_OK) {
        return station_trouble(call, err);
    }
    g = &st->grants.list[st->grants.n];
    if ((err = fill_claims(st, w, call->now, &g->claims)) != TBC_OK) {
        return station_trouble(call, err);
    }
    fill_row(call, w, &g->claims, &g->row);
    g->peer = *call->peer;
    g->request = (struct tbc_request){ .op = call->request->op };
    memcpy(g->request.id, call->request->id, sizeof g->request.id);
    memcpy(g->digest, call->digest, sizeof g->digest);
    st->grants.n++;
    call->later = true;
    return TBC_CODE_FINE;
}

bool
station_grant_has_request(const struct station *st,
                          const uint8_t id[static TBC_WIRE_ID_LEN])
{
    for (size_t i = 0; i < st->grants.n; i++) {
        if (memcmp(st->grants.list[i].request.id, id, TBC_WIRE_ID_LEN) == 0) {
            return true;
        }
    }
    return false;
}

bool
station_grant_has_holder(const struct station *st,
                         const uint8_t blind[static TBC_BLIND_LEN])
{
    for (size_t i = 0; i < st->grants.n; i++) {
        if (memcmp(st->grants.list[i].row.blind, blind, TBC_BLIND_LEN) == 0) {
            return true;
        }
    }
    return false;
}

static enum tbc_err
refuse(struct station *st, struct station_grant *g, enum tbc_code code,
       const struct tbc_problem *problem)
{
    enum tbc_err err;

    tbc_buf_clear(&g->reply);
    err = tbc_wire_put_reply(&g->reply, &g->request, code, problem);
    return err == TBC_OK ? station_answer(st, &g->peer, tbc_buf_span(&g->reply)) : err;
}

/* The signer has said why in the log.  While it is away one comes again; what it refuses, and a token
 * that fails, is nothing that a passenger can wait for. */
static enum tbc_err
refuse_unsigned(struct station *st, struct station_grant *g, enum tbc_err why)
{
    struct tbc_problem problem = { .what = "signer", .wait_ms = STATION_WAIT_MS };

    if (why == TBC_ERR_BUSY) {
        return refuse(st, g, TBC_CODE_BUSY, &problem);
    }
    problem.wait_ms = 0;
    (void)snprintf(problem.what, sizeof problem.what, "%s", tbc_err_text(why));
    return refuse(st, g, TBC_CODE_TROUBLE, &problem);
}

/* The same for what the store does not take. */
static enum tbc_err
refuse_unwritten(struct station *st, struct station_grant *g, enum tbc_err why)
{
    struct tbc_problem problem = { .what = "store", .wait_ms = STATION_WAIT_MS };

    if (station_error_passes(why)) {
        return refuse(st, g, TBC_CODE_BUSY, &problem);
    }
    tbc_log(TBC_LOG_WARN, "%s of %s: %s", tbc_op_name(g->request.op), g->row.device,
            tbc_err_text(why));
    problem.wait_ms = 0;
    (void)snprintf(problem.what, sizeof problem.what, "%s", tbc_err_text(why));
    return refuse(st, g, TBC_CODE_TROUBLE, &problem);
}

/* Status indices, and with them the bytes to be signed. */
static enum tbc_err
make_payloads(struct station *st, struct station_grant *grants, size_t n)
{
    uint64_t *idx = st->grants.idx;
    enum tbc_err err = station_index_next(&st->index, n, idx);

    for (size_t i = 0; i < n && err == TBC_OK; i++) {
        struct station_grant *g = &grants[i];

        g->claims.status_idx = g->row.status_idx = idx[i];
        tbc_buf_clear(&g->payload);
        err = tbc_certificate_payload(&g->claims, st->issuer->alg, &g->payload);
        st->grants.payloads[i] = tbc_buf_span(&g->payload);
    }
    return err;
}

static void
take_result(struct station_grant *g, const struct signer_result *r)
{
    g->why = r->err;
    if (r->err == TBC_OK && r->message.len > sizeof g->row.bytes) {
        g->why = TBC_ERR_LIMIT;
    } else if (r->err == TBC_OK) {
        memcpy(g->row.bytes, r->message.ptr, r->message.len);
        g->row.bytes_len = r->message.len;
    }
}

static enum tbc_err
sign_all(struct station *st, struct station_grant *grants, size_t n)
{
    const struct signer_result *results;
    enum tbc_err why;
    enum tbc_err err = make_payloads(st, grants, n);

    if (err != TBC_OK) {
        return err;
    }
    why = station_signer_sign_all(st->signer, st->issuer, TBC_TYP_CERTIFICATE,
                                  st->grants.payloads, n, &results);
    for (size_t i = 0; i < n; i++) {
        if (why == TBC_OK) {
            take_result(&grants[i], &results[i]);
        } else {
            grants[i].why = why;
        }
    }
    return TBC_OK;
}

/* Row, leaf and remembered reply of one. */
static enum tbc_err
write_one(struct station *st, struct station_grant *g)
{
    const struct tbc_store_certificate *row = &g->row;
    struct tbc_issue_reply reply;
    enum tbc_err err = tbc_journal_take(st->store, &g->row.leaf);

    if (err != TBC_OK || (err = tbc_store_certificate_put(st->store, row)) != TBC_OK ||
        (err = station_journal_issued(st, row)) != TBC_OK) {
        return err;
    }
    station_issue_fill(st, row, false, &reply);
    tbc_buf_clear(&g->reply);
    err = tbc_wire_put_reply(&g->reply, &g->request, TBC_CODE_FINE, &reply);
    return err == TBC_OK
               ? tbc_store_request_put(st->store, g->request.id, g->digest,
                                       tbc_buf_span(&g->reply), row->issued, row->cti)
               : err;
}

static enum tbc_err
sign_and_write(struct station *st, struct station_grant *grants, size_t n,
               size_t *written)
{
    enum tbc_err err = sign_all(st, grants, n);

    *written = 0;
    for (size_t i = 0; i < n && err == TBC_OK; i++) {
        if (grants[i].why == TBC_OK) {
            err = write_one(st, &grants[i]);
            *written += 1;
        }
    }
    return err;
}

static enum tbc_err
answer(struct station *st, struct station_grant *g)
{
    if (g->why != TBC_OK) {
        return refuse_unsigned(st, g, g->why);
    }
    /* A list that grows must be there before a gate looks the new index up. */
    if (g->row.status_idx >= st->status_room) {
        st->status_changed = true;
    }
    st->metrics.issued[g->claims.channel]++;
    st->metrics.media[g->row.medium]++;
    return station_answer(st, &g->peer, tbc_buf_span(&g->reply));
}

/* All of them under one savepoint.  When the store does not take one, *why says it, and nothing is there
 * of any; where none was signed, their indices are given back. */
static enum tbc_err
settle_together(struct station *st, struct station_grant *grants, size_t n,
                enum tbc_err *why)
{
    size_t written;
    enum tbc_err err = tbc_store_mark(st->store);

    *why = TBC_OK;
    if (err != TBC_OK) {
        return err;
    }
    *why = sign_and_write(st, grants, n, &written);
    err = *why == TBC_OK && written > 0 ? tbc_store_keep(st->store)
                                        : tbc_store_undo(st->store);
    for (size_t i = 0; i < n && err == TBC_OK && *why == TBC_OK; i++) {
        err = answer(st, &grants[i]);
    }
    return err;
}

enum tbc_err
station_grant_settle(struct station *st)
{
    const size_t n = st->grants.n;
    enum tbc_err why;
    enum tbc_err err;

    if (n == 0) {
        return TBC_OK;
    }
    err = settle_together(st, st->grants.list, n, &why);
    for (size_t i = 0; i < n && err == TBC_OK && why != TBC_OK; i++) {
        enum tbc_err alone = why;

        if (n > 1 && !station_error_passes(why)) { /* whose fault it is */
            err = settle_together(st, &st->grants.list[i], 1, &alone);
        }
        if (err == TBC_OK && alone != TBC_OK) {
            err = refuse_unwritten(st, &st->grants.list[i], alone);
        }
    }
    if (err == TBC_OK) {
        station_grant_forget(st);
    }
    return err;
}

enum tbc_err
station_grant_dismiss(struct station *st, const struct tbc_problem *problem)
{
    enum tbc_err err = TBC_OK;

    for (size_t i = 0; i < st->grants.n && err == TBC_OK; i++) {
        struct station_grant *g = &st->grants.list[i];

        err = station_answer_now(st, &g->peer, &g->request, TBC_CODE_BUSY, problem);
    }
    station_grant_forget(st);
    return err;
}

/* The buffers stay for the next ones. */
void
station_grant_forget(struct station *st)
{
    for (size_t i = 0; i < st->grants.n; i++) {
        struct station_grant *g = &st->grants.list[i];

        tbc_wipe(&g->claims, sizeof g->claims);
        tbc_wipe(&g->row, sizeof g->row);
    }
    st->grants.n = 0;
}

void
station_grant_fini(struct station *st)
{
    station_grant_forget(st);
    for (size_t i = 0; i < SIGNER_BATCH_MAX; i++) {
        tbc_buf_fini(&st->grants.list[i].payload);
        tbc_buf_fini(&st->grants.list[i].reply);
    }
}
