#include "base/text.h"
#include "codec/cbor.h"
#include "suite.h"

/* Step over one whole item given in hexadecimal. */
static enum tbc_err
check(const char *hex)
{
    struct tbc_buf bytes = { 0 };
    struct tbc_cbor_in r;
    enum tbc_err err = tbc_hex_decode(tbc_span_str(hex), &bytes, NULL);

    if (err == TBC_OK) {
        tbc_cbor_open(&r, tbc_buf_span(&bytes));
        tbc_cbor_skip(&r, "item", NULL);
        err = tbc_cbor_close(&r);
    }
    tbc_buf_fini(&bytes);
    return err;
}

static void
skip_accepts_deterministic_items(void)
{
    static const char *const good[] = {
        "00",
        "17",
        "1818",
        "1903e8",
        "1a000f4240",
        "1bffffffffffffffff",
        "20",
        "3903e7",
        "40",
        "4401020304",
        "60",
        "62c3bc",
        "80",
        "83010203",
        "a0",
        "a201020304",
        "a26161016162820203",
        "d200",
        "c074323031332d30332d32315432303a30343a30305a",
        "f4",
        "f5",
        "f6",
        "a1810102",
    };

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        CU_ASSERT_EQUAL(check(good[i]), TBC_OK);
    }
}

static void
skip_refuses_what_is_not_deterministic(void)
{
    static const char *const bad[] = {
        "",
        "1800",
        "1817",
        "190017",
        "1a0000ffff",
        "1b00000000ffffffff",
        "5f4101ff",
        "7f6161ff",
        "9f01ff",
        "bf0102ff",
        "f97c00",
        "fa47c35000",
        "fb3ff8000000000000",
        "f7",
        "f0",
        "f818",
        "ff",
        "61ff",
        "a203040102",
        "a201020102",
        "a1",
        "8301",
        "0000",
        "5801aa",
        "9b8000000000000000",
        "bb8000000000000000",
        "1c",
        "a2a0000001",
        "c1",
        "c24101",
        "c349010000000000000000",
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CU_ASSERT_NOT_EQUAL(check(bad[i]), TBC_OK);
    }
}

static void
skip_refuses_depth_without_recursion(void)
{
    struct tbc_buf deep = { 0 };
    struct tbc_cbor_in r;

    for (int i = 0; i < 10000; i++) {
        CU_ASSERT_EQUAL(tbc_buf_append_u8(&deep, 0x81), TBC_OK);
    }
    CU_ASSERT_EQUAL(tbc_buf_append_u8(&deep, 0x00), TBC_OK);
    tbc_cbor_open(&r, tbc_buf_span(&deep));
    CU_ASSERT_EQUAL(tbc_cbor_skip(&r, "item", NULL), TBC_ERR_LIMIT);
    tbc_buf_fini(&deep);
}

static void
skip_names_the_item_whose_keys_do_not_rise(void)
{
    static const uint8_t bytes[] = { 0x81, 0xa2, 0x02, 0x00, 0x01, 0x00 };
    struct tbc_cbor_in r;

    tbc_cbor_open(&r, tbc_span_of(bytes, sizeof bytes));
    CU_ASSERT_EQUAL(tbc_cbor_skip(&r, "item", NULL), TBC_ERR_MALFORMED);
    CU_ASSERT_PTR_NOT_NULL_FATAL(r.fault.what);
    CU_ASSERT_STRING_EQUAL(r.fault.what, "item");
    CU_ASSERT_EQUAL(r.fault.offset, 4);
}

