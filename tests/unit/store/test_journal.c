#include "crypto/digest.h"
#include "place.h"
#include "store/journal.h"
#include "suite.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZES 70

static const uint8_t seal_key[TBC_SEAL_KEY_LEN] = { 1, 2, 3 };
static const char *where;

static struct tbc_store *
fresh_store(void)
{
    struct tbc_store *s = NULL;

    where = place_empty();
    if (tbc_store_open(&s, where, seal_key, true) != TBC_OK) {
        exit(2);
    }
    return s;
}

static struct tbc_store *
reopened(struct tbc_store *s)
{
    tbc_store_close(&s);
    return tbc_store_open(&s, where, seal_key, false) == TBC_OK ? s : NULL;
}

/* A use at a gate, the i-th of all, of one of three certificates. */
static struct tbc_leaf
a_leaf(uint64_t i)
{
    struct tbc_leaf leaf = { .kind = TBC_LEAF_ENTER,
                             .time = { 1769996400 + (int64_t)i },
                             .device = "gate-1",
                             .cti = { (uint8_t)(i % 3) },
                             .has_cti = true,
                             .word = "ACCEPTED" };

    return leaf;
}

static void
append(struct tbc_store *s, uint64_t i)
{
    const struct tbc_leaf leaf = a_leaf(i);
    uint64_t position = UINT64_MAX;

    CU_ASSERT_EQUAL(tbc_journal_append(s, &leaf, NULL, &position), TBC_OK);
    CU_ASSERT_EQUAL(position, i);
}

/* The leaves first..first + n - 1 in a transaction of their own. */
static void
append_many(struct tbc_store *s, uint64_t first, uint64_t n)
{
    CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK);
    for (uint64_t i = first; i < first + n; i++) {
        append(s, i);
    }
    CU_ASSERT_EQUAL(tbc_store_commit(s), TBC_OK);
}

/* The tree of those leaves, without a store. */
static void
expect(uint64_t n, struct tbc_merkle *tree)
{
    *tree = (struct tbc_merkle){ 0 };
    for (uint64_t i = 0; i < n; i++) {
        const struct tbc_leaf leaf = a_leaf(i);
        struct tbc_buf bytes = { 0 };
        struct tbc_hash hash;

        CU_ASSERT_EQUAL_FATAL(tbc_leaf_encode(&leaf, &bytes), TBC_OK);
        CU_ASSERT_EQUAL_FATAL(tbc_merkle_leaf(tbc_buf_span(&bytes), &hash), TBC_OK);
        CU_ASSERT_EQUAL_FATAL(tbc_merkle_append(tree, &hash), TBC_OK);
        tbc_buf_fini(&bytes);
    }
}

static bool
is_whole(struct tbc_store *s, uint64_t n)
{
    struct tbc_merkle tree;
    struct tbc_hash wanted;
    struct tbc_hash root;
    uint64_t size;

    expect(n, &tree);
    return tbc_merkle_root(&tree, &wanted) == TBC_OK &&
           tbc_journal_size(s, &size) == TBC_OK && size == n &&
           tbc_journal_root(s, n, &root) == TBC_OK &&
           memcmp(root.b, wanted.b, sizeof root.b) == 0;
}

static bool
proves(struct tbc_store *s, uint64_t index, uint64_t size)
{
    struct tbc_hash proof[TBC_MERKLE_PROOF_MAX];
    struct tbc_hash leaf;
    struct tbc_hash root;
    size_t n;
    bool holds = false;

    return tbc_journal_node(s, 0, index, &leaf) == TBC_OK &&
           tbc_journal_root(s, size, &root) == TBC_OK &&
           tbc_merkle_prove_inclusion(tbc_journal_node, s, index, size, proof, &n) ==
               TBC_OK &&
           tbc_merkle_verify_inclusion(&leaf, index, size, &root,
                                       tbc_span_of(proof, n * sizeof *proof),
                                       &holds) == TBC_OK &&
           holds;
}

static bool
joins(struct tbc_store *s, uint64_t size1, uint64_t size2)
{
    struct tbc_hash proof[TBC_MERKLE_PROOF_MAX];
    struct tbc_hash roots[2];
    size_t n;
    bool holds = false;

    return tbc_journal_root(s, size1, &roots[0]) == TBC_OK &&
           tbc_journal_root(s, size2, &roots[1]) == TBC_OK &&
           tbc_merkle_prove_consistency(tbc_journal_node, s, size1, size2, proof, &n) ==
               TBC_OK &&
           tbc_merkle_verify_consistency(size1, size2, &roots[0], &roots[1],
                                         tbc_span_of(proof, n * sizeof *proof),
                                         &holds) == TBC_OK &&
           holds;
}

static void
every_leaf_of_every_size_is_proved(void)
{
    struct tbc_store *s = fresh_store();
    bool all = true;

    CU_ASSERT(is_whole(s, 0));
    for (uint64_t size = 1; size <= SIZES; size++) {
        append_many(s, size - 1, 1);
        all = all && is_whole(s, size);
    }
    CU_ASSERT(all);
    for (uint64_t size = 1; size <= SIZES; size++) {
        for (uint64_t i = 0; i < size; i++) {
            all = all && proves(s, i, size) && joins(s, i + 1, size);
        }
    }
    CU_ASSERT(all);
    tbc_store_close(&s);
}

