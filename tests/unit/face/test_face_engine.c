#include "face/face.h"
#include "photos.h"
#include "second_view.h"
#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The project's default policy (docs/FACE.md). */
#define ACCEPT 0.45
#define REFUSE 0.35

struct seen {
    struct tbc_face_frame frame;
    struct tbc_face_template template;
};

static struct tbc_face_engine *
engine_or_skip(void)
{
    struct tbc_face_engine *e = NULL;
    const char *models = photos_models();
    const char *why = NULL;

    if (models != NULL && tbc_face_open(&e, models, NULL, &why) != TBC_OK) {
        CU_FAIL("the models do not load");
        printf("    %s\n", why);
    }
    return e;
}

static void
see(struct tbc_face_engine *e, const struct tbc_picture *p, struct seen *s)
{
    memset(s, 0, sizeof *s);
    CU_ASSERT_EQUAL_FATAL(tbc_face_inspect(e, p, &s->frame), TBC_OK);
    if (s->frame.quality != TBC_FACE_NO_FACE) {
        CU_ASSERT_EQUAL(tbc_face_embed(e, p, &s->frame, &s->template), TBC_OK);
    }
}

static bool
see_file(struct tbc_face_engine *e, const char *file, struct seen *s)
{
    struct tbc_picture p = { 0 };
    char path[1024];

    if (photos_person(file, path, sizeof path) == NULL) {
        return false;
    }
    CU_ASSERT_EQUAL_FATAL(tbc_picture_read(&p, path), TBC_OK);
    see(e, &p, s);
    tbc_picture_fini(&p);
    return true;
}

static double
score(const struct seen *a, const struct seen *b)
{
    return tbc_face_compare(&a->template, &b->template);
}

static void
two_persons_are_two_and_two_scans_of_one_are_one(void)
{
    struct tbc_face_engine *e = engine_or_skip();
    static struct seen s[4];

    if (e != NULL && see_file(e, "astronaut.png", &s[0]) &&
        see_file(e, "grace_hopper.jpg", &s[1]) && see_file(e, "mona.png", &s[2]) &&
        see_file(e, "joconde.jpg", &s[3])) {
        printf("    Collins, Hopper %.3f; Mona Lisa twice %.3f\n", score(&s[0], &s[1]),
               score(&s[2], &s[3]));
        CU_ASSERT(score(&s[0], &s[1]) < REFUSE);
        CU_ASSERT(score(&s[0], &s[2]) < REFUSE);
        CU_ASSERT(score(&s[1], &s[2]) < REFUSE);
        CU_ASSERT(score(&s[2], &s[3]) > 0.9);
        CU_ASSERT(fabs(score(&s[0], &s[0]) - 1) < 1e-4);
        CU_ASSERT_EQUAL(s[1].frame.quality, TBC_FACE_GOOD);
        CU_ASSERT_EQUAL(s[0].frame.quality, TBC_FACE_TOO_FAR); /* 109 px */
    }
    tbc_face_close(&e);
}

static void
a_turned_head_is_measured_and_told(void)
{
    struct tbc_face_engine *e = engine_or_skip();
    static struct seen s;
    static struct seen straight;

    if (e != NULL && see_file(e, "camera.png", &s) &&
        see_file(e, "grace_hopper.jpg", &straight)) {
        CU_ASSERT(fabs(s.frame.pose.yaw - -54) < 4);
        CU_ASSERT(fabs(straight.frame.pose.yaw) < 6);
        CU_ASSERT_NOT_EQUAL(s.frame.quality, TBC_FACE_GOOD);
    }
    tbc_face_close(&e);
}

