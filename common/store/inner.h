/* What the files of this folder share of a station's store; nobody else includes it. */
#ifndef TBC_STORE_INNER_H
#define TBC_STORE_INNER_H

#include "store/journal.h"
#include "store/sql.h"
#include "store/statements.h"
#include "store/store.h"

/* The end of the journal, as this process knows it. */
struct tbc_journal {
    struct tbc_merkle tree;
    bool known; /* tree is that of the database */
    bool begun; /* a transaction is open */
    bool taken; /* it has the counter */
};

struct tbc_store {
    struct tbc_sql *sql;
    uint8_t seal_key[TBC_SEAL_KEY_LEN]; /* seals what is written */
    uint64_t gen;                       /* its number: rows say under which they are */
    uint8_t old_key[TBC_SEAL_KEY_LEN];  /* the one before, while rows are under it */
    bool has_old;
    bool has_blind; /* blind_key is the database's */
    uint8_t blind_key[32];
    struct tbc_journal journal;
    struct tbc_journal marked; /* at the savepoint, for undo */
    uint64_t committed;        /* leaves that this process has seen committed */
};

#define TBC_STORE_APPLICATION 0x54424331 /* "TBC1" */

/* The station's tables, one step a version. */
#define TBC_STORE_VERSION 7
extern const struct tbc_sql_migration tbc_store_migrations[TBC_STORE_VERSION];

/* The journal's share of a transaction: before it begins, before it is committed, after its end. */
void tbc_journal_begin(struct tbc_store *s);
enum tbc_err tbc_journal_settle(struct tbc_store *s) TBC_MUST_CHECK;
void tbc_journal_end(struct tbc_store *s, bool committed);
enum tbc_err tbc_journal_note_put(struct tbc_store *s, uint64_t position,
                                  const struct tbc_journal_note *note) TBC_MUST_CHECK;
/* One note that is under the key before; ERR_NOT_FOUND: there is none. */
enum tbc_err tbc_journal_note_rekey(struct tbc_store *s) TBC_MUST_CHECK;
void tbc_journal_mark(struct tbc_store *s);
void tbc_journal_undo(struct tbc_store *s);

/* A cell: where a sealed field lives.  A value moved to another cell does not open. */
struct tbc_cell {
    const char *table;
    const char *column;
    int64_t id;
    const uint8_t *key; /* a person's own; NULL: the sealing key */
};

enum tbc_err tbc_cell_seal(struct tbc_store *s, struct tbc_cell c,
                           struct tbc_span plain, struct tbc_buf *out) TBC_MUST_CHECK;
/* ERR_CORRUPT, logged, when it does not open. */
enum tbc_err tbc_cell_open(struct tbc_store *s, struct tbc_cell c,
                           struct tbc_span sealed, struct tbc_buf *out) TBC_MUST_CHECK;
/* The same with the cell's own key, and not logged. */
enum tbc_err tbc_cell_unseal(struct tbc_cell c, struct tbc_span sealed,
                             struct tbc_buf *out) TBC_MUST_CHECK;
/* Into a text of at most size - 1 bytes. */
enum tbc_err
tbc_cell_text(struct tbc_store *s, struct tbc_cell c, struct tbc_span sealed, char *out,
              size_t size) TBC_MUST_CHECK;
/* A row id is known before the row is written, so that its fields can be bound to it. */
enum tbc_err tbc_cell_fresh_id(int64_t *id) TBC_MUST_CHECK;

/* A person's own key, which seals their roster and their tickets; itself sealed.  Wipe it. */
struct tbc_own {
    uint8_t key[TBC_SEAL_KEY_LEN];
};

/* The sealing key of a number; of rows that know none, 0. */
const uint8_t *tbc_store_key(const struct tbc_store *s, uint64_t gen);
/* A sealing key and its number. */
struct tbc_store_sealer {
    const uint8_t *key;
    uint64_t gen;
};
/* A secret of that name under that key.  ERR_NOT_FOUND; ERR_CORRUPT, not logged, when it does not
 * open. */
enum tbc_err
tbc_store_secret_open(struct tbc_store *s, const char *name, const uint8_t *key,
                      struct tbc_buf *plain) TBC_MUST_CHECK;
enum tbc_err tbc_store_secret_seal(struct tbc_store *s, const char *name,
                                   const struct tbc_store_sealer *with,
                                   struct tbc_span plain) TBC_MUST_CHECK;
/* From the present key to another, if it is there. */
enum tbc_err
tbc_store_secret_reseal(struct tbc_store *s, const char *name,
                        const struct tbc_store_sealer *with) TBC_MUST_CHECK;

/* The blind index's key: of the first sealing key, kept sealed since that was replaced. */
enum tbc_err tbc_store_load_blind(struct tbc_store *s) TBC_MUST_CHECK;
/* One row of before people had keys, under its person's own; ERR_NOT_FOUND: there is none. */
enum tbc_err tbc_person_rekey(struct tbc_store *s) TBC_MUST_CHECK;
enum tbc_err tbc_ticket_rekey(struct tbc_store *s) TBC_MUST_CHECK;

/* It is made when they have none yet. */
enum tbc_err
tbc_own_take(struct tbc_store *s, const uint8_t blind[static TBC_BLIND_LEN],
             struct tbc_own *own) TBC_MUST_CHECK;
/* From the columns id, gen and sealed of their row, which a query gives from that column on. */
enum tbc_err tbc_own_read(struct tbc_store *s, const struct tbc_sql_rows *q, int column,
                          struct tbc_own *own) TBC_MUST_CHECK;

/* The present row of a query for a certificate's columns, or a ticket's, into the n-th of an array. */
enum tbc_err tbc_certificate_take(struct tbc_store *s, struct tbc_sql_rows *q,
                                  void *out, size_t n) TBC_MUST_CHECK;
enum tbc_err tbc_ticket_take(struct tbc_store *s, struct tbc_sql_rows *q, void *out,
                             size_t n) TBC_MUST_CHECK;

/* The first of those that ended before a time; ERR_NOT_FOUND. */
enum tbc_err tbc_certificate_oldest(struct tbc_store *s, struct tbc_utc before,
                                    struct tbc_store_certificate *c) TBC_MUST_CHECK;

/* A stored row is not as this program writes them: log it, ERR_CORRUPT. */
enum tbc_err tbc_store_damaged(struct tbc_store *s, const char *what);

#endif
