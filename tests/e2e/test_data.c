/* The life of data at a real station: erased, exported, dropped, kept aside and brought back. */
#include "codec/claims.h"
#include "codec/cose.h"
#include "stage.h"
#include "suite.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool
file_holds(const char *path, struct tbc_span bytes)
{
    struct tbc_buf b = { 0 };
    const bool found = tbc_file_read(path, 64u << 20, &b) == TBC_OK && b.len > 0 &&
                       memmem(b.ptr, b.len, bytes.ptr, bytes.len) != NULL;

    tbc_buf_fini(&b);
    return found;
}

/* Whether the database's files have these bytes. */
static bool
folder_holds(const struct stage *s, struct tbc_span bytes)
{
    return file_holds(stage_path(s, "station.db"), bytes) ||
           file_holds(stage_path(s, "station.db-wal"), bytes);
}

static int
erase(const struct stage *s, const char *number, const char *now)
{
    return stage_run((const char *const[]){
        "tbc", "erase", "--kind", "passport", "--number", number, "--reason", "asked",
        "--device", stage_path(s, "operator.device"), now, NULL });
}

/* The number from standard input, so that no list of processes has it. */
static int
erase_by_input(const struct stage *s, const char *number)
{
    static struct tbc_process p;
    const char *const args[] = {
        "erase", "--kind",   "passport", "--number", "-",
        "--now", "--reason", "asked",    "--device", stage_path(s, "operator.device"),
        NULL
    };

    if (!tbc_process_start(&p, "tbc", args) || !tbc_process_send(&p, number) ||
        !tbc_process_send(&p, "\n")) {
        return -1;
    }
    tbc_process_end_input(&p);
    return tbc_process_wait(&p, STAGE_START_MS, NULL, 0);
}

static int
back_up(const struct stage *s, const char *out)
{
    return stage_run((const char *const[]){ "tbc", "backup", "--data", s->data,
                                            stage_path(s, out), NULL });
}

static int
restore(const struct stage *s, const char *from, const char *more)
{
    return stage_run((const char *const[]){ "tbc", "restore", "--data", s->data,
                                            stage_path(s, from), more, NULL });
}

static void
erasing_leaves_nothing_and_the_log_verifies(void)
{
    static struct stage s;
    static struct tbc_lookup_reply found;
    struct tbc_lookup look = { .reason = "asked" };
    struct tbc_assist ask = stage_assistance(0);
    struct tbc_issue_reply issued;
    uint8_t bytes[64];
    const char *data;

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 3));
    CU_ASSERT_FATAL(
        stage_is(stage_ask(s.client, TBC_OP_ASSIST, &ask, &issued), TBC_CODE_FINE));
    memcpy(look.cti, issued.cti, sizeof look.cti);
    memcpy(bytes, issued.certificate.ptr + 20, sizeof bytes);
    CU_ASSERT(
        stage_is(stage_ask(s.client, TBC_OP_LOOKUP, &look, &found), TBC_CODE_FINE));
    CU_ASSERT(folder_holds(&s, tbc_span_of(bytes, sizeof bytes)));
    CU_ASSERT(folder_holds(&s, tbc_span_of(look.cti, sizeof look.cti)));

    CU_ASSERT_EQUAL(erase(&s, ask.number, NULL), 1);
    CU_ASSERT(strstr(stage_said(), "a valid certificate") != NULL);
    CU_ASSERT(strstr(stage_said(), ask.number) == NULL);
    CU_ASSERT(
        stage_is(stage_ask(s.client, TBC_OP_LOOKUP, &look, &found), TBC_CODE_FINE));
    CU_ASSERT_EQUAL(erase_by_input(&s, ask.number), 0);
    CU_ASSERT_FALSE(folder_holds(&s, tbc_span_of(bytes, sizeof bytes)));
    CU_ASSERT_EQUAL(back_up(&s, "after.db"), 0);
    CU_ASSERT_FALSE(
        file_holds(stage_path(&s, "after.db"), tbc_span_of(bytes, sizeof bytes)));
    CU_ASSERT_EQUAL(erase(&s, ask.number, "--now"), 1);
    CU_ASSERT(stage_is(stage_ask(s.client, TBC_OP_LOOKUP, &look, &found),
                       TBC_CODE_NOT_FOUND));
    CU_ASSERT(stage_is(stage_ask(s.client, TBC_OP_ASSIST, &ask, &issued),
                       TBC_CODE_NOT_FOUND));
    CU_ASSERT_EQUAL(erase(&s, "nonsense number", NULL), 4);

    stage_strike(&s);
    CU_ASSERT_FALSE(folder_holds(&s, tbc_span_of(bytes, sizeof bytes)));
    data = s.data;
    CU_ASSERT_EQUAL(stage_run((const char *const[]){ "tbc", "audit", "verify", "--data",
                                                     data, NULL }),
                    0);
    CU_ASSERT_EQUAL(stage_run((const char *const[]){ "tbc", "erase", "--number", "1",
                                                     "--data", data, NULL }),
                    2);
    CU_ASSERT(stage_start(&s, NULL) && stage_connect(&s));
    stage_strike(&s);
}

