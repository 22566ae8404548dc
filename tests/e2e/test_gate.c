/* The real tbc-gate against the real tbc-station. */
#include "base/text.h"
#include "codec/claims.h"
#include "codec/live.h"
#include "codec/token.h"
#include "codec/trustlist.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "crypto/sign.h"
#include "modbus_device.h"
#include "net/client.h"
#include "process.h"
#include "suite.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAIT_MS   8000
#define URI       "https://status.yzn.example/1"
#define PEOPLE_N  4
#define TEXT_SIZE 768
#define GATES_N   2
#define ANSWER_MS 300 /* every presentation is answered within */

static const char *const numbers[PEOPLE_N] = { "11010519491231002X",
                                               "330102198804122048",
                                               "440524188001010014",
                                               "110101199003070134" };

/* One station and its gates; built once, used by each test in turn. */
static struct {
    char folder[64];
    char station_data[96];
    char front[TBC_ADDRESS_MAX + 1];
    char feed[TBC_ADDRESS_MAX + 1];
    struct tbc_process station;
    struct tbc_process gates[GATES_N];
    struct tbc_client *operator;
    char texts[PEOPLE_N][TEXT_SIZE]; /* certificates, with a newline */
    uint8_t ctis[PEOPLE_N][TBC_CTI_LEN];
} rig;

static const char *
in_folder(const char *name)
{
    static char paths[8][160];
    static unsigned next;
    char *path = paths[next++ % 8];

    (void)snprintf(path, sizeof paths[0], "%s/%s", rig.folder, name);
    return path;
}

static void
trust_row(struct tbc_key *key, const char *station, struct tbc_trust_key *row)
{
    struct tbc_utc now = tbc_clock_utc();
    struct tbc_buf cose;

    *row = (struct tbc_trust_key){ .alg = tbc_key_alg(key),
                                   .not_before = { now.s - TBC_DAY_S },
                                   .not_after = { now.s + 9 * TBC_DAY_S } };
    (void)snprintf(row->station, sizeof row->station, "%s", station);
    if (*station != '\0') {
        (void)snprintf(row->status_uri, sizeof row->status_uri, "%s", URI);
    }
    tbc_buf_init_fixed(&cose, row->key, sizeof row->key);
    CU_ASSERT_EQUAL_FATAL(tbc_key_put_cose(key, &cose), TBC_OK);
    row->key_len = cose.len;
    tbc_key_kid(key, row->kid);
}

