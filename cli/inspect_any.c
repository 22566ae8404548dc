/* What a signed message holds that is no certificate of ours: a list, a manifest, a CWT of others. */
#include "base/text.h"
#include "codec/status_any.h"
#include "inspect.h"
#include "message.h"

#include <stdio.h>

#define ENTRIES_MAX 1000 /* of a map that is taken apart */

struct name {
    int64_t label;
    const char *text;
    bool is_time;
};

/* IANA "COSE Header Parameters" and "CBOR Web Token (CWT) Claims". */
static const struct name headers[] = {
    { 1, "alg", false }, { 2, "crit", false }, { 3, "content_type", false },
    { 4, "kid", false }, { 16, "typ", false }, { 33, "x5chain", false },
    { 0, NULL, false },
};
static const struct name claims[] = {
    { 1, "iss", false },
    { 2, "sub", false },
    { 3, "aud", false },
    { 4, "exp", true },
    { 5, "nbf", true },
    { 6, "iat", true },
    { 7, "cti", false },
    { 8, "cnf", false },
    { 65533, "status_list", false },
    { 65534, "ttl", false },
    { 65535, "status", false },
    { 0, NULL, false },
};

static json_t *
json_diag(struct tbc_span item)
{
    struct tbc_buf text = { 0 };
    json_t *value = NULL;

    if (tbc_cbor_diag(item, &text, NULL) == TBC_OK) {
        value = json_string(tbc_buf_str(&text));
    }
    tbc_buf_fini(&text);
    return value;
}

static json_t *
json_string_item(struct tbc_span item, enum tbc_cbor_type type)
{
    struct tbc_cbor_any r;
    struct tbc_buf content = { 0 };
    json_t *value = NULL;

    tbc_cbor_any_open(&r, item);
    if (tbc_cbor_any_string(&r, type, &content) == TBC_OK) {
        value = type == TBC_CBOR_BYTES
                    ? cli_json_hex(tbc_buf_span(&content))
                    : json_stringn(tbc_buf_str(&content), content.len);
    }
    tbc_buf_fini(&content);
    return value;
}

/* Numbers and strings as JSON has them, times as RFC 3339, bytes in hexadecimal, the rest in
 * diagnostic notation. */
static json_t *
json_item(struct tbc_span item, bool is_time)
{
    struct tbc_cbor_any r;
    enum tbc_cbor_type type;
    int64_t number;

    tbc_cbor_any_open(&r, item);
    type = tbc_cbor_any_peek(&r);
    if (type == TBC_CBOR_BYTES || type == TBC_CBOR_TEXT) {
        return json_string_item(item, type);
    }
    if ((type == TBC_CBOR_UINT || type == TBC_CBOR_NINT) &&
        tbc_cbor_any_int(&r, &number) == TBC_OK) {
        return is_time && number > 0 && number < CLI_YEAR_10000_S
                   ? cli_json_time((struct tbc_utc){ .s = number })
                   : json_integer((json_int_t)number);
    }
    return json_diag(item);
}

/* The name of a key: that of the registry, or the key itself. */
static void
put_key(struct tbc_span key, const struct name *names, const struct name **found,
        struct tbc_buf *out)
{
    struct tbc_cbor_any r;
    int64_t label = 0;

    *found = NULL;
    tbc_cbor_any_open(&r, key);
    if (tbc_cbor_any_peek(&r) == TBC_CBOR_TEXT) {
        (void)tbc_cbor_any_string(&r, TBC_CBOR_TEXT, out);
        return;
    }
    if (tbc_cbor_any_int(&r, &label) == TBC_OK) {
        for (const struct name *n = names; n->text != NULL; n++) {
            *found = n->label == label ? n : *found;
        }
    }
    if (*found != NULL) {
        (void)tbc_buf_append_str(out, (*found)->text);
    } else if (tbc_cbor_diag(key, out, NULL) != TBC_OK) {
        tbc_buf_clear(out); /* out of memory: the key is "" */
    }
}

