/* tbc trust sign: a draft becomes what programs believe. */
#include "commands.h"
#include "crypto/sign.h"
#include "key.h"
#include "options.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "trust.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

struct request {
    const char *list;
    const char *root;
    const char *also; /* the next root, during a roll-over */
    const char *out;
    struct tbc_pass pass;
    bool as_json;
};

static enum cli_exit
refuse(const char *path, const char *why)
{
    cli_say("%s: %s", path, why);
    return CLI_NO;
}

static bool
is_root(const struct tbc_trustlist *list, const struct tbc_key *key)
{
    uint8_t kid[TBC_KID_LEN];
    bool found = false;

    tbc_key_kid(key, kid);
    for (size_t i = 0; i < list->roots_n; i++) {
        found = found || memcmp(kid, list->roots[i].kid, TBC_KID_LEN) == 0;
    }
    return found;
}

/* Whoever signs does not see bytes: what is out already must be older, or the same. */
static enum cli_exit
check_version(const struct request *r, const struct cli_trust *draft)
{
    struct cli_trust before = { .is_signed = false };
    enum cli_exit rc;

    if (access(r->out, F_OK) != 0) {
        return CLI_YES;
    }
    if ((rc = cli_read_trust(r->out, &before)) == CLI_YES && before.is_signed &&
        draft->list.version <= before.list.version &&
        !tbc_span_equal(before.envelope.list.payload, tbc_buf_span(&draft->bytes))) {
        cli_say("%s: is version %" PRIu64 " already, and the draft is version %" PRIu64
                ": versions never go back",
                r->out, before.list.version, draft->list.version);
        rc = CLI_NO;
    } else if (rc == CLI_YES && !before.is_signed) {
        rc = refuse(r->out, "a draft: sign into another file");
    } else if (rc == CLI_MALFORMED) {
        rc = refuse(r->out, "no trust list; it is not overwritten");
    }
    cli_trust_fini(&before);
    return rc;
}

static enum cli_exit
check_draft(const struct request *r, const struct cli_trust *draft,
            const struct tbc_key *root, const struct tbc_key *also)
{
    if (draft->is_signed) {
        return refuse(r->list, "signed already; sign the draft");
    }
    if (tbc_clock_utc().s >= draft->list.exp.s) {
        return refuse(r->list, "the list has ended; trust renew gives it a new end");
    }
    if (!is_root(&draft->list, root) && also == NULL) {
        return refuse(r->list, "this key is no root of the list");
    }
    if (also != NULL && !is_root(&draft->list, also)) {
        return refuse(r->list, "the key of --also is no root of the list: trust roll");
    }
    return check_version(r, draft);
}

static enum cli_exit
sign(struct tbc_key *key, enum tbc_typ typ, struct tbc_span payload,
     struct tbc_buf *out, const char *path)
{
    enum tbc_err err = tbc_sign_cose(key, typ, payload, out);

    if (err != TBC_OK && *tbc_key_trouble(key) != '\0') {
        cli_say("%s", tbc_key_trouble(key));
        return CLI_UNKNOWN;
    }
    return err == TBC_OK ? CLI_YES : cli_fail(path, err);
}

static enum cli_exit
write_signed(const struct request *r, const struct cli_trust *draft,
             struct tbc_span message)
{
    enum tbc_err err = tbc_file_write(r->out, message, 0644);

    if (err != TBC_OK) {
        return cli_fail(r->out, err);
    }
    if (r->as_json) {
        json_t *object = cli_trust_json(&draft->list);

        (void)json_object_set_new(object, "file", json_string(r->out));
        (void)json_object_set_new(object, "signatures",
                                  json_integer(r->also == NULL ? 1 : 2));
        cli_print_json(object);
    }
    return CLI_YES;
}

static enum cli_exit
sign_draft(const struct request *r, const struct cli_trust *draft, struct tbc_key *root,
           struct tbc_key *also)
{
    struct tbc_buf inner = { 0 };
    struct tbc_buf outer = { 0 };
    enum cli_exit rc;

    if ((rc = sign(root, TBC_TYP_TRUST, tbc_buf_span(&draft->bytes), &inner, r->out)) ==
            CLI_YES &&
        also != NULL) {
        rc = sign(also, TBC_TYP_ROLL, tbc_buf_span(&inner), &outer, r->out);
    }
    if (rc == CLI_YES) {
        rc = write_signed(r, draft, tbc_buf_span(also == NULL ? &inner : &outer));
    }
    tbc_buf_fini(&inner);
    tbc_buf_fini(&outer);
    return rc;
}

/* The two keys; one key given twice proves nothing. */
static enum cli_exit
open_keys(const struct request *r, struct tbc_key **root, struct tbc_key **also)
{
    uint8_t kids[2][TBC_KID_LEN];
    enum cli_exit rc = cli_open_key(r->root, &r->pass, root);

    if (rc != CLI_YES || r->also == NULL) {
        return rc;
    }
    if ((rc = cli_open_key(r->also, &r->pass, also)) == CLI_YES) {
        tbc_key_kid(*root, kids[0]);
        tbc_key_kid(*also, kids[1]);
        rc = memcmp(kids[0], kids[1], TBC_KID_LEN) != 0
                 ? CLI_YES
                 : refuse(r->also, "the same key as --root");
    }
    return rc;
}

enum cli_exit
cli_trust_sign(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        { "list", CLI_TEXT, true, offsetof(struct request, list) },
        { "root", CLI_TEXT, true, offsetof(struct request, root) },
        { "also", CLI_TEXT, false, offsetof(struct request, also) },
        { "out", CLI_TEXT, true, offsetof(struct request, out) },
        { "pass-file", CLI_TEXT, false, offsetof(struct request, pass.file) },
        { "json", CLI_SWITCH, false, offsetof(struct request, as_json) },
    };
    struct request r = { .pass.may_prompt = true };
    struct cli_trust draft = { .is_signed = false };
    struct tbc_key *root = NULL;
    struct tbc_key *also = NULL;
    enum cli_exit rc = cli_options_only(argc, argv, flags, CLI_COUNT(flags), &r);

    if (rc == CLI_YES && (rc = cli_read_trust(r.list, &draft)) == CLI_YES &&
        (rc = open_keys(&r, &root, &also)) == CLI_YES &&
        (rc = check_draft(&r, &draft, root, also)) == CLI_YES) {
        rc = sign_draft(&r, &draft, root, also);
    }
    tbc_key_free(&root);
    tbc_key_free(&also);
    cli_trust_fini(&draft);
    return rc;
}
