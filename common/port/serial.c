/* Relay boards of the LCUS family: a CH340 and a controller that takes four bytes, A0, the relay
 * from 1, 1 or 0, and the sum of the three; 9600 8N1, and it answers nothing. */
#include "port/impl.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define HEAD 0xa0

struct board {
    int fd;
    struct tbc_port_spec spec;
    struct tbc_ports *ports;
    dev_t number;
    size_t taken_n; /* relays that are ours */
};

static void
board_close(void *handle)
{
    struct board *b = handle;

    while (b->taken_n > 0) {
        tbc_ports_give_back(b->ports, b->number, b->spec.point[--b->taken_n]);
    }
    if (b->fd >= 0) {
        close(b->fd);
    }
    free(b);
}

static enum tbc_err
take_relays(struct board *b, struct tbc_buf *why)
{
    struct stat st;

    if (fstat(b->fd, &st) != 0) {
        (void)tbc_buf_printf(why, "%s: %s", b->spec.name, tbc_err_text(TBC_ERR_IO));
        return TBC_ERR_IO;
    }
    b->number = st.st_rdev;
    for (; b->taken_n < b->spec.points_n; b->taken_n++) {
        unsigned relay = b->spec.point[b->taken_n];
        enum tbc_err err = tbc_ports_take_relay(b->ports, b->number, relay);

        if (err != TBC_OK) {
            (void)tbc_buf_printf(why,
                                 "%s: relay %u is driven by another option already",
                                 b->spec.name, relay);
            return err;
        }
    }
    return TBC_OK;
}

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
board_open(void **handle, struct tbc_ports *ports, const struct tbc_port_spec *spec,
           struct tbc_buf *why)
{
    struct board *b = calloc(1, sizeof *b);
    enum tbc_err err = TBC_OK;

    if (b == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    b->spec = *spec;
    b->ports = ports;
    b->fd = open(spec->name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (b->fd < 0) {
        err = tbc_port_errno(errno);
        (void)tbc_buf_printf(why, "%s: %s", spec->name, tbc_err_text(err));
    } else if (!set_line(b->fd)) {
        err = TBC_ERR_IO;
        (void)tbc_buf_printf(why, "%s: not a serial line", spec->name);
    } else {
        err = take_relays(b, why);
    }
    if (err != TBC_OK) {
        board_close(b);
        return err;
    }
    *handle = b;
    return TBC_OK;
}

static enum tbc_err
board_set(void *handle, unsigned on, int wait_ms)
{
    const struct board *b = handle;

    (void)wait_ms; /* the kernel takes four bytes at once, or not at all */
    for (size_t i = 0; i < b->spec.points_n; i++) {
        uint8_t relay = (uint8_t)b->spec.point[i];
        uint8_t is_on = ((on >> i & 1) != 0) != b->spec.active_low ? 1 : 0;
        const uint8_t command[4] = { HEAD, relay, is_on,
                                     (uint8_t)(HEAD + relay + is_on) };

        if (write(b->fd, command, sizeof command) != (ssize_t)sizeof command) {
            return TBC_ERR_IO;
        }
    }
    return TBC_OK;
}

/* It answers nothing, but one can see that it is unplugged. */
static enum tbc_err
board_check(void *handle)
{
    const struct board *b = handle;
    struct pollfd fd = { .fd = b->fd };

    return poll(&fd, 1, 0) == 0 ? TBC_OK : TBC_ERR_IO;
}

const struct tbc_output_kind tbc_output_serial = { board_open, board_set, board_check,
                                                   board_close };
