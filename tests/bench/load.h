/* Load on a real station from several devices at once: slots, each with one request on its way,
 * ask again as soon as they are answered, or in their time when a rate is given. */
#ifndef TBC_BENCH_LOAD_H
#define TBC_BENCH_LOAD_H

#include "stage.h"

#define LOAD_DEVICES_MAX 16
#define LOAD_SLOTS_MAX   4096

/* What one slot does.  ask fills the next request of unit n of the work, given the reply of the
 * step before (NULL at step 0); false ends the unit.  Exits the program on a refusal. */
typedef bool (*load_ask)(void *arg, size_t unit, unsigned step, const void *reply,
                         enum tbc_op *op, const void **msg);

struct load_plan {
    load_ask ask;
    void *arg;
    size_t first; /* units first..first + n - 1 of the work */
    size_t n;
    size_t slots;    /* on their way at one time, at most */
    double per_s;    /* 0: as fast as it goes */
    double *took_us; /* n, or NULL: of each unit's last request, from when it was due */
};

struct load; /* opaque */

/* Enrol and connect n devices of the role.  Exits on failure. */
struct load *load_open(struct stage *s, enum tbc_role role, size_t n);
void load_close(struct load **load);

/* Do the work of the plan: how many seconds it took.  Exits when nothing moves for 10 s. */
double load_run(struct load *load, const struct load_plan *plan);

#endif
