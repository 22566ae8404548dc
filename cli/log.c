/* tbc log verify-inclusion, verify-consistency: proofs of others (RFC 6962), by their numbers. */
#include "base/text.h"
#include "commands.h"
#include "crypto/merkle.h"
#include "options.h"

#include <string.h>

static struct tbc_hash
hash_of(const struct cli_hash *given)
{
    struct tbc_hash h;

    memcpy(h.b, given->b, sizeof h.b);
    return h;
}

struct inclusion {
    struct tbc_buf entry;
    const char *leaf; /* told apart from an empty entry */
    struct cli_hash leaf_hash;
    struct cli_number index;
    struct cli_number size;
    struct cli_hash root;
    struct tbc_buf proof;
    bool as_json;
};

/* The leaf's hash, from its entry or as given; one of the two. */
static enum cli_exit
find_leaf(struct inclusion *r, struct tbc_hash *leaf)
{
    struct tbc_fault fault = { .what = "hexadecimal" };
    enum tbc_err err;

    if ((r->leaf == NULL) == !r->leaf_hash.given) {
        return cli_misuse("one of --leaf and --leaf-hash is wanted");
    }
    *leaf = hash_of(&r->leaf_hash);
    if (r->leaf == NULL) {
        return CLI_YES;
    }
    err =
        tbc_hex_decode(cli_hex_digits(tbc_span_str(r->leaf)), &r->entry, &fault.offset);
    if (err != TBC_OK) {
        return cli_bad_input("--leaf", err, &fault);
    }
    err = tbc_merkle_leaf(tbc_buf_span(&r->entry), leaf);
    return err == TBC_OK ? CLI_YES : cli_fail("--leaf", err);
}

enum cli_exit
cli_log_inclusion(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        { "leaf", CLI_TEXT, false, offsetof(struct inclusion, leaf) },
        { "leaf-hash", CLI_HASH, false, offsetof(struct inclusion, leaf_hash) },
        { "index", CLI_NUMBER, true, offsetof(struct inclusion, index) },
        { "size", CLI_NUMBER, true, offsetof(struct inclusion, size) },
        { "root", CLI_HASH, true, offsetof(struct inclusion, root) },
        { "proof", CLI_HASHES, false, offsetof(struct inclusion, proof) },
        { "json", CLI_SWITCH, false, offsetof(struct inclusion, as_json) },
    };
    struct inclusion r = { .leaf = NULL };
    struct tbc_hash leaf;
    enum cli_exit rc = cli_options_only(argc, argv, flags, CLI_COUNT(flags), &r);

    if (rc == CLI_YES && (rc = find_leaf(&r, &leaf)) == CLI_YES) {
        struct tbc_hash root = hash_of(&r.root);
        bool holds;
        enum tbc_err err = tbc_merkle_verify_inclusion(
            &leaf, r.index.value, r.size.value, &root, tbc_buf_span(&r.proof), &holds);

        rc =
            err == TBC_OK ? cli_answer(holds, NULL, r.as_json) : cli_fail("proof", err);
    }
    tbc_buf_fini(&r.entry);
    tbc_buf_fini(&r.proof);
    return rc;
}

struct consistency {
    struct cli_number size1;
    struct cli_number size2;
    struct cli_hash root1;
    struct cli_hash root2;
    struct tbc_buf proof;
    bool as_json;
};

enum cli_exit
cli_log_consistency(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        { "size1", CLI_NUMBER, true, offsetof(struct consistency, size1) },
        { "size2", CLI_NUMBER, true, offsetof(struct consistency, size2) },
        { "root1", CLI_HASH, true, offsetof(struct consistency, root1) },
        { "root2", CLI_HASH, true, offsetof(struct consistency, root2) },
        { "proof", CLI_HASHES, false, offsetof(struct consistency, proof) },
        { "json", CLI_SWITCH, false, offsetof(struct consistency, as_json) },
    };
    struct consistency r = { .proof = { 0 } };
    enum cli_exit rc = cli_options_only(argc, argv, flags, CLI_COUNT(flags), &r);

    if (rc == CLI_YES) {
        struct tbc_hash root1 = hash_of(&r.root1);
        struct tbc_hash root2 = hash_of(&r.root2);
        bool holds;
        enum tbc_err err =
            tbc_merkle_verify_consistency(r.size1.value, r.size2.value, &root1, &root2,
                                          tbc_buf_span(&r.proof), &holds);

        rc =
            err == TBC_OK ? cli_answer(holds, NULL, r.as_json) : cli_fail("proof", err);
    }
    tbc_buf_fini(&r.proof);
    return rc;
}
