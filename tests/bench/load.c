#include "load.h"

#include "crypto/seal.h"
#include "measure.h"
#include "sys/clock.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STALL_US 10e6

struct slot {
    uint8_t id[TBC_WIRE_ID_LEN]; /* the first two bytes: its number */
    size_t unit;
    unsigned step;
    enum tbc_op op;
    double from_us;
    bool busy;
};

struct load {
    struct tbc_client *clients[LOAD_DEVICES_MAX];
    size_t clients_n;
    struct slot slots[LOAD_SLOTS_MAX];
    size_t free[LOAD_SLOTS_MAX];
    size_t free_n;
    uint8_t reply[sizeof(struct tbc_apply_reply) + sizeof(struct tbc_issue_reply) +
                  sizeof(struct tbc_verify_reply)];
};

static void
give_up(const char *what, const char *why)
{
    (void)fprintf(stderr, "bench: %s: %s\n", what, why);
    exit(3);
}

struct load *
load_open(struct stage *s, enum tbc_role role, size_t n)
{
    struct load *l = calloc(1, sizeof *l);

    if (l == NULL || n > LOAD_DEVICES_MAX) {
        give_up("load", "no memory");
    }
    for (size_t i = 0; l != NULL && i < n; i++) {
        char name[32];
        char file[48];

        (void)snprintf(name, sizeof name, "load-%d-%zu", (int)role, i);
        (void)snprintf(file, sizeof file, "%s.device", name);
        if (!stage_enrol(s, name, role) ||
            !stage_connect_as(&l->clients[i], stage_path(s, file), false)) {
            give_up(name, "could not be enrolled");
        }
        l->clients_n++;
    }
    return l;
}

void
load_close(struct load **load)
{
    for (size_t i = 0; i < (*load)->clients_n; i++) {
        tbc_client_close(&(*load)->clients[i]);
    }
    free(*load);
    *load = NULL;
}

/* Send the slot's next request; false when its unit has ended. */
static bool
go_on(struct load *l, const struct load_plan *plan, size_t n, const void *reply)
{
    struct slot *slot = &l->slots[n];
    const void *msg = NULL;
    uint64_t fresh[2];

    if (!plan->ask(plan->arg, slot->unit, slot->step, reply, &slot->op, &msg)) {
        return false;
    }
    if (tbc_random(fresh, sizeof fresh) != TBC_OK) {
        give_up("random", "none");
    }
    memcpy(slot->id, fresh, sizeof slot->id);
    slot->id[0] = (uint8_t)(n >> 8);
    slot->id[1] = (uint8_t)n;
    slot->from_us =
        slot->step > 0 || plan->per_s == 0 ? measure_now_us() : slot->from_us;
    if (tbc_client_send(l->clients[n % l->clients_n], slot->id, slot->op, msg) !=
        TBC_OK) {
        give_up(tbc_op_name(slot->op), "the client's queue is full");
    }
    slot->step++;
    return true;
}

static void
begin_unit(struct load *l, const struct load_plan *plan, size_t unit, double due_us)
{
    size_t n = l->free[--l->free_n];

    l->slots[n] = (struct slot){ .unit = unit, .from_us = due_us, .busy = true };
    if (!go_on(l, plan, n, NULL)) {
        give_up("load", "an empty unit");
    }
}

/* One answer: true when it ended a unit. */
static bool
take_reply(struct load *l, const struct load_plan *plan, const struct tbc_reply *reply)
{
    size_t n = (size_t)(reply->id[0] << 8 | reply->id[1]);
    struct slot *slot = n < LOAD_SLOTS_MAX ? &l->slots[n] : NULL;

    if (slot == NULL || !slot->busy ||
        memcmp(slot->id, reply->id, sizeof slot->id) != 0) {
        return false;
    }
    if (reply->code != TBC_CODE_FINE ||
        tbc_wire_read(tbc_wire_reply_shape(slot->op), reply->body, l->reply, NULL) !=
            TBC_OK) {
        give_up(tbc_op_name(slot->op), tbc_code_name(reply->code));
    }
    if (plan->took_us != NULL) {
        plan->took_us[slot->unit - plan->first] = measure_now_us() - slot->from_us;
    }
    if (go_on(l, plan, n, l->reply)) {
        return false;
    }
    slot->busy = false;
    l->free[l->free_n++] = n;
    return true;
}

static size_t
take_replies(struct load *l, const struct load_plan *plan)
{
    size_t ended = 0;

    for (size_t i = 0; i < l->clients_n; i++) {
        struct tbc_reply reply;

        while (tbc_client_recv(l->clients[i], &reply) == TBC_OK) {
            ended += take_reply(l, plan, &reply) ? 1 : 0;
        }
    }
    return ended;
}

/* Busy waiting would take the station's core. */
static void
wait_for_replies(struct load *l, double timeout_us)
{
    const long ns = timeout_us < 0 ? 0 : (long)(timeout_us * 1e3);
    const struct timespec timeout = { ns / 1000000000, ns % 1000000000 };

    struct pollfd fds[LOAD_DEVICES_MAX];

    for (size_t i = 0; i < l->clients_n; i++) {
        int feed;

        fds[i] = (struct pollfd){ .events = POLLIN };
        tbc_client_fds(l->clients[i], &fds[i].fd, &feed);
    }
    (void)ppoll(fds, (nfds_t)l->clients_n, &timeout, NULL);
}

double
load_run(struct load *l, const struct load_plan *plan)
{
    const double from = measure_now_us();
    const double gap_us = plan->per_s > 0 ? 1e6 / plan->per_s : 0;
    double moved = from;
    size_t begun = 0;
    size_t ended = 0;

    l->free_n = 0;
    while (l->free_n < plan->slots && l->free_n < LOAD_SLOTS_MAX) {
        l->free[l->free_n] = l->free_n;
        l->free_n++;
    }
    while (ended < plan->n) {
        size_t now_ended;

        while (begun < plan->n && l->free_n > 0 &&
               measure_now_us() - from >= gap_us * (double)begun) {
            begin_unit(l, plan, plan->first + begun, from + gap_us * (double)begun);
            begun++;
        }
        now_ended = take_replies(l, plan);
        ended += now_ended;
        moved = now_ended > 0 ? measure_now_us() : moved;
        if (measure_now_us() - moved > STALL_US) {
            give_up("load", "the station no longer answers");
        }
        if (now_ended == 0) {
            double due = from + gap_us * (double)begun - measure_now_us();

            wait_for_replies(l, gap_us > 0 && begun < plan->n && due < 5e3 ? due : 5e3);
        }
    }
    return (measure_now_us() - from) / 1e6;
}
