#include "mutate_put.h"

#include <string.h>

#define NONE     SIZE_MAX
#define COUNT(a) (sizeof(a) / sizeof *(a))
#define TRIES    16 /* for an edit that finds something to do */

static const struct mutate_node *
node_of(const struct mutate_edit *e)
{
    return &e->t->nodes[e->at];
}

static struct tbc_span
bytes_of(const struct mutate_tree *t, size_t from, size_t to)
{
    return tbc_span_sub(t->in, from, to - from);
}

static struct mutate_part
whole(const struct mutate_edit *e)
{
    const struct mutate_node *n = node_of(e);

    return (struct mutate_part){ n->parent, n->from, n->end };
}

static struct mutate_part
head_of(const struct mutate_edit *e)
{
    const struct mutate_node *n = node_of(e);

    return (struct mutate_part){ n->parent, n->from, n->content };
}

static bool
is_in_container(const struct mutate_edit *e)
{
    size_t parent = node_of(e)->parent;

    return parent != NONE && (e->t->nodes[parent].type == TBC_CBOR_ARRAY ||
                              e->t->nodes[parent].type == TBC_CBOR_MAP);
}

/* ---- the edits: false when this one has nothing to do at this node */

static bool
remove_entry(struct mutate_edit *e)
{
    if (!is_in_container(e)) {
        return false;
    }
    mutate_put_with(e, mutate_entry_at(e->t, e->at), (struct tbc_span){ 0 },
                    mutate_below(e->m, 8) == 0 ? 0 : -1);
    return true;
}

static bool
repeat_entry(struct mutate_edit *e)
{
    struct mutate_part part = mutate_entry_at(e->t, e->at);
    struct tbc_span entry = bytes_of(e->t, part.from, part.to);

    if (!is_in_container(e)) {
        return false;
    }
    part.from = part.to;
    mutate_put_with(e, part, entry, mutate_below(e->m, 8) == 0 ? 0 : 1);
    return true;
}

static bool
swap_entries(struct mutate_edit *e)
{
    struct tbc_buf both = { 0 };
    struct mutate_part a = mutate_entry_at(e->t, e->at);
    struct mutate_part b;
    size_t other = NONE;

    for (size_t tries = 0; other == NONE && tries < TRIES; tries++) {
        size_t i = mutate_below(e->m, e->t->n);

        other = e->t->nodes[i].parent == a.parent ? i : NONE;
    }
    if (other == NONE || !is_in_container(e)) {
        return false;
    }
    b = mutate_entry_at(e->t, other);
    if (b.from < a.from) {
        struct mutate_part first = b;

        b = a;
        a = first;
    }
    if (b.from == a.from) {
        return false;
    }
    (void)tbc_buf_append_span(&both, bytes_of(e->t, b.from, b.to));
    (void)tbc_buf_append_span(&both, bytes_of(e->t, a.to, b.from));
    (void)tbc_buf_append_span(&both, bytes_of(e->t, a.from, a.to));
    mutate_put_with(e, (struct mutate_part){ a.parent, a.from, b.to },
                    tbc_buf_span(&both), 0);
    tbc_buf_fini(&both);
    return true;
}

static bool
lengthen_head(struct mutate_edit *e)
{
    static const unsigned widths[] = { 1, 2, 4, 8 };
    const struct mutate_node *n = node_of(e);
    unsigned width = widths[mutate_below(e->m, COUNT(widths))];
    uint8_t head[9];

    if (n->is_open || n->type == TBC_CBOR_SIMPLE || n->content - n->from > width) {
        return false;
    }
    mutate_put_with(e, head_of(e),
                    tbc_span_of(head, mutate_put_head(head, n->type, n->arg, width)),
                    0);
    return true;
}

static bool
make_indefinite(struct mutate_edit *e)
{
    const struct mutate_node *n = node_of(e);
    struct tbc_buf open = { 0 };
    bool string = n->type == TBC_CBOR_BYTES || n->type == TBC_CBOR_TEXT;

    if (n->is_open ||
        (!string && n->type != TBC_CBOR_ARRAY && n->type != TBC_CBOR_MAP)) {
        return false;
    }
    (void)tbc_buf_append_u8(&open, (uint8_t)((unsigned)n->type << 5 | 31));
    (void)tbc_buf_append_span(&open,
                              bytes_of(e->t, string ? n->from : n->content, n->end));
    (void)tbc_buf_append_u8(&open, 0xff);
    mutate_put_with(e, whole(e), tbc_buf_span(&open), 0);
    tbc_buf_fini(&open);
    return true;
}

