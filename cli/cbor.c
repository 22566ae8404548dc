#include "codec/cbor_any.h"
#include "commands.h"
#include "options.h"

#include <stdio.h>

struct request {
    bool as_json;
    bool hex; /* the input is hexadecimal text */
    const char *path;
    struct tbc_buf in;
};

static enum cli_exit
read_input(int argc, char **argv, struct request *r)
{
    static const struct cli_flag flags[] = {
        { "hex", CLI_SWITCH, false, offsetof(struct request, hex) },
        { "json", CLI_SWITCH, false, offsetof(struct request, as_json) },
    };
    enum cli_exit rc = cli_options(argc, argv, flags, CLI_COUNT(flags), r);

    if (rc != CLI_YES || (rc = cli_operand(argc, argv, &r->path)) != CLI_YES) {
        return rc;
    }
    return r->hex ? cli_read_hex_text(r->path, TBC_CBOR_ANY_MAX, &r->in)
                  : cli_read(r->path, TBC_CBOR_ANY_MAX, &r->in);
}

static json_t *
json_answer(enum tbc_err err, const struct tbc_fault *fault)
{
    json_t *o = json_object();

    json_object_set_new(o, "well_formed",
                        err == TBC_ERR_LIMIT
                            ? json_null()
                            : json_boolean(err == TBC_OK || err == TBC_ERR_CONFLICT));
    json_object_set_new(o, "deterministic",
                        err == TBC_ERR_LIMIT ? json_null()
                                             : json_boolean(err == TBC_OK));
    if (err != TBC_OK) {
        json_object_set_new(o, "reason", json_string(fault->what));
        json_object_set_new(o, "offset", json_integer((json_int_t)fault->offset));
    }
    return o;
}

/* Well-formed but not deterministic is an answer; not well-formed is malformed input, and what is
 * larger or deeper than we look at has no answer. */
static enum cli_exit
answer(enum tbc_err err, const struct tbc_fault *fault, bool as_json)
{
    if (as_json) {
        cli_print_json(json_answer(err, fault));
    } else if (err == TBC_OK) {
        puts("yes");
    } else {
        printf("%s: %s, at byte %zu\n",
               err == TBC_ERR_CONFLICT ? "not deterministic"
               : err == TBC_ERR_LIMIT  ? "cannot judge, larger than allowed"
                                       : "not well-formed",
               fault->what, fault->offset);
    }
    return err == TBC_OK ? CLI_YES : err == TBC_ERR_CONFLICT ? CLI_NO : CLI_MALFORMED;
}

enum cli_exit
cli_cbor_check(int argc, char **argv)
{
    struct request r = { .path = NULL };
    struct tbc_fault fault = { 0 };
    enum cli_exit rc = read_input(argc, argv, &r);

    if (rc == CLI_YES) {
        enum tbc_err err = tbc_cbor_check(tbc_buf_span(&r.in), &fault);

        rc = answer(err, &fault, r.as_json);
    }
    tbc_buf_fini(&r.in);
    return rc;
}

enum cli_exit
cli_cbor_diag(int argc, char **argv)
{
    struct request r = { .path = NULL };
    struct tbc_buf out = { 0 };
    struct tbc_fault fault = { 0 };
    enum cli_exit rc = read_input(argc, argv, &r);

    if (rc == CLI_YES) {
        enum tbc_err err = tbc_cbor_diag(tbc_buf_span(&r.in), &out, &fault);

        if (err != TBC_OK) {
            rc = cli_bad_input(r.path, err, &fault);
        } else if (r.as_json) {
            cli_print_json(json_pack("{s:s}", "diag", tbc_buf_str(&out)));
        } else {
            puts(tbc_buf_str(&out));
        }
    }
    tbc_buf_fini(&r.in);
    tbc_buf_fini(&out);
    return rc;
}
