#include "ledger.h"
#include "suite.h"

#include <string.h>

/* Person 0 was issued a certificate, it was looked at, used and revoked; an import and a device. */
enum {
    IMPORT,
    ISSUE,
    REVOKE,
    ENTER,
    LOOK,
    DEVICE,
    FACTS
};

struct stand {
    struct ledger ledger;
    struct ledger_certificate certificates[2];
    unsigned stands[FACTS];
    struct ledger_world world;
};

static void
set_up(struct stand *s)
{
    static const struct ledger_fact facts[FACTS] = {
        [IMPORT] = { .kind = LEDGER_IMPORT, .asked = 1, .acked = 1 },
        [ISSUE] = { .kind = LEDGER_ISSUE, .name = { 7 }, .asked = 1, .acked = 1 },
        [REVOKE] = { .kind = LEDGER_REVOKE, .subject = ISSUE, .asked = 1, .acked = 1 },
        [ENTER] = { .kind = LEDGER_ENTER, .subject = ISSUE, .asked = 2, .acked = 1 },
        [LOOK] = { .kind = LEDGER_LOOK, .subject = ISSUE, .asked = 3, .acked = 2 },
        [DEVICE] = { .kind = LEDGER_DEVICE, .asked = 1, .acked = 1 },
    };

    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < FACTS; i++) {
        CU_ASSERT_EQUAL_FATAL(ledger_add(&s->ledger, &facts[i]), i);
    }
    s->certificates[0] = (struct ledger_certificate){
        .cti = { 7 },
        .idx = 5,
        .revoked = true,
        .leaves = { [LEDGER_ISSUE] = 1,
                    [LEDGER_REVOKE] = 1,
                    [LEDGER_ENTER] = 1,
                    [LEDGER_LOOK] = 2 },
    };
    s->stands[IMPORT] = LEDGER_PEOPLE;
    s->stands[ENTER] = 1;
    s->stands[DEVICE] = 1;
    s->world = (struct ledger_world){ s->certificates, 1, s->stands };
}

struct seen {
    enum ledger_fault fault;
    enum ledger_kind kind;
    size_t n;
};

static void
see(void *arg, enum ledger_fault fault, enum ledger_kind kind, size_t number)
{
    struct seen *s = arg;

    (void)number;
    s->fault = fault;
    s->kind = kind;
    s->n++;
}

static void
what_was_acknowledged_and_is_there_is_no_fault(void)
{
    struct stand s;

    set_up(&s);
    CU_ASSERT_EQUAL(ledger_compare(&s.ledger, &s.world, NULL, NULL), 0);
    s.certificates[0].leaves[LEDGER_LOOK] = 3; /* the third was in doubt */
    CU_ASSERT_EQUAL(ledger_compare(&s.ledger, &s.world, NULL, NULL), 0);
    ledger_fini(&s.ledger);
}

static void
what_is_in_doubt_may_be_missing_but_not_by_half(void)
{
    struct stand s;
    struct seen seen = { 0 };

    set_up(&s);
    for (size_t i = 0; i < FACTS; i++) {
        s.ledger.facts[i].acked = 0;
        s.stands[i] = 0;
    }
    s.world.certificates_n = 0;
    CU_ASSERT_EQUAL(ledger_compare(&s.ledger, &s.world, NULL, NULL), 0);
    s.stands[IMPORT] = LEDGER_PEOPLE - 1;
    CU_ASSERT_EQUAL(ledger_compare(&s.ledger, &s.world, see, &seen), 1);
    CU_ASSERT_EQUAL(seen.fault, LEDGER_HALF);
    ledger_fini(&s.ledger);
}

static void
lose_certificate(struct stand *s)
{
    s->world.certificates_n = 0;
}

static void
swap_certificate(struct stand *s)
{
    s->certificates[0].cti[0] = 8;
}

static void
double_certificate(struct stand *s)
{
    s->certificates[1] = s->certificates[0];
    s->certificates[1].idx = 6;
    s->world.certificates_n = 2;
}

static void
add_strange(struct stand *s)
{
    s->certificates[1] = s->certificates[0];
    s->certificates[1].idx = 6;
    s->certificates[1].person = LEDGER_NOBODY;
    s->world.certificates_n = 2;
}

static void
lose_revocation(struct stand *s)
{
    s->certificates[0].revoked = false;
    s->certificates[0].leaves[LEDGER_REVOKE] = 0;
}

static void
revoke_unasked(struct stand *s)
{
    s->ledger.facts[REVOKE].subject = IMPORT;
}

static void
revoke_twice(struct stand *s)
{
    s->certificates[0].leaves[LEDGER_REVOKE] = 2;
}

static void
issue_without_leaf(struct stand *s)
{
    s->certificates[0].leaves[LEDGER_ISSUE] = 0;
}

static void
lose_entry(struct stand *s)
{
    s->stands[ENTER] = 0;
    s->certificates[0].leaves[LEDGER_ENTER] = 0;
}

static void
double_entry(struct stand *s)
{
    s->certificates[0].leaves[LEDGER_ENTER] = 2;
}

static void
lose_look(struct stand *s)
{
    s->certificates[0].leaves[LEDGER_LOOK] = 1;
}

