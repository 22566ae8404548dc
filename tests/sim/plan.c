/* The day as it is planned: trains, passengers, what they do wrong, and what goes wrong around them. */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRAIN_EVERY_S 360
#define OPENS_S       1800
#define CLOSES_S      180
#define CIVIL_HOUR    INT64_C(3600)
#define QUIET_MS      (5 * INT64_C(60000)) /* at the end: no faults, nobody comes */
#define VISITS_MAX    4                    /* of one passenger */
#define INDICES       131072

/* A plan in the making. */
struct draft {
    struct sim *s;
    size_t trains_n;
    int64_t first_s; /* departure of the first train, of the day */
    size_t *heaps;   /* trains by how many want them, for drawing */
    size_t heaps_n;
};

static void *
room(size_t n, size_t size)
{
    void *p = calloc(n, size);

    if (p == NULL) {
        (void)fprintf(stderr, "sim: no memory\n");
        exit(3);
    }
    return p;
}

/* Four times as many in the rush hours. */
static size_t
weight_of(int64_t depart_s)
{
    const int64_t hour = depart_s / CIVIL_HOUR;

    return (hour >= 7 && hour < 10) || (hour >= 16 && hour < 20) ? 4 : 1;
}

static int64_t
departs_s(const struct draft *d, size_t train)
{
    return d->first_s + (int64_t)train * TRAIN_EVERY_S;
}

static void
draw_trains(struct draft *d)
{
    const struct sim_options *o = &d->s->options;
    const int64_t first = o->from_ms / 1000 + OPENS_S;
    const int64_t last = (o->to_ms - QUIET_MS) / 1000;

    d->first_s = first;
    d->trains_n = last > first ? (size_t)((last - first) / TRAIN_EVERY_S) : 1;
    d->heaps = room(4 * d->trains_n, sizeof *d->heaps);
    for (size_t i = 0; i < d->trains_n; i++) {
        for (size_t n = weight_of(departs_s(d, i)); n > 0; n--) {
            d->heaps[d->heaps_n++] = i;
        }
    }
}

static void
give_ticket(const struct draft *d, struct sim_passenger *p, size_t train)
{
    struct sim_ticket *t = &p->tickets[p->tickets_n++];

    (void)snprintf(t->train, sizeof t->train, "G%zu", 1000 + train);
    t->depart.s = SIM_DAY + departs_s(d, train);
}

/* A certificate of 24 hours, issued at that second of the day (below 0: yesterday). */
static size_t
give_certificate(struct sim *s, size_t passenger, int64_t issued_s)
{
    struct sim_certificate *c = &s->certificates[s->certificates_n];

    c->passenger = passenger;
    c->issued.s = SIM_DAY + issued_s;
    c->expires.s = c->issued.s + TBC_DAY_S;
    c->phone = chance_happens(&s->plan, 150)
                   ? 1 + (size_t)chance_between(&s->plan, 0, SIM_PHONES - 1)
                   : 0;
    c->idx = s->certificates_n * 40503 % INDICES; /* odd: each once */
    chance_fill(&s->plan, c->cti, sizeof c->cti);
    return s->certificates_n++;
}

/* Issued five to ninety minutes before, or yesterday evening. */
static size_t
give_recent(struct sim *s, size_t passenger, int64_t visit_s)
{
    return give_certificate(s, passenger,
                            chance_happens(&s->plan, 100)
                                ? -chance_between(&s->plan, 60, 3600)
                                : visit_s - chance_between(&s->plan, 300, 5400));
}

static size_t
comes(struct sim *s, int64_t at_ms, size_t certificate, size_t gate)
{
    const size_t visit = s->visits_n++;

    s->visits[visit] =
        (struct sim_visit){ .at_ms = at_ms, .certificate = certificate, .gate = gate };
    sim_push(s, (struct sim_event){ .at_ms = at_ms, .kind = SIM_PRESENT, .a = visit });
    return visit;
}

static void
revoke_at(struct sim *s, size_t certificate, int64_t at_ms)
{
    sim_push(s, (struct sim_event){ .at_ms = at_ms > s->options.from_ms
                                                 ? at_ms
                                                 : s->options.from_ms + 1,
                                    .kind = SIM_REVOKE,
                                    .a = certificate });
}

