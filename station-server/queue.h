/* Requests that were taken from the socket and wait to be handled, first come, first served. */
#ifndef STATION_QUEUE_H
#define STATION_QUEUE_H

#include "base/buf.h"
#include "base/when.h"
#include "net/server.h"

#define STATION_QUEUE_BYTES ((size_t)64 << 20) /* of all waiting requests: pictures */

struct station_waiting {
    struct tbc_peer peer;
    struct tbc_buf bytes; /* owned */
    int64_t since_us;     /* of tbc_clock_us */
};

struct station_queue {
    struct station_waiting *slots; /* a ring of cap */
    size_t cap;
    size_t head;
    size_t n;
    size_t bytes;
};

/* Copy a request to the end.  ERR_LIMIT when limit requests, or STATION_QUEUE_BYTES, wait already;
 * ERR_NO_MEMORY. */
enum tbc_err
station_queue_put(struct station_queue *q, const struct tbc_peer *peer,
                  struct tbc_span bytes, int64_t now_us, size_t limit) TBC_MUST_CHECK;

/* Move the first one out; its bytes are the caller's to finish.  False when none waits. */
bool station_queue_take(struct station_queue *q, struct station_waiting *out);

/* When the first one came; now_us when none waits. */
int64_t station_queue_oldest(const struct station_queue *q, int64_t now_us);

void station_queue_fini(struct station_queue *q);

#endif
