/* Identity documents: kinds, number rules, masking.  Pure.
 *
 * Sources: GB 11643-1999 (resident identity number: 17 digits and a check character of ISO 7064
 * MOD 11-2; digits 7..14 are the birth date); ICAO Doc 9303-4 (passport numbers, 1..9 letters
 * and digits); the exit-entry administration's forms for Hong Kong-Macao (H or M and 8 digits,
 * 10 with the renewal count) and Taiwan permits (8 digits, 10 with the renewal count). */
#ifndef TBC_RAIL_PERSON_H
#define TBC_RAIL_PERSON_H

#include "base/buf.h"
#include "base/when.h"

#define TBC_NUMBER_MAX 18
#define TBC_NAME_MAX   96 /* bytes of UTF-8 */
#define TBC_MASKED_MAX 40 /* bytes of a masked name, also inside a certificate */

/* kind, word on the command line and in CSV, least and greatest length */
#define TBC_DOC_LIST(X)           \
    X(CN, "cn", 18, 18)           \
    X(PASSPORT, "passport", 5, 9) \
    X(HKM, "hkm", 9, 11)          \
    X(TW, "tw", 8, 10)

enum tbc_doc_kind {
#define X(name, word, least, most) TBC_DOC_##name,
    TBC_DOC_LIST(X)
#undef X
    TBC_DOC_N
};

struct tbc_doc {
    enum tbc_doc_kind kind;
    char number[TBC_NUMBER_MAX + 1]; /* normalised: upper case, no spaces */
    int birth_year;                  /* 0 when the number does not say */
    int birth_month;
    int birth_day;
};

/* What is wrong with a number; each has a sentence on the screens and the command line. */
enum tbc_doc_fault {
    TBC_DOC_FINE,
    TBC_DOC_TOO_SHORT, /* fine so far: more characters are wanted */
    TBC_DOC_TOO_LONG,
    TBC_DOC_BAD_LETTER,
    TBC_DOC_BAD_BIRTH, /* not a date, or in the future */
    TBC_DOC_BAD_CHECK, /* check character does not match */
};

/* Judge a number as typed so far; spaces are ignored, letters folded to upper case.
 *   today    the railway's day, to refuse births in the future
 *   doc      filled only when TBC_DOC_FINE is returned
 *   at       offset of the offending character in text; may be NULL
 * 15-digit numbers of before 1999 are refused as too short: they are no longer issued. */
enum tbc_doc_fault tbc_doc_judge(enum tbc_doc_kind kind, struct tbc_span text,
                                 int64_t today, struct tbc_doc *doc, size_t *at);

/* A short English sentence for the command line, lower case, no full stop. */
const char *tbc_doc_fault_text(enum tbc_doc_fault fault);

const char *tbc_doc_kind_word(enum tbc_doc_kind kind);
bool tbc_doc_kind_parse(struct tbc_span word, enum tbc_doc_kind *kind);

/* "1101**********002X": the first four and the last four characters stay of 18, the first one
 * and the last three of shorter ones.  out gets at most TBC_NUMBER_MAX + 1 bytes. */
void tbc_number_mask(const char *number, char out[static TBC_NUMBER_MAX + 1]);

/* Mask a name: of Chinese names the first and the last character stay ("林*禾", two characters:
 * "林*"), of others the first and last word with a star for the middle ("Lin * He", one word: its
 * first letter, "L*").  Names without a middle hide the last part ("Lin *"), and words above 18
 * bytes are cut, so that the result never has more than TBC_MASKED_MAX bytes.  name is valid
 * UTF-8. */
void tbc_name_mask(const char *name, char out[static TBC_NAME_MAX + 1]);

/* Whole years between the birth and the day; -1 when the document does not say. */
int tbc_doc_age(const struct tbc_doc *doc, int64_t today);

#endif
