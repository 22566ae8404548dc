#include "signer_count.h"
#include "suite.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_BOOT  "11111111-1111-1111-1111-111111111111"
#define SECOND_BOOT "22222222-2222-2222-2222-222222222222"

static char path[] = "/tmp/tbc-count-XXXXXX";
static const struct tbc_utc noon = { 1770000000 };

static void
remove_file(void)
{
    (void)unlink(path);
}

/* No file at all. */
static void
begin(void)
{
    static bool made;

    if (!made) {
        int fd = mkstemp(path);

        made = fd >= 0 && close(fd) == 0 && atexit(remove_file) == 0;
        CU_ASSERT_FATAL(made);
    }
    remove_file();
}

/* The process dies: what it wrote is there, and nothing was said at its end. */
static void
die(struct signer_count *c)
{
    (void)close(c->fd);
    c->fd = -1;
}

static void
add(struct signer_count *c, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        CU_ASSERT_EQUAL_FATAL(signer_count_add(c, 1, noon), TBC_OK);
    }
}

static void
it_begins_with_nought_and_counts(void)
{
    struct signer_count c;

    begin();
    CU_ASSERT_EQUAL_FATAL(signer_count_open(&c, path, FIRST_BOOT), TBC_OK);
    CU_ASSERT_EQUAL(c.signed_n, 0);
    add(&c, 3);
    CU_ASSERT_EQUAL(c.let, SIGNER_COUNT_BLOCK + 1);
    signer_count_close(&c);
    CU_ASSERT_EQUAL_FATAL(signer_count_open(&c, path, SECOND_BOOT), TBC_OK);
    CU_ASSERT_EQUAL(c.signed_n, 3);
    CU_ASSERT_EQUAL(c.doubt, 0);
    CU_ASSERT_EQUAL(c.floor.s, noon.s);
    die(&c);
}

static void
a_process_that_dies_has_counted_what_it_signed(void)
{
    struct signer_count c;

    begin();
    CU_ASSERT_EQUAL_FATAL(signer_count_open(&c, path, FIRST_BOOT), TBC_OK);
    add(&c, SIGNER_COUNT_BLOCK + 5);
    die(&c);
    CU_ASSERT_EQUAL_FATAL(signer_count_open(&c, path, FIRST_BOOT), TBC_OK);
    CU_ASSERT_EQUAL(c.signed_n, SIGNER_COUNT_BLOCK + 5);
    CU_ASSERT_EQUAL(c.doubt, 0);
    die(&c);
}

/* What was let is counted as signed, and said to be in doubt; also when nobody knows the boot. */
static void
after_a_loss_of_power_it_counts_too_many_and_never_too_few(void)
{
    static const char *const boots[] = { SECOND_BOOT, "" };

    for (size_t i = 0; i < 2; i++) {
        struct signer_count c;

        begin();
        CU_ASSERT_EQUAL_FATAL(signer_count_open(&c, path, FIRST_BOOT), TBC_OK);
        add(&c, 3);
        die(&c);
        CU_ASSERT_EQUAL_FATAL(signer_count_open(&c, path, boots[i]), TBC_OK);
        CU_ASSERT_EQUAL(c.signed_n, SIGNER_COUNT_BLOCK + 1);
        CU_ASSERT_EQUAL(c.doubt, SIGNER_COUNT_BLOCK + 1 - 3);
        die(&c);
    }
}

static void
anything_else_in_the_file_is_refused(void)
{
    struct tbc_buf text = { 0 };
    struct signer_count c;

    begin();
    CU_ASSERT_EQUAL_FATAL(signer_count_open(&c, path, FIRST_BOOT), TBC_OK);
    add(&c, 3);
    die(&c);
    CU_ASSERT_EQUAL_FATAL(tbc_file_read(path, SIGNER_COUNT_FILE_MAX, &text), TBC_OK);
    for (size_t n = 0; n < text.len; n++) {
        CU_ASSERT_EQUAL(tbc_file_write(path, tbc_span_of(text.ptr, n), 0600), TBC_OK);
        CU_ASSERT_EQUAL(signer_count_open(&c, path, FIRST_BOOT), TBC_ERR_CORRUPT);
    }
    text.ptr[4] = 'x';
    CU_ASSERT_EQUAL(tbc_file_write(path, tbc_buf_span(&text), 0600), TBC_OK);
    CU_ASSERT_EQUAL(signer_count_open(&c, path, FIRST_BOOT), TBC_ERR_CORRUPT);
    text.ptr[4] = '9'; /* a number that no 64 bits hold */
    CU_ASSERT_EQUAL(tbc_file_write(path, tbc_buf_span(&text), 0600), TBC_OK);
    CU_ASSERT_EQUAL(signer_count_open(&c, path, FIRST_BOOT), TBC_ERR_CORRUPT);
    tbc_buf_fini(&text);
}

static void
a_count_that_cannot_be_written_signs_nothing(void)
{
    struct signer_count c;

    begin();
    CU_ASSERT_EQUAL_FATAL(signer_count_open(&c, path, FIRST_BOOT), TBC_OK);
    die(&c);
    CU_ASSERT_EQUAL(signer_count_add(&c, 1, noon), TBC_ERR_IO);
    CU_ASSERT_EQUAL(c.signed_n, 0);
}

TBC_SUITE("station/signer_count", TEST(it_begins_with_nought_and_counts),
          TEST(a_process_that_dies_has_counted_what_it_signed),
          TEST(after_a_loss_of_power_it_counts_too_many_and_never_too_few),
          TEST(anything_else_in_the_file_is_refused),
          TEST(a_count_that_cannot_be_written_signs_nothing))
