#include "crypto/digest.h"

#include "crypto/openssl_err.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <string.h>

enum tbc_err
tbc_sha256(struct tbc_span in, uint8_t out[static TBC_SHA256_LEN])
{
    unsigned len = TBC_SHA256_LEN;

    if (EVP_Digest(in.ptr, in.len, out, &len, EVP_sha256(), NULL) != 1) {
        memset(out, 0, TBC_SHA256_LEN);
        return tbc_openssl_err(TBC_ERR_CRYPTO);
    }
    return TBC_OK;
}

enum tbc_err
tbc_hmac_sha256(struct tbc_span key, struct tbc_span in,
                uint8_t out[static TBC_SHA256_LEN])
{
    unsigned len = TBC_SHA256_LEN;
    const void *k = key.len == 0 ? "" : (const void *)key.ptr;

    if (key.len > INT32_MAX ||
        HMAC(EVP_sha256(), k, (int)key.len, in.ptr, in.len, out, &len) == NULL) {
        memset(out, 0, TBC_SHA256_LEN);
        return tbc_openssl_err(TBC_ERR_CRYPTO);
    }
    return TBC_OK;
}

enum tbc_err
tbc_day_key(struct tbc_span master, const char *label, int64_t day,
            uint8_t out[static TBC_SHA256_LEN])
{
    uint8_t storage[16];
    struct tbc_buf message;
    enum tbc_err err;

    memset(out, 0, TBC_SHA256_LEN);
    tbc_buf_init_fixed(&message, storage, sizeof storage);
    (void)tbc_buf_append_str(&message, label);
    for (int shift = 56; shift >= 0; shift -= 8) {
        (void)tbc_buf_append_u8(&message, (uint8_t)((uint64_t)day >> shift));
    }
    err = tbc_buf_status(&message);
    return err == TBC_OK ? tbc_hmac_sha256(master, tbc_buf_span(&message), out) : err;
}

enum tbc_err
tbc_pseudonym(struct tbc_span master, int64_t day, enum tbc_doc_kind kind,
              const char *number, uint8_t out[static TBC_HOLDER_LEN])
{
    uint8_t key[TBC_SHA256_LEN] = { 0 };
    uint8_t mac[TBC_SHA256_LEN] = { 0 };
    uint8_t storage[32 + TBC_NUMBER_MAX];
    struct tbc_buf message;
    enum tbc_err err;

    memset(out, 0, TBC_HOLDER_LEN);
    tbc_buf_init_fixed(&message, storage, sizeof storage);
    (void)tbc_buf_append_str(&message, tbc_doc_kind_word(kind));
    (void)tbc_buf_append_u8(&message, 0);
    (void)tbc_buf_append_str(&message, number);
    if ((err = tbc_buf_status(&message)) == TBC_OK &&
        (err = tbc_day_key(master, "tbc day", day, key)) == TBC_OK &&
        (err = tbc_hmac_sha256(tbc_span_of(key, sizeof key), tbc_buf_span(&message),
                               mac)) == TBC_OK) {
        memcpy(out, mac, TBC_HOLDER_LEN);
    }
    tbc_wipe(key, sizeof key);
    tbc_wipe(mac, sizeof mac);
    tbc_wipe(storage, sizeof storage);
    return err;
}

/* An EVP_MD_CTX by another name. */
enum tbc_err
tbc_sha256_new(struct tbc_sha256 **h)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    *h = NULL;
    if (ctx == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    if (EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) != 1) {
        EVP_MD_CTX_free(ctx);
        return TBC_ERR_CRYPTO;
    }
    *h = (struct tbc_sha256 *)ctx;
    return TBC_OK;
}

enum tbc_err
tbc_sha256_take(struct tbc_sha256 *h, struct tbc_span in)
{
    return EVP_DigestUpdate((EVP_MD_CTX *)h, in.ptr, in.len) == 1 ? TBC_OK
                                                                  : TBC_ERR_CRYPTO;
}

enum tbc_err
tbc_sha256_end(struct tbc_sha256 **h, uint8_t *out)
{
    EVP_MD_CTX *ctx = (EVP_MD_CTX *)*h;
    enum tbc_err err = TBC_OK;

    *h = NULL;
    if (ctx != NULL && out != NULL && EVP_DigestFinal_ex(ctx, out, NULL) != 1) {
        err = TBC_ERR_CRYPTO;
    }
    EVP_MD_CTX_free(ctx);
    return err;
}
