/* The Merkle tree of an append-only log: hashes, proofs, and their verification.
 *
 * Source: RFC 6962 sec. 2.1 (tree hash, audit path, consistency proof) and RFC 9162 sec. 2.1.3.2,
 * 2.1.4.2 (the verification algorithms).  SHA-256 only.  Proofs are arrays of node hashes, the
 * one nearest the leaves first. */
#ifndef TBC_CRYPTO_MERKLE_H
#define TBC_CRYPTO_MERKLE_H

#include "base/buf.h"

#define TBC_HASH_LEN 32
/* Nodes of the longest proof: a path through a tree of 2^64 leaves, and one more node. */
#define TBC_MERKLE_PROOF_MAX 65

struct tbc_hash {
    uint8_t b[TBC_HASH_LEN];
};

/* SHA-256(0x00 || entry), SHA-256(0x01 || left || right), and SHA-256() of nothing, the root of
 * the empty tree. */
enum tbc_err
tbc_merkle_leaf(struct tbc_span entry, struct tbc_hash *out) TBC_MUST_CHECK;
enum tbc_err tbc_merkle_node(const struct tbc_hash *left, const struct tbc_hash *right,
                             struct tbc_hash *out) TBC_MUST_CHECK;
enum tbc_err tbc_merkle_empty(struct tbc_hash *out) TBC_MUST_CHECK;

/* A growing tree kept as the roots of its full subtrees: 64 hashes whatever its size. */
struct tbc_merkle {
    uint64_t size;
    struct tbc_hash
        peaks[64]; /* peaks[k]: of the subtree of 2^k leaves, when bit k of size is 1 */
};

enum tbc_err
tbc_merkle_append(struct tbc_merkle *tree, const struct tbc_hash *leaf) TBC_MUST_CHECK;
/* The same, and the roots of the n full subtrees that this leaf completes: of 2 leaves, of 4, ... */
enum tbc_err
tbc_merkle_append_nodes(struct tbc_merkle *tree, const struct tbc_hash *leaf,
                        struct tbc_hash nodes[static 64], size_t *n) TBC_MUST_CHECK;
enum tbc_err
tbc_merkle_root(const struct tbc_merkle *tree, struct tbc_hash *root) TBC_MUST_CHECK;

/* Where proofs take node hashes from: the root of the full subtree of 2^level leaves that begins
 * at leaf index << level. */
typedef enum tbc_err (*tbc_merkle_read)(void *ctx, unsigned level, uint64_t index,
                                        struct tbc_hash *node);

/* The proof that leaf index stands in the tree of the first size leaves.
 * ERR_RANGE unless index < size; otherwise what read gives. */
enum tbc_err
tbc_merkle_prove_inclusion(tbc_merkle_read read, void *ctx, uint64_t index,
                           uint64_t size,
                           struct tbc_hash proof[static TBC_MERKLE_PROOF_MAX],
                           size_t *n) TBC_MUST_CHECK;

/* The proof that the tree of size2 leaves continues that of size1.  ERR_RANGE unless
 * 0 < size1 <= size2; equal sizes need no nodes. */
enum tbc_err
tbc_merkle_prove_consistency(tbc_merkle_read read, void *ctx, uint64_t size1,
                             uint64_t size2,
                             struct tbc_hash proof[static TBC_MERKLE_PROOF_MAX],
                             size_t *n) TBC_MUST_CHECK;

/* RFC 9162 sec. 2.1.3.2.  *holds is the answer; an error is a failure to compute it. */
enum tbc_err
tbc_merkle_verify_inclusion(const struct tbc_hash *leaf, uint64_t index, uint64_t size,
                            const struct tbc_hash *root, struct tbc_span proof,
                            bool *holds) TBC_MUST_CHECK;

/* RFC 9162 sec. 2.1.4.2.  Every tree continues the empty one: size1 0 holds with an empty proof, when
 * root1 is the root of nothing. */
enum tbc_err
tbc_merkle_verify_consistency(uint64_t size1, uint64_t size2,
                              const struct tbc_hash *root1,
                              const struct tbc_hash *root2, struct tbc_span proof,
                              bool *holds) TBC_MUST_CHECK;

#endif
