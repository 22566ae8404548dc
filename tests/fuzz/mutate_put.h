/* Inside of mutate.c: how an edited message is written. */
#ifndef TBC_TESTS_MUTATE_PUT_H
#define TBC_TESTS_MUTATE_PUT_H

#include "mutate.h"

/* A part of the message and what encloses it. */
struct mutate_part {
    size_t parent;
    size_t from;
    size_t to;
};

/* One edit at work. */
struct mutate_edit {
    struct mutate *m;
    const struct mutate_tree *t;
    size_t at; /* the node to edit */
    struct tbc_buf *out;
    size_t base; /* out's length before */
};

/* A head of this width: 0 the shortest, else 1, 2, 4 or 8 bytes of argument.  Returns its length. */
size_t mutate_put_head(uint8_t out[static 9], enum tbc_cbor_type type, uint64_t arg,
                       unsigned width);

/* Write the message with the part replaced: the parent gets that many items more (pairs of a map),
 * and every byte string around it its new length. */
void mutate_put_with(const struct mutate_edit *e, struct mutate_part part,
                     struct tbc_span by, int items);

/* The node as its parent counts it: with its key or its value in a map. */
struct mutate_part mutate_entry_at(const struct mutate_tree *t, size_t at);

#endif
