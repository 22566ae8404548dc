#include "hard_view.h"
#include "scan/qr.h"
#include "scan/reader.h"
#include "suite.h"

#include <string.h>

#define SAMPLE     20 /* of the 500 pictures of `./dev bench scan` */
#define FRAMES_MAX 8

static struct hard_texts texts;

static void
load(void)
{
    char folder[512];

    (void)snprintf(folder, sizeof folder, "%s/tests/fuzz/corpus/token",
                   tbc_test_env("TBC_SOURCE_DIR"));
    if (texts.n == 0) {
        CU_ASSERT_FATAL(hard_texts_load(&texts, folder));
    }
}

static bool
holds(const struct tbc_codes *codes, struct tbc_span text)
{
    for (size_t i = 0; i < codes->n; i++) {
        if (tbc_span_equal(tbc_buf_span(&codes->list[i].text), text)) {
            return true;
        }
    }
    return false;
}

/* Nothing but the texts that are there. */
static bool
is_true(const struct tbc_codes *codes, const struct hard_view *view)
{
    bool known = true;

    for (size_t i = 0; i < codes->n; i++) {
        bool found = false;

        for (size_t k = 0; k < view->text_n; k++) {
            found = found ||
                    tbc_span_equal(tbc_buf_span(&codes->list[i].text), view->texts[k]);
        }
        known = known && found;
    }
    return known;
}

static bool
is_read_in_time(const struct hard_view *view)
{
    struct tbc_reader *reader = NULL;
    bool seen[HARD_VIEW_CODES] = { false };
    bool all = false;

    CU_ASSERT_EQUAL_FATAL(tbc_reader_new(&reader), TBC_OK);
    for (int frame = 0; !all && frame < FRAMES_MAX; frame++) {
        struct tbc_codes codes = { 0 };

        CU_ASSERT_EQUAL(tbc_reader_frame(reader, &view->picture, &codes), TBC_OK);
        CU_ASSERT(is_true(&codes, view));
        all = true;
        for (size_t i = 0; i < view->text_n; i++) {
            seen[i] = seen[i] || holds(&codes, view->texts[i]);
            all = all && seen[i];
        }
        tbc_codes_fini(&codes);
    }
    tbc_reader_free(&reader);
    return all;
}

static void
difficult_pictures_are_read_within_eight_frames(void)
{
    load();
    for (unsigned i = 0; i < SAMPLE; i++) {
        struct hard_view view;

        CU_ASSERT_EQUAL_FATAL(hard_view_make(&texts, 1, i, &view), TBC_OK);
        if (!is_read_in_time(&view)) {
            printf("    %u: %s is not read\n", i, hard_trouble_name(view.trouble));
            CU_FAIL("a difficult picture");
        }
        hard_view_fini(&view);
    }
}

