/* What the journal of a device remembers of comings and goings; journals of before. */
#include "store/box.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OWNER "gate-1"
#define AT    1700000000

static char folder[64];
static char path[96];

static void
begin(void)
{
    (void)snprintf(folder, sizeof folder, "/tmp/tbc-uses-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/journal.db", folder);
}

static void
end(void)
{
    char wal[112];

    (void)snprintf(wal, sizeof wal, "%s-wal", path);
    (void)unlink(wal);
    (void)unlink(path);
    CU_ASSERT_EQUAL(rmdir(folder), 0);
}

static struct tbc_outbox *
open_box(void)
{
    struct tbc_outbox *box = NULL;
    struct tbc_buf why = { 0 };

    if (tbc_outbox_open(&box, path, OWNER, &why) != TBC_OK) {
        (void)fprintf(stderr, "%s\n", tbc_buf_str(&why));
        CU_FAIL_FATAL("the journal does not open");
    }
    tbc_buf_fini(&why);
    return box;
}

/* By number: what it is of the one person with the two certificates. */
static struct tbc_outbox_entry
event(uint8_t number, enum tbc_act act, uint8_t cti)
{
    struct tbc_outbox_entry e = { .entry = { .event = { number },
                                             .cti = { cti },
                                             .holder = { 0x40 },
                                             .verdict = TBC_ACCEPTED_OFFLINE,
                                             .at = { AT + number },
                                             .act = act } };

    if (act == TBC_ACT_ENTER) {
        (void)snprintf(e.entry.train, sizeof e.entry.train, "G1207");
        e.entry.depart.s = AT + 1800;
    }
    return e;
}

static struct tbc_outbox_memory
recall(struct tbc_outbox *box, uint8_t cti)
{
    const struct tbc_outbox_entry about = event(99, TBC_ACT_ENTER, cti);
    struct tbc_outbox_memory m;

    CU_ASSERT_EQUAL(tbc_outbox_recall(box, &about.entry, NULL, &m), TBC_OK);
    return m;
}

static void
put(struct tbc_outbox *box, struct tbc_outbox_entry e)
{
    CU_ASSERT_EQUAL(tbc_outbox_write(box, &e), TBC_OK);
}

static void
settle(struct tbc_outbox *box, uint8_t event_number)
{
    const struct tbc_entry_reply reply = { .event = { event_number } };
    size_t n;

    CU_ASSERT_EQUAL(tbc_outbox_settle(box, &reply, 1, &n), TBC_OK);
    CU_ASSERT_EQUAL(n, 1);
}

static void
another_certificate_of_the_holder_is_the_same_person(void)
{
    struct tbc_outbox *box;
    struct tbc_outbox_entry stranger = event(98, TBC_ACT_ENTER, 7);
    struct tbc_entry found;
    struct tbc_outbox_memory m;

    begin();
    box = open_box();
    put(box, event(1, TBC_ACT_ENTER, 1));
    m = recall(box, 2);
    CU_ASSERT(m.entered && m.came && m.alone && m.entered_at.s == AT + 1);
    stranger.entry.holder[0] = 0x41;
    CU_ASSERT_EQUAL(tbc_outbox_recall(box, &stranger.entry, NULL, &m), TBC_OK);
    CU_ASSERT_FALSE(m.entered || m.came);
    memset(stranger.entry.holder, 0,
           sizeof stranger.entry.holder); /* nobody is nobody */
    CU_ASSERT_EQUAL(tbc_outbox_recall(box, &stranger.entry, NULL, &m), TBC_OK);
    CU_ASSERT_FALSE(m.entered || m.came);
    settle(box, 1);
    CU_ASSERT_FALSE(recall(box, 2).alone);
    CU_ASSERT_EQUAL(tbc_outbox_find(box, stranger.entry.event, &found),
                    TBC_ERR_NOT_FOUND);
    stranger = event(1, TBC_ACT_ENTER, 1);
    CU_ASSERT_EQUAL(tbc_outbox_find(box, stranger.entry.event, &found), TBC_OK);
    CU_ASSERT(found.verdict == TBC_ACCEPTED_OFFLINE && found.holder[0] == 0x40);
    tbc_outbox_close(&box);
    end();
}

