#include "barrier.h"
#include "gpiod_fake.h"
#include "suite.h"

#include <string.h>

static void
log_moves_nothing_and_always_obeys(void)
{
    struct gate_barrier *b = NULL;
    struct tbc_buf why = { 0 };

    CU_ASSERT_EQUAL_FATAL(gate_barrier_open(&b, NULL, "log", false, &why), TBC_OK);
    CU_ASSERT_EQUAL(gate_barrier_move(b, true), TBC_OK);
    CU_ASSERT_EQUAL(gate_barrier_move(b, false), TBC_OK);
    CU_ASSERT_EQUAL(gate_barrier_check(b), TBC_OK);
    gate_barrier_close(&b);
    CU_ASSERT_PTR_NULL(b);
}

static void
line_is_shut_at_the_start_and_left_as_it_stands_at_the_end(void)
{
    struct gate_barrier *b = NULL;
    struct tbc_buf why = { 0 };

    gpiod_fake_reset();
    gpiod_fake_put(2, true);
    CU_ASSERT_EQUAL_FATAL(gate_barrier_open(&b, NULL, "gpio:fake,2", false, &why),
                          TBC_OK);
    CU_ASSERT(!gpiod_fake.level[2]);
    CU_ASSERT_EQUAL(gate_barrier_move(b, true), TBC_OK);
    CU_ASSERT(gpiod_fake.level[2]);
    gate_barrier_close(&b);
    CU_ASSERT(gpiod_fake.level[2]);
}

static void
barrier_that_is_found_in_a_fire_is_opened_at_once(void)
{
    struct gate_barrier *b = NULL;
    struct tbc_buf why = { 0 };

    gpiod_fake_reset();
    CU_ASSERT_EQUAL_FATAL(gate_barrier_open(&b, NULL, "gpio:fake,2", true, &why),
                          TBC_OK);
    CU_ASSERT(gpiod_fake.level[2]);
    gate_barrier_close(&b);
}

static void
barrier_that_stands_otherwise_than_told_is_noticed(void)
{
    struct gate_barrier *b = NULL;
    struct tbc_buf why = { 0 };

    gpiod_fake_reset();
    CU_ASSERT_EQUAL_FATAL(gate_barrier_open(&b, NULL, "gpio:fake,0", false, &why),
                          TBC_OK);
    CU_ASSERT_EQUAL(gate_barrier_check(b), TBC_OK);
    gpiod_fake_put(0, true);
    CU_ASSERT_EQUAL(gate_barrier_check(b), TBC_ERR_IO);
    gpiod_fake.stuck = true;
    CU_ASSERT_EQUAL(gate_barrier_move(b, false), TBC_ERR_IO);
    gate_barrier_close(&b);
    CU_ASSERT_EQUAL(gate_barrier_open(&b, NULL, "gpio:fake,0", false, &why),
                    TBC_ERR_IO);
    CU_ASSERT_PTR_NULL(b);
    CU_ASSERT_STRING_EQUAL(tbc_buf_str(&why), "gpio:fake,0: does not take commands");
    tbc_buf_fini(&why);
}

static void
wrong_kinds_are_refused_with_the_way_out(void)
{
    static const char *const wrong[] = { "levitation", "log:1", "gpio:fake",
                                         "file:/tmp/x", "serial:" };

    gpiod_fake_reset();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct gate_barrier *b = NULL;
        struct tbc_buf why = { 0 };

        CU_ASSERT_NOT_EQUAL(gate_barrier_open(&b, NULL, wrong[i], false, &why), TBC_OK);
        CU_ASSERT_PTR_NULL(b);
        CU_ASSERT(why.len > 0);
        tbc_buf_fini(&why);
    }
    CU_ASSERT_EQUAL(gpiod_fake.open_n, 0);
}

TBC_SUITE("gate/barrier", TEST(log_moves_nothing_and_always_obeys),
          TEST(line_is_shut_at_the_start_and_left_as_it_stands_at_the_end),
          TEST(barrier_that_is_found_in_a_fire_is_opened_at_once),
          TEST(barrier_that_stands_otherwise_than_told_is_noticed),
          TEST(wrong_kinds_are_refused_with_the_way_out))
