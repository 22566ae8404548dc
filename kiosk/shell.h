/* The shell round the flow: it waits for fingers, camera, station and time, turns them into
 * events, and carries out what the flow answers. */
#ifndef KIOSK_SHELL_H
#define KIOSK_SHELL_H

#include "options.h"

struct kiosk_shell; /* opaque */

/* Open everything that the options name.  why: on error one line, unless it was logged already.
 * Errors: ERR_NOT_FOUND, ERR_MALFORMED, ERR_DENIED, ERR_CORRUPT, ERR_UNSUPPORTED, ERR_IO,
 * ERR_NETWORK, ERR_NO_MEMORY. */
enum tbc_err
kiosk_shell_open(struct kiosk_shell **shell, const struct kiosk_options *options,
                 struct tbc_buf *why) TBC_MUST_CHECK;
void kiosk_shell_close(struct kiosk_shell **shell);

/* Until the window closes, SIGTERM or SIGINT come, or the script ends.  Returns the exit code. */
int kiosk_shell_run(struct kiosk_shell *shell);

#endif
