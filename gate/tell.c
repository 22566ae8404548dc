/* What passengers are told: by display, lamp and sound, each from the same view. */
#include "gate.h"
#include "sys/log.h"

#include <string.h>

enum tbc_err
gate_tell_open(struct gate *g, struct tbc_buf *why)
{
    const struct gate_options *o = &g->options;
    enum tbc_err err = gate_window_open(&g->window, o, why);

    if (err == TBC_OK) {
        err = gate_lamp_open(&g->lamp, g->ports, o->lamp, why);
    }
    if (err == TBC_OK) {
        err = gate_sound_open(&g->sound, o->sound, (int)o->volume, o->assets, why);
    }
    return err;
}

void
gate_tell_close(struct gate *g)
{
    gate_window_close(&g->window);
    gate_lamp_close(&g->lamp);
    gate_sound_close(&g->sound);
}

static enum gate_face
face_of(const struct gate *g)
{
    switch (g->flow.state) {
    case GATE_LOOKING:
        return GATE_FACE_LOOK;
    case GATE_ASKING:
    case GATE_WRITING:
    case GATE_HELD:
        return GATE_FACE_BUSY;
    case GATE_OPEN:
    case GATE_OPEN_REFUSED:
    case GATE_REFUSED:
        return GATE_FACE_VERDICT;
    case GATE_BROKEN:
        return GATE_FACE_OUT_OF_ORDER;
    case GATE_FIRE:
        return GATE_FACE_FIRE_ALARM;
    case GATE_IDLE:
    case GATE_CLOSING:
    case GATE_STATE_N:
        break;
    }
    return g->clock == GATE_CLOCK_RIGHT ? GATE_FACE_IDLE : GATE_FACE_CLOCK_WRONG;
}

/* A station that has not said where its desk is still has one. */
static const char *
or_else(const char *text, const char *otherwise)
{
    return *text != '\0' ? text : otherwise;
}

void
gate_tell(struct gate *g, struct tbc_mono mono)
{
    const struct gate_visit *v = g->flow.state == GATE_OPEN ? &g->passing : &g->visit;
    struct gate_view view = {
        .face = face_of(g),
        .verdict = v->decision.verdict,
        .offline = g->link.mode == GATE_OFFLINE,
        .now = g->now,
        .time = v->decision.time,
        .trip = v->found.has_ticket ? &v->trip : NULL,
        .desk_zh = or_else(g->about.desk_zh, "人工通道"),
        .desk_en = or_else(g->about.desk_en, "the staffed gate"),
        .station_zh = g->about.station_zh,
        .station_en = g->about.station_en,
        .passed_n = g->passed_n,
        .motion_ms = mono.ms - g->flow.since.ms,
    };
    bool answers = view.face == GATE_FACE_VERDICT;
    enum gate_cue cue;
    enum tbc_err err;

    if (answers && g->clock == GATE_CLOCK_LOST) {
        view.face = GATE_FACE_CLOCK_WRONG; /* not the passenger's fault */
    }
    memcpy(view.language, v->language, sizeof view.language);
    cue = gate_cue_of(view.face, view.verdict, answers);
    gate_lamp_show(g->lamp, cue, view.motion_ms, mono);
    gate_sound_tell(g->sound, cue, v->begun, view.motion_ms);
    err = gate_window_show(g->window, &view, v->begun);
    if (err != TBC_OK) {
        tbc_log(TBC_LOG_ERROR, "display: %s", tbc_err_text(err));
        gate_window_close(&g->window); /* the barrier goes on without it */
    }
}
