#include "scan/trim.h"

#define AIM_LEN 3

static bool
is_letter(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool
is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* -1 when it is none. */
static int
hex_value(uint8_t c)
{
    if (is_digit(c)) {
        return c - '0';
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte at *at, which moves on; -1 when a % is broken. */
static int
take_byte(struct tbc_span text, size_t *at)
{
    int high;
    int low;

    if (text.ptr[*at] != '%') {
        return text.ptr[(*at)++];
    }
    if (text.len - *at < 3) {
        return -1;
    }
    high = hex_value(text.ptr[*at + 1]);
    low = hex_value(text.ptr[*at + 2]);
    *at += 3;
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool
tbc_trim_parse(struct tbc_span text, uint8_t bytes[static TBC_TRIM_MAX], size_t *len)
{
    size_t n = 0;

    *len = 0;
    for (size_t at = 0; at < text.len;) {
        int byte = take_byte(text, &at);

        if (byte < 0 || n == TBC_TRIM_MAX) {
            return false;
        }
        bytes[n++] = (uint8_t)byte;
    }
    *len = n;
    return n > 0;
}

static struct tbc_span
without_prefix(const struct tbc_trim *t, struct tbc_span text, bool *found)
{
    *found = t->prefix_len > 0 &&
             tbc_span_starts(text, tbc_span_of(t->prefix, t->prefix_len));
    return *found ? tbc_span_sub(text, t->prefix_len, text.len) : text;
}

static struct tbc_span
without_identifier(struct tbc_span text)
{
    bool found = text.len >= AIM_LEN && text.ptr[0] == ']' && is_letter(text.ptr[1]) &&
                 (is_letter(text.ptr[2]) || is_digit(text.ptr[2]));

    return found ? tbc_span_sub(text, AIM_LEN, text.len) : text;
}

static struct tbc_span
without_suffix(const struct tbc_trim *t, struct tbc_span text)
{
    struct tbc_span suffix = tbc_span_of(t->suffix, t->suffix_len);
    size_t rest = text.len < suffix.len ? 0 : text.len - suffix.len;

    return tbc_span_equal(tbc_span_sub(text, rest, text.len), suffix)
               ? tbc_span_sub(text, 0, rest)
               : text;
}

struct tbc_span
tbc_trim_apply(const struct tbc_trim *trim, struct tbc_span text)
{
    bool found;

    text = without_identifier(without_prefix(trim, text, &found));
    if (!found) {
        text = without_prefix(trim, text, &found);
    }
    return without_suffix(trim, text);
}
