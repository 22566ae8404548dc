/* Edits of CBOR and of QR texts that a careless or a hostile writer could make.  The structure stays
 * sound around an edit (lengths and counts of what encloses it are mended), so that what is tested
 * lies deep and not only at the first byte.  Byte strings that hold CBOR are entered.
 *
 * Everything follows from the seed. */
#ifndef TBC_TESTS_MUTATE_H
#define TBC_TESTS_MUTATE_H

#include "codec/cbor_any.h"

#define MUTATE_NODES_MAX 256

/* One item: [from, content) is its head, [content, end) what is inside. */
struct mutate_node {
    size_t from;
    size_t content;
    size_t end;
    size_t parent; /* SIZE_MAX: none */
    size_t place;  /* among its parent's items; a map counts keys and values */
    uint64_t arg;
    uint64_t left; /* while it is being read: items to come */
    enum tbc_cbor_type type;
    bool is_open;
    bool wraps; /* a byte string that holds one item, which is its only child */
};

/* All items in the order of their heads; beyond MUTATE_NODES_MAX they are not known. */
struct mutate_tree {
    struct tbc_span in;
    struct mutate_node nodes[MUTATE_NODES_MAX];
    size_t n;
};

/* Large: keep it on the heap or static. */
struct mutate {
    uint64_t state; /* the seed, to begin with */
    struct mutate_tree tree;
    struct mutate_tree donor;
};

/* Read what can be read of in, which is borrowed: a broken message gives the items before the
 * break. */
void mutate_read(struct mutate_tree *t, struct tbc_span in);

uint64_t mutate_random(struct mutate *m);
/* 0 .. n - 1; 0 when n is 0. */
size_t mutate_below(struct mutate *m, size_t n);

/* Append one edited form of in to out; pieces of other messages come from donor (may be in itself).
 * Returns the edit's name; NULL when in has no item at all, with out unchanged. */
const char *mutate_cbor(struct mutate *m, struct tbc_span in, struct tbc_span donor,
                        struct tbc_buf *out);

/* The same for a QR text, by letters. */
const char *mutate_text(struct mutate *m, struct tbc_span in, struct tbc_buf *out);

#endif
