/* The journal of the real station: written, and proved to its holder. */
#include "codec/token.h"
#include "crypto/checkpoint.h"
#include "crypto/seal.h"
#include "journal_rig.h"
#include "store/journal.h"
#include "suite.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <poll.h>
#include <stdio.h>
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
    CU_ASSERT_FATAL(journal_issue(&s, 0, &issued));
    journal_put_hex(issued.cti, cti);
    text = write_text(&s, issued.certificate);
    CU_ASSERT(enter(gate, issued.cti) && look_and_revoke(&s, issued.cti));
    CU_ASSERT(hear_checkpoint(gate, ring, 10));
    CU_ASSERT_EQUAL(
        journal_run((const char *const[]){
            "history", "--trust", stage_path(&s, "trust.cose"), "--device",
            stage_path(&s, "operator.device"), "--reason", "complaint", cti, NULL }),
        0);
    CU_ASSERT(journal_prints(lines, sizeof lines / sizeof *lines));
    CU_ASSERT_EQUAL(
        journal_run((const char *const[]){
            "history", "--device", stage_path(&s, "operator.device"), cti, NULL }),
        0);
    CU_ASSERT(journal_prints(lines, 14)); /* all that the checkpoint covers */
    CU_ASSERT_EQUAL(journal_run((const char *const[]){
                        "history", "--json", "--device",
                        stage_path(&s, "operator.device"), cti, NULL }),
                    0);
    CU_ASSERT(journal_prints(objects, sizeof objects / sizeof *objects));
    /* the holder shows it at a kiosk, also after it was revoked; a kiosk cannot ask by name */
    CU_ASSERT_EQUAL(journal_history(&s, stage_path(&s, "kiosk-1.device"), text), 0);
    CU_ASSERT(journal_prints(shown, sizeof shown / sizeof *shown));
    CU_ASSERT_EQUAL(journal_history(&s, stage_path(&s, "kiosk-1.device"), cti), 1);
    CU_ASSERT_EQUAL(journal_history(&s, stage_path(&s, "gate-1.device"), cti), 1);
    cti[0] = cti[0] == '0' ? '1' : '0';
    CU_ASSERT_EQUAL(journal_history(&s, stage_path(&s, "operator.device"), cti), 1);
    CU_ASSERT_EQUAL(tbc_file_write(text, tbc_span_str("TBC1:0000"), 0600), TBC_OK);
    CU_ASSERT_EQUAL(journal_history(&s, stage_path(&s, "kiosk-1.device"), text), 1);
    tbc_client_close(&gate);
    tbc_keyring_free(&ring);
    stage_strike(&s);
    CU_ASSERT_EQUAL(journal_audit(&s, NULL), 0);
    CU_ASSERT(strncmp(journal_printed, "CONSISTENT\n", 11) == 0);
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
        CU_ASSERT(journal_issue(&s, i, &issued));
    }
    CU_ASSERT(hear_checkpoint(gate, ring, 14));
    have.log = old.size;
    CU_ASSERT(stage_is(stage_ask(gate, TBC_OP_SNAPSHOT, &have, &out), TBC_CODE_FINE));
    CU_ASSERT_EQUAL_FATAL(tbc_checkpoint_open_trusted(&now, out.checkpoint, ring, NULL),
                          TBC_OK);
    CU_ASSERT_EQUAL(tbc_checkpoint_compare(&old, &now, out.joint, &step), TBC_OK);
    CU_ASSERT_EQUAL(step, TBC_LOG_STEP_GROWN);
    CU_ASSERT(journal_issue(&s, 0, &issued) && issued.again);
    CU_ASSERT(issued.log_size >= 14 && issued.log_root.len == 32);
    tbc_client_close(&gate);
    tbc_keyring_free(&ring);
    stage_strike(&s);
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
    CU_ASSERT(journal_issue(&s, 0, &issued));
    journal_put_hex(issued.cti, cti);
    for (int i = 0; i < 2 * TBC_WIRE_LEAVES_MAX; i++) {
        CU_ASSERT(enter(gate, issued.cti));
    }
    tbc_client_close(&gate);
    stage_strike(&s);
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
    CU_ASSERT_EQUAL(journal_history(&s, stage_path(&s, "operator.device"), cti), 0);
    for (const char *c = journal_printed; (c = strstr(c, "  proved  ")) != NULL; c++) {
        lines++;
    }
    CU_ASSERT_EQUAL(lines, 1 + 2 * TBC_WIRE_LEAVES_MAX);
    stage_strike(&s);
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
        CU_ASSERT(journal_issue(&s, i, &issued));
    }
    stage_strike(&s);
    journal_alter(&s, "DELETE FROM leaf; DELETE FROM note; DELETE FROM checkpoint;"
                      "UPDATE meta SET value = 0 WHERE name IN ('journal', 'trust')");
    CU_ASSERT_EQUAL(unlink(stage_path(&s, "checkpoint.cose")), 0);
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
    stage_strike(&s);
    CU_ASSERT_EQUAL(journal_audit(&s, NULL), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(journal_printed, "5 leaves, 3 of certificates"));
}

TBC_SUITE("e2e/journal", TEST(a_history_is_proved_from_the_issue_to_the_revocation),
          TEST(refused_looks_are_recorded_without_a_name),
          TEST(snapshot_proves_that_the_log_grew), TEST(a_long_history_comes_in_pages),
          TEST(certificates_from_before_the_journal_are_taken_in))
