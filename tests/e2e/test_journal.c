/* The journal of the real station: written, proved to its holder, audited, and altered. */
#include "base/text.h"
#include "codec/token.h"
#include "crypto/checkpoint.h"
#include "crypto/seal.h"
#include "stage.h"
#include "store/journal.h"
#include "store/sums.h"
#include "suite.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <sqlite3.h>

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX (64u << 20)

/* Checkpoints each second, so that nobody waits for a minute. */
static void
hasten(struct stage *s)
{
    static const char slow[] = "checkpoint_s = 60";
    struct tbc_buf text = { 0 };
    const char *path = stage_path(s, "station.conf");
    char *at;

    CU_ASSERT_EQUAL_FATAL(tbc_file_read(path, FILE_MAX, &text), TBC_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tbc_buf_str(&text));
    at = memmem(text.ptr, text.len, slow, sizeof slow - 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    memcpy(at, "checkpoint_s = 1 ", sizeof slow - 1);
    CU_ASSERT_EQUAL_FATAL(tbc_file_write(path, tbc_buf_span(&text), 0600), TBC_OK);
    tbc_buf_fini(&text);
}

static void
raise_hasty(struct stage *s)
{
    stage_make(s);
    hasten(s);
    CU_ASSERT_FATAL(stage_start(s, NULL) && stage_connect(s));
}

static struct tbc_keyring *
ring_of(struct stage *s)
{
    struct tbc_buf file = { 0 };
    struct tbc_keyring *ring = NULL;

    CU_ASSERT_EQUAL_FATAL(tbc_file_read(stage_path(s, "trust.cose"), FILE_MAX, &file),
                          TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_keyring_open(&ring, tbc_buf_span(&file), NULL, NULL),
                          TBC_OK);
    tbc_buf_fini(&file);
    return ring;
}

/* Hear checkpoints on the feed until one covers so many leaves. */
static bool
hear_checkpoint(struct tbc_client *client, struct tbc_keyring *ring, uint64_t size)
{
    const int64_t end = tbc_clock_mono().ms + STAGE_CALL_MS;

    while (tbc_clock_mono().ms < end) {
        struct tbc_checkpoint c;
        struct tbc_notice notice;
        struct pollfd fd = { .events = POLLIN };
        int front;

        if (tbc_client_notice(client, &notice) == TBC_OK) {
            if (notice.kind == TBC_NOTICE_CHECKPOINT &&
                tbc_checkpoint_open_trusted(&c, notice.body, ring, NULL) == TBC_OK &&
                c.size >= size) {
                return true;
            }
            continue;
        }
        tbc_client_fds(client, &front, &fd.fd);
        (void)poll(&fd, 1, 20);
    }
    return false;
}

/* Run tbc and keep what it prints: its exit code. */
static char printed[32768];

static int
run(const char *const argv[])
{
    static struct tbc_process p;
    static char line[TBC_PROCESS_LINE];
    static char said[4096];
    size_t n = 0;
    int rc;

    printed[0] = '\0';
    if (!tbc_process_start(&p, "tbc", argv)) {
        return -1;
    }
    while (tbc_process_line(&p, line, STAGE_START_MS)) {
        n += (size_t)snprintf(printed + n, n < sizeof printed ? sizeof printed - n : 0,
                              "%s\n", line);
        n = n < sizeof printed ? n : sizeof printed - 1;
    }
    rc = tbc_process_wait(&p, STAGE_START_MS, said, sizeof said);
    (void)snprintf(printed + n, sizeof printed - n, "%s", said);
    return rc;
}

static int
audit(struct stage *s, const char *old)
{
    return run((const char *const[]){ "audit", "verify", "--data", s->data,
                                      old == NULL ? NULL : "--old", old, NULL });
}

static int
history(struct stage *s, const char *device, const char *what)
{
    return run((const char *const[]){ "history", "--trust", stage_path(s, "trust.cose"),
                                      "--device", device, what, NULL });
}

/* Whether the words stand in what was printed, in this order. */
static bool
printed_in_order(const char *const *words, size_t n)
{
    const char *at = printed;

    for (size_t i = 0; i < n && at != NULL; i++) {
        at = strstr(at, words[i]);
        if (at == NULL) {
            (void)fprintf(stderr, "no %s in:\n%s\n", words[i], printed);
        } else {
            at += strlen(words[i]);
        }
    }
    return at != NULL;
}

static bool
issue(struct stage *s, unsigned passenger, struct tbc_issue_reply *out)
{
    const struct tbc_assist in = stage_assistance(passenger);

    return stage_is(stage_ask(s->client, TBC_OP_ASSIST, &in, out), TBC_CODE_FINE);
}

static bool
enter(struct tbc_client *gate, const uint8_t *cti)
{
    struct tbc_entry entry = { .verdict = TBC_ACCEPTED_OFFLINE,
                               .train = "G1207",
                               .depart = { tbc_clock_utc().s + 1800 } };
    struct tbc_entry_reply out;

    memcpy(entry.cti, cti, sizeof entry.cti);
    return tbc_random(entry.event, sizeof entry.event) == TBC_OK &&
           stage_is(stage_ask(gate, TBC_OP_ENTER, &entry, &out), TBC_CODE_FINE);
}

static bool
look_and_revoke(struct stage *s, const uint8_t *cti)
{
    struct tbc_lookup lookup = { .reason = "asked at the desk" };
    struct tbc_revoke revoke = { .reason = "lost" };
    struct tbc_lookup_reply out;

    memcpy(lookup.cti, cti, sizeof lookup.cti);
    memcpy(revoke.cti, cti, sizeof revoke.cti);
    return stage_is(stage_ask(s->client, TBC_OP_LOOKUP, &lookup, &out),
                    TBC_CODE_FINE) &&
           stage_is(stage_ask(s->client, TBC_OP_REVOKE, &revoke, NULL), TBC_CODE_FINE);
}

static void
put_hex(const uint8_t *cti, char hex[static 2 * TBC_CTI_LEN + 1])
{
    for (size_t i = 0; i < TBC_CTI_LEN; i++) {
        (void)snprintf(hex + 2 * i, 3, "%02x", cti[i]);
    }
}

/* The QR text that the holder has, as a file. */
static const char *
write_text(struct stage *s, struct tbc_span certificate)
{
    const char *path = stage_path(s, "shown.txt");
    struct tbc_buf text = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_token_encode(certificate, &text), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_file_write(path, tbc_buf_span(&text), 0600), TBC_OK);
    tbc_buf_fini(&text);
    return path;
}

