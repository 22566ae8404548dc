#include "audit.h"
#include "base/text.h"
#include "crypto/digest.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 64

/* The tree as it is rebuilt, and a page of what it is rebuilt from. */
struct walk {
    struct cli_audit *a;
    struct tbc_merkle tree;
    struct tbc_hash nodes[64]; /* that the leaf completes */
    size_t nodes_n;
    struct tbc_journal_row rows[PAGE];
    struct tbc_store_certificate certificate;
};

static void note(struct cli_audit *a, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static void
note(struct cli_audit *a, const char *format, va_list args)
{
    if (a->consistent) {
        (void)vsnprintf(a->offence, sizeof a->offence, format, args);
    }
    a->consistent = false;
}

void
cli_audit_offend(struct cli_audit *a, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    note(a, format, args);
    va_end(args);
}

/* The same at a position. */
static void __attribute__((format(printf, 3, 4)))
offend_at(struct cli_audit *a, uint64_t position, const char *format, ...)
{
    va_list args;

    if (a->consistent) {
        a->has_position = true;
        a->position = position;
    }
    va_start(args, format);
    note(a, format, args);
    va_end(args);
}

/* The stored nodes are found good by now: what is wrong is a leaf that is under none of them, the
 * last of an odd number, or whoever changed a leaf changed the nodes too. */
static void
hold_witnesses(struct walk *w, const struct tbc_hash *root)
{
    static const char text[] =
        "%s: the first %" PRIu64 " leaves are not those that were signed";

    for (size_t i = 0; i < w->a->witnesses_n; i++) {
        const struct cli_witness *x = &w->a->witnesses[i];

        if (x->said.size != w->tree.size ||
            memcmp(x->said.root, root->b, sizeof root->b) == 0) {
            continue;
        }
        if (w->tree.size % 2 == 1) {
            offend_at(w->a, w->tree.size - 1, text, x->where, x->said.size);
        } else {
            cli_audit_offend(w->a, text, x->where, x->said.size);
        }
    }
}

static bool
is_witnessed(const struct walk *w)
{
    for (size_t i = 0; i < w->a->witnesses_n; i++) {
        if (w->a->witnesses[i].said.size == w->tree.size) {
            return true;
        }
    }
    return false;
}

/* Rebuild the tree by the leaf and hold the stored nodes against it. */
static enum tbc_err
grow(struct walk *w, const struct tbc_journal_row *row)
{
    struct tbc_hash leaf;
    struct tbc_hash root;
    enum tbc_err err = tbc_merkle_leaf(tbc_span_of(row->bytes, row->len), &leaf);

    if (err != TBC_OK || (err = tbc_merkle_append_nodes(&w->tree, &leaf, w->nodes,
                                                        &w->nodes_n)) != TBC_OK) {
        return err;
    }
    if (row->nodes_n != w->nodes_n) {
        offend_at(w->a, row->position,
                  "leaf %" PRIu64 ": has not the nodes of its place", row->position);
        return TBC_OK;
    }
    for (size_t k = 0; k < w->nodes_n; k++) {
        if (memcmp(row->nodes[k].b, w->nodes[k].b, TBC_HASH_LEN) != 0) {
            const uint64_t first = row->position + 1 - (UINT64_C(2) << k);

            offend_at(w->a, first,
                      "leaves %" PRIu64 " to %" PRIu64
                      ": not what their stored hash was made of",
                      first, row->position);
            return TBC_OK;
        }
    }
    if (is_witnessed(w) && (err = tbc_merkle_root(&w->tree, &root)) == TBC_OK) {
        hold_witnesses(w, &root);
    }
    return err;
}

/* The leaf of an issue: the certificate's row names it and has the bytes that it names. */
static enum tbc_err
check_issue(struct walk *w, const struct tbc_journal_row *row,
            const struct tbc_leaf *leaf)
{
    struct cli_audit *a = w->a;
    struct tbc_store_certificate *c = &w->certificate;
    uint8_t digest[TBC_LEAF_DIGEST_LEN];
    enum tbc_err err = tbc_store_certificate_get(a->store, leaf->cti, c);

    a->issued++;
    if (err == TBC_ERR_NOT_FOUND) {
        a->gone_at = a->gone == 0 ? row->position : a->gone_at;
        a->gone++;
        return TBC_OK;
    }
    if (err == TBC_OK && c->leaf != row->position) {
        offend_at(a, row->position,
                  "leaf %" PRIu64 ": its certificate's row names another leaf",
                  row->position);
        return TBC_OK;
    }
    if (err == TBC_OK &&
        (err = tbc_sha256(tbc_span_of(c->bytes, c->bytes_len), digest)) == TBC_OK &&
        memcmp(digest, leaf->digest, sizeof digest) != 0) {
        offend_at(a, row->position,
                  "leaf %" PRIu64 ": the certificate's row has other bytes",
                  row->position);
    }
    return err;
}

static enum tbc_err
check_row(struct walk *w, const struct tbc_journal_row *row)
{
    struct cli_audit *a = w->a;
    struct tbc_fault fault = { .what = "length" };
    struct tbc_leaf leaf;
    enum tbc_err err;

    if (row->position != a->leaves) {
        offend_at(a, a->leaves, "leaf %" PRIu64 ": missing", a->leaves);
        return TBC_OK;
    }
    if (row->len == 0 ||
        tbc_leaf_decode(&leaf, tbc_span_of(row->bytes, row->len), &fault) != TBC_OK) {
        offend_at(a, row->position, "leaf %" PRIu64 ": malformed: %s at byte %zu",
                  row->position, fault.what, fault.offset);
        return TBC_OK;
    }
    if ((leaf.has_cti && !tbc_leaf_is_issue(&leaf)) != row->has_cti ||
        (row->has_cti && memcmp(leaf.cti, row->cti, sizeof row->cti) != 0)) {
        offend_at(a, row->position,
                  "leaf %" PRIu64 ": stands under another certificate", row->position);
        return TBC_OK;
    }
    a->erased += leaf.kind == TBC_LEAF_ERASE ? leaf.count : 0;
    if ((err = grow(w, row)) == TBC_OK && a->consistent && tbc_leaf_is_issue(&leaf)) {
        err = check_issue(w, row, &leaf);
    }
    a->leaves++;
    return err;
}

static enum tbc_err
walk_leaves(struct walk *w)
{
    struct cli_audit *a = w->a;
    size_t n = 1;
    enum tbc_err err = TBC_OK;

    while (err == TBC_OK && n > 0 && a->leaves < a->counted && a->consistent) {
        const uint64_t left = a->counted - a->leaves;

        err = tbc_journal_page(a->store, a->leaves, w->rows,
                               left < PAGE ? (size_t)left : PAGE, &n);
        for (size_t i = 0; i < n && err == TBC_OK && a->consistent; i++) {
            err = check_row(w, &w->rows[i]);
        }
    }
    return err;
}

/* Whether the leaf that a certificate's row names is that of its issue. */
static enum tbc_err
check_certificate(struct walk *w)
{
    const struct tbc_store_certificate *c = &w->certificate;
    const struct tbc_journal_row *row = &w->rows[0];
    struct tbc_buf cti = { 0 };
    struct tbc_leaf leaf;
    size_t n;
    enum tbc_err err = tbc_journal_page(w->a->store, c->leaf, w->rows, 1, &n);

    if (err == TBC_OK &&
        (n == 0 || row->position != c->leaf ||
         tbc_leaf_decode(&leaf, tbc_span_of(row->bytes, row->len), NULL) != TBC_OK ||
         !tbc_leaf_is_issue(&leaf) || memcmp(leaf.cti, c->cti, sizeof leaf.cti) != 0)) {
        (void)tbc_hex_encode(tbc_span_of(c->cti, sizeof c->cti), &cti);
        cli_audit_offend(w->a, "certificate %s: was issued without a leaf",
                         tbc_buf_str(&cti));
        tbc_buf_fini(&cti);
    }
    return err;
}

static enum tbc_err
walk_certificates(struct walk *w)
{
    struct tbc_store_certificate *c = &w->certificate;
    enum tbc_err err = tbc_store_certificate_next(w->a->store, NULL, c);

    while (err == TBC_OK && w->a->consistent) {
        if ((err = check_certificate(w)) == TBC_OK) {
            err = tbc_store_certificate_next(w->a->store, c->cti, c);
        }
    }
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

/* A leaf behind the last that was counted; in a database that others write to, the counter has moved
 * on as well. */
static enum tbc_err
check_beyond(struct walk *w)
{
    struct cli_audit *a = w->a;
    uint64_t now;
    size_t n;
    enum tbc_err err = tbc_journal_page(a->store, a->counted, w->rows, 1, &n);

    if (err == TBC_OK && n > 0 && (err = tbc_journal_size(a->store, &now)) == TBC_OK &&
        now == a->counted) {
        offend_at(a, a->counted,
                  "leaf %" PRIu64 ": beyond the %" PRIu64 " that are counted",
                  w->rows[0].position, a->counted);
    }
    return err;
}

/* What only the end of the journal can tell. */
static enum tbc_err
check_end(struct walk *w)
{
    struct cli_audit *a = w->a;

    if (a->leaves < a->counted) {
        offend_at(a, a->leaves,
                  "leaf %" PRIu64 ": missing: %" PRIu64 " leaves are counted",
                  a->leaves, a->counted);
    }
    for (size_t i = 0; i < a->witnesses_n; i++) {
        const struct cli_witness *x = &a->witnesses[i];

        if (x->said.size > a->leaves) {
            offend_at(a, a->leaves,
                      "leaf %" PRIu64 ": missing: %s was signed over %" PRIu64,
                      a->leaves, x->where, x->said.size);
        }
    }
    if (a->gone != a->erased) {
        offend_at(a, a->gone_at,
                  "leaf %" PRIu64 ": its certificate has no row; %" PRIu64
                  " have none, %" PRIu64 " were erased",
                  a->gone_at, a->gone, a->erased);
    }
    return check_beyond(w);
}

enum tbc_err
cli_audit_run(struct cli_audit *a)
{
    struct walk *w = calloc(1, sizeof *w);
    enum tbc_err err;

    if (w == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    w->a = a;
    if ((err = tbc_journal_size(a->store, &a->counted)) == TBC_OK &&
        (err = walk_leaves(w)) == TBC_OK && a->consistent) {
        err = check_end(w);
    }
    if (err == TBC_OK && a->consistent) {
        err = walk_certificates(w);
    }
    free(w);
    return err;
}
