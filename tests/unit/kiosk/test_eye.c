#include "eye.h"
#include "suite.h"
#include "sys/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_MS 20000

/* False, and the test is skipped, where models or photographs were not fetched. */
static bool
open_eye(struct kiosk_eye **eye, const char *photograph)
{
    char models[512];
    char source[512];
    const char *root = tbc_test_env("TBC_SOURCE_DIR");
    struct kiosk_eye_options options = { .camera = source, .models = models };
    struct tbc_buf why = { 0 };

    *eye = NULL;
    (void)snprintf(models, sizeof models, "%s/build/models", root);
    (void)snprintf(source, sizeof source, "dir:%s/build/people/%s", root, photograph);
    if (access(models, R_OK) != 0 || access(source + 4, R_OK) != 0) {
        tbc_test_skip("no face models or photographs: ./dev deps");
        return false;
    }
    CU_ASSERT_EQUAL(kiosk_eye_open(eye, &options, &why), TBC_OK);
    tbc_buf_fini(&why);
    return *eye != NULL;
}

static void
await(struct kiosk_eye *eye, struct kiosk_sight *sight)
{
    int64_t end = tbc_clock_mono().ms + PATIENCE_MS;

    while (sight->outcome == KIOSK_EV_NONE && tbc_clock_mono().ms < end) {
        kiosk_eye_poll(eye, sight);
        (void)usleep(1000);
    }
}

static void
a_photograph_of_a_face_is_captured(void)
{
    struct kiosk_eye *eye;
    struct kiosk_sight sight = { 0 };
    struct tbc_picture frame = { 0 };

    if (!open_eye(&eye, "grace_hopper.jpg")) {
        return;
    }
    kiosk_eye_look(eye);
    await(eye, &sight);
    CU_ASSERT_EQUAL(sight.outcome, KIOSK_EV_CAPTURED);
    CU_ASSERT(sight.frames_n >= 3 && sight.frames_n <= KIOSK_FRAMES_MAX);
    CU_ASSERT(sight.frames[0].len < TBC_WIRE_FRAME_MAX);
    CU_ASSERT_EQUAL(tbc_picture_decode(&frame, tbc_buf_span(&sight.frames[0]),
                                       TBC_PICTURE_SIDE_MAX),
                    TBC_OK);
    CU_ASSERT(frame.width <= 1280 && frame.height <= 1280);
    CU_ASSERT_PTR_NOT_NULL(sight.picture.px);
    tbc_picture_fini(&frame);
    kiosk_eye_close(&eye);
    CU_ASSERT_PTR_NULL(eye);
    kiosk_sight_wipe(&sight);
}

static void
a_look_can_be_dropped_and_begun_again(void)
{
    struct kiosk_eye *eye;
    struct kiosk_sight sight = { 0 };

    if (!open_eye(&eye, "grace_hopper.jpg")) {
        return;
    }
    for (int i = 0; i < 5; i++) {
        kiosk_eye_look(eye);
        kiosk_eye_rest(eye);
        kiosk_eye_poll(eye, &sight);
        CU_ASSERT_EQUAL(sight.outcome, KIOSK_EV_NONE);
    }
    kiosk_eye_look(eye);
    await(eye, &sight);
    CU_ASSERT_EQUAL(sight.outcome, KIOSK_EV_CAPTURED);
    kiosk_eye_close(&eye);
    kiosk_sight_wipe(&sight);
}

static void
a_face_in_profile_is_asked_to_turn(void)
{
    struct kiosk_eye *eye;
    struct kiosk_sight sight = { 0 };
    int64_t end = tbc_clock_mono().ms + PATIENCE_MS;

    if (!open_eye(&eye, "camera.png")) {
        return;
    }
    kiosk_eye_look(eye);
    while (!sight.fresh && tbc_clock_mono().ms < end) {
        kiosk_eye_poll(eye, &sight);
        (void)usleep(1000);
    }
    CU_ASSERT(sight.fresh);
    CU_ASSERT_EQUAL(sight.outcome, KIOSK_EV_NONE);
    CU_ASSERT_DOUBLE_EQUAL(sight.progress, 0, 1e-9);
    CU_ASSERT_NOT_EQUAL(sight.hint, KIOSK_HINT_STILL);
    kiosk_eye_close(&eye);
    kiosk_sight_wipe(&sight);
}

static void
what_is_missing_is_named_with_the_way_out(void)
{
    char models[512];
    struct kiosk_eye *eye;
    struct tbc_buf why = { 0 };
    struct kiosk_eye_options options = { .camera = "/dev/no-such-camera",
                                         .models = "no-such-folder" };

    CU_ASSERT_EQUAL(kiosk_eye_open(&eye, &options, &why), TBC_ERR_NOT_FOUND);
    CU_ASSERT_PTR_NULL(eye);
    CU_ASSERT_PTR_NOT_NULL(strstr(tbc_buf_str(&why), "/dev/no-such-camera"));
    tbc_buf_clear(&why);
    (void)snprintf(models, sizeof models, "dir:%s/build/people/astronaut.png",
                   tbc_test_env("TBC_SOURCE_DIR"));
    if (access(models + 4, R_OK) == 0) {
        options.camera = models;
        CU_ASSERT_NOT_EQUAL(kiosk_eye_open(&eye, &options, &why), TBC_OK);
        CU_ASSERT_PTR_NOT_NULL(strstr(tbc_buf_str(&why), "./dev deps"));
    }
    tbc_buf_fini(&why);
}

TBC_SUITE("kiosk/eye", TEST(a_photograph_of_a_face_is_captured),
          TEST(a_look_can_be_dropped_and_begun_again),
          TEST(a_face_in_profile_is_asked_to_turn),
          TEST(what_is_missing_is_named_with_the_way_out))
