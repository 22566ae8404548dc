#include "base/text.h"
#include "crypto/merkle.h"
#include "suite.h"

#include <string.h>

/* The eight entries and the roots of certificate-transparency's reference tests for RFC 6962. */
static const char *const entries[] = {
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
};
static const char *const roots[] = {
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

#define LEAVES 200

static struct tbc_hash leaves[LEAVES];

static void
make_leaves(void)
{
    for (unsigned i = 0; i < LEAVES; i++) {
        uint8_t entry[2] = { (uint8_t)(i >> 8), (uint8_t)i };

        CU_ASSERT_EQUAL_FATAL(tbc_merkle_leaf(tbc_span_of(entry, 2), &leaves[i]),
                              TBC_OK);
    }
}

/* A full subtree, by its own leaves. */
static enum tbc_err
read_node(void *ctx, unsigned level, uint64_t index, struct tbc_hash *node)
{
    struct tbc_merkle tree = { 0 };
    enum tbc_err err = TBC_OK;

    (void)ctx;
    for (uint64_t i = 0; i < UINT64_C(1) << level && err == TBC_OK; i++) {
        err = tbc_merkle_append(&tree, &leaves[(index << level) + i]);
    }
    return err == TBC_OK ? tbc_merkle_root(&tree, node) : err;
}

static struct tbc_hash
root_of(uint64_t size)
{
    struct tbc_merkle tree = { 0 };
    struct tbc_hash root = { { 0 } };

    for (uint64_t i = 0; i < size; i++) {
        CU_ASSERT_EQUAL(tbc_merkle_append(&tree, &leaves[i]), TBC_OK);
    }
    CU_ASSERT_EQUAL(tbc_merkle_root(&tree, &root), TBC_OK);
    return root;
}

static void
roots_match_the_reference_of_rfc_6962(void)
{
    struct tbc_merkle tree = { 0 };
    struct tbc_hash root;
    uint8_t want[TBC_HASH_LEN];

    CU_ASSERT_EQUAL(tbc_merkle_root(&tree, &root), TBC_OK);
    CU_ASSERT(tbc_hex_fixed(
        tbc_span_str(
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        want, sizeof want));
    CU_ASSERT_EQUAL(memcmp(root.b, want, sizeof want), 0);
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        struct tbc_buf entry = { 0 };
        struct tbc_hash leaf;

        CU_ASSERT_EQUAL(tbc_hex_decode(tbc_span_str(entries[i]), &entry, NULL), TBC_OK);
        CU_ASSERT_EQUAL(tbc_merkle_leaf(tbc_buf_span(&entry), &leaf), TBC_OK);
        CU_ASSERT_EQUAL(tbc_merkle_append(&tree, &leaf), TBC_OK);
        CU_ASSERT_EQUAL(tbc_merkle_root(&tree, &root), TBC_OK);
        CU_ASSERT(tbc_hex_fixed(tbc_span_str(roots[i]), want, sizeof want));
        CU_ASSERT_EQUAL(memcmp(root.b, want, sizeof want), 0);
        tbc_buf_fini(&entry);
    }
}

static void
every_leaf_of_every_small_tree_is_proven_and_no_other(void)
{
    make_leaves();
    for (uint64_t size = 1; size <= 40; size++) {
        struct tbc_hash root = root_of(size);

        for (uint64_t i = 0; i < size; i++) {
            struct tbc_hash proof[TBC_MERKLE_PROOF_MAX];
            size_t n;
            bool holds = false;

            CU_ASSERT_EQUAL(
                tbc_merkle_prove_inclusion(read_node, NULL, i, size, proof, &n),
                TBC_OK);
            CU_ASSERT_EQUAL(tbc_merkle_verify_inclusion(
                                &leaves[i], i, size, &root,
                                tbc_span_of(proof, n * TBC_HASH_LEN), &holds),
                            TBC_OK);
            CU_ASSERT(holds);
            CU_ASSERT_EQUAL(tbc_merkle_verify_inclusion(
                                &leaves[i + 1], i, size, &root,
                                tbc_span_of(proof, n * TBC_HASH_LEN), &holds),
                            TBC_OK);
            CU_ASSERT_FALSE(holds);
            if (n > 0) {
                CU_ASSERT_EQUAL(tbc_merkle_verify_inclusion(
                                    &leaves[i], i, size, &root,
                                    tbc_span_of(proof, (n - 1) * TBC_HASH_LEN), &holds),
                                TBC_OK);
                CU_ASSERT_FALSE(holds);
            }
        }
    }
}

static void
every_pair_of_sizes_is_consistent_and_a_changed_root_is_not(void)
{
    make_leaves();
    for (uint64_t size2 = 1; size2 <= 40; size2++) {
        struct tbc_hash root2 = root_of(size2);

        for (uint64_t size1 = 1; size1 <= size2; size1++) {
            struct tbc_hash root1 = root_of(size1);
            struct tbc_hash proof[TBC_MERKLE_PROOF_MAX];
            struct tbc_span nodes;
            size_t n;
            bool holds = false;

            CU_ASSERT_EQUAL(
                tbc_merkle_prove_consistency(read_node, NULL, size1, size2, proof, &n),
                TBC_OK);
            nodes = tbc_span_of(proof, n * TBC_HASH_LEN);
            CU_ASSERT_EQUAL(tbc_merkle_verify_consistency(size1, size2, &root1, &root2,
                                                          nodes, &holds),
                            TBC_OK);
            CU_ASSERT(holds);
            root1.b[31] ^= 1;
            CU_ASSERT_EQUAL(tbc_merkle_verify_consistency(size1, size2, &root1, &root2,
                                                          nodes, &holds),
                            TBC_OK);
            CU_ASSERT_FALSE(holds);
        }
    }
}

static void
sizes_out_of_range_are_refused(void)
{
    struct tbc_hash proof[TBC_MERKLE_PROOF_MAX];
    struct tbc_hash h = { { 0 } };
    size_t n;
    bool holds = true;

    CU_ASSERT_EQUAL(tbc_merkle_prove_inclusion(read_node, NULL, 3, 3, proof, &n),
                    TBC_ERR_RANGE);
    CU_ASSERT_EQUAL(tbc_merkle_prove_consistency(read_node, NULL, 0, 3, proof, &n),
                    TBC_ERR_RANGE);
    CU_ASSERT_EQUAL(tbc_merkle_prove_consistency(read_node, NULL, 4, 3, proof, &n),
                    TBC_ERR_RANGE);
    CU_ASSERT_EQUAL(
        tbc_merkle_verify_inclusion(&h, 0, 0, &h, (struct tbc_span){ 0 }, &holds),
        TBC_OK);
    CU_ASSERT_FALSE(holds);
    CU_ASSERT_EQUAL(
        tbc_merkle_verify_consistency(2, 1, &h, &h, (struct tbc_span){ 0 }, &holds),
        TBC_OK);
    CU_ASSERT_FALSE(holds);
    CU_ASSERT_EQUAL(
        tbc_merkle_verify_inclusion(&h, 0, 1, &h, tbc_span_of(h.b, 31), &holds),
        TBC_OK);
    CU_ASSERT_FALSE(holds);
}

/* A log whose leaves are all alike: the root of a full subtree depends on its height alone, so
 * that trees of any size fit on a page. */
static struct tbc_hash alike[64];

static void
make_alike(void)
{
    CU_ASSERT_EQUAL_FATAL(tbc_merkle_leaf(tbc_span_str("x"), &alike[0]), TBC_OK);
    for (size_t i = 1; i < 64; i++) {
        CU_ASSERT_EQUAL_FATAL(tbc_merkle_node(&alike[i - 1], &alike[i - 1], &alike[i]),
                              TBC_OK);
    }
}

static enum tbc_err
read_alike(void *ctx, unsigned level, uint64_t index, struct tbc_hash *node)
{
    (void)ctx;
    (void)index;
    *node = alike[level];
    return TBC_OK;
}

static struct tbc_hash
root_alike(uint64_t size)
{
    struct tbc_merkle tree = { .size = size };
    struct tbc_hash root;

    memcpy(tree.peaks, alike, sizeof tree.peaks);
    CU_ASSERT_EQUAL(tbc_merkle_root(&tree, &root), TBC_OK);
    return root;
}

static const uint64_t giants[] = {
    (UINT64_C(1) << 62) + 1, (UINT64_C(1) << 63) - 1, UINT64_C(1) << 63,
    (UINT64_C(1) << 63) + 1, UINT64_MAX - 1,          UINT64_MAX,
};
#define GIANTS_N (sizeof giants / sizeof *giants)

static bool
included(uint64_t index, uint64_t size, const struct tbc_hash *proof, size_t n)
{
    struct tbc_hash root = root_alike(size);
    bool holds = true;

    CU_ASSERT_EQUAL(tbc_merkle_verify_inclusion(&alike[0], index, size, &root,
                                                tbc_span_of(proof, n * TBC_HASH_LEN),
                                                &holds),
                    TBC_OK);
    return holds;
}

static void
leaves_of_giant_trees_are_proven(void)
{
    make_alike();
    for (size_t i = 0; i < GIANTS_N; i++) {
        uint64_t size = giants[i];
        const uint64_t indices[] = { 0, 1, size / 2, size - 2, size - 1 };

        for (size_t k = 0; k < sizeof indices / sizeof *indices; k++) {
            struct tbc_hash proof[TBC_MERKLE_PROOF_MAX + 1] = { 0 };
            size_t n;

            CU_ASSERT_EQUAL(tbc_merkle_prove_inclusion(read_alike, NULL, indices[k],
                                                       size, proof, &n),
                            TBC_OK);
            CU_ASSERT(n <= 64);
            CU_ASSERT(included(indices[k], size, proof, n));
            CU_ASSERT_FALSE(included(indices[k], size, proof, n - 1));
            CU_ASSERT_FALSE(included(indices[k], size, proof, n + 1)); /* surplus */
            proof[0].b[0] ^= 1;
            CU_ASSERT_FALSE(included(indices[k], size, proof, n));
        }
        CU_ASSERT_FALSE(included(size, size, alike, 64)); /* beyond the end */
        CU_ASSERT_FALSE(included(UINT64_MAX, size, alike, 64));
    }
}

static void
giant_trees_continue_one_another(void)
{
    make_alike();
    for (size_t i = 0; i < GIANTS_N; i++) {
        for (size_t k = i; k < GIANTS_N; k++) {
            struct tbc_hash root1 = root_alike(giants[i]);
            struct tbc_hash root2 = root_alike(giants[k]);
            struct tbc_hash proof[TBC_MERKLE_PROOF_MAX + 1] = { 0 };
            bool holds;
            size_t n;

            CU_ASSERT_EQUAL(tbc_merkle_prove_consistency(read_alike, NULL, giants[i],
                                                         giants[k], proof, &n),
                            TBC_OK);
            CU_ASSERT(n <= TBC_MERKLE_PROOF_MAX);
            CU_ASSERT_EQUAL(tbc_merkle_verify_consistency(
                                giants[i], giants[k], &root1, &root2,
                                tbc_span_of(proof, n * TBC_HASH_LEN), &holds),
                            TBC_OK);
            CU_ASSERT(holds);
            CU_ASSERT_EQUAL(tbc_merkle_verify_consistency(
                                giants[i], giants[k], &root1, &root2,
                                tbc_span_of(proof, (n + 1) * TBC_HASH_LEN), &holds),
                            TBC_OK);
            CU_ASSERT_FALSE(holds);
            CU_ASSERT(i == k ||
                      tbc_merkle_verify_consistency(
                          giants[k], giants[i], &root2, &root1,
                          tbc_span_of(proof, n * TBC_HASH_LEN), &holds) == TBC_OK);
            CU_ASSERT(i == k || !holds); /* backwards */
        }
    }
}

TBC_SUITE("crypto/merkle", TEST(roots_match_the_reference_of_rfc_6962),
          TEST(every_leaf_of_every_small_tree_is_proven_and_no_other),
          TEST(every_pair_of_sizes_is_consistent_and_a_changed_root_is_not),
          TEST(sizes_out_of_range_are_refused), TEST(leaves_of_giant_trees_are_proven),
          TEST(giant_trees_continue_one_another))
