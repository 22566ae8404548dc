#include "codec/cose_any.h"

#define TAG_SIGN1    18
#define TAG_CWT      61 /* RFC 8392 sec. 6: may stand before the tag of the message */
#define HEADER_ALG   1  /* IANA "COSE Header Parameters" */
#define HEADER_CRIT  2
#define HEADER_KID   4
#define HEADER_TYP   16
#define LABEL_SEEN_N 8 /* labels whose repetition is watched for: 1 .. 7 */

void
tbc_cose_any_fini(struct tbc_cose_any *msg)
{
    tbc_buf_fini(&msg->body_protected);
    tbc_buf_fini(&msg->payload);
    tbc_buf_fini(&msg->signature);
    tbc_buf_fini(&msg->kid);
    *msg = (struct tbc_cose_any){ 0 };
}

/* What both header buckets share: a label may stand in one of them only (RFC 9052 sec. 3). */
struct headers {
    struct tbc_cose_any *msg;
    bool seen[LABEL_SEEN_N];
    bool is_protected;
};

/* RFC 9052 sec. 3.1: an unknown critical parameter makes the message unusable.  Those that we
 * process are alg, crit, kid and, by ignoring it, typ. */
static void
read_crit(struct tbc_cbor_any *r)
{
    struct tbc_cbor_seq seq;
    size_t from = r->at;
    int64_t label;
    size_t n = 0;

    (void)tbc_cbor_any_enter(r, TBC_CBOR_ARRAY, &seq);
    for (; tbc_cbor_any_more(r, &seq); n++) {
        size_t at = r->at;
        bool known = tbc_cbor_any_peek(r) != TBC_CBOR_TEXT &&
                     tbc_cbor_any_int(r, &label) == TBC_OK &&
                     (label == HEADER_ALG || label == HEADER_CRIT ||
                      label == HEADER_KID || label == HEADER_TYP);

        if (!known) {
            (void)tbc_cbor_any_fail(r, TBC_ERR_UNSUPPORTED, "critical header", at);
        }
    }
    if (n == 0) {
        (void)tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "crit", from);
    }
}

static void
read_alg(struct tbc_cbor_any *r, struct tbc_cose_any *msg)
{
    if (tbc_cbor_any_peek(r) == TBC_CBOR_TEXT) {
        (void)tbc_cbor_any_fail(r, TBC_ERR_UNSUPPORTED, "alg", r->at);
        return;
    }
    (void)tbc_cbor_any_int(r, &msg->alg);
}

static void
read_value(struct tbc_cbor_any *r, struct headers *h, int64_t label)
{
    size_t from = r->at;

    switch (label) {
    case HEADER_ALG:
        read_alg(r, h->msg);
        return;
    case HEADER_CRIT:
        if (!h->is_protected) {
            (void)tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "crit unprotected", from);
            return;
        }
        read_crit(r);
        return;
    case HEADER_KID:
        (void)tbc_cbor_any_string(r, TBC_CBOR_BYTES, &h->msg->kid);
        return;
    default:
        (void)tbc_cbor_any_skip(r, NULL);
    }
}

static void
read_parameter(struct tbc_cbor_any *r, struct headers *h)
{
    enum tbc_cbor_type type = tbc_cbor_any_peek(r);
    size_t from = r->at;
    int64_t label = 0;

    if (type == TBC_CBOR_TEXT) {
        (void)tbc_cbor_any_skip(r, NULL);
    } else if (tbc_cbor_any_int(r, &label) == TBC_OK && label > 0 &&
               label < LABEL_SEEN_N) {
        if (h->seen[label]) {
            (void)tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "header given twice", from);
            return;
        }
        h->seen[label] = true;
    }
    if (r->err == TBC_OK) {
        read_value(r, h, label);
    }
}

/* How many parameters there were. */
static size_t
read_headers(struct tbc_cbor_any *r, struct headers *h)
{
    struct tbc_cbor_seq seq;
    size_t n = 0;

    (void)tbc_cbor_any_enter(r, TBC_CBOR_MAP, &seq);
    for (; tbc_cbor_any_more(r, &seq); n++) {
        read_parameter(r, h);
    }
    return n;
}

