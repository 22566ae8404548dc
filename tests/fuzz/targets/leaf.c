/* A leaf of the station's journal: what is read is written again to the same bytes, so that no leaf
 * has two hashes. */
#include "codec/leaf.h"

#include "fuzz.h"

void
fuzz_target(struct tbc_span in)
{
    struct tbc_buf again = { 0 };
    struct tbc_fault fault = { 0 };
    struct tbc_leaf leaf;
    enum tbc_err err = tbc_leaf_decode(&leaf, in, &fault);

    FUZZ_HOLDS(fuzz_is_told(err, &fault, in));
    FUZZ_HOLDS(err == TBC_OK || (leaf.device[0] == '\0' && leaf.word[0] == '\0'));
    if (err == TBC_OK) {
        FUZZ_HOLDS(tbc_leaf_encode(&leaf, &again) == TBC_OK);
        FUZZ_HOLDS(fuzz_equal(&again, in));
    }
    tbc_buf_fini(&again);
}
