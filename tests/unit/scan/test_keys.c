#include "base/text.h"
#include "scan/keys.h"
#include "suite.h"
#include "typist.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define UP   0
#define DOWN 1
#define HELD 2 /* the kernel's repeat */

static struct tbc_keys *
keys_of(const char *layout)
{
    struct tbc_keys *keys = NULL;
    const char *why = NULL;

    CU_ASSERT_EQUAL_FATAL(tbc_keys_new(&keys, layout, &why), TBC_OK);
    return keys;
}

/* One event; what it types follows in text. */
static void
feed(struct tbc_keys *keys, unsigned type, unsigned code, int value, char *text)
{
    const struct input_event event = { .type = (__u16)type,
                                       .code = (__u16)code,
                                       .value = value };
    char out[TBC_KEYS_OUT];
    size_t n = tbc_keys_feed(keys, &event, out);

    CU_ASSERT_FATAL(n < sizeof out);
    (void)strncat(text, out, n);
}

static void
press(struct tbc_keys *keys, unsigned code, char *text)
{
    feed(keys, EV_KEY, code, DOWN, text);
    feed(keys, EV_KEY, code, UP, text);
}

static void
type_all(struct tbc_keys *keys, const char *letters, char *text)
{
    struct input_event events[TYPIST_EVENTS];

    for (; *letters != '\0'; letters++) {
        size_t n = typist_type(*letters, events);

        CU_ASSERT(n > 0);
        for (size_t i = 0; i < n; i++) {
            feed(keys, events[i].type, events[i].code, events[i].value, text);
        }
    }
}

/* All of ASCII that a person can see, so all of Base45, too. */
static void
every_letter_of_a_us_keyboard_is_typed(void)
{
    struct tbc_keys *keys = keys_of("us");

    for (int c = ' '; c < 0x7f; c++) {
        const char letter[] = { (char)c, '\0' };
        char text[16] = "";

        type_all(keys, letter, text);
        CU_ASSERT_STRING_EQUAL(text, letter);
    }
    tbc_keys_free(&keys);
}

/* Each key of the kernel, pressed alone: one letter, an end or nothing, never a control character. */
static void
every_key_there_is_types_a_letter_an_end_or_nothing(void)
{
    struct tbc_keys *keys = keys_of("us");
    unsigned ends = 0;

    for (unsigned code = 0; code <= UINT16_MAX; code++) {
        char text[16] = "";

        tbc_keys_reset(keys, false);
        press(keys, code, text);
        ends += strcmp(text, "\n") == 0;
        CU_ASSERT(tbc_utf8_count(tbc_span_str(text)) <= 1);
        CU_ASSERT(tbc_utf8_is_valid(tbc_span_str(text)));
        CU_ASSERT(text[0] == '\0' || text[0] == '\n' ||
                  ((unsigned char)text[0] >= ' ' && text[0] != 0x7f));
    }
    CU_ASSERT(ends >= 4); /* Enter, the keypad's, Linefeed, Tab */
    tbc_keys_free(&keys);
}

static void
enter_linefeed_and_tab_end_a_text(void)
{
    static const unsigned codes[] = { KEY_ENTER, KEY_KPENTER, KEY_LINEFEED, KEY_TAB };
    struct tbc_keys *keys = keys_of("us");

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        char text[16] = "";

        press(keys, codes[i], text);
        feed(keys, EV_KEY, KEY_LEFTSHIFT, DOWN, text);
        press(keys, codes[i], text);
        feed(keys, EV_KEY, KEY_LEFTSHIFT, UP, text);
        CU_ASSERT_STRING_EQUAL(text, "\n\n");
    }
    tbc_keys_free(&keys);
}

static void
digits_of_the_keypad_are_digits_whatever_numlock_is(void)
{
    static const unsigned codes[] = { KEY_KP0, KEY_KP1, KEY_KP2, KEY_KP3, KEY_KP4,
                                      KEY_KP5, KEY_KP6, KEY_KP7, KEY_KP8, KEY_KP9 };
    struct tbc_keys *keys = keys_of("us");
    char text[64] = "";

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        press(keys, KEY_NUMLOCK, text);
        press(keys, codes[i], text);
    }
    press(keys, KEY_KPDOT, text);
    press(keys, KEY_KPSLASH, text);
    press(keys, KEY_KPASTERISK, text);
    press(keys, KEY_KPMINUS, text);
    press(keys, KEY_KPPLUS, text);
    CU_ASSERT_STRING_EQUAL(text, "0123456789./*-+");
    tbc_keys_free(&keys);
}

/* What a letter becomes under CapsLock. */
static char
under_capslock(struct tbc_keys *keys, char c)
{
    const char letter[] = { c, '\0' };
    char text[16] = "";

    tbc_keys_reset(keys, true);
    type_all(keys, letter, text);
    return text[0];
}

static void
capslock_turns_letters_and_nothing_else(void)
{
    struct tbc_keys *keys = keys_of("us");

    for (int c = ' '; c < 0x7f; c++) {
        bool is_letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';

        CU_ASSERT_EQUAL(under_capslock(keys, (char)c), is_letter ? c ^ 0x20 : c);
    }
    tbc_keys_free(&keys);
}

