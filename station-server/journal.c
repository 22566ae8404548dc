#include "journal.h"

#include "crypto/digest.h"
#include "station.h"
#include "sys/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum tbc_err
station_journal_digest(struct tbc_span bytes, struct tbc_leaf *leaf)
{
    leaf->has_digest = true;
    return tbc_sha256(bytes, leaf->digest);
}

enum tbc_err
station_journal_write(struct station *st, const struct station_call *call,
                      struct tbc_leaf leaf, const char *note)
{
    leaf.time = call->now;
    (void)snprintf(leaf.device, sizeof leaf.device, "%s", call->device->row.name);
    return tbc_journal_append(st->store, &leaf, note, NULL);
}

/* The leaf of a certificate's row, and an officer's words on it; note is "" when there are none. */
static enum tbc_err
issue_leaf(const struct tbc_store_certificate *row, struct tbc_leaf *leaf,
           char note[static TBC_WIRE_NOTE_MAX + 1])
{
    *leaf = (struct tbc_leaf){ .kind = row->officer[0] == '\0' ? TBC_LEAF_ISSUE
                                                               : TBC_LEAF_ASSIST,
                               .time = row->issued,
                               .has_cti = true };
    memcpy(leaf->cti, row->cti, sizeof leaf->cti);
    memcpy(leaf->device, row->device, sizeof leaf->device);
    note[0] = '\0';
    if (row->officer[0] != '\0') {
        (void)snprintf(note, TBC_WIRE_NOTE_MAX + 1, "%s: %s", row->officer, row->why);
    }
    return station_journal_digest(tbc_span_of(row->bytes, row->bytes_len), leaf);
}

enum tbc_err
station_journal_issued(struct station *st, const struct tbc_store_certificate *row)
{
    char note[TBC_WIRE_NOTE_MAX + 1];
    struct tbc_leaf leaf;
    enum tbc_err err = issue_leaf(row, &leaf, note);

    return err == TBC_OK ? tbc_journal_append(st->store, &leaf,
                                              note[0] == '\0' ? NULL : note, NULL)
                         : err;
}

enum tbc_err
station_journal_refused(struct station *st, const struct station_call *call,
                        enum tbc_code code)
{
    const enum tbc_op op = call->request->op;
    struct tbc_leaf leaf = { .kind = TBC_LEAF_LOOKUP };

    if ((op != TBC_OP_LOOKUP && op != TBC_OP_HISTORY && op != TBC_OP_EXPORT) ||
        (code != TBC_CODE_DENIED && code != TBC_CODE_NOT_FOUND)) {
        return TBC_OK;
    }
    /* No cti: one that is not ours could be anything, a passenger's number too. */
    (void)snprintf(leaf.word, sizeof leaf.word, "%s", tbc_code_name(code));
    return station_journal_write(st, call, leaf, NULL);
}

/* Certificates from before there was a journal. */
static enum tbc_err
adopt_certificates(struct station *st)
{
    struct tbc_store_certificate *c = &st->shown;
    char note[TBC_WIRE_NOTE_MAX + 1];
    struct tbc_leaf leaf;
    uint64_t size;
    uint64_t position;
    enum tbc_err err = tbc_journal_size(st->store, &size);

    if (err != TBC_OK || size > 0) {
        return err;
    }
    err = tbc_store_certificate_next(st->store, NULL, c);
    while (err == TBC_OK) {
        if ((err = issue_leaf(c, &leaf, note)) == TBC_OK &&
            (err = tbc_journal_append(st->store, &leaf, note[0] == '\0' ? NULL : note,
                                      &position)) == TBC_OK &&
            (err = tbc_store_certificate_link(st->store, c->cti, position)) == TBC_OK) {
            err = tbc_store_certificate_next(st->store, c->cti, c);
        }
    }
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

/* A trust list that another start did not know yet. */
static enum tbc_err
note_trust(struct station *st, struct tbc_utc now)
{
    struct tbc_leaf leaf = { .kind = TBC_LEAF_TRUST, .time = now };
    uint64_t known;
    enum tbc_err err = tbc_store_get(st->store, "trust", &known);

    if (err != TBC_OK || st->trust.version == known) {
        return err;
    }
    leaf.count = st->trust.version;
    if ((err = station_journal_digest(tbc_buf_span(&st->trust.bytes), &leaf)) !=
            TBC_OK ||
        (err = tbc_journal_append(st->store, &leaf, NULL, NULL)) != TBC_OK) {
        return err;
    }
    return tbc_store_set(st->store, "trust", st->trust.version);
}

static enum tbc_err
note_start(struct station *st, struct tbc_utc now, bool alone)
{
    struct tbc_leaf leaf = { .kind = TBC_LEAF_START, .time = now };
    enum tbc_err err = tbc_store_begin(st->store);

    (void)snprintf(leaf.word, sizeof leaf.word, "%s", alone ? "ALONE" : "");
    if (err != TBC_OK) {
        return err;
    }
    if ((err = adopt_certificates(st)) != TBC_OK ||
        (err = tbc_journal_append(st->store, &leaf, NULL, NULL)) != TBC_OK ||
        (err = note_trust(st, now)) != TBC_OK ||
        (err = tbc_store_commit(st->store)) != TBC_OK) {
        tbc_store_rollback(st->store);
    }
    return err;
}

enum tbc_err
station_journal_open(struct station *st, struct tbc_utc now)
{
    bool alone;
    enum tbc_err err;

    if ((st->journal = calloc(1, sizeof *st->journal)) == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    if ((err = tbc_store_get(st->store, TBC_STORE_LOST, &st->journal->lost)) !=
            TBC_OK ||
        (err = station_checkpoint_hold(st, &alone)) != TBC_OK) {
        return err;
    }
    if (st->journal->lost > 0) {
        tbc_log(
            TBC_LOG_WARN,
            "restored from an old backup: %" PRIu64
            " leaves of the journal are lost, START RESTORED stands in their places",
            st->journal->lost);
    }
    return note_start(st, now, alone);
}

void
station_journal_fini(struct station *st)
{
    if (st->journal != NULL) {
        tbc_buf_fini(&st->journal->message);
        free(st->journal);
        st->journal = NULL;
    }
}
