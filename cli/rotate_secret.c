/* keys rotate --sealing, --pseudonym: the next secret of a station, beside the present one. */
#include "commands.h"
#include "crypto/seal.h"
#include "options.h"

#include <stdio.h>
#include <unistd.h>

#define DEFAULT_DATA "/var/lib/tbc"
#define PATH_LEN     1024

struct secret_options {
    const char *data;
    bool sealing;
    bool pseudonym;
    bool as_json;
};

/* What distinguishes the two, and what remains to be done. */
struct secret {
    const char *present;
    const char *next;
    const char *keep;
    const char *take;
};

static const struct secret sealing = {
    "sealing.key", "sealing-next.key",
    "1. keep a copy of it where the keys are kept; backups of before need the present "
    "one",
    "2. tbc-station takes it over at SIGHUP or its next start, while it works; when that "
    "file is gone, it is done"
};
static const struct secret pseudonym = {
    "pseudonym.key", "pseudonym-next.key",
    "1. keep a copy of it where the keys are kept, in the present one's place when that "
    "file is gone",
    "2. tbc-station announces it at SIGHUP or its next start, to the other processes on "
    "its store too; it serves from the day after tomorrow on, a day or more later the "
    "present key and that file are gone"
};

static enum cli_exit
make_next(const struct secret *s, const struct secret_options *o)
{
    char present[PATH_LEN];
    char next[PATH_LEN];
    enum tbc_err err;

    (void)snprintf(present, sizeof present, "%s/%s", o->data, s->present);
    (void)snprintf(next, sizeof next, "%s/%s", o->data, s->next);
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
    if (o->as_json) {
        cli_print_json(json_pack("{s:s}", "next", next));
    } else {
        puts(next);
    }
    cli_say("%s", s->keep);
    cli_say("%s", s->take);
    return CLI_YES;
}

enum cli_exit
cli_keys_rotate_secret(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        { "sealing", CLI_SWITCH, false, offsetof(struct secret_options, sealing) },
        { "pseudonym", CLI_SWITCH, false, offsetof(struct secret_options, pseudonym) },
        { "data", CLI_TEXT, false, offsetof(struct secret_options, data) },
        { "json", CLI_SWITCH, false, offsetof(struct secret_options, as_json) },
    };
    struct secret_options o = { .data = DEFAULT_DATA };
    enum cli_exit rc = cli_options_only(argc, argv, flags, CLI_COUNT(flags), &o);

    if (rc != CLI_YES) {
        return rc;
    }
    if (o.sealing == o.pseudonym) {
        return cli_misuse(
            "keys rotate changes --sealing or --pseudonym, one at a time");
    }
    return make_next(o.sealing ? &sealing : &pseudonym, &o);
}
