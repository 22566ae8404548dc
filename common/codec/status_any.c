#include "codec/status_any.h"

#include "codec/cose.h"

#include <math.h>
#include <string.h>

#define CLAIM_SUB         2 /* RFC 8392 sec. 3.1 */
#define CLAIM_EXP         4
#define CLAIM_IAT         6
#define CLAIM_STATUS_LIST 65533 /* Token Status List sec. 14.3 */
#define CLAIM_TTL         65534
#define WATCHED_N         5
#define HEADER_TYP        16             /* RFC 9596 */
#define TIME_MAX          253402300799.0 /* the end of the year 9999 */

void
tbc_status_any_fini(struct tbc_status_any *s)
{
    tbc_buf_fini(&s->sub);
    tbc_statuslist_fini(&s->list);
    *s = (struct tbc_status_any){ 0 };
}

/* The value of a float's bits (RFC 8949 sec. 3.3), of 2, 4 or 8 bytes. */
static double
float_value(const struct tbc_cbor_head *h)
{
    double d;
    float f;
    uint32_t word = (uint32_t)h->arg;
    int exponent = (int)(h->arg >> 10 & 0x1f);
    int fraction = (int)(h->arg & 0x3ff);

    switch (h->info) {
    case 25: /* appendix D; an infinity is as far beyond any time as 65536 is before it */
        d = exponent == 0 ? ldexp(fraction, -24)
                          : ldexp(fraction + 1024, exponent - 25);
        return (h->arg & 0x8000) != 0 ? -d : d;
    case 26:
        memcpy(&f, &word, sizeof f);
        return (double)f;
    default:
        memcpy(&d, &h->arg, sizeof d);
        return d;
    }
}

/* NumericDate: an integer or a float (RFC 8392 sec. 2). */
static void
read_time(struct tbc_cbor_any *r, struct tbc_utc *t)
{
    struct tbc_cbor_head h;
    double d;

    if (tbc_cbor_any_peek(r) == TBC_CBOR_UINT ||
        tbc_cbor_any_peek(r) == TBC_CBOR_NINT) {
        (void)tbc_cbor_any_int(r, &t->s);
        return;
    }
    if (tbc_cbor_any_next(r, &h) != TBC_OK) {
        return;
    }
    d = h.type == TBC_CBOR_SIMPLE && h.info >= 25 && h.info <= 27 && !h.is_break
            ? float_value(&h)
            : -1;
    if (!(d >= 0 && d <= TIME_MAX)) { /* NaN is neither */
        (void)tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "NumericDate", h.from);
        return;
    }
    t->s = (int64_t)d;
}

struct members {
    struct tbc_buf packed;
    int64_t bits;
    bool has_packed;
    size_t packed_from;
};

/* One member of the status_list map; those that we do not know (aggregation_uri) are no harm. */
static void
read_member(struct tbc_cbor_any *r, struct members *m)
{
    struct tbc_buf name = { 0 };
    size_t from = r->at;

    if (tbc_cbor_any_string(r, TBC_CBOR_TEXT, &name) != TBC_OK) {
        tbc_buf_fini(&name);
        return;
    }
    if (tbc_span_equal(tbc_buf_span(&name), tbc_span_str("lst"))) {
        if (m->has_packed) {
            (void)tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "member given twice", from);
        }
        m->packed_from = r->at;
        m->has_packed = true;
        (void)tbc_cbor_any_string(r, TBC_CBOR_BYTES, &m->packed);
    } else if (tbc_span_equal(tbc_buf_span(&name), tbc_span_str("bits"))) {
        if (m->bits != 0) {
            (void)tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "member given twice", from);
        }
        (void)tbc_cbor_any_int(r, &m->bits);
        if (m->bits != 1 && m->bits != 2 && m->bits != 4 && m->bits != 8) {
            (void)tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "bits", from);
        }
    } else {
        (void)tbc_cbor_any_skip(r, NULL);
    }
    tbc_buf_fini(&name);
}

static void
read_list(struct tbc_cbor_any *r, struct tbc_statuslist *list)
{
    struct members m = { .bits = 0 };
    struct tbc_cbor_seq seq;
    size_t from = r->at;
    enum tbc_err err;

    (void)tbc_cbor_any_enter(r, TBC_CBOR_MAP, &seq);
    while (tbc_cbor_any_more(r, &seq)) {
        read_member(r, &m);
    }
    if (r->err == TBC_OK && (!m.has_packed || m.bits == 0)) {
        (void)tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "status_list", from);
    }
    if (r->err == TBC_OK &&
        (err = tbc_status_inflate(tbc_buf_span(&m.packed), &list->lst)) != TBC_OK) {
        (void)tbc_cbor_any_fail(r, err, "lst", m.packed_from);
    }
    list->bits = (unsigned)m.bits;
    tbc_buf_fini(&m.packed);
}