/* An empty header may come as "" or as the string of an empty map, and is signed as ""
 * (RFC 9052 sec. 3 and 4.4). */
static void
read_protected(struct tbc_cbor_any *r, struct headers *h)
{
    struct tbc_buf *body = &h->msg->body_protected;
    struct tbc_cbor_any inner;
    size_t from = r->at;

    if (tbc_cbor_any_string(r, TBC_CBOR_BYTES, body) != TBC_OK || body->len == 0) {
        return;
    }
    tbc_cbor_any_open(&inner, tbc_buf_span(body));
    h->is_protected = true;
    if (read_headers(&inner, h) == 0 && inner.err == TBC_OK) {
        tbc_buf_clear(body);
        return;
    }
    if (inner.err == TBC_OK && inner.at != body->len) {
        (void)tbc_cbor_any_fail(&inner, TBC_ERR_MALFORMED, "protected header",
                                inner.at);
    }
    if (inner.err != TBC_OK) {
        (void)tbc_cbor_any_fail(r, inner.err, inner.fault.what, from);
    }
}

static void
read_payload(struct tbc_cbor_any *r, struct tbc_cose_any *msg)
{
    struct tbc_cbor_head h;

    msg->has_payload = tbc_cbor_any_peek(r) == TBC_CBOR_BYTES;
    if (msg->has_payload) {
        (void)tbc_cbor_any_string(r, TBC_CBOR_BYTES, &msg->payload);
    } else if (tbc_cbor_any_next(r, &h) == TBC_OK &&
               (h.type != TBC_CBOR_SIMPLE || h.arg != 22 || h.info > 24)) {
        (void)tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "payload", h.from);
    }
}

/* The next of the four elements must be there, and after the last none. */
static bool
element(struct tbc_cbor_any *r, struct tbc_cbor_seq *seq, bool wanted)
{
    size_t at = r->at;
    bool there = tbc_cbor_any_more(r, seq);

    if (r->err == TBC_OK && there != wanted) {
        (void)tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "COSE_Sign1 of four elements",
                                at);
    }
    return r->err == TBC_OK && there;
}

static void
read_tags(struct tbc_cbor_any *r)
{
    struct tbc_cbor_head tag = { .arg = TAG_SIGN1 };

    if (tbc_cbor_any_peek(r) == TBC_CBOR_TAG) {
        (void)tbc_cbor_any_next(r, &tag);
    }
    if (tag.arg == TAG_CWT && tbc_cbor_any_peek(r) == TBC_CBOR_TAG) {
        (void)tbc_cbor_any_next(r, &tag);
    }
    if (tag.arg != TAG_SIGN1) {
        (void)tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "tag of COSE_Sign1", tag.from);
    }
}

static void
read_message(struct tbc_cbor_any *r, struct tbc_cose_any *msg)
{
    struct headers h = { .msg = msg };
    struct tbc_cbor_seq seq;

    read_tags(r);
    (void)tbc_cbor_any_enter(r, TBC_CBOR_ARRAY, &seq);
    if (element(r, &seq, true)) {
        read_protected(r, &h);
    }
    if (element(r, &seq, true)) {
        h.is_protected = false;
        (void)read_headers(r, &h);
    }
    if (element(r, &seq, true)) {
        read_payload(r, msg);
    }
    if (element(r, &seq, true)) {
        (void)tbc_cbor_any_string(r, TBC_CBOR_BYTES, &msg->signature);
    }
    (void)element(r, &seq, false);
    if (r->err == TBC_OK && r->at != r->in.len) {
        (void)tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "trailing bytes", r->at);
    }
}

enum tbc_err
tbc_cose_any_open(struct tbc_cose_any *msg, struct tbc_span in, struct tbc_fault *fault)
{
    struct tbc_cbor_any r;

    *msg = (struct tbc_cose_any){ 0 };
    tbc_cbor_any_open(&r, in);
    /* Well-formed first: what follows then never meets the end of the input. */
    (void)tbc_cbor_any_skip(&r, NULL);
    r.at = 0;
    if (r.err == TBC_OK) {
        read_message(&r, msg);
    }
    if (r.err != TBC_OK) {
        tbc_cose_any_fini(msg);
        if (fault != NULL) {
            *fault = r.fault;
        }
    }
    return r.err;
}
