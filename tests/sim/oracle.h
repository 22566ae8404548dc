/* What a passenger should be told, by a model that shares no line with the programs: tickets,
 * hours and who came in, each as a person would keep them in a notebook. */
#ifndef TBC_SIM_ORACLE_H
#define TBC_SIM_ORACLE_H

#include "sim.h"

struct oracle *oracle_new(const struct sim *s);
void oracle_free(struct oracle **o);

/* NULL when the answer to that visit is one that may be given, else what is wrong. */
const char *oracle_judge(struct sim *s, const struct sim_gate *g, size_t visit,
                         const struct oracle_answer *a);
/* The barrier has opened after that answer; NULL or what is wrong. */
const char *oracle_opens(struct sim *s, const struct sim_gate *g, size_t visit,
                         const struct oracle_answer *a);
/* Whoever stood there when the gate died may have been let in by the station. */
void oracle_orphan(struct sim *s, size_t visit);

#endif
