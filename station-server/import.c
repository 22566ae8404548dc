/* IMPORT: the roster and the tickets, in parts that take effect together with the last one. */
#include "base/text.h"
#include "station.h"

#include <stdio.h>
#include <string.h>

#define BATCH_MAX (256u << 20) /* bytes of all parts together */

static enum tbc_code
refuse_row(struct station_call *call, uint64_t line, enum tbc_code code,
           const char *what)
{
    call->problem.line = line;
    return station_refuse(call, code, what);
}

static const char *
judge_document(uint64_t kind, const char *number, struct tbc_utc now,
               struct tbc_doc *doc)
{
    enum tbc_doc_fault fault;

    if (kind >= TBC_DOC_N) {
        return "kind";
    }
    fault = tbc_doc_judge((enum tbc_doc_kind)kind, tbc_span_str(number),
                          tbc_utc_day(now), doc, NULL);
    return fault == TBC_DOC_FINE ? NULL : tbc_doc_fault_text(fault);
}

static const char *
judge_person(const struct tbc_import_person *p, struct tbc_utc now, struct tbc_doc *doc)
{
    struct tbc_face_template face;
    const char *wrong = judge_document(p->kind, p->number, now, doc);

    if (wrong != NULL) {
        return wrong;
    }
    if (p->name[0] == '\0') {
        return "name";
    }
    return p->face.len == 0 || tbc_face_template_read(p->face, &face) ? NULL : "face";
}

static const char *
judge_ticket(const struct tbc_import_ticket *t, struct tbc_utc now, struct tbc_doc *doc)
{
    const char *wrong = judge_document(t->kind, t->number, now, doc);

    if (wrong != NULL) {
        return wrong;
    }
    if (t->trip.train[0] == '\0') {
        return "train";
    }
    if (t->trip.from[0] == '\0' || t->trip.to[0] == '\0') {
        return t->trip.from[0] == '\0' ? "from" : "to";
    }
    return t->trip.depart.s == 0 ? "depart" : NULL;
}

/* Every row of a part, before it is taken in. */
static enum tbc_code
judge_part(struct station *st, struct station_call *call)
{
    const struct tbc_import *in = &st->in.import;
    struct tbc_doc doc;
    const char *wrong = NULL;
    uint64_t line = 0;

    for (size_t i = 0; i < in->people_n && wrong == NULL; i++) {
        line = in->people[i].line;
        wrong = judge_person(&in->people[i], call->now, &doc);
    }
    for (size_t i = 0; i < in->tickets_n && wrong == NULL; i++) {
        line = in->tickets[i].line;
        wrong = judge_ticket(&in->tickets[i], call->now, &doc);
    }
    return wrong == NULL ? TBC_CODE_FINE
                         : refuse_row(call, line, TBC_CODE_BAD_REQUEST, wrong);
}

static enum tbc_err
put_person(struct station *st, const struct tbc_import_person *in, struct tbc_utc now,
           bool *changed)
{
    struct tbc_store_person p = { .kind = (enum tbc_doc_kind)in->kind,
                                  .has_face = in->face.len == sizeof p.face };
    struct tbc_doc doc;
    enum tbc_err err = TBC_ERR_MALFORMED;

    if (judge_document(in->kind, in->number, now, &doc) == NULL) {
        memcpy(p.number, doc.number, sizeof p.number);
        memcpy(p.name, in->name, sizeof p.name);
        memcpy(p.latin, in->latin, sizeof p.latin);
        p.until = in->until;
        p.has_face = p.has_face && (p.until.s == 0 || p.until.s >= now.s);
        if (p.has_face) {
            memcpy(p.face, in->face.ptr, sizeof p.face);
        }
        err = tbc_store_person_put(st->store, &p, changed);
    }
    tbc_wipe(&p, sizeof p);
    return err;
}

static enum tbc_err
put_ticket(struct station *st, const struct tbc_import_ticket *in, struct tbc_utc now,
           bool *changed)
{
    struct tbc_store_ticket t = { .kind = (enum tbc_doc_kind)in->kind,
                                  .trip = in->trip };
    struct tbc_doc doc;
    enum tbc_err err = TBC_ERR_MALFORMED;

    if (judge_document(in->kind, in->number, now, &doc) == NULL) {
        memcpy(t.number, doc.number, sizeof t.number);
        err = tbc_store_ticket_put(st->store, &t, changed);
    }
    tbc_wipe(&t, sizeof t);
    return err;
}

