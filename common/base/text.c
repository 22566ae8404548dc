#include "base/text.h"

#include <string.h>

static const char hex_letters[] = "0123456789abcdef";
static const char base45_letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/* Well-formed sequences by lead byte: how long, and which second bytes (RFC 3629 sec. 4).  Third and
 * fourth bytes are always 80..BF. */
static const struct {
    uint8_t lead_from;
    uint8_t lead_to;
    uint8_t second_from;
    uint8_t second_to;
    uint8_t length;
} utf8_forms[] = {
    { 0x00, 0x7f, 0x00, 0x00, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 },
    { 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
    { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
    { 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
    { 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

/* The length of the well-formed sequence at p, 0 when there is none. */
static size_t
utf8_length(const uint8_t *p, size_t left)
{
    size_t form = 0;
    size_t n;

    while (p[0] > utf8_forms[form].lead_to) {
        if (++form == sizeof utf8_forms / sizeof *utf8_forms) {
            return 0;
        }
    }
    n = utf8_forms[form].length;
    if (p[0] < utf8_forms[form].lead_from || n > left ||
        (n > 1 &&
         (p[1] < utf8_forms[form].second_from || p[1] > utf8_forms[form].second_to))) {
        return 0;
    }
    for (size_t i = 2; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    return n;
}

struct tbc_span
tbc_utf8_next(struct tbc_span s, size_t *at)
{
    size_t from = *at;
    size_t n;

    if (from >= s.len) {
        return (struct tbc_span){ 0 };
    }
    n = utf8_length(s.ptr + from, s.len - from);
    n = n == 0 ? 1 : n;
    *at = from + n;
    return tbc_span_sub(s, from, n);
}

void
tbc_utf8_copy(char *out, size_t size, const char *in)
{
    struct tbc_span s = tbc_span_str(in);
    size_t end = 0;

    for (size_t at = 0; at < s.len && at < size;) {
        end = at;
        (void)tbc_utf8_next(s, &at);
        end = at < size ? at : end;
    }
    memcpy(out, in, end);
    out[end] = '\0';
}

bool
tbc_utf8_is_valid(struct tbc_span s)
{
    for (size_t at = 0; at < s.len;) {
        size_t n = utf8_length(s.ptr + at, s.len - at);

        if (n == 0) {
            return false;
        }
        at += n;
    }
    return true;
}

size_t
tbc_utf8_count(struct tbc_span s)
{
    size_t n = 0;

    for (size_t at = 0; tbc_utf8_next(s, &at).len > 0;) {
        n++;
    }
    return n;
}

static enum tbc_err
fault(size_t *fault_at, size_t at)
{
    if (fault_at != NULL) {
        *fault_at = at;
    }
    return TBC_ERR_MALFORMED;
}

enum tbc_err
tbc_hex_encode(struct tbc_span in, struct tbc_buf *out)
{
    enum tbc_err err = tbc_buf_reserve(out, in.len * 2);

    for (size_t i = 0; err == TBC_OK && i < in.len; i++) {
        out->ptr[out->len++] = (uint8_t)hex_letters[in.ptr[i] >> 4];
        out->ptr[out->len++] = (uint8_t)hex_letters[in.ptr[i] & 15];
    }
    return err;
}

static int
hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum tbc_err
tbc_hex_decode(struct tbc_span in, struct tbc_buf *out, size_t *fault_at)
{
    enum tbc_err err = tbc_buf_reserve(out, in.len / 2);
    size_t from = out->len;

    for (size_t i = 0; err == TBC_OK && i < in.len; i += 2) {
        int hi = hex_value(in.ptr[i]);
        int lo = i + 1 < in.len ? hex_value(in.ptr[i + 1]) : -1;

        if (hi < 0 || lo < 0) {
            out->len = from;
            return fault(fault_at, hi < 0 ? i : i + 1);
        }
        out->ptr[out->len++] = (uint8_t)(hi << 4 | lo);
    }
    return err;
}

bool
tbc_hex_fixed(struct tbc_span in, uint8_t *out, size_t n)
{
    struct tbc_buf b;

    tbc_buf_init_fixed(&b, out, n);
    return in.len == 2 * n && tbc_hex_decode(in, &b, NULL) == TBC_OK;
}

enum tbc_err
tbc_base45_encode(struct tbc_span in, struct tbc_buf *out)
{
    enum tbc_err err = tbc_buf_reserve(out, in.len / 2 * 3 + in.len % 2 * 2);

    for (size_t i = 0; err == TBC_OK && i < in.len; i += 2) {
        bool pair = i + 1 < in.len;
        unsigned n = pair ? (unsigned)(in.ptr[i] << 8 | in.ptr[i + 1]) : in.ptr[i];

        out->ptr[out->len++] = (uint8_t)base45_letters[n % 45];
        out->ptr[out->len++] = (uint8_t)base45_letters[n / 45 % 45];
        if (pair) {
            out->ptr[out->len++] = (uint8_t)base45_letters[n / 2025];
        }
    }
    return err;
}

/* A letter is its value and a mark above it, anything else is 0.  A group is the sum of its letters
 * by 1, 45 and 2025, and so is its marks': three good letters give 2071 marks, which no other three
 * entries can.  Taking them off leaves the value, or, after wrapping round, a number above every
 * limit: one comparison finds wrong letters and values out of range. */
#define MARK     (1u << 20)
#define MARKS(n) ((n) == 3 ? 2071 * MARK : 46 * MARK)
#define V(n)     (MARK + (n))

static const uint32_t base45_values[256] = {
    ['0'] = V(0),  ['1'] = V(1),  ['2'] = V(2),  ['3'] = V(3),  ['4'] = V(4),
    ['5'] = V(5),  ['6'] = V(6),  ['7'] = V(7),  ['8'] = V(8),  ['9'] = V(9),
    ['A'] = V(10), ['B'] = V(11), ['C'] = V(12), ['D'] = V(13), ['E'] = V(14),
    ['F'] = V(15), ['G'] = V(16), ['H'] = V(17), ['I'] = V(18), ['J'] = V(19),
    ['K'] = V(20), ['L'] = V(21), ['M'] = V(22), ['N'] = V(23), ['O'] = V(24),
    ['P'] = V(25), ['Q'] = V(26), ['R'] = V(27), ['S'] = V(28), ['T'] = V(29),
    ['U'] = V(30), ['V'] = V(31), ['W'] = V(32), ['X'] = V(33), ['Y'] = V(34),
    ['Z'] = V(35), [' '] = V(36), ['$'] = V(37), ['%'] = V(38), ['*'] = V(39),
    ['+'] = V(40), ['-'] = V(41), ['.'] = V(42), ['/'] = V(43), [':'] = V(44),
};

static size_t
base45_fault(const uint8_t *at, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (base45_values[at[i]] == 0) {
            return i;
        }
    }
    return 0; /* the letters are good, the group is too large or too short */
}

/* The one or two bytes of the letters at[0..n-1], least significant first; above 65535 for none. */
static inline uint32_t
base45_group(const uint8_t *at, size_t n)
{
    uint32_t sum = base45_values[at[0]] + 45 * base45_values[at[1]];

    return n == 3 ? sum + 2025 * base45_values[at[2]] - MARKS(3) : sum - MARKS(2);
}

/* The end of a text whose length is no multiple of three: two letters for one byte. */
static bool
base45_tail(const uint8_t *at, size_t n, struct tbc_buf *out)
{
    uint32_t value = n == 2 ? base45_group(at, 2) : UINT32_MAX;

    if (value <= UINT8_MAX) {
        out->ptr[out->len++] = (uint8_t)value;
    }
    return value <= UINT8_MAX;
}

enum tbc_err
tbc_base45_decode(struct tbc_span in, struct tbc_buf *out, size_t *fault_at)
{
    enum tbc_err err = tbc_buf_reserve(out, in.len / 3 * 2 + 1);
    size_t from = out->len;
    size_t whole = in.len - in.len % 3;
    uint8_t *to = out->ptr + from;
    size_t i = 0;

    if (err != TBC_OK) {
        return err;
    }
    for (uint32_t value; i < whole; i += 3) {
        if ((value = base45_group(in.ptr + i, 3)) > UINT16_MAX) {
            return fault(fault_at, i + base45_fault(in.ptr + i, 3));
        }
        *to++ = (uint8_t)(value >> 8);
        *to++ = (uint8_t)value;
    }
    out->len = (size_t)(to - out->ptr);
    if (i < in.len && !base45_tail(in.ptr + i, in.len - i, out)) {
        out->len = from;
        return fault(fault_at, i + base45_fault(in.ptr + i, in.len - i));
    }
    return TBC_OK;
}
