#include "store/sums.h"

#include "crypto/digest.h"
#include "store/wal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SUM_LEN     8
#define PAGE_LEAST  512
#define PAGE_MOST   65536
#define HEADER_LEN  100 /* of the first page; SQLite file format 1.3 */
#define RESERVED_AT 20  /* how many bytes at the end of each page are not SQLite's */

/* Of a log: pages are moved from the first number of frames on, two for each that comes, so that all
 * are at their places when it has the second number.  The later, the more often one that changed many
 * times is moved once; the earlier, the shorter is the checkpoint, which looks at each: a millisecond
 * here.  So many at a time are given to the disk, which begins with them while others are served, and
 * has little left to do when the checkpoint syncs. */
#define MOVE_FROM  1024
#define CHECKPOINT 2048
#define BEGIN_EACH 64

/* An open file: SQLite allocates these, with the real one's own struct behind. */
struct sums_file {
    sqlite3_file base;
    sqlite3_file *real;
    uint8_t *page; /* to write from; NULL until one is written */
    bool is_database;
    bool has_sums;
    struct tbc_wal *wal;        /* of a log, and of a database while its log is open */
    struct sums_file *database; /* of a log */
    unsigned moved; /* pages of a database that the disk was not told of yet */
    int fd;         /* of a database, to tell it; -1: it begins when it must */
};

static struct sums_file *
own(sqlite3_file *f)
{
    return (struct sums_file *)f;
}

/* Sums stand in whole pages only. */
static bool
is_page(const struct sums_file *f, int len, sqlite3_int64 at)
{
    return f->is_database && len >= PAGE_LEAST && len <= PAGE_MOST &&
           (len & (len - 1)) == 0 && at % len == 0;
}

/* The first page says whether there are sums. */
static void
look_at_header(struct sums_file *f, const uint8_t *bytes, int len, sqlite3_int64 at)
{
    if (f->is_database && at == 0 && len >= HEADER_LEN) {
        f->has_sums = bytes[RESERVED_AT] == SUM_LEN;
    }
}

static bool
sum_of(const uint8_t *page, int len, uint8_t sum[static SUM_LEN])
{
    uint8_t digest[TBC_SHA256_LEN];

    if (tbc_sha256(tbc_span_of(page, (size_t)len - SUM_LEN), digest) != TBC_OK) {
        return false;
    }
    memcpy(sum, digest, SUM_LEN);
    return true;
}

static bool
is_log(const struct sums_file *f)
{
    return f->database != NULL;
}

static int
sums_close(sqlite3_file *file)
{
    struct sums_file *f = own(file);
    int code;

    free(f->page);
    f->page = NULL;
    if (is_log(f)) {
        f->database->wal = NULL;
        tbc_wal_free(&f->wal);
    }
    code = f->real->pMethods->xClose(f->real);
    if (f->fd >= 0) { /* the last: closing it would give up SQLite's locks (POSIX) */
        (void)close(f->fd);
        f->fd = -1;
    }
    return code;
}

static int
sums_read(sqlite3_file *file, void *to, int len, sqlite3_int64 at)
{
    struct sums_file *f = own(file);
    const uint8_t *page = to;
    uint8_t sum[SUM_LEN];
    int code = is_log(f) ? tbc_wal_read(f->wal, to, len, at)
                         : f->real->pMethods->xRead(f->real, to, len, at);

    if (code != SQLITE_OK) {
        return code;
    }
    look_at_header(f, page, len, at);
    if (!f->has_sums || !is_page(f, len, at)) {
        return SQLITE_OK;
    }
    return sum_of(page, len, sum) && memcmp(sum, page + len - SUM_LEN, SUM_LEN) == 0
               ? SQLITE_OK
               : SQLITE_IOERR_DATA;
}

/* To the file, with its sum. */
static int
write_page(struct sums_file *f, const void *from, int len, sqlite3_int64 at)
{
    if (f->page == NULL && (f->page = malloc(PAGE_MOST)) == NULL) {
        return SQLITE_NOMEM;
    }
    memcpy(f->page, from, (size_t)len - SUM_LEN);
    if (!sum_of(f->page, len, f->page + len - SUM_LEN)) {
        return SQLITE_IOERR_WRITE;
    }
    return f->real->pMethods->xWrite(f->real, f->page, len, at);
}

static int
sums_write(sqlite3_file *file, const void *from, int len, sqlite3_int64 at)
{
    struct sums_file *f = own(file);

    if (is_log(f)) {
        return tbc_wal_write(f->wal, from, len, at);
    }
    look_at_header(f, from, len, at);
    if (!f->has_sums || !is_page(f, len, at)) {
        return f->real->pMethods->xWrite(f->real, from, len, at);
    }
    return f->wal != NULL &&
                   tbc_wal_has_moved(f->wal, (uint32_t)(at / len + 1), from, len)
               ? SQLITE_OK
               : write_page(f, from, len, at);
}

static int
sums_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct sums_file *f = own(file);

    return is_log(f) ? tbc_wal_truncate(f->wal, size)
                     : f->real->pMethods->xTruncate(f->real, size);
}

static int
sums_sync(sqlite3_file *file, int flags)
{
    struct sums_file *f = own(file);

    return is_log(f) ? tbc_wal_sync(f->wal, flags)
                     : f->real->pMethods->xSync(f->real, flags);
}

