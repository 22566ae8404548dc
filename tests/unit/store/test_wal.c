/* The log that is kept in memory: what SQLite sees of it, and what a crash leaves. */
#include "place.h"
#include "store/sums.h"
#include "store/wal.h"
#include "suite.h"

#include <sqlite3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROWS   2000
#define ROUNDS 600

static char path[200];
static int64_t model[ROWS]; /* what is committed */
static uint64_t seed;

static uint64_t
draw(uint64_t n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (seed >> 33) % n;
}

static bool
run(sqlite3 *db, const char *text)
{
    return sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK;
}

static sqlite3 *
open_database(const char *name, int flags)
{
    sqlite3 *db = NULL;

    CU_ASSERT_EQUAL_FATAL(tbc_sums_install(), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(
        sqlite3_open_v2(name, &db, SQLITE_OPEN_READWRITE | flags, TBC_SUMS_VFS),
        SQLITE_OK);
    if ((flags & SQLITE_OPEN_CREATE) != 0) {
        CU_ASSERT_EQUAL_FATAL(tbc_sums_begin(db), TBC_OK);
    }
    CU_ASSERT_FATAL(run(db, "PRAGMA locking_mode = EXCLUSIVE;"
                            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                            "PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = 16;"
                            "PRAGMA cache_spill = OFF"));
    return db;
}

/* Rows of some size, all nought; few pages fit into memory, so that most are read from files. */
static sqlite3 *
make_database(void)
{
    sqlite3 *db;

    seed = 1;
    memset(model, 0, sizeof model);
    (void)snprintf(path, sizeof path, "%s", place_empty());
    db = open_database(path, SQLITE_OPEN_CREATE);
    CU_ASSERT_FATAL(
        run(db, "CREATE TABLE t (k INTEGER PRIMARY KEY, v INTEGER, b BLOB)"));
    CU_ASSERT_FATAL(
        run(db, "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n"
                " WHERE i < 1999) INSERT INTO t SELECT i, 0, zeroblob(500) FROM n"));
    return db;
}

static void
change(sqlite3 *db, size_t row, int64_t value)
{
    char text[128];

    (void)snprintf(text, sizeof text,
                   "UPDATE t SET v = %lld, b = randomblob(%d) WHERE k = %zu",
                   (long long)value, 400 + (int)draw(200), row);
    CU_ASSERT_FATAL(run(db, text));
}

/* One transaction; some are taken back, in part or as a whole. */
static void
transact(sqlite3 *db, int64_t value)
{
    const unsigned fate = (unsigned)draw(8);
    const size_t n = draw(20) == 0 ? 400 : draw(30) + 1;
    static int64_t next[ROWS];

    memcpy(next, model, sizeof next);
    CU_ASSERT_FATAL(run(db, "BEGIN"));
    for (size_t i = 0; i < n; i++) {
        const size_t row = draw(ROWS);

        change(db, row, value);
        next[row] = value;
    }
    if (fate == 0) {
        CU_ASSERT_FATAL(run(db, "ROLLBACK"));
        return;
    }
    if (fate == 1) {
        CU_ASSERT_FATAL(run(db, "SAVEPOINT s"));
        for (size_t i = 0; i < n; i++) {
            change(db, draw(ROWS), -1);
        }
        CU_ASSERT_FATAL(run(db, "ROLLBACK TO s; RELEASE s"));
    }
    CU_ASSERT_FATAL(run(db, "COMMIT"));
    memcpy(model, next, sizeof model);
}

static int
compare(void *arg, int columns, char **values, char **names)
{
    size_t *good = arg;

    (void)names;
    *good += columns == 2 &&
             model[strtoul(values[0], NULL, 10)] == strtoll(values[1], NULL, 10);
    return 0;
}

static bool
is_as_committed(sqlite3 *db)
{
    size_t good = 0;

    return sqlite3_exec(db, "SELECT k, v FROM t", compare, &good, NULL) == SQLITE_OK &&
           good == ROWS;
}

static void
copy_file(const char *from, const char *to)
{
    static uint8_t buffer[65536];
    FILE *in = fopen(from, "rbe");
    FILE *out = fopen(to, "wbe");
    size_t n;

    CU_ASSERT_PTR_NOT_NULL_FATAL(in);
    CU_ASSERT_PTR_NOT_NULL_FATAL(out);
    while ((n = fread(buffer, 1, sizeof buffer, in)) > 0) {
        CU_ASSERT_EQUAL(fwrite(buffer, 1, n, out), n);
    }
    (void)fclose(in);
    CU_ASSERT_EQUAL(fclose(out), 0);
}

/* What would be there if the process died now. */
static bool
survives(void)
{
    char copy[256];
    char log[300];
    char copied_log[300];
    sqlite3 *db;
    bool good;

    (void)snprintf(copy, sizeof copy, "%s.copy", path);
    (void)snprintf(log, sizeof log, "%s-wal", path);
    (void)snprintf(copied_log, sizeof copied_log, "%s-wal", copy);
    copy_file(path, copy);
    copy_file(log, copied_log);
    db = open_database(copy, 0);
    good = is_as_committed(db);
    (void)sqlite3_close(db); /* and the log goes with it */
    (void)unlink(copy);
    return good;
}

static void
what_was_committed_is_there_whenever_the_process_dies(void)
{
    sqlite3 *db = make_database();
    unsigned good = 0;
    unsigned looks = 0;

    for (int64_t i = 1; i <= ROUNDS; i++) {
        transact(db, i);
        if (draw(4) != 0) {
            CU_ASSERT_EQUAL_FATAL(tbc_sums_tend(db), SQLITE_OK);
        }
        if (i % 10 == 0) {
            looks++;
            good += survives() && is_as_committed(db);
        }
    }
    CU_ASSERT_EQUAL(good, looks);
    CU_ASSERT_EQUAL(sqlite3_close(db), SQLITE_OK);
    db = open_database(path, 0);
    CU_ASSERT(is_as_committed(db));
    (void)sqlite3_close(db);
}

/* ---- the log alone, on a file of memory */

#define PAGE     512
#define FRAME    (24 + PAGE)
#define FAKE_MAX (8u << 20)

static struct file_fake {
    sqlite3_file base;
    uint8_t bytes[FAKE_MAX];
    unsigned writes;
    unsigned syncs;
    int code; /* of the next write or sync */
} disk;

static int
fake_write(sqlite3_file *file, const void *from, int len, sqlite3_int64 at)
{
    (void)file;
    CU_ASSERT_FATAL(at + len <= FAKE_MAX);
    if (disk.code == SQLITE_OK) {
        memcpy(disk.bytes + at, from, (size_t)len);
        disk.writes++;
    }
    return disk.code;
}

static int
fake_read(sqlite3_file *file, void *to, int len, sqlite3_int64 at)
{
    (void)file;
    memcpy(to, disk.bytes + at, (size_t)len);
    return SQLITE_OK;
}

static int
fake_sync(sqlite3_file *file, int flags)
{
    (void)file;
    (void)flags;
    disk.syncs += disk.code == SQLITE_OK;
    return disk.code;
}

static int
fake_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    (void)file;
    (void)size;
    return SQLITE_OK;
}

