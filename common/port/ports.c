#include "port/impl.h"

#include <stdlib.h>
#include <string.h>

#define BUSES_MAX 8

struct tbc_ports {
    struct tbc_bus *buses[BUSES_MAX];
    size_t buses_n;
};

enum tbc_err
tbc_ports_new(struct tbc_ports **ports)
{
    *ports = calloc(1, sizeof **ports);
    return *ports != NULL ? TBC_OK : TBC_ERR_NO_MEMORY;
}

void
tbc_ports_free(struct tbc_ports **ports)
{
    if (*ports != NULL) {
        for (size_t i = 0; i < (*ports)->buses_n; i++) {
            tbc_bus_close(&(*ports)->buses[i]);
        }
        free(*ports);
        *ports = NULL;
    }
}

static bool
is_same_line(const struct tbc_port_spec *a, const struct tbc_port_spec *b)
{
    return a->kind == b->kind && strcmp(a->name, b->name) == 0 &&
           strcmp(a->service, b->service) == 0;
}

enum tbc_err
tbc_ports_bus(struct tbc_ports *ports, const struct tbc_port_spec *spec,
              struct tbc_bus **bus, struct tbc_buf *why)
{
    enum tbc_err err = TBC_ERR_LIMIT;

    *bus = NULL;
    for (size_t i = 0; i < ports->buses_n; i++) {
        const struct tbc_port_spec *at = tbc_bus_spec(ports->buses[i]);

        if (!is_same_line(at, spec)) {
            continue;
        }
        if (at->baud != spec->baud || at->parity != spec->parity) {
            (void)tbc_buf_printf(why, "%s: runs at %d%c already", spec->name, at->baud,
                                 at->parity);
            return TBC_ERR_CONFLICT;
        }
        *bus = ports->buses[i];
        return TBC_OK;
    }
    if (ports->buses_n < BUSES_MAX) {
        err = tbc_bus_open(&ports->buses[ports->buses_n], spec);
    }
    if (err != TBC_OK) {
        (void)tbc_buf_printf(why, "%s: %s", spec->name, tbc_err_text(err));
        return err;
    }
    *bus = ports->buses[ports->buses_n++];
    return TBC_OK;
}
