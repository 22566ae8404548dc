#include "rail/person.h"

#include "base/text.h"

#include <string.h>

#define BIRTH_AT   6 /* GB 11643-1999 sec. 4.1: yyyymmdd stands in digits 7..14 */
#define BIRTH_END  14
#define WORD_MAX   18 /* bytes that a word of a masked name keeps */
#define STARS_LESS 4  /* shorter numbers are masked whole */

static const struct {
    const char *word;
    size_t least;
    size_t most;
} kinds[] = {
#define X(name, word, least, most) { word, least, most },
    TBC_DOC_LIST(X)
#undef X
};

/* A number on its way in: its letters and where each stood in the text. */
struct typed {
    char letters[TBC_NUMBER_MAX + 1];
    size_t from[TBC_NUMBER_MAX];
    size_t n;
};

static enum tbc_doc_fault
blame(enum tbc_doc_fault what, size_t offset, size_t *at)
{
    if (at != NULL) {
        *at = offset;
    }
    return what;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* May this letter stand at this place of such a number? */
static bool
letter_fits(enum tbc_doc_kind kind, size_t place, char c)
{
    switch (kind) {
    case TBC_DOC_CN:
        return is_digit(c) || (place == TBC_NUMBER_MAX - 1 && c == 'X');
    case TBC_DOC_PASSPORT:
        return is_digit(c) || (c >= 'A' && c <= 'Z');
    case TBC_DOC_HKM:
        return place == 0 ? c == 'H' || c == 'M' : is_digit(c);
    case TBC_DOC_TW:
        return is_digit(c);
    case TBC_DOC_N:
        break;
    }
    return false;
}

static enum tbc_doc_fault
take_letters(enum tbc_doc_kind kind, struct tbc_span text, struct typed *t, size_t *at)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = (char)text.ptr[i];

        if (c == ' ') {
            continue;
        }
        if (c >= 'a' && c <= 'z') {
            c = (char)(c - 'a' + 'A');
        }
        if (t->n == kinds[kind].most) {
            return blame(TBC_DOC_TOO_LONG, i, at);
        }
        if (!letter_fits(kind, t->n, c)) {
            return blame(TBC_DOC_BAD_LETTER, i, at);
        }
        t->from[t->n] = i;
        t->letters[t->n++] = c;
    }
    return TBC_DOC_FINE;
}

static int
number_at(const char *digits, size_t n)
{
    int value = 0;

    for (size_t i = 0; i < n; i++) {
        value = value * 10 + (digits[i] - '0');
    }
    return value;
}

/* The birth date in a resident number; false when there is no such day or it is to come. */
static bool
take_birth(const char *letters, int64_t today, struct tbc_doc *doc)
{
    doc->birth_year = number_at(letters + BIRTH_AT, 4);
    doc->birth_month = number_at(letters + BIRTH_AT + 4, 2);
    doc->birth_day = number_at(letters + BIRTH_AT + 6, 2);
    return tbc_date_is_valid(doc->birth_year, doc->birth_month, doc->birth_day) &&
           tbc_days_from_civil(doc->birth_year, doc->birth_month, doc->birth_day) <=
               today;
}

/* ISO 7064:2003 sec. 7.1, MOD 11-2 with the check character X for ten. */
static bool
check_character_is_right(const char *letters)
{
    unsigned p = 0;

    for (size_t i = 0; i < TBC_NUMBER_MAX - 1; i++) {
        p = (p + (unsigned)(letters[i] - '0')) * 2 % 11;
    }
    p += letters[TBC_NUMBER_MAX - 1] == 'X'
             ? 10
             : (unsigned)(letters[TBC_NUMBER_MAX - 1] - '0');
    return p % 11 == 1;
}

/* Permits have eight digits, or ten with the renewal count: never nine. */
static bool
length_is_whole(enum tbc_doc_kind kind, size_t n)
{
    bool permit = kind == TBC_DOC_HKM || kind == TBC_DOC_TW;

    return n >= kinds[kind].least && (!permit || n != kinds[kind].least + 1);
}

enum tbc_doc_fault
tbc_doc_judge(enum tbc_doc_kind kind, struct tbc_span text, int64_t today,
              struct tbc_doc *doc, size_t *at)
{
    struct typed t = { .n = 0 };
    struct tbc_doc found = { .kind = kind };
    enum tbc_doc_fault what;

    *doc = (struct tbc_doc){ 0 };
    if ((unsigned)kind >= TBC_DOC_N) {
        return blame(TBC_DOC_BAD_LETTER, 0, at);
    }
    if ((what = take_letters(kind, text, &t, at)) != TBC_DOC_FINE) {
        return what;
    }
    if (kind == TBC_DOC_CN && t.n >= BIRTH_END &&
        !take_birth(t.letters, today, &found)) {
        return blame(TBC_DOC_BAD_BIRTH, t.from[BIRTH_AT], at);
    }
    if (!length_is_whole(kind, t.n)) {
        return blame(TBC_DOC_TOO_SHORT, text.len, at);
    }
    if (kind == TBC_DOC_CN && !check_character_is_right(t.letters)) {
        return blame(TBC_DOC_BAD_CHECK, t.from[TBC_NUMBER_MAX - 1], at);
    }
    memcpy(found.number, t.letters, sizeof found.number);
    *doc = found;
    tbc_wipe(&t, sizeof t);
    return TBC_DOC_FINE;
}

