#include "scan/qr.h"
#include "second_view.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

static void
join(void *ctx, struct tbc_span text)
{
    (void)tbc_buf_append_span(ctx, text);
    (void)tbc_buf_append_str(ctx, "|");
}

static bool
reads_as(const struct tbc_picture *p, const char *expected)
{
    struct tbc_buf texts = { 0 };
    bool same;

    CU_ASSERT_EQUAL(tbc_qr_read(p, join, &texts), TBC_OK);
    same = tbc_span_equal(tbc_buf_span(&texts), tbc_span_str(expected));
    if (!same) {
        printf("    read %s\n", tbc_buf_str(&texts));
    }
    tbc_buf_fini(&texts);
    return same;
}

static void
draw(const char *text, int px, struct tbc_picture *p)
{
    struct tbc_qr qr;

    CU_ASSERT_EQUAL_FATAL(tbc_qr_draw(&qr, tbc_span_str(text)), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_qr_picture(&qr, px, p), TBC_OK);
    tbc_qr_fini(&qr);
}

static void
what_is_drawn_is_read_back(void)
{
    static const char *const texts[] = { "A", "TBC1:6BF0/$*%-+.", "lower case, too",
                                         "\xe4\xb8\xb4\xe6\x97\xb6" };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct tbc_picture p;
        char expected[64];

        (void)snprintf(expected, sizeof expected, "%s|", texts[i]);
        draw(texts[i], 4, &p);
        CU_ASSERT(reads_as(&p, expected));
        tbc_picture_fini(&p);
    }
}

/* The greatest certificate on paper: 320 bytes, 485 letters with the prefix. */
static void
alphanumeric_texts_get_the_smaller_symbol(void)
{
    char text[486];
    struct tbc_qr upper;
    struct tbc_qr lower;

    memset(text, 'A', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    CU_ASSERT_EQUAL(tbc_qr_draw(&upper, tbc_span_str(text)), TBC_OK);
    CU_ASSERT_EQUAL(upper.side, 17 + 4 * 14); /* 14-M holds 528 letters, 13-M 483 */
    memset(text, 'a', sizeof text - 1);
    CU_ASSERT_EQUAL(tbc_qr_draw(&lower, tbc_span_str(text)), TBC_OK);
    CU_ASSERT(lower.side > upper.side);
    tbc_qr_fini(&lower);
    tbc_qr_fini(&upper);
}

static void
too_much_and_nothing_are_refused(void)
{
    static char text[8000];
    struct tbc_qr qr;

    memset(text, 'A', sizeof text - 1);
    CU_ASSERT_EQUAL(tbc_qr_draw(&qr, tbc_span_str(text)), TBC_ERR_LIMIT);
    CU_ASSERT_PTR_NULL(qr.dark);
    CU_ASSERT_EQUAL(tbc_qr_draw(&qr, tbc_span_str("")), TBC_ERR_RANGE);
}

static void
a_turned_dim_and_blurred_code_is_read(void)
{
    const struct second_view view = {
        .degrees = 17, .zoom = 0.8, .gamma = 1.6, .blur_px = 0.9
    };
    struct tbc_picture p;
    struct tbc_picture seen;

    draw("TBC1:ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 6, &p);
    CU_ASSERT_EQUAL_FATAL(second_view_make(&p, &view, &seen), TBC_OK);
    CU_ASSERT(reads_as(&seen, "TBC1:ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789|"));
    tbc_picture_fini(&seen);
    tbc_picture_fini(&p);
}

static void
paste(struct tbc_picture *onto, const struct tbc_picture *p, int x, int y)
{
    for (int row = 0; row < p->height; row++) {
        memcpy(onto->px + (size_t)(y + row) * (size_t)onto->width + x,
               p->px + (size_t)row * (size_t)p->width, (size_t)p->width);
    }
}

static void
several_codes_come_in_reading_order(void)
{
    static const struct {
        const char *text;
        int x;
        int y;
    } codes[] = { { "FOURTH", 300, 250 },
                  { "SECOND", 310, 10 },
                  { "THIRD", 5, 240 },
                  { "FIRST", 20, 25 } };
    struct tbc_picture all;

    CU_ASSERT_EQUAL_FATAL(tbc_picture_init(&all, 600, 500, 1), TBC_OK);
    memset(all.px, 255, (size_t)600 * 500);
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct tbc_picture p;

        draw(codes[i].text, 6, &p);
        paste(&all, &p, codes[i].x, codes[i].y);
        tbc_picture_fini(&p);
    }
    CU_ASSERT(reads_as(&all, "FIRST|SECOND|THIRD|FOURTH|"));
    tbc_picture_fini(&all);
}

static void
no_code_is_no_text_and_no_error(void)
{
    struct tbc_picture p;

    CU_ASSERT_EQUAL_FATAL(tbc_picture_init(&p, 1, 1, 3), TBC_OK);
    CU_ASSERT(reads_as(&p, ""));
    tbc_picture_fini(&p);
    CU_ASSERT_EQUAL_FATAL(tbc_picture_init(&p, 200, 100, 3), TBC_OK);
    CU_ASSERT(reads_as(&p, ""));
    tbc_picture_fini(&p);
}

static void
blocks_show_two_rows_a_line_with_the_quiet_zone(void)
{
    struct tbc_qr qr;
    struct tbc_buf out = { 0 };
    size_t lines = 0;

    CU_ASSERT_EQUAL_FATAL(tbc_qr_draw(&qr, tbc_span_str("A")), TBC_OK);
    CU_ASSERT_EQUAL(tbc_qr_blocks(&qr, &out), TBC_OK);
    for (size_t i = 0; i < out.len; i++) {
        lines += out.ptr[i] == '\n';
    }
    CU_ASSERT_EQUAL(lines, (21 + 8 + 1) / 2);
    CU_ASSERT(tbc_span_starts(tbc_buf_span(&out), tbc_span_str("\u2588\u2588\u2588")));
    tbc_buf_fini(&out);
    tbc_qr_fini(&qr);
}

TBC_SUITE("scan/qr", TEST(what_is_drawn_is_read_back),
          TEST(alphanumeric_texts_get_the_smaller_symbol),
          TEST(too_much_and_nothing_are_refused),
          TEST(a_turned_dim_and_blurred_code_is_read),
          TEST(several_codes_come_in_reading_order),
          TEST(no_code_is_no_text_and_no_error),
          TEST(blocks_show_two_rows_a_line_with_the_quiet_zone))
