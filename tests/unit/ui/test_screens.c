/* What screens show and what touching them means. */
#include "suite.h"
#include "ui/screen.h"
#include "walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
screens_keep_to_their_boxes(void)
{
    CU_ASSERT_EQUAL(walk_screens("portrait_21", WALK_QUICK), 0);
    CU_ASSERT_EQUAL(walk_screens("landscape_10", WALK_QUICK), 0);
}

/* The number of faults of one panel's pictures, each printed: what is cut, spills or overlaps, and
 * what is smaller than 3 % of the panel's height, which is what one reads from 3 m. */
static size_t
walk_gate(const char *panel, double height_mm)
{
    const struct tbc_screen_floors floors = { .cap = height_mm * GATE_DISPLAY_CAP -
                                                     0.001 };
    char path[512];
    struct gate_display *display = NULL;
    struct tbc_buf why = { 0 };
    size_t examples_n;
    const struct gate_example *e = example_gate(&examples_n);
    size_t n = 0;

    CU_ASSERT_EQUAL_FATAL(gate_display_new(&display, walk_assets(path), panel, &why),
                          TBC_OK);
    for (size_t i = 0; i < examples_n * 2; i++) {
        struct tbc_buf faults = { 0 };
        struct gate_view view;

        example_gate_view(&e[i / 2], &view);
        view.offline = view.offline || i % 2 == 1;
        CU_ASSERT_EQUAL(gate_display_draw(display, &view), TBC_OK);
        n += tbc_screen_audit(gate_display_screen(display), &floors, &faults);
        if (faults.len > 0) {
            (void)fprintf(stderr, "%s %s:\n%s", panel, e[i / 2].name,
                          tbc_buf_str(&faults));
        }
        tbc_buf_fini(&faults);
    }
    gate_display_free(&display);
    tbc_buf_fini(&why);
    return n;
}

static void
every_gate_outcome_keeps_to_its_boxes_and_is_read_from_3_m(void)
{
    CU_ASSERT_EQUAL(walk_gate("gate_10", 136), 0);
    CU_ASSERT_EQUAL(walk_gate("gate_15", 194), 0);
    CU_ASSERT_EQUAL(walk_gate("gate_21", 476), 0);
}

static void
gate_takes_the_panel_of_its_display_s_shape(void)
{
    CU_ASSERT_STRING_EQUAL(gate_display_panel(1280, 800), "gate_10");
    CU_ASSERT_STRING_EQUAL(gate_display_panel(1024, 768), "gate_10");
    CU_ASSERT_STRING_EQUAL(gate_display_panel(0, 0), "gate_10");
    CU_ASSERT_STRING_EQUAL(gate_display_panel(1920, 1080), "gate_15");
    CU_ASSERT_STRING_EQUAL(gate_display_panel(1366, 768), "gate_15");
    CU_ASSERT_STRING_EQUAL(gate_display_panel(1080, 1920), "gate_21");
    CU_ASSERT_STRING_EQUAL(gate_display_panel(800, 1280), "gate_21");
}

/* A touch in the middle of every key means that key. */
static void
keys_mean_what_they_show(void)
{
    struct kiosk_stage *stage = walk_stage("portrait_21");
    struct kiosk_view *v = calloc(1, sizeof *v);
    const double k = 1080 / 267.0;
    int arg = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(v);
    v->screen = KIOSK_NUMBER;
    v->size = KIOSK_SIZE_NORMAL;
    v->number_fault = TBC_DOC_TOO_SHORT;
    v->motion_ms = 5000;
    CU_ASSERT_EQUAL(kiosk_draw(stage, v), TBC_OK);
    for (int i = 0; i < 12; i++) {
        static const char keys[] = "123456789X0";
        int column = i % 3;
        int row = i / 3;
        double x = (16 + 37 + column * 79) * k;
        double y = (166 + 22 + row * 49) * k;

        if (i < 11) {
            CU_ASSERT_EQUAL(kiosk_hit(stage, x, y, &arg), KIOSK_EV_KEY);
            CU_ASSERT_EQUAL(arg, keys[i]);
        } else {
            CU_ASSERT_EQUAL(kiosk_hit(stage, x, y, &arg), KIOSK_EV_BACKSPACE);
        }
    }
    CU_ASSERT_EQUAL(kiosk_hit(stage, 2, 1000, &arg), KIOSK_EV_NONE);
    free(v);
    kiosk_stage_free(&stage);
}

