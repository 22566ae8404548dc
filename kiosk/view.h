/* Everything a kiosk screen shows, as plain data: the only thing that passes from the session to
 * the drawing.  A view and a panel give a picture; a picture and a point give an event.  Both are
 * pure, so that tests draw every screen without a kiosk. */
#ifndef KIOSK_VIEW_H
#define KIOSK_VIEW_H

#include "event.h"
#include "rail/journey.h"
#include "rail/person.h"

#define KIOSK_TRIPS_MAX 4

#define KIOSK_SCREEN_LIST(X)                                          \
    X(ATTRACT)                                                        \
    X(LANGUAGE) /* the sheet, over any later screen; input is kept */ \
    X(CONSENT)                                                        \
    X(NOTICE)                                                         \
    X(DOCUMENT)                                                       \
    X(NUMBER)                                                         \
    X(FACE)                                                           \
    X(CHECKING)                                                       \
    X(CONFIRM)                                                        \
    X(CERTIFICATE)                                                    \
    X(DESK)                                                           \
    X(TIME_OUT)                                                       \
    X(OFFLINE)                                                        \
    X(CLOSED)

enum kiosk_screen {
#define X(name) KIOSK_##name,
    KIOSK_SCREEN_LIST(X)
#undef X
    KIOSK_SCREEN_N
};

/* In the order of the language sheet.  Only those that are complete in assets/text are shown. */
enum kiosk_language {
    KIOSK_ZH,
    KIOSK_EN,
    KIOSK_LANGUAGE_N
};

enum kiosk_size {
    KIOSK_SIZE_SMALL,
    KIOSK_SIZE_NORMAL,
    KIOSK_SIZE_LARGE,
    KIOSK_SIZE_HUGE
};

/* What the camera wants of the passenger; word keys face.fit, face.closer, ... */
enum kiosk_hint {
    KIOSK_HINT_FIT,
    KIOSK_HINT_CLOSER,
    KIOSK_HINT_FARTHER,
    KIOSK_HINT_STRAIGHT,
    KIOSK_HINT_ONE,
    KIOSK_HINT_STILL,
    KIOSK_HINT_DARK,
    KIOSK_HINT_BRIGHT,
    KIOSK_HINT_UNCOVER,
    KIOSK_HINT_TURN_LEFT,
    KIOSK_HINT_TURN_RIGHT,
    KIOSK_HINT_CENTRE,
    KIOSK_HINT_AGAIN
};

/* 24-bit RGB, rows of stride bytes; borrowed. */
struct kiosk_frame {
    const unsigned char *rgb;
    int width;
    int height;
    int stride;
};

/* The three steps that the checking screen lights in turn. */
enum kiosk_check {
    KIOSK_CHECK_PHOTO,
    KIOSK_CHECK_COMPARE,
    KIOSK_CHECK_TRAINS
};

struct kiosk_view {
    enum kiosk_screen screen;
    enum kiosk_screen under; /* TIME_OUT, LANGUAGE: what lies below and comes back */
    enum kiosk_language language;
    enum kiosk_size size;
    bool contrast;
    bool low;
    bool offline;
    bool quiet; /* a touch is being served: the buttons rest */
    int page;   /* of content that does not fit (huge text, notice) */
    const char *station_zh;
    const char *station_en;
    struct tbc_utc now;
    int64_t motion_ms; /* since this screen came: waiting dots, the line's run */
    enum kiosk_event
        pressed; /* the control under the finger, drawn pressed; NONE otherwise */
    int pressed_arg;

    bool gate_faces; /* CONSENT, NOTICE: gates with a camera compare too */

    enum tbc_doc_kind kind;          /* NUMBER, CONFIRM */
    char number[TBC_NUMBER_MAX + 1]; /* NUMBER: as typed so far */
    enum tbc_doc_fault number_fault; /* NUMBER: TOO_SHORT while typing */
    bool number_unknown;             /* NUMBER: the roster does not know it */

    struct kiosk_frame frame; /* FACE: rgb NULL before the first picture */
    enum kiosk_hint hint;     /* FACE */
    double face_progress;     /* FACE: 0..1, the ring */
    int tries_left;           /* FACE: shown with HINT_AGAIN */

    enum kiosk_check check; /* CHECKING */

    char masked_name[TBC_NAME_MAX +
                     1]; /* CONFIRM, CERTIFICATE: in the view's language */
    char masked_number[TBC_NUMBER_MAX + 1]; /* CONFIRM */
    struct tbc_trip
        trips[KIOSK_TRIPS_MAX]; /* CONFIRM, CERTIFICATE: today's, by departure */
    size_t trips_n;

    const char *qr_text;    /* CERTIFICATE: borrowed */
    struct tbc_utc expires; /* CERTIFICATE */
    int seconds_left;       /* CERTIFICATE, TIME_OUT, DESK: until it clears itself */
    int seconds_whole;      /* the length of that countdown */
    bool printing;          /* CERTIFICATE */
    bool paper_out;         /* CERTIFICATE */
    bool has_printer; /* CERTIFICATE: without one the print button does not show */

    int desk_number;         /* DESK: 0 while none is known */
    int desk_ahead;          /* DESK: -1 unknown */
    const char *desk_reason; /* DESK: word key of one more sentence, or NULL */
};

#endif