static void
revocation_is_of_one_certificate(void)
{
    struct tbc_outbox *box;
    struct tbc_outbox_entry e = event(1, TBC_ACT_ENTER, 1);

    begin();
    box = open_box();
    e.entry.verdict = TBC_REVOKED;
    e.settled = true;
    put(box, e);
    CU_ASSERT(recall(box, 1).revoked);
    CU_ASSERT_FALSE(recall(box, 2).revoked);
    tbc_outbox_close(&box);
    end();
}

static void
who_left_is_not_inside_and_what_did_not_happen_is_nothing(void)
{
    struct tbc_outbox *box;
    struct tbc_outbox_entry back = event(4, TBC_ACT_ANNUL, 1);
    struct tbc_entry waiting[8];
    struct tbc_outbox_memory m;
    size_t n;

    begin();
    box = open_box();
    put(box, event(1, TBC_ACT_ENTER, 1));
    put(box, event(2, TBC_ACT_EXIT, 2));
    m = recall(box, 1);
    CU_ASSERT(!m.entered && m.came && m.rounds == 1);
    put(box, event(3, TBC_ACT_ENTER, 2));
    CU_ASSERT(recall(box, 1).entered);
    back.entry.of[0] = 3;
    put(box, back);
    m = recall(box, 1);
    CU_ASSERT(!m.entered && m.rounds == 1);
    tbc_outbox_close(&box);
    box = open_box(); /* all of it is on the disk, and waits to be told as it is */
    CU_ASSERT_FALSE(recall(box, 1).entered);
    CU_ASSERT_EQUAL(tbc_outbox_waiting(box, waiting, 8, &n), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(n, 4);
    CU_ASSERT_EQUAL(waiting[1].act, TBC_ACT_EXIT);
    CU_ASSERT(waiting[3].act == TBC_ACT_ANNUL && waiting[3].of[0] == 3);
    CU_ASSERT(waiting[3].holder[0] == 0x40 && waiting[3].told);
    tbc_outbox_close(&box);
    end();
}

/* The station let in again whom this gate had let in before: somebody saw them leave. */
static void
word_of_the_station_ends_what_was_before(void)
{
    struct tbc_outbox *box;
    struct tbc_outbox_entry second = event(2, TBC_ACT_ENTER, 1);
    struct tbc_outbox_entry refused = event(5, TBC_ACT_ENTER, 1);
    struct tbc_outbox_memory m;

    begin();
    box = open_box();
    put(box, event(1, TBC_ACT_ENTER, 1));
    second.entry.verdict = TBC_ACCEPTED;
    second.settled = true;
    put(box, second);
    m = recall(box, 1);
    CU_ASSERT(m.entered && m.entered_at.s == AT + 2 && m.rounds == 1);
    /* refused later, by this memory or by the station: nobody came by that */
    refused.entry.verdict = TBC_ALREADY_ENTERED;
    refused.earlier.s = AT + 2;
    put(box, refused);
    m = recall(box, 1);
    CU_ASSERT(m.entered && m.entered_at.s == AT + 2 && m.rounds == 1);
    tbc_outbox_close(&box);
    end();
}

/* As the first format's program made them. */
static const char first_format[] =
    "CREATE TABLE kept (name TEXT PRIMARY KEY, version INTEGER NOT NULL,"
    " fetched INTEGER NOT NULL, bytes BLOB NOT NULL, seal BLOB NOT NULL) STRICT;"
    "CREATE TABLE entry (seq INTEGER PRIMARY KEY AUTOINCREMENT,"
    " event BLOB NOT NULL UNIQUE, cti BLOB NOT NULL, verdict INTEGER NOT NULL,"
    " at INTEGER NOT NULL, train TEXT NOT NULL, depart INTEGER NOT NULL,"
    " earlier INTEGER NOT NULL, settled INTEGER NOT NULL, conflict INTEGER NOT NULL,"
    " seal BLOB NOT NULL) STRICT;"
    "CREATE INDEX entry_cti ON entry (cti);"
    "CREATE INDEX entry_waiting ON entry (seq) WHERE settled = 0;"
    "CREATE TABLE proof (id BLOB PRIMARY KEY, at INTEGER NOT NULL) STRICT;"
    "CREATE TABLE note (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL,"
    " what TEXT NOT NULL) STRICT;"
    "PRAGMA application_id = 1413631842;"
    "PRAGMA user_version = 1;";

static void
put_old(struct tbc_outbox *box, uint8_t number)
{
    struct tbc_box_row row = { .entry = event(number, TBC_ACT_ENTER, 1).entry };
    uint8_t seal[TBC_BOX_SEAL_LEN];

    memset(row.entry.holder, 0, sizeof row.entry.holder);
    CU_ASSERT_EQUAL(tbc_box_seal_row(&row, seal), TBC_OK);
    {
        const struct tbc_sql_value args[] = {
            TBC_BLOB(row.entry.event, sizeof row.entry.event),
            TBC_BLOB(row.entry.cti, sizeof row.entry.cti),
            TBC_INT(row.entry.verdict),
            TBC_INT(row.entry.at.s),
            TBC_TEXT(row.entry.train),
            TBC_INT(row.entry.depart.s),
            TBC_BLOB(seal, sizeof seal),
        };

        CU_ASSERT_EQUAL(
            tbc_box_run(box,
                        "INSERT INTO entry (event, cti, verdict, at, train, depart,"
                        " earlier, settled, conflict, seal)"
                        " VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, ?)",
                        args, sizeof args / sizeof *args),
            TBC_OK);
    }
}

static void
journal_of_the_first_format_opens_and_keeps_everything(void)
{
    static struct tbc_outbox old;
    struct tbc_outbox *box;
    struct tbc_buf out = { 0 };
    struct tbc_entry waiting[4];
    size_t n;

    begin();
    CU_ASSERT_EQUAL_FATAL(sqlite3_open(path, &old.db), SQLITE_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_box_exec(&old, first_format), TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_outbox_keep(&old, "owner", 0, (struct tbc_utc){ 0 }, tbc_span_str(OWNER)),
        TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_outbox_keep(&old, "trust", 5, (struct tbc_utc){ AT }, tbc_span_str("five")),
        TBC_OK);
    CU_ASSERT_EQUAL(tbc_outbox_note(&old, (struct tbc_utc){ AT }, "fire"), TBC_OK);
    put_old(&old, 1);
    put_old(&old, 2);
    tbc_box_forget_statements(&old);
    CU_ASSERT_EQUAL(sqlite3_close(old.db), SQLITE_OK);
    for (int again = 0; again < 2; again++) { /* the second time it is of today */
        box = open_box();
        CU_ASSERT(recall(box, 1).entered);
        CU_ASSERT_EQUAL(tbc_outbox_notes(box), 1);
        CU_ASSERT_EQUAL(tbc_outbox_load(box, "trust", &out, NULL, NULL), TBC_OK);
        CU_ASSERT_EQUAL(tbc_outbox_waiting(box, waiting, 4, &n), TBC_OK);
        CU_ASSERT_EQUAL(n, 2 + (size_t)again);
        if (again == 0) {
            put(box, event(3, TBC_ACT_EXIT, 1));
        }
        tbc_outbox_close(&box);
    }
    tbc_buf_fini(&out);
    end();
}

static void
another_act_than_was_written_is_noticed(void)
{
    static struct tbc_outbox other;
    struct tbc_outbox *box;
    struct tbc_buf why = { 0 };

    begin();
    box = open_box();
    put(box, event(1, TBC_ACT_ENTER, 1));
    tbc_outbox_close(&box);
    CU_ASSERT_EQUAL_FATAL(sqlite3_open(path, &other.db), SQLITE_OK);
    CU_ASSERT_EQUAL(tbc_box_exec(&other, "UPDATE entry SET act = 1"), TBC_OK);
    CU_ASSERT_EQUAL(sqlite3_close(other.db), SQLITE_OK);
    CU_ASSERT_EQUAL(tbc_outbox_open(&box, path, OWNER, &why), TBC_ERR_CORRUPT);
    tbc_buf_fini(&why);
    end();
}

TBC_SUITE("store/outbox_uses",
          TEST(another_certificate_of_the_holder_is_the_same_person),
          TEST(revocation_is_of_one_certificate),
          TEST(who_left_is_not_inside_and_what_did_not_happen_is_nothing),
          TEST(word_of_the_station_ends_what_was_before),
          TEST(journal_of_the_first_format_opens_and_keeps_everything),
          TEST(another_act_than_was_written_is_noticed))
