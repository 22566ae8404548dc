/* tbc-signer at work: what it can reach, what it refuses, what happens when it dies. */
#include "codec/claims.h"
#include "codec/manifest.h"
#include "crypto/keyring.h"
#include "crypto/seal.h"
#include "crypto/sign.h"
#include "signer.h"
#include "stage.h"
#include "suite.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROC_MAX 16384
#define MAPPING_MAX \
    (UINT64_C(1) << 28) /* a sanitizer reserves terabytes for its own use */
#define URI "https://status.example/1"

static const char *
proc_path(pid_t pid, const char *name)
{
    static char paths[8][512];
    static unsigned next;
    char *path = paths[next++ % 8];

    (void)snprintf(path, sizeof paths[0], "/proc/%d/%s", (int)pid, name);
    return path;
}

/* The contents of a file of /proc; "" when it is not there. */
static const char *
proc_text(pid_t pid, const char *name)
{
    static char text[PROC_MAX];
    FILE *f = fopen(proc_path(pid, name), "r");
    size_t n = f == NULL ? 0 : fread(text, 1, sizeof text - 1, f);

    text[n] = '\0';
    if (f != NULL) {
        (void)fclose(f);
    }
    return text;
}

/* The living child of that name; 0 when there is none now. */
static pid_t
child_of(pid_t parent, const char *name)
{
    char list[256];
    char file[64];
    pid_t found = 0;

    (void)snprintf(file, sizeof file, "task/%d/children", (int)parent);
    (void)snprintf(list, sizeof list, "%s", proc_text(parent, file));
    for (char *at = list, *end; found == 0; at = end) {
        pid_t pid = (pid_t)strtol(at, &end, 10);

        if (end == at) {
            break;
        }
        if (strncmp(proc_text(pid, "comm"), name, strlen(name)) == 0 &&
            strstr(proc_text(pid, "status"), "State:\tZ") == NULL) {
            found = pid;
        }
    }
    return found;
}

/* Until there is a signer that is not `old`. */
static pid_t
await_signer(const struct stage *s, pid_t old)
{
    const int64_t end = tbc_clock_mono().ms + STAGE_CALL_MS;
    pid_t pid = 0;

    while ((pid = child_of(s->process.pid, "tbc-signer")) == 0 || pid == old) {
        if (tbc_clock_mono().ms >= end) {
            return 0;
        }
        (void)poll(NULL, 0, 5);
    }
    return pid;
}

static bool
has_line(const char *text, const char *line)
{
    return strstr(text, line) != NULL;
}

static struct stage s;

/* Which of its descriptors lead where: no file but its count, no network, one socket. */
static void
check_descriptors(pid_t pid)
{
    DIR *folder = opendir(proc_path(pid, "fd"));
    struct dirent *entry;
    unsigned counts = 0;
    unsigned sockets = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(folder);
    while ((entry = readdir(folder)) != NULL) {
        char target[256] = "";
        char name[300];

        (void)snprintf(name, sizeof name, "fd/%s", entry->d_name);
        if (entry->d_name[0] == '.' ||
            readlink(proc_path(pid, name), target, sizeof target - 1) < 0) {
            continue;
        }
        if (strcmp(target, stage_path(&s, "signer.count")) == 0) {
            counts++;
        } else if (strncmp(target, "socket:", 7) == 0) {
            sockets++;
            CU_ASSERT_STRING_EQUAL(entry->d_name, "3");
        } else {
            CU_ASSERT(entry->d_name[0] <= '2' && entry->d_name[1] == '\0');
            CU_ASSERT(strcmp(target, "/dev/null") == 0 ||
                      strncmp(target, "pipe:", 5) == 0);
        }
    }
    (void)closedir(folder);
    CU_ASSERT_EQUAL(counts, 1);
    CU_ASSERT_EQUAL(sockets, 1);
}

/* One device makes all the load here. */
static void
raise_station(void)
{
    static const char conf[] =
        "[serve]\ndevice_per_s = 100000\ndevice_burst = 100000\n";

    stage_make(&s);
    CU_ASSERT_EQUAL_FATAL(mkdir(stage_path(&s, "conf.d"), S_IRWXU), 0);
    CU_ASSERT_EQUAL_FATAL(
        tbc_file_write(stage_path(&s, "conf.d/load.conf"), tbc_span_str(conf), 0600),
        TBC_OK);
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
}

