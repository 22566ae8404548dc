/* Discrete inputs and coils as inputs and outputs. */
#include "port/impl.h"

#include <stdlib.h>

#define FIRST_MS 500 /* the first answer of an input is waited for */

struct modbus {
    struct tbc_bus *bus;
    int points[TBC_PORT_POINTS_MAX];
    size_t points_n;
};

static void
modbus_close_points(void *handle)
{
    struct modbus *m = handle;

    for (size_t i = 0; i < m->points_n; i++) {
        tbc_bus_drop(m->bus, m->points[i]);
    }
    free(m);
}

static enum tbc_err
complain(struct tbc_buf *why, const struct tbc_port_spec *spec, size_t which,
         const char *what, enum tbc_err err)
{
    (void)tbc_buf_printf(why, "%s%s%s: unit %d, %s %u: %s", spec->name,
                         *spec->service != '\0' ? ":" : "", spec->service, spec->unit,
                         what, spec->point[which], tbc_err_text(err));
    return err;
}

static enum tbc_err
open_points(void **handle, struct tbc_ports *ports, const struct tbc_port_spec *spec,
            enum tbc_bus_table table, struct tbc_buf *why)
{
    struct modbus *m = calloc(1, sizeof *m);
    enum tbc_err err;

    if (m == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    if ((err = tbc_ports_bus(ports, spec, &m->bus, why)) != TBC_OK) {
        free(m);
        return err;
    }
    for (; m->points_n < spec->points_n; m->points_n++) {
        err = tbc_bus_add(m->bus, spec, m->points_n, table, &m->points[m->points_n]);
        if (err != TBC_OK) {
            err = complain(why, spec, m->points_n,
                           table == TBC_BUS_COIL ? "coil" : "input", err);
            modbus_close_points(m);
            return err;
        }
    }
    *handle = m;
    return TBC_OK;
}

static enum tbc_err
input_open(void **handle, struct tbc_ports *ports, const struct tbc_port_spec *spec,
           struct tbc_buf *why)
{
    struct modbus *m;
    struct tbc_level level;
    enum tbc_err err = open_points(handle, ports, spec, TBC_BUS_INPUT, why);

    if (err != TBC_OK) {
        return err;
    }
    m = *handle;
    err = tbc_bus_read(m->bus, m->points[0], FIRST_MS, &level);
    if (err != TBC_OK) {
        err = complain(why, spec, 0, "input", err);
        modbus_close_points(m);
        *handle = NULL;
    }
    return err;
}

static enum tbc_err
input_look(void *handle, struct tbc_level *level)
{
    const struct modbus *m = handle;

    return tbc_bus_read(m->bus, m->points[0], 0, level);
}

static enum tbc_err
output_open(void **handle, struct tbc_ports *ports, const struct tbc_port_spec *spec,
            struct tbc_buf *why)
{
    return open_points(handle, ports, spec, TBC_BUS_COIL, why);
}

static enum tbc_err
output_set(void *handle, unsigned on, int wait_ms)
{
    const struct modbus *m = handle;

    return tbc_bus_write(m->bus, m->points, m->points_n, on, wait_ms);
}

static enum tbc_err
output_check(void *handle)
{
    const struct modbus *m = handle;

    for (size_t i = 0; i < m->points_n; i++) {
        struct tbc_level level;
        enum tbc_err err = tbc_bus_read(m->bus, m->points[i], 0, &level);

        if (err != TBC_OK) {
            return err;
        }
    }
    return TBC_OK;
}

const struct tbc_input_kind tbc_input_modbus = { input_open, input_look,
                                                 modbus_close_points };
const struct tbc_output_kind tbc_output_modbus = { output_open, output_set,
                                                   output_check, modbus_close_points };
