/* A disk that fails, for SQLite in this process: the n-th write or sync goes wrong, and a power cut
 * takes what no sync has made durable.  After a failed sync the pages stay readable and are never
 * written again, as Linux has it: only what is written anew can become durable. */
#ifndef TBC_TESTS_FAULT_VFS_H
#define TBC_TESTS_FAULT_VFS_H

#include <stdbool.h>

enum tbc_fault_op {
    TBC_FAULT_WRITE,
    TBC_FAULT_SYNC,
};

/* Put it beneath every database that is opened from now on. */
bool tbc_fault_install(void);

/* Let the n-th such operation from now fail (1: the next), with that code of SQLite: SQLITE_FULL,
 * SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC. */
void tbc_fault_arm(enum tbc_fault_op op, unsigned n, int code);
void tbc_fault_disarm(void);
/* Whether it has failed since it was armed. */
bool tbc_fault_happened(void);

/* All databases must be closed: their files are now as the disk has them. */
bool tbc_fault_cut_power(void);
/* Forget all files. */
void tbc_fault_forget(void);

#endif
