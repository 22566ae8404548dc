/* Trust lists.  A draft is the payload alone; "sign" makes the COSE_Sign1 that programs believe. */
#include "trust.h"

#include "base/text.h"
#include "codec/trustlist.h"
#include "commands.h"
#include "crypto/sign.h"
#include "key.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <stdio.h>
#include <string.h>

#define YEAR_S    (INT64_C(365) * TBC_DAY_S)
#define WARNING_S (INT64_C(30) * TBC_DAY_S)

struct request {
    const char *roots[TBC_TRUST_ROOTS_MAX];
    size_t roots_n;
    const char *list;
    const char *out;
    const char *station;
    const char *key;
    const char *uri;
    struct tbc_utc from;
    struct tbc_utc to;
    struct tbc_utc warn;
    struct tbc_pass pass;
    bool as_json;
};

/* One set of options for the four commands; each checks what it wants. */
static bool
take(struct request *r, int c)
{
    switch (c) {
    case 'r':
        if (r->roots_n == TBC_TRUST_ROOTS_MAX) {
            (void)cli_misuse("--root: at most two");
            return false;
        }
        r->roots[r->roots_n++] = optarg;
        return true;
    case 'l':
        r->list = optarg;
        return true;
    case 'o':
        r->out = optarg;
        return true;
    case 's':
        r->station = optarg;
        return true;
    case 'k':
        r->key = optarg;
        return true;
    case 'u':
        r->uri = optarg;
        return true;
    case 'f':
        return cli_parse_time(optarg, &r->from);
    case 't':
        return cli_parse_time(optarg, &r->to);
    case 'w':
        return cli_parse_time(optarg, &r->warn);
    case CLI_PASS_FILE:
        r->pass.file = optarg;
        return true;
    case CLI_JSON:
        r->as_json = true;
        return true;
    default:
        return false;
    }
}

static enum cli_exit
parse(int argc, char **argv, const struct option *options, struct request *r)
{
    int c;

    while ((c = cli_option(argc, argv, "", options)) != -1) {
        if (c == '?' || !take(r, c)) {
            return CLI_USAGE;
        }
    }
    return CLI_YES;
}

enum tbc_err
cli_fill_row(const struct tbc_key *key, struct tbc_trust_key *row)
{
    struct tbc_buf cose;
    enum tbc_err err;

    tbc_buf_init_fixed(&cose, row->key, sizeof row->key);
    if ((err = tbc_key_put_cose(key, &cose)) == TBC_OK) {
        row->key_len = cose.len;
        row->alg = tbc_key_alg(key);
        tbc_key_kid(key, row->kid);
    }
    return err;
}

/* A row of the list from a key; dates and addresses are the caller's.  A key that others use with
 * curves of theirs is none for a list of ours. */
static enum cli_exit
read_row(const char *name, const struct tbc_pass *pass, struct tbc_trust_key *row)
{
    struct tbc_key *key = NULL;
    enum cli_exit rc = cli_read_own_key(name, pass, &key);
    enum tbc_err err;

    if (rc == CLI_YES && tbc_alg_known(tbc_key_alg(key)) == TBC_ALG_NONE) {
        cli_say("%s: no list may name a key of %s", name, tbc_key_curve(key));
        rc = CLI_NO;
    } else if (rc == CLI_YES && (err = cli_fill_row(key, row)) != TBC_OK) {
        rc = cli_fail(name, err);
    }
    tbc_key_free(&key);
    return rc;
}

static enum cli_exit
add_row(struct tbc_trustlist *list, const char *path, const struct tbc_trust_key *row)
{
    enum tbc_err err = tbc_trustlist_add(list, row);

    return err == TBC_OK ? CLI_YES : cli_fail(path, err);
}

