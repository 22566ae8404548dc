/* The audit of a station's journal: everything that can be held against everything else. */
#ifndef CLI_AUDIT_H
#define CLI_AUDIT_H

#include "crypto/checkpoint.h"
#include "store/journal.h"

#define CLI_AUDIT_WITNESSES 3

/* A checkpoint that the journal must continue. */
struct cli_witness {
    struct tbc_checkpoint said;
    const char *where; /* borrowed, for messages */
};

struct cli_audit {
    struct tbc_store *store; /* borrowed, open */
    struct cli_witness witnesses[CLI_AUDIT_WITNESSES];
    size_t witnesses_n;
    /* what was found */
    uint64_t counted; /* by the store when the audit began */
    uint64_t leaves;
    uint64_t issued; /* leaves of certificates */
    uint64_t gone;   /* of these, certificates without a row */
    uint64_t erased; /* what leaves of ERASE account for */
    uint64_t gone_at;
    bool consistent;
    bool has_position;
    uint64_t position; /* of the first offence, when it has one */
    char offence[256];
};

/* Rebuild the tree from its leaves and hold against it: positions, stored nodes, the certificates'
 * rows both ways, the counter, the witnesses.  Stops at the first offence.  An error is a failure
 * to find out. */
enum tbc_err cli_audit_run(struct cli_audit *a) TBC_MUST_CHECK;

/* Note an offence without a position; the first stays. */
void cli_audit_offend(struct cli_audit *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
