/* Diagnostic notation (RFC 8949 sec. 8), written by one walk without recursion. */
#include "base/text.h"
#include "codec/cbor_any.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOUBLE_DIGITS 17
#define PLAIN_MIN     (-7) /* decimal exponents that are written without an "e" */
#define PLAIN_MAX     20
#define PLACES_MAX    25 /* of 17 digits from the seventh place on */
#define NUMBER_SIZE   48

struct level {
    enum tbc_cbor_type type;
    bool is_open;
    uint64_t left; /* when not open */
    uint64_t done;
};

struct walk {
    struct tbc_cbor_any r;
    struct tbc_buf *out;
    struct level levels[TBC_CBOR_ANY_DEPTH];
    size_t depth;
};

static double
half_value(uint64_t bits)
{
    int exponent = (int)(bits >> 10 & 0x1f);
    double mantissa = (double)(bits & 0x3ff);
    double value = exponent == 0    ? ldexp(mantissa, -24)
                   : exponent != 31 ? ldexp(mantissa + 1024, exponent - 25)
                   : mantissa == 0  ? (double)INFINITY
                                    : (double)NAN;

    return (bits & 0x8000) != 0 ? -value : value;
}

static double
float_value(const struct tbc_cbor_head *h)
{
    uint32_t narrow = (uint32_t)h->arg;
    float single;
    double value;

    if (h->info == 25) {
        return half_value(h->arg);
    }
    if (h->info == 26) {
        memcpy(&single, &narrow, sizeof single);
        return (double)single;
    }
    memcpy(&value, &h->arg, sizeof value);
    return value;
}

/* One more in the last digit of "5.96e-08"; of 9.99 nothing is left to do. */
static void
next_digit(char *text)
{
    char *at = strchr(text, 'e');

    while (at != NULL && at > text) {
        at--;
        if (*at == '9' && at > text) {
            *at = '0';
        } else if (*at >= '0' && *at < '9') {
            (*at)++;
            return;
        }
    }
}

/* Do n digits, written to text, read back as value?  What was rounded down out of reach may be in
 * reach one higher: 2^-24 is 5.960464477539063e-8, not ...062. */
static bool
digits_suffice(double value, int n, char text[static NUMBER_SIZE])
{
    (void)snprintf(text, NUMBER_SIZE, "%.*e", n - 1, value);
    if (strtod(text, NULL) != value) {
        next_digit(text);
    }
    return strtod(text, NULL) == value;
}

/* The fewest digits that read back as the same number. */
static int
digits_of(double value, char text[static NUMBER_SIZE])
{
    int n = 1;

    while (n < DOUBLE_DIGITS && !digits_suffice(value, n, text)) {
        n++;
    }
    if (n == DOUBLE_DIGITS) {
        (void)snprintf(text, NUMBER_SIZE, "%.*e", n - 1, value);
    }
    return n;
}

/* Without an exponent, with at least so many places. */
static void
put_plain(struct tbc_buf *out, double value, int places)
{
    char text[NUMBER_SIZE];

    do {
        (void)snprintf(text, sizeof text, "%.*f", places++, value);
    } while (strtod(text, NULL) != value && places < PLACES_MAX);
    (void)tbc_buf_append_str(out, text);
}

static void
put_float(struct tbc_buf *out, double value)
{
    char text[NUMBER_SIZE];
    size_t e;
    long exponent;
    int digits;

    if (isnan(value) || isinf(value)) {
        (void)tbc_buf_append_str(out, isnan(value) ? "NaN"
                                      : value < 0  ? "-Infinity"
                                                   : "Infinity");
        return;
    }
    digits = digits_of(value, text);
    e = strcspn(text, "e"); /* there always is one */
    exponent = strtol(text + e + 1, NULL, 10);
    if (exponent >= PLAIN_MIN && exponent <= PLAIN_MAX) {
        int places = digits - 1 - (int)exponent;

        put_plain(out, value, places < 1 ? 1 : places);
        return;
    }
    (void)tbc_buf_append(out, text, e);
    (void)tbc_buf_printf(out, "%se%+ld", digits == 1 ? ".0" : "", exponent);
}

static void
put_text(struct tbc_buf *out, struct tbc_span s)
{
    (void)tbc_buf_append_u8(out, '"');
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = s.ptr[i];

        if (c < ' ' || c == 0x7f) {
            (void)tbc_buf_printf(out, "\\u%04x", c);
            continue;
        }
        if (c == '"' || c == '\\') {
            (void)tbc_buf_append_u8(out, '\\');
        }
        (void)tbc_buf_append_u8(out, c);
    }
    (void)tbc_buf_append_u8(out, '"');
}

static void
put_simple(struct tbc_buf *out, const struct tbc_cbor_head *h)
{
    static const char *const words[] = { "false", "true", "null", "undefined" };

    if (h->info >= 25) {
        put_float(out, float_value(h));
    } else if (h->arg >= 20 && h->arg <= 23) {
        (void)tbc_buf_append_str(out, words[h->arg - 20]);
    } else {
        (void)tbc_buf_printf(out, "simple(%" PRIu64 ")", h->arg);
    }
}

static void
put_bytes(struct tbc_buf *out, struct tbc_span s)
{
    (void)tbc_buf_append_str(out, "h'");
    (void)tbc_hex_encode(s, out);
    (void)tbc_buf_append_u8(out, '\'');
}