/* Leaves: 0 the operator, 1 start, 2 trust, 3 import, 4 and 5 devices, 6 issue, 7 use, 8 look,
 * 9 revocation. */
static void
a_history_is_proved_from_the_issue_to_the_revocation(void)
{
    static const char *const lines[] = { "       6  ",
                                         "ASSIST ",
                                         "operator",
                                         "proved  desk 3: asked",
                                         "       7  ",
                                         "ENTER ",
                                         "gate-1",
                                         "ACCEPTED",
                                         "proved",
                                         "       8  ",
                                         "LOOKUP ",
                                         "FINE",
                                         "proved  asked at the desk",
                                         "       9  ",
                                         "REVOKE ",
                                         "proved  lost",
                                         "      10  ",
                                         "LOOKUP ",
                                         "pending  complaint" };
    static const char *const objects[] = { "{\"cti\":\"", "\"valid\":true",
                                           "\"kind\":\"ASSIST\"",
                                           "\"proof\":\"proved\"" };
    static const char *const shown[] = { "REVOKE ", "LOOKUP ", "SHOW ", "kiosk-1",
                                         "HISTORY" };
    static struct stage s;
    struct tbc_client *gate = NULL;
    struct tbc_issue_reply issued;
    struct tbc_keyring *ring;
    const char *text;
    char cti[2 * TBC_CTI_LEN + 1];

    raise_hasty(&s);
    ring = ring_of(&s);
    CU_ASSERT(stage_import(&s, 1));
    CU_ASSERT(stage_enrol(&s, "gate-1", TBC_ROLE_GATE));
    CU_ASSERT(stage_enrol(&s, "kiosk-1", TBC_ROLE_KIOSK));
    CU_ASSERT_FATAL(stage_connect_as(&gate, stage_path(&s, "gate-1.device"), true));
    CU_ASSERT_FATAL(issue(&s, 0, &issued));
    put_hex(issued.cti, cti);
    text = write_text(&s, issued.certificate);
    CU_ASSERT(enter(gate, issued.cti) && look_and_revoke(&s, issued.cti));
    CU_ASSERT(hear_checkpoint(gate, ring, 10));
    CU_ASSERT_EQUAL(
        run((const char *const[]){ "history", "--trust", stage_path(&s, "trust.cose"),
                                   "--device", stage_path(&s, "operator.device"),
                                   "--reason", "complaint", cti, NULL }),
        0);
    CU_ASSERT(printed_in_order(lines, sizeof lines / sizeof *lines));
    CU_ASSERT_EQUAL(
        run((const char *const[]){ "history", "--device",
                                   stage_path(&s, "operator.device"), cti, NULL }),
        0);
    CU_ASSERT(printed_in_order(lines, 14)); /* all that the checkpoint covers */
    CU_ASSERT_EQUAL(
        run((const char *const[]){ "history", "--json", "--device",
                                   stage_path(&s, "operator.device"), cti, NULL }),
        0);
    CU_ASSERT(printed_in_order(objects, sizeof objects / sizeof *objects));
    /* the holder shows it at a kiosk, also after it was revoked; a kiosk cannot ask by name */
    CU_ASSERT_EQUAL(history(&s, stage_path(&s, "kiosk-1.device"), text), 0);
    CU_ASSERT(printed_in_order(shown, sizeof shown / sizeof *shown));
    CU_ASSERT_EQUAL(history(&s, stage_path(&s, "kiosk-1.device"), cti), 1);
    CU_ASSERT_EQUAL(history(&s, stage_path(&s, "gate-1.device"), cti), 1);
    cti[0] = cti[0] == '0' ? '1' : '0';
    CU_ASSERT_EQUAL(history(&s, stage_path(&s, "operator.device"), cti), 1);
    CU_ASSERT_EQUAL(tbc_file_write(text, tbc_span_str("TBC1:0000"), 0600), TBC_OK);
    CU_ASSERT_EQUAL(history(&s, stage_path(&s, "kiosk-1.device"), text), 1);
    tbc_client_close(&gate);
    tbc_keyring_free(&ring);
    stage_strike(&s);
    CU_ASSERT_EQUAL(audit(&s, NULL), 0);
    CU_ASSERT(strncmp(printed, "CONSISTENT\n", 11) == 0);
}

