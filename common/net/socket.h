/* Setting many options of a ZeroMQ socket, checked once: for client.c and server.c only. */
#ifndef TBC_NET_SOCKET_H
#define TBC_NET_SOCKET_H

#include <zmq.h>

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tbc_socket_option {
    int name;
    int value;
};

/* A peer that hangs in the handshake or falls silent is dropped. */
#define TBC_SOCKET_HANDSHAKE_MS 5000
#define TBC_SOCKET_BEAT_MS      2000
#define TBC_SOCKET_SILENCE_MS   6000

static inline bool
tbc_socket_set(void *socket, const struct tbc_socket_option *options, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (zmq_setsockopt(socket, options[i].name, &options[i].value,
                           sizeof options[i].value) != 0) {
            return false;
        }
    }
    return true;
}

/* A socket, the first of its context perhaps, with which libzmq starts its threads: they take no
 * signal, which they see to themselves, but only once they run. */
static inline void *
tbc_socket_open(void *context, int type)
{
    sigset_t all;
    sigset_t before;
    void *socket;

    (void)sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0) {
        return NULL;
    }
    socket = zmq_socket(context, type);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return socket;
}

/* MAXMSGSIZE is the one option of 64 bits. */
static inline bool
tbc_socket_limit(void *socket, int64_t bytes)
{
    return zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &bytes, sizeof bytes) == 0;
}

/* Drop the frames of a message that still follow. */
static inline void
tbc_socket_drop_rest(void *socket, zmq_msg_t *frame)
{
    int n = 0;

    while (n >= 0 && zmq_msg_more(frame) != 0) {
        n = zmq_msg_recv(frame, socket, ZMQ_DONTWAIT);
    }
}

#endif
