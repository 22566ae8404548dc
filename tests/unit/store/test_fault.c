/* The disk fails at every write and every sync in turn, then the power: what was acknowledged is
 * there, and the rest is absent or whole. */
#include "fault_vfs.h"
#include "place.h"
#include "store/check.h"
#include "store/outbox.h"
#include "suite.h"
#include "sys/file.h"

#include <sqlite3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS    4
#define TRIES     3
#define FLIP_STEP 211 /* bytes: every byte in the long run would take minutes */
#define STEPS_MAX 400

static const uint8_t seal_key[TBC_SEAL_KEY_LEN] = { 1, 2, 3 };

static struct tbc_store *
fresh_store(const char **path)
{
    struct tbc_store *s = NULL;

    if (!tbc_fault_install()) {
        exit(2);
    }
    tbc_fault_disarm();
    tbc_fault_forget();
    *path = place_empty();
    if (tbc_store_open(&s, *path, seal_key, true) != TBC_OK) {
        exit(2);
    }
    return s;
}

/* Two rows that stand together or not at all. */
static enum tbc_err
write_pair(struct tbc_store *s, unsigned round)
{
    char one[16];
    char two[16];
    enum tbc_err err;

    (void)snprintf(one, sizeof one, "one %u", round);
    (void)snprintf(two, sizeof two, "two %u", round);
    if ((err = tbc_store_begin(s)) != TBC_OK || (err = tbc_store_mark(s)) != TBC_OK ||
        (err = tbc_store_set(s, one, round + 1)) != TBC_OK ||
        (err = tbc_store_keep(s)) != TBC_OK || (err = tbc_store_mark(s)) != TBC_OK ||
        (err = tbc_store_set(s, two, round + 1)) != TBC_OK ||
        (err = tbc_store_keep(s)) != TBC_OK || (err = tbc_store_commit(s)) != TBC_OK) {
        tbc_store_rollback(s);
    }
    return err;
}

/* 0: neither row, 1: both; anything else is half a transaction. */
static int
read_pair(struct tbc_store *s, unsigned round)
{
    char one[16];
    char two[16];
    uint64_t a = 0;
    uint64_t b = 0;

    (void)snprintf(one, sizeof one, "one %u", round);
    (void)snprintf(two, sizeof two, "two %u", round);
    if (tbc_store_get(s, one, &a) != TBC_OK || tbc_store_get(s, two, &b) != TBC_OK ||
        a != b) {
        return -1;
    }
    return a == round + 1 ? 1 : (a == 0 ? 0 : -1);
}

/* As a process that dies: what closing would still write and sync does not get there. */
static void
close_badly(struct tbc_store **s)
{
    tbc_fault_arm(TBC_FAULT_SYNC, 1, SQLITE_IOERR_FSYNC);
    tbc_store_close(s);
    tbc_fault_disarm();
}

/* Some transactions with that fault; with `retry`, each is tried until it is acknowledged.  False
 * when the fault did not come any more: all steps have had theirs. */
static bool
survive(enum tbc_fault_op op, unsigned step, int code, bool retry)
{
    bool acknowledged[ROUNDS] = { false };
    const char *path;
    struct tbc_store *s = fresh_store(&path);
    bool came;

    tbc_fault_arm(op, step, code);
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < TRIES && !acknowledged[round]; i++) {
            enum tbc_err err = write_pair(s, round);

            acknowledged[round] = err == TBC_OK;
            CU_ASSERT(err == TBC_OK || err == TBC_ERR_IO);
            if (!retry) {
                break;
            }
        }
        CU_ASSERT(acknowledged[round] || !retry);
    }
    came = tbc_fault_happened();
    close_badly(&s);
    /* the process starts again on what it can read, durable or not, and answers from it */
    CU_ASSERT_FATAL(tbc_store_open(&s, path, seal_key, false) == TBC_OK);
    for (unsigned round = 0; round < ROUNDS; round++) {
        acknowledged[round] = acknowledged[round] || read_pair(s, round) == 1;
    }
    close_badly(&s);
    CU_ASSERT_FATAL(tbc_fault_cut_power());
    CU_ASSERT_FATAL(tbc_store_open(&s, path, seal_key, false) == TBC_OK);
    for (unsigned round = 0; round < ROUNDS; round++) {
        int found = read_pair(s, round);

        CU_ASSERT(found >= 0);
        CU_ASSERT(found == 1 || !acknowledged[round]);
    }
    tbc_store_close(&s);
    return came;
}

static void
sweep(enum tbc_fault_op op, int code)
{
    for (int retry = 0; retry < 2; retry++) {
        unsigned step = 1;

        while (step < STEPS_MAX && survive(op, step, code, retry != 0)) {
            step++;
        }
        CU_ASSERT(step > ROUNDS); /* at least one in each round */
        CU_ASSERT(step < STEPS_MAX);
    }
}

static void
after_any_failed_sync_nothing_acknowledged_is_lost(void)
{
    sweep(TBC_FAULT_SYNC, SQLITE_IOERR_FSYNC);
}

static void
after_any_failed_write_nothing_acknowledged_is_lost(void)
{
    sweep(TBC_FAULT_WRITE, SQLITE_IOERR_WRITE);
}

static void
after_a_full_disk_nothing_acknowledged_is_lost(void)
{
    sweep(TBC_FAULT_WRITE, SQLITE_FULL);
}

