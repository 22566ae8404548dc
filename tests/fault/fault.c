#include "fault.h"

#include "suite.h"

/* Far more calls than any row makes: a sweep that comes here does not end by itself. */
#define STEPS_MAX 20000

/* Which call fails.  The wrappers have no other way to learn it. */
static struct {
    bool armed;
    enum fault_kind kind;
    unsigned long left; /* calls until the one that fails */
    bool struck;
    long held; /* blocks and files that are ours now */
} fault;

bool
fault_now(enum fault_kind kind)
{
    if (!fault.armed || fault.struck || kind != fault.kind) {
        return false;
    }
    fault.struck = --fault.left == 0;
    return fault.struck;
}

void
fault_hold(int n)
{
    fault.held += n;
}

static const char *
kind_name(enum fault_kind kind)
{
    static const char *const names[FAULT_KINDS_N] = { "memory", "library",   "inside",
                                                      "file",   "interrupt", "short" };

    return names[kind];
}

/* Is that what the row may say when this kind of failure struck? */
static bool
is_right(const struct fault_row *row, enum fault_kind kind, enum tbc_err err)
{
    const unsigned given_up = REFUSAL(CRYPTO) | REFUSAL(NO_MEMORY) | row->refusals;
    unsigned right = 0;

    switch (kind) {
    case FAULT_MEMORY:
        right = REFUSAL(NO_MEMORY);
        break;
    case FAULT_LIBRARY:
        right = given_up;
        break;
    case FAULT_INSIDE:
        right = given_up | NONE | row->silent;
        break;
    case FAULT_FILE:
        right = REFUSAL(IO);
        break;
    case FAULT_INTERRUPT:
    case FAULT_SHORT:
        right = NONE;
        break;
    case FAULT_KINDS_N:
        break;
    }
    return (right & 1u << err) != 0;
}

/* Run the row with its n-th call failing; false when there was no n-th call, or no end. */
static bool
strike(const struct fault_row *row, enum fault_kind kind, unsigned long n)
{
    long before = fault.held;
    unsigned failures = CU_get_number_of_failures();
    enum tbc_err err;

    fault.armed = true;
    fault.kind = kind;
    fault.left = n;
    fault.struck = false;
    err = row->call();
    fault.armed = false;
    if (fault.struck ? !is_right(row, kind, err) : err != TBC_OK) {
        CU_FAIL("not the error that this failure is");
    }
    if (fault.held != before) {
        CU_FAIL("something was not given back, or given back twice");
    }
    if (CU_get_number_of_failures() != failures) {
        printf("    %s: %s failure %lu: %s, %+ld held\n", row->name, kind_name(kind), n,
               tbc_err_text(err), fault.held - before);
        fault.held = before;
    }
    return fault.struck;
}

/* How many calls of this kind the row makes: each of them has failed once. */
static unsigned long
sweep_row(const struct fault_row *row, enum fault_kind kind)
{
    unsigned long n = 1;

    while (strike(row, kind, n)) {
        if (++n == STEPS_MAX) {
            printf("    %s: %s failures without end\n", row->name, kind_name(kind));
            CU_FAIL("a sweep that does not end");
            break;
        }
    }
    return n - 1;
}

void
fault_sweep(const struct fault_row *rows, size_t n, unsigned kinds)
{
    unsigned long struck[FAULT_KINDS_N] = { 0 };
    unsigned asked = 0;

    for (size_t i = 0; i < n; i++) {
        /* Libraries fetch and keep things at first use. */
        CU_ASSERT_EQUAL(rows[i].call(), TBC_OK);
        for (unsigned k = 0; k < FAULT_KINDS_N; k++) {
            if ((rows[i].kinds & kinds & 1u << k) != 0) {
                struck[k] += sweep_row(&rows[i], (enum fault_kind)k);
            }
        }
        asked |= rows[i].kinds & kinds;
    }
    for (unsigned k = 0; k < FAULT_KINDS_N; k++) {
        if ((asked & 1u << k) != 0) {
            printf("    %lu %s failures\n", struck[k], kind_name((enum fault_kind)k));
            CU_ASSERT(struck[k] > 0);
        }
    }
}
