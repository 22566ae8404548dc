/* The identity authority of authority_fake.py as a process, with a CA of its own. */
#ifndef TBC_TESTS_AUTHORITY_H
#define TBC_TESTS_AUTHORITY_H

#include "process.h"

struct authority {
    char folder[256];
    char url[64];
    char ca[320];    /* the one that signed its certificate */
    char other[320]; /* another */
    char port[8];
    unsigned asked; /* requests that it has told of */
    struct tbc_process process;
};

/* port NULL: one that is free; else the one it had before. */
bool authority_start(struct authority *a, const char *port);
/* Count the requests that have reached it. */
unsigned authority_asked(struct authority *a);
void authority_stop(struct authority *a);
/* With its folder. */
void authority_fini(struct authority *a);

#endif
