/* Forgetting, on a file and on a server. */
#include "place.h"
#include "store/journal.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t seal_key[TBC_SEAL_KEY_LEN] = { 1, 2, 3 };
static const char *where;

static struct tbc_store *
fresh_store(void)
{
    struct tbc_store *s = NULL;

    where = place_empty();
    if (tbc_store_open(&s, where, seal_key, true) != TBC_OK) {
        exit(2);
    }
    return s;
}

static void
name_number(unsigned n, char number[static TBC_NUMBER_MAX + 1])
{
    (void)snprintf(number, TBC_NUMBER_MAX + 1, "P%07u", n % 10000000);
}

/* A person with two tickets and a certificate that was used, looked at and noted. */
static bool
add_person(struct tbc_store *s, unsigned n)
{
    struct tbc_store_person p = { .kind = TBC_DOC_PASSPORT, .name = "Anna Rossi" };
    struct tbc_store_ticket t = {
        .kind = TBC_DOC_PASSPORT, .trip = { .train = "G1", .from = "YZN", .to = "HZH" }
    };
    struct tbc_store_certificate c = { .cti = { (uint8_t)n, 1 },
                                       .status_idx = n,
                                       .issued = { 1000 },
                                       .expires = { 2000 },
                                       .device = "kiosk-1",
                                       .bytes = { 0xd2 },
                                       .bytes_len = 1 };
    struct tbc_store_entry e = { .entry = { .event = { (uint8_t)n, 2 },
                                            .verdict = TBC_ACCEPTED,
                                            .at = { 1500 },
                                            .train = "G1" } };
    struct tbc_leaf leaf = { .kind = TBC_LEAF_LOOKUP,
                             .time = { 1600 },
                             .device = "patrol-1",
                             .word = "FINE",
                             .has_cti = true };
    static const uint8_t digest[TBC_STORE_DIGEST_LEN];
    const uint8_t id[TBC_WIRE_ID_LEN] = { (uint8_t)n };
    bool changed;
    bool ok;

    name_number(n, p.number);
    memcpy(t.number, p.number, sizeof t.number);
    memcpy(e.entry.cti, c.cti, sizeof c.cti);
    memcpy(leaf.cti, c.cti, sizeof c.cti);
    ok =
        tbc_store_begin(s) == TBC_OK && tbc_store_person_put(s, &p, &changed) == TBC_OK;
    for (t.trip.depart.s = 100; t.trip.depart.s <= 200; t.trip.depart.s += 100) {
        ok = ok && tbc_store_ticket_put(s, &t, &changed) == TBC_OK;
    }
    return ok && tbc_store_blind(s, p.kind, p.number, c.blind) == TBC_OK &&
           tbc_journal_take(s, &c.leaf) == TBC_OK &&
           tbc_store_certificate_put(s, &c) == TBC_OK &&
           tbc_journal_append(s, &leaf, "asked by the holder", NULL) == TBC_OK &&
           tbc_store_entry_put(s, &e) == TBC_OK &&
           tbc_store_access_put(s, c.cti, "patrol-1", "asked", e.entry.at) == TBC_OK &&
           tbc_store_failure_add(s, c.blind, e.entry.at, e.entry.at) == TBC_OK &&
           tbc_store_request_put(s, id, digest, tbc_span_str("reply"), e.entry.at,
                                 c.cti) == TBC_OK &&
           tbc_store_commit(s) == TBC_OK;
}

static enum tbc_err
forget(struct tbc_store *s, unsigned n, struct tbc_store_forgotten *out)
{
    char number[TBC_NUMBER_MAX + 1];
    uint8_t blind[TBC_BLIND_LEN];
    enum tbc_err err;

    name_number(n, number);
    if (tbc_store_blind(s, TBC_DOC_PASSPORT, number, blind) != TBC_OK ||
        tbc_store_begin(s) != TBC_OK) {
        exit(2);
    }
    err = tbc_store_person_forget(s, blind, out);
    if (err != TBC_OK) {
        tbc_store_rollback(s);
        return err;
    }
    err = tbc_store_commit(s);
    return err == TBC_OK ? tbc_store_scrub(s) : err;
}

static enum tbc_err
count(void *arg, uint64_t idx)
{
    *(uint64_t *)arg += idx;
    return TBC_OK;
}

