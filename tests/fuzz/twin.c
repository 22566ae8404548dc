#include "twin.h"

#include <string.h>

/* FIPS 186-4 D.1.2.3. */
static const uint8_t order[TWIN_S_LEN] = {
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
    0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
};

void
twin_negate(uint8_t s[static TWIN_S_LEN])
{
    int borrow = 0;

    for (size_t i = TWIN_S_LEN; i-- > 0;) {
        int d = order[i] - s[i] - borrow;

        borrow = d < 0;
        s[i] = (uint8_t)(d & 0xff);
    }
}

bool
twin_is(struct tbc_span a, struct tbc_span b)
{
    uint8_t s[TWIN_S_LEN];
    size_t head = a.len - TWIN_S_LEN;

    if (a.len != b.len || a.len < TWIN_S_LEN || memcmp(a.ptr, b.ptr, head) != 0) {
        return false;
    }
    memcpy(s, a.ptr + head, sizeof s);
    twin_negate(s);
    return memcmp(s, b.ptr + head, sizeof s) == 0;
}
