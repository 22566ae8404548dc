#include "key.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define KEY_FILE_MAX 16384

enum cli_exit
cli_bad_key(const char *path, enum tbc_err err, const struct tbc_key_fault *fault)
{
    if (fault->text[0] == '\0') {
        return cli_fail(path, err);
    }
    if (err == TBC_ERR_MALFORMED || err == TBC_ERR_LIMIT) {
        cli_say("%s: not a key in PEM, DER, JWK or COSE_Key: %s", path, fault->text);
        return CLI_MALFORMED;
    }
    cli_say("%s: %s", path, fault->text);
    return CLI_UNKNOWN;
}

enum cli_exit
cli_read_key(const char *name, struct tbc_key **key)
{
    struct tbc_buf file = { 0 };
    struct tbc_key_fault fault = { "" };
    enum cli_exit rc = CLI_YES;
    enum tbc_err err = TBC_OK;

    *key = NULL;
    if (tbc_key_is_token(name)) {
        err = tbc_key_read_token(key, name, &fault);
    } else if ((rc = cli_read_hex(name, KEY_FILE_MAX, &file)) == CLI_YES) {
        err = tbc_key_parse(key, tbc_buf_span(&file), NULL, &fault);
    }
    tbc_buf_fini(&file);
    return err == TBC_OK ? rc : cli_bad_key(name, err, &fault);
}

/* Standard input and pipes have no others who could read them. */
static bool
others_can_read(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
           (st.st_mode & (S_IRWXG | S_IRWXO)) != 0;
}

/* With its PIN only where that lies ready: the public half needs none. */
static enum cli_exit
read_token(const char *uri, const struct tbc_pass *pass, struct tbc_key **key)
{
    return pass->file != NULL || strstr(uri, "pin-source=") != NULL
               ? cli_open_key(uri, pass, key)
               : cli_read_key(uri, key);
}

static enum cli_exit
read_own_file(const char *path, const struct tbc_pass *pass, struct tbc_key **key)
{
    struct tbc_buf file = { 0 };
    struct tbc_key_fault fault = { "" };
    enum cli_exit rc = cli_read_hex(path, KEY_FILE_MAX, &file);
    enum tbc_err err;

    if (rc == CLI_YES && tbc_key_is_token(tbc_buf_str(&file))) {
        tbc_buf_cut(&file, cli_trim(tbc_buf_span(&file)).len);
        rc = read_token(tbc_buf_str(&file), pass, key);
    } else if (rc == CLI_YES) {
        err = tbc_key_parse_asking(key, path, tbc_buf_span(&file), pass, &fault);
        if (err != TBC_OK) {
            rc = cli_bad_key(path, err, &fault);
        } else if (tbc_key_is_private(*key) && strcmp(path, "-") != 0 &&
                   others_can_read(path)) {
            tbc_key_free(key);
            rc = cli_fail(path, TBC_ERR_DENIED);
        }
    }
    tbc_buf_fini(&file);
    return rc;
}

enum cli_exit
cli_read_own_key(const char *name, const struct tbc_pass *pass, struct tbc_key **key)
{
    *key = NULL;
    return tbc_key_is_token(name) ? read_token(name, pass, key)
                                  : read_own_file(name, pass, key);
}

enum cli_exit
cli_open_key(const char *name, const struct tbc_pass *pass, struct tbc_key **key)
{
    struct tbc_key_fault fault = { "" };
    enum tbc_err err = tbc_key_open(key, name, pass, &fault);

    return err == TBC_OK ? CLI_YES : cli_bad_key(name, err, &fault);
}

static enum tbc_err
make_file(const struct cli_new_key *w, struct tbc_key **key,
          struct tbc_key_fault *fault)
{
    struct tbc_buf what = { 0 };
    struct tbc_buf phrase = { 0 };
    enum tbc_err err = TBC_OK;

    if (w->encrypt) {
        (void)tbc_buf_printf(&what, "pass phrase for %s", w->file);
        err = tbc_pass_read(&w->pass, tbc_buf_str(&what), true, &phrase, fault);
    }
    if (err == TBC_OK && (err = tbc_key_make(key, w->alg)) == TBC_OK) {
        const struct tbc_span given = tbc_buf_span(&phrase);

        err = tbc_key_write_private(*key, w->file, w->encrypt ? &given : NULL);
    }
    tbc_buf_fini(&what);
    tbc_buf_fini(&phrase);
    return err;
}

bool
cli_take_new_key(struct cli_new_key *key, int option)
{
    switch (option) {
    case 'o':
        key->file = optarg;
        return true;
    case CLI_PKCS11:
        key->token = optarg;
        return true;
    case 'e':
        key->encrypt = true;
        return true;
    case CLI_PASS_FILE:
        key->pass.file = optarg;
        return true;
    case 'a':
        if (tbc_alg_parse(tbc_span_str(optarg), &key->alg) &&
            tbc_alg_known(key->alg) != TBC_ALG_NONE) {
            return true;
        }
        (void)cli_misuse("%s: no such algorithm", optarg);
        return false;
    default:
        return false;
    }
}

enum cli_exit
cli_make_key(const struct cli_new_key *wanted, struct tbc_key **key)
{
    const char *where = wanted->token != NULL ? wanted->token : wanted->file;
    struct tbc_key_fault fault = { "" };
    enum tbc_err err;

    *key = NULL;
    err = wanted->token != NULL
              ? tbc_key_make_in_token(key, wanted->alg, where, &wanted->pass, &fault)
              : make_file(wanted, key, &fault);
    if (err == TBC_OK) {
        return CLI_YES;
    }
    tbc_key_free(key);
    return cli_bad_key(where, err, &fault);
}

