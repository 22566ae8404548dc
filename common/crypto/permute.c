#include "crypto/permute.h"

#include "crypto/digest.h"

/* Ten, as FF1 has (NIST SP 800-38G sec. 5): more than theory asks for, because small domains are
 * where Feistel networks are weak. */
#define ROUNDS 10

static void
put_be64(uint8_t out[static 8], uint64_t value)
{
    for (unsigned i = 0; i < 8; i++) {
        out[i] = (uint8_t)(value >> (56 - 8 * i));
    }
}

enum tbc_err
tbc_permute_init(struct tbc_permute *p, struct tbc_span key, const char *label,
                 uint64_t n)
{
    struct tbc_buf message = { 0 };
    uint8_t size[8];
    enum tbc_err err;

    *p = (struct tbc_permute){ .n = n, .half = 1 };
    if (n == 0) {
        return TBC_ERR_RANGE;
    }
    while (p->half < 32 && (n - 1) >> (2 * p->half) != 0) {
        p->half++;
    }
    put_be64(size, n);
    (void)tbc_buf_append_str(&message, "tbc permutation ");
    (void)tbc_buf_append_str(&message, label);
    (void)tbc_buf_append_u8(&message, 0);
    (void)tbc_buf_append(&message, size, sizeof size);
    if ((err = tbc_buf_status(&message)) == TBC_OK) {
        err = tbc_hmac_sha256(key, tbc_buf_span(&message), p->key);
    }
    tbc_buf_fini(&message);
    return err;
}

/* The round function: as many bits as a side has. */
static enum tbc_err
scramble(const struct tbc_permute *p, uint8_t round, uint64_t side, uint64_t *out)
{
    uint8_t message[9] = { round };
    uint8_t mac[TBC_SHA256_LEN];
    enum tbc_err err;

    put_be64(message + 1, side);
    err = tbc_hmac_sha256(tbc_span_of(p->key, sizeof p->key),
                          tbc_span_of(message, sizeof message), mac);
    *out = 0;
    for (unsigned i = 0; i < 8; i++) {
        *out = *out << 8 | mac[i];
    }
    *out &= (UINT64_C(1) << p->half) - 1;
    return err;
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
