#include "index.h"

#include "core.h"
#include "sys/file.h"
#include "sys/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNTER "index"
#define ISSUED \
    "issued" /* what came before: indices drawn from a room four times as large */
#define AHEAD    1024 /* the file is written once for so many certificates */
#define LEAP     4096 /* what a backup without its file may have missed */
#define FILE_MAX 32

static enum tbc_err
parse_floor(const char *text, uint64_t *floor)
{
    char *end;

    errno = 0;
    *floor = strtoull(text, &end, 10);
    return errno == 0 && *text >= '0' && *text <= '9' && *end == '\n' && end[1] == '\0'
               ? TBC_OK
               : TBC_ERR_MALFORMED;
}

/* What the file says; without it, far enough beyond what the database knows. */
static enum tbc_err
read_floor(struct station_index *x, uint64_t counter)
{
    struct tbc_buf text = { 0 };
    enum tbc_err err = tbc_file_read(x->path, FILE_MAX, &text);

    if (err == TBC_ERR_NOT_FOUND) {
        x->floor = counter == 0 ? 0 : counter + LEAP;
        if (counter > 0) {
            tbc_log(TBC_LOG_WARN,
                    "%s: not there, as after a restore: %d indices left out", x->path,
                    LEAP);
        }
        err = TBC_OK;
    } else if (err != TBC_OK || tbc_buf_str(&text) == NULL ||
               (err = parse_floor(tbc_buf_str(&text), &x->floor)) != TBC_OK) {
        err = tbc_log_err(err == TBC_OK ? TBC_ERR_NO_MEMORY : err,
                          "%s: one number is wanted; without the file %d indices are "
                          "left out",
                          x->path, LEAP);
    }
    tbc_buf_fini(&text);
    return err;
}

enum tbc_err
station_index_open(struct station_index *x, struct tbc_store *store,
                   const uint8_t key[static 32], const char *path)
{
    uint64_t counter;
    uint64_t issued;
    enum tbc_err err;

    *x = (struct station_index){ .store = store };
    (void)snprintf(x->path, sizeof x->path, "%s", path);
    memcpy(x->key, key, sizeof x->key);
    if ((err = tbc_store_get(store, COUNTER, &counter)) != TBC_OK ||
        (err = tbc_store_get(store, ISSUED, &issued)) != TBC_OK ||
        (err = read_floor(x, counter)) != TBC_OK) {
        return err;
    }
    if (counter == 0 && issued > 0) {
        x->floor =
            station_index_block(issued * 4).first + station_index_block(issued * 4).n;
    }
    x->reserved = x->floor;
    return TBC_OK;
}

void
station_index_fini(struct station_index *x)
{
    tbc_permute_free(&x->order);
    tbc_wipe(x, sizeof *x);
}

static enum tbc_err
read_counter(struct station_index *x, uint64_t *counter)
{
    enum tbc_err err = tbc_store_get(x->store, COUNTER, counter);

    if (err == TBC_OK && *counter < x->floor) {
        *counter = x->floor;
    }
    return err;
}

/* The file is on disk before a certificate with such an index can leave. */
static enum tbc_err
reserve(struct station_index *x, uint64_t end)
{
    char text[FILE_MAX];
    enum tbc_err err;

    if (end <= x->reserved) {
        return TBC_OK;
    }
    (void)snprintf(text, sizeof text, "%" PRIu64 "\n", end - 1 + AHEAD);
    if ((err = tbc_file_write(x->path, tbc_span_str(text), 0600)) != TBC_OK) {
        return tbc_log_err(err, "%s: nothing can be issued", x->path);
    }
    x->reserved = end - 1 + AHEAD;
    return TBC_OK;
}

/* Each block is filled in an order of its own. */
static enum tbc_err
take_order(struct station_index *x, struct station_block block)
{
    char label[FILE_MAX];

    if (x->order != NULL && x->order_of == block.first) {
        return TBC_OK;
    }
    tbc_permute_free(&x->order);
    (void)snprintf(label, sizeof label, "block %" PRIu64, block.first);
    x->order_of = block.first;
    return tbc_permute_new(&x->order, tbc_span_of(x->key, sizeof x->key), label,
                           block.n);
}

static enum tbc_err
permuted(struct station_index *x, uint64_t counter, uint64_t *idx)
{
    const struct station_block block = station_index_block(counter);
    uint64_t place = 0;
    enum tbc_err err;

    *idx = 0;
    if (block.n == 0) {
        return tbc_log_err(TBC_ERR_LIMIT, "the status list is full");
    }
    if ((err = take_order(x, block)) == TBC_OK) {
        err = tbc_permute(x->order, counter - block.first, &place);
    }
    *idx = block.first + place;
    return err;
}

enum tbc_err
station_index_next(struct station_index *x, size_t n, uint64_t *idx)
{
    uint64_t counter;
    enum tbc_err err;

    if ((err = read_counter(x, &counter)) != TBC_OK ||
        (err = reserve(x, counter + n)) != TBC_OK) {
        return err;
    }
    for (size_t i = 0; i < n; i++) {
        if ((err = permuted(x, counter + i, &idx[i])) != TBC_OK) {
            return err;
        }
    }
    return tbc_store_set(x->store, COUNTER, counter + n);
}

enum tbc_err
station_index_room(struct station_index *x, uint64_t *room)
{
    struct station_block block;
    uint64_t counter = 0;
    enum tbc_err err = read_counter(x, &counter);

    block = station_index_block(counter);
    *room = block.n == 0 ? STATION_INDEX_MOST : block.first + block.n;
    return err;
}
