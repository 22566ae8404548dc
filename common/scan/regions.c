#include "scan/regions.h"

#include <stdlib.h>

#define BLOCK   16 /* pixels */
#define CHANGES 9  /* of a block, in each direction; a module of 9 pixels makes 14 */
#define SIDE    6  /* blocks: 25 modules, version 2, of 4 pixels */
#define FILLED  30 /* blocks of a region */
#define MARGIN  2  /* blocks: the quiet zone */

enum block {
    BLOCK_CALM,
    BLOCK_BUSY,
    BLOCK_TAKEN
};

enum tbc_err
tbc_regions_init(struct tbc_regions *r, int width, int height)
{
    *r = (struct tbc_regions){
        .block_n = (size_t)(width / BLOCK + 1) * (size_t)(height / BLOCK + 1),
    };
    r->blocks = malloc(r->block_n);
    r->todo = malloc(r->block_n * sizeof *r->todo);
    if (r->blocks == NULL || r->todo == NULL) {
        tbc_regions_fini(r);
        return TBC_ERR_NO_MEMORY;
    }
    return TBC_OK;
}

void
tbc_regions_fini(struct tbc_regions *r)
{
    free(r->blocks);
    free(r->todo);
    *r = (struct tbc_regions){ 0 };
}

static bool
is_busy(const uint8_t *px, size_t stride)
{
    int across = 0;
    int down = 0;

    for (int y = 1; y < BLOCK; y++) {
        const uint8_t *here = px + (size_t)y * stride;
        const uint8_t *above = here - stride;

        for (int x = 1; x < BLOCK; x++) {
            across += here[x] != here[x - 1];
            down += here[x] != above[x];
        }
    }
    return across >= CHANGES && down >= CHANGES;
}

/* Also a block beside it, which the box may have cut. */
static bool
is_read(const struct tbc_codes *read, int x, int y)
{
    for (size_t i = 0; i < read->n; i++) {
        const struct tbc_box *b = &read->list[i].box;

        if (x + 2 * BLOCK > b->x && y + 2 * BLOCK > b->y &&
            x < b->x + b->width + BLOCK && y < b->y + b->height + BLOCK) {
            return true;
        }
    }
    return false;
}

static void
mark_blocks(const struct tbc_regions *r, const struct tbc_picture *p,
            const struct tbc_codes *read, int across, int down)
{
    size_t stride = (size_t)p->width;
    size_t i = 0;

    for (int y = 0; y < down; y++) {
        for (int x = 0; x < across; x++, i++) {
            const uint8_t *px = p->px + (size_t)(y * BLOCK) * stride + x * BLOCK;

            r->blocks[i] = is_busy(px, stride) && !is_read(read, x * BLOCK, y * BLOCK)
                               ? BLOCK_BUSY
                               : BLOCK_CALM;
        }
    }
}

struct spread {
    int low[2];
    int high[2];
    int n;
};

/* All busy blocks that hang together with that one. */
static struct spread
take_region(const struct tbc_regions *r, int first, int across, int down)
{
    static const int steps[][2] = { { -1, 0 }, { 1, 0 }, { 0, -1 }, { 0, 1 } };
    struct spread s = { .low = { across, down } };
    size_t todo_n = 0;

    r->todo[todo_n++] = (uint32_t)first;
    r->blocks[first] = BLOCK_TAKEN;
    while (todo_n > 0) {
        int at = (int)r->todo[--todo_n];
        int place[2] = { at % across, at / across };

        for (int i = 0; i < 2; i++) {
            s.low[i] = place[i] < s.low[i] ? place[i] : s.low[i];
            s.high[i] = place[i] > s.high[i] ? place[i] : s.high[i];
        }
        s.n++;
        for (int i = 0; i < 4; i++) {
            int x = place[0] + steps[i][0];
            int y = place[1] + steps[i][1];
            int next = y * across + x;

            if (x >= 0 && y >= 0 && x < across && y < down &&
                r->blocks[next] == BLOCK_BUSY) {
                r->blocks[next] = BLOCK_TAKEN; /* once: todo has room for each */
                r->todo[todo_n++] = (uint32_t)next;
            }
        }
    }
    return s;
}

/* In pixels, with the margin, within the picture. */
static struct tbc_box
box_of(const struct spread *s, const struct tbc_picture *p)
{
    int low[2];
    int high[2];
    const int limit[2] = { p->width, p->height };

    for (int i = 0; i < 2; i++) {
        low[i] = (s->low[i] - MARGIN) * BLOCK;
        low[i] = low[i] < 0 ? 0 : low[i];
        high[i] = (s->high[i] + 1 + MARGIN) * BLOCK;
        high[i] = high[i] > limit[i] ? limit[i] : high[i];
    }
    return (struct tbc_box){ low[0], low[1], high[0] - low[0], high[1] - low[1] };
}

static int
area(const struct tbc_box *b)
{
    return b->width * b->height;
}

/* Into its place by area; the smallest falls out when there is no room. */
static size_t
put_in_order(struct tbc_box found[static TBC_REGIONS_MAX], size_t n, struct tbc_box box)
{
    size_t at = n < TBC_REGIONS_MAX ? n : TBC_REGIONS_MAX - 1;

    if (n == TBC_REGIONS_MAX && area(&box) <= area(&found[at])) {
        return n;
    }
    while (at > 0 && area(&found[at - 1]) < area(&box)) {
        found[at] = found[at - 1];
        at--;
    }
    found[at] = box;
    return n < TBC_REGIONS_MAX ? n + 1 : n;
}

size_t
tbc_regions_find(const struct tbc_regions *r, const struct tbc_picture *binary,
                 const struct tbc_codes *read,
                 struct tbc_box found[static TBC_REGIONS_MAX])
{
    int across = binary->width / BLOCK;
    int down = binary->height / BLOCK;
    size_t n = 0;

    mark_blocks(r, binary, read, across, down);
    for (int i = 0; i < across * down; i++) {
        if (r->blocks[i] == BLOCK_BUSY) {
            struct spread s = take_region(r, i, across, down);

            if (s.high[0] - s.low[0] + 1 >= SIDE && s.high[1] - s.low[1] + 1 >= SIDE &&
                s.n >= FILLED) {
                n = put_in_order(found, n, box_of(&s, binary));
            }
        }
    }
    return n;
}