static void
invent_look(struct stand *s)
{
    s->certificates[0].leaves[LEDGER_LOOK] = 4;
}

static void
lose_import(struct stand *s)
{
    s->stands[IMPORT] = 0;
}

static void
double_import(struct stand *s)
{
    s->stands[IMPORT] = LEDGER_PEOPLE + 1;
}

static void
lose_device(struct stand *s)
{
    s->stands[DEVICE] = 0;
}

static void
double_device(struct stand *s)
{
    s->stands[DEVICE] = 2;
}

static void
every_fault_is_named(void)
{
    static const struct {
        void (*spoil)(struct stand *s);
        enum ledger_fault fault;
        enum ledger_kind kind;
    } rows[] = {
        { lose_certificate, LEDGER_LOST, LEDGER_ISSUE },
        { swap_certificate, LEDGER_LOST, LEDGER_ISSUE },
        { double_certificate, LEDGER_TWICE, LEDGER_ISSUE },
        { add_strange, LEDGER_STRANGE, LEDGER_ISSUE },
        { lose_revocation, LEDGER_LOST, LEDGER_REVOKE },
        { revoke_unasked, LEDGER_STRANGE, LEDGER_REVOKE },
        { revoke_twice, LEDGER_LEAVES, LEDGER_REVOKE },
        { issue_without_leaf, LEDGER_LEAVES, LEDGER_ISSUE },
        { lose_entry, LEDGER_LOST, LEDGER_ENTER },
        { double_entry, LEDGER_LEAVES, LEDGER_ENTER },
        { lose_look, LEDGER_LOST, LEDGER_LOOK },
        { invent_look, LEDGER_STRANGE, LEDGER_LOOK },
        { lose_import, LEDGER_LOST, LEDGER_IMPORT },
        { double_import, LEDGER_TWICE, LEDGER_IMPORT },
        { lose_device, LEDGER_LOST, LEDGER_DEVICE },
        { double_device, LEDGER_TWICE, LEDGER_DEVICE },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct seen seen = { 0 };
        struct stand s;

        set_up(&s);
        rows[i].spoil(&s);
        CU_ASSERT_EQUAL(ledger_compare(&s.ledger, &s.world, see, &seen), 1);
        CU_ASSERT_EQUAL(seen.n, 1);
        CU_ASSERT_EQUAL(seen.fault, rows[i].fault);
        CU_ASSERT_EQUAL(seen.kind, rows[i].kind);
        CU_ASSERT(strlen(ledger_fault_text(seen.fault)) > 0);
        ledger_fini(&s.ledger);
    }
}

static void
one_index_for_two_certificates_is_a_fault(void)
{
    struct ledger_fact other = {
        .kind = LEDGER_ISSUE, .subject = 1, .name = { 9 }, .asked = 1, .acked = 1
    };
    struct seen seen = { 0 };
    unsigned stands[FACTS + 1];
    struct stand s;

    set_up(&s);
    CU_ASSERT_EQUAL(ledger_add(&s.ledger, &other), FACTS);
    memcpy(stands, s.stands, sizeof s.stands);
    stands[FACTS] = 0;
    s.certificates[1] = (struct ledger_certificate){
        .cti = { 9 }, .person = 1, .idx = 5, .leaves = { [LEDGER_ISSUE] = 1 }
    };
    s.world = (struct ledger_world){ s.certificates, 2, stands };
    CU_ASSERT_EQUAL(ledger_compare(&s.ledger, &s.world, see, &seen), 1);
    CU_ASSERT_EQUAL(seen.fault, LEDGER_INDEX);
    s.certificates[1].idx = 6;
    CU_ASSERT_EQUAL(ledger_compare(&s.ledger, &s.world, NULL, NULL), 0);
    ledger_fini(&s.ledger);
}

static void
a_second_answer_has_the_bytes_of_the_first(void)
{
    static const uint8_t one[LEDGER_DIGEST_LEN] = { 1 };
    static const uint8_t two[LEDGER_DIGEST_LEN] = { 2 };
    struct stand s;

    set_up(&s);
    s.ledger.facts[ISSUE].acked = 0;
    CU_ASSERT(ledger_acknowledge(&s.ledger, ISSUE, one));
    CU_ASSERT(ledger_acknowledge(&s.ledger, ISSUE, one));
    CU_ASSERT_FALSE(ledger_acknowledge(&s.ledger, ISSUE, two));
    s.ledger.facts[LOOK].acked = 0;
    CU_ASSERT(ledger_acknowledge(&s.ledger, LOOK, one));
    CU_ASSERT(ledger_acknowledge(&s.ledger, LOOK, two)); /* the world has moved on */
    CU_ASSERT_EQUAL(s.ledger.facts[ISSUE].acked, 3);
    ledger_fini(&s.ledger);
}

TBC_SUITE("crash/ledger", TEST(what_was_acknowledged_and_is_there_is_no_fault),
          TEST(what_is_in_doubt_may_be_missing_but_not_by_half),
          TEST(every_fault_is_named), TEST(one_index_for_two_certificates_is_a_fault),
          TEST(a_second_answer_has_the_bytes_of_the_first))
