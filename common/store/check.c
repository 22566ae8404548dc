#include "store/check.h"

#include "store/inner.h"
#include "store/sums.h"

#include <sqlite3.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HEADER_LEN     100 /* https://www.sqlite.org/fileformat.html sec. 1.3 */
#define USER_VERSION   60
#define APPLICATION_ID 68
#define PATH_LEN       1024

static uint32_t
read_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static enum tbc_err
read_header(const char *path, struct tbc_store_look *look)
{
    uint8_t header[HEADER_LEN];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n;

    if (fd < 0) {
        return errno == ENOENT ? TBC_ERR_NOT_FOUND : TBC_ERR_IO;
    }
    n = read(fd, header, sizeof header);
    (void)close(fd);
    if (n < 0) {
        return TBC_ERR_IO;
    }
    if (n != HEADER_LEN || memcmp(header, "SQLite format 3", 16) != 0 ||
        read_u32(header + APPLICATION_ID) != TBC_STORE_APPLICATION) {
        return TBC_ERR_MALFORMED;
    }
    look->version = (int64_t)read_u32(header + USER_VERSION);
    return TBC_OK;
}

/* PRAGMA quick_check says "ok", or the first thing that is wrong. */
static int
check_pages(sqlite3 *db, struct tbc_store_look *look)
{
    sqlite3_stmt *q = NULL;
    int code = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &q, NULL);

    if (code == SQLITE_OK && (code = sqlite3_step(q)) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(q, 0);

        look->sound = text != NULL && strcmp(text, "ok") == 0;
    }
    (void)sqlite3_finalize(q);
    return code;
}

/* A database that nobody has open is read as it lies there, without the files of a log being made. */
static int
open_as_it_lies(const char *path, sqlite3 **db)
{
    char wal[PATH_LEN];
    char uri[PATH_LEN + 32];

    (void)snprintf(wal, sizeof wal, "%s-wal", path);
    if (access(wal, F_OK) == 0 || strpbrk(path, "?#%") != NULL) {
        return sqlite3_open_v2(path, db, SQLITE_OPEN_READONLY, NULL);
    }
    (void)snprintf(uri, sizeof uri, "file:%s?immutable=1", path);
    return sqlite3_open_v2(uri, db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI,
                           TBC_SUMS_VFS);
}

enum tbc_err
tbc_store_check(const char *path, struct tbc_store_look *look)
{
    sqlite3 *db = NULL;
    enum tbc_err err;
    int code;

    *look = (struct tbc_store_look){ .newest = TBC_STORE_VERSION };
    if (strlen(path) + 8 > PATH_LEN) {
        return TBC_ERR_IO;
    }
    if ((err = read_header(path, look)) != TBC_OK) {
        return err;
    }
    if ((err = tbc_sums_install()) != TBC_OK) {
        return err;
    }
    code = open_as_it_lies(path, &db);
    if (code == SQLITE_OK) {
        code = check_pages(db, look);
    }
    look->in_use = (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED;
    (void)sqlite3_close(db);
    return TBC_OK;
}
