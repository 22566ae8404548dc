#include "codec/claims.h"

#include <string.h>

/* Claim keys: RFC 8392 sec. 3.1, RFC 8747 sec. 3.1, Token Status List; ours is private use. */
#define CLAIM_ISS    1
#define CLAIM_EXP    4
#define CLAIM_NBF    5
#define CLAIM_IAT    6
#define CLAIM_CTI    7
#define CLAIM_CNF    8
#define CLAIM_STATUS 65535
#define CLAIM_TBC    (-70001)

#define CLAIMS_MAX   8
#define CNF_COSE_KEY 1

enum tbc_key_of_ours {
    TBC_KEY_HOLDER = 1,
    TBC_KEY_KIND,
    TBC_KEY_NAME,
    TBC_KEY_CHANNEL,
    TBC_KEY_ASSURANCE,
    TBC_KEY_MEDIUM,
    TBC_KEY_LANGUAGE, /* this and the next may be absent */
    TBC_KEY_FACE,
};

/* Which claims have been seen; nbf and cnf may be absent. */
enum seen {
    SEEN_ISS = 1 << 0,
    SEEN_EXP = 1 << 1,
    SEEN_IAT = 1 << 2,
    SEEN_CTI = 1 << 3,
    SEEN_STATUS = 1 << 4,
    SEEN_TBC = 1 << 5,
    SEEN_ALL = (1 << 6) - 1,
};

static bool
is_language(const char *s)
{
    size_t n = strlen(s);

    return (n == 2 || n == 3) && strspn(s, "abcdefghijklmnopqrstuvwxyz") == n;
}

/* Names go on screens and slips: no control characters. */
static bool
is_printable(const char *s)
{
    for (const char *p = s; *p != '\0'; p++) {
        if ((unsigned char)*p < ' ' || *p == 0x7f) {
            return false;
        }
    }
    return s[0] != '\0';
}

/* What is wrong with the claims as a whole; NULL when nothing is. */
static const char *
offence(const struct tbc_claims *c)
{
    const enum tbc_medium medium = c->cnf_len > 0 ? TBC_MEDIUM_PHONE : TBC_MEDIUM_PAPER;
    const struct {
        bool wrong;
        const char *what;
    } checks[] = {
        { !tbc_telecode_is_valid(c->iss), "iss" },
        { c->iat.s <= 0, "iat" },
        { c->exp.s <= c->iat.s, "exp not after iat" },
        { c->nbf.s < c->iat.s, "nbf before iat" },
        { c->nbf.s >= c->exp.s, "nbf not before exp" },
        { c->status_uri[0] == '\0', "status uri" },
        { (unsigned)c->kind >= TBC_DOC_N, "kind" },
        { !is_printable(c->masked_name), "name" },
        { c->channel < TBC_CHANNEL_KIOSK || c->channel > TBC_CHANNEL_DESK, "channel" },
        { c->assurance < TBC_ASSURANCE_OFFICER || c->assurance > TBC_ASSURANCE_ACTIVE,
          "assurance" },
        { c->language[0] != '\0' && !is_language(c->language), "language" },
        { c->medium != medium, "medium does not agree with cnf" },
    };

    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        if (checks[i].wrong) {
            return checks[i].what;
        }
    }
    return NULL;
}

static void
put_status(const struct tbc_claims *c, struct tbc_buf *out)
{
    tbc_cbor_put_map(out, 1);
    tbc_cbor_put_text(out, "status_list");
    tbc_cbor_put_map(out, 2);
    tbc_cbor_put_text(out, "idx");
    tbc_cbor_put_uint(out, c->status_idx);
    tbc_cbor_put_text(out, "uri");
    tbc_cbor_put_text(out, c->status_uri);
}

static void
put_ours(const struct tbc_claims *c, struct tbc_buf *out)
{
    const bool has_language = c->language[0] != '\0';

    tbc_cbor_put_map(out, 6u + (has_language ? 1 : 0) + (c->has_face ? 1 : 0));
    tbc_cbor_put_uint(out, TBC_KEY_HOLDER);
    tbc_cbor_put_bytes(out, tbc_span_of(c->holder, sizeof c->holder));
    tbc_cbor_put_uint(out, TBC_KEY_KIND);
    tbc_cbor_put_uint(out, c->kind);
    tbc_cbor_put_uint(out, TBC_KEY_NAME);
    tbc_cbor_put_text(out, c->masked_name);
    tbc_cbor_put_uint(out, TBC_KEY_CHANNEL);
    tbc_cbor_put_uint(out, c->channel);
    tbc_cbor_put_uint(out, TBC_KEY_ASSURANCE);
    tbc_cbor_put_uint(out, c->assurance);
    tbc_cbor_put_uint(out, TBC_KEY_MEDIUM);
    tbc_cbor_put_uint(out, c->medium);
    if (has_language) {
        tbc_cbor_put_uint(out, TBC_KEY_LANGUAGE);
        tbc_cbor_put_text(out, c->language);
    }
    if (c->has_face) {
        tbc_cbor_put_uint(out, TBC_KEY_FACE);
        tbc_cbor_put_bytes(out, tbc_span_of(c->face, sizeof c->face));
    }
}

