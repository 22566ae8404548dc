#include "base/text.h"
#include "rail/person.h"
#include "suite.h"

#include <string.h>

/* 2026-02-02 */
static int64_t
today(void)
{
    return tbc_days_from_civil(2026, 2, 2);
}

static enum tbc_doc_fault
judge(enum tbc_doc_kind kind, const char *text, struct tbc_doc *doc, size_t *at)
{
    return tbc_doc_judge(kind, tbc_span_str(text), today(), doc, at);
}

static void
a_resident_number_is_read_and_normalised(void)
{
    struct tbc_doc doc;

    CU_ASSERT_EQUAL(judge(TBC_DOC_CN, " 110105 19491231 002x", &doc, NULL),
                    TBC_DOC_FINE);
    CU_ASSERT_STRING_EQUAL(doc.number, "11010519491231002X");
    CU_ASSERT_EQUAL(doc.birth_year, 1949);
    CU_ASSERT_EQUAL(doc.birth_month, 12);
    CU_ASSERT_EQUAL(doc.birth_day, 31);
    CU_ASSERT_EQUAL(tbc_doc_age(&doc, today()), 76);
    CU_ASSERT_EQUAL(tbc_doc_age(&doc, tbc_days_from_civil(2026, 12, 30)), 76);
    CU_ASSERT_EQUAL(tbc_doc_age(&doc, tbc_days_from_civil(2026, 12, 31)), 77);
    CU_ASSERT_EQUAL(judge(TBC_DOC_CN, "440524188001010014", &doc, NULL), TBC_DOC_FINE);
}

/* ISO 7064 MOD 11-2 finds every single wrong character: all of them are tried. */
static void
every_wrong_character_of_a_resident_number_is_found(void)
{
    static const char *const good[] = { "11010519491231002X", "440524188001010014",
                                        "11010119900307803X" };
    static const char letters[] = "0123456789X";

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        char number[TBC_NUMBER_MAX + 1];
        struct tbc_doc doc;

        memcpy(number, good[i], sizeof number);
        CU_ASSERT_EQUAL(judge(TBC_DOC_CN, number, &doc, NULL), TBC_DOC_FINE);
        for (size_t place = 0; place < TBC_NUMBER_MAX; place++) {
            for (const char *c = letters; *c != '\0'; c++) {
                number[place] = *c;
                CU_ASSERT((judge(TBC_DOC_CN, number, &doc, NULL) == TBC_DOC_FINE) ==
                          (*c == good[i][place]));
            }
            number[place] = good[i][place];
        }
    }
}

