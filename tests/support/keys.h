/* The "key" rows of a table of vectors, by name. */
#ifndef TBC_TESTS_KEYS_H
#define TBC_TESTS_KEYS_H

#include "crypto/key.h"
#include "table.h"

#define TEST_KEYS_MAX 64

struct test_keys {
    char names[TEST_KEYS_MAX][32];
    struct tbc_key *keys[TEST_KEYS_MAX]; /* NULL: refused, as the row says */
    size_t n;
};

/* Take a row "key NAME HEX [refused]"; false when the row is another. */
bool test_keys_take(struct test_keys *k, const struct tbc_row *row);
/* The key of that name; NULL, and the test has failed, when there is none. */
struct tbc_key *
test_keys_find(const struct test_keys *k, const struct tbc_row *row, size_t field);
void test_keys_fini(struct test_keys *k);

#endif
