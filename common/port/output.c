#include "port/impl.h"

#include <stdlib.h>

struct tbc_output {
    const struct tbc_output_kind *kind;
    void *handle;
};

static const struct tbc_output_kind *
kind_of(enum tbc_port_kind kind)
{
    switch (kind) {
    case TBC_PORT_SERIAL:
        return &tbc_output_serial;
    case TBC_PORT_GPIO:
        return &tbc_output_gpio;
    case TBC_PORT_MODBUS_TCP:
    case TBC_PORT_MODBUS_RTU:
        return &tbc_output_modbus;
    case TBC_PORT_FILE:
        break;
    }
    return NULL;
}

enum tbc_err
tbc_output_open(struct tbc_output **output, struct tbc_ports *ports,
                const struct tbc_port_spec *spec, struct tbc_buf *why)
{
    const struct tbc_output_kind *kind = kind_of(spec->kind);
    struct tbc_output *out;
    enum tbc_err err;

    *output = NULL;
    if (kind == NULL) {
        (void)tbc_buf_printf(
            why, "%s: a file is not driven, know serial, gpio and modbus", spec->name);
        return TBC_ERR_UNSUPPORTED;
    }
    out = calloc(1, sizeof *out);
    if (out == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    out->kind = kind;
    if ((err = kind->open(&out->handle, ports, spec, why)) != TBC_OK) {
        free(out);
        return err;
    }
    *output = out;
    return TBC_OK;
}

void
tbc_output_close(struct tbc_output **output)
{
    if (*output != NULL) {
        (*output)->kind->close((*output)->handle);
        free(*output);
        *output = NULL;
    }
}

enum tbc_err
tbc_output_set(struct tbc_output *output, unsigned on)
{
    return output->kind->set(output->handle, on, TBC_OUTPUT_WAIT_MS);
}

enum tbc_err
tbc_output_post(struct tbc_output *output, unsigned on)
{
    return output->kind->set(output->handle, on, 0);
}

enum tbc_err
tbc_output_check(struct tbc_output *output)
{
    return output->kind->check(output->handle);
}
