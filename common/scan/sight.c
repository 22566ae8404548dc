#include "scan/sight.h"

#include "scan/health.h"
#include "scan/reader.h"
#include "scan/track.h"
#include "scan/watch.h"
#include "sys/clock.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LETTERS_MAX 16
#define LOOK_MS     100  /* between two looks at the health of a silent camera */
#define STILL_MS    50   /* between two pictures of a folder shown over and over */
#define REOPEN_MS   1000 /* between two attempts to open a lost camera */
#define FULL_MS     20   /* until the owner has fetched something */
#define SILENT_MS   (2 * TBC_HEALTH_MS) /* then a device is opened anew */
#define NICE        5

struct letter {
    struct tbc_buf text;
    bool is_cut;
    bool is_held;
};

struct tbc_sight {
    char *source;
    struct tbc_camera_wish wish;
    struct tbc_watch *watch; /* a folder; NULL: a camera */
    int wake;                /* eventfd: there is news for the owner */
    int stop;                /* eventfd: the thread is to end */
    pthread_t thread;
    bool has_thread;
    struct letter given; /* borrowed by the owner until it asks again */

    /* the thread's alone, once it runs */
    struct tbc_camera *camera; /* NULL: lost */
    struct tbc_reader *reader;
    struct tbc_track track;
    struct tbc_scan_health health;

    pthread_mutex_t lock; /* over all below */
    struct letter letters[LETTERS_MAX];
    size_t letter_n;
    const char *trouble; /* static; NULL: none */
    bool forget;
    bool is_over; /* the folder is gone */
};

/* ---- the mailbox */

static void
ring(const struct tbc_sight *s)
{
    uint64_t one = 1;

    /* It fails only when the counter is full, and then the owner is awake anyway. */
    if (write(s->wake, &one, sizeof one) != (ssize_t)sizeof one) {
        return;
    }
}

/* Under the lock. */
static bool
waits(const struct tbc_sight *s, struct tbc_span text)
{
    for (size_t i = 0; i < s->letter_n; i++) {
        if (tbc_span_equal(tbc_buf_span(&s->letters[i].text), text)) {
            return true;
        }
    }
    return false;
}

/* A text of a camera that waits already keeps what was said first; one that finds no room is seen
 * again. */
static void
post(struct tbc_sight *s, const struct tbc_scan_text *text)
{
    (void)pthread_mutex_lock(&s->lock);
    if (s->letter_n < LETTERS_MAX && (s->watch != NULL || !waits(s, text->text))) {
        struct letter *l = &s->letters[s->letter_n];

        *l = (struct letter){
            .is_held = text->is_held,
            .is_cut = text->is_cut || text->text.len > TBC_SCAN_MAX,
        };
        if (tbc_buf_append_span(&l->text, tbc_span_sub(text->text, 0, TBC_SCAN_MAX)) ==
            TBC_OK) {
            s->letter_n++;
        }
    }
    (void)pthread_mutex_unlock(&s->lock);
    ring(s);
}

static bool
has_room(struct tbc_sight *s)
{
    bool has;

    (void)pthread_mutex_lock(&s->lock);
    has = s->letter_n < LETTERS_MAX;
    (void)pthread_mutex_unlock(&s->lock);
    return has;
}

static void
end_mail(struct tbc_sight *s)
{
    (void)pthread_mutex_lock(&s->lock);
    s->is_over = true;
    (void)pthread_mutex_unlock(&s->lock);
    ring(s);
}

static void
set_trouble(struct tbc_sight *s, const char *trouble)
{
    bool is_news;

    (void)pthread_mutex_lock(&s->lock);
    is_news = (trouble == NULL) != (s->trouble == NULL);
    s->trouble = trouble;
    (void)pthread_mutex_unlock(&s->lock);
    if (is_news) {
        ring(s);
    }
}

/* ---- the thread */

/* Sleep, or until ready; false when the thread is to end. */
static bool
doze(const struct tbc_sight *s, int ready, int ms)
{
    struct pollfd fds[] = {
        { .fd = s->stop, .events = POLLIN },
        { .fd = ready, .events = POLLIN },
    };

    (void)poll(fds, 2, ms);
    return (fds[0].revents & POLLIN) == 0;
}

static enum tbc_err
open_camera(struct tbc_sight *s, const char **why)
{
    enum tbc_err err = tbc_camera_open_as(&s->camera, s->source, &s->wish, why);

    if (err == TBC_OK) {
        tbc_scan_health_begin(&s->health, tbc_camera_fd(s->camera) < 0,
                              tbc_clock_mono());
    }
    return err;
}

static void
lose_camera(struct tbc_sight *s, const char *trouble)
{
    tbc_camera_close(&s->camera);
    set_trouble(s, trouble);
}

