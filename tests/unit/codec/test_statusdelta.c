#include "base/text.h"
#include "codec/statusdelta.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

#define HASH "5820000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define BASE "0a" HASH
#define NEXT \
    "0b"     \
    "0c"     \
    "00"
#define REST         \
    "02" HASH "41a0" \
    "41ff"
#define DELTA \
    "8c01"    \
    "6161" BASE NEXT REST

static void
a_delta_is_written_as_the_grammar_says(void)
{
    struct tbc_status_change changes[] = { { 3, 1 }, { 4, 2 }, { 15, 0 } };
    struct tbc_statusdelta d = {
        .sub = "a",
        .base_iat = { 10 },
        .iat = { 11 },
        .exp = { 12 },
        .size = 2,
        .body_protected = tbc_span_str("\xa0"),
        .signature = tbc_span_str("\xff"),
        .changes = changes,
        .changes_n = 3,
    };
    struct tbc_statusdelta back;
    struct tbc_buf bytes = { 0 };
    struct tbc_buf hex = { 0 };

    for (size_t i = 0; i < sizeof d.hash; i++) {
        d.hash[i] = d.base_hash[i] = (uint8_t)i;
    }
    CU_ASSERT_EQUAL(tbc_statusdelta_encode(&d, &bytes), TBC_OK);
    CU_ASSERT_EQUAL(tbc_hex_encode(tbc_buf_span(&bytes), &hex), TBC_OK);
    CU_ASSERT_STRING_EQUAL(tbc_buf_str(&hex), DELTA "86"
                                                    "0301"
                                                    "0002"
                                                    "0a00");
    CU_ASSERT_EQUAL(tbc_statusdelta_decode(&back, tbc_buf_span(&bytes), NULL), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(back.changes_n, 3);
    for (size_t i = 0; i < 3; i++) {
        CU_ASSERT(back.changes[i].idx == changes[i].idx &&
                  back.changes[i].value == changes[i].value);
    }
    CU_ASSERT_EQUAL(back.size, 2);
    tbc_statusdelta_fini(&back);
    changes[1].idx = 3; /* not rising */
    tbc_buf_clear(&bytes);
    CU_ASSERT_EQUAL(tbc_statusdelta_encode(&d, &bytes), TBC_ERR_RANGE);
    tbc_buf_fini(&bytes);
    tbc_buf_fini(&hex);
}

static const struct {
    const char *hex;
    enum tbc_err err;
    const char *what;
} decode_rows[] = {
    { DELTA "80", TBC_OK, NULL },
    { "", TBC_ERR_MALFORMED, "status delta" },
    { "d2", TBC_ERR_MALFORMED, "status delta" },
    { "8b01", TBC_ERR_MALFORMED, "status delta" },
    { "8c02"
      "6161" BASE NEXT REST "80",
      TBC_ERR_UNSUPPORTED, "version" },
    { "8c01"
      "60" BASE NEXT REST "80",
      TBC_ERR_MALFORMED, "sub" },
    { "8c01"
      "6161"
      "0b" HASH NEXT REST "80",
      TBC_ERR_MALFORMED, "iat not after the base's" },
    { "8c01"
      "6161"
      "0c" HASH NEXT REST "80",
      TBC_ERR_MALFORMED, "iat not after the base's" },
    { "8c01"
      "6161" BASE "0b"
      "0b"
      "00" REST "80",
      TBC_ERR_MALFORMED, "exp not after iat" },
    { "8c01"
      "6161" BASE "0b"
      "0c"
      "20" REST "80",
      TBC_ERR_MALFORMED, "ttl" },
    { "8c01"
      "6161" BASE NEXT "1a00800001" HASH "41a0"
      "41ff"
      "80",
      TBC_ERR_MALFORMED, "size" },
    { "8c01"
      "6161" BASE NEXT "1bffffffffffffffff" HASH "41a0"
      "41ff"
      "80",
      TBC_ERR_MALFORMED, "size" },
    { DELTA "81"
            "00",
      TBC_ERR_MALFORMED, "changes" },
    { DELTA "82"
            "00"
            "190100",
      TBC_ERR_MALFORMED, "value" },
    { DELTA "82"
            "1bffffffffffffffff"
            "01",
      TBC_ERR_MALFORMED, "gap" },
    { DELTA "9a00002002", TBC_ERR_MALFORMED, "changes" },
    { DELTA "9bffffffffffffffff", TBC_ERR_LIMIT, "changes" },
    { DELTA "80"
            "00",
      TBC_ERR_MALFORMED, "trailing bytes" },
};

static void
decode_says_what_is_wrong(void)
{
    for (size_t i = 0; i < sizeof decode_rows / sizeof *decode_rows; i++) {
        struct tbc_buf bytes = { 0 };
        struct tbc_statusdelta d;
        struct tbc_fault fault = { 0 };
        enum tbc_err err;

        CU_ASSERT_EQUAL_FATAL(
            tbc_hex_decode(tbc_span_str(decode_rows[i].hex), &bytes, NULL), TBC_OK);
        err = tbc_statusdelta_decode(&d, tbc_buf_span(&bytes), &fault);
        if (err != decode_rows[i].err ||
            (decode_rows[i].what != NULL &&
             (fault.what == NULL || strcmp(fault.what, decode_rows[i].what) != 0))) {
            CU_FAIL("another error");
            printf("row %zu: %d, %s\n", i, (int)err, fault.what);
        }
        CU_ASSERT(err == TBC_OK || d.changes == NULL);
        tbc_statusdelta_fini(&d);
        tbc_buf_fini(&bytes);
    }
}

TBC_SUITE("codec/statusdelta", TEST(a_delta_is_written_as_the_grammar_says),
          TEST(decode_says_what_is_wrong))