/* The words of the last leaves, newest first. */
static void
refused_looks_are_recorded_without_a_name(void)
{
    static const char *const words[] = { "NOT_FOUND", "DENIED", "DENIED" };
    static const uint8_t key[TBC_SEAL_KEY_LEN];
    static struct tbc_journal_row rows[16];
    static struct stage s;
    struct tbc_client *kiosk = NULL;
    struct tbc_lookup in = { .cti = { 7 }, .reason = "asked" };
    struct tbc_history ask = { .cti = { 7 } };
    static struct tbc_history_reply told;
    struct tbc_lookup_reply out;
    struct tbc_store *store = NULL;
    size_t n = 0;

    stage_raise(&s);
    CU_ASSERT(stage_enrol(&s, "kiosk-1", TBC_ROLE_KIOSK));
    CU_ASSERT_FATAL(stage_connect_as(&kiosk, stage_path(&s, "kiosk-1.device"), false));
    CU_ASSERT(stage_is(stage_ask(kiosk, TBC_OP_LOOKUP, &in, &out), TBC_CODE_DENIED));
    CU_ASSERT(stage_is(stage_ask(kiosk, TBC_OP_HISTORY, &ask, &told), TBC_CODE_DENIED));
    CU_ASSERT(
        stage_is(stage_ask(s.client, TBC_OP_LOOKUP, &in, &out), TBC_CODE_NOT_FOUND));
    tbc_client_close(&kiosk);
    stage_strike(&s);
    CU_ASSERT_EQUAL_FATAL(
        tbc_store_open(&store, stage_path(&s, "station.db"), key, false), TBC_OK);
    CU_ASSERT_EQUAL(tbc_journal_page(store, 0, rows, 16, &n), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(n, 7);
    for (size_t i = 0; i < 3; i++) {
        const struct tbc_journal_row *row = &rows[n - 1 - i];
        struct tbc_leaf leaf;

        CU_ASSERT_EQUAL(tbc_leaf_decode(&leaf, tbc_span_of(row->bytes, row->len), NULL),
                        TBC_OK);
        CU_ASSERT_EQUAL(leaf.kind, TBC_LEAF_LOOKUP);
        CU_ASSERT_STRING_EQUAL(leaf.word, words[i]);
        CU_ASSERT_FALSE(leaf.has_cti);
    }
    tbc_store_close(&store);
}

static void
snapshot_proves_that_the_log_grew(void)
{
    static struct stage s;
    struct tbc_client *gate = NULL;
    struct tbc_snapshot have = { 0 };
    struct tbc_snapshot_reply out;
    struct tbc_issue_reply issued;
    struct tbc_checkpoint old;
    struct tbc_checkpoint now;
    struct tbc_keyring *ring;
    enum tbc_log_step step;

    raise_hasty(&s);
    ring = ring_of(&s);
    CU_ASSERT(stage_import(&s, 9));
    CU_ASSERT(stage_enrol(&s, "gate-1", TBC_ROLE_GATE));
    CU_ASSERT_FATAL(stage_connect_as(&gate, stage_path(&s, "gate-1.device"), true));
    CU_ASSERT(stage_is(stage_ask(gate, TBC_OP_SNAPSHOT, &have, &out), TBC_CODE_FINE));
    CU_ASSERT_EQUAL_FATAL(tbc_checkpoint_open_trusted(&old, out.checkpoint, ring, NULL),
                          TBC_OK);
    for (unsigned i = 0; i < 9; i++) {
        CU_ASSERT(issue(&s, i, &issued));
    }
    CU_ASSERT(hear_checkpoint(gate, ring, 14));
    have.log = old.size;
    CU_ASSERT(stage_is(stage_ask(gate, TBC_OP_SNAPSHOT, &have, &out), TBC_CODE_FINE));
    CU_ASSERT_EQUAL_FATAL(tbc_checkpoint_open_trusted(&now, out.checkpoint, ring, NULL),
                          TBC_OK);
    CU_ASSERT_EQUAL(tbc_checkpoint_compare(&old, &now, out.joint, &step), TBC_OK);
    CU_ASSERT_EQUAL(step, TBC_LOG_STEP_GROWN);
    CU_ASSERT(issue(&s, 0, &issued) && issued.again);
    CU_ASSERT(issued.log_size >= 14 && issued.log_root.len == 32);
    tbc_client_close(&gate);
    tbc_keyring_free(&ring);
    stage_strike(&s);
}

static void
copy_file(const char *from, const char *to)
{
    struct tbc_buf bytes = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_file_read(from, FILE_MAX, &bytes), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_file_write(to, tbc_buf_span(&bytes), 0600), TBC_OK);
    tbc_buf_fini(&bytes);
}

