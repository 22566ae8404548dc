#include "crypto/checkpoint.h"
#include "suite.h"
#include "world.h"

#include <string.h>

#define LEAVES 24

/* A log of LEAVES entries that differ by their number, and a world whose station signs it. */
static struct {
    struct world w;
    struct tbc_hash leaves[LEAVES];
} stage;

static void
begin(void)
{
    world_init(&stage.w, TBC_ALG_ES256);
    for (uint8_t i = 0; i < LEAVES; i++) {
        CU_ASSERT_EQUAL_FATAL(tbc_merkle_leaf(tbc_span_of(&i, 1), &stage.leaves[i]),
                              TBC_OK);
    }
}

static void
end(void)
{
    world_fini(&stage.w);
}

static struct tbc_checkpoint
checkpoint_of(uint64_t size)
{
    struct tbc_checkpoint c = { .origin = "VNP", .at = WORLD_NOW, .size = size };
    struct tbc_merkle tree = { 0 };
    struct tbc_hash root;

    c.at.s += (int64_t)size;
    for (uint64_t i = 0; i < size; i++) {
        CU_ASSERT_EQUAL_FATAL(tbc_merkle_append(&tree, &stage.leaves[i]), TBC_OK);
    }
    CU_ASSERT_EQUAL_FATAL(tbc_merkle_root(&tree, &root), TBC_OK);
    memcpy(c.root, root.b, sizeof c.root);
    return c;
}

static enum tbc_err
read_node(void *ctx, unsigned level, uint64_t index, struct tbc_hash *node)
{
    struct tbc_merkle tree = { 0 };
    enum tbc_err err = TBC_OK;

    (void)ctx;
    for (uint64_t i = index << level; i < (index + 1) << level && err == TBC_OK; i++) {
        err = tbc_merkle_append(&tree, &stage.leaves[i]);
    }
    return err == TBC_OK ? tbc_merkle_root(&tree, node) : err;
}

static enum tbc_log_step
step_between(const struct tbc_checkpoint *older, const struct tbc_checkpoint *newer,
             struct tbc_span proof)
{
    enum tbc_log_step step;

    CU_ASSERT_EQUAL(tbc_checkpoint_compare(older, newer, proof, &step), TBC_OK);
    return step;
}

static void
what_a_station_signs_opens_with_its_key_and_its_trust_list(void)
{
    struct tbc_checkpoint c;
    struct tbc_checkpoint back;
    struct tbc_buf message = { 0 };

    begin();
    c = checkpoint_of(7);
    CU_ASSERT_EQUAL(tbc_checkpoint_sign(stage.w.station, &c, &message), TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_checkpoint_open(&back, tbc_buf_span(&message), stage.w.station, NULL),
        TBC_OK);
    CU_ASSERT(back.size == 7 && memcmp(back.root, c.root, sizeof c.root) == 0);
    CU_ASSERT_EQUAL(
        tbc_checkpoint_open_trusted(&back, tbc_buf_span(&message), stage.w.ring, NULL),
        TBC_OK);
    CU_ASSERT_STRING_EQUAL(back.origin, "VNP");
    tbc_buf_fini(&message);
    end();
}

static void
another_key_another_origin_and_another_time_are_refused(void)
{
    struct tbc_checkpoint c;
    struct tbc_checkpoint back;
    struct tbc_buf message = { 0 };

    begin();
    c = checkpoint_of(7);
    CU_ASSERT_EQUAL(tbc_checkpoint_sign(stage.w.phone, &c, &message), TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_checkpoint_open(&back, tbc_buf_span(&message), stage.w.station, NULL),
        TBC_ERR_UNKNOWN_KEY);
    CU_ASSERT_EQUAL(
        tbc_checkpoint_open_trusted(&back, tbc_buf_span(&message), stage.w.ring, NULL),
        TBC_ERR_UNKNOWN_KEY);
    CU_ASSERT_EQUAL(back.size, 0);
    tbc_buf_clear(&message);
    (void)memccpy(c.origin, "SHH", '\0', sizeof c.origin); /* somebody else's log */
    CU_ASSERT_EQUAL(tbc_checkpoint_sign(stage.w.station, &c, &message), TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_checkpoint_open_trusted(&back, tbc_buf_span(&message), stage.w.ring, NULL),
        TBC_ERR_UNKNOWN_KEY);
    tbc_buf_clear(&message);
    c = checkpoint_of(7);
    c.at.s = WORLD_NOW.s + 100 * TBC_DAY_S; /* the key's end */
    CU_ASSERT_EQUAL(tbc_checkpoint_sign(stage.w.station, &c, &message), TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_checkpoint_open_trusted(&back, tbc_buf_span(&message), stage.w.ring, NULL),
        TBC_ERR_UNKNOWN_KEY);
    tbc_buf_fini(&message);
    end();
}

static void
no_flipped_bit_and_no_cut_opens(void)
{
    struct tbc_checkpoint c;
    struct tbc_checkpoint back;
    struct tbc_buf message = { 0 };

    begin();
    c = checkpoint_of(3);
    CU_ASSERT_EQUAL(tbc_checkpoint_sign(stage.w.station, &c, &message), TBC_OK);
    for (size_t i = 0; i < message.len; i++) {
        message.ptr[i] ^= 1;
        CU_ASSERT_NOT_EQUAL(
            tbc_checkpoint_open(&back, tbc_buf_span(&message), stage.w.station, NULL),
            TBC_OK);
        message.ptr[i] ^= 1;
        CU_ASSERT_NOT_EQUAL(
            tbc_checkpoint_open(&back, tbc_span_sub(tbc_buf_span(&message), 0, i),
                                stage.w.station, NULL),
            TBC_OK);
    }
    tbc_buf_fini(&message);
    end();
}

