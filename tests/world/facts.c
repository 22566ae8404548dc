#include "facts.h"

#include "rail/verdict.h"

#include <stdio.h>

#define SKEW_S   61 /* a clock so far off is believed; a second for rounding */
#define REVOKE_S 5

bool
facts_read(struct invariants_facts *f, const struct stage *s,
           const struct gates_gate *gates, const unsigned *groups, size_t n)
{
    static char paths[INVARIANTS_GATES][STAGE_PATH + 64];
    struct tbc_buf why = { 0 };
    bool ok;

    *f = (struct invariants_facts){ .gates_n = n,
                                    .skew_s = SKEW_S,
                                    .revoked_s = REVOKE_S };
    for (size_t g = 0; g < n; g++) {
        (void)snprintf(paths[g], sizeof paths[g], "%s/%s/journal.db", s->data,
                       gates[g].name);
        (void)snprintf(f->gates[g].name, sizeof f->gates[g].name, "%s", gates[g].name);
        f->gates[g].journal = paths[g];
        f->gates[g].group = groups[g];
        f->gates[g].opened = gates[g].opened;
    }
    ok = invariants_read(f, s->data, &why);
    if (!ok) {
        (void)fprintf(stderr, "%s\n", tbc_buf_str(&why));
    }
    tbc_buf_fini(&why);
    f->audited = ok && stage_run((const char *const[]){ "tbc", "audit", "verify",
                                                        "--data", s->data, NULL }) == 0;
    return ok;
}

size_t
facts_judge(struct invariants_facts *f, struct invariants_report *report)
{
    struct tbc_buf why = { 0 };

    invariants_judge(f, report, &why);
    if (report->sum > 0) {
        (void)fprintf(stderr, "%zu findings\n%s", report->sum, tbc_buf_str(&why));
    }
    tbc_buf_fini(&why);
    invariants_fini(f);
    return report->sum;
}

size_t
facts_entries(const struct invariants_facts *f)
{
    size_t n = 0;

    for (size_t i = 0; i < f->store_n; i++) {
        const struct tbc_entry *e = &f->store[i].entry;

        n += e->act == TBC_ACT_ENTER && tbc_verdict_opens((enum tbc_verdict)e->verdict)
                 ? 1
                 : 0;
    }
    return n;
}
