/* Changing the sealing key, on a file and on a server. */
#include "place.h"
#include "store/journal.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PEOPLE 5

static const uint8_t old_key[TBC_SEAL_KEY_LEN] = { 1, 2, 3 };
static const uint8_t next_key[TBC_SEAL_KEY_LEN] = { 4, 5, 6 };
static const uint8_t third_key[TBC_SEAL_KEY_LEN] = { 7, 8, 9 };
static const char *where;

static void
name_number(unsigned n, char number[static TBC_NUMBER_MAX + 1])
{
    (void)snprintf(number, TBC_NUMBER_MAX + 1, "P%07u", n % 10000000);
}

/* A person, a ticket, a note of an officer at the position of that number. */
static bool
add(struct tbc_store *s, unsigned n)
{
    struct tbc_store_person p = { .kind = TBC_DOC_PASSPORT, .name = "Anna Rossi" };
    struct tbc_store_ticket t = {
        .kind = TBC_DOC_PASSPORT,
        .trip = { .train = "G1", .from = "YZN", .to = "HZH", .depart = { 100 } }
    };
    const struct tbc_leaf leaf = { .kind = TBC_LEAF_LOOKUP,
                                   .time = { 1600 },
                                   .device = "patrol-1",
                                   .word = "FINE",
                                   .cti = { 1 },
                                   .has_cti = true };
    bool changed;

    name_number(n, p.number);
    memcpy(t.number, p.number, sizeof t.number);
    return tbc_store_begin(s) == TBC_OK &&
           tbc_store_person_put(s, &p, &changed) == TBC_OK &&
           tbc_store_ticket_put(s, &t, &changed) == TBC_OK &&
           tbc_journal_append(s, &leaf, "asked", NULL) == TBC_OK &&
           tbc_store_commit(s) == TBC_OK;
}

/* How many of the first n are whole. */
static unsigned
count_whole(struct tbc_store *s, unsigned n)
{
    static struct tbc_store_person p;
    struct tbc_trip trips[TBC_WIRE_TRIPS_MAX];
    struct tbc_journal_note note;
    unsigned whole = 0;

    for (unsigned i = 0; i < n; i++) {
        char number[TBC_NUMBER_MAX + 1];
        uint8_t blind[TBC_BLIND_LEN];
        size_t trips_n = 0;

        name_number(i, number);
        whole += tbc_store_blind(s, TBC_DOC_PASSPORT, number, blind) == TBC_OK &&
                         tbc_store_person_get(s, blind, &p) == TBC_OK &&
                         strcmp(p.number, number) == 0 &&
                         tbc_store_trips(s, blind, (struct tbc_utc){ 0 },
                                         (struct tbc_utc){ 999 }, trips,
                                         &trips_n) == TBC_OK &&
                         trips_n == 1 && tbc_journal_note(s, i, &note) == TBC_OK &&
                         strcmp(note.text, "asked") == 0
                     ? 1
                     : 0;
    }
    return whole;
}

static struct tbc_store *
filled_store(void)
{
    struct tbc_store *s = NULL;

    where = place_empty();
    if (tbc_store_open(&s, where, old_key, true) != TBC_OK) {
        exit(2);
    }
    for (unsigned i = 0; i < PEOPLE; i++) {
        CU_ASSERT_FATAL(add(s, i));
    }
    return s;
}

static void
finish(struct tbc_store *s)
{
    bool done = false;

    for (unsigned i = 0; i < 2 * PEOPLE && !done; i++) {
        CU_ASSERT_EQUAL(tbc_store_rekey_bite(s, 2, &done), TBC_OK);
    }
    CU_ASSERT(done);
    CU_ASSERT_EQUAL(tbc_store_rekey_end(s), TBC_OK);
}

