/* Who may listen and how much memory that costs: the feed after a revocation, a subscriber that
 * reads nothing, and a server whose handler of handshakes is not there. */
#include "net/client.h"
#include "net/server.h"
#include "suite.h"
#include "sys/clock.h"

#include <zmq.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WAIT_MS      5000
#define SILENCE_MS   700 /* several beats of this test's server */
#define ZAP_ADDRESS  "inproc://zeromq.zap.01"
#define ZAP_ENFORCE  93
#define NOTICES      40000
#define NOTICE_BYTES 4096 /* 160 MB in all */
#define MEMORY_MAX   (24L << 20)

/* The two calls of libzmq that a test takes away from the server. */
int real_bind(void *socket, const char *address) __asm__("__real_zmq_bind");
int some_bind(void *socket, const char *address) __asm__("__wrap_zmq_bind");
int real_set(void *socket, int option, const void *value,
             size_t len) __asm__("__real_zmq_setsockopt");
int some_set(void *socket, int option, const void *value,
             size_t len) __asm__("__wrap_zmq_setsockopt");

static bool without_handler;
static bool without_enforcement;

int
some_bind(void *socket, const char *address)
{
    return without_handler && strcmp(address, ZAP_ADDRESS) == 0
               ? 0
               : real_bind(socket, address);
}

int
some_set(void *socket, int option, const void *value, size_t len)
{
    return without_enforcement && option == ZAP_ENFORCE
               ? 0
               : real_set(socket, option, value, len);
}

/* Two devices; either may be revoked. */
struct house {
    struct tbc_server *server;
    struct tbc_device_file devices[2];
    uint8_t keys[2][32];
    atomic_bool open[2];
    atomic_bool renew;
    atomic_bool stop;
    atomic_int heard; /* messages taken in */
    pthread_t thread;
};

static bool
admit(void *arg, const uint8_t key[static 32])
{
    struct house *h = arg;

    for (size_t i = 0; i < 2; i++) {
        if (memcmp(key, h->keys[i], 32) == 0) {
            return atomic_load(&h->open[i]);
        }
    }
    return false;
}

static void *
serve(void *arg)
{
    struct house *h = arg;
    struct tbc_notice beat = { .kind = TBC_NOTICE_BEAT };

    while (!atomic_load(&h->stop)) {
        struct tbc_peer peer;
        struct tbc_span bytes;

        if (atomic_exchange(&h->renew, false)) {
            tbc_server_renew_feed(h->server);
        }
        beat.number++;
        if (tbc_server_wait(h->server, NULL, 0, 20) != TBC_OK ||
            tbc_server_publish(h->server, &beat) != TBC_OK) {
            (void)fprintf(stderr, "the server does not go on\n");
            break;
        }
        while (tbc_server_recv(h->server, &peer, &bytes) == TBC_OK) {
            atomic_fetch_add(&h->heard, 1);
        }
    }
    return NULL;
}

static void
open_house(struct house *h)
{
    char public_key[TBC_Z85_LEN + 1];
    char secret[TBC_Z85_LEN + 1];
    struct tbc_server_options options = { .front = "tcp://127.0.0.1:*",
                                          .feed = "tcp://127.0.0.1:*",
                                          .secret = secret,
                                          .admit = admit,
                                          .arg = h };

    memset(h, 0, sizeof *h);
    CU_ASSERT_EQUAL_FATAL(tbc_curve_pair(public_key, secret), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_server_open(&h->server, &options), TBC_OK);
    for (size_t i = 0; i < 2; i++) {
        struct tbc_device_file *d = &h->devices[i];

        CU_ASSERT_FATAL(tbc_curve_pair(d->public_key, d->secret_key) == TBC_OK &&
                        tbc_z85_decode(d->public_key, h->keys[i]));
        (void)snprintf(d->front, sizeof d->front, "%s", tbc_server_front(h->server));
        (void)snprintf(d->feed, sizeof d->feed, "%s", tbc_server_feed(h->server));
        memcpy(d->station_key, public_key, sizeof public_key);
        atomic_store(&h->open[i], true);
    }
    CU_ASSERT_EQUAL_FATAL(pthread_create(&h->thread, NULL, serve, h), 0);
}

static void
close_house(struct house *h)
{
    atomic_store(&h->stop, true);
    (void)pthread_join(h->thread, NULL);
    tbc_server_close(&h->server);
}

/* Notices within the time; returns at the first that is numbered above that. */
static bool
hears(struct tbc_client *client, uint64_t above, int ms, uint64_t *number)
{
    const int64_t end = tbc_clock_mono().ms + ms;

    while (tbc_clock_mono().ms < end) {
        struct tbc_notice notice;
        struct pollfd fd = { .events = POLLIN };
        int front;

        if (tbc_client_notice(client, &notice) == TBC_OK) {
            *number = notice.number;
            if (notice.number > above) {
                return true;
            }
            continue;
        }
        tbc_client_fds(client, &front, &fd.fd);
        (void)poll(&fd, 1, 20);
    }
    return false;
}