/* Issue to passenger n: its id, and its place in the status list. */
static bool
issue(struct stage *s, unsigned n, uint8_t *cti, uint64_t *idx)
{
    struct tbc_assist ask = stage_assistance(n);
    struct tbc_issue_reply issued;
    struct tbc_claims claims;
    struct tbc_cose cose;

    if (!stage_is(stage_ask(s->client, TBC_OP_ASSIST, &ask, &issued), TBC_CODE_FINE) ||
        tbc_cose_open(&cose, issued.certificate, NULL) != TBC_OK ||
        tbc_claims_decode(&claims, cose.payload, NULL) != TBC_OK) {
        return false;
    }
    memcpy(cti, issued.cti, TBC_CTI_LEN);
    *idx = claims.status_idx;
    return true;
}

static enum tbc_code
look(struct stage *s, const uint8_t *cti)
{
    static struct tbc_lookup_reply found;
    struct tbc_lookup ask = { .reason = "asked" };

    memcpy(ask.cti, cti, sizeof ask.cti);
    return stage_ask(s->client, TBC_OP_LOOKUP, &ask, &found).code;
}

static int
audit(const struct stage *s)
{
    return stage_run(
        (const char *const[]){ "tbc", "audit", "verify", "--data", s->data, NULL });
}

static uint64_t
ask_stat(struct stage *s, const char *name)
{
    static struct tbc_stats_reply stats;
    struct tbc_stats ask = { 0 };

    CU_ASSERT(
        stage_is(stage_ask(s->client, TBC_OP_STATS, &ask, &stats), TBC_CODE_FINE));
    for (size_t i = 0; i < stats.stats_n; i++) {
        if (strcmp(stats.stats[i].name, name) == 0) {
            return stats.stats[i].value;
        }
    }
    return UINT64_MAX;
}

static void
the_newest_backup_comes_back_as_it_was(void)
{
    static struct stage s;
    uint8_t cti[TBC_CTI_LEN];
    uint64_t idx;

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 2));
    CU_ASSERT_FATAL(issue(&s, 0, cti, &idx));
    CU_ASSERT_EQUAL(back_up(&s, "new.db"), 0);
    CU_ASSERT_EQUAL(back_up(&s, "new.db"), 3); /* nothing is overwritten */
    CU_ASSERT_EQUAL(restore(&s, "new.db", NULL), 3);
    CU_ASSERT(strstr(stage_said(), "end tbc-station first") != NULL);
    stage_strike(&s);
    CU_ASSERT_EQUAL(restore(&s, "new.db", NULL), 0);
    CU_ASSERT_EQUAL(audit(&s), 0);
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
    CU_ASSERT_EQUAL(look(&s, cti), TBC_CODE_FINE);
    CU_ASSERT_EQUAL(ask_stat(&s, "journal leaves lost"), 0);
    stage_strike(&s);
}