static bool
is_certificate(struct tbc_span text)
{
    return tbc_span_starts(text, tbc_span_str("TBC1:"));
}

static void
tell(struct tbc_sight *s, struct tbc_span text, struct tbc_mono now)
{
    enum tbc_sighting sighting;

    if (tbc_track_see(&s->track, text, now, &sighting) == TBC_OK &&
        sighting != TBC_SIGHTING_QUIET) {
        post(s, &(struct tbc_scan_text){ .text = text,
                                         .is_held = sighting == TBC_SIGHTING_HELD });
    }
}

static void
forget_when_told(struct tbc_sight *s)
{
    bool forget;

    (void)pthread_mutex_lock(&s->lock);
    forget = s->forget;
    s->forget = false;
    (void)pthread_mutex_unlock(&s->lock);
    if (forget) {
        s->track.n = 0;
    }
}

static void
read_frame(struct tbc_sight *s, const struct tbc_picture *frame)
{
    struct tbc_codes codes = { 0 };
    struct tbc_mono now;

    forget_when_told(s);
    if (tbc_reader_frame(s->reader, frame, &codes) != TBC_OK) {
        return; /* no memory: the next frame is another attempt */
    }
    now = tbc_clock_mono();
    tbc_scan_health_frame(&s->health, frame, codes.n > 0, now);
    for (int pass = 0; pass < 2; pass++) { /* certificates, and then the others */
        for (size_t i = 0; i < codes.n; i++) {
            struct tbc_span text = tbc_buf_span(&codes.list[i].text);

            if (is_certificate(text) == (pass == 0)) {
                tell(s, text, now);
            }
        }
    }
    tbc_codes_fini(&codes);
}

/* One look at a camera that is open. */
static void
look(struct tbc_sight *s)
{
    struct tbc_picture frame = { 0 };
    enum tbc_err err = tbc_camera_frame(s->camera, &frame);
    struct tbc_mono now;

    if (err == TBC_OK) {
        read_frame(s, &frame);
    }
    tbc_picture_fini(&frame);
    now = tbc_clock_mono();
    if (err != TBC_OK && err != TBC_ERR_BUSY) {
        lose_camera(s, "the camera is gone; is it plugged in?");
    } else if (tbc_camera_is_live(s->camera) &&
               now.ms - s->health.came.ms >= SILENT_MS) {
        lose_camera(s, "the camera sends no pictures");
    } else {
        set_trouble(s, tbc_scan_health_trouble(&s->health, now));
    }
}

/* A camera that was opened anew has yet to show that it sees. */
static void
find_again(struct tbc_sight *s)
{
    const char *why = NULL;

    if (open_camera(s, &why) != TBC_OK) {
        set_trouble(s, why);
        return;
    }
    s->health.came.ms -= TBC_HEALTH_MS;
}

/* A picture of a folder is seen once: its texts wait for room. */
static void
run_folder(struct tbc_sight *s)
{
    bool goes_on = true;

    while (goes_on) {
        struct tbc_scan_text text;
        enum tbc_err err = TBC_ERR_BUSY;

        if (!has_room(s)) {
            goes_on = doze(s, -1, FULL_MS);
        } else if ((err = tbc_watch_next(s->watch, &text)) == TBC_OK) {
            post(s, &text);
        } else if (err == TBC_ERR_BUSY) {
            goes_on = doze(s, tbc_watch_fd(s->watch), -1);
        } else {
            end_mail(s);
            return;
        }
    }
}

static void
run_camera(struct tbc_sight *s)
{
    bool goes_on = true;

    while (goes_on) {
        if (s->camera == NULL) {
            find_again(s);
            goes_on = s->camera != NULL || doze(s, -1, REOPEN_MS);
            continue;
        }
        look(s);
        if (s->camera != NULL) {
            int ready = tbc_camera_fd(s->camera);

            goes_on = doze(s, ready, ready < 0 ? STILL_MS : LOOK_MS);
        }
    }
}

static void *
run(void *arg)
{
    struct tbc_sight *s = arg;

    /* Linux: of this thread alone.  Where it is refused the thread is as nice as the others. */
    (void)setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), NICE);
    if (s->watch != NULL) {
        run_folder(s);
    } else {
        run_camera(s);
    }
    return NULL;
}

/* ---- the owner */

/* Signals are the loop's: the thread takes none. */
static bool
start_thread(struct tbc_sight *s)
{
    sigset_t all;
    sigset_t before;
    bool started;

    (void)sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0) {
        return false;
    }
    started = pthread_create(&s->thread, NULL, run, s) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static enum tbc_err
