/* keys rotate --sealing: the next key that seals a station's database, beside the present one. */
#include "commands.h"
#include "crypto/seal.h"
#include "options.h"

#include <stdio.h>
#include <unistd.h>

#define DEFAULT_DATA "/var/lib/tbc"
#define PATH_LEN     1024

struct sealing_options {
    const char *data;
    bool sealing;
    bool as_json;
};

enum cli_exit
cli_keys_rotate_sealing(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        { "sealing", CLI_SWITCH, true, offsetof(struct sealing_options, sealing) },
        { "data", CLI_TEXT, false, offsetof(struct sealing_options, data) },
        { "json", CLI_SWITCH, false, offsetof(struct sealing_options, as_json) },
    };
    struct sealing_options o = { .data = DEFAULT_DATA };
    char present[PATH_LEN];
    char next[PATH_LEN];
    enum cli_exit rc = cli_options_only(argc, argv, flags, CLI_COUNT(flags), &o);
    enum tbc_err err;

    if (rc != CLI_YES) {
        return rc;
    }
    (void)snprintf(present, sizeof present, "%s/sealing.key", o.data);
    (void)snprintf(next, sizeof next, "%s/sealing-next.key", o.data);
    if (access(present, F_OK) != 0) {
        return cli_fail(present, TBC_ERR_NOT_FOUND);
    }
    err = tbc_secret_make(next, TBC_SEAL_KEY_LEN);
    if (err == TBC_ERR_EXISTS) {
        cli_say("%s: the key is being changed already", next);
        return CLI_NO;
    }
    if (err != TBC_OK) {
        return cli_fail(next, err);
    }
    if (o.as_json) {
        cli_print_json(json_pack("{s:s}", "next", next));
    } else {
        puts(next);
    }
    cli_say(
        "1. keep a copy of it where the keys are kept; backups of before need the present "
        "one");
    cli_say(
        "2. tbc-station takes it over at SIGHUP or its next start, while it works; when "
        "that file is gone, it is done");
    return CLI_YES;
}
