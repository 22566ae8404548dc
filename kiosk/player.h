/* Plays a script on the real screens: it looks for the button in the picture that is shown, by
 * the same hit test as a finger, and says where to touch.  A button that is missing or covered
 * is not found, and the step fails when its time is up. */
#ifndef KIOSK_PLAYER_H
#define KIOSK_PLAYER_H

#include "screens/kiosk_screens.h"
#include "script.h"

struct kiosk_player {
    const struct kiosk_script *script; /* borrowed; NULL: nobody plays */
    size_t at;
    bool begun;
    struct tbc_mono began;
    size_t letter;             /* TYPE: the next one */
    bool happened[KIOSK_EV_N]; /* since the last tap */
};

enum kiosk_move {
    KIOSK_MOVE_NONE,
    KIOSK_MOVE_TOUCH, /* at x_px, y_px */
    KIOSK_MOVE_SHOT,  /* name */
    KIOSK_MOVE_END,   /* the script is done */
    KIOSK_MOVE_FAIL,  /* line is the step whose time is up */
};

struct kiosk_play {
    enum kiosk_move move;
    double x_px;
    double y_px;
    const char *name;
    int line;
};

/* What the player sees of the kiosk. */
struct kiosk_scene {
    const struct kiosk_stage *stage; /* its last picture is what is shown */
    struct tbc_size px;              /* of that picture */
    double step_px;                  /* less than half of the smallest button */
    enum kiosk_screen screen;
    bool quiet; /* touches are not taken just now */
    bool still; /* the screen has come to rest */
};

struct kiosk_play
kiosk_player_step(struct kiosk_player *player, const struct kiosk_scene *scene,
                  struct tbc_mono now);

/* An event has happened, for "wait printed". */
void kiosk_player_note(struct kiosk_player *player, enum kiosk_event event);

#endif