/* Root, issuer and trust list; the root's public key goes into every device file. */
static void
make_trust(char root_hex[static TBC_ROOT_HEX_MAX + 1])
{
    struct tbc_utc now = tbc_clock_utc();
    struct tbc_trustlist list = { .version = 1,
                                  .iat = { now.s - 60 },
                                  .warn = { now.s + 7 * TBC_DAY_S },
                                  .exp = { now.s + 8 * TBC_DAY_S } };
    struct tbc_key *root = NULL;
    struct tbc_key *issuer = NULL;
    struct tbc_trust_key row;
    struct tbc_buf payload = { 0 };
    struct tbc_buf message = { 0 };
    struct tbc_buf hex = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&root, TBC_ALG_ES256), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&issuer, TBC_ALG_ES256), TBC_OK);
    trust_row(root, "", &row);
    CU_ASSERT_EQUAL_FATAL(tbc_hex_encode(tbc_span_of(row.key, row.key_len), &hex),
                          TBC_OK);
    (void)snprintf(root_hex, TBC_ROOT_HEX_MAX + 1, "%s", tbc_buf_str(&hex));
    CU_ASSERT_EQUAL_FATAL(tbc_trustlist_add(&list, &row), TBC_OK);
    trust_row(issuer, "YZN", &row);
    CU_ASSERT_EQUAL_FATAL(tbc_trustlist_add(&list, &row), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_trustlist_encode(&list, &payload), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(
        tbc_sign_cose(root, TBC_TYP_TRUST, tbc_buf_span(&payload), &message), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(
        tbc_file_write(in_folder("station/trust.cose"), tbc_buf_span(&message), 0600),
        TBC_OK);
    CU_ASSERT_EQUAL_FATAL(
        tbc_key_write_private(issuer, in_folder("station/issuer.pem"), NULL), TBC_OK);
    tbc_buf_fini(&payload);
    tbc_buf_fini(&message);
    tbc_buf_fini(&hex);
    tbc_trustlist_fini(&list);
    tbc_key_free(&root);
    tbc_key_free(&issuer);
}

static void
start_station(const char *front, const char *feed)
{
    const char *const args[] = { "--data", rig.station_data, "--front",
                                 front,    "--feed",         feed,
                                 NULL };
    char line[TBC_PROCESS_LINE];

    CU_ASSERT_FATAL(tbc_process_start(&rig.station, "tbc-station", args));
    CU_ASSERT_FATAL(tbc_process_until(&rig.station, "ready ", line, WAIT_MS));
    CU_ASSERT_EQUAL_FATAL(
        sscanf(line, "ready front=%127s feed=%127s", rig.front, rig.feed), 2);
}

static void
call(enum tbc_op op, const void *msg, void *out)
{
    struct tbc_reply reply;

    CU_ASSERT_EQUAL_FATAL(tbc_client_call(rig.operator, op, msg, WAIT_MS, &reply),
                          TBC_OK);
    if (reply.code != TBC_CODE_FINE) {
        (void)fprintf(stderr, "%s: %s\n", tbc_op_name(op), tbc_code_text(reply.code));
    }
    CU_ASSERT_EQUAL_FATAL(reply.code, TBC_CODE_FINE);
    if (out != NULL) {
        CU_ASSERT_EQUAL_FATAL(
            tbc_wire_read(tbc_wire_reply_shape(op), reply.body, out, NULL), TBC_OK);
    }
}

static void
open_operator(void)
{
    struct tbc_device_file device;

    CU_ASSERT_EQUAL_FATAL(
        tbc_device_read(&device, in_folder("station/operator.device")), TBC_OK);
    (void)snprintf(device.front, sizeof device.front, "%s", rig.front);
    (void)snprintf(device.feed, sizeof device.feed, "%s", rig.feed);
    CU_ASSERT_EQUAL_FATAL(tbc_client_open(&rig.operator, & device, false), TBC_OK);
    tbc_device_fini(&device);
}

/* Enrol a gate and write its file. */
static void
enrol(const char *name, const char *root_hex, const char *path)
{
    struct tbc_device_file own = { .role = "gate" };
    struct tbc_device_file of_operator;
    struct tbc_device ask = { .action = TBC_DEVICE_ADD, .role = TBC_ROLE_GATE };

    CU_ASSERT_EQUAL_FATAL(
        tbc_device_read(&of_operator, in_folder("station/operator.device")), TBC_OK);
    (void)snprintf(own.name, sizeof own.name, "%s", name);
    (void)snprintf(ask.name, sizeof ask.name, "%s", name);
    (void)snprintf(own.front, sizeof own.front, "%s", rig.front);
    (void)snprintf(own.feed, sizeof own.feed, "%s", rig.feed);
    (void)snprintf(own.root, sizeof own.root, "%s", root_hex);
    memcpy(own.station_key, of_operator.station_key, sizeof own.station_key);
    CU_ASSERT_EQUAL_FATAL(tbc_curve_pair(own.public_key, own.secret_key), TBC_OK);
    CU_ASSERT_FATAL(tbc_z85_decode(own.public_key, ask.key));
    call(TBC_OP_DEVICE, &ask, NULL);
    CU_ASSERT_EQUAL_FATAL(tbc_device_write(&own, path), TBC_OK);
    tbc_device_fini(&own);
    tbc_device_fini(&of_operator);
}

static void
import_people(void)
{
    static struct tbc_import rows;

    memset(&rows, 0, sizeof rows);
    rows.batch[0] = 1;
    rows.last = true;
    for (size_t i = 0; i < PEOPLE_N; i++) {
        struct tbc_import_person *p = &rows.people[rows.people_n++];
        struct tbc_import_ticket *t = &rows.tickets[rows.tickets_n++];

        *p = (struct tbc_import_person){ .line = i + 2, .kind = TBC_DOC_CN };
        (void)snprintf(p->number, sizeof p->number, "%s", numbers[i]);
        (void)snprintf(p->name, sizeof p->name, "林禾");
        *t = (struct tbc_import_ticket){ .line = i + 2, .kind = TBC_DOC_CN };
        memcpy(t->number, p->number, sizeof t->number);
        t->trip = (struct tbc_trip){ .train = "G1207",
                                     .from = "YZN",
                                     .to = "QYB",
                                     .platform = "6",
                                     .depart = { tbc_clock_utc().s + 1200 } };
    }
    call(TBC_OP_IMPORT, &rows, NULL);
}

static void
issue(size_t person)
{
    struct tbc_assist ask = { .kind = TBC_DOC_CN,
                              .officer = "officer 7",
                              .reason = "test",
                              .medium = TBC_MEDIUM_PAPER };
    struct tbc_issue_reply got;
    struct tbc_buf text = { 0 };

    (void)snprintf(ask.number, sizeof ask.number, "%s", numbers[person]);
    call(TBC_OP_ASSIST, &ask, &got);
    CU_ASSERT_EQUAL_FATAL(tbc_token_encode(got.certificate, &text), TBC_OK);
    (void)snprintf(rig.texts[person], TEXT_SIZE, "%s\n", tbc_buf_str(&text));
    memcpy(rig.ctis[person], got.cti, TBC_CTI_LEN);
    tbc_buf_fini(&text);
}

static void
remove_folder(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        (void)execlp("rm", "rm", "-rf", rig.folder, (char *)NULL);
        _exit(127);
    }
    CU_ASSERT_EQUAL(waitpid(pid, NULL, 0), pid);
}

static void
strike_rig(void)
{
    for (size_t i = 0; i < GATES_N; i++) {
        tbc_process_stop(&rig.gates[i]);
    }
    tbc_client_close(&rig.operator);
    tbc_process_stop(&rig.station);
    remove_folder();
    rig.folder[0] = '\0';
}

