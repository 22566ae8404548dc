#include "port/impl.h"

#include <stdlib.h>
#include <string.h>

#define BUSES_MAX  8
#define RELAYS_MAX 32

struct tbc_ports {
    struct tbc_bus *buses[BUSES_MAX];
    size_t buses_n;
    struct relay {
        dev_t board;
        unsigned number; /* 0: a free place */
    } relays[RELAYS_MAX];
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

enum tbc_err
tbc_ports_take_relay(struct tbc_ports *ports, dev_t board, unsigned relay)
{
    struct relay *place = NULL;

    if (ports == NULL) {
        return TBC_OK;
    }
    for (size_t i = 0; i < RELAYS_MAX; i++) {
        struct relay *r = &ports->relays[i];

        if (r->number == relay && r->board == board) {
            return TBC_ERR_CONFLICT;
        }
        if (r->number == 0 && place == NULL) {
            place = r;
        }
    }
    if (place == NULL) {
        return TBC_ERR_LIMIT;
    }
    *place = (struct relay){ .board = board, .number = relay };
    return TBC_OK;
}

void
tbc_ports_give_back(struct tbc_ports *ports, dev_t board, unsigned relay)
{
    for (size_t i = 0; ports != NULL && i < RELAYS_MAX; i++) {
        if (ports->relays[i].number == relay && ports->relays[i].board == board) {
            ports->relays[i].number = 0;
        }
    }
}
