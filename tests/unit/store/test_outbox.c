#include "store/outbox.h"
#include "suite.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define OWNER "gate-1"
#define AT    1700000000

static char folder[64];
static char path[96];

static void
begin(void)
{
    snprintf(folder, sizeof folder, "/tmp/tbc-outbox-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/journal.db", folder);
}

static void
end(void)
{
    char wal[112];

    snprintf(wal, sizeof wal, "%s-wal", path);
    (void)unlink(wal);
    (void)unlink(path);
    CU_ASSERT_EQUAL(rmdir(folder), 0);
}

static struct tbc_outbox *
open_box(void)
{
    struct tbc_outbox *box = NULL;
    struct tbc_buf why = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_outbox_open(&box, path, OWNER, &why), TBC_OK);
    CU_ASSERT_EQUAL(why.len, 0);
    tbc_buf_fini(&why);
    return box;
}

static enum tbc_err
open_as(const char *owner)
{
    struct tbc_outbox *box = NULL;
    struct tbc_buf why = { 0 };
    enum tbc_err err = tbc_outbox_open(&box, path, owner, &why);

    CU_ASSERT(err == TBC_OK ? why.len == 0 : why.len > 0);
    tbc_outbox_close(&box);
    tbc_buf_fini(&why);
    return err;
}

static struct tbc_outbox_entry
entry(unsigned number, enum tbc_verdict verdict)
{
    struct tbc_outbox_entry e = { 0 };

    e.entry.event[0] = (uint8_t)number;
    e.entry.event[15] = 0xee;
    e.entry.cti[0] = (uint8_t)(number % 8);
    e.entry.verdict = verdict;
    e.entry.at.s = AT + number;
    snprintf(e.entry.train, sizeof e.entry.train, "G1207");
    e.entry.depart.s = AT + 1800;
    return e;
}

static size_t
waiting_n(struct tbc_outbox *box)
{
    struct tbc_entry entries[8];
    size_t n = 0;

    CU_ASSERT_EQUAL(tbc_outbox_waiting(box, entries, 8, &n), TBC_OK);
    return n;
}

/* A child that writes one entry and is killed at once, as between journal and barrier. */
static void
write_and_die(const struct tbc_outbox_entry *e)
{
    pid_t pid = fork();
    int status = 0;

    CU_ASSERT_FATAL(pid >= 0);
    if (pid == 0) {
        struct tbc_outbox *box = NULL;
        struct tbc_buf why = { 0 };

        if (tbc_outbox_open(&box, path, OWNER, &why) == TBC_OK &&
            tbc_outbox_write(box, e) == TBC_OK) {
            (void)kill(getpid(), SIGKILL);
        }
        _exit(1);
    }
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT_TRUE(WIFSIGNALED(status));
}

static void
entry_survives_a_kill_before_the_barrier_opens(void)
{
    struct tbc_outbox *box;
    struct tbc_outbox_memory memory;
    struct tbc_entry told[2];
    struct tbc_outbox_entry e = entry(1, TBC_ACCEPTED_OFFLINE);
    size_t n = 0;

    begin();
    write_and_die(&e);
    box = open_box();
    CU_ASSERT_EQUAL(tbc_outbox_recall(box, &e.entry, NULL, &memory), TBC_OK);
    CU_ASSERT_TRUE(memory.entered);
    CU_ASSERT_EQUAL(memory.entered_at.s, e.entry.at.s);
    CU_ASSERT_EQUAL(tbc_outbox_waiting(box, told, 2, &n), TBC_OK);
    CU_ASSERT_EQUAL(n, 1);
    CU_ASSERT_TRUE(told[0].told);
    CU_ASSERT_EQUAL(memcmp(told[0].event, e.entry.event, TBC_WIRE_ID_LEN), 0);
    CU_ASSERT_STRING_EQUAL(told[0].train, "G1207");
    tbc_outbox_close(&box);
    end();
}