static bool
doctor_says(const struct stage *s, const char *what)
{
    static struct tbc_process p;
    const char *const args[] = { "doctor", "--data", s->data, NULL };
    char line[TBC_PROCESS_LINE];
    bool said = false;

    if (!tbc_process_start(&p, "tbc", args)) {
        return false;
    }
    while (!said && tbc_process_line(&p, line, STAGE_START_MS)) {
        said = strstr(line, what) != NULL;
    }
    (void)tbc_process_wait(&p, STAGE_START_MS, NULL, 0);
    return said;
}

static void
an_older_backup_is_refused_and_on_purpose_nothing_is_used_twice(void)
{
    static struct stage s;
    uint8_t first[TBC_CTI_LEN];
    uint8_t lost[TBC_CTI_LEN];
    uint8_t next[TBC_CTI_LEN];
    uint64_t idx[3];

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 3));
    CU_ASSERT_FATAL(issue(&s, 0, first, &idx[0]));
    CU_ASSERT_EQUAL(back_up(&s, "old.db"), 0);
    CU_ASSERT_FATAL(issue(&s, 1, lost, &idx[1]));
    stage_strike(&s);
    CU_ASSERT_EQUAL(restore(&s, "old.db", NULL), 1);
    CU_ASSERT(strstr(stage_said(), "--older-on-purpose") != NULL);
    CU_ASSERT_EQUAL(audit(&s), 0); /* nothing was changed */
    CU_ASSERT_EQUAL(restore(&s, "old.db", "--older-on-purpose"), 0);
    CU_ASSERT_EQUAL(audit(&s), 0);
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
    CU_ASSERT_EQUAL(look(&s, first), TBC_CODE_FINE);
    CU_ASSERT_EQUAL(look(&s, lost), TBC_CODE_NOT_FOUND);
    CU_ASSERT_FATAL(issue(&s, 2, next, &idx[2]));
    CU_ASSERT(idx[2] != idx[0] && idx[2] != idx[1]);
    CU_ASSERT_EQUAL(ask_stat(&s, "journal leaves lost"), 1);
    CU_ASSERT(doctor_says(&s, "restored from an old backup, 1 leaves lost"));
    stage_strike(&s);
    CU_ASSERT(strstr(stage_said(), "restored from an old backup: 1 leaves") != NULL);
    CU_ASSERT_EQUAL(audit(&s), 0);
}

/* The same by hand, without tbc restore: the station does not start. */
static void
a_database_that_went_back_stops_the_start(void)
{
    static struct stage s;
    struct tbc_buf old = { 0 };
    uint8_t cti[TBC_CTI_LEN];
    uint64_t idx;

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 2));
    CU_ASSERT_EQUAL(back_up(&s, "old.db"), 0);
    CU_ASSERT_FATAL(issue(&s, 0, cti, &idx));
    stage_strike(&s);
    CU_ASSERT_EQUAL_FATAL(tbc_file_read(stage_path(&s, "old.db"), 64u << 20, &old),
                          TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_file_write(stage_path(&s, "station.db"), tbc_buf_span(&old), 0600), TBC_OK);
    CU_ASSERT_FALSE(stage_start(&s, NULL));
    CU_ASSERT_EQUAL(stage_end(&s, 0), 4);
    CU_ASSERT(strstr(stage_said(), "tbc restore --older-on-purpose") != NULL);
    tbc_buf_fini(&old);
}

static void
a_spoilt_backup_is_refused_and_leaves_all_as_it_was(void)
{
    static struct stage s;
    struct tbc_buf b = { 0 };

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 2));
    CU_ASSERT_EQUAL(back_up(&s, "b.db"), 0);
    stage_strike(&s);
    CU_ASSERT_EQUAL_FATAL(tbc_file_read(stage_path(&s, "b.db"), 64u << 20, &b), TBC_OK);
    b.ptr[b.len / 2] ^= 1;
    CU_ASSERT_EQUAL(tbc_file_write(stage_path(&s, "b.db"), tbc_buf_span(&b), 0600),
                    TBC_OK);
    CU_ASSERT_EQUAL(restore(&s, "b.db", "--older-on-purpose"), 4);
    CU_ASSERT(strstr(stage_said(), "not the bytes that its manifest names") != NULL);
    CU_ASSERT_EQUAL(restore(&s, "none.db", NULL), 3);
    CU_ASSERT_EQUAL(audit(&s), 0);
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
    stage_strike(&s);
    tbc_buf_fini(&b);
}