static void
raise_rig(void)
{
    const char *init[] = { "--data", NULL, "--init", "--station", "YZN", NULL };
    char root_hex[TBC_ROOT_HEX_MAX + 1];
    char error[512];

    if (rig.folder[0] != '\0') {
        strike_rig(); /* a test before left in the middle */
    }
    memset(&rig, 0, sizeof rig);
    (void)snprintf(rig.folder, sizeof rig.folder, "%s", "/tmp/tbc-gate-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(rig.folder));
    (void)snprintf(rig.station_data, sizeof rig.station_data, "%s/station", rig.folder);
    init[1] = rig.station_data;
    CU_ASSERT_FATAL(tbc_process_start(&rig.station, "tbc-station", init));
    CU_ASSERT_EQUAL_FATAL(tbc_process_wait(&rig.station, WAIT_MS, error, sizeof error),
                          0);
    make_trust(root_hex);
    start_station("tcp://127.0.0.1:*", "tcp://127.0.0.1:*");
    open_operator();
    enrol("gate-1", root_hex, in_folder("gate-1.device"));
    enrol("gate-2", root_hex, in_folder("gate-2.device"));
    import_people();
    for (size_t i = 0; i < PEOPLE_N; i++) {
        issue(i);
    }
}

static void
kill_hard(struct tbc_process *p)
{
    CU_ASSERT_TRUE(tbc_process_signal(p, SIGKILL));
    CU_ASSERT_EQUAL(tbc_process_wait(p, WAIT_MS, NULL, 0), 128 + SIGKILL);
}

/* more: options beside the usual ones, NULL-terminated. */
static void
start_gate_with(size_t n, const char *mode, const char *const *more)
{
    const char *args[TBC_PROCESS_ARGS] = { "--device", NULL, "--data", NULL };
    char device[160];
    char data[160];
    char want[64];
    char line[TBC_PROCESS_LINE];

    (void)snprintf(device, sizeof device, "%s/gate-%zu.device", rig.folder, n + 1);
    (void)snprintf(data, sizeof data, "%s/gate-%zu", rig.folder, n + 1);
    (void)snprintf(want, sizeof want, "ready gate=gate-%zu mode=%s", n + 1, mode);
    args[1] = device;
    args[3] = data;
    for (size_t i = 0; more[i] != NULL; i++) {
        args[4 + i] = more[i];
    }
    CU_ASSERT_FATAL(tbc_process_start(&rig.gates[n], "tbc-gate", args));
    CU_ASSERT_FATAL(tbc_process_line(&rig.gates[n], line, WAIT_MS));
    CU_ASSERT_STRING_EQUAL(line, want);
}

static void
start_gate(size_t n, const char *mode)
{
    static const char *const none[] = { NULL };

    start_gate_with(n, mode, none);
}

/* A line is exactly this, or begins so when it ends in '*'. */
static bool
is_like(const char *line, const char *want)
{
    size_t len = strlen(want);

    return want[len - 1] == '*' ? strncmp(line, want, len - 1) == 0
                                : strcmp(line, want) == 0;
}

/* The next line of a gate is like this. */
static void
expect(size_t gate, const char *want)
{
    char line[TBC_PROCESS_LINE] = "(nothing)";

    (void)tbc_process_line(&rig.gates[gate], line, WAIT_MS);
    if (!is_like(line, want)) {
        (void)fprintf(stderr, "wanted \"%s\", got \"%s\"\n", want, line);
        CU_FAIL("another line");
    }
}

/* The next two lines of a gate are like these, whichever comes first. */
static void
expect_both(size_t gate, const char *a, const char *b)
{
    char line[2][TBC_PROCESS_LINE] = { "(nothing)", "(nothing)" };

    (void)tbc_process_line(&rig.gates[gate], line[0], WAIT_MS);
    (void)tbc_process_line(&rig.gates[gate], line[1], WAIT_MS);
    if (!(is_like(line[0], a) && is_like(line[1], b)) &&
        !(is_like(line[0], b) && is_like(line[1], a))) {
        (void)fprintf(stderr, "wanted \"%s\" and \"%s\", got \"%s\" and \"%s\"\n", a, b,
                      line[0], line[1]);
        CU_FAIL("other lines");
    }
}

/* One of the next lines of a gate begins so. */
static void
expect_among(size_t gate, const char *start)
{
    char line[TBC_PROCESS_LINE];

    if (!tbc_process_until(&rig.gates[gate], start, line, WAIT_MS)) {
        (void)fprintf(stderr, "wanted \"%s\" among the lines\n", start);
        CU_FAIL("no such line");
    }
}

static void
present(size_t gate, const char *text)
{
    CU_ASSERT_TRUE(tbc_process_send(&rig.gates[gate], text));
}

/* A whole acceptance: verdict, open, shut. */
static void
enters(size_t gate, size_t person, const char *verdict)
{
    present(gate, rig.texts[person]);
    expect(gate, verdict);
    expect(gate, "barrier open");
    expect(gate, "barrier shut");
}

static void
gate_opens_once_online_and_every_gate_knows(void)
{
    raise_rig();
    start_gate(0, "online");
    start_gate(1, "online");
    enters(0, 0, "verdict ACCEPTED trip=G1207 *");
    present(0, "https://pay.example/1\n");
    expect(0, "verdict NOT_A_CERTIFICATE trip=- *");
    present(0, rig.texts[0]);
    expect(0, "verdict ALREADY_ENTERED trip=G1207 *");
    present(1, rig.texts[0]);
    expect(1, "verdict ALREADY_ENTERED trip=G1207 *");
    enters(1, 1, "verdict ACCEPTED trip=G1207 *");
    strike_rig();
}

static void
code_shown_again_at_once_gets_the_same_answer(void)
{
    raise_rig();
    start_gate(0, "online");
    present(0, rig.texts[0]);
    present(0, rig.texts[0]);
    present(0, rig.texts[0]);
    expect(0, "verdict ACCEPTED trip=G1207 *");
    expect(0, "barrier open");
    expect(0, "verdict ACCEPTED trip=G1207 ms=0 mode=online again");
    expect(0, "verdict ACCEPTED trip=G1207 ms=0 mode=online again");
    expect(0, "barrier shut");
    strike_rig();
}

static void
station_away_is_no_obstacle_and_is_told_later(void)
{
    char front[TBC_ADDRESS_MAX + 1];
    char feed[TBC_ADDRESS_MAX + 1];

    raise_rig();
    start_gate(0, "online");
    memcpy(front, rig.front, sizeof front);
    memcpy(feed, rig.feed, sizeof feed);
    kill_hard(&rig.station);
    expect(0, "mode offline");
    enters(0, 0, "verdict ACCEPTED_OFFLINE trip=G1207 *");
    enters(0, 1, "verdict ACCEPTED_OFFLINE trip=G1207 *");
    present(0, rig.texts[0]);
    expect(0, "verdict ALREADY_ENTERED trip=G1207 *");
    start_station(front, feed);
    expect(0, "mode online");
    expect(0, "drained 2 conflicts=0");
    enters(0, 2, "verdict ACCEPTED trip=G1207 *");
    start_gate(1, "online");
    present(1, rig.texts[0]);
    expect(1, "verdict ALREADY_ENTERED trip=G1207 *");
    strike_rig();
}

static void
two_lonely_gates_report_their_conflict(void)
{
    char front[TBC_ADDRESS_MAX + 1];
    char feed[TBC_ADDRESS_MAX + 1];
    char line[2][TBC_PROCESS_LINE];

    raise_rig();
    start_gate(0, "online");
    start_gate(1, "online");
    memcpy(front, rig.front, sizeof front);
    memcpy(feed, rig.feed, sizeof feed);
    kill_hard(&rig.station);
    expect(0, "mode offline");
    expect(1, "mode offline");
    enters(0, 0, "verdict ACCEPTED_OFFLINE trip=G1207 *");
    enters(1, 0, "verdict ACCEPTED_OFFLINE trip=G1207 *");
    start_station(front, feed);
    CU_ASSERT_TRUE(tbc_process_until(&rig.gates[0], "drained ", line[0], WAIT_MS));
    CU_ASSERT_TRUE(tbc_process_until(&rig.gates[1], "drained ", line[1], WAIT_MS));
    /* One of them was first; the other is the conflict. */
    CU_ASSERT_EQUAL((strcmp(line[0], "drained 1 conflicts=1") == 0) +
                        (strcmp(line[1], "drained 1 conflicts=1") == 0),
                    1);
    strike_rig();
}

static void
gate_starts_alone_with_what_it_was_told_yesterday(void)
{
    raise_rig();
    start_gate(0, "online");
    enters(0, 0, "verdict ACCEPTED trip=G1207 *");
    kill_hard(&rig.gates[0]);
    kill_hard(&rig.station);
    start_gate(0, "offline");
    present(0, rig.texts[0]);
    expect(0, "verdict ALREADY_ENTERED trip=G1207 *");
    enters(0, 1, "verdict ACCEPTED_OFFLINE trip=G1207 *");
    kill_hard(&rig.gates[0]);
    start_gate(0, "offline");
    present(0, rig.texts[1]);
    expect(0, "verdict ALREADY_ENTERED trip=G1207 *");
    strike_rig();
}

static void
gate_that_was_never_told_anything_opens_for_nobody(void)
{
    raise_rig();
    kill_hard(&rig.station);
    start_gate(0, "offline");
    present(0, rig.texts[0]);
    expect(0, "verdict UNKNOWN_ISSUER trip=- *");
    strike_rig();
}

static void
silent_station_costs_120_ms_and_no_entry(void)
{
    char line[TBC_PROCESS_LINE];
    const char *ms;

    raise_rig();
    start_gate(0, "online");
    CU_ASSERT_TRUE(tbc_process_signal(&rig.station, SIGSTOP));
    present(0, rig.texts[0]);
    CU_ASSERT_TRUE_FATAL(
        tbc_process_until(&rig.gates[0], "verdict ACCEPTED_OFFLINE ", line, WAIT_MS));
    ms = strstr(line, "ms=");
    CU_ASSERT_PTR_NOT_NULL_FATAL(ms);
    if (ms != NULL) {
        CU_ASSERT_TRUE(strtol(ms + 3, NULL, 10) <= ANSWER_MS);
    }
    CU_ASSERT_PTR_NOT_NULL(strstr(line, "mode=online"));
    expect(0, "barrier open");
    CU_ASSERT_TRUE(tbc_process_signal(&rig.station, SIGCONT));
    expect(0, "barrier shut");
    present(0, "x\n");
    expect(0, "verdict NOT_A_CERTIFICATE *");
    present(0, rig.texts[0]);
    expect(0, "verdict ALREADY_ENTERED *");
    strike_rig();
}

static void
revocation_reaches_the_gate(void)
{
    struct tbc_revoke ask = { .reason = "lost" };
    char line[TBC_PROCESS_LINE];

    raise_rig();
    start_gate(0, "online");
    memcpy(ask.cti, rig.ctis[0], sizeof ask.cti);
    call(TBC_OP_REVOKE, &ask, NULL);
    present(0, rig.texts[0]);
    CU_ASSERT_TRUE(tbc_process_until(&rig.gates[0], "verdict ", line, WAIT_MS));
    CU_ASSERT_PTR_NOT_NULL(strstr(line, "REVOKED"));
    kill_hard(&rig.station);
    expect(0, "mode offline");
    present(0, rig.texts[0]);
    expect(0, "verdict REVOKED *");
    strike_rig();
}

/* The newline-ended text of a message that is signed here. */
static void
sign_text(struct tbc_key *key, enum tbc_typ typ, struct tbc_span payload,
          struct tbc_buf *message, char *text)
{
    struct tbc_buf encoded = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_sign_cose(key, typ, payload, message), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_token_encode(tbc_buf_span(message), &encoded), TBC_OK);
    (void)snprintf(text, TEXT_SIZE, "%s\n", tbc_buf_str(&encoded));
    tbc_buf_fini(&encoded);
}

