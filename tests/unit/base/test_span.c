#include "base/rect.h"
#include "base/span.h"
#include "suite.h"

#include <string.h>

static void
order_is_bytewise_with_the_shorter_first(void)
{
    CU_ASSERT(tbc_span_order(tbc_span_str("a"), tbc_span_str("b")) < 0);
    CU_ASSERT(tbc_span_order(tbc_span_str("a"), tbc_span_str("aa")) < 0);
    CU_ASSERT(tbc_span_order(tbc_span_str("aa"), tbc_span_str("a")) > 0);
    CU_ASSERT(tbc_span_order(tbc_span_str("\xff"), tbc_span_str("a")) > 0);
    CU_ASSERT_EQUAL(tbc_span_order(tbc_span_str("a"), tbc_span_str("a")), 0);
}

static void
the_empty_span_equals_itself_whatever_it_points_to(void)
{
    CU_ASSERT(tbc_span_equal((struct tbc_span){ 0 }, tbc_span_str("")));
    CU_ASSERT(tbc_span_equal(tbc_span_str(NULL), tbc_span_str("")));
    CU_ASSERT_FALSE(tbc_span_equal(tbc_span_str("a"), tbc_span_str("")));
    CU_ASSERT_FALSE(tbc_span_equal(tbc_span_str("a"), tbc_span_str("b")));
}

static void
a_part_is_cut_to_what_is_there(void)
{
    static const struct {
        size_t at;
        size_t len;
        const char *part;
    } rows[] = {
        { 0, 3, "abc" }, { 0, 9, "abc" },     { 1, 1, "b" }, { 2, SIZE_MAX, "c" },
        { 3, 1, "" },    { SIZE_MAX, 1, "" }, { 4, 0, "" },
    };
    struct tbc_span whole = tbc_span_str("abc");

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT(tbc_span_equal(tbc_span_sub(whole, rows[i].at, rows[i].len),
                                 tbc_span_str(rows[i].part)));
    }
}

static void
a_part_of_nothing_is_nothing(void)
{
    struct tbc_span part = tbc_span_sub((struct tbc_span){ 0 }, 0, SIZE_MAX);

    CU_ASSERT(part.ptr == NULL && part.len == 0);
    CU_ASSERT(tbc_span_starts((struct tbc_span){ 0 }, (struct tbc_span){ 0 }));
}

static void
a_prefix_is_no_longer_than_what_it_begins(void)
{
    CU_ASSERT(tbc_span_starts(tbc_span_str("TBC1:X"), tbc_span_str("TBC1:")));
    CU_ASSERT(tbc_span_starts(tbc_span_str("TBC1:X"), tbc_span_str("")));
    CU_ASSERT_FALSE(tbc_span_starts(tbc_span_str("TBC1"), tbc_span_str("TBC1:")));
    CU_ASSERT_FALSE(tbc_span_starts(tbc_span_str("TBC2:X"), tbc_span_str("TBC1:")));
}

/* base/rect.h: half-open, so that of two that touch exactly one has a point. */
static void
a_rectangle_has_its_left_and_upper_edge_and_not_the_others(void)
{
    static const struct {
        double x;
        double y;
        bool has;
    } rows[] = {
        { 10, 20, true },  { 39.5, 59.5, true }, { 40, 30, false },
        { 20, 60, false }, { 9.5, 30, false },   { 20, 19.5, false },
    };
    struct tbc_rect r = { 10, 20, 30, 40 };
    struct tbc_rect inner = tbc_rect_inset(r, 5);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT_EQUAL(tbc_rect_has(r, rows[i].x, rows[i].y), rows[i].has);
    }
    CU_ASSERT(tbc_rect_has(inner, 15, 25) && !tbc_rect_has(inner, 14.5, 25) &&
              !tbc_rect_has(inner, 35, 25) && !tbc_rect_has(inner, 15, 55));
}

TBC_SUITE("base/span", TEST(order_is_bytewise_with_the_shorter_first),
          TEST(the_empty_span_equals_itself_whatever_it_points_to),
          TEST(a_part_is_cut_to_what_is_there), TEST(a_part_of_nothing_is_nothing),
          TEST(a_prefix_is_no_longer_than_what_it_begins),
          TEST(a_rectangle_has_its_left_and_upper_edge_and_not_the_others))