static bool
change_type(struct mutate_edit *e)
{
    uint8_t first = e->t->in.ptr[node_of(e)->from];
    struct mutate_part part = head_of(e);

    first ^= (uint8_t)((1 + mutate_below(e->m, 7)) << 5);
    part.to = part.from + 1;
    mutate_put_with(e, part, tbc_span_of(&first, 1), 0);
    return true;
}

static bool
put_edge_number(struct mutate_edit *e)
{
    static const uint64_t edges[] = { 0,          1,           23,         24,
                                      255,        256,         65535,      65536,
                                      70000,      70001,       70002,      UINT32_MAX,
                                      1ull << 32, INT64_MAX,   1ull << 63, UINT64_MAX,
                                      1769996460, 253402300800 };
    const struct mutate_node *n = node_of(e);
    enum tbc_cbor_type type =
        mutate_below(e->m, 3) == 0 ? TBC_CBOR_NINT : TBC_CBOR_UINT;
    uint64_t value = edges[mutate_below(e->m, COUNT(edges))];
    uint8_t head[9];

    if (n->type != TBC_CBOR_UINT && n->type != TBC_CBOR_NINT) {
        return false;
    }
    if (mutate_below(e->m, 2) == 0) { /* or its neighbour */
        value = mutate_below(e->m, 2) == 0 ? n->arg + 1 : n->arg - 1;
        type = n->type;
    }
    mutate_put_with(e, whole(e),
                    tbc_span_of(head, mutate_put_head(head, type, value, 0)), 0);
    return true;
}

static bool
put_strange_item(struct mutate_edit *e)
{
    static const char *const items[] = {
        "\xf6", /* null */
        "\xf7", /* undefined */
        "\xf4",
        "\xf5",
        "\xf9\x7e\x01", /* NaN */
        "\xf9\x3c\x01",
        "\xfa\x47\xc3\x50\x01",
        "\xf8\xff",
        "\xf8\x01", /* a simple value in two bytes */
        "\x80",
        "\xa1\xf6\xf6",
        "\x40",
        "\x60",
        "\x5f\xff",
        "\x7f\xff",
        "\x9f\xff",
        "\xbf\xff",
        "\xff",
        "\x1c",             /* reserved */
        "\xc2\x41\x01",     /* a bignum */
        "\xd8\x18\x41\xf6", /* CBOR inside */
        "\xe0",
        "\x62\xc3\x28",
        "\xc1\x01",
    };

    mutate_put_with(e, whole(e), tbc_span_str(items[mutate_below(e->m, COUNT(items))]),
                    0);
    return true;
}

static bool
change_tag(struct mutate_edit *e)
{
    static const uint64_t tags[] = { 0,  1,  2,  16, 17,    18,
                                     19, 24, 61, 98, 55799, UINT64_MAX };
    uint8_t head[9];
    size_t len =
        mutate_put_head(head, TBC_CBOR_TAG, tags[mutate_below(e->m, COUNT(tags))], 0);
    struct mutate_part part = head_of(e);
    bool is_tag = node_of(e)->type == TBC_CBOR_TAG;

    if (is_tag && mutate_below(e->m, 3) == 0) {
        len = 0; /* taken away */
    } else if (!is_tag || mutate_below(e->m, 3) == 0) {
        part.to = part.from; /* put before */
    }
    mutate_put_with(e, part, tbc_span_of(head, len), 0);
    return true;
}

static bool
nest(struct mutate_edit *e)
{
    static const size_t depths[] = { 1, 2, 15, 16, 17, 79, 80, 81, 400 };
    static const uint8_t heads[] = { 0x81, 0xc1, 0x9f };
    uint8_t deep[400];
    size_t depth = depths[mutate_below(e->m, COUNT(depths))];
    struct mutate_part part = whole(e);

    memset(deep, heads[mutate_below(e->m, COUNT(heads))], depth);
    part.to = part.from;
    mutate_put_with(e, part, tbc_span_of(deep, depth), 0);
    return true;
}

