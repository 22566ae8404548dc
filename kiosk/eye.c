#include "eye.h"

#include "capture.h"
#include "face/face.h"
#include "image/camera.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SIDE_MAX     1280 /* px of a frame that is judged, shown and sent */
#define JPEG_QUALITY 92
#define FROZEN_MS    5000 /* without a frame: the camera is lost */
#define STILL_MS     40   /* between two frames of a source that is always ready */

struct kiosk_eye {
    char *source;
    struct tbc_face_engine *engine; /* the thread's alone once it runs */
    pthread_t thread;
    bool running;

    pthread_mutex_t lock;
    pthread_cond_t wake;
    /* The mailbox, under lock. */
    bool wanted;
    bool quit;
    unsigned round; /* of looks: what belongs to an earlier one is dropped */
    struct kiosk_sight box;
};

/* What the thread has in hand during one look. */
struct look {
    struct kiosk_eye *eye;
    unsigned round;
    struct tbc_camera *camera;
    struct tbc_picture frame;
    struct tbc_picture kept[KIOSK_CAPTURE_KEPT];
    struct kiosk_capture capture;
    struct tbc_mono last_frame;
};

void
kiosk_sight_wipe(struct kiosk_sight *sight)
{
    tbc_picture_fini(&sight->picture);
    for (size_t i = 0; i < KIOSK_FRAMES_MAX; i++) {
        tbc_buf_fini(&sight->frames[i]);
    }
    tbc_wipe(sight, sizeof *sight);
}

static bool
is_wanted(struct kiosk_eye *eye, unsigned round)
{
    bool wanted;

    (void)pthread_mutex_lock(&eye->lock);
    wanted = eye->wanted && !eye->quit && eye->round == round;
    (void)pthread_mutex_unlock(&eye->lock);
    return wanted;
}

/* Sleep until ms have passed or the loop has something to say. */
static void
doze(struct kiosk_eye *eye, unsigned round, int64_t ms)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)(ms % 1000) * 1000000L;
    until.tv_sec += (time_t)(ms / 1000) + until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    (void)pthread_mutex_lock(&eye->lock);
    if (eye->wanted && !eye->quit && eye->round == round) {
        (void)pthread_cond_timedwait(&eye->wake, &eye->lock, &until);
    }
    (void)pthread_mutex_unlock(&eye->lock);
}

/* Put an outcome into the mailbox; frames (may be NULL) move into it. */
static void
tell(struct look *look, enum kiosk_event outcome, struct tbc_buf *frames, size_t n)
{
    struct kiosk_eye *eye = look->eye;

    (void)pthread_mutex_lock(&eye->lock);
    if (eye->round == look->round && eye->wanted) {
        eye->wanted = false;
        eye->box.outcome = outcome;
        eye->box.frames_n = n;
        for (size_t i = 0; i < n; i++) {
            tbc_buf_fini(&eye->box.frames[i]);
            eye->box.frames[i] = frames[i];
            frames[i] = (struct tbc_buf){ 0 };
        }
    }
    (void)pthread_mutex_unlock(&eye->lock);
}

/* The frame moves into the mailbox to be shown; the one that nobody took comes back. */
static void
show(struct look *look)
{
    struct kiosk_eye *eye = look->eye;
    struct tbc_picture old;

    (void)pthread_mutex_lock(&eye->lock);
    if (eye->round == look->round && eye->wanted) {
        old = eye->box.picture;
        eye->box.picture = look->frame;
        look->frame = old;
        eye->box.fresh = true;
        eye->box.hint = look->capture.hint;
        eye->box.progress = kiosk_capture_progress(&look->capture);
    }
    (void)pthread_mutex_unlock(&eye->lock);
}

/* The camera mirrors for screens; faces are compared as others see them, and the canvas mirrors
 * by itself. */
static enum tbc_err
make_upright(struct tbc_picture *frame)
{
    struct tbc_picture smaller = { 0 };
    int side = frame->width > frame->height ? frame->width : frame->height;
    enum tbc_err err = TBC_OK;

    if (side > SIDE_MAX) {
        err = tbc_picture_scale(frame, frame->width * SIDE_MAX / side,
                                frame->height * SIDE_MAX / side, &smaller);
        if (err == TBC_OK) {
            tbc_picture_fini(frame);
            *frame = smaller;
        }
    }
    tbc_picture_mirror(frame);
    return err;
}

static enum tbc_err
copy(const struct tbc_picture *from, struct tbc_picture *to)
{
    tbc_picture_fini(to);
    return tbc_picture_crop(from, (struct tbc_rect){ 0, 0, from->width, from->height },
                            to);
}