static const sqlite3_io_methods fake_methods = {
    .iVersion = 1,
    .xRead = fake_read,
    .xWrite = fake_write,
    .xTruncate = fake_truncate,
    .xSync = fake_sync,
};

static void
put_be32(uint8_t *to, uint32_t v)
{
    for (int i = 3; i >= 0; i--, v >>= 8) {
        to[i] = (uint8_t)v;
    }
}

/* A log that has begun, its head synced as SQLite does it. */
static struct tbc_wal *
begin_log(void)
{
    uint8_t head[32] = { 0 };
    struct tbc_wal *w;

    memset(&disk, 0, sizeof disk);
    disk.base.pMethods = &fake_methods;
    w = tbc_wal_new(&disk.base);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w);
    tbc_wal_keep(w);
    put_be32(head + 8, PAGE);
    put_be32(head + 16, 7); /* its salt */
    CU_ASSERT_EQUAL_FATAL(tbc_wal_write(w, head, sizeof head, 0), SQLITE_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_wal_sync(w, SQLITE_SYNC_NORMAL), SQLITE_OK);
    return w;
}

/* The n-th frame, from 1: a page full of a byte; commit: it ends a transaction. */
static int
put_frame(struct tbc_wal *w, unsigned n, uint32_t page, uint8_t byte, bool commit)
{
    const sqlite3_int64 at = 32 + (sqlite3_int64)(n - 1) * FRAME;
    uint8_t head[24] = { 0 };
    uint8_t body[PAGE];
    int code;

    put_be32(head, page);
    put_be32(head + 4, commit ? 100 : 0);
    put_be32(head + 8, 7);
    memset(body, byte, sizeof body);
    code = tbc_wal_write(w, head, sizeof head, at);
    return code == SQLITE_OK ? tbc_wal_write(w, body, PAGE, at + 24) : code;
}

/* What was moved: the byte that fills each page, and how often it was put. */
static uint8_t moved[16];
static unsigned puts_n[16];
static int put_code;

static int
note_put(void *arg, uint32_t page, const uint8_t *bytes, int len)
{
    (void)arg;
    CU_ASSERT_FATAL(page < 16 && len == PAGE);
    if (put_code == SQLITE_OK) {
        moved[page] = bytes[PAGE - 1];
        puts_n[page]++;
    }
    return put_code;
}

static int
move(struct tbc_wal *w, uint32_t n)
{
    return tbc_wal_move(w, n, note_put, NULL);
}

