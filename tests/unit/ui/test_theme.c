#include "suite.h"
#include "ui/theme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX 65536

/* The real theme.conf with one piece of text replaced, read from a file of its own. */
static enum tbc_err
read_changed(const char *from, const char *to, struct tbc_theme *theme,
             struct tbc_buf *why)
{
    char path[512];
    char name[] = "theme-test-XXXXXX";
    char *text = calloc(1, FILE_MAX);
    char *at;
    FILE *f;
    int fd;
    enum tbc_err err;

    (void)snprintf(path, sizeof path, "%s/assets/theme.conf",
                   tbc_test_env("TBC_SOURCE_DIR"));
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    f = fopen(path, "re");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT(fread(text, 1, FILE_MAX - 1, f) > 0);
    (void)fclose(f);
    at = strstr(text, from);
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    fd = mkstemp(name);
    CU_ASSERT_FATAL(fd >= 0);
    f = fdopen(fd, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    (void)fwrite(text, 1, (size_t)(at - text), f);
    (void)fputs(to, f);
    (void)fputs(at + strlen(from), f);
    (void)fclose(f);
    err = tbc_theme_read(theme, name, why);
    (void)unlink(name);
    free(text);
    return err;
}

static void
the_theme_of_the_house_reads_whole(void)
{
    struct tbc_theme *theme = calloc(1, sizeof *theme);
    struct tbc_buf why = { 0 };
    const struct tbc_panel *p;

    CU_ASSERT_PTR_NOT_NULL_FATAL(theme);
    CU_ASSERT_EQUAL(read_changed("[theme.light]", "[theme.light]", theme, &why),
                    TBC_OK);
    CU_ASSERT_EQUAL(theme->palette[TBC_THEME_LIGHT].band, 0x0B1B4D);
    CU_ASSERT_EQUAL(theme->palette[TBC_THEME_NIGHT].focus, 0xFFB800);
    CU_ASSERT_DOUBLE_EQUAL(theme->is.type_gate_word, 19, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(theme->text_cap[TBC_SIZE_HUGE], 9, 1e-9);
    CU_ASSERT_STRING_EQUAL(theme->features, "tnum");
    p = tbc_theme_panel(theme, "portrait_21");
    CU_ASSERT_PTR_NOT_NULL_FATAL(p);
    CU_ASSERT_EQUAL(p->width_px, 1080);
    CU_ASSERT_DOUBLE_EQUAL(p->zone.primary.y, 380, 1e-9);
    CU_ASSERT_PTR_NULL(tbc_theme_panel(theme, "portrait_22"));
    CU_ASSERT_EQUAL(tbc_theme_state(theme, "refused")->lamp, 0xFF1430);
    tbc_buf_fini(&why);
    free(theme);
}

static void
a_fault_names_file_line_and_key(void)
{
    static const struct {
        const char *from;
        const char *to;
        const char *says;
    } bad[] = {
        { "#F1F4F9", "#F1F4F", "[theme.light] ground: a colour is #" },
        { "gap = 3 ", "gap = wide ", "[space] gap: one number" },
        { "small  = 3.5 9.6", "small  = 3.5", "[type.size] small: two numbers" },
        { "band = 0 0 267 58", "band = 0 0 267",
          "[panel.portrait_21] band: four numbers" },
        { "hero = 24.0", "heros = 24.0", "[type] heros: no such key" },
        { "[panel.gate_10]", "[panel.gate_11]", "no such panel" },
        { "band = 0 0 267 58", "band = 0 0 267 58\nband = 0 0 267 58",
          "[panel.portrait_21] band: given twice" },
        { "gap = 3 ",
          "gap = 3                                                                     "
          "                                                                            "
          "                    x ",
          "[space] gap: the value is too long" },
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct tbc_theme *theme = calloc(1, sizeof *theme);
        struct tbc_buf why = { 0 };
        const char *text;

        CU_ASSERT_PTR_NOT_NULL_FATAL(theme);
        CU_ASSERT_EQUAL(read_changed(bad[i].from, bad[i].to, theme, &why),
                        TBC_ERR_MALFORMED);
        text = tbc_buf_str(&why);
        CU_ASSERT_PTR_NOT_NULL_FATAL(text);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, bad[i].says));
        CU_ASSERT_PTR_NOT_NULL(strchr(text, ':'));
        CU_ASSERT_EQUAL(theme->is.space_gap > 0, false);
        tbc_buf_fini(&why);
        free(theme);
    }
}

static void
a_missing_key_is_named(void)
{
    struct tbc_theme *theme = calloc(1, sizeof *theme);
    struct tbc_buf why = { 0 };
    const char *text;

    CU_ASSERT_PTR_NOT_NULL_FATAL(theme);
    CU_ASSERT_EQUAL(read_changed("hero = 24.0", "# hero = 24.0", theme, &why),
                    TBC_ERR_MALFORMED);
    text = tbc_buf_str(&why);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "[type] lacks the key hero"));
    tbc_buf_clear(&why);
    CU_ASSERT_EQUAL(tbc_theme_read(theme, "no/such/theme.conf", &why),
                    TBC_ERR_NOT_FOUND);
    tbc_buf_fini(&why);
    free(theme);
}

TBC_SUITE("ui/theme", TEST(the_theme_of_the_house_reads_whole),
          TEST(a_fault_names_file_line_and_key), TEST(a_missing_key_is_named))
