/* What moves, and what is read beside the codes: barrier, fire alarm, passage sensor. */
#include "gate.h"
#include "sys/log.h"

#define FIRE_RETRY_MS 500

/* It is shut first, and the rest is opened on what it began. */
enum tbc_err
gate_wires_open(struct gate *g, struct tbc_buf *why)
{
    const char *alarm = g->options.fire_input;
    enum tbc_err err = tbc_ports_new(&g->ports);

    if (err == TBC_OK) {
        err = gate_barrier_open(&g->barrier, g->ports, g->options.barrier, false, why);
    }
    if (err == TBC_OK) {
        err = gate_fire_open(&g->alarm, g->ports, *alarm != '\0' ? alarm : NULL, why);
    }
    if (err == TBC_OK) {
        err = gate_passage_open(&g->passage, g->ports, g->options.passage, why);
    }
    return err;
}

void
gate_wires_close(struct gate *g)
{
    if (g->barrier != NULL && g->barrier_open && g->flow.state != GATE_FIRE) {
        gate_wires_move(g, false);
    }
    gate_passage_close(&g->passage);
    gate_fire_close(&g->alarm);
    gate_barrier_close(&g->barrier);
    tbc_ports_free(&g->ports);
}

static void
lose_barrier(struct gate *g)
{
    tbc_log(TBC_LOG_ERROR, "%s: barrier does not obey", g->options.barrier);
    gate_barrier_close(&g->barrier);
    g->barrier_open = false;
}

void
gate_wires_move(struct gate *g, bool open)
{
    if (g->barrier == NULL) {
        gate_follow(g, GATE_EV_FAULT);
        return;
    }
    if (gate_barrier_move(g->barrier, open) != TBC_OK) {
        lose_barrier(g);
        gate_follow(g, GATE_EV_FAULT);
        return;
    }
    if (g->barrier_open != open) {
        gate_say(g, "barrier %s", open ? "open" : "shut");
    }
    g->barrier_open = open;
}

/* In a fire it is not shut once more to find it. */
bool
gate_wires_mend(struct gate *g)
{
    bool open = g->flow.state == GATE_FIRE;
    struct tbc_buf why = { 0 };
    bool ok = g->barrier != NULL ||
              gate_barrier_open(&g->barrier, g->ports, g->options.barrier, open,
                                &why) == TBC_OK;

    tbc_buf_fini(&why); /* it was said when it broke */
    return ok;
}

void
gate_wires_record_fire(struct gate *g)
{
    const char *word = g->fire ? "on" : "off";
    enum tbc_err err = TBC_ERR_IO;

    gate_say(g, "fire %s", word);
    tbc_log(TBC_LOG_WARN, "fire alarm input is %s", word);
    if (g->box != NULL) {
        err = tbc_outbox_note(g->box, g->now,
                              g->fire ? "fire alarm on" : "fire alarm off");
    }
    if (err != TBC_OK) {
        gate_journal_failed(g, err);
    }
    if (!g->fire && g->scan != NULL) {
        tbc_scan_forget(
            g->scan); /* who held a code into the alarm hears about it now */
    }
}

static void
look_for_fire(struct gate *g, struct tbc_mono mono)
{
    switch (gate_fire_look(g->alarm, mono)) {
    case GATE_FIRE_SAME:
        break;
    case GATE_FIRE_ON:
        g->fire = true;
        gate_feed(g, GATE_EV_FIRE);
        break;
    case GATE_FIRE_OFF:
        g->fire = false;
        gate_feed(g, GATE_EV_FIRE_OVER);
        break;
    case GATE_FIRE_LOST:
        tbc_log(TBC_LOG_ERROR,
                "%s: fire alarm input cannot be read, it counts as %s as before",
                g->options.fire_input, g->fire ? "on" : "off");
        gate_say(g, "fire-input lost");
        break;
    case GATE_FIRE_BACK:
        tbc_log(TBC_LOG_INFO, "%s: fire alarm input can be read again",
                g->options.fire_input);
        gate_say(g, "fire-input back");
        break;
    }
}

static void
look_for_passage(struct gate *g, struct tbc_mono mono)
{
    g->flow.senses = gate_passage_is_well(g->passage) && !g->annuls.doubt;
    g->seen = gate_passage_poll(g->passage, mono);
    if (g->seen) {
        gate_feed(g, GATE_EV_PASSED);
        g->seen = false;
    }
}

/* A barrier that did not open at the alarm is tried until it does. */
static void
insist_on_fire(struct gate *g, struct tbc_mono mono)
{
    if (g->flow.state != GATE_FIRE || g->barrier_open ||
        mono.ms - g->fire_tried.ms < FIRE_RETRY_MS) {
        return;
    }
    g->fire_tried = mono;
    if (gate_wires_mend(g)) {
        gate_wires_move(g, true);
    }
}

void
gate_wires_tick(struct gate *g, struct tbc_mono mono)
{
    look_for_fire(g, mono);
    look_for_passage(g, mono);
    if (g->barrier != NULL && gate_barrier_check(g->barrier) != TBC_OK) {
        lose_barrier(g);
        gate_feed(g, GATE_EV_FAULT);
    }
    insist_on_fire(g, mono);
}