static uint64_t
wait_for_stat(struct stage *s, const char *name, uint64_t want)
{
    const int64_t end = tbc_clock_mono().ms + STAGE_CALL_MS;
    uint64_t n;

    while ((n = ask_stat(s, name)) != want && tbc_clock_mono().ms < end) {
        (void)poll(NULL, 0, 20);
    }
    return n;
}

/* Dropped at the start already: a table may be older than the station's last day. */
static void
old_tickets_are_dropped_and_counted(void)
{
    static const char *const bad = "kind,number,name,until\npassport,P0000001,A,soon\n";
    static struct tbc_import in;
    static struct stage s;
    const struct tbc_utc now = tbc_clock_utc();
    struct tbc_import_reply out;

    stage_raise(&s);
    in.last = true;
    in.tickets_n = 2;
    for (unsigned i = 0; i < 2; i++) {
        in.tickets[i] = (struct tbc_import_ticket){
            .line = i + 2,
            .kind = TBC_DOC_PASSPORT,
            .trip = { .train = "G1207", .from = "YZN", .to = "QYB" }
        };
        stage_passport(i, in.tickets[i].number);
        in.tickets[i].trip.depart.s = now.s - (i == 0 ? 8 : 6) * TBC_DAY_S;
    }
    CU_ASSERT(stage_is(stage_ask(s.client, TBC_OP_IMPORT, &in, &out), TBC_CODE_FINE));
    CU_ASSERT_EQUAL(tbc_file_write(stage_path(&s, "bad.csv"), tbc_span_str(bad), 0600),
                    TBC_OK);
    CU_ASSERT_EQUAL(
        stage_run((const char *const[]){ "tbc", "import", "people", "--device",
                                         stage_path(&s, "operator.device"),
                                         stage_path(&s, "bad.csv"), NULL }),
        4);
    CU_ASSERT(strstr(stage_said(), ":2: until: not a day like 2026-12-31") != NULL);
    stage_strike(&s);
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
    CU_ASSERT_EQUAL(wait_for_stat(&s, "dropped tickets", 1), 1);
    CU_ASSERT_EQUAL(ask_stat(&s, "tickets"), 1);
    stage_strike(&s);
    CU_ASSERT_EQUAL(audit(&s), 0);
}

static bool
import_tickets(struct stage *s, const char *number, size_t n, int64_t from)
{
    static struct tbc_import in;
    struct tbc_import_reply out;

    memset(&in, 0, sizeof in);
    in.last = true;
    in.tickets_n = n;
    for (size_t i = 0; i < n; i++) {
        in.tickets[i] = (struct tbc_import_ticket){
            .line = i + 2,
            .kind = TBC_DOC_PASSPORT,
            .trip = { .train = "G1207", .from = "YZN", .to = "QYB" }
        };
        (void)snprintf(in.tickets[i].number, sizeof in.tickets[i].number, "%s", number);
        in.tickets[i].trip.depart.s = from + (int64_t)i;
    }
    return stage_is(stage_ask(s->client, TBC_OP_IMPORT, &in, &out), TBC_CODE_FINE) &&
           out.tickets == n;
}