static void
the_first_error_sticks_and_names_its_offset(void)
{
    static const uint8_t bytes[] = { 0x01, 0x41, 0xff, 0x02 };
    struct tbc_cbor_in r;
    uint64_t n;
    bool b;

    tbc_cbor_open(&r, tbc_span_of(bytes, sizeof bytes));
    CU_ASSERT_EQUAL(tbc_cbor_read_uint(&r, "first", &n), TBC_OK);
    CU_ASSERT_EQUAL(tbc_cbor_read_bool(&r, "second", &b), TBC_ERR_MALFORMED);
    CU_ASSERT_EQUAL(tbc_cbor_read_uint(&r, "third", &n), TBC_ERR_MALFORMED);
    CU_ASSERT_EQUAL(n, 0);
    CU_ASSERT_STRING_EQUAL(r.fault.what, "second");
    CU_ASSERT_EQUAL(r.fault.offset, 1);
}

static void
integers_keep_their_ends(void)
{
    static const int64_t values[] = { 0,     23,    24,         255,       256,
                                      65535, 65536, 4294967295, INT64_MAX, -1,
                                      -24,   -25,   -256,       -257,      INT64_MIN };

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct tbc_buf b = { 0 };
        struct tbc_cbor_in r;
        int64_t back = 1;

        tbc_cbor_put_int(&b, values[i]);
        tbc_cbor_open(&r, tbc_buf_span(&b));
        CU_ASSERT_EQUAL(tbc_cbor_read_int(&r, "value", &back), TBC_OK);
        CU_ASSERT_EQUAL(back, values[i]);
        CU_ASSERT_EQUAL(tbc_cbor_close(&r), TBC_OK);
        tbc_buf_fini(&b);
    }
}

static void
a_bool_is_false_or_true_and_nothing_else(void)
{
    static const struct {
        uint8_t byte;
        enum tbc_err err;
        bool value;
    } rows[] = {
        { 0xf4, TBC_OK, false },
        { 0xf5, TBC_OK, true },
        { 0xf6, TBC_ERR_MALFORMED, false }, /* null */
        { 0x01, TBC_ERR_MALFORMED, false },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_cbor_in r;
        bool value = true;

        tbc_cbor_open(&r, tbc_span_of(&rows[i].byte, 1));
        CU_ASSERT_EQUAL(tbc_cbor_read_bool(&r, "flag", &value), rows[i].err);
        CU_ASSERT_EQUAL(value, rows[i].value);
        CU_ASSERT_EQUAL(r.at, rows[i].err == TBC_OK ? 1 : 0);
    }
}

/* A head takes up to nine bytes: with less room nothing of it is written. */
static void
no_head_is_written_in_part(void)
{
    for (int writer = 0; writer < 9; writer++) {
        uint8_t storage[8];
        struct tbc_buf b;

        tbc_buf_init_fixed(&b, storage, sizeof storage);
        switch (writer) {
        case 0:
            tbc_cbor_put_uint(&b, UINT64_MAX);
            break;
        case 1:
            tbc_cbor_put_int(&b, INT64_MAX);
            break;
        case 2:
            tbc_cbor_put_int(&b, INT64_MIN);
            break;
        case 3:
            tbc_cbor_put_bool(&b, true);
            break;
        case 4:
            tbc_cbor_put_bytes(&b, (struct tbc_span){ 0 });
            break;
        case 5:
            tbc_cbor_put_bytes_head(&b, SIZE_MAX);
            break;
        case 6:
            tbc_cbor_put_array(&b, SIZE_MAX);
            break;
        case 7:
            tbc_cbor_put_map(&b, SIZE_MAX);
            break;
        default:
            tbc_cbor_put_tag(&b, UINT64_MAX);
        }
        CU_ASSERT_EQUAL(tbc_buf_status(&b), TBC_ERR_LIMIT);
        CU_ASSERT_EQUAL(b.len, 0);
    }
}

TBC_SUITE("codec/cbor", TEST(skip_accepts_deterministic_items),
          TEST(skip_refuses_what_is_not_deterministic),
          TEST(skip_refuses_depth_without_recursion),
          TEST(skip_names_the_item_whose_keys_do_not_rise),
          TEST(the_first_error_sticks_and_names_its_offset),
          TEST(integers_keep_their_ends),
          TEST(a_bool_is_false_or_true_and_nothing_else),
          TEST(no_head_is_written_in_part))