static void
rows_are_read_under_both_keys_until_all_are_under_the_next(void)
{
    struct tbc_store *s = filled_store();
    bool pending = false;
    bool done = true;

    CU_ASSERT_EQUAL(tbc_store_rekey_begin(s, next_key), TBC_OK);
    CU_ASSERT_EQUAL(count_whole(s, PEOPLE), PEOPLE);
    CU_ASSERT_EQUAL(tbc_store_rekey_bite(s, 2, &done), TBC_OK);
    CU_ASSERT_FALSE(done);
    CU_ASSERT(add(s, PEOPLE));
    CU_ASSERT_EQUAL(count_whole(s, PEOPLE + 1), PEOPLE + 1);
    CU_ASSERT_EQUAL(tbc_store_rekey_pending(s, &pending), TBC_OK);
    CU_ASSERT(pending);
    finish(s);
    CU_ASSERT_EQUAL(tbc_store_rekey_pending(s, &pending), TBC_OK);
    CU_ASSERT_FALSE(pending);
    CU_ASSERT_EQUAL(count_whole(s, PEOPLE + 1), PEOPLE + 1);
    tbc_store_close(&s);
    CU_ASSERT_EQUAL_FATAL(tbc_store_open(&s, where, next_key, false), TBC_OK);
    CU_ASSERT_EQUAL(count_whole(s, PEOPLE + 1), PEOPLE + 1);
    /* and once more: the blind index keeps its key */
    CU_ASSERT_EQUAL(tbc_store_rekey_begin(s, third_key), TBC_OK);
    finish(s);
    tbc_store_close(&s);
    CU_ASSERT_EQUAL_FATAL(tbc_store_open(&s, where, third_key, false), TBC_OK);
    CU_ASSERT_EQUAL(count_whole(s, PEOPLE + 1), PEOPLE + 1);
    tbc_store_close(&s);
    CU_ASSERT_EQUAL_FATAL(tbc_store_open(&s, where, old_key, false), TBC_OK);
    CU_ASSERT_EQUAL(count_whole(s, PEOPLE + 1), 0);
    tbc_store_close(&s);
}

static void
a_change_that_was_broken_off_goes_on(void)
{
    struct tbc_store *s = filled_store();
    bool done;

    CU_ASSERT_EQUAL(tbc_store_rekey_begin(s, next_key), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_rekey_bite(s, 2, &done), TBC_OK);
    tbc_store_close(&s);
    CU_ASSERT_EQUAL_FATAL(tbc_store_open(&s, where, next_key, false), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_rekey_end(s), TBC_ERR_CORRUPT); /* not without the old */
    tbc_store_close(&s);
    CU_ASSERT_EQUAL_FATAL(tbc_store_open(&s, where, old_key, false), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_rekey_end(s), TBC_ERR_CORRUPT); /* not without the next */
    CU_ASSERT_EQUAL(tbc_store_rekey_begin(s, third_key), TBC_ERR_CORRUPT);
    CU_ASSERT_EQUAL(tbc_store_rekey_begin(s, next_key), TBC_OK);
    CU_ASSERT_EQUAL(count_whole(s, PEOPLE), PEOPLE);
    finish(s);
    tbc_store_close(&s);
    CU_ASSERT_EQUAL_FATAL(tbc_store_open(&s, where, next_key, false), TBC_OK);
    CU_ASSERT_EQUAL(count_whole(s, PEOPLE), PEOPLE);
    tbc_store_close(&s);
}

/* Killed after the file was replaced, before the store was told. */
static void
a_change_that_was_done_is_ended_at_the_next_start(void)
{
    struct tbc_store *s = filled_store();
    bool pending = false;
    bool done = false;

    CU_ASSERT_EQUAL(tbc_store_rekey_begin(s, next_key), TBC_OK);
    while (!done && tbc_store_rekey_bite(s, 100, &done) == TBC_OK) {
    }
    tbc_store_close(&s);
    CU_ASSERT_EQUAL_FATAL(tbc_store_open(&s, where, next_key, false), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_rekey_pending(s, &pending), TBC_OK);
    CU_ASSERT(pending);
    CU_ASSERT_EQUAL(tbc_store_rekey_end(s), TBC_OK);
    CU_ASSERT_EQUAL(count_whole(s, PEOPLE), PEOPLE);
    tbc_store_close(&s);
}

TBC_SUITE("store/rekey",
          TEST(rows_are_read_under_both_keys_until_all_are_under_the_next),
          TEST(a_change_that_was_broken_off_goes_on),
          TEST(a_change_that_was_done_is_ended_at_the_next_start))