static void
same_event_is_never_written_twice(void)
{
    struct tbc_outbox *box;
    struct tbc_outbox_entry e = entry(1, TBC_ACCEPTED);

    begin();
    box = open_box();
    CU_ASSERT_EQUAL(tbc_outbox_write(box, &e), TBC_OK);
    CU_ASSERT_EQUAL(tbc_outbox_write(box, &e), TBC_ERR_EXISTS);
    CU_ASSERT_EQUAL(waiting_n(box), 1);
    tbc_outbox_close(&box);
    end();
}

static void
used_proof_writes_no_second_entry(void)
{
    static const uint8_t proof[TBC_OUTBOX_PROOF_LEN] = { 7 };
    struct tbc_outbox *box;
    struct tbc_outbox_memory memory;
    struct tbc_outbox_entry first = entry(1, TBC_ACCEPTED);
    struct tbc_outbox_entry second = entry(2, TBC_ACCEPTED);

    begin();
    box = open_box();
    first.proof = proof;
    second.proof = proof;
    CU_ASSERT_EQUAL(tbc_outbox_write(box, &first), TBC_OK);
    CU_ASSERT_EQUAL(tbc_outbox_write(box, &second), TBC_ERR_EXISTS);
    CU_ASSERT_EQUAL(waiting_n(box), 1);
    CU_ASSERT_EQUAL(tbc_outbox_recall(box, &second.entry, proof, &memory), TBC_OK);
    CU_ASSERT_TRUE(memory.proof_used);
    CU_ASSERT_FALSE(memory.entered);
    tbc_outbox_close(&box);
    end();
}

static void
recall_tells_trips_apart(void)
{
    struct tbc_outbox *box;
    struct tbc_outbox_memory memory;
    struct tbc_outbox_entry e = entry(1, TBC_ACCEPTED);

    begin();
    box = open_box();
    CU_ASSERT_EQUAL(tbc_outbox_write(box, &e), TBC_OK);
    e.entry.depart.s += 86400;
    CU_ASSERT_EQUAL(tbc_outbox_recall(box, &e.entry, NULL, &memory), TBC_OK);
    CU_ASSERT_FALSE(memory.entered);
    tbc_outbox_close(&box);
    end();
}

static void
recall_keeps_what_the_station_said(void)
{
    struct tbc_outbox *box;
    struct tbc_outbox_memory memory;
    struct tbc_outbox_entry already = entry(1, TBC_ALREADY_ENTERED);
    struct tbc_outbox_entry revoked = entry(2, TBC_REVOKED);
    struct tbc_outbox_entry early = entry(3, TBC_TOO_EARLY);

    begin();
    box = open_box();
    already.settled = revoked.settled = early.settled = true;
    already.earlier.s = AT - 60;
    CU_ASSERT_EQUAL(tbc_outbox_write(box, &already), TBC_OK);
    CU_ASSERT_EQUAL(tbc_outbox_write(box, &revoked), TBC_OK);
    CU_ASSERT_EQUAL(tbc_outbox_write(box, &early), TBC_OK);
    CU_ASSERT_EQUAL(waiting_n(box), 0);
    CU_ASSERT_EQUAL(tbc_outbox_recall(box, &already.entry, NULL, &memory), TBC_OK);
    CU_ASSERT_TRUE(memory.entered && !memory.revoked);
    CU_ASSERT_EQUAL(memory.entered_at.s, AT - 60);
    CU_ASSERT_EQUAL(tbc_outbox_recall(box, &revoked.entry, NULL, &memory), TBC_OK);
    CU_ASSERT_TRUE(!memory.entered && memory.revoked);
    CU_ASSERT_EQUAL(tbc_outbox_recall(box, &early.entry, NULL, &memory), TBC_OK);
    CU_ASSERT_TRUE(!memory.entered && !memory.revoked);
    tbc_outbox_close(&box);
    end();
}