static void
the_tree_goes_on_after_reopening(void)
{
    for (uint64_t n = 0; n <= 17; n++) {
        struct tbc_store *s = fresh_store();

        append_many(s, 0, n);
        s = reopened(s);
        CU_ASSERT_FATAL(s != NULL);
        append_many(s, n, 5);
        CU_ASSERT(is_whole(s, n + 5));
        tbc_store_close(&s);
    }
}

/* Of each three requests in one transaction the second is taken back. */
static void
what_is_undone_never_had_a_position(void)
{
    struct tbc_store *s = fresh_store();
    uint64_t next = 0;

    CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK);
    for (int request = 0; request < 30; request++) {
        const uint64_t before = next;

        CU_ASSERT_EQUAL(tbc_store_mark(s), TBC_OK);
        for (int i = 0; i <= request % 4; i++) {
            append(s, next++);
        }
        if (request % 3 == 0) {
            CU_ASSERT_EQUAL(tbc_store_undo(s), TBC_OK);
            next = before;
        } else {
            CU_ASSERT_EQUAL(tbc_store_keep(s), TBC_OK);
        }
    }
    CU_ASSERT_EQUAL(tbc_store_commit(s), TBC_OK);
    CU_ASSERT(is_whole(s, next));
    s = reopened(s);
    CU_ASSERT_FATAL(s != NULL);
    CU_ASSERT(is_whole(s, next));
    tbc_store_close(&s);
}

static void
a_rolled_back_transaction_leaves_nothing(void)
{
    struct tbc_store *s = fresh_store();

    append_many(s, 0, 6);
    CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK);
    append(s, 6);
    append(s, 7);
    tbc_store_rollback(s);
    CU_ASSERT(is_whole(s, 6));
    append_many(s, 6, 3);
    CU_ASSERT(is_whole(s, 9));
    tbc_store_close(&s);
}

/* A writer is killed somewhere in its tenth transaction or later: whole transactions are there. */
static void
a_killed_writer_leaves_whole_transactions(void)
{
    struct tbc_store *s = fresh_store();
    uint64_t size = 0;

    for (int round = 0; round < 5; round++) {
        int told[2];
        pid_t pid;
        char byte;

        tbc_store_close(&s);
        CU_ASSERT_EQUAL_FATAL(pipe(told), 0);
        if ((pid = fork()) == 0) {
            if (tbc_store_open(&s, where, seal_key, false) != TBC_OK) {
                _exit(2);
            }
            for (uint64_t i = size;; i += 3) {
                append_many(s, i, 3);
                if (write(told[1], "x", 1) != 1) {
                    _exit(0);
                }
            }
        }
        (void)close(told[1]);
        for (int i = 0; i < 10; i++) {
            CU_ASSERT_EQUAL(read(told[0], &byte, 1), 1);
        }
        CU_ASSERT_EQUAL(kill(pid, SIGKILL), 0);
        CU_ASSERT_EQUAL(waitpid(pid, NULL, 0), pid);
        (void)close(told[0]);
        CU_ASSERT_EQUAL_FATAL(tbc_store_open(&s, where, seal_key, false), TBC_OK);
        CU_ASSERT(tbc_journal_size(s, &size) == TBC_OK && size >= 30 && size % 3 == 0);
        CU_ASSERT(is_whole(s, size));
    }
    tbc_store_close(&s);
}

