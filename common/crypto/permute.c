#include "crypto/permute.h"

#include "crypto/digest.h"
#include "crypto/secret.h"

#include <openssl/evp.h>

#include <stdlib.h>

/* Ten, as FF1 has (NIST SP 800-38G sec. 5): more than theory asks for, because small domains are
 * where Feistel networks are weak. */
#define ROUNDS    10
#define AES_BLOCK 16

static void
put_be64(uint8_t out[static 8], uint64_t value)
{
    for (unsigned i = 0; i < 8; i++) {
        out[i] = (uint8_t)(value >> (56 - 8 * i));
    }
}

struct tbc_permute {
    EVP_CIPHER_CTX *aes;
    uint64_t n;
    unsigned half; /* bits of each side, 1..32 */
};

/* The cipher's key: key, label and n in one. */
static enum tbc_err
derive(struct tbc_span key, const char *label, uint64_t n,
       uint8_t out[static TBC_SHA256_LEN])
{
    struct tbc_buf message = { 0 };
    uint8_t size[8];
    enum tbc_err err;

    put_be64(size, n);
    (void)tbc_buf_append_str(&message, "tbc permutation ");
    (void)tbc_buf_append_str(&message, label);
    (void)tbc_buf_append_u8(&message, 0);
    (void)tbc_buf_append(&message, size, sizeof size);
    if ((err = tbc_buf_status(&message)) == TBC_OK) {
        err = tbc_hmac_sha256(key, tbc_buf_span(&message), out);
    }
    tbc_buf_fini(&message);
    return err;
}

enum tbc_err
tbc_permute_new(struct tbc_permute **permute, struct tbc_span key, const char *label,
                uint64_t n)
{
    uint8_t derived[TBC_SHA256_LEN];
    struct tbc_permute *p;
    enum tbc_err err;

    *permute = NULL;
    if (n == 0) {
        return TBC_ERR_RANGE;
    }
    if ((p = calloc(1, sizeof *p)) == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    *p = (struct tbc_permute){ .aes = EVP_CIPHER_CTX_new(), .n = n, .half = 1 };
    while (p->half < 32 && (n - 1) >> (2 * p->half) != 0) {
        p->half++;
    }
    err = p->aes == NULL ? TBC_ERR_NO_MEMORY : derive(key, label, n, derived);
    if (err == TBC_OK &&
        EVP_EncryptInit_ex2(p->aes, EVP_aes_256_ecb(), derived, NULL, NULL) != 1) {
        err = TBC_ERR_CRYPTO;
    }
    tbc_wipe(derived, sizeof derived);
    if (err != TBC_OK) {
        tbc_permute_free(&p);
    }
    *permute = p;
    return err;
}

void
tbc_permute_free(struct tbc_permute **p)
{
    if (*p != NULL) {
        EVP_CIPHER_CTX_free((*p)->aes);
        free(*p);
        *p = NULL;
    }
}

/* The round function: one block of AES, cut to as many bits as a side has. */
static enum tbc_err
scramble(const struct tbc_permute *p, uint8_t round, uint64_t side, uint64_t *out)
{
    uint8_t block[AES_BLOCK] = { round };
    uint8_t coded[2 * AES_BLOCK];
    int n = 0;

    put_be64(block + AES_BLOCK - 8, side);
    *out = 0;
    if (EVP_EncryptUpdate(p->aes, coded, &n, block, AES_BLOCK) != 1 || n != AES_BLOCK) {
        return TBC_ERR_CRYPTO;
    }
    for (unsigned i = 0; i < 8; i++) {
        *out = *out << 8 | coded[i];
    }
    *out &= (UINT64_C(1) << p->half) - 1;
    return TBC_OK;
}

/* Once through the network, forwards or backwards. */
static enum tbc_err
pass(const struct tbc_permute *p, uint64_t *x, bool back)
{
    uint64_t left = *x >> p->half;
    uint64_t right = *x & ((UINT64_C(1) << p->half) - 1);
    enum tbc_err err = TBC_OK;

    for (uint8_t i = 0; i < ROUNDS && err == TBC_OK; i++) {
        uint8_t round = back ? (uint8_t)(ROUNDS - 1 - i) : i;
        uint64_t kept = back ? left : right;
        uint64_t other = back ? right : left;
        uint64_t mask;

        err = scramble(p, round, kept, &mask);
        left = back ? other ^ mask : kept;
        right = back ? kept : other ^ mask;
    }
    *x = left << p->half | right;
    return err;
}

/* A walk from below n comes back below n: the network is a permutation, so at the latest it
 * returns to where it began. */
static enum tbc_err
walk(const struct tbc_permute *p, uint64_t from, uint64_t *to, bool back)
{
    enum tbc_err err;

    *to = 0;
    if (from >= p->n) {
        return TBC_ERR_RANGE;
    }
    do {
        err = pass(p, &from, back);
    } while (err == TBC_OK && from >= p->n);
    if (err == TBC_OK) {
        *to = from;
    }
    return err;
}

enum tbc_err
tbc_permute(const struct tbc_permute *p, uint64_t x, uint64_t *y)
{
    return walk(p, x, y, false);
}

enum tbc_err
tbc_permute_back(const struct tbc_permute *p, uint64_t y, uint64_t *x)
{
    return walk(p, y, x, true);
}