/* A picture of the code, one of a minute ago, one that was seen already. */
static void
tell_of_phone(struct sim *s, size_t c, int64_t at, size_t gate, int64_t roll)
{
    if (roll < 180) {
        s->visits[comes(s, at - 20000, c, gate)].paper = SIM_PAPER_BARE;
    } else if (roll < 220) {
        s->visits[comes(s, at - 20000, c, gate)].paper = SIM_PAPER_STALE;
    } else if (roll < 270) {
        s->visits[comes(s, at + chance_between(&s->plan, 2500, 9000), c, gate)].paper =
            SIM_PAPER_REPLAYED;
    } else {
        s->visits[comes(s, at + 3000, c, (gate + 1) % s->options.gates)].paper =
            SIM_PAPER_REPLAYED;
    }
}

/* The next of those who do something else than to come, show and go: one story each. */
static void
tell_story(struct sim *s, size_t c, int64_t at, size_t gate, int64_t roll)
{
    const size_t other = (gate + 1) % s->options.gates;

    if (roll < 40) { /* holds it up again, and once more later */
        comes(s, at + 700, c, gate);
        comes(s, at + chance_between(&s->plan, 5000, 60000), c, gate);
    } else if (roll < 65) { /* two pictures of it, at the same moment */
        comes(s, at + chance_between(&s->plan, 0, 4), c, other);
    } else if (roll < 90) { /* passes it on, to another gate */
        comes(s, at + chance_between(&s->plan, 0, 120000), c, other);
    } else if (roll < 110) {
        revoke_at(s, c, at - chance_between(&s->plan, 60000, 900000));
    } else if (roll < 120) {
        revoke_at(s, c, at + chance_between(&s->plan, -5000, 5000));
    } else if (roll < 130) { /* revoked after the entry */
        revoke_at(s, c, at + chance_between(&s->plan, 2000, 20000));
        comes(s, at + chance_between(&s->plan, 90000, 150000), c, other);
    } else if (roll < 135) {
        s->visits[comes(s, at + 3000, c, other)].paper = SIM_PAPER_FORGED;
    } else if (roll < 140) {
        s->visits[comes(s, at + 3000, c, other)].paper = SIM_PAPER_FOREIGN;
    } else if (roll < 300 && s->certificates[c].phone > 0) {
        tell_of_phone(s, c, at, gate, roll);
    }
}

static void
plan_passenger(struct draft *d, size_t n)
{
    struct sim *s = d->s;
    struct sim_passenger *p = &s->passengers[n];
    const size_t train = d->heaps[chance_between(&s->plan, 0, (int64_t)d->heaps_n - 1)];
    const size_t gate =
        (size_t)chance_between(&s->plan, 0, (int64_t)s->options.gates - 1);
    const int64_t depart_ms = 1000 * departs_s(d, train);
    const int64_t at = depart_ms - chance_between(&s->plan, 1000 * CLOSES_S + 5000,
                                                  1000 * OPENS_S - 5000);
    const int64_t roll = chance_between(&s->plan, 0, 999);

    chance_fill(&s->plan, p->holders, sizeof p->holders);
    if (roll < 20) { /* no ticket at all */
        comes(s, at, give_recent(s, n, at / 1000), gate);
        return;
    }
    give_ticket(d, p, train);
    if (roll < 50 && depart_ms - 1000 * OPENS_S - 70000 > s->options.from_ms) {
        const size_t c = give_recent(s, n, at / 1000 - 3600);

        comes(s, depart_ms - 1000 * OPENS_S - chance_between(&s->plan, 64000, 70000), c,
              gate); /* too early, and again in time */
        comes(s, at, c, gate);
    } else if (roll < 80) { /* too late */
        comes(s, depart_ms - 1000 * CLOSES_S + chance_between(&s->plan, 64000, 170000),
              give_recent(s, n, at / 1000), gate);
    } else if (roll < 100) { /* yesterday's has ended; renewed at the desk */
        comes(s, at - 60000,
              give_certificate(s, n,
                               at / 1000 - TBC_DAY_S - 64 -
                                   chance_between(&s->plan, 64, 3600)),
              gate);
        comes(s, at, give_certificate(s, n, at / 1000 - 20), gate);
    } else if (roll < 106) { /* has two that are good, perhaps of two days */
        const size_t c = give_recent(s, n, at / 1000);

        comes(s, at, c, gate);
        comes(s, at + chance_between(&s->plan, 3000, 90000),
              give_certificate(s, n, at / 1000 - 200),
              (gate + (size_t)chance_between(&s->plan, 0, 1)) % s->options.gates);
    } else if (roll < 116 && train + 20 < d->trains_n) { /* and back in the evening */
        const size_t c = give_recent(s, n, at / 1000);

        give_ticket(d, p, train + 20);
        comes(s, at, c, gate);
        comes(s, at + 20 * 1000 * TRAIN_EVERY_S, c, gate);
    } else {
        const size_t c = give_recent(s, n, at / 1000);

        comes(s, at, c, gate);
        tell_story(s, c, at, gate, chance_between(&s->plan, 0, 999));
    }
}

