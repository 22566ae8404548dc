/* A live proof's payload: what is read is written again to the same bytes, and the certificate lies
 * inside what was read. */
#include "codec/live.h"

#include "fuzz.h"

void
fuzz_target(struct tbc_span in)
{
    struct tbc_buf again = { 0 };
    struct tbc_fault fault = { 0 };
    struct tbc_live live;
    enum tbc_err err = tbc_live_decode(&live, in, &fault);

    FUZZ_HOLDS(fuzz_is_told(err, &fault, in));
    FUZZ_HOLDS(err == TBC_OK || live.certificate.len == 0);
    if (err == TBC_OK) {
        FUZZ_HOLDS(live.certificate.ptr > in.ptr &&
                   live.certificate.ptr + live.certificate.len == in.ptr + in.len);
        FUZZ_HOLDS(tbc_live_encode(&live, &again) == TBC_OK);
        FUZZ_HOLDS(fuzz_equal(&again, in));
    }
    tbc_buf_fini(&again);
}
