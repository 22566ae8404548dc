/* What theme.conf makes a gate sound like, by measuring the samples. */
#include "suite.h"
#include "ui/theme.h"
#include "ui/tune.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PI         3.14159265358979323846
#define RATE       44100
#define FRAME_MS   5
#define FRAME      ((size_t)RATE * FRAME_MS / 1000)
#define ONSETS_MAX 8
#define SPAN_MS    60

/* A tune and what can be heard in it. */
struct heard {
    int16_t *pcm;
    size_t len;
    double at_ms[ONSETS_MAX]; /* when something is struck */
    double hz[ONSETS_MAX];    /* its strongest frequency */
    size_t n;
    double colour;  /* centre of its spectrum over its pitch, at the first note */
    double sustain; /* energy of the second 50 ms over that of the first */
    double peak;    /* of the full scale */
    double rms;     /* of the loudest 50 ms */
};

static const enum tbc_state sounding[] = { TBC_STATE_accepted,
                                           TBC_STATE_accepted_offline,
                                           TBC_STATE_refused, TBC_STATE_refer,
                                           TBC_STATE_wait };

#define SOUNDING_N (sizeof sounding / sizeof *sounding)

static double
at(const struct heard *h, size_t i)
{
    return i < h->len ? (double)h->pcm[i] / INT16_MAX : 0;
}

static size_t
sample_of(double ms)
{
    return (size_t)(ms * RATE / 1000);
}

static double
rms(const struct heard *h, size_t from, size_t n)
{
    double sum = 0;

    for (size_t i = from; i < from + n; i++) {
        sum += at(h, i) * at(h, i);
    }
    return sqrt(sum / (double)n);
}

/* The power at one frequency, under a Hann window (Goertzel). */
static double
power(const struct heard *h, double from_ms, double span_ms, double hz)
{
    size_t from = sample_of(from_ms);
    size_t n = sample_of(span_ms);
    double by = 2 * cos(2 * PI * hz / RATE);
    double turn = cos(2 * PI / (double)n); /* of the window */
    double w0 = 1;
    double w1 = turn;
    double a = 0;
    double b = 0;

    for (size_t i = 0; i < n; i++) {
        double x = (0.5 - 0.5 * w0) * at(h, from + i);
        double next = x + by * a - b;
        double w2 = 2 * turn * w1 - w0;

        b = a;
        a = next;
        w0 = w1;
        w1 = w2;
    }
    return (a * a + b * b - by * a * b) / (double)(n * n);
}

static double
strongest(const struct heard *h, double from_ms, double span_ms)
{
    double best = 0;
    double most = 0;

    for (int hz = 100; hz < 1200; hz += 4) {
        double p = power(h, from_ms, span_ms, hz);

        if (p > most) {
            most = p;
            best = hz;
        }
    }
    return best;
}

/* Where the loudness of 5 ms rises by a third within 10 ms. */
static void
find_onsets(struct heard *h)
{
    double loudest = 0;
    size_t quiet = 0; /* frames since the last one */

    for (size_t i = 0; i < h->len / FRAME; i++) {
        loudest = fmax(loudest, rms(h, i * FRAME, FRAME));
    }
    for (size_t i = 0; i < h->len / FRAME; i++) {
        double is = rms(h, i * FRAME, FRAME);
        double was = i < 2 ? 0 : rms(h, (i - 2) * FRAME, FRAME);

        if (is > 0.15 * loudest && is > 1.33 * was && (h->n == 0 || quiet > 7) &&
            h->n < ONSETS_MAX) {
            h->at_ms[h->n++] = (double)i * FRAME_MS;
            quiet = 0;
        }
        quiet++;
    }
}

static void
measure(struct heard *h)
{
    double sum = 0;
    double weighted = 0;

    find_onsets(h);
    for (size_t i = 0; i < h->n; i++) {
        h->hz[i] = strongest(h, h->at_ms[i], SPAN_MS);
    }
    for (int hz = 60; hz < 6000; hz += 20) {
        double p = power(h, h->at_ms[0], SPAN_MS, hz);

        sum += p;
        weighted += p * hz;
    }
    h->colour = weighted / sum / h->hz[0];
    h->sustain = pow(rms(h, sample_of(h->at_ms[0] + 45), sample_of(30)) /
                         rms(h, sample_of(h->at_ms[0]), sample_of(30)),
                     2);
    for (size_t i = 0; i < h->len; i++) {
        h->peak = fmax(h->peak, fabs(at(h, i)));
    }
    for (size_t i = 0; i < h->len; i += FRAME) {
        h->rms = fmax(h->rms, rms(h, i, 10 * FRAME));
    }
}

static void
hear_tune(struct heard *h, const struct tbc_tune *tune)
{
    *h = (struct heard){ .len = tbc_tune_len(tune, RATE) };
    h->pcm = calloc(h->len, sizeof *h->pcm);
    CU_ASSERT_PTR_NOT_NULL_FATAL(h->pcm);
    CU_ASSERT_EQUAL_FATAL(tbc_tune_render(tune, RATE, h->pcm), TBC_OK);
    measure(h);
}

