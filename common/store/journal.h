/* The append-only journal in a station's store: leaves, the nodes of their Merkle tree, what
 * officers wrote, and the checkpoints that were signed.
 *
 * A leaf is appended in the transaction of the fact that it records and takes its position from a
 * counter in the store, which commit moves: positions have no gaps and are never used twice, and
 * what undo or a crash takes back never had one.  A row holds the leaf's bytes and the hashes of
 * the full subtrees that this leaf completes, one on average; so an append is one insert, and
 * a proof in a log of any size reads as many rows as the tree is high.
 *
 * Several processes may append to one database: the first append of a transaction takes the
 * counter's row and keeps it until the end. */
#ifndef TBC_STORE_JOURNAL_H
#define TBC_STORE_JOURNAL_H

#include "codec/leaf.h"
#include "crypto/merkle.h"
#include "store/store.h"

/* Append within a transaction.  The leaf of an issue is found by the certificate's row, which
 * names its position (tbc_journal_take tells it before); the others by their cti.
 *   note      an officer's words, kept beside the tree; NULL: none.  The leaf gets their HMAC under
 *             a fresh key, whatever leaf->note says
 *   position  may be NULL
 * Errors: ERR_RANGE (no leaf of the grammar), ERR_CORRUPT (logged), those of the database. */
enum tbc_err tbc_journal_append(struct tbc_store *s, const struct tbc_leaf *leaf,
                                const char *note, uint64_t *position) TBC_MUST_CHECK;

/* Take the counter for the rest of the open transaction, as the first append does: nobody else
 * appends meanwhile.  ERR_CORRUPT, logged, when the counter and the last leaf do not fit together. */
enum tbc_err tbc_journal_take(struct tbc_store *s, uint64_t *size) TBC_MUST_CHECK;
/* How many leaves there are, with those of the open transaction. */
enum tbc_err tbc_journal_size(struct tbc_store *s, uint64_t *size) TBC_MUST_CHECK;
/* The root of the tree of the first size leaves; ERR_RANGE beyond the last. */
enum tbc_err tbc_journal_root(struct tbc_store *s, uint64_t size,
                              struct tbc_hash *root) TBC_MUST_CHECK;
/* A tbc_merkle_read for proofs; store: a struct tbc_store.  ERR_CORRUPT, logged, for a leaf that
 * is not there or has not the nodes of its position. */
enum tbc_err tbc_journal_node(void *store, unsigned level, uint64_t index,
                              struct tbc_hash *node) TBC_MUST_CHECK;

/* A leaf as it is stored, not yet believed. */
struct tbc_journal_row {
    uint64_t position;
    uint8_t bytes[TBC_LEAF_MAX];
    size_t len; /* 0: longer than any leaf */
    bool has_cti;
    uint8_t cti[TBC_CTI_LEN]; /* as it is found by; not that of an issue */
    struct tbc_hash nodes[64];
    size_t nodes_n; /* more than 64: no whole hashes */
};

/* The leaves from a position on, or those of a certificate, at most max, by position. */
enum tbc_err
tbc_journal_page(struct tbc_store *s, uint64_t from, struct tbc_journal_row *rows,
                 size_t max, size_t *n) TBC_MUST_CHECK;
enum tbc_err tbc_journal_of(struct tbc_store *s, const uint8_t cti[static TBC_CTI_LEN],
                            uint64_t from, struct tbc_journal_row *rows, size_t max,
                            size_t *n) TBC_MUST_CHECK;

/* The leaves of all certificates of a person, by position, from the row of that number on. */
enum tbc_err
tbc_journal_of_person(struct tbc_store *s, const struct tbc_store_page *page,
                      struct tbc_journal_row *rows, size_t max,
                      size_t *n) TBC_MUST_CHECK;

/* What an officer wrote with a leaf, and the key of its HMAC; on the disk both are sealed. */
struct tbc_journal_note {
    uint8_t key[TBC_NOTE_KEY_LEN];
    char text[TBC_WIRE_NOTE_MAX + 1];
};

/* ERR_NOT_FOUND: none, or erased.  ERR_CORRUPT, logged, when it does not open.  Wipe when done. */
enum tbc_err tbc_journal_note(struct tbc_store *s, uint64_t position,
                              struct tbc_journal_note *note) TBC_MUST_CHECK;
/* Erase what officers wrote about a certificate; the leaves stay and say nothing of it. */
enum tbc_err tbc_journal_forget(struct tbc_store *s,
                                const uint8_t cti[static TBC_CTI_LEN]) TBC_MUST_CHECK;

/* Keep a signed checkpoint; ERR_EXISTS: there is one of that size.  The newest: ERR_NOT_FOUND. */
enum tbc_err
tbc_journal_checkpoint_put(struct tbc_store *s, uint64_t size, struct tbc_utc at,
                           struct tbc_span message) TBC_MUST_CHECK;
enum tbc_err tbc_journal_checkpoint_newest(struct tbc_store *s,
                                           struct tbc_buf *message) TBC_MUST_CHECK;

#endif
