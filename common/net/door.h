/* A guarded door: a bound CURVE socket, and the handler that decides who may come in by it (ZeroMQ
 * RFC 27).  For server.c and group.c only.  The handler must stand before the door is bound, and
 * its thread must answer it: handshakes wait for that. */
#ifndef TBC_NET_DOOR_H
#define TBC_NET_DOOR_H

#include "net/server.h"
#include "net/socket.h"

struct tbc_door {
    void *zap; /* REP; there is one in a context */
    tbc_server_admit admit;
    void *arg;
    uint64_t refused;
};

/* Errors: ERR_NETWORK. */
enum tbc_err tbc_door_open(struct tbc_door *door, void *context, tbc_server_admit admit,
                           void *arg) TBC_MUST_CHECK;
void tbc_door_close(struct tbc_door *door);

/* Secure a socket and bind it; max: bytes of a message.  real gets the address with the port that
 * was picked.  What is wrong is logged, but for ERR_EXISTS (address in use).  Errors besides:
 * ERR_MALFORMED (address), ERR_NETWORK. */
enum tbc_err
tbc_door_bind(void *socket, const char *secret, const char *address, int64_t max,
              char real[static TBC_ADDRESS_MAX + 1]) TBC_MUST_CHECK;

/* Every handshake that waits is answered. */
void tbc_door_answer(struct tbc_door *door);

/* The key of the session that a message came in by, as the handshake established it. */
bool tbc_door_key(zmq_msg_t *message, uint8_t key[static 32]);

#endif
