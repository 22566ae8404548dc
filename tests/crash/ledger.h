/* What clients of a station asked and what they were told: the facts that no crash may take away.
 * Pure: no socket, no file, no clock.
 *
 * A fact is in doubt from the time that it is asked until it is acknowledged; in doubt it may be
 * there or not, but whole and once. */
#ifndef TBC_TESTS_LEDGER_H
#define TBC_TESTS_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LEDGER_ID_LEN     16
#define LEDGER_DIGEST_LEN 32
#define LEDGER_PEOPLE     16 /* people of one import */
#define LEDGER_NOBODY     UINT32_MAX

enum ledger_kind {
    LEDGER_IMPORT,
    LEDGER_ISSUE,
    LEDGER_REVOKE,
    LEDGER_ENTER,
    LEDGER_LOOK, /* not remembered by request id: each time it is asked counts */
    LEDGER_DEVICE,
    LEDGER_KINDS
};

struct ledger_fact {
    enum ledger_kind kind;
    uint32_t owner;            /* the device that asks: another's retry is a conflict */
    uint8_t id[LEDGER_ID_LEN]; /* of the request */
    uint32_t subject; /* IMPORT: its first person; ISSUE: the person; DEVICE: its
                                  number; the others: the fact of the issue */
    uint8_t
        name[LEDGER_ID_LEN]; /* ISSUE: the cti, once acknowledged; ENTER: the event */
    uint8_t reply[LEDGER_DIGEST_LEN];  /* ISSUE and others: of the acknowledgement */
    uint8_t object[LEDGER_DIGEST_LEN]; /* ISSUE: of the certificate */
    int64_t first_ms;                  /* when it was first asked */
    unsigned asked;                    /* times */
    unsigned acked;
};

struct ledger {
    struct ledger_fact *facts;
    size_t n;
    size_t cap;
};

/* The number of a new fact; LEDGER_NOBODY without memory. */
uint32_t ledger_add(struct ledger *l, const struct ledger_fact *fact);
void ledger_fini(struct ledger *l);

/* An acknowledgement; false when an earlier one of the same fact said something else. */
bool ledger_acknowledge(struct ledger *l, uint32_t fact,
                        const uint8_t reply[static LEDGER_DIGEST_LEN]);

/* What a look into the store finds. */
struct ledger_certificate {
    uint8_t cti[LEDGER_ID_LEN];
    uint32_t person; /* LEDGER_NOBODY: none of ours */
    uint64_t idx;
    bool revoked;
    unsigned leaves[LEDGER_KINDS]; /* of the journal, by what they record */
};

struct ledger_world {
    const struct ledger_certificate *certificates;
    size_t certificates_n;
    /* By fact.  IMPORT: how many of its people are there; ENTER, DEVICE: how often it is there. */
    const unsigned *stands;
};

/* name, what is wrong */
#define LEDGER_FAULT_LIST(X)                                    \
    X(LOST, "was acknowledged and is not there")                \
    X(HALF, "is there in part")                                 \
    X(TWICE, "is there more than once")                         \
    X(STRANGE, "is there and nobody asked for it")              \
    X(INDEX, "has a status index that another certificate has") \
    X(LEAVES, "has another number of leaves in the journal than it happened")

enum ledger_fault {
#define X(name, text) LEDGER_##name,
    LEDGER_FAULT_LIST(X)
#undef X
};

const char *ledger_fault_text(enum ledger_fault fault);
const char *ledger_kind_name(enum ledger_kind kind);

/* Told of each fault; number: of the fact, or of the certificate in the world when the ledger has
 * none. */
typedef void (*ledger_report)(void *arg, enum ledger_fault fault, enum ledger_kind kind,
                              size_t number);

/* Compare; the number of faults.  No memory: LEDGER_NOBODY. */
size_t ledger_compare(const struct ledger *l, const struct ledger_world *w,
                      ledger_report report, void *arg);

#endif
