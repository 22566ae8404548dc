#include "port/input.h"
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

static void
make_path(void)
{
    int fd;

    (void)snprintf(path, sizeof path, "/tmp/tbc-input-XXXXXX");
    fd = mkstemp(path);
    CU_ASSERT_FATAL(fd >= 0);
    close(fd);
}

static enum tbc_err
open_file(struct tbc_input **input, const char *more, struct tbc_buf *why)
{
    struct tbc_port_spec spec;
    char text[128];

    (void)snprintf(text, sizeof text, "file:%s%s", path, more);
    CU_ASSERT_EQUAL_FATAL(tbc_port_parse(&spec, text, 1, why), TBC_OK);
    return tbc_input_open(input, NULL, &spec, why);
}

static void
file_is_on_while_it_begins_with_1(void)
{
    struct tbc_input *in = NULL;
    struct tbc_buf why = { 0 };
    struct tbc_level level;

    make_path();
    put("0\n");
    CU_ASSERT_EQUAL_FATAL(open_file(&in, "", &why), TBC_OK);
    CU_ASSERT_EQUAL(tbc_input_look(in, &level), TBC_OK);
    CU_ASSERT(!level.is_on && !level.has_risen);
    put("1\n");
    CU_ASSERT_EQUAL(tbc_input_look(in, &level), TBC_OK);
    CU_ASSERT(level.is_on && level.has_risen);
    CU_ASSERT_EQUAL(tbc_input_look(in, &level), TBC_OK);
    CU_ASSERT(level.is_on && !level.has_risen);
    tbc_input_close(&in);
    (void)unlink(path);
}

static void
active_low_turns_it_round(void)
{
    struct tbc_input *in = NULL;
    struct tbc_buf why = { 0 };
    struct tbc_level level;

    make_path();
    put("0");
    CU_ASSERT_EQUAL_FATAL(open_file(&in, ",active-low", &why), TBC_OK);
    CU_ASSERT_EQUAL(tbc_input_look(in, &level), TBC_OK);
    CU_ASSERT(level.is_on);
    put("1");
    CU_ASSERT_EQUAL(tbc_input_look(in, &level), TBC_OK);
    CU_ASSERT(!level.is_on);
    tbc_input_close(&in);
    (void)unlink(path);
}

static void
file_that_is_gone_or_empty_cannot_be_read_and_then_can(void)
{
    struct tbc_input *in = NULL;
    struct tbc_buf why = { 0 };
    struct tbc_level level = { .is_on = true };

    make_path();
    put("1");
    CU_ASSERT_EQUAL_FATAL(open_file(&in, "", &why), TBC_OK);
    put("");
    CU_ASSERT_EQUAL(tbc_input_look(in, &level), TBC_ERR_IO);
    CU_ASSERT(!level.is_on);
    (void)unlink(path);
    CU_ASSERT_EQUAL(tbc_input_look(in, &level), TBC_ERR_IO);
    put("1");
    CU_ASSERT_EQUAL(tbc_input_look(in, &level), TBC_OK);
    CU_ASSERT(level.is_on);
    tbc_input_close(&in);
    (void)unlink(path);
}

static void
missing_file_and_a_kind_that_is_not_read_are_named(void)
{
    struct tbc_input *in = NULL;
    struct tbc_buf why = { 0 };
    struct tbc_port_spec spec;

    (void)snprintf(path, sizeof path, "/tmp/tbc-input-none");
    CU_ASSERT_EQUAL(open_file(&in, "", &why), TBC_ERR_NOT_FOUND);
    CU_ASSERT_PTR_NULL(in);
    CU_ASSERT_STRING_EQUAL(tbc_buf_str(&why), "/tmp/tbc-input-none: not found");
    tbc_buf_clear(&why);
    CU_ASSERT_EQUAL(tbc_port_parse(&spec, "serial:/dev/null", 1, &why), TBC_OK);
    CU_ASSERT_EQUAL(tbc_input_open(&in, NULL, &spec, &why), TBC_ERR_UNSUPPORTED);
    CU_ASSERT_PTR_NOT_NULL(strstr(tbc_buf_str(&why), "/dev/null"));
    tbc_buf_fini(&why);
    tbc_input_close(&in);
}

TBC_SUITE("port/input", TEST(file_is_on_while_it_begins_with_1),
          TEST(active_low_turns_it_round),
          TEST(file_that_is_gone_or_empty_cannot_be_read_and_then_can),
          TEST(missing_file_and_a_kind_that_is_not_read_are_named))