static void
read_value(struct tbc_cbor_any *r, struct tbc_status_any *s, int64_t claim)
{
    switch (claim) {
    case CLAIM_SUB:
        s->has_sub = true;
        (void)tbc_cbor_any_string(r, TBC_CBOR_TEXT, &s->sub);
        return;
    case CLAIM_EXP:
        read_time(r, &s->exp);
        return;
    case CLAIM_IAT:
        read_time(r, &s->iat);
        return;
    case CLAIM_STATUS_LIST:
        read_list(r, &s->list);
        return;
    case CLAIM_TTL:
        if (tbc_cbor_any_peek(r) != TBC_CBOR_UINT) { /* sec. 5.2: major type 0 */
            (void)tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "ttl", r->at);
        }
        (void)tbc_cbor_any_int(r, &s->ttl_s);
        return;
    default:
        (void)tbc_cbor_any_skip(r, NULL);
    }
}

static void
read_claim(struct tbc_cbor_any *r, struct tbc_status_any *s, bool seen[WATCHED_N])
{
    static const int64_t watched[WATCHED_N] = { CLAIM_SUB, CLAIM_EXP, CLAIM_IAT,
                                                CLAIM_STATUS_LIST, CLAIM_TTL };
    size_t from = r->at;
    int64_t claim = 0;

    if (tbc_cbor_any_peek(r) == TBC_CBOR_TEXT) {
        (void)tbc_cbor_any_skip(r, NULL);
    } else {
        (void)tbc_cbor_any_int(r, &claim);
    }
    for (size_t i = 0; i < WATCHED_N; i++) {
        if (claim == watched[i] && seen[i]) {
            (void)tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "claim given twice", from);
        }
        seen[i] = seen[i] || claim == watched[i];
    }
    if (r->err == TBC_OK) {
        read_value(r, s, claim);
    }
}

enum tbc_err
tbc_status_any_decode(struct tbc_status_any *s, struct tbc_span in,
                      struct tbc_fault *fault)
{
    bool seen[WATCHED_N] = { false };
    struct tbc_cbor_any r;
    struct tbc_cbor_seq seq;

    *s = (struct tbc_status_any){ 0 };
    tbc_cbor_any_open(&r, in);
    (void)tbc_cbor_any_enter(&r, TBC_CBOR_MAP, &seq);
    while (tbc_cbor_any_more(&r, &seq)) {
        read_claim(&r, s, seen);
    }
    if (r.err == TBC_OK && r.at != in.len) {
        (void)tbc_cbor_any_fail(&r, TBC_ERR_MALFORMED, "trailing bytes", r.at);
    }
    if (r.err == TBC_OK && s->list.bits == 0) {
        (void)tbc_cbor_any_fail(&r, TBC_ERR_MALFORMED, "no status_list claim", 0);
    }
    if (r.err != TBC_OK) {
        tbc_status_any_fini(s);
        if (fault != NULL) {
            *fault = r.fault;
        }
    }
    return r.err;
}

/* The value behind label 16. */
static enum tbc_status_typ
read_typ(struct tbc_cbor_any *r)
{
    struct tbc_buf text = { 0 };
    enum tbc_status_typ typ = TBC_STATUS_TYP_OTHER;

    if (tbc_cbor_any_peek(r) == TBC_CBOR_UINT) {
        (void)tbc_cbor_any_skip(r, NULL);
        return TBC_STATUS_TYP_RIGHT; /* CoAP has no number for it yet that one could compare */
    }
    if (tbc_cbor_any_string(r, TBC_CBOR_TEXT, &text) == TBC_OK &&
        tbc_span_equal(tbc_buf_span(&text),
                       tbc_span_str(tbc_typ_text(TBC_TYP_STATUS)))) {
        typ = TBC_STATUS_TYP_RIGHT;
    }
    tbc_buf_fini(&text);
    return typ;
}

enum tbc_status_typ
tbc_status_any_typ(struct tbc_span body_protected)
{
    enum tbc_status_typ typ = TBC_STATUS_TYP_NONE;
    struct tbc_cbor_any r;
    struct tbc_cbor_seq seq;

    tbc_cbor_any_open(&r, body_protected);
    if (body_protected.len == 0 ||
        tbc_cbor_any_enter(&r, TBC_CBOR_MAP, &seq) != TBC_OK) {
        return typ;
    }
    while (tbc_cbor_any_more(&r, &seq)) {
        int64_t label = 0;

        if (tbc_cbor_any_peek(&r) == TBC_CBOR_TEXT) {
            (void)tbc_cbor_any_skip(&r, NULL);
        } else {
            (void)tbc_cbor_any_int(&r, &label);
        }
        if (label == HEADER_TYP) {
            typ = read_typ(&r);
        } else {
            (void)tbc_cbor_any_skip(&r, NULL);
        }
    }
    return typ;
}
