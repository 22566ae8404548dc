/* Who goes in, out, and in again: the real station, asked over the real bus. */
#include "codec/cose.h"
#include "codec/leaf.h"
#include "codec/manifest.h"
#include "crypto/seal.h"
#include "stage.h"
#include "suite.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

/* A person with a ticket for each of these departures. */
static void
import_tickets(struct stage *s, unsigned person, const int64_t *departs, size_t n)
{
    static struct tbc_import in;
    struct tbc_import_reply out;

    memset(&in, 0, sizeof in);
    in.last = true;
    in.people_n = 1;
    in.people[0] = (struct tbc_import_person){ .line = 2,
                                               .kind = TBC_DOC_PASSPORT,
                                               .name = "Anna Maria Rossi" };
    stage_passport(person, in.people[0].number);
    for (size_t i = 0; i < n; i++) {
        struct tbc_import_ticket *t = &in.tickets[in.tickets_n++];

        *t = (struct tbc_import_ticket){
            .line = i + 2,
            .kind = TBC_DOC_PASSPORT,
            .trip = { .train = "G1207", .from = "YZN", .to = "QYB" },
        };
        t->trip.depart.s = departs[i];
        memcpy(t->number, in.people[0].number, sizeof t->number);
    }
    CU_ASSERT_EQUAL(tbc_random(in.batch, sizeof in.batch), TBC_OK);
    CU_ASSERT(stage_is(stage_ask(s->client, TBC_OP_IMPORT, &in, &out), TBC_CODE_FINE));
}

/* How many rows of a manifest are for a departure. */
static size_t
rows_for(const struct tbc_manifest *m, int64_t depart)
{
    size_t n = 0;

    for (size_t i = 0; i < m->rows_n; i++) {
        n += m->trips[m->rows[i].trip].depart.s == depart ? 1 : 0;
    }
    return n;
}

static void
manifest_has_a_row_for_each_day_of_a_certificate(void)
{
    static struct stage s;
    const int64_t midnight = tbc_day_start(tbc_utc_day(tbc_clock_utc()) + 1).s;
    /* tomorrow at 00:10 and at noon; the day after at 00:10, which is boarded tomorrow; at noon */
    const int64_t departs[] = { midnight + 600, midnight + 43200,
                                midnight + TBC_DAY_S + 600,
                                midnight + TBC_DAY_S + 43200 };
    const size_t rows[] = { 3, 2, 3, 0 };
    const struct tbc_snapshot have = { 0 };
    struct tbc_snapshot_reply out;
    struct tbc_cose message;
    struct tbc_manifest m;

    stage_raise(&s);
    import_tickets(&s, 0, departs, 4);
    CU_ASSERT_FATAL(
        stage_is(stage_ask(s.client, TBC_OP_SNAPSHOT, &have, &out), TBC_CODE_FINE));
    CU_ASSERT_EQUAL_FATAL(tbc_cose_open(&message, out.manifest, NULL), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_manifest_decode(&m, message.payload, NULL), TBC_OK);
    for (size_t i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(rows_for(&m, departs[i]), rows[i]);
    }
    tbc_manifest_fini(&m);
    stage_strike(&s);
}

#define PEOPLE 6

/* A station with people who have certificates, and two of its gates. */
static struct {
    struct stage s;
    struct tbc_client *gates[2];
    uint8_t cti[PEOPLE][TBC_CTI_LEN];
} hall;

static const struct tbc_utc depart = { 1800000000 };

/* Until the station gives another one than before; cti has the one before. */
static void
issue(unsigned person, uint8_t cti[static TBC_CTI_LEN])
{
    const int64_t end = tbc_clock_mono().ms + STAGE_CALL_MS;
    struct tbc_assist in = stage_assistance(person);
    struct tbc_issue_reply out;

    for (;;) {
        CU_ASSERT_FATAL(stage_is(stage_ask(hall.s.client, TBC_OP_ASSIST, &in, &out),
                                 TBC_CODE_FINE));
        if (memcmp(cti, out.cti, TBC_CTI_LEN) != 0 || tbc_clock_mono().ms > end) {
            break;
        }
        (void)poll(NULL, 0, 100);
    }
    CU_ASSERT_NOT_EQUAL_FATAL(memcmp(cti, out.cti, TBC_CTI_LEN), 0);
    memcpy(cti, out.cti, TBC_CTI_LEN);
}

