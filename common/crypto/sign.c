#include "crypto/sign.h"

#include "crypto/key_openssl.h"
#include "crypto/openssl_err.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>

#include <string.h>

#define HASH_MAX   64
#define SM2_ID_MAX 8191 /* its length in bits is hashed as two bytes */
/* SEQUENCE of two INTEGERs of at most 66 + 1 bytes. */
#define DER_MAX 144
/* Array, context, header of ours, empty external data and the payload's head. */
#define TBS_HEAD_MAX 512

/* What is signed comes in two pieces, so that a large payload is hashed where it lies. */
struct message {
    struct tbc_span head;
    struct tbc_span body;
};

/* One INTEGER of X.690 sec. 8.3: no needless leading zeros, one where the high bit is set. */
static uint8_t *
put_integer(uint8_t *to, const uint8_t *raw, size_t len)
{
    size_t skip = 0;
    bool pad;

    while (skip < len - 1 && raw[skip] == 0) {
        skip++;
    }
    pad = (raw[skip] & 0x80) != 0;
    *to++ = 0x02;
    *to++ = (uint8_t)(len - skip + (pad ? 1 : 0));
    if (pad) {
        *to++ = 0;
    }
    memcpy(to, raw + skip, len - skip);
    return to + len - skip;
}

/* r||s to DER, on the caller's storage. */
static size_t
der_of_raw(struct tbc_span raw, uint8_t der[static DER_MAX])
{
    uint8_t content[DER_MAX];
    size_t half = raw.len / 2;
    uint8_t *end =
        put_integer(put_integer(content, raw.ptr, half), raw.ptr + half, half);
    size_t len = (size_t)(end - content);
    size_t at = 0;

    der[at++] = 0x30;
    if (len >= 0x80) {
        der[at++] = 0x81;
    }
    der[at++] = (uint8_t)len;
    memcpy(der + at, content, len);
    return at + len;
}

static enum tbc_err
raw_of_der(struct tbc_span der, size_t field_len, struct tbc_buf *raw)
{
    const unsigned char *at = der.ptr;
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)der.len);
    uint8_t bytes[TBC_SIGNATURE_MAX];
    enum tbc_err err = TBC_ERR_CRYPTO;

    if (sig != NULL &&
        BN_bn2binpad(ECDSA_SIG_get0_r(sig), bytes, (int)field_len) == (int)field_len &&
        BN_bn2binpad(ECDSA_SIG_get0_s(sig), bytes + field_len, (int)field_len) ==
            (int)field_len) {
        err = tbc_buf_append(raw, bytes, 2 * field_len);
    }
    ECDSA_SIG_free(sig);
    return tbc_openssl_err(err);
}

enum tbc_err
tbc_signature_from_der(enum tbc_alg alg, struct tbc_span der, struct tbc_buf *raw)
{
    const struct tbc_key_kind *kind = tbc_key_kind(alg);
    uint8_t again[DER_MAX];
    size_t from = raw->len;
    enum tbc_err err;

    if (kind == NULL || kind->group == NULL) {
        return TBC_ERR_UNSUPPORTED;
    }
    if (der.len > DER_MAX) {
        return TBC_ERR_MALFORMED;
    }
    if ((err = raw_of_der(der, kind->field_len, raw)) != TBC_OK) {
        return err == TBC_ERR_CRYPTO ? TBC_ERR_MALFORMED : err;
    }
    /* One signature has one encoding: what we would write must be what we read. */
    if (!tbc_span_equal(
            der, tbc_span_of(again, der_of_raw(tbc_span_sub(tbc_buf_span(raw), from,
                                                            raw->len - from),
                                               again)))) {
        raw->len = from;
        return TBC_ERR_MALFORMED;
    }
    return TBC_OK;
}

