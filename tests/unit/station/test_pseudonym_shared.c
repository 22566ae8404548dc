/* Changing the key of the pseudonyms, by two processes of a station on one PostgreSQL. */
#include "../store/place.h"
#include "pseudonym.h"
#include "store/journal.h"
#include "suite.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TODAY 20500

static const uint8_t sealing[TBC_SEAL_KEY_LEN] = { 1, 2, 3 };
static const uint8_t first[STATION_PSEUDONYM_LEN] = { 7, 7, 7 };
static const uint8_t stale[STATION_PSEUDONYM_LEN] = { 8, 8, 8 };

/* A process of the station with its folder. */
struct one {
    char folder[32];
    struct tbc_store *store;
    struct station_pseudonyms p;
};
static struct one a;
static struct one b;

static const char *
in_folder(const struct one *o, const char *name)
{
    static char path[64];

    (void)snprintf(path, sizeof path, "%s/%s", o->folder, name);
    return path;
}

static void
remove_folders(void)
{
    const struct one *both[] = { &a, &b };

    for (size_t i = 0; i < 2; i++) {
        (void)unlink(in_folder(both[i], "pseudonym.key"));
        (void)unlink(in_folder(both[i], "pseudonym-next.key"));
        (void)rmdir(both[i]->folder);
    }
}

static bool
open_one(struct one *o, const char *where, const uint8_t *file)
{
    return tbc_file_write(in_folder(o, "pseudonym.key"),
                          tbc_span_of(file, STATION_PSEUDONYM_LEN), 0600) == TBC_OK &&
           tbc_store_open(&o->store, where, sealing, false) == TBC_OK &&
           station_pseudonyms_open(&o->p, o->store, o->folder, true) == TBC_OK;
}

static const char *
open_two(void)
{
    const char *where = place_empty();
    struct tbc_store *s = NULL;

    (void)snprintf(a.folder, sizeof a.folder, "/tmp/tbc-pseudonym-XXXXXX");
    (void)snprintf(b.folder, sizeof b.folder, "/tmp/tbc-pseudonym-XXXXXX");
    if (mkdtemp(a.folder) == NULL || mkdtemp(b.folder) == NULL ||
        atexit(remove_folders) != 0 ||
        tbc_store_open(&s, where, sealing, true) != TBC_OK) {
        exit(2);
    }
    tbc_store_close(&s);
    CU_ASSERT_FATAL(open_one(&a, where, first) && open_one(&b, where, first));
    return where;
}

static bool
tend(struct one *o, int64_t day)
{
    bool dropped = false;

    CU_ASSERT_EQUAL(station_pseudonyms_tend(&o->p, tbc_day_start(day), 3600, &dropped),
                    TBC_OK);
    return dropped;
}

/* Whether both make the same pseudonym of each of these days. */
static bool
agree(int64_t from, int64_t to)
{
    for (int64_t day = from; day <= to; day++) {
        uint8_t one[TBC_HOLDER_LEN];
        uint8_t other[TBC_HOLDER_LEN];

        if (station_pseudonym(&a.p, day, TBC_DOC_PASSPORT, "P0000001", one) != TBC_OK ||
            station_pseudonym(&b.p, day, TBC_DOC_PASSPORT, "P0000001", other) !=
                TBC_OK ||
            memcmp(one, other, sizeof one) != 0) {
            return false;
        }
    }
    return true;
}

static bool
have_file(const uint8_t *key)
{
    uint8_t file[STATION_PSEUDONYM_LEN];

    return tbc_secret_read(in_folder(&a, "pseudonym.key"), file, sizeof file) ==
               TBC_OK &&
           memcmp(file, key, sizeof file) == 0 &&
           tbc_secret_read(in_folder(&b, "pseudonym.key"), file, sizeof file) ==
               TBC_OK &&
           memcmp(file, key, sizeof file) == 0;
}

static void
what_one_process_announces_all_do_on_the_same_day(void)
{
    const char *where = open_two();
    uint8_t next[STATION_PSEUDONYM_LEN];
    uint64_t size = 0;

    CU_ASSERT_EQUAL(memcmp(a.p.steady, b.p.steady, sizeof a.p.steady), 0);
    CU_ASSERT_FATAL(tbc_secret_make(in_folder(&a, "pseudonym-next.key"),
                                    STATION_PSEUDONYM_LEN) == TBC_OK &&
                    tbc_secret_read(in_folder(&a, "pseudonym-next.key"), next,
                                    sizeof next) == TBC_OK);
    CU_ASSERT_EQUAL(station_pseudonyms_change(&a.p, tbc_day_start(TODAY)), TBC_OK);
    CU_ASSERT_FALSE(agree(TODAY, TODAY + 2)); /* not before its next beat */
    CU_ASSERT_FALSE(tend(&b, TODAY));
    CU_ASSERT(agree(TODAY - 1, TODAY + 3));
    /* at the second, a next key cannot be announced meanwhile */
    CU_ASSERT_EQUAL(
        tbc_secret_make(in_folder(&b, "pseudonym-next.key"), STATION_PSEUDONYM_LEN),
        TBC_OK);
    CU_ASSERT_EQUAL(station_pseudonyms_change(&b.p, tbc_day_start(TODAY)),
                    TBC_ERR_EXISTS);
    (void)unlink(in_folder(&b, "pseudonym-next.key"));
    CU_ASSERT_FALSE(tend(&a, TODAY + 2));
    CU_ASSERT_FALSE(tend(&b, TODAY + 2));
    CU_ASSERT(have_file(next));
    CU_ASSERT(tend(&b, TODAY + 3)); /* whoever is first */
    CU_ASSERT_FALSE(tend(&a, TODAY + 3));
    CU_ASSERT(agree(TODAY - 1, TODAY + 4));
    CU_ASSERT_FALSE(a.p.has_next || b.p.has_next);
    CU_ASSERT(access(in_folder(&a, "pseudonym-next.key"), F_OK) != 0);
    CU_ASSERT_EQUAL(tbc_journal_size(a.store, &size), TBC_OK);
    CU_ASSERT_EQUAL(size, 2);
    /* one that slept through all of it */
    tbc_store_close(&b.store);
    CU_ASSERT_FATAL(open_one(&b, where, stale));
    CU_ASSERT_FALSE(tend(&b, TODAY + 9));
    CU_ASSERT(agree(TODAY + 8, TODAY + 9));
    CU_ASSERT(have_file(next));
    tbc_store_close(&a.store);
    tbc_store_close(&b.store);
}

TBC_SUITE("station/pseudonym_shared",
          TEST(what_one_process_announces_all_do_on_the_same_day))
