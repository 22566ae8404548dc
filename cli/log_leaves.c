/* tbc log root, prove-inclusion, prove-consistency: a log in a text file, one leaf a line, for
 * whoever wants to try an implementation of RFC 6962 against this one. */
#include "base/text.h"
#include "commands.h"
#include "crypto/merkle.h"
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAVES_FILE_MAX (64u << 20)
#define LEVELS          32 /* a file holds less than 2^32 lines */

/* All full subtrees: level 0 are the leaves, level k the roots of 2^k of them. */
struct leaves {
    struct tbc_buf nodes; /* level by level */
    uint64_t from[LEVELS];
    uint64_t n[LEVELS];
};

struct request {
    const char *path;
    struct cli_number index;
    struct cli_number size;
    struct cli_number size1;
    bool are_hashes;
    bool as_json;
};

static struct tbc_hash
node_at(const struct leaves *l, uint64_t at)
{
    struct tbc_hash h;

    memcpy(h.b, l->nodes.ptr + at * TBC_HASH_LEN, TBC_HASH_LEN);
    return h;
}

static enum tbc_err
read_node(void *ctx, unsigned level, uint64_t index, struct tbc_hash *node)
{
    const struct leaves *l = ctx;

    if (level >= LEVELS || index >= l->n[level]) {
        return TBC_ERR_RANGE;
    }
    *node = node_at(l, l->from[level] + index);
    return TBC_OK;
}

static enum tbc_err
build_level(struct leaves *l, unsigned level)
{
    enum tbc_err err = TBC_OK;

    l->from[level] = l->from[level - 1] + l->n[level - 1];
    l->n[level] = l->n[level - 1] / 2;
    for (uint64_t i = 0; i < l->n[level] && err == TBC_OK; i++) {
        struct tbc_hash left = node_at(l, l->from[level - 1] + 2 * i);
        struct tbc_hash right = node_at(l, l->from[level - 1] + 2 * i + 1);
        struct tbc_hash up;

        if ((err = tbc_merkle_node(&left, &right, &up)) == TBC_OK) {
            err = tbc_buf_append(&l->nodes, up.b, sizeof up.b);
        }
    }
    return err;
}

/* One line: an entry, or its hash when the file holds hashes. */
static enum cli_exit
take_line(struct leaves *l, const struct request *r, struct tbc_span line,
          size_t number)
{
    struct tbc_buf entry = { 0 };
    struct tbc_hash leaf;
    size_t at = 0;
    enum cli_exit rc = CLI_YES;

    if (r->are_hashes ? !tbc_hex_fixed(line, leaf.b, sizeof leaf.b)
                      : tbc_hex_decode(line, &entry, &at) != TBC_OK) {
        cli_say("%s: line %zu, byte %zu: %s", r->path, number, at,
                r->are_hashes ? "not a hash of 64 hexadecimal digits"
                              : "not hexadecimal");
        rc = CLI_MALFORMED;
    } else if ((!r->are_hashes &&
                tbc_merkle_leaf(tbc_buf_span(&entry), &leaf) != TBC_OK) ||
               tbc_buf_append(&l->nodes, leaf.b, sizeof leaf.b) != TBC_OK) {
        rc = cli_fail(r->path, TBC_ERR_NO_MEMORY);
    }
    l->n[0]++;
    tbc_buf_fini(&entry);
    return rc;
}

static enum cli_exit
read_leaves(struct leaves *l, const struct request *r)
{
    struct tbc_buf file = { 0 };
    struct tbc_span rest;
    enum cli_exit rc = cli_read(r->path, LEAVES_FILE_MAX, &file);
    enum tbc_err err = TBC_OK;

    rest = tbc_buf_span(&file);
    for (size_t number = 1; rc == CLI_YES && rest.len > 0; number++) {
        const uint8_t *end = memchr(rest.ptr, '\n', rest.len);
        size_t len = end == NULL ? rest.len : (size_t)(end - rest.ptr) + 1;

        rc = take_line(l, r, cli_trim(tbc_span_sub(rest, 0, len)), number);
        rest = tbc_span_sub(rest, len, rest.len - len);
    }
    for (unsigned level = 1; rc == CLI_YES && err == TBC_OK && level < LEVELS;
         level++) {
        err = build_level(l, level);
    }
    tbc_buf_fini(&file);
    return err == TBC_OK ? rc : cli_fail(r->path, err);
}

/* The root of the first size leaves. */
static enum tbc_err
root_of(const struct leaves *l, uint64_t size, struct tbc_hash *root)
{
    struct tbc_merkle tree = { .size = size };

    for (unsigned level = 0; level < LEVELS; level++) {
        if ((size >> level & 1) != 0) {
            uint64_t before = size >> (level + 1) << 1;

            tree.peaks[level] = node_at(l, l->from[level] + before);
        }
    }
    return tbc_merkle_root(&tree, root);
}

static json_t *
hash_json(const struct tbc_hash *h)
{
    return cli_json_hex(tbc_span_of(h->b, sizeof h->b));
}

static void
print_hash(const struct tbc_hash *h)
{
    for (size_t i = 0; i < sizeof h->b; i++) {
        printf("%02x", h->b[i]);
    }
    putchar('\n');
}

static void
print_proof(const struct tbc_hash *proof, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        print_hash(&proof[i]);
    }
}

static json_t *
proof_json(const struct tbc_hash *proof, size_t n)
{
    json_t *array = json_array();

    for (size_t i = 0; i < n; i++) {
        json_array_append_new(array, hash_json(&proof[i]));
    }
    return array;
}

