/* tbc status delta, apply: from one version of a list to the next and back into a whole list. */
#include "commands.h"
#include "crypto/statusdelta.h"
#include "key.h"
#include "message.h"
#include "options.h"
#include "sys/file.h"

#include <stdio.h>

#define FILE_MAX (16u << 20)

struct request {
    const char *from; /* delta: the older list; apply: the list at hand */
    const char *with; /* delta: the newer list; apply: the delta */
    const char *out;
    const char *key;
    bool as_json;
};

static enum cli_exit
refuse(const struct request *r, const char *why)
{
    if (r->as_json) {
        cli_print_json(json_pack("{s:n, s:s}", "bytes", "reason", why));
    }
    cli_say("%s: %s", r->with, why);
    return CLI_NO;
}

/* No for what is well-formed and does not fit, malformed for the rest. */
static enum cli_exit
explain(const struct request *r, enum tbc_err err, const struct tbc_fault *fault)
{
    if (fault->what != NULL &&
        (err == TBC_ERR_CONFLICT || err == TBC_ERR_NOT_FOUND || err == TBC_ERR_EXISTS ||
         err == TBC_ERR_RANGE || err == TBC_ERR_LIMIT ||
         (err == TBC_ERR_UNSUPPORTED && fault->offset == 0))) {
        return refuse(r, fault->what);
    }
    return cli_bad_input(r->with, err, fault);
}

/* To --out, or binary to standard output. */
static enum cli_exit
put_out(const struct request *r, struct tbc_span bytes)
{
    enum tbc_err err;

    if (r->out == NULL && !r->as_json) {
        (void)fwrite(bytes.ptr, 1, bytes.len, stdout);
        return CLI_YES;
    }
    if (r->out != NULL && (err = tbc_file_write(r->out, bytes, 0644)) != TBC_OK) {
        return cli_fail(r->out, err);
    }
    if (r->as_json) {
        cli_print_json(json_pack("{s:i, s:s?, s:o}", "bytes", (int)bytes.len, "file",
                                 r->out, "hex",
                                 r->out == NULL ? cli_json_hex(bytes) : json_null()));
    }
    return CLI_YES;
}

static enum cli_exit
check_signature(const struct request *r, struct tbc_span message)
{
    struct tbc_cose_any msg = { 0 };
    struct tbc_key *key = NULL;
    struct tbc_fault fault = { 0 };
    enum tbc_err err;
    enum cli_exit rc;

    if (r->key == NULL) {
        return CLI_YES;
    }
    if ((rc = cli_read_key(r->key, &key)) == CLI_YES &&
        ((err = tbc_cose_any_open(&msg, message, &fault)) != TBC_OK ||
         (err = cli_verify_message(key, &msg, (struct tbc_span){ 0 })) != TBC_OK)) {
        rc = err == TBC_ERR_BAD_SIGNATURE || err == TBC_ERR_UNSUPPORTED
                 ? refuse(r, "the list that it makes is not signed by the key")
                 : cli_fail(r->with, err);
    }
    tbc_cose_any_fini(&msg);
    tbc_key_free(&key);
    return rc;
}

typedef enum tbc_err (*maker)(struct tbc_span from, struct tbc_span with,
                              struct tbc_buf *out, struct tbc_fault *fault);

static enum cli_exit
run(const struct request *r, maker make)
{
    struct tbc_buf from = { 0 };
    struct tbc_buf with = { 0 };
    struct tbc_buf out = { 0 };
    struct tbc_fault fault = { 0 };
    enum cli_exit rc;

    if ((rc = cli_read_hex(r->from, FILE_MAX, &from)) == CLI_YES &&
        (rc = cli_read_hex(r->with, FILE_MAX, &with)) == CLI_YES) {
        enum tbc_err err = make(tbc_buf_span(&from), tbc_buf_span(&with), &out, &fault);

        rc = err == TBC_OK ? CLI_YES : explain(r, err, &fault);
    }
    if (rc == CLI_YES && (rc = check_signature(r, tbc_buf_span(&out))) == CLI_YES) {
        rc = put_out(r, tbc_buf_span(&out));
    }
    tbc_buf_fini(&from);
    tbc_buf_fini(&with);
    tbc_buf_fini(&out);
    return rc;
}

enum cli_exit
cli_status_delta(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        { "from", CLI_TEXT, true, offsetof(struct request, from) },
        { "to", CLI_TEXT, true, offsetof(struct request, with) },
        { "out", CLI_TEXT, false, offsetof(struct request, out) },
        { "json", CLI_SWITCH, false, offsetof(struct request, as_json) },
    };
    struct request r = { .from = NULL };
    enum cli_exit rc = cli_options_only(argc, argv, flags, CLI_COUNT(flags), &r);

    return rc == CLI_YES ? run(&r, tbc_statusdelta_make) : rc;
}

enum cli_exit
cli_status_apply(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        { "list", CLI_TEXT, true, offsetof(struct request, from) },
        { "delta", CLI_TEXT, true, offsetof(struct request, with) },
        { "key", CLI_TEXT, false, offsetof(struct request, key) },
        { "out", CLI_TEXT, false, offsetof(struct request, out) },
        { "json", CLI_SWITCH, false, offsetof(struct request, as_json) },
    };
    struct request r = { .from = NULL };
    enum cli_exit rc = cli_options_only(argc, argv, flags, CLI_COUNT(flags), &r);

    return rc == CLI_YES ? run(&r, tbc_statusdelta_apply) : rc;
}