static enum tbc_err
hash_message(struct tbc_key *key, const struct message *m,
             uint8_t hash[static HASH_MAX], size_t *len)
{
    unsigned n = 0;

    if (EVP_DigestInit_ex(key->hash, key->md, NULL) != 1 ||
        EVP_DigestUpdate(key->hash, m->head.ptr, m->head.len) != 1 ||
        EVP_DigestUpdate(key->hash, m->body.ptr, m->body.len) != 1 ||
        EVP_DigestFinal_ex(key->hash, hash, &n) != 1) {
        return TBC_ERR_CRYPTO;
    }
    *len = n;
    return TBC_OK;
}

/* Ed25519 wants the message in one piece (RFC 8032 is not a pre-hash scheme). */
static enum tbc_err
join(const struct message *m, struct tbc_buf *whole)
{
    (void)tbc_buf_append_span(whole, m->head);
    (void)tbc_buf_append_span(whole, m->body);
    return tbc_buf_status(whole);
}

/* Of the two signatures (r, s) and (r, n - s) that ECDSA holds for equal, ours have the lower s:
 * otherwise anyone could write a second form of a certificate. */
static bool
is_low(const struct tbc_key *key, struct tbc_span signature)
{
    size_t half = signature.len / 2;

    return key->md == NULL || memcmp(signature.ptr + half, key->half_order, half) <= 0;
}

static struct tbc_span
last_of(const struct tbc_buf *b, size_t len)
{
    return tbc_span_of(b->ptr + b->len - len, len);
}

static enum tbc_err
make_low(const struct tbc_key *key, uint8_t *raw, size_t field_len)
{
    BIGNUM *n = NULL;
    BIGNUM *s = BN_bin2bn(raw + field_len, (int)field_len, NULL);
    bool ok = s != NULL &&
              EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_EC_ORDER, &n) == 1 &&
              BN_sub(s, n, s) == 1 &&
              BN_bn2binpad(s, raw + field_len, (int)field_len) == (int)field_len;

    BN_free(n);
    BN_free(s);
    return ok ? TBC_OK : TBC_ERR_CRYPTO;
}

static enum tbc_err
sign_hash(struct tbc_key *key, size_t field_len, struct tbc_span hash,
          struct tbc_buf *signature)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key->pkey, NULL);
    uint8_t der[DER_MAX];
    size_t der_len = sizeof der;
    enum tbc_err err = TBC_OK;

    if (ctx == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    if (EVP_PKEY_sign_init(ctx) != 1 ||
        EVP_PKEY_sign(ctx, der, &der_len, hash.ptr, hash.len) != 1) {
        err = TBC_ERR_CRYPTO;
    }
    EVP_PKEY_CTX_free(ctx);
    return err == TBC_OK ? raw_of_der(tbc_span_of(der, der_len), field_len, signature)
                         : err;
}

static enum tbc_err
sign_ecdsa(struct tbc_key *key, const struct tbc_key_kind *kind,
           const struct message *m, struct tbc_buf *signature)
{
    uint8_t hash[HASH_MAX];
    size_t hash_len;
    enum tbc_err err = hash_message(key, m, hash, &hash_len);

    if (err == TBC_OK) {
        err = key->token != NULL
                  ? tbc_pkcs11_sign(key->token, tbc_span_of(hash, hash_len), signature)
                  : sign_hash(key, kind->field_len, tbc_span_of(hash, hash_len),
                              signature);
    }
    if (err == TBC_OK && !is_low(key, last_of(signature, 2 * kind->field_len))) {
        err = make_low(key, signature->ptr + signature->len - 2 * kind->field_len,
                       kind->field_len);
    }
    return err;
}

static enum tbc_err
sign_eddsa(struct tbc_key *key, const struct message *m, struct tbc_buf *signature)
{
    uint8_t sig[TBC_SIGNATURE_MAX];
    size_t len = sizeof sig;
    struct tbc_buf whole = { 0 };
    enum tbc_err err = join(m, &whole);

    if (err == TBC_OK && key->token != NULL) {
        err = tbc_pkcs11_sign(key->token, tbc_buf_span(&whole), signature);
    } else if (err == TBC_OK) {
        err = EVP_DigestSignInit(key->digest, NULL, NULL, NULL, key->pkey) == 1 &&
                      EVP_DigestSign(key->digest, sig, &len, whole.ptr, whole.len) == 1
                  ? tbc_buf_append(signature, sig, len)
                  : TBC_ERR_CRYPTO;
        (void)EVP_MD_CTX_reset(key->digest);
    }
    tbc_buf_fini(&whole);
    return err;
}

