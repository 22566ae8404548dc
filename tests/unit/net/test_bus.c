/* Server and client together, over real sockets of the loopback. */
#include "net/client.h"
#include "net/server.h"
#include "suite.h"
#include "sys/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define WAIT_MS 5000

static char server_public[TBC_Z85_LEN + 1];
static char server_secret[TBC_Z85_LEN + 1];

/* One admitted key, until it is revoked. */
struct door {
    uint8_t key[32];
    atomic_bool open;
    atomic_bool stop;
    struct tbc_server *server;
};

static bool
admit(void *arg, const uint8_t key[static 32])
{
    struct door *d = arg;

    return atomic_load(&d->open) && memcmp(key, d->key, 32) == 0;
}

/* Answers each request with an empty FINE of the same operation. */
static void *
serve(void *arg)
{
    const struct tbc_notice beat = { .number = 7, .kind = TBC_NOTICE_BEAT };
    struct door *d = arg;

    while (!atomic_load(&d->stop)) {
        struct tbc_peer peer;
        struct tbc_span bytes;

        if (tbc_server_wait(d->server, NULL, 0, 20) != TBC_OK) {
            break;
        }
        while (tbc_server_recv(d->server, &peer, &bytes) == TBC_OK) {
            struct tbc_request request;
            struct tbc_buf out = { 0 };

            if (tbc_wire_open_request(bytes, &request, NULL) == TBC_OK &&
                tbc_wire_put_reply(&out, &request, TBC_CODE_FINE, NULL) == TBC_OK &&
                tbc_server_send(d->server, &peer, tbc_buf_span(&out)) != TBC_OK) {
                (void)fprintf(stderr, "a reply could not be sent\n");
            }
            tbc_buf_fini(&out);
        }
        if (tbc_server_publish(d->server, &beat) != TBC_OK) {
            (void)fprintf(stderr, "a beat could not be sent\n");
        }
    }
    return NULL;
}

struct stage {
    struct door door;
    struct tbc_device_file device;
    pthread_t thread;
};

static bool
raise_stage(struct stage *s)
{
    struct tbc_server_options options = { .front = "tcp://127.0.0.1:*",
                                          .feed = "tcp://127.0.0.1:*",
                                          .secret = server_secret,
                                          .admit = admit,
                                          .arg = &s->door };

    *s = (struct stage){ 0 };
    if (tbc_curve_pair(server_public, server_secret) != TBC_OK ||
        tbc_curve_pair(s->device.public_key, s->device.secret_key) != TBC_OK ||
        !tbc_z85_decode(s->device.public_key, s->door.key) ||
        tbc_server_open(&s->door.server, &options) != TBC_OK) {
        return false;
    }
    atomic_store(&s->door.open, true);
    (void)snprintf(s->device.front, sizeof s->device.front, "%s",
                   tbc_server_front(s->door.server));
    (void)snprintf(s->device.feed, sizeof s->device.feed, "%s",
                   tbc_server_feed(s->door.server));
    memcpy(s->device.station_key, server_public, sizeof server_public);
    return pthread_create(&s->thread, NULL, serve, &s->door) == 0;
}

static void
strike_stage(struct stage *s)
{
    atomic_store(&s->door.stop, true);
    (void)pthread_join(s->thread, NULL);
    tbc_server_close(&s->door.server);
}

