/* A real station on 127.0.0.1 for tests: a folder of its own, keys and trust list as an operator
 * makes them, a port that the kernel picks, and a client that is its operator.  What cannot be
 * set up ends the test program; folders go when it ends. */
#ifndef TBC_TESTS_STAGE_H
#define TBC_TESTS_STAGE_H

#include "net/client.h"
#include "process.h"

#define STAGE_CALL_MS  10000
#define STAGE_START_MS 30000
#define STAGE_PATH     256

struct stage {
    char data[STAGE_PATH]; /* --data of the station */
    struct tbc_process process;
    struct tbc_client *client; /* its operator */
};

/* Run a program of this build to its end: its exit code.  argv[0] is its name. */
int stage_run(const char *const argv[]);
/* The same for a step that must succeed: the test program ends when it does not. */
void stage_tool(const char *const argv[]);
/* The same, keeping what it prints on standard output: at most size bytes with a NUL; -1 when it did
 * not start or end. */
int stage_output(const char *const argv[], char *text, size_t size);
/* Whether text has that in it; says so with the text when not. */
bool stage_says(const char *text, const char *what);
/* The end of what the last program, or the station at its end, said on standard error. */
const char *stage_said(void);

/* The path of a file of the station's folder; good for the next 16 calls. */
const char *stage_path(const struct stage *s, const char *name);

/* Make the folder of station YZN, not running; make, start and connect; connect again. */
void stage_make(struct stage *s);
/* The same with its store on that PostgreSQL, and a second process of the station: the keys of the
 * first in a folder of its own. */
void stage_make_on(struct stage *s, const char *url);
void stage_double(struct stage *s, const struct stage *first);
void stage_raise(struct stage *s);
bool stage_connect(struct stage *s);
/* Start it with these options (NULL-terminated, or NULL) and wait until it answers. */
bool stage_start(struct stage *s, const char *const *more);
/* The same in two steps, with something to be done in the child before the program runs. */
bool stage_launch(struct stage *s, const char *const *more, void (*prepare)(void *arg),
                  void *arg);
bool stage_await(struct stage *s);
/* Send a signal (0: none) and wait: its exit code. */
int stage_end(struct stage *s, int number);
/* Disconnect, SIGTERM; asserts that it ended well. */
void stage_strike(struct stage *s);

/* Connect as the device of that file. */
bool stage_connect_as(struct tbc_client **client, const char *device, bool with_feed);
/* Enrol a device; its file is stage_path(s, "NAME.device"). */
bool stage_enrol(struct stage *s, const char *name, enum tbc_role role);

/* What came back: a code, and one of the two bodies. */
struct answer {
    enum tbc_err err;
    enum tbc_code code;
    struct tbc_problem problem;
};

struct answer
stage_ask(struct tbc_client *client, enum tbc_op op, const void *msg, void *out);
/* The same under a request id of one's own, as a retry does it. */
struct answer stage_ask_as(struct tbc_client *client, const uint8_t *id, enum tbc_op op,
                           const void *msg, void *out);
/* Whether the answer has that code; says what came instead. */
bool stage_is(struct answer a, enum tbc_code code);

/* The number of passenger n, n people without faces, each with a ticket that departs in half an
 * hour, and what the desk asks for one of them. */
void stage_passport(unsigned n, char number[static TBC_NUMBER_MAX + 1]);
bool stage_import(struct stage *s, unsigned n);
struct tbc_assist stage_assistance(unsigned n);

#endif