static void
put_time(struct tbc_buf *out, unsigned key, struct tbc_utc t)
{
    tbc_cbor_put_uint(out, key);
    tbc_cbor_put_int(out, t.s);
}

enum tbc_err
tbc_claims_encode(const struct tbc_claims *c, struct tbc_buf *out)
{
    size_t from = out->len;
    size_t n = 6;

    if (offence(c) != NULL || c->cnf_len > sizeof c->cnf) {
        return TBC_ERR_RANGE;
    }
    n += c->nbf.s != c->iat.s ? 1 : 0;
    n += c->cnf_len > 0 ? 1 : 0;
    tbc_cbor_put_map(out, n);
    tbc_cbor_put_uint(out, CLAIM_ISS);
    tbc_cbor_put_text(out, c->iss);
    put_time(out, CLAIM_EXP, c->exp);
    if (c->nbf.s != c->iat.s) {
        put_time(out, CLAIM_NBF, c->nbf);
    }
    put_time(out, CLAIM_IAT, c->iat);
    tbc_cbor_put_uint(out, CLAIM_CTI);
    tbc_cbor_put_bytes(out, tbc_span_of(c->cti, sizeof c->cti));
    if (c->cnf_len > 0) {
        tbc_cbor_put_uint(out, CLAIM_CNF);
        tbc_cbor_put_map(out, 1);
        tbc_cbor_put_uint(out, CNF_COSE_KEY);
        (void)tbc_buf_append(out, c->cnf, c->cnf_len);
    }
    tbc_cbor_put_uint(out, CLAIM_STATUS);
    put_status(c, out);
    tbc_cbor_put_int(out, CLAIM_TBC);
    put_ours(c, out);
    return tbc_buf_whole(out, from, TBC_OK);
}

static void
read_cnf(struct tbc_claims *c, struct tbc_cbor_in *r)
{
    struct tbc_cbor_map m;
    struct tbc_span key = { 0 };
    int64_t k = 0;

    tbc_cbor_read_map(r, "cnf", 1, &m);
    if (!tbc_cbor_next_int(r, &m, &k) || k != CNF_COSE_KEY ||
        tbc_cbor_peek(r) != TBC_CBOR_MAP) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "cnf");
        return;
    }
    tbc_cbor_skip(r, "COSE_Key", &key);
    if (key.len > sizeof c->cnf) {
        tbc_cbor_fail(r, TBC_ERR_LIMIT, "COSE_Key");
        return;
    }
    if (key.len > 0) {
        memcpy(c->cnf, key.ptr, key.len);
        c->cnf_len = key.len;
    }
}

/* The next key of a map must be exactly this word. */
static void
expect_word(struct tbc_cbor_in *r, struct tbc_cbor_map *m, const char *word)
{
    struct tbc_span key = { 0 };

    if (!tbc_cbor_next_text(r, m, &key) || !tbc_span_equal(key, tbc_span_str(word))) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, word);
    }
}

static void
read_status(struct tbc_claims *c, struct tbc_cbor_in *r)
{
    struct tbc_cbor_map status;
    struct tbc_cbor_map list;

    tbc_cbor_read_map(r, "status", 1, &status);
    expect_word(r, &status, "status_list");
    tbc_cbor_read_map(r, "status_list", 2, &list);
    expect_word(r, &list, "idx");
    tbc_cbor_read_uint(r, "status idx", &c->status_idx);
    expect_word(r, &list, "uri");
    tbc_cbor_read_string(r, "status uri", c->status_uri, sizeof c->status_uri);
}

/* A small number of an enum; offence() checks whether it is one of its values. */
static uint8_t
read_small(struct tbc_cbor_in *r, const char *what)
{
    uint64_t value;

    tbc_cbor_read_uint(r, what, &value);
    if (value > UINT8_MAX) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, what);
        value = 0;
    }
    return (uint8_t)value;
}

