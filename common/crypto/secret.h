/* Files that hold secrets: 0600, never overwritten, refused when others may read them. */
#ifndef TBC_CRYPTO_SECRET_H
#define TBC_CRYPTO_SECRET_H

#include "base/buf.h"

/* Append the contents of a regular file that only its owner may read.  Errors: ERR_NOT_FOUND,
 * ERR_DENIED (also when others may read it), ERR_LIMIT above max bytes, ERR_IO, ERR_MALFORMED for
 * anything but a regular file. */
enum tbc_err
tbc_secret_load(const char *path, size_t max, struct tbc_buf *out) TBC_MUST_CHECK;

/* The same, or the whole of what comes through a pipe, whatever its mode. */
enum tbc_err
tbc_secret_load_pipe(const char *path, size_t max, struct tbc_buf *out) TBC_MUST_CHECK;

/* Secrets of this process go into no core file and no other's debugger from now on. */
void tbc_secret_forbid_dumps(void);

/* Write a new file 0600 and make it durable.  ERR_EXISTS, ERR_DENIED, ERR_NOT_FOUND (no such
 * folder), ERR_IO; nothing is left behind on error. */
enum tbc_err tbc_secret_store(const char *path, struct tbc_span bytes) TBC_MUST_CHECK;

#endif
