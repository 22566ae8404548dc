#include "invariants.h"

#include "rail/verdict.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ORDER_S  60
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
    return row->entry.act == TBC_ACT_ENTER && row->entry.train[0] != '\0' &&
           tbc_verdict_opens((enum tbc_verdict)row->entry.verdict);
}

/* In or out. */
static bool
lets_through(const struct invariants_row *row)
{
    return opens(row) || (row->entry.act == TBC_ACT_EXIT &&
                          tbc_verdict_opens((enum tbc_verdict)row->entry.verdict));
}

static bool
is_same_trip(const struct tbc_entry *a, const struct tbc_entry *b)
{
    return a->depart.s == b->depart.s && strcmp(a->train, b->train) == 0;
}

/* Of one person as the station knows them, or with one certificate as a gate does. */
static int
by_holder(const struct invariants_row *x, const struct invariants_row *y)
{
    static const uint8_t nobody[TBC_BLIND_LEN];
    const int order = memcmp(x->person, y->person, sizeof x->person);

    return order != 0 || memcmp(x->person, nobody, sizeof nobody) != 0
               ? order
               : memcmp(x->entry.cti, y->entry.cti, sizeof x->entry.cti);
}

/* By holder and trip. */
static int
by_trip(const void *a, const void *b)
{
    const struct invariants_row *x = a;
    const struct invariants_row *y = b;
    int order = by_holder(x, y);

    if (order == 0) {
        order = strcmp(x->entry.train, y->entry.train);
    }
    if (order == 0) {
        order = (x->entry.depart.s > y->entry.depart.s) -
                (x->entry.depart.s < y->entry.depart.s);
    }
    return order != 0 ? order : by_event(a, b);
}

/* An answer that came after the gate had opened by itself settles the entry: the station has then
 * what it was asked, the gate what it did. */
static bool
is_same_verdict(const struct invariants_row *gate, const struct invariants_row *station)
{
    return gate->entry.verdict == station->entry.verdict ||
           (!station->entry.told && opens(gate) && opens(station));
}

/* The station puts what it is asked behind what it knows of the same person. */
static bool
is_same_time(const struct invariants_row *gate, const struct invariants_row *station)
{
    const int64_t later = station->entry.at.s - gate->entry.at.s;

    return later >= 0 && later <= ORDER_S;
}

