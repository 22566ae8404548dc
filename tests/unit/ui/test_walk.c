/* Every screen, language, text size, panel, theme and reach: nothing may be cut, spill, overlap or
 * be too small to touch. */
#include "suite.h"
#include "walk.h"

static void
every_portrait_screen_keeps_to_its_boxes(void)
{
    CU_ASSERT_EQUAL(walk_screens("portrait_21", WALK_ALL), 0);
}

static void
every_small_landscape_screen_keeps_to_its_boxes(void)
{
    CU_ASSERT_EQUAL(walk_screens("landscape_10", WALK_ALL), 0);
}

static void
every_large_landscape_screen_keeps_to_its_boxes(void)
{
    CU_ASSERT_EQUAL(walk_screens("landscape_15", WALK_ALL), 0);
}

TBC_SUITE("ui/walk", TEST(every_portrait_screen_keeps_to_its_boxes),
          TEST(every_small_landscape_screen_keeps_to_its_boxes),
          TEST(every_large_landscape_screen_keeps_to_its_boxes))
