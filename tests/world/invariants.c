#include "invariants.h"

#include "rail/verdict.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SAID_MAX 20 /* lines; the counts go on */

static const struct {
    const char *name;
    const char *text;
} kinds[INVARIANTS_N] = {
#define X(name, text) { #name, text },
    INVARIANTS_LIST(X)
#undef X
};

/* The judge at work. */
struct bench {
    struct invariants_facts *facts;
    struct invariants_report *report;
    struct tbc_buf *why;
};

const char *
invariant_name(enum invariant kind)
{
    return (unsigned)kind < INVARIANTS_N ? kinds[kind].name : "?";
}

bool
invariants_add(struct invariants_row **rows, size_t *n,
               const struct invariants_row *row)
{
    if ((*n & (*n - 1)) == 0) { /* full at each power of two */
        void *more = realloc(*rows, (*n == 0 ? 1 : 2 * *n) * sizeof **rows);

        if (more == NULL) {
            return false;
        }
        *rows = more;
    }
    (*rows)[(*n)++] = *row;
    return true;
}

void
invariants_fini(struct invariants_facts *f)
{
    free(f->journal);
    free(f->store);
    free(f->certificates);
    *f = (struct invariants_facts){ 0 };
}

static void
find(struct bench *b, enum invariant kind, const struct invariants_row *row)
{
    b->report->found[kind]++;
    b->report->sum++;
    if (b->why == NULL || b->report->sum > SAID_MAX) {
        return;
    }
    tbc_buf_printf(b->why, "%s: %s", kinds[kind].name, kinds[kind].text);
    if (row != NULL) {
        const struct tbc_entry *e = &row->entry;

        tbc_buf_printf(b->why,
                       " (event %02x%02x%02x%02x certificate %02x%02x%02x%02x %s at "
                       "%" PRId64 ", %s, told %d, conflict %d)",
                       e->event[0], e->event[1], e->event[2], e->event[3], e->cti[0],
                       e->cti[1], e->cti[2], e->cti[3],
                       tbc_verdict_name((enum tbc_verdict)e->verdict), e->at.s,
                       row->gate < b->facts->gates_n ? b->facts->gates[row->gate].name
                                                     : "no gate",
                       e->told, row->conflict);
    }
    tbc_buf_printf(b->why, "\n");
}

static int
by_event(const void *a, const void *b)
{
    const struct invariants_row *x = a;
    const struct invariants_row *y = b;

    return memcmp(x->entry.event, y->entry.event, sizeof x->entry.event);
}

static bool
opens(const struct invariants_row *row)
{
    return row->entry.train[0] != '\0' &&
           tbc_verdict_opens((enum tbc_verdict)row->entry.verdict);
}

static bool
is_same_trip(const struct tbc_entry *a, const struct tbc_entry *b)
{
    return memcmp(a->cti, b->cti, sizeof a->cti) == 0 && a->depart.s == b->depart.s &&
           strcmp(a->train, b->train) == 0;
}

/* By certificate and trip, openings first, the unmarked first of those. */
static int
by_trip(const void *a, const void *b)
{
    const struct invariants_row *x = a;
    const struct invariants_row *y = b;
    int order = memcmp(x->entry.cti, y->entry.cti, sizeof x->entry.cti);

    if (order == 0) {
        order = strcmp(x->entry.train, y->entry.train);
    }
    if (order == 0) {
        order = (x->entry.depart.s > y->entry.depart.s) -
                (x->entry.depart.s < y->entry.depart.s);
    }
    if (order == 0) {
        order = (opens(y) ? 1 : 0) - (opens(x) ? 1 : 0);
    }
    return order != 0 ? order : (int)x->conflict - (int)y->conflict;
}

/* An answer that came after the gate had opened by itself settles the entry: the station has then
 * what it was asked, the gate what it did. */
static bool
is_same_verdict(const struct invariants_row *gate, const struct invariants_row *station)
{
    return gate->entry.verdict == station->entry.verdict ||
           (!station->entry.told && opens(gate) && opens(station));
}

static void
compare(struct bench *b, const struct invariants_row *gate,
        const struct invariants_row *station)
{
    if (!is_same_verdict(gate, station) || gate->gate != station->gate ||
        gate->entry.at.s != station->entry.at.s ||
        !is_same_trip(&gate->entry, &station->entry)) {
        find(b, INVARIANT_CHANGED, gate);
    }
    if (gate->settled && station->entry.told && gate->conflict != station->conflict) {
        find(b, INVARIANT_UNHEARD, gate);
    }
}

/* Both lists are sorted by event. */
static void
judge_union(struct bench *b)
{
    struct invariants_facts *f = b->facts;
    size_t unheard = 0;

    for (size_t i = 0; i < f->journal_n; i++) {
        const struct invariants_row *row = &f->journal[i];
        struct invariants_row *there =
            f->store_n == 0 ? NULL
                            : bsearch(row, f->store, f->store_n, sizeof *row, by_event);

        if (i > 0 && by_event(row, row - 1) == 0) {
            find(b, INVARIANT_REPEATED, row);
        }
        if (!row->settled) {
            find(b, INVARIANT_UNTOLD, row);
        }
        if (there == NULL) {
            find(b, INVARIANT_LOST, row);
        } else {
            there->matched = true;
            compare(b, row, there);
        }
    }
    for (size_t i = 0; i < f->store_n; i++) {
        struct invariants_row *row = &f->store[i];

        if (i + 1 < f->store_n && by_event(row, row + 1) == 0) {
            find(b, INVARIANT_REPEATED, row);
            row[1].matched = row->matched || row[1].matched;
        } else if (!row->matched &&
                   ((row->entry.told && opens(row)) || unheard++ >= f->unheard)) {
            find(b, INVARIANT_INVENTED, row);
        }
    }
}

