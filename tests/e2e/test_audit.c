/* The journal of the real station, altered, erased, restored and killed: what an audit, the station
 * and a gate find. */
#include "crypto/seal.h"
#include "journal_rig.h"
#include "store/journal.h"
#include "suite.h"
#include "sys/clock.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Bytes of a leaf with one of them replaced: position and place. */
#define FLIP(pos, at)                                                        \
    "UPDATE leaf SET bytes = CAST(substr(bytes, 1, " #at " - 1) || x'01' ||" \
    " substr(bytes, " #at " + 1) AS BLOB) WHERE pos = " #pos

/* 0 the operator, 1 start, 2 trust, 3 import, then six issues: ten leaves, all signed. */
static void
every_alteration_is_found_by_its_position(void)
{
    static const struct {
        const char *sql;
        const char *offence;
    } rows[] = {
        { FLIP(5, 7), "leaves 4 to 5: not what their stored hash was made of" },
        { FLIP(6, 7), "leaves 6 to 7: not what their stored hash was made of" },
        { FLIP(4, 1), "leaf 4: malformed" },
        { "UPDATE leaf SET bytes = x'' WHERE pos = 3", "leaf 3: malformed" },
        { "DELETE FROM leaf WHERE pos = 9", "leaf 9: missing" },
        { "DELETE FROM leaf WHERE pos = 9; UPDATE meta SET value = 9 WHERE name ="
          " 'journal'",
          "leaf 9: missing: the database's checkpoint was signed over 10" },
        { "DELETE FROM leaf WHERE pos = 4", "leaf 4: missing" },
        { "DELETE FROM leaf WHERE pos = 0", "leaf 0: missing" },
        { "INSERT INTO leaf SELECT pos + 1, cti, bytes, nodes FROM leaf WHERE pos = 9",
          "leaf 10: beyond the 10" },
        { "INSERT INTO leaf SELECT 10, cti, bytes, nodes FROM leaf WHERE pos = 9;"
          "UPDATE meta SET value = 11 WHERE name = 'journal'",
          "leaf 10: has not the nodes" },
        { "INSERT INTO leaf SELECT 10, cti, bytes, x'' FROM leaf WHERE pos = 9;"
          "UPDATE meta SET value = 11 WHERE name = 'journal'",
          "leaf 10: its certificate's row names another leaf" },
        { "INSERT INTO leaf SELECT 10, cti, bytes, x'' FROM leaf WHERE pos = 3",
          "leaf 10: beyond the 10" },
        { "UPDATE leaf SET nodes = zeroblob(32) WHERE pos = 1",
          "leaves 0 to 1: not what" },
        { "UPDATE leaf SET nodes = zeroblob(33) WHERE pos = 1",
          "leaf 1: has not the nodes" },
        { "UPDATE leaf SET cti = zeroblob(16) WHERE pos = 6", "leaf 6: stands under" },
        { "UPDATE certificate SET leaf = 7 WHERE leaf = 6",
          "leaf 6: its certificate's row names another leaf" },
        { "UPDATE certificate SET bytes = x'd2' WHERE leaf = 7",
          "leaf 7: the certificate's row has other bytes" },
        { "DELETE FROM certificate WHERE leaf = 8",
          "leaf 8: its certificate has no row" },
        { "INSERT INTO certificate SELECT zeroblob(16), blind, 99999999, issued, expires,"
          " medium, device, officer, why, bytes, revoked, reason, leaf FROM certificate LIMIT 1",
          "certificate 00000000000000000000000000000000: was issued without a leaf" },
        { "DELETE FROM checkpoint; UPDATE leaf SET pos = 20 WHERE pos = 9;"
          "UPDATE leaf SET pos = 9 WHERE pos = 8; UPDATE leaf SET pos = 8 WHERE pos = 20",
          "leaf 8: has not the nodes" },
        { "UPDATE checkpoint SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'00'"
          " AS BLOB)",
          "the database's checkpoint: bad signature" },
    };
    static struct stage s;
    struct tbc_issue_reply issued;

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 6));
    for (unsigned i = 0; i < 6; i++) {
        CU_ASSERT(journal_issue(&s, i, &issued));
    }
    stage_strike(&s);
    CU_ASSERT_EQUAL(journal_audit(&s, NULL), 0);
    journal_copy(stage_path(&s, "station.db"), stage_path(&s, "sound.db"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        journal_copy(stage_path(&s, "sound.db"), stage_path(&s, "station.db"));
        journal_alter(&s, rows[i].sql);
        CU_ASSERT_EQUAL(journal_audit(&s, NULL), 1);
        CU_ASSERT(strncmp(journal_printed, "INCONSISTENT\n", 13) == 0);
        CU_ASSERT(journal_prints(&rows[i].offence, 1));
    }
}

