/* Inside of the scan floor: letters out of the key events of a keyboard-wedge scanner.  Pure: no
 * device, no clock; the layouts come from libxkbcommon (xkeyboard-config's names).
 *
 * A scanner is no typist: keys held down do not repeat, and digits of the keypad are digits
 * whatever NumLock is.  Shift, AltGr and CapsLock do what they do on a keyboard.  Enter, the keypad's
 * Enter, Linefeed and Tab end a text: each gives '\n'.  Other control characters give nothing.  Where
 * the kernel says that it dropped events, the text gets a SUB (0x1a, ECMA-48: in place of what was
 * lost), with which it is no certificate. */
#ifndef TBC_SCAN_KEYS_H
#define TBC_SCAN_KEYS_H

#include "base/err.h"

#include <linux/input.h>
#include <stdbool.h>

#define TBC_KEYS_OUT 8 /* bytes of one key at most, in UTF-8 */

struct tbc_keys; /* opaque */

/* layout: "us", "de", "fr(oss)", ... as in xkeyboard-config(7).  ERR_UNSUPPORTED when there is
 * none of that name, and *why is then a sentence; ERR_NO_MEMORY. */
enum tbc_err tbc_keys_new(struct tbc_keys **keys, const char *layout,
                          const char **why) TBC_MUST_CHECK;
void tbc_keys_free(struct tbc_keys **keys);

/* No key is down; CapsLock as told. */
void tbc_keys_reset(struct tbc_keys *keys, bool caps_lock);

/* What one event types: the number of bytes in out, 0 for most events. */
size_t tbc_keys_feed(struct tbc_keys *keys, const struct input_event *event,
                     char out[static TBC_KEYS_OUT]);

#endif
