#include "cue.h"
#include "suite.h"

static void
every_verdict_has_the_cue_of_its_outcome(void)
{
    static const enum gate_cue cues[] = {
        [TBC_OUTCOME_ACCEPTED] = GATE_CUE_ACCEPTED,
        [TBC_OUTCOME_ACCEPTED_OFFLINE] = GATE_CUE_ACCEPTED_OFFLINE,
        [TBC_OUTCOME_REFUSED] = GATE_CUE_REFUSED,
        [TBC_OUTCOME_REFER] = GATE_CUE_REFER,
        [TBC_OUTCOME_WAIT] = GATE_CUE_WAIT,
    };
    static const enum tbc_verdict verdicts[] = {
#define X(name, outcome) TBC_##name,
        TBC_VERDICT_LIST(X)
#undef X
    };

    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) {
        enum gate_cue cue = gate_cue_of(GATE_FACE_VERDICT, verdicts[i], true);
        bool goes = cue == GATE_CUE_ACCEPTED || cue == GATE_CUE_ACCEPTED_OFFLINE;

        CU_ASSERT_EQUAL(cue, cues[tbc_verdict_outcome(verdicts[i])]);
        CU_ASSERT_EQUAL(goes, tbc_verdict_opens(verdicts[i]));
    }
}

static void
faces_without_a_verdict_have_their_own(void)
{
    const enum tbc_verdict any =
        TBC_ACCEPTED; /* of the one before, and not to be told */

    CU_ASSERT_EQUAL(gate_cue_of(GATE_FACE_IDLE, any, false), GATE_CUE_IDLE);
    CU_ASSERT_EQUAL(gate_cue_of(GATE_FACE_BUSY, any, false), GATE_CUE_BUSY);
    CU_ASSERT_EQUAL(gate_cue_of(GATE_FACE_LOOK, any, false), GATE_CUE_BUSY);
    CU_ASSERT_EQUAL(gate_cue_of(GATE_FACE_FIRE_ALARM, any, false), GATE_CUE_FIRE);
    CU_ASSERT_EQUAL(gate_cue_of(GATE_FACE_OUT_OF_ORDER, any, false), GATE_CUE_CLOSED);
    CU_ASSERT_EQUAL(gate_cue_of(GATE_FACE_CLOCK_WRONG, any, false), GATE_CUE_CLOSED);
    CU_ASSERT_EQUAL(gate_cue_of(GATE_FACE_CLOCK_WRONG, any, true), GATE_CUE_REFER);
}

TBC_SUITE("gate/cue", TEST(every_verdict_has_the_cue_of_its_outcome),
          TEST(faces_without_a_verdict_have_their_own))
