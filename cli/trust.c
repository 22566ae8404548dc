/* tbc trust make, add, roll, end, renew: the draft of a trust list, from its beginning on. */
#include "trust.h"

#include "commands.h"
#include "options.h"
#include "sys/clock.h"

#include <string.h>

#define YEAR_S    (INT64_C(365) * TBC_DAY_S)
#define WARNING_S (INT64_C(30) * TBC_DAY_S)

struct request {
    struct cli_texts roots;
    const char *list; /* make: --out */
    const char *station;
    const char *key;
    const char *uri;
    struct tbc_utc from;
    struct tbc_utc to;
    struct tbc_utc warn;
    struct tbc_pass pass;
    bool remove;
    bool as_json;
};

#define FLAG_LIST                                              \
    {                                                          \
        "list", CLI_TEXT, true, offsetof(struct request, list) \
    }
#define FLAG_PASS                                                         \
    {                                                                     \
        "pass-file", CLI_TEXT, false, offsetof(struct request, pass.file) \
    }
#define FLAG_JSON                                                    \
    {                                                                \
        "json", CLI_SWITCH, false, offsetof(struct request, as_json) \
    }

/* When a list ends and when programs begin to complain. */
static void
set_end(const struct request *r, struct tbc_trustlist *list)
{
    list->exp.s = r->to.s != 0 ? r->to.s : list->iat.s + YEAR_S;
    list->warn.s = r->warn.s != 0 ? r->warn.s : list->exp.s - WARNING_S;
    if (r->warn.s == 0 && list->warn.s < list->iat.s) {
        list->warn = list->iat; /* a list of a few days: from the beginning */
    }
}

static enum cli_exit
add_roots(const struct request *r, struct tbc_trustlist *list)
{
    enum cli_exit rc = CLI_YES;

    for (size_t i = 0; i < r->roots.n && rc == CLI_YES; i++) {
        struct tbc_trust_key row = { .not_before = list->iat, .not_after = list->exp };

        if ((rc = cli_read_row(r->roots.at[i], &r->pass, &row)) == CLI_YES) {
            rc = cli_add_row(list, r->roots.at[i], &row);
        }
    }
    return rc;
}

enum cli_exit
cli_trust_make(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        { "root", CLI_TEXTS, true, offsetof(struct request, roots) },
        { "out", CLI_TEXT, true, offsetof(struct request, list) },
        { "warn", CLI_TIME, false, offsetof(struct request, warn) },
        { "expires", CLI_TIME, false, offsetof(struct request, to) },
        FLAG_PASS,
        FLAG_JSON,
    };
    struct request r = { .pass.may_prompt = true };
    struct tbc_trustlist list = { .version = 1, .iat = tbc_clock_utc() };
    enum cli_exit rc = cli_options_only(argc, argv, flags, CLI_COUNT(flags), &r);

    if (rc == CLI_YES && r.roots.n > TBC_TRUST_ROOTS_MAX) {
        rc = cli_misuse("--root: at most %d", TBC_TRUST_ROOTS_MAX);
    }
    if (rc == CLI_YES) {
        set_end(&r, &list);
        rc = add_roots(&r, &list);
    }
    if (rc == CLI_YES) {
        rc = cli_finish_draft(&list, r.list, r.as_json);
    }
    tbc_trustlist_fini(&list);
    return rc;
}

/* A status list speaks for one station. */
static enum cli_exit
check_address(const struct request *r, const struct tbc_trustlist *list)
{
    for (size_t i = 0; i < list->keys_n; i++) {
        if (strcmp(list->keys[i].status_uri, r->uri) == 0 &&
            strcmp(list->keys[i].station, r->station) != 0) {
            cli_say("%s: %s is the address of station %s", r->list, r->uri,
                    list->keys[i].station);
            return CLI_NO;
        }
    }
    return CLI_YES;
}

