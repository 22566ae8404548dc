#include "chance.h"

#include <string.h>

uint64_t
chance_draw(struct chance *c)
{
    uint64_t z = (c->state += UINT64_C(0x9e3779b97f4a7c15));

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

int64_t
chance_between(struct chance *c, int64_t least, int64_t most)
{
    return least + (int64_t)(chance_draw(c) % (uint64_t)(most - least + 1));
}

bool
chance_happens(struct chance *c, unsigned permille)
{
    return chance_draw(c) % 1000 < permille;
}

void
chance_fill(struct chance *c, void *out, size_t len)
{
    uint8_t *at = out;

    while (len > 0) {
        const uint64_t word = chance_draw(c);
        const size_t n = len < sizeof word ? len : sizeof word;

        memcpy(at, &word, n);
        at += n;
        len -= n;
    }
}
