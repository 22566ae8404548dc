/* Backups of a store, made while it is in use, and the manifest beside each: what a restore must find.
 * A backup without a manifest was never finished.
 *
 * It holds the database alone: no key, so that what is sealed stays sealed, and nothing of the files
 * that say how far the station has gone (index.floor, checkpoint.cose), so that an old one is
 * noticed. */
#ifndef TBC_STORE_BACKUP_H
#define TBC_STORE_BACKUP_H

#include "crypto/digest.h"
#include "store/journal.h"

#define TBC_BACKUP_PATH 1024

/* The manifest. */
struct tbc_backup_said {
    uint64_t size; /* bytes of the file */
    uint8_t sha256[TBC_SHA256_LEN];
    uint64_t log_size;
    struct tbc_hash log_root;
    struct tbc_utc at;
};

struct tbc_backup; /* opaque */

/* Begin one of an SQLite store at path, a new file (0600).  ERR_UNSUPPORTED: not with this database;
 * ERR_BUSY: one is being made; ERR_IO; ERR_LIMIT; logged. */
enum tbc_err tbc_backup_begin(struct tbc_backup **b, struct tbc_store *s,
                              const char *path) TBC_MUST_CHECK;
/* A little more of it, outside of transactions; at the end the manifest is written.  After an error
 * there is nothing but to end it. */
enum tbc_err
tbc_backup_step(struct tbc_backup *b, struct tbc_utc now, bool *done) TBC_MUST_CHECK;
const struct tbc_backup_said *tbc_backup_said(const struct tbc_backup *b);
/* Files that were not finished are removed. */
void tbc_backup_end(struct tbc_backup **b);

/* Read and write the manifest of the backup at path, which is PATH.manifest.  Errors, logged:
 * ERR_NOT_FOUND, ERR_MALFORMED, ERR_IO. */
enum tbc_err
tbc_backup_read(const char *path, struct tbc_backup_said *said) TBC_MUST_CHECK;
enum tbc_err
tbc_backup_write(const char *path, const struct tbc_backup_said *said) TBC_MUST_CHECK;
/* Copy a backup, alone, to a new file (0600), which reaches the disk; ERR_CORRUPT, logged, when it is
 * not what its manifest says.  Nothing is left of a copy that failed. */
enum tbc_err tbc_backup_copy(const char *from, const char *to,
                             const struct tbc_backup_said *said) TBC_MUST_CHECK;

#endif
