/* The checker of the worlds must fail when it should: each fault is planted once, in rows and in
 * files. */
#include "invariants.h"
#include "store/outbox.h"
#include "store/store.h"
#include "store/sums.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOON INT64_C(1788300000)

/* An entry of certificate c for one train, told. */
static struct tbc_entry
entry_of(uint8_t event, uint8_t cti, enum tbc_verdict verdict)
{
    return (struct tbc_entry){ .event = { event },
                               .cti = { cti },
                               .verdict = verdict,
                               .at = { NOON + event },
                               .train = "G1207",
                               .depart = { NOON + 1800 },
                               .told = true };
}

static void
add_row(struct invariants_row **rows, size_t *n, struct tbc_entry e, size_t gate,
        bool conflict)
{
    const struct invariants_row row = {
        .entry = e, .gate = gate, .settled = true, .conflict = conflict
    };

    CU_ASSERT_FATAL(invariants_add(rows, n, &row));
}

static void
add_both(struct invariants_facts *f, struct tbc_entry e, size_t gate, bool conflict)
{
    add_row(&f->journal, &f->journal_n, e, gate, conflict);
    add_row(&f->store, &f->store_n, e, gate, conflict);
}

static void
add_exit(struct invariants_facts *f, uint8_t cti)
{
    struct tbc_entry e = entry_of(5, cti, TBC_ACCEPTED);

    e.act = TBC_ACT_EXIT;
    add_both(f, e, 0, false);
}

/* What that event was did not happen. */
static void
add_annulment(struct invariants_facts *f, uint8_t event)
{
    struct tbc_entry e = entry_of(5, 7, TBC_ACCEPTED_OFFLINE);

    e.act = TBC_ACT_ANNUL;
    e.of[0] = event;
    add_both(f, e, 1, false);
}

/* Two gates that were apart; the second let the first passenger in once more, which is marked; one
 * entry was asked for and answered; one passenger was refused. */
static struct invariants_facts
sound_world(void)
{
    struct invariants_facts f = {
        .gates = { { .name = "gate-1", .opened = 2 },
                   { .name = "gate-2", .group = 1, .opened = 1 },
                   { .name = "gate-3", .group = 2 } },
        .gates_n = 3,
        .audited = true,
        .from = { NOON },
        .to = { NOON + 600 },
        .skew_s = 60,
        .revoked_s = 5
    };
    struct tbc_entry asked = entry_of(4, 8, TBC_ACCEPTED);

    add_both(&f, entry_of(1, 7, TBC_ACCEPTED_OFFLINE), 0, false);
    add_both(&f, entry_of(2, 9, TBC_REVOKED), 0, false);
    add_row(&f.journal, &f.journal_n, asked, 0, false);
    asked.told = false;
    add_row(&f.store, &f.store_n, asked, 0, false);
    add_both(&f, entry_of(3, 7, TBC_ACCEPTED_OFFLINE), 1, true);
    f.certificates = calloc(2, sizeof *f.certificates);
    CU_ASSERT_PTR_NOT_NULL_FATAL(f.certificates);
    f.certificates_n = 2;
    f.certificates[0] = (struct invariants_certificate){ .cti = { 7 }, .idx = 40 };
    f.certificates[1] = (struct invariants_certificate){ .cti = { 8 }, .idx = 41 };
    return f;
}

/* Judge and release: this was found so often, and nothing else. */
static void
finds(struct invariants_facts *f, enum invariant kind, size_t n)
{
    struct invariants_report report;
    struct tbc_buf why = { 0 };

    invariants_judge(f, &report, &why);
    if (report.found[kind] != n || report.sum != n) {
        const char *text = tbc_buf_str(&why);

        (void)fprintf(stderr, "wanted %zu of %s:\n%s", n, invariant_name(kind),
                      text != NULL ? text : "nothing\n");
        CU_FAIL("something else was found");
    }
    tbc_buf_fini(&why);
    invariants_fini(f);
}

