#include "base/text.h"
#include "codec/claims.h"
#include "codec/token.h"
#include "commands.h"
#include "words.h"

#include <stdio.h>
#include <stdlib.h>

#define TEXT_MAX 4096

static json_t *
json_certificate(const struct tbc_cose *msg, const struct tbc_claims *c)
{
    json_t *header = json_pack("{s:s, s:o, s:s}", "alg", tbc_alg_name(msg->alg), "kid",
                               cli_json_hex(tbc_span_of(msg->kid, TBC_KID_LEN)), "typ",
                               tbc_typ_text(msg->typ));
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

    json_object_set_new(claims, "tbc", holder);
    if (c->cnf_len > 0) {
        json_object_set_new(claims, "cnf",
                            cli_json_hex(tbc_span_of(c->cnf, c->cnf_len)));
    }
    return json_pack("{s:o, s:o, s:o}", "protected", header, "claims", claims,
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

enum cli_exit
cli_inspect(int argc, char **argv)
{
    static const struct option options[] = { CLI_OPTION_JSON, { 0 } };
    struct tbc_buf file = { 0 };
    struct tbc_buf message = { 0 };
    struct tbc_fault fault = { 0 };
    struct tbc_claims claims;
    struct tbc_cose msg;
    bool as_json = false;
    const char *path;
    enum tbc_err err;
    enum cli_exit rc;
    int c;

    while ((c = cli_option(argc, argv, "", options)) != -1) {
        if (c == '?') {
            return CLI_USAGE;
        }
        as_json = true;
    }
    if ((rc = cli_read_operand(argc, argv, TEXT_MAX, &file, &path)) != CLI_YES) {
        goto out;
    }
    if (tbc_token_decode(tbc_buf_span(&file), &message, &fault) != TBC_TOKEN_OURS) {
        fault.what = fault.what == NULL ? "not a TBC1: text" : fault.what;
        rc = cli_bad_input(path, TBC_ERR_MALFORMED, &fault);
        goto out;
    }
    if ((err = tbc_cose_open(&msg, tbc_buf_span(&message), &fault)) != TBC_OK ||
        (err = tbc_claims_decode(&claims, msg.payload, &fault)) != TBC_OK) {
        rc = cli_bad_input(path, err, &fault);
        goto out;
    }
    if (as_json) {
        cli_print_json(json_certificate(&msg, &claims));
    } else {
        json_t *all = json_certificate(&msg, &claims);

        print_lines("protected", json_object_get(all, "protected"));
        print_lines("claims", json_object_get(all, "claims"));
        print_lines("claims.tbc",
                    json_object_get(json_object_get(all, "claims"), "tbc"));
        printf("signature = %s\n",
               json_string_value(json_object_get(all, "signature")));
        json_decref(all);
    }
out:
    tbc_buf_fini(&message);
    tbc_buf_fini(&file);
    return rc;
}