static enum tbc_err
judge(struct look *look)
{
    static const struct tbc_face_frame nothing;
    struct tbc_face_engine *engine = look->eye->engine;
    struct tbc_face_frame seen = nothing;
    double live = 0;
    enum tbc_err err;
    int slot;

    if ((err = make_upright(&look->frame)) != TBC_OK ||
        (err = tbc_face_inspect(engine, &look->frame, &seen)) != TBC_OK) {
        return err;
    }
    if (seen.quality == TBC_FACE_GOOD &&
        (err = tbc_face_liveness(engine, &look->frame, &seen, &live)) != TBC_OK) {
        return err;
    }
    slot = kiosk_capture_look(&look->capture, &seen, live, tbc_clock_mono());
    tbc_wipe(&seen, sizeof seen);
    return slot >= 0 ? copy(&look->frame, &look->kept[slot]) : TBC_OK;
}

static void
finish(struct look *look)
{
    struct tbc_buf frames[KIOSK_CAPTURE_KEPT] = { 0 };
    size_t order[KIOSK_CAPTURE_KEPT];
    size_t n = kiosk_capture_order(&look->capture, order);
    enum tbc_err err = TBC_OK;

    if (!kiosk_capture_is_living(&look->capture)) {
        tell(look, KIOSK_EV_FACE_AGAIN, NULL, 0);
        return;
    }
    for (size_t i = 0; i < n && err == TBC_OK; i++) {
        err = tbc_picture_encode_jpeg(&look->kept[order[i]], JPEG_QUALITY, &frames[i]);
    }
    if (err != TBC_OK) {
        (void)tbc_log_err(err, "camera: cannot encode a picture");
    }
    tell(look, err == TBC_OK ? KIOSK_EV_CAPTURED : KIOSK_EV_FACE_AGAIN, frames,
         err == TBC_OK ? n : 0);
    for (size_t i = 0; i < KIOSK_CAPTURE_KEPT; i++) {
        tbc_buf_fini(&frames[i]);
    }
}

/* One frame, if there is one.  False ends the look. */
static bool
look_once(struct look *look)
{
    struct pollfd ready = { .fd = tbc_camera_fd(look->camera), .events = POLLIN };
    enum tbc_err err = tbc_camera_frame(look->camera, &look->frame);
    struct tbc_mono now = tbc_clock_mono();
    int64_t spent_ms;

    if (err == TBC_ERR_BUSY && now.ms - look->last_frame.ms < FROZEN_MS) {
        if (ready.fd < 0) {
            doze(look->eye, look->round, STILL_MS);
        } else {
            (void)poll(&ready, 1, STILL_MS);
        }
        return true;
    }
    if (err == TBC_OK) {
        look->last_frame = now;
        err = judge(look);
    }
    if (err != TBC_OK) {
        (void)tbc_log_err(err, "camera: lost in use");
        tell(look, KIOSK_EV_CAMERA_LOST, NULL, 0);
        return false;
    }
    show(look);
    if (kiosk_capture_is_done(&look->capture)) {
        finish(look);
        return false;
    }
    spent_ms = tbc_clock_mono().ms - now.ms;
    if (ready.fd < 0 && spent_ms < STILL_MS) {
        doze(look->eye, look->round, STILL_MS - spent_ms);
    }
    return true;
}

static void
look_for_a_face(struct kiosk_eye *eye, unsigned round)
{
    struct look look = { .eye = eye, .round = round, .last_frame = tbc_clock_mono() };
    const char *why = NULL;
    enum tbc_err err = tbc_camera_open(&look.camera, eye->source, &why);

    if (err != TBC_OK) {
        tbc_log(TBC_LOG_ERROR, "camera %s: %s", eye->source, why);
        tell(&look, KIOSK_EV_CAMERA_LOST, NULL, 0);
        return;
    }
    while (is_wanted(eye, round) && look_once(&look)) {
    }
    tbc_camera_close(&look.camera);
    tbc_picture_fini(&look.frame);
    for (size_t i = 0; i < KIOSK_CAPTURE_KEPT; i++) {
        tbc_picture_fini(&look.kept[i]);
    }
    tbc_wipe(&look.capture, sizeof look.capture);
    if ((err = tbc_face_forget(eye->engine)) != TBC_OK) {
        (void)tbc_log_err(err, "camera: the face engine did not forget");
    }
}

static void *
run(void *arg)
{
    struct kiosk_eye *eye = arg;
    bool quit = false;

    while (!quit) {
        unsigned round;

        (void)pthread_mutex_lock(&eye->lock);
        while (!eye->wanted && !eye->quit) {
            (void)pthread_cond_wait(&eye->wake, &eye->lock);
        }
        quit = eye->quit;
        round = eye->round;
        (void)pthread_mutex_unlock(&eye->lock);
        if (!quit) {
            look_for_a_face(eye, round);
        }
    }
    return NULL;
}