/* A certificate of the first person, bound to the phone, by the station's own keys. */
static void
bind_certificate(struct tbc_key *phone, struct tbc_buf *message, char *text)
{
    struct tbc_utc now = tbc_clock_utc();
    struct tbc_claims claims = { .iss = "YZN",
                                 .iat = { now.s - 1 },
                                 .nbf = { now.s - 1 },
                                 .exp = { now.s + 3600 },
                                 .cti = { 0xb0 },
                                 .status_idx = 9,
                                 .status_uri = URI,
                                 .masked_name = "林*",
                                 .channel = TBC_CHANNEL_PHONE,
                                 .assurance = TBC_ASSURANCE_PASSIVE,
                                 .medium = TBC_MEDIUM_PHONE };
    struct tbc_key *issuer = NULL;
    struct tbc_buf cose;
    struct tbc_buf payload = { 0 };
    uint8_t master[32];

    tbc_buf_init_fixed(&cose, claims.cnf, sizeof claims.cnf);
    CU_ASSERT_EQUAL_FATAL(tbc_key_put_cose(phone, &cose), TBC_OK);
    claims.cnf_len = cose.len;
    CU_ASSERT_EQUAL_FATAL(
        tbc_secret_read(in_folder("station/pseudonym.key"), master, sizeof master),
        TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_pseudonym(tbc_span_of(master, sizeof master),
                                        tbc_utc_day(claims.iat), TBC_DOC_CN, numbers[0],
                                        claims.holder),
                          TBC_OK);
    CU_ASSERT_EQUAL_FATAL(
        tbc_key_open(&issuer, in_folder("station/issuer.pem"), NULL, NULL), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_claims_encode(&claims, &payload), TBC_OK);
    sign_text(issuer, TBC_TYP_CERTIFICATE, tbc_buf_span(&payload), message, text);
    tbc_buf_fini(&payload);
    tbc_key_free(&issuer);
}

