#include "barrier.h"

#include "port/output.h"

#include <stdlib.h>
#include <string.h>

struct gate_barrier {
    struct tbc_output *output; /* NULL: nothing is attached */
};

static enum tbc_err
attach(struct gate_barrier *b, struct tbc_ports *ports, const char *kind, bool open,
       struct tbc_buf *why)
{
    struct tbc_port_spec spec;
    enum tbc_err err;

    if (strcmp(kind, "log") == 0) {
        return TBC_OK;
    }
    if ((err = tbc_port_parse(&spec, kind, 1, why)) != TBC_OK ||
        (err = tbc_output_open(&b->output, ports, &spec, why)) != TBC_OK) {
        return err;
    }
    if ((err = tbc_output_set(b->output, open)) != TBC_OK) {
        (void)tbc_buf_printf(why, "%s: does not take commands", kind);
    }
    return err;
}

enum tbc_err
gate_barrier_open(struct gate_barrier **barrier, struct tbc_ports *ports,
                  const char *kind, bool open, struct tbc_buf *why)
{
    struct gate_barrier *b = calloc(1, sizeof *b);
    enum tbc_err err;

    *barrier = NULL;
    if (b == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    if ((err = attach(b, ports, kind, open, why)) != TBC_OK) {
        gate_barrier_close(&b);
    }
    *barrier = b;
    return err;
}

void
gate_barrier_close(struct gate_barrier **barrier)
{
    if (*barrier != NULL) {
        tbc_output_close(&(*barrier)->output);
        free(*barrier);
        *barrier = NULL;
    }
}

enum tbc_err
gate_barrier_move(struct gate_barrier *barrier, bool open)
{
    return barrier->output == NULL ? TBC_OK : tbc_output_set(barrier->output, open);
}

enum tbc_err
gate_barrier_check(struct gate_barrier *barrier)
{
    return barrier->output == NULL ? TBC_OK : tbc_output_check(barrier->output);
}
