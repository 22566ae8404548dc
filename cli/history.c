/* tbc history: what was done with a certificate, each line proved here. */
#include "base/text.h"
#include "codec/leaf.h"
#include "codec/token.h"
#include "commands.h"
#include "crypto/checkpoint.h"
#include "crypto/digest.h"
#include "options.h"
#include "station.h"
#include "trust.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 4096

struct request {
    const char *trust;
    const char *reason;
    const char *device;
    bool as_json;
};

/* What has been read and found out so far. */
struct reading {
    struct tbc_keyring *ring;
    struct tbc_history ask;
    struct tbc_buf text;                 /* of the certificate, when it is shown */
    uint8_t digest[TBC_LEAF_DIGEST_LEN]; /* of its bytes, when they are known */
    bool has_digest;
    struct tbc_history_reply page;
    struct tbc_checkpoint checkpoint; /* of the page; size 0: none yet */
    uint64_t leaves;
    bool held;     /* no line was false */
    json_t *rows;  /* --json */
    char why[160]; /* the first line that was */
};

static void
doubt(struct reading *r, uint64_t position, const char *why)
{
    if (r->held) {
        (void)snprintf(r->why, sizeof r->why, "leaf %" PRIu64 ": %s", position, why);
    }
    r->held = false;
}

/* The bytes behind the text: a certificate's digest stands in the leaf of its issue. */
static enum tbc_err
take_text(struct reading *r)
{
    uint8_t storage[TBC_LIVE_MAX + 1];
    struct tbc_buf message;
    struct tbc_cose cose;

    r->ask.text = tbc_buf_span(&r->text);
    tbc_buf_init_fixed(&message, storage, sizeof storage);
    if (tbc_token_decode(r->ask.text, &message, NULL) == TBC_TOKEN_OURS &&
        tbc_cose_open(&cose, tbc_buf_span(&message), NULL) == TBC_OK &&
        cose.typ == TBC_TYP_CERTIFICATE) {
        r->has_digest = true;
        return tbc_sha256(tbc_buf_span(&message), r->digest);
    }
    return TBC_OK; /* the station will say what is wrong with it */
}

static enum cli_exit
prepare(int argc, char **argv, const struct request *q, struct reading *r)
{
    static const char reason[] = "desk";
    const char *given = q->reason == NULL ? reason : q->reason;
    enum cli_exit rc;
    enum tbc_err err;

    if (argc - optind != 1) {
        return cli_misuse("history wants one CTI or FILE");
    }
    if (tbc_hex_fixed(tbc_span_str(argv[optind]), r->ask.cti, sizeof r->ask.cti)) {
        if (strlen(given) > TBC_WIRE_WORD_MAX || given[0] == '\0') {
            return cli_misuse("--reason: 1 to %d bytes", TBC_WIRE_WORD_MAX);
        }
        (void)snprintf(r->ask.reason, sizeof r->ask.reason, "%s", given);
        return CLI_YES;
    }
    if (q->reason != NULL) {
        return cli_misuse(
            "--reason goes with a CTI: who shows a certificate has a right to it");
    }
    rc = cli_read(argv[optind], TEXT_MAX, &r->text);
    if (rc == CLI_YES && (err = take_text(r)) != TBC_OK) {
        rc = cli_fail(argv[optind], err);
    }
    return rc;
}

/* Without --trust: the station's own list, if the root that the device file pins has signed it. */
static enum cli_exit
fetch_trust(struct cli_station *s, struct reading *r)
{
    static const struct tbc_snapshot none;
    struct tbc_snapshot_reply lists;
    struct tbc_fault fault = { 0 };
    struct tbc_key *root = NULL;
    struct tbc_buf pinned = { 0 };
    enum cli_exit rc;
    enum tbc_err err = TBC_OK;

    if (s->device.root[0] == '\0') {
        return cli_misuse("%s pins no root: --trust TRUST is wanted", s->device.name);
    }
    rc = cli_station_call(s, TBC_OP_SNAPSHOT, &none, &lists, NULL);
    if (rc == CLI_YES &&
        (err = tbc_hex_decode(tbc_span_str(s->device.root), &pinned, NULL)) == TBC_OK) {
        err = tbc_key_parse_public(&root, tbc_buf_span(&pinned));
        if (err == TBC_OK) {
            err = tbc_keyring_open(&r->ring, lists.trust, root, &fault);
        }
        rc = err == TBC_OK ? CLI_YES
                           : cli_disbelieve("the station's trust list", err, &fault);
    } else if (rc == CLI_YES) {
        rc = cli_fail("root of the device file", err);
    }
    tbc_key_free(&root);
    tbc_buf_fini(&pinned);
    return rc;
}

