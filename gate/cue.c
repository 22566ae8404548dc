#include "cue.h"

static enum gate_cue
of_outcome(enum tbc_outcome outcome)
{
    switch (outcome) {
    case TBC_OUTCOME_ACCEPTED:
        return GATE_CUE_ACCEPTED;
    case TBC_OUTCOME_ACCEPTED_OFFLINE:
        return GATE_CUE_ACCEPTED_OFFLINE;
    case TBC_OUTCOME_REFUSED:
        return GATE_CUE_REFUSED;
    case TBC_OUTCOME_REFER:
        return GATE_CUE_REFER;
    case TBC_OUTCOME_WAIT:
        return GATE_CUE_WAIT;
    }
    return GATE_CUE_REFUSED;
}

enum gate_cue
gate_cue_of(enum gate_face face, enum tbc_verdict verdict, bool answers)
{
    switch (face) {
    case GATE_FACE_IDLE:
        return GATE_CUE_IDLE;
    case GATE_FACE_BUSY:
    case GATE_FACE_LOOK:
        return GATE_CUE_BUSY;
    case GATE_FACE_VERDICT:
        return of_outcome(tbc_verdict_outcome(verdict));
    case GATE_FACE_CLOCK_WRONG:
        return answers ? GATE_CUE_REFER : GATE_CUE_CLOSED;
    case GATE_FACE_FIRE_ALARM:
        return GATE_CUE_FIRE;
    case GATE_FACE_OUT_OF_ORDER:
        return GATE_CUE_CLOSED;
    }
    return GATE_CUE_CLOSED;
}