static void
draining_is_resumable_and_idempotent(void)
{
    struct tbc_outbox *box;
    struct tbc_entry batch[4];
    struct tbc_entry_reply replies[4] = { 0 };
    size_t n = 0;
    size_t settled = 0;

    begin();
    box = open_box();
    for (unsigned i = 0; i < 6; i++) {
        struct tbc_outbox_entry e = entry(i, TBC_ACCEPTED_OFFLINE);

        CU_ASSERT_EQUAL(tbc_outbox_write(box, &e), TBC_OK);
    }
    CU_ASSERT_EQUAL(tbc_outbox_waiting(box, batch, 4, &n), TBC_OK);
    CU_ASSERT_EQUAL(n, 4);
    for (size_t i = 0; i < n; i++) {
        CU_ASSERT_EQUAL(batch[i].event[0], i); /* the oldest first */
        memcpy(replies[i].event, batch[i].event, TBC_WIRE_ID_LEN);
    }
    replies[1].conflict = true;
    CU_ASSERT_EQUAL(tbc_outbox_settle(box, replies, n, &settled), TBC_OK);
    CU_ASSERT_EQUAL(settled, 4);
    CU_ASSERT_EQUAL(tbc_outbox_settle(box, replies, n, &settled), TBC_OK);
    CU_ASSERT_EQUAL(settled, 0);
    tbc_outbox_close(&box);
    box = open_box();
    CU_ASSERT_EQUAL(waiting_n(box), 2);
    tbc_outbox_close(&box);
    end();
}

