/* Events of a keyboard-wedge scanner, as bytes come from a device: each types at most one letter in
 * valid UTF-8 without a control character, an end or a SUB; what was typed goes through the taking
 * off of prefixes, which leaves a part of it. */
#include "base/text.h"
#include "fuzz.h"
#include "scan/keys.h"
#include "scan/trim.h"

#define WEDGE_EVENT 4 /* bytes: type, code in two, value */

static void
check_letter(const char *out, size_t n)
{
    struct tbc_span letter = tbc_span_of(out, n);

    FUZZ_HOLDS(n < TBC_KEYS_OUT);
    FUZZ_HOLDS(tbc_utf8_is_valid(letter));
    FUZZ_HOLDS(n == 0 || (unsigned char)out[0] >= ' ' || out[0] == '\n' ||
               out[0] == 0x1a);
    FUZZ_HOLDS(n == 0 || out[0] != 0x7f);
}

static void
check_trim(struct tbc_span text, struct tbc_span names)
{
    struct tbc_trim trim = { 0 };
    struct tbc_span half = tbc_span_sub(names, 0, names.len / 2);
    struct tbc_span left;

    (void)tbc_trim_parse(half, trim.prefix, &trim.prefix_len);
    (void)tbc_trim_parse(tbc_span_sub(names, half.len, names.len), trim.suffix,
                         &trim.suffix_len);
    FUZZ_HOLDS(trim.prefix_len <= TBC_TRIM_MAX && trim.suffix_len <= TBC_TRIM_MAX);
    left = tbc_trim_apply(&trim, text);
    FUZZ_HOLDS(left.len <= text.len);
    FUZZ_HOLDS(left.len == 0 ||
               (left.ptr >= text.ptr && left.ptr + left.len <= text.ptr + text.len));
    FUZZ_HOLDS(text.len - left.len <= trim.prefix_len + trim.suffix_len + 3);
}

void
fuzz_target(struct tbc_span in)
{
    static struct tbc_keys
        *keys; /* one for the life of the program: a layout takes long */
    struct tbc_buf text = { 0 };
    struct input_event event = { 0 };
    const char *why;

    if (keys == NULL) {
        FUZZ_HOLDS(tbc_keys_new(&keys, "us", &why) == TBC_OK);
    }
    tbc_keys_reset(keys, in.len % 2 == 1);
    for (size_t at = 0; at + WEDGE_EVENT <= in.len; at += WEDGE_EVENT) {
        char out[TBC_KEYS_OUT];
        size_t n;

        event.type = in.ptr[at];
        event.code = (__u16)(in.ptr[at + 1] | in.ptr[at + 2] << 8);
        event.value = in.ptr[at + 3] < 0x80 ? in.ptr[at + 3] : in.ptr[at + 3] - 0x100;
        n = tbc_keys_feed(keys, &event, out);
        check_letter(out, n);
        (void)tbc_buf_append(&text, out, n);
    }
    check_trim(tbc_buf_span(&text), in);
    check_trim(in, tbc_span_sub(in, 0, 24));
    tbc_buf_fini(&text);
}
