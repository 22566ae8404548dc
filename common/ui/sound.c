#include "ui/sound.h"

#include <SDL.h>
#include <SDL_mixer.h>
#include <stdlib.h>
#include <string.h>

#define RATE    44100
#define CHUNK   512 /* samples at a time: 12 ms until one hears it */
#define CHANNEL 0

struct tune {
    int16_t *samples;
    Mix_Chunk *chunk; /* NULL: silence */
};

struct tbc_sound {
    int volume; /* of SDL2_mixer */
    struct tune tunes[TBC_SOUNDS_MAX];
    size_t tunes_n;
};

static enum tbc_err
refuse(struct tbc_buf *why, const char *device)
{
    (void)tbc_buf_printf(why, "%s: no sound: %s", device, SDL_GetError());
    return TBC_ERR_UNSUPPORTED;
}

enum tbc_err
tbc_sound_open(struct tbc_sound **sound, const char *device, int volume,
               struct tbc_buf *why)
{
    bool any = strcmp(device, "default") == 0;
    struct tbc_sound *s = calloc(1, sizeof *s);
    enum tbc_err err;

    *sound = NULL;
    if (s == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    s->volume = volume * MIX_MAX_VOLUME / 100;
    (void)SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1"); /* SIGTERM is the program's */
    if (SDL_InitSubSystem(SDL_INIT_AUDIO) != 0) {
        err = refuse(why, device);
        free(s);
        return err;
    }
    if (Mix_OpenAudioDevice(RATE, AUDIO_S16SYS, 1, CHUNK, any ? NULL : device, 0) !=
        0) {
        err = refuse(why, device);
        SDL_QuitSubSystem(SDL_INIT_AUDIO);
        free(s);
        return err;
    }
    *sound = s;
    return TBC_OK;
}

void
tbc_sound_close(struct tbc_sound **sound)
{
    struct tbc_sound *s = *sound;

    if (s == NULL) {
        return;
    }
    (void)Mix_HaltChannel(-1);
    for (size_t i = 0; i < s->tunes_n; i++) {
        if (s->tunes[i].chunk != NULL) {
            Mix_FreeChunk(s->tunes[i].chunk);
        }
        free(s->tunes[i].samples);
    }
    Mix_CloseAudio();
    SDL_QuitSubSystem(SDL_INIT_AUDIO);
    free(s);
    *sound = NULL;
}

static enum tbc_err
render(const struct tbc_sound *sound, const struct tbc_tune *tune, size_t len,
       struct tune *t)
{
    enum tbc_err err;

    t->samples = calloc(len, sizeof *t->samples);
    if (t->samples == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    if ((err = tbc_tune_render(tune, RATE, t->samples)) == TBC_OK) {
        t->chunk =
            Mix_QuickLoad_RAW((Uint8 *)t->samples, (Uint32)(len * sizeof *t->samples));
        err = t->chunk != NULL ? TBC_OK : TBC_ERR_NO_MEMORY;
    }
    if (err != TBC_OK) {
        free(t->samples);
        return err;
    }
    (void)Mix_VolumeChunk(t->chunk, sound->volume);
    return TBC_OK;
}

enum tbc_err
tbc_sound_add(struct tbc_sound *sound, const struct tbc_tune *tune, int *id)
{
    size_t len = tbc_tune_len(tune, RATE);
    struct tune t = { 0 };
    enum tbc_err err;

    *id = -1;
    if (sound->tunes_n == TBC_SOUNDS_MAX) {
        return TBC_ERR_LIMIT;
    }
    if (len > 0 && (err = render(sound, tune, len, &t)) != TBC_OK) {
        return err;
    }
    *id = (int)sound->tunes_n;
    sound->tunes[sound->tunes_n++] = t;
    return TBC_OK;
}

enum tbc_err
tbc_sound_play(struct tbc_sound *sound, int id)
{
    const struct tune *t = &sound->tunes[id];

    (void)Mix_HaltChannel(CHANNEL);
    if (t->chunk == NULL) {
        return TBC_OK;
    }
    return Mix_PlayChannel(CHANNEL, t->chunk, 0) == CHANNEL ? TBC_OK : TBC_ERR_IO;
}

bool
tbc_sound_is_playing(const struct tbc_sound *sound)
{
    return sound != NULL && Mix_Playing(CHANNEL) != 0;
}
