#include "journal.h"

#include "crypto/digest.h"
#include "station.h"
#include "sys/file.h"
#include "sys/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECKPOINT_FILE "checkpoint.cose"

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
station_journal_issued(struct station *st, const struct station_call *call,
                       const struct tbc_store_certificate *row)
{
    char note[TBC_WIRE_NOTE_MAX + 1];
    struct tbc_leaf leaf;
    enum tbc_err err = issue_leaf(row, &leaf, note);

    return err == TBC_OK
               ? station_journal_write(st, call, leaf, note[0] == '\0' ? NULL : note)
               : err;
}

enum tbc_err
station_journal_refused(struct station *st, const struct station_call *call,
                        enum tbc_code code)
{
    const enum tbc_op op = call->request->op;
    struct tbc_leaf leaf = { .kind = TBC_LEAF_LOOKUP };

    if ((op != TBC_OP_LOOKUP && op != TBC_OP_HISTORY) ||
        (code != TBC_CODE_DENIED && code != TBC_CODE_NOT_FOUND)) {
        return TBC_OK;
    }
    /* No cti: one that is not ours could be anything, a passenger's number too. */
    (void)snprintf(leaf.word, sizeof leaf.word, "%s", tbc_code_name(code));
    return station_journal_write(st, call, leaf, NULL);
}

/* Open a checkpoint of this station.  After a change of keys the signer may have left the trust
 * list; what it says must hold of the tree in any case. */
static enum tbc_err
open_own(struct station *st, struct tbc_span message, const char *where,
         struct tbc_checkpoint *c)
{
    struct tbc_fault fault = { 0 };
    struct tbc_cose cose;
    enum tbc_err err = st->ring == NULL
                           ? TBC_ERR_UNKNOWN_KEY
                           : tbc_checkpoint_open_trusted(c, message, st->ring, &fault);

    if (err == TBC_ERR_UNKNOWN_KEY) {
        tbc_log(TBC_LOG_WARN, "%s: signed by a key that is not in the trust list",
                where);
        if ((err = tbc_cose_open(&cose, message, &fault)) == TBC_OK) {
            err = tbc_checkpoint_decode(c, cose.payload, &fault);
        }
    }
    if (err == TBC_OK && strcmp(c->origin, st->conf.code) != 0) {
        return tbc_log_err(TBC_ERR_CORRUPT, "%s: of station %s, not %s", where,
                           c->origin, st->conf.code);
    }
    return err == TBC_OK ? err
                         : tbc_log_err(err, "%s: %s", where,
                                       fault.what == NULL ? "checkpoint" : fault.what);
}

/* Whether the tree still is what was signed.  The newer of two becomes the newest. */
static enum tbc_err
hold_against(struct station *st, struct tbc_buf *message, const char *where)
{
    struct station_journal *j = st->journal;
    struct tbc_checkpoint c;
    struct tbc_hash root;
    char at[TBC_RFC3339_SIZE];
    uint64_t size;
    enum tbc_err err = open_own(st, tbc_buf_span(message), where, &c);

    if (err != TBC_OK || (err = tbc_journal_size(st->store, &size)) != TBC_OK) {
        return err;
    }
    tbc_utc_format(c.at, at);
    if (size < c.size) {
        return tbc_log_err(
            TBC_ERR_CORRUPT,
            "%s: at %s the station signed a journal of %" PRIu64
            " leaves, the database has %" PRIu64
            ": it was restored from an older backup.  Restore the newest; "
            "if there is none, move that file away: the station then goes "
            "on, and gates will report two histories",
            where, at, c.size, size);
    }
    if ((err = tbc_journal_root(st->store, c.size, &root)) != TBC_OK) {
        return err;
    }
    if (memcmp(root.b, c.root, sizeof root.b) != 0) {
        return tbc_log_err(TBC_ERR_CORRUPT,
                           "%s: the first %" PRIu64
                           " leaves of the journal are not those that the station "
                           "signed at %s: run tbc audit verify, restore a backup",
                           where, c.size, at);
    }
    if (c.size >= j->newest.size) {
        tbc_buf_fini(&j->message);
        j->message = *message;
        j->newest = c;
        *message = (struct tbc_buf){ 0 };
    }
    return TBC_OK;
}

/* The checkpoint in the database goes back together with it; the file beside it does not. */
static enum tbc_err
check_history(struct station *st, bool *alone)
{
    struct tbc_buf message = { 0 };
    char path[STATION_PATH_MAX];
    enum tbc_err err = station_path(st->data, CHECKPOINT_FILE, path);

    *alone = false;
    if (err == TBC_OK) {
        err = tbc_journal_checkpoint_newest(st->store, &message);
        err = err == TBC_ERR_NOT_FOUND ? TBC_OK
              : err == TBC_OK ? hold_against(st, &message, "the database's checkpoint")
                              : err;
    }
    tbc_buf_fini(&message);
    if (err != TBC_OK) {
        return err;
    }
    err = tbc_file_read(path, TBC_WIRE_SIGNED_MAX, &message);
    if (err == TBC_ERR_NOT_FOUND) {
        *alone = st->journal->newest.size > 0;
        if (*alone) {
            tbc_log(TBC_LOG_WARN,
                    "%s: not there, although the journal was signed before: only its "
                    "witnesses can tell whether the database is an old one",
                    path);
        }
        err = TBC_OK;
    } else if (err != TBC_OK) {
        err = tbc_log_err(err, "%s", path);
    } else {
        err = hold_against(st, &message, path);
    }
    tbc_buf_fini(&message);
    return err;
}

