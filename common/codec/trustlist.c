#include "codec/trustlist.h"

#include <stdlib.h>
#include <string.h>

#define CLAIM_EXP   4
#define CLAIM_IAT   6
#define CLAIM_TRUST (-70003)

#define ROOT_FIELDS 5
#define KEY_FIELDS  7

void
tbc_trustlist_fini(struct tbc_trustlist *t)
{
    free(t->roots);
    free(t->keys);
    *t = (struct tbc_trustlist){ 0 };
}

static bool
has_kid(const struct tbc_trust_key *keys, size_t n, const struct tbc_trust_key *key)
{
    for (size_t i = 0; i < n; i++) {
        if (memcmp(keys[i].kid, key->kid, sizeof key->kid) == 0) {
            return true;
        }
    }
    return false;
}

static enum tbc_err
append(struct tbc_trust_key **keys, size_t *n, size_t max,
       const struct tbc_trust_key *key)
{
    struct tbc_trust_key *more;

    if (*n == max) {
        return TBC_ERR_LIMIT;
    }
    if ((more = realloc(*keys, (*n + 1) * sizeof **keys)) == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    *keys = more;
    more[(*n)++] = *key;
    return TBC_OK;
}

enum tbc_err
tbc_trustlist_add(struct tbc_trustlist *t, const struct tbc_trust_key *key)
{
    if (has_kid(t->roots, t->roots_n, key) || has_kid(t->keys, t->keys_n, key)) {
        return TBC_ERR_EXISTS;
    }
    return key->station[0] == '\0'
               ? append(&t->roots, &t->roots_n, TBC_TRUST_ROOTS_MAX, key)
               : append(&t->keys, &t->keys_n, TBC_TRUST_KEYS_MAX, key);
}

/* One rule of the grammar above CBOR, and whether it is broken. */
struct check {
    bool wrong;
    const char *what;
};

static const char *
first_wrong(const struct check *checks, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (checks[i].wrong) {
            return checks[i].what;
        }
    }
    return NULL;
}

static const char *
key_offence(const struct tbc_trust_key *k, bool root)
{
    const struct check checks[] = {
        { tbc_alg_known(k->alg) == TBC_ALG_NONE, "alg" },
        { k->key_len == 0 || k->key_len > sizeof k->key, "key" },
        { k->not_before.s <= 0, "not before" },
        { k->not_after.s <= k->not_before.s, "not after" },
        { root ? k->station[0] != '\0' : !tbc_telecode_is_valid(k->station),
          "station" },
        { root != (k->status_uri[0] == '\0'), "status uri" },
    };

    return first_wrong(checks, sizeof checks / sizeof *checks);
}

static const char *
list_offence(const struct tbc_trustlist *t)
{
    const struct check checks[] = {
        { t->version == 0, "version" },
        { t->iat.s <= 0, "iat" },
        { t->warn.s < t->iat.s, "warn before iat" },
        { t->exp.s <= t->iat.s, "exp not after iat" },
        { t->warn.s > t->exp.s, "warn after exp" },
        { t->roots_n == 0, "roots" },
    };

    return first_wrong(checks, sizeof checks / sizeof *checks);
}

const char *
tbc_trustlist_offence(const struct tbc_trustlist *t)
{
    const char *what = list_offence(t);

    for (size_t i = 0; i < t->roots_n && what == NULL; i++) {
        what = key_offence(&t->roots[i], true);
    }
    for (size_t i = 0; i < t->keys_n && what == NULL; i++) {
        what = key_offence(&t->keys[i], false);
    }
    return what;
}

