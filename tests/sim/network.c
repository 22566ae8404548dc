/* The network: messages take their time, keep their order, wait in a socket while its peer is away,
 * or are lost with it. */
#include "sim.h"

#include <stdlib.h>

void
sim_message_free(struct sim_message **m)
{
    if (*m != NULL) {
        tbc_buf_fini(&(*m)->bytes);
        free(*m);
        *m = NULL;
    }
}

bool
sim_queue_put(struct sim_queue *q, struct sim_message *m)
{
    if (q->n == SIM_QUEUE_MAX) {
        return false;
    }
    q->items[(q->first + q->n++) % SIM_QUEUE_MAX] = m;
    return true;
}

struct sim_message *
sim_queue_take(struct sim_queue *q)
{
    struct sim_message *m;

    if (q->n == 0) {
        return NULL;
    }
    m = q->items[q->first];
    q->first = (q->first + 1) % SIM_QUEUE_MAX;
    q->n--;
    return m;
}

void
sim_queue_fini(struct sim_queue *q)
{
    struct sim_message *m;

    while ((m = sim_queue_take(q)) != NULL) {
        sim_message_free(&m);
    }
    *q = (struct sim_queue){ 0 };
}

/* Mostly a few milliseconds; now and then longer than a gate waits. */
static int64_t
delay_ms(struct sim *s)
{
    if (chance_happens(&s->network, 4)) {
        return chance_between(&s->network, 60, 900);
    }
    return chance_between(&s->network, 1, 9);
}

static bool
passes(const struct sim *s, const struct sim_gate *g, bool to_station)
{
    return s->station_up && g->link != SIM_LINK_CUT &&
           g->link != (to_station ? SIM_LINK_MUTE : SIM_LINK_DEAF);
}

/* Takes the message over. */
void
sim_send(struct sim *s, struct sim_message *m)
{
    struct sim_gate *g = &s->gates[m->gate];
    int64_t *last = m->to_station ? &g->last_to_station_ms : &g->last_to_gate_ms;
    int64_t at = s->now_ms + delay_ms(s);

    at = at > *last ? at : *last; /* one stream, in order */
    *last = at;
    sim_push(s, (struct sim_event){ .at_ms = at, .kind = SIM_MESSAGE, .message = m });
}

bool
sim_peers_hear(const struct sim *s, size_t from, size_t to)
{
    const struct sim_gate *a = &s->gates[from];
    const struct sim_gate *b = &s->gates[to];

    return b->gate != NULL && a->link != SIM_LINK_CUT && a->link != SIM_LINK_MUTE &&
           b->link != SIM_LINK_CUT && b->link != SIM_LINK_DEAF;
}

void
sim_talk(struct sim *s, struct sim_message *m)
{
    int64_t *last = &s->gates[m->from].last_to_peer_ms[m->gate];
    int64_t at = s->now_ms + (chance_happens(&s->network, 3)
                                  ? chance_between(&s->network, 30, 300)
                                  : chance_between(&s->network, 1, 4));

    at = at > *last ? at : *last;
    *last = at;
    sim_push(s, (struct sim_event){ .at_ms = at, .kind = SIM_MESSAGE, .message = m });
}

static void
deliver_talk(struct sim *s, struct sim_message *m)
{
    struct sim_gate *g = &s->gates[m->gate];

    if (m->life != g->life || !sim_peers_hear(s, m->from, m->gate) ||
        !sim_queue_put(&g->talk, m)) {
        sim_message_free(&m);
        return;
    }
    sim_gate_wake(s, g);
}

/* At the time of its arrival; takes it over. */
void
sim_deliver(struct sim *s, struct sim_message *m)
{
    struct sim_gate *g = &s->gates[m->gate];
    bool is_late = m->life != (m->to_station ? g->life : s->station_life);

    if (m->is_talk) {
        deliver_talk(s, m);
        return;
    }
    /* what a process had in its own sockets dies with it; requests wait in the gate's */
    if (is_late || (!m->to_station && g->gate == NULL)) {
        sim_message_free(&m);
        return;
    }
    if (!passes(s, g, m->to_station)) {
        if (m->to_station && chance_happens(&s->network, 700)) {
            m->life = g->life; /* still in its socket: tried again */
            sim_push(s, (struct sim_event){ .at_ms = s->now_ms + 500,
                                            .kind = SIM_MESSAGE,
                                            .message = m });
            return;
        }
        sim_message_free(&m);
        return;
    }
    if (m->to_station) {
        station_model_request(s, m);
        sim_message_free(&m);
        return;
    }
    /* a feed may drop a notice, a full socket anything; three beats lost would be an outage */
    if ((m->is_notice && !m->is_beat && chance_happens(&s->network, 20)) ||
        !sim_queue_put(m->is_notice ? &g->notices : &g->replies, m)) {
        sim_message_free(&m);
    }
    sim_gate_wake(s, g);
}

void
sim_connection(struct sim *s, struct sim_gate *g)
{
    const bool fine = s->station_up && g->gate != NULL && g->link == SIM_LINK_FINE;
    const bool silent = !passes(s, g, false);

    if (!silent) {
        g->silent_since_ms = -1;
    } else if (g->silent_since_ms < 0) {
        g->silent_since_ms = s->now_ms;
    }
    if (!fine) {
        g->fine_since_ms = -1;
    } else if (g->fine_since_ms < 0) {
        g->fine_since_ms = s->now_ms;
    }
}
