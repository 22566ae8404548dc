#include "crypto/merkle.h"

#include "crypto/digest.h"

#include <string.h>

enum tbc_err
tbc_merkle_leaf(struct tbc_span entry, struct tbc_hash *out)
{
    struct tbc_buf in = { 0 };
    enum tbc_err err;

    (void)tbc_buf_append_u8(&in, 0x00);
    (void)tbc_buf_append_span(&in, entry);
    *out = (struct tbc_hash){ { 0 } };
    if ((err = tbc_buf_status(&in)) == TBC_OK) {
        err = tbc_sha256(tbc_buf_span(&in), out->b);
    }
    tbc_buf_fini(&in);
    return err;
}

enum tbc_err
tbc_merkle_node(const struct tbc_hash *left, const struct tbc_hash *right,
                struct tbc_hash *out)
{
    uint8_t in[1 + 2 * TBC_HASH_LEN] = { 0x01 };

    memcpy(in + 1, left->b, TBC_HASH_LEN);
    memcpy(in + 1 + TBC_HASH_LEN, right->b, TBC_HASH_LEN);
    return tbc_sha256(tbc_span_of(in, sizeof in), out->b);
}

enum tbc_err
tbc_merkle_empty(struct tbc_hash *out)
{
    return tbc_sha256((struct tbc_span){ 0 }, out->b);
}

enum tbc_err
tbc_merkle_append_nodes(struct tbc_merkle *tree, const struct tbc_hash *leaf,
                        struct tbc_hash nodes[static 64], size_t *n)
{
    const struct tbc_hash *up = leaf;
    unsigned level = 0;

    *n = 0;
    if (tree->size == UINT64_MAX) {
        return TBC_ERR_LIMIT;
    }
    /* As in adding one to a binary number: full subtrees of the same size merge and carry. */
    for (; (tree->size >> level & 1) != 0; level++) {
        enum tbc_err err = tbc_merkle_node(&tree->peaks[level], up, &nodes[level]);

        if (err != TBC_OK) {
            return err;
        }
        up = &nodes[level];
    }
    tree->peaks[level] = *up;
    tree->size++;
    *n = level;
    return TBC_OK;
}

enum tbc_err
tbc_merkle_append(struct tbc_merkle *tree, const struct tbc_hash *leaf)
{
    struct tbc_hash nodes[64];
    size_t n;

    return tbc_merkle_append_nodes(tree, leaf, nodes, &n);
}

enum tbc_err
tbc_merkle_root(const struct tbc_merkle *tree, struct tbc_hash *root)
{
    enum tbc_err err = TBC_OK;
    bool first = true;

    if (tree->size == 0) {
        return tbc_merkle_empty(root);
    }
    for (unsigned level = 0; level < 64 && err == TBC_OK; level++) {
        if ((tree->size >> level & 1) == 0) {
            continue;
        }
        if (first) {
            *root = tree->peaks[level];
            first = false;
        } else {
            err = tbc_merkle_node(&tree->peaks[level], root, root);
        }
    }
    return err;
}

/* The hash of leaves from..to-1 where from is a multiple of the greatest power of two that fits:
 * full subtrees from the right end, joined. */
static enum tbc_err
range_hash(tbc_merkle_read read, void *ctx, uint64_t from, uint64_t to,
           struct tbc_hash *out)
{
    bool first = true;
    uint64_t end = to;

    while (end > from) {
        unsigned level = (unsigned)__builtin_ctzll(end);
        struct tbc_hash node;
        enum tbc_err err;

        while ((UINT64_C(1) << level) > end - from) {
            level--;
        }
        end -= UINT64_C(1) << level;
        if ((err = read(ctx, level, end >> level, &node)) != TBC_OK) {
            return err;
        }
        if (first) {
            *out = node;
            first = false;
        } else if ((err = tbc_merkle_node(&node, out, out)) != TBC_OK) {
            return err;
        }
    }
    return TBC_OK;
}

/* The largest power of two below n, n > 1 (k of RFC 6962 sec. 2.1). */
static uint64_t
split(uint64_t n)
{
    return UINT64_C(1) << (63 - (unsigned)__builtin_clzll(n - 1));
}

static void
reverse(struct tbc_hash *proof, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        struct tbc_hash t = proof[i];

        proof[i] = proof[n - 1 - i];
        proof[n - 1 - i] = t;
    }
}

enum tbc_err
tbc_merkle_prove_inclusion(tbc_merkle_read read, void *ctx, uint64_t index,
                           uint64_t size,
                           struct tbc_hash proof[static TBC_MERKLE_PROOF_MAX],
                           size_t *n)
{
    uint64_t from = 0;
    uint64_t to = size;

    *n = 0;
    if (index >= size) {
        return TBC_ERR_RANGE;
    }
    while (to - from >
           1) { /* from the root down, PATH(m, D[n]) of RFC 6962 sec. 2.1.1 */
        uint64_t middle = from + split(to - from);
        bool left = index < middle;
        enum tbc_err err =
            range_hash(read, ctx, left ? middle : from, left ? to : middle, &proof[*n]);

        if (err != TBC_OK) {
            *n = 0;
            return err;
        }
        (*n)++;
        from = left ? from : middle;
        to = left ? middle : to;
    }
    reverse(proof, *n);
    return TBC_OK;
}

