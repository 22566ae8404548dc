/* The bare library calls that benches compare with: one ES256 verification of OpenSSL's, one echo over
 * CURVE of ZeroMQ's.  What cannot be done fails the running test, fatally. */
#ifndef TBC_BENCH_BARE_H
#define TBC_BENCH_BARE_H

#include <stddef.h>

struct bare_verify; /* contexts warm */
struct bare_verify *bare_verify_new(void);
void bare_verify_free(struct bare_verify **b);
double bare_verify_us(const struct bare_verify *b);

/* A ROUTER in a thread of its own that sends back what it gets. */
struct bare_echo;
struct bare_echo *bare_echo_new(void);
void bare_echo_free(struct bare_echo **e);
/* There and back, len bytes of at most 2048. */
double bare_echo_us(struct bare_echo *e, size_t len);

#endif
