#include "base/text.h"
#include "commands.h"
#include "crypto/judge.h"
#include "options.h"
#include "sys/clock.h"
#include "trust.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MAX  4096
#define LIST_MAX  (16u << 20)
#define KEY_MAX   16384
#define LISTS_MAX CLI_TEXTS_MAX

struct request {
    const char *trust;
    const char *root;
    struct cli_texts lists;
    const char *manifest;
    const char *station;
    struct cli_number min_version; /* of the trust list */
    struct tbc_utc at;
    bool as_json;
};

/* What the files of the request say, owned. */
struct loaded {
    struct tbc_keyring *ring;
    struct tbc_statuslist lists[LISTS_MAX];
    size_t lists_n;
    struct tbc_manifest manifest;
    bool has_manifest;
};

static enum cli_exit
parse(int argc, char **argv, struct request *r)
{
    static const struct cli_flag flags[] = {
        { "trust", CLI_TEXT, true, offsetof(struct request, trust) },
        { "root", CLI_TEXT, false, offsetof(struct request, root) },
        { "status", CLI_TEXTS, false, offsetof(struct request, lists) },
        { "manifest", CLI_TEXT, false, offsetof(struct request, manifest) },
        { "station", CLI_TEXT, false, offsetof(struct request, station) },
        { "min-version", CLI_NUMBER, false, offsetof(struct request, min_version) },
        { "at", CLI_TIME, false, offsetof(struct request, at) },
        { "json", CLI_SWITCH, false, offsetof(struct request, as_json) },
    };
    enum cli_exit rc = cli_options(argc, argv, flags, CLI_COUNT(flags), r);

    return rc == CLI_YES && r->manifest != NULL && r->station == NULL
               ? cli_misuse("--manifest wants --station CODE, the gate's station")
               : rc;
}

/* Whoever has seen a version shall not be shown an older one. */
static enum cli_exit
check_version(const struct request *r, const struct tbc_trustlist *list)
{
    if (r->min_version.given && list->version < r->min_version.value) {
        cli_say("%s: version %" PRIu64 ", and --min-version is %" PRIu64
                ": it cannot be believed",
                r->trust, list->version, r->min_version.value);
        return CLI_UNKNOWN;
    }
    if (strcmp(cli_trust_state(list, r->at), "ageing") == 0) {
        cli_say("%s: the trust list ends soon", r->trust);
    }
    return CLI_YES;
}

static enum cli_exit
load_trust(const struct request *r, struct loaded *l)
{
    struct tbc_buf file = { 0 };
    struct tbc_buf root_file = { 0 };
    struct tbc_key *root = NULL;
    struct tbc_fault fault = { 0 };
    enum tbc_err err;
    enum cli_exit rc = cli_read(r->trust, TBC_TRUST_BYTES_MAX, &file);

    if (rc == CLI_YES && r->root != NULL &&
        (rc = cli_read(r->root, KEY_MAX, &root_file)) == CLI_YES &&
        (err = tbc_key_parse_public(&root, tbc_buf_span(&root_file))) != TBC_OK) {
        rc = cli_fail(r->root, err);
    }
    if (rc == CLI_YES && (err = tbc_keyring_open(&l->ring, tbc_buf_span(&file), root,
                                                 &fault)) != TBC_OK) {
        rc = cli_disbelieve(r->trust, err, &fault);
    }
    if (rc == CLI_YES) {
        rc = check_version(r, tbc_keyring_list(l->ring));
    }
    tbc_key_free(&root);
    tbc_buf_fini(&root_file);
    tbc_buf_fini(&file);
    return rc;
}

static enum cli_exit
load_lists(const struct request *r, struct loaded *l)
{
    enum cli_exit rc = CLI_YES;

    for (size_t i = 0; i < r->lists.n && rc == CLI_YES; i++) {
        struct tbc_buf file = { 0 };
        struct tbc_fault fault = { 0 };

        if ((rc = cli_read(r->lists.at[i], LIST_MAX, &file)) == CLI_YES) {
            enum tbc_err err = tbc_statuslist_open(&l->lists[i], tbc_buf_span(&file),
                                                   l->ring, r->at, &fault);

            rc = err == TBC_OK ? CLI_YES : cli_disbelieve(r->lists.at[i], err, &fault);
            l->lists_n += err == TBC_OK ? 1 : 0;
        }
        tbc_buf_fini(&file);
    }
    return rc;
}

static enum cli_exit
load_manifest(const struct request *r, struct loaded *l)
{
    struct tbc_buf file = { 0 };
    struct tbc_fault fault = { 0 };
    enum cli_exit rc;

    if (r->manifest == NULL) {
        return CLI_YES;
    }
    if ((rc = cli_read(r->manifest, LIST_MAX, &file)) == CLI_YES) {
        enum tbc_err err = tbc_manifest_open(&l->manifest, tbc_buf_span(&file), l->ring,
                                             r->at, &fault);

        rc = err == TBC_OK ? CLI_YES : cli_disbelieve(r->manifest, err, &fault);
        l->has_manifest = err == TBC_OK;
    }
    tbc_buf_fini(&file);
    return rc;
}