/* The station's entries for one trip: the first is the entry, each further one a conflict.  Sorted by
 * trip. */
static void
judge_conflicts(struct bench *b)
{
    const struct invariants_facts *f = b->facts;

    for (size_t i = 0; i < f->store_n; i++) {
        const struct invariants_row *row = &f->store[i];
        bool is_first = i == 0 || !is_same_trip(&row->entry, &row[-1].entry);

        if (!opens(row)) {
            if (row->conflict) {
                find(b, INVARIANT_OVERMARKED, row);
            }
        } else if (is_first && row->conflict) {
            find(b, INVARIANT_OVERMARKED, row);
        } else if (!is_first && !row->conflict) {
            find(b, INVARIANT_UNMARKED, row);
        }
    }
}

/* Sorted by trip. */
static void
judge_groups(struct bench *b)
{
    const struct invariants_facts *f = b->facts;

    for (size_t i = 0; i < f->journal_n; i++) {
        const struct invariants_row *row = &f->journal[i];
        const unsigned group = f->gates[row->gate].group;

        for (size_t j = i; opens(row) && j-- > 0;) {
            const struct invariants_row *other = &f->journal[j];

            if (!is_same_trip(&row->entry, &other->entry)) {
                break;
            }
            if (opens(other) && f->gates[other->gate].group == group) {
                find(b, INVARIANT_TWICE, row);
                break;
            }
        }
    }
}

static const struct invariants_certificate *
certificate_of(const struct invariants_facts *f, const struct invariants_row *row)
{
    for (size_t i = 0; i < f->certificates_n; i++) {
        if (memcmp(f->certificates[i].cti, row->entry.cti, sizeof row->entry.cti) ==
            0) {
            return &f->certificates[i];
        }
    }
    return NULL;
}

/* In the order in which each gate wrote. */
static void
judge_times(struct bench *b)
{
    const struct invariants_facts *f = b->facts;

    for (size_t i = 0; i < f->journal_n; i++) {
        const struct invariants_row *row = &f->journal[i];
        const int64_t at = row->entry.at.s;
        bool follows = i > 0 && row->gate == row[-1].gate;

        if (at < f->from.s - f->skew_s || at > f->to.s + f->skew_s ||
            (follows && at < row[-1].entry.at.s - f->skew_s)) {
            find(b, INVARIANT_BACKWARDS, row);
        }
    }
}

static void
judge_revocations(struct bench *b)
{
    const struct invariants_facts *f = b->facts;

    for (size_t i = 0; i < f->journal_n; i++) {
        const struct invariants_row *row = &f->journal[i];
        const struct invariants_certificate *c =
            opens(row) ? certificate_of(f, row) : NULL;

        if (c != NULL && c->revoked.s != 0 &&
            row->entry.at.s > c->revoked.s + f->revoked_s) {
            find(b, INVARIANT_REVOKED, row);
        }
    }
}

static void
judge_barriers(struct bench *b)
{
    const struct invariants_facts *f = b->facts;
    size_t entries[INVARIANTS_GATES] = { 0 };

    for (size_t i = 0; i < f->journal_n; i++) {
        entries[f->journal[i].gate] += opens(&f->journal[i]) ? 1 : 0;
    }
    for (size_t g = 0; g < f->gates_n; g++) {
        if (f->gates[g].opened > entries[g]) {
            find(b, INVARIANT_UNWRITTEN, NULL);
        }
        if (f->gates[g].histories) {
            find(b, INVARIANT_HISTORIES, NULL);
        }
    }
}

static int
by_index(const void *a, const void *b)
{
    const struct invariants_certificate *x = a;
    const struct invariants_certificate *y = b;

    return (x->idx > y->idx) - (x->idx < y->idx);
}

static void
judge_indices(struct bench *b)
{
    struct invariants_facts *f = b->facts;

    if (f->certificates_n > 1) {
        qsort(f->certificates, f->certificates_n, sizeof *f->certificates, by_index);
    }
    for (size_t i = 1; i < f->certificates_n; i++) {
        if (by_index(&f->certificates[i - 1], &f->certificates[i]) == 0) {
            find(b, INVARIANT_INDEX, NULL);
        }
    }
}

static void
sort(struct invariants_row *rows, size_t n, int (*order)(const void *a, const void *b))
{
    if (n > 1) {
        qsort(rows, n, sizeof *rows, order);
    }
}

void
invariants_judge(struct invariants_facts *f, struct invariants_report *report,
                 struct tbc_buf *why)
{
    struct bench b = { .facts = f, .report = report, .why = why };

    *report = (struct invariants_report){ 0 };
    judge_times(&b); /* first: it wants the order of writing */
    judge_revocations(&b);
    judge_barriers(&b);
    judge_indices(&b);
    sort(f->journal, f->journal_n, by_event);
    sort(f->store, f->store_n, by_event);
    judge_union(&b);
    sort(f->journal, f->journal_n, by_trip);
    sort(f->store, f->store_n, by_trip);
    judge_conflicts(&b);
    judge_groups(&b);
    if (!f->audited) {
        find(&b, INVARIANT_AUDIT, NULL);
    }
}
