/* The real station before devices that were put out, bytes that nobody should send, and people who
 * read what is not theirs: its files and its memory. */
#include "codec/wire.h"
#include "crypto/seal.h"
#include "stage.h"
#include "suite.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <sqlite3.h>
#include <zmq.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define SILENCE_MS 3000 /* three beats of the feed */
#define ANSWER_MS  5000
#define NO_ANSWER  UINT64_MAX
#define FRAMES     65
#define FILE_MAX   (64u << 20)
#define GROWTH_MAX (32L << 20) /* of the station's memory over the whole table */

/* AddressSanitizer keeps what was freed for a while: here some messages of 9 MiB. */
#ifdef __has_feature
#    if __has_feature(address_sanitizer)
#        define KEEPS_FREED_MEMORY true
#    endif
#endif
#ifndef KEEPS_FREED_MEMORY
#    define KEEPS_FREED_MEMORY false
#endif

static void
raise_patient(struct stage *s)
{
    static const char conf[] =
        "[serve]\ndevice_per_s = 100000\ndevice_burst = 100000\n";

    stage_make(s);
    CU_ASSERT_EQUAL_FATAL(mkdir(stage_path(s, "conf.d"), S_IRWXU), 0);
    CU_ASSERT_EQUAL_FATAL(tbc_file_write(stage_path(s, "conf.d/test.conf"),
                                         tbc_span_str(conf), S_IRUSR | S_IWUSR),
                          TBC_OK);
    CU_ASSERT_FATAL(stage_start(s, NULL) && stage_connect(s));
}

/* ---- a device that was put out */

static bool
hears(struct tbc_client *client, int ms)
{
    const int64_t end = tbc_clock_mono().ms + ms;

    while (tbc_clock_mono().ms < end) {
        struct tbc_notice notice;
        struct pollfd fd = { .events = POLLIN };
        int front;

        if (tbc_client_notice(client, &notice) == TBC_OK) {
            return true;
        }
        tbc_client_fds(client, &front, &fd.fd);
        (void)poll(&fd, 1, 20);
    }
    return false;
}

static void
a_revoked_gate_is_neither_answered_nor_heard(void)
{
    static struct stage s;
    static struct tbc_device_reply out;
    const struct tbc_device drop = { .action = TBC_DEVICE_REVOKE, .name = "gate-1" };
    const struct tbc_hello hello = { 0 };
    struct tbc_client *gates[2] = { NULL, NULL };
    struct tbc_reply reply;
    int64_t begin;

    raise_patient(&s);
    CU_ASSERT(stage_enrol(&s, "gate-1", TBC_ROLE_GATE));
    CU_ASSERT(stage_enrol(&s, "gate-2", TBC_ROLE_GATE));
    CU_ASSERT_FATAL(stage_connect_as(&gates[0], stage_path(&s, "gate-1.device"), true));
    CU_ASSERT_FATAL(stage_connect_as(&gates[1], stage_path(&s, "gate-2.device"), true));
    CU_ASSERT(hears(gates[0], ANSWER_MS) && hears(gates[1], ANSWER_MS));
    CU_ASSERT(stage_is(stage_ask(s.client, TBC_OP_DEVICE, &drop, &out), TBC_CODE_FINE));
    begin = tbc_clock_mono().ms;
    while (hears(gates[0], 200) && tbc_clock_mono().ms < begin + ANSWER_MS) {
        /* what was on its way */
    }
    CU_ASSERT(hears(gates[1], ANSWER_MS));
    CU_ASSERT_FALSE(hears(gates[0], SILENCE_MS));
    CU_ASSERT(hears(gates[1], ANSWER_MS));
    CU_ASSERT_NOT_EQUAL(tbc_client_call(gates[0], TBC_OP_HELLO, &hello, 500, &reply),
                        TBC_OK);
    CU_ASSERT_EQUAL(tbc_client_call(gates[1], TBC_OP_HELLO, &hello, ANSWER_MS, &reply),
                    TBC_OK);
    tbc_client_close(&gates[0]);
    tbc_client_close(&gates[1]);
    stage_strike(&s);
}

/* ---- bytes that nobody should send */

struct raw {
    void *context;
    void *socket;
    uint8_t id[TBC_WIRE_ID_LEN]; /* of the last answer, and what it says */
    struct tbc_problem problem;
};

