#include "capture.h"
#include "face/face.h"
#include "suite.h"

static struct tbc_mono
at(int64_t ms)
{
    return (struct tbc_mono){ ms };
}

static struct tbc_face_frame
frame_of(enum tbc_face_quality quality, double sharpness)
{
    return (struct tbc_face_frame){
        .quality = quality,
        .sharpness = sharpness,
        .face.score = 1,
    };
}

static void
each_fault_has_its_hint(void)
{
    static const struct {
        enum tbc_face_quality quality;
        enum kiosk_hint hint;
    } table[] = {
        { TBC_FACE_GOOD, KIOSK_HINT_STILL },
        { TBC_FACE_NO_FACE, KIOSK_HINT_FIT },
        { TBC_FACE_SEVERAL, KIOSK_HINT_ONE },
        { TBC_FACE_TOO_FAR, KIOSK_HINT_CLOSER },
        { TBC_FACE_TOO_NEAR, KIOSK_HINT_FARTHER },
        { TBC_FACE_TURNED, KIOSK_HINT_STRAIGHT },
        { TBC_FACE_TOO_DARK, KIOSK_HINT_DARK },
        { TBC_FACE_TOO_BRIGHT, KIOSK_HINT_BRIGHT },
        { TBC_FACE_BLURRED, KIOSK_HINT_STILL },
        { TBC_FACE_COVERED, KIOSK_HINT_UNCOVER },
    };

    CU_ASSERT_EQUAL(sizeof table / sizeof *table, TBC_FACE_QUALITY_N);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct kiosk_capture capture = { 0 };
        struct tbc_face_frame frame = frame_of(table[i].quality, 1);
        int slot = kiosk_capture_look(&capture, &frame, 1, at(0));

        CU_ASSERT_EQUAL(capture.hint, table[i].hint);
        CU_ASSERT_EQUAL(slot, table[i].quality == TBC_FACE_GOOD ? 0 : -1);
    }
}

static void
a_hint_stays_long_enough_to_be_read(void)
{
    struct kiosk_capture capture = { 0 };
    struct tbc_face_frame far = frame_of(TBC_FACE_TOO_FAR, 1);
    struct tbc_face_frame dark = frame_of(TBC_FACE_TOO_DARK, 1);

    (void)kiosk_capture_look(&capture, &far, 0, at(1000));
    (void)kiosk_capture_look(&capture, &dark, 0, at(2199));
    CU_ASSERT_EQUAL(capture.hint, KIOSK_HINT_CLOSER);
    (void)kiosk_capture_look(&capture, &dark, 0, at(2200));
    CU_ASSERT_EQUAL(capture.hint, KIOSK_HINT_DARK);
}

static void
fifteen_good_frames_are_enough_and_the_best_five_are_kept(void)
{
    struct kiosk_capture capture = { 0 };
    size_t order[KIOSK_CAPTURE_KEPT];
    double last = 1e9;

    for (int i = 0; i < KIOSK_CAPTURE_VOTES; i++) {
        struct tbc_face_frame frame = frame_of(TBC_FACE_GOOD, (i * 7) % 15);

        CU_ASSERT(!kiosk_capture_is_done(&capture));
        (void)kiosk_capture_look(&capture, &frame, 0.9, at(40L * i));
    }
    CU_ASSERT(kiosk_capture_is_done(&capture));
    CU_ASSERT(kiosk_capture_is_living(&capture));
    CU_ASSERT_DOUBLE_EQUAL(kiosk_capture_progress(&capture), 1, 1e-9);
    CU_ASSERT_EQUAL(kiosk_capture_order(&capture, order), KIOSK_CAPTURE_KEPT);
    for (size_t i = 0; i < KIOSK_CAPTURE_KEPT; i++) {
        CU_ASSERT(capture.worth[order[i]] <= last);
        CU_ASSERT(capture.worth[order[i]] >= 10);
        last = capture.worth[order[i]];
    }
}

static void
a_turned_face_is_worth_less(void)
{
    struct kiosk_capture capture = { 0 };
    struct tbc_face_frame straight = frame_of(TBC_FACE_GOOD, 10);
    struct tbc_face_frame turned = frame_of(TBC_FACE_GOOD, 10);
    size_t order[KIOSK_CAPTURE_KEPT];

    turned.pose.yaw = -14;
    CU_ASSERT_EQUAL(kiosk_capture_look(&capture, &turned, 1, at(0)), 0);
    CU_ASSERT_EQUAL(kiosk_capture_look(&capture, &straight, 1, at(0)), 1);
    CU_ASSERT_EQUAL(kiosk_capture_order(&capture, order), 2);
    CU_ASSERT_EQUAL(order[0], 1);
}

static void
whoever_leaves_or_is_joined_begins_anew(void)
{
    static const enum tbc_face_quality breaks[] = { TBC_FACE_NO_FACE,
                                                    TBC_FACE_SEVERAL };
    struct tbc_face_frame good = frame_of(TBC_FACE_GOOD, 1);
    struct tbc_face_frame turned = frame_of(TBC_FACE_TURNED, 1);

    for (size_t i = 0; i < 2; i++) {
        struct kiosk_capture capture = { 0 };
        struct tbc_face_frame gone = frame_of(breaks[i], 1);

        (void)kiosk_capture_look(&capture, &good, 1, at(0));
        (void)kiosk_capture_look(&capture, &turned, 1, at(0));
        CU_ASSERT_EQUAL(capture.votes_n, 1);
        (void)kiosk_capture_look(&capture, &gone, 1, at(0));
        CU_ASSERT_EQUAL(capture.votes_n, 0);
        CU_ASSERT_EQUAL(capture.kept_n, 0);
    }
}

static void
the_median_decides_about_life(void)
{
    struct tbc_face_frame good = frame_of(TBC_FACE_GOOD, 1);

    for (int living = 0; living <= KIOSK_CAPTURE_VOTES; living++) {
        struct kiosk_capture capture = { 0 };

        for (int i = 0; i < KIOSK_CAPTURE_VOTES; i++) {
            CU_ASSERT(!kiosk_capture_is_living(&capture));
            (void)kiosk_capture_look(&capture, &good, i < living ? 0.99 : 0.01, at(0));
        }
        CU_ASSERT_EQUAL(kiosk_capture_is_living(&capture), living >= 8);
    }
}

TBC_SUITE("kiosk/capture", TEST(each_fault_has_its_hint),
          TEST(a_hint_stays_long_enough_to_be_read),
          TEST(fifteen_good_frames_are_enough_and_the_best_five_are_kept),
          TEST(a_turned_face_is_worth_less),
          TEST(whoever_leaves_or_is_joined_begins_anew),
          TEST(the_median_decides_about_life))
