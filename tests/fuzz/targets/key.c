/* Public keys as others write them: whatever was read is written as PEM and as COSE_Key, and both
 * read back as the same key. */
#include "crypto/key_openssl.h"
#include "fuzz.h"

#include <string.h>

static bool
is_same(const struct tbc_key *a, const struct tbc_key *b)
{
    uint8_t kids[2][TBC_KID_LEN];

    tbc_key_kid(a, kids[0]);
    tbc_key_kid(b, kids[1]);
    return tbc_key_alg(a) == tbc_key_alg(b) &&
           memcmp(kids[0], kids[1], sizeof kids[0]) == 0;
}

static void
check_forms(const struct tbc_key *key)
{
    struct tbc_key *again = NULL;
    struct tbc_buf form = { 0 };

    FUZZ_HOLDS(!tbc_key_is_private(key) && tbc_alg_signature_len(tbc_key_alg(key)) > 0);
    FUZZ_HOLDS(tbc_key_put_cose(key, &form) == TBC_OK);
    FUZZ_HOLDS(tbc_key_parse_strict(&again, tbc_buf_span(&form)) == TBC_OK &&
               is_same(key, again));
    tbc_key_free(&again);
    tbc_buf_clear(&form);
    FUZZ_HOLDS(tbc_key_put_pem(key, &form) == TBC_OK);
    FUZZ_HOLDS(tbc_key_parse_public(&again, tbc_buf_span(&form)) == TBC_OK &&
               is_same(key, again));
    tbc_key_free(&again);
    tbc_buf_fini(&form);
}

void
fuzz_target(struct tbc_span in)
{
    struct tbc_key *key = NULL;
    struct tbc_key *strict = NULL;
    enum tbc_err err = tbc_key_parse_public(&key, in);

    FUZZ_HOLDS((err == TBC_OK) == (key != NULL));
    FUZZ_HOLDS(tbc_key_parse_strict(&strict, in) != TBC_OK || err == TBC_OK);
    if (key != NULL) {
        FUZZ_HOLDS(strict == NULL || is_same(key, strict));
        check_forms(key);
    }
    tbc_key_free(&key);
    tbc_key_free(&strict);
}
