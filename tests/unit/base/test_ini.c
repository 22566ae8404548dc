#include "base/ini.h"
#include "suite.h"

#include <string.h>

static void
expect(struct tbc_ini *ini, size_t line, const char *section, const char *name,
       const char *value)
{
    CU_ASSERT_EQUAL_FATAL(tbc_ini_next(ini), TBC_OK);
    CU_ASSERT_EQUAL(ini->line, line);
    CU_ASSERT_STRING_EQUAL(ini->section, section);
    CU_ASSERT_STRING_EQUAL(ini->name, name);
    CU_ASSERT(tbc_span_equal(tbc_buf_span(&ini->value), tbc_span_str(value)));
}

static void
keys_are_read_with_their_section_and_line(void)
{
    struct tbc_ini ini;

    tbc_ini_open(&ini, tbc_span_str("\xef\xbb\xbf; c\r\nzero = 0\n\n[a]  ; c\r\n"
                                    "  one =  1 2  ; c\n#[b]\ntwo: x;y\n[ b c ] # c\n"
                                    "three=\nfour = = : ;"));
    expect(&ini, 2, "", "zero", "0");
    expect(&ini, 5, "a", "one", "1 2");
    expect(&ini, 7, "a", "two", "x;y");
    expect(&ini, 9, "b c", "three", "");
    expect(&ini, 10, "b c", "four", "= :");
    CU_ASSERT_EQUAL(tbc_ini_next(&ini), TBC_ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(tbc_ini_next(&ini), TBC_ERR_NOT_FOUND);
    tbc_ini_fini(&ini);
}

/* Other readers cut a line at 200 bytes and take the rest for another. */
static void
a_long_line_is_one_line(void)
{
    char text[2000] = "; ";
    struct tbc_ini ini;

    memset(text + 2, 'x', 197);
    (void)memccpy(text + 199, " key = 1\nlong = ", '\0', sizeof text - 199);
    memset(text + strlen(text), 'y', 1000);
    tbc_ini_open(&ini, tbc_span_str(text));
    CU_ASSERT_EQUAL(tbc_ini_next(&ini), TBC_OK);
    CU_ASSERT_STRING_EQUAL(ini.name, "long");
    CU_ASSERT_EQUAL(ini.value.len, 1000);
    CU_ASSERT_EQUAL(tbc_ini_next(&ini), TBC_ERR_NOT_FOUND);
    tbc_ini_fini(&ini);
}

static void
what_is_neither_is_refused_with_its_line(void)
{
    static const struct {
        const char *text;
        const char *fault;
    } rows[] = {
        { "\n[a\n", "a section is not closed" },
        { "\n[a] b\n", "a section is not closed" },
        { "\n[]\n", "name of a section" },
        { "\n[\n", "a section is not closed" },
        { "\n[aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]\n",
          "name of a section" },
        { "\njunk\n", "not a section, key or comment" },
        { "\n= 1\n", "name of a key" },
        { "\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa = 1", "name of a key" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_ini ini;

        tbc_ini_open(&ini, tbc_span_str(rows[i].text));
        CU_ASSERT_EQUAL(tbc_ini_next(&ini), TBC_ERR_MALFORMED);
        CU_ASSERT_STRING_EQUAL(ini.fault, rows[i].fault);
        CU_ASSERT_EQUAL(ini.line, 2);
        CU_ASSERT_EQUAL(tbc_ini_next(&ini), TBC_ERR_MALFORMED);
        tbc_ini_fini(&ini);
    }
}

static void
a_nul_byte_is_refused_wherever_it_stands(void)
{
    static const struct {
        const char *bytes;
        size_t len;
    } rows[] = { { "a = x\0y\n", 8 }, { "a\0b = x\n", 8 }, { "[a\0]\n", 5 } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_ini ini;

        tbc_ini_open(&ini, tbc_span_of(rows[i].bytes, rows[i].len));
        CU_ASSERT_EQUAL(tbc_ini_next(&ini), TBC_ERR_MALFORMED);
        tbc_ini_fini(&ini);
    }
}

TBC_SUITE("base/ini", TEST(keys_are_read_with_their_section_and_line),
          TEST(a_long_line_is_one_line), TEST(what_is_neither_is_refused_with_its_line),
          TEST(a_nul_byte_is_refused_wherever_it_stands))
