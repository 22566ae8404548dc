/* Tables of an earlier version, brought up to date with what stands in them. */
#include "place.h"
#include "store/inner.h"
#include "suite.h"

#include <string.h>

static const uint8_t seal_key[TBC_SEAL_KEY_LEN] = { 1, 2, 3 };

/* As version 5 wrote them. */
enum {
    OLD_CERTIFICATE,
    OLD_ENTRY,
    OLD_TEXTS
};
static const char *const texts[OLD_TEXTS] = {
    [OLD_CERTIFICATE] =
        "INSERT INTO certificate (cti, blind, idx, issued, expires, medium, device,"
        " officer, why, bytes, revoked, reason)"
        " VALUES ($1, $2, $3, 1, 2, 1, 'k', '', '', $1, 0, '')",
    [OLD_ENTRY] = "INSERT INTO entry (event, cti, verdict, at, train, depart, told,"
                  " device, conflict) VALUES ($1, $2, $3, $4, $5, $6, 1, 'g', $7)",
};

static const struct tbc_sql_catalogue version_5 = {
    .owner = "a test",
    .make_hint = "",
    .application = TBC_STORE_APPLICATION,
    .texts = texts,
    .texts_n = OLD_TEXTS,
    .migrations = tbc_store_migrations,
    .migrations_n = 5,
};

static const uint8_t holder[TBC_BLIND_LEN] = { 0xb0 };

static void
add_certificate(struct tbc_sql *sql, uint8_t cti)
{
    const uint8_t id[TBC_CTI_LEN] = { cti };
    const struct tbc_sql_value values[] = { TBC_BLOB(id, sizeof id),
                                            TBC_BLOB(holder, sizeof holder),
                                            TBC_INT(cti) };
    uint64_t n;

    CU_ASSERT_EQUAL(tbc_sql_run(sql, OLD_CERTIFICATE, values, 3, &n), TBC_OK);
}

struct old_entry {
    uint8_t event;
    uint8_t cti;
    enum tbc_verdict verdict;
    int64_t at;
    const char *train;
    bool conflict;
};

static void
add_entry(struct tbc_sql *sql, const struct old_entry *e)
{
    const uint8_t event[TBC_EVENT_LEN] = { e->event };
    const uint8_t cti[TBC_CTI_LEN] = { e->cti };
    const struct tbc_sql_value values[] = {
        TBC_BLOB(event, sizeof event),
        TBC_BLOB(cti, sizeof cti),
        TBC_INT(e->verdict),
        TBC_INT(e->at),
        TBC_TEXT(e->train),
        TBC_INT(e->train[0] != '\0' ? 99 : 0),
        TBC_INT(e->conflict),
    };
    uint64_t n;

    CU_ASSERT_EQUAL(tbc_sql_run(sql, OLD_ENTRY, values, TBC_VALUES_N(values), &n),
                    TBC_OK);
}

/* Two certificates of one person, and one of another station's. */
static const struct old_entry entries[] = {
    { 1, 1, TBC_ACCEPTED, 20, "G1", false },
    { 2, 2, TBC_ACCEPTED_OFFLINE, 10, "G1", false }, /* was none, with another cti */
    { 3, 1, TBC_ACCEPTED_OFFLINE, 30, "G1", true },
    { 4, 1, TBC_ACCEPTED, 40, "G2", false },
    { 5, 1, TBC_NO_TICKET, 50, "", false },
    { 6, 9, TBC_ACCEPTED, 60, "G1", false },
};

static const struct tbc_store_use *
find(const struct tbc_store_use *uses, size_t n, uint8_t event)
{
    for (size_t i = 0; i < n; i++) {
        if (uses[i].use.event[0] == event) {
            return &uses[i];
        }
    }
    return NULL;
}

static void
entries_of_before_find_their_person(void)
{
    static const uint8_t foreign[TBC_CTI_LEN] = { 9 };
    const char *where = place_empty();
    struct tbc_sql *sql = NULL;
    struct tbc_store *s = NULL;
    struct tbc_store_use uses[8];
    const struct tbc_store_use *u;
    size_t n;

    CU_ASSERT_EQUAL_FATAL(tbc_sql_open(&sql, where, &version_5, true), TBC_OK);
    CU_ASSERT_EQUAL(tbc_sql_begin(sql), TBC_OK);
    add_certificate(sql, 1);
    add_certificate(sql, 2);
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        add_entry(sql, &entries[i]);
    }
    CU_ASSERT_EQUAL(tbc_sql_commit(sql), TBC_OK);
    tbc_sql_close(&sql);
    CU_ASSERT_EQUAL_FATAL(tbc_store_open(&s, where, seal_key, false), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_uses(s, tbc_span_of(holder, sizeof holder),
                                   (struct tbc_utc){ 0 }, uses, 8, &n),
                    TBC_OK);
    CU_ASSERT_EQUAL(n, 4);
    u = find(uses, n, 2); /* the first of the two */
    CU_ASSERT(u != NULL && !u->conflict && u->has_round && u->round == 0);
    u = find(uses, n, 1);
    CU_ASSERT(u != NULL && u->conflict && !u->has_round);
    u = find(uses, n, 3);
    CU_ASSERT(u != NULL && u->conflict && !u->has_round);
    u = find(uses, n, 4);
    CU_ASSERT(u != NULL && !u->conflict && u->has_round);
    CU_ASSERT(u != NULL && u->use.act == TBC_ACT_ENTER);
    CU_ASSERT_EQUAL(tbc_store_uses(s, tbc_span_of(foreign, sizeof foreign),
                                   (struct tbc_utc){ 0 }, uses, 8, &n),
                    TBC_OK);
    CU_ASSERT_EQUAL(n, 1);
    tbc_store_close(&s);
}

TBC_SUITE("store/migrate", TEST(entries_of_before_find_their_person))
