/* tbc trust show: what a list says, who signed it, and how long it lasts. */
#include "commands.h"
#include "crypto/keyring.h"
#include "key.h"
#include "options.h"
#include "sys/clock.h"
#include "trust.h"

#include <inttypes.h>
#include <stdio.h>

struct request {
    const char *root; /* pinned; NULL: the list's own */
    struct tbc_utc at;
    bool as_json;
};

/* What speaks against the signatures; NULL for nothing, as for a draft, which has none. */
static enum cli_exit
check(const struct request *r, const struct cli_trust *t, const char **why)
{
    struct tbc_keyring *ring = NULL;
    struct tbc_key *root = NULL;
    struct tbc_fault fault = { 0 };
    enum cli_exit rc = CLI_YES;
    enum tbc_err err = TBC_OK;

    *why = NULL;
    if (!t->is_signed) {
        return CLI_YES;
    }
    if (r->root == NULL || (rc = cli_read_key(r->root, &root)) == CLI_YES) {
        err = tbc_keyring_open(&ring, tbc_buf_span(&t->bytes), root, &fault);
        *why = err == TBC_OK                                      ? NULL
               : err == TBC_ERR_UNKNOWN_KEY && fault.what != NULL ? fault.what
                                                                  : tbc_err_text(err);
    }
    tbc_keyring_free(&ring);
    tbc_key_free(&root);
    return rc;
}

static void
print_json(const struct request *r, const struct cli_trust *t, const char *why)
{
    json_t *object = cli_trust_json(&t->list);
    json_t *signers = json_array();

    if (t->is_signed) {
        json_array_append_new(
            signers, cli_json_hex(tbc_span_of(t->envelope.list.kid, TBC_KID_LEN)));
    }
    if (t->is_signed && t->envelope.is_rolled) {
        json_array_append_new(
            signers, cli_json_hex(tbc_span_of(t->envelope.roll.kid, TBC_KID_LEN)));
    }
    (void)json_object_set_new(object, "signed", json_boolean(t->is_signed));
    (void)json_object_set_new(object, "signers", signers);
    (void)json_object_set_new(object, "valid",
                              t->is_signed ? json_boolean(why == NULL) : json_null());
    (void)json_object_set_new(object, "reason",
                              why == NULL ? json_null() : json_string(why));
    (void)json_object_set_new(object, "state",
                              json_string(cli_trust_state(&t->list, r->at)));
    cli_print_json(object);
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

static void
print_table(const struct request *r, const struct cli_trust *t)
{
    char exp[TBC_RFC3339_SIZE];

    tbc_utc_format(t->list.exp, exp);
    printf("version %" PRIu64 ", %s, ends %s, %s\n", t->list.version,
           !t->is_signed           ? "a draft"
           : t->envelope.is_rolled ? "signed by two roots"
                                   : "signed",
           exp, cli_trust_state(&t->list, r->at));
    for (size_t i = 0; i < t->list.roots_n; i++) {
        print_row(&t->list.roots[i]);
    }
    for (size_t i = 0; i < t->list.keys_n; i++) {
        print_row(&t->list.keys[i]);
    }
}

enum cli_exit
cli_trust_show(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        { "root", CLI_TEXT, false, offsetof(struct request, root) },
        { "at", CLI_TIME, false, offsetof(struct request, at) },
        { "json", CLI_SWITCH, false, offsetof(struct request, as_json) },
    };
    struct request r = { .at = tbc_clock_utc() };
    struct cli_trust t = { .is_signed = false };
    const char *path;
    const char *why;
    enum cli_exit rc = cli_options(argc, argv, flags, CLI_COUNT(flags), &r);

    if (rc == CLI_YES && (rc = cli_operand(argc, argv, &path)) == CLI_YES &&
        (rc = cli_read_trust(path, &t)) == CLI_YES &&
        (rc = check(&r, &t, &why)) == CLI_YES) {
        if (r.as_json) {
            print_json(&r, &t, why);
        } else {
            print_table(&r, &t);
        }
        if (why != NULL) {
            cli_say("%s: %s", path, why);
            rc = CLI_NO;
        }
    }
    cli_trust_fini(&t);
    return rc;
}