/* The rows of the part in st->in, counted where they change something. */
static enum tbc_err
put_part(struct station *st, struct tbc_utc now, struct tbc_import_reply *counts)
{
    const struct tbc_import *in = &st->in.import;
    enum tbc_err err = TBC_OK;
    bool changed;

    for (size_t i = 0; i < in->people_n && err == TBC_OK; i++) {
        err = put_person(st, &in->people[i], now, &changed);
        counts->people += err == TBC_OK && changed ? 1 : 0;
    }
    for (size_t i = 0; i < in->tickets_n && err == TBC_OK; i++) {
        err = put_ticket(st, &in->tickets[i], now, &changed);
        counts->tickets += err == TBC_OK && changed ? 1 : 0;
    }
    return err;
}

static void
drop_batch(struct station_batch *b)
{
    tbc_buf_fini(&b->parts);
    *b = (struct station_batch){ 0 };
}

static enum tbc_err
keep_part(struct station_batch *b, struct tbc_span body)
{
    uint64_t len = body.len;

    if (b->parts.len + body.len > BATCH_MAX) {
        return TBC_ERR_LIMIT;
    }
    (void)tbc_buf_append(&b->parts, &len, sizeof len);
    (void)tbc_buf_append_span(&b->parts, body);
    b->next++;
    return tbc_buf_status(&b->parts);
}

static enum tbc_err
put_batch(struct station *st, struct tbc_utc now, struct tbc_import_reply *counts)
{
    const struct tbc_wire_shape *shape = tbc_wire_request_shape(TBC_OP_IMPORT);
    struct tbc_span parts = tbc_buf_span(&st->batch.parts);
    enum tbc_err err = TBC_OK;

    while (parts.len > 0 && err == TBC_OK) {
        uint64_t len;

        memcpy(&len, parts.ptr, sizeof len);
        parts = tbc_span_sub(parts, sizeof len, parts.len);
        err = tbc_wire_read(shape, tbc_span_sub(parts, 0, len), &st->in, NULL);
        parts = tbc_span_sub(parts, len, parts.len);
        if (err == TBC_OK) {
            err = put_part(st, now, counts);
        }
    }
    return err;
}

/* Whether the part continues the batch that is open, or begins one. */
static bool
take_place(struct station_batch *b, const struct tbc_import *in,
           const struct tbc_store_device *device)
{
    if (in->part == 0) {
        drop_batch(b);
        b->open = true;
        memcpy(b->id, in->batch, sizeof b->id);
        memcpy(b->device, device->key, sizeof b->device);
        return true;
    }
    return b->open && b->next == in->part &&
           memcmp(b->id, in->batch, sizeof b->id) == 0 &&
           memcmp(b->device, device->key, sizeof b->device) == 0;
}

enum tbc_code
station_on_import(struct station *st, struct station_call *call)
{
    struct station_batch *b = &st->batch;
    struct tbc_import_reply counts = { 0 };
    struct tbc_leaf leaf = { .kind = TBC_LEAF_IMPORT };
    const bool last = st->in.import.last;
    enum tbc_code code;
    enum tbc_err err;

    if (!take_place(b, &st->in.import, call->device)) {
        return station_refuse(call, TBC_CODE_BAD_REQUEST, "part");
    }
    if ((code = judge_part(st, call)) != TBC_CODE_FINE) {
        drop_batch(b);
        return code;
    }
    err = keep_part(b, call->request->body);
    if (err == TBC_OK && last && (err = put_batch(st, call->now, &counts)) == TBC_OK) {
        leaf.count = counts.people + counts.tickets;
        err = station_journal_write(st, call, leaf, NULL);
    }
    if (err != TBC_OK || last) {
        drop_batch(b);
    }
    if (err != TBC_OK) {
        return station_trouble(call, err);
    }
    st->manifest_changed = st->manifest_changed || counts.tickets > 0;
    st->reply.import = counts;
    return TBC_CODE_FINE;
}