static void
alter(struct stage *s, const char *sql)
{
    sqlite3 *db = NULL;
    char *why = NULL;

    /* an insider knows how to write pages that look right */
    CU_ASSERT_EQUAL_FATAL(tbc_sums_install(), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(sqlite3_open_v2(stage_path(s, "station.db"), &db,
                                          SQLITE_OPEN_READWRITE, TBC_SUMS_VFS),
                          SQLITE_OK);
    CU_ASSERT_EQUAL(
        sqlite3_exec(db, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL),
        SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) {
        CU_FAIL(sql);
        (void)fprintf(stderr, "%s: %s\n", sql, why);
    }
    sqlite3_free(why);
    (void)sqlite3_close(db);
}

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
        CU_ASSERT(issue(&s, i, &issued));
    }
    stage_strike(&s);
    CU_ASSERT_EQUAL(audit(&s, NULL), 0);
    copy_file(stage_path(&s, "station.db"), stage_path(&s, "sound.db"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        copy_file(stage_path(&s, "sound.db"), stage_path(&s, "station.db"));
        alter(&s, rows[i].sql);
        CU_ASSERT_EQUAL(audit(&s, NULL), 1);
        CU_ASSERT(strncmp(printed, "INCONSISTENT\n", 13) == 0);
        CU_ASSERT(printed_in_order(&rows[i].offence, 1));
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
    CU_ASSERT(issue(&s, 0, &issued) && issue(&s, 1, &issued));
    put_hex(issued.cti, cti);
    stage_strike(&s);
    alter(&s, "DELETE FROM certificate WHERE leaf = 4");
    CU_ASSERT_EQUAL(audit(&s, NULL), 1);
    CU_ASSERT_EQUAL_FATAL(
        tbc_store_open(&store, stage_path(&s, "station.db"), key, false), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_begin(store), TBC_OK);
    CU_ASSERT_EQUAL(tbc_journal_forget(store, issued.cti), TBC_OK);
    CU_ASSERT_EQUAL(tbc_journal_append(store, &leaf, NULL, NULL), TBC_OK);
    CU_ASSERT_EQUAL(tbc_store_commit(store), TBC_OK);
    tbc_store_close(&store);
    CU_ASSERT_EQUAL(audit(&s, NULL), 0);
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
    CU_ASSERT_EQUAL(history(&s, stage_path(&s, "operator.device"), cti), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(printed, "proved  (erased)"));
    stage_strike(&s);
    CU_ASSERT_EQUAL(audit(&s, NULL), 0);
}

static void
a_long_history_comes_in_pages(void)
{
    static struct stage s;
    struct tbc_client *gate = NULL;
    struct tbc_issue_reply issued;
    char cti[2 * TBC_CTI_LEN + 1];
    size_t lines = 0;

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 1) && stage_enrol(&s, "gate-1", TBC_ROLE_GATE));
    CU_ASSERT_FATAL(stage_connect_as(&gate, stage_path(&s, "gate-1.device"), false));
    CU_ASSERT(issue(&s, 0, &issued));
    put_hex(issued.cti, cti);
    for (int i = 0; i < 2 * TBC_WIRE_LEAVES_MAX; i++) {
        CU_ASSERT(enter(gate, issued.cti));
    }
    tbc_client_close(&gate);
    stage_strike(&s);
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
    CU_ASSERT_EQUAL(history(&s, stage_path(&s, "operator.device"), cti), 0);
    for (const char *c = printed; (c = strstr(c, "  proved  ")) != NULL; c++) {
        lines++;
    }
    CU_ASSERT_EQUAL(lines, 1 + 2 * TBC_WIRE_LEAVES_MAX);
    stage_strike(&s);
}

