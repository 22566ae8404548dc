#include "base/text.h"
#include "suite.h"

#include <string.h>

/* RFC 9285 sec. 4.3 and 4.4. */
static const struct {
    const char *plain;
    const char *coded;
} rfc9285[] = {
    { "AB", "BB8" },
    { "Hello!!", "%69 VD92EX0" },
    { "base-45", "UJCLQE7W581" },
    { "ietf!", "QED8WEX0" },
    { "", "" },
};

static void
base45_matches_the_examples_of_rfc_9285(void)
{
    for (size_t i = 0; i < sizeof rfc9285 / sizeof *rfc9285; i++) {
        struct tbc_buf out = { 0 };

        CU_ASSERT_EQUAL(tbc_base45_encode(tbc_span_str(rfc9285[i].plain), &out),
                        TBC_OK);
        CU_ASSERT(tbc_span_equal(tbc_buf_span(&out), tbc_span_str(rfc9285[i].coded)));
        tbc_buf_clear(&out);
        CU_ASSERT_EQUAL(tbc_base45_decode(tbc_span_str(rfc9285[i].coded), &out, NULL),
                        TBC_OK);
        CU_ASSERT(tbc_span_equal(tbc_buf_span(&out), tbc_span_str(rfc9285[i].plain)));
        tbc_buf_fini(&out);
    }
}

static void
base45_decode_refuses_and_names_the_offset(void)
{
    static const struct {
        const char *text;
        size_t at;
    } bad[] = {
        { "A", 0 },   { "BB8A", 3 },  { "GGW", 0 },  { ":::", 0 }, { "BB8::", 3 },
        { "bB8", 0 }, { "BB8B?", 4 }, { "B\n8", 1 }, { "::", 0 },
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct tbc_buf out = { 0 };
        size_t at = SIZE_MAX;

        CU_ASSERT_EQUAL(tbc_base45_decode(tbc_span_str(bad[i].text), &out, &at),
                        TBC_ERR_MALFORMED);
        CU_ASSERT_EQUAL(at, bad[i].at);
        CU_ASSERT_EQUAL(out.len, 0);
        tbc_buf_fini(&out);
    }
}

static void
base45_round_trips_every_pair_and_single_byte(void)
{
    for (unsigned n = 0; n < 65536 + 256; n++) {
        uint8_t in[2] = { (uint8_t)(n >> 8), (uint8_t)n };
        struct tbc_span s = n < 65536 ? tbc_span_of(in, 2) : tbc_span_of(in + 1, 1);
        uint8_t coded[4];
        uint8_t plain[4];
        struct tbc_buf c;
        struct tbc_buf p;

        tbc_buf_init_fixed(&c, coded, sizeof coded);
        tbc_buf_init_fixed(&p, plain, sizeof plain);
        if (tbc_base45_encode(s, &c) != TBC_OK ||
            tbc_base45_decode(tbc_buf_span(&c), &p, NULL) != TBC_OK ||
            !tbc_span_equal(tbc_buf_span(&p), s)) {
            CU_FAIL("a value does not round trip");
            return;
        }
    }
}

static void
hex_round_trips_and_refuses_odd_and_foreign_letters(void)
{
    static const uint8_t bytes[] = { 0x00, 0x7f, 0x80, 0xff, 0x1a };
    struct tbc_buf out = { 0 };
    size_t at = 0;

    CU_ASSERT_EQUAL(tbc_hex_encode(tbc_span_of(bytes, sizeof bytes), &out), TBC_OK);
    CU_ASSERT(tbc_span_equal(tbc_buf_span(&out), tbc_span_str("007f80ff1a")));
    tbc_buf_clear(&out);
    CU_ASSERT_EQUAL(tbc_hex_decode(tbc_span_str("007F80fF1a"), &out, NULL), TBC_OK);
    CU_ASSERT(tbc_span_equal(tbc_buf_span(&out), tbc_span_of(bytes, sizeof bytes)));
    CU_ASSERT_EQUAL(tbc_hex_decode(tbc_span_str("00g0"), &out, &at), TBC_ERR_MALFORMED);
    CU_ASSERT_EQUAL(at, 2);
    CU_ASSERT_EQUAL(tbc_hex_decode(tbc_span_str("000"), &out, &at), TBC_ERR_MALFORMED);
    CU_ASSERT_EQUAL(at, 3);
    CU_ASSERT_EQUAL(out.len, sizeof bytes);
    tbc_buf_fini(&out);
}

