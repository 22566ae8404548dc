#include "fire.h"

#include "port/input.h"

#include <stdlib.h>
#include <string.h>

struct gate_fire {
    struct tbc_input *input;
    bool is_on;
    bool has_looked;
    struct tbc_mono looked;
    bool is_lost;
    struct tbc_mono told; /* that it is lost */
};

/* A path alone is a file, as it always was. */
static enum tbc_err
parse(struct tbc_port_spec *spec, const char *kind, struct tbc_buf *why)
{
    struct tbc_buf text = { 0 };
    enum tbc_err err;

    (void)tbc_buf_printf(&text, "%s%s", strchr(kind, ':') == NULL ? "file:" : "", kind);
    if ((err = tbc_buf_status(&text)) == TBC_OK && tbc_buf_str(&text) != NULL) {
        err = tbc_port_parse(spec, tbc_buf_str(&text), 1, why);
    }
    tbc_buf_fini(&text);
    return err;
}

enum tbc_err
gate_fire_open(struct gate_fire **fire, struct tbc_ports *ports, const char *kind,
               struct tbc_buf *why)
{
    struct tbc_port_spec spec = { 0 };
    struct gate_fire *f;
    enum tbc_err err;

    *fire = NULL;
    if (kind == NULL) {
        return TBC_OK;
    }
    if ((err = parse(&spec, kind, why)) != TBC_OK) {
        return err;
    }
    f = calloc(1, sizeof *f);
    if (f == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    if ((err = tbc_input_open(&f->input, ports, &spec, why)) != TBC_OK) {
        free(f);
        return err;
    }
    *fire = f;
    return TBC_OK;
}

void
gate_fire_close(struct gate_fire **fire)
{
    if (*fire != NULL) {
        tbc_input_close(&(*fire)->input);
        free(*fire);
        *fire = NULL;
    }
}

static enum gate_fire_news
lose(struct gate_fire *f, struct tbc_mono now)
{
    if (f->is_lost && now.ms - f->told.ms < GATE_FIRE_AGAIN_MS) {
        return GATE_FIRE_SAME;
    }
    f->is_lost = true;
    f->told = now;
    return GATE_FIRE_LOST;
}

enum gate_fire_news
gate_fire_look(struct gate_fire *fire, struct tbc_mono now)
{
    struct tbc_level level;
    bool was_lost;

    if (fire == NULL ||
        (fire->has_looked && now.ms - fire->looked.ms < GATE_FIRE_LOOK_MS)) {
        return GATE_FIRE_SAME;
    }
    fire->has_looked = true;
    fire->looked = now;
    if (tbc_input_look(fire->input, &level) != TBC_OK) {
        return lose(fire, now);
    }
    was_lost = fire->is_lost;
    fire->is_lost = false;
    if (level.is_on != fire->is_on) {
        fire->is_on = level.is_on;
        return level.is_on ? GATE_FIRE_ON : GATE_FIRE_OFF;
    }
    return was_lost ? GATE_FIRE_BACK : GATE_FIRE_SAME;
}

bool
gate_fire_is_lost(const struct gate_fire *fire)
{
    return fire != NULL && fire->is_lost;
}
