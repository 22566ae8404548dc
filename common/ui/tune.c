#include "ui/tune.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI           3.14159265358979323846
#define PARTIALS_MAX 7
#define WINDOW_MS    50
#define RMS          0.16
#define PEAK         0.84
#define GONE         5 /* decays, after which nothing is left to hear */

/* One sine of a voice. */
struct partial {
    double ratio; /* to the note's frequency */
    double level;
    double decay_ms; /* to 1/e; 0: it holds for the note's time */
};

struct voice {
    const char *name;
    double level;
    double attack_ms;
    double release_ms; /* at the note's end, of what holds */
    double tail_ms;    /* rings on after the note's end */
    struct partial partials[PARTIALS_MAX];
};

/* clang-format off */
static const struct voice voices[] = {
    [TBC_VOICE_REST] = { "-", 0, 0, 0, 0, { { 0, 0, 0 } } },
    /* the partials of a small bell, its hum left out */
    [TBC_VOICE_BELL] = { "bell", 1.0, 4, 0, 420,
        { { 1, 1.0, 150 }, { 2, 0.30, 90 }, { 2.76, 0.16, 50 }, { 4.07, 0.05, 30 } } },
    /* nearly a square, as reeds are; a gap before the next note parts them */
    [TBC_VOICE_REED] = { "reed", 0.7, 10, 30, 0,
        { { 1, 1.0, 0 }, { 2, 0.25, 0 }, { 3, 0.60, 0 }, { 4, 0.15, 0 }, { 5, 0.40, 0 },
          { 7, 0.25, 0 }, { 9, 0.15, 0 } } },
    /* a bar of wood: its second mode is tuned to two octaves below four */
    [TBC_VOICE_WOOD] = { "wood", 1.0, 1, 0, 120,
        { { 1, 1.0, 35 }, { 3.93, 0.45, 16 }, { 9.2, 0.15, 7 } } },
    [TBC_VOICE_TICK] = { "tick", 0.9, 0.5, 0, 40,
        { { 1, 1.0, 9 }, { 2.3, 0.7, 6 }, { 5.1, 0.5, 3 } } },
};
/* clang-format on */

/* ---- text */

/* Semitones of c to b. */
static const int semitones[] = {
    ['a'] = 9, ['b'] = 11, ['c'] = 0, ['d'] = 2, ['e'] = 4, ['f'] = 5, ['g'] = 7
};

static bool
parse_pitch(const char *word, double *hz)
{
    int key;

    if (word[0] < 'a' || word[0] > 'g') {
        return false;
    }
    key = semitones[(unsigned char)word[0]];
    word++;
    if (*word == '#') {
        key++;
        word++;
    }
    if (*word < '0' || *word > '8' || word[1] != '\0') {
        return false;
    }
    key += 12 * (*word - '0' + 1); /* MIDI's numbers: a4 is 69 */
    *hz = 440 * pow(2, (key - 69) / 12.0);
    return true;
}

static bool
parse_ms(const char *word, int *ms)
{
    *ms = 0;
    for (; *word != '\0'; word++) {
        if (*word < '0' || *word > '9') {
            return false;
        }
        *ms = *ms * 10 + (*word - '0');
        if (*ms > TBC_NOTE_MS_MAX) {
            return false;
        }
    }
    return *ms > 0;
}

static bool
find_voice(const char *word, enum tbc_voice *voice)
{
    for (size_t i = 0; i < sizeof voices / sizeof *voices; i++) {
        if (strcmp(word, voices[i].name) == 0) {
            *voice = (enum tbc_voice)i;
            return true;
        }
    }
    return false;
}

static bool
add(struct tbc_tune *tune, enum tbc_voice voice, double hz)
{
    if (tune->n == TBC_TUNE_NOTES_MAX) {
        return false;
    }
    tune->notes[tune->n++] = (struct tbc_note){ .voice = voice, .hz = hz };
    return true;
}

/* "VOICE NOTE... MS"; cuts the text. */
static bool
parse_phrase(struct tbc_tune *tune, char *text)
{
    size_t first = tune->n;
    char *rest = NULL;
    char *word = strtok_r(text, " ", &rest);
    enum tbc_voice voice;
    double hz;
    int ms;

    if (word == NULL || !find_voice(word, &voice) ||
        (voice == TBC_VOICE_REST && !add(tune, voice, 0))) {
        return false;
    }
    while ((word = strtok_r(NULL, " ", &rest)) != NULL && parse_pitch(word, &hz)) {
        if (voice == TBC_VOICE_REST || !add(tune, voice, hz)) {
            return false;
        }
    }
    if (word == NULL || tune->n == first || !parse_ms(word, &ms) ||
        strtok_r(NULL, " ", &rest) != NULL) {
        return false;
    }
    for (size_t i = first; i < tune->n; i++) {
        tune->notes[i].ms = ms;
    }
    return true;
}

