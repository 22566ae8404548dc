/* The write-ahead log of an SQLite database, beneath SQLite: its beginning is kept in memory.
 *
 * A commit is one write then, instead of two for each page.  And pages can be moved to their places in
 * the database a few at a time, long before a checkpoint wants all of them moved at once, during which
 * nobody would be served: what it then writes is there already, and is left out.
 *
 * Two rules keep that safe.  Only what is committed and synced is moved: the log has it too until a
 * checkpoint has synced the database, and after a crash SQLite moves it once more.  And of a checkpoint
 * only that is left out whose very bytes were moved since the log began anew.
 *
 * Format: https://www.sqlite.org/fileformat2.html#walformat. */
#ifndef TBC_STORE_WAL_H
#define TBC_STORE_WAL_H

#include "base/err.h"

#include <sqlite3.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* That are kept, at most; what comes behind them is the file's alone. */
#define TBC_WAL_FRAMES 4096

struct tbc_wal; /* opaque */

/* file: the real one, borrowed, open.  NULL when there is no memory. */
struct tbc_wal *tbc_wal_new(sqlite3_file *file);
void
tbc_wal_free(struct tbc_wal **wal); /* takes NULL; what was not synced may be lost */

/* Keep the log from its next beginning on; until then it is the file's alone. */
void tbc_wal_keep(struct tbc_wal *w);

/* As the methods of a file; SQLite's codes. */
int tbc_wal_read(struct tbc_wal *w, void *to, int len, sqlite3_int64 at);
int tbc_wal_write(struct tbc_wal *w, const void *from, int len, sqlite3_int64 at);
int tbc_wal_truncate(struct tbc_wal *w, sqlite3_int64 size);
int tbc_wal_sync(struct tbc_wal *w, int flags);
int tbc_wal_size(struct tbc_wal *w, sqlite3_int64 *size);

/* Frames that are kept and committed, since the log began anew. */
uint32_t tbc_wal_frames(const struct tbc_wal *w);
/* Whether frames were written that are not kept. */
bool tbc_wal_is_beyond(const struct tbc_wal *w);

/* Writes a page of the database to its place; page numbers begin at 1. */
typedef int (*tbc_wal_put_fn)(void *arg, uint32_t page, const uint8_t *bytes, int len);
/* Move the pages of the first n committed frames that were not moved yet and that no later frame holds.
 * SQLite's code of what did not work; it is tried again. */
int tbc_wal_move(struct tbc_wal *w, uint32_t n, tbc_wal_put_fn put, void *arg);
/* Whether just these bytes of that page were moved. */
bool
tbc_wal_has_moved(const struct tbc_wal *w, uint32_t page, const void *bytes, int len);

#endif
