#include "gpiod_fake.h"
#include "lamp.h"
#include "suite.h"

#include <string.h>

#define ROUND_MS 2000

static struct tbc_mono
at(int64_t ms)
{
    return (struct tbc_mono){ ms };
}

static struct gate_lamp *
open_lamp(void)
{
    struct gate_lamp *lamp = NULL;
    struct tbc_buf why = { 0 };

    gpiod_fake_reset();
    CU_ASSERT_EQUAL_FATAL(gate_lamp_open(&lamp, NULL, "gpio:fake,4,5,6", &why), TBC_OK);
    return lamp;
}

static bool
shines(bool green, bool red, bool amber)
{
    return gpiod_fake.level[4] == green && gpiod_fake.level[5] == red &&
           gpiod_fake.level[6] == amber;
}

/* The rhythm of one cue beside another's, for eyes without colours, whenever each began. */
static bool
is_same_rhythm(unsigned a, unsigned b)
{
    for (unsigned by = 0; by < 8; by++) {
        if (((b << by | b >> (8 - by)) & 0xff) == a) {
            return true;
        }
    }
    return false;
}

static void
no_two_cues_differ_by_colour_alone(void)
{
    for (int i = GATE_CUE_ACCEPTED; i < GATE_CUE_N; i++) {
        CU_ASSERT(gate_rhythms[i].lights != 0 && gate_rhythms[i].slots != 0);
        for (int j = i + 1; j < GATE_CUE_N; j++) {
            CU_ASSERT(!is_same_rhythm(gate_rhythms[i].slots, gate_rhythms[j].slots));
        }
    }
    CU_ASSERT_EQUAL(gate_rhythms[GATE_CUE_IDLE].lights, 0);
}

static void
nothing_flashes_more_than_thrice_a_second(void)
{
    for (int i = 0; i < GATE_CUE_N; i++) {
        int rises = 0;

        for (unsigned s = 0; s < 8; s++) {
            bool is_on = (gate_rhythms[i].slots >> s & 1) != 0;
            bool was_on = (gate_rhythms[i].slots >> ((s + 7) % 8) & 1) != 0;

            rises += is_on && !was_on ? 1 : 0;
        }
        CU_ASSERT(rises * 1000 <= 3 * ROUND_MS);
    }
}

static void
green_is_for_going_and_red_and_amber_never_are(void)
{
    CU_ASSERT_EQUAL(gate_rhythms[GATE_CUE_ACCEPTED].lights, GATE_LIGHT_GREEN);
    CU_ASSERT_EQUAL(gate_rhythms[GATE_CUE_ACCEPTED_OFFLINE].lights, GATE_LIGHT_GREEN);
    CU_ASSERT_EQUAL(gate_rhythms[GATE_CUE_FIRE].lights, GATE_LIGHT_GREEN);
    CU_ASSERT_EQUAL(gate_rhythms[GATE_CUE_REFUSED].lights & GATE_LIGHT_GREEN, 0);
    CU_ASSERT_EQUAL(gate_rhythms[GATE_CUE_REFER].lights & GATE_LIGHT_GREEN, 0);
    CU_ASSERT_EQUAL(gate_rhythms[GATE_CUE_WAIT].lights & GATE_LIGHT_GREEN, 0);
    CU_ASSERT_EQUAL(gate_rhythms[GATE_CUE_CLOSED].lights & GATE_LIGHT_GREEN, 0);
}

static void
lights_begin_at_once_and_come_round(void)
{
    for (int i = GATE_CUE_ACCEPTED; i < GATE_CUE_N; i++) {
        enum gate_cue cue = (enum gate_cue)i;

        CU_ASSERT_EQUAL(gate_lamp_lights(cue, 0), gate_rhythms[i].lights);
        for (int64_t ms = 0; ms < ROUND_MS; ms += GATE_LAMP_SLOT_MS) {
            CU_ASSERT_EQUAL(gate_lamp_lights(cue, ms),
                            gate_lamp_lights(cue, ms + ROUND_MS));
        }
    }
    CU_ASSERT_EQUAL(gate_lamp_lights(GATE_CUE_REFUSED, GATE_LAMP_SLOT_MS), 0);
}

static void
lines_follow_the_cue_and_are_dark_at_the_end(void)
{
    struct gate_lamp *lamp = open_lamp();

    CU_ASSERT(shines(false, false, false));
    gate_lamp_show(lamp, GATE_CUE_ACCEPTED, 0, at(0));
    CU_ASSERT(shines(true, false, false));
    gate_lamp_show(lamp, GATE_CUE_REFUSED, 0, at(50));
    CU_ASSERT(shines(false, true, false));
    gate_lamp_show(lamp, GATE_CUE_REFUSED, GATE_LAMP_SLOT_MS, at(300));
    CU_ASSERT(shines(false, false, false));
    gate_lamp_show(lamp, GATE_CUE_REFER, 0, at(400));
    CU_ASSERT(shines(false, false, true));
    gate_lamp_close(&lamp);
    CU_ASSERT(shines(false, false, false));
    CU_ASSERT_EQUAL(gpiod_fake.open_n, 0);
}

static void
lamp_that_does_not_obey_is_reached_again(void)
{
    struct gate_lamp *lamp = open_lamp();

    gpiod_fake.unwritable = true;
    gate_lamp_show(lamp, GATE_CUE_ACCEPTED, 0, at(10000));
    CU_ASSERT_EQUAL(gpiod_fake.open_n, 0);
    gpiod_fake.unwritable = false;
    gate_lamp_show(lamp, GATE_CUE_ACCEPTED, 0, at(10000 + GATE_LAMP_AGAIN_MS - 1));
    CU_ASSERT(shines(false, false, false));
    gate_lamp_show(lamp, GATE_CUE_ACCEPTED, 0, at(10000 + GATE_LAMP_AGAIN_MS));
    CU_ASSERT(shines(true, false, false));
    gate_lamp_close(&lamp);
}

static void
gate_without_a_lamp_shows_nothing_and_wrong_kinds_are_named(void)
{
    struct gate_lamp *lamp = NULL;
    struct tbc_buf why = { 0 };

    CU_ASSERT_EQUAL(gate_lamp_open(&lamp, NULL, "none", &why), TBC_OK);
    CU_ASSERT_PTR_NULL(lamp);
    gate_lamp_show(lamp, GATE_CUE_ACCEPTED, 0, at(0));
    gate_lamp_close(&lamp);
    CU_ASSERT_EQUAL(gate_lamp_open(&lamp, NULL, "gpio:fake,1", &why),
                    TBC_ERR_MALFORMED);
    CU_ASSERT_PTR_NOT_NULL(strstr(tbc_buf_str(&why), "3 points"));
    CU_ASSERT_PTR_NULL(lamp);
    tbc_buf_fini(&why);
}

TBC_SUITE("gate/lamp", TEST(no_two_cues_differ_by_colour_alone),
          TEST(nothing_flashes_more_than_thrice_a_second),
          TEST(green_is_for_going_and_red_and_amber_never_are),
          TEST(lights_begin_at_once_and_come_round),
          TEST(lines_follow_the_cue_and_are_dark_at_the_end),
          TEST(lamp_that_does_not_obey_is_reached_again),
          TEST(gate_without_a_lamp_shows_nothing_and_wrong_kinds_are_named))
