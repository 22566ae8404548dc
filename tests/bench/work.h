/* The work of the benches, and what their main functions share. */
#ifndef TBC_BENCH_WORK_H
#define TBC_BENCH_WORK_H

#include "figures.h"
#include "load.h"

/* A few devices make the requests of a whole fleet: before the start. */
void work_lift_budget(const struct stage *s);
/* Make, start and connect a station that leaves out the face step; people enough for the work. */
void work_raise(struct stage *s, size_t people);

/* Stop it, remember its database for raw_insert_rate, start it again. */
void work_keep(struct stage *s);

/* load_ask: APPLY, then ISSUE of what it found, for passenger `unit`.  arg: NULL, or an array that
 * gets the cti of each. */
bool work_issue(void *arg, size_t unit, unsigned step, const void *reply,
                enum tbc_op *op, const void **msg);

/* Figures "done", what SQLite alone does with the rows that n of them left, and their ratio. */
void work_compare(struct figures *f, struct stage *s, size_t n, double rate,
                  const char *done, double target);

/* Seconds of processor time that the station has had. */
double work_station_cpu_s(const struct stage *s);
/* The same of its signer, the only child of a station without face models. */
double work_signer_cpu_s(const struct stage *s);
/* Bytes of memory that the station holds now. */
double work_station_memory(const struct stage *s);
void work_tell(struct figures *f, const char *name, double value, const char *unit);

/* main of a bench: options --json FILE and --n N (at least 1000), then run.  Returns the exit
 * code: 0 targets met, 1 missed, 2 wrong usage, 3 not measured. */
int work_main(int argc, char **argv, struct figures *f, size_t *n, void (*run)(void));

#endif
