/* Up to four wires that are driven together: relays of a board, GPIO lines, Modbus coils. */
#ifndef TBC_PORT_OUTPUT_H
#define TBC_PORT_OUTPUT_H

#include "port/ports.h"
#include "port/spec.h"

#include <stdbool.h>

#define TBC_OUTPUT_WAIT_MS 100 /* tbc_output_set holds its caller no longer */

struct tbc_output; /* opaque */

/* Turns nothing yet, but for GPIO lines, which are off from here on.  Copies spec; ports outlives
 * the output.  why: one line, appended on error.
 * Errors: ERR_UNSUPPORTED (this kind is not driven), ERR_NOT_FOUND, ERR_DENIED, ERR_BUSY, ERR_IO,
 * ERR_LIMIT, ERR_NO_MEMORY. */
enum tbc_err
tbc_output_open(struct tbc_output **output, struct tbc_ports *ports,
                const struct tbc_port_spec *spec, struct tbc_buf *why) TBC_MUST_CHECK;
/* Leaves the wires as they stand. */
void tbc_output_close(struct tbc_output **output);

/* Bit i of on: the i-th point.  TBC_OK: they stand so, as far as the device can tell: GPIO lines and
 * coils have been read back, a relay board has taken the command.
 * Errors: ERR_IO, ERR_TIMEOUT; nobody knows how they stand then, and coils are turned off as soon as
 * their device obeys again. */
enum tbc_err tbc_output_set(struct tbc_output *output, unsigned on) TBC_MUST_CHECK;

/* The same without waiting for a slow device; tbc_output_check tells later. */
enum tbc_err tbc_output_post(struct tbc_output *output, unsigned on) TBC_MUST_CHECK;

/* TBC_OK while the device is there and stands as it was told, ERR_BUSY until it has been asked.
 * Does not wait.  Errors: ERR_IO, ERR_TIMEOUT. */
enum tbc_err tbc_output_check(struct tbc_output *output) TBC_MUST_CHECK;

#endif
