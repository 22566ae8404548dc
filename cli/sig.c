#include "base/text.h"
#include "commands.h"
#include "crypto/sign.h"
#include "key.h"
#include "options.h"

#include <stdio.h>

#define INPUT_MAX (64u << 20)

struct request {
    const char *key;
    const char *id; /* the signer's, for SM2 */
    struct tbc_buf sig;
    enum tbc_alg alg;
    bool der;
    bool as_json;
};

/* The signature's bytes as r||s. */
static enum cli_exit
take_signature(const struct request *r, struct tbc_key *key, struct tbc_buf *raw)
{
    struct tbc_fault fault = { .what = "DER signature" };
    enum tbc_err err =
        r->der ? tbc_signature_from_der(tbc_key_alg(key), tbc_buf_span(&r->sig), raw)
               : tbc_buf_append_span(raw, tbc_buf_span(&r->sig));

    if (err == TBC_ERR_UNSUPPORTED) {
        return cli_misuse("--der: %s signatures have no DER form",
                          tbc_alg_name(tbc_key_alg(key)));
    }
    return err == TBC_OK ? CLI_YES : cli_bad_input("--sig", err, &fault);
}

static enum tbc_err
verify(const struct request *r, struct tbc_key *key, struct tbc_span message,
       struct tbc_span raw)
{
    return r->id != NULL ? tbc_verify_sm2(key, tbc_span_str(r->id), message, raw)
                         : tbc_verify_any(key, r->alg, message, raw);
}

static enum cli_exit
check(const struct request *r, struct tbc_key *key, struct tbc_span message)
{
    struct tbc_buf raw = { 0 };
    enum cli_exit rc = take_signature(r, key, &raw);
    char why[64];

    if (rc == CLI_YES) {
        enum tbc_err err = verify(r, key, message, tbc_buf_span(&raw));

        (void)snprintf(why, sizeof why, "the key is for %s",
                       tbc_alg_name(tbc_key_alg(key)));
        rc = err == TBC_OK || err == TBC_ERR_BAD_SIGNATURE
                 ? cli_answer(err == TBC_OK, NULL, r->as_json)
             : err == TBC_ERR_UNSUPPORTED ? cli_answer(false, why, r->as_json)
                                          : cli_fail("signature", err);
    }
    tbc_buf_fini(&raw);
    return rc;
}

static enum cli_exit
parse(int argc, char **argv, struct request *r)
{
    static const struct cli_flag flags[] = {
        { "key", CLI_TEXT, true, offsetof(struct request, key) },
        { "alg", CLI_ALG, true, offsetof(struct request, alg) },
        { "sig", CLI_HEX, true, offsetof(struct request, sig) },
        { "id", CLI_TEXT, false, offsetof(struct request, id) },
        { "der", CLI_SWITCH, false, offsetof(struct request, der) },
        { "json", CLI_SWITCH, false, offsetof(struct request, as_json) },
    };
    enum cli_exit rc = cli_options(argc, argv, flags, CLI_COUNT(flags), r);

    if (rc == CLI_YES && r->id != NULL && r->alg != TBC_ALG_SM2) {
        rc = cli_misuse("--id goes with --alg SM2");
    }
    return rc;
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
        (rc = cli_read_operand(argc, argv, INPUT_MAX, &message, &path)) == CLI_YES) {
        rc = check(&r, key, tbc_buf_span(&message));
    }
    tbc_key_free(&key);
    tbc_buf_fini(&message);
    tbc_buf_fini(&r.sig);
    return rc;
}
