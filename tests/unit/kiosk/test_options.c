#include "options.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

#define ARGS_MAX 12

static enum tbc_err
read_words(struct kiosk_options *o, const char *line, char why[static 200])
{
    static char words[200]; /* options borrow from it */
    char *argv[ARGS_MAX] = { NULL };
    struct tbc_buf sentence = { 0 };
    char *rest = words;
    int argc = 0;
    enum tbc_err err;

    CU_ASSERT_FATAL(strlen(line) < sizeof words);
    memcpy(words, line, strlen(line) + 1);
    while (argc < ARGS_MAX - 1 && (argv[argc] = strtok_r(rest, " ", &rest)) != NULL) {
        argc++;
    }
    err = kiosk_options_read(o, argc, argv, &sentence);
    why[0] = '\0';
    if (sentence.len > 0 && sentence.len < 200) {
        memcpy(why, sentence.ptr, sentence.len);
        why[sentence.len] = '\0';
    }
    tbc_buf_fini(&sentence);
    return err;
}

static void
a_full_line_is_read(void)
{
    struct kiosk_options o;
    char why[200];

    CU_ASSERT_EQUAL(
        read_words(&o,
                   "tbc-kiosk --device d --camera dir:x --panel landscape_10 "
                   "--size 1280x800 --liveness passive",
                   why),
        TBC_OK);
    CU_ASSERT_STRING_EQUAL(o.device, "d");
    CU_ASSERT_STRING_EQUAL(o.camera, "dir:x");
    CU_ASSERT_STRING_EQUAL(o.panel, "landscape_10");
    CU_ASSERT_STRING_EQUAL(o.printer, "none");
    CU_ASSERT_EQUAL(o.width_px, 1280);
    CU_ASSERT_EQUAL(o.height_px, 800);
    CU_ASSERT(!o.full_screen);
    CU_ASSERT_EQUAL(read_words(&o, "tbc-kiosk --device d --camera c --size full", why),
                    TBC_OK);
    CU_ASSERT(o.full_screen);
    CU_ASSERT_EQUAL(read_words(&o, "tbc-kiosk --version", why), TBC_OK);
    CU_ASSERT(o.version);
}

static void
wrong_usage_is_told_in_one_line(void)
{
    static const struct {
        const char *line;
        const char *why;
    } table[] = {
        { "tbc-kiosk", "--device is missing; see --help" },
        { "tbc-kiosk --device d", "--camera is missing; see --help" },
        { "tbc-kiosk --wings",
          "--wings: unknown, or its value is missing; see --help" },
        { "tbc-kiosk --device",
          "--device: unknown, or its value is missing; see --help" },
        { "tbc-kiosk --device d --camera c more",
          "more: nothing is expected here; see --help" },
        { "tbc-kiosk --panel round",
          "--panel round: the panels are portrait_21, landscape_15 and landscape_10" },
        { "tbc-kiosk --liveness active",
          "--liveness active: active liveness (head turns) "
          "is not built yet; passive is" },
        { "tbc-kiosk --liveness maybe", "--liveness maybe: it is passive" },
        { "tbc-kiosk --size 10x10",
          "--size 10x10: it is WIDTHxHEIGHT in pixels (160 to "
          "16384) or full" },
        { "tbc-kiosk --size 800", "--size 800: it is WIDTHxHEIGHT in pixels (160 to "
                                  "16384) or full" },
        { "tbc-kiosk --size 800x600mm",
          "--size 800x600mm: it is WIDTHxHEIGHT in pixels "
          "(160 to 16384) or full" },
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct kiosk_options o;
        char why[200];

        CU_ASSERT_EQUAL(read_words(&o, table[i].line, why), TBC_ERR_MALFORMED);
        CU_ASSERT_STRING_EQUAL(why, table[i].why);
    }
}

static void
a_folder_that_is_named_wins(void)
{
    char path[KIOSK_PATH_MAX + 1];

    kiosk_find_folder("here", "TBC_NO_SUCH_FOLDER", "assets", "/installed", path);
    CU_ASSERT_STRING_EQUAL(path, "here");
    kiosk_find_folder(NULL, "TBC_NO_SUCH_FOLDER", "no/such/folder", "/installed", path);
    CU_ASSERT_STRING_EQUAL(path, "/installed");
    kiosk_find_folder(NULL, "TBC_SOURCE_DIR", "assets", "/installed", path);
    CU_ASSERT_STRING_EQUAL(path, tbc_test_env("TBC_SOURCE_DIR"));
}

static void
the_help_fits_a_screen(void)
{
    const char *help = kiosk_options_help();
    int lines = 0;
    size_t width = 0;

    for (; *help != '\0'; help++) {
        lines += *help == '\n';
        width = *help == '\n' ? 0 : width + 1;
        CU_ASSERT(width <= 80);
    }
    CU_ASSERT(lines <= 24);
}

TBC_SUITE("kiosk/options", TEST(a_full_line_is_read),
          TEST(wrong_usage_is_told_in_one_line), TEST(a_folder_that_is_named_wins),
          TEST(the_help_fits_a_screen))
