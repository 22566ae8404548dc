#include "queue.h"
#include "suite.h"

#include <stdlib.h>

static enum tbc_err
put(struct station_queue *q, uint32_t n, size_t limit)
{
    const struct tbc_peer peer = { .route_len = n % 7 };

    return station_queue_put(q, &peer, tbc_span_of(&n, sizeof n), n, limit);
}

static bool
take(struct station_queue *q, uint32_t want)
{
    struct station_waiting w;
    bool ok = station_queue_take(q, &w) && w.since_us == want &&
              w.peer.route_len == want % 7 &&
              tbc_span_equal(tbc_buf_span(&w.bytes), tbc_span_of(&want, sizeof want));

    tbc_buf_fini(&w.bytes);
    return ok;
}

static void
first_come_first_served_however_it_grows_and_turns(void)
{
    struct station_queue q = { 0 };
    struct station_waiting none;
    uint32_t in = 0;
    uint32_t out = 0;

    for (unsigned step = 0; step < 200; step++) {
        for (unsigned i = 0; i < step % 23 + 3; i++) {
            CU_ASSERT_EQUAL(put(&q, in++, 10000), TBC_OK);
        }
        for (unsigned i = 0; i < step % 13 + 1 && out < in; i++) {
            CU_ASSERT_EQUAL(station_queue_oldest(&q, -1), out);
            CU_ASSERT(take(&q, out++));
        }
        CU_ASSERT_EQUAL(q.n, in - out);
        CU_ASSERT_EQUAL(q.bytes, q.n * sizeof in);
    }
    while (out < in) {
        CU_ASSERT(take(&q, out++));
    }
    CU_ASSERT_FALSE(station_queue_take(&q, &none));
    CU_ASSERT_EQUAL(station_queue_oldest(&q, -1), -1);
    CU_ASSERT_EQUAL(q.bytes, 0);
    station_queue_fini(&q);
}

static void
it_holds_so_many_requests_and_so_many_bytes(void)
{
    struct station_queue q = { 0 };
    const struct tbc_peer peer = { 0 };
    uint8_t *large = calloc(1, STATION_QUEUE_BYTES / 2);

    CU_ASSERT_EQUAL(put(&q, 1, 2), TBC_OK);
    CU_ASSERT_EQUAL(put(&q, 2, 2), TBC_OK);
    CU_ASSERT_EQUAL(put(&q, 3, 2), TBC_ERR_LIMIT);
    CU_ASSERT(take(&q, 1));
    CU_ASSERT_EQUAL(put(&q, 3, 2), TBC_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(large);
    CU_ASSERT_EQUAL(
        station_queue_put(&q, &peer, tbc_span_of(large, STATION_QUEUE_BYTES / 2), 0, 9),
        TBC_OK);
    CU_ASSERT_EQUAL(
        station_queue_put(&q, &peer, tbc_span_of(large, STATION_QUEUE_BYTES / 2), 0, 9),
        TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(q.n, 3);
    free(large);
    station_queue_fini(&q);
    station_queue_fini(&q);
}

TBC_SUITE("station/queue", TEST(first_come_first_served_however_it_grows_and_turns),
          TEST(it_holds_so_many_requests_and_so_many_bytes))
