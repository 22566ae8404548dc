/* Our use of libgpiod, against a chip in memory: there is none on most machines that test. */
#include "gpiod_fake.h"
#include "port/input.h"
#include "port/output.h"
#include "suite.h"

#include <string.h>

static enum tbc_err
open_line(struct tbc_input **input, const char *text, struct tbc_buf *why)
{
    struct tbc_port_spec spec;

    CU_ASSERT_EQUAL_FATAL(tbc_port_parse(&spec, text, 1, why), TBC_OK);
    return tbc_input_open(input, NULL, &spec, why);
}

static void
line_is_read_as_it_stands(void)
{
    struct tbc_input *in = NULL;
    struct tbc_buf why = { 0 };
    struct tbc_level level;

    gpiod_fake_reset();
    CU_ASSERT_EQUAL_FATAL(open_line(&in, "gpio:fake,3", &why), TBC_OK);
    CU_ASSERT_EQUAL(tbc_input_look(in, &level), TBC_OK);
    CU_ASSERT(!level.is_on && !level.has_risen);
    gpiod_fake_put(3, true);
    CU_ASSERT_EQUAL(tbc_input_look(in, &level), TBC_OK);
    CU_ASSERT(level.is_on && level.has_risen);
    CU_ASSERT_EQUAL(tbc_input_look(in, &level), TBC_OK);
    CU_ASSERT(level.is_on && !level.has_risen);
    tbc_input_close(&in);
    CU_ASSERT_EQUAL(gpiod_fake.open_n, 0);
}

static void
short_pulse_between_two_looks_is_not_lost(void)
{
    struct tbc_input *in = NULL;
    struct tbc_buf why = { 0 };
    struct tbc_level level;

    gpiod_fake_reset();
    CU_ASSERT_EQUAL_FATAL(open_line(&in, "gpio:fake,0", &why), TBC_OK);
    gpiod_fake_put(0, true);
    gpiod_fake_put(0, false);
    CU_ASSERT_EQUAL(tbc_input_look(in, &level), TBC_OK);
    CU_ASSERT(!level.is_on && level.has_risen);
    CU_ASSERT_EQUAL(tbc_input_look(in, &level), TBC_OK);
    CU_ASSERT(!level.has_risen);
    tbc_input_close(&in);
}

static void
chip_without_interrupts_is_read_all_the_same(void)
{
    struct tbc_input *in = NULL;
    struct tbc_buf why = { 0 };
    struct tbc_level level;

    gpiod_fake_reset();
    gpiod_fake.no_events = true;
    CU_ASSERT_EQUAL_FATAL(open_line(&in, "gpio:fake,0", &why), TBC_OK);
    gpiod_fake_put(0, true);
    CU_ASSERT_EQUAL(tbc_input_look(in, &level), TBC_OK);
    CU_ASSERT(level.is_on && level.has_risen);
    tbc_input_close(&in);
}

static void
active_low_line_is_on_at_0(void)
{
    struct tbc_input *in = NULL;
    struct tbc_buf why = { 0 };
    struct tbc_level level;

    gpiod_fake_reset();
    CU_ASSERT_EQUAL_FATAL(open_line(&in, "gpio:fake,1,active-low", &why), TBC_OK);
    CU_ASSERT_EQUAL(tbc_input_look(in, &level), TBC_OK);
    CU_ASSERT(level.is_on);
    gpiod_fake_put(1, true);
    CU_ASSERT_EQUAL(tbc_input_look(in, &level), TBC_OK);
    CU_ASSERT(!level.is_on);
    tbc_input_close(&in);
}

static void
missing_chip_missing_line_and_line_in_use_are_named(void)
{
    struct tbc_input *in = NULL;
    struct tbc_buf why = { 0 };

    gpiod_fake_reset();
    CU_ASSERT_EQUAL(open_line(&in, "gpio:gpiochip7,0", &why), TBC_ERR_NOT_FOUND);
    CU_ASSERT_STRING_EQUAL(tbc_buf_str(&why), "gpiochip7: not found");
    tbc_buf_clear(&why);
    CU_ASSERT_EQUAL(open_line(&in, "gpio:fake,8", &why), TBC_ERR_IO);
    CU_ASSERT_STRING_EQUAL(tbc_buf_str(&why), "fake: line 8: input or output failed");
    tbc_buf_clear(&why);
    gpiod_fake.busy_line = 2;
    CU_ASSERT_EQUAL(open_line(&in, "gpio:fake,2", &why), TBC_ERR_BUSY);
    CU_ASSERT_PTR_NOT_NULL(strstr(tbc_buf_str(&why), "line 2: busy"));
    CU_ASSERT_PTR_NULL(in);
    CU_ASSERT_EQUAL(gpiod_fake.open_n, 0);
    tbc_buf_fini(&why);
}

