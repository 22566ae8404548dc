/* Keys as the commands take them: by file, by "-" or by a token's URI. */
#ifndef CLI_KEY_H
#define CLI_KEY_H

#include "cli.h"
#include "crypto/key.h"
#include "crypto/pass.h"

#define CLI_PASS_FILE 1002
#define CLI_PKCS11    1003
#define CLI_OPTION_PASS_FILE                                \
    {                                                       \
        "pass-file", required_argument, NULL, CLI_PASS_FILE \
    }

/* How the public half is written. */
enum cli_key_form {
    CLI_KEY_TABLE, /* everything about the key, and PEM */
    CLI_KEY_PEM,
    CLI_KEY_DER,
    CLI_KEY_JWK,
    CLI_KEY_COSE,
};

/* Say why a key was refused. */
enum cli_exit
cli_bad_key(const char *path, enum tbc_err err, const struct tbc_key_fault *fault);

/* Read a key to verify with: PEM, DER, JWK, COSE_Key, the last also in hexadecimal, or the public
 * half of a token's key.  One that is sound but not ours to use, as of an unknown curve, is
 * CLI_UNKNOWN. */
enum cli_exit cli_read_key(const char *name, struct tbc_key **key);

/* The same for an operator's own key: a private one is refused when others can read its file, and
 * a pass phrase is asked when it is encrypted.  The file may hold a token's URI.  A token's PIN is asked when pass or the URI says
 * where it is; otherwise only the public half is read. */
enum cli_exit
cli_read_own_key(const char *name, const struct tbc_pass *pass, struct tbc_key **key);

/* A private key, to sign with. */
enum cli_exit
cli_open_key(const char *name, const struct tbc_pass *pass, struct tbc_key **key);

/* Where a new key goes, and what kind it is. */
struct cli_new_key {
    const char *file;  /* one of the two */
    const char *token; /* URI */
    bool encrypt;      /* the file, under a pass phrase */
    enum tbc_alg alg;
    struct tbc_pass pass;
};

/* Take one of the options of a key to be made: 'o' (--out), CLI_PKCS11, 'e' (--encrypt), 'a' (--alg),
 * CLI_PASS_FILE, with optarg.  False for another, and after a usage error. */
bool cli_take_new_key(struct cli_new_key *key, int option);

/* Make it; nothing there is replaced. */
enum cli_exit cli_make_key(const struct cli_new_key *wanted, struct tbc_key **key);

/* "pem", "der", "jwk", "cose"; false after a usage error. */
bool cli_parse_key_form(const char *text, enum cli_key_form *form);

/* Print a key: as_json one object, the public half in that form within.  extra (may be NULL) is
 * taken over and its members added. */
enum cli_exit cli_print_key(const struct tbc_key *key, enum cli_key_form form,
                            bool as_json, json_t *extra);

#endif
