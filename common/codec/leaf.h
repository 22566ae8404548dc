/* One leaf of the station's journal: what was done, when, by which device, with which
 * certificate.  Deterministic CBOR; the grammar is docs/journal.cddl.
 *
 * A leaf is hashed into the Merkle tree (crypto/merkle.h) and never changes again, so it holds
 * nothing that somebody may ask to have erased: no name, no number, no index of people, no text
 * that an officer typed.  A certificate is named by its cti, a number of 96 random bits behind the
 * second of its issue, that says whose it is only together with the certificate itself or the
 * station's row of it.  What an officer typed
 * is there as HMAC-SHA-256(key, text): key and text stand outside of the tree, and once they
 * are erased the leaf says nothing more and the tree still verifies. */
#ifndef TBC_CODEC_LEAF_H
#define TBC_CODEC_LEAF_H

#include "codec/wire.h"

#define TBC_LEAF_MAX        256 /* bytes of one leaf */
#define TBC_LEAF_WORD_MAX   31
#define TBC_LEAF_DIGEST_LEN 32
#define TBC_NOTE_KEY_LEN    32

/* name, number: the numbers are in every log, never change one */
#define TBC_LEAF_LIST(X) \
    X(ISSUE, 1)          \
    X(SHOW, 2)           \
    X(ENTER, 3)          \
    X(EXIT, 4)           \
    X(ANNUL, 5)          \
    X(LOOKUP, 6)         \
    X(ASSIST, 7)         \
    X(REVOKE, 8)         \
    X(DEVICE, 9)         \
    X(IMPORT, 10)        \
    X(ERASE, 11)         \
    X(TRUST, 12)         \
    X(START, 13)         \
    X(KEY, 14)

enum tbc_leaf_kind {
#define X(name, number) TBC_LEAF_##name = (number),
    TBC_LEAF_LIST(X)
#undef X
};

const char *
tbc_leaf_kind_name(enum tbc_leaf_kind kind); /* "ISSUE"; "?" for none of ours */

/* Which fields a kind must have and which it may have stands in the grammar; both directions hold
 * to it. */
struct tbc_leaf {
    enum tbc_leaf_kind kind;
    struct tbc_utc time;                /* the station's clock when it was written */
    char device[TBC_WIRE_WORD_MAX + 1]; /* who asked; "": the station itself */
    uint8_t cti[TBC_CTI_LEN];           /* when has_cti */
    bool has_cti;
    char word[TBC_LEAF_WORD_MAX + 1];    /* verdict or reason: capitals and '_' */
    uint8_t digest[TBC_LEAF_DIGEST_LEN]; /* SHA-256 of what the kind is about */
    bool has_digest;
    uint8_t
        note[TBC_LEAF_DIGEST_LEN]; /* HMAC-SHA-256(key, text) of an officer's words */
    bool has_note;
    uint64_t count;    /* rows, certificates, a version */
    struct tbc_utc at; /* when it happened, told later; { 0 }: at time */
};

/* Append the leaf.  ERR_RANGE for one that is not as the grammar says; those of the buffer. */
enum tbc_err
tbc_leaf_encode(const struct tbc_leaf *leaf, struct tbc_buf *out) TBC_MUST_CHECK;
/* Strict.  *leaf is { 0 } on error; fault may be NULL. */
enum tbc_err tbc_leaf_decode(struct tbc_leaf *leaf, struct tbc_span in,
                             struct tbc_fault *fault) TBC_MUST_CHECK;

/* A certificate was made: its bytes stand in the leaf as a digest. */
static inline bool
tbc_leaf_is_issue(const struct tbc_leaf *leaf)
{
    return leaf->kind == TBC_LEAF_ISSUE || leaf->kind == TBC_LEAF_ASSIST;
}

#endif
