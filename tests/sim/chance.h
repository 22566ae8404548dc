/* Chance from a seed: the same on every machine (splitmix64). */
#ifndef TBC_SIM_CHANCE_H
#define TBC_SIM_CHANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chance {
    uint64_t state;
};

uint64_t chance_draw(struct chance *c);
/* least..most, both included. */
int64_t chance_between(struct chance *c, int64_t least, int64_t most);
/* True in so many of a thousand. */
bool chance_happens(struct chance *c, unsigned permille);
void chance_fill(struct chance *c, void *out, size_t len);

#endif