static void
a_revoked_device_hears_the_feed_no_more(void)
{
    struct house h;
    struct tbc_client *clients[2] = { NULL, NULL };
    uint64_t last[2] = { 0, 0 };
    int64_t begin;

    open_house(&h);
    for (size_t i = 0; i < 2; i++) {
        CU_ASSERT_FATAL(tbc_client_open(&clients[i], &h.devices[i], true) == TBC_OK);
        CU_ASSERT(hears(clients[i], 0, WAIT_MS, &last[i]));
    }
    atomic_store(&h.open[1], false);
    begin = tbc_clock_mono().ms;
    atomic_store(&h.renew, true);
    while (atomic_load(&h.renew)) {
        (void)usleep(1000);
    }
    (void)hears(clients[1], UINT64_MAX, 50, &last[1]); /* what was on its way */
    CU_ASSERT(hears(clients[0], last[1] + 2, WAIT_MS, &last[0]));
    printf("the feed was back after %lld ms\n",
           (long long)(tbc_clock_mono().ms - begin));
    CU_ASSERT_FALSE(hears(clients[1], 0, SILENCE_MS, &last[1]));
    CU_ASSERT(hears(clients[0], last[0] + 5, WAIT_MS, &last[0]));
    for (size_t i = 0; i < 2; i++) {
        tbc_client_close(&clients[i]);
    }
    close_house(&h);
}

static void
a_feed_can_be_renewed_again_and_again(void)
{
    struct house h;
    struct tbc_client *client = NULL;
    uint64_t last = 0;

    open_house(&h);
    CU_ASSERT_FATAL(tbc_client_open(&client, &h.devices[0], true) == TBC_OK);
    for (int i = 0; i < 5; i++) {
        atomic_store(&h.renew, true);
        CU_ASSERT(hears(client, last + 3, WAIT_MS, &last));
    }
    tbc_client_close(&client);
    close_house(&h);
}

static long
resident(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    long pages = 0;

    if (f != NULL) {
        if (fscanf(f, "%*s %ld", &pages) != 1) { // NOLINT(cert-err34-c): the kernel's
            pages = 0;
        }
        (void)fclose(f);
    }
    return pages * sysconf(_SC_PAGESIZE);
}

/* AddressSanitizer keeps what was freed for a while. */
#ifdef __has_feature
#    if __has_feature(address_sanitizer)
#        define KEEPS_FREED_MEMORY true
#    endif
#endif
#ifndef KEEPS_FREED_MEMORY
#    define KEEPS_FREED_MEMORY false
#endif

static void
a_subscriber_that_reads_nothing_costs_little(void)
{
    static uint8_t body[NOTICE_BYTES];
    const struct tbc_notice notice = { .number = 1,
                                       .kind = TBC_NOTICE_STATUS,
                                       .body = tbc_span_of(body, sizeof body) };
    struct house h;
    struct tbc_client *client = NULL;
    uint64_t last = 0;
    long before;
    long grown;

    if (KEEPS_FREED_MEMORY) {
        tbc_test_skip("the sanitizer keeps freed memory");
        return;
    }
    open_house(&h);
    CU_ASSERT_FATAL(tbc_client_open(&client, &h.devices[0], true) == TBC_OK);
    CU_ASSERT(hears(client, 0, WAIT_MS, &last));
    atomic_store(&h.stop, true);
    (void)pthread_join(h.thread, NULL);
    before = resident();
    for (int i = 0; i < NOTICES; i++) {
        CU_ASSERT_EQUAL(tbc_server_publish(h.server, &notice), TBC_OK);
    }
    grown = resident() - before;
    printf("%d MB for a deaf subscriber: %ld kB more\n",
           NOTICES * (NOTICE_BYTES / 1024) / 1024, grown / 1024);
    CU_ASSERT(grown < MEMORY_MAX);
    tbc_client_close(&client);
    tbc_server_close(&h.server);
}

/* Whether a message of an enrolled device is taken in, with that taken away. */
static bool
is_let_in(bool handler, bool enforcement)
{
    const struct tbc_hello hello = { 0 };
    struct house h;
    struct tbc_client *client = NULL;
    struct tbc_reply reply;
    bool in;

    without_handler = !handler;
    without_enforcement = !enforcement;
    open_house(&h);
    CU_ASSERT_FATAL(tbc_client_open(&client, &h.devices[0], false) == TBC_OK);
    CU_ASSERT_NOT_EQUAL(
        tbc_client_call(client, TBC_OP_HELLO, &hello, SILENCE_MS, &reply), TBC_OK);
    in = atomic_load(&h.heard) > 0 || tbc_server_refused(h.server) > 0;
    tbc_client_close(&client);
    close_house(&h);
    without_handler = false;
    without_enforcement = false;
    return in;
}

/* Were the enforcement missing, libzmq would let everybody in; the second look at each message
 * would still find no key. */
static void
without_a_handler_nobody_is_let_in(void)
{
    CU_ASSERT(is_let_in(true, true));
    CU_ASSERT_FALSE(is_let_in(false, true));
    CU_ASSERT(is_let_in(false, false)); /* what the option is for */
}

TBC_SUITE("net/guard", TEST(a_revoked_device_hears_the_feed_no_more),
          TEST(a_feed_can_be_renewed_again_and_again),
          TEST(a_subscriber_that_reads_nothing_costs_little),
          TEST(without_a_handler_nobody_is_let_in))
