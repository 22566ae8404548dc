/* HISTORY: what was done with a certificate, with proofs.  The holder shows the certificate; an
 * officer names it and says why. */
#include "crypto/judge.h"
#include "station.h"

#include <stdio.h>
#include <string.h>

/* Who shows a certificate whose signature is good may read about it, long after it has ended.  One
 * that is bound to a phone is a picture of it unless the phone's proof opens. */
static bool
is_shown(const struct tbc_judgement *j)
{
    return j->has_claims && (j->claims.medium == TBC_MEDIUM_PAPER ||
                             (j->is_live && tbc_verdict_opens(j->verdict)));
}

static enum tbc_code
take_shown(struct station *st, struct station_call *call, uint8_t *cti)
{
    struct tbc_judgement j = { 0 };
    enum tbc_code code = station_judge(st, call, st->in.history.text, &j);

    if (code != TBC_CODE_FINE) {
        return code;
    }
    if (!is_shown(&j)) {
        return station_refuse(call, TBC_CODE_DENIED, tbc_verdict_name(j.verdict));
    }
    memcpy(cti, j.claims.cti, TBC_CTI_LEN);
    return TBC_CODE_FINE;
}

static enum tbc_code
take_named(struct station *st, struct station_call *call, uint8_t *cti)
{
    if (call->device->row.role == TBC_ROLE_KIOSK) {
        return station_refuse(call, TBC_CODE_DENIED, "text");
    }
    if (st->in.history.reason[0] == '\0') {
        return station_refuse(call, TBC_CODE_BAD_REQUEST, "reason");
    }
    memcpy(cti, st->in.history.cti, TBC_CTI_LEN);
    return TBC_CODE_FINE;
}

static enum tbc_err
prove(struct station *st, size_t i, struct tbc_history_leaf *out)
{
    struct station_journal *j = st->journal;
    const struct tbc_journal_row *row = &j->rows[i];
    size_t n = 0;
    enum tbc_err err = TBC_OK;

    bool has_note;

    if (row->position < j->newest.size) {
        err = tbc_merkle_prove_inclusion(tbc_journal_node, st->store, row->position,
                                         j->newest.size, j->proofs[i], &n);
    }
    if (err == TBC_OK) {
        err = tbc_journal_note(st->store, row->position, &j->notes[i]);
    }
    has_note = err == TBC_OK;
    *out = (struct tbc_history_leaf){
        .position = row->position,
        .leaf = tbc_span_of(row->bytes, row->len),
        .proof = tbc_span_of(j->proofs[i], n * sizeof *j->proofs[i]),
        .key = tbc_span_of(j->notes[i].key, has_note ? sizeof j->notes[i].key : 0),
    };
    memcpy(out->note, j->notes[i].text, sizeof out->note);
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

static enum tbc_err
fill(struct station *st, const uint8_t *cti, uint64_t from)
{
    struct station_journal *j = st->journal;
    struct tbc_history_reply *out = &st->reply.history;
    size_t n;
    enum tbc_err err =
        tbc_journal_of(st->store, cti, from, j->rows, TBC_WIRE_LEAVES_MAX + 1, &n);

    memcpy(out->cti, cti, sizeof out->cti);
    out->checkpoint = tbc_buf_span(&j->message);
    if (n > TBC_WIRE_LEAVES_MAX) {
        out->next = j->rows[--n].position;
    }
    for (size_t i = 0; i < n && err == TBC_OK; i++) {
        err = prove(st, i, &out->leaves[out->leaves_n++]);
    }
    return err;
}

enum tbc_code
station_on_history(struct station *st, struct station_call *call)
{
    const bool shown = st->in.history.text.len > 0;
    struct tbc_leaf leaf = { .kind = shown ? TBC_LEAF_SHOW : TBC_LEAF_LOOKUP,
                             .has_cti = true };
    enum tbc_code code =
        shown ? take_shown(st, call, leaf.cti) : take_named(st, call, leaf.cti);
    enum tbc_err err;

    if (code != TBC_CODE_FINE) {
        return code;
    }
    err = tbc_store_certificate_get(st->store, leaf.cti, &st->shown);
    if (err == TBC_ERR_NOT_FOUND) {
        return station_refuse(call, TBC_CODE_NOT_FOUND, "cti");
    }
    (void)snprintf(leaf.word, sizeof leaf.word, "%s", shown ? "HISTORY" : "FINE");
    if (err == TBC_OK &&
        (err = station_journal_write(st, call, leaf,
                                     shown ? NULL : st->in.history.reason)) == TBC_OK &&
        !shown) {
        err = tbc_store_access_put(st->store, leaf.cti, call->device->row.name,
                                   st->in.history.reason, call->now);
    }
    if (err == TBC_OK) {
        err = fill(st, leaf.cti, st->in.history.from);
    }
    return err == TBC_OK ? TBC_CODE_FINE : station_trouble(call, err);
}
