#include "base/buf.h"
#include "suite.h"

#include <string.h>

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
spans_order_bytewise_with_the_shorter_first(void)
{
    CU_ASSERT(tbc_span_order(tbc_span_str("a"), tbc_span_str("b")) < 0);
    CU_ASSERT(tbc_span_order(tbc_span_str("a"), tbc_span_str("aa")) < 0);
    CU_ASSERT(tbc_span_order(tbc_span_str("\xff"), tbc_span_str("a")) > 0);
    CU_ASSERT(tbc_span_equal((struct tbc_span){ 0 }, tbc_span_str("")));
    CU_ASSERT(tbc_span_starts(tbc_span_str("TBC1:X"), tbc_span_str("TBC1:")));
    CU_ASSERT_FALSE(tbc_span_starts(tbc_span_str("TBC1"), tbc_span_str("TBC1:")));
}

TBC_SUITE("base/buf", TEST(fixed_storage_never_grows_and_remembers_the_failure),
          TEST(heap_storage_grows_and_prints),
          TEST(spans_order_bytewise_with_the_shorter_first))