static void
a_certificate_finds_its_leaves_and_notes(void)
{
    struct tbc_store *s = fresh_store();
    static struct tbc_journal_row rows[8];
    struct tbc_leaf leaf = { .kind = TBC_LEAF_REVOKE,
                             .time = { 1769996400 },
                             .device = "desk",
                             .cti = { 1 },
                             .has_cti = true };
    struct tbc_journal_note note;
    uint8_t mac[TBC_LEAF_DIGEST_LEN];
    size_t n;

    append_many(s, 0, 7);
    CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_journal_append(s, &leaf, "lost, says Anna Rossi", NULL),
                    TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_commit(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_journal_of(s, leaf.cti, 0, rows, 8, &n), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(n, 3);
    CU_ASSERT(rows[0].position == 1 && rows[1].position == 4 && rows[2].position == 7);
    CU_ASSERT_EQUAL(tbc_journal_note(s, 1, &note), TBC_ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(tbc_journal_note(s, 7, &note), TBC_OK);
    CU_ASSERT_STRING_EQUAL(note.text, "lost, says Anna Rossi");
    CU_ASSERT_EQUAL(
        tbc_leaf_decode(&leaf, tbc_span_of(rows[2].bytes, rows[2].len), NULL), TBC_OK);
    CU_ASSERT_EQUAL(tbc_hmac_sha256(tbc_span_of(note.key, sizeof note.key),
                                    tbc_span_str(note.text), mac),
                    TBC_OK);
    CU_ASSERT(leaf.has_note && memcmp(mac, leaf.note, sizeof mac) == 0);
    CU_ASSERT_EQUAL(tbc_journal_of(s, leaf.cti, 2, rows, 1, &n), TBC_OK);
    CU_ASSERT(n == 1 && rows[0].position == 4);
    CU_ASSERT_EQUAL(tbc_journal_page(s, 5, rows, 8, &n), TBC_OK);
    CU_ASSERT(n == 3 && rows[0].position == 5 && rows[0].has_cti);
    tbc_store_close(&s);
}

/* After it nothing typed is left, in the file or its log, and the tree still verifies. */
static void
a_forgotten_note_is_gone_and_the_tree_stands(void)
{
    struct tbc_store *s = fresh_store();
    static struct tbc_journal_row rows[1];
    struct tbc_leaf leaf = { .kind = TBC_LEAF_REVOKE,
                             .time = { 1769996400 },
                             .device = "desk",
                             .cti = { 1 },
                             .has_cti = true };
    struct tbc_journal_note note;
    struct tbc_hash before;
    struct tbc_hash after;
    size_t n;

    CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_journal_append(s, &leaf, "Zacharias was here", NULL), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_commit(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_journal_root(s, 1, &before), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_journal_forget(s, leaf.cti), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_commit(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_journal_of(s, leaf.cti, 0, rows, 1, &n), TBC_OK);
    CU_ASSERT_EQUAL(n, 1);
    CU_ASSERT_EQUAL(tbc_journal_note(s, 0, &note), TBC_ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(tbc_journal_root(s, 1, &after), TBC_OK);
    CU_ASSERT_EQUAL(memcmp(before.b, after.b, sizeof before.b), 0);
    tbc_store_close(&s);
    CU_ASSERT_FALSE(place_holds(tbc_span_str("Zacharias")));
}

/* Where a database may have two: the second's leaves stand behind the first's. */
static void
two_processes_share_one_counter(void)
{
    struct tbc_store *s = fresh_store();
    struct tbc_store *other = NULL;
    enum tbc_err err;

    append_many(s, 0, 3);
    err = tbc_store_open(&other, where, seal_key, false);
    if (err == TBC_ERR_BUSY) {
        tbc_store_close(&s);
        tbc_test_skip("a file has one process");
        return;
    }
    CU_ASSERT_EQUAL_FATAL(err, TBC_OK);
    for (uint64_t i = 3; i < 23; i += 4) {
        append_many(other, i, 1);
        append_many(s, i + 1, 3);
    }
    CU_ASSERT(is_whole(s, 23) && is_whole(other, 23));
    tbc_store_close(&other);
    tbc_store_close(&s);
}

static void
no_leaf_that_is_none_is_appended(void)
{
    struct tbc_store *s = fresh_store();
    struct tbc_leaf leaf = a_leaf(0);

    append_many(s, 0, 3);
    leaf.word[0] = '\0';
    CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_mark(s), TBC_OK);
    CU_ASSERT_EQUAL(tbc_journal_append(s, &leaf, NULL, NULL), TBC_ERR_RANGE);
    CU_ASSERT_EQUAL(tbc_store_undo(s), TBC_OK);
    append(s, 3);
    CU_ASSERT_EQUAL(tbc_store_commit(s), TBC_OK);
    CU_ASSERT(is_whole(s, 4));
    tbc_store_close(&s);
}

static void
checkpoints_are_kept_and_the_largest_is_the_newest(void)
{
    struct tbc_store *s = fresh_store();
    struct tbc_buf out = { 0 };
    const struct tbc_utc at = { 1769996400 };

    CU_ASSERT_EQUAL(tbc_journal_checkpoint_newest(s, &out), TBC_ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(tbc_journal_checkpoint_put(s, 9, at, tbc_span_str("nine")), TBC_OK);
    CU_ASSERT_EQUAL(tbc_journal_checkpoint_put(s, 10, at, tbc_span_str("ten")), TBC_OK);
    CU_ASSERT_EQUAL(tbc_journal_checkpoint_put(s, 9, at, tbc_span_str("other")),
                    TBC_ERR_EXISTS);
    CU_ASSERT_EQUAL(tbc_journal_checkpoint_newest(s, &out), TBC_OK);
    CU_ASSERT(tbc_span_equal(tbc_buf_span(&out), tbc_span_str("ten")));
    tbc_buf_fini(&out);
    tbc_store_close(&s);
}

TBC_SUITE("store/journal", TEST(every_leaf_of_every_size_is_proved),
          TEST(the_tree_goes_on_after_reopening),
          TEST(what_is_undone_never_had_a_position),
          TEST(a_rolled_back_transaction_leaves_nothing),
          TEST(a_killed_writer_leaves_whole_transactions),
          TEST(a_certificate_finds_its_leaves_and_notes),
          TEST(a_forgotten_note_is_gone_and_the_tree_stands),
          TEST(two_processes_share_one_counter), TEST(no_leaf_that_is_none_is_appended),
          TEST(checkpoints_are_kept_and_the_largest_is_the_newest))
