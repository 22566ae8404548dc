#include "scan/watch.h"

#include "scan/qr.h"

#include <errno.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/inotify.h>
#include <unistd.h>

#define EVENTS_SIZE \
    4096 /* of the kernel's records; each holds one name of at most 256 */

struct tbc_watch {
    int fd;
    char *folder;
    bool is_over; /* the folder is gone */
    alignas(struct inotify_event) char events[EVENTS_SIZE];
    size_t events_len;
    size_t events_at;
    /* Texts of one picture, each with its length before it (4 bytes, this machine's order). */
    struct tbc_buf texts;
    size_t texts_at;
};

enum tbc_err
tbc_watch_open(struct tbc_watch **watch, const char *folder, const char **why)
{
    struct tbc_watch *w = calloc(1, sizeof *w);
    enum tbc_err err = TBC_ERR_NO_MEMORY;

    *watch = NULL;
    *why = "out of memory";
    if (w == NULL) {
        return err;
    }
    w->folder = strdup(folder);
    w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (w->folder != NULL && w->fd >= 0) {
        if (inotify_add_watch(w->fd, folder,
                              IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE_SELF |
                                  IN_MOVE_SELF | IN_ONLYDIR) >= 0) {
            *why = NULL;
            *watch = w;
            return TBC_OK;
        }
        err = errno == ENOENT || errno == ENOTDIR ? TBC_ERR_NOT_FOUND : TBC_ERR_IO;
        *why = err == TBC_ERR_NOT_FOUND ? "there is no such folder to watch"
                                        : "the folder may not be watched";
    }
    tbc_watch_close(&w);
    return err;
}

void
tbc_watch_close(struct tbc_watch **watch)
{
    struct tbc_watch *w = *watch;

    if (w == NULL) {
        return;
    }
    if (w->fd >= 0) {
        (void)close(w->fd);
    }
    tbc_buf_fini(&w->texts);
    free(w->folder);
    free(w);
    *watch = NULL;
}

int
tbc_watch_fd(const struct tbc_watch *watch)
{
    return watch->fd;
}

static void
keep_text(void *ctx, struct tbc_span text)
{
    struct tbc_watch *w = ctx;
    uint32_t len = (uint32_t)text.len;

    (void)tbc_buf_append(&w->texts, &len, sizeof len);
    (void)tbc_buf_append_span(&w->texts, text);
}

static bool
is_picture(const char *name)
{
    const char *dot = strrchr(name, '.');

    return dot != NULL && name[0] != '.' &&
           (strcasecmp(dot, ".png") == 0 || strcasecmp(dot, ".jpg") == 0 ||
            strcasecmp(dot, ".jpeg") == 0);
}

/* A picture that cannot be read is one without a code: whoever put it there sees that nothing
 * happens, and the scanner goes on. */
static void
read_picture(struct tbc_watch *w, const char *name)
{
    struct tbc_picture picture = { 0 };
    char *path = NULL;

    tbc_buf_clear(&w->texts);
    w->texts_at = 0;
    if (!is_picture(name) || asprintf(&path, "%s/%s", w->folder, name) < 0) {
        return;
    }
    if (tbc_picture_read(&picture, path) != TBC_OK ||
        tbc_qr_read(&picture, keep_text, w) != TBC_OK ||
        tbc_buf_status(&w->texts) != TBC_OK) {
        tbc_buf_clear(&w->texts);
    }
    tbc_picture_fini(&picture);
    free(path);
}

static bool
take_text(struct tbc_watch *w, struct tbc_scan_text *text)
{
    uint32_t len;

    if (w->texts_at >= w->texts.len) {
        return false;
    }
    memcpy(&len, w->texts.ptr + w->texts_at, sizeof len);
    text->text = tbc_span_sub(tbc_buf_span(&w->texts), w->texts_at + sizeof len, len);
    w->texts_at += sizeof len + len;
    text->is_cut = text->text.len > TBC_SCAN_MAX;
    text->text = tbc_span_sub(text->text, 0, TBC_SCAN_MAX);
    return true;
}

/* The next record of the kernel; false when there is none now. */
static bool
take_event(struct tbc_watch *w)
{
    const struct inotify_event *event;

    if (w->events_at >= w->events_len) {
        ssize_t n = read(w->fd, w->events, sizeof w->events);

        if (n <= 0) {
            w->is_over = w->is_over || (n < 0 && errno != EAGAIN && errno != EINTR);
            return false;
        }
        w->events_len = (size_t)n;
        w->events_at = 0;
    }
    event = (const struct inotify_event *)(const void *)(w->events + w->events_at);
    w->events_at += sizeof *event + event->len;
    if ((event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)) != 0) {
        w->is_over = true;
    } else if (event->len > 0) {
        read_picture(w, event->name);
    }
    return true;
}

enum tbc_err
tbc_watch_next(struct tbc_watch *watch, struct tbc_scan_text *text)
{
    *text = (struct tbc_scan_text){ 0 };
    do {
        if (take_text(watch, text)) {
            return TBC_OK;
        }
    } while (take_event(watch));
    return watch->is_over ? TBC_ERR_NOT_FOUND : TBC_ERR_BUSY;
}