static void
open_raw(struct raw *r, const char *device)
{
    struct tbc_device_file file;
    const int linger = 0;

    CU_ASSERT_EQUAL_FATAL(tbc_device_read(&file, device), TBC_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(r->context = zmq_ctx_new());
    CU_ASSERT_PTR_NOT_NULL_FATAL(r->socket = zmq_socket(r->context, ZMQ_DEALER));
    CU_ASSERT_FATAL(zmq_setsockopt(r->socket, ZMQ_LINGER, &linger, sizeof linger) ==
                        0 &&
                    zmq_setsockopt(r->socket, ZMQ_CURVE_SERVERKEY, file.station_key,
                                   TBC_Z85_LEN + 1) == 0 &&
                    zmq_setsockopt(r->socket, ZMQ_CURVE_PUBLICKEY, file.public_key,
                                   TBC_Z85_LEN + 1) == 0 &&
                    zmq_setsockopt(r->socket, ZMQ_CURVE_SECRETKEY, file.secret_key,
                                   TBC_Z85_LEN + 1) == 0 &&
                    zmq_connect(r->socket, file.front) == 0);
    tbc_device_fini(&file);
}

static void
close_raw(struct raw *r)
{
    (void)zmq_close(r->socket);
    (void)zmq_ctx_term(r->context);
}

/* Send n times the frame as one message: the code of the answer, or NO_ANSWER. */
static uint64_t
ask_raw(struct raw *r, struct tbc_span frame, int n, int ms)
{
    zmq_pollitem_t item = { .socket = r->socket, .events = ZMQ_POLLIN };
    struct tbc_reply reply;
    uint64_t code = NO_ANSWER;
    zmq_msg_t m;

    for (int i = 0; i < n; i++) {
        CU_ASSERT_EQUAL(
            zmq_send(r->socket, frame.ptr, frame.len, i + 1 < n ? ZMQ_SNDMORE : 0),
            (int)frame.len);
    }
    (void)zmq_msg_init(&m);
    if (zmq_poll(&item, 1, ms) == 1 && zmq_msg_recv(&m, r->socket, 0) >= 0 &&
        tbc_wire_open_reply(tbc_span_of(zmq_msg_data(&m), zmq_msg_size(&m)), &reply,
                            NULL) == TBC_OK) {
        code = (uint64_t)reply.code;
        memcpy(r->id, reply.id, sizeof r->id);
        r->problem = (struct tbc_problem){ 0 };
        CU_ASSERT(code == TBC_CODE_FINE ||
                  tbc_wire_read(&tbc_wire_problem_shape, reply.body, &r->problem,
                                NULL) == TBC_OK);
    }
    (void)zmq_msg_close(&m);
    return code;
}

static void
put_repeated(struct tbc_buf *out, uint8_t byte, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        CU_ASSERT_EQUAL_FATAL(tbc_buf_append_u8(out, byte), TBC_OK);
    }
}

/* The envelope up to the body: [ 1, id, operation, */
static void
put_envelope(struct tbc_buf *out, uint8_t version, uint8_t id, uint8_t op)
{
    put_repeated(out, 0x84, 1);
    put_repeated(out, version, 1);
    put_repeated(out, 0x50, 1);
    put_repeated(out, id, TBC_WIRE_ID_LEN);
    if (op >= 24) {
        put_repeated(out, 0x18, 1);
    }
    put_repeated(out, op, 1);
}

struct bad {
    const char *what;
    uint8_t version;
    uint8_t op;
    const char *body;
    size_t len;
    uint64_t code;
};

#define BODY(text) (text), sizeof(text) - 1

