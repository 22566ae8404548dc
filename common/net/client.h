/* A device's side of the station: requests on the front (ZeroMQ DEALER with CURVE) and the feed
 * (SUB with CURVE).  One thread; nothing blocks but tbc_client_call. */
#ifndef TBC_NET_CLIENT_H
#define TBC_NET_CLIENT_H

#include "base/when.h"
#include "codec/wire.h"
#include "sys/device.h"

struct tbc_client; /* opaque: context and sockets */

/* Connects in the background; a station that is away is not an error.  with_feed subscribes to
 * all notices.  Errors: ERR_MALFORMED (an address or key), ERR_NETWORK. */
enum tbc_err
tbc_client_open(struct tbc_client **client, const struct tbc_device_file *device,
                bool with_feed) TBC_MUST_CHECK;
void tbc_client_close(struct tbc_client **client);

/* Send one request; id is made by the caller (random, kept for a retry of the same request).
 * Never blocks: ERR_BUSY when the queue is full. */
enum tbc_err
tbc_client_send(struct tbc_client *client, const uint8_t id[static TBC_WIRE_ID_LEN],
                enum tbc_op op, const void *msg) TBC_MUST_CHECK;

/* The next reply, or ERR_BUSY when none is there.  reply borrows from the client until the next
 * call.  Messages that are no replies are counted and dropped. */
enum tbc_err
tbc_client_recv(struct tbc_client *client, struct tbc_reply *reply) TBC_MUST_CHECK;

/* The next notice of the feed, or ERR_BUSY; borrowed until the next call. */
enum tbc_err
tbc_client_notice(struct tbc_client *client, struct tbc_notice *notice) TBC_MUST_CHECK;

/* File descriptors to poll for reading (ZMQ_FD semantics: when one fires, call recv and notice
 * until ERR_BUSY; also after each send).  feed is -1 without one. */
void tbc_client_fds(struct tbc_client *client, int *front, int *feed);

/* Send and wait for the answer to just this request, resending nothing.  reply borrows as above.
 * ERR_TIMEOUT when timeout_ms pass; ERR_DENIED when the station refuses this device's key. */
enum tbc_err tbc_client_call(struct tbc_client *client, enum tbc_op op, const void *msg,
                             int timeout_ms, struct tbc_reply *reply) TBC_MUST_CHECK;

/* Whether it is tcp://HOST:PORT; port * only for those who bind. */
bool tbc_address_is_valid(const char *address) TBC_MUST_CHECK;

/* The same, and HOST does not mean "everywhere here": somebody else can be told of it. */
bool tbc_address_has_host(const char *address) TBC_MUST_CHECK;

/* A fresh CURVE pair in Z85, for tbc device add. */
enum tbc_err tbc_curve_pair(char public_key[static TBC_Z85_LEN + 1],
                            char secret_key[static TBC_Z85_LEN + 1]) TBC_MUST_CHECK;
bool tbc_z85_decode(const char *z85, uint8_t key[static 32]) TBC_MUST_CHECK;
bool tbc_z85_encode(const uint8_t key[static 32],
                    char z85[static TBC_Z85_LEN + 1]) TBC_MUST_CHECK;

#endif
