#include "station_fake.h"

#include "net/client.h"
#include "net/server.h"
#include "sys/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CERTIFICATE_LEN 240

struct station_fake {
    struct tbc_server *server;
    struct station_fake_plan plan;
    struct station_fake_tally tally;
    uint8_t last_issue[TBC_WIRE_ID_LEN];
    pthread_t thread;
    atomic_bool stop;
    /* Large messages of the one thread. */
    struct tbc_apply apply;
    struct tbc_apply_reply applied;
    struct tbc_hello_reply hello;
};

static bool
admit(void *arg, const uint8_t key[static 32])
{
    (void)arg;
    (void)key;
    return true;
}

static const void *
answer_hello(struct station_fake *s)
{
    s->tally.hello_n++;
    s->hello = (struct tbc_hello_reply){ .station = "YZN",
                                         .station_zh = "云州南",
                                         .station_en = "Yunzhou South",
                                         .device = "kiosk-1",
                                         .role = TBC_ROLE_KIOSK,
                                         .now = tbc_clock_utc(),
                                         .policy = tbc_policy_default };
    return &s->hello;
}

static const void *
answer_apply(struct station_fake *s, const struct tbc_request *request,
             enum tbc_code *code)
{
    static struct tbc_problem problem;
    struct tbc_trip *trip = &s->applied.trips[0];

    *code = TBC_CODE_BAD_REQUEST;
    s->tally.apply_n++;
    if (tbc_wire_read(tbc_wire_request_shape(TBC_OP_APPLY), request->body, &s->apply,
                      NULL) != TBC_OK) {
        return NULL;
    }
    s->tally.frames_n = s->apply.frames_n;
    s->tally.assurance = s->apply.assurance;
    memcpy(s->tally.number, s->apply.number, sizeof s->tally.number);
    memcpy(s->tally.language, s->apply.language, sizeof s->tally.language);
    *code = s->plan.apply_code;
    if (*code != TBC_CODE_FINE) {
        problem = (struct tbc_problem){ .score = s->plan.score, .tries_left = 9 };
        return &problem;
    }
    s->applied = (struct tbc_apply_reply){ .handle = { 7 },
                                           .expires = { tbc_clock_utc().s + 120 },
                                           .name = "林*禾",
                                           .latin = "Lin * He",
                                           .number = "1101**********002X",
                                           .score = s->plan.score,
                                           .quota_left = 5,
                                           .trips_n = 1 };
    *trip = (struct tbc_trip){ .train = "G1207",
                               .from = "YZN",
                               .to = "QYB",
                               .from_zh = "云州南",
                               .from_en = "Yunzhou South",
                               .to_zh = "青屿北",
                               .to_en = "Qingyu North",
                               .seat = "05-12F",
                               .platform = "6",
                               .depart = { tbc_clock_utc().s + 1500 } };
    return &s->applied;
}

static const void *
answer_issue(struct station_fake *s, const struct tbc_request *request)
{
    static uint8_t bytes[CERTIFICATE_LEN];
    static struct tbc_issue_reply reply;

    if (memcmp(s->last_issue, request->id, sizeof s->last_issue) != 0) {
        s->tally.issue_ids_n++;
        memcpy(s->last_issue, request->id, sizeof s->last_issue);
    }
    memset(bytes, 0x5a, sizeof bytes);
    reply = (struct tbc_issue_reply){ .certificate = { bytes, sizeof bytes },
                                      .cti = { 1 },
                                      .issued = tbc_clock_utc(),
                                      .expires = { tbc_clock_utc().s + TBC_DAY_S } };
    return &reply;
}

static void
answer(struct station_fake *s, const struct tbc_peer *peer, struct tbc_span bytes)
{
    struct tbc_request request;
    struct tbc_buf out = { 0 };
    enum tbc_code code = TBC_CODE_FINE;
    const void *msg = NULL;

    if (tbc_wire_open_request(bytes, &request, NULL) != TBC_OK) {
        return;
    }
    s->tally.issue_n += request.op == TBC_OP_ISSUE;
    if (request.op == TBC_OP_HELLO) {
        msg = answer_hello(s);
    } else if (request.op == TBC_OP_APPLY) {
        msg = answer_apply(s, &request, &code);
    } else if (request.op == TBC_OP_ISSUE) {
        msg = answer_issue(s, &request);
    }
    if (tbc_op_mutates(request.op) && s->plan.deaf > 0) {
        s->plan.deaf--;
        return;
    }
    if (tbc_wire_put_reply(&out, &request, code, msg) != TBC_OK ||
        tbc_server_send(s->server, peer, tbc_buf_span(&out)) != TBC_OK) {
        (void)fprintf(stderr, "station_fake: a reply could not be sent\n");
    }
    tbc_buf_fini(&out);
}

static void *
serve(void *arg)
{
    struct station_fake *s = arg;

    while (!atomic_load(&s->stop)) {
        struct tbc_peer peer;
        struct tbc_span bytes;

        if (tbc_server_wait(s->server, NULL, 0, 20) != TBC_OK) {
            break;
        }
        while (tbc_server_recv(s->server, &peer, &bytes) == TBC_OK) {
            if (!s->plan.away) {
                answer(s, &peer, bytes);
            }
        }
    }
    return NULL;
}

struct station_fake *
station_fake_raise(const struct station_fake_plan *plan, struct tbc_device_file *device)
{
    struct station_fake *s = calloc(1, sizeof *s);
    char secret[TBC_Z85_LEN + 1];
    struct tbc_server_options options = { .front = "tcp://127.0.0.1:*",
                                          .feed = "tcp://127.0.0.1:*",
                                          .secret = secret,
                                          .admit = admit };

    *device =
        (struct tbc_device_file){ .name = "kiosk-1", .role = "kiosk", .root = "a0" };
    if (s == NULL) {
        return NULL;
    }
    s->plan = *plan;
    if (tbc_curve_pair(device->station_key, secret) != TBC_OK ||
        tbc_curve_pair(device->public_key, device->secret_key) != TBC_OK ||
        tbc_server_open(&s->server, &options) != TBC_OK) {
        free(s);
        return NULL;
    }
    (void)snprintf(device->front, sizeof device->front, "%s",
                   tbc_server_front(s->server));
    (void)snprintf(device->feed, sizeof device->feed, "%s", tbc_server_feed(s->server));
    if (pthread_create(&s->thread, NULL, serve, s) != 0) {
        tbc_server_close(&s->server);
        free(s);
        return NULL;
    }
    return s;
}

struct station_fake_tally
station_fake_strike(struct station_fake **station)
{
    struct station_fake *s = *station;
    struct station_fake_tally tally;

    atomic_store(&s->stop, true);
    (void)pthread_join(s->thread, NULL);
    tally = s->tally;
    tbc_server_close(&s->server);
    free(s);
    *station = NULL;
    return tally;
}
