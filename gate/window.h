/* What passengers see: the display in a window, on the whole screen, or only in saved pictures. */
#ifndef GATE_WINDOW_H
#define GATE_WINDOW_H

#include "base/buf.h"
#include "options.h"
#include "view.h"

struct gate_window; /* opaque */

/* With neither a display nor pictures *window stays NULL, which every function takes.
 * why: one line, appended on error. */
enum tbc_err
gate_window_open(struct gate_window **window, const struct gate_options *options,
                 struct tbc_buf *why) TBC_MUST_CHECK;
void gate_window_close(struct gate_window **window);

/* Draws when the picture would differ from the last one.  since: when the presentation began that
 * the view is about; two of them are two pictures, however alike. */
enum tbc_err gate_window_show(struct gate_window *window, const struct gate_view *view,
                              struct tbc_mono since) TBC_MUST_CHECK;

/* Looks after the window; false: it was closed. */
bool gate_window_tick(struct gate_window *window);

#endif
