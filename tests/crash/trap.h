/* Kills a program, or makes its calls fail, at its k-th system call of those that reach a disk or a
 * peer: every state in which a crash can leave it lies between two of them.
 *
 * A seccomp filter is installed between fork and exec, its notifications go to a thread of the
 * test; it needs no rights.  All threads and children of the program are counted together.
 * seccomp_unotify(2), Linux 5.5 and later. */
#ifndef TBC_TESTS_TRAP_H
#define TBC_TESTS_TRAP_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum trap_act {
    TRAP_WATCH, /* count, let all pass */
    TRAP_KILL,  /* SIGKILL before the call is made; counts every call */
    TRAP_EIO,   /* pwrite64, ftruncate, fsync and fdatasync fail; counts only these */
    TRAP_ENOSPC /* the same, without the two that sync */
};

struct trap {
    int pair[2]; /* the child sends its listener through it */
    int listener;
    int stop[2];
    pid_t pid;
    pthread_t thread;
    atomic_int act;            /* enum trap_act */
    atomic_llong left;         /* calls until it acts */
    atomic_llong fails;        /* how many calls fail, one after the other */
    atomic_bool sprung;        /* it has acted */
    atomic_llong at_ms;        /* when, of tbc_clock_mono */
    const char *_Atomic where; /* in which call */
};

bool trap_open(struct trap *t);
/* For tbc_process_start_after: runs in the child. */
void trap_install(void *trap);
/* After the start: takes the listener over and begins to answer. */
bool trap_watch(struct trap *t, pid_t pid);
/* Act at the k-th call from now on (k from 1). */
void trap_arm(struct trap *t, enum trap_act act, long long k, long long fails);
/* After the program's end.  Takes one that was not opened ({ 0 }). */
void trap_close(struct trap *t);

#endif
