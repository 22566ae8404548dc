#include "codec/cose.h"

#include "base/text.h"
#include "commands.h"
#include "key.h"
#include "message.h"
#include "options.h"

#include <stdio.h>

struct request {
    const char *key;
    const char *payload; /* a detached one */
    struct tbc_buf aad;
    bool as_json;
};

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

/* The negative answer; alg is 0 where the message could not be read as far. */
static enum cli_exit
say_no(const struct request *r, int64_t alg, const char *reason)
{
    cli_say("%s", reason);
    if (r->as_json) {
        cli_print_json(json_pack("{s:b, s:I, s:s}", "valid", 0, "alg", (json_int_t)alg,
                                 "reason", reason));
    }
    return CLI_NO;
}

static enum cli_exit
verify(const struct request *r, struct tbc_key *key, const struct tbc_cose_any *msg)
{
    enum tbc_err err = cli_verify_message(key, msg, tbc_buf_span(&r->aad));
    char reason[96];

    if (err == TBC_ERR_BAD_SIGNATURE || err == TBC_ERR_UNSUPPORTED) {
        (void)snprintf(reason, sizeof reason,
                       err == TBC_ERR_UNSUPPORTED
                           ? "bad signature: its algorithm, %lld, does not go with "
                             "the key"
                           : "bad signature (algorithm %lld)",
                       (long long)msg->alg);
        return say_no(r, msg->alg, reason);
    }
    return err == TBC_OK ? print_payload(r, msg) : cli_fail("signature", err);
}

/* A message that asks for what nobody here can do is a no: it is not malformed, and no key would
 * make it good. */
static enum cli_exit
open_message(const struct request *r, const char *path, struct tbc_cose_any *msg)
{
    struct tbc_buf in = { 0 };
    struct tbc_fault fault = { 0 };
    char reason[96];
    enum cli_exit rc = cli_read_hex(path, TBC_CBOR_ANY_MAX, &in);

    if (rc == CLI_YES) {
        enum tbc_err err = tbc_cose_any_open(msg, tbc_buf_span(&in), &fault);

        if (err == TBC_ERR_UNSUPPORTED) {
            (void)snprintf(reason, sizeof reason, "not verified: %s, at byte %zu: %s",
                           fault.what, fault.offset, tbc_err_text(err));
            rc = say_no(r, 0, reason);
        } else if (err != TBC_OK) {
            rc = cli_bad_input(path, err, &fault);
        }
    }
    tbc_buf_fini(&in);
    return rc;
}

enum cli_exit
cli_cose_verify(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        { "key", CLI_TEXT, true, offsetof(struct request, key) },
        { "aad", CLI_HEX, false, offsetof(struct request, aad) },
        { "payload", CLI_TEXT, false, offsetof(struct request, payload) },
        { "json", CLI_SWITCH, false, offsetof(struct request, as_json) },
    };
    struct request r = { 0 };
    struct tbc_cose_any msg = { 0 };
    struct tbc_key *key = NULL;
    const char *path;
    enum cli_exit rc;

    if ((rc = cli_options(argc, argv, flags, CLI_COUNT(flags), &r)) == CLI_YES &&
        (rc = cli_operand(argc, argv, &path)) == CLI_YES &&
        (rc = cli_read_key(r.key, &key)) == CLI_YES &&
        (rc = open_message(&r, path, &msg)) == CLI_YES &&
        (rc = take_payload(&r, &msg)) == CLI_YES) {
        rc = verify(&r, key, &msg);
    }
    tbc_cose_any_fini(&msg);
    tbc_key_free(&key);
    tbc_buf_fini(&r.aad);
    return rc;
}
