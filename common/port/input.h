/* One wire that is read: a file, a GPIO line, a discrete input of Modbus. */
#ifndef TBC_PORT_INPUT_H
#define TBC_PORT_INPUT_H

#include "port/ports.h"
#include "port/spec.h"

struct tbc_input; /* opaque */

/* What an input shows. */
struct tbc_level {
    bool is_on;
    bool has_risen; /* it came on since the last look, though it may be off again */
};

/* Copies spec, which has one point; ports outlives the input.  An input of Modbus must answer
 * within half a second.  why: one line, appended on error.
 * Errors: ERR_UNSUPPORTED (this kind is not read), ERR_NOT_FOUND, ERR_DENIED, ERR_BUSY (another
 * program has it), ERR_TIMEOUT, ERR_IO, ERR_LIMIT, ERR_NO_MEMORY. */
enum tbc_err
tbc_input_open(struct tbc_input **input, struct tbc_ports *ports,
               const struct tbc_port_spec *spec, struct tbc_buf *why) TBC_MUST_CHECK;
void tbc_input_close(struct tbc_input **input);

/* Does not wait.  Errors: ERR_IO, ERR_TIMEOUT, ERR_BUSY (it cannot be read; *level is { 0 }). */
enum tbc_err
tbc_input_look(struct tbc_input *input, struct tbc_level *level) TBC_MUST_CHECK;

#endif