static void
version_never_goes_back(void)
{
    struct tbc_outbox *box;
    struct tbc_buf out = { 0 };
    struct tbc_utc fetched = { 0 };
    uint64_t version = 0;

    begin();
    box = open_box();
    CU_ASSERT_EQUAL(tbc_outbox_load(box, "trust", &out, NULL, NULL), TBC_ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(
        tbc_outbox_keep(box, "trust", 5, (struct tbc_utc){ AT }, tbc_span_str("five")),
        TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_outbox_keep(box, "trust", 4, (struct tbc_utc){ AT }, tbc_span_str("four")),
        TBC_ERR_RANGE);
    CU_ASSERT_EQUAL(tbc_outbox_keep(box, "trust", (uint64_t)INT64_MAX + 1,
                                    (struct tbc_utc){ AT }, tbc_span_str("far")),
                    TBC_ERR_RANGE);
    tbc_outbox_close(&box);
    box = open_box();
    CU_ASSERT_EQUAL(tbc_outbox_load(box, "trust", &out, &version, &fetched), TBC_OK);
    CU_ASSERT_TRUE(tbc_span_equal(tbc_buf_span(&out), tbc_span_str("five")));
    CU_ASSERT_EQUAL(version, 5);
    CU_ASSERT_EQUAL(fetched.s, AT);
    tbc_buf_fini(&out);
    tbc_outbox_close(&box);
    end();
}

static void
prune_leaves_what_is_not_told(void)
{
    struct tbc_outbox *box;
    struct tbc_outbox_memory memory;
    struct tbc_outbox_entry waiting = entry(1, TBC_ACCEPTED_OFFLINE);
    struct tbc_outbox_entry known = entry(2, TBC_ACCEPTED);

    begin();
    box = open_box();
    known.settled = true;
    CU_ASSERT_EQUAL(tbc_outbox_write(box, &waiting), TBC_OK);
    CU_ASSERT_EQUAL(tbc_outbox_write(box, &known), TBC_OK);
    CU_ASSERT_EQUAL(tbc_outbox_prune(box, (struct tbc_utc){ AT + 10 }), TBC_OK);
    CU_ASSERT_EQUAL(waiting_n(box), 1);
    CU_ASSERT_EQUAL(tbc_outbox_recall(box, &known.entry, NULL, &memory), TBC_OK);
    CU_ASSERT_FALSE(memory.entered);
    tbc_outbox_close(&box);
    end();
}

static void
open_refuses_the_journal_of_another_gate(void)
{
    begin();
    CU_ASSERT_EQUAL(open_as(OWNER), TBC_OK);
    CU_ASSERT_EQUAL(open_as("gate-2"), TBC_ERR_CONFLICT);
    CU_ASSERT_EQUAL(open_as(OWNER), TBC_OK);
    end();
}

static void
open_refuses_a_second_process(void)
{
    struct tbc_outbox *box;
    pid_t pid;
    int status = 0;

    begin();
    box = open_box();
    pid = fork();
    CU_ASSERT_FATAL(pid >= 0);
    if (pid == 0) {
        struct tbc_outbox *second = NULL;
        struct tbc_buf why = { 0 };

        _exit(tbc_outbox_open(&second, path, OWNER, &why) == TBC_ERR_BUSY ? 0 : 1);
    }
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT_EQUAL(status, 0);
    tbc_outbox_close(&box);
    end();
}

static void
open_refuses_what_is_no_journal(void)
{
    static const char text[] =
        "This is a letter to my aunt, and it goes on for a while.\n";
    int fd;

    begin();
    CU_ASSERT_EQUAL(mkdir(path, 0700), 0);
    CU_ASSERT_EQUAL(open_as(OWNER), TBC_ERR_IO);
    CU_ASSERT_EQUAL(rmdir(path), 0);
    fd = open(path, O_WRONLY | O_CREAT, 0600);
    for (int i = 0; i < 100; i++) {
        CU_ASSERT_EQUAL(write(fd, text, sizeof text - 1), (ssize_t)sizeof text - 1);
    }
    close(fd);
    CU_ASSERT_EQUAL(open_as(OWNER), TBC_ERR_CORRUPT);
    end();
}

static void
journal_is_private(void)
{
    struct stat st;

    begin();
    CU_ASSERT_EQUAL(open_as(OWNER), TBC_OK);
    CU_ASSERT_EQUAL(stat(path, &st), 0);
    CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
    end();
}

/* Whether the journal still says what was written. */
static bool
is_whole(struct tbc_outbox *box, const struct tbc_outbox_entry *e)
{
    struct tbc_outbox_memory memory;
    struct tbc_buf out = { 0 };
    uint64_t version = 0;
    bool whole;

    whole = waiting_n(box) == 1 &&
            tbc_outbox_recall(box, &e->entry, NULL, &memory) == TBC_OK &&
            memory.entered && memory.entered_at.s == e->entry.at.s &&
            tbc_outbox_load(box, "trust", &out, &version, NULL) == TBC_OK &&
            version == 5 && tbc_span_equal(tbc_buf_span(&out), tbc_span_str("five"));
    tbc_buf_fini(&out);
    return whole;
}

static void
every_flipped_bit_is_noticed_or_harmless(void)
{
    struct tbc_outbox_entry e = entry(1, TBC_ACCEPTED_OFFLINE);
    struct tbc_outbox *box;
    struct stat st;
    unsigned noticed = 0;
    unsigned lied = 0;
    int fd;

    begin();
    box = open_box();
    CU_ASSERT_EQUAL(tbc_outbox_write(box, &e), TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_outbox_keep(box, "trust", 5, (struct tbc_utc){ AT }, tbc_span_str("five")),
        TBC_OK);
    tbc_outbox_close(&box);
    CU_ASSERT_EQUAL(stat(path, &st), 0);
    for (off_t at = 0; at < st.st_size; at++) {
        struct tbc_buf why = { 0 };
        uint8_t was = 0;
        uint8_t is;

        fd = open(path, O_RDWR);
        CU_ASSERT_EQUAL(pread(fd, &was, 1, at), 1);
        if (was == 0 && at % 61 != 0) { /* empty room: a sample is enough */
            close(fd);
            continue;
        }
        is = was ^ (uint8_t)(1u << (unsigned)(at % 8));
        CU_ASSERT_EQUAL(pwrite(fd, &is, 1, at), 1);
        if (tbc_outbox_open(&box, path, OWNER, &why) != TBC_OK) {
            noticed++;
        } else if (!is_whole(box, &e)) {
            lied++;
        }
        tbc_outbox_close(&box);
        tbc_buf_fini(&why);
        CU_ASSERT_EQUAL(pwrite(fd, &was, 1, at), 1);
        close(fd);
    }
    CU_ASSERT_EQUAL(lied, 0);
    CU_ASSERT_TRUE(noticed > 200);
    CU_ASSERT_EQUAL(open_as(OWNER), TBC_OK);
    end();
}

static void
full_disk_is_an_error_and_writes_nothing(void)
{
    struct tbc_outbox *box;
    struct tbc_outbox_entry e = entry(1, TBC_ACCEPTED);
    struct rlimit was;
    struct rlimit small;

    begin();
    box = open_box();
    CU_ASSERT_EQUAL(getrlimit(RLIMIT_FSIZE, &was), 0);
    small = was;
    small.rlim_cur = 4096;
    (void)signal(SIGXFSZ, SIG_IGN);
    CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &small), 0);
    CU_ASSERT_EQUAL(tbc_outbox_write(box, &e), TBC_ERR_FULL);
    CU_ASSERT_EQUAL(waiting_n(box), 0);
    CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &was), 0);
    tbc_outbox_close(&box);
    box = open_box();
    CU_ASSERT_EQUAL(waiting_n(box), 0);
    CU_ASSERT_EQUAL(tbc_outbox_write(box, &e), TBC_OK);
    tbc_outbox_close(&box);
    end();
}

