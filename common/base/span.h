/* A span borrows bytes: it never owns, never frees, and { 0 } is the empty one. */
#ifndef TBC_BASE_SPAN_H
#define TBC_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tbc_span {
    const uint8_t *ptr;
    size_t len;
};

/* The bytes of a C string without its NUL; NULL gives the empty span. */
struct tbc_span tbc_span_str(const char *s);

static inline struct tbc_span
tbc_span_of(const void *ptr, size_t len)
{
    return (struct tbc_span){ .ptr = ptr, .len = len };
}

/* at..at+len, cut to what is there. */
struct tbc_span tbc_span_sub(struct tbc_span s, size_t at, size_t len);

bool tbc_span_equal(struct tbc_span a, struct tbc_span b);
bool tbc_span_starts(struct tbc_span s, struct tbc_span prefix);

/* Compare in bytewise lexicographic order (RFC 8949 sec. 4.2.1): < 0, 0, > 0. */
int tbc_span_order(struct tbc_span a, struct tbc_span b);

#endif
