#include "fire.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[64];

static void
put(const char *text)
{
    FILE *f = fopen(path, "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT(fputs(text, f) >= 0);
    CU_ASSERT_EQUAL(fclose(f), 0);
}

static struct gate_fire *
open_file(const char *before, const char *behind)
{
    struct gate_fire *fire = NULL;
    struct tbc_buf why = { 0 };
    char kind[96];
    int fd;

    (void)snprintf(path, sizeof path, "/tmp/tbc-fire-XXXXXX");
    fd = mkstemp(path);
    CU_ASSERT_FATAL(fd >= 0);
    close(fd);
    (void)snprintf(kind, sizeof kind, "%s%s%s", before, path, behind);
    CU_ASSERT_EQUAL_FATAL(gate_fire_open(&fire, NULL, kind, &why), TBC_OK);
    return fire;
}

static struct tbc_mono
at(int64_t ms)
{
    return (struct tbc_mono){ ms };
}

static void
path_alone_is_a_file_and_is_looked_at_ten_times_a_second(void)
{
    struct gate_fire *fire = open_file("", "");

    put("1");
    CU_ASSERT_EQUAL(gate_fire_look(fire, at(0)), GATE_FIRE_ON); /* the first look too */
    put("0");
    CU_ASSERT_EQUAL(gate_fire_look(fire, at(GATE_FIRE_LOOK_MS - 1)), GATE_FIRE_SAME);
    CU_ASSERT_EQUAL(gate_fire_look(fire, at(GATE_FIRE_LOOK_MS)), GATE_FIRE_OFF);
    CU_ASSERT_EQUAL(gate_fire_look(fire, at(2 * GATE_FIRE_LOOK_MS)), GATE_FIRE_SAME);
    gate_fire_close(&fire);
    (void)unlink(path);
}

static void
active_low_alarm_is_fire_at_0(void)
{
    struct gate_fire *fire = open_file("file:", ",active-low");

    put("1");
    CU_ASSERT_EQUAL(gate_fire_look(fire, at(0)), GATE_FIRE_SAME);
    put("0");
    CU_ASSERT_EQUAL(gate_fire_look(fire, at(200)), GATE_FIRE_ON);
    gate_fire_close(&fire);
    (void)unlink(path);
}

static void
alarm_that_cannot_be_read_stays_and_is_told_each_minute(void)
{
    struct gate_fire *fire = open_file("", "");

    put("1");
    CU_ASSERT_EQUAL(gate_fire_look(fire, at(0)), GATE_FIRE_ON);
    (void)unlink(path);
    CU_ASSERT_EQUAL(gate_fire_look(fire, at(100)), GATE_FIRE_LOST);
    CU_ASSERT_EQUAL(gate_fire_look(fire, at(200)), GATE_FIRE_SAME);
    CU_ASSERT_EQUAL(gate_fire_look(fire, at(100 + GATE_FIRE_AGAIN_MS)), GATE_FIRE_LOST);
    put("1");
    CU_ASSERT_EQUAL(gate_fire_look(fire, at(300 + GATE_FIRE_AGAIN_MS)), GATE_FIRE_BACK);
    put("");
    CU_ASSERT_EQUAL(gate_fire_look(fire, at(400 + GATE_FIRE_AGAIN_MS)), GATE_FIRE_LOST);
    put("0");
    CU_ASSERT_EQUAL(gate_fire_look(fire, at(500 + GATE_FIRE_AGAIN_MS)), GATE_FIRE_OFF);
    gate_fire_close(&fire);
    (void)unlink(path);
}

static void
gate_without_an_alarm_never_has_fire(void)
{
    struct gate_fire *fire = NULL;
    struct tbc_buf why = { 0 };

    CU_ASSERT_EQUAL(gate_fire_open(&fire, NULL, NULL, &why), TBC_OK);
    CU_ASSERT_PTR_NULL(fire);
    CU_ASSERT_EQUAL(gate_fire_look(fire, at(0)), GATE_FIRE_SAME);
    gate_fire_close(&fire);
}

static void
missing_input_is_named_at_the_start(void)
{
    struct gate_fire *fire = NULL;
    struct tbc_buf why = { 0 };

    CU_ASSERT_EQUAL(gate_fire_open(&fire, NULL, "/nowhere/fire", &why),
                    TBC_ERR_NOT_FOUND);
    CU_ASSERT_STRING_EQUAL(tbc_buf_str(&why), "/nowhere/fire: not found");
    tbc_buf_clear(&why);
    CU_ASSERT_EQUAL(gate_fire_open(&fire, NULL, "gpio:chip", &why), TBC_ERR_MALFORMED);
    CU_ASSERT_PTR_NULL(fire);
    tbc_buf_fini(&why);
}

TBC_SUITE("gate/fire", TEST(path_alone_is_a_file_and_is_looked_at_ten_times_a_second),
          TEST(active_low_alarm_is_fire_at_0),
          TEST(alarm_that_cannot_be_read_stays_and_is_told_each_minute),
          TEST(gate_without_an_alarm_never_has_fire),
          TEST(missing_input_is_named_at_the_start))
