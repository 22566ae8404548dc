#include "base/text.h"
#include "codec/cbor_any.h"
#include "suite.h"

#include <string.h>

/* RFC 8949 appendix A, whole.  diag: as printed there, but bignums as the tags they are and floats
 * with all their digits.  same: the encoding is deterministic. */
static const struct {
    const char *hex;
    const char *diag;
    bool same;
} appendix_a[] = {
    { "00", "0", true },
    { "01", "1", true },
    { "0a", "10", true },
    { "17", "23", true },
    { "1818", "24", true },
    { "1819", "25", true },
    { "1864", "100", true },
    { "1903e8", "1000", true },
    { "1a000f4240", "1000000", true },
    { "1b000000e8d4a51000", "1000000000000", true },
    { "1bffffffffffffffff", "18446744073709551615", true },
    { "c249010000000000000000", "2(h'010000000000000000')", true },
    { "3bffffffffffffffff", "-18446744073709551616", true },
    { "c349010000000000000000", "3(h'010000000000000000')", true },
    { "20", "-1", true },
    { "29", "-10", true },
    { "3863", "-100", true },
    { "3903e7", "-1000", true },
    { "f90000", "0.0", true },
    { "f98000", "-0.0", true },
    { "f93c00", "1.0", true },
    { "fb3ff199999999999a", "1.1", true },
    { "f93e00", "1.5", true },
    { "f97bff", "65504.0", true },
    { "fa47c35000", "100000.0", true },
    { "fa7f7fffff", "3.4028234663852886e+38", true },
    { "fb7e37e43c8800759c", "1.0e+300", true },
    { "f90001", "5.9604644775390625e-8", true },
    { "f90400", "0.00006103515625", true },
    { "f9c400", "-4.0", true },
    { "fbc010666666666666", "-4.1", true },
    { "f97c00", "Infinity", true },
    { "f97e00", "NaN", true },
    { "f9fc00", "-Infinity", true },
    { "fa7f800000", "Infinity", false },
    { "fa7fc00000", "NaN", false },
    { "faff800000", "-Infinity", false },
    { "fb7ff0000000000000", "Infinity", false },
    { "fb7ff8000000000000", "NaN", false },
    { "fbfff0000000000000", "-Infinity", false },
    { "f4", "false", true },
    { "f5", "true", true },
    { "f6", "null", true },
    { "f7", "undefined", true },
    { "f0", "simple(16)", true },
    { "f8ff", "simple(255)", true },
    { "c074323031332d30332d32315432303a30343a30305a", "0(\"2013-03-21T20:04:00Z\")",
      true },
    { "c11a514b67b0", "1(1363896240)", true },
    { "c1fb41d452d9ec200000", "1(1363896240.5)", true },
    { "d74401020304", "23(h'01020304')", true },
    { "d818456449455446", "24(h'6449455446')", true },
    { "d82076687474703a2f2f7777772e6578616d706c652e636f6d",
      "32(\"http://www.example.com\")", true },
    { "40", "h''", true },
    { "4401020304", "h'01020304'", true },
    { "60", "\"\"", true },
    { "6161", "\"a\"", true },
    { "6449455446", "\"IETF\"", true },
    { "62225c", "\"\\\"\\\\\"", true },
    { "62c3bc", "\"\xc3\xbc\"", true },
    { "63e6b0b4", "\"\xe6\xb0\xb4\"", true },
    { "64f0908591", "\"\xf0\x90\x85\x91\"", true },
    { "80", "[]", true },
    { "83010203", "[1, 2, 3]", true },
    { "8301820203820405", "[1, [2, 3], [4, 5]]", true },
    { "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
      "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, "
      "22, 23, 24, 25]",
      true },
    { "a0", "{}", true },
    { "a201020304", "{1: 2, 3: 4}", true },
    { "a26161016162820203", "{\"a\": 1, \"b\": [2, 3]}", true },
    { "826161a161626163", "[\"a\", {\"b\": \"c\"}]", true },
    { "a56161614161626142616361436164614461656145",
      "{\"a\": \"A\", \"b\": \"B\", \"c\": \"C\", \"d\": \"D\", \"e\": \"E\"}", true },
    { "5f42010243030405ff", "(_ h'0102', h'030405')", false },
    { "7f657374726561646d696e67ff", "(_ \"strea\", \"ming\")", false },
    { "9fff", "[_ ]", false },
    { "9f018202039f0405ffff", "[_ 1, [2, 3], [_ 4, 5]]", false },
    { "9f01820203820405ff", "[_ 1, [2, 3], [4, 5]]", false },
    { "83018202039f0405ff", "[1, [2, 3], [_ 4, 5]]", false },
    { "83019f0203ff820405", "[1, [_ 2, 3], [4, 5]]", false },
    { "9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff",
      "[_ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, "
      "22, 23, 24, 25]",
      false },
    { "bf61610161629f0203ffff", "{_ \"a\": 1, \"b\": [_ 2, 3]}", false },
    { "826161bf61626163ff", "[\"a\", {_ \"b\": \"c\"}]", false },
    { "bf6346756ef563416d7421ff", "{_ \"Fun\": true, \"Amt\": -2}", false },
    /* RFC 8949 sec. 8.1 */
    { "5fff", "''_", false },
    { "7fff", "\"\"_", false },
};

