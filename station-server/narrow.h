/* The children of tbc-station give up what they do not need before they read their first byte. */
#ifndef TBC_STATION_NARROW_H
#define TBC_STATION_NARROW_H

#include "base/err.h"

#include <stddef.h>

/* From here on: one socket to read and write (and standard error to complain), memory, the
 * clock, an alarm, the end.  No file, no socket, no program can be opened, no privilege be gained, no core
 * be dumped; another system call kills the process.  *why names the step that failed, static.
 * Errors: ERR_DENIED. */
enum tbc_err station_narrow(int socket_fd, const char **why) TBC_MUST_CHECK;

/* The same, and one file, open already, to write into at most file_max bytes. */
enum tbc_err station_narrow_with(int socket_fd, int file_fd, size_t file_max,
                                 const char **why) TBC_MUST_CHECK;

/* For a process that must call the module of a PKCS#11 token, which may open files, sockets and
 * devices and start threads, whatever its maker thought good: no program can be started or traced, no
 * other process be signalled or read, no identity, file system or kernel be changed, no privilege be
 * gained, no core be dumped.  What is refused fails with EPERM and kills nobody. */
enum tbc_err station_narrow_for_token(const char **why) TBC_MUST_CHECK;

#endif
