#include "face/align.h"
#include "suite.h"

#include <math.h>
#include <string.h>

static bool
is_near(double a, double b, double tolerance)
{
    return fabs(a - b) <= tolerance;
}

static void
similarity_undoes_a_turn_a_zoom_and_a_shift(void)
{
    const struct tbc_point to[] = { { 10, 20 }, { 50, 22 }, { 31, 44 }, { 15, 60 } };
    struct tbc_point from[4];
    struct tbc_affine map;

    for (size_t i = 0; i < 4; i++) {
        from[i].x = 2.5 * (0.8 * to[i].x - 0.6 * to[i].y) + 7;
        from[i].y = 2.5 * (0.6 * to[i].x + 0.8 * to[i].y) - 3;
    }
    CU_ASSERT_FATAL(tbc_affine_similarity(from, to, 4, &map));
    for (size_t i = 0; i < 4; i++) {
        CU_ASSERT(
            is_near(map.xx * to[i].x + map.xy * to[i].y + map.x0, from[i].x, 1e-9));
        CU_ASSERT(
            is_near(map.yx * to[i].x + map.yy * to[i].y + map.y0, from[i].y, 1e-9));
    }
}

static void
similarity_of_points_that_fall_together_is_refused(void)
{
    const struct tbc_point same[3] = { { 5, 5 }, { 5, 5 }, { 5, 5 } };
    const struct tbc_point to[3] = { { 0, 0 }, { 1, 0 }, { 0, 1 } };
    const struct tbc_point odd[3] = { { (double)NAN, 0 }, { 1, 0 }, { 0, 1 } };
    struct tbc_affine map;

    CU_ASSERT_FALSE(tbc_affine_similarity(same, to, 3, &map));
    CU_ASSERT_FALSE(tbc_affine_similarity(odd, to, 3, &map));
}

static void
sampling_one_to_one_gives_the_pixels_in_planes(void)
{
    const struct tbc_tensor bgr = { .width = 2,
                                    .height = 1,
                                    .order = TBC_BGR,
                                    .mean = { 1, 1, 1 },
                                    .scale = { 2, 2, 2 } };
    const struct tbc_affine map = tbc_affine_square(0, 0, 2, 2, 2);
    static const float expected[] = { 58, 118, 38, 98, 18, 78 };
    struct tbc_picture p;
    float planes[6];

    CU_ASSERT_EQUAL_FATAL(tbc_picture_init(&p, 2, 1, 3), TBC_OK);
    memcpy(p.px, "\x0a\x14\x1e\x28\x32\x3c", 6);
    tbc_sample(&p, &map, &bgr, planes);
    for (size_t i = 0; i < 6; i++) {
        CU_ASSERT(is_near((double)planes[i], (double)expected[i], 1e-3));
    }
    tbc_picture_fini(&p);
}

static void
sampling_beyond_the_picture_gives_the_outside(void)
{
    const struct tbc_tensor grey = {
        .width = 2, .height = 2, .order = TBC_GREY, .scale = { 1 }, .outside = 127
    };
    const struct tbc_affine map = tbc_affine_square(-10, -10, 2, 2, 2);
    struct tbc_picture p;
    float planes[4];

    CU_ASSERT_EQUAL_FATAL(tbc_picture_init(&p, 2, 2, 1), TBC_OK);
    tbc_sample(&p, &map, &grey, planes);
    CU_ASSERT(is_near((double)planes[3], 127, 1e-3));
    tbc_picture_fini(&p);
}

static void
suppression_keeps_the_best_of_what_overlaps(void)
{
    struct tbc_face faces[] = {
        { { 0, 0, 10, 10 }, 0.9 },
        { { 1, 1, 10, 10 }, 0.8 },
        { { 20, 20, 10, 10 }, 0.7 },
        { { 0, 8, 10, 10 }, 0.66 },
    };

    CU_ASSERT(is_near(tbc_box_overlap(faces[0].box, faces[1].box), 81.0 / 119, 1e-9));
    CU_ASSERT_EQUAL(tbc_face_suppress(faces, 4, 0.4), 3);
    CU_ASSERT_EQUAL(faces[1].score, 0.7);
    CU_ASSERT_EQUAL(faces[2].score, 0.66);
}

static void
suppression_never_keeps_more_than_there_is_room_for(void)
{
    struct tbc_face faces[TBC_FACES_MAX + 4];

    for (size_t i = 0; i < TBC_FACES_MAX + 4; i++) {
        faces[i] = (struct tbc_face){ { (double)i * 20, 0, 10, 10 }, 0.9 };
    }
    CU_ASSERT_EQUAL(tbc_face_suppress(faces, TBC_FACES_MAX + 4, 0.4), TBC_FACES_MAX);
}

