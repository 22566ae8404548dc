#include "place.h"
#include "suite.h"
#include "sys/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t seal_key[TBC_SEAL_KEY_LEN] = { 1, 2, 3 };
static const char number[] = "11010519491231002X";
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

static struct tbc_store *
reopened(struct tbc_store *s)
{
    tbc_store_close(&s);
    return tbc_store_open(&s, where, seal_key, false) == TBC_OK ? s : NULL;
}

static struct tbc_store_person
a_person(void)
{
    struct tbc_store_person p = { .kind = TBC_DOC_CN, .has_face = true };

    (void)snprintf(p.number, sizeof p.number, "%s", number);
    (void)snprintf(p.name, sizeof p.name, "林晓禾");
    (void)snprintf(p.latin, sizeof p.latin, "Lin Xiaohe");
    memset(p.face, 0x5a, sizeof p.face);
    return p;
}

static struct tbc_store_certificate
a_certificate(uint8_t first, uint64_t idx)
{
    struct tbc_store_certificate c = { .cti = { first },
                                       .blind = { 9 },
                                       .status_idx = idx,
                                       .issued = { 1000 + first },
                                       .expires = { 90000 },
                                       .medium = TBC_MEDIUM_PAPER,
                                       .bytes = { 0xd2 },
                                       .bytes_len = 1 };

    (void)snprintf(c.device, sizeof c.device, "kiosk-1");
    return c;
}

static void
a_person_comes_back_after_reopening(void)
{
    struct tbc_store *s = fresh_store();
    struct tbc_store_person p = a_person();
    static struct tbc_store_person back;
    uint8_t blind[TBC_BLIND_LEN];
    bool changed;

    CU_ASSERT_EQUAL(tbc_store_person_put(s, &p, &changed), TBC_OK);
    CU_ASSERT(changed);
    CU_ASSERT_EQUAL(tbc_store_person_put(s, &p, &changed), TBC_OK);
    CU_ASSERT_FALSE(changed);
    s = reopened(s);
    CU_ASSERT_FATAL(s != NULL);
    CU_ASSERT_EQUAL(tbc_store_blind(s, TBC_DOC_CN, number, blind), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_person_get(s, blind, &back), TBC_OK);
    CU_ASSERT_EQUAL(back.kind, p.kind);
    CU_ASSERT_STRING_EQUAL(back.number, p.number);
    CU_ASSERT_STRING_EQUAL(back.name, p.name);
    CU_ASSERT_STRING_EQUAL(back.latin, p.latin);
    CU_ASSERT(back.has_face);
    CU_ASSERT_EQUAL(memcmp(back.face, p.face, sizeof p.face), 0);
    CU_ASSERT_EQUAL(tbc_store_blind(s, TBC_DOC_PASSPORT, number, blind), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_person_get(s, blind, &back), TBC_ERR_NOT_FOUND);
    tbc_store_close(&s);
}

static void
nothing_personal_stands_on_disk_in_clear(void)
{
    struct tbc_store *s = fresh_store();
    struct tbc_store_person p = a_person();
    struct tbc_store_ticket t = { .kind = TBC_DOC_CN,
                                  .trip = { .train = "G1207",
                                            .from = "YZN",
                                            .to = "HZH",
                                            .seat = "05-12F",
                                            .depart = { 5000 } } };
    bool changed;

    memcpy(t.number, number, sizeof number);
    CU_ASSERT_EQUAL(tbc_store_person_put(s, &p, &changed), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_ticket_put(s, &t, &changed), TBC_OK);
    CU_ASSERT(place_holds(tbc_span_str("G1207")));
    CU_ASSERT_FALSE(place_holds(tbc_span_str(number)));
    CU_ASSERT_FALSE(place_holds(tbc_span_str("林晓禾")));
    CU_ASSERT_FALSE(place_holds(tbc_span_of(p.face, 16)));
    CU_ASSERT_FALSE(place_holds(tbc_span_str("05-12F")));
    tbc_store_close(&s);
    CU_ASSERT_FALSE(place_holds(tbc_span_str(number)));
}

static enum tbc_err
count_ticket(void *arg, const struct tbc_store_ticket *t)
{
    *(size_t *)arg += strcmp(t->number, number) == 0 ? 1 : 100;
    return TBC_OK;
}

