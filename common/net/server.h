/* The station's side of the bus: a ROUTER for requests and an XPUB for the feed, both CURVE, and
 * the ZAP handler (RFC of ZeroMQ 27) that decides who may come in.
 *
 * One thread owns it.  Who may speak is asked twice: at the handshake, and again for each message,
 * because a revoked key keeps the sessions it has.  Who may listen is asked at the handshake alone:
 * after a revocation the feed is renewed. */
#ifndef TBC_NET_SERVER_H
#define TBC_NET_SERVER_H

#include "base/when.h"
#include "codec/wire.h"
#include "sys/device.h"

#include <poll.h>

#define TBC_PEER_ID_MAX 32

struct tbc_server; /* opaque: context and sockets */

/* Whether a CURVE public key may come in. */
typedef bool (*tbc_server_admit)(void *arg, const uint8_t key[static 32]);

struct tbc_server_options {
    const char *front; /* tcp://127.0.0.1:7710; port * lets the kernel pick */
    const char *feed;
    const char *secret; /* Z85 of the server's CURVE secret key */
    tbc_server_admit admit;
    void *arg;
};

/* Who sent a message: its route and the key of its session. */
struct tbc_peer {
    uint8_t route[TBC_PEER_ID_MAX];
    size_t route_len;
    uint8_t key[32];
};

/* Bind both.  Logs what went wrong in one line.  Errors: ERR_MALFORMED (key or address),
 * ERR_EXISTS (address in use), ERR_NETWORK. */
enum tbc_err tbc_server_open(struct tbc_server **server,
                             const struct tbc_server_options *options) TBC_MUST_CHECK;
void tbc_server_close(struct tbc_server **server);

/* The real addresses, with the port that was picked. */
const char *tbc_server_front(const struct tbc_server *server);
const char *tbc_server_feed(const struct tbc_server *server);

/* Wait until a request, one of the n other descriptors or the time arrives; revents of the others
 * are set.  Handshakes are answered meanwhile.  ERR_LIMIT above 8 others. */
enum tbc_err tbc_server_wait(struct tbc_server *server, struct pollfd *others, size_t n,
                             int timeout_ms) TBC_MUST_CHECK;

/* The next message of a key that is admitted at this moment, or ERR_BUSY when none waits; bytes
 * are borrowed until the next call.  Messages of others are counted and dropped.  What is no
 * request comes too, with peer and bytes, so that it can be answered: ERR_LIMIT, longer than
 * TBC_WIRE_REQUEST_MAX; ERR_MALFORMED, of more frames than one, and bytes are the first. */
enum tbc_err tbc_server_recv(struct tbc_server *server, struct tbc_peer *peer,
                             struct tbc_span *bytes) TBC_MUST_CHECK;

/* Never blocks.  ERR_NOT_FOUND when the peer has gone, ERR_BUSY when its queue is full. */
enum tbc_err tbc_server_send(struct tbc_server *server, const struct tbc_peer *peer,
                             struct tbc_span bytes) TBC_MUST_CHECK;

/* To all subscribers; the kind's word is the topic.  While the feed is being renewed there are none. */
enum tbc_err tbc_server_publish(struct tbc_server *server,
                                const struct tbc_notice *notice) TBC_MUST_CHECK;

/* Put out every subscriber: who is still admitted comes back within a second and finds by the
 * numbers what it missed; who is not, hears no more.  libzmq can drop no single one.  The feed is
 * closed here and bound again, at the same address, by the next calls of tbc_server_wait. */
void tbc_server_renew_feed(struct tbc_server *server);

/* Handshakes refused and messages dropped so far. */
uint64_t tbc_server_refused(const struct tbc_server *server);

#endif
