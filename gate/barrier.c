#include "barrier.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

struct kind {
    const char *name;
    enum tbc_err (*attach)(struct gate_barrier *barrier, const char *device,
                           struct tbc_buf *why);
    enum tbc_err (*move)(const struct gate_barrier *barrier, bool open);
};

struct gate_barrier {
    const struct kind *kind;
    int fd; /* -1: nothing is attached */
};

static enum tbc_err
log_attach(struct gate_barrier *barrier, const char *device, struct tbc_buf *why)
{
    (void)barrier;
    if (*device != '\0') {
        tbc_buf_append_str(why, "log takes no device");
        return TBC_ERR_UNSUPPORTED;
    }
    return TBC_OK;
}

static enum tbc_err
log_move(const struct gate_barrier *barrier, bool open)
{
    (void)barrier;
    (void)open;
    return TBC_OK;
}

/* 9600 8N1, raw: the relay takes four bytes and answers nothing. */
static bool
set_line(int fd)
{
    struct termios line;

    if (tcgetattr(fd, &line) != 0) {
        return false;
    }
    cfmakeraw(&line);
    line.c_cflag |= CLOCAL | CREAD;
    return cfsetispeed(&line, B9600) == 0 && cfsetospeed(&line, B9600) == 0 &&
           tcsetattr(fd, TCSANOW, &line) == 0;
}

static enum tbc_err
errno_err(void)
{
    if (errno == ENOENT || errno == ENODEV || errno == ENXIO) {
        return TBC_ERR_NOT_FOUND;
    }
    return errno == EACCES ? TBC_ERR_DENIED : TBC_ERR_IO;
}

static enum tbc_err
serial_attach(struct gate_barrier *barrier, const char *device, struct tbc_buf *why)
{
    enum tbc_err err;

    barrier->fd = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (barrier->fd < 0) {
        err = errno_err();
        tbc_buf_printf(why, "%s: %s", device, tbc_err_text(err));
        return err;
    }
    if (!set_line(barrier->fd)) {
        tbc_buf_printf(why, "%s: not a serial line", device);
        return TBC_ERR_IO;
    }
    return TBC_OK;
}

static enum tbc_err
serial_move(const struct gate_barrier *barrier, bool open)
{
    static const uint8_t commands[2][4] = {
        { 0xa0, 0x01, 0x00, 0xa1 },
        { 0xa0, 0x01, 0x01, 0xa2 },
    };
    ssize_t sent = write(barrier->fd, commands[open], sizeof commands[open]);

    return sent == (ssize_t)sizeof commands[open] ? TBC_OK : TBC_ERR_IO;
}

static const struct kind kinds[] = {
    { "log", log_attach, log_move },
    { "serial", serial_attach, serial_move },
};

/* The kind before a colon; device gets what stands behind it. */
static const struct kind *
find_kind(const char *text, const char **device)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t len = strlen(kinds[i].name);

        if (strncmp(text, kinds[i].name, len) == 0 &&
            (text[len] == ':' || text[len] == '\0')) {
            *device = text[len] == ':' ? text + len + 1 : text + len;
            return &kinds[i];
        }
    }
    return NULL;
}

enum tbc_err
gate_barrier_open(struct gate_barrier **barrier, const char *kind, struct tbc_buf *why)
{
    const char *device = "";
    struct gate_barrier *b = calloc(1, sizeof *b);
    enum tbc_err err;

    *barrier = NULL;
    if (b == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    b->fd = -1;
    b->kind = find_kind(kind, &device);
    if (b->kind == NULL) {
        tbc_buf_printf(why, "%s: no such barrier, know log and serial:DEVICE", kind);
        err = TBC_ERR_UNSUPPORTED;
    } else if ((err = b->kind->attach(b, device, why)) == TBC_OK &&
               (err = b->kind->move(b, false)) != TBC_OK) {
        tbc_buf_printf(why, "%s: does not take commands", device);
    }
    if (err != TBC_OK) {
        gate_barrier_close(&b);
    }
    *barrier = b;
    return err;
}

void
gate_barrier_close(struct gate_barrier **barrier)
{
    if (*barrier != NULL) {
        if ((*barrier)->fd >= 0) {
            close((*barrier)->fd);
        }
        free(*barrier);
        *barrier = NULL;
    }
}

enum tbc_err
gate_barrier_move(struct gate_barrier *barrier, bool open)
{
    return barrier->kind->move(barrier, open);
}
