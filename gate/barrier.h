/* What moves: one interface, and behind it whatever turns the barrier.
 *
 *     log                             nothing moves; the program's lines tell what would have
 *     serial:DEVICE[,RELAY]           a relay board with CH340, on is open
 *     gpio:CHIP,LINE                  a line of a GPIO chip, read back
 *     modbus:tcp:HOST:PORT,UNIT,COIL  a coil, read back, also while nobody passes
 *     modbus:rtu:DEVICE,BAUD,UNIT,COIL
 *
 * Each but log may end in ",active-low": off is open (port/spec.h). */
#ifndef GATE_BARRIER_H
#define GATE_BARRIER_H

#include "base/buf.h"
#include "port/ports.h"

struct gate_barrier; /* opaque */

/* Shuts it, or opens it, whatever it was; takes as long as gate_barrier_move, and a second when ports meets the
 * device for the first time.  why: one line, appended on error.
 * Errors: ERR_UNSUPPORTED (no such kind), ERR_MALFORMED, ERR_NOT_FOUND, ERR_DENIED, ERR_BUSY,
 * ERR_CONFLICT, ERR_TIMEOUT, ERR_IO, ERR_NO_MEMORY. */
enum tbc_err
gate_barrier_open(struct gate_barrier **barrier, struct tbc_ports *ports,
                  const char *kind, bool open, struct tbc_buf *why) TBC_MUST_CHECK;
/* Leaves it as it stands: in a fire it stays open. */
void gate_barrier_close(struct gate_barrier **barrier);

/* Takes TBC_OUTPUT_WAIT_MS at most.  ERR_IO, ERR_TIMEOUT: it did not turn, or nobody knows how it
 * stands; one that was to open is shut as soon as its device obeys. */
enum tbc_err gate_barrier_move(struct gate_barrier *barrier, bool open) TBC_MUST_CHECK;

/* TBC_OK while it stands as it was told; does not wait. */
enum tbc_err gate_barrier_check(struct gate_barrier *barrier) TBC_MUST_CHECK;

#endif
