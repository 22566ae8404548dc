#include "net/group.h"

#include "crypto/seal.h"
#include "net/client.h"
#include "net/door.h"
#include "sys/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define QUEUE            64
#define RECONNECT_MS     100
#define RECONNECT_MAX_MS 1000

struct tbc_group_peer {
    uint8_t key[32];
    char address[TBC_ADDRESS_MAX + 1];
    void *dealer;           /* NULL: the slot is free */
    bool has_route;         /* it was heard on the router ... */
    bool called_last;       /* ... but later on the dealer */
    struct tbc_peer router; /* where */
};

struct tbc_group {
    void *context;
    struct tbc_door door;
    void *router;
    int epoll; /* of all sockets' descriptors */
    struct tbc_group_peer peers[TBC_GROUP_MAX];
    size_t next; /* the dealer whose turn it is */
    zmq_msg_t message;
    char address[TBC_ADDRESS_MAX + 1];
    char public_key[TBC_Z85_LEN + 1];
    char secret_key[TBC_Z85_LEN + 1];
    uint64_t dropped;
};

static const struct tbc_socket_option for_router[] = {
    { ZMQ_ROUTER_MANDATORY, 1 },
    { ZMQ_SNDHWM, QUEUE },
    { ZMQ_RCVHWM, QUEUE },
};

/* IMMEDIATE: a peer that is not connected costs no memory, and hears nothing that is old. */
static const struct tbc_socket_option for_dealer[] = {
    { ZMQ_LINGER, 0 },
    { ZMQ_IMMEDIATE, 1 },
    { ZMQ_SNDHWM, QUEUE },
    { ZMQ_RCVHWM, QUEUE },
    { ZMQ_RECONNECT_IVL, RECONNECT_MS },
    { ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS },
    { ZMQ_HANDSHAKE_IVL, TBC_SOCKET_HANDSHAKE_MS },
    { ZMQ_HEARTBEAT_IVL, TBC_SOCKET_BEAT_MS },
    { ZMQ_HEARTBEAT_TIMEOUT, TBC_SOCKET_SILENCE_MS },
};

static size_t
slot_of(const struct tbc_group *group, const uint8_t key[static 32])
{
    size_t i = 0;

    while (i < TBC_GROUP_MAX && (group->peers[i].dealer == NULL ||
                                 memcmp(group->peers[i].key, key, 32) != 0)) {
        i++;
    }
    return i;
}

static bool
admit(void *arg, const uint8_t key[static 32])
{
    return slot_of(arg, key) < TBC_GROUP_MAX;
}

/* op: EPOLL_CTL_ADD or, before the library closes the descriptor, EPOLL_CTL_DEL. */
static bool
watch(struct tbc_group *g, int op, void *socket)
{
    struct epoll_event event = { .events = EPOLLIN };
    int fd = -1;
    size_t len = sizeof fd;

    return zmq_getsockopt(socket, ZMQ_FD, &fd, &len) == 0 &&
           epoll_ctl(g->epoll, op, fd, &event) == 0;
}

static enum tbc_err
open_sockets(struct tbc_group *g, const struct tbc_group_options *o)
{
    const struct tbc_socket_option at_once = { ZMQ_LINGER, 0 };
    enum tbc_err err;

    g->context = zmq_ctx_new();
    g->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (g->context == NULL || g->epoll < 0 ||
        tbc_door_open(&g->door, g->context, admit, g) != TBC_OK ||
        (g->router = tbc_socket_open(g->context, ZMQ_ROUTER)) == NULL ||
        !tbc_socket_set(g->router, for_router,
                        sizeof for_router / sizeof *for_router)) {
        return tbc_log_err(TBC_ERR_NETWORK, "sockets: %s", zmq_strerror(errno));
    }
    err = tbc_door_bind(g->router, o->secret_key, o->address, TBC_GROUP_MESSAGE_MAX,
                        g->address);
    if (err == TBC_OK && (!tbc_socket_set(g->router, &at_once, 1) ||
                          !watch(g, EPOLL_CTL_ADD, g->door.zap) ||
                          !watch(g, EPOLL_CTL_ADD, g->router))) {
        err = tbc_log_err(TBC_ERR_NETWORK, "sockets: %s", zmq_strerror(errno));
    }
    return err;
}

