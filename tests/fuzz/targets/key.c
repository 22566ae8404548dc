/* Keys as others write them: whatever was read is written in all four forms, and each reads back as
 * the same key; a private half signs what the public one verifies; a refusal is words for people. */
#include "base/text.h"
#include "crypto/key_openssl.h"
#include "crypto/sign.h"
#include "fuzz.h"

#include <string.h>

static bool
is_same(const struct tbc_key *a, const struct tbc_key *b)
{
    uint8_t prints[2][TBC_KEY_THUMBPRINT_LEN];

    tbc_key_thumbprint(a, prints[0]);
    tbc_key_thumbprint(b, prints[1]);
    return tbc_key_alg(a) == tbc_key_alg(b) &&
           memcmp(prints[0], prints[1], sizeof prints[0]) == 0;
}

typedef enum tbc_err (*put_fn)(const struct tbc_key *key, struct tbc_buf *out);

static void
check_form(const struct tbc_key *key, put_fn put)
{
    struct tbc_key *again = NULL;
    struct tbc_buf form = { 0 };
    struct tbc_buf twice = { 0 };

    FUZZ_HOLDS(put(key, &form) == TBC_OK);
    FUZZ_HOLDS(tbc_key_parse_public(&again, tbc_buf_span(&form)) == TBC_OK &&
               is_same(key, again));
    if (again != NULL) {
        FUZZ_HOLDS(!tbc_key_is_private(again));
        FUZZ_HOLDS(put(again, &twice) == TBC_OK &&
                   fuzz_equal(&twice, tbc_buf_span(&form)));
    }
    tbc_key_free(&again);
    tbc_buf_fini(&form);
    tbc_buf_fini(&twice);
}

static void
check_pair(struct tbc_key *key)
{
    struct tbc_span message = tbc_span_str("message");
    struct tbc_buf signature = { 0 };

    /* Some that we read, we do not sign with. */
    if (tbc_sign_raw(key, message, &signature) == TBC_OK) {
        FUZZ_HOLDS(tbc_verify_raw(key, message, tbc_buf_span(&signature)) == TBC_OK);
    }
    tbc_buf_fini(&signature);
}

void
fuzz_target(struct tbc_span in)
{
    struct tbc_key_fault fault;
    struct tbc_key *key = NULL;
    struct tbc_key *strict = NULL;
    enum tbc_err err = tbc_key_parse(&key, in, NULL, &fault);

    FUZZ_HOLDS((err == TBC_OK) == (key != NULL));
    FUZZ_HOLDS(memchr(fault.text, '\0', sizeof fault.text) != NULL &&
               tbc_utf8_is_valid(tbc_span_str(fault.text)));
    FUZZ_HOLDS(tbc_key_parse_strict(&strict, in) != TBC_OK || err == TBC_OK);
    if (key != NULL) {
        FUZZ_HOLDS(strict == NULL || is_same(key, strict));
        check_form(key, tbc_key_put_pem);
        check_form(key, tbc_key_put_der);
        check_form(key, tbc_key_put_jwk);
        check_form(key, tbc_key_put_cose);
        check_pair(key);
    }
    tbc_key_free(&key);
    tbc_key_free(&strict);
}
