/* What gates say of themselves: HEALTH, the last word of each, in this process alone; GATES asks for
 * it.  A station that starts anew has heard of all of them after ten seconds. */
#include "station.h"

#include <string.h>

/* The slot of a key; else a free one, else that of the gate that was silent the longest. */
static struct station_gate *
slot_of(struct station *st, const uint8_t key[static 32])
{
    struct station_gate *oldest = &st->gates[0];

    for (size_t i = 0; i < st->gates_n; i++) {
        if (memcmp(st->gates[i].key, key, sizeof st->gates[i].key) == 0) {
            return &st->gates[i];
        }
        if (st->gates[i].at.s < oldest->at.s) {
            oldest = &st->gates[i];
        }
    }
    return st->gates_n < STATION_FLEET_MAX ? &st->gates[st->gates_n++] : oldest;
}

enum tbc_code
station_on_health(struct station *st, struct station_call *call)
{
    struct station_gate *g = slot_of(st, call->device->key);

    memcpy(g->key, call->device->key, sizeof g->key);
    g->at = call->now;
    g->said = st->in.health;
    return TBC_CODE_FINE;
}

static const struct station_gate *
find(const struct station *st, const uint8_t key[static 32])
{
    for (size_t i = 0; i < st->gates_n; i++) {
        if (memcmp(st->gates[i].key, key, sizeof st->gates[i].key) == 0) {
            return &st->gates[i];
        }
    }
    return NULL;
}

size_t
station_gates_list(const struct station *st, const char *name,
                   struct tbc_gate_row rows[static STATION_FLEET_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < st->fleet_n; i++) {
        const struct tbc_store_device *d = &st->fleet[i];
        const struct station_gate *g;

        if (d->row.role != TBC_ROLE_GATE || d->row.revoked.s != 0 ||
            (*name != '\0' && strcmp(name, d->row.name) != 0)) {
            continue;
        }
        rows[n] = (struct tbc_gate_row){ 0 };
        memcpy(rows[n].name, d->row.name, sizeof rows[n].name);
        if ((g = find(st, d->key)) != NULL) {
            rows[n].at = g->at;
            rows[n].health = g->said;
        }
        n++;
    }
    return n;
}

enum tbc_code
station_on_gates(struct station *st, struct station_call *call)
{
    struct tbc_gates_reply *out = &st->reply.gates;

    out->now = call->now;
    out->rows_n = station_gates_list(st, st->in.gates.name, out->rows);
    return out->rows_n == 0 && st->in.gates.name[0] != '\0'
               ? station_refuse(call, TBC_CODE_NOT_FOUND, "gate")
               : TBC_CODE_FINE;
}
