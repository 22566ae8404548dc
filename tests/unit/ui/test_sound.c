/* SDL2_mixer on SDL's own dummy driver, and on a machine that has none. */
#include "suite.h"
#include "ui/sound.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_MS 8000

static void
use_driver(const char *name)
{
    CU_ASSERT_EQUAL(setenv("SDL_AUDIODRIVER", name, 1), 0);
}

static int
add(struct tbc_sound *s, const char *text)
{
    struct tbc_tune tune;
    int id = -1;

    CU_ASSERT_FATAL(tbc_tune_parse(&tune, text));
    CU_ASSERT_EQUAL_FATAL(tbc_sound_add(s, &tune, &id), TBC_OK);
    return id;
}

static void
tune_begins_at_once_and_ends_by_itself(void)
{
    struct tbc_sound *s = NULL;
    struct tbc_buf why = { 0 };
    int id;

    use_driver("dummy");
    CU_ASSERT_EQUAL_FATAL(tbc_sound_open(&s, "default", 80, &why), TBC_OK);
    id = add(s, "tick c6 10");
    CU_ASSERT(!tbc_sound_is_playing(s));
    CU_ASSERT_EQUAL(tbc_sound_play(s, id), TBC_OK);
    CU_ASSERT(tbc_sound_is_playing(s));
    for (int ms = 0; tbc_sound_is_playing(s) && ms < WAIT_MS; ms += 5) {
        (void)poll(NULL, 0, 5);
    }
    CU_ASSERT(!tbc_sound_is_playing(s));
    tbc_sound_close(&s);
    CU_ASSERT_PTR_NULL(s);
}

static void
silence_ends_what_is_playing(void)
{
    struct tbc_sound *s = NULL;
    struct tbc_buf why = { 0 };
    int bell;
    int none;

    use_driver("dummy");
    CU_ASSERT_EQUAL_FATAL(tbc_sound_open(&s, "default", 0, &why), TBC_OK);
    bell = add(s, "bell c5 1000");
    none = add(s, "none");
    CU_ASSERT_EQUAL(tbc_sound_play(s, bell), TBC_OK);
    CU_ASSERT(tbc_sound_is_playing(s));
    CU_ASSERT_EQUAL(tbc_sound_play(s, none), TBC_OK);
    CU_ASSERT(!tbc_sound_is_playing(s));
    tbc_sound_close(&s);
}

static void
machine_without_sound_says_so_in_one_line(void)
{
    struct tbc_sound *s = NULL;
    struct tbc_buf why = { 0 };

    use_driver("none-such");
    CU_ASSERT_EQUAL(tbc_sound_open(&s, "default", 80, &why), TBC_ERR_UNSUPPORTED);
    CU_ASSERT_PTR_NULL(s);
    CU_ASSERT_PTR_NOT_NULL(strstr(tbc_buf_str(&why), "default: no sound: "));
    tbc_buf_fini(&why);
    CU_ASSERT(!tbc_sound_is_playing(NULL));
    tbc_sound_close(&s);
}

static void
more_tunes_than_there_is_room_for_are_refused(void)
{
    struct tbc_sound *s = NULL;
    struct tbc_buf why = { 0 };
    struct tbc_tune tune;
    int id = 0;

    use_driver("dummy");
    CU_ASSERT_EQUAL_FATAL(tbc_sound_open(&s, "default", 100, &why), TBC_OK);
    for (int i = 0; i < TBC_SOUNDS_MAX; i++) {
        CU_ASSERT_EQUAL(add(s, "none"), i);
    }
    CU_ASSERT(tbc_tune_parse(&tune, "none"));
    CU_ASSERT_EQUAL(tbc_sound_add(s, &tune, &id), TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(id, -1);
    tbc_sound_close(&s);
}

TBC_SUITE("ui/sound", TEST(tune_begins_at_once_and_ends_by_itself),
          TEST(silence_ends_what_is_playing),
          TEST(machine_without_sound_says_so_in_one_line),
          TEST(more_tunes_than_there_is_room_for_are_refused))
