/* The journal of a device that may have to judge alone: what it decided, what it has been told,
 * and how far it had come.  One SQLite file, one connection, WAL with synchronous=FULL: when a
 * function that writes returns TBC_OK, power may fail.
 *
 * Every row carries a digest of itself, so that a flipped bit is noticed at the next opening.
 * After ERR_IO the box must be closed and opened again: what the disk holds is unknown until
 * then. */
#ifndef TBC_STORE_OUTBOX_H
#define TBC_STORE_OUTBOX_H

#include "codec/wire.h"

#define TBC_OUTBOX_PROOF_LEN 16

struct tbc_outbox; /* opaque */

/* path is made (0600) when it is missing.  owner: who writes here, at most 127 bytes; a file of
 * another owner is refused.  why: one line without the path, appended on error.
 * Errors: ERR_CONFLICT (another owner), ERR_BUSY (another process has it), ERR_CORRUPT,
 * ERR_UNSUPPORTED (a later format), ERR_FULL, ERR_IO, ERR_NO_MEMORY.  A journal of an earlier
 * format is brought up to date and keeps everything. */
enum tbc_err tbc_outbox_open(struct tbc_outbox **box, const char *path,
                             const char *owner, struct tbc_buf *why) TBC_MUST_CHECK;
void tbc_outbox_close(struct tbc_outbox **box);

/* What the database said of the last error; for the log. */
const char *tbc_outbox_trouble(struct tbc_outbox *box);

/* One presentation, before anything follows from it. */
struct tbc_outbox_entry {
    struct tbc_entry entry;
    struct tbc_utc earlier; /* ALREADY_ENTERED: the entry before */
    bool settled;           /* the station knows it already */
    const uint8_t *proof;   /* of a live proof that is now used up; NULL: none */
};

/* Errors: ERR_EXISTS (that event or that proof is written already; nothing changes), ERR_FULL (the
 * same, and the box stays open), ERR_IO. */
enum tbc_err tbc_outbox_write(struct tbc_outbox *box,
                              const struct tbc_outbox_entry *entry) TBC_MUST_CHECK;

/* What this device remembers of a certificate. */
struct tbc_outbox_memory {
    bool
        entered; /* inside for that trip, with this or another certificate of its holder,
                   * here or as the station said */
    struct tbc_utc entered_at; /* the last time */
    uint64_t rounds;           /* came and left so often for it */
    bool came;                 /* has come in at all, for whatever trip */
    bool alone;                /* of some of that the station may not know yet */
    bool revoked;              /* the station said so at this device */
    bool proof_used;
};

/* proof: of the live presentation, or NULL. */
enum tbc_err tbc_outbox_recall(struct tbc_outbox *box, const struct tbc_entry *about,
                               const uint8_t *proof,
                               struct tbc_outbox_memory *memory) TBC_MUST_CHECK;

/* What was written of an event; ERR_NOT_FOUND. */
enum tbc_err
tbc_outbox_find(struct tbc_outbox *box, const uint8_t event[static TBC_EVENT_LEN],
                struct tbc_entry *entry) TBC_MUST_CHECK;

/* The oldest entries that the station does not know yet, at most max, marked told. */
enum tbc_err tbc_outbox_waiting(struct tbc_outbox *box, struct tbc_entry *entries,
                                size_t max, size_t *n) TBC_MUST_CHECK;
/* The station has recorded these.  Events that are unknown or settled are passed over; settled_n
 * counts the others. */
enum tbc_err
tbc_outbox_settle(struct tbc_outbox *box, const struct tbc_entry_reply *replies,
                  size_t n, size_t *settled_n) TBC_MUST_CHECK;

/* What others have let in, for this device to remember: settled rows, never waiting here, because
 * theirs is to tell the station.  Events that are known are passed over. */
enum tbc_err tbc_outbox_hear(struct tbc_outbox *box, const struct tbc_entry *entries,
                             size_t n) TBC_MUST_CHECK;
/* Number of the newest row; 0: there is none.  Numbers only rise. */
enum tbc_err tbc_outbox_newest(struct tbc_outbox *box, uint64_t *row) TBC_MUST_CHECK;
/* What others should know of the rows above that one: those that opened a barrier, here or elsewhere,
 * and are not older than since; the oldest first. */
struct tbc_outbox_page {
    struct tbc_entry *entries; /* the caller's room, for max */
    size_t max;
    size_t n;
    uint64_t upto; /* all such rows up to this number are among them; at least above */
};
enum tbc_err
tbc_outbox_above(struct tbc_outbox *box, uint64_t above, struct tbc_utc since,
                 struct tbc_outbox_page *page) TBC_MUST_CHECK;

/* Count the entries that are not settled, and those that the station called conflicts. */
enum tbc_err tbc_outbox_count(struct tbc_outbox *box, uint64_t *waiting,
                              uint64_t *conflicts) TBC_MUST_CHECK;

/* Something that is no presentation: "fire alarm". */
enum tbc_err tbc_outbox_note(struct tbc_outbox *box, struct tbc_utc at,
                             const char *what) TBC_MUST_CHECK;
size_t tbc_outbox_notes(struct tbc_outbox *box);

/* Keep bytes under a name in place of those before.  The version never goes back: ERR_RANGE below
 * the one that is kept, or above INT64_MAX. */
enum tbc_err
tbc_outbox_keep(struct tbc_outbox *box, const char *name, uint64_t version,
                struct tbc_utc fetched, struct tbc_span bytes) TBC_MUST_CHECK;
/* Append the kept bytes to out; version and fetched may be NULL.  ERR_NOT_FOUND. */
enum tbc_err
tbc_outbox_load(struct tbc_outbox *box, const char *name, struct tbc_buf *out,
                uint64_t *version, struct tbc_utc *fetched) TBC_MUST_CHECK;

/* When nobody waits: bring what the log has into the file itself, so that no commit has to. */
enum tbc_err tbc_outbox_rest(struct tbc_outbox *box) TBC_MUST_CHECK;

/* Forget settled entries and used proofs from before that time, and what is no presentation half a
 * year later. */
enum tbc_err
tbc_outbox_prune(struct tbc_outbox *box, struct tbc_utc before) TBC_MUST_CHECK;

#endif
