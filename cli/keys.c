#include "commands.h"
#include "key.h"

#include <string.h>

enum make_option {
    OPT_PROFILE = 256,
    OPT_OUT_FORM,
};

struct make_request {
    struct cli_new_key key;
    const char *profile;
    enum cli_key_form form;
    bool as_json;
};

static bool
take(struct make_request *r, int c)
{
    switch (c) {
    case OPT_PROFILE:
        r->profile = optarg;
        return true;
    case OPT_OUT_FORM:
        return cli_parse_key_form(optarg, &r->form);
    case CLI_JSON:
        r->as_json = true;
        return true;
    default:
        return cli_take_new_key(&r->key, c);
    }
}

/* The profile is the algorithm's; saying both is asking whether they agree. */
static enum cli_exit
check_profile(struct make_request *r)
{
    bool is_sm = r->profile != NULL && strcmp(r->profile, "sm") == 0;

    if (r->profile != NULL && !is_sm && strcmp(r->profile, "international") != 0) {
        return cli_misuse("--profile %s: international or sm", r->profile);
    }
    if (r->key.alg == TBC_ALG_NONE) {
        r->key.alg = is_sm ? TBC_ALG_SM2 : TBC_ALG_ES256;
    } else if (r->profile != NULL && is_sm != (r->key.alg == TBC_ALG_SM2)) {
        return cli_misuse("%s is not of the profile %s: they are never mixed",
                          tbc_alg_name(r->key.alg), r->profile);
    }
    return CLI_YES;
}

static enum cli_exit
check_place(struct make_request *r)
{
    if ((r->key.file == NULL) == (r->key.token == NULL)) {
        return cli_misuse("keys make wants --out FILE or --pkcs11 URI");
    }
    if (r->key.token != NULL && r->key.encrypt) {
        return cli_misuse("--encrypt: a token keeps its keys by itself");
    }
    r->key.encrypt =
        r->key.encrypt || (r->key.file != NULL && r->key.pass.file != NULL);
    r->key.pass.may_prompt = true;
    return CLI_YES;
}

enum cli_exit
cli_keys_make(int argc, char **argv)
{
    static const struct option options[] = {
        { "out", required_argument, NULL, 'o' },
        { "pkcs11", required_argument, NULL, CLI_PKCS11 },
        { "alg", required_argument, NULL, 'a' },
        { "profile", required_argument, NULL, OPT_PROFILE },
        { "encrypt", no_argument, NULL, 'e' },
        { "out-form", required_argument, NULL, OPT_OUT_FORM },
        CLI_OPTION_PASS_FILE,
        CLI_OPTION_JSON,
        { 0 }
    };
    struct make_request r = { .form = CLI_KEY_TABLE };
    struct tbc_key *key = NULL;
    enum cli_exit rc;
    int c;

    while ((c = cli_option(argc, argv, "", options)) != -1) {
        if (c == '?' || !take(&r, c)) {
            return CLI_USAGE;
        }
    }
    if (optind < argc) {
        return cli_misuse("%s: not wanted here", argv[optind]);
    }
    if ((rc = check_place(&r)) == CLI_YES && (rc = check_profile(&r)) == CLI_YES &&
        (rc = cli_make_key(&r.key, &key)) == CLI_YES) {
        rc = cli_print_key(key, r.form, r.as_json, NULL);
    }
    tbc_key_free(&key);
    return rc;
}

enum cli_exit
cli_keys_show(int argc, char **argv)
{
    static const struct option options[] = { { "out-form", required_argument, NULL,
                                               OPT_OUT_FORM },
                                             CLI_OPTION_PASS_FILE,
                                             CLI_OPTION_JSON,
                                             { 0 } };
    struct tbc_pass pass = { .may_prompt = true };
    enum cli_key_form form = CLI_KEY_TABLE;
    struct tbc_key *key = NULL;
    bool as_json = false;
    enum cli_exit rc;
    int c;

    while ((c = cli_option(argc, argv, "", options)) != -1) {
        if (c == '?' || (c == OPT_OUT_FORM && !cli_parse_key_form(optarg, &form))) {
            return CLI_USAGE;
        }
        pass.file = c == CLI_PASS_FILE ? optarg : pass.file;
        as_json = as_json || c == CLI_JSON;
    }
    if (argc - optind > 1) {
        return cli_misuse("%s: one KEY at a time", argv[optind + 1]);
    }
    rc = cli_read_own_key(optind < argc ? argv[optind] : "-", &pass, &key);
    if (rc == CLI_YES) {
        rc = cli_print_key(key, form, as_json, NULL);
    }
    tbc_key_free(&key);
    return rc;
}