static void
it_reaches_one_socket_and_its_count_and_nothing_else(void)
{
    const char *status;
    pid_t pid;
    FILE *environment;

    raise_station();
    pid = await_signer(&s, 0);
    CU_ASSERT_FATAL(pid > 0);
    status = proc_text(pid, "status");
    CU_ASSERT(has_line(status, "Seccomp:\t2\n"));
    CU_ASSERT(has_line(status, "NoNewPrivs:\t1\n"));
    CU_ASSERT(has_line(proc_text(pid, "limits"),
                       "Max core file size        0                    0  "));
    CU_ASSERT(has_line(proc_text(pid, "limits"),
                       "Max open files            0                    0  "));
    CU_ASSERT(has_line(proc_text(pid, "limits"),
                       "Max file size             256                  256  "));
    if (access(proc_path(pid, "fd"), R_OK | X_OK) != 0 ||
        (environment = fopen(proc_path(pid, "environ"), "r")) == NULL) {
        tbc_test_skip("no right to look at another process's descriptors");
        return;
    }
    for (int c; (c = fgetc(environment)) != EOF;) {
        CU_ASSERT_EQUAL_FATAL(c, 0);
    }
    (void)fclose(environment);
    check_descriptors(pid);
}

/* The private number as OpenSSL keeps it, lowest byte first, from a plain PKCS#8 file of P-256. */
static bool
private_number(uint8_t number[static 32])
{
    static const uint8_t before[] = { 0x02, 0x01, 0x01, 0x04, 0x20 }; /* RFC 5915 */
    char line[512];
    FILE *p;
    uint8_t der[512];
    size_t n;

    (void)snprintf(line, sizeof line, "openssl pkey -in %s -outform DER",
                   stage_path(&s, "issuer.pem"));
    p = popen(line, "r"); /* NOLINT(cert-env33-c): our own words */
    n = p == NULL ? 0 : fread(der, 1, sizeof der, p);
    if (p != NULL) {
        (void)pclose(p);
    }
    for (size_t i = 0; i + sizeof before + 32 <= n; i++) {
        if (memcmp(der + i, before, sizeof before) == 0) {
            for (size_t j = 0; j < 32; j++) {
                number[j] = der[i + sizeof before + 31 - j];
            }
            return true;
        }
    }
    return false;
}

/* Whether those bytes stand anywhere in the memory of a process; -1 when nobody may look. */
static int
memory_has(pid_t pid, const uint8_t number[static 32])
{
    FILE *maps = fopen(proc_path(pid, "maps"), "r");
    FILE *memory = fopen(proc_path(pid, "mem"), "r");
    static uint8_t page[1 << 20];
    char line[512];
    int found = maps == NULL || memory == NULL ? -1 : 0;

    while (found == 0 && fgets(line, sizeof line, maps) != NULL) {
        char *dash;
        unsigned long long at = strtoull(line, &dash, 16);
        char *rights;
        unsigned long long end = strtoull(dash + 1, &rights, 16);

        if (strncmp(rights, " rw", 3) != 0 || end - at > MAPPING_MAX ||
            fseeko(memory, (off_t)at, SEEK_SET) != 0) {
            continue;
        }
        while (found == 0 && at < end) {
            size_t n =
                fread(page, 1, sizeof page < end - at ? sizeof page : end - at, memory);

            if (n == 0) {
                break;
            }
            found = memmem(page, n, number, 32) != NULL;
            at += n;
        }
    }
    if (maps != NULL) {
        (void)fclose(maps);
    }
    if (memory != NULL) {
        (void)fclose(memory);
    }
    return found;
}

static void
the_private_key_is_in_its_memory_and_not_in_the_stations(void)
{
    uint8_t number[32];
    int in_signer;

    CU_ASSERT_FATAL(private_number(number));
    in_signer = memory_has(await_signer(&s, 0), number);
    if (in_signer < 0) {
        tbc_test_skip("no right to look at another process's memory");
        return;
    }
    CU_ASSERT_EQUAL(in_signer, 1);
    CU_ASSERT_EQUAL(memory_has(s.process.pid, number), 0);
}

/* Certificates that are on their way at one time. */
#define LOAD   16
#define ALL    60
#define BEHIND 1200 /* more than they and a batch */

