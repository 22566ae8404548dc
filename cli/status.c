#include "codec/status_any.h"
#include "commands.h"
#include "key.h"
#include "message.h"

#include <stdio.h>
#include <stdlib.h>

#define FILE_MAX (16u << 20)

struct request {
    const char *list;
    const char *key;
    uint64_t idx;
    bool has_idx;
    bool as_json;
};

static enum cli_exit
parse(int argc, char **argv, struct request *r)
{
    static const struct option options[] = { { "list", required_argument, NULL, 'l' },
                                             { "idx", required_argument, NULL, 'i' },
                                             { "key", required_argument, NULL, 'k' },
                                             CLI_OPTION_JSON,
                                             { 0 } };
    int c;

    while ((c = cli_option(argc, argv, "", options)) != -1) {
        if (c == '?') {
            return CLI_USAGE;
        }
        if (c == 'i' && !(r->has_idx = cli_parse_number(optarg, &r->idx))) {
            return cli_misuse("%s: not an index", optarg);
        }
        r->list = c == 'l' ? optarg : r->list;
        r->key = c == 'k' ? optarg : r->key;
        r->as_json = r->as_json || c == CLI_JSON;
    }
    return r->list != NULL && r->has_idx
               ? CLI_YES
               : cli_misuse("status get wants --list and --idx");
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
        cli_say("%s: %s", r->list,
                err == TBC_ERR_UNSUPPORTED ? "its algorithm does not go with the key"
                                           : tbc_err_text(err));
        rc = err == TBC_ERR_BAD_SIGNATURE || err == TBC_ERR_UNSUPPORTED ? CLI_NO
                                                                        : CLI_UNKNOWN;
    }
    tbc_key_free(&key);
    return rc;
}

static json_t *
time_or_null(struct tbc_utc t)
{
    return t.s == 0 ? json_null() : cli_json_time(t);
}

static enum cli_exit
print_value(const struct request *r, const struct tbc_status_any *s)
{
    unsigned value;

    if (tbc_statuslist_get(&s->list, r->idx, &value) != TBC_OK) {
        return cli_misuse("--idx: the list holds %zu values",
                          s->list.lst.len * (8 / s->list.bits));
    }
    if (r->as_json) {
        cli_print_json(json_pack("{s:i, s:o, s:o, s:o}", "value", (int)value, "sub",
                                 json_stringn((const char *)s->sub.ptr, s->sub.len),
                                 "iat", time_or_null(s->iat), "exp",
                                 time_or_null(s->exp)));
    } else {
        printf("%u\n", value);
    }
    return CLI_YES;
}

enum cli_exit
cli_status_get(int argc, char **argv)
{
    struct request r = { 0 };
    struct tbc_status_any status = { 0 };
    struct tbc_cose_any msg = { 0 };
    struct tbc_buf file = { 0 };
    struct tbc_fault fault = { 0 };
    enum cli_exit rc;
    enum tbc_err err;

    if ((rc = parse(argc, argv, &r)) == CLI_YES &&
        (rc = cli_read_hex(r.list, FILE_MAX, &file)) == CLI_YES) {
        if ((err = tbc_cose_any_open(&msg, tbc_buf_span(&file), &fault)) != TBC_OK ||
            (err = tbc_status_any_decode(&status, tbc_buf_span(&msg.payload),
                                         &fault)) != TBC_OK) {
            rc = cli_bad_input(r.list, err, &fault);
        } else if ((rc = check_key(&r, &msg)) == CLI_YES) {
            rc = print_value(&r, &status);
        }
    }
    tbc_status_any_fini(&status);
    tbc_cose_any_fini(&msg);
    tbc_buf_fini(&file);
    return rc;
}