/* A new certificate is given a second after the last. */
static void
renew_early(void)
{
    static const char late[] = "renewal_s = 10800";
    struct tbc_buf text = { 0 };
    const char *path = stage_path(&hall.s, "station.conf");
    char *at;

    CU_ASSERT_EQUAL_FATAL(tbc_file_read(path, 1u << 20, &text), TBC_OK);
    at = memmem(text.ptr, text.len, late, sizeof late - 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    memcpy(at, "renewal_s = 86399", sizeof late - 1);
    CU_ASSERT_EQUAL_FATAL(tbc_file_write(path, tbc_buf_span(&text), 0600), TBC_OK);
    tbc_buf_fini(&text);
}

static void
raise_hall(unsigned people)
{
    memset(&hall, 0, sizeof hall);
    stage_make(&hall.s);
    renew_early();
    CU_ASSERT_FATAL(stage_start(&hall.s, NULL) && stage_connect(&hall.s));
    CU_ASSERT(stage_import(&hall.s, people));
    for (unsigned i = 0; i < 2; i++) {
        char name[32];
        char file[32];

        (void)snprintf(name, sizeof name, "gate-%u", i + 1);
        (void)snprintf(file, sizeof file, "gate-%u.device", i + 1);
        CU_ASSERT(stage_enrol(&hall.s, name, TBC_ROLE_GATE));
        CU_ASSERT_FATAL(
            stage_connect_as(&hall.gates[i], stage_path(&hall.s, file), false));
    }
    for (unsigned i = 0; i < people; i++) {
        issue(i, hall.cti[i]);
    }
}

static void
strike_hall(void)
{
    tbc_client_close(&hall.gates[0]);
    tbc_client_close(&hall.gates[1]);
    stage_strike(&hall.s);
}

static struct tbc_entry
event(enum tbc_act act, const uint8_t *cti, int64_t after_s)
{
    struct tbc_entry e = { .verdict = TBC_ACCEPTED_OFFLINE,
                           .at = { tbc_clock_utc().s + after_s },
                           .act = act };

    memcpy(e.cti, cti, sizeof e.cti);
    CU_ASSERT_EQUAL(tbc_random(e.event, sizeof e.event), TBC_OK);
    if (act == TBC_ACT_ENTER) {
        (void)snprintf(e.train, sizeof e.train, "G1207");
        e.depart = depart;
    }
    return e;
}

static struct tbc_entry
annulment(const struct tbc_entry *of)
{
    struct tbc_entry e = event(TBC_ACT_ANNUL, of->cti, 0);

    memcpy(e.of, of->event, sizeof e.of);
    e.told = true;
    return e;
}

/* Ask, or tell, and the verdict of the answer. */
static uint64_t
say(size_t gate, const struct tbc_entry *e)
{
    static const enum tbc_op ops[TBC_ACT_N] = { TBC_OP_ENTER, TBC_OP_EXIT,
                                                TBC_OP_ANNUL };
    struct tbc_entry_reply out = { 0 };

    CU_ASSERT(
        stage_is(stage_ask(hall.gates[gate], ops[e->act], e, &out), TBC_CODE_FINE));
    CU_ASSERT_EQUAL(memcmp(out.event, e->event, sizeof out.event), 0);
    return out.verdict;
}

static uint64_t
ask(size_t gate, enum tbc_act act, const uint8_t *cti)
{
    const struct tbc_entry e = event(act, cti, 0);

    return say(gate, &e);
}

static struct tbc_entry_reply
tell(size_t gate, struct tbc_entry *e)
{
    static struct tbc_events in;
    static struct tbc_events_reply out;

    e->told = true;
    in.entries_n = 1;
    in.entries[0] = *e;
    CU_ASSERT(
        stage_is(stage_ask(hall.gates[gate], TBC_OP_EVENTS, &in, &out), TBC_CODE_FINE));
    CU_ASSERT_EQUAL_FATAL(out.entries_n, 1);
    return out.entries[0];
}

static uint64_t
stat_of(const char *name)
{
    static struct tbc_stats_reply out;

    CU_ASSERT(
        stage_is(stage_ask(hall.s.client, TBC_OP_STATS, NULL, &out), TBC_CODE_FINE));
    for (size_t i = 0; i < out.stats_n; i++) {
        if (strcmp(out.stats[i].name, name) == 0) {
            return out.stats[i].value;
        }
    }
    CU_FAIL("no such figure");
    return 0;
}

/* How often the journal has that a certificate came or went. */
static size_t
leaves_of(const uint8_t *cti, enum tbc_leaf_kind kind)
{
    static struct tbc_history_reply out;
    struct tbc_history in = { .reason = "asked" };
    size_t n = 0;

    memcpy(in.cti, cti, sizeof in.cti);
    CU_ASSERT(
        stage_is(stage_ask(hall.s.client, TBC_OP_HISTORY, &in, &out), TBC_CODE_FINE));
    for (size_t i = 0; i < out.leaves_n; i++) {
        struct tbc_leaf leaf;

        CU_ASSERT_EQUAL(tbc_leaf_decode(&leaf, out.leaves[i].leaf, NULL), TBC_OK);
        n += leaf.kind == kind ? 1 : 0;
    }
    return n;
}

static void
who_has_left_may_come_again_so_often(void)
{
    const uint8_t *cti;

    raise_hall(2);
    cti = hall.cti[0];
    CU_ASSERT_EQUAL(ask(1, TBC_ACT_EXIT, cti), TBC_REFER_TO_OFFICER); /* never came */
    for (int64_t i = 0; i <= tbc_policy_default.reentries; i++) {
        CU_ASSERT_EQUAL(ask(0, TBC_ACT_ENTER, cti), TBC_ACCEPTED);
        CU_ASSERT_EQUAL(ask(0, TBC_ACT_ENTER, cti), TBC_ALREADY_ENTERED);
        CU_ASSERT_EQUAL(ask(1, TBC_ACT_EXIT, cti), TBC_ACCEPTED);
    }
    CU_ASSERT_EQUAL(ask(0, TBC_ACT_ENTER, cti), TBC_ALREADY_ENTERED);
    CU_ASSERT_EQUAL(ask(1, TBC_ACT_EXIT, cti), TBC_ACCEPTED); /* nobody is locked in */
    CU_ASSERT_EQUAL(ask(0, TBC_ACT_ENTER, hall.cti[1]), TBC_ACCEPTED);
    CU_ASSERT_EQUAL(stat_of("entries"), 2 + (uint64_t)tbc_policy_default.reentries);
    CU_ASSERT_EQUAL(stat_of("exits"), 2 + (uint64_t)tbc_policy_default.reentries);
    CU_ASSERT_EQUAL(stat_of("exits without an entry"), 1);
    CU_ASSERT_EQUAL(stat_of("conflicts"), 0);
    strike_hall();
}

static void
revoked_inside_is_no_reason_to_stay(void)
{
    struct tbc_revoke revoke = { .reason = "lost" };

    raise_hall(2);
    memcpy(revoke.cti, hall.cti[0], sizeof revoke.cti);
    CU_ASSERT_EQUAL(ask(0, TBC_ACT_ENTER, hall.cti[0]), TBC_ACCEPTED);
    CU_ASSERT(stage_is(stage_ask(hall.s.client, TBC_OP_REVOKE, &revoke, NULL),
                       TBC_CODE_FINE));
    CU_ASSERT_EQUAL(ask(1, TBC_ACT_EXIT, hall.cti[0]), TBC_ACCEPTED);
    CU_ASSERT_EQUAL(ask(0, TBC_ACT_ENTER, hall.cti[0]), TBC_REVOKED);
    strike_hall();
}

/* The old certificate and the next of one person are one person. */
static void
renewal_gives_no_second_entry(void)
{
    uint8_t next[TBC_CTI_LEN];
    struct tbc_entry_reply told;
    struct tbc_entry lonely;

    raise_hall(1);
    memcpy(next, hall.cti[0], sizeof next);
    issue(0, next);
    CU_ASSERT_EQUAL(ask(0, TBC_ACT_ENTER, hall.cti[0]), TBC_ACCEPTED);
    CU_ASSERT_EQUAL(ask(0, TBC_ACT_ENTER, next), TBC_ALREADY_ENTERED);
    lonely = event(TBC_ACT_ENTER, next, 0);
    told = tell(0, &lonely);
    CU_ASSERT(told.conflict && told.verdict == TBC_ACCEPTED_OFFLINE);
    CU_ASSERT_EQUAL(ask(0, TBC_ACT_EXIT, next), TBC_ACCEPTED);
    CU_ASSERT_EQUAL(ask(0, TBC_ACT_ENTER, hall.cti[0]),
                    TBC_ALREADY_ENTERED); /* two in */
    CU_ASSERT_EQUAL(ask(0, TBC_ACT_EXIT, hall.cti[0]), TBC_ACCEPTED);
    CU_ASSERT_EQUAL(ask(0, TBC_ACT_ENTER, hall.cti[0]), TBC_ACCEPTED);
    strike_hall();
}

static void
what_did_not_happen_can_happen_again(void)
{
    struct tbc_entry first;
    struct tbc_entry back;
    struct tbc_problem problem;
    struct answer a;

    raise_hall(2);
    first = event(TBC_ACT_ENTER, hall.cti[0], 0);
    CU_ASSERT_EQUAL(say(0, &first), TBC_ACCEPTED);
    back = annulment(&first);
    a = stage_ask(hall.gates[1], TBC_OP_ANNUL, &back,
                  NULL); /* not this gate's to say */
    CU_ASSERT(stage_is(a, TBC_CODE_BAD_REQUEST));
    problem = a.problem;
    CU_ASSERT_STRING_EQUAL(problem.what, "of");
    CU_ASSERT(stage_is(stage_ask(hall.gates[0], TBC_OP_ENTER, &back, NULL),
                       TBC_CODE_BAD_REQUEST)); /* another operation's */
    CU_ASSERT_EQUAL(say(0, &back), TBC_ACCEPTED_OFFLINE);
    CU_ASSERT_EQUAL(say(0, &back), TBC_ACCEPTED_OFFLINE); /* once, in effect */
    CU_ASSERT_EQUAL(ask(1, TBC_ACT_ENTER, hall.cti[0]), TBC_ACCEPTED);
    CU_ASSERT_EQUAL(ask(1, TBC_ACT_ENTER, hall.cti[0]), TBC_ALREADY_ENTERED);
    /* an exit that did not happen: still inside */
    first = event(TBC_ACT_EXIT, hall.cti[0], 0);
    CU_ASSERT_EQUAL(say(0, &first), TBC_ACCEPTED);
    back = annulment(&first);
    CU_ASSERT_FALSE(tell(0, &back).conflict);
    CU_ASSERT_EQUAL(ask(1, TBC_ACT_ENTER, hall.cti[0]), TBC_ALREADY_ENTERED);
    CU_ASSERT_EQUAL(stat_of("annulled"), 2);
    CU_ASSERT_EQUAL(leaves_of(hall.cti[0], TBC_LEAF_ANNUL), 2);
    CU_ASSERT_EQUAL(leaves_of(hall.cti[0], TBC_LEAF_EXIT), 1);
    CU_ASSERT_EQUAL(stat_of("conflicts"), 0);
    strike_hall();
}

/* A gate decided alone while the station had said yes: one event, one entry, one leaf. */
static void
late_answer_and_late_telling_are_one_entry(void)
{
    struct tbc_entry e;

    raise_hall(2);
    e = event(TBC_ACT_ENTER, hall.cti[0], 0);
    CU_ASSERT_EQUAL(say(0, &e), TBC_ACCEPTED);
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_FALSE(tell(0, &e).conflict);
        CU_ASSERT_EQUAL(tell(0, &e).verdict, TBC_ACCEPTED_OFFLINE);
    }
    CU_ASSERT_EQUAL(stat_of("entries"), 1);
    CU_ASSERT_EQUAL(leaves_of(hall.cti[0], TBC_LEAF_ENTER), 1);
    /* and the other way round: it said no, and the gate had let somebody in meanwhile */
    e = event(TBC_ACT_ENTER, hall.cti[0], 0);
    CU_ASSERT_EQUAL(say(1, &e), TBC_ALREADY_ENTERED);
    CU_ASSERT(tell(1, &e).conflict);
    CU_ASSERT_EQUAL(stat_of("entries"), 2);
    CU_ASSERT_EQUAL(stat_of("conflicts"), 1);
    /* a question that arrives after its event was told and annulled opens nothing twice */
    e = event(TBC_ACT_ENTER, hall.cti[1], 0);
    {
        struct tbc_entry question = e;
        struct tbc_entry back = annulment(&e);

        CU_ASSERT_FALSE(tell(0, &back).conflict);
        CU_ASSERT_EQUAL(say(0, &question), TBC_ACCEPTED);
        CU_ASSERT_EQUAL(ask(1, TBC_ACT_ENTER, hall.cti[1]), TBC_ACCEPTED);
    }
    strike_hall();
}

