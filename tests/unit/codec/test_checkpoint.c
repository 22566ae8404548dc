#include "base/text.h"
#include "codec/checkpoint.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

#define ROOT "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static void
a_checkpoint_is_written_as_the_grammar_says(void)
{
    struct tbc_checkpoint c = { .origin = "VNP", .at = { 1769996460 }, .size = 24 };
    struct tbc_checkpoint back;
    struct tbc_buf bytes = { 0 };
    struct tbc_buf hex = { 0 };

    for (size_t i = 0; i < sizeof c.root; i++) {
        c.root[i] = (uint8_t)i;
    }
    CU_ASSERT_EQUAL(tbc_checkpoint_encode(&c, &bytes), TBC_OK);
    CU_ASSERT_EQUAL(tbc_hex_encode(tbc_buf_span(&bytes), &hex), TBC_OK);
    CU_ASSERT_STRING_EQUAL(tbc_buf_str(&hex), "a30163564e50061a698000ac3a0001117482"
                                              "18185820" ROOT);
    CU_ASSERT_EQUAL(tbc_checkpoint_decode(&back, tbc_buf_span(&bytes), NULL), TBC_OK);
    CU_ASSERT_STRING_EQUAL(back.origin, "VNP");
    CU_ASSERT_EQUAL(back.at.s, c.at.s);
    CU_ASSERT_EQUAL(back.size, 24);
    CU_ASSERT_EQUAL(memcmp(back.root, c.root, sizeof c.root), 0);
    tbc_buf_fini(&bytes);
    tbc_buf_fini(&hex);
}

static void
sizes_reach_to_the_end_of_64_bits(void)
{
    struct tbc_checkpoint c = { .origin = "VNP", .at = { 1 }, .size = UINT64_MAX };
    struct tbc_checkpoint back;
    struct tbc_buf bytes = { 0 };

    CU_ASSERT_EQUAL(tbc_checkpoint_encode(&c, &bytes), TBC_OK);
    CU_ASSERT_EQUAL(tbc_checkpoint_decode(&back, tbc_buf_span(&bytes), NULL), TBC_OK);
    CU_ASSERT_EQUAL(back.size, UINT64_MAX);
    tbc_buf_fini(&bytes);
}

static void
what_makes_no_sense_is_not_encoded(void)
{
    static const struct tbc_checkpoint rows[] = {
        { .origin = "", .at = { 1 } },     { .origin = "vnp", .at = { 1 } },
        { .origin = "V P", .at = { 1 } },  { .origin = "VNP", .at = { 0 } },
        { .origin = "VNP", .at = { -1 } },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_buf bytes = { 0 };

        CU_ASSERT_EQUAL(tbc_checkpoint_encode(&rows[i], &bytes), TBC_ERR_RANGE);
        CU_ASSERT_EQUAL(bytes.len, 0);
    }
}

#define ISS  "0163564e50"
#define IAT  "061a698000ac"
#define KEY  "3a00011174"
#define TREE "8218185820" ROOT

static void
decode_says_what_is_wrong(void)
{
    static const struct {
        const char *hex;
        const char *what;
    } rows[] = {
        { "", "claims" },
        { "80", "claims" },
        { "a2" ISS IAT, "missing claim" },
        { "a2" IAT KEY TREE, "missing claim" },
        { "a2" ISS KEY TREE, "missing claim" },
        { "a3" IAT ISS KEY TREE, NULL },                    /* unsorted */
        { "a3" ISS ISS KEY TREE, NULL },                    /* twice */
        { "a3" ISS "040a" IAT, "unknown claim" },           /* exp */
        { "a3" ISS "0600" KEY TREE, "iat" },                /* 1970 */
        { "a3" ISS "0620" KEY TREE, "iat" },                /* before it */
        { "a3" ISS "06fb7ff8000000000000" KEY TREE, NULL }, /* NaN */
        { "a30160" IAT KEY TREE, "iss" },
        { "a30163766e70" IAT KEY TREE, "iss" },           /* vnp */
        { "a3016856564e5056564e50" IAT KEY TREE, "iss" }, /* eight letters */
        { "a30163ff4e50" IAT KEY TREE, NULL },            /* not UTF-8 */
        { "a3" ISS IAT KEY "8118", NULL },
        { "a3" ISS IAT KEY "8118", NULL },
        { "a3" ISS IAT KEY "83181800"
          "5820" ROOT,
          "checkpoint" },
        { "a3" ISS IAT KEY "8220"
          "5820" ROOT,
          "size" },
        { "a3" ISS IAT KEY "821817"
          "5820" ROOT,
          NULL }, /* long form */
        { "a3" ISS IAT KEY "821818"
          "581f"
          "00" ROOT,
          "root" },
        { "a3" ISS IAT KEY "821818"
          "5821" ROOT "00",
          "root" },
        { "a3" ISS IAT KEY TREE "00", "trailing bytes" },
        { "bf" ISS IAT KEY TREE "ff", NULL }, /* indefinite */
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_buf bytes = { 0 };
        struct tbc_checkpoint c;
        struct tbc_fault fault = { 0 };

        CU_ASSERT_EQUAL_FATAL(tbc_hex_decode(tbc_span_str(rows[i].hex), &bytes, NULL),
                              TBC_OK);
        CU_ASSERT_EQUAL(
            tbc_checkpoint_decode(&c, tbc_buf_span(&bytes), &fault) == TBC_OK, false);
        CU_ASSERT_PTR_NOT_NULL_FATAL(fault.what);
        if (rows[i].what != NULL && strcmp(fault.what, rows[i].what) != 0) {
            CU_FAIL(rows[i].hex);
            printf("row %zu: %s\n", i, fault.what);
        }
        CU_ASSERT(c.size == 0 && c.origin[0] == '\0');
        tbc_buf_fini(&bytes);
    }
}

static void
no_cut_of_a_checkpoint_is_one(void)
{
    struct tbc_buf bytes = { 0 };
    struct tbc_checkpoint c;

    CU_ASSERT_EQUAL_FATAL(
        tbc_hex_decode(tbc_span_str("a3" ISS IAT KEY TREE), &bytes, NULL), TBC_OK);
    CU_ASSERT_EQUAL(tbc_checkpoint_decode(&c, tbc_buf_span(&bytes), NULL), TBC_OK);
    for (size_t len = 0; len < bytes.len; len++) {
        CU_ASSERT_NOT_EQUAL(
            tbc_checkpoint_decode(&c, tbc_span_sub(tbc_buf_span(&bytes), 0, len), NULL),
            TBC_OK);
    }
    tbc_buf_fini(&bytes);
}

TBC_SUITE("codec/checkpoint", TEST(a_checkpoint_is_written_as_the_grammar_says),
          TEST(sizes_reach_to_the_end_of_64_bits),
          TEST(what_makes_no_sense_is_not_encoded), TEST(decode_says_what_is_wrong),
          TEST(no_cut_of_a_checkpoint_is_one))
