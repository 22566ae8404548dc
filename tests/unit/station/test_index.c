#include "core.h"
#include "index.h"
#include "suite.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MANY 200 /* indices drawn: more than are reserved at one time */

static const uint8_t sealing[TBC_SEAL_KEY_LEN] = { 9 };
static const uint8_t master[32] = { 1, 2, 3 };

static char folder[] = "/tmp/tbc-index-XXXXXX";
static char database[64];
static char file[64];
static bool seen[STATION_INDEX_MOST / 512]; /* 131,072: the first two blocks */

static void
forget(void)
{
    static const char *const names[] = { "station.db", "station.db-wal",
                                         "station.db-shm", "index.floor" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[96];

        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
}

static void
remove_folder(void)
{
    forget();
    (void)rmdir(folder);
}

static struct tbc_store *
open_store(bool make)
{
    struct tbc_store *s = NULL;

    CU_ASSERT_EQUAL_FATAL(tbc_store_open(&s, database, sealing, make), TBC_OK);
    return s;
}

/* A station's folder before its first start. */
static struct tbc_store *
begin(void)
{
    if (database[0] == '\0') {
        if (mkdtemp(folder) == NULL || atexit(remove_folder) != 0) {
            exit(2);
        }
        (void)snprintf(database, sizeof database, "%s/station.db", folder);
        (void)snprintf(file, sizeof file, "%s/index.floor", folder);
    }
    forget();
    memset(seen, 0, sizeof seen);
    return open_store(true);
}

static struct station_index
open_index(struct tbc_store *s)
{
    struct station_index x;

    CU_ASSERT_EQUAL_FATAL(station_index_open(&x, s, master, file), TBC_OK);
    return x;
}

static void
set(struct tbc_store *s, const char *name, uint64_t value)
{
    CU_ASSERT_EQUAL_FATAL(tbc_store_begin(s), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_store_set(s, name, value), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_store_commit(s), TBC_OK);
}

/* Draw n; each must be new and lie within the room that was told before. */
static bool
draw(struct tbc_store *s, struct station_index *x, unsigned n)
{
    bool good = tbc_store_begin(s) == TBC_OK;

    for (unsigned i = 0; i < n && good; i++) {
        uint64_t room = 0;
        uint64_t idx = 0;

        good = station_index_room(x, &room) == TBC_OK &&
               station_index_next(x, 1, &idx) == TBC_OK && idx < room &&
               idx < sizeof seen && !seen[idx];
        if (good) {
            seen[idx] = true;
        }
    }
    return tbc_store_commit(s) == TBC_OK && good;
}

static void
no_index_is_given_twice_over_restarts(void)
{
    struct tbc_store *s = begin();
    struct station_index x = open_index(s);

    CU_ASSERT(draw(s, &x, MANY));
    station_index_fini(&x);
    tbc_store_close(&s);
    s = open_store(false);
    x = open_index(s);
    CU_ASSERT(draw(s, &x, MANY));
    station_index_fini(&x);
    tbc_store_close(&s);
}

static void
an_undone_request_gives_its_index_back_and_nothing_else(void)
{
    struct tbc_store *s = begin();
    struct station_index x = open_index(s);
    uint64_t first;
    uint64_t again;

    CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK);
    CU_ASSERT_EQUAL(station_index_next(&x, 1, &first), TBC_OK);
    tbc_store_rollback(s);
    CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK);
    CU_ASSERT_EQUAL(station_index_next(&x, 1, &again), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_commit(s), TBC_OK);
    CU_ASSERT_EQUAL(first, again);
    station_index_fini(&x);
    tbc_store_close(&s);
}

static void
a_database_of_yesterday_does_not_bring_back_its_indices(void)
{
    struct tbc_store *s = begin();
    struct station_index x = open_index(s);
    struct tbc_buf backup = { 0 };

    CU_ASSERT(draw(s, &x, 10));
    station_index_fini(&x);
    tbc_store_close(&s);
    CU_ASSERT_EQUAL_FATAL(tbc_file_read(database, 1u << 24, &backup), TBC_OK);
    s = open_store(false);
    x = open_index(s);
    CU_ASSERT(draw(s, &x, MANY));
    station_index_fini(&x);
    tbc_store_close(&s);
    CU_ASSERT_EQUAL_FATAL(tbc_file_write(database, tbc_buf_span(&backup), 0600),
                          TBC_OK);
    s = open_store(false);
    x = open_index(s);
    CU_ASSERT(draw(s, &x, MANY));
    station_index_fini(&x);
    tbc_store_close(&s);
    /* once more, on another machine: the file beside the database is lost too */
    CU_ASSERT_EQUAL_FATAL(tbc_file_write(database, tbc_buf_span(&backup), 0600),
                          TBC_OK);
    CU_ASSERT_EQUAL(unlink(file), 0);
    s = open_store(false);
    x = open_index(s);
    CU_ASSERT(draw(s, &x, MANY));
    station_index_fini(&x);
    tbc_store_close(&s);
    tbc_buf_fini(&backup);
}

static void
a_full_block_is_followed_by_the_next(void)
{
    struct tbc_store *s = begin();
    struct station_index x = open_index(s);
    uint64_t room;

    set(s, "index", 65536 - 100);
    CU_ASSERT_EQUAL(station_index_room(&x, &room), TBC_OK);
    CU_ASSERT_EQUAL(room, 65536);
    CU_ASSERT(draw(s, &x, MANY));
    CU_ASSERT_EQUAL(station_index_room(&x, &room), TBC_OK);
    CU_ASSERT_EQUAL(room, 131072);
    station_index_fini(&x);
    tbc_store_close(&s);
}

static void
a_full_list_is_an_error_and_not_an_index(void)
{
    struct tbc_store *s = begin();
    struct station_index x = open_index(s);
    uint64_t idx = 1;

    set(s, "index", STATION_INDEX_MOST);
    CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK);
    CU_ASSERT_EQUAL(station_index_next(&x, 1, &idx), TBC_ERR_LIMIT);
    tbc_store_rollback(s);
    station_index_fini(&x);
    tbc_store_close(&s);
}

static void
indices_drawn_by_the_older_rule_are_left_alone(void)
{
    struct tbc_store *s = begin();
    struct station_index x;
    uint64_t room;

    set(s, "issued", 16385); /* they lay below 131,072 */
    x = open_index(s);
    CU_ASSERT_EQUAL(station_index_room(&x, &room), TBC_OK);
    CU_ASSERT_EQUAL(room, 262144);
    station_index_fini(&x);
    tbc_store_close(&s);
}

static void
a_damaged_file_is_named_and_not_guessed(void)
{
    static const char *const texts[] = { "",       "x\n",  "12",
                                         "12\n\n", "-1\n", "99999999999999999999\n" };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct tbc_store *s = begin();
        struct station_index x;

        CU_ASSERT_EQUAL_FATAL(tbc_file_write(file, tbc_span_str(texts[i]), 0600),
                              TBC_OK);
        CU_ASSERT_EQUAL(station_index_open(&x, s, master, file), TBC_ERR_MALFORMED);
        station_index_fini(&x);
        tbc_store_close(&s);
    }
}

TBC_SUITE("station/index", TEST(no_index_is_given_twice_over_restarts),
          TEST(an_undone_request_gives_its_index_back_and_nothing_else),
          TEST(a_database_of_yesterday_does_not_bring_back_its_indices),
          TEST(a_full_block_is_followed_by_the_next),
          TEST(a_full_list_is_an_error_and_not_an_index),
          TEST(indices_drawn_by_the_older_rule_are_left_alone),
          TEST(a_damaged_file_is_named_and_not_guessed))