static void
prove(struct tbc_key *phone, const struct tbc_buf *certificate, int64_t age_s,
      char *text)
{
    const struct tbc_live live = { .time = { tbc_clock_utc().s - age_s },
                                   .certificate = tbc_buf_span(certificate) };
    struct tbc_buf payload = { 0 };
    struct tbc_buf message = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_live_encode(&live, &payload), TBC_OK);
    sign_text(phone, TBC_TYP_LIVE, tbc_buf_span(&payload), &message, text);
    tbc_buf_fini(&payload);
    tbc_buf_fini(&message);
}

static void
live_proof_is_good_once(void)
{
    struct tbc_key *phone = NULL;
    struct tbc_buf certificate = { 0 };
    char bare[TEXT_SIZE];
    char first[TEXT_SIZE];
    char second[TEXT_SIZE];
    char old[TEXT_SIZE];

    raise_rig();
    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&phone, TBC_ALG_ES256), TBC_OK);
    bind_certificate(phone, &certificate, bare);
    prove(phone, &certificate, 0, first);
    prove(phone, &certificate, 2, second);
    prove(phone, &certificate, 60, old);
    start_gate(0, "online");
    present(0, bare);
    expect(0, "verdict PROOF_MISSING *");
    present(0, old);
    expect(0, "verdict PROOF_STALE *");
    present(0, first);
    expect(0, "verdict ACCEPTED trip=G1207 *");
    expect(0, "barrier open");
    expect(0, "barrier shut");
    present(0, "x\n");
    expect(0, "verdict NOT_A_CERTIFICATE *");
    present(0, first);
    expect(0, "verdict PROOF_REPLAYED *");
    kill_hard(&rig.gates[0]); /* the memory of it survives */
    start_gate(0, "online");
    present(0, first);
    expect(0, "verdict PROOF_REPLAYED *");
    present(0, second);
    expect(0, "verdict ALREADY_ENTERED *");
    tbc_buf_fini(&certificate);
    tbc_key_free(&phone);
    strike_rig();
}