static void
put_leaf(struct tbc_buf *out, const struct tbc_cbor_head *h)
{
    switch (h->type) {
    case TBC_CBOR_UINT:
        (void)tbc_buf_printf(out, "%" PRIu64, h->arg);
        return;
    case TBC_CBOR_NINT:
        if (h->arg == UINT64_MAX) { /* -1 - arg is one beyond 64 bits */
            (void)tbc_buf_append_str(out, "-18446744073709551616");
        } else {
            (void)tbc_buf_printf(out, "-%" PRIu64, h->arg + 1);
        }
        return;
    case TBC_CBOR_BYTES:
        put_bytes(out, h->content);
        return;
    case TBC_CBOR_TEXT:
        put_text(out, h->content);
        return;
    case TBC_CBOR_SIMPLE:
        put_simple(out, h);
        return;
    case TBC_CBOR_ARRAY:
    case TBC_CBOR_MAP:
    case TBC_CBOR_TAG:
    case TBC_CBOR_END:
        return;
    }
}

/* What stands before an item inside its container. */
static void
put_separator(struct walk *w)
{
    const struct level *top = w->depth == 0 ? NULL : &w->levels[w->depth - 1];

    if (top == NULL || top->done == 0) {
        return;
    }
    (void)tbc_buf_append_str(
        w->out, top->type == TBC_CBOR_MAP && top->done % 2 == 1 ? ": " : ", ");
}

static void
put_open(struct walk *w, const struct tbc_cbor_head *h)
{
    if (h->type == TBC_CBOR_TAG) {
        (void)tbc_buf_printf(w->out, "%" PRIu64, h->arg);
    }
    (void)tbc_buf_append_u8(w->out, h->type == TBC_CBOR_ARRAY ? '['
                                    : h->type == TBC_CBOR_MAP ? '{'
                                                              : '(');
    (void)tbc_buf_append_str(w->out, h->is_open ? "_ " : "");
}

static void
put_close(struct walk *w, enum tbc_cbor_type type)
{
    (void)tbc_buf_append_u8(w->out, type == TBC_CBOR_ARRAY ? ']'
                                    : type == TBC_CBOR_MAP ? '}'
                                                           : ')');
}

/* An item ended: count it, and close what is thereby full. */
static void
finish(struct walk *w)
{
    while (w->depth > 0) {
        struct level *top = &w->levels[w->depth - 1];

        top->done++;
        if (top->is_open || top->done < top->left) {
            return;
        }
        put_close(w, top->type);
        w->depth--;
    }
}

/* An open string without chunks has a notation of its own (RFC 8949 sec. 8.1). */
static bool
put_empty_string(struct walk *w, const struct tbc_cbor_head *h)
{
    if (!h->is_open || (h->type != TBC_CBOR_BYTES && h->type != TBC_CBOR_TEXT) ||
        w->r.in.ptr[w->r.at] != 0xff) {
        return false;
    }
    (void)tbc_buf_append_str(w->out, h->type == TBC_CBOR_BYTES ? "''_" : "\"\"_");
    w->r.at++;
    return true;
}

static void
put_container(struct walk *w, const struct tbc_cbor_head *h)
{
    uint64_t left = h->type == TBC_CBOR_MAP   ? 2 * h->arg
                    : h->type == TBC_CBOR_TAG ? 1
                                              : h->arg;

    put_open(w, h);
    if (!h->is_open && left == 0) {
        put_close(w, h->type);
        finish(w);
        return;
    }
    w->levels[w->depth++] =
        (struct level){ .type = h->type, .is_open = h->is_open, .left = left };
}

/* The item was found well-formed before: heads cannot fail and depth is in bounds. */
static void
step(struct walk *w)
{
    struct tbc_cbor_head h;
    bool container;

    if (tbc_cbor_any_next(&w->r, &h) != TBC_OK) {
        return;
    }
    if (h.is_break) {
        put_close(w, w->levels[--w->depth].type);
        finish(w);
        return;
    }
    put_separator(w);
    container = h.is_open || h.type == TBC_CBOR_ARRAY || h.type == TBC_CBOR_MAP ||
                h.type == TBC_CBOR_TAG;
    if (put_empty_string(w, &h)) {
        finish(w);
    } else if (container) {
        put_container(w, &h);
    } else {
        put_leaf(w->out, &h);
        finish(w);
    }
}

enum tbc_err
tbc_cbor_diag(struct tbc_span in, struct tbc_buf *out, struct tbc_fault *fault)
{
    struct walk w = { .out = out };
    size_t from = out->len;

    tbc_cbor_any_open(&w.r, in);
    if (tbc_cbor_any_skip(&w.r, NULL) == TBC_OK && w.r.at != in.len) {
        (void)tbc_cbor_any_fail(&w.r, TBC_ERR_MALFORMED, "trailing bytes", w.r.at);
    }
    if (w.r.err != TBC_OK) {
        if (fault != NULL) {
            *fault = w.r.fault;
        }
        return w.r.err;
    }
    w.r.at = 0;
    do {
        step(&w);
    } while (w.r.err == TBC_OK && tbc_buf_status(out) == TBC_OK && w.depth > 0);
    return tbc_buf_whole(out, from, w.r.err);
}
