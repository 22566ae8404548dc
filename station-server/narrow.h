/* The examiner gives up what it does not need before it reads its first byte. */
#ifndef TBC_STATION_NARROW_H
#define TBC_STATION_NARROW_H

#include "base/err.h"

/* From here on: one socket to read and write (and standard error to complain), memory, the
 * clock, an alarm, the end.  No file, no socket, no program can be opened, no privilege be gained, no core
 * be dumped; another system call kills the process.  *why names the step that failed, static.
 * Errors: ERR_DENIED. */
enum tbc_err station_narrow(int socket_fd, const char **why) TBC_MUST_CHECK;

#endif