/* Plant one thing in a sound world. */
#define PLANT(test, kind, n, ...)                  \
    static void test(void)                         \
    {                                              \
        struct invariants_facts f = sound_world(); \
                                                   \
        __VA_ARGS__                                \
        finds(&f, INVARIANT_##kind, n);            \
    }

PLANT(sound_world_has_no_findings, LOST, 0, f.unheard = 0;)
PLANT(lost_entry_is_found, LOST, 1, f.store[2] = f.store[--f.store_n];)
PLANT(invented_entry_is_found, INVENTED, 1,
      add_row(&f.store, &f.store_n, entry_of(9, 5, TBC_REVOKED), 0, false);)
PLANT(entry_that_no_gate_could_write_is_allowed_so_often, INVENTED, 1, f.unheard = 1;
      add_row(&f.store, &f.store_n, entry_of(9, 5, TBC_REVOKED), 0, false);
      add_row(&f.store, &f.store_n, entry_of(8, 5, TBC_REVOKED), 0, false);)
PLANT(opening_that_was_told_by_nobody_is_never_allowed, INVENTED, 1, f.unheard = 9;
      add_row(&f.store, &f.store_n, entry_of(9, 5, TBC_ACCEPTED_OFFLINE), 0, false);)
PLANT(doubled_event_is_found, REPEATED, 1,
      add_row(&f.store, &f.store_n, entry_of(2, 9, TBC_REVOKED), 0, false);)
PLANT(changed_verdict_is_found, CHANGED, 1, f.store[1].entry.verdict = TBC_EXPIRED;)
PLANT(changed_time_is_found, CHANGED, 2, f.store[0].entry.at.s--;
      f.store[1].entry.at.s += 120;)
PLANT(changed_train_is_found, CHANGED, 1, f.store[1].entry.train[0] = 'D';)
PLANT(changed_certificate_is_found, CHANGED, 1, f.store[1].entry.cti[3] = 1;)
PLANT(entry_of_another_gate_is_found, CHANGED, 1, f.store[1].gate = 1;)
PLANT(entry_that_was_not_told_is_found, UNTOLD, 1, f.journal[1].settled = false;)
PLANT(missing_mark_of_a_conflict_is_found, UNMARKED, 1, f.store[3].conflict = false;
      f.journal[3].conflict = false;)
PLANT(second_entry_after_leaving_is_none, UNMARKED, 0, f.store[3].conflict = false;
      f.journal[3].conflict = false; add_exit(&f, 7);)
PLANT(third_entry_after_leaving_once_is_found, UNMARKED, 1, f.store[3].conflict = false;
      f.journal[3].conflict = false; add_exit(&f, 7);
      add_both(&f, entry_of(6, 7, TBC_ACCEPTED), 2, false);)
PLANT(entry_that_was_taken_back_is_none, UNMARKED, 0, f.store[3].conflict = false;
      f.journal[3].conflict = false; add_annulment(&f, 3);)
PLANT(second_certificate_of_a_person_counts, UNMARKED, 1, f.store[0].person[0] = 1;
      f.store[2].person[0] = 1; f.store[3].person[0] = 1;)
PLANT(trip_of_conflicts_alone_is_found, OVERMARKED, 1, f.store[0].conflict = true;)
PLANT(mark_on_a_refusal_is_found, OVERMARKED, 1, f.store[1].conflict = true;)
PLANT(conflict_of_which_no_gate_was_told_is_found, UNHEARD, 1,
      f.journal[3].conflict = false;)
PLANT(conflict_is_told_to_the_first_as_well, UNHEARD, 0, f.journal[0].conflict = true;)
PLANT(gate_that_was_told_of_a_conflict_of_nobody_is_found, UNHEARD, 1,
      f.journal[2].conflict = true;)
PLANT(second_entry_in_one_group_is_found, TWICE, 1, f.gates[1].group = 0;)
PLANT(barrier_without_an_entry_is_found, UNWRITTEN, 1, f.gates[1].opened = 2;)
PLANT(entry_of_two_hours_ago_is_found, BACKWARDS, 1, f.journal[1].entry.at.s -= 7200;
      f.store[1].entry.at.s -= 7200;)
PLANT(entry_of_tomorrow_is_found, BACKWARDS, 1, f.journal[3].entry.at.s += 86400;
      f.store[3].entry.at.s += 86400;)
PLANT(entry_after_a_revocation_is_found, REVOKED, 1,
      f.certificates[1].revoked.s = NOON - 2;)
PLANT(entry_within_the_bound_of_a_revocation_is_allowed, REVOKED, 0,
      f.certificates[1].revoked.s = NOON + 2;)
PLANT(index_used_twice_is_found, INDEX, 1, f.certificates[1].idx = 40;)
PLANT(two_histories_are_found, HISTORIES, 1, f.gates[1].histories = true;)
PLANT(journal_that_does_not_verify_is_found, AUDIT, 1, f.audited = false;)

/* ---- the same from files */

static struct {
    char folder[64];
    char journal[96];
    char store[96];
} files;

static const uint8_t key[TBC_SEAL_KEY_LEN] = { 1 };

static void
write_journal(void)
{
    const struct tbc_outbox_entry told = { .entry =
                                               entry_of(1, 7, TBC_ACCEPTED_OFFLINE) };
    const struct tbc_entry_reply reply = { .event = { 1 } };
    struct tbc_outbox *box = NULL;
    struct tbc_buf why = { 0 };
    size_t n;

    CU_ASSERT_EQUAL_FATAL(tbc_outbox_open(&box, files.journal, "gate-1", &why), TBC_OK);
    CU_ASSERT_EQUAL(tbc_outbox_write(box, &told), TBC_OK);
    CU_ASSERT_EQUAL(tbc_outbox_settle(box, &reply, 1, &n), TBC_OK);
    tbc_outbox_close(&box);
    tbc_buf_fini(&why);
}

static void
write_store(void)
{
    const struct tbc_store_entry told = { .entry = entry_of(1, 7, TBC_ACCEPTED_OFFLINE),
                                          .device = "gate-1" };
    const struct tbc_store_certificate c = { .cti = { 7 },
                                             .status_idx = 40,
                                             .issued = { NOON - 600 },
                                             .expires = { NOON + 86400 } };
    struct tbc_store *store = NULL;

    CU_ASSERT_EQUAL_FATAL(tbc_store_open(&store, files.store, key, true), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_begin(store), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_certificate_put(store, &c), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_entry_put(store, &told), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_commit(store), TBC_OK);
    tbc_store_close(&store);
}

static void
alter(const char *path, const char *vfs, const char *sql)
{
    sqlite3 *db = NULL;

    CU_ASSERT_EQUAL_FATAL(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, vfs),
                          SQLITE_OK);
    CU_ASSERT_EQUAL(
        sqlite3_exec(db, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL),
        SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(db);
}

/* Of fresh files, altered by these statements (NULL: not). */
static void
files_find(const char *in_journal, const char *in_store, enum invariant kind, size_t n)
{
    static const char *const names[] = { "journal.db", "station.db", "index.floor" };
    struct invariants_facts f = { .gates = { { .name = "gate-1", .opened = 1 } },
                                  .gates_n = 1,
                                  .audited = true,
                                  .from = { NOON },
                                  .to = { NOON + 600 } };
    struct tbc_buf why = { 0 };

    (void)snprintf(files.folder, sizeof files.folder, "/tmp/tbc-invariants-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(files.folder));
    (void)snprintf(files.journal, sizeof files.journal, "%s/journal.db", files.folder);
    (void)snprintf(files.store, sizeof files.store, "%s/station.db", files.folder);
    f.gates[0].journal = files.journal;
    write_journal();
    write_store();
    if (in_journal != NULL) {
        alter(files.journal, NULL, in_journal);
    }
    if (in_store != NULL) {
        alter(files.store, TBC_SUMS_VFS, in_store);
    }
    CU_ASSERT(invariants_read(&f, files.folder, &why));
    finds(&f, kind, n);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[128];

        (void)snprintf(path, sizeof path, "%s/%s", files.folder, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(files.folder);
    tbc_buf_fini(&why);
}

static void
faults_in_files_are_found(void)
{
    files_find(NULL, NULL, INVARIANT_LOST, 0);
    files_find(NULL, "DELETE FROM entry", INVARIANT_LOST, 1);
    files_find("UPDATE entry SET settled = 0", NULL, INVARIANT_UNTOLD, 1);
    files_find("UPDATE entry SET at = at + 1", NULL, INVARIANT_CHANGED, 1);
    files_find(NULL, "UPDATE entry SET device = 'gate-9'", INVARIANT_CHANGED, 1);
    files_find("INSERT INTO note (at, what) VALUES (1, 'two histories')", NULL,
               INVARIANT_HISTORIES, 1);
}

static void
file_that_is_not_there_is_an_error(void)
{
    struct invariants_facts f = { .gates = { { .name = "gate-1",
                                               .journal = "/nowhere/journal.db" } },
                                  .gates_n = 1 };
    struct tbc_buf why = { 0 };

    CU_ASSERT_FALSE(invariants_read(&f, "/nowhere", &why));
    CU_ASSERT_PTR_NOT_NULL(strstr(tbc_buf_str(&why), "/nowhere/journal.db"));
    tbc_buf_fini(&why);
}

TBC_SUITE("world/invariants", TEST(sound_world_has_no_findings),
          TEST(lost_entry_is_found), TEST(invented_entry_is_found),
          TEST(entry_that_no_gate_could_write_is_allowed_so_often),
          TEST(opening_that_was_told_by_nobody_is_never_allowed),
          TEST(doubled_event_is_found), TEST(changed_verdict_is_found),
          TEST(changed_time_is_found), TEST(changed_train_is_found),
          TEST(changed_certificate_is_found), TEST(entry_of_another_gate_is_found),
          TEST(entry_that_was_not_told_is_found),
          TEST(missing_mark_of_a_conflict_is_found),
          TEST(second_entry_after_leaving_is_none),
          TEST(third_entry_after_leaving_once_is_found),
          TEST(entry_that_was_taken_back_is_none),
          TEST(second_certificate_of_a_person_counts),
          TEST(trip_of_conflicts_alone_is_found), TEST(mark_on_a_refusal_is_found),
          TEST(conflict_of_which_no_gate_was_told_is_found),
          TEST(conflict_is_told_to_the_first_as_well),
          TEST(gate_that_was_told_of_a_conflict_of_nobody_is_found),
          TEST(second_entry_in_one_group_is_found),
          TEST(barrier_without_an_entry_is_found),
          TEST(entry_of_two_hours_ago_is_found), TEST(entry_of_tomorrow_is_found),
          TEST(entry_after_a_revocation_is_found),
          TEST(entry_within_the_bound_of_a_revocation_is_allowed),
          TEST(index_used_twice_is_found), TEST(two_histories_are_found),
          TEST(journal_that_does_not_verify_is_found), TEST(faults_in_files_are_found),
          TEST(file_that_is_not_there_is_an_error))
