#include "codec/cbor_any.h"
#include "commands.h"

#include <stdio.h>

static enum cli_exit
read_input(int argc, char **argv, struct tbc_buf *in, const char **path, bool *as_json)
{
    static const struct option options[] = { CLI_OPTION_JSON, { 0 } };
    int c;

    while ((c = cli_option(argc, argv, "", options)) != -1) {
        if (c == '?') {
            return CLI_USAGE;
        }
        *as_json = true;
    }
    return cli_read_operand(argc, argv, TBC_CBOR_ANY_MAX, in, path);
}

/* Well-formed but not deterministic is an answer; not well-formed is malformed input. */
static enum cli_exit
answer(enum tbc_err err, const struct tbc_fault *fault, bool as_json)
{
    enum cli_exit rc = err == TBC_OK             ? CLI_YES
                       : err == TBC_ERR_CONFLICT ? CLI_NO
                                                 : CLI_MALFORMED;

    if (as_json) {
        json_t *o = json_pack("{s:b, s:b}", "well_formed", rc != CLI_MALFORMED,
                              "deterministic", rc == CLI_YES);

        if (rc != CLI_YES) {
            json_object_set_new(o, "reason", json_string(fault->what));
            json_object_set_new(o, "offset", json_integer((json_int_t)fault->offset));
        }
        cli_print_json(o);
    } else if (rc == CLI_YES) {
        puts("yes");
    } else {
        printf("%s: %s, at byte %zu\n",
               rc == CLI_NO ? "not deterministic" : "not well-formed", fault->what,
               fault->offset);
    }
    return rc;
}

enum cli_exit
cli_cbor_check(int argc, char **argv)
{
    struct tbc_buf in = { 0 };
    struct tbc_fault fault = { 0 };
    bool as_json = false;
    const char *path;
    enum cli_exit rc = read_input(argc, argv, &in, &path, &as_json);

    if (rc == CLI_YES) {
        enum tbc_err err = tbc_cbor_check(tbc_buf_span(&in), &fault);

        rc = answer(err, &fault, as_json);
    }
    tbc_buf_fini(&in);
    return rc;
}

enum cli_exit
cli_cbor_diag(int argc, char **argv)
{
    struct tbc_buf in = { 0 };
    struct tbc_buf out = { 0 };
    struct tbc_fault fault = { 0 };
    bool as_json = false;
    const char *path;
    enum cli_exit rc = read_input(argc, argv, &in, &path, &as_json);
    enum tbc_err err;

    if (rc == CLI_YES) {
        err = tbc_cbor_diag(tbc_buf_span(&in), &out, &fault);
        if (err != TBC_OK) {
            rc = cli_bad_input(path, err, &fault);
        } else if (as_json) {
            cli_print_json(json_pack("{s:s}", "diag", tbc_buf_str(&out)));
        } else {
            puts(tbc_buf_str(&out));
        }
    }
    tbc_buf_fini(&in);
    tbc_buf_fini(&out);
    return rc;
}
