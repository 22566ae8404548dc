/* A checkpoint of the log, as payload and as message: what is read is written again to the same
 * bytes, and no message is believed but the one that was signed. */
#include "crypto/checkpoint.h"

#include "fuzz.h"
#include "gate.h"

static void
check_payload(struct tbc_span in)
{
    struct tbc_buf again = { 0 };
    struct tbc_fault fault = { 0 };
    struct tbc_checkpoint c;
    enum tbc_err err = tbc_checkpoint_decode(&c, in, &fault);

    FUZZ_HOLDS(fuzz_is_told(err, &fault, in));
    FUZZ_HOLDS(err == TBC_OK || c.origin[0] == '\0');
    if (err == TBC_OK) {
        FUZZ_HOLDS(tbc_checkpoint_encode(&c, &again) == TBC_OK);
        FUZZ_HOLDS(fuzz_equal(&again, in));
    }
    tbc_buf_fini(&again);
}

void
fuzz_target(struct tbc_span in)
{
    struct tbc_checkpoint c;
    enum tbc_err err = tbc_checkpoint_open_trusted(&c, in, gate_ring(), NULL);

    FUZZ_HOLDS(err != TBC_OK || gate_has_issued("checkpoint", in));
    check_payload(in);
}