/* Message after message with this body. */
static const struct bad bodies[] = {
    { "unknown operation", 1, 99, BODY("\xa0"), TBC_CODE_UNSUPPORTED },
    { "future version", 2, TBC_OP_HELLO, BODY("\xa1\x01\x61x"), TBC_CODE_UNSUPPORTED },
    { "no body", 1, TBC_OP_STATS, BODY(""), TBC_CODE_BAD_REQUEST },
    { "trailing bytes", 1, TBC_OP_STATS, BODY("\xa0\x00"), TBC_CODE_BAD_REQUEST },
    { "array of 2^63", 1, TBC_OP_STATS, BODY("\x9b\x80\0\0\0\0\0\0\0"),
      TBC_CODE_BAD_REQUEST },
    { "map of 2^63", 1, TBC_OP_STATS, BODY("\xbb\x80\0\0\0\0\0\0\0"),
      TBC_CODE_BAD_REQUEST },
    { "bytes of 2^63", 1, TBC_OP_STATS, BODY("\xa1\x01\x5b\x80\0\0\0\0\0\0\0"),
      TBC_CODE_BAD_REQUEST },
    { "indefinite map", 1, TBC_OP_STATS, BODY("\xbf\xff"), TBC_CODE_BAD_REQUEST },
    { "indefinite text", 1, TBC_OP_HELLO, BODY("\xa1\x01\x7f\x61x\xff"),
      TBC_CODE_BAD_REQUEST },
    { "long-form integer", 1, TBC_OP_HELLO, BODY("\xa1\x18\x01\x61x"),
      TBC_CODE_BAD_REQUEST },
    { "unknown key", 1, TBC_OP_HELLO, BODY("\xa1\x17\x61x"), TBC_CODE_BAD_REQUEST },
    { "repeated key", 1, TBC_OP_HELLO, BODY("\xa2\x01\x61x\x01\x61x"),
      TBC_CODE_BAD_REQUEST },
    { "bad UTF-8", 1, TBC_OP_HELLO, BODY("\xa1\x01\x62\xc0\xaf"),
      TBC_CODE_BAD_REQUEST },
    { "NUL in a text", 1, TBC_OP_HELLO, BODY("\xa1\x01\x62x\0"), TBC_CODE_BAD_REQUEST },
    { "a float", 1, TBC_OP_HELLO, BODY("\xa1\x01\xf9\x7e\x00"), TBC_CODE_BAD_REQUEST },
    { "a tag", 1, TBC_OP_HELLO, BODY("\xa1\x01\xd2\x61x"), TBC_CODE_BAD_REQUEST },
    { "a name too long", 1, TBC_OP_HELLO,
      BODY("\xa1\x01\x78\x30"
           "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
      TBC_CODE_BAD_REQUEST },
};

/* Somebody else is answered, each time after a bad message; how soon, says ./dev bench flood. */
static void
say_hello(struct tbc_client *other)
{
    const struct tbc_hello hello = { 0 };
    struct tbc_reply reply;

    CU_ASSERT_EQUAL(tbc_client_call(other, TBC_OP_HELLO, &hello, ANSWER_MS, &reply),
                    TBC_OK);
}

static void
expect(struct raw *r, struct tbc_client *o, const char *what, struct tbc_span frame,
       uint64_t wanted)
{
    const uint64_t code = ask_raw(r, frame, 1, ANSWER_MS);

    if (code != wanted) {
        (void)fprintf(stderr, "%s: wanted %" PRIu64 ", got %" PRIu64 "\n", what, wanted,
                      code);
    }
    CU_ASSERT_EQUAL(code, wanted);
    say_hello(o);
}

static void
send_bodies(struct raw *r, struct tbc_client *o)
{
    struct tbc_buf m = { 0 };

    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        const struct bad *b = &bodies[i];

        tbc_buf_clear(&m);
        put_envelope(&m, b->version, 1, b->op);
        CU_ASSERT_EQUAL_FATAL(tbc_buf_append(&m, b->body, b->len), TBC_OK);
        expect(r, o, b->what, tbc_buf_span(&m), b->code);
    }
    tbc_buf_clear(&m);
    put_envelope(&m, 1, 1, TBC_OP_HELLO);
    put_repeated(&m, 0x81, 10000);
    expect(r, o, "depth 10,000", tbc_buf_span(&m), TBC_CODE_BAD_REQUEST);
    expect(r, o, "nothing", (struct tbc_span){ 0 }, TBC_CODE_BAD_REQUEST);
    tbc_buf_fini(&m);
}

static void
send_truncated(struct raw *r, struct tbc_client *o)
{
    const struct tbc_assist in = stage_assistance(0);
    const uint8_t id[TBC_WIRE_ID_LEN] = { 3 };
    struct tbc_buf m = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_wire_put_request(&m, id, TBC_OP_ASSIST, &in), TBC_OK);
    for (size_t n = 0; n < m.len; n++) {
        expect(r, o, "truncated", tbc_span_of(m.ptr, n), TBC_CODE_BAD_REQUEST);
    }
    tbc_buf_fini(&m);
}

