/* What OpenSSL's queue of errors says, for the files of crypto/ only. */
#ifndef TBC_CRYPTO_OPENSSL_ERR_H
#define TBC_CRYPTO_OPENSSL_ERR_H

#include "base/err.h"

/* Empty the queue.  Gives err back, but ERR_NO_MEMORY for an error when that is why OpenSSL gave up:
 * a key or a signature is not called bad because there was no room to look at it. */
enum tbc_err tbc_openssl_err(enum tbc_err err) TBC_MUST_CHECK;

#endif