static enum tbc_err
put_key(struct tbc_buf *out, const struct tbc_trust_key *k, bool root)
{
    if (key_offence(k, root) != NULL) {
        return TBC_ERR_RANGE;
    }
    tbc_cbor_put_array(out, root ? ROOT_FIELDS : KEY_FIELDS);
    tbc_cbor_put_bytes(out, tbc_span_of(k->kid, sizeof k->kid));
    tbc_cbor_put_int(out, k->alg);
    (void)tbc_buf_append(out, k->key, k->key_len);
    tbc_cbor_put_int(out, k->not_before.s);
    tbc_cbor_put_int(out, k->not_after.s);
    if (!root) {
        tbc_cbor_put_text(out, k->station);
        tbc_cbor_put_text(out, k->status_uri);
    }
    return tbc_buf_status(out);
}

static enum tbc_err
put_keys(struct tbc_buf *out, const struct tbc_trust_key *keys, size_t n, bool root)
{
    enum tbc_err err = TBC_OK;

    tbc_cbor_put_array(out, n);
    for (size_t i = 0; i < n && err == TBC_OK; i++) {
        err = put_key(out, &keys[i], root);
    }
    return err;
}

enum tbc_err
tbc_trustlist_encode(const struct tbc_trustlist *t, struct tbc_buf *out)
{
    size_t from = out->len;
    enum tbc_err err;

    if (list_offence(t) != NULL) {
        return TBC_ERR_RANGE;
    }
    tbc_cbor_put_map(out, 3);
    tbc_cbor_put_uint(out, CLAIM_EXP);
    tbc_cbor_put_int(out, t->exp.s);
    tbc_cbor_put_uint(out, CLAIM_IAT);
    tbc_cbor_put_int(out, t->iat.s);
    tbc_cbor_put_int(out, CLAIM_TRUST);
    tbc_cbor_put_array(out, 4);
    tbc_cbor_put_uint(out, t->version);
    tbc_cbor_put_int(out, t->warn.s);
    if ((err = put_keys(out, t->roots, t->roots_n, true)) == TBC_OK) {
        err = put_keys(out, t->keys, t->keys_n, false);
    }
    return tbc_buf_whole(out, from, err);
}

static void
read_cose_key(struct tbc_cbor_in *r, struct tbc_trust_key *k)
{
    struct tbc_span key;

    if (tbc_cbor_peek(r) != TBC_CBOR_MAP) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "key");
    }
    if (tbc_cbor_skip(r, "key", &key) != TBC_OK) {
        return;
    }
    if (key.len > sizeof k->key) {
        tbc_cbor_fail(r, TBC_ERR_LIMIT, "key");
        return;
    }
    memcpy(k->key, key.ptr, key.len);
    k->key_len = key.len;
}

static void
read_key(struct tbc_cbor_in *r, struct tbc_trust_key *k, bool root)
{
    size_t want = root ? ROOT_FIELDS : KEY_FIELDS;
    int64_t alg;
    size_t n;

    *k = (struct tbc_trust_key){ 0 };
    tbc_cbor_read_array(r, "trusted key", want, &n);
    if (r->err == TBC_OK && n != want) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "trusted key");
    }
    tbc_cbor_read_fixed(r, "kid", k->kid, sizeof k->kid);
    tbc_cbor_read_int(r, "alg", &alg);
    k->alg = tbc_alg_known(alg);
    read_cose_key(r, k);
    tbc_cbor_read_time(r, "not before", &k->not_before);
    tbc_cbor_read_time(r, "not after", &k->not_after);
    if (!root) {
        tbc_cbor_read_string(r, "station", k->station, sizeof k->station);
        tbc_cbor_read_string(r, "status uri", k->status_uri, sizeof k->status_uri);
    }
    if (r->err == TBC_OK && key_offence(k, root) != NULL) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, key_offence(k, root));
    }
}