static void
write_value(const char *path, const char *value)
{
    CU_ASSERT_EQUAL(tbc_file_write(path, tbc_span_str(value), 0600), TBC_OK);
}

static void
fire_opens_the_gate_and_is_recorded(void)
{
    const char *path;
    const char *more[] = { "--fire-input", NULL, NULL };

    raise_rig();
    path = in_folder("fire");
    write_value(path, "0\n");
    more[1] = path;
    start_gate_with(0, "online", more);
    write_value(path, "1\n");
    expect(0, "barrier open");
    expect(0, "fire on");
    present(0, rig.texts[0]); /* nobody is asked for anything now */
    write_value(path, "0\n");
    expect(0, "barrier shut");
    expect(0, "fire off");
    strike_rig();
}

/* The relay's side of a pseudo-terminal. */
static bool
relay_said(int fd, const uint8_t want[static 4])
{
    uint8_t got[4] = { 0 };
    size_t n = 0;

    while (n < sizeof got) {
        struct pollfd p = { .fd = fd, .events = POLLIN };
        ssize_t more;

        if (poll(&p, 1, WAIT_MS) <= 0 || (more = read(fd, got + n, 4 - n)) <= 0) {
            return false;
        }
        n += (size_t)more;
    }
    return memcmp(got, want, sizeof got) == 0;
}

static void
relay_gets_its_four_bytes(void)
{
    static const uint8_t open_it[4] = { 0xa0, 0x01, 0x01, 0xa2 };
    static const uint8_t shut_it[4] = { 0xa0, 0x01, 0x00, 0xa1 };
    const char *more[] = { "--barrier", NULL, NULL };
    char barrier[96];
    int line = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

    CU_ASSERT_FATAL(line >= 0 && grantpt(line) == 0 && unlockpt(line) == 0);
    (void)snprintf(barrier, sizeof barrier, "serial:%s", ptsname(line));
    more[1] = barrier;
    raise_rig();
    start_gate_with(0, "online", more);
    CU_ASSERT_TRUE(relay_said(line, shut_it)); /* at the start, whatever it was */
    present(0, rig.texts[0]);
    CU_ASSERT_TRUE(relay_said(line, open_it));
    CU_ASSERT_TRUE(relay_said(line, shut_it));
    close(line);
    strike_rig();
}

/* The relay is unplugged, the alarm comes, the relay is there again: it opens. */
static void
fire_insists_on_a_barrier_that_does_not_obey(void)
{
    static const uint8_t open_it[4] = { 0xa0, 0x01, 0x01, 0xa2 };
    static const uint8_t shut_it[4] = { 0xa0, 0x01, 0x00, 0xa1 };
    const char *more[] = { "--barrier", NULL, "--fire-input", NULL, NULL };
    char link[96];
    char barrier[112];
    char fire[96];
    int line = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

    raise_rig();
    CU_ASSERT_FATAL(line >= 0 && grantpt(line) == 0 && unlockpt(line) == 0);
    (void)snprintf(link, sizeof link, "%s/relay", rig.folder);
    (void)snprintf(fire, sizeof fire, "%s/fire", rig.folder);
    (void)snprintf(barrier, sizeof barrier, "serial:%s", link);
    CU_ASSERT_EQUAL(symlink(ptsname(line), link), 0);
    write_value(fire, "0\n");
    more[1] = barrier;
    more[3] = fire;
    start_gate_with(0, "online", more);
    CU_ASSERT_TRUE(relay_said(line, shut_it));
    close(line);
    write_value(fire, "1\n");
    expect_among(0,
                 "fire on"); /* behind "out-of-order barrier", when that was noticed */
    line = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    CU_ASSERT_FATAL(line >= 0 && grantpt(line) == 0 && unlockpt(line) == 0);
    CU_ASSERT_EQUAL(unlink(link), 0);
    CU_ASSERT_EQUAL(symlink(ptsname(line), link), 0);
    CU_ASSERT_TRUE(relay_said(line, open_it)); /* and is not shut first */
    expect_among(0, "barrier open");
    close(line);
    strike_rig();
}

/* Barrier, alarm, sensor and lamp of one Modbus device; it falls silent, and answers again.  The
 * machine has no sound, which stops nobody. */