/* Certificates from before there was a journal. */
static enum tbc_err
adopt_certificates(struct station *st)
{
    struct tbc_store_certificate *c = &st->shown;
    char note[TBC_WIRE_NOTE_MAX + 1];
    struct tbc_leaf leaf;
    uint64_t size;
    enum tbc_err err = tbc_journal_size(st->store, &size);

    if (err != TBC_OK || size > 0) {
        return err;
    }
    err = tbc_store_certificate_next(st->store, NULL, c);
    while (err == TBC_OK) {
        if ((err = issue_leaf(c, &leaf, note)) == TBC_OK &&
            (err = tbc_journal_append(st->store, &leaf, note[0] == '\0' ? NULL : note,
                                      NULL)) == TBC_OK) {
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
    err = check_history(st, &alone);
    return err == TBC_OK ? note_start(st, now, alone) : err;
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

/* The database first: a file that is older than it says less, a newer one would be a lie. */
static enum tbc_err
keep_checkpoint(struct station *st, const struct tbc_checkpoint *c,
                struct tbc_span message)
{
    char path[STATION_PATH_MAX];
    uint64_t feed = 0;
    enum tbc_err err = tbc_store_begin(st->store);

    if (err == TBC_OK &&
        ((err = tbc_journal_checkpoint_put(st->store, c->size, c->at, message)) !=
             TBC_OK ||
         (err = tbc_store_get(st->store, "feed", &feed)) != TBC_OK ||
         (err = tbc_store_set(st->store, "feed", feed + 1)) != TBC_OK ||
         (err = tbc_store_commit(st->store)) != TBC_OK)) {
        tbc_store_rollback(st->store);
    }
    if (err != TBC_OK) {
        return err;
    }
    st->feed = feed + 1;
    if ((err = station_path(st->data, CHECKPOINT_FILE, path)) == TBC_OK &&
        (err = tbc_file_write(path, message, 0600)) != TBC_OK) {
        err = tbc_log_err(err, "%s", path);
    }
    return err;
}

/* Another process on this store was first to sign that size. */
static enum tbc_err
take_over(struct station *st, struct tbc_checkpoint *c, struct tbc_buf *message)
{
    enum tbc_err err;

    tbc_buf_clear(message);
    err = tbc_journal_checkpoint_newest(st->store, message);
    return err == TBC_OK
               ? open_own(st, tbc_buf_span(message), "the database's checkpoint", c)
               : err;
}

enum tbc_err
station_journal_sign(struct station *st, struct tbc_utc now)
{
    struct station_journal *j = st->journal;
    struct tbc_checkpoint c = { .at = now.s > j->newest.at.s ? now : j->newest.at };
    struct tbc_buf message = { 0 };
    struct tbc_hash root;
    enum tbc_err err = tbc_journal_size(st->store, &c.size);

    j->signed_at = now;
    if (err != TBC_OK || c.size == j->newest.size || st->issuer == NULL ||
        st->ring == NULL) {
        return err;
    }
    memcpy(c.origin, st->conf.code, sizeof c.origin);
    if ((err = tbc_journal_root(st->store, c.size, &root)) == TBC_OK) {
        memcpy(c.root, root.b, sizeof c.root);
        err = tbc_checkpoint_sign(st->issuer, &c, &message);
    }
    if (err == TBC_OK &&
        (err = keep_checkpoint(st, &c, tbc_buf_span(&message))) == TBC_ERR_EXISTS) {
        err = take_over(st, &c, &message);
    }
    if (err == TBC_OK) {
        tbc_buf_fini(&j->message);
        j->message = message;
        j->newest = c;
        message = (struct tbc_buf){ 0 };
        station_publish(st, TBC_NOTICE_CHECKPOINT, tbc_buf_span(&j->message));
    }
    tbc_buf_fini(&message);
    if (err != TBC_OK && *tbc_key_trouble(st->issuer) != '\0') {
        tbc_log(TBC_LOG_ERROR, "%s: the journal's checkpoint waits",
                tbc_key_trouble(st->issuer));
        return TBC_OK; /* the token may sign next time */
    }
    return err == TBC_OK ? err
                         : tbc_log_err(err, "signing a checkpoint of the journal");
}

enum tbc_err
station_journal_tick(struct station *st, struct tbc_utc now)
{
    const struct station_journal *j = st->journal;

    return now.s - j->signed_at.s >= st->conf.checkpoint_s || now.s < j->signed_at.s
               ? station_journal_sign(st, now)
               : TBC_OK;
}

enum tbc_err
station_journal_joint(struct station *st, uint64_t from, struct tbc_span *joint)
{
    struct station_journal *j = st->journal;
    size_t n;
    enum tbc_err err;

    *joint = (struct tbc_span){ 0 };
    if (from == 0 || from >= j->newest.size) {
        return TBC_OK;
    }
    err = tbc_merkle_prove_consistency(tbc_journal_node, st->store, from,
                                       j->newest.size, j->proofs[0], &n);
    if (err == TBC_OK) {
        *joint = tbc_span_of(j->proofs[0], n * sizeof *j->proofs[0]);
    }
    return err;
}
