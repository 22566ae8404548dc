#include "passage.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct tbc_mono
at(int64_t ms)
{
    return (struct tbc_mono){ ms };
}

static void
each_person_is_counted_once(void)
{
    struct gate_beam b = { 0 };

    CU_ASSERT(!gate_beam_step(&b, false, false, at(1000)));
    CU_ASSERT(gate_beam_step(&b, true, true, at(1010)));
    CU_ASSERT(!gate_beam_step(&b, true, false, at(1060)));
    CU_ASSERT(!gate_beam_step(&b, false, false, at(1300)));
    CU_ASSERT(gate_beam_step(&b, true, true, at(1300 + GATE_PASSAGE_QUIET_MS)));
}

static void
swinging_bag_is_no_second_person(void)
{
    struct gate_beam b = { 0 };

    (void)gate_beam_step(&b, false, false, at(0));
    CU_ASSERT(gate_beam_step(&b, true, true, at(10)));
    CU_ASSERT(!gate_beam_step(&b, false, false, at(200)));
    CU_ASSERT(!gate_beam_step(&b, true, true, at(200 + GATE_PASSAGE_QUIET_MS - 1)));
    CU_ASSERT(!gate_beam_step(&b, false, true, at(400)));
    CU_ASSERT(!gate_beam_step(&b, false, true, at(400 + GATE_PASSAGE_QUIET_MS - 1)));
    CU_ASSERT(gate_beam_step(&b, true, true, at(400 + 3 * GATE_PASSAGE_QUIET_MS)));
}

static void
pulse_between_two_looks_is_a_person(void)
{
    struct gate_beam b = { 0 };

    (void)gate_beam_step(&b, false, false, at(0));
    CU_ASSERT(gate_beam_step(&b, false, true, at(50)));
    CU_ASSERT(!gate_beam_step(&b, false, false, at(100)));
}

static void
beam_that_is_on_at_the_start_is_nobody(void)
{
    struct gate_beam b = { 0 };

    CU_ASSERT(!gate_beam_step(&b, true, true, at(0)));
    CU_ASSERT(!gate_beam_step(&b, true, false, at(500)));
    CU_ASSERT(!gate_beam_step(&b, false, false, at(600)));
    CU_ASSERT(gate_beam_step(&b, true, true, at(900)));
}

static void
clock_that_has_just_begun_counts_from_the_first_look(void)
{
    struct gate_beam b = { 0 };

    CU_ASSERT(!gate_beam_step(&b, false, false, at(0)));
    CU_ASSERT(gate_beam_step(&b, true, true, at(1)));
}

static void
put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT(fputs(text, f) >= 0);
    CU_ASSERT_EQUAL(fclose(f), 0);
}

static void
file_tells_who_passes_and_its_loss_is_nobody(void)
{
    char kind[64] = "file:/tmp/tbc-passage-XXXXXX";
    char *path = kind + strlen("file:");
    struct gate_passage *p = NULL;
    struct tbc_buf why = { 0 };
    int fd = mkstemp(path);

    CU_ASSERT_FATAL(fd >= 0);
    close(fd);
    put(path, "0");
    CU_ASSERT_EQUAL_FATAL(gate_passage_open(&p, NULL, kind, &why), TBC_OK);
    CU_ASSERT(!gate_passage_poll(p, at(0)));
    CU_ASSERT(gate_passage_is_well(p));
    put(path, "1");
    CU_ASSERT(gate_passage_poll(p, at(50)));
    CU_ASSERT(!gate_passage_poll(p, at(100)));
    (void)unlink(path);
    CU_ASSERT(!gate_passage_poll(p, at(150)));
    CU_ASSERT(!gate_passage_is_well(p));
    put(path, "0");
    CU_ASSERT(!gate_passage_poll(p, at(200)));
    CU_ASSERT(gate_passage_is_well(p));
    gate_passage_close(&p);
    CU_ASSERT_PTR_NULL(p);
    (void)unlink(path);
}

static void
gate_without_a_sensor_sees_nobody(void)
{
    struct gate_passage *p = NULL;
    struct tbc_buf why = { 0 };

    CU_ASSERT_EQUAL(gate_passage_open(&p, NULL, "none", &why), TBC_OK);
    CU_ASSERT_PTR_NULL(p);
    CU_ASSERT(!gate_passage_poll(p, at(0)));
    CU_ASSERT(!gate_passage_is_well(p));
    gate_passage_close(&p);
}

static void
wrong_kind_is_refused_with_the_way_out(void)
{
    struct gate_passage *p = NULL;
    struct tbc_buf why = { 0 };

    CU_ASSERT_EQUAL(gate_passage_open(&p, NULL, "mat", &why), TBC_ERR_UNSUPPORTED);
    CU_ASSERT_PTR_NOT_NULL(strstr(tbc_buf_str(&why), "know file"));
    tbc_buf_clear(&why);
    CU_ASSERT_EQUAL(gate_passage_open(&p, NULL, "gpio:x", &why), TBC_ERR_MALFORMED);
    tbc_buf_clear(&why);
    CU_ASSERT_EQUAL(gate_passage_open(&p, NULL, "file:/nowhere/at/all", &why),
                    TBC_ERR_NOT_FOUND);
    CU_ASSERT_PTR_NULL(p);
    tbc_buf_fini(&why);
}

TBC_SUITE("gate/passage", TEST(each_person_is_counted_once),
          TEST(swinging_bag_is_no_second_person),
          TEST(pulse_between_two_looks_is_a_person),
          TEST(beam_that_is_on_at_the_start_is_nobody),
          TEST(clock_that_has_just_begun_counts_from_the_first_look),
          TEST(file_tells_who_passes_and_its_loss_is_nobody),
          TEST(gate_without_a_sensor_sees_nobody),
          TEST(wrong_kind_is_refused_with_the_way_out))
