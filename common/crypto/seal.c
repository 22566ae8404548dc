#include "crypto/seal.h"

#include "crypto/openssl_err.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <limits.h>

#define NONCE_LEN 12
#define TAG_LEN   16

/* Key, nonce and associated data, one way or the other. */
static bool
begin(EVP_CIPHER_CTX *ctx, const uint8_t *key, const uint8_t *nonce, struct tbc_span ad,
      int encrypt)
{
    int n;

    return EVP_CipherInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce, encrypt) == 1 &&
           (ad.len == 0 || EVP_CipherUpdate(ctx, NULL, &n, ad.ptr, (int)ad.len) == 1);
}

static bool
encrypt_into(EVP_CIPHER_CTX *ctx, const uint8_t *key, struct tbc_span ad,
             struct tbc_span plain, uint8_t *to)
{
    uint8_t *cipher = to + NONCE_LEN;
    int n = 0;

    return RAND_bytes(to, NONCE_LEN) == 1 && begin(ctx, key, to, ad, 1) &&
           (plain.len == 0 ||
            EVP_CipherUpdate(ctx, cipher, &n, plain.ptr, (int)plain.len) == 1) &&
           EVP_CipherFinal_ex(ctx, cipher + plain.len, &n) == 1 &&
           EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_LEN,
                               cipher + plain.len) == 1;
}

enum tbc_err
tbc_seal(const uint8_t key[static TBC_SEAL_KEY_LEN], struct tbc_span ad,
         struct tbc_span plain, struct tbc_buf *out)
{
    EVP_CIPHER_CTX *ctx;
    enum tbc_err err;

    if (plain.len > INT_MAX - TBC_SEAL_OVERHEAD || ad.len > INT_MAX) {
        return TBC_ERR_LIMIT;
    }
    if ((err = tbc_buf_reserve(out, plain.len + TBC_SEAL_OVERHEAD)) != TBC_OK) {
        return err;
    }
    if ((ctx = EVP_CIPHER_CTX_new()) == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    if (encrypt_into(ctx, key, ad, plain, out->ptr + out->len)) {
        out->len += plain.len + TBC_SEAL_OVERHEAD;
    } else {
        err = tbc_openssl_err(TBC_ERR_CRYPTO);
    }
    EVP_CIPHER_CTX_free(ctx);
    return err;
}

static enum tbc_err
decrypt_into(EVP_CIPHER_CTX *ctx, const uint8_t *key, struct tbc_span ad,
             struct tbc_span sealed, uint8_t *to)
{
    size_t len = sealed.len - TBC_SEAL_OVERHEAD;
    const uint8_t *cipher = sealed.ptr + NONCE_LEN;
    uint8_t tag[TAG_LEN];
    int n = 0;

    for (size_t i = 0; i < TAG_LEN; i++) {
        tag[i] = cipher[len + i];
    }
    if (!begin(ctx, key, sealed.ptr, ad, 0) ||
        (len > 0 && EVP_CipherUpdate(ctx, to, &n, cipher, (int)len) != 1) ||
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_LEN, tag) != 1) {
        return tbc_openssl_err(TBC_ERR_CRYPTO);
    }
    return EVP_CipherFinal_ex(ctx, to + len, &n) == 1
               ? TBC_OK
               : tbc_openssl_err(TBC_ERR_CORRUPT);
}

enum tbc_err
tbc_unseal(const uint8_t key[static TBC_SEAL_KEY_LEN], struct tbc_span ad,
           struct tbc_span sealed, struct tbc_buf *out)
{
    EVP_CIPHER_CTX *ctx;
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
    if ((ctx = EVP_CIPHER_CTX_new()) == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    err = decrypt_into(ctx, key, ad, sealed, out->ptr + out->len);
    if (err == TBC_OK) {
        out->len += sealed.len - TBC_SEAL_OVERHEAD;
    } else {
        tbc_wipe(out->ptr + out->len, sealed.len - TBC_SEAL_OVERHEAD);
    }
    EVP_CIPHER_CTX_free(ctx);
    return err;
}

enum tbc_err
tbc_random(void *out, size_t len)
{
    if (len > INT_MAX) {
        return TBC_ERR_LIMIT;
    }
    return RAND_bytes(out, (int)len) == 1 ? TBC_OK : TBC_ERR_CRYPTO;
}
