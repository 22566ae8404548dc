#include "stage.h"

#include "crypto/seal.h"
#include "suite.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[STAGE_PATH];
static unsigned stations_n;
static char said[4096];

const char *
stage_said(void)
{
    return said;
}

const char *
stage_path(const struct stage *s, const char *name)
{
    static char paths[16][STAGE_PATH + 64];
    static unsigned next;
    char *path = paths[next++ % 16];

    (void)snprintf(path, sizeof paths[0], "%s/%s", s->data, name);
    return path;
}

int
stage_run(const char *const argv[])
{
    static struct tbc_process p;

    said[0] = '\0';
    return tbc_process_start(&p, argv[0], argv + 1)
               ? tbc_process_wait(&p, STAGE_START_MS, said, sizeof said)
               : -1;
}

void
stage_tool(const char *const argv[])
{
    if (stage_run(argv) != 0) {
        (void)fprintf(stderr, "%s %s failed: %s\n", argv[0], argv[1], said);
        exit(2);
    }
}

int
stage_output(const char *const argv[], char *text, size_t size)
{
    static struct tbc_process p;
    size_t n = 0;
    ssize_t got;

    text[0] = '\0';
    if (!tbc_process_start(&p, argv[0], argv + 1)) {
        return -1;
    }
    while (n < size - 1 && (got = read(p.out, text + n, size - 1 - n)) > 0) {
        n += (size_t)got;
    }
    text[n] = '\0';
    return tbc_process_wait(&p, STAGE_START_MS, said, sizeof said);
}

