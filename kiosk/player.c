#include "player.h"

#include <math.h>
#include <string.h>

struct target {
    enum kiosk_event event;
    int arg;
    bool any_arg;
};

static bool
means(const struct kiosk_scene *scene, const struct target *target, double x, double y)
{
    int arg = 0;

    return kiosk_hit(scene->stage, x, y, &arg) == target->event &&
           (target->any_arg || arg == target->arg);
}

/* Scan the picture for places that mean the target; the middle of them all must mean it too. */
static bool
find(const struct kiosk_scene *scene, const struct target *target,
     struct kiosk_play *play)
{
    double left = scene->px.w;
    double right = 0;
    double top = scene->px.h;
    double bottom = 0;
    int columns = (int)(scene->px.w / scene->step_px);
    int places = columns * (int)(scene->px.h / scene->step_px);

    for (int i = 0; i < places; i++) {
        double x = (i % columns + 0.5) * scene->step_px;
        double y = ((double)(i - i % columns) / columns + 0.5) * scene->step_px;

        if (means(scene, target, x, y)) {
            left = fmin(left, x);
            right = fmax(right, x);
            top = fmin(top, y);
            bottom = fmax(bottom, y);
        }
    }
    play->x_px = (left + right) / 2;
    play->y_px = (top + bottom) / 2;
    return means(scene, target, play->x_px, play->y_px);
}

static bool
touch(const struct kiosk_scene *scene, const struct target *target,
      struct kiosk_play *play)
{
    if (!find(scene, target, play)) {
        return false;
    }
    play->move = KIOSK_MOVE_TOUCH;
    return true;
}

/* True when the step is done, with or without a move. */
static bool
tap(const struct kiosk_script_step *step, const struct kiosk_scene *scene,
    struct kiosk_play *play)
{
    struct target target = { .event = step->event, .arg = step->arg };

    target.any_arg = step->event != KIOSK_EV_KEY && step->event != KIOSK_EV_KIND &&
                     step->event != KIOSK_EV_LANGUAGE;
    return !scene->quiet && touch(scene, &target, play);
}

/* From the first screen or the sheet; elsewhere the sheet is opened first. */
static bool
choose_language(const struct kiosk_script_step *step, const struct kiosk_scene *scene,
                struct kiosk_play *play)
{
    struct target sheet = { .event = KIOSK_EV_SHEET, .any_arg = true };

    if (scene->quiet) {
        return false;
    }
    if (tap(step, scene, play)) {
        return true;
    }
    if (scene->screen != KIOSK_LANGUAGE) {
        (void)touch(scene, &sheet, play);
    }
    return false;
}

static bool
type(struct kiosk_player *player, const struct kiosk_script_step *step,
     const struct kiosk_scene *scene, struct kiosk_play *play)
{
    struct target key = { .event = KIOSK_EV_KEY,
                          .arg = (unsigned char)step->text[player->letter] };

    if (touch(scene, &key, play)) {
        player->letter++;
    }
    return step->text[player->letter] == '\0';
}

static bool
try_step(struct kiosk_player *player, const struct kiosk_script_step *step,
         const struct kiosk_scene *scene, struct kiosk_play *play)
{
    switch (step->verb) {
    case KIOSK_VERB_WAIT:
        return step->screen == KIOSK_SCREEN_N ? player->happened[step->event]
                                              : step->screen == scene->screen;
    case KIOSK_VERB_TAP:
        return tap(step, scene, play);
    case KIOSK_VERB_TYPE:
        return type(player, step, scene, play);
    case KIOSK_VERB_LANGUAGE:
        return choose_language(step, scene, play);
    case KIOSK_VERB_SHOT:
        if (!scene->still) {
            return false;
        }
        play->move = KIOSK_MOVE_SHOT;
        play->name = step->text;
        return true;
    case KIOSK_VERB_QUIT:
        play->move = KIOSK_MOVE_END;
        return true;
    }
    return false;
}

struct kiosk_play
kiosk_player_step(struct kiosk_player *player, const struct kiosk_scene *scene,
                  struct tbc_mono now)
{
    struct kiosk_play play = { .move = KIOSK_MOVE_NONE };
    const struct kiosk_script_step *step;

    if (player->script == NULL) {
        return play;
    }
    if (player->at >= player->script->n) {
        play.move = KIOSK_MOVE_END;
        return play;
    }
    step = &player->script->steps[player->at];
    if (!player->begun) {
        player->begun = true;
        player->began = now;
        player->letter = 0;
    }
    if (try_step(player, step, scene, &play)) {
        if (step->verb == KIOSK_VERB_TAP) {
            memset(player->happened, 0, sizeof player->happened);
        }
        player->at++;
        player->begun = false;
    } else if (now.ms - player->began.ms > step->within_ms) {
        play.move = KIOSK_MOVE_FAIL;
    }
    play.line = step->line;
    return play;
}

void
kiosk_player_note(struct kiosk_player *player, enum kiosk_event event)
{
    if (event > KIOSK_EV_NONE && event < KIOSK_EV_N) {
        player->happened[event] = true;
    }
}
