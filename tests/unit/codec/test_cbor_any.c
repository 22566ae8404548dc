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
        { "c25f4101ff", "indefinite length", 1 },
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
        "fa33000000",         /* 2^-25: below the smallest half */
        "fa33c00000",         /* 1.5 * 2^-24 */
        "fa47800000",         /* 65536: above the largest half */
        "fa3f801000",         /* one bit more than a half has */
        "fa00000001",         /* the smallest single */
        "fb3690000000000000", /* 2^-150: below the smallest single */
        "fb0000000000000001",
        "fa7fc00001", /* a NaN with a payload of its own */
        "c200",       /* no bignum, whatever its tag says */
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

/* What a terminal would obey is written as RFC 8259 sec. 7 does. */
static void
diag_escapes_control_characters(void)
{
    static const uint8_t bytes[] = { 0x64, 'a', 0x1b, 0x08, 0x7f };
    struct tbc_buf out = { 0 };

    CU_ASSERT_EQUAL(tbc_cbor_diag(tbc_span_of(bytes, sizeof bytes), &out, NULL),
                    TBC_OK);
    CU_ASSERT_STRING_EQUAL(tbc_buf_str(&out), "\"a\\u001b\\u0008\\u007f\"");
    tbc_buf_fini(&out);
}

static void
integers_are_read_up_to_64_bits_with_their_sign(void)
{
    static const struct {
        const char *hex;
        enum tbc_err err;
        int64_t value;
    } rows[] = {
        { "00", TBC_OK, 0 },
        { "1b0000000000000001", TBC_OK, 1 }, /* a long form */
        { "1b7fffffffffffffff", TBC_OK, INT64_MAX },
        { "3b7fffffffffffffff", TBC_OK, INT64_MIN },
        { "1b8000000000000000", TBC_ERR_LIMIT, 0 },
        { "3b8000000000000000", TBC_ERR_LIMIT, 0 },
        { "4100", TBC_ERR_MALFORMED, 0 },
        { "c100", TBC_ERR_MALFORMED, 0 },
        { "f93c00", TBC_ERR_MALFORMED, 0 },
        { "19", TBC_ERR_MALFORMED, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_buf in = { 0 };
        struct tbc_cbor_any r;
        int64_t value = 7;

        load(rows[i].hex, &in);
        tbc_cbor_any_open(&r, tbc_buf_span(&in));
        CU_ASSERT_EQUAL(tbc_cbor_any_int(&r, &value), rows[i].err);
        CU_ASSERT_EQUAL(value, rows[i].value);
        tbc_buf_fini(&in);
    }
}

static void
a_string_is_read_whole_or_in_chunks_of_its_own_kind(void)
{
    static const struct {
        const char *hex;
        const char *text; /* NULL: refused */
        const char *what;
    } rows[] = {
        { "43616263", "abc", NULL },
        { "5f416142626340ff", "abc", NULL },
        { "5fff", "", NULL },
        { "6161", NULL, "not the string expected" },
        { "01", NULL, "not the string expected" },
        { "5f41616162ff", NULL, "chunk of a string" },
        { "5f41615f4162ffff", NULL, "chunk of a string" },
        { "5f416101ff", NULL, "chunk of a string" },
        { "5f4161", NULL, "end of input" },
        { "5f41", NULL, "end inside a string" },
        { "", NULL, "end of input" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_buf in = { 0 };
        struct tbc_buf out = { 0 };
        struct tbc_cbor_any r;
        enum tbc_err want = rows[i].text == NULL ? TBC_ERR_MALFORMED : TBC_OK;

        load(rows[i].hex, &in);
        tbc_cbor_any_open(&r, tbc_buf_span(&in));
        CU_ASSERT_EQUAL(tbc_cbor_any_string(&r, TBC_CBOR_BYTES, &out), want);
        CU_ASSERT(tbc_span_equal(tbc_buf_span(&out), tbc_span_str(rows[i].text)));
        CU_ASSERT(want == TBC_OK || strcmp(r.fault.what, rows[i].what) == 0);
        tbc_buf_fini(&in);
        tbc_buf_fini(&out);
    }
}

static void
a_container_is_entered_as_what_it_is_and_left_at_its_end(void)
{
    static const struct {
        const char *hex;
        enum tbc_cbor_type type;
        size_t items; /* integers inside that are read */
        const char *what;
    } rows[] = {
        { "83010203", TBC_CBOR_ARRAY, 3, NULL },
        { "9f0102ff", TBC_CBOR_ARRAY, 2, NULL },
        { "a0", TBC_CBOR_MAP, 0, NULL },
        { "bfff", TBC_CBOR_MAP, 0, NULL },
        { "a0", TBC_CBOR_ARRAY, 0, "not an array" },
        { "80", TBC_CBOR_MAP, 0, "not a map" },
        { "", TBC_CBOR_MAP, 0, "end of input" },
        { "8301", TBC_CBOR_ARRAY, 1, "end of input" },
        { "9f01", TBC_CBOR_ARRAY, 1, "end of input" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_buf in = { 0 };
        struct tbc_cbor_any r;
        struct tbc_cbor_seq seq;
        int64_t value;
        size_t n = 0;

        load(rows[i].hex, &in);
        tbc_cbor_any_open(&r, tbc_buf_span(&in));
        (void)tbc_cbor_any_enter(&r, rows[i].type, &seq);
        while (tbc_cbor_any_more(&r, &seq)) {
            n += tbc_cbor_any_int(&r, &value) == TBC_OK ? 1 : 0;
        }
        CU_ASSERT_EQUAL(n, rows[i].items);
        CU_ASSERT_EQUAL(r.err, rows[i].what == NULL ? TBC_OK : TBC_ERR_MALFORMED);
        CU_ASSERT(rows[i].what == NULL || strcmp(r.fault.what, rows[i].what) == 0);
        CU_ASSERT(rows[i].what != NULL || r.at == in.len);
        tbc_buf_fini(&in);
    }
}

static void
stepping_over_an_item_lends_its_bytes_or_none(void)
{
    static const uint8_t bytes[] = { 0x82, 0x01, 0x41, 0xff, 0x9f };
    struct tbc_cbor_any r;
    struct tbc_span item;

    tbc_cbor_any_open(&r, tbc_span_of(bytes, sizeof bytes));
    CU_ASSERT_EQUAL(tbc_cbor_any_skip(&r, &item), TBC_OK);
    CU_ASSERT(tbc_span_equal(item, tbc_span_of(bytes, 4)));
    CU_ASSERT_EQUAL(tbc_cbor_any_skip(&r, &item), TBC_ERR_MALFORMED);
    CU_ASSERT(item.ptr == NULL && item.len == 0);
    /* the first error stays, and nothing more is read */
    CU_ASSERT_EQUAL(tbc_cbor_any_fail(&r, TBC_ERR_LIMIT, "later", 0),
                    TBC_ERR_MALFORMED);
    CU_ASSERT_STRING_EQUAL(r.fault.what, "end of input");
    CU_ASSERT_EQUAL(tbc_cbor_any_peek(&r), TBC_CBOR_END);
}

static void
an_input_beyond_the_limit_is_not_looked_at(void)
{
    /* One byte stands for all: none of the others exists. */
    struct tbc_span huge = { (const uint8_t *)"", (size_t)TBC_CBOR_ANY_MAX + 1 };
    struct tbc_buf out = { 0 };
    struct tbc_fault fault = { 0 };
    struct tbc_cbor_any r;

    tbc_cbor_any_open(&r, huge);
    CU_ASSERT_EQUAL(tbc_cbor_any_peek(&r), TBC_CBOR_END);
    CU_ASSERT_EQUAL(tbc_cbor_check(huge, &fault), TBC_ERR_LIMIT);
    CU_ASSERT_STRING_EQUAL(fault.what, "length of the input");
    fault = (struct tbc_fault){ 0 };
    CU_ASSERT_EQUAL(tbc_cbor_diag(huge, &out, &fault), TBC_ERR_LIMIT);
    CU_ASSERT_STRING_EQUAL(fault.what, "length of the input");
    CU_ASSERT_EQUAL(out.len, 0);
}

/* The deepest that is well-formed ends in an empty container, which is one more head. */
static void
an_empty_container_may_stand_at_the_greatest_depth(void)
{
    static const uint8_t ends[] = { 0x80, 0xa0 };

    for (size_t i = 0; i < sizeof ends; i++) {
        uint8_t deep[TBC_CBOR_ANY_DEPTH + 1];
        struct tbc_span in = tbc_span_of(deep, sizeof deep);
        struct tbc_buf out = { 0 };

        memset(deep, 0x81, sizeof deep);
        deep[TBC_CBOR_ANY_DEPTH] = ends[i];
        CU_ASSERT_EQUAL(tbc_cbor_check(in, NULL), TBC_OK);
        CU_ASSERT_EQUAL(tbc_cbor_diag(in, &out, NULL), TBC_OK);
        tbc_buf_fini(&out);
    }
}

TBC_SUITE("codec/cbor_any", TEST(check_names_the_offence_and_its_offset),
          TEST(floats_that_need_their_width_keep_it),
          TEST(depth_is_bounded_without_recursion),
          TEST(an_empty_container_may_stand_at_the_greatest_depth),
          TEST(diag_escapes_control_characters),
          TEST(integers_are_read_up_to_64_bits_with_their_sign),
          TEST(a_string_is_read_whole_or_in_chunks_of_its_own_kind),
          TEST(a_container_is_entered_as_what_it_is_and_left_at_its_end),
          TEST(stepping_over_an_item_lends_its_bytes_or_none),
          TEST(an_input_beyond_the_limit_is_not_looked_at))
