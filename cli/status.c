#include "codec/cose.h"
#include "codec/statuslist.h"
#include "commands.h"
#include "crypto/sign.h"

#include <errno.h>
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

static bool
parse_number(const char *text, uint64_t *n)
{
    char *end;

    errno = 0;
    *n = strtoull(text, &end, 10);
    return errno == 0 && *text >= '0' && *text <= '9' && *end == '\0';
}

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
        if (c == 'i' && !(r->has_idx = parse_number(optarg, &r->idx))) {
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
check_key(const struct request *r, const struct tbc_cose *msg)
{
    struct tbc_buf file = { 0 };
    struct tbc_key *key = NULL;
    enum cli_exit rc;
    enum tbc_err err;

    if (r->key == NULL) {
        return CLI_YES;
    }
    if ((rc = cli_read(r->key, FILE_MAX, &file)) == CLI_YES) {
        if ((err = tbc_key_parse_public(&key, tbc_buf_span(&file))) != TBC_OK) {
            rc = cli_fail(r->key, err);
        } else if ((err = tbc_verify_cose(key, msg)) != TBC_OK) {
            cli_say("%s: %s", r->list, tbc_err_text(err));
            rc = err == TBC_ERR_BAD_SIGNATURE ? CLI_NO : CLI_UNKNOWN;
        }
    }
    tbc_key_free(&key);
    tbc_buf_fini(&file);
    return rc;
}

enum cli_exit
cli_status_get(int argc, char **argv)
{
    struct request r = { 0 };
    struct tbc_statuslist list = { 0 };
    struct tbc_buf file = { 0 };
    struct tbc_fault fault = { 0 };
    struct tbc_cose msg;
    unsigned value;
    enum cli_exit rc;
    enum tbc_err err;

    if ((rc = parse(argc, argv, &r)) != CLI_YES ||
        (rc = cli_read(r.list, FILE_MAX, &file)) != CLI_YES) {
        goto out;
    }
    if ((err = tbc_cose_open(&msg, tbc_buf_span(&file), &fault)) != TBC_OK ||
        (err = tbc_statuslist_decode(&list, msg.payload, &fault)) != TBC_OK) {
        rc = cli_bad_input(r.list, err, &fault);
        goto out;
    }
    if ((rc = check_key(&r, &msg)) != CLI_YES) {
        goto out;
    }
    if (tbc_statuslist_get(&list, r.idx, &value) != TBC_OK) {
        rc = cli_misuse("--idx: beyond the end of the list");
        goto out;
    }
    if (r.as_json) {
        cli_print_json(json_pack("{s:i, s:s, s:o, s:o}", "value", (int)value, "sub",
                                 list.sub, "iat", cli_json_time(list.iat), "exp",
                                 cli_json_time(list.exp)));
    } else {
        printf("%u\n", value);
    }
out:
    tbc_statuslist_fini(&list);
    tbc_buf_fini(&file);
    return rc;
}