static void
trips_are_those_of_the_person_and_the_time(void)
{
    struct tbc_store *s = fresh_store();
    struct tbc_store_ticket t = {
        .kind = TBC_DOC_CN, .trip = { .train = "G1", .from = "YZN", .to = "HZH" }
    };
    struct tbc_trip trips[TBC_WIRE_TRIPS_MAX];
    uint8_t blind[TBC_BLIND_LEN];
    size_t n = 0;
    bool changed;

    memcpy(t.number, number, sizeof number);
    for (int64_t depart = 100; depart < 1300; depart += 100) {
        t.trip.depart.s = depart;
        CU_ASSERT_EQUAL(tbc_store_ticket_put(s, &t, &changed), TBC_OK);
        CU_ASSERT(changed);
    }
    CU_ASSERT_EQUAL(tbc_store_ticket_put(s, &t, &changed), TBC_OK);
    CU_ASSERT_FALSE(changed);
    (void)snprintf(t.trip.platform, sizeof t.trip.platform, "6");
    CU_ASSERT_EQUAL(tbc_store_ticket_put(s, &t, &changed), TBC_OK);
    CU_ASSERT(changed);
    CU_ASSERT_EQUAL(tbc_store_blind(s, TBC_DOC_CN, number, blind), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_trips(s, blind, (struct tbc_utc){ 200 },
                                    (struct tbc_utc){ 500 }, trips, &n),
                    TBC_OK);
    CU_ASSERT_EQUAL(n, 3);
    CU_ASSERT_EQUAL(trips[0].depart.s, 200);
    CU_ASSERT_EQUAL(tbc_store_trips(s, blind, (struct tbc_utc){ 0 },
                                    (struct tbc_utc){ 5000 }, trips, &n),
                    TBC_OK);
    CU_ASSERT_EQUAL(n, TBC_WIRE_TRIPS_MAX);
    n = 0;
    CU_ASSERT_EQUAL(tbc_store_departing(s, "YZN", (struct tbc_utc){ 0 },
                                        (struct tbc_utc){ 5000 }, count_ticket, &n),
                    TBC_OK);
    CU_ASSERT_EQUAL(n, 12);
    CU_ASSERT_EQUAL(tbc_store_departing(s, "QYB", (struct tbc_utc){ 0 },
                                        (struct tbc_utc){ 5000 }, count_ticket, &n),
                    TBC_OK);
    CU_ASSERT_EQUAL(n, 12);
    tbc_store_close(&s);
}

static void
a_status_index_is_never_used_twice(void)
{
    struct tbc_store *s = fresh_store();
    struct tbc_store_certificate a = a_certificate(1, 77);
    struct tbc_store_certificate b = a_certificate(2, 77);
    uint64_t n;

    CU_ASSERT_EQUAL(tbc_store_certificate_put(s, &a), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_certificate_put(s, &b), TBC_ERR_EXISTS);
    CU_ASSERT_EQUAL(tbc_store_certificate_put(s, &a), TBC_ERR_EXISTS);
    b.status_idx = 78;
    CU_ASSERT_EQUAL(tbc_store_certificate_put(s, &b), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_certificate_newest(s, a.blind, &a), TBC_OK);
    CU_ASSERT_EQUAL(a.cti[0], 2);
    CU_ASSERT_EQUAL(
        tbc_store_certificate_revoke(s, b.cti, "LOST", (struct tbc_utc){ 2000 }),
        TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_store_certificate_revoke(s, b.cti, "LOST", (struct tbc_utc){ 2001 }),
        TBC_ERR_EXISTS);
    CU_ASSERT_EQUAL(tbc_store_certificate_newest(s, a.blind, &a), TBC_OK);
    CU_ASSERT_EQUAL(a.cti[0], 1);
    CU_ASSERT_EQUAL(
        tbc_store_certificate_count(s, a.blind, (struct tbc_utc){ 1002 }, &n), TBC_OK);
    CU_ASSERT_EQUAL(n, 1);
    tbc_store_close(&s);
}

