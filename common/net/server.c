#include "net/server.h"

#include "crypto/seal.h"
#include "net/client.h"
#include "net/door.h"
#include "sys/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE_PEER 64
#define QUEUE_FEED 256
#define OTHERS_MAX 8
#define REBIND_MS  5 /* between two tries: the old listener closes in another thread */

struct tbc_server {
    void *context;
    struct tbc_door door;
    void *front;
    void *feed;
    zmq_msg_t message;
    char front_address[TBC_ADDRESS_MAX + 1];
    char feed_address[TBC_ADDRESS_MAX + 1];
    char secret[TBC_Z85_LEN + 1]; /* while there is a feed to be bound again */
    bool feed_failed;             /* said once */
    uint64_t dropped;             /* messages */
};

static const struct tbc_socket_option for_front[] = {
    { ZMQ_ROUTER_MANDATORY, 1 },
    { ZMQ_SNDHWM, QUEUE_PEER },
    { ZMQ_RCVHWM, QUEUE_PEER },
};

static const struct tbc_socket_option for_feed[] = {
    { ZMQ_SNDHWM, QUEUE_FEED },
    { ZMQ_XPUB_VERBOSE, 0 },
};

/* ERR_EXISTS: the address is in use, perhaps by the feed before this one. */
static enum tbc_err
open_feed(struct tbc_server *s, const char *address)
{
    char real[TBC_ADDRESS_MAX + 1];
    enum tbc_err err = TBC_ERR_NETWORK;

    s->feed = tbc_socket_open(s->context, ZMQ_XPUB);
    if (s->feed != NULL &&
        tbc_socket_set(s->feed, for_feed, sizeof for_feed / sizeof *for_feed)) {
        err = tbc_door_bind(s->feed, s->secret, address, TBC_WIRE_REQUEST_MAX, real);
    }
    if (err == TBC_OK) {
        memcpy(s->feed_address, real, sizeof real);
    } else if (s->feed != NULL) {
        (void)zmq_close(s->feed);
        s->feed = NULL;
    }
    return err;
}

static enum tbc_err
in_use(enum tbc_err err, const char *address)
{
    return err == TBC_ERR_EXISTS
               ? tbc_log_err(err, "%s: another program listens there already", address)
               : err;
}

static enum tbc_err
open_sockets(struct tbc_server *s, const struct tbc_server_options *o)
{
    enum tbc_err err;

    s->context = zmq_ctx_new();
    /* The handler stands before the doors open. */
    if (s->context == NULL ||
        tbc_door_open(&s->door, s->context, o->admit, o->arg) != TBC_OK ||
        (s->front = tbc_socket_open(s->context, ZMQ_ROUTER)) == NULL ||
        !tbc_socket_set(s->front, for_front, sizeof for_front / sizeof *for_front)) {
        return tbc_log_err(TBC_ERR_NETWORK, "sockets: %s", zmq_strerror(errno));
    }
    if ((err = tbc_door_bind(s->front, o->secret, o->front, TBC_WIRE_HEARD_MAX,
                             s->front_address)) != TBC_OK) {
        return in_use(err, o->front);
    }
    return in_use(open_feed(s, o->feed), o->feed);
}

