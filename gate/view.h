/* Everything a gate's display shows, as plain data.  A view and a panel give a picture. */
#ifndef GATE_VIEW_H
#define GATE_VIEW_H

#include "rail/journey.h"
#include "rail/verdict.h"

/* What the screen is about; each has its row in assets/text/verdicts.tsv. */
enum gate_face {
    GATE_FACE_IDLE,
    GATE_FACE_BUSY,
    GATE_FACE_LOOK,    /* at the camera */
    GATE_FACE_VERDICT, /* with verdict */
    GATE_FACE_CLOCK_WRONG,
    GATE_FACE_FIRE_ALARM,
    GATE_FACE_OUT_OF_ORDER
};

struct gate_view {
    enum gate_face face;
    enum tbc_verdict verdict;
    bool offline;                /* the mode, always visible */
    struct tbc_utc now;          /* the clock on the idle screen */
    struct tbc_utc time;         /* {time} of the sentence; { 0 }: none */
    char language[4];            /* the holder's, "" or "zh": Chinese first */
    const struct tbc_trip *trip; /* accepted: train and platform; WRONG_STATION */
    const char *desk_zh;         /* {desk}: the way to a person */
    const char *desk_en;
    const char *station_zh;
    const char *station_en;
    unsigned passed_n; /* how many walked through; 0: not told */
    int64_t motion_ms; /* since this face came: blinking at 1 Hz for fire, wait dots */
};

#endif