static const char *const reasons[TBC_VERDICT_N] = {
    [TBC_MALFORMED] = "the text is damaged",
    [TBC_NOT_A_CERTIFICATE] = "the text is no certificate",
    [TBC_UNSUPPORTED_VERSION] = "a version or an algorithm that is not known here",
    [TBC_UNKNOWN_ISSUER] = "no key of the trust list issued it",
    [TBC_BAD_SIGNATURE] = "the signature is not the issuer's or the phone's",
    [TBC_NOT_YET_VALID] = "it is not valid yet",
    [TBC_EXPIRED] = "it has expired",
    [TBC_REVOKED] = "the status list says that it was revoked",
    [TBC_STATUS_UNKNOWN] = "no status list for it was given",
    [TBC_PROOF_MISSING] =
        "it is bound to a phone and was shown without the phone's proof",
    [TBC_PROOF_STALE] = "the phone's proof is not of now",
    [TBC_PROOF_REPLAYED] = "the phone's proof was seen before",
    [TBC_NO_TICKET] = "the manifest has no ticket of the holder",
    [TBC_WRONG_STATION] = "the train leaves from another station",
    [TBC_TOO_EARLY] = "boarding has not begun",
    [TBC_TOO_LATE] = "boarding has ended",
    [TBC_ALREADY_ENTERED] = "it has entered already",
    [TBC_FACE_MISMATCH] = "the face is another",
    [TBC_REFER_TO_OFFICER] = "an officer decides",
    [TBC_ACCEPTED] = "everything is in order",
    [TBC_ACCEPTED_OFFLINE] = "everything that can be checked offline is in order",
};

static const char *
reason_of(const struct tbc_judgement *j, const char *trust_state)
{
    if (j->verdict == TBC_UNKNOWN_ISSUER && strcmp(trust_state, "ended") == 0) {
        return "the trust list has ended, nobody is believed by it";
    }
    if (j->verdict == TBC_MALFORMED && j->fault.what != NULL) {
        return j->fault.what;
    }
    if (j->verdict == TBC_STATUS_UNKNOWN && j->has_status) {
        return "the status list is too old";
    }
    return reasons[j->verdict];
}

/* All fields always; null where no good signature vouches for them. */
static void
print_json(const struct tbc_judgement *j, const struct tbc_trustlist *trust,
           const char *trust_state)
{
    const struct tbc_claims *c = &j->claims;
    bool known = j->has_claims;

    cli_print_json(json_pack(
        "{s:s, s:s, s:s?, s:o, s:s?, s:o, s:o, s:b, s:o, s:{s:o, s:s, s:o}}", "verdict",
        tbc_verdict_name(j->verdict), "reason", reason_of(j, trust_state), "issuer",
        known ? c->iss : NULL, "cti",
        known ? cli_json_hex(tbc_span_of(c->cti, TBC_CTI_LEN)) : json_null(),
        "masked_name", known ? c->masked_name : NULL, "issued",
        known ? cli_json_time(c->iat) : json_null(), "expires",
        known ? cli_json_time(c->exp) : json_null(), "live", (int)j->is_live, "status",
        j->has_status ? json_integer((json_int_t)j->status) : json_null(), "trust",
        "version", cli_json_number(trust->version), "state", trust_state, "ends",
        cli_json_time(trust->exp)));
}

static enum cli_exit
exit_of(const struct tbc_judgement *j)
{
    if (tbc_verdict_opens(j->verdict)) {
        return CLI_YES;
    }
    return j->verdict == TBC_MALFORMED ? CLI_MALFORMED : CLI_NO;
}

static enum cli_exit
judge(const struct request *r, const struct loaded *l, struct tbc_span text)
{
    struct tbc_knowledge know = {
        .ring = l->ring,
        .lists = l->lists,
        .lists_n = l->lists_n,
        .manifest = l->has_manifest ? &l->manifest : NULL,
        .station = r->station,
        .policy = &tbc_policy_default,
    };
    const struct tbc_trustlist *trust = tbc_keyring_list(l->ring);
    struct tbc_judgement j;
    enum tbc_err err = tbc_judge(text, &know, r->at, &j);

    if (err != TBC_OK) {
        return cli_fail("certificate", err);
    }
    if (r->as_json) {
        print_json(&j, trust, cli_trust_state(trust, r->at));
    } else {
        puts(tbc_verdict_name(j.verdict));
    }
    if (j.verdict == TBC_MALFORMED && j.fault.what != NULL) {
        cli_say("%s, at byte %zu", j.fault.what, j.fault.offset);
    }
    return exit_of(&j);
}

enum cli_exit
cli_verify(int argc, char **argv)
{
    struct request r = { .at = tbc_clock_utc() };
    struct loaded l = { 0 };
    struct tbc_buf text = { 0 };
    const char *path;
    enum cli_exit rc;

    if ((rc = parse(argc, argv, &r)) == CLI_YES &&
        (rc = load_trust(&r, &l)) == CLI_YES && (rc = load_lists(&r, &l)) == CLI_YES &&
        (rc = load_manifest(&r, &l)) == CLI_YES &&
        (rc = cli_read_operand(argc, argv, TEXT_MAX, &text, &path)) == CLI_YES) {
        rc = judge(&r, &l, tbc_buf_span(&text));
    }
    for (size_t i = 0; i < LISTS_MAX; i++) {
        tbc_statuslist_fini(&l.lists[i]);
    }
    tbc_manifest_fini(&l.manifest);
    tbc_keyring_free(&l.ring);
    tbc_buf_fini(&text);
    return rc;
}