/* Open and close: is there a camera at all? */
static enum tbc_err
try_camera(const char *source, struct tbc_buf *why)
{
    struct tbc_camera *camera = NULL;
    const char *reason = NULL;
    enum tbc_err err = tbc_camera_open(&camera, source, &reason);

    if (err != TBC_OK) {
        (void)tbc_buf_printf(why, "camera %s: %s", source, reason);
    }
    tbc_camera_close(&camera);
    return err;
}

static enum tbc_err
open_models(struct kiosk_eye *eye, const struct kiosk_eye_options *options,
            struct tbc_buf *why)
{
    const char *reason = NULL;
    enum tbc_err err = tbc_face_open(&eye->engine, options->models, NULL, &reason);

    if (err != TBC_OK) {
        (void)tbc_buf_printf(why, "face models in %s: %s; ./dev deps fetches them",
                             options->models,
                             reason != NULL ? reason : tbc_err_text(err));
    }
    return err;
}

static enum tbc_err
start(struct kiosk_eye *eye)
{
    pthread_condattr_t steady;

    if (pthread_mutex_init(&eye->lock, NULL) != 0 ||
        pthread_condattr_init(&steady) != 0) {
        return TBC_ERR_NO_MEMORY;
    }
    (void)pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&eye->wake, &steady);
    (void)pthread_condattr_destroy(&steady);
    eye->running = pthread_create(&eye->thread, NULL, run, eye) == 0;
    return eye->running ? TBC_OK : TBC_ERR_NO_MEMORY;
}

enum tbc_err
kiosk_eye_open(struct kiosk_eye **eye, const struct kiosk_eye_options *options,
               struct tbc_buf *why)
{
    struct kiosk_eye *e = calloc(1, sizeof *e);
    enum tbc_err err;

    *eye = NULL;
    if (e == NULL || (e->source = strdup(options->camera)) == NULL) {
        free(e);
        return TBC_ERR_NO_MEMORY;
    }
    if ((err = try_camera(options->camera, why)) != TBC_OK ||
        (err = open_models(e, options, why)) != TBC_OK || (err = start(e)) != TBC_OK) {
        kiosk_eye_close(&e);
        return err;
    }
    *eye = e;
    return TBC_OK;
}

void
kiosk_eye_close(struct kiosk_eye **eye)
{
    struct kiosk_eye *e = *eye;

    if (e == NULL) {
        return;
    }
    if (e->running) {
        (void)pthread_mutex_lock(&e->lock);
        e->quit = true;
        (void)pthread_cond_signal(&e->wake);
        (void)pthread_mutex_unlock(&e->lock);
        (void)pthread_join(e->thread, NULL);
        (void)pthread_cond_destroy(&e->wake);
        (void)pthread_mutex_destroy(&e->lock);
    }
    kiosk_sight_wipe(&e->box);
    tbc_face_close(&e->engine);
    free(e->source);
    free(e);
    *eye = NULL;
}

void
kiosk_eye_look(struct kiosk_eye *eye)
{
    (void)pthread_mutex_lock(&eye->lock);
    kiosk_sight_wipe(&eye->box);
    eye->round++;
    eye->wanted = true;
    (void)pthread_cond_signal(&eye->wake);
    (void)pthread_mutex_unlock(&eye->lock);
}

void
kiosk_eye_rest(struct kiosk_eye *eye)
{
    (void)pthread_mutex_lock(&eye->lock);
    kiosk_sight_wipe(&eye->box);
    eye->wanted = false;
    (void)pthread_cond_signal(&eye->wake);
    (void)pthread_mutex_unlock(&eye->lock);
}

void
kiosk_eye_poll(struct kiosk_eye *eye, struct kiosk_sight *sight)
{
    struct tbc_picture old;

    (void)pthread_mutex_lock(&eye->lock);
    sight->fresh = eye->box.fresh;
    if (eye->box.fresh) {
        old = sight->picture;
        sight->picture = eye->box.picture;
        eye->box.picture = old;
        eye->box.fresh = false;
        sight->hint = eye->box.hint;
        sight->progress = eye->box.progress;
    }
    sight->outcome = eye->box.outcome;
    eye->box.outcome = KIOSK_EV_NONE;
    sight->frames_n = eye->box.frames_n;
    for (size_t i = 0; i < eye->box.frames_n; i++) {
        tbc_buf_fini(&sight->frames[i]);
        sight->frames[i] = eye->box.frames[i];
        eye->box.frames[i] = (struct tbc_buf){ 0 };
    }
    eye->box.frames_n = 0;
    (void)pthread_mutex_unlock(&eye->lock);
}
