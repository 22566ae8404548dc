/* What only a file can suffer. */
#include "place.h"
#include "store/journal.h"
#include "store/sums.h"
#include "suite.h"
#include "sys/file.h"

#include <sqlite3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const uint8_t seal_key[TBC_SEAL_KEY_LEN] = { 1, 2, 3 };
static const char *path;

static struct tbc_store *
fresh_store(void)
{
    struct tbc_store *s = NULL;

    path = place_empty();
    if (tbc_store_open(&s, path, seal_key, true) != TBC_OK) {
        exit(2);
    }
    return s;
}

static void
a_second_process_is_refused(void)
{
    struct tbc_store *s = fresh_store();
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        struct tbc_store *other = NULL;

        _exit(tbc_store_open(&other, path, seal_key, false) == TBC_ERR_BUSY ? 0 : 1);
    }
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    tbc_store_close(&s);
}

static void
damage_is_noticed(void)
{
    struct tbc_store *s = fresh_store();
    struct tbc_store_person p = { .kind = TBC_DOC_CN,
                                  .number = "11010519491231002X",
                                  .name = "Lin Xiaohe" };
    struct tbc_buf b = { 0 };
    bool changed;

    for (int i = 0; i < 40; i++) {
        p.number[0] = (char)('0' + i % 10);
        p.number[1] = (char)('0' + i / 10);
        CU_ASSERT_EQUAL(tbc_store_person_put(s, &p, &changed), TBC_OK);
    }
    tbc_store_close(&s);
    CU_ASSERT_EQUAL(tbc_file_read(path, 64u << 20, &b), TBC_OK);
    /* the head of a page in the middle of the file */
    b.ptr[b.len / 4096 / 2 * 4096] ^= 0xff;
    CU_ASSERT_EQUAL(tbc_file_write(path, tbc_buf_span(&b), 0600), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_open(&s, path, seal_key, false), TBC_ERR_CORRUPT);
    CU_ASSERT_EQUAL(tbc_file_write(path, tbc_span_str("no database at all"), 0600),
                    TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_open(&s, path, seal_key, false), TBC_ERR_CORRUPT);
    CU_ASSERT_EQUAL(tbc_file_write(path, (struct tbc_span){ 0 }, 0600), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_open(&s, path, seal_key, false), TBC_ERR_CORRUPT);
    tbc_buf_fini(&b);
    (void)unlink(path);
    CU_ASSERT_EQUAL(tbc_store_open(&s, path, seal_key, false), TBC_ERR_NOT_FOUND);
}

/* The counter of the journal says more than there is: nothing is built upon it. */
static void
a_lost_last_leaf_is_noticed(void)
{
    const struct tbc_leaf leaf = { .kind = TBC_LEAF_START, .time = { 1769996400 } };
    struct tbc_store *s = fresh_store();
    sqlite3 *db = NULL;

    CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK);
    for (int i = 0; i < 9; i++) {
        CU_ASSERT_EQUAL(tbc_journal_append(s, &leaf, NULL, NULL), TBC_OK);
    }
    CU_ASSERT_EQUAL(tbc_store_commit(s), TBC_OK);
    tbc_store_close(&s);
    CU_ASSERT_EQUAL_FATAL(
        sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, TBC_SUMS_VFS), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(db,
                                 "PRAGMA locking_mode = EXCLUSIVE;"
                                 "DELETE FROM leaf WHERE pos = 8",
                                 NULL, NULL, NULL),
                    SQLITE_OK);
    (void)sqlite3_close(db);
    CU_ASSERT_EQUAL_FATAL(tbc_store_open(&s, path, seal_key, false), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_journal_append(s, &leaf, NULL, NULL), TBC_ERR_CORRUPT);
    tbc_store_rollback(s);
    tbc_store_close(&s);
}

/* What another SQLite has written is not taken for ours. */
static void
a_page_that_a_stranger_wrote_is_noticed(void)
{
    struct tbc_store *s = fresh_store();
    sqlite3 *db = NULL;

    CU_ASSERT_EQUAL(tbc_store_set(s, "x", 1), TBC_OK);
    tbc_store_close(&s);
    CU_ASSERT_EQUAL_FATAL(sqlite3_open(path, &db), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(db, "UPDATE meta SET value = 2 WHERE name = 'x'", NULL,
                                 NULL, NULL),
                    SQLITE_OK);
    (void)sqlite3_close(db);
    CU_ASSERT_EQUAL(tbc_store_open(&s, path, seal_key, false), TBC_ERR_CORRUPT);
}

TBC_SUITE("store/sqlite", TEST(a_second_process_is_refused), TEST(damage_is_noticed),
          TEST(a_lost_last_leaf_is_noticed),
          TEST(a_page_that_a_stranger_wrote_is_noticed))
