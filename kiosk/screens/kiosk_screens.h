/* What a passenger sees: a view in, a picture out, and what a touch on that picture means. */
#ifndef KIOSK_SCREENS_H
#define KIOSK_SCREENS_H

#include "ui/canvas.h"
#include "view.h"

/* A number at the desk as screens and slips write it. */
#define KIOSK_DESK_FORMAT "B%03d"

struct kiosk_stage;

struct kiosk_stage_options {
    const char *assets;        /* folder with theme.conf, icons/, text/ */
    const char *panel;         /* "portrait_21", "landscape_15", "landscape_10" */
    double bottom_above_floor; /* mm of this installation; 0: the panel's */
    const char *
        desk_zh; /* where the staffed desk is: "候车大厅 2 层，..."; NULL: the table's */
    const char *desk_en;
    const char *desk_name_zh; /* its sign: "3 号窗口"; NULL: the table's word */
    const char *desk_name_en;
};

/* why: one line that names file and line.  Strings of options are borrowed for the stage's life.
 * Errors: ERR_NOT_FOUND, ERR_MALFORMED, ERR_NO_MEMORY. */
enum tbc_err
kiosk_stage_new(struct kiosk_stage **stage, const struct kiosk_stage_options *options,
                struct tbc_buf *why) TBC_MUST_CHECK;
void kiosk_stage_free(struct kiosk_stage **stage);

/* The picture that kiosk_draw fills; lives as long as the stage (give it to tbc_window_open). */
struct tbc_canvas *kiosk_stage_canvas(struct kiosk_stage *stage);
const struct tbc_theme *kiosk_stage_theme(const struct kiosk_stage *stage);
struct tbc_screen *kiosk_stage_screen(struct kiosk_stage *stage);

/* Draw the view.  What view borrows is used only during the call.
 * Errors: ERR_NO_MEMORY, ERR_NOT_FOUND (an icon), ERR_LIMIT (qr_text too long); the picture is
 * then not to be shown. */
enum tbc_err
kiosk_draw(struct kiosk_stage *stage, const struct kiosk_view *view) TBC_MUST_CHECK;

/* What a touch at that pixel of the last picture means; KIOSK_EV_NONE between the controls. */
enum kiosk_event
kiosk_hit(const struct kiosk_stage *stage, double x_px, double y_px, int *arg);

/* The number of pages of the last picture's content (1: it fits); PAGE_DOWN stops at the last. */
int kiosk_pages(const struct kiosk_stage *stage);

/* The last picture in words, for the voice: title, lead, choices; typed digits are left out. */
void kiosk_spoken(const struct kiosk_stage *stage, struct tbc_buf *out);

/* The passenger has gone: forget every text, picture and pixel of theirs. */
void kiosk_stage_forget(struct kiosk_stage *stage);

#endif
