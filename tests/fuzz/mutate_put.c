#include "mutate_put.h"

#include <string.h>

#define NONE SIZE_MAX

size_t
mutate_put_head(uint8_t out[static 9], enum tbc_cbor_type type, uint64_t arg,
                unsigned width)
{
    uint8_t major = (uint8_t)((unsigned)type << 5);
    unsigned info = 24;

    if (width == 0) {
        width = arg < 24            ? 0
                : arg <= UINT8_MAX  ? 1
                : arg <= UINT16_MAX ? 2
                : arg <= UINT32_MAX ? 4
                                    : 8;
    }
    if (width == 0) {
        out[0] = (uint8_t)(major | arg);
        return 1;
    }
    for (unsigned w = width; w > 1; w /= 2) {
        info++;
    }
    out[0] = (uint8_t)(major | info);
    for (unsigned i = 0; i < width; i++) {
        out[1 + i] = (uint8_t)(arg >> 8 * (width - 1 - i));
    }
    return 1 + width;
}

static void
replace_at(struct tbc_buf *b, size_t at, size_t len, struct tbc_span by)
{
    size_t tail = b->len - at - len;

    if (by.len > len && tbc_buf_reserve(b, by.len - len) != TBC_OK) {
        return;
    }
    memmove(b->ptr + at + by.len, b->ptr + at + len, tail);
    if (by.len > 0) {
        memcpy(b->ptr + at, by.ptr, by.len);
    }
    b->len = at + by.len + tail;
}

/* Give node p a new argument where it stands in out; returns by how much that moved the rest. */
static int64_t
mend_head(const struct mutate_edit *e, const struct mutate_node *p, uint64_t arg)
{
    uint8_t head[9];
    size_t len = mutate_put_head(head, p->type, arg, 0);

    replace_at(e->out, e->base + p->from, p->content - p->from, tbc_span_of(head, len));
    return (int64_t)len - (int64_t)(p->content - p->from);
}

/* Heads lie before the part and the inner ones are mended first, so that offsets of the tree stay
 * good. */
void
mutate_put_with(const struct mutate_edit *e, struct mutate_part part,
                struct tbc_span by, int items)
{
    int64_t grown = (int64_t)by.len - (int64_t)(part.to - part.from);

    (void)tbc_buf_append_span(e->out, e->t->in);
    replace_at(e->out, e->base + part.from, part.to - part.from, by);
    for (size_t i = part.parent; i != NONE; i = e->t->nodes[i].parent) {
        const struct mutate_node *p = &e->t->nodes[i];

        if (p->wraps) {
            grown += mend_head(e, p, (uint64_t)((int64_t)p->arg + grown));
        } else if (items != 0 && i == part.parent && !p->is_open &&
                   (p->type == TBC_CBOR_ARRAY || p->type == TBC_CBOR_MAP)) {
            grown += mend_head(e, p, p->arg + (uint64_t)(int64_t)items);
        }
    }
}

/* The item of that parent at that place; NONE when there is none. */
static size_t
find_item(const struct mutate_tree *t, size_t parent, size_t place)
{
    for (size_t i = 0; i < t->n; i++) {
        if (t->nodes[i].parent == parent && t->nodes[i].place == place) {
            return i;
        }
    }
    return NONE;
}

struct mutate_part
mutate_entry_at(const struct mutate_tree *t, size_t at)
{
    const struct mutate_node *n = &t->nodes[at];
    struct mutate_part part = { n->parent, n->from, n->end };
    size_t other;

    if (n->parent == NONE || t->nodes[n->parent].type != TBC_CBOR_MAP ||
        (other = find_item(t, n->parent, n->place ^ 1)) == NONE) {
        return part;
    }
    part.from = n->place % 2 == 0 ? n->from : t->nodes[other].from;
    part.to = n->place % 2 == 0 ? t->nodes[other].end : n->end;
    return part;
}
