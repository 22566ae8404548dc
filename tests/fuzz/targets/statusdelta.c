/* A status delta, which anybody may make: what is read is written again to the same bytes; what it
 * makes of the list at hand is the message it names by its hash, and is believed only when the
 * station signed it. */
#include "crypto/statusdelta.h"

#include "crypto/digest.h"
#include "fuzz.h"
#include "gate.h"

#include <string.h>

static void
check_bytes(struct tbc_span in)
{
    struct tbc_buf again = { 0 };
    struct tbc_fault fault = { 0 };
    struct tbc_statusdelta d;
    enum tbc_err err = tbc_statusdelta_decode(&d, in, &fault);

    FUZZ_HOLDS(fuzz_is_told(err, &fault, in));
    FUZZ_HOLDS(err == TBC_OK || (d.changes == NULL && d.signature.len == 0));
    if (err == TBC_OK) {
        FUZZ_HOLDS(tbc_statusdelta_encode(&d, &again) == TBC_OK);
        FUZZ_HOLDS(fuzz_equal(&again, in));
    }
    tbc_statusdelta_fini(&d);
    tbc_buf_fini(&again);
}

static void
check_made(struct tbc_span made, struct tbc_span delta)
{
    uint8_t hash[TBC_SHA256_LEN];
    struct tbc_statusdelta d;
    struct tbc_statuslist list;

    FUZZ_HOLDS(tbc_statusdelta_decode(&d, delta, NULL) == TBC_OK);
    FUZZ_HOLDS(tbc_sha256(made, hash) == TBC_OK &&
               memcmp(hash, d.hash, sizeof hash) == 0);
    FUZZ_HOLDS(tbc_statuslist_open(&list, made, gate_ring(), GATE_NOW, NULL) !=
                   TBC_OK ||
               gate_has_issued("statuslist", made));
    tbc_statuslist_fini(&list);
    tbc_statusdelta_fini(&d);
}

void
fuzz_target(struct tbc_span in)
{
    struct tbc_buf made = { 0 };
    enum tbc_err err = tbc_statusdelta_apply(gate_status_message(), in, &made, NULL);

    FUZZ_HOLDS(err == TBC_OK || made.len == 0);
    if (err == TBC_OK) {
        check_made(tbc_buf_span(&made), in);
    }
    check_bytes(in);
    tbc_buf_fini(&made);
}