static void
an_empty_log_has_one_root(void)
{
    struct tbc_checkpoint c;
    struct tbc_checkpoint back;
    struct tbc_buf payload = { 0 };
    struct tbc_buf message = { 0 };
    struct tbc_fault fault = { 0 };

    begin();
    c = checkpoint_of(0);
    CU_ASSERT_EQUAL(tbc_checkpoint_sign(stage.w.station, &c, &message), TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_checkpoint_open(&back, tbc_buf_span(&message), stage.w.station, NULL),
        TBC_OK);
    c.root[0] ^= 1;
    CU_ASSERT_EQUAL(tbc_checkpoint_sign(stage.w.station, &c, &message), TBC_ERR_RANGE);
    tbc_buf_clear(&message);
    CU_ASSERT_EQUAL(tbc_checkpoint_encode(&c, &payload), TBC_OK);
    CU_ASSERT_EQUAL(tbc_sign_cose(stage.w.station, TBC_TYP_CHECKPOINT,
                                  tbc_buf_span(&payload), &message),
                    TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_checkpoint_open(&back, tbc_buf_span(&message), stage.w.station, &fault),
        TBC_ERR_MALFORMED);
    CU_ASSERT_STRING_EQUAL(fault.what, "root of an empty log");
    tbc_buf_fini(&payload);
    tbc_buf_fini(&message);
    end();
}

static void
every_pair_of_sizes_is_joined_by_its_proof_and_by_no_other(void)
{
    begin();
    for (uint64_t size1 = 1; size1 <= LEAVES; size1++) {
        struct tbc_checkpoint older = checkpoint_of(size1);

        for (uint64_t size2 = size1 + 1; size2 <= LEAVES; size2++) {
            struct tbc_checkpoint newer = checkpoint_of(size2);
            struct tbc_hash proof[TBC_MERKLE_PROOF_MAX];
            struct tbc_span nodes;
            size_t n;

            CU_ASSERT_EQUAL_FATAL(
                tbc_merkle_prove_consistency(read_node, NULL, size1, size2, proof, &n),
                TBC_OK);
            nodes = tbc_span_of(proof, n * sizeof *proof);
            CU_ASSERT_EQUAL(step_between(&older, &newer, nodes), TBC_LOG_STEP_GROWN);
            CU_ASSERT_EQUAL(
                step_between(&older, &newer, tbc_span_sub(nodes, 0, nodes.len - 32)),
                TBC_LOG_STEP_INCONSISTENT);
            older.root[5] ^= 1;
            CU_ASSERT_EQUAL(step_between(&older, &newer, nodes),
                            TBC_LOG_STEP_INCONSISTENT);
            older.root[5] ^= 1;
        }
    }
    end();
}

static void
each_way_to_misbehave_has_its_name(void)
{
    struct tbc_checkpoint three;
    struct tbc_checkpoint seven;
    struct tbc_checkpoint other;
    struct tbc_span none = { 0 };

    begin();
    three = checkpoint_of(3);
    seven = checkpoint_of(7);
    CU_ASSERT_EQUAL(step_between(&three, &three, none), TBC_LOG_STEP_SAME);
    CU_ASSERT_EQUAL(step_between(&three, &three, tbc_span_of(three.root, 32)),
                    TBC_LOG_STEP_INCONSISTENT);
    CU_ASSERT_EQUAL(step_between(&seven, &three, none), TBC_LOG_STEP_WENT_BACK);
    CU_ASSERT_EQUAL(step_between(&three, &seven, none), TBC_LOG_STEP_INCONSISTENT);
    other = three;
    other.root[31] ^= 0x80;
    CU_ASSERT_EQUAL(step_between(&three, &other, none), TBC_LOG_STEP_SPLIT_VIEW);
    other = seven;
    (void)memccpy(other.origin, "SHH", '\0', sizeof other.origin);
    CU_ASSERT_EQUAL(step_between(&three, &other, none), TBC_LOG_STEP_OTHER_LOG);
    CU_ASSERT_STRING_EQUAL(tbc_log_step_word(TBC_LOG_STEP_SPLIT_VIEW), "split view");
    CU_ASSERT(tbc_log_step_is_good(TBC_LOG_STEP_SAME) &&
              tbc_log_step_is_good(TBC_LOG_STEP_GROWN) &&
              !tbc_log_step_is_good(TBC_LOG_STEP_WENT_BACK));
    end();
}

TBC_SUITE("crypto/checkpoint",
          TEST(what_a_station_signs_opens_with_its_key_and_its_trust_list),
          TEST(another_key_another_origin_and_another_time_are_refused),
          TEST(no_flipped_bit_and_no_cut_opens), TEST(an_empty_log_has_one_root),
          TEST(every_pair_of_sizes_is_joined_by_its_proof_and_by_no_other),
          TEST(each_way_to_misbehave_has_its_name))
