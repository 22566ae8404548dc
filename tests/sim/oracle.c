#include "oracle.h"

#include <stdlib.h>
#include <string.h>

#define OPENS_S  1800 /* boarding begins so long before departure */
#define CLOSES_S 180  /* and ends */
#define PROOF_S  15   /* a proof is good so long, before and after */
#define SKEW_S   5    /* a certificate is good so long before its issue */
#define ASK_MS   120  /* a gate waits so long for its station */
#define NEAR_S   2    /* a second that turns while one stands there */
#define OFF_S \
    62 /* the same for a gate whose clock went wrong: it believes up to 60 s */
#define KNOWN     8   /* openings of one certificate */
#define MOMENT_MS 500 /* within which two gates decide about one passenger */

struct opening {
    size_t gate;
    size_t certificate;
    int64_t at_ms;
    bool told; /* the station let in: it knows */
    char train[TBC_TRAIN_MAX + 1];
};

struct page {
    struct opening openings[KNOWN];
    size_t n;
    bool orphan;
};

/* What a gate said to whom. */
struct answered {
    bool is_there;
    enum tbc_verdict verdict;
    size_t visit;
};

struct oracle {
    struct page *pages;             /* by passenger */
    int64_t sure_ms[SIM_GATES_MAX]; /* news of before have certainly come */
    struct answered last[SIM_GATES_MAX];
    struct answered passing[SIM_GATES_MAX]; /* the last who was let in */
};

struct oracle *
oracle_new(const struct sim *s)
{
    struct oracle *o = calloc(1, sizeof *o);

    if (o != NULL &&
        (o->pages = calloc(s->options.passengers, sizeof *o->pages)) == NULL) {
        free(o);
        return NULL;
    }
    return o;
}

void
oracle_free(struct oracle **o)
{
    if (*o != NULL) {
        free((*o)->pages);
        free(*o);
        *o = NULL;
    }
}

static struct page *
page_of(const struct sim *s, size_t certificate)
{
    return &s->oracle->pages[s->certificates[certificate].passenger];
}

void
oracle_orphan(struct sim *s, size_t visit)
{
    page_of(s, s->visits[visit].certificate)->orphan = true;
}

static bool
opens_verdict(enum tbc_verdict v)
{
    return v == TBC_ACCEPTED || v == TBC_ACCEPTED_OFFLINE;
}

/* By the clock on the wall, of a certificate that nobody has revoked or used: ACCEPTED when the way
 * is free. */
static enum tbc_verdict
by_the_clock(const struct sim_certificate *c, const struct sim_passenger *p, int64_t at)
{
    bool coming = false;

    if (at + SKEW_S < c->issued.s) {
        return TBC_NOT_YET_VALID;
    }
    if (at >= c->expires.s) {
        return TBC_EXPIRED;
    }
    if (p->tickets_n == 0) {
        return TBC_NO_TICKET;
    }
    for (size_t i = 0; i < p->tickets_n; i++) {
        const int64_t depart = p->tickets[i].depart.s;

        if (at >= depart - OPENS_S && at < depart - CLOSES_S) {
            return TBC_ACCEPTED;
        }
        coming = coming || at < depart - OPENS_S;
    }
    return coming ? TBC_TOO_EARLY : TBC_TOO_LATE;
}

/* How far this gate may be from the true time. */
static int64_t
slack_s(const struct sim_gate *g)
{
    return g->offset_s == 0 ? NEAR_S : OFF_S;
}

/* Whether the hours allow it, at some moment while the passenger stood there. */
static bool
hours_allow(const struct sim *s, const struct sim_gate *g, size_t certificate,
            enum tbc_verdict v)
{
    const struct sim_certificate *c = &s->certificates[certificate];
    const struct sim_passenger *p = &s->passengers[c->passenger];
    const int64_t now = sim_utc(s).s;
    const int64_t read = SIM_DAY + g->read_ms / 1000;

    return by_the_clock(c, p, now) == v || by_the_clock(c, p, read) == v ||
           by_the_clock(c, p, read - slack_s(g)) == v ||
           by_the_clock(c, p, now + slack_s(g)) == v;
}

/* News of the station reach a gate that is well connected within a minute. */
static void
note_news(struct sim *s, const struct sim_gate *g)
{
    const size_t i = (size_t)(g - s->gates);

    if (g->fine_since_ms >= 0 && s->now_ms - g->fine_since_ms >= SIM_SETTLE_MS) {
        s->oracle->sure_ms[i] = s->now_ms - SIM_SETTLE_MS;
    }
}