static void
send_reused_id(struct raw *r, struct tbc_client *o)
{
    const struct tbc_revoke one = { .cti = { 1 }, .reason = "lost" };
    const struct tbc_revoke two = { .cti = { 2 }, .reason = "lost" };
    const uint8_t id[TBC_WIRE_ID_LEN] = { 4 };
    struct tbc_buf m = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_wire_put_request(&m, id, TBC_OP_REVOKE, &one), TBC_OK);
    expect(r, o, "a first request", tbc_buf_span(&m), TBC_CODE_NOT_FOUND);
    expect(r, o, "the same again", tbc_buf_span(&m), TBC_CODE_NOT_FOUND);
    tbc_buf_clear(&m);
    CU_ASSERT_EQUAL_FATAL(tbc_wire_put_request(&m, id, TBC_OP_REVOKE, &two), TBC_OK);
    expect(r, o, "its id with another body", tbc_buf_span(&m), TBC_CODE_CONFLICT);
    tbc_buf_fini(&m);
}

static bool
resize(struct tbc_buf *m, size_t len)
{
    if (tbc_buf_reserve(m, len) != TBC_OK) {
        return false;
    }
    memset(m->ptr, 0, len);
    m->len = len;
    return true;
}

/* What libzmq delivers and is no request is answered like any other; the longest is the longest
 * request, which is not refused for that. */
static void
send_frames(struct raw *r, struct tbc_client *o)
{
    static const int frames[] = { 2, FRAMES, 1000 };
    const size_t lengths[] = { TBC_WIRE_REQUEST_MAX, (size_t)TBC_WIRE_REQUEST_MAX + 1,
                               (size_t)TBC_WIRE_HEARD_MAX - 1024 };
    const uint8_t id[TBC_WIRE_ID_LEN] = { 6 };
    struct tbc_buf m = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_wire_put_request(&m, id, TBC_OP_STATS, NULL), TBC_OK);
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        CU_ASSERT_EQUAL(ask_raw(r, tbc_buf_span(&m), frames[i], ANSWER_MS),
                        TBC_CODE_BAD_REQUEST);
        CU_ASSERT_EQUAL(memcmp(r->id, id, sizeof id), 0);
        CU_ASSERT_STRING_EQUAL(r->problem.what, "frames");
        CU_ASSERT_EQUAL(ask_raw(r, (struct tbc_span){ 0 }, frames[i], ANSWER_MS),
                        TBC_CODE_BAD_REQUEST);
        say_hello(o);
    }
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        CU_ASSERT_FATAL(resize(&m, lengths[i]));
        expect(r, o, "a long message", tbc_buf_span(&m), TBC_CODE_BAD_REQUEST);
        CU_ASSERT_EQUAL(strcmp(r->problem.what, "too long") == 0, i > 0);
    }
    tbc_buf_fini(&m);
}

/* An APPLY with so many pictures, by a kiosk. */
static void
send_pictures(const char *kiosk, struct tbc_client *o)
{
    struct raw r;
    static const size_t counts[] = { 0, TBC_WIRE_FRAMES_MAX + 1, FRAMES };

    open_raw(&r, kiosk);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct tbc_buf m = { 0 };

        put_envelope(&m, 1, (uint8_t)(0x40 + i), TBC_OP_APPLY);
        put_repeated(&m, counts[i] == 0 ? 0xa4 : 0xa5, 1);
        CU_ASSERT_EQUAL_FATAL(tbc_buf_append(&m, BODY("\x01\x01\x02\x68P0000001"
                                                      "\x03\x62"
                                                      "en\x04")),
                              TBC_OK);
        put_repeated(&m, TBC_ASSURANCE_PASSIVE, 1);
        if (counts[i] > 0) {
            put_repeated(&m, 0x06, 1);
            put_repeated(&m, counts[i] < 24 ? (uint8_t)(0x80 + counts[i]) : 0x98, 1);
            if (counts[i] >= 24) {
                put_repeated(&m, (uint8_t)counts[i], 1);
            }
            for (size_t k = 0; k < counts[i]; k++) {
                put_repeated(&m, 0x41, 1);
                put_repeated(&m, 0xff, 1);
            }
        }
        expect(&r, o, "pictures", tbc_buf_span(&m), TBC_CODE_BAD_REQUEST);
        CU_ASSERT_STRING_EQUAL(r.problem.what, "frames");
        tbc_buf_fini(&m);
    }
    close_raw(&r);
}