start(struct tbc_sight *s, const char *source, bool is_folder, const char **why)
{
    enum tbc_err err;

    s->source = strdup(source);
    s->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    s->stop = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (s->source == NULL || s->wake < 0 || s->stop < 0 ||
        tbc_reader_new(&s->reader) != TBC_OK) {
        return TBC_ERR_NO_MEMORY;
    }
    err = is_folder ? tbc_watch_open(&s->watch, source, why) : open_camera(s, why);
    if (err != TBC_OK) {
        return err;
    }
    *why = "no thread for the camera";
    s->has_thread = start_thread(s);
    return s->has_thread ? TBC_OK : TBC_ERR_IO;
}

/* wish: NULL for a folder. */
static enum tbc_err
make(struct tbc_sight **sight, const char *source, const struct tbc_camera_wish *wish,
     const char **why)
{
    struct tbc_sight *s = calloc(1, sizeof *s);
    enum tbc_err err;

    *sight = NULL;
    *why = "out of memory";
    if (s == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    s->wake = -1;
    s->stop = -1;
    if (wish != NULL) {
        s->wish = *wish;
    }
    (void)pthread_mutex_init(&s->lock, NULL); /* fails for attributes alone */
    if ((err = start(s, source, wish == NULL, why)) != TBC_OK) {
        tbc_sight_close(&s);
        return err;
    }
    *why = NULL;
    *sight = s;
    return TBC_OK;
}

enum tbc_err
tbc_sight_open(struct tbc_sight **sight, const char *source,
               const struct tbc_camera_wish *wish, const char **why)
{
    return make(sight, source, wish, why);
}

enum tbc_err
tbc_sight_watch(struct tbc_sight **sight, const char *folder, const char **why)
{
    return make(sight, folder, NULL, why);
}

static void
end_thread(struct tbc_sight *s)
{
    uint64_t one = 1;

    if (s->has_thread && write(s->stop, &one, sizeof one) == (ssize_t)sizeof one) {
        (void)pthread_join(s->thread, NULL);
    }
}

void
tbc_sight_close(struct tbc_sight **sight)
{
    struct tbc_sight *s = *sight;

    if (s == NULL) {
        return;
    }
    end_thread(s);
    for (size_t i = 0; i < s->letter_n; i++) {
        tbc_buf_fini(&s->letters[i].text);
    }
    tbc_buf_fini(&s->given.text);
    tbc_watch_close(&s->watch);
    tbc_camera_close(&s->camera);
    tbc_reader_free(&s->reader);
    (void)pthread_mutex_destroy(&s->lock);
    if (s->wake >= 0) {
        (void)close(s->wake);
    }
    if (s->stop >= 0) {
        (void)close(s->stop);
    }
    free(s->source);
    free(s);
    *sight = NULL;
}

int
tbc_sight_fd(const struct tbc_sight *sight)
{
    return sight->wake;
}

/* The first letter of the mailbox into given; when it is empty the bell is silenced, under the lock,
 * so that no ring is lost. */
static enum tbc_err
fetch(struct tbc_sight *s)
{
    uint64_t rings;
    bool found;
    bool is_over;

    tbc_buf_fini(&s->given.text);
    (void)pthread_mutex_lock(&s->lock);
    found = s->letter_n > 0;
    if (found) {
        s->given = s->letters[0];
        s->letter_n--;
        memmove(&s->letters[0], &s->letters[1], s->letter_n * sizeof s->letters[0]);
    } else if (!s->is_over && read(s->wake, &rings, sizeof rings) < 0) {
        found = false; /* it was silent */
    }
    is_over = s->is_over;
    (void)pthread_mutex_unlock(&s->lock);
    if (found) {
        return TBC_OK;
    }
    return is_over ? TBC_ERR_NOT_FOUND : TBC_ERR_BUSY;
}

enum tbc_err
tbc_sight_next(struct tbc_sight *sight, struct tbc_scan_text *text)
{
    enum tbc_err err = fetch(sight);

    *text = (struct tbc_scan_text){ 0 };
    if (err != TBC_OK) {
        return err;
    }
    text->text = tbc_buf_span(&sight->given.text);
    text->is_cut = sight->given.is_cut;
    text->is_held = sight->given.is_held;
    return TBC_OK;
}

const char *
tbc_sight_trouble(struct tbc_sight *sight)
{
    const char *trouble;

    (void)pthread_mutex_lock(&sight->lock);
    trouble = sight->trouble;
    (void)pthread_mutex_unlock(&sight->lock);
    return trouble;
}

void
tbc_sight_forget(struct tbc_sight *sight)
{
    (void)pthread_mutex_lock(&sight->lock);
    sight->forget = true;
    for (size_t i = 0; i < sight->letter_n; i++) {
        sight->letters[i].is_held = false;
    }
    (void)pthread_mutex_unlock(&sight->lock);
}