static void
everything_of_a_person_goes_and_nothing_of_another(void)
{
    struct tbc_store *s = fresh_store();
    struct tbc_store_forgotten n;
    struct tbc_store_certificate c;
    struct tbc_store_entry e;
    struct tbc_journal_note note;
    struct tbc_trip trips[TBC_WIRE_TRIPS_MAX];
    static struct tbc_store_person p;
    char number[TBC_NUMBER_MAX + 1];
    uint8_t blind[TBC_BLIND_LEN];
    uint64_t size = 0;

    CU_ASSERT_FATAL(add_person(s, 1) && add_person(s, 2));
    CU_ASSERT_EQUAL(forget(s, 1, &n), TBC_OK);
    CU_ASSERT(n.people == 1 && n.tickets == 2 && n.certificates == 1 && n.entries == 1);
    CU_ASSERT_EQUAL(forget(s, 1, &n), TBC_ERR_NOT_FOUND);
    for (unsigned i = 1; i <= 2; i++) {
        const enum tbc_err want = i == 1 ? TBC_ERR_NOT_FOUND : TBC_OK;
        const uint8_t id[TBC_WIRE_ID_LEN] = { (uint8_t)i };
        uint8_t digest[TBC_STORE_DIGEST_LEN];
        struct tbc_buf reply = { 0 };
        size_t trips_n;
        uint64_t failures;

        name_number(i, number);
        CU_ASSERT_EQUAL(tbc_store_blind(s, TBC_DOC_PASSPORT, number, blind), TBC_OK);
        CU_ASSERT_EQUAL(tbc_store_person_get(s, blind, &p), want);
        CU_ASSERT_EQUAL(tbc_store_certificate_of(s, blind, NULL, &c), want);
        CU_ASSERT_EQUAL(
            tbc_store_entry_get(s, (const uint8_t[16]){ (uint8_t)i, 2 }, &e), want);
        CU_ASSERT_EQUAL(tbc_journal_note(s, i - 1, &note), want);
        CU_ASSERT_EQUAL(tbc_store_request_get(s, id, digest, &reply), want);
        CU_ASSERT_EQUAL(tbc_store_trips(s, blind, (struct tbc_utc){ 0 },
                                        (struct tbc_utc){ 999 }, trips, &trips_n),
                        TBC_OK);
        CU_ASSERT_EQUAL(trips_n, i == 1 ? 0 : 2);
        CU_ASSERT_EQUAL(tbc_store_failures(s, blind, (struct tbc_utc){ 0 }, &failures),
                        TBC_OK);
        CU_ASSERT_EQUAL(failures, i - 1);
        tbc_buf_fini(&reply);
    }
    CU_ASSERT_EQUAL(tbc_journal_size(s, &size), TBC_OK);
    CU_ASSERT_EQUAL(size, 2); /* leaves stay */
    tbc_store_close(&s);
}

static void
a_revoked_certificate_leaves_its_place_in_the_list(void)
{
    struct tbc_store *s = fresh_store();
    struct tbc_store_forgotten n;
    uint64_t sum = 0;

    CU_ASSERT_FATAL(add_person(s, 5) && add_person(s, 7));
    CU_ASSERT_EQUAL(tbc_store_certificate_revoke(s, (const uint8_t[16]){ 5, 1 }, "LOST",
                                                 (struct tbc_utc){ 1700 }),
                    TBC_OK);
    CU_ASSERT_EQUAL(forget(s, 5, &n), TBC_OK);
    CU_ASSERT_EQUAL(forget(s, 7, &n), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_revoked(s, count, &sum), TBC_OK);
    CU_ASSERT_EQUAL(sum, 5);
    tbc_store_close(&s);
}

static void
who_has_tickets_alone_is_forgotten_too(void)
{
    struct tbc_store *s = fresh_store();
    struct tbc_store_ticket t = {
        .kind = TBC_DOC_PASSPORT,
        .trip = { .train = "G1", .from = "YZN", .to = "HZH", .depart = { 100 } }
    };
    struct tbc_store_forgotten n;
    bool changed;

    name_number(3, t.number);
    CU_ASSERT_EQUAL(tbc_store_ticket_put(s, &t, &changed), TBC_OK);
    CU_ASSERT_EQUAL(forget(s, 3, &n), TBC_OK);
    CU_ASSERT(n.people == 0 && n.tickets == 1);
    CU_ASSERT_EQUAL(forget(s, 3, &n), TBC_ERR_NOT_FOUND);
    tbc_store_close(&s);
}

