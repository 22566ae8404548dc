/* What must hold between the journals of the gates and the entries of their station, whatever went
 * wrong before: no entry is lost, none invented, none counted twice without a mark.  The judge is
 * pure and looks at rows; invariants_read.c brings them from the files of programs that have
 * ended. */
#ifndef TBC_WORLD_INVARIANTS_H
#define TBC_WORLD_INVARIANTS_H

#include "base/buf.h"
#include "codec/wire.h"
#include "rail/uses.h"
#include "store/store.h"

#define INVARIANTS_GATES 8
#define INVARIANTS_NAME  32

/* kind, what is said of each that is found */
#define INVARIANTS_LIST(X)                                            \
    X(LOST, "a gate's entry is not with the station")                 \
    X(INVENTED, "the station has an entry that no gate wrote")        \
    X(REPEATED, "an event stands twice")                              \
    X(CHANGED, "gate and station say different things of an event")   \
    X(UNTOLD, "an entry still waits in a gate's journal")             \
    X(UNMARKED, "a second entry for a trip is not marked a conflict") \
    X(OVERMARKED, "a conflict is marked where there is none")         \
    X(UNHEARD, "no gate was told of a conflict, or one of none")      \
    X(TWICE, "one group of gates let the same ticket in twice")       \
    X(UNWRITTEN, "a barrier opened without an entry")                 \
    X(BACKWARDS, "an entry is not of the time in which it happened")  \
    X(REVOKED, "somebody came in after the revocation")               \
    X(INDEX, "two certificates share a status index")                 \
    X(HISTORIES, "a gate has seen two histories of the journal")      \
    X(AUDIT, "the station's journal does not verify")

enum invariant {
#define X(name, text) INVARIANT_##name,
    INVARIANTS_LIST(X)
#undef X
    INVARIANTS_N
};

/* One entry, as a gate or as the station has it. */
struct invariants_row {
    struct tbc_entry entry; /* told: as the station has it */
    size_t gate; /* whose it is: index into gates, or gates_n when of another device */
    uint8_t
        person[TBC_BLIND_LEN]; /* whose certificate it is, to the station; else zeros */
    bool settled;              /* in a journal: the station knows it */
    bool
        conflict; /* the station's mark; in a journal: two were in, as the station said then */
    bool matched; /* the judge's own, as the next */
    bool annulled;
};

struct invariants_certificate {
    uint8_t cti[TBC_CTI_LEN];
    uint64_t idx;
    struct tbc_utc revoked; /* { 0 }: not */
};

struct invariants_gate {
    char name[INVARIANTS_NAME]; /* of the device */
    const char *journal;        /* its file; for invariants_read */
    unsigned group; /* gates of one group were never cut off from each other */
    size_t opened;  /* times its barrier was seen to open */
    bool histories; /* it noted two histories */
};

struct invariants_facts {
    struct invariants_gate gates[INVARIANTS_GATES];
    size_t gates_n;
    struct invariants_row
        *journal; /* owned; of all gates, each in the order it wrote */
    size_t journal_n;
    struct invariants_row *store; /* owned */
    size_t store_n;
    struct invariants_certificate *certificates; /* owned */
    size_t certificates_n;
    bool audited; /* tbc audit verify said CONSISTENT */
    /* terms */
    struct tbc_utc from; /* no entry is of before or after, give or take skew_s */
    struct tbc_utc to;
    int64_t skew_s;
    int64_t revoked_s; /* so long after a revocation may a gate not know */
    size_t
        unheard; /* asked, or taken back, by a gate that could not write: so many may be */
};

/* How often each was found; the sum. */
struct invariants_report {
    size_t found[INVARIANTS_N];
    size_t sum;
};

/* Look at all of it; why (may be NULL) gets a line for each of the first findings. */
void invariants_judge(struct invariants_facts *f, struct invariants_report *report,
                      struct tbc_buf *why);
void invariants_fini(struct invariants_facts *f);

/* "LOST" */
const char *invariant_name(enum invariant kind);

/* Append a row; false without memory. */
bool invariants_add(struct invariants_row **rows, size_t *n,
                    const struct invariants_row *row);

/* Fill journal, store and certificates from the gates' journals and the station's folder.  None of
 * their programs may be running.  why: one line, appended on error. */
bool invariants_read(struct invariants_facts *f, const char *data, struct tbc_buf *why);

#endif