/* RFC 4648 sec. 10, and what a strict reader refuses. */
static void
base64_is_that_of_the_rfc_and_nothing_else(void)
{
    static const char *const vectors[][2] = {
        { "", "" },
        { "f", "Zg==" },
        { "fo", "Zm8=" },
        { "foo", "Zm9v" },
        { "foob", "Zm9vYg==" },
        { "fooba", "Zm9vYmE=" },
        { "foobar", "Zm9vYmFy" },
        { "\xfb\xff\xfe", "+//+" },
    };
    static const struct {
        const char *text;
        size_t at;
    } bad[] = {
        { "Zg=", 3 },  { "Zg", 2 },       { "Z", 1 },    { "Zm9v\n", 5 },
        { "Zm9_", 3 }, { "Z===", 1 },     { "====", 0 }, { "Zh==", 1 },
        { "Zm9=", 2 }, { "Zg==Zg==", 2 }, { "Zm 9", 2 }, { "Zm9v====", 4 },
    };
    struct tbc_buf out = { 0 };

    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        tbc_buf_clear(&out);
        CU_ASSERT_EQUAL(tbc_base64_encode(tbc_span_str(vectors[i][0]), &out), TBC_OK);
        CU_ASSERT(tbc_span_equal(tbc_buf_span(&out), tbc_span_str(vectors[i][1])));
        tbc_buf_clear(&out);
        CU_ASSERT_EQUAL(tbc_base64_decode(tbc_span_str(vectors[i][1]), &out, NULL),
                        TBC_OK);
        CU_ASSERT(tbc_span_equal(tbc_buf_span(&out), tbc_span_str(vectors[i][0])));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        size_t at = 99;

        tbc_buf_clear(&out);
        CU_ASSERT_EQUAL(tbc_base64_decode(tbc_span_str(bad[i].text), &out, &at),
                        TBC_ERR_MALFORMED);
        CU_ASSERT_EQUAL(at, bad[i].at);
        CU_ASSERT_EQUAL(out.len, 0);
    }
    tbc_buf_fini(&out);
}

static void
utf8_refuses_overlong_surrogates_and_cut_sequences(void)
{
    static const char *const bad[] = {
        "\x80",
        "\xc0\x80",
        "\xe0\x80\x80",
        "\xed\xa0\x80",
        "\xf0\x80\x80\x80",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xe6\x9e",
        "a\xff",
        "\xc3(",
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CU_ASSERT_FALSE(tbc_utf8_is_valid(tbc_span_str(bad[i])));
    }
    CU_ASSERT(tbc_utf8_is_valid(tbc_span_str("林晓禾 Ünïcödé \xf0\x9f\x9a\x84")));
    CU_ASSERT_EQUAL(tbc_utf8_count(tbc_span_str("林晓禾a")), 4);
}

static void
utf8_copy_cuts_between_characters(void)
{
    char out[8];

    tbc_utf8_copy(out, sizeof out, "林晓禾");
    CU_ASSERT_STRING_EQUAL(out, "林晓");
    tbc_utf8_copy(out, sizeof out, "1234567");
    CU_ASSERT_STRING_EQUAL(out, "1234567");
    tbc_utf8_copy(out, sizeof out, "12345678");
    CU_ASSERT_STRING_EQUAL(out, "1234567");
    tbc_utf8_copy(out, sizeof out, "123456789");
    CU_ASSERT_STRING_EQUAL(out, "1234567");
    tbc_utf8_copy(out, sizeof out, "");
    CU_ASSERT_STRING_EQUAL(out, "");
}

/* So that a loop over damaged text always ends. */
static void
utf8_next_steps_over_a_stray_byte(void)
{
    struct tbc_span s = tbc_span_str("a\xff\xe6\x9e");
    size_t at = 0;

    for (size_t i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(tbc_utf8_next(s, &at).len, 1);
        CU_ASSERT_EQUAL(at, i + 1);
    }
    CU_ASSERT_EQUAL(tbc_utf8_next(s, &at).len, 0);
    CU_ASSERT_EQUAL(at, 4);
}

