#include "rail/gate_ills.h"

const struct tbc_ill tbc_gate_ills[TBC_GATE_ILLS_N] = {
#define X(name, stops, what, way) { #name, what, way },
    TBC_GATE_ILL_LIST(X)
#undef X
};

const uint64_t tbc_gate_ills_that_stop =
#define X(name, stops, what, way) ((stops) ? TBC_GATE_ILL_BIT(name) : 0) |
    TBC_GATE_ILL_LIST(X)
#undef X
        0;