static void
the_same_seed_gives_the_same_picture(void)
{
    struct hard_view a;
    struct hard_view b;
    size_t n = (size_t)HARD_VIEW_WIDTH * HARD_VIEW_HEIGHT;

    load();
    CU_ASSERT_EQUAL_FATAL(hard_view_make(&texts, 3, 9, &a), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(hard_view_make(&texts, 3, 9, &b), TBC_OK);
    CU_ASSERT(memcmp(a.picture.px, b.picture.px, n) == 0);
    hard_view_fini(&b);
    CU_ASSERT_EQUAL_FATAL(hard_view_make(&texts, 4, 9, &b), TBC_OK);
    CU_ASSERT(memcmp(a.picture.px, b.picture.px, n) != 0);
    hard_view_fini(&b);
    hard_view_fini(&a);
}

static void
an_empty_hall_gives_nothing_frame_after_frame(void)
{
    struct tbc_reader *reader = NULL;

    CU_ASSERT_EQUAL_FATAL(tbc_reader_new(&reader), TBC_OK);
    for (unsigned i = 0; i < 3; i++) {
        struct hard_view view;
        struct tbc_codes codes = { 0 };

        CU_ASSERT_EQUAL_FATAL(hard_view_empty(1, i, &view), TBC_OK);
        CU_ASSERT_EQUAL(tbc_reader_frame(reader, &view.picture, &codes), TBC_OK);
        CU_ASSERT_EQUAL(codes.n, 0);
        hard_view_fini(&view);
    }
    tbc_reader_free(&reader);
}

/* A clean code in the middle of a picture of that size. */
static void
put_code(const char *text, int width, int height, struct tbc_picture *p)
{
    struct tbc_qr qr;
    struct tbc_picture code;

    CU_ASSERT_EQUAL_FATAL(tbc_qr_draw(&qr, tbc_span_str(text)), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_qr_picture(&qr, 4, &code), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_picture_init(p, width, height, 1), TBC_OK);
    memset(p->px, 90, (size_t)width * (size_t)height);
    for (int y = 0; y < code.height; y++) {
        size_t at = (size_t)((height - code.height) / 2 + y) * (size_t)width +
                    (size_t)((width - code.width) / 2);

        memcpy(p->px + at, code.px + (size_t)y * (size_t)code.width,
               (size_t)code.width);
    }
    tbc_picture_fini(&code);
    tbc_qr_fini(&qr);
}

static void
frames_may_change_their_size_and_must_be_grey(void)
{
    static const int sizes[][2] = { { 320, 240 }, { 641, 479 }, { 200, 333 } };
    struct tbc_reader *reader = NULL;
    struct tbc_codes codes = { 0 };
    struct tbc_picture p;

    CU_ASSERT_EQUAL_FATAL(tbc_reader_new(&reader), TBC_OK);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        put_code("TBC1:A", sizes[i][0], sizes[i][1], &p);
        CU_ASSERT_EQUAL(tbc_reader_frame(reader, &p, &codes), TBC_OK);
        CU_ASSERT(holds(&codes, tbc_span_str("TBC1:A")));
        tbc_codes_fini(&codes);
        tbc_picture_fini(&p);
    }
    CU_ASSERT_EQUAL_FATAL(tbc_picture_init(&p, 1, 1, 1), TBC_OK);
    CU_ASSERT_EQUAL(tbc_reader_frame(reader, &p, &codes), TBC_OK);
    tbc_picture_fini(&p);
    CU_ASSERT_EQUAL_FATAL(tbc_picture_init(&p, 20, 20, 3), TBC_OK);
    CU_ASSERT_EQUAL(tbc_reader_frame(reader, &p, &codes), TBC_ERR_RANGE);
    CU_ASSERT_EQUAL(codes.n, 0);
    tbc_picture_fini(&p);
    tbc_reader_free(&reader);
}

/* As an app in dark mode shows it: white on black. */
static void
a_code_with_its_colours_exchanged_is_read(void)
{
    struct tbc_reader *reader = NULL;
    struct tbc_codes codes = { 0 };
    struct tbc_picture p;

    CU_ASSERT_EQUAL_FATAL(tbc_reader_new(&reader), TBC_OK);
    put_code("TBC1:IN DARK MODE/0123456789", 640, 480, &p);
    for (int i = 0; i < 640 * 480; i++) {
        p.px[i] = (uint8_t)(255 - p.px[i]);
    }
    for (int frame = 0; codes.n == 0 && frame < FRAMES_MAX; frame++) {
        CU_ASSERT_EQUAL(tbc_reader_frame(reader, &p, &codes), TBC_OK);
    }
    CU_ASSERT(holds(&codes, tbc_span_str("TBC1:IN DARK MODE/0123456789")));
    tbc_codes_fini(&codes);
    tbc_picture_fini(&p);
    tbc_reader_free(&reader);
}

TBC_SUITE("scan/reader", TEST(a_code_with_its_colours_exchanged_is_read),
          TEST(difficult_pictures_are_read_within_eight_frames),
          TEST(the_same_seed_gives_the_same_picture),
          TEST(an_empty_hall_gives_nothing_frame_after_frame),
          TEST(frames_may_change_their_size_and_must_be_grey))
