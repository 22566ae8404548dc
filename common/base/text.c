#include "base/text.h"

#include <string.h>

static const char hex_letters[] = "0123456789abcdef";
static const char base45_letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

static const char base64_letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

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

/* What a letter adds to its group in the first, second and third place: its value by 1, 45 or 2025
 * (RFC 9285 sec. 4), and a mark, which no other byte has.  With the marks of its letters taken off a
 * group is its number, or, when one was missing, wraps round to something above every limit: one
 * comparison finds wrong letters and numbers that are too large. */
#define MARK    (1u << 20)
#define V(n, w) (MARK + (n) * (w))
#define LETTERS(w)                                                              \
    {                                                                           \
        ['0'] = V(0, w), ['1'] = V(1, w), ['2'] = V(2, w), ['3'] = V(3, w),     \
        ['4'] = V(4, w), ['5'] = V(5, w), ['6'] = V(6, w), ['7'] = V(7, w),     \
        ['8'] = V(8, w), ['9'] = V(9, w), ['A'] = V(10, w), ['B'] = V(11, w),   \
        ['C'] = V(12, w), ['D'] = V(13, w), ['E'] = V(14, w), ['F'] = V(15, w), \
        ['G'] = V(16, w), ['H'] = V(17, w), ['I'] = V(18, w), ['J'] = V(19, w), \
        ['K'] = V(20, w), ['L'] = V(21, w), ['M'] = V(22, w), ['N'] = V(23, w), \
        ['O'] = V(24, w), ['P'] = V(25, w), ['Q'] = V(26, w), ['R'] = V(27, w), \
        ['S'] = V(28, w), ['T'] = V(29, w), ['U'] = V(30, w), ['V'] = V(31, w), \
        ['W'] = V(32, w), ['X'] = V(33, w), ['Y'] = V(34, w), ['Z'] = V(35, w), \
        [' '] = V(36, w), ['$'] = V(37, w), ['%'] = V(38, w), ['*'] = V(39, w), \
        ['+'] = V(40, w), ['-'] = V(41, w), ['.'] = V(42, w), ['/'] = V(43, w), \
        [':'] = V(44, w)                                                        \
    }

static const uint32_t base45_values[3][256] = { LETTERS(1), LETTERS(45),
                                                LETTERS(2025) };

static inline uint32_t
base45_group(const uint8_t *at)
{
    return base45_values[0][at[0]] + base45_values[1][at[1]] + base45_values[2][at[2]] -
           3 * MARK;
}

static inline uint32_t
base45_pair(const uint8_t *at)
{
    return base45_values[0][at[0]] + base45_values[1][at[1]] - 2 * MARK;
}

/* Whole groups of three letters; false when one of them is none. */
static bool
base45_groups(const uint8_t *restrict in, size_t groups, uint8_t *restrict out)
{
    uint32_t all = 0;

    for (size_t i = 0; i < groups; i++) {
        uint32_t value = base45_group(in + 3 * i);

        all |= value;
        out[2 * i] = (uint8_t)(value >> 8);
        out[2 * i + 1] = (uint8_t)value;
    }
    return all <= UINT16_MAX;
}

/* Where a text that did not decode is wrong: at the first letter that is none, or at the first
 * group that is too large or too short. */
static size_t
base45_fault(struct tbc_span in)
{
    for (size_t i = 0; i < in.len; i += 3) {
        size_t n = in.len - i < 3 ? in.len - i : 3;

        for (size_t k = 0; k < n; k++) {
            if (base45_values[0][in.ptr[i + k]] == 0) {
                return i + k;
            }
        }
        if (n == 1 || (n == 2 && base45_pair(in.ptr + i) > UINT8_MAX) ||
            (n == 3 && base45_group(in.ptr + i) > UINT16_MAX)) {
            return i;
        }
    }
    return in.len;
}

enum tbc_err
tbc_base45_decode(struct tbc_span in, struct tbc_buf *out, size_t *fault_at)
{
    enum tbc_err err = tbc_buf_reserve(out, in.len / 3 * 2 + 1);
    size_t groups = in.len / 3;
    size_t rest = in.len % 3;
    uint32_t last = 0;
    uint8_t *to;

    if (err != TBC_OK) {
        return err;
    }
    to = out->ptr + out->len;
    if (rest == 2) {
        last = base45_pair(in.ptr + 3 * groups);
        to[2 * groups] = (uint8_t)last;
    }
    if (!base45_groups(in.ptr, groups, to) || rest == 1 || last > UINT8_MAX) {
        return fault(fault_at, base45_fault(in));
    }
    out->len += 2 * groups + rest / 2;
    return TBC_OK;
}

enum tbc_err
tbc_base64_encode(struct tbc_span in, struct tbc_buf *out)
{
    for (size_t i = 0; i < in.len; i += 3) {
        const size_t n = in.len - i < 3 ? in.len - i : 3;
        uint32_t group = 0;
        char four[4];

        for (size_t k = 0; k < 3; k++) {
            group = group << 8 | (k < n ? in.ptr[i + k] : 0u);
        }
        for (size_t k = 0; k < 4; k++) {
            four[k] = base64_letters[group >> (18 - 6 * k) & 63];
        }
        for (size_t k = n + 1; k < 4; k++) {
            four[k] = '=';
        }
        (void)tbc_buf_append(out, four, sizeof four);
    }
    return tbc_buf_status(out);
}

/* The value of a letter, -1 for none. */
static int
base64_value(uint8_t letter)
{
    const char *at = letter == '\0' ? NULL : strchr(base64_letters, letter);

    return at == NULL ? -1 : (int)(at - base64_letters);
}

/* Four letters, of which the last pad are '=': false at the letter *bad. */
static bool
base64_group(const uint8_t *in, size_t pad, uint8_t out[static 3], size_t *bad)
{
    uint32_t group = 0;

    for (size_t k = 0; k < 4; k++) {
        const int value = k < 4 - pad ? base64_value(in[k]) : 0;

        if (value < 0) {
            *bad = k;
            return false;
        }
        group = group << 6 | (uint32_t)value;
    }
    for (size_t k = 0; k < 3; k++) {
        out[k] = (uint8_t)(group >> (16 - 8 * k));
    }
    *bad = 3 - pad;
    return (group & ((1u << (8 * pad)) - 1)) == 0;
}

enum tbc_err
tbc_base64_decode(struct tbc_span in, struct tbc_buf *out, size_t *fault_at)
{
    enum tbc_err err = tbc_buf_reserve(out, in.len / 4 * 3);
    const size_t from = out->len;

    for (size_t at = 0; err == TBC_OK && at < in.len; at += 4) {
        const uint8_t *four = in.ptr + at;
        size_t bad = in.len - at;
        uint8_t three[3];
        size_t pad = 0;

        if (bad == 4 && four[3] == '=') {
            pad = four[2] == '=' ? 2 : 1;
        }
        if (bad < 4 || !base64_group(four, pad, three, &bad)) {
            out->len = from;
            return fault(fault_at, at + bad);
        }
        err = tbc_buf_append(out, three, 3 - pad);
    }
    return err;
}
