/* A window (or the whole screen) that shows a canvas and tells touches, through SDL2.
 *
 * A finger and the mouse give the same events, once: SDL's synthetic mouse events of a touch are
 * dropped.  Every way out to a desktop (close button, hot-keys) is dropped in full screen. */
#ifndef TBC_UI_WINDOW_H
#define TBC_UI_WINDOW_H

#include "ui/canvas.h"

struct tbc_window;

enum tbc_touch_kind {
    TBC_TOUCH_NONE,
    TBC_TOUCH_DOWN,
    TBC_TOUCH_MOVE,
    TBC_TOUCH_UP,
    TBC_TOUCH_KEY,  /* a key of a keyboard or keypad that was plugged in: `key` */
    TBC_TOUCH_CLOSE /* the window was closed; never in full screen */
};

struct tbc_touch {
    enum tbc_touch_kind kind;
    double x_px; /* on the canvas */
    double y_px;
    int key; /* ASCII letter or digit, '\b', '\r', 27; 0 otherwise */
};

struct tbc_window_options {
    const char *title;
    int width_px; /* of the window; 0: as the canvas.  The picture is scaled, never cut. */
    int height_px;
    bool full_screen;
    bool hide_pointer;
};

/* The environment's TBC_WINDOW_AT=X,Y places the window, for several side by side on one display.
 * why: one line on error.  Errors: ERR_UNSUPPORTED (no display), ERR_NO_MEMORY. */
enum tbc_err tbc_window_open(struct tbc_window **window, struct tbc_canvas *canvas,
                             const struct tbc_window_options *options,
                             struct tbc_buf *why) TBC_MUST_CHECK;
void tbc_window_close(struct tbc_window **window);

/* The pixels of the display that a full screen takes; false: there is none. */
bool tbc_window_display(int *width_px, int *height_px);

/* Show the canvas as it is now. */
enum tbc_err tbc_window_show(struct tbc_window *window) TBC_MUST_CHECK;

/* The next touch within wait_ms (0: only what is there already); false: none came. */
bool tbc_window_poll(struct tbc_window *window, int wait_ms, struct tbc_touch *touch);

/* PNG of what is shown.  Errors: ERR_IO. */
enum tbc_err
tbc_window_shot(struct tbc_window *window, const char *path) TBC_MUST_CHECK;

#endif
