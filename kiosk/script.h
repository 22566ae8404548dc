/* Scripts that drive the kiosk by touches, for demonstration and tests; named on the command line
 * only.  One step a line, '#' begins a comment:
 *
 *     wait SCREEN [SECONDS]      until that screen is shown ("number", "time_out")
 *     wait EVENT [SECONDS]       or that has happened since the last tap ("printed", "paper_out")
 *     tap NAME [ARG]             an event's button: "agree", "key 1", "kind passport"
 *     type TEXT                  a key for each letter
 *     language zh|en             from the first screen or through the language sheet
 *     shot NAME                  a picture of the window: DIR/NAME.png
 *     quit
 *
 * Each step is given 10 s, or the SECONDS of its own. */
#ifndef KIOSK_SCRIPT_H
#define KIOSK_SCRIPT_H

#include "base/buf.h"
#include "base/when.h"
#include "flow.h"

#define KIOSK_SCRIPT_MAX       256 /* steps */
#define KIOSK_SCRIPT_TEXT_MAX  47
#define KIOSK_SCRIPT_BYTES_MAX 65536
#define KIOSK_SCRIPT_WAIT_MS   10000

enum kiosk_verb {
    KIOSK_VERB_WAIT,
    KIOSK_VERB_TAP,
    KIOSK_VERB_TYPE,
    KIOSK_VERB_LANGUAGE,
    KIOSK_VERB_SHOT,
    KIOSK_VERB_QUIT,
};

struct kiosk_script_step {
    enum kiosk_verb verb;
    enum kiosk_screen screen;             /* WAIT; KIOSK_SCREEN_N: for the event */
    enum kiosk_event event;               /* WAIT, TAP, LANGUAGE */
    int arg;                              /* TAP, LANGUAGE */
    char text[KIOSK_SCRIPT_TEXT_MAX + 1]; /* TYPE, SHOT */
    int64_t within_ms;
    int line; /* in the file, from 1 */
};

struct kiosk_script {
    struct kiosk_script_step steps[KIOSK_SCRIPT_MAX];
    size_t n;
};

/* why: on error the line and what is wrong with it.  ERR_MALFORMED, ERR_LIMIT; *script is then
 * empty. */
enum tbc_err kiosk_script_parse(struct kiosk_script *script, struct tbc_span text,
                                struct tbc_buf *why) TBC_MUST_CHECK;

#endif
