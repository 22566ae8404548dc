#include "ledger.h"

#include <stdlib.h>
#include <string.h>

uint32_t
ledger_add(struct ledger *l, const struct ledger_fact *fact)
{
    if (l->n == l->cap) {
        size_t cap = l->cap == 0 ? 256 : 2 * l->cap;
        struct ledger_fact *more = realloc(l->facts, cap * sizeof *more);

        if (more == NULL) {
            return LEDGER_NOBODY;
        }
        l->facts = more;
        l->cap = cap;
    }
    l->facts[l->n] = *fact;
    return (uint32_t)l->n++;
}

void
ledger_fini(struct ledger *l)
{
    free(l->facts);
    *l = (struct ledger){ 0 };
}

/* A look is answered with what is there at that time. */
bool
ledger_acknowledge(struct ledger *l, uint32_t fact,
                   const uint8_t reply[static LEDGER_DIGEST_LEN])
{
    struct ledger_fact *f = &l->facts[fact];
    const bool same = f->acked == 0 || f->kind == LEDGER_LOOK ||
                      memcmp(f->reply, reply, sizeof f->reply) == 0;

    if (f->acked++ == 0) {
        memcpy(f->reply, reply, sizeof f->reply);
    }
    return same;
}

const char *
ledger_fault_text(enum ledger_fault fault)
{
    static const char *const texts[] = {
#define X(name, text) text,
        LEDGER_FAULT_LIST(X)
#undef X
    };

    return texts[fault];
}

const char *
ledger_kind_name(enum ledger_kind kind)
{
    static const char *const names[LEDGER_KINDS] = { "import", "issue",   "revocation",
                                                     "entry",  "look-up", "device" };

    return names[kind];
}

/* What should have happened to one certificate, by its facts. */
struct expected {
    uint32_t found; /* in the world */
    unsigned revoke_asked;
    unsigned revoke_acked;
    unsigned look_asked;
    unsigned look_acked;
    unsigned entries; /* that stand there */
};

struct comparison {
    const struct ledger *ledger;
    const struct ledger_world *world;
    struct expected *expected; /* by fact; of the issues */
    uint32_t *issues;          /* by person: the fact of the issue */
    uint32_t people;
    ledger_report report;
    void *arg;
    size_t faults;
};

static void
complain(struct comparison *c, enum ledger_fault fault, enum ledger_kind kind,
         size_t number)
{
    c->faults++;
    if (c->report != NULL) {
        c->report(c->arg, fault, kind, number);
    }
}

/* Which fact each person's certificate is. */
static bool
index_issues(struct comparison *c)
{
    const struct ledger *l = c->ledger;

    for (size_t i = 0; i < l->n; i++) {
        if (l->facts[i].kind == LEDGER_ISSUE && l->facts[i].subject >= c->people) {
            c->people = l->facts[i].subject + 1;
        }
    }
    if ((c->issues = malloc((c->people + 1) * sizeof *c->issues)) == NULL) {
        return false;
    }
    memset(c->issues, 0xff, (c->people + 1) * sizeof *c->issues);
    for (size_t i = 0; i < l->n; i++) {
        if (l->facts[i].kind == LEDGER_ISSUE) {
            c->issues[l->facts[i].subject] = (uint32_t)i;
        }
    }
    return true;
}

static void
find_certificates(struct comparison *c)
{
    for (size_t i = 0; i < c->world->certificates_n; i++) {
        const struct ledger_certificate *found = &c->world->certificates[i];
        const uint32_t issue =
            found->person < c->people ? c->issues[found->person] : LEDGER_NOBODY;

        if (issue == LEDGER_NOBODY) {
            complain(c, LEDGER_STRANGE, LEDGER_ISSUE, i);
            continue;
        }
        if (c->expected[issue].found != LEDGER_NOBODY) {
            complain(c, LEDGER_TWICE, LEDGER_ISSUE, issue);
        }
        c->expected[issue].found = (uint32_t)i;
        for (size_t k = 0; k < i; k++) {
            if (c->world->certificates[k].idx == found->idx) {
                complain(c, LEDGER_INDEX, LEDGER_ISSUE, issue);
            }
        }
    }
}

static void
weigh_import(struct comparison *c, const struct ledger_fact *f, size_t number)
{
    const unsigned people = c->world->stands[number];

    if (people > LEDGER_PEOPLE) {
        complain(c, LEDGER_TWICE, f->kind, number);
    } else if (people == 0 && f->acked > 0) {
        complain(c, LEDGER_LOST, f->kind, number);
    } else if (people != 0 && people < LEDGER_PEOPLE) {
        complain(c, LEDGER_HALF, f->kind, number);
    }
}

