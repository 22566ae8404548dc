#include "script.h"
#include "suite.h"

#include <string.h>

static struct kiosk_script script; /* large */

static enum tbc_err
parse(const char *text, char why[static 128])
{
    struct tbc_buf sentence = { 0 };
    enum tbc_err err = kiosk_script_parse(&script, tbc_span_str(text), &sentence);

    why[0] = '\0';
    if (sentence.len > 0 && sentence.len < 128) {
        memcpy(why, sentence.ptr, sentence.len);
        why[sentence.len] = '\0';
    }
    tbc_buf_fini(&sentence);
    return err;
}

static void
a_whole_journey_is_read(void)
{
    char why[128];

    CU_ASSERT_EQUAL(parse("# a journey\n"
                          "wait attract\n"
                          "\n"
                          "language en   # endonym\r\n"
                          "tap agree\n"
                          "type 11010519491231002X\n"
                          "tap key 1\n"
                          "tap kind passport\n"
                          "wait certificate 20\n"
                          "wait time_out\n"
                          "wait printed 3\n"
                          "shot done\n"
                          "quit",
                          why),
                    TBC_OK);
    CU_ASSERT_EQUAL_FATAL(script.n, 11);
    CU_ASSERT_EQUAL(script.steps[0].screen, KIOSK_ATTRACT);
    CU_ASSERT_EQUAL(script.steps[0].within_ms, 10000);
    CU_ASSERT_EQUAL(script.steps[0].line, 2);
    CU_ASSERT_EQUAL(script.steps[1].verb, KIOSK_VERB_LANGUAGE);
    CU_ASSERT_EQUAL(script.steps[1].arg, KIOSK_EN);
    CU_ASSERT_EQUAL(script.steps[2].event, KIOSK_EV_AGREE);
    CU_ASSERT_STRING_EQUAL(script.steps[3].text, "11010519491231002X");
    CU_ASSERT_EQUAL(script.steps[4].event, KIOSK_EV_KEY);
    CU_ASSERT_EQUAL(script.steps[4].arg, '1');
    CU_ASSERT_EQUAL(script.steps[5].arg, TBC_DOC_PASSPORT);
    CU_ASSERT_EQUAL(script.steps[6].within_ms, 20000);
    CU_ASSERT_EQUAL(script.steps[7].screen, KIOSK_TIME_OUT);
    CU_ASSERT_EQUAL(script.steps[8].screen, KIOSK_SCREEN_N);
    CU_ASSERT_EQUAL(script.steps[8].event, KIOSK_EV_PRINTED);
    CU_ASSERT_EQUAL(script.steps[8].within_ms, 3000);
    CU_ASSERT_STRING_EQUAL(script.steps[9].text, "done");
    CU_ASSERT_EQUAL(script.steps[10].verb, KIOSK_VERB_QUIT);
    CU_ASSERT_EQUAL(script.steps[10].line, 13);
}

static void
what_is_wrong_is_told_with_its_line(void)
{
    static const struct {
        const char *text;
        const char *why;
    } table[] = {
        { "dance", "line 1: the verbs are wait, tap, type, language, shot and quit" },
        { "\n\nwait nowhere", "line 3: no such screen or event" },
        { "wait NUMBER", "line 1: no such screen or event" },
        { "wait", "line 1: too few or too many words" },
        { "wait number 0", "line 1: the time to wait is 1 to 600 seconds" },
        { "wait number 601", "line 1: the time to wait is 1 to 600 seconds" },
        { "wait number 99999999999999999999",
          "line 1: the time to wait is 1 to 600 seconds" },
        { "wait number 1s", "line 1: the time to wait is 1 to 600 seconds" },
        { "wait number 1 2", "line 1: too many words" },
        { "wait agree", "line 1: no such screen or event" },
        { "tap issued", "line 1: no such button" },
        { "tap nothing", "line 1: no such button" },
        { "tap agree now", "line 1: this button takes no more words" },
        { "tap key 12", "line 1: a key is one letter or digit" },
        { "tap key", "line 1: a key is one letter or digit" },
        { "tap kind visa", "line 1: the kinds are cn, passport, hkm and tw" },
        { "language fr", "line 1: the languages are zh and en" },
        { "shot ../x", "line 1: a picture's name has no '/'" },
        { "quit now", "line 1: too few or too many words" },
        { "type 012345678901234567890123456789012345678901234567",
          "line 1: a word is too long, or holds a NUL" },
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char why[128];

        CU_ASSERT_EQUAL(parse(table[i].text, why), TBC_ERR_MALFORMED);
        CU_ASSERT_STRING_EQUAL(why, table[i].why);
        CU_ASSERT_EQUAL(script.n, 0);
    }
}

static void
a_script_has_at_most_256_steps(void)
{
    struct tbc_buf text = { 0 };
    char why[128];

    for (int i = 0; i < KIOSK_SCRIPT_MAX; i++) {
        CU_ASSERT_EQUAL(tbc_buf_append_str(&text, "quit\n"), TBC_OK);
    }
    CU_ASSERT_EQUAL(parse(tbc_buf_str(&text), why), TBC_OK);
    CU_ASSERT_EQUAL(script.n, KIOSK_SCRIPT_MAX);
    CU_ASSERT_EQUAL(tbc_buf_append_str(&text, "quit\n"), TBC_OK);
    CU_ASSERT_EQUAL(parse(tbc_buf_str(&text), why), TBC_ERR_MALFORMED);
    tbc_buf_fini(&text);
}

static void
a_nul_is_refused(void)
{
    struct tbc_buf why = { 0 };

    CU_ASSERT_EQUAL(kiosk_script_parse(&script, tbc_span_of("type 1\0002", 8), &why),
                    TBC_ERR_MALFORMED);
    tbc_buf_fini(&why);
}

TBC_SUITE("kiosk/script", TEST(a_whole_journey_is_read),
          TEST(what_is_wrong_is_told_with_its_line),
          TEST(a_script_has_at_most_256_steps), TEST(a_nul_is_refused))