/* Far more than a request ends the connection, which comes back by itself. */
static void
send_too_much(struct raw *r, struct tbc_client *o)
{
    struct tbc_buf m = { 0 };
    const uint8_t id[TBC_WIRE_ID_LEN] = { 5 };

    CU_ASSERT_FATAL(resize(&m, (size_t)TBC_WIRE_HEARD_MAX + 1));
    CU_ASSERT_EQUAL(ask_raw(r, tbc_buf_span(&m), 1, 300), NO_ANSWER);
    say_hello(o);
    tbc_buf_clear(&m);
    CU_ASSERT_EQUAL_FATAL(tbc_wire_put_request(&m, id, TBC_OP_STATS, NULL), TBC_OK);
    for (int i = 0; i < 10; i++) {
        if (ask_raw(r, tbc_buf_span(&m), 1, 1000) == TBC_CODE_FINE) {
            tbc_buf_fini(&m);
            return;
        }
    }
    CU_FAIL("the connection did not come back");
    tbc_buf_fini(&m);
}

/* No key at all: a greeting of ZMTP 3.0 and a frame that claims a gigabyte. */
static void
claim_a_gigabyte(const struct stage *s)
{
    static const uint8_t greeting[64] = { 0xff, 0,    0, 0, 0,   0,   0,   0,   0,
                                          1,    0x7f, 3, 0, 'C', 'U', 'R', 'V', 'E' };
    static const uint8_t frame[9] = { 0x06, 0, 0, 0, 0, 0x40, 0, 0, 0 };
    struct tbc_device_file file;
    struct sockaddr_in to = { .sin_family = AF_INET };
    struct pollfd fd = { .events = POLLIN };
    uint8_t byte[256];
    ssize_t got = 1;

    CU_ASSERT_EQUAL_FATAL(tbc_device_read(&file, stage_path(s, "operator.device")),
                          TBC_OK);
    to.sin_port = htons((uint16_t)strtoul(strrchr(file.front, ':') + 1, NULL, 10));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    tbc_device_fini(&file);
    fd.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CU_ASSERT_FATAL(connect(fd.fd, (const struct sockaddr *)&to, sizeof to) == 0);
    CU_ASSERT(write(fd.fd, greeting, sizeof greeting) == (ssize_t)sizeof greeting);
    CU_ASSERT(write(fd.fd, frame, sizeof frame) == (ssize_t)sizeof frame);
    while (got > 0 && poll(&fd, 1, 2 * ANSWER_MS) == 1) {
        got = read(fd.fd, byte, sizeof byte);
    }
    CU_ASSERT(got <= 0); /* it hangs up */
    (void)close(fd.fd);
}

static long
resident(pid_t pid)
{
    char path[64];
    struct tbc_buf text = { 0 };
    long pages = 0;

    (void)snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
    if (tbc_file_read(path, 4096, &text) == TBC_OK && tbc_buf_str(&text) != NULL) {
        const char *second = strchr(tbc_buf_str(&text), ' ');

        pages = second == NULL ? 0 : strtol(second, NULL, 10);
    }
    tbc_buf_fini(&text);
    return pages * sysconf(_SC_PAGESIZE);
}

static void
bad_messages_are_answered_by_name_beside_others(void)
{
    static struct stage s;
    struct raw r;
    long size;

    raise_patient(&s);
    CU_ASSERT_FATAL(stage_enrol(&s, "kiosk-1", TBC_ROLE_KIOSK));
    open_raw(&r, stage_path(&s, "operator.device"));
    size = resident(s.process.pid);
    send_bodies(&r, s.client);
    send_truncated(&r, s.client);
    send_reused_id(&r, s.client);
    send_frames(&r, s.client);
    send_pictures(stage_path(&s, "kiosk-1.device"), s.client);
    send_too_much(&r, s.client);
    claim_a_gigabyte(&s);
    printf("the station grew by %ld kB\n", (resident(s.process.pid) - size) / 1024);
    CU_ASSERT(KEEPS_FREED_MEMORY || resident(s.process.pid) - size < GROWTH_MAX);
    close_raw(&r);
    stage_strike(&s);
    CU_ASSERT(stage_says(stage_said(), "operator: sent "));
    CU_ASSERT(stage_says(stage_said(), " messages that are no requests, at last for "));
}