static void
a_person_gets_all_that_is_held_and_the_look_is_recorded(void)
{
    static struct tbc_export_reply out;
    static struct stage s;
    struct tbc_assist who = stage_assistance(0);
    struct tbc_export ask = { .kind = TBC_DOC_PASSPORT, .reason = "asked in person" };
    const int64_t later = tbc_clock_utc().s + TBC_DAY_S;
    uint8_t cti[TBC_CTI_LEN];
    uint64_t idx;

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 2));
    CU_ASSERT(import_tickets(&s, who.number, 64, later));
    CU_ASSERT(import_tickets(&s, who.number, 5, later + 64));
    CU_ASSERT_FATAL(issue(&s, 0, cti, &idx));
    CU_ASSERT_EQUAL(look(&s, cti), TBC_CODE_FINE);
    memcpy(ask.number, who.number, sizeof ask.number);
    CU_ASSERT_FATAL(
        stage_is(stage_ask(s.client, TBC_OP_EXPORT, &ask, &out), TBC_CODE_FINE));
    CU_ASSERT(out.on_roster);
    CU_ASSERT_STRING_EQUAL(out.name, "Anna Maria Rossi");
    CU_ASSERT_EQUAL(out.tickets_n, 64);
    CU_ASSERT_EQUAL(out.next, 64);
    CU_ASSERT_EQUAL_FATAL(out.certificates_n, 1);
    CU_ASSERT_EQUAL(memcmp(out.certificates[0].cti, cti, sizeof cti), 0);
    CU_ASSERT_EQUAL(out.certificates[0].idx, idx);
    CU_ASSERT_STRING_EQUAL(out.certificates[0].officer, "desk 3");
    CU_ASSERT_EQUAL_FATAL(out.looks_n, 2); /* this one too */
    CU_ASSERT_STRING_EQUAL(out.looks[1].reason, "asked in person");
    CU_ASSERT_STRING_EQUAL(out.looks[1].device, "operator");
    CU_ASSERT_EQUAL_FATAL(out.leaves_n, 3);
    CU_ASSERT_STRING_EQUAL(out.leaves[0].note, "desk 3: asked");
    CU_ASSERT_STRING_EQUAL(out.leaves[2].note, "asked in person");
    ask.from = out.next;
    CU_ASSERT(stage_is(stage_ask(s.client, TBC_OP_EXPORT, &ask, &out), TBC_CODE_FINE));
    CU_ASSERT_EQUAL(out.tickets_n, 6);
    CU_ASSERT_EQUAL(out.looks_n, 0); /* of the page; it is one look */
    CU_ASSERT_EQUAL(out.next, 0);
    CU_ASSERT_EQUAL(
        stage_run((const char *const[]){
            "tbc", "export", "--kind", "passport", "--number", who.number, "--reason",
            "asked", "--device", stage_path(&s, "operator.device"), NULL }),
        0);
    CU_ASSERT_EQUAL(
        stage_run((const char *const[]){
            "tbc", "export", "--kind", "passport", "--number", "P9999999", "--reason",
            "asked", "--device", stage_path(&s, "operator.device"), NULL }),
        1);
    stage_strike(&s);
    CU_ASSERT_EQUAL(audit(&s), 0);
}

static void
the_sealing_key_is_changed_while_the_station_works(void)
{
    static struct stage s;
    struct tbc_buf before = { 0 };
    struct tbc_buf after = { 0 };
    const int64_t end = tbc_clock_mono().ms + STAGE_CALL_MS;
    const char *const rotate[] = { "tbc",    "keys", "rotate", "--sealing",
                                   "--data", s.data, NULL };
    uint8_t cti[TBC_CTI_LEN];
    uint64_t idx;

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 3));
    CU_ASSERT_EQUAL(tbc_file_read(stage_path(&s, "sealing.key"), 64, &before), TBC_OK);
    CU_ASSERT_EQUAL(stage_run(rotate), 0);
    CU_ASSERT_EQUAL(stage_run(rotate), 1);
    CU_ASSERT(tbc_process_signal(&s.process, SIGHUP));
    while (access(stage_path(&s, "sealing-next.key"), F_OK) == 0 &&
           tbc_clock_mono().ms < end) {
        CU_ASSERT(issue(&s, 0, cti, &idx));
        (void)poll(NULL, 0, 20);
    }
    CU_ASSERT(access(stage_path(&s, "sealing-next.key"), F_OK) != 0);
    CU_ASSERT_EQUAL(tbc_file_read(stage_path(&s, "sealing.key"), 64, &after), TBC_OK);
    CU_ASSERT_FALSE(tbc_span_equal(tbc_buf_span(&before), tbc_buf_span(&after)));
    CU_ASSERT(issue(&s, 1, cti, &idx));
    stage_strike(&s);
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
    CU_ASSERT(issue(&s, 2, cti, &idx));
    stage_strike(&s);
    CU_ASSERT_EQUAL(audit(&s), 0);
    tbc_buf_fini(&before);
    tbc_buf_fini(&after);
}

