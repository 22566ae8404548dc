/* The slip printer.  "file:DIR" writes each slip as a picture into a folder, by time of day, and
 * is out of paper while DIR/paper-out is there; "none" is a kiosk without one. */
#ifndef KIOSK_PRINTER_H
#define KIOSK_PRINTER_H

#include "base/buf.h"
#include "base/when.h"
#include "image/picture.h"

struct kiosk_printer {
    const char *folder; /* borrowed; NULL: there is no printer */
    unsigned printed;   /* since the start; keeps names apart within one second */
};

/* name: "file:DIR" or "none".  why: one line on error.  ERR_MALFORMED, ERR_NOT_FOUND. */
enum tbc_err kiosk_printer_open(struct kiosk_printer *printer, const char *name,
                                struct tbc_buf *why) TBC_MUST_CHECK;

/* Asked before and after each slip. */
bool kiosk_printer_has_paper(const struct kiosk_printer *printer);

/* kind: "certificate" or "desk", part of the file's name.  path (may be NULL) receives where it
 * went.  ERR_NOT_FOUND: no paper; ERR_IO. */
enum tbc_err
kiosk_printer_print(struct kiosk_printer *printer, const struct tbc_picture *slip,
                    const char *kind, struct tbc_utc now,
                    struct tbc_buf *path) TBC_MUST_CHECK;

#endif
