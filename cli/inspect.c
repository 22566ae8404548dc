#include "inspect.h"

#include "base/text.h"
#include "codec/claims.h"
#include "codec/live.h"
#include "codec/token.h"
#include "commands.h"
#include "words.h"

#include <stdio.h>
#include <stdlib.h>

#define FILE_MAX (16u << 20) /* a status list may be large */

/* What the text holds: a certificate, perhaps inside a live proof. */
struct decoded {
    struct tbc_cose proof; /* typ TBC_TYP_N: there is none */
    struct tbc_live live;
    struct tbc_cose msg;
    struct tbc_claims claims;
};

static enum tbc_err
decode(struct tbc_span message, struct decoded *d, struct tbc_fault *fault)
{
    enum tbc_err err = tbc_cose_open(&d->msg, message, fault);

    d->proof.typ = TBC_TYP_N;
    if (err == TBC_OK && d->msg.typ == TBC_TYP_LIVE) {
        d->proof = d->msg;
        if ((err = tbc_live_decode(&d->live, d->proof.payload, fault)) == TBC_OK) {
            err = tbc_cose_open(&d->msg, d->live.certificate, fault);
        }
    }
    return err != TBC_OK ? err : tbc_claims_decode(&d->claims, d->msg.payload, fault);
}

static json_t *
json_header(const struct tbc_cose *msg)
{
    return json_pack("{s:s, s:o, s:s}", "alg", tbc_alg_name(msg->alg), "kid",
                     cli_json_hex(tbc_span_of(msg->kid, TBC_KID_LEN)), "typ",
                     tbc_typ_text(msg->typ));
}

static json_t *
json_proof(const struct decoded *d)
{
    const struct tbc_live *live = &d->live;

    return json_pack("{s:o, s:o, s:o, s:o}", "protected", json_header(&d->proof),
                     "time", cli_json_time(live->time), "challenge",
                     live->has_challenge ? cli_json_hex(tbc_span_of(
                                               live->challenge, sizeof live->challenge))
                                         : json_null(),
                     "signature", cli_json_hex(d->proof.signature));
}

static json_t *
json_certificate(const struct tbc_cose *msg, const struct tbc_claims *c)
{
    json_t *claims = json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:{s:I, s:s}}", "iss", c->iss, "iat",
        cli_json_time(c->iat), "nbf", cli_json_time(c->nbf), "exp",
        cli_json_time(c->exp), "cti", cli_json_hex(tbc_span_of(c->cti, TBC_CTI_LEN)),
        "status", "idx", (json_int_t)c->status_idx, "uri", c->status_uri);
    json_t *holder = json_pack("{s:o, s:s, s:s, s:s, s:s, s:s, s:s}", "holder",
                               cli_json_hex(tbc_span_of(c->holder, TBC_HOLDER_LEN)),
                               "kind", tbc_doc_kind_word(c->kind), "masked_name",
                               c->masked_name, "channel", cli_channel_word(c->channel),
                               "assurance", cli_assurance_word(c->assurance), "medium",
                               cli_medium_word(c->medium), "language", c->language);

    if (c->has_face) {
        json_object_set_new(holder, "face",
                            cli_json_hex(tbc_span_of(c->face, TBC_FACE_SEALED_LEN)));
    }
    json_object_set_new(claims, "tbc", holder);
    if (c->cnf_len > 0) {
        json_object_set_new(claims, "cnf",
                            cli_json_hex(tbc_span_of(c->cnf, c->cnf_len)));
    }
    return json_pack("{s:o, s:o, s:o}", "protected", json_header(msg), "claims", claims,
                     "signature", cli_json_hex(msg->signature));
}

/* The same object, one field a line: "claims.iss = YZN". */
static void
print_lines(const char *prefix, json_t *object)
{
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value)
    {
        char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);

        printf("%s.%s = %s\n", prefix, key, text == NULL ? "" : text);
        free(text);
    }
}