/* SM2 signs Z || message, Z over the identifier: it must be set before the init
 * (GB/T 32918.2 sec. 5.5).  The context stays with the key and is reset after use. */
static EVP_PKEY_CTX *
sm2_context(struct tbc_key *key, struct tbc_span id)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key->pkey, NULL);

    if (ctx == NULL ||
        EVP_PKEY_CTX_set1_id(ctx, id.len == 0 ? (const uint8_t *)"" : id.ptr,
                             (int)id.len) != 1) {
        EVP_PKEY_CTX_free(ctx);
        return NULL;
    }
    EVP_MD_CTX_set_pkey_ctx(key->digest, ctx);
    return ctx;
}

static enum tbc_err
sign_sm2(struct tbc_key *key, const struct tbc_key_kind *kind, const struct message *m,
         struct tbc_buf *signature)
{
    EVP_PKEY_CTX *ctx = sm2_context(key, tbc_span_str(TBC_SM2_ID));
    uint8_t der[DER_MAX];
    size_t len = sizeof der;
    enum tbc_err err = TBC_OK;

    if (ctx == NULL) {
        return TBC_ERR_CRYPTO;
    }
    if (EVP_DigestSignInit(key->digest, NULL, EVP_sm3(), NULL, key->pkey) != 1 ||
        EVP_DigestSignUpdate(key->digest, m->head.ptr, m->head.len) != 1 ||
        EVP_DigestSignUpdate(key->digest, m->body.ptr, m->body.len) != 1 ||
        EVP_DigestSignFinal(key->digest, der, &len) != 1) {
        err = TBC_ERR_CRYPTO;
    }
    (void)EVP_MD_CTX_reset(key->digest);
    EVP_PKEY_CTX_free(ctx);
    return err == TBC_OK ? raw_of_der(tbc_span_of(der, len), kind->field_len, signature)
                         : err;
}

static enum tbc_err
sign_message(struct tbc_key *key, const struct message *m, struct tbc_buf *signature)
{
    const struct tbc_key_kind *kind = tbc_key_kind(key->alg);
    size_t from = signature->len;
    enum tbc_err err;

    if (!key->is_private) {
        return TBC_ERR_DENIED;
    }
    if (kind->md == NULL) {
        err = sign_eddsa(key, m, signature);
    } else if (key->alg == TBC_ALG_SM2) {
        err = sign_sm2(key, kind, m, signature);
    } else {
        err = sign_ecdsa(key, kind, m, signature);
    }
    return tbc_buf_whole(signature, from, tbc_openssl_err(err));
}

/* 1 good, 0 bad, below 0 the library failed; OpenSSL also gives below 0 for a signature that it
 * cannot parse: ours always parse, der_of_raw made them. */
static enum tbc_err
verdict_of(int rc)
{
    return tbc_openssl_err(rc == 1   ? TBC_OK
                           : rc == 0 ? TBC_ERR_BAD_SIGNATURE
                                     : TBC_ERR_CRYPTO);
}

static enum tbc_err
verify_ecdsa(struct tbc_key *key, const struct message *m, struct tbc_span signature)
{
    uint8_t hash[HASH_MAX];
    uint8_t der[DER_MAX];
    size_t hash_len;
    size_t der_len = der_of_raw(signature, der);
    enum tbc_err err = hash_message(key, m, hash, &hash_len);

    return err != TBC_OK
               ? err
               : verdict_of(EVP_PKEY_verify(key->verify, der, der_len, hash, hash_len));
}