/* A number of the command line that must not lie beyond the file. */
static enum cli_exit
check_size(const struct leaves *l, struct cli_number *size, const char *name)
{
    if (!size->given) {
        size->value = l->n[0];
    }
    if (size->value <= l->n[0]) {
        return CLI_YES;
    }
    return cli_misuse("--%s: the file has %llu leaves", name,
                      (unsigned long long)l->n[0]);
}

enum cli_exit
cli_log_root(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        { "size", CLI_NUMBER, false, offsetof(struct request, size) },
        { "hashes", CLI_SWITCH, false, offsetof(struct request, are_hashes) },
        { "json", CLI_SWITCH, false, offsetof(struct request, as_json) },
    };
    struct request r = { .path = "-" };
    struct leaves l = { .nodes = { 0 } };
    struct tbc_hash root;
    enum cli_exit rc = cli_options(argc, argv, flags, CLI_COUNT(flags), &r);

    if (rc == CLI_YES && (rc = cli_operand(argc, argv, &r.path)) == CLI_YES &&
        (rc = read_leaves(&l, &r)) == CLI_YES &&
        (rc = check_size(&l, &r.size, "size")) == CLI_YES) {
        enum tbc_err err = root_of(&l, r.size.value, &root);

        if (err != TBC_OK) {
            rc = cli_fail(r.path, err);
        } else if (r.as_json) {
            cli_print_json(json_pack("{s:I, s:o}", "size", (json_int_t)r.size.value,
                                     "root", hash_json(&root)));
        } else {
            print_hash(&root);
        }
    }
    tbc_buf_fini(&l.nodes);
    return rc;
}

static enum cli_exit
prove_inclusion(struct leaves *l, const struct request *r)
{
    struct tbc_hash proof[TBC_MERKLE_PROOF_MAX];
    struct tbc_hash leaf;
    struct tbc_hash root;
    size_t n;
    enum tbc_err err;

    if (r->index.value >= r->size.value) {
        return cli_misuse("--index: the tree has %llu leaves, counted from 0",
                          (unsigned long long)r->size.value);
    }
    leaf = node_at(l, r->index.value);
    if ((err = tbc_merkle_prove_inclusion(read_node, l, r->index.value, r->size.value,
                                          proof, &n)) != TBC_OK ||
        (err = root_of(l, r->size.value, &root)) != TBC_OK) {
        return cli_fail(r->path, err);
    }
    if (r->as_json) {
        cli_print_json(
            json_pack("{s:I, s:I, s:o, s:o, s:o}", "index", (json_int_t)r->index.value,
                      "size", (json_int_t)r->size.value, "leaf_hash", hash_json(&leaf),
                      "root", hash_json(&root), "proof", proof_json(proof, n)));
    } else {
        print_proof(proof, n);
    }
    return CLI_YES;
}

static enum cli_exit
prove_consistency(struct leaves *l, const struct request *r)
{
    struct tbc_hash proof[TBC_MERKLE_PROOF_MAX];
    struct tbc_hash root1;
    struct tbc_hash root2;
    size_t n;
    enum tbc_err err;

    if (r->size1.value == 0 || r->size1.value > r->size.value) {
        return cli_misuse("--size1: from 1 to %llu", (unsigned long long)r->size.value);
    }
    if ((err = tbc_merkle_prove_consistency(read_node, l, r->size1.value, r->size.value,
                                            proof, &n)) != TBC_OK ||
        (err = root_of(l, r->size1.value, &root1)) != TBC_OK ||
        (err = root_of(l, r->size.value, &root2)) != TBC_OK) {
        return cli_fail(r->path, err);
    }
    if (r->as_json) {
        cli_print_json(
            json_pack("{s:I, s:I, s:o, s:o, s:o}", "size1", (json_int_t)r->size1.value,
                      "size2", (json_int_t)r->size.value, "root1", hash_json(&root1),
                      "root2", hash_json(&root2), "proof", proof_json(proof, n)));
    } else {
        print_proof(proof, n);
    }
    return CLI_YES;
}

/* A command that proves something of a tree; its second flag says how large that is. */
static enum cli_exit
prove(int argc, char **argv, const struct cli_flag *flags, size_t flags_n,
      enum cli_exit (*proof)(struct leaves *l, const struct request *r))
{
    struct request r = { .path = "-" };
    struct leaves l = { .nodes = { 0 } };
    enum cli_exit rc = cli_options(argc, argv, flags, flags_n, &r);

    if (rc == CLI_YES && (rc = cli_operand(argc, argv, &r.path)) == CLI_YES &&
        (rc = read_leaves(&l, &r)) == CLI_YES &&
        (rc = check_size(&l, &r.size, flags[1].name)) == CLI_YES) {
        rc = proof(&l, &r);
    }
    tbc_buf_fini(&l.nodes);
    return rc;
}

enum cli_exit
cli_log_prove_inclusion(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        { "index", CLI_NUMBER, true, offsetof(struct request, index) },
        { "size", CLI_NUMBER, false, offsetof(struct request, size) },
        { "hashes", CLI_SWITCH, false, offsetof(struct request, are_hashes) },
        { "json", CLI_SWITCH, false, offsetof(struct request, as_json) },
    };

    return prove(argc, argv, flags, CLI_COUNT(flags), prove_inclusion);
}

enum cli_exit
cli_log_prove_consistency(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        { "size1", CLI_NUMBER, true, offsetof(struct request, size1) },
        { "size2", CLI_NUMBER, false, offsetof(struct request, size) },
        { "hashes", CLI_SWITCH, false, offsetof(struct request, are_hashes) },
        { "json", CLI_SWITCH, false, offsetof(struct request, as_json) },
    };

    return prove(argc, argv, flags, CLI_COUNT(flags), prove_consistency);
}
