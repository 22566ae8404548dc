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

#define CROWD 120

static void
name_number(unsigned n, char number[static TBC_NUMBER_MAX + 1])
{
    (void)snprintf(number, TBC_NUMBER_MAX + 1, "P%07u", n % 10000000);
}

static bool
put_crowd(struct tbc_store *s)
{
    bool ok = true;

    for (unsigned i = 0; i < CROWD; i++) {
        struct tbc_store_person p = { .kind = TBC_DOC_PASSPORT, .name = "Anna Rossi" };
        struct tbc_store_ticket t = { .kind = TBC_DOC_PASSPORT,
                                      .trip = { .train = "G1", .depart = { 5 } } };
        bool changed;

        name_number(i, p.number);
        memcpy(t.number, p.number, sizeof t.number);
        ok = ok && tbc_store_person_put(s, &p, &changed) == TBC_OK &&
             tbc_store_ticket_put(s, &t, &changed) == TBC_OK;
    }
    return ok;
}

/* Their keys, sealed; the blind index; sealed names, holders and trips: what a row has of them. */
static size_t
take_cells(unsigned n, struct tbc_buf *cells, size_t max)
{
    static const char *const queries[] = {
        "SELECT sealed FROM own WHERE blind = $1",
        "SELECT blind FROM own WHERE blind = $1",
        "SELECT name FROM person WHERE blind = $1",
        "SELECT number FROM person WHERE blind = $1",
        "SELECT holder FROM ticket WHERE blind = $1",
        "SELECT trip FROM ticket WHERE blind = $1",
    };
    char number[TBC_NUMBER_MAX + 1];
    uint8_t blind[TBC_BLIND_LEN];
    struct tbc_store *s = NULL;
    sqlite3 *db = NULL;
    size_t got = 0;

    name_number(n, number);
    if (tbc_store_open(&s, path, seal_key, false) != TBC_OK ||
        tbc_store_blind(s, TBC_DOC_PASSPORT, number, blind) != TBC_OK) {
        exit(2);
    }
    tbc_store_close(&s);
    if (sqlite3_open(path, &db) != SQLITE_OK) {
        exit(2);
    }
    for (size_t i = 0; i < sizeof queries / sizeof *queries && got < max; i++) {
        sqlite3_stmt *q = NULL;

        if (sqlite3_prepare_v2(db, queries[i], -1, &q, NULL) == SQLITE_OK &&
            sqlite3_bind_blob(q, 1, blind, sizeof blind, SQLITE_TRANSIENT) ==
                SQLITE_OK &&
            sqlite3_step(q) == SQLITE_ROW) {
            cells[got] = (struct tbc_buf){ 0 };
            if (tbc_buf_append(&cells[got], sqlite3_column_blob(q, 0),
                               (size_t)sqlite3_column_bytes(q, 0)) == TBC_OK) {
                got++;
            }
        }
        (void)sqlite3_finalize(q);
    }
    (void)sqlite3_close(db);
    return got;
}

static bool
forget(struct tbc_store *s, unsigned n)
{
    struct tbc_store_forgotten out;
    char number[TBC_NUMBER_MAX + 1];
    uint8_t blind[TBC_BLIND_LEN];

    name_number(n, number);
    return tbc_store_blind(s, TBC_DOC_PASSPORT, number, blind) == TBC_OK &&
           tbc_store_begin(s) == TBC_OK &&
           tbc_store_person_forget(s, blind, &out) == TBC_OK &&
           tbc_store_commit(s) == TBC_OK && tbc_store_scrub(s) == TBC_OK;
}

static void
what_was_forgotten_is_neither_in_the_file_nor_in_its_log(void)
{
    struct tbc_store *s = fresh_store();
    static struct tbc_buf cells[CROWD / 2][6];
    size_t n = 0;

    CU_ASSERT_FATAL(put_crowd(s));
    tbc_store_close(&s);
    for (unsigned i = 0; i < CROWD / 2; i++) {
        n += take_cells(i * 2, cells[i], 6);
    }
    CU_ASSERT_EQUAL_FATAL(n, 6 * CROWD / 2);
    CU_ASSERT(place_holds(tbc_buf_span(&cells[3][0])));
    CU_ASSERT_EQUAL_FATAL(tbc_store_open(&s, path, seal_key, false), TBC_OK);
    n = 0;
    for (unsigned i = 0; i < CROWD / 2; i++) {
        CU_ASSERT(forget(s, i * 2));
        for (size_t k = 0; k < 6; k++) {
            n += place_holds(tbc_buf_span(&cells[i][k])) ? 1 : 0;
            tbc_buf_fini(&cells[i][k]);
        }
    }
    CU_ASSERT_EQUAL(n, 0);
    tbc_store_close(&s);
}

/* Whether the first two of the crowd can be read. */
static size_t
count_damaged(void)
{
    static struct tbc_store_person back;
    struct tbc_store *s = NULL;
    size_t n = 0;

    CU_ASSERT_EQUAL_FATAL(tbc_store_open(&s, path, seal_key, false), TBC_OK);
    for (unsigned i = 0; i < 2; i++) {
        char number[TBC_NUMBER_MAX + 1];
        uint8_t blind[TBC_BLIND_LEN];

        name_number(i, number);
        CU_ASSERT_EQUAL(tbc_store_blind(s, TBC_DOC_PASSPORT, number, blind), TBC_OK);
        n += tbc_store_person_get(s, blind, &back) == TBC_ERR_CORRUPT ? 1 : 0;
    }
    tbc_store_close(&s);
    return n;
}

static void
a_cell_that_was_moved_does_not_open(void)
{
    static const char *const moves[] = {
        "PRAGMA locking_mode = EXCLUSIVE; UPDATE person SET name ="
        " (SELECT name FROM person ORDER BY id DESC LIMIT 1)"
        " WHERE id = (SELECT min(id) FROM person)",
        "PRAGMA locking_mode = EXCLUSIVE; UPDATE own SET sealed ="
        " (SELECT sealed FROM own ORDER BY id DESC LIMIT 1)"
        " WHERE id = (SELECT min(id) FROM own)",
    };

    for (size_t i = 0; i < 2; i++) {
        struct tbc_store_person p = { .kind = TBC_DOC_PASSPORT, .name = "Anna Rossi" };
        struct tbc_store *s = fresh_store();
        sqlite3 *db = NULL;
        bool changed;

        for (unsigned n = 0; n < 2; n++) {
            name_number(n, p.number);
            CU_ASSERT_EQUAL(tbc_store_person_put(s, &p, &changed), TBC_OK);
        }
        tbc_store_close(&s);
        CU_ASSERT_EQUAL_FATAL(
            sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, TBC_SUMS_VFS), SQLITE_OK);
        CU_ASSERT_EQUAL(sqlite3_exec(db, moves[i], NULL, NULL, NULL), SQLITE_OK);
        (void)sqlite3_close(db);
        CU_ASSERT_EQUAL(count_damaged(), 1);
    }
}

TBC_SUITE("store/sqlite", TEST(a_second_process_is_refused), TEST(damage_is_noticed),
          TEST(a_lost_last_leaf_is_noticed),
          TEST(a_page_that_a_stranger_wrote_is_noticed),
          TEST(what_was_forgotten_is_neither_in_the_file_nor_in_its_log),
          TEST(a_cell_that_was_moved_does_not_open))
