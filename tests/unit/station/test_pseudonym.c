/* Changing the key of the pseudonyms, by one process of a station. */
#include "../store/place.h"
#include "crypto/digest.h"
#include "pseudonym.h"
#include "store/journal.h"
#include "suite.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TODAY    20500
#define VALIDITY TBC_DAY_S

static const uint8_t sealing[TBC_SEAL_KEY_LEN] = { 1, 2, 3 };
static const uint8_t resealing[TBC_SEAL_KEY_LEN] = { 4, 5, 6 };

static char folder[] = "/tmp/tbc-pseudonym-XXXXXX";
static const char *where;

static const char *
in_folder(const char *name)
{
    static char path[64];

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void
remove_folder(void)
{
    (void)unlink(in_folder("pseudonym.key"));
    (void)unlink(in_folder("pseudonym-next.key"));
    (void)rmdir(folder);
}

static void
make_secret(const char *name, uint8_t key[static STATION_PSEUDONYM_LEN])
{
    (void)unlink(in_folder(name));
    if (tbc_secret_make(in_folder(name), STATION_PSEUDONYM_LEN) != TBC_OK ||
        tbc_secret_read(in_folder(name), key, STATION_PSEUDONYM_LEN) != TBC_OK) {
        exit(2);
    }
}

static bool
file_is(const char *name, const uint8_t key[static STATION_PSEUDONYM_LEN])
{
    uint8_t there[STATION_PSEUDONYM_LEN];

    return tbc_secret_read(in_folder(name), there, sizeof there) == TBC_OK &&
           memcmp(there, key, sizeof there) == 0;
}

/* The second of that day. */
static struct tbc_utc
at(int64_t day, int64_t second)
{
    return (struct tbc_utc){ tbc_day_start(day).s + second };
}

static bool
open_both(struct tbc_store **s, struct station_pseudonyms *p, const uint8_t *key)
{
    return tbc_store_open(s, where, key, false) == TBC_OK &&
           station_pseudonyms_open(p, *s, folder, false) == TBC_OK;
}

/* As after a crash, with another process. */
static bool
open_again(struct tbc_store **s, struct station_pseudonyms *p)
{
    tbc_store_close(s);
    return open_both(s, p, sealing);
}

/* An empty store and a folder with a first key. */
static struct tbc_store *
begin(struct station_pseudonyms *p, uint8_t first[static STATION_PSEUDONYM_LEN])
{
    struct tbc_store *s = NULL;

    if (folder[sizeof folder - 2] == 'X' &&
        (mkdtemp(folder) == NULL || atexit(remove_folder) != 0)) {
        exit(2);
    }
    (void)unlink(in_folder("pseudonym-next.key"));
    make_secret("pseudonym.key", first);
    where = place_empty();
    if (tbc_store_open(&s, where, sealing, true) != TBC_OK) {
        exit(2);
    }
    tbc_store_close(&s);
    CU_ASSERT_FATAL(open_both(&s, p, sealing));
    return s;
}

/* Whether pseudonyms of that day are under that key. */
static bool
is_under(const struct station_pseudonyms *p, int64_t day, const uint8_t *key)
{
    uint8_t want[TBC_HOLDER_LEN];
    uint8_t have[TBC_HOLDER_LEN];

    return tbc_pseudonym(tbc_span_of(key, STATION_PSEUDONYM_LEN), day, TBC_DOC_PASSPORT,
                         "P0000001", want) == TBC_OK &&
           station_pseudonym(p, day, TBC_DOC_PASSPORT, "P0000001", have) == TBC_OK &&
           memcmp(want, have, sizeof want) == 0;
}

static bool
tend(struct station_pseudonyms *p, struct tbc_utc now)
{
    bool dropped = false;

    CU_ASSERT_EQUAL(station_pseudonyms_tend(p, now, VALIDITY, &dropped), TBC_OK);
    return dropped;
}

static uint64_t
leaves(struct tbc_store *s)
{
    uint64_t size = 0;

    CU_ASSERT_EQUAL(tbc_journal_size(s, &size), TBC_OK);
    return size;
}

static void
the_next_key_serves_from_a_day_that_no_manifest_of_before_reaches(void)
{
    struct station_pseudonyms p;
    uint8_t first[STATION_PSEUDONYM_LEN];
    uint8_t next[STATION_PSEUDONYM_LEN];
    struct tbc_store *s = begin(&p, first);
    struct tbc_utc now = at(TODAY, TBC_DAY_S - 1);

    CU_ASSERT(is_under(&p, TODAY, first));
    CU_ASSERT_EQUAL(station_pseudonyms_change(&p, now), TBC_OK); /* to nothing */
    CU_ASSERT_EQUAL(leaves(s), 0);
    make_secret("pseudonym-next.key", next);
    CU_ASSERT_EQUAL(station_pseudonyms_change(&p, now), TBC_OK);
    /* a manifest of before has certificates of yesterday, today and tomorrow */
    for (int64_t day = TODAY - 1; day <= TODAY + 1; day++) {
        CU_ASSERT(is_under(&p, day, first));
    }
    CU_ASSERT(is_under(&p, TODAY + 2, next));
    CU_ASSERT(is_under(&p, TODAY + 3, next));
    CU_ASSERT_EQUAL(leaves(s), 1);
    CU_ASSERT_EQUAL(station_pseudonyms_change(&p, at(TODAY + 1, 0)), TBC_OK);
    CU_ASSERT(is_under(&p, TODAY + 2, next)); /* announced once, not put off */
    CU_ASSERT(file_is("pseudonym.key", first));
    tbc_store_close(&s);
}

static void
the_old_key_goes_when_no_certificate_under_it_is_valid(void)
{
    static const uint8_t none[STATION_PSEUDONYM_LEN] = { 0 };
    struct station_pseudonyms p;
    uint8_t first[STATION_PSEUDONYM_LEN];
    uint8_t next[STATION_PSEUDONYM_LEN];
    uint8_t steady[STATION_PSEUDONYM_LEN];
    struct tbc_store *s = begin(&p, first);
    bool dropped = true;

    memcpy(steady, p.steady, sizeof steady);
    make_secret("pseudonym-next.key", next);
    CU_ASSERT_EQUAL(station_pseudonyms_change(&p, at(TODAY, 0)), TBC_OK);
    CU_ASSERT_FALSE(tend(&p, at(TODAY + 1, TBC_DAY_S - 1)));
    CU_ASSERT(file_is("pseudonym.key", first));
    CU_ASSERT_FALSE(tend(&p, at(TODAY + 2, 0)));
    CU_ASSERT(file_is("pseudonym.key", next));
    CU_ASSERT(is_under(&p, TODAY + 1, first)); /* the manifest still wants it */
    CU_ASSERT_FALSE(tend(&p, at(TODAY + 2, TBC_DAY_S - 1)));
    CU_ASSERT_EQUAL(
        station_pseudonyms_tend(&p, at(TODAY + 3, 0), 2 * TBC_DAY_S, &dropped), TBC_OK);
    CU_ASSERT_FALSE(dropped); /* where certificates live longer */
    CU_ASSERT(access(in_folder("pseudonym-next.key"), F_OK) == 0);
    CU_ASSERT(tend(&p, at(TODAY + 3, 0)));
    CU_ASSERT(access(in_folder("pseudonym-next.key"), F_OK) != 0);
    CU_ASSERT(file_is("pseudonym.key", next));
    CU_ASSERT(is_under(&p, TODAY + 3, next));
    CU_ASSERT_EQUAL(memcmp(p.next, none, sizeof none), 0);
    CU_ASSERT_NOT_EQUAL(memcmp(p.key, first, sizeof first), 0);
    CU_ASSERT_EQUAL(leaves(s), 2);
    CU_ASSERT_FALSE(tend(&p, at(TODAY + 3, 1)));
    /* the database has it no more, and what hangs on the first key stays */
    CU_ASSERT_FATAL(open_again(&s, &p));
    CU_ASSERT(is_under(&p, TODAY, next));
    CU_ASSERT_EQUAL(memcmp(p.steady, steady, sizeof steady), 0);
    tbc_store_close(&s);
}

static void
a_change_goes_on_wherever_it_was_broken_off(void)
{
    struct station_pseudonyms p;
    uint8_t first[STATION_PSEUDONYM_LEN];
    uint8_t next[STATION_PSEUDONYM_LEN];
    struct tbc_buf file = { 0 };
    struct tbc_store *s = begin(&p, first);

    make_secret("pseudonym-next.key", next);
    CU_ASSERT_FATAL(open_again(&s, &p)); /* before it began */
    CU_ASSERT_EQUAL(station_pseudonyms_change(&p, at(TODAY, 5)), TBC_OK);
    CU_ASSERT_FATAL(open_again(&s, &p));
    CU_ASSERT_EQUAL(station_pseudonyms_change(&p, at(TODAY + 1, 5)), TBC_OK);
    CU_ASSERT(is_under(&p, TODAY + 1, first));
    CU_ASSERT(is_under(&p, TODAY + 2, next));
    CU_ASSERT_FALSE(tend(&p, at(TODAY + 2, 5)));
    CU_ASSERT_FATAL(open_again(&s, &p)); /* pseudonym.key is the next one by now */
    CU_ASSERT_EQUAL(station_pseudonyms_change(&p, at(TODAY + 2, 5)), TBC_OK);
    CU_ASSERT(is_under(&p, TODAY + 1, first));
    CU_ASSERT_EQUAL(tbc_file_read(in_folder("pseudonym-next.key"), 64, &file), TBC_OK);
    CU_ASSERT(tend(&p, at(TODAY + 9, 0)));
    /* after the commit, before the file was removed */
    CU_ASSERT_EQUAL(
        tbc_file_write(in_folder("pseudonym-next.key"), tbc_buf_span(&file), 0600),
        TBC_OK);
    CU_ASSERT_FATAL(open_again(&s, &p));
    CU_ASSERT_EQUAL(station_pseudonyms_change(&p, at(TODAY + 9, 0)), TBC_OK);
    CU_ASSERT(access(in_folder("pseudonym-next.key"), F_OK) != 0);
    CU_ASSERT_FALSE(p.has_next);
    CU_ASSERT_EQUAL(leaves(s), 2);
    tbc_buf_fini(&file);
    tbc_store_close(&s);
}

static void
another_next_key_has_to_wait(void)
{
    struct station_pseudonyms p;
    uint8_t first[STATION_PSEUDONYM_LEN];
    uint8_t next[STATION_PSEUDONYM_LEN];
    uint8_t other[STATION_PSEUDONYM_LEN];
    struct tbc_store *s = begin(&p, first);

    make_secret("pseudonym-next.key", next);
    CU_ASSERT_EQUAL(station_pseudonyms_change(&p, at(TODAY, 0)), TBC_OK);
    make_secret("pseudonym-next.key", other);
    CU_ASSERT_EQUAL(station_pseudonyms_change(&p, at(TODAY, 1)), TBC_ERR_EXISTS);
    CU_ASSERT(is_under(&p, TODAY + 2, next));
    CU_ASSERT(tend(&p, at(TODAY + 3, 0)));
    CU_ASSERT(file_is("pseudonym-next.key", other)); /* it may come now */
    CU_ASSERT_EQUAL(station_pseudonyms_change(&p, at(TODAY + 3, 1)), TBC_OK);
    CU_ASSERT(is_under(&p, TODAY + 4, next));
    CU_ASSERT(is_under(&p, TODAY + 5, other));
    tbc_store_close(&s);
}

static void
a_folder_that_is_newer_than_its_database_is_believed(void)
{
    struct station_pseudonyms p;
    uint8_t first[STATION_PSEUDONYM_LEN];
    uint8_t newer[STATION_PSEUDONYM_LEN];
    uint8_t steady[STATION_PSEUDONYM_LEN];
    struct tbc_store *s = begin(&p, first);

    memcpy(steady, p.steady, sizeof steady);
    make_secret("pseudonym.key", newer);
    CU_ASSERT_FATAL(open_again(&s, &p));
    CU_ASSERT(is_under(&p, TODAY, newer));
    CU_ASSERT_EQUAL(memcmp(p.steady, steady, sizeof steady), 0);
    CU_ASSERT_FATAL(open_again(&s, &p));
    CU_ASSERT(is_under(&p, TODAY, newer));
    tbc_store_close(&s);
}

static void
a_new_sealing_key_takes_the_keys_along(void)
{
    struct station_pseudonyms p;
    uint8_t first[STATION_PSEUDONYM_LEN];
    uint8_t next[STATION_PSEUDONYM_LEN];
    struct tbc_store *s = begin(&p, first);
    bool done = false;

    make_secret("pseudonym-next.key", next);
    CU_ASSERT_EQUAL(station_pseudonyms_change(&p, at(TODAY, 0)), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_rekey_begin(s, resealing), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_rekey_bite(s, 10, &done), TBC_OK);
    CU_ASSERT(done);
    CU_ASSERT_EQUAL(tbc_store_rekey_end(s), TBC_OK);
    tbc_store_close(&s);
    CU_ASSERT_FATAL(open_both(&s, &p, resealing));
    CU_ASSERT(is_under(&p, TODAY + 1, first));
    CU_ASSERT(is_under(&p, TODAY + 2, next));
    CU_ASSERT(tend(&p, at(TODAY + 3, 0)));
    tbc_store_close(&s);
    CU_ASSERT_EQUAL(tbc_store_open(&s, where, sealing, false), TBC_OK);
    CU_ASSERT_EQUAL(station_pseudonyms_open(&p, s, folder, false), TBC_ERR_CORRUPT);
    tbc_store_close(&s);
}

TBC_SUITE("station/pseudonym",
          TEST(the_next_key_serves_from_a_day_that_no_manifest_of_before_reaches),
          TEST(the_old_key_goes_when_no_certificate_under_it_is_valid),
          TEST(a_change_goes_on_wherever_it_was_broken_off),
          TEST(another_next_key_has_to_wait),
          TEST(a_folder_that_is_newer_than_its_database_is_believed),
          TEST(a_new_sealing_key_takes_the_keys_along))
