/* The journal's tree; its rows are read in store_leaves.c. */
#include "crypto/digest.h"
#include "store/inner.h"
#include "sys/log.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COUNTER "journal" /* in meta: leaves that are committed */

static enum tbc_err
read_node(struct tbc_store *s, const struct tbc_sql_rows *q, unsigned level,
          uint64_t position, struct tbc_hash *node)
{
    const struct tbc_span nodes = tbc_column_bytes(q, 1);

    if (level == 0) {
        return tbc_merkle_leaf(tbc_column_bytes(q, 0), node);
    }
    if (nodes.len != TBC_HASH_LEN * (size_t)__builtin_ctzll(position + 1)) {
        return tbc_log_err(TBC_ERR_CORRUPT, "%s: the nodes of leaf %" PRIu64,
                           s->sql->name, position);
    }
    memcpy(node->b, nodes.ptr + (size_t)(level - 1) * TBC_HASH_LEN, TBC_HASH_LEN);
    return TBC_OK;
}

/* A subtree is complete with its last leaf: there its root stands. */
enum tbc_err
tbc_journal_node(void *store, unsigned level, uint64_t index, struct tbc_hash *node)
{
    struct tbc_store *s = store;
    const uint64_t position = ((index + 1) << level) - 1;
    const struct tbc_sql_value values[] = { TBC_INT(position) };
    struct tbc_sql_rows *q;
    enum tbc_err err;

    if ((err = tbc_sql_query(s->sql, TBC_STORE_LEAF_GET, values, 1, &q)) != TBC_OK) {
        return err;
    }
    err = tbc_sql_step(q);
    if (err == TBC_ERR_NOT_FOUND) {
        err = tbc_log_err(TBC_ERR_CORRUPT, "%s: leaf %" PRIu64 " is missing",
                          s->sql->name, position);
    } else if (err == TBC_OK) {
        err = read_node(s, q, level, position, node);
    }
    tbc_sql_done(q);
    return err;
}

/* The leaves in a row without a gap, as far as their last one says. */
static enum tbc_err
check_last(struct tbc_store *s, uint64_t size)
{
    uint64_t last = 0;
    enum tbc_err err = tbc_sql_number(s->sql, TBC_STORE_LEAF_LAST, NULL, 0, &last);

    if (err == TBC_ERR_NOT_FOUND) {
        err = size == 0 ? TBC_OK : TBC_ERR_CORRUPT;
    } else if (err == TBC_OK && last + 1 != size) {
        err = TBC_ERR_CORRUPT;
    }
    return err == TBC_ERR_CORRUPT
               ? tbc_log_err(err,
                             "%s: the journal counts %" PRIu64 " leaves, "
                             "but these are not there",
                             s->sql->name, size)
               : err;
}

static enum tbc_err
load_tree(struct tbc_store *s, uint64_t size)
{
    struct tbc_merkle *tree = &s->journal.tree;
    enum tbc_err err = check_last(s, size);

    tree->size = size;
    for (unsigned k = 0; k < 64 && err == TBC_OK; k++) {
        if ((size >> k & 1) != 0) {
            err = tbc_journal_node(s, k, (size >> k) - 1, &tree->peaks[k]);
        }
    }
    s->journal.known = err == TBC_OK;
    return err;
}

/* Take the counter for the rest of the transaction, and the tree as it stands there. */
static enum tbc_err
take_counter(struct tbc_store *s)
{
    const struct tbc_sql_value values[] = { TBC_TEXT(COUNTER) };
    uint64_t size;
    enum tbc_err err;

    assert(s->journal.begun);
    if (s->journal.taken && s->journal.known) {
        return TBC_OK;
    }
    err = tbc_sql_number(s->sql, TBC_STORE_JOURNAL_TAKE, values, 1, &size);
    if (err == TBC_ERR_NOT_FOUND) {
        return tbc_store_damaged(s, "meta");
    }
    if (err == TBC_OK && size < s->committed) {
        return tbc_log_err(
            TBC_ERR_CORRUPT,
            "%s: %" PRIu64 " leaves of the journal were committed, %" PRIu64
            " are there: a standby that lagged has taken over; bring the one before it "
            "back, or start again on what there is",
            s->sql->name, s->committed, size);
    }
    if (err == TBC_OK && (!s->journal.known || s->journal.tree.size != size)) {
        err = load_tree(s, size);
    }
    if (err == TBC_OK) {
        s->committed = size;
    }
    s->journal.taken = err == TBC_OK;
    return err;
}

enum tbc_err
tbc_journal_take(struct tbc_store *s, uint64_t *size)
{
    enum tbc_err err = take_counter(s);

    *size = err == TBC_OK ? s->journal.tree.size : 0;
    return err;
}

