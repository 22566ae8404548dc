/* Trust lists.  A draft is the payload alone; "sign" makes the COSE_Sign1 that programs believe. */
#include "base/text.h"
#include "codec/trustlist.h"
#include "commands.h"
#include "crypto/sign.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <stdio.h>
#include <string.h>

#define KEY_FILE_MAX 16384
#define YEAR_S       (INT64_C(365) * TBC_DAY_S)
#define WARNING_S    (INT64_C(30) * TBC_DAY_S)
#define OVERLAP_S    ((int64_t)TBC_DAY_S)

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
    enum tbc_alg alg;
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
    case 'a':
        if (!tbc_alg_parse(tbc_span_str(optarg), &r->alg)) {
            (void)cli_misuse("%s: no such algorithm", optarg);
            return false;
        }
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

/* A row of the list from a key file; dates and addresses are the caller's. */
static enum cli_exit
read_row(const char *path, struct tbc_trust_key *row)
{
    struct tbc_buf file = { 0 };
    struct tbc_key *key = NULL;
    struct tbc_buf cose;
    enum cli_exit rc;
    enum tbc_err err;

    if ((rc = cli_read(path, KEY_FILE_MAX, &file)) == CLI_YES) {
        tbc_buf_init_fixed(&cose, row->key, sizeof row->key);
        if ((err = tbc_key_parse_public(&key, tbc_buf_span(&file))) == TBC_OK &&
            (err = tbc_key_put_cose(key, &cose)) == TBC_OK) {
            row->key_len = cose.len;
            row->alg = tbc_key_alg(key);
            tbc_key_kid(key, row->kid);
        } else {
            rc = cli_fail(path, err);
        }
    }
    tbc_key_free(&key);
    tbc_buf_fini(&file);
    return rc;
}

static enum cli_exit
add_row(struct tbc_trustlist *list, const char *path, const struct tbc_trust_key *row)
{
    enum tbc_err err = tbc_trustlist_add(list, row);

    return err == TBC_OK ? CLI_YES : cli_fail(path, err);
}

static enum cli_exit
write_list(const struct tbc_trustlist *list, const char *path)
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

/* A list that may still be changed: a signed one would lose its signature without a word. */
static enum cli_exit
read_draft(const char *path, struct tbc_span bytes, struct tbc_trustlist *list)
{
    bool is_signed = false;
    enum cli_exit rc = read_list(path, bytes, list, &is_signed);

    if (rc == CLI_YES && is_signed) {
        cli_say("%s: signed already; change the draft", path);
        rc = CLI_NO;
    }
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
                                             CLI_OPTION_JSON,
                                             { 0 } };
    struct request r = { 0 };
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

        if ((rc = read_row(r.roots[i], &row)) == CLI_YES) {
            rc = add_row(&list, r.roots[i], &row);
        }
    }
    if (rc == CLI_YES) {
        rc = write_list(&list, r.out);
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
        CLI_OPTION_JSON,
        { 0 }
    };
    struct request r = { 0 };
    struct tbc_trustlist list = { 0 };
    struct tbc_trust_key row = { 0 };
    struct tbc_buf file = { 0 };
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
    if ((rc = cli_read(r.list, TBC_TRUST_BYTES_MAX, &file)) == CLI_YES &&
        (rc = read_draft(r.list, tbc_buf_span(&file), &list)) == CLI_YES &&
        (rc = read_row(r.key, &row)) == CLI_YES) {
        memcpy(row.station, r.station, strlen(r.station) + 1);
        memcpy(row.status_uri, r.uri, strlen(r.uri) + 1);
        row.not_before.s = r.from.s != 0 ? r.from.s : list.iat.s;
        row.not_after.s = r.to.s != 0 ? r.to.s : list.exp.s;
        list.version++;
        if ((rc = add_row(&list, r.key, &row)) == CLI_YES) {
            rc = write_list(&list, r.list);
        }
    }
    tbc_trustlist_fini(&list);
    tbc_buf_fini(&file);
    return rc;
}

/* The station's newest row, or NULL. */
static struct tbc_trust_key *
newest_row(struct tbc_trustlist *list, const char *station)
{
    struct tbc_trust_key *newest = NULL;

    for (size_t i = 0; i < list->keys_n; i++) {
        struct tbc_trust_key *row = &list->keys[i];

        if (strcmp(row->station, station) == 0 &&
            (newest == NULL || row->not_before.s > newest->not_before.s)) {
            newest = row;
        }
    }
    return newest;
}

