#include "base/text.h"
#include "commands.h"
#include "crypto/key.h"

#include <stdio.h>

#define KEY_FILE_MAX 16384

enum cli_exit
cli_print_key(const struct tbc_key *key, bool as_json)
{
    uint8_t kid[TBC_KID_LEN];
    struct tbc_buf hex = { 0 };
    struct tbc_buf pem = { 0 };
    enum tbc_err err;

    tbc_key_kid(key, kid);
    if ((err = tbc_hex_encode(tbc_span_of(kid, sizeof kid), &hex)) == TBC_OK &&
        (err = tbc_key_put_pem(key, &pem)) == TBC_OK) {
        if (as_json) {
            cli_print_json(json_pack("{s:s, s:s, s:s}", "kid", tbc_buf_str(&hex), "alg",
                                     tbc_alg_name(tbc_key_alg(key)), "public",
                                     tbc_buf_str(&pem)));
        } else {
            printf("kid %s\nalg %s\n%s", tbc_buf_str(&hex),
                   tbc_alg_name(tbc_key_alg(key)), tbc_buf_str(&pem));
        }
    }
    tbc_buf_fini(&hex);
    tbc_buf_fini(&pem);
    return err == TBC_OK ? CLI_YES : cli_fail("key", err);
}

enum cli_exit
cli_keys_make(int argc, char **argv)
{
    static const struct option options[] = { { "out", required_argument, NULL, 'o' },
                                             { "alg", required_argument, NULL, 'a' },
                                             CLI_OPTION_JSON,
                                             { 0 } };
    enum tbc_alg alg = TBC_ALG_ES256;
    struct tbc_key *key = NULL;
    const char *path = NULL;
    bool as_json = false;
    enum tbc_err err;
    enum cli_exit rc;
    int c;

    while ((c = cli_option(argc, argv, "", options)) != -1) {
        if (c == '?') {
            return CLI_USAGE;
        }
        if (c == 'a' && !tbc_alg_parse(tbc_span_str(optarg), &alg)) {
            return cli_misuse("%s: no such algorithm", optarg);
        }
        path = c == 'o' ? optarg : path;
        as_json = as_json || c == CLI_JSON;
    }
    if (path == NULL || optind < argc) {
        return cli_misuse("keys make wants --out FILE");
    }
    if ((err = tbc_key_make(&key, alg)) != TBC_OK ||
        (err = tbc_key_write_private(key, path, NULL)) != TBC_OK) {
        tbc_key_free(&key);
        return cli_fail(path, err);
    }
    rc = cli_print_key(key, as_json);
    tbc_key_free(&key);
    return rc;
}

enum cli_exit
cli_keys_show(int argc, char **argv)
{
    static const struct option options[] = { CLI_OPTION_JSON, { 0 } };
    struct tbc_buf file = { 0 };
    struct tbc_key *key = NULL;
    bool as_json = false;
    const char *path;
    enum tbc_err err;
    enum cli_exit rc;
    int c;

    while ((c = cli_option(argc, argv, "", options)) != -1) {
        if (c == '?') {
            return CLI_USAGE;
        }
        as_json = true;
    }
    if ((rc = cli_read_operand(argc, argv, KEY_FILE_MAX, &file, &path)) == CLI_YES) {
        err = tbc_key_parse_public(&key, tbc_buf_span(&file));
        rc = err == TBC_OK ? cli_print_key(key, as_json) : cli_fail(path, err);
    }
    tbc_key_free(&key);
    tbc_buf_fini(&file);
    return rc;
}
