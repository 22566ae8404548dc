/* The certificate's claims: what is read is written again to the same bytes. */
#include "codec/claims.h"

#include "fuzz.h"

void
fuzz_target(struct tbc_span in)
{
    struct tbc_buf again = { 0 };
    struct tbc_fault fault = { 0 };
    struct tbc_claims claims;
    enum tbc_err err = tbc_claims_decode(&claims, in, &fault);

    FUZZ_HOLDS(fuzz_is_told(err, &fault, in));
    FUZZ_HOLDS(err == TBC_OK || claims.iss[0] == '\0');
    if (err == TBC_OK) {
        FUZZ_HOLDS(claims.iat.s <= claims.nbf.s && claims.nbf.s < claims.exp.s);
        FUZZ_HOLDS(tbc_claims_encode(&claims, &again) == TBC_OK);
        FUZZ_HOLDS(fuzz_equal(&again, in));
    }
    tbc_buf_fini(&again);
}
