#include "passage.h"

#include "port/input.h"
#include "sys/log.h"

#include <stdlib.h>
#include <string.h>

struct gate_passage {
    struct tbc_input *input;
    struct gate_beam beam;
    bool unreadable; /* said so */
};

bool
gate_beam_step(struct gate_beam *beam, bool is_on, bool has_risen, struct tbc_mono now)
{
    bool was_quiet =
        !beam->is_on && now.ms - beam->off_since.ms >= GATE_PASSAGE_QUIET_MS;
    bool is_person = beam->known && was_quiet && (is_on || has_risen);

    if (!is_on && (beam->is_on || has_risen || !beam->known)) {
        beam->off_since = now;
    }
    if (!beam->known) {
        beam->off_since.ms -= GATE_PASSAGE_QUIET_MS; /* it was quiet before we came */
    }
    beam->is_on = is_on;
    beam->known = true;
    return is_person;
}

enum tbc_err
gate_passage_open(struct gate_passage **passage, struct tbc_ports *ports,
                  const char *kind, struct tbc_buf *why)
{
    struct tbc_port_spec spec;
    struct gate_passage *p;
    enum tbc_err err;

    *passage = NULL;
    if (strcmp(kind, "none") == 0) {
        return TBC_OK;
    }
    if ((err = tbc_port_parse(&spec, kind, 1, why)) != TBC_OK) {
        return err;
    }
    p = calloc(1, sizeof *p);
    if (p == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    if ((err = tbc_input_open(&p->input, ports, &spec, why)) != TBC_OK) {
        free(p);
        return err;
    }
    *passage = p;
    return TBC_OK;
}

void
gate_passage_close(struct gate_passage **passage)
{
    if (*passage != NULL) {
        tbc_input_close(&(*passage)->input);
        free(*passage);
        *passage = NULL;
    }
}

bool
gate_passage_poll(struct gate_passage *passage, struct tbc_mono now)
{
    struct tbc_level level;
    bool well;

    if (passage == NULL) {
        return false;
    }
    well = tbc_input_look(passage->input, &level) == TBC_OK;
    if (passage->unreadable == well) {
        tbc_log(well ? TBC_LOG_INFO : TBC_LOG_ERROR, "passage sensor %s be read",
                well ? "can again" : "cannot");
        passage->unreadable = !well;
    }
    return well && gate_beam_step(&passage->beam, level.is_on, level.has_risen, now);
}

bool
gate_passage_is_well(const struct gate_passage *passage)
{
    return passage != NULL && !passage->unreadable;
}
