#include "fault_vfs.h"

#include <sqlite3.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILES_MAX  16
#define DIRTY_MAX  4096
#define PATH_BYTES 512

/* A stretch that was written and not synced yet. */
struct dirty {
    sqlite3_int64 at;
    int len;
};

/* A file as the disk has it. */
struct disk {
    char path[PATH_BYTES]; /* "": free */
    uint8_t *durable;
    size_t len;
    struct dirty dirty[DIRTY_MAX];
    size_t dirty_n;
};

struct file {
    sqlite3_file base;
    struct disk *disk; /* NULL: not watched */
    sqlite3_file *real;
};

static struct disk disks[FILES_MAX];
static sqlite3_vfs *real_vfs;
static unsigned armed_n; /* 0: nothing fails */
static enum tbc_fault_op armed_op;
static int armed_code;
static bool happened;

static bool
is_struck(enum tbc_fault_op op)
{
    if (armed_n == 0 || op != armed_op || --armed_n > 0) {
        return false;
    }
    happened = true;
    return true;
}

static struct file *
own(sqlite3_file *f)
{
    return (struct file *)f;
}

/* Room for the durable bytes up to there, zeroes where nothing was. */
static bool
grow(struct disk *d, size_t len)
{
    uint8_t *to;

    if (len <= d->len) {
        return true;
    }
    to = realloc(d->durable, len);
    if (to == NULL) {
        return false;
    }
    memset(to + d->len, 0, len - d->len);
    d->durable = to;
    d->len = len;
    return true;
}

static int
fault_close(sqlite3_file *f)
{
    int code = own(f)->real->pMethods->xClose(own(f)->real);

    free(own(f)->real);
    return code;
}

static int
fault_read(sqlite3_file *f, void *to, int len, sqlite3_int64 at)
{
    return own(f)->real->pMethods->xRead(own(f)->real, to, len, at);
}

static int
fault_write(sqlite3_file *f, const void *from, int len, sqlite3_int64 at)
{
    struct disk *d = own(f)->disk;

    if (is_struck(TBC_FAULT_WRITE)) {
        return armed_code;
    }
    if (d != NULL && d->dirty_n < DIRTY_MAX) {
        d->dirty[d->dirty_n++] = (struct dirty){ .at = at, .len = len };
    }
    return own(f)->real->pMethods->xWrite(own(f)->real, from, len, at);
}

static int
fault_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    struct disk *d = own(f)->disk;

    if (d != NULL && (size_t)size < d->len) {
        d->len = (size_t)size;
    }
    return own(f)->real->pMethods->xTruncate(own(f)->real, size);
}

/* What was written since the last sync is durable now, or never will be. */
static int
fault_sync(sqlite3_file *f, int flags)
{
    struct disk *d = own(f)->disk;

    if (is_struck(TBC_FAULT_SYNC)) {
        if (d != NULL) {
            d->dirty_n = 0;
        }
        return armed_code;
    }
    for (size_t i = 0; d != NULL && i < d->dirty_n; i++) {
        const struct dirty *r = &d->dirty[i];

        if (!grow(d, (size_t)(r->at + r->len))) {
            return SQLITE_NOMEM;
        }
        (void)own(f)->real->pMethods->xRead(own(f)->real, d->durable + r->at, r->len,
                                            r->at);
    }
    if (d != NULL) {
        d->dirty_n = 0;
    }
    (void)flags; /* the test needs no real sync: it cuts the power itself */
    return SQLITE_OK;
}

static int
fault_size(sqlite3_file *f, sqlite3_int64 *size)
{
    return own(f)->real->pMethods->xFileSize(own(f)->real, size);
}

static int
fault_lock(sqlite3_file *f, int level)
{
    return own(f)->real->pMethods->xLock(own(f)->real, level);
}

static int
fault_unlock(sqlite3_file *f, int level)
{
    return own(f)->real->pMethods->xUnlock(own(f)->real, level);
}

static int
fault_check_lock(sqlite3_file *f, int *out)
{
    return own(f)->real->pMethods->xCheckReservedLock(own(f)->real, out);
}