static void
an_admitted_device_is_answered_and_hears_the_feed(void)
{
    struct stage s;
    struct tbc_client *client = NULL;
    struct tbc_reply reply;
    struct tbc_notice notice = { 0 };
    int64_t end = tbc_clock_mono().ms + WAIT_MS;

    CU_ASSERT_FATAL(raise_stage(&s));
    CU_ASSERT_FATAL(tbc_client_open(&client, &s.device, true) == TBC_OK);
    CU_ASSERT_EQUAL(tbc_client_call(client, TBC_OP_STATS, NULL, WAIT_MS, &reply),
                    TBC_OK);
    CU_ASSERT_EQUAL(reply.op, TBC_OP_STATS);
    CU_ASSERT_EQUAL(reply.code, TBC_CODE_FINE);
    while (tbc_client_notice(client, &notice) == TBC_ERR_BUSY &&
           tbc_clock_mono().ms < end) {
        struct pollfd fd = { .events = POLLIN };
        int front;

        tbc_client_fds(client, &front, &fd.fd);
        (void)poll(&fd, 1, 20);
    }
    CU_ASSERT_EQUAL(notice.number, 7);
    CU_ASSERT_EQUAL(notice.kind, TBC_NOTICE_BEAT);
    tbc_client_close(&client);
    strike_stage(&s);
}

static void
an_unknown_key_is_refused_at_the_handshake(void)
{
    struct stage s;
    struct tbc_client *client = NULL;
    struct tbc_reply reply;

    CU_ASSERT_FATAL(raise_stage(&s));
    CU_ASSERT_EQUAL(tbc_curve_pair(s.device.public_key, s.device.secret_key), TBC_OK);
    CU_ASSERT_FATAL(tbc_client_open(&client, &s.device, false) == TBC_OK);
    CU_ASSERT_EQUAL(tbc_client_call(client, TBC_OP_STATS, NULL, WAIT_MS, &reply),
                    TBC_ERR_DENIED);
    CU_ASSERT(tbc_server_refused(s.door.server) > 0);
    tbc_client_close(&client);
    strike_stage(&s);
}

static void
a_revoked_key_is_refused_at_its_next_message(void)
{
    struct stage s;
    struct tbc_client *client = NULL;
    struct tbc_reply reply;

    CU_ASSERT_FATAL(raise_stage(&s));
    CU_ASSERT_FATAL(tbc_client_open(&client, &s.device, false) == TBC_OK);
    CU_ASSERT_EQUAL(tbc_client_call(client, TBC_OP_STATS, NULL, WAIT_MS, &reply),
                    TBC_OK);
    atomic_store(&s.door.open, false);
    CU_ASSERT_EQUAL(tbc_client_call(client, TBC_OP_STATS, NULL, 300, &reply),
                    TBC_ERR_TIMEOUT);
    tbc_client_close(&client);
    strike_stage(&s);
}

static void
a_port_in_use_is_named(void)
{
    struct stage s;
    struct tbc_server *second = NULL;
    struct tbc_server_options options;

    CU_ASSERT_FATAL(raise_stage(&s));
    options = (struct tbc_server_options){ .front = tbc_server_front(s.door.server),
                                           .feed = "tcp://127.0.0.1:*",
                                           .secret = server_secret,
                                           .admit = admit,
                                           .arg = &s.door };
    CU_ASSERT_EQUAL(tbc_server_open(&second, &options), TBC_ERR_EXISTS);
    CU_ASSERT_PTR_NULL(second);
    options.front = "tcp://127.0.0.1:70000";
    CU_ASSERT_EQUAL(tbc_server_open(&second, &options), TBC_ERR_MALFORMED);
    options.secret = "short";
    CU_ASSERT_EQUAL(tbc_server_open(&second, &options), TBC_ERR_MALFORMED);
    strike_stage(&s);
}

static void
z85_refuses_what_does_not_encode_back(void)
{
    static const char *const bad[] = {
        "",
        "short",
        "#####################################################",
        "########################################", /* groups above 2^32 */
        "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf\"",
    };
    uint8_t key[32];

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CU_ASSERT_FALSE(tbc_z85_decode(bad[i], key));
    }
    CU_ASSERT(tbc_z85_decode("rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7", key));
}

TBC_SUITE("net/bus", TEST(an_admitted_device_is_answered_and_hears_the_feed),
          TEST(an_unknown_key_is_refused_at_the_handshake),
          TEST(a_revoked_key_is_refused_at_its_next_message),
          TEST(a_port_in_use_is_named), TEST(z85_refuses_what_does_not_encode_back))
