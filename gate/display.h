/* What is seen at the gate, 3 m away and walking: a view in, a picture out. */
#ifndef GATE_DISPLAY_H
#define GATE_DISPLAY_H

#include "ui/canvas.h"
#include "ui/screen.h"
#include "view.h"

struct gate_display;

/* Capital height of what is read from 3 m, as a part of the panel's height. */
#define GATE_DISPLAY_CAP 0.03

/* The panel of theme.conf for a display of these pixels: gate_10 (16:10), gate_15 (16:9) or gate_21
 * (upright). */
const char *gate_display_panel(int width_px, int height_px);

/* assets: folder with theme.conf, icons/, text/; panel: as gate_display_panel says.
 * why: one line that names file and line.  Errors: ERR_NOT_FOUND, ERR_MALFORMED, ERR_NO_MEMORY. */
enum tbc_err gate_display_new(struct gate_display **display, const char *assets,
                              const char *panel, struct tbc_buf *why) TBC_MUST_CHECK;
void gate_display_free(struct gate_display **display);

/* The picture that gate_display_draw fills; lives as long as the display. */
struct tbc_canvas *gate_display_canvas(struct gate_display *display);
struct tbc_screen *gate_display_screen(struct gate_display *display);

/* Errors: ERR_NO_MEMORY, ERR_NOT_FOUND (an icon). */
enum tbc_err gate_display_draw(struct gate_display *display,
                               const struct gate_view *view) TBC_MUST_CHECK;

#endif
