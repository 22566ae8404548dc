/* The way into a target from libFuzzer, under the names that it wants. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

int one_input(const uint8_t *data, size_t len) __asm__("LLVMFuzzerTestOneInput");

int
one_input(const uint8_t *data, size_t len)
{
    fuzz_target(tbc_span_of(data, len));
    return 0;
}

void
fuzz_holds(bool holds, const char *condition, const char *file, int line)
{
    if (!holds) {
        fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
        abort();
    }
}
