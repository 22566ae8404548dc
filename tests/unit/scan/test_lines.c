#include "scan/lines.h"
#include "suite.h"

#include <string.h>

static struct tbc_mono
at(int64_t ms)
{
    return (struct tbc_mono){ ms };
}

static bool
is_text(const struct tbc_scan_text *t, const char *expected)
{
    return tbc_span_equal(t->text, tbc_span_str(expected)) && !t->is_cut;
}

static void
any_line_end_ends_a_text_and_empty_lines_are_nothing(void)
{
    static const char *const expected[] = { "one", "two", "three" };
    static struct tbc_lines l;
    struct tbc_span in = tbc_span_str("\r\n\none\r\ntwo\r\rthree\n\nfour");
    struct tbc_scan_text t;

    for (size_t i = 0; i < 3; i++) {
        CU_ASSERT(tbc_lines_feed(&l, &in, at(0), &t));
        CU_ASSERT(is_text(&t, expected[i]));
    }
    CU_ASSERT_FALSE(tbc_lines_feed(&l, &in, at(0), &t));
    CU_ASSERT(tbc_lines_idle(&l, at(1), true, &t));
    CU_ASSERT(is_text(&t, "four"));
    CU_ASSERT_FALSE(tbc_lines_idle(&l, at(1), true, &t));
}

static void
half_a_line_is_given_after_half_a_second_of_silence(void)
{
    static struct tbc_lines l;
    struct tbc_span in = tbc_span_str("TBC");
    struct tbc_scan_text t;

    CU_ASSERT_FALSE(tbc_lines_feed(&l, &in, at(1000), &t));
    CU_ASSERT_FALSE(tbc_lines_idle(&l, at(1499), false, &t));
    in = tbc_span_str("1:");
    CU_ASSERT_FALSE(tbc_lines_feed(&l, &in, at(1499), &t));
    CU_ASSERT_FALSE(tbc_lines_idle(&l, at(1998), false, &t));
    CU_ASSERT(tbc_lines_idle(&l, at(1999), false, &t));
    CU_ASSERT(is_text(&t, "TBC1:"));
    CU_ASSERT_FALSE(tbc_lines_idle(&l, at(9999), false, &t));
}

static void
a_text_that_is_too_long_is_cut_and_says_so(void)
{
    static uint8_t many[TBC_SCAN_MAX + 100];
    static struct tbc_lines l;
    struct tbc_span in = tbc_span_of(many, sizeof many);
    struct tbc_scan_text t;

    memset(many, 'x', sizeof many);
    many[sizeof many - 1] = '\n';
    CU_ASSERT(tbc_lines_feed(&l, &in, at(0), &t));
    CU_ASSERT_EQUAL(t.text.len, TBC_SCAN_MAX);
    CU_ASSERT(t.is_cut);
    in = tbc_span_str("next\n");
    CU_ASSERT(tbc_lines_feed(&l, &in, at(0), &t));
    CU_ASSERT(is_text(&t, "next"));
    many[TBC_SCAN_MAX] = '\n';
    in = tbc_span_of(many, TBC_SCAN_MAX + 1);
    CU_ASSERT(tbc_lines_feed(&l, &in, at(0), &t));
    CU_ASSERT_EQUAL(t.text.len, TBC_SCAN_MAX);
    CU_ASSERT_FALSE(t.is_cut);
}

TBC_SUITE("scan/lines", TEST(any_line_end_ends_a_text_and_empty_lines_are_nothing),
          TEST(half_a_line_is_given_after_half_a_second_of_silence),
          TEST(a_text_that_is_too_long_is_cut_and_says_so))
