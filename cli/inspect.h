/* The two halves of tbc inspect: inspect.c knows certificates and live proofs, inspect_any.c the rest. */
#ifndef CLI_INSPECT_H
#define CLI_INSPECT_H

#include "cli.h"

#define CLI_YEAR_10000_S INT64_C(253402300800)

/* Any COSE_Sign1 as { "protected", "unprotected", "claims" or "payload", "signature" }.  Errors as
 * tbc_cose_any_open; *out is NULL then. */
enum tbc_err cli_inspect_any(struct tbc_span message, json_t **out,
                             struct tbc_fault *fault) TBC_MUST_CHECK;

#endif
