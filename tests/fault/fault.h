/* Failures on demand.  The floors are linked with --wrap, so that each call that can fail passes
 * here first; a sweep makes the first of them fail, then the second, and so on until a run meets
 * no failure any more.  So every error path is walked, and each must give the right error, leave
 * its outputs empty and release what it had.
 *
 * A sweep is a table of rows, one function each: see docs/TESTING.md for how to add one. */
#ifndef TBC_TESTS_FAULT_H
#define TBC_TESTS_FAULT_H

#include "base/err.h"

#include <stdbool.h>

/* What fails. */
enum fault_kind {
    FAULT_MEMORY,  /* malloc, calloc and realloc of ours, and zlib for want of memory */
    FAULT_LIBRARY, /* a call of ours into OpenSSL or jansson */
    FAULT_INSIDE,  /* an allocation inside OpenSSL; it may get along without */
    FAULT_FILE,    /* open, read, write, fsync, fstat, close: EIO */
    FAULT_INTERRUPT, /* read and write: EINTR; not an error */
    FAULT_SHORT,     /* read and write: one byte only; not an error */
    FAULT_KINDS_N
};

/* For the wrappers: is this the call that fails now? */
bool fault_now(enum fault_kind kind);
/* For the wrappers: something of ours was taken (1) or given back (-1). */
void fault_hold(int n);

#define FAULT_ALL    (~0u)
#define FAULT(kind)  (1u << FAULT_##kind)
#define REFUSAL(err) (1u << TBC_ERR_##err)
#define NONE         (1u << TBC_OK) /* it finds another way */

/* One row: call does its work once from the beginning, tells the error, checks by CU_ASSERT that
 * outputs are whole or empty, and releases everything. */
struct fault_row {
    const char *name;
    enum tbc_err (*call)(void);
    unsigned kinds; /* FAULT(...) that it may meet */
    /* REFUSAL(...) beside ERR_CRYPTO and ERR_NO_MEMORY: what a library that says no means here,
     * and what else when OpenSSL lacks memory and does not say so. */
    unsigned refusals;
    unsigned silent;
};

/* Walk the rows with each of their kinds that is asked for.  A failing step is printed with row, kind and number.
 * Asks also that of each kind at least one row meets a failure: a sweep that breaks nothing
 * proves nothing. */
void fault_sweep(const struct fault_row *rows, size_t n, unsigned kinds);

#endif