static void
line_that_fails_is_an_error_and_not_a_level(void)
{
    struct tbc_input *in = NULL;
    struct tbc_buf why = { 0 };
    struct tbc_level level;

    gpiod_fake_reset();
    CU_ASSERT_EQUAL_FATAL(open_line(&in, "gpio:fake,0", &why), TBC_OK);
    gpiod_fake_put(0, true);
    gpiod_fake.unreadable = true;
    CU_ASSERT_EQUAL(tbc_input_look(in, &level), TBC_ERR_IO);
    CU_ASSERT(!level.is_on && !level.has_risen);
    tbc_input_close(&in);
}

static struct tbc_output *
open_output(const char *text, size_t points_n)
{
    struct tbc_output *out = NULL;
    struct tbc_port_spec spec;
    struct tbc_buf why = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_port_parse(&spec, text, points_n, &why), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_output_open(&out, NULL, &spec, &why), TBC_OK);
    return out;
}

static void
lines_are_off_once_opened_and_turn_together(void)
{
    struct tbc_output *out;

    gpiod_fake_reset();
    gpiod_fake_put(5, true);
    out = open_output("gpio:fake,4,5,6", 3);
    CU_ASSERT(!gpiod_fake.level[5]);
    CU_ASSERT_EQUAL(tbc_output_set(out, 5), TBC_OK);
    CU_ASSERT(gpiod_fake.level[4] && !gpiod_fake.level[5] && gpiod_fake.level[6]);
    CU_ASSERT_EQUAL(tbc_output_check(out), TBC_OK);
    tbc_output_close(&out);
    CU_ASSERT_EQUAL(gpiod_fake.open_n, 0);
}

static void
active_low_output_is_1_while_off(void)
{
    struct tbc_output *out;

    gpiod_fake_reset();
    out = open_output("gpio:fake,0,active-low", 1);
    CU_ASSERT(gpiod_fake.level[0]);
    CU_ASSERT_EQUAL(tbc_output_set(out, 1), TBC_OK);
    CU_ASSERT(!gpiod_fake.level[0]);
    tbc_output_close(&out);
}

static void
line_that_does_not_take_or_hold_its_level_is_a_fault(void)
{
    struct tbc_output *out;

    gpiod_fake_reset();
    out = open_output("gpio:fake,0", 1);
    gpiod_fake.unwritable = true;
    CU_ASSERT_EQUAL(tbc_output_set(out, 1), TBC_ERR_IO);
    gpiod_fake.unwritable = false;
    gpiod_fake.stuck = true;
    CU_ASSERT_EQUAL(tbc_output_set(out, 1), TBC_ERR_IO);
    gpiod_fake.stuck = false;
    CU_ASSERT_EQUAL(tbc_output_set(out, 1), TBC_OK);
    gpiod_fake_put(0, false); /* somebody pulls it down */
    CU_ASSERT_EQUAL(tbc_output_check(out), TBC_ERR_IO);
    tbc_output_close(&out);
}

static void
second_line_in_use_gives_the_first_one_back(void)
{
    struct tbc_output *out = NULL;
    struct tbc_port_spec spec;
    struct tbc_buf why = { 0 };

    gpiod_fake_reset();
    gpiod_fake.busy_line = 1;
    CU_ASSERT_EQUAL(tbc_port_parse(&spec, "gpio:fake,0,1,2", 3, &why), TBC_OK);
    CU_ASSERT_EQUAL(tbc_output_open(&out, NULL, &spec, &why), TBC_ERR_BUSY);
    CU_ASSERT_PTR_NULL(out);
    CU_ASSERT_EQUAL(gpiod_fake.open_n, 0);
    CU_ASSERT(!gpiod_fake.requested[0]);
    tbc_buf_fini(&why);
}

TBC_SUITE("port/gpio", TEST(line_is_read_as_it_stands),
          TEST(short_pulse_between_two_looks_is_not_lost),
          TEST(chip_without_interrupts_is_read_all_the_same),
          TEST(active_low_line_is_on_at_0),
          TEST(missing_chip_missing_line_and_line_in_use_are_named),
          TEST(line_that_fails_is_an_error_and_not_a_level),
          TEST(lines_are_off_once_opened_and_turn_together),
          TEST(active_low_output_is_1_while_off),
          TEST(line_that_does_not_take_or_hold_its_level_is_a_fault),
          TEST(second_line_in_use_gives_the_first_one_back))
