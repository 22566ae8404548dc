#include "ui/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX    (1u << 20)
#define COLUMNS_MAX 7
#define ROWS_MAX    1024

struct sentence {
    const char *key;
    const char *say[TBC_LANGUAGE_N];
};

struct tbc_words {
    char *sentence_file; /* what the pointers below point into */
    char *outcome_file;
    struct sentence *sentence; /* sorted by key */
    size_t sentence_n;
    struct tbc_outcome_words *outcome;
    size_t outcome_n;
};

/* Where a reader is, for its complaints. */
struct place {
    const char *path;
    size_t line;
    struct tbc_buf *why;
};

static enum tbc_err
complain(const struct place *at, const char *what, const char *which)
{
    (void)tbc_buf_printf(at->why, "%s:%zu: %s%s%s", at->path, at->line, what,
                         *which != '\0' ? ": " : "", which);
    return TBC_ERR_MALFORMED;
}

/* The whole file as a C string; the caller frees it. */
static enum tbc_err
slurp(const char *path, char **text, struct tbc_buf *why)
{
    FILE *f = fopen(path, "rbe");
    enum tbc_err err = TBC_ERR_NO_MEMORY;
    size_t n;

    if (f == NULL) {
        (void)tbc_buf_printf(why, "%s: %s", path, strerror(errno));
        return TBC_ERR_NOT_FOUND;
    }
    if ((*text = malloc(FILE_MAX)) == NULL) {
        goto out;
    }
    n = fread(*text, 1, FILE_MAX - 1, f);
    if (ferror(f) || !feof(f)) {
        (void)tbc_buf_printf(why, "%s: cannot be read, or is above 1 MiB", path);
        free(*text);
        *text = NULL;
        err = TBC_ERR_MALFORMED;
        goto out;
    }
    (*text)[n] = '\0';
    err = TBC_OK;
out:
    (void)fclose(f);
    return err;
}

/* Cut the next line into its cells, in place.  cells_n: how many it has; NULL at the end. */
static char *
next_row(char *at, struct place *place, char *cells[static COLUMNS_MAX + 1],
         size_t *cells_n)
{
    for (;;) {
        char *end = at + strcspn(at, "\n");
        bool last = *end == '\0';

        if (*at == '\0') {
            return NULL;
        }
        *end = '\0';
        place->line++;
        if (*at != '\0' && *at != '#') {
            *cells_n = 0;
            while (at != NULL && *cells_n <= COLUMNS_MAX) {
                char *tab = strchr(at, '\t');

                if (tab != NULL) {
                    *tab++ = '\0';
                }
                cells[(*cells_n)++] = at;
                at = tab;
            }
            return last ? end : end + 1;
        }
        at = last ? end : end + 1;
    }
}

/* Every {name} of a is in b, and none is left open. */
static bool
has_braces_of(const char *a, const char *b)
{
    while ((a = strchr(a, '{')) != NULL) {
        const char *end = strchr(a, '}');
        char name[24];
        size_t n;

        if (end == NULL || (n = (size_t)(end - a) + 1) >= sizeof name) {
            return false;
        }
        memcpy(name, a, n);
        name[n] = '\0';
        if (strstr(b, name) == NULL) {
            return false;
        }
        a = end;
    }
    return true;
}

static enum tbc_err
check_cells(const struct place *at, char *const *cells, size_t n, size_t want)
{
    if (n != want) {
        return complain(at, "wrong number of tab-separated cells", cells[0]);
    }
    for (size_t i = 0; i < n; i++) {
        if (*cells[i] == '\0') {
            return complain(at, "an empty cell", cells[0]);
        }
    }
    return TBC_OK;
}

static int
by_key(const void *a, const void *b)
{
    const struct sentence *x = a;
    const struct sentence *y = b;

    return strcmp(x->key, y->key);
}

static enum tbc_err
read_sentences(struct tbc_words *w, struct place *at)
{
    char *cells[COLUMNS_MAX + 1];
    char *p = w->sentence_file;
    size_t n;
    enum tbc_err err;

    while ((p = next_row(p, at, cells, &n)) != NULL) {
        if ((err = check_cells(at, cells, n, 1 + TBC_LANGUAGE_N)) != TBC_OK) {
            return err;
        }
        for (size_t i = 1; i <= TBC_LANGUAGE_N; i++) {
            if (!has_braces_of(cells[1], cells[i]) ||
                !has_braces_of(cells[i], cells[1])) {
                return complain(at, "the {names} differ between languages", cells[0]);
            }
        }
        for (size_t i = 0; i < w->sentence_n; i++) {
            if (strcmp(w->sentence[i].key, cells[0]) == 0) {
                return complain(at, "the key stands above already", cells[0]);
            }
        }
        if (w->sentence_n == ROWS_MAX) {
            return complain(at, "more than 1024 rows", "");
        }
        w->sentence[w->sentence_n++] =
            (struct sentence){ cells[0], { cells[1], cells[2] } };
    }
    qsort(w->sentence, w->sentence_n, sizeof *w->sentence, by_key);
    return TBC_OK;
}

