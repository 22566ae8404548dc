/* A trust list, as payload and as message: what is read is written again to the same bytes, and no
 * message is believed but the one that its root signed. */
#include "fuzz.h"
#include "gate.h"

static void
check_payload(struct tbc_span in)
{
    struct tbc_buf again = { 0 };
    struct tbc_fault fault = { 0 };
    struct tbc_trustlist list;
    enum tbc_err err = tbc_trustlist_decode(&list, in, &fault);

    FUZZ_HOLDS(fuzz_is_told(err, &fault, in));
    FUZZ_HOLDS(err == TBC_OK || (list.roots == NULL && list.keys == NULL));
    if (err == TBC_OK) {
        FUZZ_HOLDS(tbc_trustlist_encode(&list, &again) == TBC_OK);
        FUZZ_HOLDS(fuzz_equal(&again, in));
    }
    tbc_trustlist_fini(&list);
    tbc_buf_fini(&again);
}

void
fuzz_target(struct tbc_span in)
{
    struct tbc_keyring *ring = NULL;
    enum tbc_err err = tbc_keyring_open(&ring, in, gate_root(), NULL);

    FUZZ_HOLDS((err == TBC_OK) == (ring != NULL));
    FUZZ_HOLDS(err != TBC_OK || gate_has_issued("trustlist", in));
    tbc_keyring_free(&ring);
    check_payload(in);
}
