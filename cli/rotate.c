/* keys rotate: a station's next key, beside the present one for as long as both are wanted. */
#include "commands.h"
#include "key.h"
#include "sys/clock.h"
#include "trust.h"

#include <string.h>

#define HOUR_S        INT64_C(3600)
#define OVERLAP_H     24
#define OVERLAP_MAX_H (366 * 24)

enum rotate_option {
    OPT_OVERLAP = 256,
};

struct request {
    struct cli_new_key key;
    const char *list;
    const char *station;
    struct tbc_utc from;
    struct tbc_utc to; /* { 0 }: the list's end */
    uint64_t overlap_h;
    bool as_json;
};

static bool
take(struct request *r, int c)
{
    switch (c) {
    case 'l':
        r->list = optarg;
        return true;
    case 's':
        r->station = optarg;
        return true;
    case 'f':
        return cli_parse_time(optarg, &r->from);
    case 't':
        return cli_parse_time(optarg, &r->to);
    case OPT_OVERLAP:
        if (cli_parse_number(optarg, &r->overlap_h) && r->overlap_h > 0 &&
            r->overlap_h <= OVERLAP_MAX_H) {
            return true;
        }
        (void)cli_misuse("--overlap %s: hours, at most a year of them", optarg);
        return false;
    case CLI_JSON:
        r->as_json = true;
        return true;
    default:
        return cli_take_new_key(&r->key, c);
    }
}

/* The station's newest row, or NULL. */
static struct tbc_trust_key *
newest_row(struct tbc_trustlist *list, const char *station)
{
    struct tbc_trust_key *newest = NULL;

    for (size_t i = 0; i < list->keys_n; i++) {
        struct tbc_trust_key *row = &list->keys[i];

        if (strcmp(row->station, station) == 0 &&
            (newest == NULL || row->not_before.s >= newest->not_before.s)) {
            newest = row;
        }
    }
    return newest;
}

/* Everything that could be wrong, before a key is made. */
static enum cli_exit
check(struct request *r, const struct tbc_trustlist *list,
      const struct tbc_trust_key *old)
{
    if (old == NULL) {
        cli_say("%s: no key of station %s: trust add gives it its first", r->list,
                r->station);
        return CLI_NO;
    }
    if (r->key.alg == TBC_ALG_NONE) {
        r->key.alg = old->alg;
    }
    if ((r->key.alg == TBC_ALG_SM2) != (old->alg == TBC_ALG_SM2)) {
        cli_say(
            "%s: %s after %s would change the station's profile; keys make and trust "
            "add begin a key of the other one",
            r->list, tbc_alg_name(r->key.alg), tbc_alg_name(old->alg));
        return CLI_NO;
    }
    r->to = r->to.s != 0 ? r->to : list->exp;
    if (r->from.s < old->not_before.s || r->to.s <= r->from.s) {
        cli_say("%s: the next key must begin after the present one and end after it "
                "begins; --from and --to tell when",
                r->list);
        return CLI_NO;
    }
    return CLI_YES;
}

static void
tell_next_steps(const struct request *r, struct tbc_utc old_end)
{
    char from[TBC_RFC3339_SIZE];
    char end[TBC_RFC3339_SIZE];

    tbc_utc_format(r->from, from);
    tbc_utc_format(old_end, end);
    cli_say("1. sign the draft: tbc trust sign --list %s --root ROOT --out trust.cose",
            r->list);
    cli_say("2. give trust.cose and the next key to the station (--next-issuer, or "
            "issuer-next.pem in its folder), then SIGHUP, before %s",
            from);
    cli_say(
        "3. it changes over at %s by itself; the present key serves until %s and may "
        "go after that",
        from, end);
}

/* The new row, and the old one shortened to the overlap: the station may change over at any moment
 * of it.  What the old key signed before stays good, for a certificate is judged by the key's
 * validity at its issue. */
static enum cli_exit
change_list(const struct request *r, struct tbc_trustlist *list,
            struct tbc_trust_key *old, const struct tbc_key *key, struct tbc_utc *end)
{
    struct tbc_trust_key row = *old;
    enum tbc_err err;

