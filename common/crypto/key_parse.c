/* Keys in COSE_Key (RFC 9052 sec. 7, RFC 9053 sec. 7), and the choice between the forms. */
#include "codec/cbor_any.h"
#include "crypto/key_openssl.h"

#include <string.h>

/* IANA "COSE Key Common Parameters" and "COSE Key Type Parameters". */
#define LABEL_KTY 1
#define LABEL_CRV (-1)
#define LABEL_X   (-2)
#define LABEL_Y   (-3)
#define LABEL_D   (-4)

#define LABELS_MAX 32

/* Of one member: a number, or a text in its encoding and the number 0, which is reserved. */
struct label {
    int64_t number;
    struct tbc_span text;
};

/* The members of a COSE_Key that make a public key (RFC 9052 sec. 7, RFC 9053 sec. 7.1). */
struct members {
    int64_t kty;
    int64_t crv;
    struct tbc_buf x;
    struct tbc_buf y;
    struct tbc_buf d;
    bool y_is_sign; /* y is a boolean: the point is compressed */
    bool y_is_odd;
    struct label labels[LABELS_MAX]; /* all that were seen */
    size_t labels_n;
    bool has_d;
};

static void
read_y(struct tbc_cbor_any *r, struct members *m)
{
    struct tbc_cbor_head h;

    if (tbc_cbor_any_peek(r) == TBC_CBOR_BYTES) {
        (void)tbc_cbor_any_string(r, TBC_CBOR_BYTES, &m->y);
        return;
    }
    if (tbc_cbor_any_next(r, &h) == TBC_OK) {
        if (h.type != TBC_CBOR_SIMPLE || (h.arg != 20 && h.arg != 21)) {
            (void)tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "y", h.from);
        }
        m->y_is_sign = true;
        m->y_is_odd = h.arg == 21; /* true */
    }
}

/* The value of one label; those of others (kid, alg, key_ops) are stepped over. */
static void
read_member(struct tbc_cbor_any *r, struct members *m, int64_t label)
{
    switch (label) {
    case LABEL_KTY:
        (void)tbc_cbor_any_int(r, &m->kty);
        return;
    case LABEL_CRV:
        (void)tbc_cbor_any_int(r, &m->crv);
        return;
    case LABEL_X:
        (void)tbc_cbor_any_string(r, TBC_CBOR_BYTES, &m->x);
        return;
    case LABEL_Y:
        read_y(r, m);
        return;
    case LABEL_D:
        m->has_d = true;
        (void)tbc_cbor_any_string(r, TBC_CBOR_BYTES, &m->d);
        return;
    default:
        (void)tbc_cbor_any_skip(r, NULL);
    }
}

/* No label twice, whatever it is (RFC 8949 sec. 5.6). */
static void
remember_label(struct tbc_cbor_any *r, struct members *m, struct label label,
               size_t from)
{
    for (size_t i = 0; i < m->labels_n; i++) {
        if (m->labels[i].number == label.number &&
            tbc_span_equal(m->labels[i].text, label.text)) {
            (void)tbc_cbor_any_fail(r, TBC_ERR_MALFORMED, "repeated label", from);
            return;
        }
    }
    if (m->labels_n == LABELS_MAX) {
        (void)tbc_cbor_any_fail(r, TBC_ERR_LIMIT, "labels", from);
        return;
    }
    m->labels[m->labels_n++] = label;
}

static void
read_entry(struct tbc_cbor_any *r, struct members *m)
{
    enum tbc_cbor_type type = tbc_cbor_any_peek(r);
    struct label label = { 0 };
    size_t from = r->at;

    if (type == TBC_CBOR_UINT || type == TBC_CBOR_NINT) {
        (void)tbc_cbor_any_int(r, &label.number);
    } else {
        (void)tbc_cbor_any_skip(r, &label.text);
    }
    remember_label(r, m, label, from);
    read_member(r, m, label.number);
}

static enum tbc_err
key_of_members(struct tbc_key **key, const struct members *m,
               struct tbc_key_fault *fault)
{
    const struct tbc_key_kind *kind = tbc_key_kind_by_crv(m->kty, m->crv);
    enum tbc_err err;

    if (kind == NULL) {
        return tbc_key_refuse(fault, TBC_ERR_UNSUPPORTED,
                              "unsupported curve: kty %lld, crv %lld",
                              (long long)m->kty, (long long)m->crv);
    }
    err = m->y_is_sign
              ? tbc_key_from_x(key, kind, tbc_buf_span(&m->x), m->y_is_odd)
              : tbc_key_from_point(key, kind, tbc_buf_span(&m->x), tbc_buf_span(&m->y));
    if (err == TBC_ERR_MALFORMED) {
        return tbc_key_refuse(fault, err, "COSE_Key: no point of %s", kind->jwk);
    }
    return err == TBC_OK && m->has_d
               ? tbc_key_add_private(key, tbc_buf_span(&m->d), fault)
               : err;
}