enum tbc_err
tbc_group_open(struct tbc_group **group, const struct tbc_group_options *options)
{
    struct tbc_group *g;
    uint8_t key[32];
    bool are_keys = tbc_z85_decode(options->public_key, key) &&
                    tbc_z85_decode(options->secret_key, key);
    enum tbc_err err;

    *group = NULL;
    tbc_wipe(key, sizeof key);
    if (!are_keys) {
        return tbc_log_err(TBC_ERR_MALFORMED, "this gate's CURVE key");
    }
    if ((g = calloc(1, sizeof *g)) == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    g->epoll = -1;
    (void)zmq_msg_init(&g->message);
    memcpy(g->public_key, options->public_key, sizeof g->public_key);
    memcpy(g->secret_key, options->secret_key, sizeof g->secret_key);
    if ((err = open_sockets(g, options)) != TBC_OK) {
        tbc_group_close(&g);
        return err;
    }
    *group = g;
    return TBC_OK;
}

void
tbc_group_close(struct tbc_group **group)
{
    struct tbc_group *g = *group;

    *group = NULL;
    if (g == NULL) {
        return;
    }
    (void)zmq_msg_close(&g->message);
    for (size_t i = 0; i < TBC_GROUP_MAX; i++) {
        tbc_group_drop(g, i);
    }
    if (g->router != NULL) {
        (void)zmq_close(g->router);
    }
    tbc_door_close(&g->door);
    if (g->context != NULL) {
        (void)zmq_ctx_term(g->context);
    }
    if (g->epoll >= 0) {
        (void)close(g->epoll);
    }
    tbc_wipe(g->secret_key, sizeof g->secret_key);
    free(g);
}

const char *
tbc_group_address(const struct tbc_group *group)
{
    return group->address;
}

void
tbc_group_drop(struct tbc_group *group, size_t slot)
{
    if (slot < TBC_GROUP_MAX && group->peers[slot].dealer != NULL) {
        struct tbc_group_peer *p = &group->peers[slot];

        (void)watch(group, EPOLL_CTL_DEL, p->dealer);
        (void)zmq_close(p->dealer);
        *p = (struct tbc_group_peer){ 0 };
    }
}

static bool
secure(const struct tbc_group *g, void *dealer, const uint8_t key[static 32])
{
    char server[TBC_Z85_LEN + 1];

    return tbc_z85_encode(key, server) &&
           zmq_setsockopt(dealer, ZMQ_CURVE_SERVERKEY, server, sizeof server) == 0 &&
           zmq_setsockopt(dealer, ZMQ_CURVE_PUBLICKEY, g->public_key,
                          sizeof g->public_key) == 0 &&
           zmq_setsockopt(dealer, ZMQ_CURVE_SECRETKEY, g->secret_key,
                          sizeof g->secret_key) == 0;
}

static enum tbc_err
call(struct tbc_group *g, struct tbc_group_peer *p)
{
    const struct tbc_socket_option v6 = { ZMQ_IPV6, strchr(p->address, '[') != NULL };

    p->dealer = tbc_socket_open(g->context, ZMQ_DEALER);
    if (p->dealer == NULL || !tbc_socket_set(p->dealer, &v6, 1) ||
        !tbc_socket_set(p->dealer, for_dealer,
                        sizeof for_dealer / sizeof *for_dealer) ||
        !tbc_socket_limit(p->dealer, TBC_GROUP_MESSAGE_MAX) ||
        !secure(g, p->dealer, p->key) || !watch(g, EPOLL_CTL_ADD, p->dealer)) {
        return TBC_ERR_NETWORK;
    }
    return zmq_connect(p->dealer, p->address) == 0 ? TBC_OK : TBC_ERR_MALFORMED;
}

enum tbc_err
tbc_group_put(struct tbc_group *group, size_t slot, const uint8_t key[static 32],
              const char *address)
{
    const size_t has = slot_of(group, key);
    struct tbc_group_peer *p;
    enum tbc_err err;

    if (slot >= TBC_GROUP_MAX) {
        return TBC_ERR_RANGE;
    }
    p = &group->peers[slot];
    if (has == slot && strcmp(p->address, address) == 0) {
        return TBC_OK;
    }
    tbc_group_drop(group, slot);
    if (has != slot && has < TBC_GROUP_MAX) {
        return TBC_ERR_EXISTS;
    }
    if (!tbc_address_is_valid(address) || strchr(address, '*') != NULL) {
        return TBC_ERR_MALFORMED;
    }
    memcpy(p->key, key, sizeof p->key);
    (void)snprintf(p->address, sizeof p->address, "%s", address);
    if ((err = call(group, p)) != TBC_OK) {
        tbc_group_drop(group, slot);
    }
    return err;
}

static struct tbc_span
message_span(struct tbc_group *g)
{
    return tbc_span_of(zmq_msg_data(&g->message), zmq_msg_size(&g->message));
}

/* The next of the router that a peer has sent.  ERR_NOT_FOUND: one of somebody else, dropped. */
static enum tbc_err
hear_router(struct tbc_group *g, struct tbc_group_from *from)
{
    zmq_msg_t *m = &g->message;
    struct tbc_peer *peer = &from->peer;
    bool ours;

    if (zmq_msg_recv(m, g->router, ZMQ_DONTWAIT) < 0) {
        return TBC_ERR_BUSY;
    }
    peer->route_len = zmq_msg_size(m);
    ours = peer->route_len > 0 && peer->route_len <= sizeof peer->route;
    if (ours) {
        memcpy(peer->route, zmq_msg_data(m), peer->route_len);
        ours = zmq_msg_more(m) != 0 && zmq_msg_recv(m, g->router, ZMQ_DONTWAIT) >= 0 &&
               zmq_msg_more(m) == 0 && tbc_door_key(m, peer->key);
    }
    tbc_socket_drop_rest(g->router, m);
    from->slot = ours ? slot_of(g, peer->key) : TBC_GROUP_MAX;
    if (from->slot == TBC_GROUP_MAX) {
        return TBC_ERR_NOT_FOUND;
    }
    g->peers[from->slot].router = *peer;
    g->peers[from->slot].has_route = true;
    g->peers[from->slot].called_last = false;
    return TBC_OK;
}

/* The next of one dealer; errors as above. */
static enum tbc_err
hear_dealer(struct tbc_group *g, size_t slot, struct tbc_group_from *from)
{
    struct tbc_group_peer *p = &g->peers[slot];
    bool single;

    if (p->dealer == NULL || zmq_msg_recv(&g->message, p->dealer, ZMQ_DONTWAIT) < 0) {
        return TBC_ERR_BUSY;
    }
    single = zmq_msg_more(&g->message) == 0;
    tbc_socket_drop_rest(p->dealer, &g->message);
    from->slot = slot;
    from->called = true;
    p->called_last = single;
    return single ? TBC_OK : TBC_ERR_NOT_FOUND;
}

/* The dealers in turn, so that one that talks without end silences none. */
enum tbc_err
tbc_group_recv(struct tbc_group *group, struct tbc_group_from *from,
               struct tbc_span *bytes)
{
    size_t idle = 0;

    tbc_door_answer(&group->door);
    while (idle <= TBC_GROUP_MAX) {
        enum tbc_err err;

        *from = (struct tbc_group_from){ 0 };
        *bytes = (struct tbc_span){ 0 };
        err = group->next == TBC_GROUP_MAX ? hear_router(group, from)
                                           : hear_dealer(group, group->next, from);
        group->next = (group->next + 1) % (TBC_GROUP_MAX + 1);
        if (err == TBC_OK) {
            *bytes = message_span(group);
            return TBC_OK;
        }
        group->dropped += err == TBC_ERR_NOT_FOUND ? 1 : 0;
        idle = err == TBC_ERR_NOT_FOUND ? 0 : idle + 1;
    }
    return TBC_ERR_BUSY;
}

static enum tbc_err
sent(int rc)
{
    if (rc >= 0) {
        return TBC_OK;
    }
    switch (errno) {
    case EAGAIN:
        return TBC_ERR_BUSY;
    case EHOSTUNREACH:
        return TBC_ERR_NOT_FOUND;
    default:
        return TBC_ERR_NETWORK;
    }
}

static enum tbc_err
send_back(struct tbc_group *g, const struct tbc_peer *to, struct tbc_span bytes)
{
    enum tbc_err err =
        sent(zmq_send(g->router, to->route, to->route_len, ZMQ_SNDMORE | ZMQ_DONTWAIT));

    return err == TBC_OK ? sent(zmq_send(g->router, bytes.ptr, bytes.len, ZMQ_DONTWAIT))
                         : err;
}

enum tbc_err
tbc_group_send(struct tbc_group *group, size_t slot, struct tbc_span bytes)
{
    struct tbc_group_peer *p = slot < TBC_GROUP_MAX ? &group->peers[slot] : NULL;
    enum tbc_err err = TBC_ERR_NOT_FOUND;

    if (p == NULL || p->dealer == NULL) {
        return TBC_ERR_NOT_FOUND;
    }
    if (bytes.len > TBC_GROUP_MESSAGE_MAX) {
        return TBC_ERR_LIMIT;
    }
    if (p->has_route && !p->called_last) {
        err = send_back(group, &p->router, bytes);
        p->has_route = err == TBC_OK;
    }
    if (err != TBC_OK) {
        err = sent(zmq_send(p->dealer, bytes.ptr, bytes.len, ZMQ_DONTWAIT));
    }
    if (err != TBC_OK && p->has_route) {
        err = send_back(group, &p->router, bytes);
        p->has_route = err == TBC_OK;
    }
    return err == TBC_OK ? TBC_OK : TBC_ERR_BUSY;
}

enum tbc_err
tbc_group_answer(struct tbc_group *group, const struct tbc_group_from *from,
                 struct tbc_span bytes)
{
    struct tbc_group_peer *p =
        from->slot < TBC_GROUP_MAX ? &group->peers[from->slot] : NULL;
    enum tbc_err err = TBC_ERR_NOT_FOUND;

    if (bytes.len > TBC_GROUP_MESSAGE_MAX) {
        return TBC_ERR_LIMIT;
    }
    if (!from->called) {
        err = send_back(group, &from->peer, bytes);
    } else if (p != NULL && p->dealer != NULL) {
        err = sent(zmq_send(p->dealer, bytes.ptr, bytes.len, ZMQ_DONTWAIT));
    }
    return err == TBC_OK ? TBC_OK : TBC_ERR_BUSY;
}

int
tbc_group_fd(const struct tbc_group *group)
{
    return group->epoll;
}

uint64_t
tbc_group_refused(const struct tbc_group *group)
{
    return group->door.refused + group->dropped;
}