static void
read_our_value(struct tbc_claims *c, struct tbc_cbor_in *r, int64_t key)
{
    uint8_t value;

    switch ((enum tbc_key_of_ours)key) { /* read_ours has seen that it is one */
    case TBC_KEY_HOLDER:
        tbc_cbor_read_fixed(r, "holder", c->holder, sizeof c->holder);
        return;
    case TBC_KEY_KIND:
        value = read_small(r, "kind");
        c->kind = (enum tbc_doc_kind)value;
        return;
    case TBC_KEY_NAME:
        tbc_cbor_read_string(r, "name", c->masked_name, sizeof c->masked_name);
        return;
    case TBC_KEY_CHANNEL:
        value = read_small(r, "channel");
        c->channel = (enum tbc_channel)value;
        return;
    case TBC_KEY_ASSURANCE:
        value = read_small(r, "assurance");
        c->assurance = (enum tbc_assurance)value;
        return;
    case TBC_KEY_MEDIUM:
        value = read_small(r, "medium");
        c->medium = (enum tbc_medium)value;
        return;
    case TBC_KEY_LANGUAGE:
        tbc_cbor_read_string(r, "language", c->language, sizeof c->language);
        if (r->err == TBC_OK && c->language[0] == '\0') {
            tbc_cbor_fail(r, TBC_ERR_MALFORMED, "language");
        }
        return;
    case TBC_KEY_FACE:
        tbc_cbor_read_fixed(r, "face", c->face, sizeof c->face);
        c->has_face = true;
        return;
    }
}

static void
read_ours(struct tbc_claims *c, struct tbc_cbor_in *r)
{
    struct tbc_cbor_map m;
    int64_t key;
    int64_t want = TBC_KEY_HOLDER;

    /* Keys rise, so that all of 1..6 are there when each is the one that was expected. */
    tbc_cbor_read_map(r, "tbc claim", TBC_KEY_FACE, &m);
    while (tbc_cbor_next_int(r, &m, &key)) {
        if (key != want && !(want == TBC_KEY_LANGUAGE && key == TBC_KEY_FACE)) {
            tbc_cbor_fail(r, TBC_ERR_MALFORMED, "key of the tbc claim");
            return;
        }
        want = key + 1;
        read_our_value(c, r, key);
    }
    if (want < TBC_KEY_LANGUAGE) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "tbc claim");
    }
}

/* Read the value of one claim; returns what was seen of the required ones. */
static unsigned
read_claim(struct tbc_claims *c, struct tbc_cbor_in *r, int64_t key)
{
    switch (key) {
    case CLAIM_ISS:
        tbc_cbor_read_string(r, "iss", c->iss, sizeof c->iss);
        return SEEN_ISS;
    case CLAIM_EXP:
        tbc_cbor_read_time(r, "exp", &c->exp);
        return SEEN_EXP;
    case CLAIM_NBF:
        tbc_cbor_read_time(r, "nbf", &c->nbf);
        return 0;
    case CLAIM_IAT:
        tbc_cbor_read_time(r, "iat", &c->iat);
        return SEEN_IAT;
    case CLAIM_CTI:
        tbc_cbor_read_fixed(r, "cti", c->cti, sizeof c->cti);
        return SEEN_CTI;
    case CLAIM_CNF:
        read_cnf(c, r);
        return 0;
    case CLAIM_STATUS:
        read_status(c, r);
        return SEEN_STATUS;
    case CLAIM_TBC:
        read_ours(c, r);
        return SEEN_TBC;
    default:
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "unknown claim");
        return 0;
    }
}

static enum tbc_err
read_claims(struct tbc_claims *c, struct tbc_cbor_in *r)
{
    struct tbc_cbor_map m;
    int64_t key;
    unsigned seen = 0;

    tbc_cbor_read_map(r, "claims", CLAIMS_MAX, &m);
    while (tbc_cbor_next_int(r, &m, &key)) {
        seen |= read_claim(c, r, key);
    }
    if (tbc_cbor_close(r) != TBC_OK) {
        return r->err;
    }
    if (seen != SEEN_ALL) {
        return tbc_cbor_fail(r, TBC_ERR_MALFORMED, "missing claim");
    }
    /* An nbf that says nothing new would give one certificate two encodings. */
    if (c->nbf.s != 0 && c->nbf.s == c->iat.s) {
        return tbc_cbor_fail(r, TBC_ERR_MALFORMED, "nbf equal to iat");
    }
    c->nbf = c->nbf.s == 0 ? c->iat : c->nbf;
    return offence(c) == NULL ? TBC_OK
                              : tbc_cbor_fail(r, TBC_ERR_MALFORMED, offence(c));
}

enum tbc_err
tbc_claims_decode(struct tbc_claims *c, struct tbc_span in, struct tbc_fault *fault)
{
    struct tbc_cbor_in r;

    *c = (struct tbc_claims){ 0 };
    tbc_cbor_open(&r, in);
    if (read_claims(c, &r) != TBC_OK) {
        *c = (struct tbc_claims){ 0 };
        if (fault != NULL) {
            *fault = r.fault;
        }
    }
    return r.err;
}