static void
modbus_barrier_that_does_not_turn_is_out_of_order_until_it_does(void)
{
    const char *more[] = { "--barrier", NULL, "--fire-input", NULL,
                           "--passage", NULL, "--hold",       "400",
                           "--lamp",    NULL, "--sound",      "default",
                           NULL };
    struct modbus_device device;
    char wires[3][64];
    char lamp[72];

    CU_ASSERT_EQUAL(setenv("SDL_AUDIODRIVER", "none-such", 1), 0);
    CU_ASSERT_FATAL(modbus_device_start_tcp(&device, 0));
    for (int i = 0; i < 3; i++) { /* coil 0, inputs 1 and 2 */
        (void)snprintf(wires[i], sizeof wires[i], "modbus:tcp:127.0.0.1:%d,1,%d",
                       device.port, i);
        more[2 * i + 1] = wires[i];
    }
    (void)snprintf(lamp, sizeof lamp, "modbus:tcp:127.0.0.1:%d,1,3,4,5", device.port);
    more[9] = lamp;
    modbus_device_put_coil(&device, 0, true); /* as a gate that was killed left it */
    raise_rig();
    start_gate_with(0, "online", more);
    CU_ASSERT(!modbus_device_coil(&device, 0));
    present(0, rig.texts[0]);
    expect(0, "verdict ACCEPTED *");
    expect(0, "barrier open");
    CU_ASSERT(modbus_device_coil(&device, 0));
    CU_ASSERT(modbus_device_becomes(&device, 3, true, WAIT_MS)); /* green */
    modbus_device_put_input(&device, 2, true);
    expect(0, "barrier shut"); /* behind who passed, or just before */
    expect(0, "passed 1");
    present(0, "https://pay.example/1\n");
    expect(0, "verdict NOT_A_CERTIFICATE trip=- *");
    CU_ASSERT(modbus_device_becomes(&device, 4, true, WAIT_MS)); /* red */
    CU_ASSERT(modbus_device_becomes(&device, 3, false, WAIT_MS));
    modbus_device_be(&device, MODBUS_SILENT); /* noticed before anybody comes */
    expect_among(0, "out-of-order barrier");  /* with "fire-input lost" */
    modbus_device_be(&device, MODBUS_OBEYS);
    expect_among(0, "in-order");
    modbus_device_put_input(&device, 1, true);
    expect_among(0, "barrier open");
    expect_among(0, "fire on");
    CU_ASSERT(modbus_device_coil(&device, 0));
    tbc_process_stop(&rig.gates[0]);
    CU_ASSERT(modbus_device_coil(&device, 0));  /* people first */
    CU_ASSERT(!modbus_device_coil(&device, 3)); /* and the lamp is dark */
    strike_rig();
    modbus_device_stop(&device);
}

static void
alarm_that_cannot_be_read_is_told_and_stays_as_it_was(void)
{
    const char *more[] = { "--fire-input", NULL, NULL };
    char wire[128];
    const char *path;

    raise_rig();
    path = in_folder("fire");
    (void)snprintf(wire, sizeof wire, "file:%s,active-low", path);
    more[1] = wire;
    write_value(path, "1\n");
    start_gate_with(0, "online", more);
    write_value(path, "0\n");
    expect(0, "barrier open");
    expect(0, "fire on");
    CU_ASSERT_EQUAL(unlink(path), 0);
    expect(0, "fire-input lost");
    write_value(path, "0\n");
    expect(0, "fire-input back");
    write_value(path, "1\n");
    expect(0, "barrier shut");
    expect(0, "fire off");
    strike_rig();
}

static void
gate_ends_when_its_codes_end(void)
{
    raise_rig();
    start_gate(0, "online");
    present(0, rig.texts[0]);
    tbc_process_end_input(&rig.gates[0]);
    expect(0, "verdict ACCEPTED *");
    expect(0, "barrier open");
    expect(0, "barrier shut");
    CU_ASSERT_EQUAL(tbc_process_wait(&rig.gates[0], WAIT_MS, NULL, 0), 0);
    strike_rig();
}

static void
gate_without_a_journal_stays_shut_says_so_and_comes_back(void)
{
    struct rlimit was;
    struct rlimit none;
    pid_t pid;

    raise_rig();
    start_gate(0, "online");
    pid = rig.gates[0].pid;
    CU_ASSERT_EQUAL_FATAL(prlimit(pid, RLIMIT_FSIZE, NULL, &was), 0);
    none = was;
    none.rlim_cur = 0; /* a full disk */
    CU_ASSERT_EQUAL_FATAL(prlimit(pid, RLIMIT_FSIZE, &none, NULL), 0);
    present(0, rig.texts[0]);
    /* a checkpoint of the journal may find it before the passenger does */
    expect_both(0, "verdict REFER_TO_OFFICER trip=G1207 *", "out-of-order disk-full");
    present(0, rig.texts[1]);
    expect(0, "verdict REFER_TO_OFFICER trip=G1207 *");
    CU_ASSERT_EQUAL_FATAL(prlimit(pid, RLIMIT_FSIZE, &was, NULL), 0);
    expect(0, "in-order");
    enters(0, 0,
           "verdict ACCEPTED trip=G1207 *"); /* the first time counts for nothing */
    strike_rig();
}

