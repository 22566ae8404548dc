/* A keyed permutation of the numbers below n: a counter goes in, numbers without any order come
 * out, none twice, and without the key nobody can tell which came first.
 *
 * A Feistel network over the smallest even number of bits that holds n - 1, rounds HMAC-SHA-256,
 * walked until the result is below n (cycle walking: Black and Rogaway, "Ciphers with arbitrary
 * finite domains", CT-RSA 2002, sec. 3 and 4).  The network's domain is less than 4 n, so that a
 * walk takes four steps at most on average. */
#ifndef TBC_CRYPTO_PERMUTE_H
#define TBC_CRYPTO_PERMUTE_H

#include "base/buf.h"

#define TBC_PERMUTE_KEY_LEN 32

struct tbc_permute {
    uint8_t key[TBC_PERMUTE_KEY_LEN]; /* wipe when done */
    uint64_t n;
    unsigned half; /* bits of each side, 1..32 */
};

/* label: what the numbers are for; another label is another permutation under the same key.
 * Errors: ERR_RANGE (n is 0), ERR_CRYPTO. */
enum tbc_err tbc_permute_init(struct tbc_permute *p, struct tbc_span key,
                              const char *label, uint64_t n) TBC_MUST_CHECK;

/* x to its place and back.  ERR_RANGE unless x < n; ERR_CRYPTO. */
enum tbc_err
tbc_permute(const struct tbc_permute *p, uint64_t x, uint64_t *y) TBC_MUST_CHECK;
enum tbc_err
tbc_permute_back(const struct tbc_permute *p, uint64_t y, uint64_t *x) TBC_MUST_CHECK;

#endif