/* NULL when it is no map, or one of very many entries. */
static json_t *
json_map(struct tbc_span map, const struct name *names)
{
    struct tbc_cbor_any r;
    struct tbc_cbor_seq seq;
    json_t *object = json_object();

    tbc_cbor_any_open(&r, map);
    (void)tbc_cbor_any_enter(&r, TBC_CBOR_MAP, &seq);
    for (size_t n = 0; n < ENTRIES_MAX && tbc_cbor_any_more(&r, &seq); n++) {
        struct tbc_span key;
        struct tbc_span value;
        struct tbc_buf name = { 0 };
        const struct name *found;

        if (tbc_cbor_any_skip(&r, &key) == TBC_OK &&
            tbc_cbor_any_skip(&r, &value) == TBC_OK) {
            put_key(key, names, &found, &name);
            json_object_set_new(object, tbc_buf_str(&name),
                                json_item(value, found != NULL && found->is_time));
        }
        tbc_buf_fini(&name);
    }
    if (r.err != TBC_OK || r.at != map.len) {
        json_decref(object);
        return NULL;
    }
    return object;
}

/* "ES256" for a number that we know. */
static void
name_alg(json_t *header)
{
    const json_t *alg = json_object_get(header, "alg");
    enum tbc_alg known =
        json_is_integer(alg) ? tbc_alg_known(json_integer_value(alg)) : TBC_ALG_NONE;

    if (known != TBC_ALG_NONE) {
        json_object_set_new(header, "alg", json_string(tbc_alg_name(known)));
    }
}

static json_t *
json_header(struct tbc_span map)
{
    json_t *header = json_map(map, headers);

    if (header == NULL) {
        return json_diag(map);
    }
    name_alg(header);
    return header;
}

/* The second element, wherever the reader of messages left the tags. */
static struct tbc_span
unprotected_of(struct tbc_span message)
{
    struct tbc_cbor_any r;
    struct tbc_cbor_head tag;
    struct tbc_cbor_seq seq;
    struct tbc_span item = { 0 };

    tbc_cbor_any_open(&r, message);
    while (tbc_cbor_any_peek(&r) == TBC_CBOR_TAG) {
        (void)tbc_cbor_any_next(&r, &tag);
    }
    (void)tbc_cbor_any_enter(&r, TBC_CBOR_ARRAY, &seq);
    (void)tbc_cbor_any_skip(&r, NULL);
    (void)tbc_cbor_any_skip(&r, &item);
    return item;
}

/* A list of thousands of values is told by their width and number. */
static void
tell_status_list(json_t *object, struct tbc_span payload)
{
    struct tbc_status_any status;

    if (json_object_get(object, "status_list") != NULL &&
        tbc_status_any_decode(&status, payload, NULL) == TBC_OK) {
        size_t values = status.list.lst.len * (8 / status.list.bits);

        json_object_set_new(object, "status_list",
                            json_pack("{s:i, s:I}", "bits", (int)status.list.bits,
                                      "values", (json_int_t)values));
        tbc_status_any_fini(&status);
    }
}

static json_t *
json_payload(const struct tbc_cose_any *msg, const char **name)
{
    struct tbc_span payload = tbc_buf_span(&msg->payload);
    json_t *object = json_map(payload, claims);
    json_t *notation;

    *name = "claims";
    if (object != NULL) {
        tell_status_list(object, payload);
        return object;
    }
    *name = "payload";
    if (!msg->has_payload) {
        return json_null();
    }
    notation = json_diag(payload);
    return notation != NULL ? notation : cli_json_hex(payload);
}

enum tbc_err
cli_inspect_any(struct tbc_span message, json_t **out, struct tbc_fault *fault)
{
    struct tbc_cose_any msg;
    struct tbc_span none = tbc_span_str("\xa0"); /* an empty header may stand as "" */
    enum tbc_err err = tbc_cose_any_open(&msg, message, fault);
    const char *name = NULL;
    json_t *header;
    json_t *payload;

    *out = NULL;
    if (err != TBC_OK) {
        return err;
    }
    header = json_header(
        msg.body_protected.len == 0 ? none : tbc_buf_span(&msg.body_protected));
    payload = json_payload(&msg, &name);
    *out = json_pack("{s:o, s:o, s:o, s:o}", "protected", header, "unprotected",
                     json_header(unprotected_of(message)), name, payload, "signature",
                     cli_json_hex(tbc_buf_span(&msg.signature)));
    tbc_cose_any_fini(&msg);
    return *out != NULL ? TBC_OK : TBC_ERR_NO_MEMORY;
}