static enum tbc_err
parse_cose(struct tbc_key **key, struct tbc_span in, struct tbc_key_fault *fault)
{
    uint8_t x[TBC_KEY_FIELD_MAX];
    uint8_t y[TBC_KEY_FIELD_MAX];
    uint8_t d[TBC_KEY_FIELD_MAX];
    struct members m = { 0 };
    struct tbc_cbor_any r;
    struct tbc_cbor_seq seq;
    enum tbc_err err;

    *key = NULL;
    tbc_buf_init_fixed(&m.x, x, sizeof x);
    tbc_buf_init_fixed(&m.y, y, sizeof y);
    tbc_buf_init_fixed(&m.d, d, sizeof d);
    tbc_cbor_any_open(&r, in);
    (void)tbc_cbor_any_enter(&r, TBC_CBOR_MAP, &seq);
    while (tbc_cbor_any_more(&r, &seq)) {
        read_entry(&r, &m);
    }
    if (r.err != TBC_OK) {
        err = tbc_key_refuse(fault, TBC_ERR_MALFORMED, "COSE_Key: %s, at byte %zu",
                             r.fault.what == NULL ? "CBOR" : r.fault.what,
                             r.fault.offset);
    } else if (r.at != in.len) {
        err = tbc_key_refuse(fault, TBC_ERR_MALFORMED, "bytes behind the key");
    } else {
        err = key_of_members(key, &m, fault);
    }
    tbc_wipe(d, sizeof d);
    return err;
}

enum tbc_err
tbc_key_parse_strict(struct tbc_key **key, struct tbc_span in)
{
    uint8_t storage[TBC_COSE_KEY_MAX * 2];
    struct tbc_buf again;
    enum tbc_err err;

    *key = NULL;
    tbc_buf_init_fixed(&again, storage, sizeof storage);
    if ((err = parse_cose(key, in, NULL)) == TBC_OK && *key != NULL) {
        err = tbc_key_put_cose(*key, &again);
    }
    if (err != TBC_OK) {
        tbc_key_free(key);
        return err;
    }
    if (*key == NULL || !tbc_key_kind((*key)->alg)->is_ours ||
        !tbc_span_equal(tbc_buf_span(&again), in)) {
        tbc_key_free(key);
        return TBC_ERR_MALFORMED;
    }
    return TBC_OK;
}

static bool
is_json(struct tbc_span in)
{
    size_t at = 0;

    while (at < in.len && in.ptr[at] != '\0' && strchr(" \t\r\n", in.ptr[at]) != NULL) {
        at++;
    }
    return at < in.len && in.ptr[at] == '{';
}

/* The head of a DER SEQUENCE that takes up the whole input (X.690 sec. 8.1.3). */
static bool
is_one_sequence(struct tbc_span in)
{
    size_t octets = in.len > 2 && in.ptr[1] > 0x80 ? in.ptr[1] & 0x7fu : 0;
    size_t len = 0;

    if (in.len < 2 || in.ptr[0] != 0x30 || octets > 2 || in.len < 2 + octets) {
        return false;
    }
    for (size_t i = 0; i < octets; i++) {
        len = len << 8 | in.ptr[2 + i];
    }
    len = octets == 0 ? in.ptr[1] : len;
    return len == in.len - 2 - octets;
}

enum tbc_err
tbc_key_parse(struct tbc_key **key, struct tbc_span in, const struct tbc_span *pass,
              struct tbc_key_fault *fault)
{
    *key = NULL;
    if (fault != NULL) {
        fault->text[0] = '\0';
    }
    if (in.len == 0) {
        return tbc_key_refuse(fault, TBC_ERR_MALFORMED, "empty");
    }
    if (in.len > TBC_KEY_BYTES_MAX) {
        return TBC_ERR_LIMIT;
    }
    /* What the strings of a binary form hold does not make it a PEM file. */
    if (in.ptr[0] >> 5 == TBC_CBOR_MAP) {
        return parse_cose(key, in, fault);
    }
    if (!is_one_sequence(in) && memmem(in.ptr, in.len, "-----BEGIN ", 11) != NULL) {
        return tbc_key_parse_pem(key, in, pass, fault);
    }
    if (in.ptr[0] == 0x30) { /* SEQUENCE */
        return tbc_key_parse_der(key, in, pass, fault);
    }
    return is_json(in) ? tbc_key_parse_jwk(key, in, fault) : parse_cose(key, in, fault);
}

enum tbc_err
tbc_key_parse_public(struct tbc_key **key, struct tbc_span in)
{
    enum tbc_err err = tbc_key_parse(key, in, NULL, NULL);

    if (err == TBC_OK && *key != NULL) {
        (*key)->is_private = false;
        (*key)->kept = TBC_KEY_PUBLIC;
    }
    return err;
}