static enum tbc_err
verify_eddsa(struct tbc_key *key, const struct message *m, struct tbc_span signature)
{
    uint8_t storage[TBC_LIVE_MAX + TBS_HEAD_MAX];
    struct tbc_buf whole;
    struct tbc_buf large = { 0 };
    struct tbc_buf *b = &large;
    enum tbc_err err;

    if (m->head.len + m->body.len <= sizeof storage) {
        tbc_buf_init_fixed(&whole, storage, sizeof storage);
        b = &whole;
    }
    if ((err = join(m, b)) == TBC_OK) {
        if (EVP_DigestVerifyInit(key->digest, NULL, NULL, NULL, key->pkey) != 1) {
            err = TBC_ERR_CRYPTO;
        } else {
            err = verdict_of(EVP_DigestVerify(key->digest, signature.ptr, signature.len,
                                              b->ptr, b->len));
        }
    }
    (void)EVP_MD_CTX_reset(key->digest);
    tbc_buf_fini(&large);
    return err;
}

static enum tbc_err
verify_sm2(struct tbc_key *key, const struct message *m, struct tbc_span id,
           struct tbc_span signature)
{
    EVP_PKEY_CTX *ctx = sm2_context(key, id);
    uint8_t der[DER_MAX];
    size_t len = der_of_raw(signature, der);
    enum tbc_err err;

    if (ctx == NULL) {
        return TBC_ERR_CRYPTO;
    }
    if (EVP_DigestVerifyInit(key->digest, NULL, EVP_sm3(), NULL, key->pkey) != 1 ||
        EVP_DigestVerifyUpdate(key->digest, m->head.ptr, m->head.len) != 1 ||
        EVP_DigestVerifyUpdate(key->digest, m->body.ptr, m->body.len) != 1) {
        err = TBC_ERR_CRYPTO;
    } else {
        err = verdict_of(EVP_DigestVerifyFinal(key->digest, der, len));
    }
    (void)EVP_MD_CTX_reset(key->digest);
    EVP_PKEY_CTX_free(ctx);
    return err;
}

static enum tbc_err
verify_message(struct tbc_key *key, const struct message *m, struct tbc_span signature)
{
    if (signature.len != tbc_alg_signature_len(key->alg)) {
        return TBC_ERR_BAD_SIGNATURE;
    }
    if (tbc_key_kind(key->alg)->md == NULL) {
        return verify_eddsa(key, m, signature);
    }
    return key->alg == TBC_ALG_SM2
               ? verify_sm2(key, m, tbc_span_str(TBC_SM2_ID), signature)
               : verify_ecdsa(key, m, signature);
}

enum tbc_err
tbc_sign_raw(struct tbc_key *key, struct tbc_span message, struct tbc_buf *signature)
{
    return sign_message(key, &(struct message){ .body = message }, signature);
}

enum tbc_err
tbc_verify_raw(struct tbc_key *key, struct tbc_span message, struct tbc_span signature)
{
    return verify_message(key, &(struct message){ .body = message }, signature);
}

enum tbc_err
tbc_verify_sm2(struct tbc_key *key, struct tbc_span id, struct tbc_span message,
               struct tbc_span signature)
{
    if (key->alg != TBC_ALG_SM2) {
        return TBC_ERR_UNSUPPORTED;
    }
    if (id.len > SM2_ID_MAX) {
        return TBC_ERR_LIMIT;
    }
    return signature.len != tbc_alg_signature_len(key->alg)
               ? TBC_ERR_BAD_SIGNATURE
               : verify_sm2(key, &(struct message){ .body = message }, id, signature);
}

/* Numbers that name hash and curve together (RFC 9864 sec. 2). */
static enum tbc_alg
fully_specified(int64_t number)
{
    switch (number) {
    case -9:
        return TBC_ALG_ES256;
    case -51:
        return TBC_ALG_ES384;
    case -52:
        return TBC_ALG_ES512;
    case -19:
        return TBC_ALG_EDDSA;
    default:
        return TBC_ALG_NONE;
    }
}

