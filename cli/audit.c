/* tbc audit verify: the journal of a station that is not running, rebuilt and compared. */
#include "audit.h"

#include "commands.h"
#include "options.h"
#include "sys/log.h"
#include "trust.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_DATA "/var/lib/tbc"
#define PATH_LEN     1024

struct request {
    const char *data;
    const char *database;
    const char *trust;
    const char *old;
    bool as_json;
};

struct paths {
    char database[PATH_LEN];
    char trust[PATH_LEN];
    char checkpoint[PATH_LEN];
};

static bool
put_path(char *out, const char *given, const char *data, const char *name)
{
    const int n = given != NULL ? snprintf(out, PATH_LEN, "%s", given)
                                : snprintf(out, PATH_LEN, "%s/%s", data, name);

    return n > 0 && n < PATH_LEN;
}

static enum cli_exit
find_paths(const struct request *q, struct paths *p)
{
    const char *data = q->data == NULL ? DEFAULT_DATA : q->data;

    return put_path(p->database, q->database, data, "station.db") &&
                   put_path(p->trust, q->trust, data, "trust.cose") &&
                   put_path(p->checkpoint, NULL, data, "checkpoint.cose")
               ? CLI_YES
               : cli_misuse("%s: too long", data);
}

/* A checkpoint whose signature is not the station's is an offence where the station keeps it, and
 * no evidence where somebody hands it in. */
static enum cli_exit
call_witness(struct cli_audit *a, const struct tbc_keyring *ring,
             struct tbc_span message, const char *where, bool is_station)
{
    struct cli_witness *x = &a->witnesses[a->witnesses_n];
    struct tbc_fault fault = { 0 };
    enum tbc_err err = tbc_checkpoint_open_trusted(&x->said, message, ring, &fault);

    if (err == TBC_OK) {
        x->where = where;
        a->witnesses_n++;
        return CLI_YES;
    }
    if (is_station && err != TBC_ERR_NO_MEMORY && err != TBC_ERR_CRYPTO) {
        cli_audit_offend(a, "%s: %s", where, tbc_err_text(err));
        return CLI_YES;
    }
    return cli_disbelieve(where, err, &fault);
}

static enum cli_exit
call_file(struct cli_audit *a, const struct tbc_keyring *ring, const char *path,
          bool is_station)
{
    struct tbc_buf message = { 0 };
    enum cli_exit rc = cli_read_hex(path, TBC_WIRE_SIGNED_MAX * 4, &message);

    if (rc == CLI_YES) {
        rc = call_witness(a, ring, tbc_buf_span(&message), path, is_station);
    }
    tbc_buf_fini(&message);
    return rc;
}

static enum cli_exit
call_witnesses(struct cli_audit *a, const struct tbc_keyring *ring,
               const struct request *q, const struct paths *p)
{
    struct tbc_buf message = { 0 };
    enum tbc_err err = tbc_journal_checkpoint_newest(a->store, &message);
    enum cli_exit rc = CLI_YES;

    if (err == TBC_OK) {
        rc = call_witness(a, ring, tbc_buf_span(&message), "the database's checkpoint",
                          true);
    } else if (err != TBC_ERR_NOT_FOUND) {
        rc = cli_fail(p->database, err);
    }
    tbc_buf_fini(&message);
    if (rc == CLI_YES && access(p->checkpoint, F_OK) == 0) {
        rc = call_file(a, ring, p->checkpoint, true);
    }
    if (rc == CLI_YES && q->old != NULL) {
        rc = call_file(a, ring, q->old, false);
    }
    return rc;
}

static const struct cli_witness *
newest(const struct cli_audit *a)
{
    const struct cli_witness *best = NULL;

    for (size_t i = 0; i < a->witnesses_n; i++) {
        if (best == NULL || a->witnesses[i].said.size > best->said.size) {
            best = &a->witnesses[i];
        }
    }
    return best;
}

static enum cli_exit
print_finding(const struct cli_audit *a, bool as_json)
{
    const struct cli_witness *w = newest(a);
    const char *verdict = a->consistent ? "CONSISTENT" : "INCONSISTENT";

    if (as_json) {
        cli_print_json(json_pack(
            "{s:s, s:o, s:o, s:o, s:s?, s:o}", "verdict", verdict, "leaves",
            cli_json_number(a->leaves), "certificates", cli_json_number(a->issued),
            "signed", w == NULL ? json_null() : cli_json_number(w->said.size),
            "offence", a->consistent ? NULL : a->offence, "position",
            a->has_position ? cli_json_number(a->position) : json_null()));
    } else {
        puts(verdict);
    }
    if (!a->consistent) {
        cli_say("%s", a->offence);
    } else if (w == NULL) {
        cli_say("%" PRIu64 " leaves; no checkpoint was signed yet", a->leaves);
    } else {
        cli_say("%" PRIu64 " leaves, %" PRIu64 " of certificates, %" PRIu64 " signed",
                a->leaves, a->issued, w->said.size);
    }
    return a->consistent ? CLI_YES : CLI_NO;
}

static enum cli_exit
audit(const struct request *q, const struct paths *p)
{
    /* Nothing sealed is read: who audits needs no key. */
    static const uint8_t no_key[TBC_SEAL_KEY_LEN];
    struct cli_audit a = { .consistent = true };
    struct tbc_keyring *ring = NULL;
    enum cli_exit rc = cli_read_ring(p->trust, &ring);
    enum tbc_err err;

    if (rc == CLI_YES &&
        (err = tbc_store_open(&a.store, p->database, no_key, false)) != TBC_OK) {
        rc = err == TBC_ERR_CORRUPT ? CLI_MALFORMED : CLI_UNKNOWN;
        if (err == TBC_ERR_BUSY) {
            cli_say("%s: end tbc-station first, or audit a copy", p->database);
        }
    }
    if (rc == CLI_YES && (rc = call_witnesses(&a, ring, q, p)) == CLI_YES) {
        err = a.consistent ? cli_audit_run(&a) : TBC_OK;
        rc = err == TBC_OK ? print_finding(&a, q->as_json) : cli_fail(p->database, err);
    }
    tbc_store_close(&a.store);
    tbc_keyring_free(&ring);
    return rc;
}

enum cli_exit
cli_audit_verify(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        { "data", CLI_TEXT, false, offsetof(struct request, data) },
        { "database", CLI_TEXT, false, offsetof(struct request, database) },
        { "trust", CLI_TEXT, false, offsetof(struct request, trust) },
        { "old", CLI_TEXT, false, offsetof(struct request, old) },
        { "json", CLI_SWITCH, false, offsetof(struct request, as_json) },
    };
    struct request q = { 0 };
    struct paths p;
    enum cli_exit rc = cli_options_only(argc, argv, flags, CLI_COUNT(flags), &q);

    tbc_log_init("tbc", TBC_LOG_INFO);
    if (rc == CLI_YES && (rc = find_paths(&q, &p)) == CLI_YES) {
        rc = audit(&q, &p);
    }
    return rc;
}
