#include "base/buf.h"
#include "suite.h"

#include <string.h>
#include <wchar.h>

static void
fixed_storage_never_grows_and_remembers_the_failure(void)
{
    uint8_t storage[4];
    struct tbc_buf b;

    tbc_buf_init_fixed(&b, storage, sizeof storage);
    CU_ASSERT_EQUAL(tbc_buf_append_str(&b, "abc"), TBC_OK);
    CU_ASSERT_EQUAL(tbc_buf_append_str(&b, "de"), TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(tbc_buf_append_str(&b, "f"), TBC_OK);
    CU_ASSERT_EQUAL(tbc_buf_status(&b), TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(b.len, 4);
    CU_ASSERT_EQUAL(memcmp(storage, "abcf", 4), 0);
    tbc_buf_clear(&b);
    CU_ASSERT_EQUAL(tbc_buf_status(&b), TBC_OK);
    CU_ASSERT_EQUAL(storage[0], 0);
}

static void
heap_storage_grows_and_prints(void)
{
    struct tbc_buf b = { 0 };

    for (int i = 0; i < 1000; i++) {
        CU_ASSERT_EQUAL(tbc_buf_printf(&b, "%04d", i), TBC_OK);
    }
    CU_ASSERT_EQUAL(b.len, 4000);
    CU_ASSERT_EQUAL(memcmp(b.ptr + 3996, "0999", 4), 0);
    CU_ASSERT_EQUAL(strlen(tbc_buf_str(&b)), 4000);
    CU_ASSERT_EQUAL(tbc_buf_reserve(&b, SIZE_MAX / 2), TBC_ERR_LIMIT);
    tbc_buf_fini(&b);
    CU_ASSERT_PTR_NULL(b.ptr);
}

static void
what_is_cut_off_is_wiped_and_the_failure_remembered(void)
{
    uint8_t storage[8];
    struct tbc_buf b;

    tbc_buf_init_fixed(&b, storage, sizeof storage);
    CU_ASSERT_EQUAL(tbc_buf_append_str(&b, "abcdef"), TBC_OK);
    CU_ASSERT_EQUAL(tbc_buf_append_str(&b, "ghi"), TBC_ERR_LIMIT);
    tbc_buf_cut(&b, 6);
    tbc_buf_cut(&b, 7);
    CU_ASSERT_EQUAL(b.len, 6);
    tbc_buf_cut(&b, 2);
    CU_ASSERT_EQUAL(b.len, 2);
    CU_ASSERT_EQUAL(memcmp(storage, "ab\0\0\0", 6), 0);
    CU_ASSERT_EQUAL(tbc_buf_status(&b), TBC_ERR_LIMIT);
    tbc_buf_fini(&b); /* wipes, and does not free what it does not own */
    CU_ASSERT_EQUAL(storage[0], 0);
}

static void
a_text_needs_room_for_its_end(void)
{
    char storage[4];
    struct tbc_buf b;

    tbc_buf_init_fixed(&b, storage, sizeof storage);
    CU_ASSERT_EQUAL(tbc_buf_printf(&b, "%d", 123), TBC_OK);
    CU_ASSERT_STRING_EQUAL(tbc_buf_str(&b), "123");
    CU_ASSERT_EQUAL(tbc_buf_printf(&b, "%d", 4), TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(b.len, 3);
    CU_ASSERT_EQUAL(tbc_buf_append_u8(&b, '4'), TBC_OK);
    CU_ASSERT_PTR_NULL(tbc_buf_str(&b));
    CU_ASSERT_EQUAL(b.len, 4);
}

/* No character of that number in the C locale: the library cannot write it (C11 7.21.6.1). */
static void
what_cannot_be_printed_is_an_error_and_adds_nothing(void)
{
    struct tbc_buf b = { 0 };

    CU_ASSERT_EQUAL(tbc_buf_append_str(&b, "a"), TBC_OK);
    CU_ASSERT_EQUAL(tbc_buf_printf(&b, "%lc", (wint_t)0x20ac), TBC_ERR_MALFORMED);
    CU_ASSERT_EQUAL(tbc_buf_status(&b), TBC_ERR_MALFORMED);
    CU_ASSERT_EQUAL(b.len, 1);
    tbc_buf_fini(&b);
}

TBC_SUITE("base/buf", TEST(fixed_storage_never_grows_and_remembers_the_failure),
          TEST(heap_storage_grows_and_prints),
          TEST(what_is_cut_off_is_wiped_and_the_failure_remembered),
          TEST(a_text_needs_room_for_its_end),
          TEST(what_cannot_be_printed_is_an_error_and_adds_nothing))
