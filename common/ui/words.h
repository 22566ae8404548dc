/* The sentences: assets/text/words.tsv (key, zh, en) and verdicts.tsv.  Tab separated, '#' at the
 * start of a line is a comment.  tests/lint/words.sh finds keys that C uses and the table lacks,
 * or the reverse. */
#ifndef TBC_UI_WORDS_H
#define TBC_UI_WORDS_H

#include "base/buf.h"

/* In the order of the columns; only complete languages have one. */
enum tbc_language {
    TBC_ZH,
    TBC_EN,
    TBC_LANGUAGE_N
};

/* One row of verdicts.tsv. */
struct tbc_outcome_words {
    const char *key;                  /* "ALREADY_ENTERED", "(gate) idle" */
    const char *state;                /* [state.*] of theme.conf */
    const char *icon;                 /* assets/icons */
    const char *word[TBC_LANGUAGE_N]; /* what the screen says, large */
    const char
        *next[TBC_LANGUAGE_N]; /* what to do next, with {desk}, {time}, {station} */
};

struct tbc_words;

/* Read both tables from a folder (".../assets/text").
 *   why   on error: one line that names the file and the line
 * Errors: ERR_NOT_FOUND, ERR_MALFORMED (a row with other than its columns, an empty cell, a key
 * twice, a {brace} left open or named differently in two languages), ERR_NO_MEMORY. */
enum tbc_err tbc_words_open(struct tbc_words **words, const char *folder,
                            struct tbc_buf *why) TBC_MUST_CHECK;
void tbc_words_free(struct tbc_words **words);

/* The sentence of that key; the key itself when the table lacks it, so that a screen shows a
 * fault instead of hiding it.  Borrowed from words (or key). */
const char *tbc_words_say(const struct tbc_words *words, enum tbc_language language,
                          const char *key);
bool tbc_words_has(const struct tbc_words *words, const char *key);

/* NULL when there is none. */
const struct tbc_outcome_words *
tbc_words_outcome(const struct tbc_words *words, const char *key);

/* For tests: the i-th key, NULL past the last. */
const char *tbc_words_key(const struct tbc_words *words, size_t i);

struct tbc_fill {
    const char *name; /* "n" for {n} */
    const char *value;
};

/* Append the sentence with its {names} filled in; a name without a fill stays as written. */
void tbc_words_fill(const char *sentence, const struct tbc_fill *fills, size_t fills_n,
                    struct tbc_buf *out);

#endif
