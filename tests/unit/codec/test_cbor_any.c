#include "base/text.h"
#include "codec/cbor_any.h"
#include "suite.h"

#include <string.h>

/* The published tables are in test_cbor_vectors.c. */

static void
load(const char *hex, struct tbc_buf *out)
{
    CU_ASSERT_EQUAL_FATAL(tbc_hex_decode(tbc_span_str(hex), out, NULL), TBC_OK);
}

static void
check_names_the_offence_and_its_offset(void)
{
    static const struct {
        const char *hex;
        const char *what;
        size_t offset;
    } rows[] = {
        { "821800", "end of input", 3 },
        { "82001817", "long form of an integer or a length", 2 },
        { "580100", "long form of an integer or a length", 0 },
        { "a203000100", "map keys out of order", 3 },
        { "a201000100", "map key given twice", 3 },
        { "82a0a2616100613000", "map keys out of order", 6 },
        { "81fa3fc00000", "float that fits a shorter form", 1 },
        { "fb3ff8000000000000", "float that fits a shorter form", 0 },
        { "fa33800000", "float that fits a shorter form", 0 }, /* 2^-24 */
        { "c24101", "bignum that is not the shortest form", 0 },
        { "c249000000000000000001", "bignum that is not the shortest form", 0 },
        { "829f00ff", "end of input", 4 },
        { "819f00ff", "indefinite length", 1 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_buf in = { 0 };
        struct tbc_fault fault = { 0 };

        load(rows[i].hex, &in);
        CU_ASSERT_NOT_EQUAL(tbc_cbor_check(tbc_buf_span(&in), &fault), TBC_OK);
        CU_ASSERT(fault.what != NULL && strcmp(fault.what, rows[i].what) == 0);
        CU_ASSERT_EQUAL(fault.offset, rows[i].offset);
        tbc_buf_fini(&in);
    }
}

static void
floats_that_need_their_width_keep_it(void)
{
    static const char *const good[] = {
        "fa33000000",                       /* 2^-25: below the smallest half */
        "fa33c00000",                       /* 1.5 * 2^-24 */
        "fa47800000",                       /* 65536: above the largest half */
        "fa3f801000",                       /* one bit more than a half has */
        "fa00000001",                       /* the smallest single */
        "fb3690000000000000",               /* 2^-150: below the smallest single */
        "fb0000000000000001", "fa7fc00001", /* a NaN with a payload of its own */
    };

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct tbc_buf in = { 0 };

        load(good[i], &in);
        CU_ASSERT_EQUAL(tbc_cbor_check(tbc_buf_span(&in), NULL), TBC_OK);
        tbc_buf_fini(&in);
    }
}

static void
depth_is_bounded_without_recursion(void)
{
    struct tbc_buf deep = { 0 };
    struct tbc_buf out = { 0 };

    for (int i = 0; i < 10000; i++) {
        CU_ASSERT_EQUAL(tbc_buf_append_u8(&deep, i % 2 == 0 ? 0x81 : 0x9f), TBC_OK);
    }
    CU_ASSERT_EQUAL(tbc_cbor_check(tbc_buf_span(&deep), NULL), TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(tbc_cbor_diag(tbc_buf_span(&deep), &out, NULL), TBC_ERR_LIMIT);
    tbc_buf_fini(&deep);
    tbc_buf_fini(&out);
}

TBC_SUITE("codec/cbor_any",

          TEST(check_names_the_offence_and_its_offset),
          TEST(floats_that_need_their_width_keep_it),
          TEST(depth_is_bounded_without_recursion))
