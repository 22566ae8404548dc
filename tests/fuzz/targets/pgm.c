/* The header of a PGM picture: what is taken has sides within the limit and a place inside the input,
 * and stays the same whatever follows; what wants more bytes is no longer than a header may be. */
#include "image/pgm.h"

#include "fuzz.h"

void
fuzz_target(struct tbc_span in)
{
    struct tbc_pgm whole;
    struct tbc_pgm alone;
    enum tbc_err err = tbc_pgm_read_header(&whole, in);

    if (err == TBC_OK) {
        FUZZ_HOLDS(whole.width > 0 && whole.width <= TBC_PICTURE_SIDE_MAX);
        FUZZ_HOLDS(whole.height > 0 && whole.height <= TBC_PICTURE_SIDE_MAX);
        FUZZ_HOLDS(whole.header_len <= in.len &&
                   whole.header_len <= TBC_PGM_HEADER_MAX);
        FUZZ_HOLDS(tbc_pgm_read_header(&alone, tbc_span_sub(in, 0, whole.header_len)) ==
                   TBC_OK);
        FUZZ_HOLDS(alone.width == whole.width && alone.height == whole.height &&
                   alone.header_len == whole.header_len);
        FUZZ_HOLDS(tbc_pgm_read_header(
                       &alone, tbc_span_sub(in, 0, whole.header_len - 1)) != TBC_OK);
    } else {
        FUZZ_HOLDS(whole.width == 0 && whole.height == 0 && whole.header_len == 0);
        FUZZ_HOLDS(err != TBC_ERR_BUSY || in.len < TBC_PGM_HEADER_MAX);
    }
}
