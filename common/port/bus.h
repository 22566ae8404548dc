/* One Modbus line: a thread that is its master, and the points that it looks after.
 *
 * The thread writes coils when they are wanted otherwise, reads each back, reads inputs again and again,
 * and reconnects when the line breaks.  Its callers only leave wishes and take what is known, so
 * that a device that does not answer holds nobody but this thread.
 *
 * A coil that could not be turned on is turned off as soon as the device obeys again: whoever asked has been
 * told that it failed, and must not find it on later.
 *
 * Source: MODBUS application protocol 1.1b3, sec. 6.1 (read coils), 6.2 (read discrete inputs),
 * 6.5 (write single coil). */
#ifndef TBC_PORT_BUS_H
#define TBC_PORT_BUS_H

#include "port/input.h"
#include "port/spec.h"

#define TBC_BUS_POINTS_MAX 16
#define TBC_BUS_ANSWER_MS  80  /* a device that takes longer does not answer */
#define TBC_BUS_INPUT_MS   25  /* between two reads of an input */
#define TBC_BUS_COIL_MS    500 /* between two reads of a coil that nobody turns */
#define TBC_BUS_RETRY_MS   500 /* between attempts to reconnect, or to turn a coil off */
#define TBC_BUS_BEGIN_MS   1000 /* the first connection is waited for */

struct tbc_bus; /* opaque */

enum tbc_bus_table {
    TBC_BUS_COIL,
    TBC_BUS_INPUT
};

/* Starts the thread, and waits for its first connection, or for TBC_BUS_BEGIN_MS.  A line that is
 * dead is no error here: its points say so.  Errors: ERR_NO_MEMORY, ERR_UNSUPPORTED (not a line of
 * Modbus), ERR_IO (no thread). */
enum tbc_err
tbc_bus_open(struct tbc_bus **bus, const struct tbc_port_spec *spec) TBC_MUST_CHECK;
/* Writes what is still wanted, once, and ends the thread. */
void tbc_bus_close(struct tbc_bus **bus);

/* The line as it was opened; borrowed. */
const struct tbc_port_spec *tbc_bus_spec(const struct tbc_bus *bus);

/* spec->point[which] of spec->unit; *point names it from here on.
 * Errors: ERR_LIMIT, ERR_CONFLICT (a coil that somebody drives already). */
enum tbc_err
tbc_bus_add(struct tbc_bus *bus, const struct tbc_port_spec *spec, size_t which,
            enum tbc_bus_table table, int *point) TBC_MUST_CHECK;
/* A wish of this coil that is on its way is still carried out. */
void tbc_bus_drop(struct tbc_bus *bus, int point);

/* Bit i of on: points[i].  wait_ms: 0 leaves the wishes and returns; else until the coils have been
 * written and read back.  Errors: ERR_TIMEOUT, ERR_IO. */
enum tbc_err tbc_bus_write(struct tbc_bus *bus, const int *points, size_t points_n,
                           unsigned on, int wait_ms) TBC_MUST_CHECK;

/* What is known of a point; wait_ms: how long the first answer is waited for.
 * Errors: ERR_BUSY (nothing is known yet), ERR_TIMEOUT (no answer), ERR_IO (no connection, refused, or a
 * coil that stands otherwise than it was told). */
enum tbc_err tbc_bus_read(struct tbc_bus *bus, int point, int wait_ms,
                          struct tbc_level *level) TBC_MUST_CHECK;

#endif