enum tbc_err
tbc_merkle_prove_consistency(tbc_merkle_read read, void *ctx, uint64_t size1,
                             uint64_t size2,
                             struct tbc_hash proof[static TBC_MERKLE_PROOF_MAX],
                             size_t *n)
{
    uint64_t from = 0;
    uint64_t to = size2;
    bool whole =
        true; /* the old tree is the whole of from..size1 and its root is known */
    enum tbc_err err = TBC_OK;

    *n = 0;
    if (size1 == 0 || size1 > size2) {
        return TBC_ERR_RANGE;
    }
    while (err == TBC_OK &&
           size1 != to) { /* SUBPROOF(m, D[n], b) of RFC 6962 sec. 2.1.2 */
        uint64_t middle = from + split(to - from);

        if (size1 <= middle) {
            err = range_hash(read, ctx, middle, to, &proof[(*n)++]);
            to = middle;
        } else {
            err = range_hash(read, ctx, from, middle, &proof[(*n)++]);
            from = middle;
            whole = false;
        }
    }
    if (err == TBC_OK && !whole) {
        err = range_hash(read, ctx, from, to, &proof[(*n)++]);
    }
    if (err != TBC_OK) {
        *n = 0;
        return err;
    }
    reverse(proof, *n);
    return TBC_OK;
}

static struct tbc_hash
proof_node(struct tbc_span proof, size_t i)
{
    struct tbc_hash h;

    memcpy(h.b, proof.ptr + i * TBC_HASH_LEN, TBC_HASH_LEN);
    return h;
}

static bool
same(const struct tbc_hash *a, const struct tbc_hash *b)
{
    return memcmp(a->b, b->b, TBC_HASH_LEN) == 0;
}

enum tbc_err
tbc_merkle_verify_inclusion(const struct tbc_hash *leaf, uint64_t index, uint64_t size,
                            const struct tbc_hash *root, struct tbc_span proof,
                            bool *holds)
{
    struct tbc_hash r = *leaf;
    uint64_t fn = index;
    uint64_t sn = size - 1;
    enum tbc_err err = TBC_OK;

    *holds = false;
    if (index >= size || proof.len % TBC_HASH_LEN != 0) {
        return TBC_OK;
    }
    for (size_t i = 0; i < proof.len / TBC_HASH_LEN && err == TBC_OK; i++) {
        struct tbc_hash p = proof_node(proof, i);

        if (sn == 0) {
            return TBC_OK; /* more nodes than the tree is high */
        }
        if ((fn & 1) != 0 || fn == sn) {
            err = tbc_merkle_node(&p, &r, &r);
            while ((fn & 1) == 0 && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            err = tbc_merkle_node(&r, &p, &r);
        }
        fn >>= 1;
        sn >>= 1;
    }
    *holds = err == TBC_OK && sn == 0 && same(&r, root);
    return err;
}

/* State of RFC 9162 sec. 2.1.4.2: positions and the two roots being rebuilt. */
struct walk {
    uint64_t fn;
    uint64_t sn;
    struct tbc_hash fr;
    struct tbc_hash sr;
};

/* Step 6 for one node of the proof. */
static enum tbc_err
walk_node(struct walk *w, const struct tbc_hash *c)
{
    enum tbc_err err;

    if ((w->fn & 1) != 0 || w->fn == w->sn) {
        if ((err = tbc_merkle_node(c, &w->fr, &w->fr)) == TBC_OK) {
            err = tbc_merkle_node(c, &w->sr, &w->sr);
        }
        while ((w->fn & 1) == 0 && w->fn != 0) {
            w->fn >>= 1;
            w->sn >>= 1;
        }
    } else {
        err = tbc_merkle_node(&w->sr, c, &w->sr);
    }
    w->fn >>= 1;
    w->sn >>= 1;
    return err;
}

enum tbc_err
tbc_merkle_verify_consistency(uint64_t size1, uint64_t size2,
                              const struct tbc_hash *root1,
                              const struct tbc_hash *root2, struct tbc_span proof,
                              bool *holds)
{
    bool is_power =
        (size1 & (size1 - 1)) == 0; /* then the old root is no part of the proof */
    struct walk w = { .fn = size1 - 1, .sn = size2 - 1 };
    struct tbc_hash empty;
    enum tbc_err err = TBC_OK;

    *holds = false;
    if (size1 > size2 || proof.len % TBC_HASH_LEN != 0) {
        return TBC_OK;
    }
    if (size1 == 0 && (err = tbc_merkle_empty(&empty)) != TBC_OK) {
        return err;
    }
    if (size1 == size2 || size1 == 0) {
        *holds = proof.len == 0 && (size1 > 0 || same(root1, &empty)) &&
                 (size1 != size2 || same(root1, root2));
        return TBC_OK;
    }
    if (proof.len == 0) {
        return TBC_OK;
    }
    for (; (w.fn & 1) != 0; w.fn >>= 1) {
        w.sn >>= 1;
    }
    w.fr = is_power ? *root1 : proof_node(proof, 0);
    w.sr = w.fr;
    for (size_t i = is_power ? 0 : 1; i < proof.len / TBC_HASH_LEN && err == TBC_OK;
         i++) {
        struct tbc_hash c = proof_node(proof, i);

        if (w.sn == 0) {
            return TBC_OK; /* more nodes than the tree is high */
        }
        err = walk_node(&w, &c);
    }
    *holds = err == TBC_OK && w.sn == 0 && same(&w.fr, root1) && same(&w.sr, root2);
    return err;
}
