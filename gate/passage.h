/* Whether somebody has walked through: the sensor in the lane behind the barrier.
 *
 *     none                            there is none; nobody is ever seen to pass
 *     file:PATH                       a file or GPIO value, '1' while somebody is in its beam
 *     gpio:CHIP,LINE                  a line of a GPIO chip
 *     modbus:tcp:HOST:PORT,UNIT,INPUT a discrete input
 *     modbus:rtu:DEVICE,BAUD,UNIT,INPUT
 *
 * Each but none may end in ",active-low" (port/spec.h). */
#ifndef GATE_PASSAGE_H
#define GATE_PASSAGE_H

#include "base/buf.h"
#include "base/when.h"
#include "port/ports.h"

#define GATE_PASSAGE_QUIET_MS \
    150 /* off for so long, it is on again for another person */

struct gate_passage; /* opaque */

/* kind "none": *passage stays NULL, which every function takes.  why: one line, appended on error.
 * Errors: ERR_UNSUPPORTED, ERR_MALFORMED, ERR_NOT_FOUND, ERR_DENIED, ERR_BUSY, ERR_IO,
 * ERR_NO_MEMORY. */
enum tbc_err gate_passage_open(struct gate_passage **passage, struct tbc_ports *ports,
                               const char *kind, struct tbc_buf *why) TBC_MUST_CHECK;
void gate_passage_close(struct gate_passage **passage);

/* True once for each person: the beam came on after it was off for GATE_PASSAGE_QUIET_MS, so that
 * a swinging bag is no second person.  A beam that is on already at the first look is nobody.
 * What cannot be read is nobody, and is logged once.  Does not wait; to be called at least every
 * 50 ms. */
bool gate_passage_poll(struct gate_passage *passage, struct tbc_mono now);

/* The sensor is there and can be read; false also without one. */
bool gate_passage_is_well(const struct gate_passage *passage);

/* The pure part: the debouncing. { 0 } has seen nothing yet. */
struct gate_beam {
    bool known;
    bool is_on;
    struct tbc_mono off_since; /* meaningful while off */
};

/* One look; has_risen: it came on since the last one, though it may be off again.  True: a
 * person. */
bool
gate_beam_step(struct gate_beam *beam, bool is_on, bool has_risen, struct tbc_mono now);

#endif