static enum tbc_err
read_outcomes(struct tbc_words *w, struct place *at)
{
    char *cells[COLUMNS_MAX + 1];
    char *p = w->outcome_file;
    size_t n;
    enum tbc_err err;

    while ((p = next_row(p, at, cells, &n)) != NULL) {
        if ((err = check_cells(at, cells, n, 3 + 2 * TBC_LANGUAGE_N)) != TBC_OK) {
            return err;
        }
        if (!has_braces_of(cells[4], cells[6]) || !has_braces_of(cells[6], cells[4])) {
            return complain(at, "the {names} differ between languages", cells[0]);
        }
        if (tbc_words_outcome(w, cells[0]) != NULL) {
            return complain(at, "the key stands above already", cells[0]);
        }
        if (w->outcome_n == ROWS_MAX) {
            return complain(at, "more than 1024 rows", "");
        }
        w->outcome[w->outcome_n++] = (struct tbc_outcome_words){
            cells[0], cells[1], cells[2], { cells[3], cells[5] }, { cells[4], cells[6] }
        };
    }
    return TBC_OK;
}

/* One of the two files. */
static enum tbc_err
read_table(struct tbc_words *w, const char *folder, const char *name,
           struct tbc_buf *why)
{
    bool outcomes = strcmp(name, "verdicts.tsv") == 0;
    struct tbc_buf path = { 0 };
    struct place at = { .why = why };
    enum tbc_err err;

    (void)tbc_buf_printf(&path, "%s/%s", folder, name);
    if ((err = tbc_buf_status(&path)) != TBC_OK ||
        (err = slurp(at.path = tbc_buf_str(&path),
                     outcomes ? &w->outcome_file : &w->sentence_file, why)) != TBC_OK) {
        goto out;
    }
    err = outcomes ? read_outcomes(w, &at) : read_sentences(w, &at);
out:
    tbc_buf_fini(&path);
    return err;
}

enum tbc_err
tbc_words_open(struct tbc_words **words, const char *folder, struct tbc_buf *why)
{
    struct tbc_words *w = calloc(1, sizeof *w);
    enum tbc_err err = TBC_ERR_NO_MEMORY;

    *words = NULL;
    if (w == NULL || (w->sentence = calloc(ROWS_MAX, sizeof *w->sentence)) == NULL ||
        (w->outcome = calloc(ROWS_MAX, sizeof *w->outcome)) == NULL) {
        goto out;
    }
    if ((err = read_table(w, folder, "words.tsv", why)) != TBC_OK ||
        (err = read_table(w, folder, "verdicts.tsv", why)) != TBC_OK) {
        goto out;
    }
    *words = w;
    w = NULL;
out:
    tbc_words_free(&w);
    return err;
}

void
tbc_words_free(struct tbc_words **words)
{
    struct tbc_words *w = *words;

    if (w != NULL) {
        free(w->sentence);
        free(w->outcome);
        free(w->sentence_file);
        free(w->outcome_file);
        free(w);
    }
    *words = NULL;
}

static const struct sentence *
find(const struct tbc_words *words, const char *key)
{
    struct sentence wanted = { .key = key };

    return bsearch(&wanted, words->sentence, words->sentence_n, sizeof wanted, by_key);
}

const char *
tbc_words_say(const struct tbc_words *words, enum tbc_language language,
              const char *key)
{
    const struct sentence *s = find(words, key);

    return s != NULL && language < TBC_LANGUAGE_N ? s->say[language] : key;
}

bool
tbc_words_has(const struct tbc_words *words, const char *key)
{
    return find(words, key) != NULL;
}

const struct tbc_outcome_words *
tbc_words_outcome(const struct tbc_words *words, const char *key)
{
    for (size_t i = 0; i < words->outcome_n; i++) {
        if (strcmp(words->outcome[i].key, key) == 0) {
            return &words->outcome[i];
        }
    }
    return NULL;
}

const char *
tbc_words_key(const struct tbc_words *words, size_t i)
{
    return i < words->sentence_n ? words->sentence[i].key : NULL;
}

void
tbc_words_fill(const char *sentence, const struct tbc_fill *fills, size_t fills_n,
               struct tbc_buf *out)
{
    const char *brace;

    while ((brace = strchr(sentence, '{')) != NULL) {
        const char *end = strchr(brace, '}');
        size_t n = end == NULL ? 0 : (size_t)(end - brace) - 1;
        const struct tbc_fill *f = NULL;

        for (size_t i = 0; end != NULL && i < fills_n; i++) {
            if (strlen(fills[i].name) == n &&
                strncmp(fills[i].name, brace + 1, n) == 0) {
                f = &fills[i];
            }
        }
        (void)tbc_buf_append(out, sentence, (size_t)(brace - sentence));
        if (f != NULL) {
            (void)tbc_buf_append_str(out, f->value);
            sentence = end + 1;
        } else {
            (void)tbc_buf_append(out, "{", 1);
            sentence = brace + 1;
        }
    }
    (void)tbc_buf_append_str(out, sentence);
}
