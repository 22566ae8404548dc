/* Copies that are made while the store is in use. */
#include "place.h"
#include "store/backup.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROWS 400

static const uint8_t seal_key[TBC_SEAL_KEY_LEN] = { 1, 2, 3 };
static const struct tbc_utc now = { 1769996400 };
static char copy[160];

static struct tbc_store *
filled_store(void)
{
    const char *where = place_empty();
    struct tbc_store *s = NULL;
    bool ok;

    (void)snprintf(copy, sizeof copy, "%s.copy", where);
    ok = tbc_store_open(&s, where, seal_key, true) == TBC_OK &&
         tbc_store_begin(s) == TBC_OK;
    for (int64_t i = 1; i <= ROWS && ok; i++) {
        struct tbc_store_ticket t = {
            .kind = TBC_DOC_PASSPORT,
            .number = "P0000001",
            .trip = { .train = "G1", .from = "YZN", .to = "HZH", .depart = { i } }
        };
        bool changed;

        ok = tbc_store_ticket_put(s, &t, &changed) == TBC_OK;
    }
    if (!ok || tbc_store_commit(s) != TBC_OK) {
        exit(2);
    }
    return s;
}

static void
remove_copy(void)
{
    char name[sizeof copy + 16];

    (void)snprintf(name, sizeof name, "%s.manifest", copy);
    (void)unlink(name);
    (void)unlink(copy);
}

static bool
append_leaf(struct tbc_store *s)
{
    const struct tbc_leaf leaf = { .kind = TBC_LEAF_START, .time = now };

    return tbc_store_begin(s) == TBC_OK &&
           tbc_journal_append(s, &leaf, NULL, NULL) == TBC_OK &&
           tbc_store_commit(s) == TBC_OK;
}

static void
what_is_written_between_two_steps_is_in_the_copy(void)
{
    struct tbc_store *s = filled_store();
    struct tbc_store *back = NULL;
    struct tbc_backup *b = NULL;
    struct tbc_backup *other = NULL;
    struct tbc_backup_said said;
    uint64_t size = 0;
    unsigned steps = 0;
    bool done = false;

    CU_ASSERT_EQUAL_FATAL(tbc_backup_begin(&b, s, copy), TBC_OK);
    CU_ASSERT_EQUAL(tbc_backup_begin(&other, s, "/nowhere"), TBC_ERR_BUSY);
    while (!done && tbc_backup_step(b, now, &done) == TBC_OK) {
        if (steps++ == 0) {
            CU_ASSERT(append_leaf(s));
            CU_ASSERT_EQUAL(tbc_store_set(s, "between", 7), TBC_OK);
        }
    }
    CU_ASSERT(done && steps > 2);
    tbc_backup_end(&b);
    tbc_store_close(&s);
    CU_ASSERT_EQUAL(tbc_backup_read(copy, &said), TBC_OK);
    CU_ASSERT_EQUAL(said.log_size, 1);
    CU_ASSERT_EQUAL(said.at.s, now.s);
    CU_ASSERT_EQUAL_FATAL(tbc_store_open(&back, copy, seal_key, false), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_get(back, "between", &size), TBC_OK);
    CU_ASSERT_EQUAL(size, 7);
    CU_ASSERT_EQUAL(tbc_journal_size(back, &size), TBC_OK);
    CU_ASSERT_EQUAL(size, 1);
    tbc_store_close(&back);
    remove_copy();
}

static void
a_copy_that_was_not_finished_is_gone(void)
{
    struct tbc_store *s = filled_store();
    struct tbc_backup *b = NULL;
    bool done;

    CU_ASSERT_EQUAL_FATAL(tbc_backup_begin(&b, s, copy), TBC_OK);
    CU_ASSERT_EQUAL(tbc_backup_step(b, now, &done), TBC_OK);
    CU_ASSERT_EQUAL(access(copy, F_OK), 0);
    tbc_backup_end(&b);
    CU_ASSERT_NOT_EQUAL(access(copy, F_OK), 0);
    CU_ASSERT(append_leaf(s));
    tbc_store_close(&s);
}

TBC_SUITE("store/backup", TEST(what_is_written_between_two_steps_is_in_the_copy),
          TEST(a_copy_that_was_not_finished_is_gone))