static int
sums_size(sqlite3_file *file, sqlite3_int64 *size)
{
    struct sums_file *f = own(file);

    return is_log(f) ? tbc_wal_size(f->wal, size)
                     : f->real->pMethods->xFileSize(f->real, size);
}

static int
sums_lock(sqlite3_file *file, int level)
{
    return own(file)->real->pMethods->xLock(own(file)->real, level);
}

static int
sums_unlock(sqlite3_file *file, int level)
{
    return own(file)->real->pMethods->xUnlock(own(file)->real, level);
}

static int
sums_check_lock(sqlite3_file *file, int *out)
{
    return own(file)->real->pMethods->xCheckReservedLock(own(file)->real, out);
}

static int
sums_control(sqlite3_file *file, int op, void *arg)
{
    return own(file)->real->pMethods->xFileControl(own(file)->real, op, arg);
}

static int
sums_sector(sqlite3_file *file)
{
    return own(file)->real->pMethods->xSectorSize(own(file)->real);
}

static int
sums_traits(sqlite3_file *file)
{
    return own(file)->real->pMethods->xDeviceCharacteristics(own(file)->real);
}

/* Version 1: no memory shared with other processes (our files have one connection), and no pages
 * mapped past xRead. */
static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = sums_close,
    .xRead = sums_read,
    .xWrite = sums_write,
    .xTruncate = sums_truncate,
    .xSync = sums_sync,
    .xFileSize = sums_size,
    .xLock = sums_lock,
    .xUnlock = sums_unlock,
    .xCheckReservedLock = sums_check_lock,
    .xFileControl = sums_control,
    .xSectorSize = sums_sector,
    .xDeviceCharacteristics = sums_traits,
};

/* A log belongs to a database that went through here too. */
static int
open_log(struct sums_file *f, const char *path)
{
    struct sums_file *database = own(sqlite3_database_file_object(path));

    if ((f->wal = tbc_wal_new(f->real)) == NULL) {
        return SQLITE_NOMEM;
    }
    f->database = database;
    database->wal = f->wal;
    return SQLITE_OK;
}

static int
sums_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out)
{
    sqlite3_vfs *real = vfs->pAppData;
    struct sums_file *f = own(file);
    int code;

    *f = (struct sums_file){ .real = (sqlite3_file *)(f + 1),
                             .is_database = (flags & SQLITE_OPEN_MAIN_DB) != 0,
                             .fd = -1 };
    code = real->xOpen(real, path, f->real, flags, out);
    if (code != SQLITE_OK) {
        return code;
    }
    if ((flags & SQLITE_OPEN_WAL) != 0 && (code = open_log(f, path)) != SQLITE_OK) {
        (void)f->real->pMethods->xClose(f->real);
        return code;
    }
    if (f->is_database) {
        f->fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    f->base.pMethods = &methods;
    return SQLITE_OK;
}

enum tbc_err
tbc_sums_install(void)
{
    static sqlite3_vfs vfs; /* SQLite keeps it for the life of the process */
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);

    if (sqlite3_vfs_find(TBC_SUMS_VFS) != NULL) {
        return TBC_OK;
    }
    if (real == NULL) {
        return TBC_ERR_UNSUPPORTED;
    }
    vfs = *real;
    vfs.pNext = NULL;
    vfs.zName = TBC_SUMS_VFS;
    vfs.pAppData = real;
    vfs.szOsFile = (int)sizeof(struct sums_file) + real->szOsFile;
    vfs.xOpen = sums_open;
    return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK ? TBC_OK : TBC_ERR_NO_MEMORY;
}

enum tbc_err
tbc_sums_begin(sqlite3 *db)
{
    int reserved = SUM_LEN;

    return sqlite3_file_control(db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved) ==
                   SQLITE_OK
               ? TBC_OK
               : TBC_ERR_UNSUPPORTED;
}

/* A page from the log to its place. */
static int
move_page(void *arg, uint32_t page, const uint8_t *bytes, int len)
{
    struct sums_file *f = arg;
    const sqlite3_int64 at = (sqlite3_int64)(page - 1) * len;

    f->moved++;
    return f->has_sums ? write_page(f, bytes, len, at)
                       : f->real->pMethods->xWrite(f->real, bytes, len, at);
}

static int
move_pages(struct sums_file *f, uint32_t n)
{
    int code = tbc_wal_move(f->wal, n, move_page, f);

    if (f->moved >= BEGIN_EACH && f->fd >= 0) {
        f->moved = 0;
        (void)sync_file_range(f->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    }
    return code;
}

int
tbc_sums_tend(sqlite3 *db)
{
    sqlite3_file *file = NULL;
    struct sums_file *f;
    uint32_t n;
    int code =
        sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, (void *)&file);

    if (code != SQLITE_OK || file == NULL || file->pMethods != &methods ||
        own(file)->wal == NULL) {
        return code;
    }
    f = own(file);
    tbc_wal_keep(f->wal);
    n = tbc_wal_frames(f->wal);
    if (n > MOVE_FROM && (code = move_pages(f, 2 * (n - MOVE_FROM))) != SQLITE_OK) {
        return code;
    }
    return n >= CHECKPOINT || tbc_wal_is_beyond(f->wal)
               ? sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL,
                                           NULL)
               : SQLITE_OK;
}