static void
forget_moves(void)
{
    memset(moved, 0, sizeof moved);
    memset(puts_n, 0, sizeof puts_n);
    put_code = SQLITE_OK;
}

static bool
is_moved(const struct tbc_wal *w, uint32_t page, uint8_t byte)
{
    uint8_t body[PAGE];

    memset(body, byte, sizeof body);
    return tbc_wal_has_moved(w, page, body, PAGE);
}

static void
a_commit_is_one_write(void)
{
    struct tbc_wal *w = begin_log();
    uint8_t body[PAGE] = { 0 };
    const unsigned before = disk.writes;

    for (unsigned n = 1; n <= 20; n++) {
        CU_ASSERT_EQUAL(put_frame(w, n, n % 8 + 1, (uint8_t)n, n == 20), SQLITE_OK);
    }
    CU_ASSERT_EQUAL(disk.writes, before);
    CU_ASSERT_EQUAL(tbc_wal_read(w, body, PAGE, 32 + 24 + 4 * FRAME), SQLITE_OK);
    CU_ASSERT_EQUAL(body[0], 5);
    CU_ASSERT_EQUAL(tbc_wal_sync(w, SQLITE_SYNC_NORMAL), SQLITE_OK);
    CU_ASSERT_EQUAL(disk.writes, before + 1);
    CU_ASSERT_EQUAL(disk.bytes[32 + 24 + 19 * FRAME], 20);
    tbc_wal_free(&w);
}

static void
a_sync_of_nothing_is_left_out(void)
{
    struct tbc_wal *w = begin_log();
    const unsigned before = disk.syncs;

    CU_ASSERT_EQUAL(tbc_wal_sync(w, SQLITE_SYNC_NORMAL), SQLITE_OK);
    CU_ASSERT_EQUAL(disk.syncs, before);
    CU_ASSERT_EQUAL(put_frame(w, 1, 1, 1, true), SQLITE_OK);
    CU_ASSERT_EQUAL(tbc_wal_sync(w, SQLITE_SYNC_NORMAL), SQLITE_OK);
    CU_ASSERT_EQUAL(disk.syncs, before + 1);
    tbc_wal_free(&w);
}

static void
only_what_is_committed_and_synced_is_moved(void)
{
    struct tbc_wal *w = begin_log();

    forget_moves();
    CU_ASSERT_EQUAL(put_frame(w, 1, 1, 11, false), SQLITE_OK);
    CU_ASSERT_EQUAL(put_frame(w, 2, 2, 12, true), SQLITE_OK);
    CU_ASSERT_EQUAL(move(w, 10), SQLITE_OK);
    CU_ASSERT_EQUAL(puts_n[1] + puts_n[2], 0); /* not synced */
    CU_ASSERT_EQUAL(tbc_wal_sync(w, SQLITE_SYNC_NORMAL), SQLITE_OK);
    CU_ASSERT_EQUAL(put_frame(w, 3, 3, 13, false), SQLITE_OK);
    CU_ASSERT_EQUAL(tbc_wal_sync(w, SQLITE_SYNC_NORMAL), SQLITE_OK);
    CU_ASSERT_EQUAL(tbc_wal_frames(w), 2);
    CU_ASSERT_EQUAL(move(w, 10), SQLITE_OK);
    CU_ASSERT_EQUAL(moved[1], 11);
    CU_ASSERT_EQUAL(moved[2], 12);
    CU_ASSERT_EQUAL(puts_n[3], 0); /* not committed */
    /* it is taken back, and another transaction stands in its place */
    CU_ASSERT_EQUAL(put_frame(w, 3, 4, 14, true), SQLITE_OK);
    CU_ASSERT_EQUAL(tbc_wal_sync(w, SQLITE_SYNC_NORMAL), SQLITE_OK);
    CU_ASSERT_EQUAL(move(w, 10), SQLITE_OK);
    CU_ASSERT_EQUAL(puts_n[3], 0);
    CU_ASSERT_EQUAL(moved[4], 14);
    tbc_wal_free(&w);
}