static void
softmax_stands_great_numbers_and_sums_to_one(void)
{
    float v[] = { 1000, 1000, -1000 };

    tbc_softmax(v, 3);
    CU_ASSERT(is_near((double)v[0], 0.5, 1e-6));
    CU_ASSERT(is_near((double)v[2], 0, 1e-6));
}

static void
pose_bins_cover_minus_99_to_96_degrees(void)
{
    float bins[66] = { 0 };

    bins[0] = 1000;
    CU_ASSERT(is_near(tbc_pose_angle(bins), -99, 1e-3));
    memset(bins, 0, sizeof bins);
    bins[33] = 1000;
    CU_ASSERT(is_near(tbc_pose_angle(bins), 0, 1e-3));
    memset(bins, 0, sizeof bins);
    CU_ASSERT(is_near(tbc_pose_angle(bins), 65 / 2.0 * 3 - 99, 1e-3));
}

static void
sharpness_is_nothing_on_a_slope_and_much_on_a_chessboard(void)
{
    float grey[64];

    for (int i = 0; i < 64; i++) {
        grey[i] = (float)(i % 8 * 10);
    }
    CU_ASSERT(is_near(tbc_sharpness(grey, 8), 0, 1e-6));
    CU_ASSERT(is_near(tbc_brightness(grey, 8), 35, 1e-4));
    for (int i = 0; i < 64; i++) {
        grey[i] = (i + i / 8) % 2 == 0 ? 0 : 255;
    }
    CU_ASSERT(tbc_sharpness(grey, 8) > 1e6);
}

static struct tbc_face_frame
good_frame(void)
{
    struct tbc_face_frame f = { .face = { { 200, 100, 150, 200 }, 0.99 },
                                .sharpness = 500,
                                .brightness = 120 };

    for (size_t i = 0; i < 68; i++) {
        f.landmarks[i] = (struct tbc_point){ 280, 200 };
    }
    return f;
}

static void
the_first_reason_of_the_list_is_the_one_that_is_told(void)
{
    struct tbc_face_frame f = good_frame();

    CU_ASSERT_EQUAL(tbc_face_judge(&f, 0, 640, 480), TBC_FACE_GOOD);
    f.face.score = 0.8;
    CU_ASSERT_EQUAL(tbc_face_judge(&f, 0, 640, 480), TBC_FACE_COVERED);
    f.sharpness = 1;
    CU_ASSERT_EQUAL(tbc_face_judge(&f, 0, 640, 480), TBC_FACE_BLURRED);
    f.brightness = 250;
    CU_ASSERT_EQUAL(tbc_face_judge(&f, 0, 640, 480), TBC_FACE_TOO_BRIGHT);
    f.brightness = 10;
    CU_ASSERT_EQUAL(tbc_face_judge(&f, 0, 640, 480), TBC_FACE_TOO_DARK);
    f.pose.yaw = -15;
    CU_ASSERT_EQUAL(tbc_face_judge(&f, 0, 640, 480), TBC_FACE_TURNED);
    f.landmarks[3].x = -20;
    CU_ASSERT_EQUAL(tbc_face_judge(&f, 0, 640, 480), TBC_FACE_TOO_NEAR);
    f.face.box.h = 119;
    CU_ASSERT_EQUAL(tbc_face_judge(&f, 0, 640, 480), TBC_FACE_TOO_FAR);
    CU_ASSERT_EQUAL(tbc_face_judge(&f, 0.7, 640, 480), TBC_FACE_SEVERAL);
    f.face.score = 0;
    CU_ASSERT_EQUAL(tbc_face_judge(&f, 0.7, 640, 480), TBC_FACE_NO_FACE);
}

TBC_SUITE("face/align", TEST(similarity_undoes_a_turn_a_zoom_and_a_shift),
          TEST(similarity_of_points_that_fall_together_is_refused),
          TEST(sampling_one_to_one_gives_the_pixels_in_planes),
          TEST(sampling_beyond_the_picture_gives_the_outside),
          TEST(suppression_keeps_the_best_of_what_overlaps),
          TEST(suppression_never_keeps_more_than_there_is_room_for),
          TEST(softmax_stands_great_numbers_and_sums_to_one),
          TEST(pose_bins_cover_minus_99_to_96_degrees),
          TEST(sharpness_is_nothing_on_a_slope_and_much_on_a_chessboard),
          TEST(the_first_reason_of_the_list_is_the_one_that_is_told))