/* ---- faults */

static int64_t
moment(struct sim *s, unsigned from_permille, unsigned to_permille)
{
    const int64_t span = s->options.to_ms - QUIET_MS - s->options.from_ms;

    return s->options.from_ms +
           span * chance_between(&s->plan, from_permille, to_permille) / 1000;
}

static void
between(struct sim *s, struct sim_event event, int64_t from_ms, int64_t lasts_ms,
        int64_t back)
{
    const int64_t end = s->options.to_ms - QUIET_MS;

    event.at_ms = from_ms;
    sim_push(s, event);
    event.at_ms = from_ms + lasts_ms < end ? from_ms + lasts_ms : end;
    event.b = back;
    sim_push(s, event);
}

/* A gate loses its power, and the battery of its clock is empty. */
static void
plan_power_cut(struct sim *s, size_t gate, int64_t at, int64_t back_s, int64_t lasts_ms)
{
    sim_push(s, (struct sim_event){ .at_ms = at, .kind = SIM_KILL, .a = gate });
    between(s, (struct sim_event){ .kind = SIM_CLOCK, .a = gate, .b = back_s }, at + 1,
            lasts_ms, 0);
    sim_push(s, (struct sim_event){ .at_ms = at + 5000, .kind = SIM_START, .a = gate });
}

/* The first outage is long, and two gates begin anew in it. */
static void
plan_outages(struct sim *s)
{
    static const struct sim_event down = { .kind = SIM_STATION, .b = 0 };
    const int64_t span = s->options.to_ms - s->options.from_ms;
    const int64_t first = moment(s, 250, 330);
    const int64_t lasts = span / 8 < 20 * 60000 ? span / 8 : 20 * 60000;

    between(s, down, first, lasts, 1);
    plan_power_cut(s, 0, first + lasts / 4, -SIM_DAY, lasts);
    plan_power_cut(s, 1, first + lasts / 3, -7200, lasts / 3);
    between(s, down, moment(s, 600, 680), span / 20 < 180000 ? span / 20 : 180000, 1);
    between(s, down, moment(s, 800, 850), 2000, 1);
}

static void
plan_faults_of(struct sim *s, size_t gate)
{
    for (int i = 0; i < 3; i++) {
        between(s,
                (struct sim_event){
                    .kind = SIM_LINK,
                    .a = gate,
                    .b = chance_between(&s->plan, SIM_LINK_CUT, SIM_LINK_DEAF) },
                moment(s, 50, 950), chance_between(&s->plan, 1000, 600000),
                SIM_LINK_FINE);
    }
    for (int i = 0; i < 3; i++) {
        const int64_t at = moment(s, 50, 950);

        sim_push(s, (struct sim_event){ .at_ms = at, .kind = SIM_KILL, .a = gate });
        sim_push(s,
                 (struct sim_event){ .at_ms = at + chance_between(&s->plan, 200, 15000),
                                     .kind = SIM_START,
                                     .a = gate });
    }
    if (chance_happens(&s->plan, 700)) {
        static const int64_t offsets[] = { -7200, -SIM_DAY, 7200, 45, -45 };
        const size_t which = (size_t)chance_between(&s->plan, 0, 4);

        between(s,
                (struct sim_event){ .kind = SIM_CLOCK, .a = gate, .b = offsets[which] },
                moment(s, 100, 900), chance_between(&s->plan, 60000, 1800000), 0);
    }
}

/* Every second a beat; every hour the list. */
static void
plan_clockwork(struct sim *s)
{
    sim_push(s, (struct sim_event){ .at_ms = s->options.from_ms, .kind = SIM_BEAT });
    for (int64_t at = s->options.from_ms + 3600000; at < s->options.to_ms;
         at += 3600000) {
        sim_push(s, (struct sim_event){ .at_ms = at, .kind = SIM_RENEW_LISTS });
    }
}

void
sim_plan(struct sim *s)
{
    struct draft d = { .s = s };
    const size_t n = s->options.passengers;

    s->passengers = room(n, sizeof *s->passengers);
    s->certificates = room(2 * n, sizeof *s->certificates);
    s->visits = room(VISITS_MAX * n, sizeof *s->visits);
    draw_trains(&d);
    for (size_t i = 0; i < n; i++) {
        plan_passenger(&d, i);
    }
    plan_outages(s);
    for (size_t g = 0; g < s->options.gates; g++) {
        plan_faults_of(s, g);
    }
    plan_clockwork(s);
    free(d.heaps);
}