static void
weigh_single(struct comparison *c, const struct ledger_fact *f, size_t number)
{
    if (c->world->stands[number] > 1) {
        complain(c, LEDGER_TWICE, f->kind, number);
    } else if (c->world->stands[number] == 0 && f->acked > 0) {
        complain(c, LEDGER_LOST, f->kind, number);
    }
    if (f->kind == LEDGER_ENTER) {
        c->expected[f->subject].entries += c->world->stands[number];
    }
}

/* First pass: each fact by itself, and what it means for its certificate. */
static void
weigh_fact(struct comparison *c, size_t number)
{
    const struct ledger_fact *f = &c->ledger->facts[number];

    switch (f->kind) {
    case LEDGER_IMPORT:
        weigh_import(c, f, number);
        return;
    case LEDGER_ISSUE:
        return;
    case LEDGER_REVOKE:
        c->expected[f->subject].revoke_asked += f->asked;
        c->expected[f->subject].revoke_acked += f->acked;
        return;
    case LEDGER_LOOK:
        c->expected[f->subject].look_asked += f->asked;
        c->expected[f->subject].look_acked += f->acked;
        return;
    case LEDGER_ENTER:
    case LEDGER_DEVICE:
        weigh_single(c, f, number);
        return;
    case LEDGER_KINDS:
        return;
    }
}

static void
weigh_revocation(struct comparison *c, const struct expected *e,
                 const struct ledger_certificate *found, size_t number)
{
    if (e->revoke_acked > 0 && !found->revoked) {
        complain(c, LEDGER_LOST, LEDGER_REVOKE, number);
    }
    if (e->revoke_asked == 0 && found->revoked) {
        complain(c, LEDGER_STRANGE, LEDGER_REVOKE, number);
    }
    if (found->leaves[LEDGER_REVOKE] != (found->revoked ? 1u : 0u)) {
        complain(c, LEDGER_LEAVES, LEDGER_REVOKE, number);
    }
}

/* Second pass: each certificate with all that happened to it. */
static void
weigh_certificate(struct comparison *c, size_t number)
{
    const struct ledger_fact *f = &c->ledger->facts[number];
    const struct expected *e = &c->expected[number];
    const struct ledger_certificate *found;

    if (f->kind != LEDGER_ISSUE) {
        return;
    }
    if (e->found == LEDGER_NOBODY) {
        if (f->acked > 0) {
            complain(c, LEDGER_LOST, LEDGER_ISSUE, number);
        }
        return;
    }
    found = &c->world->certificates[e->found];
    if (f->acked > 0 && memcmp(found->cti, f->name, sizeof f->name) != 0) {
        complain(c, LEDGER_LOST, LEDGER_ISSUE,
                 number); /* another stands in its place */
    }
    if (found->leaves[LEDGER_ISSUE] != 1) {
        complain(c, LEDGER_LEAVES, LEDGER_ISSUE, number);
    }
    weigh_revocation(c, e, found, number);
    if (found->leaves[LEDGER_LOOK] < e->look_acked) {
        complain(c, LEDGER_LOST, LEDGER_LOOK, number);
    }
    if (found->leaves[LEDGER_LOOK] > e->look_asked) {
        complain(c, LEDGER_STRANGE, LEDGER_LOOK, number);
    }
    if (found->leaves[LEDGER_ENTER] != e->entries) {
        complain(c, LEDGER_LEAVES, LEDGER_ENTER, number);
    }
}

size_t
ledger_compare(const struct ledger *l, const struct ledger_world *w,
               ledger_report report, void *arg)
{
    struct comparison c = { .ledger = l, .world = w, .report = report, .arg = arg };

    c.expected = calloc(l->n + 1, sizeof *c.expected);
    if (c.expected == NULL || !index_issues(&c)) {
        free(c.expected);
        return LEDGER_NOBODY;
    }
    for (size_t i = 0; i < l->n; i++) {
        c.expected[i].found = LEDGER_NOBODY;
    }
    find_certificates(&c);
    for (size_t i = 0; i < l->n; i++) {
        weigh_fact(&c, i);
    }
    for (size_t i = 0; i < l->n; i++) {
        weigh_certificate(&c, i);
    }
    free(c.issues);
    free(c.expected);
    return c.faults;
}
