#include "crypto/keyring.h"

#include "crypto/key_openssl.h"
#include "crypto/sign.h"

#include <stdlib.h>
#include <string.h>

struct tbc_keyring {
    struct tbc_trustlist list;
    struct tbc_key **keys;                      /* owned, beside list.keys */
    struct tbc_key *roots[TBC_TRUST_ROOTS_MAX]; /* owned, beside list.roots */
    bool proven[TBC_TRUST_ROOTS_MAX]; /* its private key is somebody's: it has signed */
    size_t signer;                    /* of roots; TBC_TRUST_ROOTS_MAX: none of them */
    struct tbc_key **holder; /* owned; the key of whoever proved last, kept warm */
};

void
tbc_keyring_free(struct tbc_keyring **ring)
{
    struct tbc_keyring *r = *ring;

    if (r == NULL) {
        return;
    }
    for (size_t i = 0; r->keys != NULL && i < r->list.keys_n; i++) {
        tbc_key_free(&r->keys[i]);
    }
    for (size_t i = 0; i < TBC_TRUST_ROOTS_MAX; i++) {
        tbc_key_free(&r->roots[i]);
    }
    if (r->holder != NULL) {
        tbc_key_free(r->holder);
    }
    free(r->holder);
    free(r->keys);
    tbc_trustlist_fini(&r->list);
    free(r);
    *ring = NULL;
}

/* A row's key must be what the row says it is. */
static enum tbc_err
load_key(const struct tbc_trust_key *row, struct tbc_key **key)
{
    uint8_t kid[TBC_KID_LEN];
    enum tbc_err err = tbc_key_parse_strict(key, tbc_span_of(row->key, row->key_len));

    if (err != TBC_OK) {
        return err;
    }
    tbc_key_kid(*key, kid);
    return memcmp(kid, row->kid, TBC_KID_LEN) == 0 && tbc_key_alg(*key) == row->alg
               ? TBC_OK
               : TBC_ERR_MALFORMED;
}

static enum tbc_err
load_keys(struct tbc_keyring *r)
{
    enum tbc_err err = TBC_OK;

    r->keys = calloc(r->list.keys_n + 1, sizeof(struct tbc_key *));
    r->holder = calloc(1, sizeof(struct tbc_key *));
    if (r->keys == NULL || r->holder == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < r->list.keys_n && err == TBC_OK; i++) {
        err = load_key(&r->list.keys[i], &r->keys[i]);
    }
    for (size_t i = 0; i < r->list.roots_n && err == TBC_OK; i++) {
        err = load_key(&r->list.roots[i], &r->roots[i]);
    }
    return err;
}

static bool
signed_by(const struct tbc_cose *msg, const struct tbc_key *key)
{
    uint8_t kid[TBC_KID_LEN];

    tbc_key_kid(key, kid);
    return memcmp(kid, msg->kid, TBC_KID_LEN) == 0;
}

/* The one of the keys whose kid the message bears; n when it is none of them. */
static size_t
find_signer(struct tbc_key *const *keys, size_t n, const struct tbc_cose *msg)
{
    size_t i = 0;

    while (i < n && !signed_by(msg, keys[i])) {
        i++;
    }
    return i;
}

/* Decode without believing: the caller checks the signatures before it uses the ring. */
static enum tbc_err
decode(struct tbc_keyring **ring, struct tbc_span message,
       struct tbc_trust_signed *envelope, struct tbc_fault *fault)
{
    struct tbc_keyring *r = NULL;
    enum tbc_err err = tbc_trust_signed_open(envelope, message, fault);

    *ring = NULL;
    if (err != TBC_OK) {
        return err;
    }
    if ((r = calloc(1, sizeof *r)) == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    r->signer = TBC_TRUST_ROOTS_MAX;
    if ((err = tbc_trustlist_decode(&r->list, envelope->list.payload, fault)) !=
            TBC_OK ||
        (err = load_keys(r)) != TBC_OK) {
        tbc_keyring_free(&r);
        return err;
    }
    *ring = r;
    return TBC_OK;
}

/* Whose word counts before the list is read. */
struct believed {
    struct tbc_key *const *keys;
    size_t n;
};

/* One signature: by a believed key, or by a root that the list names.  A root of the list has
 * proven by it that its private key exists. */
static enum tbc_err
check_signature(struct tbc_keyring *r, const struct tbc_cose *msg,
                const struct believed *b, bool *is_believed)
{
    size_t pinned = find_signer(b->keys, b->n, msg);
    size_t named = find_signer(r->roots, r->list.roots_n, msg);
    struct tbc_key *key = pinned < b->n             ? b->keys[pinned]
                          : named < r->list.roots_n ? r->roots[named]
                                                    : NULL;
    enum tbc_err err = key == NULL ? TBC_ERR_UNKNOWN_KEY : tbc_verify_cose(key, msg);

    if (err != TBC_OK) {
        return err;
    }
    *is_believed = *is_believed || pinned < b->n;
    if (named < r->list.roots_n) {
        r->proven[named] = true;
        r->signer = named;
    }
    return TBC_OK;
}

static enum tbc_err
check_signatures(struct tbc_keyring *r, const struct tbc_trust_signed *envelope,
                 const struct believed *b, struct tbc_fault *fault)
{
    bool is_believed = false;
    enum tbc_err err = check_signature(r, &envelope->list, b, &is_believed);

    if (err == TBC_OK && envelope->is_rolled) {
        err = check_signature(r, &envelope->roll, b, &is_believed);
    }
    if (err == TBC_OK && !is_believed) {
        err = TBC_ERR_UNKNOWN_KEY;
    }
    if (err == TBC_ERR_UNKNOWN_KEY && fault != NULL) {
        *fault = (struct tbc_fault){
            .what =
                "signed by a root that is not known here: the list that old and new "
                "root have both signed was missed; bring it, or pin the new root",
        };
    }
    return err;
}

/* What was proven earlier stays proven, as long as the list names it. */
static void
keep_proven(struct tbc_keyring *r, const struct believed *b)
{
    for (size_t i = 0; i < r->list.roots_n; i++) {
        for (size_t k = 0; k < b->n; k++) {
            uint8_t kid[TBC_KID_LEN];

            tbc_key_kid(b->keys[k], kid);
            r->proven[i] =
                r->proven[i] || memcmp(kid, r->list.roots[i].kid, sizeof kid) == 0;
        }
    }
}

enum tbc_err
tbc_keyring_open_by(struct tbc_keyring **ring, struct tbc_span message,
                    struct tbc_key *const *roots, size_t n, struct tbc_fault *fault)
{
    const struct believed b = { .keys = roots, .n = n };
    struct tbc_trust_signed envelope;
    enum tbc_err err = decode(ring, message, &envelope, fault);

