#include "suite.h"
#include "ui/screen.h"
#include "ui/window.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct tbc_theme *theme;

static struct tbc_canvas *
canvas_of(double w, double h, double k)
{
    char path[512];
    struct tbc_canvas *c = NULL;
    struct tbc_buf why = { 0 };

    if (theme == NULL) {
        theme = calloc(1, sizeof *theme);
        CU_ASSERT_PTR_NOT_NULL_FATAL(theme);
        (void)snprintf(path, sizeof path, "%s/assets/theme.conf",
                       tbc_test_env("TBC_SOURCE_DIR"));
        CU_ASSERT_EQUAL_FATAL(tbc_theme_read(theme, path, &why), TBC_OK);
    }
    (void)snprintf(path, sizeof path, "%s/assets/icons",
                   tbc_test_env("TBC_SOURCE_DIR"));
    CU_ASSERT_EQUAL_FATAL(tbc_canvas_new(&c, theme, path, (struct tbc_size){ w, h }, k),
                          TBC_OK);
    tbc_buf_fini(&why);
    return c;
}

static uint32_t
pixel(struct tbc_canvas *c, int x, int y)
{
    int stride = 0;
    const uint8_t *px = tbc_canvas_pixels(c, &stride);
    uint32_t v;

    memcpy(&v, px + (size_t)y * (size_t)stride + (size_t)x * 4, sizeof v);
    return v & 0xFFFFFF;
}

static void
millimetres_become_whole_pixels(void)
{
    struct tbc_canvas *c = canvas_of(100, 100, 4);

    tbc_canvas_clear(c, 0xFFFFFF);
    tbc_canvas_veil(c, (struct tbc_rect){ 5, 5, 10, 10 }, 0x1A3EB4, 1);
    CU_ASSERT_EQUAL(pixel(c, 19, 20), 0xFFFFFF);
    CU_ASSERT_EQUAL(pixel(c, 20, 20), 0x1A3EB4);
    CU_ASSERT_EQUAL(pixel(c, 59, 59), 0x1A3EB4);
    CU_ASSERT_EQUAL(pixel(c, 60, 59), 0xFFFFFF);
    tbc_canvas_free(&c);
}

static void
capitals_are_as_high_as_asked(void)
{
    struct tbc_canvas *c = canvas_of(400, 200, 10);
    const struct tbc_type type = { .cap = 10, .bold = true };
    int top = -1;
    int bottom = -1;

    tbc_canvas_clear(c, 0xFFFFFF);
    tbc_canvas_text(c, &type, "H", (struct tbc_rect){ 2, 0, 30, 0 }, 0x000000);
    for (int y = 0; y < 200; y++) {
        for (int x = 0; x < 400; x++) {
            if (pixel(c, x, y) < 0x808080) {
                top = top < 0 ? y : top;
                bottom = y;
            }
        }
    }
    CU_ASSERT(bottom - top + 1 >= 98 && bottom - top + 1 <= 102);
    tbc_canvas_free(&c);
}

static void
text_fits_its_own_measured_width_and_wraps_below_it(void)
{
    struct tbc_canvas *c = canvas_of(400, 200, 4);
    const struct tbc_type type = { .cap = 5 };
    static const char *const texts[] = { "Choose your language",
                                         "请输入身份证号码，共 18 位" };

    for (size_t i = 0; i < 2; i++) {
        struct tbc_size one = tbc_canvas_measure(c, &type, texts[i], 0);
        struct tbc_size same = tbc_canvas_measure(c, &type, texts[i], one.w);
        struct tbc_size two = tbc_canvas_measure(c, &type, texts[i], one.w * 0.7);

        CU_ASSERT_DOUBLE_EQUAL(one.h, same.h, 0.01);
        CU_ASSERT_DOUBLE_EQUAL(two.h, 2 * one.h, 0.01);
        CU_ASSERT(two.w <= one.w * 0.7 + 0.2);
    }
    tbc_canvas_free(&c);
}