bool
stage_says(const char *text, const char *what)
{
    if (strstr(text, what) == NULL) {
        (void)fprintf(stderr, "no \"%s\" in:\n%s\n", what, text);
        return false;
    }
    return true;
}

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static void
remove_folders(void)
{
    (void)nftw(root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* Keys and trust list as an operator makes them. */
static void
make_trust(const struct stage *s)
{
    const char *key = stage_path(s, "root.pem");
    const char *issuer = stage_path(s, "issuer.pem");
    const char *list = stage_path(s, "trust.list");
    const char *trust = stage_path(s, "trust.cose");

    stage_tool((const char *const[]){ "tbc", "keys", "make", "--out", key, NULL });
    stage_tool((const char *const[]){ "tbc", "keys", "make", "--out", issuer, NULL });
    stage_tool((const char *const[]){ "tbc", "trust", "make", "--root", key, "--out",
                                      list, NULL });
    stage_tool((const char *const[]){
        "tbc", "trust", "add", "--list", list, "--station", "YZN", "--key", issuer,
        "--status-uri", "https://status.example/1", NULL });
    stage_tool((const char *const[]){ "tbc", "trust", "sign", "--list", list, "--root",
                                      key, "--out", trust, NULL });
}

static void
make_root(void)
{
    const char *folder = getenv("TMPDIR");

    (void)snprintf(root, sizeof root, "%s/tbc-station-XXXXXX",
                   folder == NULL ? "/tmp" : folder);
    if (mkdtemp(root) == NULL || atexit(remove_folders) != 0) {
        (void)fprintf(stderr, "%s cannot be made\n", root);
        exit(2);
    }
}

/* A name for its folder. */
static void
find_place(struct stage *s)
{
    memset(s, 0, sizeof *s);
    if (stations_n++ == 0) {
        make_root();
    }
    (void)snprintf(s->data, sizeof s->data, "%.*s/%u", STAGE_PATH - 16, root,
                   stations_n);
}

void
stage_make_on(struct stage *s, const char *url)
{
    find_place(s);
    stage_tool((const char *const[]){ "tbc-station", "--data", s->data, "--init",
                                      "--station", "YZN", "--name-en", "Yunzhou South",
                                      url == NULL ? NULL : "--store", url, NULL });
    make_trust(s);
}

void
stage_make(struct stage *s)
{
    stage_make_on(s, NULL);
}

void
stage_double(struct stage *s, const struct stage *first)
{
    static const char *const names[] = { "sealing.key",     "pseudonym.key",
                                         "curve.key",       "station.conf",
                                         "operator.device", "issuer.pem",
                                         "trust.cose",      "index.floor" };

    find_place(s);
    if (mkdir(s->data, S_IRWXU) != 0) {
        (void)fprintf(stderr, "%s cannot be made\n", s->data);
        exit(2);
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct tbc_buf b = { 0 };
        enum tbc_err err = tbc_file_read(stage_path(first, names[i]), 1u << 20, &b);

        if (err != TBC_ERR_NOT_FOUND &&
            (err != TBC_OK || tbc_file_write(stage_path(s, names[i]), tbc_buf_span(&b),
                                             S_IRUSR | S_IWUSR) != TBC_OK)) {
            (void)fprintf(stderr, "%s cannot be copied\n", names[i]);
            exit(2);
        }
        tbc_buf_fini(&b);
    }
}

bool
stage_launch(struct stage *s, const char *const *more, void (*prepare)(void *arg),
             void *arg)
{
    const char *args[TBC_PROCESS_ARGS] = { "--data",  s->data,
                                           "--front", "tcp://127.0.0.1:*",
                                           "--feed",  "tcp://127.0.0.1:*",
                                           NULL };

    for (size_t n = 6; more != NULL && *more != NULL && n + 1 < TBC_PROCESS_ARGS; n++) {
        args[n] = *more++;
    }
    return tbc_process_start_after(&s->process, "tbc-station", args, prepare, arg);
}

bool
stage_await(struct stage *s)
{
    char line[TBC_PROCESS_LINE];

    return tbc_process_until(&s->process, "ready front=tcp://", line, STAGE_START_MS);
}

bool
stage_start(struct stage *s, const char *const *more)
{
    return stage_launch(s, more, NULL, NULL) && stage_await(s);
}

int
stage_end(struct stage *s, int number)
{
    said[0] = '\0';
    if (number != 0 && !tbc_process_signal(&s->process, number)) {
        return -1;
    }
    return tbc_process_wait(&s->process, STAGE_START_MS, said, sizeof said);
}

bool
stage_connect_as(struct tbc_client **client, const char *device, bool with_feed)
{
    struct tbc_device_file file;
    bool ok = tbc_device_read(&file, device) == TBC_OK &&
              tbc_client_open(client, &file, with_feed) == TBC_OK;

    tbc_device_fini(&file);
    return ok;
}

bool
stage_connect(struct stage *s)
{
    return stage_connect_as(&s->client, stage_path(s, "operator.device"), false);
}

void
stage_raise(struct stage *s)
{
    stage_make(s);
    if (!stage_start(s, NULL) || !stage_connect(s)) {
        CU_FAIL_FATAL("the station did not start");
    }
}

void
stage_strike(struct stage *s)
{
    tbc_client_close(&s->client);
    CU_ASSERT_EQUAL(stage_end(s, SIGTERM), 0);
}

static struct answer
take_answer(const struct tbc_reply *reply, enum tbc_err err, void *out)
{
    struct answer a = { .err = err, .code = reply->code };
    const struct tbc_wire_shape *shape = tbc_wire_reply_shape(reply->op);

    if (err != TBC_OK) {
        return a;
    }
    a.err = reply->code == TBC_CODE_FINE
                ? (shape->size == 0 || out == NULL
                       ? TBC_OK
                       : tbc_wire_read(shape, reply->body, out, NULL))
                : tbc_wire_read(&tbc_wire_problem_shape, reply->body, &a.problem, NULL);
    return a;
}

struct answer
stage_ask(struct tbc_client *client, enum tbc_op op, const void *msg, void *out)
{
    struct tbc_reply reply;
    enum tbc_err err = tbc_client_call(client, op, msg, STAGE_CALL_MS, &reply);

    return take_answer(&reply, err, out);
}

struct answer
stage_ask_as(struct tbc_client *client, const uint8_t *id, enum tbc_op op,
             const void *msg, void *out)
{
    const int64_t end = tbc_clock_mono().ms + STAGE_CALL_MS;
    struct tbc_reply reply = { 0 };
    enum tbc_err err = tbc_client_send(client, id, op, msg);

    while (err == TBC_OK || err == TBC_ERR_BUSY) {
        struct pollfd fd = { .events = POLLIN };
        int feed;

        err = tbc_client_recv(client, &reply);
        if (err == TBC_OK && memcmp(reply.id, id, TBC_WIRE_ID_LEN) == 0) {
            return take_answer(&reply, err, out);
        }
        if (tbc_clock_mono().ms >= end) {
            err = TBC_ERR_TIMEOUT;
        }
        tbc_client_fds(client, &fd.fd, &feed);
        (void)poll(&fd, 1, 20);
    }
    return (struct answer){ .err = err };
}

bool
stage_is(struct answer a, enum tbc_code code)
{
    if (a.err != TBC_OK || a.code != code) {
        (void)fprintf(stderr, "wanted %s, got %s (%s): %s\n", tbc_code_name(code),
                      tbc_code_name(a.code), tbc_err_text(a.err), a.problem.what);
    }
    return a.err == TBC_OK && a.code == code;
}

void
stage_passport(unsigned n, char number[static TBC_NUMBER_MAX + 1])
{
    (void)snprintf(number, TBC_NUMBER_MAX + 1, "P%07u", n % 10000000);
}

/* As many as one message holds, from that passenger on. */
static bool
import_part(struct stage *s, unsigned first, unsigned n)
{
    static struct tbc_import in;
    struct tbc_import_reply out;

    memset(&in, 0, sizeof in);
    in.last = true;
    for (unsigned i = first; i < first + n; i++) {
        struct tbc_import_person *p = &in.people[in.people_n++];
        struct tbc_import_ticket *t = &in.tickets[in.tickets_n++];

        *p = (struct tbc_import_person){ .line = i + 2, .kind = TBC_DOC_PASSPORT };
        stage_passport(i, p->number);
        (void)snprintf(p->name, sizeof p->name, "Anna Maria Rossi");
        *t = (struct tbc_import_ticket){
            .line = i + 2,
            .kind = TBC_DOC_PASSPORT,
            .trip = { .train = "G1207", .from = "YZN", .to = "QYB", .seat = "05-12F" }
        };
        memcpy(t->number, p->number, sizeof t->number);
        t->trip.depart.s = tbc_clock_utc().s + 1800;
    }
    return tbc_random(in.batch, sizeof in.batch) == TBC_OK &&
           stage_is(stage_ask(s->client, TBC_OP_IMPORT, &in, &out), TBC_CODE_FINE) &&
           out.people == n && out.tickets == n;
}

bool
stage_import(struct stage *s, unsigned n)
{
    bool ok = true;

    for (unsigned i = 0; i < n && ok; i += TBC_WIRE_ROWS_MAX) {
        ok = import_part(s, i, n - i < TBC_WIRE_ROWS_MAX ? n - i : TBC_WIRE_ROWS_MAX);
    }
    return ok;
}

struct tbc_assist
stage_assistance(unsigned n)
{
    struct tbc_assist a = { .kind = TBC_DOC_PASSPORT,
                            .officer = "desk 3",
                            .reason = "asked",
                            .medium = TBC_MEDIUM_PAPER };

    stage_passport(n, a.number);
    return a;
}

bool
stage_enrol(struct stage *s, const char *name, enum tbc_role role)
{
    static struct tbc_device_reply out;
    struct tbc_device in = { .action = TBC_DEVICE_ADD, .role = role };
    struct tbc_device_file file;
    char own[64];

    (void)snprintf(own, sizeof own, "%s.device", name);
    if (tbc_device_read(&file, stage_path(s, "operator.device")) != TBC_OK ||
        tbc_curve_pair(file.public_key, file.secret_key) != TBC_OK ||
        !tbc_z85_decode(file.public_key, in.key)) {
        return false;
    }
    (void)snprintf(in.name, sizeof in.name, "%s", name);
    (void)snprintf(file.name, sizeof file.name, "%s", name);
    (void)snprintf(file.role, sizeof file.role, "%s", tbc_role_word(role));
    return tbc_device_write(&file, stage_path(s, own)) == TBC_OK &&
           stage_is(stage_ask(s->client, TBC_OP_DEVICE, &in, &out), TBC_CODE_FINE);
}