/* While an answer is awaited only the way to a person may be taken. */
static void
a_resting_screen_leaves_only_the_staffed_desk(void)
{
    struct kiosk_stage *stage = walk_stage("portrait_21");
    struct kiosk_view *v = calloc(1, sizeof *v);
    bool desk = false;
    int arg = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(v);
    v->screen = KIOSK_CONFIRM;
    v->size = KIOSK_SIZE_NORMAL;
    v->quiet = true;
    v->motion_ms = 5000;
    CU_ASSERT_EQUAL(kiosk_draw(stage, v), TBC_OK);
    for (int y = 0; y < 1920; y += 24) {
        for (int x = 0; x < 1080; x += 24) {
            enum kiosk_event e = kiosk_hit(stage, x, y, &arg);

            CU_ASSERT(e == KIOSK_EV_NONE || e == KIOSK_EV_DESK);
            desk = desk || e == KIOSK_EV_DESK;
        }
    }
    CU_ASSERT(desk);
    free(v);
    kiosk_stage_free(&stage);
}

/* The time-out warning and the closed screen excepted, nobody is without a way to a person. */
static void
every_screen_has_a_way_to_the_staffed_desk(void)
{
    struct kiosk_stage *stage = walk_stage("landscape_10");
    size_t n;
    const struct example *e = example_kiosk(&n);

    for (size_t i = 0; i < n; i++) {
        struct kiosk_view *v = calloc(1, sizeof *v);
        bool desk = false;
        int arg = 0;

        CU_ASSERT_PTR_NOT_NULL_FATAL(v);
        example_view(&e[i], KIOSK_EN, v);
        CU_ASSERT_EQUAL(kiosk_draw(stage, v), TBC_OK);
        for (int y = 0; y < 800 && !desk; y += 40) {
            for (int x = 0; x < 1280 && !desk; x += 40) {
                enum kiosk_event event = kiosk_hit(stage, x, y, &arg);

                desk = event == KIOSK_EV_DESK || event == KIOSK_EV_REFUSE;
            }
        }
        if (v->screen != KIOSK_TIME_OUT && v->screen != KIOSK_CLOSED &&
            v->screen != KIOSK_DESK && !desk) {
            CU_FAIL("no way to the staffed desk");
            (void)fprintf(stderr, "%s: no way to the staffed desk\n", e[i].name);
        }
        free(v);
    }
    kiosk_stage_free(&stage);
}

static void
typed_digits_are_not_spoken(void)
{
    struct kiosk_stage *stage = walk_stage("portrait_21");
    struct kiosk_view *v = calloc(1, sizeof *v);
    struct tbc_buf spoken = { 0 };
    const char *text;

    CU_ASSERT_PTR_NOT_NULL_FATAL(v);
    v->screen = KIOSK_NUMBER;
    v->language = KIOSK_EN;
    v->size = KIOSK_SIZE_NORMAL;
    memcpy(v->number, "11010", 6);
    v->number_fault = TBC_DOC_TOO_SHORT;
    CU_ASSERT_EQUAL(kiosk_draw(stage, v), TBC_OK);
    kiosk_spoken(stage, &spoken);
    text = tbc_buf_str(&spoken);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "Your ID card number"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "13 more to go"));
    CU_ASSERT_PTR_NULL(strstr(text, "\n1\n"));
    tbc_buf_fini(&spoken);
    free(v);
    kiosk_stage_free(&stage);
}

static void
forgetting_leaves_a_black_picture_without_touch(void)
{
    struct kiosk_stage *stage = walk_stage("landscape_10");
    struct tbc_canvas *canvas = kiosk_stage_canvas(stage);
    struct kiosk_view *v = calloc(1, sizeof *v);
    const uint8_t *px;
    int stride = 0;
    int arg = 0;
    unsigned sum = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(v);
    v->screen = KIOSK_CONSENT;
    v->size = KIOSK_SIZE_NORMAL;
    CU_ASSERT_EQUAL(kiosk_draw(stage, v), TBC_OK);
    kiosk_stage_forget(stage);
    px = tbc_canvas_pixels(canvas, &stride);
    for (int y = 0; y < tbc_canvas_height_px(canvas); y++) {
        for (int x = 0; x < 4 * tbc_canvas_width_px(canvas); x++) {
            sum |= x % 4 == 3 ? 0u : px[y * stride + x];
        }
    }
    CU_ASSERT_EQUAL(sum, 0);
    CU_ASSERT_EQUAL(kiosk_hit(stage, 1000, 750, &arg), KIOSK_EV_NONE);
    free(v);
    kiosk_stage_free(&stage);
}

TBC_SUITE("ui/screens", TEST(screens_keep_to_their_boxes),
          TEST(every_gate_outcome_keeps_to_its_boxes_and_is_read_from_3_m),
          TEST(gate_takes_the_panel_of_its_display_s_shape),
          TEST(keys_mean_what_they_show),
          TEST(a_resting_screen_leaves_only_the_staffed_desk),
          TEST(every_screen_has_a_way_to_the_staffed_desk),
          TEST(typed_digits_are_not_spoken),
          TEST(forgetting_leaves_a_black_picture_without_touch))
