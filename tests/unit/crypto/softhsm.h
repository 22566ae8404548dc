/* A SoftHSM token in a temporary folder, for the tests of keys that stay in a token. */
#ifndef TBC_TESTS_CRYPTO_SOFTHSM_H
#define TBC_TESTS_CRYPTO_SOFTHSM_H

#include <stdbool.h>

#define SOFTHSM_MODULE "/usr/lib/softhsm/libsofthsm2.so"
#define SOFTHSM_PIN    "4711"
#define SOFTHSM_TOKEN  "tbc test"

struct softhsm {
    char dir[64]; /* its own, with tokens/, softhsm2.conf and the file pin, 0600 */
};

/* Makes the folder, sets SOFTHSM2_CONF, and ASAN_OPTIONS so that children tell leaks of SoftHSM from
 * ours, and initialises a token with that label and PIN.  Call it
 * before the module is loaded.  Fails the running test, fatally. */
void softhsm_init(struct softhsm *s);
void softhsm_fini(struct softhsm *s);

/* The URI of an object in the token, with pin-source and module-path; one at a time. */
const char *softhsm_uri(const struct softhsm *s, const char *object);
/* A file of the folder; one at a time. */
const char *softhsm_path(const struct softhsm *s, const char *name);

/* Take the token out of its slot and put it back. */
void softhsm_pull(const struct softhsm *s);
void softhsm_put_back(const struct softhsm *s);

/* Run a program to its end; its exit code. */
int softhsm_run(const char *const *argv);

#endif
