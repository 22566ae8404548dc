/* Base45, hexadecimal and UTF-8: decoding and encoding are each other's inverse, and a bad letter is
 * named by its place. */
#include "base/text.h"
#include "fuzz.h"

static void
check_base45(struct tbc_span in)
{
    struct tbc_buf text = { 0 };
    struct tbc_buf bytes = { 0 };
    size_t at = 0;

    FUZZ_HOLDS(tbc_base45_encode(in, &text) == TBC_OK);
    FUZZ_HOLDS(tbc_base45_decode(tbc_buf_span(&text), &bytes, NULL) == TBC_OK);
    FUZZ_HOLDS(fuzz_equal(&bytes, in));
    tbc_buf_clear(&text);
    tbc_buf_clear(&bytes);
    if (tbc_base45_decode(in, &bytes, &at) == TBC_OK) {
        FUZZ_HOLDS(tbc_base45_encode(tbc_buf_span(&bytes), &text) == TBC_OK);
        FUZZ_HOLDS(fuzz_equal(&text, in));
    } else {
        FUZZ_HOLDS(at < in.len && bytes.len == 0);
    }
    tbc_buf_fini(&text);
    tbc_buf_fini(&bytes);
}

static void
check_hex(struct tbc_span in)
{
    struct tbc_buf text = { 0 };
    struct tbc_buf bytes = { 0 };
    struct tbc_buf again = { 0 };
    size_t at = 0;

    FUZZ_HOLDS(tbc_hex_encode(in, &text) == TBC_OK);
    FUZZ_HOLDS(tbc_hex_decode(tbc_buf_span(&text), &bytes, NULL) == TBC_OK);
    FUZZ_HOLDS(fuzz_equal(&bytes, in));
    FUZZ_HOLDS(tbc_hex_decode(in, &again, &at) == TBC_OK
                   ? again.len * 2 == in.len
                   : at <= in.len && again.len == 0);
    tbc_buf_fini(&text);
    tbc_buf_fini(&bytes);
    tbc_buf_fini(&again);
}

static void
check_utf8(struct tbc_span in)
{
    struct tbc_span c;
    size_t at = 0;
    size_t n = 0;
    size_t total = 0;

    while ((c = tbc_utf8_next(in, &at)).len > 0) {
        total += c.len;
        n++;
        FUZZ_HOLDS(c.len == 1 || tbc_utf8_is_valid(c));
    }
    FUZZ_HOLDS(total == in.len && n == tbc_utf8_count(in));
}

void
fuzz_target(struct tbc_span in)
{
    check_base45(in);
    check_hex(in);
    check_utf8(in);
}