/* What an erasure does to the journal: notes go, rows of certificates go, a leaf counts them. */
static void
what_was_erased_is_accounted_for(void)
{
    static const uint8_t key[TBC_SEAL_KEY_LEN];
    static struct stage s;
    struct tbc_leaf leaf = { .kind = TBC_LEAF_ERASE,
                             .time = tbc_clock_utc(),
                             .count = 1 };
    struct tbc_issue_reply issued;
    struct tbc_store *store = NULL;
    char cti[2 * TBC_CTI_LEN + 1];

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 2));
    CU_ASSERT(journal_issue(&s, 0, &issued) && journal_issue(&s, 1, &issued));
    journal_put_hex(issued.cti, cti);
    stage_strike(&s);
    journal_alter(&s, "DELETE FROM certificate WHERE leaf = 4");
    CU_ASSERT_EQUAL(journal_audit(&s, NULL), 1);
    CU_ASSERT_EQUAL_FATAL(
        tbc_store_open(&store, stage_path(&s, "station.db"), key, false), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_begin(store), TBC_OK);
    CU_ASSERT_EQUAL(tbc_journal_forget(store, issued.cti), TBC_OK);
    CU_ASSERT_EQUAL(tbc_journal_append(store, &leaf, NULL, NULL), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_commit(store), TBC_OK);
    tbc_store_close(&store);
    CU_ASSERT_EQUAL(journal_audit(&s, NULL), 0);
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
    CU_ASSERT_EQUAL(journal_history(&s, stage_path(&s, "operator.device"), cti), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(journal_printed, "proved  (erased)"));
    stage_strike(&s);
    CU_ASSERT_EQUAL(journal_audit(&s, NULL), 0);
}

static void
a_database_from_before_is_noticed(void)
{
    static struct stage s;
    struct tbc_issue_reply issued;
    const char *kept;

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 6));
    CU_ASSERT(journal_issue(&s, 0, &issued));
    stage_strike(&s);
    journal_copy(stage_path(&s, "station.db"), stage_path(&s, "yesterday.db"));
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
    CU_ASSERT(journal_issue(&s, 1, &issued));
    stage_strike(&s);
    kept = stage_path(&s, "witness.cose");
    journal_copy(stage_path(&s, "checkpoint.cose"), kept);
    CU_ASSERT_EQUAL(journal_audit(&s, kept), 0);
    journal_copy(stage_path(&s, "yesterday.db"), stage_path(&s, "station.db"));
    CU_ASSERT_FALSE(stage_start(&s, NULL));
    CU_ASSERT_EQUAL(stage_end(&s, 0), 4);
    CU_ASSERT_PTR_NOT_NULL(strstr(stage_said(), "restored from an older backup"));
    CU_ASSERT_EQUAL(journal_audit(&s, NULL), 1);
    /* going on with it is an act of its own, and its witnesses still know */
    CU_ASSERT_EQUAL(unlink(stage_path(&s, "checkpoint.cose")), 0);
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
    for (unsigned i = 2; i < 6; i++) {
        CU_ASSERT(journal_issue(&s, i, &issued));
    }
    stage_strike(&s);
    CU_ASSERT_EQUAL(journal_audit(&s, NULL), 0);
    CU_ASSERT_EQUAL(journal_audit(&s, kept), 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(journal_printed, "are not those that were signed"));
}

/* Start it where the devices of its fleet expect it. */
static void
start_there(struct stage *s)
{
    struct tbc_device_file file;

    CU_ASSERT_EQUAL_FATAL(tbc_device_read(&file, stage_path(s, "gate-1.device")),
                          TBC_OK);
    CU_ASSERT_FATAL(
        stage_start(s, (const char *const[]){ "--front", file.front, "--feed",
                                              file.feed, NULL }) &&
        stage_connect(s));
    tbc_device_fini(&file);
}

static void
start_gate(struct stage *s, struct tbc_process *gate)
{
    char line[TBC_PROCESS_LINE];

    CU_ASSERT_FATAL(tbc_process_start(
        gate, "tbc-gate",
        (const char *const[]){ "--device", stage_path(s, "gate-1.device"), "--data",
                               stage_path(s, "gate-1"), NULL }));
    CU_ASSERT_FATAL(
        tbc_process_until(gate, "ready gate=gate-1 mode=online", line, STAGE_START_MS));
}

/* Whether the gate cried out in this run. */
static bool
cries_out(struct tbc_process *gate)
{
    static char said[4096];

    said[0] = '\0';
    CU_ASSERT(tbc_process_signal(gate, SIGTERM));
    CU_ASSERT_EQUAL(tbc_process_wait(gate, STAGE_START_MS, said, sizeof said), 0);
    return strstr(said, "two histories") != NULL;
}