static const char *
judge_revocation(const struct sim *s, const struct sim_gate *g,
                 const struct sim_certificate *c, const struct oracle_answer *a)
{
    const int64_t revoked_ms = (c->revoked.s - SIM_DAY) * 1000;
    const bool is_revoked = c->revoked.s != 0;

    if (a->verdict == TBC_REVOKED) {
        return is_revoked ? NULL : "revoked by nobody";
    }
    if (!is_revoked || a->verdict < TBC_REVOKED) {
        return NULL;
    }
    if (revoked_ms < s->oracle->sure_ms[g - s->gates]) {
        return "a revocation is not known after a minute";
    }
    return a->verdict == TBC_ACCEPTED && revoked_ms + 1000 < g->read_ms
               ? "the station let in what it had revoked"
               : NULL;
}

/* Whether the station must know of that opening: it let in itself, or the gate has been well connected
 * for a minute since. */
static bool
station_knows(const struct sim *s, const struct opening *o)
{
    const struct sim_gate *g = &s->gates[o->gate];
    const int64_t since = g->fine_since_ms;

    return o->told || (since >= 0 && s->now_ms - (since > o->at_ms ? since : o->at_ms) >
                                         SIM_SETTLE_MS);
}

/* The gate says that it is alone, or has waited: is that so? */
static const char *
judge_loneliness(const struct sim *s, const struct sim_gate *g,
                 const struct oracle_answer *a)
{
    if (a->online) {
        return a->ms >= ASK_MS ? NULL : "let in alone without waiting";
    }
    return g->fine_since_ms >= 0 && s->now_ms - g->fine_since_ms > SIM_SETTLE_MS
               ? "alone a minute after the last fault"
               : NULL;
}

/* A gate knows people by the pseudonym of the day on which their certificate was issued. */
static bool
is_same_holder(const struct sim *s, size_t a, size_t b)
{
    return (s->certificates[a].issued.s >= SIM_DAY) ==
           (s->certificates[b].issued.s >= SIM_DAY);
}

/* The same passenger stands at another gate in this very moment: one of the two may be told that the
 * other has come in, before that one's barrier moves. */
static bool
is_elsewhere(const struct sim *s, const struct sim_gate *g, size_t certificate)
{
    for (size_t i = 0; i < s->options.gates; i++) {
        const struct sim_gate *other = &s->gates[i];

        if (other != g && other->has_visit && s->now_ms - other->read_ms < MOMENT_MS &&
            s->certificates[s->visits[other->visit].certificate].passenger ==
                s->certificates[certificate].passenger) {
            return true;
        }
    }
    return false;
}

static const char *
judge_entry(const struct sim *s, const struct sim_gate *g, size_t certificate,
            const struct oracle_answer *a)
{
    const struct page *page = page_of(s, certificate);
    bool here = false;
    bool known = false;
    bool any = false;
    bool other = false; /* with this certificate */

    for (size_t i = 0; i < page->n; i++) {
        const struct opening *o = &page->openings[i];

        if (strcmp(o->train, a->train) == 0) {
            any = true;
            other = other || o->certificate == certificate;
            here = here || (o->gate == (size_t)(g - s->gates) &&
                            is_same_holder(s, o->certificate, certificate));
            known = known || station_knows(s, o);
        }
    }
    if (a->verdict == TBC_ALREADY_ENTERED) {
        return any || page->orphan || is_elsewhere(s, g, certificate)
                   ? NULL
                   : "entered before: by nobody";
    }
    if (here) {
        return "let in twice by one gate";
    }
    if (other && a->verdict == TBC_ACCEPTED_OFFLINE &&
        a->peers == s->options.gates - 1) {
        return "let in twice with the word of all gates";
    }
    if (a->verdict == TBC_ACCEPTED) {
        return known ? "let in twice by the station" : NULL;
    }
    return judge_loneliness(s, g, a);
}

static const char *
judge_paper(const struct sim_visit *v, const struct oracle_answer *a)
{
    if (v->paper == SIM_PAPER_FOREIGN) {
        return a->verdict == TBC_NOT_A_CERTIFICATE ? NULL : "a payment code";
    }
    return a->verdict == TBC_BAD_SIGNATURE || a->verdict == TBC_MALFORMED ||
                   a->verdict == TBC_UNKNOWN_ISSUER
               ? NULL
               : "a forged certificate";
}

static bool
came_in_here(const struct sim *s, const struct sim_gate *g, size_t certificate)
{
    const struct page *page = page_of(s, certificate);

    for (size_t i = 0; i < page->n; i++) {
        if (page->openings[i].gate == (size_t)(g - s->gates) &&
            page->openings[i].certificate == certificate) {
            return true;
        }
    }
    return false;
}

/* Of a certificate on a phone that has not ended and is not revoked.  NULL when the proof is good as
 * well, and the answer says nothing of it; *wrong is what is wrong with the answer. */
