#include "crypto/keyring.h"

#include "crypto/key_openssl.h"
#include "crypto/sign.h"

#include <stdlib.h>
#include <string.h>

struct tbc_keyring {
    struct tbc_trustlist list;
    struct tbc_key **keys;                      /* owned, beside list.keys */
    struct tbc_key *roots[TBC_TRUST_ROOTS_MAX]; /* owned, beside list.roots */
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

/* The root key of the list whose kid the message bears; NULL when it is none of them. */
static struct tbc_key *
signing_root(const struct tbc_keyring *r, const struct tbc_cose *msg)
{
    for (size_t i = 0; i < r->list.roots_n; i++) {
        if (signed_by(msg, r->roots[i])) {
            return r->roots[i];
        }
    }
    return NULL;
}

/* Decode without believing: the caller verifies msg before it uses the ring. */
static enum tbc_err
decode(struct tbc_keyring **ring, struct tbc_span message, struct tbc_cose *msg,
       struct tbc_fault *fault)
{
    struct tbc_keyring *r = NULL;
    enum tbc_err err = TBC_ERR_LIMIT;

    *ring = NULL;
    if (message.len > TBC_TRUST_BYTES_MAX ||
        (err = tbc_cose_open(msg, message, fault)) != TBC_OK) {
        return err;
    }
    if (msg->typ != TBC_TYP_TRUST) {
        if (fault != NULL) {
            *fault = (struct tbc_fault){ .what = "typ" };
        }
        return TBC_ERR_MALFORMED;
    }
    if ((r = calloc(1, sizeof *r)) == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    if ((err = tbc_trustlist_decode(&r->list, msg->payload, fault)) != TBC_OK ||
        (err = load_keys(r)) != TBC_OK) {
        tbc_keyring_free(&r);
        return err;
    }
    *ring = r;
    return TBC_OK;
}

enum tbc_err
tbc_keyring_open(struct tbc_keyring **ring, struct tbc_span message,
                 struct tbc_key *root, struct tbc_fault *fault)
{
    struct tbc_cose msg;
    struct tbc_key *signer;
    enum tbc_err err = decode(ring, message, &msg, fault);

    if (err != TBC_OK) {
        return err;
    }
    signer = root == NULL            ? signing_root(*ring, &msg)
             : signed_by(&msg, root) ? root
                                     : NULL;
    err = signer == NULL ? TBC_ERR_UNKNOWN_KEY : tbc_verify_cose(signer, &msg);
    if (err != TBC_OK) {
        tbc_keyring_free(ring);
    }
    return err;
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
    struct tbc_keyring *newer = NULL;
    struct tbc_keyring older;
    struct tbc_key *signer;
    struct tbc_cose msg;
    enum tbc_err err = decode(&newer, message, &msg, fault);

    if (err != TBC_OK) {
        return err;
    }
    signer = signing_root(ring, &msg);
    err = signer == NULL ? TBC_ERR_UNKNOWN_KEY : tbc_verify_cose(signer, &msg);
    if (err == TBC_OK && newer->list.version < ring->list.version) {
        err = TBC_ERR_RANGE;
    }
    if (err == TBC_OK && newer->list.version > ring->list.version) {
        older = *ring;
        *ring = *newer;
        *newer = older;
    }
    tbc_keyring_free(&newer);
    return err;
}
