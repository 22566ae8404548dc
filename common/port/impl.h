/* What the kinds of this floor share among themselves. */
#ifndef TBC_PORT_IMPL_H
#define TBC_PORT_IMPL_H

#include "port/bus.h"
#include "port/input.h"
#include "port/output.h"

#include <sys/types.h>

/* One kind of input; handle is what open gave. */
struct tbc_input_kind {
    enum tbc_err (*open)(void **handle, struct tbc_ports *ports,
                         const struct tbc_port_spec *spec, struct tbc_buf *why);
    enum tbc_err (*look)(void *handle, struct tbc_level *level);
    void (*close)(void *handle);
};

/* One kind of output. */
struct tbc_output_kind {
    enum tbc_err (*open)(void **handle, struct tbc_ports *ports,
                         const struct tbc_port_spec *spec, struct tbc_buf *why);
    enum tbc_err (*set)(void *handle, unsigned on, int wait_ms);
    enum tbc_err (*check)(void *handle);
    void (*close)(void *handle);
};

extern const struct tbc_input_kind tbc_input_gpio;
extern const struct tbc_input_kind tbc_input_modbus;
extern const struct tbc_output_kind tbc_output_gpio;
extern const struct tbc_output_kind tbc_output_modbus;
extern const struct tbc_output_kind tbc_output_serial;

/* The line that spec names, begun when nobody has used it yet.  Owned by ports. */
enum tbc_err tbc_ports_bus(struct tbc_ports *ports, const struct tbc_port_spec *spec,
                           struct tbc_bus **bus, struct tbc_buf *why) TBC_MUST_CHECK;

/* A relay of the board at that device number is somebody's from here on, until it is given back.
 * ports NULL: nobody counts.  Errors: ERR_CONFLICT (it is somebody's already), ERR_LIMIT. */
enum tbc_err tbc_ports_take_relay(struct tbc_ports *ports, dev_t board,
                                  unsigned relay) TBC_MUST_CHECK;
void tbc_ports_give_back(struct tbc_ports *ports, dev_t board, unsigned relay);

/* errno of a device that could not be opened, as an error of ours. */
enum tbc_err tbc_port_errno(int code);

#endif