static void
a_database_from_before_is_noticed(void)
{
    static struct stage s;
    struct tbc_issue_reply issued;
    const char *kept;

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 6));
    CU_ASSERT(issue(&s, 0, &issued));
    stage_strike(&s);
    copy_file(stage_path(&s, "station.db"), stage_path(&s, "yesterday.db"));
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
    CU_ASSERT(issue(&s, 1, &issued));
    stage_strike(&s);
    kept = stage_path(&s, "witness.cose");
    copy_file(stage_path(&s, "checkpoint.cose"), kept);
    CU_ASSERT_EQUAL(audit(&s, kept), 0);
    copy_file(stage_path(&s, "yesterday.db"), stage_path(&s, "station.db"));
    CU_ASSERT_FALSE(stage_start(&s, NULL));
    CU_ASSERT_EQUAL(stage_end(&s, 0), 4);
    CU_ASSERT_PTR_NOT_NULL(strstr(stage_said(), "restored from an older backup"));
    CU_ASSERT_EQUAL(audit(&s, NULL), 1);
    /* going on with it is an act of its own, and its witnesses still know */
    CU_ASSERT_EQUAL(unlink(stage_path(&s, "checkpoint.cose")), 0);
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
    for (unsigned i = 2; i < 6; i++) {
        CU_ASSERT(issue(&s, i, &issued));
    }
    stage_strike(&s);
    CU_ASSERT_EQUAL(audit(&s, NULL), 0);
    CU_ASSERT_EQUAL(audit(&s, kept), 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(printed, "are not those that were signed"));
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

    copy_file(stage_path(s, "yesterday.db"), stage_path(s, "station.db"));
    CU_ASSERT_EQUAL(unlink(stage_path(s, "checkpoint.cose")), 0);
    start_there(s);
    for (unsigned i = 0; i < 6; i++) {
        CU_ASSERT(issue(s, i, &issued));
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
    copy_file(stage_path(&s, "station.db"), stage_path(&s, "yesterday.db"));
    start_there(&s);
    CU_ASSERT(issue(&s, 0, &issued) && issue(&s, 1, &issued));
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
    copy_file(stage_path(&s, "yesterday.db"), stage_path(&s, "station.db"));
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
            CU_ASSERT(issue(&s, passenger++, &issued));
            put_hex(issued.cti, cti);
        }
        /* one more is on its way, answered or not */
        CU_ASSERT(tbc_random(id, sizeof id) == TBC_OK &&
                  tbc_client_send(s.client, id, TBC_OP_ASSIST, &in) == TBC_OK);
        tbc_client_close(&s.client);
        CU_ASSERT_EQUAL(stage_end(&s, SIGKILL), 128 + SIGKILL);
        CU_ASSERT_EQUAL(audit(&s, NULL), 0);
        CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
        CU_ASSERT_EQUAL(history(&s, stage_path(&s, "operator.device"), cti), 0);
    }
    stage_strike(&s);
    CU_ASSERT_EQUAL(audit(&s, NULL), 0);
}

