/* ERASE: a person goes, with all that is theirs; the journal keeps that it was done. */
#include "station.h"
#include "sys/log.h"

#include <ctype.h>
#include <string.h>

/* As the journal has words: capitals and '_'. */
static bool
take_word(const char *text, char word[static TBC_LEAF_WORD_MAX + 1])
{
    size_t n = strlen(text);

    if (n == 0 || n > TBC_LEAF_WORD_MAX) {
        return false;
    }
    for (size_t i = 0; i <= n; i++) {
        word[i] = (char)toupper((unsigned char)text[i]);
    }
    return strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == n;
}

static enum tbc_err
revoke(struct station *st, const struct station_call *call, const char *reason,
       const struct tbc_store_certificate *c)
{
    struct tbc_leaf leaf = { .kind = TBC_LEAF_REVOKE, .has_cti = true };
    enum tbc_err err =
        tbc_store_certificate_revoke(st->store, c->cti, reason, call->now);

    memcpy(leaf.cti, c->cti, sizeof leaf.cti);
    st->status_changed = st->status_changed || err == TBC_OK;
    return err == TBC_OK ? station_journal_write(st, call, leaf, reason) : err;
}

/* What is still valid is in the way: ERR_EXISTS, or it is revoked first. */
static enum tbc_err
end_certificates(struct station *st, const struct station_call *call,
                 const struct tbc_erase *in, const uint8_t *blind)
{
    struct tbc_store_certificate *c = &st->shown;
    enum tbc_err err = tbc_store_certificate_of(st->store, blind, NULL, c);

    while (err == TBC_OK) {
        if (c->revoked.s == 0 && c->expires.s > call->now.s) {
            err = in->now ? revoke(st, call, in->reason, c) : TBC_ERR_EXISTS;
        }
        if (err == TBC_OK) {
            err = tbc_store_certificate_of(st->store, blind, c->cti, c);
        }
    }
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

static enum tbc_err
erase(struct station *st, struct station_call *call, const struct tbc_erase *in,
      struct tbc_leaf *leaf, const struct tbc_doc *doc)
{
    struct tbc_store_forgotten n;
    uint8_t blind[TBC_BLIND_LEN];
    enum tbc_err err;

    if ((err = tbc_store_blind(st->store, doc->kind, doc->number, blind)) != TBC_OK ||
        (err = end_certificates(st, call, in, blind)) != TBC_OK ||
        (err = tbc_store_person_forget(st->store, blind, &n)) != TBC_OK) {
        return err;
    }
    leaf->count = n.certificates;
    if ((err = station_journal_write(st, call, *leaf, NULL)) != TBC_OK) {
        return err;
    }
    station_handle_forget(st, blind);
    st->manifest_changed = st->manifest_changed || n.tickets > 0;
    st->erased = true;
    st->reply.erase = (struct tbc_erase_reply){ .people = n.people,
                                                .tickets = n.tickets,
                                                .certificates = n.certificates,
                                                .entries = n.entries };
    return TBC_OK;
}

enum tbc_code
station_on_erase(struct station *st, struct station_call *call)
{
    const struct tbc_erase *in = &st->in.erase;
    struct tbc_leaf leaf = { .kind = TBC_LEAF_ERASE };
    enum tbc_doc_fault fault;
    struct tbc_doc doc;
    enum tbc_err err;

    if (in->kind >= TBC_DOC_N) {
        return station_refuse(call, TBC_CODE_BAD_REQUEST, "kind");
    }
    if (!take_word(in->reason, leaf.word)) {
        return station_refuse(call, TBC_CODE_BAD_REQUEST,
                              "reason: one word of letters and _");
    }
    fault = tbc_doc_judge((enum tbc_doc_kind)in->kind, tbc_span_str(in->number),
                          tbc_utc_day(call->now), &doc, NULL);
    if (fault != TBC_DOC_FINE) {
        return station_refuse(call, TBC_CODE_BAD_REQUEST, tbc_doc_fault_text(fault));
    }
    err = erase(st, call, in, &leaf, &doc);
    tbc_wipe(&doc, sizeof doc);
    tbc_wipe(&st->shown, sizeof st->shown);
    if (err == TBC_ERR_NOT_FOUND) {
        return station_refuse(call, TBC_CODE_NOT_FOUND, "person");
    }
    if (err == TBC_ERR_EXISTS) {
        return station_refuse(call, TBC_CODE_EXISTS, "a valid certificate");
    }
    return err == TBC_OK ? TBC_CODE_FINE : station_trouble(call, err);
}

enum tbc_err
station_scrub(struct station *st)
{
    enum tbc_err err = st->erased ? tbc_store_scrub(st->store) : TBC_OK;

    if (st->erased && err == TBC_OK) {
        st->erased = false;
    } else if (err != TBC_OK) {
        (void)tbc_log_err(err, "what was erased is still in the database's files");
    }
    return err;
}
