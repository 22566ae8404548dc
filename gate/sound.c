#include "sound.h"

#include "sys/log.h"
#include "ui/sound.h"
#include "ui/theme.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_TICK_MS 1000
#define TICK_MS       2000

struct gate_sound {
    struct tbc_sound *player;
    int ids[GATE_CUE_N];
    bool has_told;
    enum gate_cue cue;     /* told last, */
    struct tbc_mono since; /* about this presentation, */
    int64_t since_ms;      /* so long after it came */
    bool is_mute;          /* said so */
};

/* Whose sound is a cue's. */
static const enum tbc_state states[GATE_CUE_N] = {
    [GATE_CUE_IDLE] = TBC_STATE_idle,
    [GATE_CUE_BUSY] = TBC_STATE_wait,
    [GATE_CUE_ACCEPTED] = TBC_STATE_accepted,
    [GATE_CUE_ACCEPTED_OFFLINE] = TBC_STATE_accepted_offline,
    [GATE_CUE_REFUSED] = TBC_STATE_refused,
    [GATE_CUE_REFER] = TBC_STATE_refer,
    [GATE_CUE_WAIT] = TBC_STATE_wait,
    [GATE_CUE_CLOSED] = TBC_STATE_idle, /* nobody is answered */
    [GATE_CUE_FIRE] = TBC_STATE_fire,
};

static enum tbc_err
render(struct gate_sound *sound, const struct tbc_theme *theme)
{
    for (int i = 0; i < GATE_CUE_N; i++) {
        enum tbc_err err = tbc_sound_add(sound->player, &theme->state[states[i]].sound,
                                         &sound->ids[i]);

        if (err != TBC_OK) {
            return err;
        }
    }
    return TBC_OK;
}

static enum tbc_err
read_tunes(struct gate_sound *sound, const char *assets, struct tbc_buf *why)
{
    struct tbc_theme *theme = calloc(1, sizeof *theme);
    struct tbc_buf path = { 0 };
    enum tbc_err err = TBC_ERR_NO_MEMORY;

    (void)tbc_buf_printf(&path, "%s/theme.conf", assets);
    if (theme != NULL && tbc_buf_str(&path) != NULL &&
        (err = tbc_theme_read(theme, tbc_buf_str(&path), why)) == TBC_OK) {
        err = render(sound, theme);
    }
    tbc_buf_fini(&path);
    free(theme);
    return err;
}

/* A machine without a sound card is no reason to stay shut. */
static enum tbc_err
open_player(struct gate_sound *sound, const char *device, int volume)
{
    struct tbc_buf why = { 0 };
    enum tbc_err err = tbc_sound_open(&sound->player, device, volume, &why);

    if (err == TBC_ERR_UNSUPPORTED) {
        tbc_log(TBC_LOG_WARN, "%s; going on in silence", tbc_buf_str(&why));
        err = TBC_OK;
    }
    tbc_buf_fini(&why);
    return err;
}

enum tbc_err
gate_sound_open(struct gate_sound **sound, const char *device, int volume,
                const char *assets, struct tbc_buf *why)
{
    struct gate_sound *s;
    enum tbc_err err;

    *sound = NULL;
    if (strcmp(device, "none") == 0) {
        return TBC_OK;
    }
    s = calloc(1, sizeof *s);
    if (s == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    if ((err = open_player(s, device, volume)) != TBC_OK || s->player == NULL ||
        (err = read_tunes(s, assets, why)) != TBC_OK) {
        gate_sound_close(&s);
        return err;
    }
    *sound = s;
    return TBC_OK;
}

void
gate_sound_close(struct gate_sound **sound)
{
    if (*sound != NULL) {
        tbc_sound_close(&(*sound)->player);
        free(*sound);
        *sound = NULL;
    }
}

bool
gate_sound_is_due(enum gate_cue cue, int64_t before_ms, int64_t now_ms)
{
    if (cue != GATE_CUE_BUSY) { /* what ends says nothing, and cuts nothing short */
        return before_ms < 0 && cue != GATE_CUE_IDLE;
    }
    before_ms = before_ms < FIRST_TICK_MS ? -1 : (before_ms - FIRST_TICK_MS) / TICK_MS;
    now_ms = now_ms < FIRST_TICK_MS ? -1 : (now_ms - FIRST_TICK_MS) / TICK_MS;
    return now_ms > before_ms;
}

void
gate_sound_tell(struct gate_sound *sound, enum gate_cue cue, struct tbc_mono since,
                int64_t since_ms)
{
    int64_t before_ms = -1;

    if (sound == NULL) {
        return;
    }
    if (sound->has_told && sound->cue == cue && sound->since.ms == since.ms) {
        before_ms = sound->since_ms;
    }
    sound->has_told = true;
    sound->cue = cue;
    sound->since = since;
    sound->since_ms = since_ms;
    if (!gate_sound_is_due(cue, before_ms, since_ms)) {
        return;
    }
    if (tbc_sound_play(sound->player, sound->ids[cue]) != TBC_OK && !sound->is_mute) {
        sound->is_mute = true;
        tbc_log(TBC_LOG_ERROR, "a sound cannot be played");
    }
}

bool
gate_sound_is_playing(const struct gate_sound *sound)
{
    return sound != NULL && tbc_sound_is_playing(sound->player);
}
