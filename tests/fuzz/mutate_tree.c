#include "mutate.h"

#include <string.h>

#define NONE SIZE_MAX

/* SplitMix64 (Steele, Lea, Flood 2014): one word of state, any seed is good. */
uint64_t
mutate_random(struct mutate *m)
{
    uint64_t z = m->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

size_t
mutate_below(struct mutate *m, size_t n)
{
    return n == 0 ? 0 : (size_t)(mutate_random(m) % n);
}

static bool
holds_an_item(struct tbc_span content)
{
    /* Arrays, maps and tags only: numbers and strings look like anything. */
    return content.len > 1 && content.ptr[0] >= 0x80 && content.ptr[0] < 0xdc &&
           tbc_cbor_check(content, NULL) == TBC_OK;
}

static uint64_t
items_of(const struct tbc_cbor_head *h)
{
    switch (h->type) {
    case TBC_CBOR_ARRAY:
        return h->is_open ? UINT64_MAX : h->arg;
    case TBC_CBOR_MAP:
        return h->is_open || h->arg > UINT64_MAX / 2 ? UINT64_MAX : 2 * h->arg;
    case TBC_CBOR_TAG:
        return 1;
    case TBC_CBOR_BYTES:
    case TBC_CBOR_TEXT:
        return h->is_open ? UINT64_MAX : 0;
    case TBC_CBOR_UINT:
    case TBC_CBOR_NINT:
    case TBC_CBOR_SIMPLE:
    case TBC_CBOR_END:
        break;
    }
    return 0;
}

static void
add_node(struct mutate_tree *t, struct tbc_cbor_any *r, const struct tbc_cbor_head *h,
         size_t parent)
{
    struct mutate_node *node = &t->nodes[t->n++];

    *node = (struct mutate_node){
        .from = h->from,
        .content = r->at - h->content.len,
        .end = r->at,
        .parent = parent,
        .type = h->type,
        .arg = h->arg,
        .is_open = h->is_open,
        .left = items_of(h),
        .wraps = h->type == TBC_CBOR_BYTES && holds_an_item(h->content),
    };
    if (node->wraps) {
        r->at = node->content;
        node->left = 1;
    }
    if (parent != NONE) {
        node->place = t->nodes[parent].place++;
    }
}

/* An open node counts its children in place; its own place is kept in end until it closes. */
static void
open_node(struct mutate_node *node)
{
    node->end = node->place;
    node->place = 0;
}

static size_t
close_node(struct mutate_node *node, size_t at)
{
    node->place = node->end;
    node->end = at;
    node->left = 0;
    return node->parent;
}

void
mutate_read(struct mutate_tree *t, struct tbc_span in)
{
    struct tbc_cbor_any r;
    struct tbc_cbor_head h;
    size_t top = NONE;

    t->in = in;
    t->n = 0;
    tbc_cbor_any_open(&r, in);
    do {
        if (t->n == MUTATE_NODES_MAX || tbc_cbor_any_next(&r, &h) != TBC_OK ||
            (h.is_break && (top == NONE || !t->nodes[top].is_open))) {
            break;
        }
        if (h.is_break) {
            t->nodes[top].left = 0;
        } else {
            add_node(t, &r, &h, top);
            if (top != NONE && t->nodes[top].left != UINT64_MAX) {
                t->nodes[top].left--;
            }
            if (t->nodes[t->n - 1].left > 0) {
                top = t->n - 1;
                open_node(&t->nodes[top]);
            }
        }
        while (top != NONE && t->nodes[top].left == 0) {
            top = close_node(&t->nodes[top], r.at);
        }
    } while (top != NONE);
    while (top != NONE) {
        top = close_node(&t->nodes[top], in.len);
    }
}
