/* Short sounds as text and as samples.  Pure.
 *
 *     bell c5 g5 90                  two notes of 90 ms, played by a bell
 *     bell c5 g5 90, - 60, tick a3 60   then a rest, and one tick
 *     none                           silence
 *
 * A note is a letter, a sharp where wanted and an octave: f#3; a4 is 440 Hz.  The voices differ in
 * what one tells them apart by: a bell rings on, a reed holds and stops, wood and tick are struck
 * and gone. */
#ifndef TBC_UI_TUNE_H
#define TBC_UI_TUNE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TBC_TUNE_NOTES_MAX 8
#define TBC_NOTE_MS_MAX    1000

enum tbc_voice {
    TBC_VOICE_REST,
    TBC_VOICE_BELL,
    TBC_VOICE_REED,
    TBC_VOICE_WOOD,
    TBC_VOICE_TICK
};

struct tbc_note {
    enum tbc_voice voice;
    double hz; /* 0: a rest */
    int ms;    /* until the next one */
};

struct tbc_tune {
    struct tbc_note notes[TBC_TUNE_NOTES_MAX];
    size_t n; /* 0: silence */
};

/* False: not such a text; *tune is silence then. */
bool tbc_tune_parse(struct tbc_tune *tune, const char *text) TBC_MUST_CHECK;

/* How many samples it has, with what rings on; rate: samples a second, 8000..96000. */
size_t tbc_tune_len(const struct tbc_tune *tune, int rate);

/* Renders tbc_tune_len samples, one channel.  The loudest 50 ms have an RMS of 0.16 of the full
 * scale (-16 dB), or less where the peak would pass 0.84 (-1.5 dB); so that none startles and none
 * clips.  Errors: ERR_NO_MEMORY. */
enum tbc_err
tbc_tune_render(const struct tbc_tune *tune, int rate, int16_t *samples) TBC_MUST_CHECK;

#endif
