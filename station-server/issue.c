/* ISSUE and ASSIST: who may have a certificate.  It is made in grant.c. */
#include "station.h"

#include <stdio.h>
#include <string.h>

enum tbc_err
station_standing(struct station *st, const uint8_t blind[static TBC_BLIND_LEN],
                 struct tbc_utc now, enum station_issue *issue, uint64_t *used)
{
    struct tbc_store_certificate newest;
    enum tbc_err err = TBC_OK;

    *issue = STATION_ISSUE_QUOTA;
    *used = 0;
    if (station_grant_has_holder(st, blind) &&
        (err = station_grant_settle(st)) != TBC_OK) {
        return err;
    }
    err = tbc_store_certificate_newest(st->store, blind, &newest);
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

void
station_issue_fill(const struct station *st, const struct tbc_store_certificate *row,
                   bool again, struct tbc_issue_reply *out)
{
    const struct tbc_checkpoint *newest = &st->journal->newest;

    *out = (struct tbc_issue_reply){
        .certificate = tbc_span_of(row->bytes, row->bytes_len),
        .issued = row->issued,
        .expires = row->expires,
        .again = again,
        .log_size = newest->size,
        .log_root =
            tbc_span_of(newest->root, newest->size == 0 ? 0 : TBC_CHECKPOINT_ROOT_LEN),
    };
    memcpy(out->cti, row->cti, sizeof out->cti);
}

/* That it was shown once more, under a savepoint of its own. */
static enum tbc_err
note_again(struct station *st, const struct station_call *call,
           const uint8_t cti[static TBC_CTI_LEN])
{
    struct tbc_leaf leaf = { .kind = TBC_LEAF_SHOW, .word = "AGAIN", .has_cti = true };
    enum tbc_err err = tbc_store_mark(st->store);
    enum tbc_err undone;

    if (err != TBC_OK) {
        return err;
    }
    memcpy(leaf.cti, cti, sizeof leaf.cti);
    if ((err = station_journal_write(st, call, leaf, NULL)) == TBC_OK) {
        return tbc_store_keep(st->store);
    }
    undone = tbc_store_undo(st->store);
    return undone == TBC_OK ? err : undone;
}

/* The reply borrows the bytes: they are kept in st until it is encoded. */
static enum tbc_code
issue_again(struct station *st, struct station_call *call, const struct station_wish *w)
{
    struct tbc_store_certificate *newest = &st->shown;
    enum tbc_err err = tbc_store_certificate_newest(st->store, w->blind, newest);

    if (err != TBC_OK || (err = note_again(st, call, newest->cti)) != TBC_OK) {
        return station_trouble(call, err);
    }
    st->metrics.again++;
    call->cti = newest->cti;
    station_issue_fill(st, newest, true, &st->reply.issue);
    return TBC_CODE_FINE;
}

static enum tbc_code
issue(struct station *st, struct station_call *call, const struct station_wish *w)
{
    enum station_issue what;
    uint64_t used;
    enum tbc_err err = station_standing(st, w->blind, call->now, &what, &used);

    if (err != TBC_OK) {
        return station_trouble(call, err);
    }
    switch (what) {
    case STATION_ISSUE_NEW:
        return station_grant(st, call, w);
    case STATION_ISSUE_AGAIN:
        return issue_again(st, call, w);
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
    struct station_wish w;

    if (st->in.issue.medium != TBC_MEDIUM_PAPER) {
        return station_refuse(call, TBC_CODE_BAD_REQUEST, "medium");
    }
    if (h == NULL) {
        return station_refuse(call, TBC_CODE_LAPSED, "handle");
    }
    w = (struct station_wish){
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
    return issue(st, call, &w);
}

static enum tbc_code
assist_person(struct station *st, struct station_call *call, const struct tbc_doc *doc)
{
    struct station_claimed who = { 0 };
    char masked[TBC_NAME_MAX + 1];
    const struct station_wish w = { .doc = doc,
                                    .blind = who.blind,
                                    .name = masked,
                                    .language = "",
                                    .channel = TBC_CHANNEL_DESK,
                                    .assurance = TBC_ASSURANCE_OFFICER,
                                    .officer = st->in.assist.officer,
                                    .why = st->in.assist.reason };
    enum tbc_code code = station_claim(st, call, doc, (struct tbc_span){ 0 }, &who);

    if (code == TBC_CODE_FINE) {
        tbc_name_mask(who.is.person.name, masked);
        tbc_wipe(&who.is, sizeof who.is);
        code = issue(st, call, &w);
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