static int
fault_control(sqlite3_file *f, int op, void *arg)
{
    return own(f)->real->pMethods->xFileControl(own(f)->real, op, arg);
}

static int
fault_sector(sqlite3_file *f)
{
    return own(f)->real->pMethods->xSectorSize(own(f)->real);
}

static int
fault_traits(sqlite3_file *f)
{
    return own(f)->real->pMethods->xDeviceCharacteristics(own(f)->real);
}

static const sqlite3_io_methods methods = {
    .iVersion = 1, /* no shared memory: the store opens its files for itself alone */
    .xClose = fault_close,
    .xRead = fault_read,
    .xWrite = fault_write,
    .xTruncate = fault_truncate,
    .xSync = fault_sync,
    .xFileSize = fault_size,
    .xLock = fault_lock,
    .xUnlock = fault_unlock,
    .xCheckReservedLock = fault_check_lock,
    .xFileControl = fault_control,
    .xSectorSize = fault_sector,
    .xDeviceCharacteristics = fault_traits,
};

static struct disk *
watch(const char *path)
{
    struct disk *unused = NULL;

    for (size_t i = 0; i < FILES_MAX; i++) {
        if (strcmp(disks[i].path, path) == 0) {
            return &disks[i];
        }
        if (disks[i].path[0] == '\0' && unused == NULL) {
            unused = &disks[i];
        }
    }
    if (unused != NULL) {
        (void)snprintf(unused->path, sizeof unused->path, "%s", path);
    }
    return unused;
}

static int
fault_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *out)
{
    struct file *file = own(f);
    int code;

    (void)vfs;
    *file = (struct file){ .base = { .pMethods = NULL } };
    file->real = calloc(1, (size_t)real_vfs->szOsFile);
    if (file->real == NULL) {
        return SQLITE_NOMEM;
    }
    code = real_vfs->xOpen(real_vfs, path, file->real, flags, out);
    if (code != SQLITE_OK) {
        free(file->real);
        return code;
    }
    file->disk = path == NULL ? NULL : watch(path);
    file->base.pMethods = &methods;
    return SQLITE_OK;
}

static int
fault_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
    (void)vfs;
    for (size_t i = 0; i < FILES_MAX; i++) {
        if (strcmp(disks[i].path, path) == 0) {
            disks[i].len = 0;
            disks[i].dirty_n = 0;
        }
    }
    return real_vfs->xDelete(real_vfs, path, sync);
}

bool
tbc_fault_install(void)
{
    static sqlite3_vfs vfs;

    if (real_vfs != NULL) {
        return true;
    }
    real_vfs = sqlite3_vfs_find(NULL);
    if (real_vfs == NULL) {
        return false;
    }
    vfs = *real_vfs;
    vfs.pNext = NULL;
    vfs.zName = "fault";
    vfs.szOsFile = (int)sizeof(struct file);
    vfs.xOpen = fault_open;
    vfs.xDelete = fault_delete;
    return sqlite3_vfs_register(&vfs, 1) == SQLITE_OK;
}

void
tbc_fault_arm(enum tbc_fault_op op, unsigned n, int code)
{
    armed_op = op;
    armed_n = n;
    armed_code = code;
    happened = false;
}

void
tbc_fault_disarm(void)
{
    armed_n = 0;
}

bool
tbc_fault_happened(void)
{
    return happened;
}

bool
tbc_fault_cut_power(void)
{
    bool ok = true;

    for (size_t i = 0; i < FILES_MAX; i++) {
        struct disk *d = &disks[i];
        FILE *f;

        if (d->path[0] == '\0' || access(d->path, F_OK) != 0) {
            continue;
        }
        f = fopen(d->path, "we");
        ok = f != NULL && (d->len == 0 || fwrite(d->durable, d->len, 1, f) == 1) && ok;
        ok = f != NULL && fclose(f) == 0 && ok;
        d->dirty_n = 0;
    }
    return ok;
}

void
tbc_fault_forget(void)
{
    for (size_t i = 0; i < FILES_MAX; i++) {
        free(disks[i].durable);
        disks[i].path[0] = '\0';
        disks[i].durable = NULL;
        disks[i].len = 0;
        disks[i].dirty_n = 0;
    }
}
