/* The kiosk's command line.  Strings are borrowed from argv and the environment. */
#ifndef KIOSK_OPTIONS_H
#define KIOSK_OPTIONS_H

#include "base/buf.h"

#define KIOSK_PATH_MAX 1023

struct kiosk_options {
    const char *device;
    const char *camera;
    const char *models; /* NULL: build/models of the tree, or the installed ones */
    const char *assets; /* NULL: the same */
    const char *panel;
    const char *printer;
    const char *script; /* NULL: no script */
    const char *shots;  /* folder for pictures of the window */
    const char *front;  /* NULL: the device file's */
    int width_px;       /* of the window; 0: as the panel */
    int height_px;
    bool full_screen;
    bool help;
    bool version;
};

/* why: on error one line.  ERR_MALFORMED: wrong usage. */
enum tbc_err kiosk_options_read(struct kiosk_options *options, int argc, char **argv,
                                struct tbc_buf *why) TBC_MUST_CHECK;

const char *kiosk_options_help(void);

/* Find a folder of data: the one named, else $VARIABLE, else beside the build tree of this
 * program, else the installed one.  Always NUL-terminated. */
void kiosk_find_folder(const char *named, const char *variable, const char *in_tree,
                       const char *installed, char path[static KIOSK_PATH_MAX + 1]);

#endif
