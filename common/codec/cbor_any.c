#include "codec/cbor_any.h"

#include "base/text.h"

#include <string.h>

#define INFO_OPEN 31

void
tbc_cbor_any_open(struct tbc_cbor_any *r, struct tbc_span in)
{
    *r = (struct tbc_cbor_any){ .in = in };
    if (in.len > TBC_CBOR_ANY_MAX) {
        r->err = TBC_ERR_LIMIT;
        r->fault = (struct tbc_fault){ .what = "length of the input" };
    }
}

enum tbc_err
tbc_cbor_any_fail(struct tbc_cbor_any *r, enum tbc_err err, const char *what,
                  size_t offset)
{
    if (r->err == TBC_OK) {
        r->err = err;
        r->fault = (struct tbc_fault){ .what = what, .offset = offset };
    }
    return r->err;
}

enum tbc_cbor_type
tbc_cbor_any_peek(const struct tbc_cbor_any *r)
{
    if (r->err != TBC_OK || r->at >= r->in.len) {
        return TBC_CBOR_END;
    }
    return (enum tbc_cbor_type)(r->in.ptr[r->at] >> 5);
}

/* The argument behind the initial byte (RFC 8949 sec. 3). */
static enum tbc_err
read_argument(struct tbc_cbor_any *r, struct tbc_cbor_head *h)
{
    size_t width;

    if (h->info < 24) {
        h->arg = h->info;
        return TBC_OK;
    }
    if (h->info > 27) {
        return tbc_cbor_any_fail(r, TBC_ERR_MALFORMED,
                                 "additional information 28 to 31", h->from);
    }
    width = (size_t)1 << (h->info - 24);
    if (r->in.len - r->at < width) {
        return tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "end inside a head", r->in.len);
    }
    for (size_t i = 0; i < width; i++) {
        h->arg = h->arg << 8 | r->in.ptr[r->at++];
    }
    return TBC_OK;
}

/* What an indefinite head may be: a string, a container, or the break. */
static bool
take_open(struct tbc_cbor_head *h)
{
    h->is_break = h->type == TBC_CBOR_SIMPLE;
    h->is_open = h->type == TBC_CBOR_BYTES || h->type == TBC_CBOR_TEXT ||
                 h->type == TBC_CBOR_ARRAY || h->type == TBC_CBOR_MAP;
    return h->is_break || h->is_open;
}

static enum tbc_err
take_content(struct tbc_cbor_any *r, struct tbc_cbor_head *h)
{
    if (h->arg > r->in.len - r->at) {
        return tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "end inside a string",
                                 r->in.len);
    }
    h->content = tbc_span_sub(r->in, r->at, (size_t)h->arg);
    r->at += (size_t)h->arg;
    if (h->type == TBC_CBOR_TEXT && !tbc_utf8_is_valid(h->content)) {
        return tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "text that is not UTF-8",
                                 h->from);
    }
    return TBC_OK;
}

enum tbc_err
tbc_cbor_any_next(struct tbc_cbor_any *r, struct tbc_cbor_head *h)
{
    *h = (struct tbc_cbor_head){ .type = TBC_CBOR_END, .from = r->at };
    if (r->err != TBC_OK) {
        return r->err;
    }
    if (r->at >= r->in.len) {
        return tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "end of input", r->in.len);
    }
    h->type = tbc_cbor_any_peek(r);
    h->info = r->in.ptr[r->at++] & 31;
    if (h->info == INFO_OPEN && take_open(h)) {
        return TBC_OK;
    }
    if (read_argument(r, h) != TBC_OK) {
        return r->err;
    }
    if (h->type == TBC_CBOR_SIMPLE && h->info == 24 && h->arg < 32) {
        return tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "simple value in two bytes",
                                 h->from);
    }
    if (h->type == TBC_CBOR_BYTES || h->type == TBC_CBOR_TEXT) {
        return take_content(r, h);
    }
    return TBC_OK;
}

enum tbc_err
tbc_cbor_any_int(struct tbc_cbor_any *r, int64_t *value)
{
    struct tbc_cbor_head h;

    *value = 0;
    if (tbc_cbor_any_next(r, &h) != TBC_OK) {
        return r->err;
    }
    if (h.type != TBC_CBOR_UINT && h.type != TBC_CBOR_NINT) {
        return tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "not an integer", h.from);
    }
    if (h.arg > INT64_MAX) {
        return tbc_cbor_any_fail(r, TBC_ERR_LIMIT, "integer", h.from);
    }
    *value = h.type == TBC_CBOR_NINT ? -1 - (int64_t)h.arg : (int64_t)h.arg;
    return TBC_OK;
}

static enum tbc_err
read_string(struct tbc_cbor_any *r, enum tbc_cbor_type type, struct tbc_buf *out)
{
    struct tbc_cbor_head h;
    size_t from = r->at;
    bool is_open;
    enum tbc_err err;

    if (tbc_cbor_any_next(r, &h) != TBC_OK) {
        return r->err;
    }
    if (h.type != type) {
        return tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "not the string expected", from);
    }
    is_open = h.is_open;
    do {
        if (is_open && (tbc_cbor_any_next(r, &h) != TBC_OK || h.is_break)) {
            return r->err;
        }
        if (h.type != type || h.is_open) {
            return tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "chunk of a string", h.from);
        }
        if ((err = tbc_buf_append_span(out, h.content)) != TBC_OK) {
            return tbc_cbor_any_fail(r, err, "string", from);
        }
    } while (is_open);
    return TBC_OK;
}

