/* A program under test: started with pipes on its three streams, read line by line within a time,
 * ended for certain. */
#ifndef TBC_TESTS_PROCESS_H
#define TBC_TESTS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define TBC_PROCESS_ARGS 32
#define TBC_PROCESS_LINE 512

struct tbc_process {
    pid_t pid; /* 0: not running */
    int in;
    int out;
    int err;
    char held[4096]; /* read, not yet given */
    size_t held_n;
};

/* name: a program of this build; args: NULL-terminated, without the name. */
bool
tbc_process_start(struct tbc_process *p, const char *name, const char *const *args);

/* The same; prepare runs in the child before the program does. */
bool
tbc_process_start_after(struct tbc_process *p, const char *name,
                        const char *const *args, void (*prepare)(void *arg), void *arg);

/* To its standard input. */
bool tbc_process_send(struct tbc_process *p, const char *text);
void tbc_process_end_input(struct tbc_process *p);

/* The next line of its standard output without the newline; false at its end or after the time. */
bool tbc_process_line(struct tbc_process *p, char line[static TBC_PROCESS_LINE],
                      int timeout_ms);
/* The next line that begins with start, skipping others. */
bool tbc_process_until(struct tbc_process *p, const char *start,
                       char line[static TBC_PROCESS_LINE], int timeout_ms);

/* Its exit code; 128 + number when a signal ended it; -1 when the time was over: it is then
 * killed.  error (may be NULL) gets the end of its standard error. */
int tbc_process_wait(struct tbc_process *p, int timeout_ms, char *error, size_t size);

bool tbc_process_signal(struct tbc_process *p, int number);
/* SIGTERM, wait, or SIGKILL.  Takes one that never ran. */
void tbc_process_stop(struct tbc_process *p);

#endif
