/* What the fuzz targets share.  A target (targets/NAME.c) is one function that reads bytes of
 * strangers and says what must hold whatever they are.  It is built twice: with libFuzzer (preset
 * fuzz, ./dev fuzz) and, in every other preset, as a test that replays corpus/NAME. */
#ifndef TBC_TESTS_FUZZ_H
#define TBC_TESTS_FUZZ_H

#include "base/buf.h"

/* The target's own; in stands alone on the heap, so that a step beyond it is seen. */
void fuzz_target(struct tbc_span in);

/* The oracle: reports and, under libFuzzer, stops. */
#define FUZZ_HOLDS(condition) fuzz_holds((condition), #condition, __FILE__, __LINE__)
void fuzz_holds(bool holds, const char *condition, const char *file, int line);

static inline bool
fuzz_equal(const struct tbc_buf *a, struct tbc_span b)
{
    return tbc_buf_status(a) == TBC_OK && tbc_span_equal(tbc_buf_span(a), b);
}

/* An error has a name, an offset inside the input, and is none of our own trouble. */
static inline bool
fuzz_is_told(enum tbc_err err, const struct tbc_fault *fault, struct tbc_span in)
{
    return err == TBC_OK ||
           (fault->what != NULL && fault->offset <= in.len && err != TBC_ERR_NO_MEMORY);
}

#endif
