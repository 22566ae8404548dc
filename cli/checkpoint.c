/* tbc log verify-checkpoint: is it signed, and does it continue the one that I know? */
#include "crypto/checkpoint.h"

#include "commands.h"
#include "key.h"
#include "options.h"
#include "sys/clock.h"
#include "trust.h"

#include <stdio.h>

#define CHECKPOINT_MAX 4096

struct request {
    const char *key;
    const char *trust;
    const char *old;
    struct tbc_buf proof;
    struct tbc_utc at;
    bool as_json;
};

/* Who may have signed: one key, or a trust list's. */
struct signers {
    struct tbc_key *key;
    struct tbc_keyring *ring;
};

static enum cli_exit
load_signers(const struct request *r, struct signers *s)
{
    enum cli_exit rc;

    if ((r->key == NULL) == (r->trust == NULL)) {
        return cli_misuse("one of --key and --trust is wanted");
    }
    if (r->key != NULL) {
        return cli_read_key(r->key, &s->key);
    }
    rc = cli_read_ring(r->trust, &s->ring);
    if (rc == CLI_YES && r->at.s >= tbc_keyring_list(s->ring)->exp.s) {
        cli_say("%s: the trust list has ended; nothing can be believed by it",
                r->trust);
        rc = CLI_UNKNOWN;
    }
    return rc;
}

/* Read and verify one; *why says what speaks against it, NULL for nothing. */
static enum cli_exit
open_one(const char *path, const struct signers *s, struct tbc_checkpoint *c,
         const char **why)
{
    struct tbc_buf file = { 0 };
    struct tbc_fault fault = { 0 };
    enum cli_exit rc = cli_read_hex(path, CHECKPOINT_MAX, &file);
    enum tbc_err err;

    *why = NULL;
    if (rc == CLI_YES) {
        struct tbc_span bytes = tbc_buf_span(&file);

        err = s->key != NULL ? tbc_checkpoint_open(c, bytes, s->key, &fault)
                             : tbc_checkpoint_open_trusted(c, bytes, s->ring, &fault);
        if (err == TBC_ERR_UNKNOWN_KEY || err == TBC_ERR_BAD_SIGNATURE) {
            *why = tbc_err_text(err);
        } else if (err != TBC_OK) {
            rc = cli_bad_input(path, err, &fault);
        }
    }
    tbc_buf_fini(&file);
    return rc;
}

static void
print_json(const struct tbc_checkpoint *c, const char *step, const char *why)
{
    cli_print_json(json_pack("{s:b, s:s, s:o, s:o, s:o, s:s?, s:s?}", "valid",
                             why == NULL, "origin", c->origin, "size",
                             cli_json_number(c->size), "root",
                             cli_json_hex(tbc_span_of(c->root, sizeof c->root)), "time",
                             cli_json_time(c->at), "step", step, "reason", why));
}

static enum cli_exit
print_verdict(const struct request *r, const struct tbc_checkpoint *c, const char *step,
              const char *why)
{
    if (!r->as_json) {
        return cli_answer(why == NULL, why, false);
    }
    print_json(c, step, why);
    return why == NULL ? CLI_YES : CLI_NO;
}

static enum cli_exit
compare(const struct request *r, const struct signers *s,
        const struct tbc_checkpoint *newer)
{
    struct tbc_checkpoint older;
    enum tbc_log_step step;
    const char *why;
    enum tbc_err err;
    enum cli_exit rc = open_one(r->old, s, &older, &why);

    if (rc != CLI_YES) {
        return rc;
    }
    if (why != NULL) {
        cli_say("%s: %s: the older checkpoint proves nothing", r->old, why);
        return CLI_UNKNOWN;
    }
    err = tbc_checkpoint_compare(&older, newer, tbc_buf_span(&r->proof), &step);
    if (err != TBC_OK) {
        return cli_fail(r->old, err);
    }
    return print_verdict(r, newer, tbc_log_step_word(step),
                         tbc_log_step_is_good(step) ? NULL : tbc_log_step_text(step));
}

enum cli_exit
cli_log_checkpoint(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        { "key", CLI_TEXT, false, offsetof(struct request, key) },
        { "trust", CLI_TEXT, false, offsetof(struct request, trust) },
        { "old", CLI_TEXT, false, offsetof(struct request, old) },
        { "proof", CLI_HASHES, false, offsetof(struct request, proof) },
        { "at", CLI_TIME, false, offsetof(struct request, at) },
        { "json", CLI_SWITCH, false, offsetof(struct request, as_json) },
    };
    struct request r = { .at = tbc_clock_utc() };
    struct signers s = { .key = NULL };
    struct tbc_checkpoint c;
    const char *path;
    const char *why;
    enum cli_exit rc = cli_options(argc, argv, flags, CLI_COUNT(flags), &r);

    if (rc == CLI_YES && r.proof.len > 0 && r.old == NULL) {
        rc = cli_misuse("--proof joins FILE to --old FILE, which is missing");
    }
    if (rc == CLI_YES && (rc = cli_operand(argc, argv, &path)) == CLI_YES &&
        (rc = load_signers(&r, &s)) == CLI_YES &&
        (rc = open_one(path, &s, &c, &why)) == CLI_YES) {
        rc = why != NULL     ? cli_answer(false, why, r.as_json)
             : r.old == NULL ? print_verdict(&r, &c, NULL, NULL)
                             : compare(&r, &s, &c);
    }
    tbc_keyring_free(&s.ring);
    tbc_key_free(&s.key);
    tbc_buf_fini(&r.proof);
    return rc;
}
