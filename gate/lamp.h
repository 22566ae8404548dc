/* The lamp over the lane: three lights, green, red and amber, on wires.
 *
 *     none
 *     serial:DEVICE[,GREEN,RED,AMBER]
 *     gpio:CHIP,GREEN,RED,AMBER
 *     modbus:tcp:HOST:PORT,UNIT,GREEN,RED,AMBER
 *     modbus:rtu:DEVICE,BAUD,UNIT,GREEN,RED,AMBER
 *
 * Each but none may end in ",active-low" (port/spec.h).  No two cues differ by colour alone: each has a
 * rhythm of its own, for eyes that take green for red; none flashes more than thrice a second
 * (WCAG 2.2, 2.3.1). */
#ifndef GATE_LAMP_H
#define GATE_LAMP_H

#include "base/buf.h"
#include "base/when.h"
#include "cue.h"
#include "port/ports.h"

#define GATE_LAMP_SLOT_MS  250  /* the rhythm's unit; eight of them come round */
#define GATE_LAMP_AGAIN_MS 5000 /* between attempts to reach a lamp that is gone */

enum gate_light {
    GATE_LIGHT_GREEN = 1 << 0, /* the first point */
    GATE_LIGHT_RED = 1 << 1,
    GATE_LIGHT_AMBER = 1 << 2
};

struct gate_lamp; /* opaque */

/* Dark from here on.  kind "none": *lamp stays NULL, which every function takes.  why: one line,
 * appended on error.  Errors: as tbc_port_parse and tbc_output_open. */
enum tbc_err gate_lamp_open(struct gate_lamp **lamp, struct tbc_ports *ports,
                            const char *kind, struct tbc_buf *why) TBC_MUST_CHECK;
/* Leaves it dark. */
void gate_lamp_close(struct gate_lamp **lamp);

/* since_ms: since the cue came.  Does not wait.  A lamp that does not obey is logged once and tried
 * again; the gate goes on without it. */
void gate_lamp_show(struct gate_lamp *lamp, enum gate_cue cue, int64_t since_ms,
                    struct tbc_mono now);

/* The pure part: the lights that burn, of enum gate_light. */
unsigned gate_lamp_lights(enum gate_cue cue, int64_t since_ms);

/* The rows, for the test that compares them: which lights, and when; bit i is the i-th slot. */
struct gate_rhythm {
    unsigned lights;
    unsigned slots;
};
extern const struct gate_rhythm gate_rhythms[GATE_CUE_N];

#endif
