#include "codec/cbor_any.h"

/* Deterministic encoding (RFC 8949 sec. 4.2.1), asked of an item that is known to be well-formed:
 * shortest heads, definite lengths, shortest floats, sorted keys, plain integers where they do. */

#define TAG_BIGNUM          2
#define TAG_NEGATIVE_BIGNUM 3
#define PLAIN_INTEGER_LEN   8

/* One open container on the way down. */
struct level {
    uint64_t left; /* items still to come; a map counts keys and values */
    bool is_map;
    size_t key_from;      /* where the present key began */
    struct tbc_span last; /* the key before */
};

struct walk {
    struct tbc_cbor_any r;
    struct level levels[TBC_CBOR_ANY_DEPTH + 1];
    size_t depth;
};

struct format {
    unsigned exponent_bits;
    unsigned mantissa_bits;
};

/* IEEE 754 binary16, 32 and 64, as additional information 25, 26 and 27 hold them. */
static const struct format formats[] = { { 5, 10 }, { 8, 23 }, { 11, 52 } };

/* Does the next smaller format hold the very same value, for NaN the same payload? */
static bool
float_could_be_shorter(uint64_t bits, struct format have, struct format want)
{
    uint64_t mantissa = bits & ((UINT64_C(1) << have.mantissa_bits) - 1);
    uint64_t biased =
        bits >> have.mantissa_bits & ((UINT64_C(1) << have.exponent_bits) - 1);
    int exponent = (int)biased - ((1 << (have.exponent_bits - 1)) - 1);
    int largest = (1 << (want.exponent_bits - 1)) - 1;
    int smallest = 1 - largest;
    unsigned lost = have.mantissa_bits - want.mantissa_bits;

    if (biased == 0) {
        return mantissa == 0; /* smaller numbers are nothing in the smaller format */
    }
    if (exponent > largest && biased != (UINT64_C(1) << have.exponent_bits) - 1) {
        return false;
    }
    if (exponent < smallest) {
        /* Subnormal there: the leading one becomes explicit and more bits are lost. */
        lost += (unsigned)(smallest - exponent);
        if (lost > have.mantissa_bits) {
            return false;
        }
    }
    return (mantissa & ((UINT64_C(1) << lost) - 1)) == 0;
}

static bool
head_is_shortest(const struct tbc_cbor_head *h)
{
    return h->info < 24    ? true
           : h->info == 24 ? h->arg >= 24
           : h->info == 25 ? h->arg > UINT8_MAX
           : h->info == 26 ? h->arg > UINT16_MAX
                           : h->arg > UINT32_MAX;
}

/* A bignum of this content is one that major types 0 and 1 do not reach. */
static bool
bignum_is_needed(const struct tbc_cbor_any *r)
{
    struct tbc_cbor_any ahead = *r;
    struct tbc_cbor_head h;

    (void)tbc_cbor_any_next(&ahead, &h); /* well-formed: an item follows */
    if (h.type != TBC_CBOR_BYTES || h.is_open) {
        return true; /* not a bignum of this form: judged where it stands */
    }
    return h.content.len > PLAIN_INTEGER_LEN && h.content.ptr[0] != 0;
}

/* What in this head is not deterministic; NULL when nothing is. */
static const char *
head_offence(const struct tbc_cbor_any *r, const struct tbc_cbor_head *h)
{
    if (h->is_open) {
        return "indefinite length";
    }
    if (h->type == TBC_CBOR_SIMPLE) {
        return h->info > 25 && float_could_be_shorter(h->arg, formats[h->info - 25],
                                                      formats[h->info - 26])
                   ? "float that fits a shorter form"
                   : NULL;
    }
    if (!head_is_shortest(h)) {
        return "long form of an integer or a length";
    }
    if (h->type == TBC_CBOR_TAG &&
        (h->arg == TAG_BIGNUM || h->arg == TAG_NEGATIVE_BIGNUM) &&
        !bignum_is_needed(r)) {
        return "bignum that is not the shortest form";
    }
    return NULL;
}

static void
enter(struct walk *w, const struct tbc_cbor_head *h)
{
    w->levels[++w->depth] = (struct level){
        .left = h->type == TBC_CBOR_MAP   ? 2 * h->arg
                : h->type == TBC_CBOR_TAG ? 1
                                          : h->arg,
        .is_map = h->type == TBC_CBOR_MAP,
        .key_from = w->r.at,
    };
}

/* An item ended: compare it when it was a key, then take it off what contains it. */
static void
finish(struct walk *w)
{
    struct level *top = &w->levels[w->depth];

    if (top->is_map && top->left % 2 == 0) {
        struct tbc_span key =
            tbc_span_of(w->r.in.ptr + top->key_from, w->r.at - top->key_from);

        if (top->last.len > 0 && tbc_span_order(top->last, key) >= 0) {
            (void)tbc_cbor_any_fail(&w->r, TBC_ERR_CONFLICT,
                                    tbc_span_equal(top->last, key)
                                        ? "map key given twice"
                                        : "map keys out of order",
                                    top->key_from);
        }
        top->last = key;
    } else {
        top->key_from = w->r.at;
    }
    top->left--;
}

static void
step(struct walk *w)
{
    struct tbc_cbor_head h;
    const char *offence;
    bool container;

    if (tbc_cbor_any_next(&w->r, &h) != TBC_OK) {
        return;
    }
    if ((offence = head_offence(&w->r, &h)) != NULL) {
        (void)tbc_cbor_any_fail(&w->r, TBC_ERR_CONFLICT, offence, h.from);
        return;
    }
    /* Empty ones are leaves here as in tbc_cbor_any_skip, which has found the depth to be in bounds. */
    container = h.type == TBC_CBOR_TAG ||
                ((h.type == TBC_CBOR_ARRAY || h.type == TBC_CBOR_MAP) && h.arg > 0);
    if (container) {
        enter(w, &h);
    } else {
        finish(w);
    }
    while (w->r.err == TBC_OK && w->depth > 0 && w->levels[w->depth].left == 0) {
        w->depth--;
        finish(w);
    }
}

enum tbc_err
tbc_cbor_check(struct tbc_span in, struct tbc_fault *fault)
{
    struct walk w;

    tbc_cbor_any_open(&w.r, in);
    if (tbc_cbor_any_skip(&w.r, NULL) == TBC_OK && w.r.at != in.len) {
        (void)tbc_cbor_any_fail(&w.r, TBC_ERR_MALFORMED, "trailing bytes", w.r.at);
    }
    if (w.r.err == TBC_OK) {
        tbc_cbor_any_open(&w.r, in);
        w.depth = 0;
        w.levels[0] = (struct level){ .left = 1 };
        while (w.r.err == TBC_OK && w.levels[0].left > 0) {
            step(&w);
        }
    }
    if (fault != NULL) {
        *fault = w.r.fault;
    }
    return w.r.err;
}