/* ECDSA with a hash that is not the one we pair with the curve. */
static enum tbc_err
verify_other_hash(struct tbc_key *key, const char *md, struct tbc_span message,
                  struct tbc_span signature)
{
    uint8_t hash[HASH_MAX];
    uint8_t der[DER_MAX];
    size_t len = sizeof hash;

    if (signature.len != tbc_alg_signature_len(key->alg)) {
        return TBC_ERR_BAD_SIGNATURE;
    }
    if (EVP_Q_digest(NULL, md, NULL, message.ptr, message.len, hash, &len) != 1) {
        return tbc_openssl_err(TBC_ERR_CRYPTO);
    }
    return verdict_of(
        EVP_PKEY_verify(key->verify, der, der_of_raw(signature, der), hash, len));
}

enum tbc_err
tbc_verify_any(struct tbc_key *key, int64_t alg, struct tbc_span message,
               struct tbc_span signature)
{
    const struct tbc_key_kind *kind = tbc_key_kind(tbc_alg_known(alg));

    if (alg == 0 || alg == (int64_t)key->alg || fully_specified(alg) == key->alg ||
        (alg == TBC_ALG_EDDSA && key->alg == TBC_ALG_ED448)) {
        return tbc_verify_raw(key, message, signature);
    }
    /* ES256K has its curve and its hash to itself (RFC 8812 sec. 3.2). */
    if (kind == NULL || strcmp(kind->type, "EC") != 0 || key->md == NULL ||
        key->alg == TBC_ALG_ES256K) {
        return TBC_ERR_UNSUPPORTED;
    }
    return verify_other_hash(key, kind->md, message, signature);
}

enum tbc_err
tbc_sign_cose(struct tbc_key *key, enum tbc_typ typ, struct tbc_span payload,
              struct tbc_buf *out)
{
    uint8_t header_storage[TBS_HEAD_MAX];
    uint8_t head_storage[TBS_HEAD_MAX];
    uint8_t sig_storage[TBC_SIGNATURE_MAX];
    struct tbc_buf header;
    struct tbc_buf head;
    struct tbc_buf sig;
    enum tbc_err err;

    tbc_buf_init_fixed(&header, header_storage, sizeof header_storage);
    tbc_buf_init_fixed(&head, head_storage, sizeof head_storage);
    tbc_buf_init_fixed(&sig, sig_storage, sizeof sig_storage);
    if ((err = tbc_cose_put_protected(&header, key->alg, key->kid, typ)) != TBC_OK ||
        (err = tbc_cose_put_tbs_head(&head, tbc_buf_span(&header),
                                     (struct tbc_span){ 0 }, payload.len)) != TBC_OK ||
        (err = sign_message(
             key, &(struct message){ .head = tbc_buf_span(&head), .body = payload },
             &sig)) != TBC_OK) {
        return err;
    }
    return tbc_cose_put(out, tbc_buf_span(&header), payload, tbc_buf_span(&sig));
}

enum tbc_err
tbc_verify_cose(struct tbc_key *key, const struct tbc_cose *msg)
{
    uint8_t head_storage[TBS_HEAD_MAX];
    struct tbc_buf head;
    enum tbc_err err;

    if (msg->alg != key->alg || msg->signature.len != tbc_alg_signature_len(key->alg) ||
        (msg->typ != TBC_TYP_LIVE && !is_low(key, msg->signature))) {
        return TBC_ERR_BAD_SIGNATURE;
    }
    tbc_buf_init_fixed(&head, head_storage, sizeof head_storage);
    err = tbc_cose_put_tbs_head(&head, msg->body_protected, (struct tbc_span){ 0 },
                                msg->payload.len);
    return err != TBC_OK
               ? err
               : verify_message(key,
                                &(struct message){ .head = tbc_buf_span(&head),
                                                   .body = msg->payload },
                                msg->signature);
}