struct wanted {
    uint8_t id[TBC_WIRE_ID_LEN];
    uint8_t cti[TBC_CTI_LEN];
    bool asked;
    bool done;
};

static struct wanted wanted[ALL];

static void
ask(unsigned n)
{
    struct tbc_assist in = stage_assistance(n);

    wanted[n].asked =
        tbc_client_send(s.client, wanted[n].id, TBC_OP_ASSIST, &in) == TBC_OK;
}

/* Take one reply: done, or to be asked again under its own id. */
static void
take_reply(const struct tbc_reply *reply)
{
    for (unsigned n = 0; n < ALL; n++) {
        if (memcmp(wanted[n].id, reply->id, TBC_WIRE_ID_LEN) == 0 && !wanted[n].done) {
            struct tbc_issue_reply out;

            wanted[n].asked = false;
            if (reply->code == TBC_CODE_FINE) {
                wanted[n].done = tbc_wire_read(tbc_wire_reply_shape(TBC_OP_ASSIST),
                                               reply->body, &out, NULL) == TBC_OK;
                memcpy(wanted[n].cti, out.cti, sizeof out.cti);
            } else {
                CU_ASSERT_EQUAL(reply->code, TBC_CODE_BUSY);
            }
            return;
        }
    }
}

/* A step under load: keep LOAD requests on their way; returns how many are done. */
static unsigned
push(void)
{
    struct tbc_reply reply;
    struct pollfd fd = { .events = POLLIN };
    unsigned done = 0;
    unsigned going = 0;
    int feed;

    for (unsigned n = 0; n < ALL; n++) {
        done += wanted[n].done;
        going += wanted[n].asked;
    }
    for (unsigned n = 0; n < ALL && going < LOAD; n++) {
        if (!wanted[n].done && !wanted[n].asked) {
            ask(n);
            going++;
        }
    }
    while (tbc_client_recv(s.client, &reply) == TBC_OK) {
        take_reply(&reply);
    }
    tbc_client_fds(s.client, &fd.fd, &feed);
    (void)poll(&fd, 1, 5);
    return done;
}

static uint64_t
stat_of(const char *name)
{
    static struct tbc_stats_reply out;
    const struct tbc_stats in = { .detail = false };

    CU_ASSERT_FATAL(
        stage_is(stage_ask(s.client, TBC_OP_STATS, &in, &out), TBC_CODE_FINE));
    for (size_t i = 0; i < out.stats_n; i++) {
        if (strcmp(out.stats[i].name, name) == 0) {
            return out.stats[i].value;
        }
    }
    CU_FAIL_FATAL("no such figure");
    return 0;
}

/* Each certificate is there once, whoever was killed. */
static void
check_certificates(void)
{
    for (unsigned n = 0; n < ALL; n++) {
        struct tbc_assist in = stage_assistance(n);
        struct tbc_issue_reply out = { 0 };

        for (unsigned m = 0; m < n; m++) {
            CU_ASSERT_NOT_EQUAL(memcmp(wanted[n].cti, wanted[m].cti, TBC_CTI_LEN), 0);
        }
        CU_ASSERT(
            stage_is(stage_ask(s.client, TBC_OP_ASSIST, &in, &out), TBC_CODE_FINE));
        CU_ASSERT(out.again);
        CU_ASSERT_EQUAL(memcmp(out.cti, wanted[n].cti, TBC_CTI_LEN), 0);
    }
}

static void
killed_under_load_it_loses_no_certificate_and_doubles_none(void)
{
    const int64_t end = tbc_clock_mono().ms + STAGE_START_MS;
    unsigned done = 0;
    unsigned kills = 0;

    CU_ASSERT_FATAL(stage_import(&s, ALL + 2));
    for (unsigned n = 0; n < ALL; n++) {
        CU_ASSERT_EQUAL_FATAL(tbc_random(wanted[n].id, TBC_WIRE_ID_LEN), TBC_OK);
    }
    while (done < ALL && tbc_clock_mono().ms < end) {
        done = push();
        if (kills < 3 && done >= (kills + 1) * ALL / 4) {
            CU_ASSERT_EQUAL(kill(await_signer(&s, 0), SIGKILL), 0);
            kills++;
        }
    }
    CU_ASSERT_EQUAL_FATAL(done, ALL);
    while (stat_of("signer deaths") < 3 && tbc_clock_mono().ms < end) {
        (void)poll(NULL, 0, 50); /* the last one may have had nothing to do any more */
    }
    CU_ASSERT_EQUAL(stat_of("signer deaths"), 3);
    CU_ASSERT(stat_of("certificates signed") >= ALL);
    CU_ASSERT_EQUAL(stat_of("signatures in doubt"), 0);
    check_certificates();
}