static struct tbc_theme *
read_theme(void)
{
    struct tbc_theme *theme = calloc(1, sizeof *theme);
    struct tbc_buf why = { 0 };
    char path[512];

    CU_ASSERT_PTR_NOT_NULL_FATAL(theme);
    (void)snprintf(path, sizeof path, "%s/assets/theme.conf",
                   tbc_test_env("TBC_SOURCE_DIR"));
    CU_ASSERT_EQUAL_FATAL(tbc_theme_read(theme, path, &why), TBC_OK);
    return theme;
}

static void
hear_state(struct heard *h, enum tbc_state state)
{
    struct tbc_theme *theme = read_theme();

    hear_tune(h, &theme->state[state].sound);
    free(theme);
}

static bool
is_near(double a, double b)
{
    return fabs(a / b - 1) < 0.06; /* a semitone */
}

static void
accepted_is_two_rising_bells(void)
{
    struct heard h;

    hear_state(&h, TBC_STATE_accepted);
    CU_ASSERT_EQUAL(h.n, 2);
    CU_ASSERT(is_near(h.hz[0], 523.3));
    CU_ASSERT(is_near(h.hz[1], 784.0));
    CU_ASSERT(h.at_ms[1] - h.at_ms[0] > 80 && h.at_ms[1] - h.at_ms[0] < 100);
    free(h.pcm);
}

static void
accepted_offline_is_the_same_with_one_low_tick(void)
{
    struct heard go;
    struct heard h;
    double cross = 0;
    double a = 0;
    double b = 0;

    hear_state(&go, TBC_STATE_accepted);
    hear_state(&h, TBC_STATE_accepted_offline);
    CU_ASSERT_EQUAL(h.n, 3);
    for (size_t i = 0; i < sample_of(235); i++) {
        cross += at(&go, i) * at(&h, i);
        a += at(&go, i) * at(&go, i);
        b += at(&h, i) * at(&h, i);
    }
    CU_ASSERT(cross / sqrt(a * b) > 0.999);
    CU_ASSERT(h.at_ms[2] > 230 && h.at_ms[2] < 250);
    CU_ASSERT(power(&h, 240, 20, 220) > 10 * power(&go, 240, 20, 220));
    free(go.pcm);
    free(h.pcm);
}

static void
refused_is_two_low_reeds_of_one_pitch(void)
{
    struct heard h;

    hear_state(&h, TBC_STATE_refused);
    CU_ASSERT_EQUAL(h.n, 2);
    CU_ASSERT(is_near(h.hz[0], 196));
    CU_ASSERT(is_near(h.hz[1], 196));
    free(h.pcm);
}

static void
officer_is_three_wooden_ones_down_and_up(void)
{
    struct heard h;

    hear_state(&h, TBC_STATE_refer);
    CU_ASSERT_EQUAL(h.n, 3);
    CU_ASSERT(is_near(h.hz[0], 329.6));
    CU_ASSERT(is_near(h.hz[1], 261.6));
    CU_ASSERT(is_near(h.hz[2], 329.6));
    free(h.pcm);
}

static void
wait_is_one_short_tick(void)
{
    struct heard h;

    hear_state(&h, TBC_STATE_wait);
    CU_ASSERT_EQUAL(h.n, 1);
    CU_ASSERT(h.len < sample_of(120));
    free(h.pcm);
}

static void
idle_and_fire_are_silent(void)
{
    struct tbc_theme *theme = read_theme();

    CU_ASSERT_EQUAL(theme->state[TBC_STATE_idle].sound.n, 0);
    CU_ASSERT_EQUAL(theme->state[TBC_STATE_fire].sound.n, 0);
    free(theme);
}

/* How unlike two voices are: by colour in octaves, by how they hold in doublings. */
static bool
differs_in_timbre(const struct heard *a, const struct heard *b)
{
    return fabs(log2(a->colour / b->colour)) > 0.3 ||
           fabs(log2((a->sustain + 0.01) / (b->sustain + 0.01))) > 1;
}

static bool
differs_in_pitch(const struct heard *a, const struct heard *b)
{
    return fabs(log2(a->hz[0] / b->hz[0])) > 1.0 / 4; /* a minor third at least */
}

/* All pairs but go and go offline, which are to be alike but for the tick. */
static void
no_two_outcomes_sound_alike(void)
{
    struct heard h[SOUNDING_N];

    for (size_t i = 0; i < SOUNDING_N; i++) {
        hear_state(&h[i], sounding[i]);
    }
    for (size_t i = 0; i < SOUNDING_N; i++) {
        for (size_t j = i + 1; j < SOUNDING_N; j++) {
            if (i == 0 && j == 1) {
                CU_ASSERT_NOT_EQUAL(h[i].n, h[j].n);
                continue;
            }
            CU_ASSERT(differs_in_timbre(&h[i], &h[j]));
            CU_ASSERT(differs_in_pitch(&h[i], &h[j]));
        }
    }
    for (size_t i = 0; i < SOUNDING_N; i++) {
        free(h[i].pcm);
    }
}

