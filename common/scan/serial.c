#include "scan/serial.h"

#include <errno.h>
#include <fcntl.h>
#include <libserialport.h>
#include <stdbool.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#define BAUD_USUAL 9600
#define BAUD_MAX   4000000

/* "" is the usual one; 0 when it is none. */
static int
parse_baud(const char *text)
{
    char *end = NULL;
    long value;

    if (*text == '\0') {
        return BAUD_USUAL;
    }
    errno = 0;
    value = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < 1 || value > BAUD_MAX) {
        return 0;
    }
    return (int)value;
}

static bool
configure(struct sp_port *port, int baud)
{
    return sp_set_baudrate(port, baud) == SP_OK && sp_set_bits(port, 8) == SP_OK &&
           sp_set_parity(port, SP_PARITY_NONE) == SP_OK &&
           sp_set_stopbits(port, 1) == SP_OK &&
           sp_set_flowcontrol(port, SP_FLOWCONTROL_NONE) == SP_OK;
}

/* A real line.  The descriptor is duplicated, so that the library's handle can go. */
static bool
open_port(const char *path, int baud, int *fd)
{
    struct sp_port *port = NULL;
    int theirs = -1;

    if (sp_get_port_by_name(path, &port) != SP_OK) {
        return false;
    }
    if (sp_open(port, SP_MODE_READ) == SP_OK) {
        if (configure(port, baud) && sp_get_port_handle(port, &theirs) == SP_OK) {
            *fd = fcntl(theirs, F_DUPFD_CLOEXEC, 0);
        }
        (void)sp_close(port);
    }
    sp_free_port(port);
    return *fd >= 0;
}

/* A pseudo-terminal, which the library does not know: tests and simulators of scanners. */
static bool
open_terminal(const char *path, int *fd)
{
    struct termios t;

    *fd = open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (*fd < 0) {
        return false;
    }
    if (tcgetattr(*fd, &t) == 0) {
        cfmakeraw(&t);
        if (tcsetattr(*fd, TCSANOW, &t) == 0) {
            return true;
        }
    }
    (void)close(*fd);
    *fd = -1;
    return false;
}

enum tbc_err
tbc_serial_open(const char *path, const char *speed, int *fd, const char **why)
{
    int baud = parse_baud(speed);

    *fd = -1;
    if (baud == 0) {
        *why = "a serial source is serial:DEVICE or serial:DEVICE,BAUD";
        return TBC_ERR_UNSUPPORTED;
    }
    if (access(path, F_OK) != 0) {
        *why = "there is no such serial device; is the scanner plugged in?";
        return TBC_ERR_NOT_FOUND;
    }
    if (!open_port(path, baud, fd) && !open_terminal(path, fd)) {
        *why = "the serial device does not open; is the user in group dialout?";
        return TBC_ERR_IO;
    }
    return TBC_OK;
}