/* The station of yesterday, its witness file moved away, and six passengers served anew. */
static void
rewrite(struct stage *s)
{
    struct tbc_issue_reply issued;

    journal_copy(stage_path(s, "yesterday.db"), stage_path(s, "station.db"));
    CU_ASSERT_EQUAL(unlink(stage_path(s, "checkpoint.cose")), 0);
    start_there(s);
    for (unsigned i = 0; i < 6; i++) {
        CU_ASSERT(journal_issue(s, i, &issued));
    }
    stage_strike(s); /* signs */
}

static void
a_gate_is_a_witness_of_what_was_rewritten(void)
{
    static struct tbc_process gate;
    static struct stage s;
    struct tbc_issue_reply issued;
    char line[TBC_PROCESS_LINE];

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 6));
    CU_ASSERT(stage_enrol(&s, "gate-1", TBC_ROLE_GATE));
    stage_strike(&s);
    journal_copy(stage_path(&s, "station.db"), stage_path(&s, "yesterday.db"));
    start_there(&s);
    CU_ASSERT(journal_issue(&s, 0, &issued) && journal_issue(&s, 1, &issued));
    stage_strike(&s);
    start_there(&s);
    start_gate(&s, &gate);
    CU_ASSERT_FALSE(cries_out(&gate));
    start_gate(&s, &gate); /* the log has not grown */
    stage_strike(&s);
    CU_ASSERT(tbc_process_until(&gate, "mode offline", line, STAGE_START_MS));
    start_there(&s); /* it has */
    CU_ASSERT(tbc_process_until(&gate, "mode online", line, STAGE_START_MS));
    CU_ASSERT_FALSE(cries_out(&gate));
    stage_strike(&s);
    rewrite(&s); /* the log is longer than what the gate knows, and another one */
    start_there(&s);
    start_gate(&s, &gate);
    CU_ASSERT(cries_out(&gate));
    stage_strike(&s);
    journal_copy(stage_path(&s, "yesterday.db"), stage_path(&s, "station.db"));
    CU_ASSERT_EQUAL(unlink(stage_path(&s, "checkpoint.cose")), 0);
    start_there(&s); /* shorter */
    start_gate(&s, &gate);
    CU_ASSERT(cries_out(&gate));
    stage_strike(&s);
}

/* What was acknowledged is there, and the journal is whole, whenever the station is killed. */
static void
a_killed_station_has_a_whole_journal(void)
{
    static struct stage s;
    struct tbc_issue_reply issued;
    unsigned passenger = 0;
    char cti[2 * TBC_CTI_LEN + 1] = "";

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 60));
    for (unsigned round = 0; round < 10; round++) {
        const struct tbc_assist in = stage_assistance(59);
        uint8_t id[TBC_WIRE_ID_LEN];

        for (unsigned i = 0; i < round % 4 + 1; i++) {
            CU_ASSERT(journal_issue(&s, passenger++, &issued));
            journal_put_hex(issued.cti, cti);
        }
        /* one more is on its way, answered or not */
        CU_ASSERT(tbc_random(id, sizeof id) == TBC_OK &&
                  tbc_client_send(s.client, id, TBC_OP_ASSIST, &in) == TBC_OK);
        tbc_client_close(&s.client);
        CU_ASSERT_EQUAL(stage_end(&s, SIGKILL), 128 + SIGKILL);
        CU_ASSERT_EQUAL(journal_audit(&s, NULL), 0);
        CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
        CU_ASSERT_EQUAL(journal_history(&s, stage_path(&s, "operator.device"), cti), 0);
    }
    stage_strike(&s);
    CU_ASSERT_EQUAL(journal_audit(&s, NULL), 0);
}

static void
a_running_station_is_not_audited(void)
{
    static struct stage s;

    stage_raise(&s);
    CU_ASSERT_EQUAL(journal_audit(&s, NULL), 3);
    CU_ASSERT_PTR_NOT_NULL(strstr(journal_printed, "end tbc-station first"));
    stage_strike(&s);
    CU_ASSERT_EQUAL(
        journal_run((const char *const[]){ "audit", "verify", "--wrong", NULL }), 2);
    CU_ASSERT_EQUAL(journal_run((const char *const[]){ "history", NULL }), 2);
}

TBC_SUITE("e2e/audit", TEST(every_alteration_is_found_by_its_position),
          TEST(what_was_erased_is_accounted_for),
          TEST(a_database_from_before_is_noticed),
          TEST(a_gate_is_a_witness_of_what_was_rewritten),
          TEST(a_killed_station_has_a_whole_journal),
          TEST(a_running_station_is_not_audited))