/* A new certificate for that passenger, whom it makes wait but not for ever. */
static bool
issue_in_the_end(unsigned n)
{
    const int64_t end = tbc_clock_mono().ms + STAGE_START_MS;
    struct tbc_assist in = stage_assistance(n);
    struct tbc_issue_reply out;
    struct answer a;

    do {
        a = stage_ask(s.client, TBC_OP_ASSIST, &in, &out);
        if (a.err == TBC_OK && a.code == TBC_CODE_BUSY) {
            CU_ASSERT_STRING_EQUAL(a.problem.what, "signer");
            CU_ASSERT(a.problem.wait_ms > 0);
            (void)poll(NULL, 0, 20);
        }
    } while (a.code == TBC_CODE_BUSY && tbc_clock_mono().ms < end);
    return stage_is(a, TBC_CODE_FINE) && !out.again;
}

static void
one_that_hangs_is_answered_for_and_replaced(void)
{
    const int64_t end = tbc_clock_mono().ms + STAGE_START_MS;
    uint64_t deaths;
    pid_t pid;

    CU_ASSERT_FATAL(issue_in_the_end(ALL)); /* it is at work */
    pid = await_signer(&s, 0);
    deaths = stat_of("signer deaths");
    CU_ASSERT_EQUAL(kill(pid, SIGSTOP), 0);
    CU_ASSERT(issue_in_the_end(ALL + 1));
    while (stat_of("signer deaths") == deaths && tbc_clock_mono().ms < end) {
        (void)poll(NULL, 0, 50);
    }
    CU_ASSERT_EQUAL(stat_of("signer deaths"), deaths + 1);
    CU_ASSERT_NOT_EQUAL(await_signer(&s, 0), pid);
}

static void
a_reload_changes_it_and_service_goes_on(void)
{
    struct tbc_assist in = stage_assistance(0);
    struct tbc_issue_reply out;
    pid_t pid = await_signer(&s, 0);
    const uint64_t before = stat_of("certificates signed");

    CU_ASSERT(tbc_process_signal(&s.process, SIGHUP));
    CU_ASSERT_FATAL(await_signer(&s, pid) > 0);
    CU_ASSERT(stage_is(stage_ask(s.client, TBC_OP_ASSIST, &in, &out), TBC_CODE_FINE));
    CU_ASSERT_EQUAL(stat_of("certificates signed"), before);
    stage_strike(&s);
    CU_ASSERT(strstr(stage_said(), "tbc-signer died (signal 9)") != NULL);
    CU_ASSERT(strstr(stage_said(), "tbc-signer did not answer") != NULL);
    CU_ASSERT(strstr(stage_said(), "tbc-signer is back") != NULL);
    CU_ASSERT(strstr(stage_said(), "find out who asked") == NULL);
}

static void
a_damaged_count_stops_the_station_and_is_named(void)
{
    const char *path = stage_path(&s, "signer.count");

    CU_ASSERT_EQUAL(tbc_file_write(path, tbc_span_str("many\n"), 0600), TBC_OK);
    CU_ASSERT_EQUAL(stage_run((const char *const[]){
                        "tbc-station", "--data", s.data, "--front", "tcp://127.0.0.1:*",
                        "--feed", "tcp://127.0.0.1:*", NULL }),
                    4);
    CU_ASSERT(strstr(stage_said(), path) != NULL);
    CU_ASSERT_EQUAL(unlink(path), 0);
}