static void
faults_are_named_with_their_place(void)
{
    static const struct {
        enum tbc_doc_kind kind;
        const char *text;
        enum tbc_doc_fault fault;
        size_t at;
    } rows[] = {
        { TBC_DOC_CN, "", TBC_DOC_TOO_SHORT, 0 },
        { TBC_DOC_CN, "110105491231002", TBC_DOC_BAD_BIRTH,
          6 }, /* 15 digits: 4912-31 */
        { TBC_DOC_CN, "11010519491231002", TBC_DOC_TOO_SHORT, 17 },
        { TBC_DOC_CN, "11010519491231002X1", TBC_DOC_TOO_LONG, 18 },
        { TBC_DOC_CN, "1101051949123100X2", TBC_DOC_BAD_LETTER, 16 },
        { TBC_DOC_CN, "1101O519491231002X", TBC_DOC_BAD_LETTER, 4 },
        { TBC_DOC_CN, "\xef\xbc\x91", TBC_DOC_BAD_LETTER, 0 }, /* a full-width 1 */
        { TBC_DOC_CN, "110105199902290025", TBC_DOC_BAD_BIRTH, 6 },
        { TBC_DOC_CN, "110105202602030027", TBC_DOC_BAD_BIRTH, 6 }, /* tomorrow */
        { TBC_DOC_CN, "11010500000101", TBC_DOC_BAD_BIRTH, 6 },
        { TBC_DOC_CN, "110105 19491231 0021", TBC_DOC_BAD_CHECK, 19 },
        { TBC_DOC_PASSPORT, "E123", TBC_DOC_TOO_SHORT, 4 },
        { TBC_DOC_PASSPORT, "E1234567890", TBC_DOC_TOO_LONG, 9 },
        { TBC_DOC_PASSPORT, "E12-345", TBC_DOC_BAD_LETTER, 3 },
        { TBC_DOC_CN, "/", TBC_DOC_BAD_LETTER, 0 }, /* beside 0-9 and A-Z in ASCII */
        { TBC_DOC_CN, "1101051949123100:", TBC_DOC_BAD_LETTER, 16 },
        { TBC_DOC_CN, "11010519491231002Y", TBC_DOC_BAD_LETTER, 17 },
        { TBC_DOC_PASSPORT, "E12@45", TBC_DOC_BAD_LETTER, 3 },
        { TBC_DOC_PASSPORT, "E12[45", TBC_DOC_BAD_LETTER, 3 },
        { TBC_DOC_PASSPORT, "E12`45", TBC_DOC_BAD_LETTER, 3 },
        { TBC_DOC_PASSPORT, "E12{45", TBC_DOC_BAD_LETTER, 3 },
        { TBC_DOC_PASSPORT, "az09z", TBC_DOC_FINE, 0 },
        { TBC_DOC_HKM, "A12345678", TBC_DOC_BAD_LETTER, 0 },
        { TBC_DOC_HKM, "H1234567801", TBC_DOC_FINE, 0 },
        { TBC_DOC_HKM, "H123456780", TBC_DOC_TOO_SHORT, 10 },
        { TBC_DOC_HKM, "m12345678", TBC_DOC_FINE, 0 },
        { TBC_DOC_TW, "12345678", TBC_DOC_FINE, 0 },
        { TBC_DOC_TW, "123456789", TBC_DOC_TOO_SHORT, 9 },
        { TBC_DOC_TW, "1234567890", TBC_DOC_FINE, 0 },
        { TBC_DOC_TW, "1234567X", TBC_DOC_BAD_LETTER, 7 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_doc doc;
        size_t at = 0;

        CU_ASSERT_EQUAL(judge(rows[i].kind, rows[i].text, &doc, &at), rows[i].fault);
        CU_ASSERT_EQUAL(at, rows[i].at);
        CU_ASSERT((doc.number[0] != '\0') == (rows[i].fault == TBC_DOC_FINE));
        CU_ASSERT(strlen(tbc_doc_fault_text(rows[i].fault)) > 10);
    }
}

static void
kinds_have_words(void)
{
    enum tbc_doc_kind kind;

    for (unsigned k = 0; k < TBC_DOC_N; k++) {
        const char *word = tbc_doc_kind_word((enum tbc_doc_kind)k);

        CU_ASSERT(tbc_doc_kind_parse(tbc_span_str(word), &kind));
        CU_ASSERT_EQUAL(kind, k);
    }
    CU_ASSERT_FALSE(tbc_doc_kind_parse(tbc_span_str("CN"), &kind));
}

static void
a_kind_outside_the_list_has_no_word_and_no_numbers(void)
{
    struct tbc_doc doc;
    size_t at = 9;

    CU_ASSERT_STRING_EQUAL(tbc_doc_kind_word(TBC_DOC_N), "");
    CU_ASSERT_EQUAL(judge(TBC_DOC_N, "12345678", &doc, &at), TBC_DOC_BAD_LETTER);
    CU_ASSERT_EQUAL(at, 0);
    CU_ASSERT_EQUAL(doc.number[0], '\0');
    CU_ASSERT_STRING_EQUAL(tbc_doc_fault_text((enum tbc_doc_fault)99), "unknown fault");
}

static void
an_age_is_told_only_of_who_is_born_and_says_when(void)
{
    static const struct {
        int year;
        int month;
        int day;
        int age;
    } rows[] = {
        { 0, 0, 0, -1 },     { 2027, 1, 1, -1 }, { 2026, 2, 3, -1 },
        { 2026, 2, 2, 0 },   { 2012, 2, 2, 14 }, { 2012, 2, 3, 13 },
        { 2012, 1, 31, 14 }, { 2012, 3, 1, 13 }, { 1926, 2, 2, 100 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_doc doc = { .birth_year = rows[i].year,
                               .birth_month = rows[i].month,
                               .birth_day = rows[i].day };

        CU_ASSERT_EQUAL(tbc_doc_age(&doc, today()), rows[i].age);
    }
}

static void
numbers_are_masked(void)
{
    static const struct {
        const char *number;
        const char *masked;
    } rows[] = {
        { "11010519491231002X", "1101**********002X" },
        { "E12345678", "E*****678" },
        { "A1234", "A*234" },
        { "1234", "****" },
        { "", "" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[TBC_NUMBER_MAX + 1];

        tbc_number_mask(rows[i].number, out);
        CU_ASSERT_STRING_EQUAL(out, rows[i].masked);
    }
}

static void
names_are_masked(void)
{
    static const struct {
        const char *name;
        const char *masked;
    } rows[] = {
        { "林晓禾", "林*禾" },
        { "林禾", "林*" },
        { "林", "*" },
        { "欧阳晓禾", "欧**禾" },
        { "买买提·阿不都拉", "买******拉" },
        { "Lin Xiao He", "Lin * He" },
        { "Lin He", "Lin *" },
        { "Lin", "L*" },
        { "Élodie", "É*" },
        { "  Anna   Maria  van der Berg ", "Anna * Berg" },
        { "Wolfeschlegelsteinhausen Maria Bergerdorffwelche",
          "Wolfeschlegelstein * Bergerdorffwelche" },
        { "林 Xiaohe", "林 *" },
        { "", "*" },
        /* Han beyond the usual block: extensions A and B, compatibility, the zero; dots */
        { "㐀晓䶿", "㐀*䶿" },
        { "\xf0\xa0\x80\x80晓禾", "\xf0\xa0\x80\x80*禾" },
        { "\xef\xa4\x80〇禾", "\xef\xa4\x80*禾" },
        { "买买提•阿", "买***阿" },
        /* not Han: a train, Hangul, kana, what lies between and beyond the blocks */
        { "\xf0\x9f\x9a\x84", "\xf0\x9f\x9a\x84*" },
        { "김민준", "김*" },
        { "さくら 花", "さくら *" },
        { "\xef\xac\x80", "\xef\xac\x80*" },
        { "\xf3\xa0\x84\x80", "\xf3\xa0\x84\x80*" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[TBC_NAME_MAX + 1];

        tbc_name_mask(rows[i].name, out);
        CU_ASSERT_STRING_EQUAL(out, rows[i].masked);
    }
}

static void
a_masked_name_always_fits_a_certificate_and_stays_utf8(void)
{
    static const char *const letters[] = {
        "x", "é", "林", "\xf0\x9f\x9a\x84", " ", "·"
    };

    for (size_t a = 0; a < 6; a++) {
        for (size_t b = 0; b < 6; b++) {
            char name[TBC_NAME_MAX + 1];
            char out[TBC_NAME_MAX + 1];
            struct tbc_buf n;

            tbc_buf_init_fixed(&n, name, TBC_NAME_MAX);
            for (int i = 0; i < TBC_NAME_MAX; i++) {
                (void)tbc_buf_append_str(&n, letters[i % 3 == 0 ? a : b]);
            }
            name[n.len] = '\0';
            tbc_name_mask(name, out);
            CU_ASSERT(strlen(out) <= TBC_MASKED_MAX);
            CU_ASSERT(tbc_utf8_is_valid(tbc_span_str(out)));
            CU_ASSERT_STRING_NOT_EQUAL(out, name);
        }
    }
}

TBC_SUITE("rail/person", TEST(a_resident_number_is_read_and_normalised),
          TEST(every_wrong_character_of_a_resident_number_is_found),
          TEST(faults_are_named_with_their_place),
          TEST(a_kind_outside_the_list_has_no_word_and_no_numbers),
          TEST(an_age_is_told_only_of_who_is_born_and_says_when),
          TEST(kinds_have_words), TEST(numbers_are_masked), TEST(names_are_masked),
          TEST(a_masked_name_always_fits_a_certificate_and_stays_utf8))