static bool
judge_proof(const struct sim *s, const struct sim_gate *g, const struct sim_visit *v,
            const struct oracle_answer *a, const char **wrong)
{
    const int64_t age_s = (g->read_ms - g->proof_ms) / 1000;
    const int64_t slack = slack_s(g);
    enum tbc_verdict must = TBC_ACCEPTED;

    *wrong = NULL;
    if (s->certificates[v->certificate].phone == 0) {
        return a->verdict < TBC_PROOF_MISSING || a->verdict > TBC_PROOF_REPLAYED;
    }
    if (v->paper == SIM_PAPER_BARE) {
        must = TBC_PROOF_MISSING;
    } else if (a->verdict == TBC_PROOF_STALE && age_s + slack > PROOF_S) {
        return false;
    } else if (age_s > PROOF_S + slack) {
        must = TBC_PROOF_STALE;
    } else if (v->paper == SIM_PAPER_REPLAYED && came_in_here(s, g, v->certificate)) {
        must = TBC_PROOF_REPLAYED;
    }
    if (must == TBC_ACCEPTED) {
        return a->verdict < TBC_PROOF_MISSING || a->verdict > TBC_PROOF_REPLAYED;
    }
    *wrong = a->verdict == must ? NULL : "a proof that is no good";
    return false;
}

static const char *
judge_sound(const struct sim *s, const struct sim_gate *g, const struct sim_visit *v,
            const struct oracle_answer *a)
{
    const size_t certificate = v->certificate;
    const struct sim_certificate *c = &s->certificates[certificate];
    const char *wrong;

    if ((wrong = judge_revocation(s, g, c, a)) != NULL || a->verdict == TBC_REVOKED) {
        return wrong;
    }
    if (a->verdict > TBC_REVOKED && !judge_proof(s, g, v, a, &wrong)) {
        return wrong != NULL || (a->verdict >= TBC_PROOF_MISSING &&
                                 a->verdict <= TBC_PROOF_REPLAYED && c->phone > 0)
                   ? wrong
                   : "a proof that was good";
    }
    if (opens_verdict(a->verdict) || a->verdict == TBC_ALREADY_ENTERED) {
        return hours_allow(s, g, certificate, TBC_ACCEPTED)
                   ? judge_entry(s, g, certificate, a)
                   : "let in at the wrong hour";
    }
    return hours_allow(s, g, certificate, a->verdict) ? NULL
                                                      : "refused for a wrong reason";
}

static bool
repeats(const struct sim *s, const struct answered *of, const struct sim_visit *v,
        const struct oracle_answer *a)
{
    const struct sim_visit *last = &s->visits[of->visit];

    return of->is_there && of->verdict == a->verdict &&
           last->certificate == v->certificate && last->paper == v->paper;
}

/* The same again, and only to the same passenger: of the last answer, or, when somebody else was
 * answered while one passes, of that one's. */
static const char *
judge_again(struct sim *s, size_t gate, size_t visit, const struct oracle_answer *a)
{
    const struct oracle *o = s->oracle;
    const struct sim_visit *v = &s->visits[visit];

    return repeats(s, &o->last[gate], v, a) || repeats(s, &o->passing[gate], v, a)
               ? NULL
               : "another answer to the same code";
}

const char *
oracle_judge(struct sim *s, const struct sim_gate *g, size_t visit,
             const struct oracle_answer *a)
{
    const struct sim_visit *v = &s->visits[visit];
    const size_t gate = (size_t)(g - s->gates);

    note_news(s, g);
    if (a->again) {
        return judge_again(s, gate, visit, a);
    }
    s->oracle->last[gate] = (struct answered){ true, a->verdict, visit };
    if (opens_verdict(a->verdict)) {
        s->oracle->passing[gate] = s->oracle->last[gate];
    }
    if (a->verdict ==
        TBC_REFER_TO_OFFICER) { /* who does not know the time says no more */
        return g->offset_s < -60 && !g->heard ? NULL : "an officer for nothing";
    }
    return v->paper == SIM_PAPER_FORGED || v->paper == SIM_PAPER_FOREIGN
               ? judge_paper(v, a)
               : judge_sound(s, g, v, a);
}

const char *
oracle_opens(struct sim *s, const struct sim_gate *g, size_t visit,
             const struct oracle_answer *a)
{
    struct page *page = page_of(s, s->visits[visit].certificate);
    struct opening *o = &page->openings[page->n];

    if (!opens_verdict(a->verdict)) {
        return "opened after a refusal";
    }
    if (page->n == KNOWN) {
        return "let in all too often";
    }
    *o = (struct opening){ .gate = (size_t)(g - s->gates),
                           .certificate = s->visits[visit].certificate,
                           .at_ms = s->now_ms,
                           .told = a->verdict == TBC_ACCEPTED };
    memcpy(o->train, a->train, sizeof o->train);
    page->n++;
    return NULL;
}