/* Killed at once after it has begun. */
static void
a_change_of_the_sealing_key_survives_kill_9(void)
{
    static struct stage s;
    const char *const rotate[] = { "tbc",    "keys", "rotate", "--sealing",
                                   "--data", s.data, NULL };
    const int64_t end = tbc_clock_mono().ms + STAGE_CALL_MS;
    struct tbc_buf next = { 0 };
    uint8_t cti[TBC_CTI_LEN];
    uint64_t idx;

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 3));
    CU_ASSERT_FATAL(issue(&s, 0, cti, &idx));
    stage_strike(&s);
    CU_ASSERT_EQUAL(stage_run(rotate), 0);
    CU_ASSERT_EQUAL(tbc_file_read(stage_path(&s, "sealing-next.key"), 64, &next),
                    TBC_OK);
    CU_ASSERT_FATAL(stage_start(&s, NULL));
    CU_ASSERT_EQUAL(stage_end(&s, SIGKILL), 128 + SIGKILL);
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
    while (access(stage_path(&s, "sealing-next.key"), F_OK) == 0 &&
           tbc_clock_mono().ms < end) {
        (void)poll(NULL, 0, 20);
    }
    CU_ASSERT(issue(&s, 1, cti, &idx));
    CU_ASSERT_EQUAL(look(&s, cti), TBC_CODE_FINE);
    stage_strike(&s);
    CU_ASSERT(file_holds(stage_path(&s, "sealing.key"), tbc_buf_span(&next)));
    CU_ASSERT_EQUAL(audit(&s), 0);
    tbc_buf_fini(&next);
}

/* The days pass in station/pseudonym; here is the command, and what tells about it. */
static void
a_new_pseudonym_key_is_announced_and_certificates_go_on(void)
{
    static struct stage s;
    const char *const rotate[] = { "tbc",    "keys", "rotate", "--pseudonym",
                                   "--data", s.data, NULL };
    const char *const both[] = { "tbc",         "keys",   "rotate", "--sealing",
                                 "--pseudonym", "--data", s.data,   NULL };
    const char *const doctor[] = { "tbc", "doctor", "--data", s.data, NULL };
    static char text[8192];
    uint8_t cti[TBC_CTI_LEN];
    uint64_t idx;
    uint64_t again;

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 3));
    CU_ASSERT(issue(&s, 0, cti, &idx));
    CU_ASSERT_EQUAL(stage_run(both), 2);
    CU_ASSERT_EQUAL(stage_run(rotate), 0);
    CU_ASSERT_EQUAL(stage_run(rotate), 1);
    CU_ASSERT_EQUAL(stage_output(doctor, text, sizeof text), 0);
    CU_ASSERT(stage_says(text, "pseudonym-next.key was made"));
    CU_ASSERT(tbc_process_signal(&s.process, SIGHUP));
    CU_ASSERT(issue(&s, 1, cti, &again));
    CU_ASSERT_NOT_EQUAL(idx, again);
    CU_ASSERT_EQUAL(stage_end(&s, SIGKILL), 128 + SIGKILL);
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
    CU_ASSERT(issue(&s, 2, cti, &idx));
    CU_ASSERT_NOT_EQUAL(idx, again);
    stage_strike(&s);
    CU_ASSERT(stage_says(stage_said(), "the pseudonym key is being changed: the next "
                                       "serves from "));
    CU_ASSERT_EQUAL(audit(&s), 0);
}

TBC_SUITE("e2e/data", TEST(erasing_leaves_nothing_and_the_log_verifies),
          TEST(the_newest_backup_comes_back_as_it_was),
          TEST(an_older_backup_is_refused_and_on_purpose_nothing_is_used_twice),
          TEST(a_database_that_went_back_stops_the_start),
          TEST(a_spoilt_backup_is_refused_and_leaves_all_as_it_was),
          TEST(old_tickets_are_dropped_and_counted),
          TEST(a_person_gets_all_that_is_held_and_the_look_is_recorded),
          TEST(the_sealing_key_is_changed_while_the_station_works),
          TEST(a_change_of_the_sealing_key_survives_kill_9),
          TEST(a_new_pseudonym_key_is_announced_and_certificates_go_on))