/* RFC 8949 appendix F, and what our own limits refuse. */
static const char *const not_well_formed[] = {
    "",
    "18",
    "19",
    "1a",
    "1b",
    "1901",
    "1a0102",
    "38",
    "58",
    "78",
    "98",
    "9a01ff00",
    "b8",
    "d8",
    "f8",
    "f900",
    "fa0000",
    "41",
    "61",
    "5affffffff00",
    "5bffffffffffffffff010203",
    "7affffffff00",
    "81",
    "818181818181818181",
    "8200",
    "a1",
    "a20102",
    "a100",
    "a2000000",
    "c0",
    "5f4100",
    "7f6100",
    "9f",
    "9f0102",
    "bf",
    "bf01020102",
    "819f",
    "9f8000",
    "9f9f9f9f9fffffffff",
    "9f819f819f9fffffff",
    "1c",
    "1d",
    "1e",
    "3c",
    "5c",
    "7c",
    "9c",
    "bc",
    "dc",
    "fc",
    "fd",
    "fe",
    "f800",
    "f801",
    "f818",
    "f81f",
    "5f00ff",
    "5f6100ff",
    "5fc000ff",
    "7f4100ff",
    "5f5f4100ffff",
    "7f7f6100ffff",
    "ff",
    "81ff",
    "8200ff",
    "a1ff",
    "a100ff",
    "9f81ff",
    "bf00ff",
    "bf000000ff",
    "1f",
    "3f",
    "df",
    "0000",
    "61ff",
    "9bffffffffffffffff",
    "bbffffffffffffffff",
    "bb8000000000000000",
    "bfff00",
};

static void
load(const char *hex, struct tbc_buf *out)
{
    CU_ASSERT_EQUAL_FATAL(tbc_hex_decode(tbc_span_str(hex), out, NULL), TBC_OK);
}

static void
diag_prints_the_examples_of_rfc_8949(void)
{
    for (size_t i = 0; i < sizeof appendix_a / sizeof *appendix_a; i++) {
        struct tbc_buf in = { 0 };
        struct tbc_buf out = { 0 };

        load(appendix_a[i].hex, &in);
        CU_ASSERT_EQUAL(tbc_cbor_diag(tbc_buf_span(&in), &out, NULL), TBC_OK);
        if (!tbc_span_equal(tbc_buf_span(&out), tbc_span_str(appendix_a[i].diag))) {
            printf("    %s: %s\n", appendix_a[i].hex, tbc_buf_str(&out));
            CU_FAIL("another notation");
        }
        tbc_buf_fini(&in);
        tbc_buf_fini(&out);
    }
}

static void
check_tells_deterministic_from_well_formed(void)
{
    for (size_t i = 0; i < sizeof appendix_a / sizeof *appendix_a; i++) {
        struct tbc_buf in = { 0 };
        struct tbc_fault fault = { 0 };

        load(appendix_a[i].hex, &in);
        if (tbc_cbor_check(tbc_buf_span(&in), &fault) !=
            (appendix_a[i].same ? TBC_OK : TBC_ERR_CONFLICT)) {
            printf("    %s: %s\n", appendix_a[i].hex,
                   fault.what == NULL ? "deterministic" : fault.what);
            CU_FAIL("another answer");
        }
        tbc_buf_fini(&in);
    }
}

static void
what_is_not_well_formed_is_refused_by_all(void)
{
    for (size_t i = 0; i < sizeof not_well_formed / sizeof *not_well_formed; i++) {
        struct tbc_buf in = { 0 };
        struct tbc_buf out = { 0 };
        struct tbc_fault fault = { 0 };

        load(not_well_formed[i], &in);
        if (tbc_cbor_check(tbc_buf_span(&in), &fault) != TBC_ERR_MALFORMED ||
            tbc_cbor_diag(tbc_buf_span(&in), &out, NULL) != TBC_ERR_MALFORMED) {
            printf("    %s\n", not_well_formed[i]);
            CU_FAIL("taken for well-formed");
        }
        CU_ASSERT_PTR_NOT_NULL(fault.what);
        CU_ASSERT(fault.offset <= in.len);
        CU_ASSERT_EQUAL(out.len, 0);
        tbc_buf_fini(&in);
        tbc_buf_fini(&out);
    }
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

TBC_SUITE("codec/cbor_any", TEST(diag_prints_the_examples_of_rfc_8949),
          TEST(check_tells_deterministic_from_well_formed),
          TEST(what_is_not_well_formed_is_refused_by_all),
          TEST(check_names_the_offence_and_its_offset),
          TEST(floats_that_need_their_width_keep_it),
          TEST(depth_is_bounded_without_recursion))