static void
a_page_that_a_later_frame_holds_is_moved_from_there(void)
{
    struct tbc_wal *w = begin_log();

    forget_moves();
    CU_ASSERT_EQUAL(put_frame(w, 1, 1, 21, false), SQLITE_OK);
    CU_ASSERT_EQUAL(put_frame(w, 2, 2, 22, false), SQLITE_OK);
    CU_ASSERT_EQUAL(put_frame(w, 3, 1, 23, true), SQLITE_OK);
    CU_ASSERT_EQUAL(tbc_wal_sync(w, SQLITE_SYNC_NORMAL), SQLITE_OK);
    CU_ASSERT_EQUAL(move(w, 2), SQLITE_OK);
    CU_ASSERT_EQUAL(puts_n[1], 0);
    CU_ASSERT_EQUAL(puts_n[2], 1);
    CU_ASSERT_EQUAL(move(w, 3), SQLITE_OK);
    CU_ASSERT_EQUAL(moved[1], 23);
    CU_ASSERT(is_moved(w, 1, 23));
    CU_ASSERT_FALSE(is_moved(w, 1, 21));
    CU_ASSERT_FALSE(is_moved(w, 3, 23));
    /* a newer one is another page */
    CU_ASSERT_EQUAL(put_frame(w, 4, 1, 24, true), SQLITE_OK);
    CU_ASSERT_EQUAL(tbc_wal_sync(w, SQLITE_SYNC_NORMAL), SQLITE_OK);
    CU_ASSERT_FALSE(is_moved(w, 1, 24));
    tbc_wal_free(&w);
}

static void
a_new_log_knows_nothing_of_the_one_before(void)
{
    struct tbc_wal *w = begin_log();
    uint8_t head[32] = { 0 };

    forget_moves();
    CU_ASSERT_EQUAL(put_frame(w, 1, 1, 31, true), SQLITE_OK);
    CU_ASSERT_EQUAL(tbc_wal_sync(w, SQLITE_SYNC_NORMAL), SQLITE_OK);
    CU_ASSERT_EQUAL(move(w, 1), SQLITE_OK);
    CU_ASSERT(is_moved(w, 1, 31));
    put_be32(head + 8, PAGE);
    put_be32(head + 16, 8);
    CU_ASSERT_EQUAL(tbc_wal_write(w, head, sizeof head, 0), SQLITE_OK);
    CU_ASSERT_EQUAL(tbc_wal_sync(w, SQLITE_SYNC_NORMAL), SQLITE_OK);
    CU_ASSERT_FALSE(is_moved(w, 1, 31));
    CU_ASSERT_EQUAL(tbc_wal_frames(w), 0);
    tbc_wal_free(&w);
}

static void
an_error_of_the_disk_is_told_and_the_step_done_again(void)
{
    struct tbc_wal *w = begin_log();

    forget_moves();
    CU_ASSERT_EQUAL(put_frame(w, 1, 1, 41, true), SQLITE_OK);
    disk.code = SQLITE_IOERR_WRITE;
    CU_ASSERT_EQUAL(tbc_wal_sync(w, SQLITE_SYNC_NORMAL), SQLITE_IOERR_WRITE);
    CU_ASSERT_EQUAL(tbc_wal_frames(w), 0);
    disk.code = SQLITE_OK;
    CU_ASSERT_EQUAL(tbc_wal_sync(w, SQLITE_SYNC_NORMAL), SQLITE_OK);
    CU_ASSERT_EQUAL(disk.bytes[32 + 24], 41);
    put_code = SQLITE_FULL;
    CU_ASSERT_EQUAL(move(w, 1), SQLITE_FULL);
    CU_ASSERT_FALSE(is_moved(w, 1, 41));
    put_code = SQLITE_OK;
    CU_ASSERT_EQUAL(move(w, 1), SQLITE_OK);
    CU_ASSERT(is_moved(w, 1, 41));
    tbc_wal_free(&w);
}

static void
what_is_longer_than_is_kept_is_in_the_file(void)
{
    struct tbc_wal *w = begin_log();
    uint8_t body[PAGE] = { 0 };
    const unsigned n = TBC_WAL_FRAMES + 3;

    for (unsigned i = 1; i <= n; i++) {
        CU_ASSERT_EQUAL_FATAL(put_frame(w, i, 1, (uint8_t)i, i == n), SQLITE_OK);
    }
    CU_ASSERT(tbc_wal_is_beyond(w));
    CU_ASSERT_EQUAL(tbc_wal_sync(w, SQLITE_SYNC_NORMAL), SQLITE_OK);
    CU_ASSERT_EQUAL(
        tbc_wal_read(w, body, PAGE, 32 + 24 + (sqlite3_int64)(n - 1) * FRAME),
        SQLITE_OK);
    CU_ASSERT_EQUAL(body[0], (uint8_t)n);
    CU_ASSERT_EQUAL(disk.bytes[32 + 24 + 5 * FRAME], 6);
    tbc_wal_free(&w);
}

TBC_SUITE("store/wal", TEST(what_was_committed_is_there_whenever_the_process_dies),
          TEST(a_commit_is_one_write), TEST(a_sync_of_nothing_is_left_out),
          TEST(only_what_is_committed_and_synced_is_moved),
          TEST(a_page_that_a_later_frame_holds_is_moved_from_there),
          TEST(a_new_log_knows_nothing_of_the_one_before),
          TEST(an_error_of_the_disk_is_told_and_the_step_done_again),
          TEST(what_is_longer_than_is_kept_is_in_the_file))
