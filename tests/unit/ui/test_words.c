#include "suite.h"
#include "ui/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char verdict_row[] = "EXPIRED\trefused\tx\t过期\t重办\tExpired\tAgain\n";

static void
write_file(const char *folder, const char *name, const char *text)
{
    char path[512];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    f = fopen(path, "we");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    (void)fputs(text, f);
    (void)fclose(f);
}

/* Read tables of these contents; they are gone afterwards. */
static enum tbc_err
open_texts(const char *words, const char *verdicts, struct tbc_words **w,
           struct tbc_buf *why)
{
    char folder[] = "words-test-XXXXXX";
    char path[512];
    enum tbc_err err;

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    write_file(folder, "words.tsv", words);
    write_file(folder, "verdicts.tsv", verdicts);
    err = tbc_words_open(w, folder, why);
    (void)snprintf(path, sizeof path, "%s/words.tsv", folder);
    (void)unlink(path);
    (void)snprintf(path, sizeof path, "%s/verdicts.tsv", folder);
    (void)unlink(path);
    (void)rmdir(folder);
    return err;
}

static void
sentences_are_found_by_key_and_language(void)
{
    struct tbc_words *w = NULL;
    struct tbc_buf why = { 0 };

    CU_ASSERT_EQUAL_FATAL(
        open_texts("# note\nb.x\t乙\tB\n\na.x\t甲\tA", verdict_row, &w, &why), TBC_OK);
    CU_ASSERT_STRING_EQUAL(tbc_words_say(w, TBC_ZH, "a.x"), "甲");
    CU_ASSERT_STRING_EQUAL(tbc_words_say(w, TBC_EN, "b.x"), "B");
    CU_ASSERT_STRING_EQUAL(tbc_words_say(w, TBC_EN, "c.x"), "c.x");
    CU_ASSERT_FALSE(tbc_words_has(w, "c.x"));
    CU_ASSERT_STRING_EQUAL(tbc_words_outcome(w, "EXPIRED")->next[TBC_EN], "Again");
    CU_ASSERT_PTR_NULL(tbc_words_outcome(w, "ACCEPTED"));
    tbc_words_free(&w);
    tbc_buf_fini(&why);
}

static void
a_faulty_row_is_named_by_file_and_line(void)
{
    static const struct {
        const char *words;
        const char *verdicts;
        const char *says;
    } bad[] = {
        { "a\t甲\tA\nb\t乙\n", verdict_row, "words.tsv:2: wrong number" },
        { "a\t甲\t\n", verdict_row, "words.tsv:1: an empty cell" },
        { "# x\na\t甲\tA\na\t甲\tA\n", verdict_row, "words.tsv:3: the key stands" },
        { "a\t甲 {n}\tA\n", verdict_row, "words.tsv:1: the {names} differ" },
        { "a\t甲 {n\tA {n\n", verdict_row, "words.tsv:1: the {names} differ" },
        { "a\t甲\tA\tB\n", verdict_row, "words.tsv:1: wrong number" },
        { "a\t甲\tA\n", "EXPIRED\trefused\tx\t过期\t重办 {t}\tExpired\tAgain\n",
          "verdicts.tsv:1: the {names} differ" },
        { "a\t甲\tA\n", "EXPIRED\trefused\n", "verdicts.tsv:1: wrong number" },
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct tbc_words *w = NULL;
        struct tbc_buf why = { 0 };
        const char *text;

        CU_ASSERT_EQUAL(open_texts(bad[i].words, bad[i].verdicts, &w, &why),
                        TBC_ERR_MALFORMED);
        CU_ASSERT_PTR_NULL(w);
        text = tbc_buf_str(&why);
        CU_ASSERT_PTR_NOT_NULL_FATAL(text);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, bad[i].says));
        tbc_buf_fini(&why);
    }
}

static void
names_in_braces_are_filled_and_unknown_ones_stay(void)
{
    static const struct tbc_fill fills[] = { { "h", "23" }, { "m", "5" } };
    struct tbc_buf out = { 0 };

    tbc_words_fill("{h} h {m} min {x} {", fills, 2, &out);
    CU_ASSERT_STRING_EQUAL(tbc_buf_str(&out), "23 h 5 min {x} {");
    tbc_buf_fini(&out);
}

static void
the_tables_of_the_house_read(void)
{
    char path[512];
    struct tbc_words *w = NULL;
    struct tbc_buf why = { 0 };

    (void)snprintf(path, sizeof path, "%s/assets/text", tbc_test_env("TBC_SOURCE_DIR"));
    CU_ASSERT_EQUAL_FATAL(tbc_words_open(&w, path, &why), TBC_OK);
    CU_ASSERT(tbc_words_has(w, "attract.title"));
    CU_ASSERT_PTR_NOT_NULL(tbc_words_outcome(w, "(gate) idle"));
    tbc_words_free(&w);
    tbc_buf_fini(&why);
}

TBC_SUITE("ui/words", TEST(sentences_are_found_by_key_and_language),
          TEST(a_faulty_row_is_named_by_file_and_line),
          TEST(names_in_braces_are_filled_and_unknown_ones_stay),
          TEST(the_tables_of_the_house_read))