enum tbc_err
tbc_journal_size(struct tbc_store *s, uint64_t *size)
{
    if (s->journal.taken && s->journal.known) {
        *size = s->journal.tree.size;
        return TBC_OK;
    }
    return tbc_store_get(s, COUNTER, size);
}

enum tbc_err
tbc_journal_root(struct tbc_store *s, uint64_t size, struct tbc_hash *root)
{
    uint64_t all;
    bool first = true;
    enum tbc_err err = tbc_journal_size(s, &all);

    if (err != TBC_OK || size > all) {
        return err == TBC_OK ? TBC_ERR_RANGE : err;
    }
    if (size == 0) {
        return tbc_merkle_empty(root);
    }
    for (unsigned k = 0; k < 64 && err == TBC_OK; k++) {
        struct tbc_hash peak;

        if ((size >> k & 1) == 0) {
            continue;
        }
        err = tbc_journal_node(s, k, (size >> k) - 1, &peak);
        if (err == TBC_OK && first) {
            *root = peak;
        } else if (err == TBC_OK) {
            err = tbc_merkle_node(&peak, root, root);
        }
        first = false;
    }
    return err;
}

/* Beside the tree; the leaf gets what says nothing without it. */
static enum tbc_err
put_note(struct tbc_store *s, uint64_t position, const char *text,
         struct tbc_leaf *leaf)
{
    struct tbc_journal_note note = { .text = "" };
    enum tbc_err err = tbc_random(note.key, sizeof note.key);

    if (strlen(text) >= sizeof note.text) {
        return TBC_ERR_RANGE;
    }
    (void)snprintf(note.text, sizeof note.text, "%s", text);
    leaf->has_note = true;
    if (err == TBC_OK &&
        (err = tbc_hmac_sha256(tbc_span_of(note.key, sizeof note.key),
                               tbc_span_str(text), leaf->note)) == TBC_OK) {
        err = tbc_journal_note_put(s, position, &note);
    }
    tbc_wipe(&note, sizeof note);
    return err;
}

static enum tbc_err
put_leaf(struct tbc_store *s, const struct tbc_leaf *leaf, uint64_t position)
{
    uint8_t storage[TBC_LEAF_MAX];
    struct tbc_buf bytes;
    struct tbc_hash hash;
    struct tbc_hash nodes[64];
    size_t n;
    enum tbc_err err;

    tbc_buf_init_fixed(&bytes, storage, sizeof storage);
    if ((err = tbc_leaf_encode(leaf, &bytes)) == TBC_OK &&
        (err = tbc_merkle_leaf(tbc_buf_span(&bytes), &hash)) == TBC_OK &&
        (err = tbc_merkle_append_nodes(&s->journal.tree, &hash, nodes, &n)) == TBC_OK) {
        const struct tbc_sql_value values[] = {
            TBC_INT(position),
            TBC_BLOB(leaf->has_cti && !tbc_leaf_is_issue(leaf) ? leaf->cti : NULL,
                     sizeof leaf->cti),
            TBC_SPAN(tbc_buf_span(&bytes)),
            /* no nodes is empty, not NULL: the array is there in any case */
            TBC_BLOB(nodes, n * sizeof *nodes),
        };

        err =
            tbc_sql_run(s->sql, TBC_STORE_LEAF_PUT, values, TBC_VALUES_N(values), NULL);
    }
    return err;
}

enum tbc_err
tbc_journal_append(struct tbc_store *s, const struct tbc_leaf *leaf, const char *note,
                   uint64_t *position)
{
    struct tbc_leaf own = *leaf;
    uint64_t at;
    enum tbc_err err = tbc_journal_take(s, &at);

    own.has_note = false;
    if (err != TBC_OK ||
        (note != NULL && (err = put_note(s, at, note, &own)) != TBC_OK)) {
        return err;
    }
    if ((err = put_leaf(s, &own, at)) != TBC_OK) {
        s->journal.known = false; /* undo or rollback follows; the tree is read again */
        return err;
    }
    if (position != NULL) {
        *position = at;
    }
    return TBC_OK;
}

void
tbc_journal_begin(struct tbc_store *s)
{
    s->journal.begun = true;
    s->journal.taken = false;
}

enum tbc_err
tbc_journal_settle(struct tbc_store *s)
{
    return s->journal.taken ? tbc_store_set(s, COUNTER, s->journal.tree.size) : TBC_OK;
}

void
tbc_journal_end(struct tbc_store *s, bool committed)
{
    s->journal.known = s->journal.known && committed;
    if (s->journal.known && s->journal.taken) {
        s->committed = s->journal.tree.size;
    }
    s->journal.taken = false;
    s->journal.begun = false;
}

void
tbc_journal_mark(struct tbc_store *s)
{
    s->marked = s->journal;
}

void
tbc_journal_undo(struct tbc_store *s)
{
    s->journal = s->marked;
}
