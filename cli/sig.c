#include "base/text.h"
#include "commands.h"
#include "crypto/sign.h"
#include "key.h"

#include <stdio.h>

#define INPUT_MAX (64u << 20)

struct request {
    const char *key;
    const char *sig;
    enum tbc_alg alg;
    bool der;
    bool as_json;
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
        r->as_json = r->as_json || c == CLI_JSON;
    }
    return r->key != NULL && r->sig != NULL && r->alg != TBC_ALG_NONE
               ? CLI_YES
               : cli_misuse("sig verify wants --key, --alg and --sig");
}

/* The signature's bytes as r||s. */
static enum cli_exit
take_signature(const struct request *r, struct tbc_key *key, struct tbc_buf *raw)
{
    struct tbc_buf sig = { 0 };
    struct tbc_fault fault = { .what = "hexadecimal" };
    enum cli_exit rc = CLI_YES;
    enum tbc_err err = tbc_hex_decode(tbc_span_str(r->sig), &sig, &fault.offset);

    if (err == TBC_OK) {
        fault = (struct tbc_fault){ .what = "DER signature" };
        err = r->der ? tbc_signature_from_der(tbc_key_alg(key), tbc_buf_span(&sig), raw)
                     : tbc_buf_append_span(raw, tbc_buf_span(&sig));
    }
    if (err != TBC_OK) {
        rc = cli_bad_input("--sig", err, &fault);
    }
    tbc_buf_fini(&sig);
    return rc;
}

static enum cli_exit
check(const struct request *r, struct tbc_key *key, struct tbc_span message)
{
    struct tbc_buf raw = { 0 };
    enum cli_exit rc = take_signature(r, key, &raw);

    if (rc == CLI_YES) {
        enum tbc_err err = tbc_verify_any(key, r->alg, message, tbc_buf_span(&raw));

        if (err == TBC_ERR_UNSUPPORTED) {
            cli_say("the key is for %s", tbc_alg_name(tbc_key_alg(key)));
        }
        rc = err == TBC_OK ? CLI_YES
             : err == TBC_ERR_BAD_SIGNATURE || err == TBC_ERR_UNSUPPORTED
                 ? CLI_NO
                 : cli_fail("signature", err);
    }
    tbc_buf_fini(&raw);
    return rc;
}

static void
print_answer(const struct request *r, bool yes)
{
    if (r->as_json) {
        cli_print_json(json_pack("{s:b}", "valid", yes));
    } else {
        puts(yes ? "yes" : "no");
    }
}

enum cli_exit
cli_sig_verify(int argc, char **argv)
{
    struct request r = { 0 };
    struct tbc_buf message = { 0 };
    struct tbc_key *key = NULL;
    const char *path;
    enum cli_exit rc;

    if ((rc = parse(argc, argv, &r)) == CLI_YES &&
        (rc = cli_read_key(r.key, &key)) == CLI_YES &&
        (rc = cli_read_operand(argc, argv, INPUT_MAX, &message, &path)) == CLI_YES &&
        ((rc = check(&r, key, tbc_buf_span(&message))) == CLI_YES || rc == CLI_NO)) {
        print_answer(&r, rc == CLI_YES);
    }
    tbc_key_free(&key);
    tbc_buf_fini(&message);
    return rc;
}
