/* Sums of pages, beneath SQLite: the last 8 bytes of each page of a database that was made with them
 * are the beginning of the page's SHA-256.  A bit that the disk has flipped anywhere in the file is
 * noticed when its page is read, and all are read when the file is opened.
 *
 * A connection through it needs PRAGMA locking_mode = EXCLUSIVE: it shares no memory.  Any other
 * SQLite reads such a file too; what it writes has no sums, and is refused here.  The
 * write-ahead log has sums of SQLite's own; it goes through wal.h. */
#ifndef TBC_STORE_SUMS_H
#define TBC_STORE_SUMS_H

#include "base/err.h"

#include <sqlite3.h>

#define TBC_SUMS_VFS "tbc-sums" /* for sqlite3_open_v2, once it is installed */

/* Once for the process, as often as one likes; on top of what is SQLite's default then. */
enum tbc_err tbc_sums_install(void) TBC_MUST_CHECK;

/* Let a database that is still empty have sums. */
enum tbc_err tbc_sums_begin(sqlite3 *db) TBC_MUST_CHECK;

/* Between transactions, after each: move a few pages of the log to their places in the database, and
 * begin the log anew when all are there.  Each call takes about as long as the pages of the transaction
 * before it want; nobody waits for the whole log.  SQLite's code. */
int tbc_sums_tend(sqlite3 *db);

#endif