static void
undo_takes_back_one_request_and_commit_keeps_the_others(void)
{
    struct tbc_store *s = fresh_store();
    uint64_t v;

    CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_mark(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_set(s, "kept", 1), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_keep(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_mark(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_set(s, "undone", 1), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_undo(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_commit(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_set(s, "rolled back", 1), TBC_OK);
    tbc_store_rollback(s);
    s = reopened(s);
    CU_ASSERT_FATAL(s != NULL);
    CU_ASSERT_EQUAL(tbc_store_get(s, "kept", &v), TBC_OK);
    CU_ASSERT_EQUAL(v, 1);
    CU_ASSERT_EQUAL(tbc_store_get(s, "undone", &v), TBC_OK);
    CU_ASSERT_EQUAL(v, 0);
    CU_ASSERT_EQUAL(tbc_store_get(s, "rolled back", &v), TBC_OK);
    CU_ASSERT_EQUAL(v, 0);
    tbc_store_close(&s);
}

static struct tbc_store_entry
an_event(uint8_t event, enum tbc_act act, int64_t at)
{
    struct tbc_store_entry e = { .entry = { .event = { event },
                                            .cti = { 7 },
                                            .verdict = TBC_ACCEPTED,
                                            .at = { at },
                                            .act = act },
                                 .person = { 5 },
                                 .person_len = TBC_BLIND_LEN,
                                 .has_round = act == TBC_ACT_ENTER };

    if (act == TBC_ACT_ENTER) {
        (void)snprintf(e.entry.train, sizeof e.entry.train, "G1");
        e.entry.depart.s = 99;
    }
    if (act == TBC_ACT_ANNUL) {
        e.entry.of[0] = 1;
    }
    return e;
}

static void
a_person_s_events_come_back_the_newest_first(void)
{
    static const uint8_t person[TBC_BLIND_LEN] = { 5 };
    const struct tbc_span by = tbc_span_of(person, sizeof person);
    struct tbc_store *s = fresh_store();
    struct tbc_store_entry rows[] = { an_event(1, TBC_ACT_ENTER, 10),
                                      an_event(2, TBC_ACT_EXIT, 30),
                                      an_event(3, TBC_ACT_ANNUL, 20),
                                      an_event(4, TBC_ACT_ENTER, 25) };
    struct tbc_store_entry back;
    struct tbc_store_use uses[4];
    const uint64_t round = 6;
    size_t n;

    rows[3].person_len = 0; /* refused: nobody's coming */
    rows[3].has_round = false;
    for (size_t i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(tbc_store_entry_put(s, &rows[i]), TBC_OK);
        CU_ASSERT_EQUAL(tbc_store_entry_put(s, &rows[i]), TBC_ERR_EXISTS);
    }
    CU_ASSERT_EQUAL(tbc_store_entry_get(s, rows[2].entry.event, &back), TBC_OK);
    CU_ASSERT(back.entry.act == TBC_ACT_ANNUL && back.entry.of[0] == 1);
    CU_ASSERT_EQUAL(tbc_store_uses(s, by, (struct tbc_utc){ 10 }, uses, 4, &n), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(n, 3);
    CU_ASSERT(uses[0].use.event[0] == 2 && uses[0].use.act == TBC_ACT_EXIT);
    CU_ASSERT(uses[1].use.event[0] == 3 && uses[1].use.of[0] == 1);
    CU_ASSERT(uses[2].use.at.s == 10 && uses[2].has_round && uses[2].round == 0);
    CU_ASSERT_STRING_EQUAL(uses[2].use.train, "G1");
    CU_ASSERT_EQUAL(tbc_store_entry_mark(s, rows[0].entry.event, true, &round), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_entry_mark(s, rows[1].entry.event, true, NULL), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_uses(s, by, (struct tbc_utc){ 0 }, uses, 4, &n), TBC_OK);
    CU_ASSERT(uses[0].conflict && !uses[0].has_round);
    CU_ASSERT(uses[2].conflict && uses[2].has_round && uses[2].round == 6);
    CU_ASSERT_EQUAL(tbc_store_uses(s, by, (struct tbc_utc){ 20 }, uses, 4, &n), TBC_OK);
    CU_ASSERT_EQUAL(n, 2);
    CU_ASSERT_EQUAL(tbc_store_uses(s, by, (struct tbc_utc){ 0 }, uses, 1, &n), TBC_OK);
    CU_ASSERT(n == 1 && uses[0].use.event[0] == 2);
    CU_ASSERT_EQUAL(
        tbc_store_uses(s, tbc_span_sub(by, 0, 16), (struct tbc_utc){ 0 }, uses, 4, &n),
        TBC_OK);
    CU_ASSERT_EQUAL(n, 0);
    tbc_store_close(&s);
}

static void
requests_are_remembered_until_forgotten(void)
{
    static const uint8_t id[TBC_WIRE_ID_LEN] = { 4 };
    static const uint8_t digest[TBC_STORE_DIGEST_LEN] = { 5 };
    struct tbc_store *s = fresh_store();
    struct tbc_buf reply = { 0 };
    uint8_t back[TBC_STORE_DIGEST_LEN];

    CU_ASSERT_EQUAL(tbc_store_request_put(s, id, digest, tbc_span_str("reply"),
                                          (struct tbc_utc){ 50 }, NULL),
                    TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_request_forget(s, (struct tbc_utc){ 50 }), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_request_get(s, id, back, &reply), TBC_OK);
    CU_ASSERT_EQUAL(memcmp(back, digest, sizeof back), 0);
    CU_ASSERT(tbc_span_equal(tbc_buf_span(&reply), tbc_span_str("reply")));
    CU_ASSERT_EQUAL(tbc_store_request_forget(s, (struct tbc_utc){ 51 }), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_request_get(s, id, back, &reply), TBC_ERR_NOT_FOUND);
    tbc_buf_fini(&reply);
    tbc_store_close(&s);
}

static void
what_is_there_is_not_made_again(void)
{
    struct tbc_store *s = fresh_store();
    uint64_t v = 0;

    CU_ASSERT_EQUAL(tbc_store_set(s, "kept", 7), TBC_OK);
    tbc_store_close(&s);
    CU_ASSERT_EQUAL(tbc_store_open(&s, where, seal_key, true), TBC_ERR_EXISTS);
    CU_ASSERT_PTR_NULL(s);
    CU_ASSERT_EQUAL(tbc_store_open(&s, where, seal_key, false), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_get(s, "kept", &v), TBC_OK);
    CU_ASSERT_EQUAL(v, 7);
    tbc_store_close(&s);
}

static void
nothing_is_opened_where_nothing_was_made(void)
{
    struct tbc_store *s = NULL;

    CU_ASSERT_EQUAL(tbc_store_open(&s, place_empty(), seal_key, false),
                    TBC_ERR_NOT_FOUND);
    CU_ASSERT_PTR_NULL(s);
}

static void
tables_of_a_later_program_are_refused(void)
{
    struct tbc_store *s = fresh_store();

    tbc_store_close(&s);
    CU_ASSERT_FATAL(place_age());
    CU_ASSERT_EQUAL(tbc_store_open(&s, where, seal_key, false), TBC_ERR_UNSUPPORTED);
    CU_ASSERT_PTR_NULL(s);
}

static void
the_fleet_is_listed_by_name_and_no_key_is_taken_twice(void)
{
    static struct tbc_store_device fleet[TBC_WIRE_DEVICES_MAX];
    struct tbc_store *s = fresh_store();
    struct tbc_store_device d = { .row = { .name = "b", .role = 2, .added = { 5 } },
                                  .key = { 1 } };
    static const uint8_t unknown[32] = { 77 };
    size_t n = 0;

    CU_ASSERT_EQUAL(tbc_store_device_add(s, &d), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_device_add(s, &d), TBC_ERR_EXISTS);
    memcpy(d.row.name, "B", 2); /* bytes decide, not a language's order */
    CU_ASSERT_EQUAL(tbc_store_device_add(s, &d), TBC_ERR_EXISTS);
    d.key[0] = 2;
    CU_ASSERT_EQUAL(tbc_store_device_add(s, &d), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_device_revoke(s, "b", (struct tbc_utc){ 9 }), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_device_revoke(s, "b", (struct tbc_utc){ 10 }), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_device_revoke(s, "c", (struct tbc_utc){ 9 }),
                    TBC_ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(tbc_store_device_seen(s, d.key, (struct tbc_utc){ 11 }), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_device_reach(s, d.key, "tcp://10.0.0.2:7712"), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_device_reach(s, unknown, ""), TBC_ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(tbc_store_devices(s, fleet, 1, &n), TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(tbc_store_devices(s, fleet, TBC_WIRE_DEVICES_MAX, &n), TBC_OK);
    CU_ASSERT_EQUAL(n, 2);
    CU_ASSERT_STRING_EQUAL(fleet[0].row.name, "B");
    CU_ASSERT_EQUAL(fleet[0].row.seen.s, 11);
    CU_ASSERT_STRING_EQUAL(fleet[0].row.address, "tcp://10.0.0.2:7712");
    CU_ASSERT_STRING_EQUAL(fleet[1].row.address, "");
    CU_ASSERT_STRING_EQUAL(fleet[1].row.name, "b");
    CU_ASSERT_EQUAL(fleet[1].row.revoked.s, 9);
    CU_ASSERT_EQUAL(fleet[1].row.role, 2);
    tbc_store_close(&s);
}

/* What fails is taken back by itself; what was done before and after stays. */
static void
a_taken_key_does_not_end_the_transaction(void)
{
    struct tbc_store *s = fresh_store();
    struct tbc_store_certificate a = a_certificate(1, 10);
    struct tbc_store_certificate b = a_certificate(2, 10);
    uint64_t n = 0;

    CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_mark(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_certificate_put(s, &a), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_keep(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_mark(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_certificate_put(s, &b), TBC_ERR_EXISTS);
    CU_ASSERT_EQUAL(tbc_store_undo(s), TBC_OK);
    b.status_idx = 11;
    CU_ASSERT_EQUAL(tbc_store_mark(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_certificate_put(s, &b), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_keep(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_commit(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_certificate_count(s, a.blind, (struct tbc_utc){ 0 }, &n),
                    TBC_OK);
    CU_ASSERT_EQUAL(n, 2);
    tbc_store_close(&s);
}

static void
failures_count_while_they_are_recent(void)
{
    static const uint8_t blind[TBC_BLIND_LEN] = { 3 };
    struct tbc_store *s = fresh_store();
    uint64_t n = 9;

    CU_ASSERT_EQUAL(tbc_store_failures(s, blind, (struct tbc_utc){ 0 }, &n), TBC_OK);
    CU_ASSERT_EQUAL(n, 0);
    for (int64_t at = 100; at <= 102; at++) {
        CU_ASSERT_EQUAL(tbc_store_failure_add(s, blind, (struct tbc_utc){ at - 50 },
                                              (struct tbc_utc){ at }),
                        TBC_OK);
    }
    s = reopened(s);
    CU_ASSERT_FATAL(s != NULL);
    CU_ASSERT_EQUAL(tbc_store_failures(s, blind, (struct tbc_utc){ 101 }, &n), TBC_OK);
    CU_ASSERT_EQUAL(n, 3);
    CU_ASSERT_EQUAL(tbc_store_failures(s, blind, (struct tbc_utc){ 102 }, &n), TBC_OK);
    CU_ASSERT_EQUAL(n, 0);
    CU_ASSERT_EQUAL(tbc_store_failure_add(s, blind, (struct tbc_utc){ 150 },
                                          (struct tbc_utc){ 200 }),
                    TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_failures(s, blind, (struct tbc_utc){ 0 }, &n), TBC_OK);
    CU_ASSERT_EQUAL(n, 1);
    CU_ASSERT_EQUAL(tbc_store_failures_forget(s, (struct tbc_utc){ 200 }), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_failures(s, blind, (struct tbc_utc){ 0 }, &n), TBC_OK);
    CU_ASSERT_EQUAL(n, 0);
    tbc_store_close(&s);
}

static void
a_list_is_given_to_who_has_an_older_one(void)
{
    struct tbc_store *s = fresh_store();
    struct tbc_store_list list;

    CU_ASSERT_EQUAL(tbc_store_list_get(s, "status", 0, &list), TBC_ERR_NOT_FOUND);
    for (uint64_t v = 6; v <= 7; v++) {
        CU_ASSERT_EQUAL(tbc_store_list_put(s, "status", v, (struct tbc_utc){ 8 },
                                           tbc_span_of("ab", v - 5)),
                        TBC_OK);
    }
    CU_ASSERT_EQUAL(tbc_store_list_get(s, "status", 7, &list), TBC_ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(tbc_store_list_get(s, "manifest", 6, &list), TBC_ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(tbc_store_list_get(s, "status", 6, &list), TBC_OK);
    CU_ASSERT_EQUAL(list.version, 7);
    CU_ASSERT_EQUAL(list.at.s, 8);
    CU_ASSERT(tbc_span_equal(tbc_buf_span(&list.bytes), tbc_span_str("ab")));
    tbc_buf_fini(&list.bytes);
    tbc_store_close(&s);
}

/* Two gates at two processes, at once: the database takes one. */
static void
a_person_comes_once_in_a_round_of_a_trip(void)
{
    struct tbc_store *s = fresh_store();
    struct tbc_store_entry e = an_event(1, TBC_ACT_ENTER, 10);

    CU_ASSERT_EQUAL(tbc_store_entry_put(s, &e), TBC_OK);
    e.entry.event[0] = 2;
    e.entry.cti[0] = 8; /* with the certificate after that */
    CU_ASSERT_EQUAL(tbc_store_entry_put(s, &e), TBC_ERR_EXISTS);
    e.conflict = true; /* it happened all the same */
    e.has_round = false;
    CU_ASSERT_EQUAL(tbc_store_entry_put(s, &e), TBC_OK);
    e.conflict = false;
    e.has_round = true;
    e.entry.event[0] = 3;
    e.entry.depart.s = 98;
    CU_ASSERT_EQUAL(tbc_store_entry_put(s, &e), TBC_OK);
    e.entry.event[0] = 4; /* after having left */
    e.round = 1;
    CU_ASSERT_EQUAL(tbc_store_entry_put(s, &e), TBC_OK);
    tbc_store_close(&s);
}

/* Stays below a second also on a slow machine; prints the figure. */
static void
many_rows_go_in_with_one_commit(void)
{
    enum {
        ROWS = 2000
    };
    struct tbc_store *s = fresh_store();
    struct tbc_store_ticket t = {
        .kind = TBC_DOC_CN, .trip = { .train = "G1", .from = "YZN", .to = "HZH" }
    };
    const struct tbc_mono start = tbc_clock_mono();
    size_t n = 0;
    bool changed;

    memcpy(t.number, number, sizeof number);
    CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK);
    for (int64_t i = 1; i <= ROWS; i++) {
        t.trip.depart.s = i;
        CU_ASSERT_EQUAL(tbc_store_ticket_put(s, &t, &changed), TBC_OK);
    }
    CU_ASSERT_EQUAL(tbc_store_commit(s), TBC_OK);
    printf("tickets stored: %lld rows/s\n",
           (long long)(ROWS * 1000 / (tbc_clock_mono().ms - start.ms + 1)));
    CU_ASSERT_EQUAL(tbc_store_departing(s, "YZN", (struct tbc_utc){ 0 },
                                        (struct tbc_utc){ ROWS + 1 }, count_ticket, &n),
                    TBC_OK);
    CU_ASSERT_EQUAL(n, ROWS);
    tbc_store_close(&s);
}

static void
another_key_opens_nothing(void)
{
    static const uint8_t other_key[TBC_SEAL_KEY_LEN] = { 8 };
    struct tbc_store *s = fresh_store();
    struct tbc_store_person p = a_person();
    static struct tbc_store_person back;
    uint8_t blind[TBC_BLIND_LEN];
    bool changed;

    CU_ASSERT_EQUAL(tbc_store_person_put(s, &p, &changed), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_blind(s, p.kind, p.number, blind), TBC_OK);
    tbc_store_close(&s);
    CU_ASSERT_EQUAL(tbc_store_open(&s, where, other_key, false), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_person_get(s, blind, &back), TBC_ERR_CORRUPT);
    CU_ASSERT_EQUAL(back.name[0], '\0');
    tbc_store_close(&s);
}

TBC_SUITE("store/store", TEST(a_person_comes_back_after_reopening),
          TEST(nothing_personal_stands_on_disk_in_clear),
          TEST(trips_are_those_of_the_person_and_the_time),
          TEST(a_status_index_is_never_used_twice),
          TEST(undo_takes_back_one_request_and_commit_keeps_the_others),
          TEST(a_person_s_events_come_back_the_newest_first),
          TEST(requests_are_remembered_until_forgotten),
          TEST(what_is_there_is_not_made_again),
          TEST(nothing_is_opened_where_nothing_was_made),
          TEST(tables_of_a_later_program_are_refused),
          TEST(the_fleet_is_listed_by_name_and_no_key_is_taken_twice),
          TEST(a_taken_key_does_not_end_the_transaction),
          TEST(failures_count_while_they_are_recent),
          TEST(a_list_is_given_to_who_has_an_older_one),
          TEST(a_person_comes_once_in_a_round_of_a_trip),
          TEST(many_rows_go_in_with_one_commit), TEST(another_key_opens_nothing))
