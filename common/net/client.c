#include "net/client.h"

#include "crypto/seal.h"
#include "net/socket.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE_REQUESTS   64
#define QUEUE_NOTICES    256
#define RECONNECT_MS     100
#define RECONNECT_MAX_MS 2000
#define WATCH            "inproc://watch"

struct tbc_client {
    void *context;
    void *front; /* DEALER */
    void *feed;  /* SUB; NULL without one */
    void *watch; /* PAIR: what the front's handshake came to */
    zmq_msg_t reply;
    zmq_msg_t notice;
    bool denied;      /* the station refuses this key */
    uint64_t foreign; /* messages that were none of ours */
};

static const struct tbc_socket_option both[] = {
    { ZMQ_LINGER, 0 },
    { ZMQ_RECONNECT_IVL, RECONNECT_MS },
    { ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS },
    { ZMQ_HANDSHAKE_IVL, TBC_SOCKET_HANDSHAKE_MS },
    { ZMQ_HEARTBEAT_IVL, TBC_SOCKET_BEAT_MS },
    { ZMQ_HEARTBEAT_TIMEOUT, TBC_SOCKET_SILENCE_MS },
};

/* Z85 texts of 41 bytes are keys for ZeroMQ. */
static bool
set_curve(void *socket, const struct tbc_device_file *d)
{
    uint8_t key[32];
    bool ok = tbc_z85_decode(d->station_key, key) &&
              tbc_z85_decode(d->public_key, key) && tbc_z85_decode(d->secret_key, key);

    tbc_wipe(key, sizeof key);
    return ok &&
           zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, d->station_key,
                          sizeof d->station_key) == 0 &&
           zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, d->public_key,
                          sizeof d->public_key) == 0 &&
           zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, d->secret_key,
                          sizeof d->secret_key) == 0;
}

/* A connected socket of the type; NULL with *err set. */
static void *
connect_to(struct tbc_client *c, int type, int queue, const struct tbc_device_file *d,
           enum tbc_err *err)
{
    const char *address = type == ZMQ_SUB ? d->feed : d->front;
    const struct tbc_socket_option own[] = {
        { ZMQ_SNDHWM, QUEUE_REQUESTS },
        { ZMQ_RCVHWM, queue },
        { ZMQ_IPV6, strchr(address, '[') != NULL },
    };
    void *s = tbc_socket_open(c->context, type);

    *err = TBC_ERR_NETWORK;
    if (s == NULL || !tbc_socket_set(s, both, sizeof both / sizeof *both) ||
        !tbc_socket_set(s, own, sizeof own / sizeof *own) ||
        !tbc_socket_limit(s, TBC_WIRE_REPLY_MAX) ||
        (type == ZMQ_SUB && zmq_setsockopt(s, ZMQ_SUBSCRIBE, "", 0) != 0)) {
        goto fail;
    }
    *err = TBC_ERR_MALFORMED;
    if (!set_curve(s, d)) {
        tbc_log(TBC_LOG_ERROR, "%s: a CURVE key of this device is malformed", d->name);
        goto fail;
    }
    if (type == ZMQ_DEALER &&
        (zmq_socket_monitor(s, WATCH,
                            ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                                ZMQ_EVENT_HANDSHAKE_SUCCEEDED) != 0 ||
         (c->watch = tbc_socket_open(c->context, ZMQ_PAIR)) == NULL ||
         zmq_connect(c->watch, WATCH) != 0)) {
        *err = TBC_ERR_NETWORK;
        goto fail;
    }
    if (!tbc_address_is_valid(address) || zmq_connect(s, address) != 0) {
        tbc_log(TBC_LOG_ERROR, "%s: not an address of the form tcp://HOST:PORT",
                address);
        goto fail;
    }
    *err = TBC_OK;
    return s;
fail:
    if (s != NULL) {
        (void)zmq_close(s);
    }
    return NULL;
}

