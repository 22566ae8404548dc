#include "base/text.h"
#include "commands.h"
#include "crypto/merkle.h"

#include <stdio.h>
#include <string.h>

/* Both commands share one set of options; each asks for its own. */
struct request {
    struct tbc_hash leaf;
    struct tbc_hash root[2];
    uint64_t number[2]; /* index and size, or the two sizes */
    struct tbc_buf proof;
    unsigned seen;
};

enum {
    OPT_LEAF = 1,
    OPT_ROOT1 = 2,
    OPT_ROOT2 = 4,
    OPT_NUMBER1 = 8,
    OPT_NUMBER2 = 16,
};

static bool
parse_hash(const char *text, struct tbc_hash *h)
{
    return tbc_hex_fixed(tbc_span_str(text), h->b, sizeof h->b);
}

static bool
hash_leaf(const char *text, struct tbc_hash *leaf)
{
    struct tbc_buf entry = { 0 };
    bool good = tbc_hex_decode(tbc_span_str(text), &entry, NULL) == TBC_OK &&
                tbc_merkle_leaf(tbc_buf_span(&entry), leaf) == TBC_OK;

    tbc_buf_fini(&entry);
    return good;
}

/* One option; false when its value is malformed. */
static bool
take(struct request *r, int c)
{
    struct tbc_hash node;

    switch (c) {
    case 'l':
        r->seen |= OPT_LEAF;
        return hash_leaf(optarg, &r->leaf);
    case 'h':
        r->seen |= OPT_LEAF;
        return parse_hash(optarg, &r->leaf);
    case 'r':
        r->seen |= OPT_ROOT1;
        return parse_hash(optarg, &r->root[0]);
    case 'R':
        r->seen |= OPT_ROOT2;
        return parse_hash(optarg, &r->root[1]);
    case 'n':
        r->seen |= OPT_NUMBER1;
        return cli_parse_number(optarg, &r->number[0]);
    case 'N':
        r->seen |= OPT_NUMBER2;
        return cli_parse_number(optarg, &r->number[1]);
    case 'p':
        return parse_hash(optarg, &node) &&
               tbc_buf_append(&r->proof, node.b, sizeof node.b) == TBC_OK;
    default:
        return true;
    }
}

static enum cli_exit
parse(int argc, char **argv, const struct option *options, unsigned wanted,
      struct request *r)
{
    int c;

    while ((c = cli_option(argc, argv, "", options)) != -1) {
        if (c == '?') {
            return CLI_USAGE;
        }
        if (!take(r, c)) {
            cli_say("%s: not the hexadecimal or the number that this option takes",
                    optarg);
            return CLI_MALFORMED;
        }
    }
    return (r->seen & wanted) == wanted && optind == argc
               ? CLI_YES
               : cli_misuse("an option is missing");
}

static enum cli_exit
answer(enum tbc_err err, bool holds)
{
    if (err != TBC_OK) {
        return cli_fail("proof", err);
    }
    puts(holds ? "yes" : "no");
    return holds ? CLI_YES : CLI_NO;
}

enum cli_exit
cli_log_inclusion(int argc, char **argv)
{
    static const struct option options[] = { { "leaf", required_argument, NULL, 'l' },
                                             { "leaf-hash", required_argument, NULL,
                                               'h' },
                                             { "index", required_argument, NULL, 'n' },
                                             { "size", required_argument, NULL, 'N' },
                                             { "root", required_argument, NULL, 'r' },
                                             { "proof", required_argument, NULL, 'p' },
                                             CLI_OPTION_JSON,
                                             { 0 } };
    struct request r = { 0 };
    bool holds = false;
    enum cli_exit rc = parse(argc, argv, options,
                             OPT_LEAF | OPT_NUMBER1 | OPT_NUMBER2 | OPT_ROOT1, &r);

    if (rc == CLI_YES) {
        enum tbc_err err =
            tbc_merkle_verify_inclusion(&r.leaf, r.number[0], r.number[1], &r.root[0],
                                        tbc_buf_span(&r.proof), &holds);

        rc = answer(err, holds);
    }
    tbc_buf_fini(&r.proof);
    return rc;
}

enum cli_exit
cli_log_consistency(int argc, char **argv)
{
    static const struct option options[] = { { "size1", required_argument, NULL, 'n' },
                                             { "size2", required_argument, NULL, 'N' },
                                             { "root1", required_argument, NULL, 'r' },
                                             { "root2", required_argument, NULL, 'R' },
                                             { "proof", required_argument, NULL, 'p' },
                                             CLI_OPTION_JSON,
                                             { 0 } };
    struct request r = { 0 };
    bool holds = false;
    enum cli_exit rc = parse(argc, argv, options,
                             OPT_NUMBER1 | OPT_NUMBER2 | OPT_ROOT1 | OPT_ROOT2, &r);

    if (rc == CLI_YES) {
        enum tbc_err err =
            tbc_merkle_verify_consistency(r.number[0], r.number[1], &r.root[0],
                                          &r.root[1], tbc_buf_span(&r.proof), &holds);

        rc = answer(err, holds);
    }
    tbc_buf_fini(&r.proof);
    return rc;
}
