/* bench_group [--json FILE]
 *
 * How long a gate waits for the word of its peers, beside the one thing that must be waited for:
 * a message of the same size to as many threads over ZeroMQ with CURVE, and theirs back.  Both in
 * turn in one run, over the loopback; medians are compared.  Exit 1 when a target is missed. */
#include "crypto/seal.h"
#include "figures.h"
#include "group.h"
#include "measure.h"
#include "net/client.h"
#include "net/group.h"
#include "sys/clock.h"

#include <zmq.h>

#include <getopt.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PEERS_N   7
#define ROUNDS    2000
#define PATIENCE  20000 /* ms, for connections */
#define POLL_MS   50
#define RAW_BYTES 112 /* of a claim and its envelope, about */

static struct figures figures;
static atomic_bool over;

static void
must(bool ok, const char *what)
{
    if (!ok) {
        (void)fprintf(stderr, "bench_group: %s\n", what);
        exit(3);
    }
}

/* ---- gates */

struct gate_end {
    char public_key[TBC_Z85_LEN + 1];
    char secret_key[TBC_Z85_LEN + 1];
    uint8_t key[32];
    struct tbc_group *net;
    struct gate_group core;
    pthread_t thread;
};

static struct gate_end ends[PEERS_N + 1]; /* the first one asks */

static void
answer(struct gate_end *e, const struct tbc_group_from *from,
       const struct tbc_request *request)
{
    static _Thread_local struct tbc_claim claim;
    struct tbc_claim_reply reply;
    struct tbc_buf out = { 0 };

    must(request->op == TBC_OP_CLAIM &&
             tbc_wire_read(tbc_wire_request_shape(TBC_OP_CLAIM), request->body, &claim,
                           NULL) == TBC_OK,
         "a claim");
    gate_group_on_claim(&e->core, from->slot, &claim, NULL, tbc_clock_mono(), &reply);
    must(tbc_wire_put_reply(&out, request, TBC_CODE_FINE, &reply) == TBC_OK &&
             tbc_group_answer(e->net, from, tbc_buf_span(&out)) == TBC_OK,
         "an answer");
    tbc_buf_fini(&out);
}

static void *
be_peer(void *arg)
{
    struct gate_end *e = arg;

    while (!atomic_load(&over)) {
        struct pollfd fd = { .fd = tbc_group_fd(e->net), .events = POLLIN };
        struct tbc_group_from from;
        struct tbc_request request;
        struct tbc_span bytes;

        (void)poll(&fd, 1, POLL_MS);
        while (tbc_group_recv(e->net, &from, &bytes) == TBC_OK) {
            if (tbc_wire_open_request(bytes, &request, NULL) == TBC_OK) {
                answer(e, &from, &request);
            }
        }
    }
    return NULL;
}

static void
open_end(struct gate_end *e, uint8_t number)
{
    const uint8_t journal[TBC_WIRE_ID_LEN] = { number };
    struct tbc_group_options o = { .address = "tcp://127.0.0.1:*",
                                   .public_key = e->public_key,
                                   .secret_key = e->secret_key };

    must(tbc_curve_pair(e->public_key, e->secret_key) == TBC_OK &&
             tbc_z85_decode(e->public_key, e->key) &&
             tbc_group_open(&e->net, &o) == TBC_OK,
         "sockets");
    gate_group_init(&e->core, journal, 0, tbc_clock_utc());
}

static void
introduce(void)
{
    static struct tbc_peers list;

    for (size_t i = 0; i <= PEERS_N; i++) {
        struct tbc_peer_row *row = &list.rows[list.rows_n++];

        open_end(&ends[i], (uint8_t)(i + 1));
        memcpy(row->key, ends[i].key, sizeof row->key);
        (void)snprintf(row->address, sizeof row->address, "%s",
                       tbc_group_address(ends[i].net));
    }
    for (size_t i = 0; i <= PEERS_N; i++) {
        gate_group_enrol(&ends[i].core, &list, ends[i].key);
        for (size_t k = 0; k < PEERS_N; k++) {
            const struct tbc_peer_row *row = &ends[i].core.peers[k].row;

            must(tbc_group_put(ends[i].net, k, row->key, row->address) == TBC_OK,
                 "a peer");
        }
    }
    for (size_t i = 1; i <= PEERS_N; i++) {
        must(pthread_create(&ends[i].thread, NULL, be_peer, &ends[i]) == 0, "a thread");
    }
}