static void
figures_have_one_width(void)
{
    struct tbc_canvas *c = canvas_of(100, 100, 4);
    const struct tbc_type type = { .cap = 7, .bold = true };

    CU_ASSERT_DOUBLE_EQUAL(tbc_canvas_measure(c, &type, "1111", 0).w,
                           tbc_canvas_measure(c, &type, "0846", 0).w, 0.1);
    tbc_canvas_free(&c);
}

static void
qr_modules_are_whole_pixels_with_a_quiet_zone(void)
{
    struct tbc_canvas *c = canvas_of(300, 300, 4);
    uint8_t dark[21 * 21];
    double mm;

    memset(dark, 0, sizeof dark);
    dark[0] = dark[20] = dark[sizeof dark - 1] = 1;
    tbc_canvas_clear(c, 0x0B1B4D);
    mm = tbc_canvas_modules(c, (struct tbc_rect){ 0, 0, 75, 75 }, dark, 21);
    CU_ASSERT_DOUBLE_EQUAL(mm, 10 * 29 / 4.0, 1e-9); /* 300 / 29 = 10 pixels a module */
    CU_ASSERT_DOUBLE_EQUAL(tbc_canvas_modules_mm(c, 75, 21), mm, 1e-9);
    CU_ASSERT_EQUAL(pixel(c, 5, 5), 0xFFFFFF);
    CU_ASSERT_EQUAL(pixel(c, 44, 44), 0xFFFFFF);
    CU_ASSERT_EQUAL(pixel(c, 45, 45), 0x000000);
    CU_ASSERT_EQUAL(pixel(c, 54, 54), 0x000000);
    CU_ASSERT_EQUAL(pixel(c, 55, 45), 0xFFFFFF);
    CU_ASSERT_EQUAL(
        tbc_canvas_modules(c, (struct tbc_rect){ 0, 0, 1, 1 }, dark, 21) > 0, false);
    tbc_canvas_free(&c);
}

static void
the_camera_is_a_mirror_inside_the_oval(void)
{
    struct tbc_canvas *c = canvas_of(100, 100, 1);
    uint8_t rgb[2 * 3] = { 255, 0, 0, 0, 0, 255 }; /* red left, blue right */

    tbc_canvas_clear(c, 0x00FF00);
    CU_ASSERT_EQUAL(tbc_canvas_picture(c, (struct tbc_rect){ 0, 0, 100, 100 },
                                       &(struct tbc_rgb){ rgb, 2, 1, 6 }),
                    TBC_OK);
    CU_ASSERT_EQUAL(pixel(c, 2, 2), 0x00FF00);
    CU_ASSERT((pixel(c, 10, 50) & 0xFF) > 0x80);
    CU_ASSERT((pixel(c, 90, 50) >> 16) > 0x80);
    CU_ASSERT_EQUAL(tbc_canvas_picture(c, (struct tbc_rect){ 0, 0, 10, 10 },
                                       &(struct tbc_rgb){ rgb, 0, 1, 6 }),
                    TBC_ERR_LIMIT);
    tbc_canvas_free(&c);
}