/* The certificate of each ended at 2000, the tickets departed at 100 and 200. */
static void
what_is_old_goes_in_bites_and_what_is_not_stays(void)
{
    const struct tbc_store_ages ages = { .tickets = { 150 },
                                         .faces = { 500 },
                                         .records = { 2001 } };
    struct tbc_store *s = fresh_store();
    struct tbc_store_person p = { .kind = TBC_DOC_PASSPORT,
                                  .name = "Anna Rossi",
                                  .has_face = true };
    static struct tbc_store_person back;
    struct tbc_store_dropped n;
    uint8_t blind[TBC_BLIND_LEN];
    uint64_t total = 0;
    bool changed;

    for (unsigned i = 1; i <= 3; i++) {
        CU_ASSERT_FATAL(add_person(s, i));
        name_number(i, p.number);
        p.until.s = i == 3 ? 500 : (int64_t)i * 100;
        CU_ASSERT_EQUAL(tbc_store_person_put(s, &p, &changed), TBC_OK);
    }
    for (int bite = 0; bite < 3; bite++) {
        CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK);
        CU_ASSERT_EQUAL(tbc_store_sweep(s, &ages, 2, &n), TBC_OK);
        CU_ASSERT_EQUAL(tbc_store_commit(s), TBC_OK);
        CU_ASSERT_EQUAL(n.tickets, bite == 0 ? 2 : bite == 1 ? 1 : 0);
        CU_ASSERT_EQUAL(n.certificates, n.tickets);
        CU_ASSERT_EQUAL(n.faces, bite == 0 ? 2 : 0);
        CU_ASSERT_EQUAL(n.keys, 0);
    }
    CU_ASSERT_EQUAL(tbc_store_get(s, "dropped tickets", &total), TBC_OK);
    CU_ASSERT_EQUAL(total, 3);
    CU_ASSERT_EQUAL(tbc_store_get(s, "dropped templates", &total), TBC_OK);
    CU_ASSERT_EQUAL(total, 2);
    for (unsigned i = 1; i <= 3; i++) {
        name_number(i, p.number);
        CU_ASSERT_EQUAL(tbc_store_blind(s, p.kind, p.number, blind), TBC_OK);
        CU_ASSERT_EQUAL(tbc_store_person_get(s, blind, &back), TBC_OK);
        CU_ASSERT_EQUAL(back.has_face, i == 3); /* until then, not only before */
        CU_ASSERT_STRING_EQUAL(back.name, "Anna Rossi");
    }
    tbc_store_close(&s);
}

static void
the_key_of_whose_last_ticket_has_gone_goes_too(void)
{
    const struct tbc_store_ages ages = { .tickets = { 150 } };
    struct tbc_store *s = fresh_store();
    struct tbc_store_ticket t = {
        .kind = TBC_DOC_PASSPORT,
        .trip = { .train = "G1", .from = "YZN", .to = "HZH", .depart = { 100 } }
    };
    struct tbc_store_dropped n;
    bool changed;

    name_number(3, t.number);
    CU_ASSERT_EQUAL(tbc_store_ticket_put(s, &t, &changed), TBC_OK);
    for (int bite = 0; bite < 3; bite++) {
        CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK);
        CU_ASSERT_EQUAL(tbc_store_sweep(s, &ages, 9, &n), TBC_OK);
        CU_ASSERT_EQUAL(tbc_store_commit(s), TBC_OK);
        CU_ASSERT_EQUAL(n.tickets, bite == 0 ? 1 : 0);
        CU_ASSERT_EQUAL(n.keys, bite == 1 ? 1 : 0);
    }
    tbc_store_close(&s);
}

TBC_SUITE("store/forget", TEST(everything_of_a_person_goes_and_nothing_of_another),
          TEST(a_revoked_certificate_leaves_its_place_in_the_list),
          TEST(who_has_tickets_alone_is_forgotten_too),
          TEST(what_is_old_goes_in_bites_and_what_is_not_stays),
          TEST(the_key_of_whose_last_ticket_has_gone_goes_too))