    if (err != TBC_OK) {
        return err;
    }
    if ((err = check_signatures(*ring, &envelope, &b, fault)) != TBC_OK) {
        tbc_keyring_free(ring);
        return err;
    }
    keep_proven(*ring, &b);
    return TBC_OK;
}

enum tbc_err
tbc_keyring_open(struct tbc_keyring **ring, struct tbc_span message,
                 struct tbc_key *root, struct tbc_fault *fault)
{
    struct tbc_trust_signed envelope;
    struct believed own;
    enum tbc_err err;

    if (root != NULL) {
        return tbc_keyring_open_by(ring, message, &root, 1, fault);
    }
    if ((err = decode(ring, message, &envelope, fault)) != TBC_OK) {
        return err;
    }
    own = (struct believed){ .keys = (*ring)->roots, .n = (*ring)->list.roots_n };
    if ((err = check_signatures(*ring, &envelope, &own, fault)) != TBC_OK) {
        tbc_keyring_free(ring);
    }
    return err;
}

size_t
tbc_keyring_roots(const struct tbc_keyring *ring,
                  struct tbc_key *keys[static TBC_TRUST_ROOTS_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < ring->list.roots_n; i++) {
        if (ring->proven[i]) {
            keys[n++] = ring->roots[i];
        }
    }
    return n;
}

const struct tbc_trust_key *
tbc_keyring_signer(const struct tbc_keyring *ring)
{
    return ring->signer < ring->list.roots_n ? &ring->list.roots[ring->signer] : NULL;
}

const struct tbc_trustlist *
tbc_keyring_list(const struct tbc_keyring *ring)
{
    return &ring->list;
}

struct tbc_key *
tbc_keyring_find(const struct tbc_keyring *ring, const uint8_t kid[static TBC_KID_LEN],
                 struct tbc_utc at, const struct tbc_trust_key **entry)
{
    for (size_t i = 0; i < ring->list.keys_n; i++) {
        const struct tbc_trust_key *row = &ring->list.keys[i];

        if (memcmp(row->kid, kid, TBC_KID_LEN) == 0 && at.s >= row->not_before.s &&
            at.s < row->not_after.s) {
            if (entry != NULL) {
                *entry = row;
            }
            return ring->keys[i];
        }
    }
    if (entry != NULL) {
        *entry = NULL;
    }
    return NULL;
}

enum tbc_err
tbc_keyring_holder(const struct tbc_keyring *ring, struct tbc_span cose_key,
                   struct tbc_key **key)
{
    enum tbc_err err = tbc_key_reuse_strict(ring->holder, cose_key);

    *key = *ring->holder;
    return err;
}

enum tbc_err
tbc_keyring_update(struct tbc_keyring *ring, struct tbc_span message,
                   struct tbc_fault *fault)
{
    struct tbc_key *roots[TBC_TRUST_ROOTS_MAX];
    const struct believed b = { .keys = roots, .n = tbc_keyring_roots(ring, roots) };
    struct tbc_keyring *newer = NULL;
    struct tbc_keyring older;
    struct tbc_trust_signed envelope;
    enum tbc_err err = decode(&newer, message, &envelope, fault);

    if (err != TBC_OK) {
        return err;
    }
    err = check_signatures(newer, &envelope, &b, fault);
    if (err == TBC_OK && newer->list.version < ring->list.version) {
        err = TBC_ERR_RANGE;
    }
    if (err == TBC_OK && newer->list.version > ring->list.version) {
        keep_proven(newer, &b);
        older = *ring;
        *ring = *newer;
        *newer = older;
    }
    tbc_keyring_free(&newer);
    return err;
}
