/* One sound for each outcome, from theme.conf; none for what the eye alone is for. */
#ifndef GATE_SOUND_H
#define GATE_SOUND_H

#include "base/buf.h"
#include "base/when.h"
#include "cue.h"

struct gate_sound; /* opaque */

/* device: "none", "default", or what SDL calls it.  volume: 0..100.  assets: folder with
 * theme.conf.  Without a sound card, or for "none", *sound stays NULL, which every function takes; the
 * former is logged, and the gate goes on in silence.  why: one line, appended on error.
 * Errors: those of tbc_theme_read; ERR_NO_MEMORY. */
enum tbc_err gate_sound_open(struct gate_sound **sound, const char *device, int volume,
                             const char *assets, struct tbc_buf *why) TBC_MUST_CHECK;
void gate_sound_close(struct gate_sound **sound);

/* Plays what the cue asks for, once.  since: when the presentation began that it is about;
 * since_ms: since the cue came.  Does not wait. */
void gate_sound_tell(struct gate_sound *sound, enum gate_cue cue, struct tbc_mono since,
                     int64_t since_ms);
bool gate_sound_is_playing(const struct gate_sound *sound);

/* The pure part: whether a cue's sound begins between two looks, before_ms and now_ms after it
 * came; before_ms < 0: it has just come.  An answer sounds at once, and work that takes long
 * ticks at 1 s and then every 2 s. */
bool gate_sound_is_due(enum gate_cue cue, int64_t before_ms, int64_t now_ms);

#endif
