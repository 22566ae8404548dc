#include "suite.h"
#include "witness.h"
#include "world.h"

#include <string.h>

/* A log that grows, signed by the world's station; a second one that differs from a leaf on. */
static struct {
    struct world w;
    struct gate_witness witness;
    struct tbc_buf signed_bytes;
} stage;

#define LEAVES 40

static enum tbc_err
read_leaf(void *fork, unsigned level, uint64_t index, struct tbc_hash *node)
{
    struct tbc_merkle tree = { 0 };
    enum tbc_err err = TBC_OK;

    for (uint64_t i = index << level; i < (index + 1) << level && err == TBC_OK; i++) {
        struct tbc_hash leaf;
        const uint8_t entry = (uint8_t)(i >= *(const uint64_t *)fork ? i + 100 : i);

        err = tbc_merkle_leaf(tbc_span_of(&entry, 1), &leaf);
        if (err == TBC_OK) {
            err = tbc_merkle_append(&tree, &leaf);
        }
    }
    return err == TBC_OK ? tbc_merkle_root(&tree, node) : err;
}

/* The log that differs from leaf `fork` on (LEAVES: the true one), at a size and a time. */
static struct tbc_checkpoint
at_size(uint64_t size, uint64_t fork, int64_t minute)
{
    struct tbc_checkpoint c = { .origin = "VNP", .size = size };
    struct tbc_merkle tree = { 0 };
    struct tbc_hash node;
    struct tbc_hash root;

    c.at.s = WORLD_NOW.s + minute * 60;
    for (uint64_t i = 0; i < size; i++) {
        CU_ASSERT_EQUAL_FATAL(read_leaf(&fork, 0, i, &node), TBC_OK);
        CU_ASSERT_EQUAL_FATAL(tbc_merkle_append(&tree, &node), TBC_OK);
    }
    CU_ASSERT_EQUAL_FATAL(tbc_merkle_root(&tree, &root), TBC_OK);
    memcpy(c.root, root.b, sizeof c.root);
    return c;
}

static struct tbc_span
sign(const struct tbc_checkpoint *c, struct tbc_key *key)
{
    tbc_buf_clear(&stage.signed_bytes);
    CU_ASSERT_EQUAL_FATAL(tbc_checkpoint_sign(key, c, &stage.signed_bytes), TBC_OK);
    return tbc_buf_span(&stage.signed_bytes);
}

static struct gate_seen
see(const struct tbc_checkpoint *c, const struct gate_joint *joint)
{
    struct gate_seen seen;

    CU_ASSERT_EQUAL(gate_witness_see(&stage.witness, stage.w.ring, "VNP",
                                     sign(c, stage.w.station), joint, &seen),
                    TBC_OK);
    return seen;
}

static void
begin(void)
{
    memset(&stage, 0, sizeof stage);
    world_init(&stage.w, TBC_ALG_ES256);
}

static void
end(void)
{
    world_fini(&stage.w);
    tbc_buf_fini(&stage.signed_bytes);
}

static void
growth_is_taken_and_a_late_one_passed_over(void)
{
    const struct tbc_checkpoint first = at_size(5, LEAVES, 0);
    const struct tbc_checkpoint second = at_size(9, LEAVES, 1);

    begin();
    CU_ASSERT_EQUAL(see(&first, NULL).testimony, GATE_TESTIMONY_NEW);
    CU_ASSERT_EQUAL(see(&second, NULL).testimony, GATE_TESTIMONY_NEW);
    CU_ASSERT_EQUAL(see(&second, NULL).testimony, GATE_TESTIMONY_KNOWN);
    CU_ASSERT_EQUAL(see(&first, NULL).testimony, GATE_TESTIMONY_KNOWN);
    CU_ASSERT_EQUAL(stage.witness.newest.size, 9);
    end();
}

static void
a_log_that_went_back_is_another_history(void)
{
    const struct tbc_checkpoint first = at_size(9, LEAVES, 0);
    const struct tbc_checkpoint back = at_size(5, LEAVES, 1);
    struct gate_seen seen;

    begin();
    CU_ASSERT_EQUAL(see(&first, NULL).testimony, GATE_TESTIMONY_NEW);
    seen = see(&back, NULL);
    CU_ASSERT_EQUAL(seen.testimony, GATE_TESTIMONY_OTHER);
    CU_ASSERT_EQUAL(seen.step, TBC_LOG_STEP_WENT_BACK);
    CU_ASSERT_EQUAL(seen.checkpoint.size, 5);
    CU_ASSERT_EQUAL(stage.witness.newest.size, 9);
    end();
}

static void
another_root_of_the_same_size_is_another_history(void)
{
    const struct tbc_checkpoint first = at_size(9, LEAVES, 1);
    const struct tbc_checkpoint other = at_size(9, 8, 0);
    struct gate_seen seen;

    begin();
    CU_ASSERT_EQUAL(see(&first, NULL).testimony, GATE_TESTIMONY_NEW);
    seen = see(&other, NULL);
    CU_ASSERT_EQUAL(seen.testimony, GATE_TESTIMONY_OTHER);
    CU_ASSERT_EQUAL(seen.step, TBC_LOG_STEP_SPLIT_VIEW);
    CU_ASSERT_EQUAL(memcmp(stage.witness.newest.root, first.root, 32), 0);
    end();
}

