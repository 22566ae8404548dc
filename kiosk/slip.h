/* The two slips of paper, drawn for a thermal printer of 80 mm: 576 dots wide, 8 dots a mm, black
 * on white.  Chinese and English stand on both, whatever language was chosen: gates, officers
 * and relatives read them too. */
#ifndef KIOSK_SLIP_H
#define KIOSK_SLIP_H

#include "image/picture.h"
#include "rail/journey.h"
#include "ui/theme.h"
#include "ui/words.h"

#define KIOSK_SLIP_DOTS 576

struct kiosk_slip_style {
    const struct tbc_theme *theme;
    const struct tbc_words *words;
    const char *icons; /* folder */
};

struct kiosk_certificate_slip {
    const char *qr_text;
    const char *name;            /* masked */
    const char *number;          /* masked */
    const struct tbc_trip *trip; /* NULL: none today */
    struct tbc_utc expires;
    struct tbc_utc issued;
    const char *station_zh;
    const char *device;
    const char *log; /* the newest checkpoint of the station's log in short; "": none */
};

struct kiosk_desk_slip {
    int number;
    const char *where_zh; /* the way to the desk; NULL: the table's words */
    const char *where_en;
    const char *typed; /* text of a QR code for the desk; NULL: nothing was typed */
};

/* A grey picture as long as it needs.  Errors: ERR_LIMIT (the QR text), ERR_NOT_FOUND (an icon),
 * ERR_NO_MEMORY. */
enum tbc_err kiosk_slip_certificate(const struct kiosk_slip_style *style,
                                    const struct kiosk_certificate_slip *slip,
                                    struct tbc_picture *picture) TBC_MUST_CHECK;
enum tbc_err kiosk_slip_desk(const struct kiosk_slip_style *style,
                             const struct kiosk_desk_slip *slip,
                             struct tbc_picture *picture) TBC_MUST_CHECK;

#endif