/* A signer of our own, without a station, that may sign so many in a minute. */
static struct station_signer *
raise_signer(int64_t per_minute, struct tbc_buf *trust)
{
    struct signer_setup setup = { .station = "YZN",
                                  .names = { stage_path(&s, "issuer.pem"),
                                             stage_path(&s, "issuer-next.pem") },
                                  .pass_file = "",
                                  .count_file = stage_path(&s, "signer.count"),
                                  .validity_s = 86400,
                                  .per_minute = per_minute };
    struct station_signer *signer = NULL;

    CU_ASSERT_EQUAL_FATAL(
        tbc_file_read(stage_path(&s, "trust.cose"), TBC_TRUST_BYTES_MAX, trust),
        TBC_OK);
    setup.trust = tbc_buf_span(trust);
    CU_ASSERT_EQUAL_FATAL(station_signer_start(&signer, &setup), TBC_OK);
    CU_ASSERT_PTR_NULL(station_signer_key(signer, 1));
    return signer;
}

static struct tbc_claims
sound(void)
{
    const struct tbc_utc now = tbc_clock_utc();

    return (struct tbc_claims){ .iss = "YZN",
                                .iat = now,
                                .nbf = now,
                                .exp = { now.s + 86400 },
                                .status_uri = URI,
                                .kind = TBC_DOC_PASSPORT,
                                .masked_name = "A***",
                                .channel = TBC_CHANNEL_DESK,
                                .assurance = TBC_ASSURANCE_OFFICER,
                                .medium = TBC_MEDIUM_PAPER };
}

static enum tbc_err
sign(struct station_signer *signer, const struct signer_key *key, enum tbc_typ typ,
     const struct tbc_claims *c, struct tbc_buf *out)
{
    struct tbc_buf payload = { 0 };
    enum tbc_err err;

    CU_ASSERT_EQUAL_FATAL(tbc_claims_encode(c, &payload), TBC_OK);
    err = station_signer_sign(signer, key, typ, tbc_buf_span(&payload), out);
    tbc_buf_fini(&payload);
    return err;
}

static void
what_it_signs_verifies_and_the_rest_it_names(void)
{
    struct tbc_buf trust = { 0 };
    struct tbc_buf out = { 0 };
    struct station_signer *signer = raise_signer(2, &trust);
    const struct signer_key *key = station_signer_key(signer, 0);
    struct tbc_keyring *ring = NULL;
    struct signer_key stranger;
    struct tbc_claims c = sound();
    struct tbc_cose msg;

    CU_ASSERT_PTR_NOT_NULL_FATAL(key);
    CU_ASSERT_EQUAL(sign(signer, key, TBC_TYP_CERTIFICATE, &c, &out), TBC_OK);
    CU_ASSERT_EQUAL(tbc_keyring_open(&ring, tbc_buf_span(&trust), NULL, NULL), TBC_OK);
    CU_ASSERT_EQUAL(tbc_cose_open(&msg, tbc_buf_span(&out), NULL), TBC_OK);
    CU_ASSERT_EQUAL(tbc_verify_cose(tbc_keyring_find(ring, msg.kid, c.iat, NULL), &msg),
                    TBC_OK);
    tbc_buf_clear(&out);
    for (enum tbc_typ typ = TBC_TYP_LIVE; typ < TBC_TYP_N; typ++) {
        CU_ASSERT_EQUAL(sign(signer, key, typ, &c, &out), TBC_ERR_DENIED);
        CU_ASSERT_EQUAL(out.len, 0);
    }
    c.exp.s++;
    CU_ASSERT_EQUAL(sign(signer, key, TBC_TYP_CERTIFICATE, &c, &out), TBC_ERR_DENIED);
    CU_ASSERT(strstr(station_signer_trouble(signer), ": exp") != NULL);
    c = sound();
    (void)snprintf(c.iss, sizeof c.iss, "VNP");
    CU_ASSERT_EQUAL(sign(signer, key, TBC_TYP_CERTIFICATE, &c, &out), TBC_ERR_DENIED);
    CU_ASSERT(strstr(station_signer_trouble(signer), ": iss") != NULL);
    c = sound();
    stranger = *key;
    stranger.kid[0] ^= 1;
    CU_ASSERT_EQUAL(sign(signer, &stranger, TBC_TYP_CERTIFICATE, &c, &out),
                    TBC_ERR_UNKNOWN_KEY);
    CU_ASSERT_EQUAL(sign(signer, key, TBC_TYP_CERTIFICATE, &c, &out), TBC_OK);
    CU_ASSERT_EQUAL(sign(signer, key, TBC_TYP_CERTIFICATE, &c, &out), TBC_ERR_BUSY);
    CU_ASSERT_EQUAL(station_signer_counts(signer).run, 2);
    CU_ASSERT_EQUAL(station_signer_counts(signer).refused, 10);
    tbc_keyring_free(&ring);
    station_signer_stop(&signer);
    tbc_buf_fini(&trust);
    tbc_buf_fini(&out);
}

