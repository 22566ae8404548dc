#include "place.h"
#include "store/sums.h"
#include "sys/file.h"

#include <sqlite3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/tbc-store-XXXXXX";
static char path[128];
static const char *const endings[] = { "", "-wal", "-shm" };

static void
remove_files(void)
{
    char name[160];

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        (void)snprintf(name, sizeof name, "%s%s", path, endings[i]);
        (void)unlink(name);
    }
}

static void
remove_folder(void)
{
    remove_files();
    (void)rmdir(folder);
}

const char *
place_empty(void)
{
    if (path[0] == '\0') {
        if (mkdtemp(folder) == NULL || atexit(remove_folder) != 0) {
            exit(2);
        }
        (void)snprintf(path, sizeof path, "%s/station.db", folder);
    }
    remove_files();
    return path;
}

bool
place_holds(struct tbc_span bytes)
{
    bool found = false;

    for (size_t i = 0; i < 2; i++) { /* the third is no content */
        struct tbc_buf b = { 0 };
        char name[160];

        (void)snprintf(name, sizeof name, "%s%s", path, endings[i]);
        if (tbc_file_read(name, 64u << 20, &b) == TBC_OK && b.len > 0 &&
            memmem(b.ptr, b.len, bytes.ptr, bytes.len) != NULL) {
            found = true;
        }
        tbc_buf_fini(&b);
    }
    return found;
}

bool
place_age(void)
{
    sqlite3 *db = NULL;
    bool ok =
        sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, TBC_SUMS_VFS) == SQLITE_OK &&
        sqlite3_exec(db, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA user_version = 1000",
                     NULL, NULL, NULL) == SQLITE_OK;

    (void)sqlite3_close(db);
    return ok;
}
