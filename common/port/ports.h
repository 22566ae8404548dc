/* The lines that several wires share.  A Modbus line has one master, so the coil of a barrier and the
 * input of an alarm on the same line are asked by one thread; this holds those threads.  And no
 * relay of a board is driven twice, whatever names the board has. */
#ifndef TBC_PORT_PORTS_H
#define TBC_PORT_PORTS_H

#include "base/err.h"

struct tbc_ports; /* opaque */

/* Errors: ERR_NO_MEMORY. */
enum tbc_err tbc_ports_new(struct tbc_ports **ports) TBC_MUST_CHECK;
/* After every input and output that was opened with it.  Waits for the requests on their way, for at most
 * about half a second. */
void tbc_ports_free(struct tbc_ports **ports);

#endif