enum cli_exit
cli_write_draft(const struct tbc_trustlist *list, const char *path)
{
    struct tbc_buf out = { 0 };
    enum tbc_err err;

    if ((err = tbc_trustlist_encode(list, &out)) == TBC_OK) {
        err = tbc_file_write(path, tbc_buf_span(&out), 0644);
    }
    tbc_buf_fini(&out);
    return err == TBC_OK ? CLI_YES : cli_fail(path, err);
}

/* A draft or a signed list; signed (may be NULL) says which. */
static enum cli_exit
read_list(const char *path, struct tbc_span bytes, struct tbc_trustlist *list,
          bool *is_signed)
{
    struct tbc_fault fault = { 0 };
    struct tbc_cose msg;
    bool wrapped = bytes.len > 0 && bytes.ptr[0] == 0xd2; /* tag 18 */
    enum tbc_err err = wrapped ? tbc_cose_open(&msg, bytes, &fault) : TBC_OK;

    if (err == TBC_OK) {
        err = tbc_trustlist_decode(list, wrapped ? msg.payload : bytes, &fault);
    }
    if (is_signed != NULL) {
        *is_signed = wrapped;
    }
    return err == TBC_OK ? CLI_YES : cli_bad_input(path, err, &fault);
}

enum cli_exit
cli_read_ring(const char *path, struct tbc_keyring **ring)
{
    struct tbc_buf file = { 0 };
    struct tbc_fault fault = { 0 };
    enum cli_exit rc = cli_read(path, TBC_TRUST_BYTES_MAX, &file);
    enum tbc_err err;

    *ring = NULL;
    if (rc == CLI_YES &&
        (err = tbc_keyring_open(ring, tbc_buf_span(&file), NULL, &fault)) != TBC_OK) {
        rc = cli_disbelieve(path, err, &fault);
    }
    tbc_buf_fini(&file);
    return rc;
}

enum cli_exit
cli_read_draft(const char *path, struct tbc_trustlist *list)
{
    struct tbc_buf file = { 0 };
    bool is_signed = false;
    enum cli_exit rc = cli_read(path, TBC_TRUST_BYTES_MAX, &file);

    if (rc == CLI_YES) {
        rc = read_list(path, tbc_buf_span(&file), list, &is_signed);
    }
    if (rc == CLI_YES && is_signed) {
        cli_say("%s: signed already; change the draft", path);
        rc = CLI_NO;
    }
    tbc_buf_fini(&file);
    return rc;
}

enum cli_exit
cli_trust_make(int argc, char **argv)
{
    static const struct option options[] = { { "root", required_argument, NULL, 'r' },
                                             { "out", required_argument, NULL, 'o' },
                                             { "warn", required_argument, NULL, 'w' },
                                             { "expires", required_argument, NULL,
                                               't' },
                                             CLI_OPTION_PASS_FILE,
                                             CLI_OPTION_JSON,
                                             { 0 } };
    struct request r = { .pass.may_prompt = true };
    struct tbc_trustlist list = { .version = 1, .iat = tbc_clock_utc() };
    enum cli_exit rc = parse(argc, argv, options, &r);

    if (rc != CLI_YES) {
        return rc;
    }
    if (r.roots_n == 0 || r.out == NULL || optind < argc) {
        return cli_misuse("trust make wants --root and --out");
    }
    list.exp.s = r.to.s != 0 ? r.to.s : list.iat.s + YEAR_S;
    list.warn.s = r.warn.s != 0 ? r.warn.s : list.exp.s - WARNING_S;
    for (size_t i = 0; i < r.roots_n && rc == CLI_YES; i++) {
        struct tbc_trust_key row = { .not_before = list.iat, .not_after = list.exp };

        if ((rc = read_row(r.roots[i], &r.pass, &row)) == CLI_YES) {
            rc = add_row(&list, r.roots[i], &row);
        }
    }
    if (rc == CLI_YES) {
        rc = cli_write_draft(&list, r.out);
    }
    tbc_trustlist_fini(&list);
    return rc;
}