static void
compare(struct bench *b, const struct invariants_row *gate,
        const struct invariants_row *station)
{
    if (!is_same_verdict(gate, station) || gate->gate != station->gate ||
        !is_same_time(gate, station) || gate->entry.act != station->entry.act ||
        memcmp(gate->entry.cti, station->entry.cti, sizeof gate->entry.cti) != 0 ||
        !is_same_trip(&gate->entry, &station->entry)) {
        find(b, INVARIANT_CHANGED, gate);
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
            memcpy(f->journal[i].person, there->person, sizeof there->person);
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

/* Whoever is taken back was not there. */
static void
mark_annulled(struct invariants_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct invariants_row key = { 0 };
        struct invariants_row *of;

        if (rows[i].entry.act != TBC_ACT_ANNUL) {
            continue;
        }
        memcpy(key.entry.event, rows[i].entry.of, sizeof key.entry.event);
        of = bsearch(&key, rows, n, sizeof *rows, by_event);
        if (of != NULL) {
            of->annulled = true;
        }
    }
}

/* Rows of one holder from the first on; they are sorted. */
static size_t
count_holder(const struct invariants_row *rows, size_t n)
{
    size_t of = 1;

    while (of < n && by_holder(&rows[0], &rows[of]) == 0) {
        of++;
    }
    return of;
}

static size_t
count_exits(const struct invariants_row *rows, size_t n)
{
    size_t exits = 0;

    for (size_t i = 0; i < n; i++) {
        exits += rows[i].entry.act == TBC_ACT_EXIT && !rows[i].annulled ? 1 : 0;
    }
    return exits;
}

/* What stands for one trip of one holder in the station's book. */
struct story {
    size_t marked;
    size_t unmarked;
    const struct invariants_row *last;
};

/* Without a mark one comes in once, and once more for each time of leaving. */
static void
judge_story(struct bench *b, const struct story *story, size_t exits)
{
    if (story->unmarked > 1 + exits) {
        find(b, INVARIANT_UNMARKED, story->last);
    }
    if (story->unmarked == 0 && story->marked > 0) {
        find(b, INVARIANT_OVERMARKED, story->last);
    }
}

/* The station's rows of one holder. */
static void
judge_holder(struct bench *b, const struct invariants_row *rows, size_t n)
{
    const size_t exits = count_exits(rows, n);
    struct story story = { 0 };

    for (size_t i = 0; i < n; i++) {
        if (i > 0 && !is_same_trip(&rows[i].entry, &rows[i - 1].entry)) {
            judge_story(b, &story, exits);
            story = (struct story){ 0 };
        }
        if (rows[i].conflict && rows[i].entry.act == TBC_ACT_ENTER &&
            !opens(&rows[i])) {
            find(b, INVARIANT_OVERMARKED, &rows[i]);
        } else if (opens(&rows[i]) && !rows[i].annulled) {
            story.marked += rows[i].conflict ? 1 : 0;
            story.unmarked += rows[i].conflict ? 0 : 1;
            story.last = &rows[i];
        }
    }
    judge_story(b, &story, exits);
}

/* Sorted by trip. */
static void
judge_conflicts(struct bench *b)
{
    const struct invariants_facts *f = b->facts;
    size_t n;

    for (size_t i = 0; i < f->store_n; i += n) {
        n = count_holder(&f->store[i], f->store_n - i);
        judge_holder(b, &f->store[i], n);
    }
}

/* Whether the station has a conflict of that trip. */
static bool
is_disputed(const struct invariants_facts *f, const struct invariants_row *row)
{
    for (size_t i = 0; i < f->store_n; i++) {
        const struct invariants_row *other = &f->store[i];

        if (other->conflict && by_holder(other, row) == 0 &&
            is_same_trip(&other->entry, &row->entry)) {
            return true;
        }
    }
    return false;
}

/* Whether some gate was told of the conflict of that trip: the last to tell always is. */
static bool
is_heard(const struct invariants_facts *f, const struct invariants_row *row)
{
    for (size_t i = 0; i < f->journal_n; i++) {
        const struct invariants_row *other = &f->journal[i];

        if (other->conflict && by_holder(other, row) == 0 &&
            is_same_trip(&other->entry, &row->entry)) {
            return true;
        }
    }
    return false;
}

static void
judge_hearing(struct bench *b)
{
    const struct invariants_facts *f = b->facts;

    for (size_t i = 0; i < f->store_n; i++) {
        if (f->store[i].conflict && opens(&f->store[i]) && !is_heard(f, &f->store[i])) {
            find(b, INVARIANT_UNHEARD, &f->store[i]);
        }
    }
    for (size_t i = 0; i < f->journal_n; i++) {
        if (f->journal[i].conflict && opens(&f->journal[i]) &&
            !is_disputed(f, &f->journal[i])) {
            find(b, INVARIANT_UNHEARD, &f->journal[i]);
        }
    }
}

/* The journals' rows of one holder: for one trip a group lets in a certificate once, and once more
 * for each leaving.  (That two are of one person, gates need not know.) */
static void
judge_group(struct bench *b, const struct invariants_row *rows, size_t n)
{
    const struct invariants_facts *f = b->facts;
    const size_t exits = count_exits(rows, n);

    for (size_t i = 0; i < n; i++) {
        const unsigned group = f->gates[rows[i].gate].group;
        size_t before = 0;

        for (size_t j = 0; j < i; j++) {
            before += opens(&rows[j]) && !rows[j].annulled &&
                              f->gates[rows[j].gate].group == group &&
                              memcmp(rows[i].entry.cti, rows[j].entry.cti,
                                     TBC_CTI_LEN) == 0 &&
                              is_same_trip(&rows[i].entry, &rows[j].entry)
                          ? 1
                          : 0;
        }
        if (opens(&rows[i]) && !rows[i].annulled && before > exits) {
            find(b, INVARIANT_TWICE, &rows[i]);
        }
    }
}

/* Sorted by trip. */
static void
judge_groups(struct bench *b)
{
    const struct invariants_facts *f = b->facts;
    size_t n;

    for (size_t i = 0; i < f->journal_n; i += n) {
        n = count_holder(&f->journal[i], f->journal_n - i);
        judge_group(b, &f->journal[i], n);
    }
}

static int
by_cti(const void *a, const void *b)
{
    const struct invariants_certificate *x = a;
    const struct invariants_certificate *y = b;

    return memcmp(x->cti, y->cti, sizeof x->cti);
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

    if (f->certificates_n > 1) {
        qsort(f->certificates, f->certificates_n, sizeof *f->certificates, by_cti);
    }
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
        entries[f->journal[i].gate] += lets_through(&f->journal[i]) ? 1 : 0;
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
    mark_annulled(f->journal, f->journal_n);
    mark_annulled(f->store, f->store_n);
    sort(f->journal, f->journal_n, by_trip);
    sort(f->store, f->store_n, by_trip);
    judge_conflicts(&b);
    judge_groups(&b);
    judge_hearing(&b);
    if (!f->audited) {
        find(&b, INVARIANT_AUDIT, NULL);
    }
}