enum tbc_err
tbc_server_open(struct tbc_server **server, const struct tbc_server_options *options)
{
    struct tbc_server *s;
    uint8_t key[32];
    enum tbc_err err;

    *server = NULL;
    if (!tbc_z85_decode(options->secret, key)) {
        return tbc_log_err(TBC_ERR_MALFORMED, "the server's CURVE key");
    }
    tbc_wipe(key, sizeof key);
    if ((s = calloc(1, sizeof *s)) == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    (void)zmq_msg_init(&s->message);
    memcpy(s->secret, options->secret, sizeof s->secret);
    if ((err = open_sockets(s, options)) != TBC_OK) {
        tbc_server_close(&s);
        return err;
    }
    *server = s;
    return TBC_OK;
}

void
tbc_server_close(struct tbc_server **server)
{
    struct tbc_server *s = *server;

    *server = NULL;
    if (s == NULL) {
        return;
    }
    (void)zmq_msg_close(&s->message);
    if (s->front != NULL) {
        (void)zmq_close(s->front);
    }
    if (s->feed != NULL) {
        (void)zmq_close(s->feed);
    }
    tbc_door_close(&s->door);
    if (s->context != NULL) {
        (void)zmq_ctx_term(s->context);
    }
    tbc_wipe(s->secret, sizeof s->secret);
    free(s);
}

const char *
tbc_server_front(const struct tbc_server *server)
{
    return server->front_address;
}

const char *
tbc_server_feed(const struct tbc_server *server)
{
    return server->feed_address;
}

uint64_t
tbc_server_refused(const struct tbc_server *server)
{
    return server->door.refused + server->dropped;
}

/* What is still queued for those who are put out is dropped with them. */
void
tbc_server_renew_feed(struct tbc_server *server)
{
    const struct tbc_socket_option at_once = { ZMQ_LINGER, 0 };

    if (server->feed != NULL) {
        (void)tbc_socket_set(server->feed, &at_once, 1);
        (void)zmq_close(server->feed);
        server->feed = NULL;
    }
}

static void
reopen_feed(struct tbc_server *s)
{
    enum tbc_err err = open_feed(s, s->feed_address);

    if (err != TBC_OK && err != TBC_ERR_EXISTS && !s->feed_failed) {
        tbc_log(TBC_LOG_ERROR, "the feed is gone: %s; it is tried again",
                tbc_err_text(err));
    }
    s->feed_failed = err != TBC_OK && err != TBC_ERR_EXISTS;
}

/* Subscriptions arrive as messages on the feed; nothing hangs on them. */
static void
drain_feed(struct tbc_server *s)
{
    zmq_msg_t frame;
    int n;

    if (s->feed == NULL) {
        reopen_feed(s);
        return;
    }
    (void)zmq_msg_init(&frame);
    do {
        n = zmq_msg_recv(&frame, s->feed, ZMQ_DONTWAIT);
    } while (n >= 0);
    (void)zmq_msg_close(&frame);
}

enum tbc_err
tbc_server_wait(struct tbc_server *server, struct pollfd *others, size_t n,
                int timeout_ms)
{
    zmq_pollitem_t items[3 + OTHERS_MAX] = {
        { .socket = server->door.zap, .events = ZMQ_POLLIN },
        { .socket = server->front, .events = ZMQ_POLLIN },
        { .socket = server->feed, .events = ZMQ_POLLIN, .fd = -1 },
    };

    if (server->feed == NULL) {
        items[2].events = 0;
        timeout_ms = timeout_ms < 0 || timeout_ms > REBIND_MS ? REBIND_MS : timeout_ms;
    }

    if (n > OTHERS_MAX) {
        return TBC_ERR_LIMIT;
    }
    for (size_t i = 0; i < n; i++) {
        items[3 + i] =
            (zmq_pollitem_t){ .fd = others[i].fd, .events = others[i].events };
        others[i].revents = 0;
    }
    if (zmq_poll(items, (int)(3 + n), timeout_ms) < 0) {
        return errno == EINTR ? TBC_OK : TBC_ERR_NETWORK;
    }
    for (size_t i = 0; i < n; i++) {
        others[i].revents = items[3 + i].revents;
    }
    tbc_door_answer(&server->door);
    drain_feed(server);
    return TBC_OK;
}

static bool
take_route(struct tbc_peer *peer, zmq_msg_t *message)
{
    size_t len = zmq_msg_size(message);

    if (len == 0 || len > sizeof peer->route) {
        return false;
    }
    memcpy(peer->route, zmq_msg_data(message), len);
    peer->route_len = len;
    return true;
}

/* The frames of a message that still follow are of no use to anybody. */
static void
drop_rest(struct tbc_server *s)
{
    zmq_msg_t frame;

    if (zmq_msg_more(&s->message) != 0 && zmq_msg_init(&frame) == 0) {
        if (zmq_msg_recv(&frame, s->front, ZMQ_DONTWAIT) >= 0) {
            tbc_socket_drop_rest(s->front, &frame);
        }
        (void)zmq_msg_close(&frame);
    }
}

enum tbc_err
tbc_server_recv(struct tbc_server *server, struct tbc_peer *peer,
                struct tbc_span *bytes)
{
    zmq_msg_t *m = &server->message;

    for (;;) {
        bool ours;
        bool single;

        *peer = (struct tbc_peer){ 0 };
        *bytes = (struct tbc_span){ 0 };
        if (zmq_msg_recv(m, server->front, ZMQ_DONTWAIT) < 0) {
            return errno == EAGAIN || errno == EINTR ? TBC_ERR_BUSY : TBC_ERR_NETWORK;
        }
        ours = take_route(peer, m) && zmq_msg_more(m) != 0 &&
               zmq_msg_recv(m, server->front, ZMQ_DONTWAIT) >= 0 &&
               tbc_door_key(m, peer->key);
        single = zmq_msg_more(m) == 0;
        drop_rest(server);
        if (ours && server->door.admit(server->door.arg, peer->key)) {
            *bytes = tbc_span_of(zmq_msg_data(m), zmq_msg_size(m));
            if (!single) {
                return TBC_ERR_MALFORMED;
            }
            return bytes->len <= TBC_WIRE_REQUEST_MAX ? TBC_OK : TBC_ERR_LIMIT;
        }
        server->dropped++;
    }
}

enum tbc_err
tbc_server_send(struct tbc_server *server, const struct tbc_peer *peer,
                struct tbc_span bytes)
{
    if (zmq_send(server->front, peer->route, peer->route_len,
                 ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0 ||
        zmq_send(server->front, bytes.ptr, bytes.len, ZMQ_DONTWAIT) < 0) {
        switch (errno) {
        case EAGAIN:
            return TBC_ERR_BUSY;
        case EHOSTUNREACH:
            return TBC_ERR_NOT_FOUND;
        default:
            return TBC_ERR_NETWORK;
        }
    }
    return TBC_OK;
}

static const char *
topic_of(enum tbc_notice_kind kind)
{
    switch (kind) {
    case TBC_NOTICE_STATUS:
        return "STATUS";
    case TBC_NOTICE_TRUST:
        return "TRUST";
    case TBC_NOTICE_MANIFEST:
        return "MANIFEST";
    case TBC_NOTICE_BEAT:
        return "BEAT";
    case TBC_NOTICE_CHECKPOINT:
        return "CHECKPOINT";
    case TBC_NOTICE_DELTA:
        return "DELTA";
    }
    return "";
}

enum tbc_err
tbc_server_publish(struct tbc_server *server, const struct tbc_notice *notice)
{
    const char *topic = topic_of(notice->kind);
    struct tbc_buf out = { 0 };
    enum tbc_err err;

    if (server->feed == NULL) {
        return TBC_OK;
    }
    err = tbc_wire_put_notice(&out, notice);

    if (err == TBC_OK &&
        (zmq_send(server->feed, topic, strlen(topic), ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0 ||
         zmq_send(server->feed, out.ptr, out.len, ZMQ_DONTWAIT) < 0)) {
        err = errno == EAGAIN ? TBC_ERR_BUSY : TBC_ERR_NETWORK;
    }
    tbc_buf_fini(&out);
    return err;
}