static void
a_kiosk_may_not_do_the_operators_work(void)
{
    static const enum tbc_op ops[] = { TBC_OP_STATS,  TBC_OP_DEVICE, TBC_OP_IMPORT,
                                       TBC_OP_ASSIST, TBC_OP_REVOKE, TBC_OP_ENTER };
    static struct stage s;
    struct raw r;

    raise_patient(&s);
    CU_ASSERT(stage_enrol(&s, "kiosk-1", TBC_ROLE_KIOSK));
    open_raw(&r, stage_path(&s, "kiosk-1.device"));
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        struct tbc_buf m = { 0 };

        put_envelope(&m, 1, (uint8_t)(10 + i), (uint8_t)ops[i]);
        put_repeated(&m, 0xa0, 1); /* not even looked into */
        CU_ASSERT_EQUAL(ask_raw(&r, tbc_buf_span(&m), 1, ANSWER_MS), TBC_CODE_DENIED);
        tbc_buf_fini(&m);
    }
    close_raw(&r);
    stage_strike(&s);
}

/* ---- what is not theirs to read */

#define NAME "Zebedea Quuxworth"

static bool
import_strangers(struct stage *s, unsigned n)
{
    static struct tbc_import in;
    struct tbc_import_reply out;

    memset(&in, 0, sizeof in);
    in.last = true;
    for (unsigned i = 0; i < n; i++) {
        struct tbc_import_person *p = &in.people[in.people_n++];
        struct tbc_import_ticket *t = &in.tickets[in.tickets_n++];

        p->line = t->line = i + 2;
        p->kind = t->kind = TBC_DOC_PASSPORT;
        stage_passport(7700000 + i, p->number);
        (void)snprintf(p->name, sizeof p->name, NAME " %u", i);
        memcpy(t->number, p->number, sizeof t->number);
        t->trip = (struct tbc_trip){
            .train = "G1207", .from = "YZN", .to = "QYB", .seat = "05-12F"
        };
        t->trip.depart.s = tbc_clock_utc().s + 1800;
    }
    return tbc_random(in.batch, sizeof in.batch) == TBC_OK &&
           stage_is(stage_ask(s->client, TBC_OP_IMPORT, &in, &out), TBC_CODE_FINE);
}

static void
live_a_day(struct stage *s)
{
    struct tbc_assist in = stage_assistance(7700000);
    struct tbc_lookup look = { .reason = "asked" };
    struct tbc_revoke revoke = { .reason = "lost" };
    struct tbc_issue_reply out;
    struct tbc_lookup_reply looked;

    CU_ASSERT_FATAL(import_strangers(s, 20));
    for (unsigned i = 0; i < 20; i++) {
        stage_passport(7700000 + i, in.number);
        CU_ASSERT_FATAL(
            stage_is(stage_ask(s->client, TBC_OP_ASSIST, &in, &out), TBC_CODE_FINE));
    }
    memcpy(look.cti, out.cti, sizeof look.cti);
    memcpy(revoke.cti, out.cti, sizeof revoke.cti);
    CU_ASSERT(
        stage_is(stage_ask(s->client, TBC_OP_LOOKUP, &look, &looked), TBC_CODE_FINE));
    CU_ASSERT(
        stage_is(stage_ask(s->client, TBC_OP_REVOKE, &revoke, NULL), TBC_CODE_FINE));
}

/* How often a name or a number of theirs stands there. */
static unsigned
count_traces(struct tbc_span in)
{
    static const char *const words[] = { NAME, "Quuxworth", "P77000" };
    unsigned n = 0;

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const uint8_t *at = in.ptr;
        size_t left = in.len;
        const uint8_t *hit;

        while (left > 0 &&
               (hit = memmem(at, left, words[i], strlen(words[i]))) != NULL) {
            n++;
            left -= (size_t)(hit - at) + 1;
            at = hit + 1;
        }
    }
    return n;
}

static void
search_files(const struct stage *s)
{
    DIR *d = opendir(s->data);
    struct dirent *e;
    unsigned files = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(d);
    while ((e = readdir(d)) != NULL) {
        struct tbc_buf bytes = { 0 };

        if (e->d_type == DT_REG &&
            tbc_file_read(stage_path(s, e->d_name), FILE_MAX, &bytes) == TBC_OK) {
            files++;
            if (count_traces(tbc_buf_span(&bytes)) != 0) {
                (void)fprintf(stderr, "%s holds a name or number\n", e->d_name);
                CU_FAIL("personal data in a file");
            }
        }
        tbc_buf_fini(&bytes);
    }
    (void)closedir(d);
    CU_ASSERT(files > 4); /* the database and its WAL among them */
}

