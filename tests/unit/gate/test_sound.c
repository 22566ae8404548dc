#include "sound.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct gate_sound *
open_sound(void)
{
    struct gate_sound *s = NULL;
    struct tbc_buf why = { 0 };
    char assets[512];

    (void)snprintf(assets, sizeof assets, "%s/assets", tbc_test_env("TBC_SOURCE_DIR"));
    CU_ASSERT_EQUAL(setenv("SDL_AUDIODRIVER", "dummy", 1), 0);
    CU_ASSERT_EQUAL_FATAL(gate_sound_open(&s, "default", 80, assets, &why), TBC_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    return s;
}

static struct tbc_mono
at(int64_t ms)
{
    return (struct tbc_mono){ ms };
}

static void
answer_sounds_at_once_and_once(void)
{
    for (int i = 0; i < GATE_CUE_N; i++) {
        enum gate_cue cue = (enum gate_cue)i;

        if (cue != GATE_CUE_BUSY && cue != GATE_CUE_IDLE) {
            CU_ASSERT(gate_sound_is_due(cue, -1, 0));
        }
        if (cue != GATE_CUE_BUSY) {
            CU_ASSERT(!gate_sound_is_due(cue, 0, 60000));
        }
    }
    CU_ASSERT(!gate_sound_is_due(GATE_CUE_IDLE, -1, 0));
}

static void
long_work_ticks_at_1_s_and_then_every_2_s(void)
{
    int ticks = 0;

    CU_ASSERT(!gate_sound_is_due(GATE_CUE_BUSY, -1, 999));
    CU_ASSERT(gate_sound_is_due(GATE_CUE_BUSY, 999, 1000));
    for (int64_t ms = 0; ms < 8000; ms += 50) {
        ticks += gate_sound_is_due(GATE_CUE_BUSY, ms - 50, ms) ? 1 : 0;
    }
    CU_ASSERT_EQUAL(ticks, 4); /* 1, 3, 5, 7 */
}

static void
every_outcome_is_heard_and_the_rest_is_silent(void)
{
    static const enum gate_cue heard[] = { GATE_CUE_ACCEPTED, GATE_CUE_ACCEPTED_OFFLINE,
                                           GATE_CUE_REFUSED, GATE_CUE_REFER,
                                           GATE_CUE_WAIT };
    struct gate_sound *s = open_sound();

    for (size_t i = 0; i < sizeof heard / sizeof *heard; i++) {
        gate_sound_tell(s, heard[i], at(1000 + (int64_t)i), 0);
        CU_ASSERT(gate_sound_is_playing(s));
        gate_sound_tell(s, GATE_CUE_FIRE, at(0), 0);
        CU_ASSERT(!gate_sound_is_playing(s)); /* the building's alarm is heard */
    }
    gate_sound_tell(s, GATE_CUE_CLOSED, at(0), 0);
    CU_ASSERT(!gate_sound_is_playing(s));
    gate_sound_close(&s);
}

static void
same_refusal_of_another_presentation_sounds_again(void)
{
    struct gate_sound *s = open_sound();

    gate_sound_tell(s, GATE_CUE_REFUSED, at(1000), 0);
    gate_sound_tell(s, GATE_CUE_FIRE, at(1000), 0);
    gate_sound_tell(s, GATE_CUE_REFUSED, at(1000), 0); /* another cue was between */
    CU_ASSERT(gate_sound_is_playing(s));
    gate_sound_close(&s);
    s = open_sound();
    gate_sound_tell(s, GATE_CUE_WAIT, at(1000), 0);
    gate_sound_tell(s, GATE_CUE_IDLE, at(1000), 0); /* cuts nothing short */
    CU_ASSERT(gate_sound_is_playing(s));
    gate_sound_close(&s);
}

static void
none_and_a_machine_without_sound_are_silence_and_no_error(void)
{
    struct gate_sound *s = NULL;
    struct tbc_buf why = { 0 };

    CU_ASSERT_EQUAL(gate_sound_open(&s, "none", 80, "/nowhere", &why), TBC_OK);
    CU_ASSERT_PTR_NULL(s);
    CU_ASSERT_EQUAL(setenv("SDL_AUDIODRIVER", "none-such", 1), 0);
    CU_ASSERT_EQUAL(gate_sound_open(&s, "default", 80, "/nowhere", &why), TBC_OK);
    CU_ASSERT_PTR_NULL(s);
    gate_sound_tell(s, GATE_CUE_ACCEPTED, at(0), 0);
    CU_ASSERT(!gate_sound_is_playing(s));
    gate_sound_close(&s);
}

static void
theme_that_is_missing_is_named(void)
{
    struct gate_sound *s = NULL;
    struct tbc_buf why = { 0 };

    CU_ASSERT_EQUAL(setenv("SDL_AUDIODRIVER", "dummy", 1), 0);
    CU_ASSERT_EQUAL(gate_sound_open(&s, "default", 80, "/nowhere", &why),
                    TBC_ERR_NOT_FOUND);
    CU_ASSERT_PTR_NULL(s);
    CU_ASSERT_PTR_NOT_NULL(strstr(tbc_buf_str(&why), "/nowhere/theme.conf"));
    tbc_buf_fini(&why);
}

TBC_SUITE("gate/sound", TEST(answer_sounds_at_once_and_once),
          TEST(long_work_ticks_at_1_s_and_then_every_2_s),
          TEST(every_outcome_is_heard_and_the_rest_is_silent),
          TEST(same_refusal_of_another_presentation_sounds_again),
          TEST(none_and_a_machine_without_sound_are_silence_and_no_error),
          TEST(theme_that_is_missing_is_named))