static enum cli_exit
open_checkpoint(struct reading *r)
{
    struct tbc_fault fault = { 0 };
    enum tbc_err err;

    r->checkpoint = (struct tbc_checkpoint){ 0 };
    if (r->page.checkpoint.len == 0) {
        return CLI_YES;
    }
    err = tbc_checkpoint_open_trusted(&r->checkpoint, r->page.checkpoint, r->ring,
                                      &fault);
    return err == TBC_OK ? CLI_YES
                         : cli_disbelieve("the station's checkpoint", err, &fault);
}

/* Whether the tree that was signed holds the leaf. */
static bool
is_proved(const struct reading *r, const struct tbc_history_leaf *row)
{
    struct tbc_hash leaf;
    struct tbc_hash root;
    bool holds = false;

    memcpy(root.b, r->checkpoint.root, sizeof root.b);
    return tbc_merkle_leaf(row->leaf, &leaf) == TBC_OK &&
           tbc_merkle_verify_inclusion(&leaf, row->position, r->checkpoint.size, &root,
                                       row->proof, &holds) == TBC_OK &&
           holds;
}

static void
check(struct reading *r, const struct tbc_history_leaf *row,
      const struct tbc_leaf *leaf)
{
    uint8_t mac[TBC_LEAF_DIGEST_LEN];

    if (!leaf->has_cti || memcmp(leaf->cti, r->page.cti, sizeof leaf->cti) != 0) {
        doubt(r, row->position, "of another certificate");
    }
    if (row->position < r->checkpoint.size && !is_proved(r, row)) {
        doubt(r, row->position, "its proof does not lead to the checkpoint");
    }
    if (tbc_leaf_is_issue(leaf) != (r->leaves == 0)) {
        doubt(r, row->position, "the history does not begin with the issue");
    }
    if (tbc_leaf_is_issue(leaf) && r->has_digest &&
        memcmp(leaf->digest, r->digest, sizeof r->digest) != 0) {
        doubt(r, row->position, "another certificate was issued under this id");
    }
    if (row->key.len > 0 &&
        (!leaf->has_note ||
         tbc_hmac_sha256(row->key, tbc_span_str(row->note), mac) != TBC_OK ||
         memcmp(mac, leaf->note, sizeof mac) != 0)) {
        doubt(r, row->position, "the note is not what was written");
    }
}

static const char *
proof_word(const struct reading *r, const struct tbc_history_leaf *row)
{
    if (row->position >= r->checkpoint.size) {
        return "pending";
    }
    return is_proved(r, row) ? "proved" : "FALSE";
}

static const char *
note_of(const struct tbc_history_leaf *row, const struct tbc_leaf *leaf)
{
    return leaf->has_note && row->key.len == 0 ? "(erased)" : row->note;
}

static void
show(struct reading *r, const struct tbc_history_leaf *row, const struct tbc_leaf *leaf)
{
    const struct tbc_utc when = leaf->at.s != 0 ? leaf->at : leaf->time;
    char at[TBC_RFC3339_SIZE];

    tbc_utc_format(when, at);
    if (r->rows == NULL) {
        printf("%8" PRIu64 "  %s  %-7s  %-16s  %-20s  %s  %s\n", row->position, at,
               tbc_leaf_kind_name(leaf->kind), leaf->device, leaf->word,
               proof_word(r, row), note_of(row, leaf));
        return;
    }
    (void)json_array_append_new(
        r->rows,
        json_pack("{s:o, s:s, s:o, s:o, s:s, s:s, s:s, s:s}", "position",
                  cli_json_number(row->position), "kind",
                  tbc_leaf_kind_name(leaf->kind), "time", cli_json_time(leaf->time),
                  "happened", cli_json_time(when), "device", leaf->device, "word",
                  leaf->word, "proof", proof_word(r, row), "note", note_of(row, leaf)));
}

