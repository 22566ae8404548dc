#include "place.h"
#include "postgres.h"
#include "sys/file.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DATABASE "station"

static struct tbc_postgres server;
static char url[TBC_POSTGRES_URL];
static struct tbc_span wanted; /* nftw gives no argument */

static void
stop_server(void)
{
    tbc_postgres_stop(&server);
}

const char *
place_empty(void)
{
    if (url[0] == '\0') {
        if (atexit(stop_server) != 0 || !tbc_postgres_start(&server, false)) {
            exit(2);
        }
        tbc_postgres_url(&server, NULL, DATABASE, url);
    }
    if (!tbc_postgres_make(&server, DATABASE)) {
        exit(2);
    }
    return url;
}

static int
look_into(const char *path, const struct stat *st, int type, struct FTW *at)
{
    struct tbc_buf b = { 0 };
    bool found;

    (void)st;
    (void)at;
    if (type != FTW_F) {
        return 0;
    }
    found = tbc_file_read(path, 64u << 20, &b) == TBC_OK && b.len > 0 &&
            memmem(b.ptr, b.len, wanted.ptr, wanted.len) != NULL;
    tbc_buf_fini(&b);
    return found ? 1 : 0;
}

/* The write-ahead log and the tables. */
bool
place_holds(struct tbc_span bytes)
{
    char data[TBC_POSTGRES_PATH + 8];

    wanted = bytes;
    (void)snprintf(data, sizeof data, "%s/data", server.folder);
    return tbc_postgres_ask(&server, DATABASE, "CHECKPOINT") != NULL &&
           nftw(data, look_into, 16, FTW_PHYS) == 1;
}

bool
place_age(void)
{
    return tbc_postgres_ask(&server, DATABASE, "INSERT INTO version VALUES (1000)") !=
           NULL;
}