bool
tbc_tune_parse(struct tbc_tune *tune, const char *text)
{
    char copy[128];
    char *rest = copy;
    size_t len = strlen(text);

    *tune = (struct tbc_tune){ 0 };
    if (strcmp(text, "none") == 0) {
        return true;
    }
    if (len >= sizeof copy) {
        return false;
    }
    memcpy(copy, text, len + 1);
    while (rest != NULL) {
        char *phrase = rest;

        rest = strchr(rest, ',');
        if (rest != NULL) {
            *rest++ = '\0';
        }
        if (!parse_phrase(tune, phrase)) {
            *tune = (struct tbc_tune){ 0 };
            return false;
        }
    }
    return true;
}

/* ---- samples */

size_t
tbc_tune_len(const struct tbc_tune *tune, int rate)
{
    double at_ms = 0;
    double end_ms = 0;

    for (size_t i = 0; i < tune->n; i++) {
        at_ms += tune->notes[i].ms;
        end_ms = fmax(end_ms, at_ms + voices[tune->notes[i].voice].tail_ms);
    }
    return (size_t)(end_ms * rate / 1000);
}

/* How loud one partial is t ms after the note's begin. */
static double
envelope(const struct voice *v, const struct partial *p, int note_ms, double t)
{
    double rise = t < v->attack_ms ? t / v->attack_ms : 1;
    double left = note_ms - t;

    if (p->decay_ms > 0) {
        return t > GONE * p->decay_ms ? 0 : rise * exp(-t / p->decay_ms);
    }
    if (left < 2 * v->release_ms) { /* silent for as long as it took to fade */
        left -= v->release_ms;
        return left < 0 ? 0 : rise * left / v->release_ms;
    }
    return rise;
}

static double
sample(const struct tbc_note *note, double t)
{
    const struct voice *v = &voices[note->voice];
    double sum = 0;

    for (size_t i = 0; i < PARTIALS_MAX; i++) {
        const struct partial *p = &v->partials[i];

        if (p->level > 0) {
            sum += p->level * envelope(v, p, note->ms, t) *
                   sin(2 * PI * note->hz * p->ratio * t / 1000);
        }
    }
    return sum * v->level;
}

static void
mix_note(double *mix, size_t len, int rate, const struct tbc_note *note, double at_ms)
{
    double whole_ms = note->ms + voices[note->voice].tail_ms;
    size_t first = (size_t)(at_ms * rate / 1000);

    for (size_t i = first; i < len; i++) {
        double t = (double)(i - first) * 1000 / rate;

        if (t >= whole_ms) {
            return;
        }
        mix[i] += sample(note, t);
    }
}

/* What makes the loudest window RMS, and keeps the peak. */
static double
gain(const double *mix, size_t len, int rate)
{
    size_t window = (size_t)(rate * WINDOW_MS / 1000);
    double sum = 0;
    double loudest = 0;
    double peak = 0;

    for (size_t i = 0; i < len; i++) {
        sum += mix[i] * mix[i] - (i >= window ? mix[i - window] * mix[i - window] : 0);
        loudest = fmax(loudest, sum / (double)window);
        peak = fmax(peak, fabs(mix[i]));
    }
    return peak > 0 ? fmin(RMS / sqrt(loudest), PEAK / peak) : 0;
}

enum tbc_err
tbc_tune_render(const struct tbc_tune *tune, int rate, int16_t *samples)
{
    size_t len = tbc_tune_len(tune, rate);
    double *mix = calloc(len > 0 ? len : 1, sizeof *mix);
    double at_ms = 0;
    double by;

    if (mix == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < tune->n; i++) {
        mix_note(mix, len, rate, &tune->notes[i], at_ms);
        at_ms += tune->notes[i].ms;
    }
    by = gain(mix, len, rate);
    for (size_t i = 0; i < len; i++) {
        samples[i] = (int16_t)lrint(mix[i] * by * INT16_MAX);
    }
    free(mix);
    return TBC_OK;
}