static void
print_decoded(const struct decoded *d, bool as_json)
{
    json_t *all = json_certificate(&d->msg, &d->claims);

    if (d->proof.typ == TBC_TYP_LIVE) {
        json_object_set_new(all, "live", json_proof(d));
    }
    if (as_json) {
        cli_print_json(all);
        return;
    }
    if (json_object_get(all, "live") != NULL) {
        print_lines("live", json_object_get(all, "live"));
    }
    print_lines("protected", json_object_get(all, "protected"));
    print_lines("claims", json_object_get(all, "claims"));
    print_lines("claims.tbc", json_object_get(json_object_get(all, "claims"), "tbc"));
    printf("signature = %s\n", json_string_value(json_object_get(all, "signature")));
    json_decref(all);
}

static void
print_any(json_t *all, bool as_json)
{
    const char *key;
    json_t *value;

    if (as_json) {
        cli_print_json(all);
        return;
    }
    json_object_foreach(all, key, value)
    {
        if (json_is_object(value)) {
            print_lines(key, value);
        } else {
            printf("%s = %s\n", key,
                   json_is_null(value) ? "null" : json_string_value(value));
        }
    }
    json_decref(all);
}

/* A message without its QR text: as a certificate or proof of ours, or else as anything signed. */
static enum cli_exit
inspect_message(const char *path, struct tbc_span file, bool as_json)
{
    struct decoded d = { 0 };
    struct tbc_buf message = { 0 };
    struct tbc_fault fault = { 0 };
    json_t *all = NULL;
    enum cli_exit rc = CLI_YES;
    enum tbc_err err = cli_unhex(file, &message);

    if (err != TBC_OK) {
        rc = cli_fail(path, err);
    } else if (decode(tbc_buf_span(&message), &d, &fault) == TBC_OK) {
        print_decoded(&d, as_json);
    } else if ((err = cli_inspect_any(tbc_buf_span(&message), &all, &fault)) !=
               TBC_OK) {
        cli_say("%s: not a TBC1: text, and no COSE_Sign1: %s, at byte %zu: %s", path,
                fault.what == NULL ? "it" : fault.what, fault.offset,
                tbc_err_text(err));
        rc = CLI_MALFORMED;
    } else {
        print_any(all, as_json);
    }
    tbc_buf_fini(&message);
    return rc;
}

static enum cli_exit
inspect_text(const char *path, struct tbc_span message, bool as_json)
{
    struct decoded d = { 0 };
    struct tbc_fault fault = { 0 };
    enum tbc_err err = decode(message, &d, &fault);

    if (err != TBC_OK) {
        return cli_bad_input(path, err, &fault);
    }
    print_decoded(&d, as_json);
    return CLI_YES;
}

enum cli_exit
cli_inspect(int argc, char **argv)
{
    static const struct option options[] = { CLI_OPTION_JSON, { 0 } };
    struct tbc_buf file = { 0 };
    struct tbc_buf message = { 0 };
    struct tbc_fault fault = { 0 };
    bool as_json = false;
    const char *path;
    enum tbc_token_kind kind;
    enum cli_exit rc;
    int c;

    while ((c = cli_option(argc, argv, "", options)) != -1) {
        if (c == '?') {
            return CLI_USAGE;
        }
        as_json = true;
    }
    if ((rc = cli_read_operand(argc, argv, FILE_MAX, &file, &path)) == CLI_YES) {
        kind = tbc_token_decode(tbc_buf_span(&file), &message, &fault);
        if (kind == TBC_TOKEN_OTHER_VERSION) {
            fault.what = "a QR text of another version than TBC1:";
        }
        rc = kind == TBC_TOKEN_OURS
                 ? inspect_text(path, tbc_buf_span(&message), as_json)
             : fault.what != NULL ? cli_bad_input(path, TBC_ERR_MALFORMED, &fault)
                                  : inspect_message(path, tbc_buf_span(&file), as_json);
    }
    tbc_buf_fini(&message);
    tbc_buf_fini(&file);
    return rc;
}
