/* Inside of the scan floor: a serial line, opened for reading. */
#ifndef TBC_SCAN_SERIAL_H
#define TBC_SCAN_SERIAL_H

#include "base/err.h"

/* 8N1, no flow control, non-blocking; *fd is then the caller's to close.  speed is in baud, ""
 * for 9600.  Errors and why as tbc_scan_open. */
enum tbc_err tbc_serial_open(const char *path, const char *speed, int *fd,
                             const char **why) TBC_MUST_CHECK;

#endif