static void
a_running_station_is_not_audited(void)
{
    static struct stage s;

    stage_raise(&s);
    CU_ASSERT_EQUAL(audit(&s, NULL), 3);
    CU_ASSERT_PTR_NOT_NULL(strstr(printed, "end tbc-station first"));
    stage_strike(&s);
    CU_ASSERT_EQUAL(run((const char *const[]){ "audit", "verify", "--wrong", NULL }),
                    2);
    CU_ASSERT_EQUAL(run((const char *const[]){ "history", NULL }), 2);
}

/* A station that worked before there was a journal: its certificates are taken in. */
static void
certificates_from_before_the_journal_are_taken_in(void)
{
    static struct stage s;
    struct tbc_issue_reply issued;

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 3));
    for (unsigned i = 0; i < 3; i++) {
        CU_ASSERT(issue(&s, i, &issued));
    }
    stage_strike(&s);
    alter(&s, "DELETE FROM leaf; DELETE FROM note; DELETE FROM checkpoint;"
              "UPDATE meta SET value = 0 WHERE name IN ('journal', 'trust')");
    CU_ASSERT_EQUAL(unlink(stage_path(&s, "checkpoint.cose")), 0);
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
    stage_strike(&s);
    CU_ASSERT_EQUAL(audit(&s, NULL), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(printed, "5 leaves, 3 of certificates"));
}

TBC_SUITE("e2e/journal", TEST(a_history_is_proved_from_the_issue_to_the_revocation),
          TEST(refused_looks_are_recorded_without_a_name),
          TEST(snapshot_proves_that_the_log_grew),
          TEST(every_alteration_is_found_by_its_position),
          TEST(what_was_erased_is_accounted_for), TEST(a_long_history_comes_in_pages),
          TEST(a_database_from_before_is_noticed),
          TEST(a_gate_is_a_witness_of_what_was_rewritten),
          TEST(a_killed_station_has_a_whole_journal),
          TEST(a_running_station_is_not_audited),
          TEST(certificates_from_before_the_journal_are_taken_in))