enum tbc_err
tbc_client_open(struct tbc_client **client, const struct tbc_device_file *device,
                bool with_feed)
{
    struct tbc_client *c = calloc(1, sizeof *c);
    enum tbc_err err;

    *client = NULL;
    if (c == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    (void)zmq_msg_init(&c->reply);
    (void)zmq_msg_init(&c->notice);
    if ((c->context = zmq_ctx_new()) == NULL) {
        tbc_client_close(&c);
        return TBC_ERR_NO_MEMORY;
    }
    c->front = connect_to(c, ZMQ_DEALER, QUEUE_REQUESTS, device, &err);
    if (err == TBC_OK && with_feed) {
        c->feed = connect_to(c, ZMQ_SUB, QUEUE_NOTICES, device, &err);
    }
    if (err != TBC_OK) {
        tbc_client_close(&c);
        return err;
    }
    *client = c;
    return TBC_OK;
}

static void
close_socket(void *socket)
{
    if (socket != NULL) {
        (void)zmq_close(socket);
    }
}

void
tbc_client_close(struct tbc_client **client)
{
    struct tbc_client *c = *client;

    *client = NULL;
    if (c == NULL) {
        return;
    }
    (void)zmq_msg_close(&c->reply);
    (void)zmq_msg_close(&c->notice);
    if (c->front != NULL) {
        (void)zmq_socket_monitor(c->front, NULL, 0);
    }
    close_socket(c->front);
    close_socket(c->feed);
    close_socket(c->watch);
    if (c->context != NULL) {
        (void)zmq_ctx_term(c->context);
    }
    free(c);
}

enum tbc_err
tbc_client_send(struct tbc_client *client, const uint8_t id[static TBC_WIRE_ID_LEN],
                enum tbc_op op, const void *msg)
{
    struct tbc_buf out = { 0 };
    enum tbc_err err = tbc_wire_put_request(&out, id, op, msg);

    if (err == TBC_OK && out.len > TBC_WIRE_REQUEST_MAX) {
        err = TBC_ERR_LIMIT;
    }
    if (err == TBC_OK && zmq_send(client->front, out.ptr, out.len, ZMQ_DONTWAIT) < 0) {
        err = errno == EAGAIN ? TBC_ERR_BUSY : TBC_ERR_NETWORK;
    }
    tbc_buf_fini(&out);
    return err;
}

static struct tbc_span
msg_span(zmq_msg_t *msg)
{
    return tbc_span_of(zmq_msg_data(msg), zmq_msg_size(msg));
}

enum tbc_err
tbc_client_recv(struct tbc_client *client, struct tbc_reply *reply)
{
    *reply = (struct tbc_reply){ 0 };
    for (;;) {
        bool single;

        if (zmq_msg_recv(&client->reply, client->front, ZMQ_DONTWAIT) < 0) {
            return errno == EAGAIN || errno == EINTR ? TBC_ERR_BUSY : TBC_ERR_NETWORK;
        }
        single = zmq_msg_more(&client->reply) == 0;
        tbc_socket_drop_rest(client->front, &client->reply);
        if (single &&
            tbc_wire_open_reply(msg_span(&client->reply), reply, NULL) == TBC_OK) {
            return TBC_OK;
        }
        client->foreign++;
    }
}

enum tbc_err
tbc_client_notice(struct tbc_client *client, struct tbc_notice *notice)
{
    *notice = (struct tbc_notice){ 0 };
    if (client->feed == NULL) {
        return TBC_ERR_BUSY;
    }
    for (;;) {
        bool has_body;

        if (zmq_msg_recv(&client->notice, client->feed, ZMQ_DONTWAIT) < 0) {
            return errno == EAGAIN || errno == EINTR ? TBC_ERR_BUSY : TBC_ERR_NETWORK;
        }
        has_body = zmq_msg_more(&client->notice) != 0 &&
                   zmq_msg_recv(&client->notice, client->feed, ZMQ_DONTWAIT) >= 0 &&
                   zmq_msg_more(&client->notice) == 0;
        tbc_socket_drop_rest(client->feed, &client->notice);
        if (has_body &&
            tbc_wire_open_notice(msg_span(&client->notice), notice, NULL) == TBC_OK) {
            return TBC_OK;
        }
        client->foreign++;
    }
}

static int
fd_of(void *socket)
{
    int fd = -1;
    size_t len = sizeof fd;

    if (socket == NULL || zmq_getsockopt(socket, ZMQ_FD, &fd, &len) != 0) {
        return -1;
    }
    return fd;
}

void
tbc_client_fds(struct tbc_client *client, int *front, int *feed)
{
    *front = fd_of(client->front);
    *feed = fd_of(client->feed);
}

/* What the handshakes came to; a monitor's message is a number of 16 bits and one of 32. */
static void
hear_watch(struct tbc_client *c)
{
    zmq_msg_t event;
    uint16_t number = 0;

    (void)zmq_msg_init(&event);
    while (zmq_msg_recv(&event, c->watch, ZMQ_DONTWAIT) >= 0) {
        if (zmq_msg_size(&event) >= sizeof number) {
            memcpy(&number, zmq_msg_data(&event), sizeof number);
            c->denied = number == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;
        }
        tbc_socket_drop_rest(c->watch, &event);
    }
    (void)zmq_msg_close(&event);
}

enum tbc_err
tbc_client_call(struct tbc_client *client, enum tbc_op op, const void *msg,
                int timeout_ms, struct tbc_reply *reply)
{
    const int64_t end = tbc_clock_mono().ms + timeout_ms;
    uint8_t id[TBC_WIRE_ID_LEN];
    enum tbc_err err;

    *reply = (struct tbc_reply){ 0 };
    client->denied = false;
    if ((err = tbc_random(id, sizeof id)) != TBC_OK ||
        (err = tbc_client_send(client, id, op, msg)) != TBC_OK) {
        return err;
    }
    for (;;) {
        zmq_pollitem_t items[] = {
            { .socket = client->front, .events = ZMQ_POLLIN },
            { .socket = client->watch, .events = ZMQ_POLLIN },
        };
        int64_t left = end - tbc_clock_mono().ms;

        err = tbc_client_recv(client, reply);
        if (err == TBC_OK && memcmp(reply->id, id, sizeof id) == 0) {
            return TBC_OK;
        }
        if (err != TBC_OK && err != TBC_ERR_BUSY) {
            return err;
        }
        hear_watch(client);
        if (client->denied || left <= 0) {
            *reply = (struct tbc_reply){ 0 };
            return client->denied ? TBC_ERR_DENIED : TBC_ERR_TIMEOUT;
        }
        if (err == TBC_ERR_BUSY) {
            (void)zmq_poll(items, 2, (long)left);
        }
    }
}
