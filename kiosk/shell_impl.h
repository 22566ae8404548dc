/* Inside of the kiosk's shell: shell.c is its loop, shell_act.c carries out what the flow asks for,
 * shell_open.c opens and closes. */
#ifndef KIOSK_SHELL_IMPL_H
#define KIOSK_SHELL_IMPL_H

#include "eye.h"
#include "link.h"
#include "player.h"
#include "printer.h"
#include "screens/kiosk_screens.h"
#include "shell.h"
#include "ui/window.h"

struct kiosk_shell {
    const struct kiosk_options *options;
    char assets[KIOSK_PATH_MAX + 1];
    char icons[KIOSK_PATH_MAX + 16];
    char models[KIOSK_PATH_MAX + 1];
    struct tbc_device_file device;

    struct kiosk_session *session; /* locked into memory, never dumped */
    struct kiosk_flow flow;
    struct kiosk_link link;
    struct kiosk_eye *eye;
    struct kiosk_sight sight;
    struct kiosk_printer printer;
    struct tbc_words *words; /* for slips */
    struct kiosk_stage *stage;
    struct tbc_window *window;

    struct kiosk_script script;
    struct kiosk_player player;
    struct kiosk_view view;
    enum kiosk_event posted; /* to be taken next; NONE */
    enum kiosk_event pressed;
    int pressed_arg;
    bool dirty; /* the picture is older than what it shows */
    bool drawn; /* a picture was shown since the last event */
    struct tbc_mono drawn_at;
    enum kiosk_screen told; /* the screen that standard output knows */
    int shown_second;
    unsigned desk_number; /* of the last slip */
    int exit_code;        /* below 0: go on */
};

/* shell_act.c */
/* An event and, one after the other, those that its actions bring about. */
void kiosk_shell_take(struct kiosk_shell *s, enum kiosk_event event, int arg);
/* Now, by the station's clock. */
struct tbc_utc kiosk_shell_time(const struct kiosk_shell *s);
/* One line on standard output when the screen is another than the last told. */
void kiosk_shell_tell_screen(struct kiosk_shell *s, enum kiosk_screen screen);

#endif