static enum cli_exit
add_station(const struct request *r, struct tbc_trustlist *list)
{
    struct tbc_trust_key row = { 0 };
    enum cli_exit rc;

    if ((rc = check_address(r, list)) != CLI_YES ||
        (rc = cli_read_row(r->key, &r->pass, &row)) != CLI_YES) {
        return rc;
    }
    memcpy(row.station, r->station, strlen(r->station) + 1);
    memcpy(row.status_uri, r->uri, strlen(r->uri) + 1);
    row.not_before = r->from.s != 0 ? r->from : list->iat;
    row.not_after = r->to.s != 0 ? r->to : list->exp;
    if ((rc = cli_add_row(list, r->key, &row)) == CLI_YES &&
        (rc = cli_raise_draft(list, r->list)) == CLI_YES) {
        rc = cli_finish_draft(list, r->list, r->as_json);
    }
    return rc;
}

enum cli_exit
cli_trust_add(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        FLAG_LIST,
        { "station", CLI_TEXT, true, offsetof(struct request, station) },
        { "key", CLI_TEXT, true, offsetof(struct request, key) },
        { "status-uri", CLI_TEXT, true, offsetof(struct request, uri) },
        { "from", CLI_TIME, false, offsetof(struct request, from) },
        { "to", CLI_TIME, false, offsetof(struct request, to) },
        FLAG_PASS,
        FLAG_JSON,
    };
    struct request r = { .pass.may_prompt = true };
    struct tbc_trustlist list = { 0 };
    enum cli_exit rc = cli_options_only(argc, argv, flags, CLI_COUNT(flags), &r);

    if (rc != CLI_YES) {
        return rc;
    }
    if (!tbc_telecode_is_valid(r.station)) {
        return cli_misuse(
            "--station %s: a telecode has 1 to %d capital letters and digits",
            r.station, TBC_TELECODE_MAX);
    }
    if (*r.uri == '\0' || strlen(r.uri) > TBC_STATUS_URI_MAX) {
        return cli_misuse("--status-uri: 1 to %d bytes", TBC_STATUS_URI_MAX);
    }
    if ((rc = cli_read_draft(r.list, &list)) == CLI_YES) {
        rc = add_station(&r, &list);
    }
    tbc_trustlist_fini(&list);
    return rc;
}

/* The next root stands in the list beside the present one; both sign it. */
enum cli_exit
cli_trust_roll(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        FLAG_LIST,
        { "root", CLI_TEXTS, true, offsetof(struct request, roots) },
        FLAG_PASS,
        FLAG_JSON,
    };
    struct request r = { .pass.may_prompt = true };
    struct tbc_trustlist list = { 0 };
    enum cli_exit rc = cli_options_only(argc, argv, flags, CLI_COUNT(flags), &r);

    if (rc == CLI_YES && r.roots.n != 1) {
        rc = cli_misuse("--root: the next one, and no other");
    }
    if (rc == CLI_YES && (rc = cli_read_draft(r.list, &list)) == CLI_YES) {
        if (list.roots_n == TBC_TRUST_ROOTS_MAX) {
            cli_say("%s: names %d roots already; trust end the one that is retired",
                    r.list, TBC_TRUST_ROOTS_MAX);
            rc = CLI_NO;
        } else if ((rc = add_roots(&r, &list)) == CLI_YES &&
                   (rc = cli_raise_draft(&list, r.list)) == CLI_YES) {
            rc = cli_finish_draft(&list, r.list, r.as_json);
        }
    }
    if (rc == CLI_YES) {
        cli_say("sign it with both: tbc trust sign --list %s --root PRESENT --also %s "
                "--out FILE",
                r.list, r.roots.at[0]);
    }
    tbc_trustlist_fini(&list);
    return rc;
}

static void
drop_row(struct tbc_trust_key *rows, size_t *n, size_t at)
{
    memmove(&rows[at], &rows[at + 1], (*n - at - 1) * sizeof *rows);
    (*n)--;
}

static size_t
find_row(const struct tbc_trust_key *rows, size_t n, const uint8_t *kid)
{
    size_t i = 0;

    while (i < n && memcmp(rows[i].kid, kid, TBC_KID_LEN) != 0) {
        i++;
    }
    return i;
}

