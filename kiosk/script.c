#include "script.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a)  (sizeof(a) / sizeof *(a))
#define WORDS_MAX 3
#define WAIT_MAX  600 /* seconds */

struct words {
    char word[WORDS_MAX][KIOSK_SCRIPT_TEXT_MAX + 1];
    size_t n;
};

/* "time_out" is TIME_OUT. */
static bool
is_name(const char *word, const char *name)
{
    size_t i = 0;

    for (; word[i] != '\0' && name[i] != '\0'; i++) {
        if (toupper((unsigned char)word[i]) != name[i] ||
            isupper((unsigned char)word[i])) {
            return false;
        }
    }
    return word[i] == name[i];
}

static const char *
split(struct tbc_span line, struct words *words)
{
    size_t at = 0;

    *words = (struct words){ 0 };
    while (at < line.len) {
        size_t begin;

        if (line.ptr[at] == ' ' || line.ptr[at] == '\t' || line.ptr[at] == '\r') {
            at++;
            continue;
        }
        if (line.ptr[at] == '#') {
            break;
        }
        begin = at;
        while (at < line.len && strchr(" \t\r", line.ptr[at]) == NULL) {
            at++;
        }
        if (words->n == WORDS_MAX) {
            return "too many words";
        }
        if (at - begin > KIOSK_SCRIPT_TEXT_MAX ||
            memchr(line.ptr + begin, 0, at - begin)) {
            return "a word is too long, or holds a NUL";
        }
        memcpy(words->word[words->n++], line.ptr + begin, at - begin);
    }
    return NULL;
}

/* KIOSK_EV_N when there is none. */
static enum kiosk_event
find_event(const char *word)
{
    int event = KIOSK_EV_NONE + 1;

    while (event < KIOSK_EV_N &&
           !is_name(word, kiosk_event_name((enum kiosk_event)event))) {
        event++;
    }
    return (enum kiosk_event)event;
}

/* Decimal digits only; -1 otherwise. */
static int64_t
read_seconds(const char *word)
{
    int64_t seconds = 0;

    for (; *word != '\0'; word++) {
        if (!isdigit((unsigned char)*word) || seconds > WAIT_MAX) {
            return -1;
        }
        seconds = seconds * 10 + (*word - '0');
    }
    return seconds <= WAIT_MAX ? seconds : -1;
}

static const char *
read_wait(const struct words *w, struct kiosk_script_step *step)
{
    int screen = 0;
    int64_t seconds = w->n < 3 ? KIOSK_SCRIPT_WAIT_MS / 1000 : read_seconds(w->word[2]);

    while (screen < KIOSK_SCREEN_N &&
           !is_name(w->word[1], kiosk_screen_name((enum kiosk_screen)screen))) {
        screen++;
    }
    step->screen = (enum kiosk_screen)screen;
    step->event = find_event(w->word[1]);
    if (screen == KIOSK_SCREEN_N &&
        (step->event == KIOSK_EV_N || kiosk_event_is_touch(step->event))) {
        return "no such screen or event";
    }
    step->within_ms = seconds * 1000;
    return seconds >= 1 ? NULL : "the time to wait is 1 to 600 seconds";
}

static const char *
read_language(const char *word, struct kiosk_script_step *step)
{
    step->event = KIOSK_EV_LANGUAGE;
    if (strcmp(word, "zh") != 0 && strcmp(word, "en") != 0) {
        return "the languages are zh and en";
    }
    step->arg = strcmp(word, "zh") == 0 ? KIOSK_ZH : KIOSK_EN;
    return NULL;
}

static const char *
read_tap(const struct words *w, struct kiosk_script_step *step)
{
    enum tbc_doc_kind kind = TBC_DOC_CN;

    step->event = find_event(w->word[1]);
    if (step->event == KIOSK_EV_N || !kiosk_event_is_touch(step->event)) {
        return "no such button";
    }
    switch (step->event) {
    case KIOSK_EV_LANGUAGE:
        return read_language(w->word[2], step);
    case KIOSK_EV_KIND:
        if (!tbc_doc_kind_parse(tbc_span_str(w->word[2]), &kind)) {
            return "the kinds are cn, passport, hkm and tw";
        }
        step->arg = (int)kind;
        return NULL;
    case KIOSK_EV_KEY:
        step->arg = (unsigned char)w->word[2][0];
        return strlen(w->word[2]) == 1 ? NULL : "a key is one letter or digit";
    default: /* the other buttons say nothing more */
        return w->n == 2 ? NULL : "this button takes no more words";
    }
}

static const char *
read_text(const struct words *w, struct kiosk_script_step *step)
{
    if (step->verb == KIOSK_VERB_SHOT && strchr(w->word[1], '/') != NULL) {
        return "a picture's name has no '/'";
    }
    memcpy(step->text, w->word[1], sizeof step->text);
    return NULL;
}

static const char *
read_step(const struct words *w, struct kiosk_script_step *step)
{
    static const struct {
        const char *name;
        enum kiosk_verb verb;
        size_t least;
        size_t most;
    } verbs[] = {
        { "wait", KIOSK_VERB_WAIT, 2, 3 },         { "tap", KIOSK_VERB_TAP, 2, 3 },
        { "type", KIOSK_VERB_TYPE, 2, 2 },         { "shot", KIOSK_VERB_SHOT, 2, 2 },
        { "language", KIOSK_VERB_LANGUAGE, 2, 2 }, { "quit", KIOSK_VERB_QUIT, 1, 1 },
    };
    size_t i = 0;

    while (i < COUNT(verbs) && strcmp(verbs[i].name, w->word[0]) != 0) {
        i++;
    }
    if (i == COUNT(verbs)) {
        return "the verbs are wait, tap, type, language, shot and quit";
    }
    if (w->n < verbs[i].least || w->n > verbs[i].most) {
        return "too few or too many words";
    }
    step->verb = verbs[i].verb;
    switch (step->verb) {
    case KIOSK_VERB_WAIT:
        return read_wait(w, step);
    case KIOSK_VERB_TAP:
        return read_tap(w, step);
    case KIOSK_VERB_LANGUAGE:
        return read_language(w->word[1], step);
    case KIOSK_VERB_TYPE:
    case KIOSK_VERB_SHOT:
        return read_text(w, step);
    case KIOSK_VERB_QUIT:
        break;
    }
    return NULL;
}

static const char *
read_line(struct kiosk_script *script, struct tbc_span line, int number)
{
    struct words words;
    struct kiosk_script_step *step;
    const char *fault = split(line, &words);

    if (fault != NULL || words.n == 0) {
        return fault;
    }
    if (script->n == KIOSK_SCRIPT_MAX) {
        return "more steps than a script may have (256)";
    }
    step = &script->steps[script->n++];
    *step =
        (struct kiosk_script_step){ .line = number, .within_ms = KIOSK_SCRIPT_WAIT_MS };
    return read_step(&words, step);
}

enum tbc_err
kiosk_script_parse(struct kiosk_script *script, struct tbc_span text,
                   struct tbc_buf *why)
{
    int number = 1;

    script->n = 0;
    while (text.len > 0) {
        const uint8_t *end = memchr(text.ptr, '\n', text.len);
        size_t len = end != NULL ? (size_t)(end - text.ptr) : text.len;
        const char *fault = read_line(script, tbc_span_sub(text, 0, len), number++);

        if (fault != NULL) {
            (void)tbc_buf_printf(why, "line %d: %s", number - 1, fault);
            script->n = 0;
            return TBC_ERR_MALFORMED;
        }
        text = tbc_span_sub(text, len + 1, text.len);
    }
    return TBC_OK;
}
