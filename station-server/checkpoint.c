/* Checkpoints of the journal: held against it at the start, signed while it grows. */
#include "station.h"
#include "sys/file.h"
#include "sys/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CHECKPOINT_FILE "checkpoint.cose"

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
    struct tbc_checkpoint c = { .size = 0 };
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
            ": it was restored from an older backup.  Restore the newest with "
            "tbc restore; if it is the newest, tbc restore --older-on-purpose: the "
            "station then goes on, and gates will report two histories",
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
enum tbc_err
station_checkpoint_hold(struct station *st, bool *alone)
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

/* A checkpoint on its way through the transaction that signs it. */
struct signing {
    struct tbc_checkpoint said;
    struct tbc_buf message; /* empty: there was nothing to sign */
    uint64_t feed;          /* the notice's number */
};

static void
take(struct station_journal *j, const struct tbc_checkpoint *c, struct tbc_buf *message)
{
    tbc_buf_fini(&j->message);
    j->message = *message;
    j->newest = *c;
    *message = (struct tbc_buf){ 0 };
}

/* Another process on this store may have signed since. */
static enum tbc_err
take_over(struct station *st)
{
    struct tbc_buf message = { 0 };
    struct tbc_checkpoint c;
    enum tbc_err err = tbc_journal_checkpoint_newest(st->store, &message);

    if (err == TBC_ERR_NOT_FOUND) {
        return TBC_OK;
    }
    if (err == TBC_OK &&
        (err = open_own(st, tbc_buf_span(&message), "the database's checkpoint", &c)) ==
            TBC_OK &&
        c.size > st->journal->newest.size) {
        take(st->journal, &c, &message);
    }
    tbc_buf_fini(&message);
    return err;
}

static enum tbc_err
sign(struct station *st, const struct tbc_checkpoint *c, struct tbc_buf *message)
{
    struct tbc_buf payload = { 0 };
    enum tbc_err err = tbc_checkpoint_encode(c, &payload);

    if (err == TBC_OK) {
        err = station_signer_sign(st->signer, st->issuer, TBC_TYP_CHECKPOINT,
                                  tbc_buf_span(&payload), message);
    }
    tbc_buf_fini(&payload);
    return err;
}

/* Time rises with size, also between processes: by that a witness tells a late one from a log that
 * went back. */
static enum tbc_err
make_checkpoint(struct station *st, struct tbc_utc now, struct signing *x)
{
    const struct tbc_checkpoint *last = &st->journal->newest;
    struct tbc_checkpoint *c = &x->said;
    struct tbc_hash root;
    enum tbc_err err;

    c->at.s = now.s > last->at.s ? now.s : last->at.s + 1;
    memcpy(c->origin, st->conf.code, sizeof c->origin);
    if ((err = tbc_journal_root(st->store, c->size, &root)) != TBC_OK) {
        return err;
    }
    memcpy(c->root, root.b, sizeof c->root);
    if ((err = sign(st, c, &x->message)) != TBC_OK ||
        (err = tbc_journal_checkpoint_put(st->store, c->size, c->at,
                                          tbc_buf_span(&x->message))) != TBC_OK ||
        (err = tbc_store_get(st->store, "feed", &x->feed)) != TBC_OK) {
        return err;
    }
    return tbc_store_set(st->store, "feed", ++x->feed);
}

/* In one transaction that has the journal to itself: nobody appends or signs meanwhile. */
static enum tbc_err
sign_alone(struct station *st, struct tbc_utc now, struct signing *x)
{
    enum tbc_err err = tbc_store_begin(st->store);

    if (err != TBC_OK) {
        return err;
    }
    if ((err = tbc_journal_take(st->store, &x->said.size)) == TBC_OK &&
        (err = take_over(st)) == TBC_OK && x->said.size > st->journal->newest.size) {
        err = make_checkpoint(st, now, x);
    }
    if (err == TBC_OK) {
        err = tbc_store_commit(st->store);
    }
    if (err != TBC_OK) {
        tbc_store_rollback(st->store);
        tbc_buf_fini(&x->message);
    }
    return err;
}

/* After the commit: a file that is newer than the database would be a lie. */
static enum tbc_err
give_out(struct station *st, struct signing *x)
{
    char path[STATION_PATH_MAX];
    enum tbc_err err = station_path(st->data, CHECKPOINT_FILE, path);

    st->feed = x->feed;
    take(st->journal, &x->said, &x->message);
    station_publish(st, TBC_NOTICE_CHECKPOINT, tbc_buf_span(&st->journal->message));
    if (err == TBC_OK &&
        (err = tbc_file_write(path, tbc_buf_span(&st->journal->message), 0600)) !=
            TBC_OK) {
        err = tbc_log_err(err, "%s", path);
    }
    return err;
}

enum tbc_err
station_journal_sign(struct station *st, struct tbc_utc now)
{
    struct signing x = { .feed = 0 };
    uint64_t size;
    enum tbc_err err = tbc_journal_size(st->store, &size);

    st->journal->signed_at = now;
    if (err != TBC_OK || size == st->journal->newest.size || st->issuer == NULL ||
        st->ring == NULL) {
        return err;
    }
    err = sign_alone(st, now, &x);
    if (err == TBC_OK && x.message.len > 0) {
        err = give_out(st, &x);
    }
    if (err != TBC_OK && *station_signer_trouble(st->signer) != '\0') {
        tbc_log(TBC_LOG_ERROR, "%s: the journal's checkpoint waits",
                station_signer_trouble(st->signer));
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