enum tbc_err
tbc_cbor_any_string(struct tbc_cbor_any *r, enum tbc_cbor_type type,
                    struct tbc_buf *out)
{
    size_t from = out->len;

    return tbc_buf_whole(out, from, read_string(r, type, out));
}

enum tbc_err
tbc_cbor_any_enter(struct tbc_cbor_any *r, enum tbc_cbor_type type,
                   struct tbc_cbor_seq *seq)
{
    struct tbc_cbor_head h;

    *seq = (struct tbc_cbor_seq){ 0 };
    if (tbc_cbor_any_next(r, &h) != TBC_OK) {
        return r->err;
    }
    if (h.type != type) {
        return tbc_cbor_any_fail(r, TBC_ERR_MALFORMED,
                                 type == TBC_CBOR_MAP ? "not a map" : "not an array",
                                 h.from);
    }
    *seq = (struct tbc_cbor_seq){ .left = h.arg, .is_open = h.is_open };
    return TBC_OK;
}

bool
tbc_cbor_any_more(struct tbc_cbor_any *r, struct tbc_cbor_seq *seq)
{
    if (r->err != TBC_OK) {
        return false;
    }
    if (!seq->is_open) {
        return seq->left > 0 && seq->left-- > 0;
    }
    if (r->at < r->in.len && r->in.ptr[r->at] == 0xff) {
        r->at++;
        seq->is_open = false;
        return false;
    }
    return true;
}

/* One open container on the way down. */
struct level {
    enum tbc_cbor_type type;
    bool is_open;
    bool half; /* inside a map: a key without its value */
    uint64_t left;
};

struct walk {
    struct level levels[TBC_CBOR_ANY_DEPTH];
    size_t depth;
};

/* An item inside an open string must be a definite string of the same type. */
static bool
chunk_fits(const struct walk *w, const struct tbc_cbor_head *h)
{
    const struct level *top = w->depth == 0 ? NULL : &w->levels[w->depth - 1];

    if (top == NULL || (top->type != TBC_CBOR_BYTES && top->type != TBC_CBOR_TEXT)) {
        return true;
    }
    return h->type == top->type && !h->is_open;
}

static void
push(struct tbc_cbor_any *r, struct walk *w, const struct tbc_cbor_head *h)
{
    if (w->depth == TBC_CBOR_ANY_DEPTH) {
        tbc_cbor_any_fail(r, TBC_ERR_LIMIT, "depth", h->from);
        return;
    }
    if (h->type == TBC_CBOR_MAP && h->arg > UINT64_MAX / 2) {
        tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "end of input", r->in.len);
        return;
    }
    w->levels[w->depth++] = (struct level){
        .type = h->type,
        .is_open = h->is_open,
        .left = h->type == TBC_CBOR_MAP   ? 2 * h->arg
                : h->type == TBC_CBOR_TAG ? 1
                                          : h->arg,
    };
}

/* An item ended: take it off what contains it, and close what is thereby full. */
static void
finish(struct walk *w)
{
    while (w->depth > 0) {
        struct level *top = &w->levels[w->depth - 1];

        if (top->is_open) {
            top->half = top->type == TBC_CBOR_MAP && !top->half;
            return;
        }
        if (--top->left > 0) {
            return;
        }
        w->depth--;
    }
}

static void
take_break(struct tbc_cbor_any *r, struct walk *w, const struct tbc_cbor_head *h)
{
    const struct level *top = w->depth == 0 ? NULL : &w->levels[w->depth - 1];

    if (top == NULL || !top->is_open || top->half) {
        tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "break", h->from);
        return;
    }
    w->depth--;
    finish(w);
}

/* Account for one head on the way through an item. */
static void
step(struct tbc_cbor_any *r, struct walk *w, const struct tbc_cbor_head *h)
{
    bool container =
        h->type == TBC_CBOR_ARRAY || h->type == TBC_CBOR_MAP || h->type == TBC_CBOR_TAG;

    if (h->is_break) {
        take_break(r, w, h);
    } else if (!chunk_fits(w, h)) {
        tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "chunk of a string", h->from);
    } else if (h->is_open || (container && (h->arg > 0 || h->type == TBC_CBOR_TAG))) {
        push(r, w, h);
    } else {
        finish(w);
    }
}

enum tbc_err
tbc_cbor_any_skip(struct tbc_cbor_any *r, struct tbc_span *item)
{
    struct walk w;
    struct tbc_cbor_head h;
    size_t from = r->at;

    w.depth = 0;
    do {
        if (tbc_cbor_any_next(r, &h) == TBC_OK) {
            step(r, &w, &h);
        }
    } while (r->err == TBC_OK && w.depth > 0);
    if (item != NULL) {
        *item = r->err == TBC_OK ? tbc_span_of(r->in.ptr + from, r->at - from)
                                 : (struct tbc_span){ 0 };
    }
    return r->err;
}
