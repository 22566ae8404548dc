#include "net/server.h"

#include "net/client.h"
#include "net/socket.h"
#include "sys/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* libzmq 4.3.4 lets everybody in when no handler answers, unless this is set; its header hides
 * the name behind its drafts. */
#define ZAP_ENFORCE_DOMAIN 93

#define ZAP_ADDRESS "inproc://zeromq.zap.01"
#define ZAP_DOMAIN  "tbc"
#define ZAP_FRAMES \
    7 /* version, request id, domain, address, identity, mechanism, key */
#define QUEUE_PEER 64
#define QUEUE_FEED 256
#define OTHERS_MAX 8
#define BACKLOG    512
#define REBIND_MS  5 /* between two tries: the old listener closes in another thread */

struct tbc_server {
    void *context;
    void *zap;
    void *front;
    void *feed;
    tbc_server_admit admit;
    void *arg;
    zmq_msg_t message;
    char front_address[TBC_ADDRESS_MAX + 1];
    char feed_address[TBC_ADDRESS_MAX + 1];
    char secret[TBC_Z85_LEN + 1]; /* while there is a feed to be bound again */
    bool feed_failed;             /* said once */
    uint64_t refused;
};

static const struct tbc_socket_option both[] = {
    { ZMQ_LINGER, 500 },
    { ZMQ_BACKLOG, BACKLOG },
    { ZMQ_CURVE_SERVER, 1 },
    { ZAP_ENFORCE_DOMAIN, 1 },
    { ZMQ_HANDSHAKE_IVL, TBC_SOCKET_HANDSHAKE_MS },
    { ZMQ_HEARTBEAT_IVL, TBC_SOCKET_BEAT_MS },
    { ZMQ_HEARTBEAT_TIMEOUT, TBC_SOCKET_SILENCE_MS },
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

/* Secure a socket and bind it.  real gets the address with the port that was picked.  What is
 * wrong is logged, but for ERR_EXISTS. */
static enum tbc_err
bind_to(void *s, const char *secret, const char *address,
        char real[static TBC_ADDRESS_MAX + 1])
{
    const struct tbc_socket_option v6 = { ZMQ_IPV6, strchr(address, '[') != NULL };
    size_t len = TBC_ADDRESS_MAX + 1;

    if (!tbc_address_is_valid(address)) {
        return tbc_log_err(TBC_ERR_MALFORMED,
                           "%s: not an address of the form tcp://HOST:PORT", address);
    }
    if (s == NULL || !tbc_socket_set(s, &v6, 1) ||
        !tbc_socket_set(s, both, sizeof both / sizeof *both) ||
        !tbc_socket_limit(s, TBC_WIRE_REQUEST_MAX) ||
        zmq_setsockopt(s, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN, strlen(ZAP_DOMAIN)) != 0 ||
        zmq_setsockopt(s, ZMQ_CURVE_SECRETKEY, secret, TBC_Z85_LEN + 1) != 0) {
        return tbc_log_err(TBC_ERR_NETWORK, "%s: %s", address, zmq_strerror(errno));
    }
    if (zmq_bind(s, address) != 0) {
        int number = errno;

        if (number == EADDRINUSE) {
            return TBC_ERR_EXISTS;
        }
        tbc_log(TBC_LOG_ERROR, "%s: %s", address, zmq_strerror(number));
        switch (number) {
        case EINVAL:
        case EPROTONOSUPPORT:
        case ENOCOMPATPROTO:
            return TBC_ERR_MALFORMED;
        default:
            return TBC_ERR_NETWORK;
        }
    }
    return zmq_getsockopt(s, ZMQ_LAST_ENDPOINT, real, &len) == 0 ? TBC_OK
                                                                 : TBC_ERR_NETWORK;
}

/* ERR_EXISTS: the address is in use, perhaps by the feed before this one. */
static enum tbc_err
open_feed(struct tbc_server *s, const char *address)
{
    char real[TBC_ADDRESS_MAX + 1];
    enum tbc_err err = TBC_ERR_NETWORK;

    s->feed = zmq_socket(s->context, ZMQ_XPUB);
    if (s->feed != NULL &&
        tbc_socket_set(s->feed, for_feed, sizeof for_feed / sizeof *for_feed)) {
        err = bind_to(s->feed, s->secret, address, real);
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
    if (s->context == NULL || (s->zap = zmq_socket(s->context, ZMQ_REP)) == NULL ||
        zmq_bind(s->zap, ZAP_ADDRESS) != 0 ||
        (s->front = zmq_socket(s->context, ZMQ_ROUTER)) == NULL ||
        !tbc_socket_set(s->front, for_front, sizeof for_front / sizeof *for_front)) {
        return tbc_log_err(TBC_ERR_NETWORK, "sockets: %s", zmq_strerror(errno));
    }
    if ((err = bind_to(s->front, o->secret, o->front, s->front_address)) != TBC_OK) {
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
    s->admit = options->admit;
    s->arg = options->arg;
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
    if (s->zap != NULL) {
        (void)zmq_close(s->zap);
    }
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
    return server->refused;
}

/* One request to the handler (ZeroMQ RFC 27). */
struct zap_request {
    char id[64];
    size_t id_len;
    uint8_t key[32];
    bool is_curve; /* seven frames, mechanism CURVE, our domain, a key of 32 bytes */
};

static void
take_zap_frame(struct zap_request *z, size_t i, zmq_msg_t *frame)
{
    struct tbc_span s = tbc_span_of(zmq_msg_data(frame), zmq_msg_size(frame));

    switch (i) {
    case 1:
        z->id_len = s.len < sizeof z->id ? s.len : sizeof z->id;
        memcpy(z->id, s.ptr, z->id_len);
        break;
    case 2:
        z->is_curve = tbc_span_equal(s, tbc_span_str(ZAP_DOMAIN));
        break;
    case 5:
        z->is_curve = z->is_curve && tbc_span_equal(s, tbc_span_str("CURVE"));
        break;
    case 6:
        z->is_curve = z->is_curve && s.len == sizeof z->key;
        memcpy(z->key, s.ptr, s.len < sizeof z->key ? s.len : sizeof z->key);
        break;
    default:
        break;
    }
}

static bool
read_zap(struct tbc_server *s, struct zap_request *z)
{
    zmq_msg_t frame;
    size_t n = 0;
    bool more = true;

    *z = (struct zap_request){ 0 };
    (void)zmq_msg_init(&frame);
    while (more && zmq_msg_recv(&frame, s->zap, ZMQ_DONTWAIT) >= 0) {
        take_zap_frame(z, n++, &frame);
        more = zmq_msg_more(&frame) != 0;
    }
    (void)zmq_msg_close(&frame);
    z->is_curve = z->is_curve && n == ZAP_FRAMES;
    return n > 0;
}

static void
answer_zap(struct tbc_server *s, const struct zap_request *z)
{
    char user[TBC_Z85_LEN + 1] = "";
    bool in = z->is_curve && s->admit(s->arg, z->key) && tbc_z85_encode(z->key, user);
    const struct tbc_span frames[] = {
        tbc_span_str("1.0"),
        tbc_span_of(z->id, z->id_len),
        tbc_span_str(in ? "200" : "400"),
        tbc_span_str(in ? "OK" : "unknown or revoked key"),
        tbc_span_str(in ? user : ""),
        tbc_span_str(""),
    };
    const size_t n = sizeof frames / sizeof *frames;

    s->refused += in ? 0 : 1;
    for (size_t i = 0; i < n; i++) {
        if (zmq_send(s->zap, frames[i].ptr, frames[i].len,
                     i + 1 < n ? ZMQ_SNDMORE : 0) < 0) {
            tbc_log(TBC_LOG_WARN, "handshake: %s", zmq_strerror(errno));
            return;
        }
    }
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
        { .socket = server->zap, .events = ZMQ_POLLIN },
        { .socket = server->front, .events = ZMQ_POLLIN },
        { .socket = server->feed, .events = ZMQ_POLLIN, .fd = -1 },
    };
    struct zap_request z;

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
    while (read_zap(server, &z)) {
        answer_zap(server, &z);
    }
    drain_feed(server);
    return TBC_OK;
}

/* The key of the session that the message came in by, as the handshake established it. */
static bool
take_key(zmq_msg_t *message, uint8_t key[static 32])
{
    const char *user = zmq_msg_gets(message, "User-Id");

    return user != NULL && tbc_z85_decode(user, key);
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

enum tbc_err
tbc_server_recv(struct tbc_server *server, struct tbc_peer *peer,
                struct tbc_span *bytes)
{
    zmq_msg_t *m = &server->message;

    for (;;) {
        bool ours;

        *peer = (struct tbc_peer){ 0 };
        *bytes = (struct tbc_span){ 0 };
        if (zmq_msg_recv(m, server->front, ZMQ_DONTWAIT) < 0) {
            return errno == EAGAIN || errno == EINTR ? TBC_ERR_BUSY : TBC_ERR_NETWORK;
        }
        ours = take_route(peer, m) && zmq_msg_more(m) != 0 &&
               zmq_msg_recv(m, server->front, ZMQ_DONTWAIT) >= 0 &&
               zmq_msg_more(m) == 0 && take_key(m, peer->key);
        tbc_socket_drop_rest(server->front, m);
        if (ours && server->admit(server->arg, peer->key)) {
            *bytes = tbc_span_of(zmq_msg_data(m), zmq_msg_size(m));
            return TBC_OK;
        }
        server->refused++;
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
