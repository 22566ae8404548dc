/* EXPORT: what is held about one person, for them.  It is a look at every record of theirs. */
#include "station.h"

#include <stdio.h>
#include <string.h>

/* The leaf of a look has a cti, if the person has a certificate. */
static enum tbc_err
note_look(struct station *st, const struct station_call *call, const uint8_t *cti)
{
    struct tbc_leaf leaf = { .kind = TBC_LEAF_LOOKUP,
                             .word = "FINE",
                             .has_cti = cti != NULL };
    const char *reason = st->in.export.reason;
    enum tbc_err err = TBC_OK;

    if (cti != NULL) {
        memcpy(leaf.cti, cti, sizeof leaf.cti);
        err = tbc_store_access_put(st->store, cti, call->device->row.name, reason,
                                   call->now);
    }
    return err == TBC_OK ? station_journal_write(st, call, leaf, reason) : err;
}

static enum tbc_err
note_looks(struct station *st, const struct station_call *call, const uint8_t *blind)
{
    struct tbc_store_certificate *c = &st->shown;
    enum tbc_err err = tbc_store_certificate_of(st->store, blind, NULL, c);

    if (err == TBC_ERR_NOT_FOUND) {
        return note_look(st, call, NULL);
    }
    while (err == TBC_OK && (err = note_look(st, call, c->cti)) == TBC_OK) {
        err = tbc_store_certificate_of(st->store, blind, c->cti, c);
    }
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

static enum tbc_err
fill_person(struct station *st, const uint8_t *blind, struct tbc_export_reply *out)
{
    struct tbc_store_person *p = &st->person;
    enum tbc_err err = tbc_store_person_get(st->store, blind, p);

    if (err != TBC_OK) {
        return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
    }
    out->on_roster = true;
    out->until = p->until;
    out->face = tbc_span_of(p->face, p->has_face ? sizeof p->face : 0);
    memcpy(out->name, p->name, sizeof out->name);
    memcpy(out->latin, p->latin, sizeof out->latin);
    return TBC_OK;
}

static enum tbc_err
fill_certificates(struct station *st, const struct tbc_store_page *page,
                  struct tbc_export_reply *out)
{
    enum tbc_err err = tbc_store_export_certificates(st->store, page, st->exported,
                                                     &out->certificates_n);

    for (size_t i = 0; i < out->certificates_n && err == TBC_OK; i++) {
        const struct tbc_store_certificate *c = &st->exported[i];
        struct tbc_export_certificate *to = &out->certificates[i];

        *to = (struct tbc_export_certificate){
            .idx = c->status_idx,
            .issued = c->issued,
            .expires = c->expires,
            .revoked = c->revoked,
            .leaf = c->leaf,
            .certificate = tbc_span_of(c->bytes, c->bytes_len),
        };
        memcpy(to->cti, c->cti, sizeof to->cti);
        memcpy(to->reason, c->reason, sizeof to->reason);
        memcpy(to->device, c->device, sizeof to->device);
        memcpy(to->officer, c->officer, sizeof to->officer);
        memcpy(to->why, c->why, sizeof to->why);
    }
    return err;
}

static enum tbc_err
fill_leaves(struct station *st, const struct tbc_store_page *page,
            struct tbc_export_reply *out)
{
    struct station_journal *j = st->journal;
    enum tbc_err err = tbc_journal_of_person(st->store, page, j->rows,
                                             TBC_WIRE_LEAVES_MAX, &out->leaves_n);

    for (size_t i = 0; i < out->leaves_n && err == TBC_OK; i++) {
        struct tbc_history_leaf *to = &out->leaves[i];

        err = tbc_journal_note(st->store, j->rows[i].position, &j->notes[i]);
        *to = (struct tbc_history_leaf){
            .position = j->rows[i].position,
            .leaf = tbc_span_of(j->rows[i].bytes, j->rows[i].len),
            .key = tbc_span_of(j->notes[i].key, err == TBC_OK ? TBC_NOTE_KEY_LEN : 0),
        };
        memcpy(to->note, j->notes[i].text, sizeof to->note);
        err = err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
    }
    return err;
}

/* Pages of all lists are as long as each other. */
static void
set_next(const struct tbc_store_page *page, struct tbc_export_reply *out)
{
    _Static_assert(TBC_WIRE_LEAVES_MAX == TBC_WIRE_ROWS_MAX, "one step for all lists");
    const size_t counts[] = { out->tickets_n, out->certificates_n, out->entries_n,
                              out->looks_n, out->leaves_n };

    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        if (counts[i] == TBC_WIRE_ROWS_MAX) {
            out->next = page->from + TBC_WIRE_ROWS_MAX;
        }
    }
}

static enum tbc_err
fill(struct station *st, const struct tbc_store_page *page)
{
    struct tbc_export_reply *out = &st->reply.export;
    enum tbc_err err;

    if ((err = fill_person(st, page->blind, out)) != TBC_OK ||
        (err = tbc_store_export_tickets(st->store, page, out->tickets,
                                        &out->tickets_n)) != TBC_OK ||
        (err = fill_certificates(st, page, out)) != TBC_OK ||
        (err = tbc_store_export_entries(st->store, page, out->entries,
                                        &out->entries_n)) != TBC_OK ||
        (err = tbc_store_export_looks(st->store, page, out->looks, &out->looks_n)) !=
            TBC_OK ||
        (err = fill_leaves(st, page, out)) != TBC_OK) {
        return err;
    }
    set_next(page, out);
    return out->on_roster || out->tickets_n > 0 || out->certificates_n > 0 ||
                   page->from > 0
               ? TBC_OK
               : TBC_ERR_NOT_FOUND;
}

enum tbc_code
station_on_export(struct station *st, struct station_call *call)
{
    const struct tbc_export *in = &st->in.export;
    uint8_t blind[TBC_BLIND_LEN] = { 0 };
    const struct tbc_store_page page = { .blind = blind, .from = in->from };
    enum tbc_doc_fault fault;
    struct tbc_doc doc;
    enum tbc_err err;

    if (in->kind >= TBC_DOC_N) {
        return station_refuse(call, TBC_CODE_BAD_REQUEST, "kind");
    }
    if (in->reason[0] == '\0' || in->from > INT64_MAX) {
        return station_refuse(call, TBC_CODE_BAD_REQUEST,
                              in->reason[0] == '\0' ? "reason" : "from");
    }
    fault = tbc_doc_judge((enum tbc_doc_kind)in->kind, tbc_span_str(in->number),
                          tbc_utc_day(call->now), &doc, NULL);
    if (fault != TBC_DOC_FINE) {
        return station_refuse(call, TBC_CODE_BAD_REQUEST, tbc_doc_fault_text(fault));
    }
    err = tbc_store_blind(st->store, doc.kind, doc.number, blind);
    tbc_wipe(&doc, sizeof doc);
    if (err == TBC_OK && in->from == 0) {
        err = note_looks(st, call, blind);
    }
    if (err == TBC_OK) {
        err = fill(st, &page);
    }
    if (err == TBC_ERR_NOT_FOUND) {
        return station_refuse(call, TBC_CODE_NOT_FOUND, "person");
    }
    return err == TBC_OK ? TBC_CODE_FINE : station_trouble(call, err);
}