    end->s = r->from.s + (int64_t)r->overlap_h * HOUR_S;
    end->s = old->not_after.s < end->s ? old->not_after.s : end->s;
    old->not_after = *end;
    row.not_before = r->from;
    row.not_after = r->to;
    list->version++;
    if ((err = cli_fill_row(key, &row)) != TBC_OK ||
        (err = tbc_trustlist_add(list, &row)) != TBC_OK) {
        return cli_fail(r->list, err);
    }
    return cli_write_draft(list, r->list);
}

static enum cli_exit
print(const struct request *r, const struct tbc_key *key, const uint8_t *old_kid,
      struct tbc_utc end)
{
    json_t *extra = json_pack(
        "{s:s, s:o, s:o, s:o, s:o}", "station", r->station, "from",
        cli_json_time(r->from), "to", cli_json_time(r->to), "old_kid",
        cli_json_hex(tbc_span_of(old_kid, TBC_KID_LEN)), "old_to", cli_json_time(end));

    tell_next_steps(r, end);
    return cli_print_key(key, CLI_KEY_TABLE, r->as_json, extra);
}

/* The private key is kept before the list names it: never the other way round. */
static enum cli_exit
rotate(struct request *r, struct tbc_trustlist *list)
{
    struct tbc_trust_key *old = newest_row(list, r->station);
    struct tbc_key *key = NULL;
    uint8_t old_kid[TBC_KID_LEN] = { 0 };
    struct tbc_utc end = { 0 };
    enum cli_exit rc;

    if ((rc = check(r, list, old)) != CLI_YES || old == NULL ||
        (rc = cli_make_key(&r->key, &key)) != CLI_YES) {
        return rc;
    }
    memcpy(old_kid, old->kid, sizeof old_kid);
    rc = change_list(r, list, old, key, &end);
    if (rc == CLI_YES) {
        rc = print(r, key, old_kid, end);
    } else {
        cli_say("the new key is made and stays; trust add takes it");
    }
    tbc_key_free(&key);
    return rc;
}

enum cli_exit
cli_keys_rotate(int argc, char **argv)
{
    static const struct option options[] = {
        { "list", required_argument, NULL, 'l' },
        { "station", required_argument, NULL, 's' },
        { "out", required_argument, NULL, 'o' },
        { "pkcs11", required_argument, NULL, CLI_PKCS11 },
        { "alg", required_argument, NULL, 'a' },
        { "encrypt", no_argument, NULL, 'e' },
        { "from", required_argument, NULL, 'f' },
        { "to", required_argument, NULL, 't' },
        { "overlap", required_argument, NULL, OPT_OVERLAP },
        CLI_OPTION_PASS_FILE,
        CLI_OPTION_JSON,
        { 0 }
    };
    struct request r = { .from = tbc_clock_utc(), .overlap_h = OVERLAP_H };
    struct tbc_trustlist list = { 0 };
    enum cli_exit rc;
    int c;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--sealing") == 0 || strcmp(argv[i], "--pseudonym") == 0) {
            return cli_keys_rotate_secret(argc, argv);
        }
    }
    while ((c = cli_option(argc, argv, "", options)) != -1) {
        if (c == '?' || !take(&r, c)) {
            return CLI_USAGE;
        }
    }
    if (r.list == NULL || r.station == NULL || optind < argc ||
        (r.key.file == NULL) == (r.key.token == NULL)) {
        return cli_misuse("keys rotate wants --list, --station, and --out or --pkcs11");
    }
    if (r.key.token != NULL && r.key.encrypt) {
        return cli_misuse("--encrypt: a token keeps its keys by itself");
    }
    r.key.encrypt = r.key.encrypt || (r.key.file != NULL && r.key.pass.file != NULL);
    r.key.pass.may_prompt = true;
    if ((rc = cli_read_draft(r.list, &list)) == CLI_YES) {
        rc = rotate(&r, &list);
    }
    tbc_trustlist_fini(&list);
    return rc;
}
