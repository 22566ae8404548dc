/* Signed checkpoints of a log, and what two of them say about it.
 *
 * A witness keeps the newest checkpoint that it has verified.  When it sees another, the two must
 * fit: a larger tree is joined to the smaller by a consistency proof (RFC 6962 sec. 2.1.2), a tree
 * of the same size has the same root, and a log never gets smaller. */
#ifndef TBC_CRYPTO_CHECKPOINT_H
#define TBC_CRYPTO_CHECKPOINT_H

#include "codec/checkpoint.h"
#include "crypto/keyring.h"
#include "crypto/merkle.h"

/* Sign as COSE_Sign1, typ CHECKPOINT, appended.  Errors: ERR_RANGE (origin, time, or a root that
 * is not that of the empty tree at size 0), ERR_CRYPTO, ERR_NO_MEMORY, ERR_DENIED (public key). */
enum tbc_err tbc_checkpoint_sign(struct tbc_key *key, const struct tbc_checkpoint *c,
                                 struct tbc_buf *out) TBC_MUST_CHECK;

/* Open what that key signed.  *c is { 0 } on error.
 * Errors: ERR_MALFORMED (fault says where; also another typ), ERR_UNKNOWN_KEY (another key's kid),
 * ERR_BAD_SIGNATURE, ERR_UNSUPPORTED (alg or typ of others). */
enum tbc_err
tbc_checkpoint_open(struct tbc_checkpoint *c, struct tbc_span message,
                    struct tbc_key *key, struct tbc_fault *fault) TBC_MUST_CHECK;
/* The same with the keys of a trust list: the signer must have been a key of the station named as
 * origin at the checkpoint's time, ERR_UNKNOWN_KEY otherwise.  Whether the list itself is still
 * good is the caller's to ask. */
enum tbc_err
tbc_checkpoint_open_trusted(struct tbc_checkpoint *c, struct tbc_span message,
                            const struct tbc_keyring *ring,
                            struct tbc_fault *fault) TBC_MUST_CHECK;

/* name, word, sentence */
#define TBC_LOG_STEP_LIST(X)                                              \
    X(SAME, "same", "the log is as it was")                               \
    X(GROWN, "grown", "the log was only appended to")                     \
    X(OTHER_LOG, "other log", "the checkpoints are of two logs")          \
    X(WENT_BACK, "went back", "the newer checkpoint is of a smaller log") \
    X(SPLIT_VIEW, "split view",                                           \
      "two roots for one size: somebody is shown another log")            \
    X(INCONSISTENT, "inconsistent", "the proof does not join the two checkpoints")

enum tbc_log_step {
#define X(name, word, text) TBC_LOG_STEP_##name,
    TBC_LOG_STEP_LIST(X)
#undef X
};

const char *tbc_log_step_word(enum tbc_log_step step); /* "split view" */
const char *tbc_log_step_text(enum tbc_log_step step); /* the sentence */
/* SAME and GROWN are as it should be. */
bool tbc_log_step_is_good(enum tbc_log_step step);

/* From one verified checkpoint to another.
 *   proof   node hashes of the consistency proof; must be empty when the sizes are equal
 * An error is a failure to compute: ERR_CRYPTO. */
enum tbc_err
tbc_checkpoint_compare(const struct tbc_checkpoint *older,
                       const struct tbc_checkpoint *newer, struct tbc_span proof,
                       enum tbc_log_step *step) TBC_MUST_CHECK;

#endif
