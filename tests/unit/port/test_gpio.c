/* Our use of libgpiod, against a chip in memory: there is none on most machines that test. */
#include "gpiod_fake.h"
#include "port/input.h"
#include "suite.h"

#include <string.h>

static enum tbc_err
open_line(struct tbc_input **input, const char *text, struct tbc_buf *why)
{
    struct tbc_port_spec spec;

    CU_ASSERT_EQUAL_FATAL(tbc_port_parse(&spec, text, 1, why), TBC_OK);
    return tbc_input_open(input, &spec, why);
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

TBC_SUITE("port/gpio", TEST(line_is_read_as_it_stands),
          TEST(short_pulse_between_two_looks_is_not_lost),
          TEST(chip_without_interrupts_is_read_all_the_same),
          TEST(active_low_line_is_on_at_0),
          TEST(missing_chip_missing_line_and_line_in_use_are_named),
          TEST(line_that_fails_is_an_error_and_not_a_level))