static void
check_view(struct tbc_face_engine *e, const char *file, const struct second_view *view)
{
    struct tbc_picture p = { 0 };
    struct tbc_picture other = { 0 };
    struct tbc_picture again = { 0 };
    struct tbc_buf jpeg = { 0 };
    static struct seen first;
    static struct seen second;
    char path[1024];

    if (photos_person(file, path, sizeof path) == NULL) {
        return;
    }
    CU_ASSERT_EQUAL_FATAL(tbc_picture_read(&p, path), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(second_view_make(&p, view, &other), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_picture_encode_jpeg(&other, 60, &jpeg), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_picture_decode(&again, tbc_buf_span(&jpeg), 0), TBC_OK);
    see(e, &p, &first);
    see(e, &again, &second);
    CU_ASSERT(score(&first, &second) >= ACCEPT);
    tbc_buf_fini(&jpeg);
    tbc_picture_fini(&again);
    tbc_picture_fini(&other);
    tbc_picture_fini(&p);
}

static void
a_second_view_is_the_same_person(void)
{
    static const struct second_view views[] = {
        { 4, 0.06, 1.4, 1.25, 0.8 }, { -12, 0, 1, 1, 0 },      { 0, 0.1, 1.2, 1.8, 0 },
        { 0, 0, 1, 0.6, 0 },         { 0, 0.15, 0.8, 1, 1.2 },
    };
    static const char *const files[] = { "astronaut.png", "grace_hopper.jpg",
                                         "mona.png" };
    struct tbc_face_engine *e = engine_or_skip();

    for (size_t i = 0; e != NULL && i < sizeof files / sizeof *files; i++) {
        for (size_t k = 0; k < sizeof views / sizeof *views; k++) {
            check_view(e, files[i], &views[k]);
        }
    }
    tbc_face_close(&e);
}

/* One photograph spoiled in one way, and what a person is told then. */
static void
spoiled_pictures_are_told_by_name(void)
{
    static const struct {
        struct second_view view;
        enum tbc_face_quality quality;
    } rows[] = {
        { { 0, 0, 1, 1, 0 }, TBC_FACE_GOOD },
        { { 0, 0, 0.5, 1, 0 }, TBC_FACE_TOO_FAR },
        { { 0, 0, 1, 5, 0 }, TBC_FACE_TOO_DARK },
        { { 0, 0, 1, 0.12, 0 }, TBC_FACE_TOO_BRIGHT },
        { { 0, 0, 1, 1, 6 }, TBC_FACE_BLURRED },
        { { 0, 0.34, 1, 1, 0 }, TBC_FACE_TOO_NEAR },
    };
    struct tbc_face_engine *e = engine_or_skip();
    struct tbc_picture p = { 0 };
    struct tbc_picture spoiled = { 0 };
    static struct seen s;
    char path[1024];

    if (e != NULL && photos_person("grace_hopper.jpg", path, sizeof path) != NULL) {
        CU_ASSERT_EQUAL_FATAL(tbc_picture_read(&p, path), TBC_OK);
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            CU_ASSERT_EQUAL_FATAL(second_view_make(&p, &rows[i].view, &spoiled),
                                  TBC_OK);
            see(e, &spoiled, &s);
            printf("    row %zu: %s, sharpness %.0f, brightness %.0f, score %.2f\n", i,
                   tbc_face_quality_name(s.frame.quality), s.frame.sharpness,
                   s.frame.brightness, s.frame.face.score);
            CU_ASSERT_EQUAL(s.frame.quality, rows[i].quality);
            tbc_picture_fini(&spoiled);
        }
        tbc_picture_fini(&p);
    }
    tbc_face_close(&e);
}

static void
nobody_is_no_face_and_two_are_several(void)
{
    struct tbc_face_engine *e = engine_or_skip();
    struct tbc_picture p = { 0 };
    struct tbc_picture two = { 0 };
    static struct seen s;
    char path[1024];

    if (e != NULL && photos_person("grace_hopper.jpg", path, sizeof path) != NULL) {
        CU_ASSERT_EQUAL_FATAL(tbc_picture_init(&two, 640, 480, 3), TBC_OK);
        see(e, &two, &s);
        CU_ASSERT_EQUAL(s.frame.quality, TBC_FACE_NO_FACE);
        tbc_picture_fini(&two);
        CU_ASSERT_EQUAL_FATAL(tbc_picture_read(&p, path), TBC_OK);
        CU_ASSERT_EQUAL_FATAL(tbc_picture_init(&two, p.width * 2, p.height, 3), TBC_OK);
        for (int y = 0; y < p.height; y++) {
            size_t row = (size_t)p.width * 3;

            memcpy(two.px + (size_t)y * 2 * row, p.px + (size_t)y * row, row);
            memcpy(two.px + ((size_t)y * 2 + 1) * row, p.px + (size_t)y * row, row);
        }
        see(e, &two, &s);
        CU_ASSERT_EQUAL(s.frame.quality, TBC_FACE_SEVERAL);
        tbc_picture_fini(&two);
        tbc_picture_fini(&p);
    }
    tbc_face_close(&e);
}