/* Success is high and rises; what sends away is lower by more than half an octave, and does not. */
static void
success_never_sounds_like_failure(void)
{
    struct heard go;
    struct heard no;
    struct heard officer;

    hear_state(&go, TBC_STATE_accepted);
    hear_state(&no, TBC_STATE_refused);
    hear_state(&officer, TBC_STATE_refer);
    CU_ASSERT(go.hz[0] > 1.5 * officer.hz[0] && go.hz[0] > 1.5 * no.hz[0]);
    CU_ASSERT(go.hz[1] > 1.3 * go.hz[0]);
    CU_ASSERT(no.hz[1] < 1.06 * no.hz[0] && officer.hz[1] < officer.hz[0]);
    free(go.pcm);
    free(no.pcm);
    free(officer.pcm);
}

static void
sounds_are_loud_enough_and_none_clips_or_startles(void)
{
    for (size_t i = 0; i < SOUNDING_N; i++) {
        struct heard h;

        hear_state(&h, sounding[i]);
        CU_ASSERT(h.peak < 0.85);
        CU_ASSERT(h.rms < 0.17);
        CU_ASSERT(h.rms > (sounding[i] == TBC_STATE_wait ? 0.04 : 0.09));
        CU_ASSERT(fabs(at(&h, 0)) < 0.01);         /* no crack at the begin, */
        CU_ASSERT(fabs(at(&h, h.len - 1)) < 0.01); /* nor at the end */
        free(h.pcm);
    }
}

static void
same_text_gives_the_same_samples(void)
{
    struct heard a;
    struct heard b;

    hear_state(&a, TBC_STATE_refer);
    hear_state(&b, TBC_STATE_refer);
    CU_ASSERT_EQUAL_FATAL(a.len, b.len);
    CU_ASSERT_EQUAL(memcmp(a.pcm, b.pcm, a.len * sizeof *a.pcm), 0);
    free(a.pcm);
    free(b.pcm);
}

static void
text_is_voice_notes_and_milliseconds(void)
{
    struct tbc_tune t;

    CU_ASSERT_FATAL(tbc_tune_parse(&t, "bell a4 c#5 90, - 60,tick b8 1000"));
    CU_ASSERT_EQUAL_FATAL(t.n, 4);
    CU_ASSERT_EQUAL(t.notes[0].voice, TBC_VOICE_BELL);
    CU_ASSERT_DOUBLE_EQUAL(t.notes[0].hz, 440, 0.001);
    CU_ASSERT_DOUBLE_EQUAL(t.notes[1].hz, 554.365, 0.001);
    CU_ASSERT_EQUAL(t.notes[1].ms, 90);
    CU_ASSERT_EQUAL(t.notes[2].voice, TBC_VOICE_REST);
    CU_ASSERT_EQUAL(t.notes[2].ms, 60);
    CU_ASSERT_EQUAL(t.notes[3].ms, 1000);
    CU_ASSERT(tbc_tune_parse(&t, "none"));
    CU_ASSERT_EQUAL(t.n, 0);
    CU_ASSERT_EQUAL(tbc_tune_len(&t, RATE), 0);
}

static void
other_texts_are_refused_whole(void)
{
    static const char *const wrong[] = {
        "",
        "bell",
        "bell c5",
        "bell 90",
        "harp c5 90",
        "bell h5 90",
        "bell c 90",
        "bell c9 90",
        "bell c5 0",
        "bell c5 1001",
        "bell c5 90x",
        "bell c5 90 90",
        "bell c5 90,",
        ", bell c5 90",
        "- c5 60",
        "bell c5 -1",
        "bell c5 90, none",
        "bell cb5 90",
        "wood c4 c4 c4 c4 c4 c4 c4 c4 c4 90",
    };

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct tbc_tune t;

        CU_ASSERT(!tbc_tune_parse(&t, wrong[i]));
        CU_ASSERT_EQUAL(t.n, 0);
    }
}

TBC_SUITE("ui/tune", TEST(accepted_is_two_rising_bells),
          TEST(accepted_offline_is_the_same_with_one_low_tick),
          TEST(refused_is_two_low_reeds_of_one_pitch),
          TEST(officer_is_three_wooden_ones_down_and_up), TEST(wait_is_one_short_tick),
          TEST(idle_and_fire_are_silent), TEST(no_two_outcomes_sound_alike),
          TEST(success_never_sounds_like_failure),
          TEST(sounds_are_loud_enough_and_none_clips_or_startles),
          TEST(same_text_gives_the_same_samples),
          TEST(text_is_voice_notes_and_milliseconds),
          TEST(other_texts_are_refused_whole))
