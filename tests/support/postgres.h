/* A PostgreSQL server of its own for a test: made in a folder below /tmp, reached through a socket
 * there and by no network, gone at the end of the test program however that ends. */
#ifndef TBC_TESTS_POSTGRES_H
#define TBC_TESTS_POSTGRES_H

#include <stdbool.h>
#include <sys/types.h>

#define TBC_POSTGRES_PATH 64
#define TBC_POSTGRES_URL  320

struct tbc_postgres {
    char folder[TBC_POSTGRES_PATH]; /* holds data/, log and the socket */
    pid_t guard; /* ends the server when this process does; 0: none */
    int control; /* the guard waits for its end */
};

/* durable: fsync on, for tests that kill it.  False with a line on standard error that says why. */
bool tbc_postgres_start(struct tbc_postgres *pg, bool durable);
/* A copy of a running one that follows it; the first then waits for it at each commit.  It takes
 * over with tbc_postgres_promote. */
bool tbc_postgres_follow(struct tbc_postgres *pg, struct tbc_postgres *first);
bool tbc_postgres_promote(struct tbc_postgres *pg);

/* kill -9 of the server and all its children, as by a power cut. */
bool tbc_postgres_kill(struct tbc_postgres *pg);
/* After a kill: start it again on the same folder. */
bool tbc_postgres_restart(struct tbc_postgres *pg);

/* Stop the server and all its children where they stand, or let them go on. */
bool tbc_postgres_pause(struct tbc_postgres *pg, bool pause);

/* The address of a database of that server (made by tbc_postgres_make), of whichever of two takes
 * writes when other is not NULL. */
void tbc_postgres_url(const struct tbc_postgres *pg, const struct tbc_postgres *other,
                      const char *database, char url[static TBC_POSTGRES_URL]);
/* An empty database of that name in place of one before. */
bool tbc_postgres_make(const struct tbc_postgres *pg, const char *database);

/* Run SQL in it; the first column of the first row, or NULL when it failed.  Static memory. */
const char *
tbc_postgres_ask(const struct tbc_postgres *pg, const char *database, const char *sql);

/* Whether its clients must know a password; psql above does not work meanwhile. */
bool tbc_postgres_ask_for_passwords(struct tbc_postgres *pg, bool ask);

/* Takes one that never started. */
void tbc_postgres_stop(struct tbc_postgres *pg);

#endif