/* Overwrite within a string, its length stays. */
static bool
spoil_string(struct mutate_edit *e)
{
    static const char *const ill[] = {
        "\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
        "\x80", "\xe6\x9e", "\xc3",         " ",
        "\x1b", "a",
    };
    const struct mutate_node *n = node_of(e);
    struct tbc_span by = tbc_span_str(ill[mutate_below(e->m, COUNT(ill))]);
    size_t len = n->end - n->content;
    struct mutate_part part = whole(e);

    if ((n->type != TBC_CBOR_TEXT && n->type != TBC_CBOR_BYTES) || len == 0) {
        return false;
    }
    by = mutate_below(e->m, 8) == 0 ? tbc_span_of("", 1) : by; /* a NUL */
    by.len = by.len > len ? len : by.len;
    part.from = n->content + mutate_below(e->m, len - by.len + 1);
    part.to = part.from + by.len;
    mutate_put_with(e, part, by, 0);
    return true;
}

static bool
resize_string(struct mutate_edit *e)
{
    static const size_t sizes[] = { 0, 1, 7, 8, 9, 15, 17, 63, 65, 96, 97, 255, 256 };
    const struct mutate_node *n = node_of(e);
    struct tbc_buf string = { 0 };
    uint8_t head[9];
    size_t old = n->end - n->content;
    size_t len = mutate_below(e->m, 2) == 0 ? sizes[mutate_below(e->m, COUNT(sizes))]
                                            : old + 2 * mutate_below(e->m, 2) - 1;

    if ((n->type != TBC_CBOR_TEXT && n->type != TBC_CBOR_BYTES) || n->is_open ||
        len > old + 256) {
        return false;
    }
    (void)tbc_buf_append(&string, head, mutate_put_head(head, n->type, len, 0));
    (void)tbc_buf_append_span(
        &string, bytes_of(e->t, n->content, n->content + (len < old ? len : old)));
    for (size_t i = old; i < len; i++) {
        (void)tbc_buf_append_u8(&string, n->type == TBC_CBOR_TEXT ? 'x' : 0);
    }
    mutate_put_with(e, whole(e), tbc_buf_span(&string), 0);
    tbc_buf_fini(&string);
    return true;
}

/* Heads that promise more or less than follows. */
static bool
lie(struct mutate_edit *e)
{
    static const uint64_t counts[] = { 0,          1,          255,       65535,
                                       UINT32_MAX, 1ull << 63, UINT64_MAX };
    const struct mutate_node *n = node_of(e);
    uint64_t arg = counts[mutate_below(e->m, COUNT(counts))];
    uint8_t head[9];

    if (n->type == TBC_CBOR_SIMPLE || n->is_open) {
        return false;
    }
    if (mutate_below(e->m, 2) == 0) {
        arg = mutate_below(e->m, 2) == 0 ? n->arg + 1 : n->arg - 1;
    }
    mutate_put_with(e, head_of(e),
                    tbc_span_of(head, mutate_put_head(head, n->type, arg, 0)), 0);
    return true;
}

/* Header parameters where they do not belong: into a map, in front or behind. */
static bool
add_header(struct mutate_edit *e)
{
    static const struct {
        const char *bytes;
        size_t len;
    } headers[] = {
        { "\x01\x26", 2 },                 /* alg ES256 */
        { "\x01\x27", 2 },                 /* alg EdDSA */
        { "\x01\x38\x22", 3 },             /* alg ES384 */
        { "\x01\x3a\x00\x01\x11\x71", 6 }, /* alg SM2 */
        { "\x01\x65"
          "ES256",
          7 },                     /* alg as text */
        { "\x02\x81\x01", 3 },     /* crit alg */
        { "\x02\x81\x18\x63", 4 }, /* crit 99 */
        { "\x02\x80", 2 },         /* crit of nothing */
        { "\x03\x00", 2 },         /* content type */
        { "\x04\x48"
          "12345678",
          10 },                    /* kid */
        { "\x05\x41\x00", 3 },     /* IV */
        { "\x10\x60", 2 },         /* typ */
        { "\x10\x19\x01\x2c", 4 }, /* typ as a number */
        { "\x18\x63\xf6", 3 },     /* 99 */
        { "\x61"
          "a\x01",
          3 },             /* text label */
        { "\x20\x01", 2 }, /* -1 */
    };
    const struct mutate_node *n = node_of(e);
    size_t i = mutate_below(e->m, COUNT(headers));
    size_t at = mutate_below(e->m, 2) == 0 || n->is_open ? n->content : n->end;

    if (n->type != TBC_CBOR_MAP) {
        return false;
    }
    mutate_put_with(e, (struct mutate_part){ e->at, at, at },
                    tbc_span_of(headers[i].bytes, headers[i].len), 1);
    return true;
}

