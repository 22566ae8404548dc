/* What is told beside the display, by lamp and sound: few things, each unlike the others. */
#ifndef GATE_CUE_H
#define GATE_CUE_H

#include "view.h"

enum gate_cue {
    GATE_CUE_IDLE,
    GATE_CUE_BUSY,
    GATE_CUE_ACCEPTED,
    GATE_CUE_ACCEPTED_OFFLINE,
    GATE_CUE_REFUSED,
    GATE_CUE_REFER, /* to an officer */
    GATE_CUE_WAIT,  /* come back later */
    GATE_CUE_CLOSED,
    GATE_CUE_FIRE,
    GATE_CUE_N
};

/* answers: somebody has just presented a code, also when the face is not about the verdict. */
enum gate_cue gate_cue_of(enum gate_face face, enum tbc_verdict verdict, bool answers);

#endif
