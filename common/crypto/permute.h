/* A keyed permutation of the numbers below n: a counter goes in, numbers without any order come
 * out, none twice, and without the key nobody can tell which came first.
 *
 * A Feistel network over the smallest even number of bits that holds n - 1, its rounds AES-256
 * (as those of FF1, NIST SP 800-38G), walked until the result is below n (cycle walking: Black and Rogaway, "Ciphers with arbitrary
 * finite domains", CT-RSA 2002, sec. 3 and 4).  The network's domain is less than 4 n, so that a
 * walk takes four steps at most on average. */
#ifndef TBC_CRYPTO_PERMUTE_H
#define TBC_CRYPTO_PERMUTE_H

#include "base/buf.h"

struct tbc_permute; /* opaque, holds a warm cipher; not shared between threads */

/* label: what the numbers are for; another label or n is another permutation under the same key.
 * Errors: ERR_RANGE (n is 0), ERR_CRYPTO, ERR_NO_MEMORY. */
enum tbc_err tbc_permute_new(struct tbc_permute **p, struct tbc_span key,
                             const char *label, uint64_t n) TBC_MUST_CHECK;
void tbc_permute_free(struct tbc_permute **p);

/* x to its place and back.  ERR_RANGE unless x < n; ERR_CRYPTO. */
enum tbc_err
tbc_permute(const struct tbc_permute *p, uint64_t x, uint64_t *y) TBC_MUST_CHECK;
enum tbc_err
tbc_permute_back(const struct tbc_permute *p, uint64_t y, uint64_t *x) TBC_MUST_CHECK;

#endif