/* What two lonely gates and a lonely exit have seen, told in every order, to six people. */
static void
every_order_of_telling_ends_the_same(void)
{
    static const uint8_t orders[PEOPLE][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
                                               { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

    raise_hall(PEOPLE);
    for (unsigned i = 0; i < PEOPLE; i++) {
        const uint8_t *cti = hall.cti[i];
        struct tbc_entry events[3];

        events[0] = event(TBC_ACT_ENTER, cti, -300);
        events[1] = event(TBC_ACT_EXIT, cti, -200);
        events[2] = event(TBC_ACT_ENTER, cti, -100);
        for (size_t k = 0; k < 3; k++) {
            (void)tell(k % 2, &events[orders[i][k]]);
        }
        for (size_t k = 0; k < 3; k++) { /* by now everybody hears the same */
            CU_ASSERT_FALSE(tell(k % 2, &events[orders[i][k]]).conflict);
        }
        CU_ASSERT_EQUAL(ask(0, TBC_ACT_ENTER, cti), TBC_ALREADY_ENTERED);
        CU_ASSERT_EQUAL(ask(0, TBC_ACT_EXIT, cti), TBC_ACCEPTED);
        CU_ASSERT_EQUAL(ask(0, TBC_ACT_ENTER, cti), TBC_ACCEPTED);
    }
    CU_ASSERT_EQUAL(stat_of("conflicts"), 0);
    CU_ASSERT_EQUAL(stat_of("exits without an entry"), 0);
    strike_hall();
}

TBC_SUITE("e2e/passback", TEST(manifest_has_a_row_for_each_day_of_a_certificate),
          TEST(who_has_left_may_come_again_so_often),
          TEST(revoked_inside_is_no_reason_to_stay),
          TEST(renewal_gives_no_second_entry),
          TEST(what_did_not_happen_can_happen_again),
          TEST(late_answer_and_late_telling_are_one_entry),
          TEST(every_order_of_telling_ends_the_same))