static void
notes_are_counted(void)
{
    struct tbc_outbox *box;

    begin();
    box = open_box();
    CU_ASSERT_EQUAL(tbc_outbox_note(box, (struct tbc_utc){ AT }, "fire alarm"), TBC_OK);
    tbc_outbox_close(&box);
    box = open_box();
    CU_ASSERT_EQUAL(tbc_outbox_notes(box), 1);
    tbc_outbox_close(&box);
    end();
}

/* A gate remembers what its peers have let in, and leaves it to them to tell the station. */
static void
what_others_let_in_is_remembered_and_not_told(void)
{
    struct tbc_outbox_entry own = entry(1, TBC_ACCEPTED_OFFLINE);
    struct tbc_entry others[3] = { entry(2, TBC_ACCEPTED).entry,
                                   entry(3, TBC_ACCEPTED_OFFLINE).entry,
                                   entry(1, TBC_ACCEPTED_OFFLINE).entry };
    struct tbc_outbox_memory memory;
    struct tbc_outbox *box;

    begin();
    box = open_box();
    CU_ASSERT_EQUAL(tbc_outbox_write(box, &own), TBC_OK);
    CU_ASSERT_EQUAL(tbc_outbox_hear(box, others, 3), TBC_OK); /* one is its own */
    CU_ASSERT_EQUAL(tbc_outbox_hear(box, others, 3), TBC_OK); /* told twice */
    CU_ASSERT_EQUAL(waiting_n(box), 1);
    tbc_outbox_close(&box);
    box = open_box();
    CU_ASSERT_EQUAL(tbc_outbox_recall(box, &others[1], NULL, &memory), TBC_OK);
    CU_ASSERT_TRUE(memory.entered);
    CU_ASSERT_EQUAL(memory.entered_at.s, AT + 3);
    others[0].event[0] = 9;
    others[0].verdict = TBC_VERDICT_N; /* of tomorrow */
    CU_ASSERT_EQUAL(tbc_outbox_hear(box, others, 1), TBC_OK);
    CU_ASSERT_EQUAL(waiting_n(box), 1);
    tbc_outbox_close(&box);
    end();
}