bool
cli_parse_key_form(const char *text, enum cli_key_form *form)
{
    static const char *const names[] = { [CLI_KEY_PEM] = "pem",
                                         [CLI_KEY_DER] = "der",
                                         [CLI_KEY_JWK] = "jwk",
                                         [CLI_KEY_COSE] = "cose" };

    for (unsigned i = CLI_KEY_PEM; i <= CLI_KEY_COSE; i++) {
        if (strcmp(text, names[i]) == 0) {
            *form = (enum cli_key_form)i;
            return true;
        }
    }
    (void)cli_misuse("%s: no such form; pem, der, jwk or cose", text);
    return false;
}

static enum tbc_err
put_public(const struct tbc_key *key, enum cli_key_form form, struct tbc_buf *out)
{
    switch (form) {
    case CLI_KEY_TABLE:
    case CLI_KEY_PEM:
        return tbc_key_put_pem(key, out);
    case CLI_KEY_DER:
        return tbc_key_put_der(key, out);
    case CLI_KEY_JWK:
        return tbc_key_put_jwk(key, out);
    case CLI_KEY_COSE:
        return tbc_key_put_cose(key, out);
    }
    return TBC_ERR_UNSUPPORTED;
}

static const char *
profile_of(const struct tbc_key *key)
{
    enum tbc_alg alg = tbc_key_alg(key);

    return alg == TBC_ALG_SM2                   ? "sm"
           : tbc_alg_known(alg) == TBC_ALG_NONE ? "none"
                                                : "international";
}

static const char *
held_in(const struct tbc_key *key)
{
    switch (tbc_key_kept(key)) {
    case TBC_KEY_PUBLIC:
        break;
    case TBC_KEY_PLAIN:
        return "file";
    case TBC_KEY_ENCRYPTED:
        return "encrypted file";
    case TBC_KEY_TOKEN:
        return "token";
    }
    return "nowhere here";
}

static json_t *
json_public(const struct tbc_buf *half, enum cli_key_form form)
{
    return form == CLI_KEY_DER || form == CLI_KEY_COSE
               ? cli_json_hex(tbc_buf_span(half))
               : json_stringn((const char *)half->ptr, half->len);
}

static void
print_json(const struct tbc_key *key, const struct tbc_buf *half,
           enum cli_key_form form, json_t *extra)
{
    uint8_t thumbprint[TBC_KEY_THUMBPRINT_LEN];
    uint8_t kid[TBC_KID_LEN];
    json_t *object;

    tbc_key_kid(key, kid);
    tbc_key_thumbprint(key, thumbprint);
    object = json_pack("{s:o, s:s, s:s, s:s, s:o, s:b, s:s, s:o}", "kid",
                       cli_json_hex(tbc_span_of(kid, sizeof kid)), "alg",
                       tbc_alg_name(tbc_key_alg(key)), "curve", tbc_key_curve(key),
                       "profile", profile_of(key), "thumbprint",
                       cli_json_hex(tbc_span_of(thumbprint, sizeof thumbprint)),
                       "private", tbc_key_is_private(key) ? 1 : 0, "held", held_in(key),
                       "public", json_public(half, form));
    if (*tbc_key_token(key) != '\0') {
        (void)json_object_set_new(object, "token", json_string(tbc_key_token(key)));
    }
    if (extra != NULL) {
        (void)json_object_update(object, extra);
    }
    cli_print_json(object);
}

static void
print_hex(const char *name, const uint8_t *bytes, size_t len)
{
    printf("%s ", name);
    for (size_t i = 0; i < len; i++) {
        printf("%02x", bytes[i]);
    }
    putchar('\n');
}

static void
print_table(const struct tbc_key *key, const struct tbc_buf *half)
{
    uint8_t thumbprint[TBC_KEY_THUMBPRINT_LEN];
    const char *token = tbc_key_token(key);

    tbc_key_thumbprint(key, thumbprint);
    print_hex("kid", thumbprint, TBC_KID_LEN);
    printf("alg %s\ncurve %s\nprofile %s\n", tbc_alg_name(tbc_key_alg(key)),
           tbc_key_curve(key), profile_of(key));
    print_hex("thumbprint", thumbprint, sizeof thumbprint);
    printf("private %s\nheld %s%s%s\n", tbc_key_is_private(key) ? "yes" : "no",
           held_in(key), *token == '\0' ? "" : " ", token);
    (void)fwrite(half->ptr, 1, half->len, stdout);
}

enum cli_exit
cli_print_key(const struct tbc_key *key, enum cli_key_form form, bool as_json,
              json_t *extra)
{
    struct tbc_buf half = { 0 };
    enum tbc_err err = put_public(key, form, &half);

    if (err == TBC_OK && as_json) {
        print_json(key, &half, form, extra);
    } else if (err == TBC_OK && form == CLI_KEY_TABLE) {
        print_table(key, &half);
    } else if (err == TBC_OK) {
        (void)fwrite(half.ptr, 1, half.len, stdout);
        if (form == CLI_KEY_JWK) {
            putchar('\n');
        }
    }
    json_decref(extra);
    tbc_buf_fini(&half);
    return err == TBC_OK ? CLI_YES : cli_fail("key", err);
}
