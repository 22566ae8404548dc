/* The facts of a stage whose programs have ended, for invariants_judge. */
#ifndef TBC_WORLD_FACTS_H
#define TBC_WORLD_FACTS_H

#include "gates.h"
#include "invariants.h"

/* Read the journals of these gates and the station's store; says what is wrong.  groups: as in
 * struct invariants_gate.  The terms but the gates' are the caller's to set afterwards; audited is
 * what tbc audit verify says. */
bool facts_read(struct invariants_facts *f, const struct stage *s,
                const struct gates_gate *gates, const unsigned *groups, size_t n);
/* Judge, tell the findings on standard error, release: how many there are. */
size_t facts_judge(struct invariants_facts *f, struct invariants_report *report);
/* How many of the station's entries let somebody in. */
size_t facts_entries(const struct invariants_facts *f);

#endif