enum cli_exit
cli_trust_add(int argc, char **argv)
{
    static const struct option options[] = {
        { "list", required_argument, NULL, 'l' },
        { "station", required_argument, NULL, 's' },
        { "key", required_argument, NULL, 'k' },
        { "status-uri", required_argument, NULL, 'u' },
        { "from", required_argument, NULL, 'f' },
        { "to", required_argument, NULL, 't' },
        CLI_OPTION_PASS_FILE,
        CLI_OPTION_JSON,
        { 0 }
    };
    struct request r = { .pass.may_prompt = true };
    struct tbc_trustlist list = { 0 };
    struct tbc_trust_key row = { 0 };
    enum cli_exit rc = parse(argc, argv, options, &r);

    if (rc != CLI_YES) {
        return rc;
    }
    if (r.list == NULL || r.station == NULL || r.key == NULL || r.uri == NULL ||
        optind < argc) {
        return cli_misuse("trust add wants --list, --station, --key and --status-uri");
    }
    if (*r.station == '\0' || strlen(r.station) > TBC_TELECODE_MAX ||
        strlen(r.uri) > TBC_STATUS_URI_MAX) {
        return cli_misuse("--station or --status-uri: too long or empty");
    }
    if ((rc = cli_read_draft(r.list, &list)) == CLI_YES &&
        (rc = read_row(r.key, &r.pass, &row)) == CLI_YES) {
        memcpy(row.station, r.station, strlen(r.station) + 1);
        memcpy(row.status_uri, r.uri, strlen(r.uri) + 1);
        row.not_before.s = r.from.s != 0 ? r.from.s : list.iat.s;
        row.not_after.s = r.to.s != 0 ? r.to.s : list.exp.s;
        list.version++;
        if ((rc = add_row(&list, r.key, &row)) == CLI_YES) {
            rc = cli_write_draft(&list, r.list);
        }
    }
    tbc_trustlist_fini(&list);
    return rc;
}

/* A list must be good before it is signed: whoever signs does not see bytes. */
static enum cli_exit
sign_list(const struct request *r, struct tbc_key *root, struct tbc_span payload)
{
    struct tbc_trustlist list = { 0 };
    struct tbc_buf out = { 0 };
    uint8_t kid[TBC_KID_LEN];
    bool is_root = false;
    bool is_signed;
    enum tbc_err err = TBC_OK;
    enum cli_exit rc = read_list(r->list, payload, &list, &is_signed);

    if (rc != CLI_YES) {
        return rc;
    }
    tbc_key_kid(root, kid);
    for (size_t i = 0; i < list.roots_n; i++) {
        is_root = is_root || memcmp(kid, list.roots[i].kid, TBC_KID_LEN) == 0;
    }
    if (is_signed || !is_root) {
        cli_say("%s: %s", r->list,
                is_signed ? "signed already; sign the draft"
                          : "this key is no root of the list");
        rc = CLI_NO;
    } else if ((err = tbc_sign_cose(root, TBC_TYP_TRUST, payload, &out)) != TBC_OK &&
               *tbc_key_trouble(root) != '\0') {
        cli_say("%s", tbc_key_trouble(root));
        rc = CLI_UNKNOWN;
    } else if (err != TBC_OK ||
               (err = tbc_file_write(r->out, tbc_buf_span(&out), 0644)) != TBC_OK) {
        rc = cli_fail(r->out, err);
    }
    tbc_buf_fini(&out);
    tbc_trustlist_fini(&list);
    return rc;
}

