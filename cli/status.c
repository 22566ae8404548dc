/* tbc status get: one value of anybody's Token Status List. */
#include "codec/status_any.h"
#include "commands.h"
#include "key.h"
#include "message.h"
#include "options.h"
#include "sys/clock.h"

#include <stdio.h>

#define FILE_MAX (16u << 20)

struct request {
    const char *list;
    const char *key;
    const char *uri;
    struct cli_number idx;
    struct tbc_utc at;
    bool as_json;
};

/* A list that was read: its message, what it says, and what it lacks. */
struct answer {
    struct tbc_cose_any msg;
    struct tbc_status_any status;
    bool has_ended;
};

static enum cli_exit
refuse(const struct request *r, const char *why)
{
    if (r->as_json) {
        cli_print_json(json_pack("{s:n, s:s}", "value", "reason", why));
    }
    cli_say("%s: %s", r->list, why);
    return CLI_NO;
}

/* With --key the signature must be good; without, the list is only read. */
static enum cli_exit
check_key(const struct request *r, const struct tbc_cose_any *msg)
{
    struct tbc_key *key = NULL;
    enum cli_exit rc;
    enum tbc_err err;

    if (r->key == NULL) {
        return CLI_YES;
    }
    if ((rc = cli_read_key(r->key, &key)) == CLI_YES &&
        (err = cli_verify_message(key, msg, (struct tbc_span){ 0 })) != TBC_OK) {
        rc = err == TBC_ERR_UNSUPPORTED
                 ? refuse(r, "its algorithm does not go with the key")
             : err == TBC_ERR_BAD_SIGNATURE ? refuse(r, tbc_err_text(err))
                                            : cli_fail(r->list, err);
    }
    tbc_key_free(&key);
    return rc;
}

/* The draft's rules for whoever relies on a list (sec. 8.3).  Without --at nobody relies on it now:
 * what speaks against it is said, and the value given. */
static enum cli_exit
check_claims(const struct request *r, struct answer *a)
{
    const struct tbc_status_any *s = &a->status;
    struct tbc_utc at = r->at.s != 0 ? r->at : tbc_clock_utc();

    a->has_ended = s->exp.s != 0 && at.s >= s->exp.s;
    if (r->uri != NULL &&
        !tbc_span_equal(tbc_buf_span(&s->sub), tbc_span_str(r->uri))) {
        return refuse(r, "sub is another address than --uri");
    }
    if (a->has_ended && r->at.s != 0) {
        return refuse(r, "the list has expired");
    }
    if (a->has_ended) {
        cli_say("%s: the list has expired", r->list);
    }
    if (tbc_status_any_typ(tbc_buf_span(&a->msg.body_protected)) ==
        TBC_STATUS_TYP_NONE) {
        cli_say("%s: no typ header, which the draft wants", r->list);
    }
    if (!s->has_sub || s->iat.s == 0) {
        cli_say("%s: no %s claim, which the draft wants", r->list,
                s->has_sub ? "iat" : "sub");
    }
    return CLI_YES;
}

static json_t *
time_or_null(struct tbc_utc t)
{
    return t.s == 0 ? json_null() : cli_json_time(t);
}

static enum cli_exit
print_value(const struct request *r, const struct answer *a)
{
    const struct tbc_status_any *s = &a->status;
    unsigned value;

    if (tbc_statuslist_get(&s->list, r->idx.value, &value) != TBC_OK) {
        return cli_misuse("--idx: the list holds %zu values",
                          s->list.lst.len * (8 / s->list.bits));
    }
    if (r->as_json) {
        cli_print_json(
            json_pack("{s:i, s:o, s:i, s:o, s:o, s:o, s:b}", "value", (int)value, "sub",
                      s->has_sub ? json_stringn((const char *)s->sub.ptr, s->sub.len)
                                 : json_null(),
                      "bits", (int)s->list.bits, "iat", time_or_null(s->iat), "exp",
                      time_or_null(s->exp), "ttl",
                      s->ttl_s == 0 ? json_null() : json_integer(s->ttl_s), "expired",
                      (int)a->has_ended));
    } else {
        printf("%u\n", value);
    }
    return CLI_YES;
}

static enum cli_exit
read_status(const struct request *r, struct answer *a)
{
    struct tbc_buf file = { 0 };
    struct tbc_fault fault = { 0 };
    enum cli_exit rc = cli_read_hex(r->list, FILE_MAX, &file);
    enum tbc_err err;

    if (rc == CLI_YES) {
        if ((err = tbc_cose_any_open(&a->msg, tbc_buf_span(&file), &fault)) != TBC_OK ||
            (err = tbc_status_any_decode(&a->status, tbc_buf_span(&a->msg.payload),
                                         &fault)) != TBC_OK) {
            rc = cli_bad_input(r->list, err, &fault);
        } else if (tbc_status_any_typ(tbc_buf_span(&a->msg.body_protected)) ==
                   TBC_STATUS_TYP_OTHER) {
            cli_say("%s: typ: not application/statuslist+cwt", r->list);
            rc = CLI_MALFORMED;
        }
    }
    tbc_buf_fini(&file);
    return rc;
}

enum cli_exit
cli_status_get(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        { "list", CLI_TEXT, true, offsetof(struct request, list) },
        { "idx", CLI_NUMBER, true, offsetof(struct request, idx) },
        { "key", CLI_TEXT, false, offsetof(struct request, key) },
        { "uri", CLI_TEXT, false, offsetof(struct request, uri) },
        { "at", CLI_TIME, false, offsetof(struct request, at) },
        { "json", CLI_SWITCH, false, offsetof(struct request, as_json) },
    };
    struct request r = { .list = NULL };
    struct answer a = { .has_ended = false };
    enum cli_exit rc = cli_options_only(argc, argv, flags, CLI_COUNT(flags), &r);

    if (rc == CLI_YES && (rc = read_status(&r, &a)) == CLI_YES &&
        (rc = check_key(&r, &a.msg)) == CLI_YES &&
        (rc = check_claims(&r, &a)) == CLI_YES) {
        rc = print_value(&r, &a);
    }
    tbc_status_any_fini(&a.status);
    tbc_cose_any_fini(&a.msg);
    return rc;
}
