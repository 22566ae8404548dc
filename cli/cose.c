#include "codec/cose.h"

#include "base/text.h"
#include "commands.h"
#include "key.h"
#include "message.h"

#include <stdio.h>

struct request {
    const char *key;
    const char *payload; /* a detached one */
    struct tbc_buf aad;
    bool as_json;
};

static enum cli_exit
parse(int argc, char **argv, struct request *r)
{
    static const struct option options[] = { { "key", required_argument, NULL, 'k' },
                                             { "aad", required_argument, NULL, 'a' },
                                             { "payload", required_argument, NULL,
                                               'p' },
                                             CLI_OPTION_JSON,
                                             { 0 } };
    struct tbc_fault fault = { .what = "hexadecimal" };
    int c;

    while ((c = cli_option(argc, argv, "", options)) != -1) {
        if (c == '?') {
            return CLI_USAGE;
        }
        if (c == 'a' &&
            tbc_hex_decode(tbc_span_str(optarg), &r->aad, &fault.offset) != TBC_OK) {
            return cli_bad_input("--aad", TBC_ERR_MALFORMED, &fault);
        }
        r->key = c == 'k' ? optarg : r->key;
        r->payload = c == 'p' ? optarg : r->payload;
        r->as_json = r->as_json || c == CLI_JSON;
    }
    return r->key != NULL ? CLI_YES : cli_misuse("cose verify wants --key KEY");
}

/* A detached payload comes from a file of its own; one inside the message must be alone. */
static enum cli_exit
take_payload(const struct request *r, struct tbc_cose_any *msg)
{
    if (msg->has_payload != (r->payload == NULL)) {
        return cli_misuse(msg->has_payload
                              ? "--payload: the message has one of its own"
                              : "the payload is detached: --payload FILE gives it");
    }
    return msg->has_payload ? CLI_YES
                            : cli_read(r->payload, TBC_CBOR_ANY_MAX, &msg->payload);
}

static enum cli_exit
print_payload(const struct request *r, const struct tbc_cose_any *msg)
{
    struct tbc_buf hex = { 0 };
    enum tbc_err err = tbc_hex_encode(tbc_buf_span(&msg->payload), &hex);

    if (err == TBC_OK && r->as_json) {
        cli_print_json(json_pack(
            "{s:b, s:I, s:o, s:s}", "valid", 1, "alg", (json_int_t)msg->alg, "kid",
            cli_json_hex(tbc_buf_span(&msg->kid)), "payload", tbc_buf_str(&hex)));
    } else if (err == TBC_OK) {
        puts(tbc_buf_str(&hex));
    }
    tbc_buf_fini(&hex);
    return err == TBC_OK ? CLI_YES : cli_fail("payload", err);
}

enum tbc_err
cli_verify_message(struct tbc_key *key, const struct tbc_cose_any *msg,
                   struct tbc_span aad)
{
    struct tbc_buf tbs = { 0 };
    enum tbc_err err;

    (void)tbc_cose_put_tbs_head(&tbs, tbc_buf_span(&msg->body_protected), aad,
                                msg->payload.len);
    (void)tbc_buf_append_span(&tbs, tbc_buf_span(&msg->payload));
    if ((err = tbc_buf_status(&tbs)) == TBC_OK) {
        err = tbc_verify_any(key, msg->alg, tbc_buf_span(&tbs),
                             tbc_buf_span(&msg->signature));
    }
    tbc_buf_fini(&tbs);
    return err;
}

static enum cli_exit
verify(const struct request *r, struct tbc_key *key, const struct tbc_cose_any *msg)
{
    enum cli_exit rc = CLI_YES;
    enum tbc_err err = cli_verify_message(key, msg, tbc_buf_span(&r->aad));

    if (err == TBC_ERR_BAD_SIGNATURE || err == TBC_ERR_UNSUPPORTED) {
        cli_say(err == TBC_ERR_UNSUPPORTED
                    ? "bad signature: its algorithm, %lld, does not go with the key"
                    : "bad signature (algorithm %lld)",
                (long long)msg->alg);
        rc = CLI_NO;
        if (r->as_json) {
            cli_print_json(
                json_pack("{s:b, s:I}", "valid", 0, "alg", (json_int_t)msg->alg));
        }
    } else if (err != TBC_OK) {
        rc = cli_fail("signature", err);
    }
    return rc == CLI_YES ? print_payload(r, msg) : rc;
}

enum cli_exit
cli_cose_verify(int argc, char **argv)
{
    struct request r = { 0 };
    struct tbc_cose_any msg = { 0 };
    struct tbc_buf in = { 0 };
    struct tbc_fault fault = { 0 };
    struct tbc_key *key = NULL;
    enum cli_exit rc = parse(argc, argv, &r);
    const char *path = optind < argc ? argv[optind] : "-";

    if (rc == CLI_YES && argc - optind > 1) {
        rc = cli_misuse("%s: one FILE at a time", argv[optind + 1]);
    }
    if (rc == CLI_YES && (rc = cli_read_key(r.key, &key)) == CLI_YES &&
        (rc = cli_read_hex(path, TBC_CBOR_ANY_MAX, &in)) == CLI_YES) {
        enum tbc_err err = tbc_cose_any_open(&msg, tbc_buf_span(&in), &fault);

        rc = err != TBC_OK ? cli_bad_input(path, err, &fault) : take_payload(&r, &msg);
    }
    if (rc == CLI_YES) {
        rc = verify(&r, key, &msg);
    }
    tbc_cose_any_fini(&msg);
    tbc_key_free(&key);
    tbc_buf_fini(&in);
    tbc_buf_fini(&r.aad);
    return rc;
}
