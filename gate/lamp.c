#include "lamp.h"

#include "port/output.h"
#include "sys/log.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS 8
#define GREEN GATE_LIGHT_GREEN
#define RED   GATE_LIGHT_RED
#define AMBER GATE_LIGHT_AMBER

struct gate_lamp {
    struct tbc_ports *ports;
    struct tbc_port_spec spec;
    struct tbc_output *output; /* NULL: it does not obey */
    unsigned lights;           /* as they were told */
    bool is_told;
    struct tbc_mono tried; /* to reach it again */
};

/* clang-format off */
const struct gate_rhythm gate_rhythms[GATE_CUE_N] = {
    [GATE_CUE_IDLE]             = { 0,     0x00 },
    [GATE_CUE_BUSY]             = { 0,     0x00 }, /* too short for a relay */
    [GATE_CUE_ACCEPTED]         = { GREEN, 0xff }, /* steady */
    [GATE_CUE_ACCEPTED_OFFLINE] = { GREEN, 0x77 }, /* long, with a short gap */
    [GATE_CUE_REFUSED]          = { RED,   0x55 }, /* twice a second */
    [GATE_CUE_REFER]            = { AMBER, 0x05 }, /* a double flash */
    [GATE_CUE_WAIT]             = { AMBER, 0x01 }, /* a single flash */
    [GATE_CUE_CLOSED]           = { RED,   0x0f }, /* a second on, a second off */
    [GATE_CUE_FIRE]             = { GREEN, 0x33 }, /* once a second, as the display's frame */
};
/* clang-format on */

unsigned
gate_lamp_lights(enum gate_cue cue, int64_t since_ms)
{
    const struct gate_rhythm *r = &gate_rhythms[cue];
    unsigned slot = (unsigned)(since_ms / GATE_LAMP_SLOT_MS % SLOTS);

    return (r->slots >> slot & 1) != 0 ? r->lights : 0;
}

/* Dark, without waiting for it. */
static enum tbc_err
attach(struct gate_lamp *lamp, struct tbc_buf *why)
{
    enum tbc_err err = tbc_output_open(&lamp->output, lamp->ports, &lamp->spec, why);

    lamp->is_told = false;
    if (err == TBC_OK && (err = tbc_output_post(lamp->output, 0)) != TBC_OK) {
        tbc_output_close(&lamp->output);
    }
    return err;
}

enum tbc_err
gate_lamp_open(struct gate_lamp **lamp, struct tbc_ports *ports, const char *kind,
               struct tbc_buf *why)
{
    struct gate_lamp *l;
    enum tbc_err err;

    *lamp = NULL;
    if (strcmp(kind, "none") == 0) {
        return TBC_OK;
    }
    l = calloc(1, sizeof *l);
    if (l == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    l->ports = ports;
    if ((err = tbc_port_parse(&l->spec, kind, 3, why)) != TBC_OK ||
        (err = attach(l, why)) != TBC_OK) {
        free(l);
        return err;
    }
    *lamp = l;
    return TBC_OK;
}

void
gate_lamp_close(struct gate_lamp **lamp)
{
    struct gate_lamp *l = *lamp;

    if (l != NULL) {
        if (l->output != NULL && tbc_output_post(l->output, 0) != TBC_OK) {
            tbc_log(TBC_LOG_WARN, "%s: lamp stays as it is", l->spec.name);
        }
        tbc_output_close(&l->output);
        free(l);
        *lamp = NULL;
    }
}

static void
lose(struct gate_lamp *lamp, struct tbc_mono now)
{
    tbc_log(TBC_LOG_ERROR, "%s: lamp does not obey", lamp->spec.name);
    tbc_output_close(&lamp->output);
    lamp->tried = now;
}

static void
reach_again(struct gate_lamp *lamp, struct tbc_mono now)
{
    struct tbc_buf why = { 0 };

    if (now.ms - lamp->tried.ms < GATE_LAMP_AGAIN_MS) {
        return;
    }
    lamp->tried = now;
    if (attach(lamp, &why) == TBC_OK) {
        tbc_log(TBC_LOG_INFO, "%s: lamp is there again", lamp->spec.name);
    }
    tbc_buf_fini(&why); /* it was said when it went */
}

void
gate_lamp_show(struct gate_lamp *lamp, enum gate_cue cue, int64_t since_ms,
               struct tbc_mono now)
{
    unsigned lights = gate_lamp_lights(cue, since_ms);
    enum tbc_err err;

    if (lamp == NULL) {
        return;
    }
    if (lamp->output == NULL) {
        reach_again(lamp, now);
    }
    if (lamp->output == NULL) {
        return;
    }
    err = tbc_output_check(lamp->output);
    if (err == TBC_OK && lamp->is_told && lamp->lights == lights) {
        return;
    }
    if (err == TBC_OK || err == TBC_ERR_BUSY) {
        err = tbc_output_post(lamp->output, lights);
    }
    if (err != TBC_OK) {
        lose(lamp, now);
        return;
    }
    lamp->lights = lights;
    lamp->is_told = true;
}
