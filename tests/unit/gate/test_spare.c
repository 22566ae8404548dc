#include "spare.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

#define AT 1700000000

static struct gate_spare spare;

static struct tbc_outbox_entry
event(unsigned number, enum tbc_act act)
{
    struct tbc_outbox_entry e = { .entry = { .event = { (uint8_t)number,
                                                        (uint8_t)(number >> 8) },
                                             .cti = { 1 },
                                             .holder = { 0x40 },
                                             .verdict = TBC_ACCEPTED_OFFLINE,
                                             .at = { AT + (int64_t)number },
                                             .act = act } };

    if (act == TBC_ACT_ENTER) {
        (void)snprintf(e.entry.train, sizeof e.entry.train, "G1207");
        e.entry.depart.s = AT + 1800;
    }
    return e;
}

static void
put(struct tbc_outbox_entry e)
{
    CU_ASSERT_EQUAL(gate_spare_put(&spare, &e), TBC_OK);
}

static struct tbc_outbox_memory
recall(uint8_t cti, const uint8_t *proof)
{
    struct tbc_outbox_entry about = event(999, TBC_ACT_ENTER);
    struct tbc_outbox_memory m = { 0 };

    about.entry.cti[0] = cti;
    gate_spare_recall(&spare, &about.entry, proof, &m);
    return m;
}

static void
what_is_aside_is_remembered_as_in_the_journal(void)
{
    struct tbc_outbox_entry refused = event(9, TBC_ACT_ENTER);
    struct tbc_outbox_memory m;

    memset(&spare, 0, sizeof spare);
    refused.entry.verdict = TBC_NO_TICKET;
    put(refused);
    CU_ASSERT_FALSE(recall(1, NULL).entered);
    put(event(1, TBC_ACT_ENTER));
    m = recall(1, NULL);
    CU_ASSERT(m.entered && m.came && m.alone && m.entered_at.s == AT + 1);
    CU_ASSERT(recall(2, NULL).entered); /* the holder's other certificate */
    put(event(2, TBC_ACT_EXIT));
    m = recall(1, NULL);
    CU_ASSERT(!m.entered && m.came);
    put(event(3, TBC_ACT_ENTER));
    CU_ASSERT(recall(1, NULL).entered);
    put(event(4, TBC_ACT_ANNUL));
    CU_ASSERT_FALSE(recall(1, NULL).entered);
}

static void
proof_is_used_up_once(void)
{
    static const uint8_t proof[TBC_OUTBOX_PROOF_LEN] = { 7 };
    static const uint8_t other[TBC_OUTBOX_PROOF_LEN] = { 8 };
    struct tbc_outbox_entry e = event(1, TBC_ACT_ENTER);

    memset(&spare, 0, sizeof spare);
    e.proof = proof;
    put(e);
    e.entry.event[0] = 2;
    CU_ASSERT_EQUAL(gate_spare_put(&spare, &e), TBC_ERR_EXISTS);
    CU_ASSERT(recall(1, proof).proof_used);
    CU_ASSERT_FALSE(recall(1, other).proof_used);
    CU_ASSERT_FALSE(recall(1, NULL).proof_used);
}

static void
station_is_told_once_and_the_journal_gets_all(void)
{
    static const uint8_t proof[TBC_OUTBOX_PROOF_LEN] = { 7 };
    struct tbc_outbox_entry known = event(2, TBC_ACT_ENTER);
    struct tbc_outbox_entry first = event(1, TBC_ACT_ENTER);
    struct tbc_entry told[4];
    const struct tbc_outbox_entry *oldest;
    struct tbc_entry_reply reply = { .event = { 1 } };

    memset(&spare, 0, sizeof spare);
    known.settled = true;
    first.proof = proof;
    put(first);
    put(known);
    put(event(3, TBC_ACT_EXIT));
    CU_ASSERT_EQUAL(gate_spare_waiting(&spare, told, 1), 1);
    CU_ASSERT_EQUAL(gate_spare_waiting(&spare, told, 4), 2);
    CU_ASSERT(told[0].event[0] == 1 && told[0].told && told[1].act == TBC_ACT_EXIT);
    CU_ASSERT_EQUAL(gate_spare_settle(&spare, &reply, 1), 1);
    CU_ASSERT_EQUAL(gate_spare_settle(&spare, &reply, 1), 0);
    CU_ASSERT_EQUAL(gate_spare_waiting(&spare, told, 4), 1);
    oldest = gate_spare_oldest(&spare);
    CU_ASSERT_PTR_NOT_NULL_FATAL(oldest);
    CU_ASSERT(oldest->settled && oldest->proof != NULL &&
              memcmp(oldest->proof, proof, sizeof proof) == 0);
    gate_spare_drop(&spare);
    gate_spare_drop(&spare);
    oldest = gate_spare_oldest(&spare);
    CU_ASSERT(oldest != NULL && oldest->entry.event[0] == 3 && oldest->proof == NULL);
    gate_spare_drop(&spare);
    gate_spare_drop(&spare);
    CU_ASSERT_PTR_NULL(gate_spare_oldest(&spare));
}

static void
room_has_an_end(void)
{
    struct tbc_outbox_entry e = event(GATE_SPARE_MAX, TBC_ACT_EXIT);

    memset(&spare, 0, sizeof spare);
    for (unsigned i = 0; i < GATE_SPARE_MAX; i++) {
        put(event(i, TBC_ACT_EXIT));
    }
    CU_ASSERT_EQUAL(gate_spare_put(&spare, &e), TBC_ERR_LIMIT);
    gate_spare_drop(&spare);
    CU_ASSERT_EQUAL(gate_spare_put(&spare, &e), TBC_OK);
}

TBC_SUITE("gate/spare", TEST(what_is_aside_is_remembered_as_in_the_journal),
          TEST(proof_is_used_up_once),
          TEST(station_is_told_once_and_the_journal_gets_all), TEST(room_has_an_end))
