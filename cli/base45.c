#include "base/text.h"
#include "commands.h"

#include <stdio.h>

#define INPUT_MAX (64u << 20)

enum cli_exit
cli_base45(int argc, char **argv)
{
    static const struct option options[] = { { "decode", no_argument, NULL, 'd' },
                                             CLI_OPTION_JSON,
                                             { 0 } };
    struct tbc_buf in = { 0 };
    struct tbc_buf out = { 0 };
    bool decode = false;
    bool as_json = false;
    const char *path;
    struct tbc_fault fault = { .what = "Base45" };
    enum tbc_err err;
    enum cli_exit rc;
    int c;

    while ((c = cli_option(argc, argv, "d", options)) != -1) {
        if (c == '?') {
            return CLI_USAGE;
        }
        decode = decode || c == 'd';
        as_json = as_json || c == CLI_JSON;
    }
    if ((rc = cli_read_operand(argc, argv, INPUT_MAX, &in, &path)) != CLI_YES) {
        goto out;
    }
    err = decode ? tbc_base45_decode(cli_trim(tbc_buf_span(&in)), &out, &fault.offset)
                 : tbc_base45_encode(tbc_buf_span(&in), &out);
    if (err != TBC_OK) {
        rc = cli_bad_input(path, err, &fault);
        goto out;
    }
    if (as_json) {
        cli_print_json(
            decode ? json_pack("{s:o}", "bytes", cli_json_hex(tbc_buf_span(&out)))
                   : json_pack("{s:s}", "text", tbc_buf_str(&out)));
        goto out;
    }
    (void)fwrite(out.ptr, 1, out.len, stdout); /* cli_done asks for errors */
    if (!decode) {
        putchar('\n');
    }
out:
    tbc_buf_fini(&in);
    tbc_buf_fini(&out);
    return rc;
}