static enum cli_exit
end_root(const struct request *r, struct tbc_trustlist *list, size_t at)
{
    if (list->roots_n == 1) {
        cli_say("%s: its only root: trust roll brings in the next one first", r->list);
        return CLI_NO;
    }
    if (r->to.s != 0) {
        return cli_misuse("--at: a root goes with the version that no longer names it");
    }
    drop_row(list->roots, &list->roots_n, at);
    return CLI_YES;
}

/* Certificates of before stay good; with --remove, or an end before the beginning, none do. */
static enum cli_exit
end_key(const struct request *r, struct tbc_trustlist *list, size_t at)
{
    struct tbc_trust_key *row = &list->keys[at];
    struct tbc_utc end = r->to.s != 0 ? r->to : tbc_clock_utc();
    char text[TBC_RFC3339_SIZE];

    if (r->remove || end.s <= row->not_before.s) {
        drop_row(list->keys, &list->keys_n, at);
        return CLI_YES;
    }
    if (end.s >= row->not_after.s) {
        tbc_utc_format(row->not_after, text);
        cli_say("%s: the key of station %s ends at %s already", r->list, row->station,
                text);
        return CLI_NO;
    }
    row->not_after = end;
    return CLI_YES;
}

static enum cli_exit
end_kid(const struct request *r, struct tbc_trustlist *list, const uint8_t *kid)
{
    size_t root = find_row(list->roots, list->roots_n, kid);
    size_t key = find_row(list->keys, list->keys_n, kid);
    enum cli_exit rc = CLI_NO;

    if (root < list->roots_n) {
        rc = end_root(r, list, root);
    } else if (key < list->keys_n) {
        rc = end_key(r, list, key);
    } else {
        cli_say("%s: no key of that kid", r->list);
    }
    if (rc == CLI_YES && (rc = cli_raise_draft(list, r->list)) == CLI_YES) {
        rc = cli_finish_draft(list, r->list, r->as_json);
    }
    return rc;
}

enum cli_exit
cli_trust_end(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        FLAG_LIST,
        { "at", CLI_TIME, false, offsetof(struct request, to) },
        { "remove", CLI_SWITCH, false, offsetof(struct request, remove) },
        FLAG_JSON,
    };
    struct request r = { .list = NULL };
    struct tbc_trustlist list = { 0 };
    uint8_t kid[TBC_KID_LEN];
    enum cli_exit rc = cli_options(argc, argv, flags, CLI_COUNT(flags), &r);

    if (rc != CLI_YES) {
        return rc;
    }
    if (argc - optind != 1 || !cli_parse_kid(argv[optind], kid)) {
        return cli_misuse(
            "one KID of %d hexadecimal digits is wanted; trust show lists them",
            2 * TBC_KID_LEN);
    }
    if (r.remove && r.to.s != 0) {
        return cli_misuse("--at and --remove: one of the two");
    }
    if ((rc = cli_read_draft(r.list, &list)) == CLI_YES) {
        rc = end_kid(&r, &list, kid);
    }
    tbc_trustlist_fini(&list);
    return rc;
}

/* Keys that lasted as long as the list last as long as it again. */
static void
prolong(struct tbc_trust_key *rows, size_t n, struct tbc_utc before, struct tbc_utc end)
{
    for (size_t i = 0; i < n; i++) {
        if (rows[i].not_after.s == before.s) {
            rows[i].not_after = end;
        }
    }
}

enum cli_exit
cli_trust_renew(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        FLAG_LIST,
        { "warn", CLI_TIME, false, offsetof(struct request, warn) },
        { "expires", CLI_TIME, false, offsetof(struct request, to) },
        FLAG_JSON,
    };
    struct request r = { .list = NULL };
    struct tbc_trustlist list = { 0 };
    enum cli_exit rc = cli_options_only(argc, argv, flags, CLI_COUNT(flags), &r);

    if (rc == CLI_YES && (rc = cli_read_draft(r.list, &list)) == CLI_YES) {
        struct tbc_utc before = list.exp;

        list.version++;
        list.iat = tbc_clock_utc();
        set_end(&r, &list);
        prolong(list.roots, list.roots_n, before, list.exp);
        prolong(list.keys, list.keys_n, before, list.exp);
        rc = cli_finish_draft(&list, r.list, r.as_json);
    }
    tbc_trustlist_fini(&list);
    return rc;
}
