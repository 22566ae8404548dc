/* Any well-formed CBOR (RFC 8949), as others write it: indefinite lengths, long forms, floats.
 *
 * For the general tools and for keys of others; what this railway signs goes through the strict
 * codec/cbor.h.  Iterative, in place, at most TBC_CBOR_ANY_DEPTH deep. */
#ifndef TBC_CODEC_CBOR_ANY_H
#define TBC_CODEC_CBOR_ANY_H

#include "codec/cbor.h"

#define TBC_CBOR_ANY_DEPTH 80
#define TBC_CBOR_ANY_MAX   (64u << 20) /* bytes of input */

/* One head: what begins an item, or the break that ends an indefinite one. */
struct tbc_cbor_head {
    enum tbc_cbor_type type;
    unsigned info; /* the low five bits: the argument's width, 31 when indefinite */
    uint64_t arg;  /* value, length, count, tag, simple value or the bits of a float */
    size_t from;   /* offset of the head */
    bool is_open;  /* indefinite length: items follow until a break */
    bool is_break; /* the break itself; type is TBC_CBOR_SIMPLE */
    struct tbc_span content; /* of a string of definite length */
};

struct tbc_cbor_any {
    struct tbc_span in;
    size_t at;
    enum tbc_err err; /* sticks, as in tbc_cbor_in */
    struct tbc_fault fault;
};

/* Borrows in.  More than TBC_CBOR_ANY_MAX bytes are ERR_LIMIT at the first read. */
void tbc_cbor_any_open(struct tbc_cbor_any *r, struct tbc_span in);

/* Read one head, and with it the content of a definite string; the items of a container, the
 * chunks of an open string and the item of a tag follow. */
enum tbc_err tbc_cbor_any_next(struct tbc_cbor_any *r, struct tbc_cbor_head *h);

/* Step over one item with everything inside it; item (may be NULL) borrows its encoding. */
enum tbc_err tbc_cbor_any_skip(struct tbc_cbor_any *r, struct tbc_span *item);

/* Read a string of the type (bytes or text), whole or in chunks, and append it to out. */
enum tbc_err tbc_cbor_any_string(struct tbc_cbor_any *r, enum tbc_cbor_type type,
                                 struct tbc_buf *out);

/* Remember the first error, at this offset; returns the one remembered. */
enum tbc_err tbc_cbor_any_fail(struct tbc_cbor_any *r, enum tbc_err err,
                               const char *what, size_t offset);

/* A map or an array, item by item:
 *     tbc_cbor_any_enter(&r, TBC_CBOR_MAP, &seq);
 *     while (tbc_cbor_any_more(&r, &seq)) { ... key, then value ... }   */
struct tbc_cbor_seq {
    uint64_t left;
    bool is_open;
};
enum tbc_err tbc_cbor_any_enter(struct tbc_cbor_any *r, enum tbc_cbor_type type,
                                struct tbc_cbor_seq *seq);
/* True while an entry follows; takes the break of an open container. */
bool tbc_cbor_any_more(struct tbc_cbor_any *r, struct tbc_cbor_seq *seq);

/* An integer of either sign that fits; ERR_LIMIT otherwise. */
enum tbc_err tbc_cbor_any_int(struct tbc_cbor_any *r, int64_t *value);

/* The type of the next item without moving; TBC_CBOR_END at the end or after an error. */
enum tbc_cbor_type tbc_cbor_any_peek(const struct tbc_cbor_any *r);

/* Is in one well-formed item, and if so is it in deterministic encoding (RFC 8949 sec. 4.2.1)?
 * Errors: ERR_MALFORMED or ERR_LIMIT (not well-formed); ERR_CONFLICT: well-formed, but not
 * deterministic or not valid.  fault says what and where. */
enum tbc_err tbc_cbor_check(struct tbc_span in, struct tbc_fault *fault) TBC_MUST_CHECK;

/* Diagnostic notation (RFC 8949 sec. 8) of one item, appended on one line. */
enum tbc_err tbc_cbor_diag(struct tbc_span in, struct tbc_buf *out,
                           struct tbc_fault *fault) TBC_MUST_CHECK;

#endif
