#include "scan/evdev.h"

#include "scan/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define EVENTS (TBC_EVDEV_ROOM / TBC_KEYS_OUT) /* read at once */

struct tbc_evdev {
    int fd;
    struct tbc_keys *keys;
    struct input_event events[EVENTS];
    size_t held; /* bytes of events: a FIFO may give half of one */
};

static bool
has_bit(const unsigned long *bits, unsigned i)
{
    const unsigned width = sizeof *bits * CHAR_BIT;

    return (bits[i / width] >> (i % width) & 1) != 0;
}

/* It can type a digit and end a line. */
static bool
is_keyboard(int fd)
{
    unsigned long keys[KEY_CNT / (sizeof(unsigned long) * CHAR_BIT) + 1] = { 0 };

    return ioctl(fd, EVIOCGBIT(EV_KEY, sizeof keys), keys) >= 0 &&
           has_bit(keys, KEY_1) && has_bit(keys, KEY_ENTER);
}

/* The kernel's own light, which nobody changes while the device is grabbed. */
static bool
has_caps_light(int fd)
{
    unsigned long leds[LED_CNT / (sizeof(unsigned long) * CHAR_BIT) + 1] = { 0 };

    return ioctl(fd, EVIOCGLED(sizeof leds), leds) >= 0 && has_bit(leds, LED_CAPSL);
}

static enum tbc_err
take(struct tbc_evdev *d, const char **why)
{
    struct stat st = { 0 };

    if (fstat(d->fd, &st) == 0 && S_ISFIFO(st.st_mode)) {
        return TBC_OK;
    }
    if (!S_ISCHR(st.st_mode) || !is_keyboard(d->fd)) {
        *why = "the device is no keyboard; see /dev/input/by-id/*-event-kbd";
        return TBC_ERR_UNSUPPORTED;
    }
    if (ioctl(d->fd, EVIOCGRAB, 1) < 0) {
        *why = "another program has taken the scanner for itself";
        return TBC_ERR_IO;
    }
    tbc_keys_reset(d->keys, has_caps_light(d->fd));
    return TBC_OK;
}

static enum tbc_err
attach(struct tbc_evdev *d, const char *path, const char **why)
{
    d->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (d->fd >= 0) {
        return take(d, why);
    }
    if (errno == ENOENT || errno == ENODEV || errno == ENXIO) {
        *why = "there is no such input device; is the scanner plugged in?";
        return TBC_ERR_NOT_FOUND;
    }
    *why = "the input device may not be opened; is the user in group input?";
    return TBC_ERR_IO;
}

enum tbc_err
tbc_evdev_open(struct tbc_evdev **device, const char *path, const char *layout,
               const char **why)
{
    struct tbc_evdev *d = calloc(1, sizeof *d);
    enum tbc_err err;

    *device = NULL;
    *why = "out of memory";
    if (d == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    d->fd = -1;
    err = tbc_keys_new(&d->keys, *layout == '\0' ? "us" : layout, why);
    if (err != TBC_OK || (err = attach(d, path, why)) != TBC_OK) {
        tbc_evdev_close(&d);
        return err;
    }
    *why = NULL;
    *device = d;
    return TBC_OK;
}

void
tbc_evdev_close(struct tbc_evdev **device)
{
    struct tbc_evdev *d = *device;

    if (d == NULL) {
        return;
    }
    if (d->fd >= 0) {
        (void)close(d->fd); /* and the grab is over */
    }
    tbc_keys_free(&d->keys);
    tbc_wipe(d, sizeof *d);
    free(d);
    *device = NULL;
}

int
tbc_evdev_fd(const struct tbc_evdev *device)
{
    return device->fd;
}

/* The letters of n whole events. */
static enum tbc_err
type_events(struct tbc_evdev *d, size_t n, struct tbc_buf *out)
{
    for (size_t i = 0; i < n; i++) {
        char letter[TBC_KEYS_OUT];
        size_t len = tbc_keys_feed(d->keys, &d->events[i], letter);

        (void)tbc_buf_append(out, letter, len);
        tbc_wipe(letter, len);
    }
    return tbc_buf_status(out);
}

enum tbc_err
tbc_evdev_read(struct tbc_evdev *device, struct tbc_buf *out)
{
    uint8_t *bytes = (uint8_t *)device->events;
    ssize_t got =
        read(device->fd, bytes + device->held, sizeof device->events - device->held);
    size_t whole;
    enum tbc_err err;

    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return TBC_ERR_BUSY;
    }
    if (got <= 0) {
        return TBC_ERR_NOT_FOUND;
    }
    device->held += (size_t)got;
    whole = device->held / sizeof *device->events;
    err = type_events(device, whole, out);
    device->held -= whole * sizeof *device->events;
    memmove(bytes, &device->events[whole], device->held);
    return err;
}
