#include "base/span.h"

#include <string.h>

struct tbc_span
tbc_span_str(const char *s)
{
    return tbc_span_of(s, s == NULL ? 0 : strlen(s));
}

struct tbc_span
tbc_span_sub(struct tbc_span s, size_t at, size_t len)
{
    if (at > s.len || s.ptr == NULL) { /* NULL + 0 is undefined */
        return (struct tbc_span){ 0 };
    }
    return tbc_span_of(s.ptr + at, len < s.len - at ? len : s.len - at);
}

bool
tbc_span_equal(struct tbc_span a, struct tbc_span b)
{
    return a.len == b.len && tbc_span_order(a, b) == 0;
}

bool
tbc_span_starts(struct tbc_span s, struct tbc_span prefix)
{
    return s.len >= prefix.len &&
           tbc_span_equal(tbc_span_sub(s, 0, prefix.len), prefix);
}

int
tbc_span_order(struct tbc_span a, struct tbc_span b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n == 0 ? 0 : memcmp(a.ptr, b.ptr, n); /* memcmp(NULL, .., 0) is undefined */

    if (c != 0) {
        return c;
    }
    return a.len < b.len ? -1 : a.len > b.len;
}