static void
others_are_told_of_what_opened_a_barrier_and_not_of_what_is_old(void)
{
    const struct tbc_utc any = { 0 };
    const struct tbc_utc late = { AT + 6 };
    struct tbc_entry got[8];
    struct tbc_outbox *box;
    struct tbc_outbox_page page = { .entries = got, .max = 8, .n = 9 };
    uint64_t newest = 9;

    begin();
    box = open_box();
    CU_ASSERT_EQUAL(tbc_outbox_newest(box, &newest), TBC_OK);
    CU_ASSERT_EQUAL(newest, 0);
    CU_ASSERT_EQUAL(tbc_outbox_above(box, 0, any, &page), TBC_OK);
    CU_ASSERT(page.n == 0 && page.upto == 0);
    for (unsigned i = 1; i <= 8; i++) { /* every other one was refused, the last too */
        struct tbc_outbox_entry e =
            entry(i, i % 2 != 0 ? TBC_ACCEPTED_OFFLINE : TBC_TOO_LATE);

        CU_ASSERT_EQUAL(tbc_outbox_write(box, &e), TBC_OK);
    }
    CU_ASSERT_EQUAL(tbc_outbox_newest(box, &newest), TBC_OK);
    CU_ASSERT_EQUAL(newest, 8);
    page.max = 2;
    CU_ASSERT_EQUAL(tbc_outbox_above(box, 0, any, &page), TBC_OK);
    CU_ASSERT(page.n == 2 && got[0].event[0] == 1 && got[1].event[0] == 3 &&
              page.upto == 3);
    page.max = 8;
    CU_ASSERT_EQUAL(tbc_outbox_above(box, page.upto, any, &page), TBC_OK);
    CU_ASSERT(page.n == 2 && got[1].event[0] == 7 && page.upto == 8);
    CU_ASSERT_EQUAL(tbc_outbox_above(box, 0, late, &page), TBC_OK);
    CU_ASSERT(page.n == 1 && got[0].event[0] == 7 && page.upto == 8);
    CU_ASSERT_EQUAL(tbc_outbox_above(box, UINT64_MAX, any, &page), TBC_OK);
    CU_ASSERT(page.n == 0 && page.upto == UINT64_MAX);
    tbc_outbox_close(&box);
    end();
}

static off_t
size_of_log(void)
{
    char log[sizeof path + 8];
    struct stat st;

    (void)snprintf(log, sizeof log, "%s-wal", path);
    return stat(log, &st) == 0 ? st.st_size : -1;
}

/* Written over and over, the log stays as long as it was: only that makes a commit quick. */
static void
after_a_rest_the_log_begins_anew_in_its_room(void)
{
    struct tbc_outbox *box;
    struct tbc_outbox_entry e;
    unsigned number = 0;
    off_t once;

    begin();
    box = open_box();
    CU_ASSERT_EQUAL(tbc_outbox_rest(box), TBC_OK); /* of nothing */
    for (; number < 8; number++) {
        e = entry(number, TBC_ACCEPTED_OFFLINE);
        CU_ASSERT_EQUAL(tbc_outbox_write(box, &e), TBC_OK);
    }
    once = size_of_log();
    CU_ASSERT(once > 0);
    for (unsigned times = 0; times < 4; times++) {
        CU_ASSERT_EQUAL(tbc_outbox_rest(box), TBC_OK);
        for (unsigned i = 0; i < 4; i++, number++) {
            e = entry(number, TBC_ACCEPTED_OFFLINE);
            CU_ASSERT_EQUAL(tbc_outbox_write(box, &e), TBC_OK);
        }
    }
    CU_ASSERT_EQUAL(size_of_log(), once);
    tbc_outbox_close(&box);
    box = open_box();
    CU_ASSERT_EQUAL(waiting_n(box), 8);
    tbc_outbox_close(&box);
    end();
}

TBC_SUITE("store/outbox", TEST(entry_survives_a_kill_before_the_barrier_opens),
          TEST(same_event_is_never_written_twice),
          TEST(used_proof_writes_no_second_entry), TEST(recall_tells_trips_apart),
          TEST(recall_keeps_what_the_station_said),
          TEST(draining_is_resumable_and_idempotent), TEST(version_never_goes_back),
          TEST(prune_leaves_what_is_not_told),
          TEST(after_a_rest_the_log_begins_anew_in_its_room),
          TEST(open_refuses_the_journal_of_another_gate),
          TEST(open_refuses_a_second_process), TEST(open_refuses_what_is_no_journal),
          TEST(journal_is_private), TEST(every_flipped_bit_is_noticed_or_harmless),
          TEST(full_disk_is_an_error_and_writes_nothing), TEST(notes_are_counted),
          TEST(what_others_let_in_is_remembered_and_not_told),
          TEST(others_are_told_of_what_opened_a_barrier_and_not_of_what_is_old))