/* What stands in another message at the same place: its signature, its kid, its payload. */
static bool
take_same_place(struct mutate_edit *e)
{
    const struct mutate_tree *d = &e->m->donor;

    if (e->at >= d->n) {
        return false;
    }
    mutate_put_with(e, whole(e), bytes_of(d, d->nodes[e->at].from, d->nodes[e->at].end),
                    0);
    return true;
}

static bool
take_any_place(struct mutate_edit *e)
{
    const struct mutate_tree *d = mutate_below(e->m, 2) == 0 ? &e->m->donor : e->t;
    size_t i = mutate_below(e->m, d->n);

    if (d->n == 0) {
        return false;
    }
    mutate_put_with(e, whole(e), bytes_of(d, d->nodes[i].from, d->nodes[i].end), 0);
    return true;
}

static bool
insert_item(struct mutate_edit *e)
{
    const struct mutate_tree *d = mutate_below(e->m, 2) == 0 ? &e->m->donor : e->t;
    struct mutate_part part = mutate_entry_at(e->t, e->at);
    struct mutate_part from;

    if (d->n == 0 || !is_in_container(e)) {
        return false;
    }
    from = mutate_entry_at(d, mutate_below(e->m, d->n));
    part.to = part.from;
    mutate_put_with(e, part, bytes_of(d, from.from, from.to), 1);
    return true;
}

static bool
flip_bits(struct mutate_edit *e)
{
    size_t n = 1 + mutate_below(e->m, 4);

    (void)tbc_buf_append_span(e->out, e->t->in);
    for (; n > 0 && e->out->len > e->base; n--) {
        size_t at = e->base + mutate_below(e->m, e->out->len - e->base);

        e->out->ptr[at] ^= (uint8_t)(1u << mutate_below(e->m, 8));
    }
    return true;
}

/* More behind, less behind, or something before. */
static bool
change_ends(struct mutate_edit *e)
{
    static const char *const behind[] = { "\xf6", "\x40", "\xa0", "\xff", "\x82" };
    static const char *const before[] = { "\xd8\x3d", "\xd9\xd9\xf7", "\xd2", "\x81" };

    switch (mutate_below(e->m, 5)) {
    case 0:
        (void)tbc_buf_append_span(e->out, e->t->in);
        (void)tbc_buf_append_str(e->out, behind[mutate_below(e->m, COUNT(behind))]);
        break;
    case 1:
        (void)tbc_buf_append_span(e->out, e->t->in);
        (void)tbc_buf_append_u8(e->out, (uint8_t)mutate_random(e->m));
        break;
    case 2:
        (void)tbc_buf_append_str(e->out, before[mutate_below(e->m, COUNT(before))]);
        (void)tbc_buf_append_span(e->out, e->t->in);
        break;
    case 3: /* one of its own items alone: the certificate without its proof */
        (void)tbc_buf_append_span(e->out,
                                  bytes_of(e->t, node_of(e)->content, node_of(e)->end));
        break;
    default:
        (void)tbc_buf_append_span(e->out, bytes_of(e->t, 0, node_of(e)->end));
    }
    return true;
}

static const struct {
    const char *name;
    bool (*run)(struct mutate_edit *);
} edits[] = {
    { "remove entry", remove_entry },
    { "repeat entry", repeat_entry },
    { "swap entries", swap_entries },
    { "lengthen head", lengthen_head },
    { "make indefinite", make_indefinite },
    { "change type", change_type },
    { "edge number", put_edge_number },
    { "strange item", put_strange_item },
    { "change tag", change_tag },
    { "nest", nest },
    { "spoil string", spoil_string },
    { "resize string", resize_string },
    { "lie", lie },
    { "add header", add_header },
    { "take the same place of another", take_same_place },
    { "take any place of another", take_any_place },
    { "insert item", insert_item },
    { "flip bits", flip_bits },
    { "change ends", change_ends },
};

const char *
mutate_cbor(struct mutate *m, struct tbc_span in, struct tbc_span donor,
            struct tbc_buf *out)
{
    struct mutate_edit e = { .m = m, .t = &m->tree, .out = out, .base = out->len };
    size_t which = 0;
    bool done = false;

    mutate_read(&m->tree, in);
    mutate_read(&m->donor, donor);
    if (m->tree.n == 0) {
        return NULL;
    }
    for (size_t i = 0; i < TRIES && !done; i++) {
        e.at = mutate_below(m, m->tree.n);
        which = mutate_below(m, COUNT(edits));
        done = edits[which].run(&e);
    }
    if (!done) {
        (void)flip_bits(&e);
        return "flip bits";
    }
    return edits[which].name;
}