/* The neighbours of 0-9, A-F and a-f in ASCII. */
static void
hex_refuses_the_neighbours_of_its_letters(void)
{
    static const char *const bad[] = {
        "0/", "0:", "0@", "0G", "0`", "0g", "/0", "0\x7f"
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct tbc_buf out = { 0 };

        CU_ASSERT_EQUAL(tbc_hex_decode(tbc_span_str(bad[i]), &out, NULL),
                        TBC_ERR_MALFORMED);
        CU_ASSERT_EQUAL(out.len, 0);
        tbc_buf_fini(&out);
    }
}

static void
hex_of_a_fixed_size_takes_no_other(void)
{
    static const char *const bad[] = { "", "00", "000000", "00zz", "00000" };
    uint8_t out[2];

    CU_ASSERT(tbc_hex_fixed(tbc_span_str("12aB"), out, sizeof out));
    CU_ASSERT(out[0] == 0x12 && out[1] == 0xab);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CU_ASSERT_FALSE(tbc_hex_fixed(tbc_span_str(bad[i]), out, sizeof out));
    }
}

static void
no_coding_writes_past_a_full_buffer(void)
{
    uint8_t storage[3];
    struct tbc_buf b;

    tbc_buf_init_fixed(&b, storage, sizeof storage);
    CU_ASSERT_EQUAL(tbc_hex_encode(tbc_span_str("ab"), &b), TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(tbc_hex_decode(tbc_span_str("00000000"), &b, NULL), TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(tbc_base45_encode(tbc_span_str("abc"), &b), TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(tbc_base45_decode(tbc_span_str("BB8BB8"), &b, NULL), TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(b.len, 0);
}

static const char base45_alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/* Every group of three letters there is, 45 * 45 * 45 of them, and the answer worked out by hand. */
static size_t
wrong_groups(size_t first)
{
    size_t wrong = 0;

    for (size_t n = 0; n < 45u * 45u; n++) {
        size_t value = first + 45 * (n % 45) + 2025 * (n / 45);
        char text[] = { base45_alphabet[first], base45_alphabet[n % 45],
                        base45_alphabet[n / 45] };
        uint8_t storage[4];
        struct tbc_buf out;
        size_t at = 99;
        enum tbc_err err;

        tbc_buf_init_fixed(&out, storage, sizeof storage);
        err = tbc_base45_decode(tbc_span_of(text, 3), &out, &at);
        wrong += value <= 65535 ? err != TBC_OK || out.len != 2 ||
                                      (size_t)(storage[0] << 8 | storage[1]) != value
                                : err != TBC_ERR_MALFORMED || at != 0 || out.len != 0;
    }
    return wrong;
}

static void
base45_decode_knows_every_group(void)
{
    for (size_t first = 0; first < 45; first++) {
        CU_ASSERT_EQUAL(wrong_groups(first), 0);
    }
}

static void
base45_decode_refuses_every_other_byte_at_every_place(void)
{
    for (unsigned byte = 0; byte < 256; byte++) {
        bool good = byte != 0 && strchr(base45_alphabet, (int)byte) != NULL;

        for (size_t place = 0; place < 8; place++) {
            uint8_t text[8] = { '0', '0', '0', '0', '0', '0', '0', '0' };
            struct tbc_buf out = { 0 };
            size_t at = 99;

            text[place] = (uint8_t)byte;
            if (!good) {
                CU_ASSERT_EQUAL(tbc_base45_decode(tbc_span_of(text, 8), &out, &at),
                                TBC_ERR_MALFORMED);
                CU_ASSERT_EQUAL(at, place);
                CU_ASSERT_EQUAL(out.len, 0);
            }
            tbc_buf_fini(&out);
        }
    }
}

TBC_SUITE("base/text", TEST(utf8_next_steps_over_a_stray_byte),
          TEST(hex_refuses_the_neighbours_of_its_letters),
          TEST(hex_of_a_fixed_size_takes_no_other),
          TEST(no_coding_writes_past_a_full_buffer),
          TEST(utf8_copy_cuts_between_characters),
          TEST(base45_matches_the_examples_of_rfc_9285),
          TEST(base45_decode_refuses_and_names_the_offset),
          TEST(base45_round_trips_every_pair_and_single_byte),
          TEST(base45_decode_knows_every_group),
          TEST(base45_decode_refuses_every_other_byte_at_every_place),
          TEST(hex_round_trips_and_refuses_odd_and_foreign_letters),
          TEST(base64_is_that_of_the_rfc_and_nothing_else),
          TEST(utf8_refuses_overlong_surrogates_and_cut_sequences))