static void
say_claim(struct gate_end *e, size_t slot)
{
    static struct tbc_claim claim;
    struct tbc_buf out = { 0 };
    uint8_t id[TBC_WIRE_ID_LEN];
    enum tbc_err err;

    claim.number = e->core.claim.number;
    claim.entries[0] = e->core.claim.entry;
    claim.entries_n = 1;
    must(tbc_random(id, sizeof id) == TBC_OK &&
             tbc_wire_put_request(&out, id, TBC_OP_CLAIM, &claim) == TBC_OK,
         "a claim");
    err = tbc_group_send(e->net, slot, tbc_buf_span(&out));
    must(err == TBC_OK || err == TBC_ERR_BUSY, "a word"); /* BUSY: not connected yet */
    tbc_buf_fini(&out);
}

static void
hear(struct gate_end *e)
{
    struct tbc_group_from from;
    struct tbc_claim_reply reply;
    struct tbc_reply envelope;
    struct tbc_span bytes;

    while (tbc_group_recv(e->net, &from, &bytes) == TBC_OK) {
        if (tbc_wire_open_reply(bytes, &envelope, NULL) == TBC_OK &&
            tbc_wire_read(tbc_wire_reply_shape(TBC_OP_CLAIM), envelope.body, &reply,
                          NULL) == TBC_OK) {
            gate_group_on_claim_reply(&e->core, from.slot, &reply, tbc_clock_mono());
        }
    }
}

static struct tbc_entry
next_entry(void)
{
    struct tbc_entry entry = { .verdict = TBC_ACCEPTED_OFFLINE,
                               .at = tbc_clock_utc(),
                               .train = "G1207",
                               .depart = { tbc_clock_utc().s + 1800 } };

    must(tbc_random(entry.event, sizeof entry.event) == TBC_OK &&
             tbc_random(entry.cti, sizeof entry.cti) == TBC_OK,
         "random bytes");
    return entry;
}

/* One claim from its beginning to the last word; every peer counts as heard just now, and the
 * bound is left aside. */
static double
time_claim(struct gate_end *e, bool connecting)
{
    const struct tbc_entry entry = next_entry();
    const struct tbc_mono now = tbc_clock_mono();
    struct pollfd fd = { .fd = tbc_group_fd(e->net), .events = POLLIN };
    double from = measure_now_us();

    for (size_t i = 0; i < PEERS_N; i++) {
        gate_group_heard(&e->core, i, now);
    }
    gate_group_claim(&e->core, &entry, false, tbc_clock_utc(), now);
    for (size_t i = 0; i < PEERS_N; i++) {
        say_claim(e, i);
    }
    hear(e);
    while (e->core.claim.state == GATE_CLAIM_WAITING &&
           tbc_clock_mono().ms - now.ms < (connecting ? POLL_MS : PATIENCE)) {
        (void)poll(&fd, 1, POLL_MS);
        hear(e);
    }
    from = measure_now_us() - from;
    must(connecting || e->core.claim.state == GATE_CLAIM_FREE, "all words");
    gate_group_decided(&e->core, true);
    return from;
}

static void
connect_gates(void)
{
    const int64_t end = tbc_clock_mono().ms + PATIENCE;

    do {
        must(tbc_clock_mono().ms < end, "connections of gates");
        (void)time_claim(&ends[0], true);
    } while (ends[0].core.claim.agreed_n < PEERS_N);
}

/* ---- the bare library */

struct raw_end {
    void *router;
    void *dealer;
    pthread_t thread;
};

static struct raw_end raws[PEERS_N];

static void *
echo(void *arg)
{
    struct raw_end *r = arg;

    while (!atomic_load(&over)) {
        zmq_pollitem_t item = { .socket = r->router, .events = ZMQ_POLLIN };
        char route[64];
        char bytes[RAW_BYTES];
        int n;

        (void)zmq_poll(&item, 1, POLL_MS);
        while ((n = zmq_recv(r->router, route, sizeof route, ZMQ_DONTWAIT)) > 0) {
            (void)zmq_recv(r->router, bytes, sizeof bytes, 0);
            (void)zmq_send(r->router, route, (size_t)n, ZMQ_SNDMORE);
            (void)zmq_send(r->router, bytes, sizeof bytes, 0);
        }
    }
    return NULL;
}

