/* Clients of a station that ask all it can do, several at a time, and write down in a ledger what
 * they were told. */
#ifndef TBC_TESTS_LOAD_H
#define TBC_TESTS_LOAD_H

#include "ledger.h"
#include "stage.h"

#define LOAD_CLIENTS 4 /* two of the operator, two gates */
#define LOAD_WINDOW  4 /* requests that each has under way */
#define LOAD_DEVICES 180

struct load_flight {
    bool used;
    uint32_t fact;
};

struct load {
    struct stage *stage;
    struct ledger ledger;
    uint64_t seed;
    int64_t depart;  /* of everybody's train */
    uint32_t people; /* asked to be imported */
    uint32_t devices;
    uint32_t *doubtful; /* facts to ask again */
    size_t doubtful_n;
    size_t doubtful_cap;
    uint32_t *ready; /* people of acknowledged imports, without a certificate */
    size_t ready_n;
    size_t ready_cap;
    struct tbc_client *clients[LOAD_CLIENTS];
    struct load_flight flights[LOAD_CLIENTS][LOAD_WINDOW];
    /* nothing may be acknowledged that was first asked after it; 0: no such time */
    int64_t deaf_ms;
    bool tolerant; /* TROUBLE is an answer: the disk is bad */
    unsigned acked;
    unsigned retried; /* acknowledged before, asked again, the same bytes */
    unsigned busy;
    unsigned faults;
    char said[4096]; /* what the station said last, piece by piece */
};

uint64_t load_random(struct load *l, uint64_t below);

/* The devices, once; the station answers. */
bool load_enrol(struct load *l);
/* Connect to wherever the station is now. */
bool load_connect(struct load *l);
/* Ask and take answers until the station has died or the time is over. */
void load_run(struct load *l, int ms);
/* Take the answers that are on their way, and leave; what is unanswered is in doubt. */
void load_leave(struct load *l);
void load_fini(struct load *l);

/* Whether a program has ended; it is not reaped. */
bool load_has_ended(const struct tbc_process *p);

#endif