static void
read_keys(struct tbc_trustlist *t, struct tbc_cbor_in *r, bool root)
{
    struct tbc_trust_key key;
    enum tbc_err err;
    size_t n;

    tbc_cbor_read_array(r, root ? "roots" : "keys",
                        root ? TBC_TRUST_ROOTS_MAX : TBC_TRUST_KEYS_MAX, &n);
    for (size_t i = 0; i < n && r->err == TBC_OK; i++) {
        read_key(r, &key, root);
        if (r->err == TBC_OK && (err = tbc_trustlist_add(t, &key)) != TBC_OK) {
            tbc_cbor_fail(r, err == TBC_ERR_EXISTS ? TBC_ERR_MALFORMED : err,
                          "kid given twice");
        }
    }
}

static void
read_trust(struct tbc_trustlist *t, struct tbc_cbor_in *r)
{
    size_t n;

    tbc_cbor_read_array(r, "trust", 4, &n);
    if (r->err == TBC_OK && n != 4) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "trust");
    }
    tbc_cbor_read_uint(r, "version", &t->version);
    tbc_cbor_read_time(r, "warn", &t->warn);
    read_keys(t, r, true);
    read_keys(t, r, false);
}

static enum tbc_err
read_claims(struct tbc_trustlist *t, struct tbc_cbor_in *r)
{
    struct tbc_cbor_map m;
    int64_t key;

    tbc_cbor_read_map(r, "claims", 3, &m);
    while (tbc_cbor_next_int(r, &m, &key)) {
        switch (key) {
        case CLAIM_EXP:
            tbc_cbor_read_time(r, "exp", &t->exp);
            break;
        case CLAIM_IAT:
            tbc_cbor_read_time(r, "iat", &t->iat);
            break;
        case CLAIM_TRUST:
            read_trust(t, r);
            break;
        default:
            return tbc_cbor_fail(r, TBC_ERR_MALFORMED, "unknown claim");
        }
    }
    if (tbc_cbor_close(r) == TBC_OK && list_offence(t) != NULL) {
        return tbc_cbor_fail(r, TBC_ERR_MALFORMED, list_offence(t));
    }
    return r->err;
}

enum tbc_err
tbc_trustlist_decode(struct tbc_trustlist *t, struct tbc_span in,
                     struct tbc_fault *fault)
{
    struct tbc_cbor_in r;

    *t = (struct tbc_trustlist){ 0 };
    tbc_cbor_open(&r, in);
    if (in.len > TBC_TRUST_BYTES_MAX) {
        (void)tbc_cbor_fail(&r, TBC_ERR_LIMIT, "trust list");
    } else {
        (void)read_claims(t, &r);
    }
    if (r.err != TBC_OK) {
        tbc_trustlist_fini(t);
        if (fault != NULL) {
            *fault = r.fault;
        }
    }
    return r.err;
}

static enum tbc_err
wrong_list(struct tbc_fault *fault, const char *what)
{
    if (fault != NULL) {
        *fault = (struct tbc_fault){ .what = what };
    }
    return TBC_ERR_MALFORMED;
}

enum tbc_err
tbc_trust_signed_open(struct tbc_trust_signed *s, struct tbc_span message,
                      struct tbc_fault *fault)
{
    enum tbc_err err;

    *s = (struct tbc_trust_signed){ .list = { .typ = TBC_TYP_N } };
    if (message.len > TBC_TRUST_BYTES_MAX) {
        return TBC_ERR_LIMIT;
    }
    if ((err = tbc_cose_open(&s->list, message, fault)) != TBC_OK) {
        return err;
    }
    if (s->list.typ == TBC_TYP_ROLL) {
        s->roll = s->list;
        s->is_rolled = true;
        if ((err = tbc_cose_open(&s->list, s->roll.payload, fault)) != TBC_OK) {
            if (fault != NULL) {
                fault->offset += (size_t)(s->roll.payload.ptr - message.ptr);
            }
            return err;
        }
    }
    if (s->list.typ != TBC_TYP_TRUST) {
        return wrong_list(fault, "typ");
    }
    if (s->is_rolled && memcmp(s->list.kid, s->roll.kid, TBC_KID_LEN) == 0) {
        return wrong_list(fault, "signed twice by one root");
    }
    return TBC_OK;
}
