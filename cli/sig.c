#include "base/text.h"
#include "commands.h"
#include "crypto/sign.h"

#include <stdio.h>

#define INPUT_MAX (64u << 20)

struct request {
    const char *key;
    const char *sig;
    enum tbc_alg alg;
    bool der;
};

static enum cli_exit
parse(int argc, char **argv, struct request *r)
{
    static const struct option options[] = { { "key", required_argument, NULL, 'k' },
                                             { "alg", required_argument, NULL, 'a' },
                                             { "sig", required_argument, NULL, 's' },
                                             { "der", no_argument, NULL, 'd' },
                                             CLI_OPTION_JSON,
                                             { 0 } };
    int c;

    while ((c = cli_option(argc, argv, "", options)) != -1) {
        if (c == '?') {
            return CLI_USAGE;
        }
        if (c == 'a' && !tbc_alg_parse(tbc_span_str(optarg), &r->alg)) {
            return cli_misuse("%s: no such algorithm", optarg);
        }
        r->key = c == 'k' ? optarg : r->key;
        r->sig = c == 's' ? optarg : r->sig;
        r->der = r->der || c == 'd';
    }
    return r->key != NULL && r->sig != NULL && r->alg != TBC_ALG_NONE
               ? CLI_YES
               : cli_misuse("sig verify wants --key, --alg and --sig");
}

static enum cli_exit
check(const struct request *r, struct tbc_key *key, struct tbc_span message)
{
    struct tbc_buf sig = { 0 };
    struct tbc_buf raw = { 0 };
    struct tbc_fault fault = { .what = "signature" };
    enum cli_exit rc;
    enum tbc_err err;

    if ((err = tbc_hex_decode(tbc_span_str(r->sig), &sig, &fault.offset)) != TBC_OK ||
        (r->der && (err = tbc_signature_from_der(tbc_key_alg(key), tbc_buf_span(&sig),
                                                 &raw)) != TBC_OK)) {
        rc = cli_bad_input("--sig", err, &fault);
    } else if (tbc_key_alg(key) != r->alg) {
        cli_say("the key is for %s", tbc_alg_name(tbc_key_alg(key)));
        rc = CLI_NO;
    } else {
        err = tbc_verify_raw(key, message,
                             r->der ? tbc_buf_span(&raw) : tbc_buf_span(&sig));
        rc = err == TBC_OK                  ? CLI_YES
             : err == TBC_ERR_BAD_SIGNATURE ? CLI_NO
                                            : cli_fail("signature", err);
    }
    tbc_buf_fini(&sig);
    tbc_buf_fini(&raw);
    return rc;
}

enum cli_exit
cli_sig_verify(int argc, char **argv)
{
    struct request r = { 0 };
    struct tbc_buf file = { 0 };
    struct tbc_buf message = { 0 };
    struct tbc_key *key = NULL;
    const char *path;
    enum cli_exit rc;
    enum tbc_err err;

    if ((rc = parse(argc, argv, &r)) != CLI_YES ||
        (rc = cli_read(r.key, INPUT_MAX, &file)) != CLI_YES ||
        (rc = cli_read_operand(argc, argv, INPUT_MAX, &message, &path)) != CLI_YES) {
        goto out;
    }
    if ((err = tbc_key_parse_public(&key, tbc_buf_span(&file))) != TBC_OK) {
        rc = cli_fail(r.key, err);
        goto out;
    }
    rc = check(&r, key, tbc_buf_span(&message));
    if (rc == CLI_YES || rc == CLI_NO) {
        puts(rc == CLI_YES ? "yes" : "no");
    }
out:
    tbc_key_free(&key);
    tbc_buf_fini(&message);
    tbc_buf_fini(&file);
    return rc;
}
