/* What the kinds of this floor share among themselves. */
#ifndef TBC_PORT_IMPL_H
#define TBC_PORT_IMPL_H

#include "port/input.h"

/* One kind of input; handle is what open gave. */
struct tbc_input_kind {
    enum tbc_err (*open)(void **handle, const struct tbc_port_spec *spec,
                         struct tbc_buf *why);
    enum tbc_err (*look)(void *handle, struct tbc_level *level);
    void (*close)(void *handle);
};

extern const struct tbc_input_kind tbc_input_gpio;

/* errno of a device that could not be opened, as an error of ours. */
enum tbc_err tbc_port_errno(int code);

#endif