const char *
tbc_doc_fault_text(enum tbc_doc_fault fault)
{
    switch (fault) {
    case TBC_DOC_FINE:
        return "the number is fine";
    case TBC_DOC_TOO_SHORT:
        return "the number is too short";
    case TBC_DOC_TOO_LONG:
        return "the number is too long";
    case TBC_DOC_BAD_LETTER:
        return "a character that such a number does not have there";
    case TBC_DOC_BAD_BIRTH:
        return "the birth date is not a date or lies in the future";
    case TBC_DOC_BAD_CHECK:
        return "the check character does not match: a digit is wrong";
    }
    return "unknown fault";
}

const char *
tbc_doc_kind_word(enum tbc_doc_kind kind)
{
    return (unsigned)kind < TBC_DOC_N ? kinds[kind].word : "";
}

bool
tbc_doc_kind_parse(struct tbc_span word, enum tbc_doc_kind *kind)
{
    for (unsigned i = 0; i < TBC_DOC_N; i++) {
        if (tbc_span_equal(word, tbc_span_str(kinds[i].word))) {
            *kind = (enum tbc_doc_kind)i;
            return true;
        }
    }
    *kind = TBC_DOC_CN;
    return false;
}

void
tbc_number_mask(const char *number, char out[static TBC_NUMBER_MAX + 1])
{
    size_t n = strnlen(number, TBC_NUMBER_MAX);
    size_t head = n == TBC_NUMBER_MAX ? 4 : n > STARS_LESS ? 1 : 0;
    size_t tail = n == TBC_NUMBER_MAX ? 4 : n > STARS_LESS ? 3 : 0;

    memset(out, '*', n);
    memcpy(out, number, head);
    memcpy(out + n - tail, number + n - tail, tail);
    out[n] = '\0';
}

/* The code point of one valid UTF-8 sequence. */
static uint32_t
code_point(struct tbc_span c)
{
    static const uint8_t lead_bits[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
    uint32_t value = c.len > 0 && c.len <= 4 ? c.ptr[0] & lead_bits[c.len] : 0;

    for (size_t i = 1; i < c.len && i < 4; i++) {
        value = value << 6 | (c.ptr[i] & 0x3f);
    }
    return value;
}

/* Han characters and the dot between the parts of a transcribed name. */
static bool
is_han(struct tbc_span c)
{
    uint32_t u = code_point(c);

    return (u >= 0x3400 && u <= 0x9fff) || (u >= 0xf900 && u <= 0xfaff) ||
           (u >= 0x20000 && u <= 0x3ffff) || u == 0x00b7 || u == 0x2022 || u == 0x3007;
}

static bool
is_chinese_name(struct tbc_span name)
{
    struct tbc_span c;

    for (size_t at = 0; (c = tbc_utf8_next(name, &at)).len > 0;) {
        if (!is_han(c)) {
            return false;
        }
    }
    return name.len > 0;
}

/* Errors of the fixed buffer are impossible but for names beyond the limit, which end early. */
static void
mask_chinese(struct tbc_span name, struct tbc_buf *out)
{
    size_t n = tbc_utf8_count(name);
    struct tbc_span c;
    size_t i = 0;

    for (size_t at = 0; (c = tbc_utf8_next(name, &at)).len > 0; i++) {
        bool stays = (i == 0 && n > 1) || (i == n - 1 && n > 2);

        (void)tbc_buf_append_span(out, stays ? c : tbc_span_str("*"));
    }
}

/* The next word at *at, without the spaces around it; empty at the end. */
static struct tbc_span
next_word(struct tbc_span s, size_t *at)
{
    size_t from;

    while (*at < s.len && s.ptr[*at] == ' ') {
        (*at)++;
    }
    from = *at;
    while (*at < s.len && s.ptr[*at] != ' ') {
        (*at)++;
    }
    return tbc_span_sub(s, from, *at - from);
}

/* As much of a word as may stay, whole characters only. */
static struct tbc_span
cut_word(struct tbc_span word)
{
    size_t keep = 0;

    for (size_t at = 0; at <= WORD_MAX; (void)tbc_utf8_next(word, &at)) {
        keep = at;
        if (at >= word.len) {
            break;
        }
    }
    return tbc_span_sub(word, 0, keep);
}

static void
mask_words(struct tbc_span name, struct tbc_buf *out)
{
    struct tbc_span first = { 0 };
    struct tbc_span last = { 0 };
    struct tbc_span word;
    size_t n = 0;
    size_t initial = 0;

    for (size_t at = 0; (word = next_word(name, &at)).len > 0; n++) {
        first = n == 0 ? word : first;
        last = word;
    }
    if (n < 2) {
        (void)tbc_buf_append_span(out, tbc_utf8_next(first, &initial));
        (void)tbc_buf_append_str(out, "*");
        return;
    }
    (void)tbc_buf_append_span(out, cut_word(first));
    (void)tbc_buf_append_str(out, n == 2 ? " *" : " * ");
    if (n > 2) {
        (void)tbc_buf_append_span(out, cut_word(last));
    }
}

void
tbc_name_mask(const char *name, char out[static TBC_NAME_MAX + 1])
{
    struct tbc_span s = tbc_span_of(name, strnlen(name, TBC_NAME_MAX));
    struct tbc_buf b;

    tbc_buf_init_fixed(&b, out, TBC_MASKED_MAX);
    if (is_chinese_name(s)) {
        mask_chinese(s, &b);
    } else {
        mask_words(s, &b);
    }
    out[b.len] = '\0';
}

int
tbc_doc_age(const struct tbc_doc *doc, int64_t today)
{
    struct tbc_civil now = tbc_utc_civil(tbc_day_start(today), TBC_CIVIL_OFFSET_S);
    bool before_birthday = now.month < doc->birth_month ||
                           (now.month == doc->birth_month && now.day < doc->birth_day);
    int age = now.year - doc->birth_year - (before_birthday ? 1 : 0);

    return doc->birth_year == 0 || age < 0 ? -1 : age;
}
