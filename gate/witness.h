/* The gate as a witness of the station's log: it keeps the newest checkpoint that it has verified
 * and notices when another one tells a different history.  Pure. */
#ifndef GATE_WITNESS_H
#define GATE_WITNESS_H

#include "crypto/checkpoint.h"

struct gate_witness {
    struct tbc_checkpoint newest; /* size 0: none yet */
};

/* What a checkpoint is to a witness. */
enum gate_testimony {
    GATE_TESTIMONY_NEW,   /* newer, and now the newest: keep it */
    GATE_TESTIMONY_KNOWN, /* the same, or one from before that came late */
    GATE_TESTIMONY_OTHER, /* another history: cry out, keep both */
};

/* The station's proof that a checkpoint continues the one that was held when it was asked. */
struct gate_joint {
    struct tbc_checkpoint from;
    struct tbc_span proof; /* node hashes */
};

struct gate_seen {
    enum gate_testimony testimony;
    enum tbc_log_step step; /* how it fits, for the log */
    struct tbc_checkpoint checkpoint;
};

/* Verify a signed checkpoint and hold it against the newest, which is replaced when it is NEW.
 *   station  whose log it must be; "": not known yet
 *   joint    NULL: growth is believed, as the feed carries no proofs
 * A smaller one is KNOWN when it was signed earlier, and a log that went back when it was not.
 * Errors: those of tbc_checkpoint_open_trusted, ERR_UNKNOWN_KEY without a trust list (ring NULL),
 * ERR_CONFLICT (another station's); nothing is changed then. */
enum tbc_err
gate_witness_see(struct gate_witness *w, const struct tbc_keyring *ring,
                 const char *station, struct tbc_span message,
                 const struct gate_joint *joint, struct gate_seen *seen) TBC_MUST_CHECK;

#endif
