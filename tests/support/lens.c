#include "lens.h"

#include "scan/qr.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PX 3 /* a module of a long text; short ones are small, as on a far phone */

static int64_t
now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool
lens_make(const char *path)
{
    (void)unlink(path);
    return mkfifo(path, 0600) == 0;
}

bool
lens_plug(struct lens *lens, const char *path, int timeout_ms)
{
    int64_t end = now_ms() + timeout_ms;

    do {
        lens->fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
        if (lens->fd >= 0) {
            return true;
        }
        (void)poll(NULL, 0, 5); /* until the reader is there */
    } while (errno == ENXIO && now_ms() < end);
    return false;
}

void
lens_unplug(struct lens *lens)
{
    if (lens->fd >= 0) {
        (void)close(lens->fd);
    }
    lens->fd = -1;
}

/* A reader that opens the camera anew is away for a moment: a frame that was not begun waits. */
static bool
write_all(int fd, const uint8_t *bytes, size_t len, int timeout_ms)
{
    int64_t end = now_ms() + timeout_ms;
    size_t at = 0;

    while (at < len) {
        struct pollfd p = { .fd = fd, .events = POLLOUT };
        ssize_t n = write(fd, bytes + at, len - at);

        if (n > 0) {
            at += (size_t)n;
        } else if (now_ms() >= end || (errno != EAGAIN && (errno != EPIPE || at > 0))) {
            return false;
        } else {
            (void)poll(&p, 1, errno == EPIPE ? 0 : 100);
        }
    }
    return true;
}

static bool
put_code(struct tbc_picture *onto, const char *text, int slot)
{
    struct tbc_qr qr = { 0 };
    struct tbc_picture code = { 0 };
    bool ok = tbc_qr_draw(&qr, tbc_span_str(text)) == TBC_OK &&
              tbc_qr_picture(&qr, PX, &code) == TBC_OK && code.width <= LENS_WIDTH / 2;

    for (int y = 0; ok && y < code.height; y++) {
        memcpy(onto->px + (size_t)(40 + y) * (size_t)onto->width +
                   slot * LENS_WIDTH / 2 + 10,
               code.px + (size_t)y * (size_t)code.width, (size_t)code.width);
    }
    tbc_picture_fini(&code);
    tbc_qr_fini(&qr);
    return ok;
}

bool
lens_freeze(struct lens *lens, const char *const texts[static LENS_CODES],
            uint8_t ground, int timeout_ms)
{
    struct tbc_picture p = { 0 };
    char head[32];
    size_t n = (size_t)LENS_WIDTH * LENS_HEIGHT;
    int len = snprintf(head, sizeof head, "P5\n%d %d\n255\n", LENS_WIDTH, LENS_HEIGHT);
    bool ok = tbc_picture_init(&p, LENS_WIDTH, LENS_HEIGHT, 1) == TBC_OK;

    if (ok) {
        memset(p.px, ground, n);
        memcpy(p.px + n - sizeof lens->number, &lens->number, sizeof lens->number);
    }
    for (int i = 0; ok && i < LENS_CODES; i++) {
        ok = texts[i] == NULL || put_code(&p, texts[i], i);
    }
    ok = ok && write_all(lens->fd, (const uint8_t *)head, (size_t)len, timeout_ms) &&
         write_all(lens->fd, p.px, n, timeout_ms);
    tbc_picture_fini(&p);
    return ok;
}

bool
lens_show(struct lens *lens, const char *const texts[static LENS_CODES], uint8_t ground,
          int timeout_ms)
{
    lens->number++;
    return lens_freeze(lens, texts, ground, timeout_ms);
}
