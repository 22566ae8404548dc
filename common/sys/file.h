/* Whole files. */
#ifndef TBC_SYS_FILE_H
#define TBC_SYS_FILE_H

#include "base/buf.h"

/* Append the contents of a regular file (or of standard input for "-") of at most max bytes.
 * ERR_NOT_FOUND, ERR_LIMIT, ERR_IO (also for a directory). */
enum tbc_err
tbc_file_read(const char *path, size_t max, struct tbc_buf *out) TBC_MUST_CHECK;

/* The same for a person's command: pipes and devices too, read to their end. */
enum tbc_err
tbc_file_read_any(const char *path, size_t max, struct tbc_buf *out) TBC_MUST_CHECK;

/* Write beside, fsync, rename, fsync the folder: the old or the new contents survive, never half.
 * mode: 0600 for secrets. */
enum tbc_err tbc_file_write(const char *path, struct tbc_span contents,
                            unsigned mode) TBC_MUST_CHECK;

#endif
