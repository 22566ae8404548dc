/* The fire alarm's wire: while it is on, the gate is open.
 *
 *     PATH, file:PATH                          a file or GPIO value, '1' is fire
 *     gpio:CHIP,LINE
 *     modbus:tcp:HOST:PORT,UNIT,INPUT          a discrete input
 *     modbus:rtu:DEVICE,BAUD,UNIT,INPUT
 *
 * Each may end in ",active-low", and should where the alarm's contact allows it: then a broken wire
 * is fire, not silence (port/spec.h). */
#ifndef GATE_FIRE_H
#define GATE_FIRE_H

#include "base/buf.h"
#include "base/when.h"
#include "port/ports.h"

#define GATE_FIRE_LOOK_MS  100   /* between two looks */
#define GATE_FIRE_AGAIN_MS 60000 /* an input that cannot be read is told again */

struct gate_fire; /* opaque */

/* kind NULL: *fire stays NULL, which every function takes.  why: one line, appended on error.
 * Errors: as tbc_port_parse and tbc_input_open. */
enum tbc_err gate_fire_open(struct gate_fire **fire, struct tbc_ports *ports,
                            const char *kind, struct tbc_buf *why) TBC_MUST_CHECK;
void gate_fire_close(struct gate_fire **fire);

/* What is to be done about the alarm. */
enum gate_fire_news {
    GATE_FIRE_SAME,
    GATE_FIRE_ON,
    GATE_FIRE_OFF,
    GATE_FIRE_LOST, /* cannot be read: stays as it was; each GATE_FIRE_AGAIN_MS while so */
    GATE_FIRE_BACK /* can be read again, and is as it was */
};

/* Does not wait. */
enum gate_fire_news gate_fire_look(struct gate_fire *fire, struct tbc_mono now);
/* It cannot be read at this time. */
bool gate_fire_is_lost(const struct gate_fire *fire);

#endif
