#include "crypto/seal.h"

#include "crypto/openssl_err.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <limits.h>
#include <string.h>

#define NONCE_LEN 12

/* Key, nonce and associated data, one way or the other. */
static bool
begin(EVP_CIPHER_CTX *ctx, const uint8_t *key, const uint8_t *nonce, struct tbc_span ad,
      int encrypt)
{
    int n;

    return EVP_CipherInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce, encrypt) == 1 &&
           (ad.len == 0 || EVP_CipherUpdate(ctx, NULL, &n, ad.ptr, (int)ad.len) == 1);
}

/* Ciphertext and tag to `to`. */
static enum tbc_err
encrypt(const uint8_t *key, const uint8_t *nonce, struct tbc_span ad,
        struct tbc_span plain, uint8_t *to)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    enum tbc_err err = TBC_OK;
    int n = 0;

    if (ctx == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    if (!begin(ctx, key, nonce, ad, 1) ||
        (plain.len > 0 &&
         EVP_CipherUpdate(ctx, to, &n, plain.ptr, (int)plain.len) != 1) ||
        EVP_CipherFinal_ex(ctx, to + plain.len, &n) != 1 ||
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TBC_SEAL_TAG_LEN,
                            to + plain.len) != 1) {
        err = tbc_openssl_err(TBC_ERR_CRYPTO);
    }
    EVP_CIPHER_CTX_free(ctx);
    return err;
}

/* The text to `to`. */
static enum tbc_err
decrypt(const uint8_t *key, const uint8_t *nonce, struct tbc_span ad,
        struct tbc_span sealed, uint8_t *to)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    size_t len = sealed.len - TBC_SEAL_TAG_LEN;
    uint8_t tag[TBC_SEAL_TAG_LEN];
    enum tbc_err err = TBC_OK;
    int n = 0;

    if (ctx == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    memcpy(tag, sealed.ptr + len, sizeof tag);
    if (!begin(ctx, key, nonce, ad, 0) ||
        (len > 0 && EVP_CipherUpdate(ctx, to, &n, sealed.ptr, (int)len) != 1) ||
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TBC_SEAL_TAG_LEN, tag) != 1) {
        err = tbc_openssl_err(TBC_ERR_CRYPTO);
    } else if (EVP_CipherFinal_ex(ctx, to + len, &n) != 1) {
        err = tbc_openssl_err(TBC_ERR_CORRUPT);
    }
    EVP_CIPHER_CTX_free(ctx);
    if (err != TBC_OK) {
        tbc_wipe(to, len);
    }
    return err;
}

enum tbc_err
tbc_seal(const uint8_t key[static TBC_SEAL_KEY_LEN], struct tbc_span ad,
         struct tbc_span plain, struct tbc_buf *out)
{
    uint8_t *nonce;
    enum tbc_err err;

    if (plain.len > INT_MAX - TBC_SEAL_OVERHEAD || ad.len > INT_MAX) {
        return TBC_ERR_LIMIT;
    }
    if ((err = tbc_buf_reserve(out, plain.len + TBC_SEAL_OVERHEAD)) != TBC_OK) {
        return err;
    }
    nonce = out->ptr + out->len;
    if ((err = tbc_random(nonce, NONCE_LEN)) == TBC_OK &&
        (err = encrypt(key, nonce, ad, plain, nonce + NONCE_LEN)) == TBC_OK) {
        out->len += plain.len + TBC_SEAL_OVERHEAD;
    }
    return err;
}

enum tbc_err
tbc_unseal(const uint8_t key[static TBC_SEAL_KEY_LEN], struct tbc_span ad,
           struct tbc_span sealed, struct tbc_buf *out)
{
    enum tbc_err err;

    if (sealed.len < TBC_SEAL_OVERHEAD) {
        return TBC_ERR_CORRUPT;
    }
    if (sealed.len > INT_MAX || ad.len > INT_MAX) {
        return TBC_ERR_LIMIT;
    }
    /* One byte more than the text: an empty one still needs a place to end at. */
    if ((err = tbc_buf_reserve(out, sealed.len - TBC_SEAL_OVERHEAD + 1)) != TBC_OK) {
        return err;
    }
    err = decrypt(key, sealed.ptr, ad,
                  tbc_span_sub(sealed, NONCE_LEN, sealed.len - NONCE_LEN),
                  out->ptr + out->len);
    if (err == TBC_OK) {
        out->len += sealed.len - TBC_SEAL_OVERHEAD;
    }
    return err;
}

static const uint8_t no_nonce[NONCE_LEN];

enum tbc_err
tbc_seal_once(const uint8_t key[static TBC_SEAL_KEY_LEN], struct tbc_span ad,
              struct tbc_span plain, uint8_t *to)
{
    if (plain.len > INT_MAX || ad.len > INT_MAX) {
        return TBC_ERR_LIMIT;
    }
    return encrypt(key, no_nonce, ad, plain, to);
}

enum tbc_err
tbc_unseal_once(const uint8_t key[static TBC_SEAL_KEY_LEN], struct tbc_span ad,
                struct tbc_span sealed, uint8_t *to)
{
    if (sealed.len < TBC_SEAL_TAG_LEN || sealed.len > INT_MAX || ad.len > INT_MAX) {
        return TBC_ERR_LIMIT;
    }
    return decrypt(key, no_nonce, ad, sealed, to);
}

enum tbc_err
tbc_random(void *out, size_t len)
{
    if (len > INT_MAX) {
        return TBC_ERR_LIMIT;
    }
    return RAND_bytes(out, (int)len) == 1 ? TBC_OK : TBC_ERR_CRYPTO;
}
