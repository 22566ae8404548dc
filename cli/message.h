/* What the general tools for COSE share. */
#ifndef CLI_MESSAGE_H
#define CLI_MESSAGE_H

#include "codec/cose_any.h"
#include "crypto/sign.h"

/* Verify an opened message over its payload and the application's external data.  Errors as
 * tbc_verify_any, and ERR_NO_MEMORY. */
enum tbc_err cli_verify_message(struct tbc_key *key, const struct tbc_cose_any *msg,
                                struct tbc_span aad) TBC_MUST_CHECK;

#endif