static void
capslock_is_a_key_of_the_scanner_too(void)
{
    struct tbc_keys *keys = keys_of("us");
    char text[16] = "";

    press(keys, KEY_A, text);
    press(keys, KEY_CAPSLOCK, text);
    press(keys, KEY_A, text);
    press(keys, KEY_CAPSLOCK, text);
    press(keys, KEY_A, text);
    CU_ASSERT_STRING_EQUAL(text, "aAa");
    tbc_keys_free(&keys);
}

static void
both_shifts_count_and_one_may_stay_down(void)
{
    struct tbc_keys *keys = keys_of("us");
    char text[16] = "";

    feed(keys, EV_KEY, KEY_LEFTSHIFT, DOWN, text);
    press(keys, KEY_T, text);
    feed(keys, EV_KEY, KEY_RIGHTSHIFT, DOWN, text);
    press(keys, KEY_B, text);
    feed(keys, EV_KEY, KEY_LEFTSHIFT, UP, text);
    press(keys, KEY_C, text);
    feed(keys, EV_KEY, KEY_RIGHTSHIFT, UP, text);
    press(keys, KEY_1, text);
    CU_ASSERT_STRING_EQUAL(text, "TBC1");
    tbc_keys_free(&keys);
}

static void
a_key_held_down_types_once_and_other_events_type_nothing(void)
{
    struct tbc_keys *keys = keys_of("us");
    char text[16] = "";

    feed(keys, EV_MSC, MSC_SCAN, 0x70004, text);
    feed(keys, EV_KEY, KEY_A, DOWN, text);
    feed(keys, EV_SYN, SYN_REPORT, 0, text);
    feed(keys, EV_KEY, KEY_A, HELD, text);
    feed(keys, EV_KEY, KEY_A, HELD, text);
    feed(keys, EV_KEY, KEY_A, UP, text);
    feed(keys, EV_KEY, KEY_A, -1, text);
    feed(keys, EV_REL, REL_X, 1, text);
    feed(keys, EV_LED, LED_CAPSL, 1, text);
    feed(keys, EV_KEY, KEY_LEFTCTRL, DOWN, text);
    press(keys, KEY_J, text); /* a line feed, on a terminal */
    feed(keys, EV_KEY, KEY_LEFTCTRL, UP, text);
    press(keys, KEY_ESC, text);
    press(keys, KEY_DELETE, text);
    press(keys, KEY_BACKSPACE, text);
    CU_ASSERT_STRING_EQUAL(text, "a");
    tbc_keys_free(&keys);
}

/* Documentation/input/event-codes.rst, SYN_DROPPED: nothing counts up to the next report. */
static void
a_text_with_dropped_events_is_marked_and_the_next_is_whole(void)
{
    struct tbc_keys *keys = keys_of("us");
    char text[32] = "";

    feed(keys, EV_KEY, KEY_LEFTSHIFT, DOWN, text);
    press(keys, KEY_A, text);
    feed(keys, EV_SYN, SYN_DROPPED, 0, text);
    press(keys, KEY_B, text);
    feed(keys, EV_SYN, SYN_REPORT, 0, text);
    press(keys, KEY_C, text); /* the release of Shift was among the lost */
    press(keys, KEY_ENTER, text);
    press(keys, KEY_D, text);
    CU_ASSERT_STRING_EQUAL(text, "A\x1a"
                                 "c\nd");
    tbc_keys_free(&keys);
}

static void
other_layouts_have_their_keys_elsewhere(void)
{
    struct tbc_keys *de = keys_of("de");
    struct tbc_keys *fr = keys_of("fr");
    char text[32] = "";

    press(de, KEY_Y, text);
    feed(de, EV_KEY, KEY_LEFTSHIFT, DOWN, text);
    press(de, KEY_DOT, text);
    press(de, KEY_7, text);
    feed(de, EV_KEY, KEY_LEFTSHIFT, UP, text);
    press(de, KEY_SEMICOLON, text);
    press(fr, KEY_A, text);
    feed(fr, EV_KEY, KEY_RIGHTALT, DOWN, text); /* AltGr */
    press(fr, KEY_0, text);
    CU_ASSERT_STRING_EQUAL(text, "z:/\xc3\xb6q@");
    tbc_keys_free(&de);
    tbc_keys_free(&fr);
}

static void
a_layout_that_is_none_is_told(void)
{
    static const char *const names[] = { "", "atlantis", "us,de", "../us", "us us" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct tbc_keys *keys = NULL;
        const char *why = NULL;

        CU_ASSERT_EQUAL(tbc_keys_new(&keys, names[i], &why), TBC_ERR_UNSUPPORTED);
        CU_ASSERT_PTR_NULL(keys);
        CU_ASSERT(why != NULL && strlen(why) > 10);
    }
}

TBC_SUITE("scan/keys", TEST(every_letter_of_a_us_keyboard_is_typed),
          TEST(every_key_there_is_types_a_letter_an_end_or_nothing),
          TEST(enter_linefeed_and_tab_end_a_text),
          TEST(digits_of_the_keypad_are_digits_whatever_numlock_is),
          TEST(capslock_turns_letters_and_nothing_else),
          TEST(capslock_is_a_key_of_the_scanner_too),
          TEST(both_shifts_count_and_one_may_stay_down),
          TEST(a_key_held_down_types_once_and_other_events_type_nothing),
          TEST(a_text_with_dropped_events_is_marked_and_the_next_is_whole),
          TEST(other_layouts_have_their_keys_elsewhere),
          TEST(a_layout_that_is_none_is_told))