static void
open_raw(void *context, struct raw_end *r)
{
    static const int one = 1;
    static const int none = 0;
    char server[2][TBC_Z85_LEN + 1];
    char client[2][TBC_Z85_LEN + 1];
    char address[TBC_ADDRESS_MAX + 1];
    size_t len = sizeof address;

    must(tbc_curve_pair(server[0], server[1]) == TBC_OK &&
             tbc_curve_pair(client[0], client[1]) == TBC_OK,
         "keys");
    r->router = zmq_socket(context, ZMQ_ROUTER);
    r->dealer = zmq_socket(context, ZMQ_DEALER);
    must(zmq_setsockopt(r->router, ZMQ_CURVE_SERVER, &one, sizeof one) == 0 &&
             zmq_setsockopt(r->router, ZMQ_CURVE_SECRETKEY, server[1],
                            sizeof server[1]) == 0 &&
             zmq_setsockopt(r->router, ZMQ_LINGER, &none, sizeof none) == 0 &&
             zmq_bind(r->router, "tcp://127.0.0.1:*") == 0 &&
             zmq_getsockopt(r->router, ZMQ_LAST_ENDPOINT, address, &len) == 0 &&
             zmq_setsockopt(r->dealer, ZMQ_CURVE_SERVERKEY, server[0],
                            sizeof server[0]) == 0 &&
             zmq_setsockopt(r->dealer, ZMQ_CURVE_PUBLICKEY, client[0],
                            sizeof client[0]) == 0 &&
             zmq_setsockopt(r->dealer, ZMQ_CURVE_SECRETKEY, client[1],
                            sizeof client[1]) == 0 &&
             zmq_setsockopt(r->dealer, ZMQ_LINGER, &none, sizeof none) == 0 &&
             zmq_connect(r->dealer, address) == 0,
         "bare sockets");
    must(pthread_create(&r->thread, NULL, echo, r) == 0, "a thread");
}

static double
time_raw(void)
{
    static const char bytes[RAW_BYTES];
    char back[RAW_BYTES];
    double from = measure_now_us();

    for (size_t i = 0; i < PEERS_N; i++) {
        must(zmq_send(raws[i].dealer, bytes, sizeof bytes, 0) >= 0, "a bare message");
    }
    for (size_t i = 0; i < PEERS_N; i++) {
        must(zmq_recv(raws[i].dealer, back, sizeof back, 0) >= 0, "a bare answer");
    }
    return measure_now_us() - from;
}

static void
run(void)
{
    static double claims[ROUNDS];
    static double bare[ROUNDS];
    void *context = zmq_ctx_new();
    double claim_us;
    double raw_us;

    introduce();
    connect_gates();
    for (size_t i = 0; i < PEERS_N; i++) {
        open_raw(context, &raws[i]);
    }
    (void)time_raw(); /* connects */
    for (size_t i = 0; i < ROUNDS; i++) {
        claims[i] = time_claim(&ends[0], false);
        bare[i] = time_raw();
    }
    claim_us = measure_quantile(claims, ROUNDS, 0.5);
    raw_us = measure_quantile(bare, ROUNDS, 0.5);
    figures_add(&figures, (struct figure){ "claim to 7 peers, median", "us", claim_us,
                                           0, FIGURE_INFO });
    figures_add(&figures, (struct figure){ "claim to 7 peers, 99 of 100", "us",
                                           measure_quantile(claims, ROUNDS, 0.99), 0,
                                           FIGURE_INFO });
    figures_add(&figures, (struct figure){ "bare messages to 7 threads, median", "us",
                                           raw_us, 0, FIGURE_INFO });
    figures_add(&figures, (struct figure){ "claim / bare messages", "",
                                           claim_us / raw_us, 2.0, FIGURE_LOWER });
    atomic_store(&over, true);
    for (size_t i = 0; i < PEERS_N; i++) {
        (void)pthread_join(ends[i + 1].thread, NULL);
        (void)pthread_join(raws[i].thread, NULL);
        (void)zmq_close(raws[i].router);
        (void)zmq_close(raws[i].dealer);
    }
    for (size_t i = 0; i <= PEERS_N; i++) {
        tbc_group_close(&ends[i].net);
    }
    (void)zmq_ctx_term(context);
}

int
main(int argc, char **argv)
{
    static const struct option options[] = { { "json", required_argument, NULL, 'j' },
                                             { 0 } };
    const char *json = NULL;
    int c;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == '?') {
            return 2;
        }
        json = optarg;
    }
    run();
    if (json != NULL && !figures_write(&figures, json)) {
        fputs("bench_group: could not write\n", stderr);
        return 3;
    }
    return figures_are_met(&figures) ? 0 : 1;
}
