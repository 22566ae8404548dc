/* What moves: one interface, and behind it whatever turns the barrier.
 *
 *     log                  nothing moves; the program's lines tell what would have
 *     serial:/dev/ttyUSB0  a relay board with CH340: A0 01 01 A2 opens, A0 01 00 A1 shuts, 9600 8N1
 */
#ifndef GATE_BARRIER_H
#define GATE_BARRIER_H

#include "base/buf.h"

struct gate_barrier; /* opaque */

/* Shuts it, whatever it was.  why: one line, appended on error.
 * Errors: ERR_UNSUPPORTED (no such kind), ERR_NOT_FOUND, ERR_DENIED, ERR_IO, ERR_NO_MEMORY. */
enum tbc_err gate_barrier_open(struct gate_barrier **barrier, const char *kind,
                               struct tbc_buf *why) TBC_MUST_CHECK;
/* Leaves it as it stands: in a fire it stays open. */
void gate_barrier_close(struct gate_barrier **barrier);

/* ERR_IO: the command did not go out; nobody knows how it stands. */
enum tbc_err gate_barrier_move(struct gate_barrier *barrier, bool open) TBC_MUST_CHECK;

#endif
