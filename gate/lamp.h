/* What passengers see: the display in a window, on the whole screen, or only in saved pictures. */
#ifndef GATE_LAMP_H
#define GATE_LAMP_H

#include "base/buf.h"
#include "options.h"
#include "view.h"

struct gate_lamp; /* opaque */

/* With neither a display nor pictures *lamp stays NULL, which every function takes.
 * why: one line, appended on error. */
enum tbc_err gate_lamp_open(struct gate_lamp **lamp, const struct gate_options *options,
                            struct tbc_buf *why) TBC_MUST_CHECK;
void gate_lamp_close(struct gate_lamp **lamp);

/* Draws when the picture would differ from the last one.  since: when the presentation began that
 * the view is about; two of them are two pictures, however alike. */
enum tbc_err gate_lamp_show(struct gate_lamp *lamp, const struct gate_view *view,
                            struct tbc_mono since) TBC_MUST_CHECK;

/* Looks after the window; false: it was closed. */
bool gate_lamp_tick(struct gate_lamp *lamp);

#endif