static void
expect_picture(const char *name)
{
    struct tbc_buf png = { 0 };

    CU_ASSERT_EQUAL(tbc_file_read(in_folder(name), 16u << 20, &png), TBC_OK);
    CU_ASSERT_TRUE(png.len > 1000 && memcmp(png.ptr, "\x89PNG", 4) == 0);
    tbc_buf_fini(&png);
}

static void
each_outcome_is_saved_as_a_picture(void)
{
    const char *more[] = { "--shots", NULL, NULL };

    raise_rig();
    more[1] = in_folder("shots"); /* made by the gate */
    start_gate_with(0, "online", more);
    enters(0, 0, "verdict ACCEPTED trip=G1207 *");
    present(0, "https://pay.example/1\n");
    expect(0, "verdict NOT_A_CERTIFICATE trip=- *");
    present(0, rig.texts[0]);
    expect(0, "verdict ALREADY_ENTERED trip=G1207 *");
    tbc_process_stop(&rig.gates[0]);
    expect_picture("shots/0001-IDLE.png");
    expect_picture("shots/0002-ACCEPTED.png");
    expect_picture("shots/0003-NOT_A_CERTIFICATE.png");
    expect_picture("shots/0004-ALREADY_ENTERED.png");
    strike_rig();
}

/* Start a gate that must refuse: its exit code, and one line that holds the word. */
static void
refuses(const char *const *args, int code, const char *word)
{
    static struct tbc_process p;
    char error[1024];
    char *end;

    CU_ASSERT_FATAL(tbc_process_start(&p, "tbc-gate", args));
    tbc_process_end_input(&p);
    CU_ASSERT_EQUAL(tbc_process_wait(&p, WAIT_MS, error, sizeof error), code);
    end = strchr(error, '\n');
    if (strstr(error, word) == NULL || end == NULL || end[1] != '\0') {
        (void)fprintf(stderr, "wanted one line with \"%s\", got:\n%s", word, error);
        CU_FAIL("another complaint");
    }
}

static void
bad_command_lines_are_named(void)
{
    static const char *const unknown[] = { "--colour", "red", NULL };
    static const char *const no_data[] = { "--device", "x", NULL };
    static const char *const display[] = { "--device",  "x",      "--data", "y",
                                           "--display", "800x6y", NULL };
    static const char *const missing[] = { "--device", "/nowhere/gate.device", "--data",
                                           "y", NULL };

    refuses(unknown, 2, "--colour");
    refuses(no_data, 2, "--data");
    refuses(display, 2, "800x6y");
    refuses(missing, 3, "/nowhere/gate.device");
}

static void
bad_devices_and_journals_are_named_and_keep_it_shut(void)
{
    const char *args[] = { "--device", NULL, "--data", NULL, "--barrier", "log", NULL };
    char device[160];
    char data[160];
    char other[160];
    int fd;

    raise_rig();
    (void)snprintf(device, sizeof device, "%s/gate-1.device", rig.folder);
    (void)snprintf(other, sizeof other, "%s/gate-2.device", rig.folder);
    (void)snprintf(data, sizeof data, "%s/gate-1", rig.folder);
    start_gate(0, "online");
    tbc_process_stop(&rig.gates[0]);
    args[3] = data;
    args[1] = other;
    refuses(args, 4, "another device");
    args[1] = device;
    args[5] = "levitation";
    refuses(args, 2, "levitation");
    args[5] = "log";
    CU_ASSERT_EQUAL(chmod(device, 0644), 0);
    refuses(args, 3, "gate-1.device");
    CU_ASSERT_EQUAL(chmod(device, 0600), 0);
    fd = open(in_folder("gate-1/journal.db"), O_WRONLY | O_CLOEXEC);
    CU_ASSERT_EQUAL(pwrite(fd, "????????", 8, 4096 + 3), 8);
    close(fd);
    refuses(args, 4, "journal.db");
    args[1] = in_folder("station/operator.device");
    refuses(args, 2, "role");
    strike_rig();
}

TBC_SUITE("e2e/gate", TEST(gate_opens_once_online_and_every_gate_knows),
          TEST(code_shown_again_at_once_gets_the_same_answer),
          TEST(station_away_is_no_obstacle_and_is_told_later),
          TEST(two_lonely_gates_report_their_conflict),
          TEST(gate_starts_alone_with_what_it_was_told_yesterday),
          TEST(gate_that_was_never_told_anything_opens_for_nobody),
          TEST(silent_station_costs_120_ms_and_no_entry),
          TEST(revocation_reaches_the_gate), TEST(live_proof_is_good_once),
          TEST(fire_opens_the_gate_and_is_recorded), TEST(relay_gets_its_four_bytes),
          TEST(fire_insists_on_a_barrier_that_does_not_obey),
          TEST(modbus_barrier_that_does_not_turn_is_out_of_order_until_it_does),
          TEST(alarm_that_cannot_be_read_is_told_and_stays_as_it_was),
          TEST(gate_ends_when_its_codes_end),
          TEST(gate_without_a_journal_stays_shut_says_so_and_comes_back),
          TEST(each_outcome_is_saved_as_a_picture), TEST(bad_command_lines_are_named),
          TEST(bad_devices_and_journals_are_named_and_keep_it_shut))
