#include "scan/source.h"
#include "scan/trim.h"
#include "suite.h"

#include <string.h>

static bool
trims(const char *prefix, const char *suffix, const char *text, const char *expected)
{
    struct tbc_trim t = { 0 };
    struct tbc_span left;

    CU_ASSERT(*prefix == '\0' ||
              tbc_trim_parse(tbc_span_str(prefix), t.prefix, &t.prefix_len));
    CU_ASSERT(*suffix == '\0' ||
              tbc_trim_parse(tbc_span_str(suffix), t.suffix, &t.suffix_len));
    left = tbc_trim_apply(&t, tbc_span_str(text));
    return tbc_span_equal(left, tbc_span_str(expected));
}

static void
what_a_scanner_puts_around_a_text_is_taken_off(void)
{
    static const struct {
        const char *prefix;
        const char *suffix;
        const char *text;
        const char *expected;
    } rows[] = {
        { "", "", "TBC1:A", "TBC1:A" },
        { "", "", "", "" },
        { "", "", "]Q3TBC1:A", "TBC1:A" },
        { "", "", "]Q1TBC1:A", "TBC1:A" },
        { "", "", "]d2TBC1:A", "TBC1:A" },
        { "", "", "]XzTBC1:A", "TBC1:A" },
        { "", "", "]Q3", "" },
        { "", "", "]Q", "]Q" },
        { "", "", "]3QTBC1:A", "]3QTBC1:A" },
        { "", "", "]Q TBC1:A", "]Q TBC1:A" },
        { "", "", "]Q3]Q3TBC1:A", "]Q3TBC1:A" }, /* once */
        { "%02", "", "\x02TBC1:A", "TBC1:A" },
        { "%02", "%03", "\x02TBC1:A\x03", "TBC1:A" },
        { "%02", "%03", "TBC1:A", "TBC1:A" }, /* not programmed after all */
        { "%02", "%03", "\x02\x03", "" },
        { "%02", "%02", "\x02", "" },
        { "S>", "", "S>]Q3TBC1:A", "TBC1:A" },
        { "S>", "", "]Q3S>TBC1:A", "TBC1:A" },
        { "S>", "", "S>S>TBC1:A", "S>TBC1:A" },
        { "S>", "", "S", "S" },
        { "", "<E", "TBC1:A<E", "TBC1:A" },
        { "", "<E", "TBC1:A<E ", "TBC1:A<E " },
        { "", "TBC1:ABC", "ABC", "ABC" }, /* longer than the text */
        { "", " ", "TBC1:A  ", "TBC1:A " },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT(
            trims(rows[i].prefix, rows[i].suffix, rows[i].text, rows[i].expected));
    }
}

static void
bytes_are_written_as_letters_or_with_a_per_cent_sign(void)
{
    static const struct {
        const char *text;
        const char *bytes; /* NULL: refused */
    } rows[] = {
        { "A", "A" },
        { "%1d%1D", "\x1d\x1d" },
        { "%2C%25", ",%" },
        { "%fF", "\xff" },
        { "0123456789abcdef", "0123456789abcdef" },
        { "%30123456789abcdef", "0123456789abcdef" },
        { "0123456789abcdefg", NULL },
        { "", NULL },
        { "%", NULL },
        { "%0", NULL },
        { "%0g", NULL },
        { "%g0", NULL },
        { "a%", NULL },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t bytes[TBC_TRIM_MAX];
        size_t len = 99;
        bool taken = tbc_trim_parse(tbc_span_str(rows[i].text), bytes, &len);

        CU_ASSERT_EQUAL(taken, rows[i].bytes != NULL);
        CU_ASSERT_EQUAL(len, rows[i].bytes != NULL ? strlen(rows[i].bytes) : 0);
        CU_ASSERT(!taken || memcmp(bytes, rows[i].bytes, len) == 0);
    }
}

static void
a_source_is_a_device_one_word_and_what_to_take_off(void)
{
    struct tbc_source s;
    const char *why = "";

    CU_ASSERT_EQUAL(tbc_source_parse(&s, "/dev/ttyACM0", &why), TBC_OK);
    CU_ASSERT_STRING_EQUAL(s.path, "/dev/ttyACM0");
    CU_ASSERT_STRING_EQUAL(s.detail, "");
    CU_ASSERT(s.trim.prefix_len == 0 && s.trim.suffix_len == 0);
    CU_ASSERT_EQUAL(tbc_source_parse(&s, "/dev/a,115200,prefix=%02,suffix=xy", &why),
                    TBC_OK);
    CU_ASSERT_STRING_EQUAL(s.path, "/dev/a");
    CU_ASSERT_STRING_EQUAL(s.detail, "115200");
    CU_ASSERT(s.trim.prefix_len == 1 && s.trim.prefix[0] == 2);
    CU_ASSERT(s.trim.suffix_len == 2 && memcmp(s.trim.suffix, "xy", 2) == 0);
    CU_ASSERT_EQUAL(tbc_source_parse(&s, "/dev/a,suffix=%2C,de", &why), TBC_OK);
    CU_ASSERT_STRING_EQUAL(s.detail, "de");
    CU_ASSERT(s.trim.suffix_len == 1 && s.trim.suffix[0] == ',');
}

static void
a_source_that_is_none_is_told_with_the_way_out(void)
{
    static const char *const names[] = {
        "",
        ",115200",
        "/dev/a,",
        "/dev/a,1,2",
        "/dev/a,prefix=",
        "/dev/a,suffix=%0",
        "/dev/a,prefix=0123456789abcdefg",
        "/dev/a,0123456789012345678901234567890123456789",
    };
    char path[TBC_SOURCE_PATH + 1];
    struct tbc_source s;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *why = NULL;

        CU_ASSERT_EQUAL(tbc_source_parse(&s, names[i], &why), TBC_ERR_UNSUPPORTED);
        CU_ASSERT(why != NULL && strlen(why) > 10);
    }
    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    CU_ASSERT_EQUAL(tbc_source_parse(&s, path, &(const char *){ 0 }),
                    TBC_ERR_UNSUPPORTED);
    CU_ASSERT_EQUAL(tbc_source_parse(&s, path + 1, &(const char *){ 0 }), TBC_OK);
}

TBC_SUITE("scan/trim", TEST(what_a_scanner_puts_around_a_text_is_taken_off),
          TEST(bytes_are_written_as_letters_or_with_a_per_cent_sign),
          TEST(a_source_is_a_device_one_word_and_what_to_take_off),
          TEST(a_source_that_is_none_is_told_with_the_way_out))
