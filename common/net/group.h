/* A gate and its peers on the station's network: one ROUTER bound with the gate's own CURVE key
 * behind a guarded door, and one DEALER to each peer that pins the peer's key.
 *
 * Both directions of a pair are open, and a message takes the one by which the peer was heard last:
 * a gate that was restarted without its station listens elsewhere than the others remember, but
 * it can call them, and be answered on its own call.  A single direction would leave such pairs apart.
 *
 * Bounded: a queue of 64 messages each way and peer, messages of 16 KiB, no queue towards a peer that
 * is not connected; what does not fit is dropped, and whoever sends says it again or goes without.
 * One thread owns it.  Who may speak is asked twice: at the handshake, and again for each message,
 * because a key that was dropped keeps the sessions it has. */
#ifndef TBC_NET_GROUP_H
#define TBC_NET_GROUP_H

#include "codec/wire.h"
#include "net/server.h"

#define TBC_GROUP_MAX         TBC_WIRE_PEERS_MAX
#define TBC_GROUP_MESSAGE_MAX 16384 /* bytes */

struct tbc_group; /* opaque: context and sockets */

struct tbc_group_options {
    const char *address;    /* tcp://HOST:PORT; port * lets the kernel pick */
    const char *public_key; /* Z85, of this gate */
    const char *secret_key;
};

/* Logs what went wrong in one line, but for ERR_EXISTS (address in use).  Errors besides:
 * ERR_MALFORMED (key or address), ERR_NETWORK, ERR_NO_MEMORY. */
enum tbc_err tbc_group_open(struct tbc_group **group,
                            const struct tbc_group_options *options) TBC_MUST_CHECK;
void tbc_group_close(struct tbc_group **group);

/* The real address, with the port that was picked. */
const char *tbc_group_address(const struct tbc_group *group);

/* Whoever has that key is the peer of that slot (below TBC_GROUP_MAX), in place of whoever was; the
 * same key and address change nothing.  Connects in the background.  Errors: ERR_RANGE (slot),
 * ERR_EXISTS (the key has another slot), ERR_MALFORMED (address), ERR_NETWORK; the slot is then
 * free. */
enum tbc_err
tbc_group_put(struct tbc_group *group, size_t slot, const uint8_t key[static 32],
              const char *address) TBC_MUST_CHECK;
/* Its messages are refused from now on. */
void tbc_group_drop(struct tbc_group *group, size_t slot);

/* Where a message came from, for the answer. */
struct tbc_group_from {
    size_t slot;
    bool called;          /* on our own DEALER; else by route */
    struct tbc_peer peer; /* route and key, not called */
};

/* The next message of a peer, or ERR_BUSY when none waits; bytes are borrowed until the next call.
 * Handshakes are answered meanwhile; messages of others are counted and dropped. */
enum tbc_err tbc_group_recv(struct tbc_group *group, struct tbc_group_from *from,
                            struct tbc_span *bytes) TBC_MUST_CHECK;

/* Never blocks.  ERR_BUSY: the queue is full, or the peer is not connected. */
enum tbc_err tbc_group_send(struct tbc_group *group, size_t slot,
                            struct tbc_span bytes) TBC_MUST_CHECK;
/* The way that the message came. */
enum tbc_err
tbc_group_answer(struct tbc_group *group, const struct tbc_group_from *from,
                 struct tbc_span bytes) TBC_MUST_CHECK;

/* One descriptor to poll for reading; when it fires, and after each send, call recv until ERR_BUSY. */
int tbc_group_fd(const struct tbc_group *group);

/* Handshakes refused and messages dropped so far. */
uint64_t tbc_group_refused(const struct tbc_group *group);

#endif
