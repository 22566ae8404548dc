/* What the files of this folder share of a station's store; nobody else includes it. */
#ifndef TBC_STORE_INNER_H
#define TBC_STORE_INNER_H

#include "store/sql.h"
#include "store/statements.h"
#include "store/store.h"

struct tbc_store {
    struct tbc_sql *sql;
    uint8_t seal_key[TBC_SEAL_KEY_LEN];
    uint8_t blind_key[32];
};

/* The station's tables, one step a version. */
#define TBC_STORE_VERSION 1
extern const struct tbc_sql_migration tbc_store_migrations[TBC_STORE_VERSION];

/* A cell: where a sealed field lives.  A value moved to another cell does not open. */
struct tbc_cell {
    const char *table;
    const char *column;
    int64_t id;
};

enum tbc_err tbc_cell_seal(struct tbc_store *s, struct tbc_cell c,
                           struct tbc_span plain, struct tbc_buf *out) TBC_MUST_CHECK;
/* ERR_CORRUPT, logged, when it does not open. */
enum tbc_err tbc_cell_open(struct tbc_store *s, struct tbc_cell c,
                           struct tbc_span sealed, struct tbc_buf *out) TBC_MUST_CHECK;
/* Into a text of at most size - 1 bytes. */
enum tbc_err
tbc_cell_text(struct tbc_store *s, struct tbc_cell c, struct tbc_span sealed, char *out,
              size_t size) TBC_MUST_CHECK;
/* A row id is known before the row is written, so that its fields can be bound to it. */
enum tbc_err tbc_cell_fresh_id(int64_t *id) TBC_MUST_CHECK;

/* A stored row is not as this program writes them: log it, ERR_CORRUPT. */
enum tbc_err tbc_store_damaged(struct tbc_store *s, const char *what);

#endif
