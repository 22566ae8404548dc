#include "scan/health.h"
#include "scan/scan.h"
#include "scan/track.h"
#include "suite.h"

#include <string.h>

static struct tbc_mono
at(int64_t ms)
{
    return (struct tbc_mono){ ms };
}

static enum tbc_sighting
see(struct tbc_track *t, const char *text, int64_t ms)
{
    enum tbc_sighting sighting;

    CU_ASSERT_EQUAL(tbc_track_see(t, tbc_span_str(text), at(ms), &sighting), TBC_OK);
    return sighting;
}

static void
a_code_that_stays_is_told_four_times_a_second_and_never_new(void)
{
    struct tbc_track t = { 0 };
    unsigned told = 0;

    CU_ASSERT_EQUAL(see(&t, "A", 0), TBC_SIGHTING_NEW);
    for (int64_t ms = 50; ms <= 10000; ms += 50) {
        enum tbc_sighting s = see(&t, "A", ms);

        CU_ASSERT(s != TBC_SIGHTING_NEW);
        told += s == TBC_SIGHTING_HELD;
    }
    CU_ASSERT_EQUAL(told, 40);
}

static void
a_code_is_new_when_it_was_away_for_long_enough(void)
{
    struct tbc_track t = { 0 };

    CU_ASSERT_EQUAL(see(&t, "A", 0), TBC_SIGHTING_NEW);
    CU_ASSERT_EQUAL(see(&t, "A", TBC_SCAN_GONE_MS - 1), TBC_SIGHTING_HELD);
    CU_ASSERT_EQUAL(see(&t, "A", 2 * TBC_SCAN_GONE_MS - 2), TBC_SIGHTING_HELD);
    CU_ASSERT_EQUAL(see(&t, "A", 3 * TBC_SCAN_GONE_MS - 2), TBC_SIGHTING_NEW);
}

static void
each_code_is_told_of_by_itself(void)
{
    struct tbc_track t = { 0 };

    CU_ASSERT_EQUAL(see(&t, "A", 0), TBC_SIGHTING_NEW);
    CU_ASSERT_EQUAL(see(&t, "B", 100), TBC_SIGHTING_NEW);
    CU_ASSERT_EQUAL(see(&t, "A", 150), TBC_SIGHTING_QUIET);
    CU_ASSERT_EQUAL(see(&t, "A", 250), TBC_SIGHTING_HELD);
    CU_ASSERT_EQUAL(see(&t, "B", 300), TBC_SIGHTING_QUIET);
    CU_ASSERT_EQUAL(see(&t, "B", 350), TBC_SIGHTING_HELD);
}

static void
more_codes_than_are_remembered_push_the_oldest_out(void)
{
    struct tbc_track t = { 0 };
    char text[2] = { 0 };

    for (int i = 0; i <= TBC_TRACK_MAX; i++) {
        text[0] = (char)('0' + i);
        CU_ASSERT_EQUAL(see(&t, text, i), TBC_SIGHTING_NEW);
    }
    CU_ASSERT_EQUAL(t.n, TBC_TRACK_MAX);
    CU_ASSERT_EQUAL(see(&t, "1", 100), TBC_SIGHTING_QUIET);
    CU_ASSERT_EQUAL(see(&t, "0", 100), TBC_SIGHTING_NEW);
}

static bool
complains(const struct tbc_scan_health *h, int64_t ms, const char *word)
{
    const char *trouble = tbc_scan_health_trouble(h, at(ms));

    return word == NULL ? trouble == NULL
                        : trouble != NULL && strstr(trouble, word) != NULL;
}

/* Even, with one pixel that is different from frame to frame. */
static void
frame_of(struct tbc_picture *p, uint8_t grey, uint8_t noise)
{
    memset(p->px, grey, (size_t)p->width * (size_t)p->height);
    p->px[37] = noise;
}

static void
a_camera_that_sees_is_well(void)
{
    struct tbc_scan_health h;
    struct tbc_picture p;

    CU_ASSERT_EQUAL_FATAL(tbc_picture_init(&p, 64, 48, 1), TBC_OK);
    tbc_scan_health_begin(&h, false, at(0));
    for (int64_t ms = 0; ms < 20000; ms += 500) {
        frame_of(&p, 90, (uint8_t)(ms / 500));
        tbc_scan_health_frame(&h, &p, false, at(ms));
        CU_ASSERT(complains(&h, ms, NULL));
    }
    tbc_picture_fini(&p);
}

static void
silence_stillness_and_black_are_told_after_three_seconds_and_end_at_once(void)
{
    struct tbc_scan_health h;
    struct tbc_picture p;

    CU_ASSERT_EQUAL_FATAL(tbc_picture_init(&p, 64, 48, 1), TBC_OK);
    tbc_scan_health_begin(&h, false, at(0));
    CU_ASSERT(complains(&h, 2999, NULL));
    CU_ASSERT(complains(&h, 3000, "no pictures"));
    frame_of(&p, 90, 1);
    tbc_scan_health_frame(&h, &p, false, at(4000));
    CU_ASSERT(complains(&h, 4000, NULL));
    for (int64_t ms = 4500; ms <= 7000; ms += 500) {
        tbc_scan_health_frame(&h, &p, true,
                              at(ms)); /* a code in it is no sign of life */
    }
    CU_ASSERT(complains(&h, 6999, NULL));
    CU_ASSERT(complains(&h, 7000, "still"));
    frame_of(&p, 90, 2);
    tbc_scan_health_frame(&h, &p, false, at(7500));
    CU_ASSERT(complains(&h, 7500, NULL));
    for (int64_t ms = 8000; ms <= 10500; ms += 500) {
        frame_of(&p, TBC_HEALTH_BLACK - 1, (uint8_t)(ms / 500));
        tbc_scan_health_frame(&h, &p, false, at(ms));
        CU_ASSERT(complains(&h, ms, ms < 10500 ? NULL : "black"));
    }
    frame_of(&p, TBC_HEALTH_BLACK - 1, 200); /* a dim phone in the dark, and it reads */
    tbc_scan_health_frame(&h, &p, true, at(11000));
    CU_ASSERT(complains(&h, 11000, NULL));
    tbc_picture_fini(&p);
}

static void
still_pictures_may_stand_still(void)
{
    struct tbc_scan_health h;
    struct tbc_picture p;

    CU_ASSERT_EQUAL_FATAL(tbc_picture_init(&p, 5, 5, 1),
                          TBC_OK); /* no whole word at its end */
    memset(p.px, 90, 25);
    tbc_scan_health_begin(&h, true, at(0));
    for (int64_t ms = 0; ms < 9000; ms += 1000) {
        tbc_scan_health_frame(&h, &p, false, at(ms));
    }
    CU_ASSERT(complains(&h, 9000, NULL));
    tbc_picture_fini(&p);
}

TBC_SUITE(
    "scan/track", TEST(a_code_that_stays_is_told_four_times_a_second_and_never_new),
    TEST(a_code_is_new_when_it_was_away_for_long_enough),
    TEST(each_code_is_told_of_by_itself),
    TEST(more_codes_than_are_remembered_push_the_oldest_out),
    TEST(a_camera_that_sees_is_well),
    TEST(silence_stillness_and_black_are_told_after_three_seconds_and_end_at_once),
    TEST(still_pictures_may_stand_still))