/* With the station's own key and count, but not by the station. */
static void
what_was_signed_behind_the_stations_back_is_said(void)
{
    struct tbc_buf trust = { 0 };
    struct tbc_buf out = { 0 };
    struct station_signer *signer = raise_signer(100000, &trust);
    const struct signer_key *key = station_signer_key(signer, 0);
    const struct tbc_claims c = sound();

    CU_ASSERT_PTR_NOT_NULL_FATAL(key);
    for (unsigned i = 0; i < BEHIND; i++) {
        CU_ASSERT_EQUAL_FATAL(sign(signer, key, TBC_TYP_CERTIFICATE, &c, &out), TBC_OK);
        tbc_buf_clear(&out);
    }
    station_signer_stop(&signer);
    for (unsigned i = 0; i < 2; i++) {
        CU_ASSERT_FATAL(stage_start(&s, NULL));
        CU_ASSERT_EQUAL(stage_end(&s, SIGTERM), 0);
        CU_ASSERT_EQUAL(strstr(stage_said(), "somebody else had them signed") != NULL,
                        i == 0); /* and once */
    }
    tbc_buf_fini(&trust);
    tbc_buf_fini(&out);
}

/* The largest message there is, so that neither side waits for the other for ever. */
static void
a_manifest_of_all_rows_goes_through(void)
{
    struct tbc_manifest m = { .station = "YZN", .version = 1 };
    struct tbc_buf trust = { 0 };
    struct tbc_buf payload = { 0 };
    struct tbc_buf out = { 0 };
    struct station_signer *signer = raise_signer(2, &trust);

    m.iat = tbc_clock_utc();
    m.exp.s = m.iat.s + TBC_DAY_S;
    m.trips = calloc(1, sizeof *m.trips);
    m.rows = calloc(TBC_MANIFEST_ROWS_MAX, sizeof *m.rows);
    if (m.trips == NULL || m.rows == NULL) {
        (void)fputs("no memory\n", stderr);
        exit(2);
    }
    m.trips_n = 1;
    m.trips[0] = (struct tbc_trip){
        .train = "G1207", .from = "YZN", .to = "QYB", .depart = m.exp
    };
    for (m.rows_n = 0; m.rows_n < TBC_MANIFEST_ROWS_MAX; m.rows_n++) {
        for (size_t i = 0; i < 4; i++) {
            m.rows[m.rows_n].holder[i] = (uint8_t)(m.rows_n >> (24 - 8 * i));
        }
    }
    CU_ASSERT_EQUAL_FATAL(tbc_manifest_encode(&m, &payload), TBC_OK);
    CU_ASSERT_EQUAL(station_signer_sign(signer, station_signer_key(signer, 0),
                                        TBC_TYP_MANIFEST, tbc_buf_span(&payload), &out),
                    TBC_OK);
    CU_ASSERT(out.len > payload.len);
    tbc_manifest_fini(&m);
    station_signer_stop(&signer);
    tbc_buf_fini(&trust);
    tbc_buf_fini(&payload);
    tbc_buf_fini(&out);
}

static void
by_hand_it_does_nothing(void)
{
    CU_ASSERT_EQUAL(stage_run((const char *const[]){ "tbc-signer", NULL }), 2);
    CU_ASSERT(strstr(stage_said(), "not by hand") != NULL);
}

TBC_SUITE("e2e/signer", TEST(it_reaches_one_socket_and_its_count_and_nothing_else),
          TEST(the_private_key_is_in_its_memory_and_not_in_the_stations),
          TEST(killed_under_load_it_loses_no_certificate_and_doubles_none),
          TEST(one_that_hangs_is_answered_for_and_replaced),
          TEST(a_reload_changes_it_and_service_goes_on),
          TEST(a_damaged_count_stops_the_station_and_is_named),
          TEST(what_it_signs_verifies_and_the_rest_it_names),
          TEST(what_was_signed_behind_the_stations_back_is_said),
          TEST(a_manifest_of_all_rows_goes_through), TEST(by_hand_it_does_nothing))