static enum cli_exit
take_page(struct reading *r)
{
    enum cli_exit rc = open_checkpoint(r);

    for (size_t i = 0; i < r->page.leaves_n && rc == CLI_YES; i++) {
        const struct tbc_history_leaf *row = &r->page.leaves[i];
        struct tbc_fault fault = { 0 };
        struct tbc_leaf leaf;
        enum tbc_err err = tbc_leaf_decode(&leaf, row->leaf, &fault);

        if (err != TBC_OK) {
            return cli_bad_input("a leaf of the station", err, &fault);
        }
        if (row->position < r->ask.from) {
            doubt(r, row->position, "out of order");
        }
        r->ask.from = row->position + 1;
        check(r, row, &leaf);
        show(r, row, &leaf);
        r->leaves++;
    }
    return rc;
}

static enum cli_exit
take_all(struct reading *r, struct cli_station *s)
{
    uint8_t cti[TBC_CTI_LEN];
    enum cli_exit rc;

    do {
        rc = cli_station_call(s, TBC_OP_HISTORY, &r->ask, &r->page, NULL);
        if (rc != CLI_YES) {
            return rc;
        }
        if (r->ask.text.len == 0 && memcmp(r->page.cti, r->ask.cti, sizeof cti) != 0) {
            doubt(r, 0, "of another certificate");
        } else if (r->leaves > 0 && memcmp(r->page.cti, cti, sizeof cti) != 0) {
            doubt(r, r->page.next, "of another certificate");
        }
        memcpy(cti, r->page.cti, sizeof cti);
        rc = take_page(r);
    } while (rc == CLI_YES && r->page.next != 0 && r->held);
    if (rc == CLI_YES && r->leaves == 0) {
        doubt(r, 0, "the station has none");
    }
    return rc;
}

static enum cli_exit
conclude(struct reading *r)
{
    const struct tbc_checkpoint *c = &r->checkpoint;
    struct tbc_buf cti = { 0 };
    char at[TBC_RFC3339_SIZE];

    tbc_utc_format(c->at, at);
    if (r->rows != NULL) {
        (void)tbc_hex_encode(tbc_span_of(r->page.cti, sizeof r->page.cti), &cti);
        cli_print_json(json_pack(
            "{s:s, s:b, s:s?, s:O, s:o}", "cti", tbc_buf_str(&cti), "valid", r->held,
            "reason", r->held ? NULL : r->why, "leaves", r->rows, "checkpoint",
            c->size == 0 ? json_null()
                         : json_pack("{s:s, s:o, s:o, s:o}", "origin", c->origin,
                                     "size", cli_json_number(c->size), "root",
                                     cli_json_hex(tbc_span_of(c->root, sizeof c->root)),
                                     "time", cli_json_time(c->at))));
        tbc_buf_fini(&cti);
    } else if (c->size == 0) {
        cli_say("no checkpoint is signed yet");
    } else {
        cli_say("held against the checkpoint of %s over %" PRIu64 " leaves", at,
                c->size);
    }
    if (!r->held && r->rows == NULL) {
        cli_say("%s", r->why);
    }
    return r->held ? CLI_YES : CLI_NO;
}

enum cli_exit
cli_history(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        { "trust", CLI_TEXT, false, offsetof(struct request, trust) },
        { "reason", CLI_TEXT, false, offsetof(struct request, reason) },
        { "device", CLI_TEXT, false, offsetof(struct request, device) },
        { "json", CLI_SWITCH, false, offsetof(struct request, as_json) },
    };
    struct request q = { 0 };
    struct reading *r = calloc(1, sizeof *r);
    struct cli_station s = { 0 };
    enum cli_exit rc;

    if (r == NULL) {
        return cli_fail("memory", TBC_ERR_NO_MEMORY);
    }
    r->held = true;
    if ((rc = cli_options(argc, argv, flags, CLI_COUNT(flags), &q)) == CLI_YES &&
        (rc = prepare(argc, argv, &q, r)) == CLI_YES &&
        (q.trust == NULL || (rc = cli_read_ring(q.trust, &r->ring)) == CLI_YES) &&
        (rc = cli_station_open(&s, q.device)) == CLI_YES &&
        (q.trust != NULL || (rc = fetch_trust(&s, r)) == CLI_YES)) {
        r->rows = q.as_json ? json_array() : NULL;
        if ((rc = take_all(r, &s)) == CLI_YES) {
            rc = conclude(r);
        }
    }
    cli_station_close(&s);
    json_decref(r->rows);
    tbc_keyring_free(&r->ring);
    tbc_buf_fini(&r->text);
    free(r);
    return rc;
}
