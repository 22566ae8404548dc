#include "witness.h"

#include <string.h>

/* Whether the log grew from one to the other; without a proof its growth is believed. */
static enum tbc_err
step_between(const struct tbc_checkpoint *older, const struct tbc_checkpoint *newer,
             const struct gate_joint *joint, enum tbc_log_step *step)
{
    enum tbc_err err = tbc_checkpoint_compare(
        older, newer, joint == NULL ? (struct tbc_span){ 0 } : joint->proof, step);

    if (err == TBC_OK && joint == NULL && *step == TBC_LOG_STEP_INCONSISTENT) {
        *step = TBC_LOG_STEP_GROWN;
    }
    return err;
}

enum tbc_err
gate_witness_see(struct gate_witness *w, const struct tbc_keyring *ring,
                 const char *station, struct tbc_span message,
                 const struct gate_joint *joint, struct gate_seen *seen)
{
    struct tbc_checkpoint c;
    enum tbc_err err;

    *seen = (struct gate_seen){ .testimony = GATE_TESTIMONY_KNOWN };
    if (ring == NULL) {
        return TBC_ERR_UNKNOWN_KEY; /* whoever signed it, we cannot know them yet */
    }
    if ((err = tbc_checkpoint_open_trusted(&c, message, ring, NULL)) != TBC_OK) {
        return err;
    }
    if (station[0] != '\0' && strcmp(station, c.origin) != 0) {
        return TBC_ERR_CONFLICT;
    }
    seen->checkpoint = c;
    if (w->newest.size == 0) {
        w->newest = c;
        seen->testimony = GATE_TESTIMONY_NEW;
        seen->step = TBC_LOG_STEP_GROWN;
        return TBC_OK;
    }
    if (joint != NULL && joint->from.size > 0 && c.size >= joint->from.size &&
        ((err = step_between(&joint->from, &c, joint, &seen->step)) != TBC_OK ||
         !tbc_log_step_is_good(seen->step))) {
        seen->testimony = GATE_TESTIMONY_OTHER;
        return err;
    }
    if (c.size < w->newest.size && c.at.s < w->newest.at.s) {
        return TBC_OK; /* it came late */
    }
    if ((err = step_between(&w->newest, &c, NULL, &seen->step)) != TBC_OK ||
        !tbc_log_step_is_good(seen->step)) {
        seen->testimony = GATE_TESTIMONY_OTHER;
        return err;
    }
    if (seen->step == TBC_LOG_STEP_GROWN) {
        w->newest = c;
        seen->testimony = GATE_TESTIMONY_NEW;
    }
    return TBC_OK;
}
