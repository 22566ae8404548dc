/* ECDSA holds (r, s) and (r, n - s) for equal.  A live proof may be presented in either form
 * (crypto/sign.h); nothing else may. */
#ifndef TBC_TESTS_TWIN_H
#define TBC_TESTS_TWIN_H

#include "base/span.h"

#define TWIN_S_LEN 32

/* s = n - s, where n is the order of P-256. */
void twin_negate(uint8_t s[static TWIN_S_LEN]);

/* Are these two messages the same but for the s that they end with, which is n - s? */
bool twin_is(struct tbc_span a, struct tbc_span b);

#endif
