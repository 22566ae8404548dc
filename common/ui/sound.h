/* Plays tunes through SDL2_mixer: rendered once, begun at once, one at a time. */
#ifndef TBC_UI_SOUND_H
#define TBC_UI_SOUND_H

#include "base/buf.h"
#include "ui/tune.h"

#define TBC_SOUNDS_MAX 16

struct tbc_sound; /* opaque */

/* device: "default", or the name of a device as SDL lists it.  volume: 0..100.
 * why: one line, appended on error.  Errors: ERR_UNSUPPORTED (no such device, no sound at all),
 * ERR_NO_MEMORY. */
enum tbc_err tbc_sound_open(struct tbc_sound **sound, const char *device, int volume,
                            struct tbc_buf *why) TBC_MUST_CHECK;
void tbc_sound_close(struct tbc_sound **sound);

/* Renders a tune; *id is for tbc_sound_play.  Silence is a tune too.
 * Errors: ERR_LIMIT, ERR_NO_MEMORY. */
enum tbc_err tbc_sound_add(struct tbc_sound *sound, const struct tbc_tune *tune,
                           int *id) TBC_MUST_CHECK;

/* Begins, in place of what is playing.  Does not wait.  Errors: ERR_IO. */
enum tbc_err tbc_sound_play(struct tbc_sound *sound, int id) TBC_MUST_CHECK;
bool tbc_sound_is_playing(const struct tbc_sound *sound);

#endif
