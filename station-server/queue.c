#include "queue.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CAP 64

/* Twice as large, with the first one at the beginning. */
static enum tbc_err
grow(struct station_queue *q)
{
    size_t cap = q->cap == 0 ? FIRST_CAP : q->cap * 2;
    struct station_waiting *slots = calloc(cap, sizeof *slots);

    if (slots == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < q->n; i++) {
        slots[i] = q->slots[(q->head + i) % q->cap];
    }
    free(q->slots);
    q->slots = slots;
    q->cap = cap;
    q->head = 0;
    return TBC_OK;
}

enum tbc_err
station_queue_put(struct station_queue *q, const struct tbc_peer *peer,
                  struct tbc_span bytes, int64_t now_us, size_t limit)
{
    struct station_waiting *slot;
    enum tbc_err err;

    if (q->n >= limit || bytes.len > STATION_QUEUE_BYTES - q->bytes) {
        return TBC_ERR_LIMIT;
    }
    if (q->n == q->cap && (err = grow(q)) != TBC_OK) {
        return err;
    }
    slot = &q->slots[(q->head + q->n) % q->cap];
    *slot = (struct station_waiting){ .peer = *peer, .since_us = now_us };
    if ((err = tbc_buf_append_span(&slot->bytes, bytes)) != TBC_OK) {
        tbc_buf_fini(&slot->bytes);
        return err;
    }
    q->n++;
    q->bytes += bytes.len;
    return TBC_OK;
}

bool
station_queue_take(struct station_queue *q, struct station_waiting *out)
{
    if (q->n == 0) {
        return false;
    }
    *out = q->slots[q->head];
    q->slots[q->head] = (struct station_waiting){ 0 };
    q->head = (q->head + 1) % q->cap;
    q->n--;
    q->bytes -= out->bytes.len;
    return true;
}

int64_t
station_queue_oldest(const struct station_queue *q, int64_t now_us)
{
    return q->n == 0 ? now_us : q->slots[q->head].since_us;
}

void
station_queue_fini(struct station_queue *q)
{
    struct station_waiting w;

    while (station_queue_take(q, &w)) {
        tbc_buf_fini(&w.bytes);
    }
    free(q->slots);
    *q = (struct station_queue){ 0 };
}
