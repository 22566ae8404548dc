#include "crypto/checkpoint.h"

#include "crypto/sign.h"

#include <string.h>

static enum tbc_err
wrong(struct tbc_fault *fault, const char *what)
{
    if (fault != NULL) {
        *fault = (struct tbc_fault){ .what = what };
    }
    return TBC_ERR_MALFORMED;
}

static struct tbc_hash
root_of(const struct tbc_checkpoint *c)
{
    struct tbc_hash h;

    memcpy(h.b, c->root, sizeof h.b);
    return h;
}

/* There is one empty tree: a checkpoint of it with another root would be a split view at once. */
static enum tbc_err
check_empty(const struct tbc_checkpoint *c, bool *good)
{
    struct tbc_hash empty;
    enum tbc_err err = tbc_merkle_empty(&empty);

    *good = c->size > 0 || memcmp(empty.b, c->root, sizeof empty.b) == 0;
    return err;
}

enum tbc_err
tbc_checkpoint_sign(struct tbc_key *key, const struct tbc_checkpoint *c,
                    struct tbc_buf *out)
{
    struct tbc_buf payload = { 0 };
    bool good = false;
    enum tbc_err err;

    if ((err = check_empty(c, &good)) != TBC_OK) {
        return err;
    }
    if (!good) {
        return TBC_ERR_RANGE;
    }
    if ((err = tbc_checkpoint_encode(c, &payload)) == TBC_OK) {
        err = tbc_sign_cose(key, TBC_TYP_CHECKPOINT, tbc_buf_span(&payload), out);
    }
    tbc_buf_fini(&payload);
    return err;
}

/* Structure and claims, not yet believed. */
static enum tbc_err
read_message(struct tbc_checkpoint *c, struct tbc_cose *msg, struct tbc_span message,
             struct tbc_fault *fault)
{
    enum tbc_err err;
    bool good = false;

    *c = (struct tbc_checkpoint){ 0 };
    if ((err = tbc_cose_open(msg, message, fault)) != TBC_OK) {
        return err;
    }
    if (msg->typ != TBC_TYP_CHECKPOINT) {
        return wrong(fault, "typ");
    }
    if ((err = tbc_checkpoint_decode(c, msg->payload, fault)) != TBC_OK) {
        if (fault != NULL) { /* told as an offset of the whole message */
            fault->offset += (size_t)(msg->payload.ptr - message.ptr);
        }
        return err;
    }
    if ((err = check_empty(c, &good)) == TBC_OK && !good) {
        err = wrong(fault, "root of an empty log");
    }
    return err;
}

enum tbc_err
tbc_checkpoint_open(struct tbc_checkpoint *c, struct tbc_span message,
                    struct tbc_key *key, struct tbc_fault *fault)
{
    struct tbc_cose msg;
    uint8_t kid[TBC_KID_LEN];
    enum tbc_err err = read_message(c, &msg, message, fault);

    if (err == TBC_OK) {
        tbc_key_kid(key, kid);
        err = memcmp(kid, msg.kid, sizeof kid) != 0 ? TBC_ERR_UNKNOWN_KEY
                                                    : tbc_verify_cose(key, &msg);
    }
    if (err != TBC_OK) {
        *c = (struct tbc_checkpoint){ 0 };
    }
    return err;
}

enum tbc_err
tbc_checkpoint_open_trusted(struct tbc_checkpoint *c, struct tbc_span message,
                            const struct tbc_keyring *ring, struct tbc_fault *fault)
{
    const struct tbc_trust_key *entry = NULL;
    struct tbc_key *key = NULL;
    struct tbc_cose msg;
    enum tbc_err err = read_message(c, &msg, message, fault);

    if (err == TBC_OK) {
        key = tbc_keyring_find(ring, msg.kid, c->at, &entry);
        err = key == NULL || entry == NULL || strcmp(entry->station, c->origin) != 0
                  ? TBC_ERR_UNKNOWN_KEY
                  : tbc_verify_cose(key, &msg);
    }
    if (err != TBC_OK) {
        *c = (struct tbc_checkpoint){ 0 };
    }
    return err;
}

const char *
tbc_log_step_word(enum tbc_log_step step)
{
    static const char *const words[] = {
#define X(name, word, text) word,
        TBC_LOG_STEP_LIST(X)
#undef X
    };

    return (size_t)step < sizeof words / sizeof *words ? words[step] : "?";
}

const char *
tbc_log_step_text(enum tbc_log_step step)
{
    static const char *const texts[] = {
#define X(name, word, text) text,
        TBC_LOG_STEP_LIST(X)
#undef X
    };

    return (size_t)step < sizeof texts / sizeof *texts ? texts[step] : "?";
}

bool
tbc_log_step_is_good(enum tbc_log_step step)
{
    return step == TBC_LOG_STEP_SAME || step == TBC_LOG_STEP_GROWN;
}

enum tbc_err
tbc_checkpoint_compare(const struct tbc_checkpoint *older,
                       const struct tbc_checkpoint *newer, struct tbc_span proof,
                       enum tbc_log_step *step)
{
    const struct tbc_hash old_root = root_of(older);
    const struct tbc_hash new_root = root_of(newer);
    bool same_root = memcmp(old_root.b, new_root.b, sizeof old_root.b) == 0;
    bool holds = false;
    enum tbc_err err;

    *step = TBC_LOG_STEP_INCONSISTENT;
    if (strcmp(older->origin, newer->origin) != 0) {
        *step = TBC_LOG_STEP_OTHER_LOG;
        return TBC_OK;
    }
    if (newer->size < older->size) {
        *step = TBC_LOG_STEP_WENT_BACK;
        return TBC_OK;
    }
    if (newer->size == older->size) {
        *step = !same_root       ? TBC_LOG_STEP_SPLIT_VIEW
                : proof.len == 0 ? TBC_LOG_STEP_SAME
                                 : TBC_LOG_STEP_INCONSISTENT;
        return TBC_OK;
    }
    err = tbc_merkle_verify_consistency(older->size, newer->size, &old_root, &new_root,
                                        proof, &holds);
    if (err == TBC_OK && holds) {
        *step = TBC_LOG_STEP_GROWN;
    }
    return err;
}