enum cli_exit
cli_trust_sign(int argc, char **argv)
{
    static const struct option options[] = { { "list", required_argument, NULL, 'l' },
                                             { "root", required_argument, NULL, 'r' },
                                             { "out", required_argument, NULL, 'o' },
                                             CLI_OPTION_PASS_FILE,
                                             CLI_OPTION_JSON,
                                             { 0 } };
    struct request r = { .pass.may_prompt = true };
    struct tbc_buf file = { 0 };
    struct tbc_key *root = NULL;
    enum cli_exit rc = parse(argc, argv, options, &r);

    if (rc != CLI_YES) {
        return rc;
    }
    if (r.list == NULL || r.roots_n != 1 || r.out == NULL || optind < argc) {
        return cli_misuse("trust sign wants --list, --root and --out");
    }
    if ((rc = cli_read(r.list, TBC_TRUST_BYTES_MAX, &file)) == CLI_YES) {
        rc = cli_open_key(r.roots[0], &r.pass, &root);
    }
    if (rc == CLI_YES) {
        rc = sign_list(&r, root, tbc_buf_span(&file));
    }
    tbc_key_free(&root);
    tbc_buf_fini(&file);
    return rc;
}

static json_t *
json_row(const struct tbc_trust_key *row)
{
    return json_pack("{s:s, s:o, s:s, s:o, s:o, s:s}", "station", row->station, "kid",
                     cli_json_hex(tbc_span_of(row->kid, TBC_KID_LEN)), "alg",
                     tbc_alg_name(row->alg), "from", cli_json_time(row->not_before),
                     "to", cli_json_time(row->not_after), "status_uri",
                     row->status_uri);
}

static void
print_list_json(const struct tbc_trustlist *list, bool is_signed)
{
    json_t *roots = json_array();
    json_t *keys = json_array();

    for (size_t i = 0; i < list->roots_n; i++) {
        json_array_append_new(roots, json_row(&list->roots[i]));
    }
    for (size_t i = 0; i < list->keys_n; i++) {
        json_array_append_new(keys, json_row(&list->keys[i]));
    }
    cli_print_json(json_pack("{s:I, s:b, s:o, s:o, s:o, s:o, s:o}", "version",
                             (json_int_t)list->version, "signed", is_signed ? 1 : 0,
                             "iat", cli_json_time(list->iat), "warn",
                             cli_json_time(list->warn), "exp", cli_json_time(list->exp),
                             "roots", roots, "keys", keys));
}

static void
print_row(const struct tbc_trust_key *row)
{
    char from[TBC_RFC3339_SIZE];
    char to[TBC_RFC3339_SIZE];

    tbc_utc_format(row->not_before, from);
    tbc_utc_format(row->not_after, to);
    printf("%-7s ", row->station[0] == '\0' ? "root" : row->station);
    for (size_t i = 0; i < TBC_KID_LEN; i++) {
        printf("%02x", row->kid[i]);
    }
    printf(" %-6s %s %s %s\n", tbc_alg_name(row->alg), from, to, row->status_uri);
}

enum cli_exit
cli_trust_show(int argc, char **argv)
{
    static const struct option options[] = { CLI_OPTION_JSON, { 0 } };
    struct request r = { .pass.may_prompt = true };
    struct tbc_trustlist list = { 0 };
    struct tbc_buf file = { 0 };
    char exp[TBC_RFC3339_SIZE];
    const char *path;
    bool is_signed;
    enum cli_exit rc = parse(argc, argv, options, &r);

    if (rc == CLI_YES &&
        (rc = cli_read_operand(argc, argv, TBC_TRUST_BYTES_MAX, &file, &path)) ==
            CLI_YES &&
        (rc = read_list(path, tbc_buf_span(&file), &list, &is_signed)) == CLI_YES) {
        if (r.as_json) {
            print_list_json(&list, is_signed);
        } else {
            tbc_utc_format(list.exp, exp);
            printf("version %llu, %s, ends %s\n", (unsigned long long)list.version,
                   is_signed ? "signed" : "a draft", exp);
            for (size_t i = 0; i < list.roots_n; i++) {
                print_row(&list.roots[i]);
            }
            for (size_t i = 0; i < list.keys_n; i++) {
                print_row(&list.keys[i]);
            }
        }
    }
    tbc_trustlist_fini(&list);
    tbc_buf_fini(&file);
    return rc;
}