/* The memory that a core dump would hold.  An arena of another thread lies at a multiple of 64 MB:
 * libzmq's. */
#define ARENA_SIZE (UINT64_C(64) << 20)

struct found {
    unsigned ours;
    unsigned libzmq; /* in the buffer that it decrypts into, until the next messages */
};

static void
search_region(int mem, uint64_t from, uint64_t to, struct found *f)
{
    struct tbc_buf bytes = { 0 };

    if (to - from < FILE_MAX &&
        tbc_buf_reserve(&bytes, (size_t)(to - from)) == TBC_OK) {
        const ssize_t got = pread(mem, bytes.ptr, (size_t)(to - from), (off_t)from);
        unsigned n;

        bytes.len = got > 0 ? (size_t)got : 0;
        n = count_traces(tbc_buf_span(&bytes));
        if (from % ARENA_SIZE == 0) {
            f->libzmq += n;
        } else {
            f->ours += n;
        }
    }
    tbc_buf_fini(&bytes);
}

/* False when the process does not let us look, which is as good. */
static bool
search_memory(pid_t pid, struct found *f)
{
    char path[64];
    char line[512];
    FILE *maps;
    int mem;
    bool looked;

    (void)snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
    mem = open(path, O_RDONLY | O_CLOEXEC);
    (void)snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
    maps = fopen(path, "re");
    looked = mem >= 0 && maps != NULL;
    while (looked && fgets(line, sizeof line, maps) != NULL) {
        char *end;
        const uint64_t from = strtoull(line, &end, 16);
        const uint64_t to = strtoull(end + 1, &end, 16);

        if (strncmp(end, " rw", 3) == 0) {
            search_region(mem, from, to, f);
        }
    }
    if (maps != NULL) {
        (void)fclose(maps);
    }
    if (mem >= 0) {
        (void)close(mem);
    }
    return looked;
}

static void
no_name_or_number_is_left_in_files_or_memory(void)
{
    static struct stage s;
    struct found left = { 0 };

    raise_patient(&s);
    live_a_day(&s);
    search_files(&s);
    if (search_memory(s.process.pid, &left)) {
        printf("names and numbers in the running station: %u in its own memory, %u in"
               " libzmq's buffers\n",
               left.ours, left.libzmq);
    }
    CU_ASSERT_EQUAL(left.ours, 0);
    tbc_client_close(&s.client);
    CU_ASSERT_EQUAL(stage_end(&s, SIGKILL), 128 + SIGKILL);
    search_files(&s);
    CU_ASSERT_EQUAL(count_traces(tbc_span_str(stage_said())), 0);
}

/* Who moves the name of one to another is noticed before it is served; that such a cell would not
 * open either is in the tests of the store. */
static void
a_database_that_others_wrote_into_is_refused(void)
{
    static const char swap[] =
        "UPDATE person SET name = (SELECT name FROM person AS other"
        " WHERE other.id <> person.id LIMIT 1)";
    static struct stage s;
    const struct tbc_assist before = stage_assistance(7700001);
    struct tbc_issue_reply out;
    sqlite3 *db = NULL;

    raise_patient(&s);
    CU_ASSERT_FATAL(import_strangers(&s, 2));
    CU_ASSERT(
        stage_is(stage_ask(s.client, TBC_OP_ASSIST, &before, &out), TBC_CODE_FINE));
    stage_strike(&s);
    CU_ASSERT_EQUAL_FATAL(sqlite3_open(stage_path(&s, "station.db"), &db), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(db, swap, NULL, NULL, NULL), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_changes(db), 2);
    (void)sqlite3_close(db);
    CU_ASSERT_FALSE(stage_start(&s, NULL));
    CU_ASSERT_EQUAL(stage_end(&s, 0), 4);
    fputs(stage_said(), stdout);
}

TBC_SUITE("e2e/security", TEST(a_database_that_others_wrote_into_is_refused),
          TEST(a_revoked_gate_is_neither_answered_nor_heard),
          TEST(bad_messages_are_answered_by_name_beside_others),
          TEST(a_kiosk_may_not_do_the_operators_work),
          TEST(no_name_or_number_is_left_in_files_or_memory))
