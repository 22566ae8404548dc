/* The gates' talk among themselves, in place of common/net/group.c: who is connected with whom is the
 * simulated network's to say. */
#include "net/client.h"
#include "net/group.h"
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FREE SIM_GATES_MAX

struct tbc_group {
    struct sim_gate *gate;
    size_t gates[TBC_GROUP_MAX]; /* by slot; FREE */
    char address[64];
    struct sim_message *given; /* what the caller borrows from */
};

enum tbc_err __wrap_tbc_group_open(struct tbc_group **group,
                                   const struct tbc_group_options *options);
void __wrap_tbc_group_close(struct tbc_group **group);
const char *__wrap_tbc_group_address(const struct tbc_group *group);
enum tbc_err __wrap_tbc_group_put(struct tbc_group *group, size_t slot,
                                  const uint8_t *key, const char *address);
void __wrap_tbc_group_drop(struct tbc_group *group, size_t slot);
enum tbc_err __wrap_tbc_group_recv(struct tbc_group *group, struct tbc_group_from *from,
                                   struct tbc_span *bytes);
enum tbc_err
__wrap_tbc_group_send(struct tbc_group *group, size_t slot, struct tbc_span bytes);
enum tbc_err
__wrap_tbc_group_answer(struct tbc_group *group, const struct tbc_group_from *from,
                        struct tbc_span bytes);
int __wrap_tbc_group_fd(const struct tbc_group *group);
uint64_t __wrap_tbc_group_refused(const struct tbc_group *group);

enum tbc_err
__wrap_tbc_group_open(struct tbc_group **group, const struct tbc_group_options *options)
{
    struct tbc_group *g = calloc(1, sizeof *g);

    *group = g;
    if (g == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    g->gate = sim_running->current;
    (void)snprintf(g->address, sizeof g->address, "%s", options->address);
    for (size_t i = 0; i < TBC_GROUP_MAX; i++) {
        g->gates[i] = FREE;
    }
    return TBC_OK;
}

void
__wrap_tbc_group_close(struct tbc_group **group)
{
    if (*group != NULL) {
        sim_message_free(&(*group)->given);
        sim_queue_fini(&(*group)->gate->talk);
        free(*group);
        *group = NULL;
    }
}

const char *
__wrap_tbc_group_address(const struct tbc_group *group)
{
    return group->address;
}

/* Whose key that is: the gates differ in the last letter of their names and of their keys. */
static size_t
gate_of(const uint8_t *key)
{
    for (size_t i = 0; i < sim_running->options.gates; i++) {
        uint8_t own[32];

        sim_key(i, own);
        if (memcmp(own, key, sizeof own) == 0) {
            return i;
        }
    }
    return FREE;
}

enum tbc_err
__wrap_tbc_group_put(struct tbc_group *group, size_t slot, const uint8_t *key,
                     const char *address)
{
    (void)address;
    group->gates[slot] = gate_of(key);
    return TBC_OK;
}

void
__wrap_tbc_group_drop(struct tbc_group *group, size_t slot)
{
    group->gates[slot] = FREE;
}

enum tbc_err
__wrap_tbc_group_recv(struct tbc_group *group, struct tbc_group_from *from,
                      struct tbc_span *bytes)
{
    *from = (struct tbc_group_from){ .called = true };
    for (;;) {
        sim_message_free(&group->given);
        group->given = sim_queue_take(&group->gate->talk);
        if (group->given == NULL) {
            return TBC_ERR_BUSY;
        }
        for (from->slot = 0; from->slot < TBC_GROUP_MAX; from->slot++) {
            if (group->gates[from->slot] == group->given->from) {
                *bytes = tbc_buf_span(&group->given->bytes);
                return TBC_OK;
            }
        }
    }
}

enum tbc_err
__wrap_tbc_group_send(struct tbc_group *group, size_t slot, struct tbc_span bytes)
{
    struct sim *s = sim_running;
    const size_t from = (size_t)(group->gate - s->gates);
    const size_t to = group->gates[slot];
    struct sim_message *m;

    if (to == FREE || !sim_peers_hear(s, from, to)) {
        return TBC_ERR_BUSY; /* not connected */
    }
    if ((m = calloc(1, sizeof *m)) == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    m->gate = to;
    m->from = from;
    m->is_talk = true;
    m->life = s->gates[to].life;
    if (tbc_buf_append_span(&m->bytes, bytes) != TBC_OK) {
        sim_message_free(&m);
        return TBC_ERR_NO_MEMORY;
    }
    sim_talk(s, m);
    return TBC_OK;
}

enum tbc_err
__wrap_tbc_group_answer(struct tbc_group *group, const struct tbc_group_from *from,
                        struct tbc_span bytes)
{
    return __wrap_tbc_group_send(group, from->slot, bytes);
}

int
__wrap_tbc_group_fd(const struct tbc_group *group)
{
    (void)group;
    return -1;
}

uint64_t
__wrap_tbc_group_refused(const struct tbc_group *group)
{
    (void)group;
    return 0;
}