static void
icons_take_the_colour_and_unknown_ones_are_refused(void)
{
    struct tbc_canvas *c = canvas_of(100, 100, 4);

    tbc_canvas_clear(c, 0xFFFFFF);
    CU_ASSERT_EQUAL(
        tbc_canvas_icon(c, "sign-refused", (struct tbc_rect){ 0, 0, 25, 25 }, 0x9C0F2B),
        TBC_OK);
    CU_ASSERT_EQUAL(pixel(c, 50, 50), 0x9C0F2B);
    CU_ASSERT_EQUAL(tbc_canvas_icon(c, "no-such", (struct tbc_rect){ 0, 0, 25, 25 }, 0),
                    TBC_ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(
        tbc_canvas_icon(c, "../theme", (struct tbc_rect){ 0, 0, 25, 25 }, 0),
        TBC_ERR_NOT_FOUND);
    tbc_canvas_free(&c);
}

/* The audit must find what it is for, or the walk over all screens proves nothing. */
static void
the_audit_finds_what_is_cut_small_near_and_missing(void)
{
    struct tbc_canvas *c = canvas_of(400, 400, 4);
    struct tbc_screen *s = NULL;
    struct tbc_buf faults = { 0 };
    const struct tbc_type type = { .cap = 5 };
    const struct tbc_screen_floors floors = { .target = 15, .gap = 2, .cap = 4.8 };
    static const char *const says[] = { "does not fit", "leaves the panel", "too small",
                                        "too near",     "cannot be drawn",  "overlap" };

    CU_ASSERT_EQUAL_FATAL(tbc_screen_new(&s, c), TBC_OK);
    tbc_screen_begin(s, 0);
    (void)tbc_screen_text(s, (struct tbc_rect){ 0, 0, 20, 5 }, &type, 0,
                          "much too long for its box");
    (void)tbc_screen_text(s, (struct tbc_rect){ 0, 2, 60, 0 }, &type, 0, "over it");
    (void)tbc_screen_text(s, (struct tbc_rect){ 90, 50, 0, 0 }, &type, 0, "outside");
    tbc_screen_touch(s, (struct tbc_rect){ 0, 80, 14, 20 }, 1, 0);
    tbc_screen_touch(s, (struct tbc_rect){ 15, 80, 20, 20 }, 1, 0);
    tbc_screen_icon(s, "no-such", (struct tbc_rect){ 50, 80, 9, 9 }, 0);
    CU_ASSERT(tbc_screen_audit(s, &floors, &faults) >= 6);
    for (size_t i = 0; i < sizeof says / sizeof *says; i++) {
        CU_ASSERT_PTR_NOT_NULL(strstr(tbc_buf_str(&faults), says[i]));
    }
    tbc_buf_fini(&faults);
    tbc_screen_free(&s);
    tbc_canvas_free(&c);
}

static void
a_window_opens_without_a_screen_and_keeps_the_picture(void)
{
    struct tbc_canvas *c = canvas_of(320, 200, 4);
    struct tbc_window *w = NULL;
    struct tbc_buf why = { 0 };
    struct tbc_touch touch;
    const struct tbc_window_options options = { .title = "test", .width_px = 160 };

    CU_ASSERT_EQUAL(setenv("SDL_VIDEODRIVER", "dummy", 1), 0);
    CU_ASSERT_EQUAL_FATAL(tbc_window_open(&w, c, &options, &why), TBC_OK);
    tbc_canvas_clear(c, 0x1FBE96);
    CU_ASSERT_EQUAL(tbc_window_show(w), TBC_OK);
    CU_ASSERT_FALSE(tbc_window_poll(w, 0, &touch));
    CU_ASSERT_EQUAL(touch.kind, TBC_TOUCH_NONE);
    CU_ASSERT_EQUAL(tbc_window_shot(w, "no/such/folder/shot.png"), TBC_ERR_IO);
    tbc_window_close(&w);
    tbc_buf_fini(&why);
    tbc_canvas_free(&c);
    free(theme);
    theme = NULL;
}

TBC_SUITE("ui/canvas", TEST(millimetres_become_whole_pixels),
          TEST(capitals_are_as_high_as_asked),
          TEST(text_fits_its_own_measured_width_and_wraps_below_it),
          TEST(figures_have_one_width),
          TEST(qr_modules_are_whole_pixels_with_a_quiet_zone),
          TEST(the_camera_is_a_mirror_inside_the_oval),
          TEST(icons_take_the_colour_and_unknown_ones_are_refused),
          TEST(the_audit_finds_what_is_cut_small_near_and_missing),
          TEST(a_window_opens_without_a_screen_and_keeps_the_picture))