static void
passive_liveness_is_a_share_and_wants_a_face(void)
{
    struct tbc_face_engine *e = engine_or_skip();
    struct tbc_picture p = { 0 };
    static struct seen s;
    double live = -1;
    char path[1024];

    if (e != NULL && photos_person("grace_hopper.jpg", path, sizeof path) != NULL) {
        CU_ASSERT_EQUAL_FATAL(tbc_picture_read(&p, path), TBC_OK);
        see(e, &p, &s);
        CU_ASSERT_EQUAL(tbc_face_liveness(e, &p, &s.frame, &live), TBC_OK);
        CU_ASSERT(live > 0.5 && live <= 1);
        s.frame.face.score = 0;
        CU_ASSERT_EQUAL(tbc_face_liveness(e, &p, &s.frame, &live), TBC_ERR_RANGE);
        CU_ASSERT_EQUAL(tbc_face_forget(e), TBC_OK);
        tbc_picture_fini(&p);
    }
    tbc_face_close(&e);
}

/* Official portraits, several of each person, in a folder that only some machines have. */
static void
real_pairs_are_told_apart(void)
{
    static const char *const files[] = {
        "obama-1.jpg", "obama-2.jpg", "obama-3.jpg",
        "biden-1.jpg", "biden-2.jpg", "obama-cut.jpg"
    };
    const char *folder = getenv("TBC_FACE_PAIRS");
    struct tbc_face_engine *e = folder == NULL ? NULL : engine_or_skip();
    static struct seen s[6];

    if (folder == NULL) {
        tbc_test_skip("TBC_FACE_PAIRS names no folder of portraits");
        return;
    }
    for (size_t i = 0; e != NULL && i < 6; i++) {
        struct tbc_picture p = { 0 };
        char path[1024];

        (void)snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        CU_ASSERT_EQUAL_FATAL(tbc_picture_read(&p, path), TBC_OK);
        see(e, &p, &s[i]);
        tbc_picture_fini(&p);
    }
    for (size_t i = 0; e != NULL && i < 5; i++) {
        for (size_t k = i + 1; k < 5; k++) {
            bool same = files[i][0] == files[k][0];

            CU_ASSERT(same ? score(&s[i], &s[k]) >= ACCEPT
                           : score(&s[i], &s[k]) < REFUSE);
        }
    }
    CU_ASSERT(e == NULL || s[5].frame.quality == TBC_FACE_TOO_NEAR);
    tbc_face_close(&e);
}

static void
a_missing_or_altered_model_is_named(void)
{
    const char *models = photos_models();
    char folder[] = "models.XXXXXX";
    char path[64];
    struct tbc_face_engine *e = NULL;
    struct tbc_buf manifest = { 0 };
    const char *why = NULL;
    FILE *f;

    if (models == NULL) {
        return;
    }
    CU_ASSERT_EQUAL(tbc_face_open(&e, "/does/not/exist", NULL, &why),
                    TBC_ERR_NOT_FOUND);
    CU_ASSERT(why != NULL && strstr(why, "/does/not/exist/manifest") != NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/fr_detect.onnx", folder);
    f = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT(fputs("not a model", f) >= 0);
    CU_ASSERT_EQUAL(fclose(f), 0);
    (void)tbc_buf_printf(&manifest, "%s/manifest", models);
    CU_ASSERT_EQUAL(tbc_face_open(&e, folder, tbc_buf_str(&manifest), &why),
                    TBC_ERR_CORRUPT);
    CU_ASSERT(why != NULL && strstr(why, "fr_detect.onnx") != NULL);
    CU_ASSERT_PTR_NULL(e);
    CU_ASSERT_EQUAL(unlink(path), 0);
    CU_ASSERT_EQUAL(rmdir(folder), 0);
    tbc_buf_fini(&manifest);
}

TBC_SUITE("face/face_engine", TEST(two_persons_are_two_and_two_scans_of_one_are_one),
          TEST(a_turned_head_is_measured_and_told),
          TEST(a_second_view_is_the_same_person),
          TEST(spoiled_pictures_are_told_by_name),
          TEST(nobody_is_no_face_and_two_are_several),
          TEST(passive_liveness_is_a_share_and_wants_a_face),
          TEST(real_pairs_are_told_apart), TEST(a_missing_or_altered_model_is_named))
