/* The station's side of its journal: a leaf for everything it does, checkpoints of the tree, and
 * what a holder may read of it.  The rows are in store/journal.h, the reasons in PROTOCOL.md.
 *
 * A leaf is written in the savepoint of the request that it records: when the reply leaves, the
 * leaf is on the disk.  Refusals leave none, except where somebody tried to look at a record. */
#ifndef STATION_JOURNAL_H
#define STATION_JOURNAL_H

#include "crypto/checkpoint.h"
#include "store/journal.h"

struct station;
struct station_call;

struct station_journal {
    struct tbc_buf message;       /* the newest checkpoint, signed; empty: none yet */
    struct tbc_checkpoint newest; /* what it says */
    uint64_t lost;                /* by restores of older backups, since ever */
    struct tbc_utc
        signed_at; /* by the clock, when it was signed; { 0 }: not in this run */
    /* of the request being handled: the reply borrows them */
    struct tbc_journal_row rows[TBC_WIRE_LEAVES_MAX + 1];
    struct tbc_journal_note notes[TBC_WIRE_LEAVES_MAX];
    struct tbc_hash proofs[TBC_WIRE_LEAVES_MAX][TBC_MERKLE_PROOF_MAX];
};

/* Hold the journal against the checkpoints that were signed, in the database and in the file
 * beside it, and note the start.  Logs what is wrong and the way out: ERR_CORRUPT when the journal
 * is shorter or other than what was signed, ERR_MALFORMED, ERR_BAD_SIGNATURE. */
enum tbc_err
station_journal_open(struct station *st, struct tbc_utc now) TBC_MUST_CHECK;
/* checkpoint.c: the part of it that compares.  alone: the file was not there. */
enum tbc_err station_checkpoint_hold(struct station *st, bool *alone) TBC_MUST_CHECK;
/* Sign a checkpoint when the journal has grown and the last one is old enough, or now; keep it in
 * both places and publish it.  Without a key nothing is signed. */
enum tbc_err
station_journal_tick(struct station *st, struct tbc_utc now) TBC_MUST_CHECK;
enum tbc_err
station_journal_sign(struct station *st, struct tbc_utc now) TBC_MUST_CHECK;
void station_journal_fini(struct station *st);

/* Append a leaf of this call: its time and device are filled in.  note: what the officer wrote, or
 * NULL. */
enum tbc_err
station_journal_write(struct station *st, const struct station_call *call,
                      struct tbc_leaf leaf, const char *note) TBC_MUST_CHECK;
/* That this certificate was made. */
enum tbc_err
station_journal_issued(struct station *st,
                       const struct tbc_store_certificate *row) TBC_MUST_CHECK;
/* After a refusal was undone: a look at a record that was refused is recorded too. */
enum tbc_err
station_journal_refused(struct station *st, const struct station_call *call,
                        enum tbc_code code) TBC_MUST_CHECK;
/* A leaf about some bytes: TRUST. */
enum tbc_err
station_journal_digest(struct tbc_span bytes, struct tbc_leaf *leaf) TBC_MUST_CHECK;

/* The proof that the newest checkpoint continues the log of that size; empty when there is none
 * to give.  Borrowed until the next request. */
enum tbc_err station_journal_joint(struct station *st, uint64_t from,
                                   struct tbc_span *joint) TBC_MUST_CHECK;

enum tbc_code station_on_history(struct station *st, struct station_call *call);

#endif