static void
fill(struct tbc_store *s)
{
    struct tbc_store_person p = { .kind = TBC_DOC_CN, .has_face = true };
    struct tbc_store_certificate c = { .bytes = { 1 }, .bytes_len = 300 };
    bool changed;

    CU_ASSERT_EQUAL(tbc_store_begin(s), TBC_OK);
    for (unsigned i = 0; i < 20; i++) {
        (void)snprintf(p.number, sizeof p.number, "11010519491231%04u", i);
        (void)snprintf(c.device, sizeof c.device, "kiosk-%u", i);
        c.cti[0] = (uint8_t)i;
        c.status_idx = i;
        CU_ASSERT_EQUAL(tbc_store_person_put(s, &p, &changed), TBC_OK);
        CU_ASSERT_EQUAL(tbc_store_certificate_put(s, &c), TBC_OK);
    }
    CU_ASSERT_EQUAL(tbc_store_commit(s), TBC_OK);
}

static void
one_flipped_bit_anywhere_in_the_file_is_noticed(void)
{
    struct tbc_buf file = { 0 };
    struct tbc_store_look look;
    const char *path;
    struct tbc_store *s = fresh_store(&path);
    unsigned bit = 0;

    fill(s);
    tbc_store_close(&s);
    CU_ASSERT_EQUAL_FATAL(tbc_file_read(path, 64u << 20, &file), TBC_OK);
    for (size_t at = 0; at < file.len; at += FLIP_STEP) {
        enum tbc_err err;

        file.ptr[at] ^= (uint8_t)(1u << bit++ % 8);
        CU_ASSERT_EQUAL_FATAL(tbc_file_write(path, tbc_buf_span(&file), 0600), TBC_OK);
        /* the doctor, who changes nothing, says the same as the station at its start */
        CU_ASSERT(tbc_store_check(path, &look) != TBC_OK || !look.sound);
        err = tbc_store_open(&s, path, seal_key, false);
        if (err == TBC_OK) {
            (void)fprintf(stderr, "a flipped bit at %zu of %zu is not noticed\n", at,
                          file.len);
        }
        CU_ASSERT_NOT_EQUAL(err, TBC_OK);
        tbc_store_close(&s);
        (void)place_empty(); /* what the opening has left beside it */
        file.ptr[at] ^= (uint8_t)(1u << (bit - 1) % 8);
    }
    CU_ASSERT_EQUAL(tbc_file_write(path, tbc_buf_span(&file), 0600), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_check(path, &look), TBC_OK);
    CU_ASSERT(look.sound);
    CU_ASSERT_EQUAL(tbc_store_open(&s, path, seal_key, false), TBC_OK);
    tbc_store_close(&s);
    tbc_buf_fini(&file);
}

/* Whether the gate's journal still has the entry that waits to be told. */
static bool
has_waiting(const char *path, bool and_cut)
{
    struct tbc_outbox *box = NULL;
    struct tbc_entry entry;
    struct tbc_buf why = { 0 };
    size_t n = 0;

    CU_ASSERT_EQUAL_FATAL(tbc_outbox_open(&box, path, "gate-1", &why), TBC_OK);
    CU_ASSERT_EQUAL(tbc_outbox_waiting(box, &entry, 1, &n), TBC_OK);
    if (and_cut) {
        tbc_fault_arm(TBC_FAULT_SYNC, 1, SQLITE_IOERR_FSYNC);
    }
    tbc_outbox_close(&box);
    tbc_fault_disarm();
    tbc_buf_fini(&why);
    return n == 1;
}

/* A gate that was restarted may open for what it reads, so that must be on the disk. */
static void
what_a_gate_reads_after_a_failed_sync_stays(void)
{
    const struct tbc_outbox_entry entry = {
        .entry = { .event = { 1 }, .cti = { 2 }, .at = { 3 } }
    };
    struct tbc_outbox *box = NULL;
    struct tbc_buf why = { 0 };
    const char *path;
    struct tbc_store *s = fresh_store(&path); /* for its folder */
    bool had;

    tbc_store_close(&s);
    path = place_empty();
    tbc_fault_forget();
    CU_ASSERT_EQUAL_FATAL(tbc_outbox_open(&box, path, "gate-1", &why), TBC_OK);
    tbc_fault_arm(TBC_FAULT_SYNC, 1, SQLITE_IOERR_FSYNC);
    CU_ASSERT_EQUAL(tbc_outbox_write(box, &entry), TBC_ERR_IO);
    tbc_fault_arm(TBC_FAULT_SYNC, 1, SQLITE_IOERR_FSYNC);
    tbc_outbox_close(&box);
    tbc_fault_disarm();
    had = has_waiting(path, true);
    CU_ASSERT_FATAL(tbc_fault_cut_power());
    CU_ASSERT_EQUAL(has_waiting(path, false), had);
    tbc_buf_fini(&why);
}

TBC_SUITE("store/fault", TEST(after_any_failed_sync_nothing_acknowledged_is_lost),
          TEST(after_any_failed_write_nothing_acknowledged_is_lost),
          TEST(after_a_full_disk_nothing_acknowledged_is_lost),
          TEST(what_a_gate_reads_after_a_failed_sync_stays),
          TEST(one_flipped_bit_anywhere_in_the_file_is_noticed))