/* The new key begins at from; the old one still serves for OVERLAP_S, so that the station may
 * change over at any moment of it. */
static enum cli_exit
rotate(const struct request *r, struct tbc_trustlist *list, const struct tbc_key *key)
{
    struct tbc_trust_key *old = newest_row(list, r->station);
    struct tbc_trust_key row;
    struct tbc_buf cose;
    enum tbc_err err;
    enum cli_exit rc;

    if (old == NULL) {
        cli_say("%s: no key of station %s: trust add gives it its first", r->list,
                r->station);
        return CLI_NO;
    }
    row = *old;
    row.alg = tbc_key_alg(key);
    row.not_before = r->from;
    row.not_after = r->to.s != 0 ? r->to : list->exp;
    tbc_key_kid(key, row.kid);
    tbc_buf_init_fixed(&cose, row.key, sizeof row.key);
    if ((err = tbc_key_put_cose(key, &cose)) != TBC_OK) {
        return cli_fail(r->out, err);
    }
    row.key_len = cose.len;
    if (old->not_after.s > r->from.s + OVERLAP_S) {
        old->not_after.s = r->from.s + OVERLAP_S;
    }
    list->version++;
    rc = add_row(list, r->list, &row);
    return rc != CLI_YES ? rc : write_list(list, r->list);
}

/* The private key is on disk before the list names it: never the other way round. */
static enum cli_exit
make_and_rotate(const struct request *r, struct tbc_trustlist *list)
{
    struct tbc_key *key = NULL;
    enum tbc_err err;
    enum cli_exit rc;

    if ((err = tbc_key_make(&key, r->alg)) != TBC_OK ||
        (err = tbc_key_write_private(key, r->out, NULL)) != TBC_OK) {
        rc = cli_fail(r->out, err);
    } else if ((rc = rotate(r, list, key)) == CLI_YES) {
        rc = cli_print_key(key, r->as_json);
    } else {
        (void)remove(r->out);
    }
    tbc_key_free(&key);
    return rc;
}

enum cli_exit
cli_keys_rotate(int argc, char **argv)
{
    static const struct option options[] = { { "list", required_argument, NULL, 'l' },
                                             { "station", required_argument, NULL,
                                               's' },
                                             { "out", required_argument, NULL, 'o' },
                                             { "alg", required_argument, NULL, 'a' },
                                             { "from", required_argument, NULL, 'f' },
                                             { "to", required_argument, NULL, 't' },
                                             CLI_OPTION_JSON,
                                             { 0 } };
    struct request r = { .from = tbc_clock_utc(), .alg = TBC_ALG_ES256 };
    struct tbc_trustlist list = { 0 };
    struct tbc_buf file = { 0 };
    enum cli_exit rc = parse(argc, argv, options, &r);

    if (rc != CLI_YES) {
        return rc;
    }
    if (r.list == NULL || r.station == NULL || r.out == NULL || optind < argc) {
        return cli_misuse("keys rotate wants --list, --station and --out");
    }
    if ((rc = cli_read(r.list, TBC_TRUST_BYTES_MAX, &file)) == CLI_YES &&
        (rc = read_draft(r.list, tbc_buf_span(&file), &list)) == CLI_YES) {
        rc = make_and_rotate(&r, &list);
    }
    tbc_trustlist_fini(&list);
    tbc_buf_fini(&file);
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
    } else if ((err = tbc_sign_cose(root, TBC_TYP_TRUST, payload, &out)) != TBC_OK ||
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
                                             CLI_OPTION_JSON,
                                             { 0 } };
    struct request r = { 0 };
    struct tbc_buf file = { 0 };
    struct tbc_key *root = NULL;
    enum tbc_err err;
    enum cli_exit rc = parse(argc, argv, options, &r);

    if (rc != CLI_YES) {
        return rc;
    }
    if (r.list == NULL || r.roots_n != 1 || r.out == NULL || optind < argc) {
        return cli_misuse("trust sign wants --list, --root and --out");
    }
    if ((rc = cli_read(r.list, TBC_TRUST_BYTES_MAX, &file)) == CLI_YES) {
        err = tbc_key_open(&root, r.roots[0], NULL, NULL);
        rc = err == TBC_OK ? sign_list(&r, root, tbc_buf_span(&file))
                           : cli_fail(r.roots[0], err);
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
    struct request r = { 0 };
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