/* A joint from one log's size to a size of the log that differs from fork on. */
static void
join(uint64_t from, uint64_t to, uint64_t fork, enum gate_testimony wanted)
{
    const struct tbc_checkpoint old = at_size(from, LEAVES, 0);
    const struct tbc_checkpoint now = at_size(to, fork, 1);
    struct tbc_hash proof[TBC_MERKLE_PROOF_MAX];
    struct gate_joint joint = { .from = old };
    size_t n;

    begin();
    CU_ASSERT_EQUAL_FATAL(
        tbc_merkle_prove_consistency(read_leaf, &fork, from, to, proof, &n), TBC_OK);
    joint.proof = tbc_span_of(proof, n * sizeof *proof);
    CU_ASSERT_EQUAL(see(&old, NULL).testimony, GATE_TESTIMONY_NEW);
    CU_ASSERT_EQUAL(see(&now, &joint).testimony, wanted);
    CU_ASSERT_EQUAL(stage.witness.newest.size,
                    wanted == GATE_TESTIMONY_NEW ? to : from);
    end();
}

static void
a_larger_log_must_join_when_the_station_was_asked(void)
{
    struct gate_joint none = { .from = at_size(7, LEAVES, 0) };
    const struct tbc_checkpoint now = at_size(20, LEAVES, 1);

    join(7, 20, LEAVES, GATE_TESTIMONY_NEW);
    join(8, 32, LEAVES, GATE_TESTIMONY_NEW);
    join(7, 20, 3, GATE_TESTIMONY_OTHER); /* restored, and grown past us */
    begin();
    CU_ASSERT_EQUAL(see(&none.from, NULL).testimony, GATE_TESTIMONY_NEW);
    CU_ASSERT_EQUAL(see(&now, &none).testimony, GATE_TESTIMONY_OTHER);
    end();
}

/* A notice came while the answer to SNAPSHOT travelled: the joint is from what was held then. */
static void
a_joint_is_held_against_what_was_asked_from(void)
{
    const struct tbc_checkpoint asked = at_size(7, LEAVES, 0);
    const struct tbc_checkpoint notice = at_size(12, LEAVES, 1);
    uint64_t fork = LEAVES;
    struct tbc_hash proof[TBC_MERKLE_PROOF_MAX];
    struct gate_joint joint = { .from = asked };
    size_t n;

    begin();
    CU_ASSERT_EQUAL_FATAL(
        tbc_merkle_prove_consistency(read_leaf, &fork, 7, 12, proof, &n), TBC_OK);
    joint.proof = tbc_span_of(proof, n * sizeof *proof);
    CU_ASSERT_EQUAL(see(&asked, NULL).testimony, GATE_TESTIMONY_NEW);
    CU_ASSERT_EQUAL(see(&notice, NULL).testimony, GATE_TESTIMONY_NEW);
    CU_ASSERT_EQUAL(see(&notice, &joint).testimony, GATE_TESTIMONY_KNOWN);
    end();
}

static void
strangers_are_no_testimony(void)
{
    struct tbc_checkpoint c = at_size(5, LEAVES, 0);
    struct gate_seen seen;

    begin();
    CU_ASSERT_EQUAL(gate_witness_see(&stage.witness, NULL, "VNP",
                                     sign(&c, stage.w.station), NULL, &seen),
                    TBC_ERR_UNKNOWN_KEY);
    CU_ASSERT_EQUAL(gate_witness_see(&stage.witness, stage.w.ring, "VNP",
                                     sign(&c, stage.w.phone), NULL, &seen),
                    TBC_ERR_UNKNOWN_KEY);
    CU_ASSERT_EQUAL(gate_witness_see(&stage.witness, stage.w.ring, "SHH",
                                     sign(&c, stage.w.station), NULL, &seen),
                    TBC_ERR_CONFLICT);
    (void)sign(&c, stage.w.station);
    stage.signed_bytes.ptr[stage.signed_bytes.len - 1] ^= 1;
    CU_ASSERT_NOT_EQUAL(gate_witness_see(&stage.witness, stage.w.ring, "VNP",
                                         tbc_buf_span(&stage.signed_bytes), NULL,
                                         &seen),
                        TBC_OK);
    CU_ASSERT_EQUAL(stage.witness.newest.size, 0);
    end();
}

TBC_SUITE("gate/witness", TEST(growth_is_taken_and_a_late_one_passed_over),
          TEST(a_log_that_went_back_is_another_history),
          TEST(another_root_of_the_same_size_is_another_history),
          TEST(a_larger_log_must_join_when_the_station_was_asked),
          TEST(a_joint_is_held_against_what_was_asked_from),
          TEST(strangers_are_no_testimony))
